//! Errors of the store; whoever receives one from `accept` must refuse the call instead.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::ErrorCode;

use crate::text;
use kapia_language::Language;

/// Why the store could not be opened, written or read. All who wait for one transaction receive the same error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeferredError {
    /// Another process has it open.
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
    /// What waits in the file was sealed with another key.
    #[error("{}", self.message(Language::English))]
    WrongKey {
        /// The file of the store.
        path: PathBuf,
    },
    /// The key file cannot be created or read.
    #[error("{}", self.message(Language::English))]
    KeyFile {
        /// The key file.
        path: PathBuf,
        /// The cause as the system words it.
        cause: Arc<str>,
    },
    /// The key file is something else.
    #[error("{}", self.message(Language::English))]
    KeyMalformed {
        /// The key file.
        path: PathBuf,
    },
    /// Other users can read the key file.
    #[error("{}", self.message(Language::English))]
    KeyExposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// No space is left; the same request may succeed when there is.
    #[error("{}", self.message(Language::English))]
    Full,
    /// The disk or the file refuses; the same request may succeed when it stops refusing.
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
    /// What was sealed for a call is not what is in the file now.
    #[error("{}", self.message(Language::English))]
    Damaged {
        /// The call.
        call_id: i64,
    },
    /// Another call was accepted under this number before.
    #[error("{}", self.message(Language::English))]
    Conflict {
        /// The call.
        call_id: i64,
    },
    /// The consumer has as many unanswered calls as the policy allows.
    #[error("{}", self.message(Language::English))]
    TooMany {
        /// How many are allowed.
        allowed: u32,
    },
    /// The cryptographic library refused.
    #[error("{}", self.message(Language::English))]
    Sealing,
    /// The store was closed.
    #[error("{}", self.message(Language::English))]
    Closed,
}

impl DeferredError {
    /// Stable code, such as `deferred-full`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "deferred-in-use",
            Self::Foreign { .. } => "deferred-foreign",
            Self::Newer { .. } => "deferred-newer",
            Self::File { .. } => "deferred-file",
            Self::WrongKey { .. } => "deferred-wrong-key",
            Self::KeyFile { .. } => "deferred-key-file",
            Self::KeyMalformed { .. } => "deferred-key-malformed",
            Self::KeyExposed { .. } => "deferred-key-exposed",
            Self::Full => "deferred-full",
            Self::Io { .. } => "deferred-io",
            Self::Busy => "deferred-busy",
            Self::Storage { .. } => "deferred-storage",
            Self::Damaged { .. } => "deferred-damaged",
            Self::Conflict { .. } => "deferred-conflict",
            Self::TooMany { .. } => "deferred-too-many",
            Self::Sealing => "deferred-sealing",
            Self::Closed => "deferred-closed",
        }
    }

    /// Whether the same request may succeed later without anybody changing the program or the file.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Full | Self::Io { .. } | Self::Busy | Self::TooMany { .. })
    }

    /// What went wrong and where.
    pub fn message(&self, language: Language) -> String {
        let fill = |values: &[(&str, &str)]| text::message(self.code(), language, values);
        match self {
            Self::InUse { path } | Self::Foreign { path } | Self::WrongKey { path } | Self::KeyMalformed { path } => {
                fill(&[("path", &path.display().to_string())])
            }
            Self::Newer { path, found, known } => fill(&[
                ("path", &path.display().to_string()),
                ("found", &found.to_string()),
                ("known", &known.to_string()),
            ]),
            Self::File { path, cause } | Self::KeyFile { path, cause } => {
                fill(&[("path", &path.display().to_string()), ("cause", cause)])
            }
            Self::KeyExposed { path, mode } => {
                fill(&[("path", &path.display().to_string()), ("mode", &format!("{mode:04o}"))])
            }
            Self::Io { cause } | Self::Storage { cause } => fill(&[("cause", cause)]),
            Self::Damaged { call_id } | Self::Conflict { call_id } => fill(&[("call", &call_id.to_string())]),
            Self::TooMany { allowed } => fill(&[("allowed", &allowed.to_string())]),
            Self::Full | Self::Busy | Self::Sealing | Self::Closed => fill(&[]),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        text::hint(self.code(), language)
    }

    pub(crate) fn file(path: &Path, cause: &impl ToString) -> Self {
        Self::File { path: path.to_owned(), cause: cause.to_string().into() }
    }

    pub(crate) fn key_file(path: &Path, cause: &impl ToString) -> Self {
        Self::KeyFile { path: path.to_owned(), cause: cause.to_string().into() }
    }
}

impl From<rusqlite::Error> for DeferredError {
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
