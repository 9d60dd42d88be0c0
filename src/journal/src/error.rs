//! Errors of the journal; whoever receives one while answering must refuse the call instead.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::ErrorCode;

use crate::text;
use kapia_language::Language;

/// Why the journal could not be opened, written or read. All waiting calls of a batch receive the same error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// Another process writes it.
    #[error("{}", self.message(Language::English))]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{}", self.message(Language::English))]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer version.
    #[error("{}", self.message(Language::English))]
    Newer {
        /// The file.
        path: PathBuf,
        /// Version of the tables in the file.
        found: i64,
        /// Newest version that this program knows.
        known: i64,
    },
    /// The file cannot be created or opened.
    #[error("{}", self.message(Language::English))]
    File {
        /// The file.
        path: PathBuf,
        /// The cause as the system words it.
        cause: Arc<str>,
    },
    /// No space is left; appends succeed again when there is.
    #[error("{}", self.message(Language::English))]
    Full,
    /// The disk or the file refuses; appends succeed again when it stops refusing.
    #[error("{}", self.message(Language::English))]
    Io {
        /// The cause as the database words it.
        cause: Arc<str>,
    },
    /// Another program kept the file locked for too long.
    #[error("{}", self.message(Language::English))]
    Busy,
    /// The database refused for another reason.
    #[error("{}", self.message(Language::English))]
    Storage {
        /// The cause as the database words it.
        cause: Arc<str>,
    },
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
            Self::InUse { .. } => "journal-in-use",
            Self::Foreign { .. } => "journal-foreign",
            Self::Newer { .. } => "journal-newer",
            Self::File { .. } => "journal-file",
            Self::Full => "journal-full",
            Self::Io { .. } => "journal-io",
            Self::Busy => "journal-busy",
            Self::Storage { .. } => "journal-storage",
            Self::Damaged { .. } => "journal-damaged",
            Self::Closed => "journal-closed",
            Self::NoIdsLeft => "journal-ids",
        }
    }

    /// Whether the same append may succeed later without anybody changing the program or the file.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Full | Self::Io { .. } | Self::Busy)
    }

    /// What went wrong and where.
    pub fn message(&self, language: Language) -> String {
        let fill = |values: &[(&str, &str)]| text::message(self.code(), language, values);
        match self {
            Self::InUse { path } | Self::Foreign { path } => fill(&[("path", &path.display().to_string())]),
            Self::Newer { path, found, known } => fill(&[
                ("path", &path.display().to_string()),
                ("found", &found.to_string()),
                ("known", &known.to_string()),
            ]),
            Self::File { path, cause } => fill(&[("path", &path.display().to_string()), ("cause", cause)]),
            Self::Io { cause } | Self::Storage { cause } => fill(&[("cause", cause)]),
            Self::Damaged { sequence } => fill(&[("sequence", &sequence.to_string())]),
            Self::Full | Self::Busy | Self::Closed | Self::NoIdsLeft => fill(&[]),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        text::hint(self.code(), language)
    }

    pub(crate) fn file(path: &Path, cause: &impl ToString) -> Self {
        Self::File { path: path.to_owned(), cause: cause.to_string().into() }
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        let cause = || error.to_string().into();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::FileLockingProtocolFailed,
            ) => Self::Io { cause: cause() },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Storage { cause: cause() },
        }
    }
}
