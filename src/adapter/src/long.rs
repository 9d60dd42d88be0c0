//! Answers that are too long for memory: kept in a sealed temporary file, read window by window.

use std::path::PathBuf;

use kapia_spool::{Octets, Reader, Spool};
use kapia_xml::{Document, Limits, WindowError, Windows};

use crate::adapter::{Answer, Outcome};
use crate::failure::{AdapterError, Failure};
use crate::operation::Operation;

/// How much of an answer may be in memory, and where the rest goes.
#[derive(Clone, Debug)]
pub struct Room {
    /// Octets of an answer that stay in memory; longer ones go into a file.
    pub memory: usize,
    /// The folder for files; without one, that of the system for temporary files.
    pub folder: Option<PathBuf>,
    /// Octets of the longest answer that is taken.
    pub longest: usize,
}

impl Default for Room {
    /// One MiB in memory, 256 MiB at most.
    fn default() -> Room {
        Room { memory: 1 << 20, folder: None, longest: 256 << 20 }
    }
}

impl Room {
    /// Takes an answer as it comes about.
    pub fn spool(&self) -> Spool {
        Spool::new(self.memory, self.folder.clone())
    }
}

/// What a register answered, whatever its length.
#[derive(Clone, Debug)]
pub enum Told {
    /// In memory.
    Answer(Answer),
    /// In a file.
    Long(LongAnswer),
}

impl Told {
    /// What was spooled, as an answer whose root is checked; the error never shows what is in it.
    pub fn of(spool: Spool, outcome: Outcome, operation: &Operation, room: &Room) -> Result<Told, AdapterError> {
        let longest = Limits { bytes: room.longest, ..Limits::default() };
        match spool.finish().map_err(|error| unreadable(&error.into()))? {
            Octets::Memory(octets) => Answer::read(octets, outcome, operation, &longest).map(Told::Answer),
            octets => LongAnswer::of(octets, outcome, operation, longest).map(Told::Long),
        }
    }
}

impl Told {
    /// The answer in memory; the error is that it is longer than a message may be.
    pub fn into_answer(self, operation: &Operation) -> Result<Answer, AdapterError> {
        match self {
            Told::Answer(answer) => Ok(answer),
            Told::Long(long) => Answer::of(long.to_document(&Limits::default())?, long.outcome, operation),
        }
    }

    /// Whether the register knows anything about what was asked.
    pub fn outcome(&self) -> Outcome {
        match self {
            Told::Answer(answer) => answer.outcome(),
            Told::Long(long) => long.outcome,
        }
    }
}

/// An answer in a file; what it is beyond its root shows only when it is read.
#[derive(Clone)]
pub struct LongAnswer {
    octets: Octets,
    limits: Limits,
    outcome: Outcome,
}

impl LongAnswer {
    fn of(octets: Octets, outcome: Outcome, operation: &Operation, limits: Limits) -> Result<LongAnswer, AdapterError> {
        let answer = LongAnswer { octets, limits, outcome };
        let window = answer.windows().window().map_err(|error| unreadable(&error))?;
        let root = window.as_ref().map(|window| window.root().name());
        if root != Some(operation.response.root.as_name()) {
            let found = root.map(|root| root.to_string()).unwrap_or_default();
            return Err(Failure::AnswerRoot { expected: operation.response.root.to_string(), found }.into());
        }
        Ok(answer)
    }

    /// Begins to read it from its beginning.
    pub fn windows(&self) -> Windows<Reader> {
        Windows::new(self.octets.reader(), &self.limits)
    }

    /// Whether the register knows anything about what was asked.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Octets of the document.
    pub fn octets(&self) -> u64 {
        self.octets.len()
    }

    /// The whole document in memory, if it is within these limits.
    pub fn to_document(&self, limits: &Limits) -> Result<Document, AdapterError> {
        let octets = self.octets.to_bytes(limits.bytes).map_err(|error| unreadable(&error.into()))?;
        Document::read(octets, limits).map_err(|error| unreadable(&error.into()))
    }
}

impl std::fmt::Debug for LongAnswer {
    /// Never shows content: documents hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LongAnswer({} octets)", self.octets())
    }
}

/// Why a long answer could not be read, as its caller is told.
pub fn unreadable(error: &WindowError) -> AdapterError {
    match error {
        WindowError::Xml(error) => {
            Failure::AnswerUnreadable { code: error.code(), line: error.line(), column: error.column() }.into()
        }
        WindowError::Io(error) => Failure::NoRoom { cause: error.kind().to_string() }.into(),
    }
}
