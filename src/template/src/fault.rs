//! What is wrong, before it is known where: a code of the catalogue and what fills its text.

use std::fmt;

use crate::text::CATALOGUE;
use kapia_language::Language;

/// A code with the values of its text. The values are names, numbers and rules, never what a document or a row holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub code: &'static str,
    pub values: Vec<(&'static str, [String; 2])>,
}

impl Fault {
    pub fn new(code: &'static str) -> Fault {
        Fault { code, values: Vec::new() }
    }

    /// A value that is the same in both languages.
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Fault {
        let value = value.into();
        self.with_both(name, [value.clone(), value])
    }

    /// A value in English and in Bulgarian.
    pub fn with_both(mut self, name: &'static str, value: [String; 2]) -> Fault {
        self.values.push((name, value));
        self
    }

    /// Names that may have been meant: the near ones, or else those that there are.
    pub fn known<'n>(self, wanted: &str, there: impl IntoIterator<Item = &'n str>) -> Fault {
        const SHOWN: usize = 12;
        let mut there: Vec<&str> = there.into_iter().collect();
        there.sort_unstable();
        there.dedup();
        let near = kapia_language::near_names(wanted, there.iter().copied());
        let shown = if near.is_empty() { there.into_iter().take(SHOWN).collect() } else { near };
        let known = if shown.is_empty() { "—".to_owned() } else { shown.join(", ") };
        self.with("known", known)
    }

    fn values(&self, language: Language) -> Vec<(&str, &str)> {
        self.values
            .iter()
            .map(|(name, [english, bulgarian])| (*name, language.pick(english.as_str(), bulgarian)))
            .collect()
    }

    pub fn message(&self, language: Language) -> String {
        CATALOGUE.message(self.code, language, &self.values(language))
    }

    pub fn hint(&self, language: Language) -> String {
        CATALOGUE.hint(self.code, language, &self.values(language))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for minijinja::Error {
    fn from(fault: Fault) -> minijinja::Error {
        // The engine's own text stays empty: it could only repeat what the fault says better.
        minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, "").with_source(fault)
    }
}
