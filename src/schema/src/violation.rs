//! What validation found: violations with their place, in two languages, and never a value of the document.

use std::fmt;

use crate::Language;
use crate::catalogue as rules;
use crate::datatype::ValueError;
use crate::rule::Rule;

/// How to validate.
#[derive(Debug, Clone)]
pub struct Options {
    /// Validation stops when this many violations are found; 1 answers "is it valid, and if not, why" fastest.
    pub max_violations: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { max_violations: 20 }
    }
}

impl Options {
    /// Stops at the first violation.
    pub fn first() -> Options {
        Options { max_violations: 1 }
    }
}

/// The outcome of one validation.
#[derive(Debug, Default)]
pub struct Report {
    /// What was found, in the order in which it was found; identity constraints and references come last.
    pub violations: Vec<Violation>,
    /// Whether validation stopped at [`Options::max_violations`] before the end of the document.
    pub truncated: bool,
}

impl Report {
    /// Whether nothing was found.
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }
}

/// One place where the document breaks its schema.
#[derive(Debug)]
pub struct Violation {
    /// The rule of XML Schema part 1 or 2 that is broken, such as `cvc-complex-type.2.4.a` or `cvc-enumeration-valid`.
    pub code: &'static str,
    /// Line of the element's start tag, from 1.
    pub line: u32,
    /// Column of the element's start tag in characters, from 1.
    pub column: u32,
    /// Where: `/Root/Item[2]/@code`, local names; an index (from 1) only among siblings of the same name.
    pub path: String,
    /// What would have been right: names of elements or attributes, or the rule of the value; may be empty.
    pub expected: Vec<String>,
    pub(crate) cause: Cause,
}

#[derive(Debug)]
pub(crate) enum Cause {
    /// `letters`: the name looks like an expected one but has letters of another alphabet.
    Structure {
        rule: &'static Rule,
        names: Vec<String>,
        letters: Option<[String; 3]>,
    },
    Value(ValueError),
}

impl Violation {
    /// The cause, without place and without any value of the document.
    pub fn message(&self, language: Language) -> String {
        match &self.cause {
            Cause::Structure { rule, names, .. } => rule.message(language, names),
            Cause::Value(error) => error.message(language).to_string(),
        }
    }

    /// What to do about it; may be empty.
    pub fn hint(&self, language: Language) -> String {
        match &self.cause {
            Cause::Structure { letters: Some(letters), .. } => rules::OTHER_LETTERS.hint(language, letters),
            Cause::Structure { rule, names, .. } => rule.hint(language, names),
            Cause::Value(error) => error.hint(language).to_string(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {} [{}]", self.line, self.column, self.path, self.message(Language::English), self.code)
    }
}
