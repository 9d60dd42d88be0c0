//! Records out of files: XML documents that hold them, tables, folders of both.

mod table;
mod xml;

pub use table::template;
pub use xml::example;

use std::fmt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use kapia_language::Language;
use kapia_portal::Contract;
use serde::{Serialize, Serializer};

use crate::report::Told;
use crate::text;

/// A record as it was found, in the namespace of the contract; nothing about it has been checked.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Where it stands.
    pub origin: Origin,
    /// One `ServiceRecord` element.
    pub record: Bytes,
}

/// Where a record stands: file and line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file as it was named.
    pub file: PathBuf,
    /// The line on which it begins, from 1.
    pub line: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.file.display(), self.line)
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Something that gives no record.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where.
    pub origin: Origin,
    /// What is wrong.
    pub(crate) code: &'static str,
    pub(crate) values: Vec<(&'static str, String)>,
}

impl Problem {
    pub(crate) fn new(file: &Path, line: u32, code: &'static str) -> Problem {
        Problem { origin: Origin { file: file.to_owned(), line }, code, values: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Problem {
        self.values.push((name, value.to_string()));
        self
    }

    /// Stable kebab-case name.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong, without the place and without values of the record.
    pub fn message(&self, language: Language) -> String {
        text::message(self.code, language, &self.values)
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        text::hint(self.code, language, &self.values)
    }

    /// Both, as a line of a report.
    pub fn told(&self) -> Told {
        text::told(self.code, &self.values)
    }
}

/// All that was found.
#[derive(Debug, Default)]
pub struct Sources {
    /// The records, in the order of names of files and of places in them.
    pub drafts: Vec<Draft>,
    /// What gave none.
    pub problems: Vec<Problem>,
}

impl Sources {
    /// Reads a file, or all `.xml` and `.csv` files of a folder and the folders in it.
    pub fn read(path: &Path, contract: &Contract) -> Sources {
        let mut sources = Sources::default();
        sources.enter(path, contract, true);
        sources
    }

    fn enter(&mut self, path: &Path, contract: &Contract, named: bool) {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).map(|entries| entries.flatten().map(|entry| entry.path()));
            match entries {
                Ok(entries) => {
                    let mut entries: Vec<PathBuf> = entries.collect();
                    entries.sort();
                    entries.iter().for_each(|entry| self.enter(entry, contract, false));
                }
                Err(error) => self.unreadable(path, &error),
            }
            return;
        }
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let read = |sources: &mut Sources, read: fn(&Path, Vec<u8>, &Contract, &mut Sources)| match std::fs::read(path)
        {
            Ok(octets) => read(path, octets, contract, sources),
            Err(error) => sources.unreadable(path, &error),
        };
        match extension.as_deref() {
            Some("xml") => {
                let before = self.drafts.len() + self.problems.len();
                read(self, xml::read);
                if named && before == self.drafts.len() + self.problems.len() {
                    self.problems.push(Problem::new(path, 1, "source-no-record"));
                }
            }
            Some("csv") => read(self, table::read),
            // A folder may hold other things.
            _ if named && path.exists() => self.problems.push(Problem::new(path, 1, "source-kind")),
            _ if named => self.problems.push(Problem::new(path, 1, "source-missing")),
            _ => {}
        }
    }

    fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        self.problems.push(Problem::new(path, 1, "source-unreadable").with("cause", error.kind()));
    }
}
