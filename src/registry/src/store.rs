//! The tables on disk: the only part of this crate that knows SQL.

use std::time::Duration;

use kapia_storage::{Store, Words};

mod rows;
mod sql;

#[cfg(test)]
pub(crate) use rows::MemberRow;
pub(crate) use rows::{
    AuditRow, CertificateRow, ConsumerRow, FieldRow, GrantRow, OperationRow, RoleRow, Tables, moment_text,
};
pub(crate) use rows::{data_version, read_all, read_audit, read_names, read_parameter_history, read_pem};
pub(crate) mod dml {
    //! Statements that change rows; `$1…$n` in order of first use: PostgreSQL counts them by number, SQLite by
    //! appearance, so the same text serves both.
    pub(crate) use super::sql::change::*;
}

/// A registry: several processes may have it open, and change it.
pub(crate) static STORE: Store = Store {
    codes: kapia_storage::codes!("registry"),
    words: Words {
        subject: ["the registry", "регистърът"],
        object: ["the registry", "регистъра"],
        kind: ["a registry", "регистър"],
        consequence: ["nothing was changed", "нищо не е променено"],
        check: [
            "check the disk, and the file with sqlite3 and pragma integrity_check; nothing was changed",
            "проверете диска и файла със sqlite3 и pragma integrity_check; нищо не е променено",
        ],
    },
    // "KapR"
    application: 0x4b61_7052,
    steps: &[
        sql::ddl::SUBJECTS_AND_RIGHTS,
        sql::ddl::AUDIT,
        sql::ddl::OPERATIONS_SEEN,
        sql::ddl::CALLBACK_HOSTS,
        sql::ddl::PARAMETER_VALUES,
    ],
    patience: Duration::from_secs(10),
    settings: &[("foreign_keys", 1)],
};

#[cfg(test)]
mod tests;
