//! Statements about a file as such, and around the tasks of a transaction.

pub(crate) const COUNT_TABLES: &str = "select count(*) from sqlite_schema";

/// Around each task of a transaction: one that fails takes nobody with it.
pub(crate) const BEGIN_TASK: &str = "savepoint task";
pub(crate) const KEEP_TASK: &str = "release task";
pub(crate) const UNDO_TASK: &str = "rollback to task; release task";
