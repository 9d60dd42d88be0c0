//! Names that were checked once and are then trusted: operations, consumers, roles, object identifiers.

use std::fmt;
use std::sync::Arc;

use crate::text;
use kapia_language::Language;

/// Full name of an operation, `{contract}.{operation}`, without surrounding white space (regix-contract §6.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationName(Arc<str>);

impl OperationName {
    /// Reads a full operation name; surrounding white space is cut off because known clients send it.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        const KIND: Kind = Kind::Operation;
        let name = bounded(KIND, name, 512)?;
        if name.chars().any(char::is_whitespace) {
            return Err(NameError::new(KIND, Rule::WhiteSpace));
        }
        match name.rsplit_once('.') {
            None => Err(NameError::new(KIND, Rule::NoDot)),
            Some((contract, operation)) if contract.is_empty() || operation.is_empty() => {
                Err(NameError::new(KIND, Rule::NoDot))
            }
            Some(_) => Ok(Self(name.into())),
        }
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the last dot.
    pub fn contract(&self) -> &str {
        self.0.rsplit_once('.').map_or("", |(contract, _)| contract)
    }

    /// What stands after the last dot.
    pub fn operation(&self) -> &str {
        self.0.rsplit_once('.').map_or(&self.0, |(_, operation)| operation)
    }
}

/// Name of a consumer as the administration wrote it, 1 to 400 characters, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConsumerName(Arc<str>);

impl ConsumerName {
    /// Reads a consumer name; surrounding white space is cut off.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        Ok(Self(bounded(Kind::Consumer, name, 400)?.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Name of a role, 1 to 200 characters, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleName(Arc<str>);

impl RoleName {
    /// Reads a role name; surrounding white space is cut off.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        Ok(Self(bounded(Kind::Role, name, 200)?.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Object identifier in dotted decimal form, such as `2.16.100.1.1.1` (X.660; at most 128 characters).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid(Arc<str>);

impl Oid {
    /// Reads an object identifier; a leading `urn:oid:` is cut off (RFC 3061).
    pub fn parse(oid: &str) -> Result<Self, NameError> {
        const KIND: Kind = Kind::Oid;
        let oid = bounded(KIND, oid, 128)?;
        let oid = oid.strip_prefix("urn:oid:").unwrap_or(oid);
        let mut arcs = 0usize;
        for arc in oid.split('.') {
            let digits = !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || (arc.len() > 1 && arc.starts_with('0')) {
                return Err(NameError::new(KIND, Rule::NotAnOid));
            }
            if arcs == 0 && !matches!(arc, "0" | "1" | "2") {
                return Err(NameError::new(KIND, Rule::NotAnOid));
            }
            arcs += 1;
        }
        if arcs < 2 {
            return Err(NameError::new(KIND, Rule::NotAnOid));
        }
        Ok(Self(oid.into()))
    }

    /// The identifier in dotted decimal form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name that breaks its rule; the text names the rule and never repeats the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameError {
    kind: Kind,
    rule: Rule,
}

impl NameError {
    pub(crate) fn new(kind: Kind, rule: Rule) -> Self {
        Self { kind, rule }
    }

    /// Stable code, such as `name-empty`.
    pub fn code(&self) -> &'static str {
        match self.rule {
            Rule::Empty => "name-empty",
            Rule::Long => "name-long",
            Rule::Control => "name-control",
            Rule::WhiteSpace => "name-white-space",
            Rule::NoDot => "name-no-dot",
            Rule::NotAnOid => "name-not-an-oid",
            Rule::NotAHost => "name-not-a-host",
            Rule::NotAPort => "name-not-a-port",
            Rule::MachineAddress => "name-machine-address",
            Rule::TopLevel => "name-top-level",
        }
    }

    /// What is wrong.
    pub fn message(&self, language: Language) -> String {
        text::message(self.code(), language, &[("kind", self.kind.label(language))])
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        text::hint(self.code(), language, &[("kind", self.kind.label(language))])
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for NameError {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Operation,
    Consumer,
    Role,
    Oid,
    CallbackHost,
}

impl Kind {
    fn label(self, language: Language) -> &'static str {
        text::label(
            match self {
                Self::Operation => "operation",
                Self::Consumer => "consumer",
                Self::Role => "role",
                Self::Oid => "oid",
                Self::CallbackHost => "callback host",
            },
            language,
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Empty,
    Long,
    Control,
    WhiteSpace,
    NoDot,
    NotAnOid,
    NotAHost,
    NotAPort,
    MachineAddress,
    TopLevel,
}

fn bounded(kind: Kind, name: &str, most: usize) -> Result<&str, NameError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(NameError::new(kind, Rule::Empty));
    }
    if name.chars().any(char::is_control) {
        return Err(NameError::new(kind, Rule::Control));
    }
    if name.chars().nth(most).is_some() {
        return Err(NameError::new(kind, Rule::Long));
    }
    Ok(name)
}

macro_rules! name {
    ($($type:ty),*) => {$(
        impl std::str::FromStr for $type {
            type Err = $crate::names::NameError;
            fn from_str(name: &str) -> Result<Self, $crate::names::NameError> {
                Self::parse(name)
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
        impl std::borrow::Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

pub(crate) use name;

name!(OperationName, ConsumerName, RoleName, Oid);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_name_has_a_contract_and_an_operation() {
        let name = OperationName::parse("Kapia.Demo.IPersons.Find").unwrap();
        assert_eq!(name.contract(), "Kapia.Demo.IPersons");
        assert_eq!(name.operation(), "Find");
    }

    #[test]
    fn white_space_around_an_operation_name_is_forgiven_and_inside_is_not() {
        assert_eq!(OperationName::parse(" A.B \n").unwrap().as_str(), "A.B");
        assert_eq!(OperationName::parse("A. B").unwrap_err().code(), "name-white-space");
    }

    #[test]
    fn a_name_without_a_part_on_each_side_of_a_dot_is_no_operation() {
        for bad in ["Find", ".Find", "A.", "."] {
            assert_eq!(OperationName::parse(bad).unwrap_err().code(), "name-no-dot", "{bad}");
        }
    }

    #[test]
    fn control_characters_and_endless_names_are_refused() {
        assert_eq!(ConsumerName::parse("a\u{7}b").unwrap_err().code(), "name-control");
        assert_eq!(RoleName::parse(&"x".repeat(201)).unwrap_err().code(), "name-long");
        assert_eq!(ConsumerName::parse(" \t").unwrap_err().code(), "name-empty");
    }

    #[test]
    fn object_identifiers_follow_their_grammar() {
        assert_eq!(Oid::parse("urn:oid:2.16.100.1.1").unwrap().as_str(), "2.16.100.1.1");
        for bad in ["2", "3.1", "2..1", "2.01", "2.a", "2.16."] {
            assert!(Oid::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_error_about_a_name_does_not_repeat_it() {
        let error = ConsumerName::parse("secret\u{1}").unwrap_err();
        for language in Language::ALL {
            assert!(!error.message(language).contains("secret"));
        }
    }
}
