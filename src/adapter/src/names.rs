//! The full name of an operation.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::message::{Bilingual, Message};

/// The name under which consumers call an operation: a contract, a dot, the operation (adapter-standard §2.3).
///
/// At most 500 characters, no white space or control characters inside; white space around it is not part of it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FullName(Arc<str>);

impl FullName {
    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Everything before the last dot: the interface that the operation belongs to.
    pub fn contract(&self) -> &str {
        self.0.rsplit_once('.').map_or("", |(contract, _)| contract)
    }

    /// Everything after the last dot.
    pub fn operation(&self) -> &str {
        self.0.rsplit_once('.').map_or(&*self.0, |(_, operation)| operation)
    }
}

impl FromStr for FullName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<FullName, NameError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.chars().count() > LONGEST {
            return Err(NameError::TooLong);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(NameError::Character);
        }
        match text.rsplit_once('.') {
            Some((contract, operation))
                if !operation.is_empty() && contract.split('.').all(|part| !part.is_empty()) =>
            {
                Ok(FullName(text.into()))
            }
            _ => Err(NameError::Shape),
        }
    }
}

const LONGEST: usize = 500;

/// Why a text is not the full name of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("the name is empty")]
    Empty,
    /// More than 500 characters.
    #[error("the name is longer than 500 characters")]
    TooLong,
    /// White space or a control character inside.
    #[error("the name has white space or a control character in it")]
    Character,
    /// Not a contract, a dot, and an operation.
    #[error("the name is not a contract, a dot, and an operation")]
    Shape,
}

impl Bilingual for NameError {
    fn message(&self) -> Message {
        let bulgarian = match self {
            NameError::Empty => "името е празно",
            NameError::TooLong => "името е по-дълго от 500 знака",
            NameError::Character => "в името има интервал или управляващ знак",
            NameError::Shape => "името не е договор, точка и операция",
        };
        Message::new(self.to_string(), bulgarian)
    }
}

impl fmt::Display for FullName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for FullName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FullName({})", self.0)
    }
}

impl std::borrow::Borrow<str> for FullName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_is_everything_before_the_last_dot() {
        let name: FullName = "  Company.Adapter.APIService.IThingAPI.GetThing\n".parse().unwrap();
        assert_eq!(name.as_str(), "Company.Adapter.APIService.IThingAPI.GetThing");
        assert_eq!(name.contract(), "Company.Adapter.APIService.IThingAPI");
        assert_eq!(name.operation(), "GetThing");
    }

    #[test]
    fn a_text_that_names_no_operation_says_why() {
        for (text, error) in [
            (" ", NameError::Empty),
            ("GetThing", NameError::Shape),
            ("A..B", NameError::Shape),
            (".B", NameError::Shape),
            ("A.", NameError::Shape),
            ("A.B C", NameError::Character),
        ] {
            assert_eq!(text.parse::<FullName>(), Err(error), "{text:?}");
        }
        assert_eq!(format!("A.{}", "b".repeat(499)).parse::<FullName>(), Err(NameError::TooLong));
    }
}
