//! Errors of administration and storage; denials of calls are [`crate::Denial`].

use crate::names::NameError;
use crate::pattern::PatternError;
use crate::period::PeriodError;
use crate::store::STORE;
use crate::text;
use kapia_language::Language;
use kapia_pki::ThumbprintError;
use kapia_storage::{SealError, StorageError};

/// What can go wrong when the registry is opened, read or changed.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// A name breaks its rule.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A text is not a field pattern.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A text is not a thumbprint.
    #[error(transparent)]
    Thumbprint(#[from] ThumbprintError),
    /// A period ends before it begins.
    #[error(transparent)]
    Period(#[from] PeriodError),
    /// There is no such row.
    #[error("{}", self.message(Language::English))]
    NotFound {
        /// `consumer`, `certificate`, `role`, `operation`, `grant`, `field grant`, `membership` or `callback host`.
        kind: &'static str,
        /// The name that was asked for.
        name: String,
        /// A name that exists and looks like it.
        near: Option<String>,
    },
    /// The row is there already.
    #[error("{}", self.message(Language::English))]
    Exists {
        /// `consumer`, `certificate`, `role`, `oid`, `membership` or `callback host`.
        kind: &'static str,
        /// The name that is taken.
        name: String,
    },
    /// A deny for a role: role rights are a union and can only allow.
    #[error("{}", self.message(Language::English))]
    RoleDeny {
        /// The role.
        role: String,
    },
    /// A stored value breaks its rule: somebody wrote past this program.
    #[error("{}", self.message(Language::English))]
    Corrupt {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Number of the row.
        row: i64,
    },
    /// A value of a parameter does not open: it was sealed with another key, or somebody changed it.
    #[error("{}", self.message(Language::English))]
    SealedElsewhere {
        /// The adapter.
        adapter: String,
        /// The parameter.
        name: String,
        /// The version of its value.
        version: i64,
    },
    /// A value cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The file cannot be opened, read or changed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl RegistryError {
    /// Stable code, such as `registry-not-found`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name(error) => error.code(),
            Self::Pattern(error) => error.code(),
            Self::Thumbprint(error) => error.code(),
            Self::Period(error) => error.code(),
            Self::NotFound { .. } => "registry-not-found",
            Self::Exists { .. } => "registry-exists",
            Self::RoleDeny { .. } => "registry-role-deny",
            Self::Corrupt { .. } => "registry-corrupt",
            Self::SealedElsewhere { .. } => "registry-sealed-elsewhere",
            Self::Seal(error) => error.code(),
            Self::Storage(error) => error.code(),
        }
    }

    /// What went wrong and where.
    pub fn message(&self, language: Language) -> String {
        let fill = |values: &[(&str, &str)]| text::message(self.code(), language, values);
        match self {
            Self::Name(error) => error.message(language),
            Self::Pattern(error) => error.message(language),
            Self::Thumbprint(error) => error.message(language),
            Self::Period(error) => error.message(language),
            Self::NotFound { kind, name, .. } | Self::Exists { kind, name } => {
                fill(&[("kind", text::label(kind, language)), ("name", name)])
            }
            Self::RoleDeny { role } => fill(&[("name", role)]),
            Self::Corrupt { table, column, row } => {
                fill(&[("table", table), ("column", column), ("row", &row.to_string())])
            }
            Self::SealedElsewhere { adapter, name, version } => {
                fill(&[("adapter", adapter), ("name", name), ("version", &version.to_string())])
            }
            Self::Seal(error) => error.message(language),
            Self::Storage(error) => error.message(language),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        match self {
            Self::Name(error) => error.hint(language),
            Self::Pattern(error) => error.hint(language),
            Self::Thumbprint(error) => error.hint(language).to_owned(),
            Self::Period(error) => error.hint(language),
            Self::Storage(error) => error.hint(language),
            Self::Seal(error) => error.hint(language),
            Self::NotFound { kind, near, .. } => {
                let mut hint = text::hint(self.code(), language, &[("command", command(kind))]);
                if let Some(near) = near {
                    hint.push_str(&text::message("near", language, &[("near", near)]));
                }
                hint
            }
            other => text::hint(other.code(), language, &[]),
        }
    }
}

impl From<rusqlite::Error> for RegistryError {
    fn from(error: rusqlite::Error) -> Self {
        STORE.error(error).into()
    }
}

fn command(kind: &str) -> &'static str {
    match kind {
        "role" | "membership" => "kapia consumer role list",
        "operation" => "kapia list",
        "grant" | "field grant" => "kapia grant show",
        "callback host" => "kapia consumer show",
        _ => "kapia consumer list",
    }
}
