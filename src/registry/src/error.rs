//! Errors of administration and storage; denials of calls are [`crate::Denial`].

use std::path::PathBuf;

use crate::names::NameError;
use crate::pattern::PatternError;
use crate::period::PeriodError;
use crate::text;
use crate::thumbprint::ThumbprintError;
use kapia_language::Language;

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
        /// `consumer`, `certificate`, `role`, `operation`, `grant`, `field grant` or `membership`.
        kind: &'static str,
        /// The name that was asked for.
        name: String,
        /// A name that exists and looks like it.
        near: Option<String>,
    },
    /// The row is there already.
    #[error("{}", self.message(Language::English))]
    Exists {
        /// `consumer`, `certificate`, `role`, `oid` or `membership`.
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
    /// The file is a database of something else.
    #[error("{}", self.message(Language::English))]
    Foreign {
        /// The file.
        path: PathBuf,
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
    /// The file cannot be created or opened.
    #[error("{}", self.message(Language::English))]
    File {
        /// The file.
        path: PathBuf,
        /// The cause as the system words it.
        cause: String,
    },
    /// Another process kept the file locked for longer than the time-out; the same change can be tried again.
    #[error("{}", self.message(Language::English))]
    Busy {
        /// `opening`, `reading` or `changing`.
        doing: &'static str,
    },
    /// The database refused.
    #[error("{}", self.message(Language::English))]
    Storage {
        /// `opening`, `reading` or `changing`.
        doing: &'static str,
        /// The cause as the database words it.
        cause: String,
    },
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
            Self::Newer { .. } => "registry-newer",
            Self::Foreign { .. } => "registry-foreign",
            Self::Corrupt { .. } => "registry-corrupt",
            Self::File { .. } => "registry-file",
            Self::Busy { .. } => "registry-busy",
            Self::Storage { .. } => "registry-storage",
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
            Self::Newer { path, found, known } => fill(&[
                ("path", &path.display().to_string()),
                ("found", &found.to_string()),
                ("known", &known.to_string()),
            ]),
            Self::Foreign { path } => fill(&[("path", &path.display().to_string())]),
            Self::Corrupt { table, column, row } => {
                fill(&[("table", table), ("column", column), ("row", &row.to_string())])
            }
            Self::File { path, cause } => fill(&[("path", &path.display().to_string()), ("cause", cause)]),
            Self::Busy { doing } => fill(&[("doing", text::label(doing, language))]),
            Self::Storage { doing, cause } => fill(&[("doing", text::label(doing, language)), ("cause", cause)]),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        match self {
            Self::Name(error) => error.hint(language),
            Self::Pattern(error) => error.hint(language),
            Self::Thumbprint(error) => error.hint(language),
            Self::Period(error) => error.hint(language),
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

fn command(kind: &str) -> &'static str {
    match kind {
        "role" | "membership" => "kapia consumer role list",
        "operation" => "kapia list",
        "grant" | "field grant" => "kapia grant show",
        _ => "kapia consumer list",
    }
}
