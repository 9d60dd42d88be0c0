//! Errors of the journal; whoever receives one while answering must refuse the call instead.

use kapia_language::Language;
use kapia_storage::{QueueClosed, StorageError};

use crate::store::STORE;
use crate::text::CATALOGUE;

/// Why the journal could not be opened, written or read. All waiting calls of a batch receive the same error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be opened, read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The end of the journal is not what was written there; nothing is appended to it.
    #[error("{}", self.message(Language::English))]
    Damaged {
        /// Number of the row.
        sequence: u64,
    },
    /// The journal was closed.
    #[error("{}", self.message(Language::English))]
    Closed,
    /// All positive 64-bit numbers are used up.
    #[error("{}", self.message(Language::English))]
    NoIdsLeft,
}

impl JournalError {
    /// Stable code, such as `journal-full`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Storage(error) => error.code(),
            Self::Damaged { .. } => "journal-damaged",
            Self::Closed => "journal-closed",
            Self::NoIdsLeft => "journal-ids",
        }
    }

    /// Whether the same append may succeed later without anybody changing the program or the file.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_passing())
    }

    /// What went wrong and where.
    pub fn message(&self, language: Language) -> String {
        let fill = |values: &[(&str, &str)]| CATALOGUE.message(self.code(), language, values);
        match self {
            Self::Storage(error) => error.message(language),
            Self::Damaged { sequence } => fill(&[("sequence", &sequence.to_string())]),
            Self::Closed | Self::NoIdsLeft => fill(&[]),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        match self {
            Self::Storage(error) => error.hint(language),
            other => CATALOGUE.hint(other.code(), language, &[]),
        }
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        STORE.error(error).into()
    }
}

impl From<QueueClosed> for JournalError {
    fn from(_: QueueClosed) -> Self {
        Self::Closed
    }
}
