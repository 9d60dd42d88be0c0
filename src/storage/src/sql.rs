//! Statements about a file as such.

pub(crate) const COUNT_TABLES: &str = "select count(*) from sqlite_schema";
