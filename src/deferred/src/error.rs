//! Errors of the store; whoever receives one from `accept` must refuse the call instead.

use std::path::PathBuf;

use kapia_language::Language;
use kapia_storage::{Lost, SealError, StorageError};

use crate::store::STORE;
use crate::text::CATALOGUE;

/// Why the store could not be opened, written or read. All who wait for one transaction receive the same error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeferredError {
    /// The file cannot be opened, read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// What waits in the file was sealed with another key.
    #[error("{}", self.message(Language::English))]
    WrongKey {
        /// The file of the store.
        path: PathBuf,
    },
    /// There is no key to seal with, or sealing failed.
    #[error(transparent)]
    Seal(#[from] SealError),
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
    /// A task ended in a panic and was undone.
    #[error("{}", self.message(Language::English))]
    Panicked,
    /// The store was closed.
    #[error("{}", self.message(Language::English))]
    Closed,
}

impl DeferredError {
    /// Stable code, such as `deferred-full`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Storage(error) => error.code(),
            Self::WrongKey { .. } => "deferred-wrong-key",
            Self::Seal(error) => error.code(),
            Self::Damaged { .. } => "deferred-damaged",
            Self::Conflict { .. } => "deferred-conflict",
            Self::TooMany { .. } => "deferred-too-many",
            Self::Panicked => "deferred-panicked",
            Self::Closed => "deferred-closed",
        }
    }

    /// Whether the same request may succeed later without anybody changing the program or the file.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Storage(error) => error.is_passing(),
            other => matches!(other, Self::TooMany { .. }),
        }
    }

    /// What went wrong and where.
    pub fn message(&self, language: Language) -> String {
        let fill = |values: &[(&str, &str)]| CATALOGUE.message(self.code(), language, values);
        match self {
            Self::Storage(error) => error.message(language),
            Self::Seal(error) => error.message(language),
            Self::WrongKey { path } => fill(&[("path", &path.display().to_string())]),
            Self::Damaged { call_id } | Self::Conflict { call_id } => fill(&[("call", &call_id.to_string())]),
            Self::TooMany { allowed } => fill(&[("allowed", &allowed.to_string())]),
            Self::Panicked | Self::Closed => fill(&[]),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        match self {
            Self::Storage(error) => error.hint(language),
            Self::Seal(error) => error.hint(language),
            other => CATALOGUE.hint(other.code(), language, &[]),
        }
    }
}

impl From<rusqlite::Error> for DeferredError {
    fn from(error: rusqlite::Error) -> Self {
        STORE.error(error).into()
    }
}

impl From<Lost> for DeferredError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Closed => Self::Closed,
            Lost::Panicked => Self::Panicked,
        }
    }
}
