//! What is wrong with a package, where, and what to do about it.

use std::fmt;

use crate::message::Message;
use crate::names::FullName;

/// One thing that is wrong: a code, a place, a cause and a hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Kebab-case name of the kind of problem, such as `file-missing`; stable.
    pub code: &'static str,
    /// File inside the package, with its folder, as far as one is known.
    pub file: Option<String>,
    /// Line in that file, from 1.
    pub line: Option<u32>,
    /// What is wrong.
    pub cause: Message,
    /// What to do about it.
    pub hint: Message,
}

impl Problem {
    /// The same problem at a file, and at a line of it.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, line: impl Into<Option<u32>>) -> Problem {
        self.file = Some(file.into());
        self.line = line.into();
        self
    }

    fn place(&self) -> String {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => format!("{file}:{line}: "),
            (Some(file), None) => format!("{file}: "),
            (None, _) => String::new(),
        }
    }

    /// Place and cause on the first line, the hint on the second, in Bulgarian; `Display` gives the English one.
    pub fn bulgarian(&self) -> String {
        format!("{}{}\nсъвет: {}", self.place(), self.cause.bg, self.hint.bg)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}\nhint: {}", self.place(), self.cause.en, self.hint.en)
    }
}

/// A package that cannot be served at all, with everything that is wrong with its manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageError {
    /// The folder of the package, as it was given.
    pub package: String,
    /// At least one problem, in the order of the file.
    pub problems: Vec<Problem>,
}

impl PackageError {
    /// All problems in Bulgarian, one after the other; `Display` gives the English ones.
    pub fn bulgarian(&self) -> String {
        let all: Vec<String> = self.problems.iter().map(Problem::bulgarian).collect();
        format!("пакетът {} не може да се обслужва\n{}", self.package, all.join("\n"))
    }
}

impl fmt::Display for PackageError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "package {} cannot be served", self.package)?;
        self.problems.iter().try_for_each(|problem| write!(out, "\n{problem}"))
    }
}

impl std::error::Error for PackageError {}

/// An operation of a package that is not served, while the others are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedOperation {
    /// The operation.
    pub name: FullName,
    /// Why: at least one problem.
    pub problems: Vec<Problem>,
}

/// Something that its author should look at, though the package is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The operation that it concerns; `None`: the package.
    pub operation: Option<FullName>,
    /// What was found.
    pub problem: Problem,
}

impl fmt::Display for Notice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.operation {
            Some(name) => write!(out, "{name}: {}", self.problem),
            None => write!(out, "{}", self.problem),
        }
    }
}
