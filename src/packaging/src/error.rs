//! Why a package could not be made.

use std::fmt;

use kapia_language::Language;

use crate::text;

/// A cause with its code and what to do about it, in both languages; `Display` is the English cause.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PackagingError {
    code: &'static str,
    values: Vec<(&'static str, String)>,
}

impl PackagingError {
    pub(crate) fn new(code: &'static str, values: &[(&'static str, &str)]) -> PackagingError {
        PackagingError { code, values: values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect() }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The cause.
    pub fn message(&self, language: Language) -> String {
        text::CATALOGUE.message(self.code, language, &self.values())
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        text::CATALOGUE.hint(self.code, language, &self.values())
    }

    fn values(&self) -> Vec<(&str, &str)> {
        self.values.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
}

impl fmt::Display for PackagingError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for PackagingError {}
