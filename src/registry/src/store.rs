//! The tables on disk: the only part of this crate that knows SQL.

mod connection;
mod migrations;
mod rows;
mod sql;

pub(crate) use connection::{Doing, open};
#[cfg(test)]
pub(crate) use rows::MemberRow;
pub(crate) use rows::{
    AuditRow, CertificateRow, ConsumerRow, FieldRow, GrantRow, OperationRow, RoleRow, Tables, moment_text,
};
pub(crate) use rows::{read_all, read_audit, read_names, read_pem};
pub(crate) mod dml {
    //! Statements that change rows; `$1…$n` in order of first use: PostgreSQL counts them by number, SQLite by
    //! appearance, so the same text serves both.
    pub(crate) use super::sql::change::*;
}
