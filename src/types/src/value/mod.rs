//! Values of simple types: they keep the text that they were read from.

pub(crate) mod binary;
pub(crate) mod moment;
pub(crate) mod number;
mod rule;
pub(crate) mod text;

use std::borrow::Cow;
use std::fmt;

pub use rule::Rule;

use crate::facets::{Facets, Kind, Rules, WhiteSpace};

/// A value of a simple type: what text means, and the text again.
pub trait Value: Sized {
    /// The name of the type in its schema.
    const NAME: &'static str;
    /// What facets are judged as.
    const KIND: Kind;
    /// What happens to white space before the text is judged.
    const WHITE_SPACE: WhiteSpace = WhiteSpace::Collapse;

    /// Judges the text as it stands in a document.
    fn parse(text: &str) -> Result<Self, ValueError>;

    /// The text to write.
    fn lexical(&self) -> Cow<'_, str>;
}

impl Value for String {
    const NAME: &'static str = "string";
    const KIND: Kind = Kind::Text;
    const WHITE_SPACE: WhiteSpace = WhiteSpace::Preserve;

    fn parse(text: &str) -> Result<Self, ValueError> {
        Ok(text.to_owned())
    }

    fn lexical(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

/// Why a text is not a value of a type: the rule, never the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError {
    type_name: &'static str,
    rule: Rule,
}

impl ValueError {
    /// For a type of this name.
    pub fn new(type_name: &'static str, rule: Rule) -> ValueError {
        ValueError { type_name, rule }
    }

    /// The rule that the text breaks.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The name of the type in its schema.
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// The type and the rule in English.
    pub fn english(&self) -> String {
        format!("{}: {}", self.type_name, self.rule.english())
    }

    /// The type and the rule in Bulgarian.
    pub fn bulgarian(&self) -> String {
        format!("{}: {}", self.type_name, self.rule.bulgarian())
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english())
    }
}

impl std::error::Error for ValueError {}

/// Parses a value of a restricted type: the inner value, then the facets.
pub fn parse_value<V: Value>(
    name: &'static str,
    white_space: WhiteSpace,
    rules: &'static Rules,
    text: &str,
) -> Result<V, ValueError> {
    let text = white_space.apply(text);
    let renamed = |error: ValueError| ValueError { type_name: name, rule: error.rule };
    let value = V::parse(&text).map_err(renamed)?;
    rules.check(&text).map_err(|rule| ValueError { type_name: name, rule })?;
    Ok(value)
}

/// A value that keeps its text; the text is judged by kind alone.
macro_rules! kept {
    ($($(#[$doc:meta])* $name:ident, $xsd:literal, $kind:ident;)*) => {
        $(
            $(#[$doc])*
            ///
            /// Equal when written equally; comparing values is up to the caller.
            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            pub struct $name(Box<str>);

            impl $name {
                /// The text as it was read.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl $crate::Value for $name {
                const NAME: &'static str = $xsd;
                const KIND: $crate::Kind = $crate::Kind::$kind;

                fn parse(text: &str) -> Result<Self, $crate::ValueError> {
                    let text = $crate::WhiteSpace::Collapse.apply(text);
                    if !Self::KIND.accepts(&text) {
                        return Err($crate::ValueError::new($xsd, $crate::Rule::Lexical(Self::KIND)));
                    }
                    Ok(Self(text.into()))
                }

                fn lexical(&self) -> std::borrow::Cow<'_, str> {
                    std::borrow::Cow::Borrowed(&self.0)
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::ValueError;
                fn from_str(text: &str) -> Result<Self, $crate::ValueError> {
                    <Self as $crate::Value>::parse(text)
                }
            }

            impl TryFrom<&str> for $name {
                type Error = $crate::ValueError;
                fn try_from(text: &str) -> Result<Self, $crate::ValueError> {
                    <Self as $crate::Value>::parse(text)
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(&self.0)
                }
            }
        )*
    };
}
pub(crate) use kept;

impl Facets {
    /// For text without any facet.
    pub const NONE: Facets = Facets {
        kind: Kind::Text,
        white_space: None,
        patterns: &[],
        length: None,
        min_length: None,
        max_length: None,
        min: None,
        max: None,
        total_digits: None,
        fraction_digits: None,
        enumeration: &[],
        members: &[],
        item: None,
    };
}
