//! Why a schema set could not be loaded.

use std::fmt;

use crate::Language;
use crate::rule::Rule;

/// The first defect found in a schema set; its `Display` is the English cause with file, line and column.
pub struct SchemaError {
    pub(crate) rule: &'static Rule,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) names: Vec<String>,
}

impl SchemaError {
    /// The broken rule: a constraint of XML Schema part 1 (`src-resolve`, `cos-nonambig`, …) or a name of our own (`schema-missing-document`).
    pub fn code(&self) -> &'static str {
        self.rule.code
    }

    /// The schema document.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line in that document, from 1; 0 when the document could not be opened.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column in that line, in characters from 1; 0 when the document could not be opened.
    pub fn column(&self) -> u32 {
        self.column
    }

    /// The cause, without place.
    pub fn message(&self, language: Language) -> String {
        self.rule.message(language, &self.names)
    }

    /// What to do about it; may be empty.
    pub fn hint(&self, language: Language) -> String {
        self.rule.hint(language, &self.names)
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message(Language::English))
    }
}

impl fmt::Debug for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} [{}]", self.code())
    }
}

impl std::error::Error for SchemaError {}
