//! Why the store could not be opened, read or written.

use std::path::PathBuf;

use kapia_language::Language;
use kapia_storage::{Lost, StorageError};

use crate::names::FormError;
use crate::status::Environment;
use crate::store::STORE;
use crate::text::CATALOGUE;

/// Why something could not be done. All who wait for one transaction receive the same error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// The file cannot be opened, read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A name breaks its rule.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The file belongs to the other environment.
    #[error("{}", self.message(Language::English))]
    OtherEnvironment {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        found: Environment,
        /// Whose it was meant to be.
        wanted: Environment,
    },
    /// What is in the file is not what was written.
    #[error("{}", self.message(Language::English))]
    Damaged {
        /// Where: a table.
        place: &'static str,
    },
    /// Another process answered a request with this id, for other content.
    #[error("{}", self.message(Language::English))]
    RequestReused,
    /// There is no credential of this name.
    #[error("{}", self.message(Language::English))]
    NoCredential {
        /// The name.
        name: String,
        /// A name that looks like it, if there is one.
        near: Option<String>,
    },
    /// There is a credential of this name already.
    #[error("{}", self.message(Language::English))]
    CredentialExists {
        /// The name.
        name: String,
    },
    /// The code of a supplier belongs to another one.
    #[error("{}", self.message(Language::English))]
    SupplierCode {
        /// The code.
        code: String,
    },
    /// There is no such target of pushes.
    #[error("{}", self.message(Language::English))]
    NoTarget {
        /// Its name.
        name: String,
    },
    /// The parameters of the password hash cannot be used.
    #[error("{}", self.message(Language::English))]
    Cost,
    /// The cryptographic library refused.
    #[error("{}", self.message(Language::English))]
    Cryptography,
    /// A task ended in a panic and was undone.
    #[error("{}", self.message(Language::English))]
    Panicked,
    /// The store was closed.
    #[error("{}", self.message(Language::English))]
    Closed,
}

impl RecordsError {
    /// Stable code, such as `records-full`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Storage(error) => error.code(),
            Self::Form(error) => error.code(),
            Self::OtherEnvironment { .. } => "records-other-environment",
            Self::Damaged { .. } => "records-damaged",
            Self::RequestReused => "records-request-reused",
            Self::NoCredential { near: None, .. } => "records-no-credential",
            Self::NoCredential { .. } => "records-near-credential",
            Self::CredentialExists { .. } => "records-credential-exists",
            Self::SupplierCode { .. } => "records-supplier-code",
            Self::NoTarget { .. } => "records-no-target",
            Self::Cost => "records-cost",
            Self::Cryptography => "records-cryptography",
            Self::Panicked => "records-panicked",
            Self::Closed => "records-closed",
        }
    }

    /// Whether the same may succeed later without anybody changing the program or the file.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_passing())
    }

    /// What went wrong and where.
    pub fn message(&self, language: Language) -> String {
        match self {
            Self::Storage(error) => error.message(language),
            Self::Form(error) => error.message(language),
            other => other.with_values(|values| CATALOGUE.message(other.code(), language, values)),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        match self {
            Self::Storage(error) => error.hint(language),
            Self::Form(error) => error.hint(language),
            other => other.with_values(|values| CATALOGUE.hint(other.code(), language, values)),
        }
    }

    fn with_values(&self, fill: impl FnOnce(&[(&str, &str)]) -> String) -> String {
        match self {
            Self::OtherEnvironment { path, found, wanted } => {
                fill(&[("path", &path.display().to_string()), ("found", found.as_str()), ("wanted", wanted.as_str())])
            }
            Self::Damaged { place } => fill(&[("place", place)]),
            Self::NoCredential { name, near } => fill(&[("name", name), ("near", near.as_deref().unwrap_or_default())]),
            Self::CredentialExists { name } | Self::NoTarget { name } => fill(&[("name", name)]),
            Self::SupplierCode { code } => fill(&[("code", code)]),
            _ => fill(&[]),
        }
    }
}

impl From<Lost> for RecordsError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Closed => Self::Closed,
            Lost::Panicked => Self::Panicked,
        }
    }
}

impl From<rusqlite::Error> for RecordsError {
    fn from(error: rusqlite::Error) -> Self {
        STORE.error(error).into()
    }
}
