//! What came of examining a package.

use kapia_adapter::{Message, Problem};
use kapia_language::Language;
use serde::{Serialize, Serializer};

use crate::check::{CHECKS, Check};

/// How much a finding weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Its author should look at it; the package is served.
    Warning,
    /// The package, an operation of it, or an answer cannot be served as it is.
    Error,
}

/// One thing that a check found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// The code of the check.
    pub check: &'static str,
    /// The code of what is wrong; the same cause has the same code everywhere in Kapia.
    pub code: String,
    /// How much it weighs.
    pub level: Level,
    /// The full name of the operation; `None`: it concerns the package.
    pub operation: Option<String>,
    /// The file, as it is written below the folder.
    pub file: Option<String>,
    /// The line in that file, from 1.
    pub line: Option<u32>,
    /// What is wrong; never a value out of a document.
    #[serde(serialize_with = "both")]
    pub cause: Message,
    /// What to do about it; may be empty.
    #[serde(serialize_with = "both")]
    pub hint: Message,
}

impl Finding {
    pub(crate) fn of(check: &'static Check, problem: Problem) -> Finding {
        Finding {
            check: check.code,
            code: problem.code.to_owned(),
            level: check.level,
            operation: None,
            file: problem.file,
            line: problem.line.filter(|line| *line > 0),
            cause: problem.cause,
            hint: problem.hint,
        }
    }

    #[must_use]
    pub(crate) fn at(mut self, file: impl Into<String>, line: impl Into<Option<u32>>) -> Finding {
        self.file = Some(file.into());
        self.line = line.into().filter(|line| *line > 0);
        self
    }

    #[must_use]
    pub(crate) fn of_operation(mut self, operation: &str) -> Finding {
        self.operation = Some(operation.to_owned());
        self
    }

    #[must_use]
    pub(crate) fn level(mut self, level: Level) -> Finding {
        self.level = level;
        self
    }

    /// The place, as it is written before the cause: `file:line: `, or nothing.
    pub fn place(&self) -> String {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => format!("{file}:{line}: "),
            (Some(file), None) => format!("{file}: "),
            (None, _) => String::new(),
        }
    }

    /// The cause in a language.
    pub fn cause(&self, language: Language) -> &str {
        language.pick(&*self.cause.en, &*self.cause.bg)
    }

    /// What to do in a language; may be empty.
    pub fn hint(&self, language: Language) -> &str {
        language.pick(&*self.hint.en, &*self.hint.bg)
    }
}

fn both<S: Serializer>(message: &Message, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap as _;
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("en", &*message.en)?;
    map.serialize_entry("bg", &*message.bg)?;
    map.end()
}

/// How a check went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It looked and found nothing, or nothing but notes.
    Passed,
    /// It found warnings, but no errors.
    Warned,
    /// It found errors.
    Failed,
    /// There was nothing to look at.
    Skipped,
}

/// How one check of a report went.
#[derive(Clone, Debug, Serialize)]
pub struct Result {
    /// The code of the check.
    pub check: &'static str,
    /// The number of the check in the standard, if it is one of the standard's.
    pub standard: Option<u8>,
    /// How it went.
    pub outcome: Outcome,
    /// At how many things it looked.
    pub looked_at: usize,
}

/// The report about one folder.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The folder, as it was given.
    pub folder: String,
    /// The name of the package, or that of its folder while the manifest cannot be read.
    pub package: String,
    /// The kind of the backend; empty while the package does not open.
    pub backend: String,
    /// The full names of the operations that the manifest describes.
    pub operations: Vec<String>,
    /// Every check, in the order of [`CHECKS`].
    pub checks: Vec<Result>,
    /// Everything that was found, the gravest first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether nothing graver than a warning was found.
    pub fn is_green(&self) -> bool {
        self.count(Level::Error) == 0
    }

    /// How many findings are of this level.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    pub(crate) fn settle(&mut self, looked_at: impl Fn(&str) -> usize) {
        self.findings.sort_by(|a, b| {
            let place = |finding: &Finding| (finding.file.clone(), finding.line, finding.code.clone());
            b.level.cmp(&a.level).then_with(|| place(a).cmp(&place(b)))
        });
        self.findings.dedup();
        self.checks = CHECKS
            .iter()
            .map(|check| {
                let found = self.findings.iter().filter(|finding| finding.check == check.code);
                let outcome = match found.map(|finding| finding.level).max() {
                    Some(Level::Error) => Outcome::Failed,
                    Some(Level::Warning) => Outcome::Warned,
                    _ if looked_at(check.code) == 0 => Outcome::Skipped,
                    _ => Outcome::Passed,
                };
                Result {
                    check: check.code,
                    standard: check.standard.map(|(number, _)| number),
                    outcome,
                    looked_at: looked_at(check.code),
                }
            })
            .collect();
    }
}
