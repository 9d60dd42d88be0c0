//! Why a file of tables could not be opened, written or read.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kapia_language::Language;
use rusqlite::ErrorCode;

use crate::store::Store;
use crate::text::CATALOGUE;

/// A trouble with the file of a store. All who wait for one transaction receive the same error.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Language::English))]
pub struct StorageError {
    store: &'static Store,
    trouble: Trouble,
}

/// What the trouble is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Another process has the file open, and there can be one only.
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer version.
    Newer {
        /// The file.
        path: PathBuf,
        /// Version of the tables in the file.
        found: i64,
        /// Newest version that this program knows.
        known: i64,
    },
    /// The file cannot be created or opened.
    File {
        /// The file.
        path: PathBuf,
        /// The cause as the system words it.
        cause: Arc<str>,
    },
    /// No space is left; the same may succeed when there is.
    Full,
    /// The disk or the file refuses, as one that is read-only does; the same may succeed when it stops refusing.
    Io {
        /// The cause as the database words it.
        cause: Arc<str>,
    },
    /// Another program kept the file locked for too long.
    Busy,
    /// The database refused for another reason, such as damage to its pages.
    Refused {
        /// The cause as the database words it.
        cause: Arc<str>,
    },
}

impl Store {
    /// What the database says, as an error of this store.
    pub fn error(&'static self, error: rusqlite::Error) -> StorageError {
        let cause = || error.to_string().into();
        let trouble = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Trouble::Full,
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::FileLockingProtocolFailed,
            ) => Trouble::Io { cause: cause() },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::Busy,
            _ => Trouble::Refused { cause: cause() },
        };
        self.trouble(trouble)
    }

    /// The file, or a thread that works on it, cannot be had.
    pub fn file_error(&'static self, path: &Path, cause: &impl ToString) -> StorageError {
        self.trouble(Trouble::File { path: path.to_owned(), cause: cause.to_string().into() })
    }

    /// What is to be written has no form in which it could be.
    pub fn unwritable(&'static self, cause: &impl ToString) -> StorageError {
        self.trouble(Trouble::Refused { cause: cause.to_string().into() })
    }

    /// A trouble that is known already.
    pub fn trouble(&'static self, trouble: Trouble) -> StorageError {
        StorageError { store: self, trouble }
    }
}

impl StorageError {
    /// What it is.
    pub fn trouble(&self) -> &Trouble {
        &self.trouble
    }

    /// Stable code, such as `journal-full`.
    pub fn code(&self) -> &'static str {
        let codes = &self.store.codes;
        match self.trouble {
            Trouble::InUse { .. } => codes.in_use,
            Trouble::Foreign { .. } => codes.foreign,
            Trouble::Newer { .. } => codes.newer,
            Trouble::File { .. } => codes.file,
            Trouble::Full => codes.full,
            Trouble::Io { .. } => codes.io,
            Trouble::Busy => codes.busy,
            Trouble::Refused { .. } => codes.storage,
        }
    }

    /// Whether the same may succeed later without anybody changing the program or the file.
    pub fn is_passing(&self) -> bool {
        matches!(self.trouble, Trouble::Full | Trouble::Io { .. } | Trouble::Busy)
    }

    /// What went wrong and where.
    pub fn message(&self, language: Language) -> String {
        self.with_values(language, |text, values| CATALOGUE.message(text, language, values))
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        self.with_values(language, |text, values| CATALOGUE.hint(text, language, values))
    }

    fn with_values<T>(&self, language: Language, use_them: impl FnOnce(&str, &[(&str, &str)]) -> T) -> T {
        let words = &self.store.words;
        let (text, path, cause, versions) = match &self.trouble {
            Trouble::InUse { path } => ("in-use", Some(path), None, None),
            Trouble::Foreign { path } => ("foreign", Some(path), None, None),
            Trouble::Newer { path, found, known } => ("newer", Some(path), None, Some((found, known))),
            Trouble::File { path, cause } => ("file", Some(path), Some(cause), None),
            Trouble::Full => ("full", None, None, None),
            Trouble::Io { cause } => ("io", None, Some(cause), None),
            Trouble::Busy => ("busy", None, None, None),
            Trouble::Refused { cause } => ("storage", None, Some(cause), None),
        };
        let path = path.map(|path| path.display().to_string()).unwrap_or_default();
        let (found, known) = versions.map(|(found, known)| (found.to_string(), known.to_string())).unwrap_or_default();
        use_them(
            text,
            &[
                ("subject", language.of(words.subject)),
                ("object", language.of(words.object)),
                ("kind", language.of(words.kind)),
                ("consequence", language.of(words.consequence)),
                ("check", language.of(words.check)),
                ("path", &path),
                ("cause", cause.map(AsRef::as_ref).unwrap_or_default()),
                ("found", &found),
                ("known", &known),
            ],
        )
    }
}

impl fmt::Debug for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StorageError({}: {:?})", self.code(), self.trouble)
    }
}
