//! The file: what a store of records is. Every statement is in `sql`.

use std::path::Path;
use std::time::Duration;

use kapia_storage::{StorageError, Store, Words};
use rusqlite::Connection;
use time::OffsetDateTime;

use crate::error::RecordsError;
use crate::status::Environment;

pub(crate) mod sql;

/// A store of records: several processes may have it open, and change it.
pub(crate) static STORE: Store = Store {
    codes: kapia_storage::codes!("records"),
    words: Words {
        subject: ["the store of records", "хранилището за описания"],
        object: ["the store of records", "хранилището за описания"],
        kind: ["a store of records", "хранилище за описания"],
        consequence: ["nothing was changed", "нищо не е променено"],
        check: [
            "check the file with sqlite3 and pragma integrity_check; nothing was changed",
            "проверете файла със sqlite3 и pragma integrity_check; нищо не е променено",
        ],
    },
    // "KapS"
    application: 0x4b61_7053,
    steps: &[sql::TABLES, sql::SPELLINGS, sql::OUTBOX_OF_RECORDS],
    patience: Duration::from_secs(10),
    settings: &[("foreign_keys", 1), ("journal_size_limit", 67_108_864), ("cache_size", -65_536)],
};

/// What a reader keeps of the file in memory.
const READ_CACHE_KIB: i64 = 32_768;

/// Opens the file for writing; a new one becomes that of the environment.
pub(crate) fn open(path: &Path, environment: Environment) -> Result<Connection, RecordsError> {
    let connection = STORE.open_with(path, |transaction| -> Result<(), RecordsError> {
        transaction.execute(sql::STAMP, [environment.as_str()])?;
        Ok(())
    })?;
    // Statements that are prepared again and again; there are more than the sixteen that are kept by default.
    connection.set_prepared_statement_cache_capacity(96);
    let found: String = connection.query_row(sql::ENVIRONMENT, [], |row| row.get(0))?;
    let found: Environment = found.parse().map_err(|_| RecordsError::Damaged { place: "file" })?;
    if found == environment {
        Ok(connection)
    } else {
        Err(RecordsError::OtherEnvironment { path: path.to_owned(), found, wanted: environment })
    }
}

/// Opens the file for reading only.
pub(crate) fn open_to_read(path: &Path) -> Result<Connection, StorageError> {
    let connection = STORE.open_to_read(path)?;
    connection.set_prepared_statement_cache_capacity(96);
    // A search reads the names of some hundred records, which lie all over the file.
    connection.pragma_update(None, "cache_size", -READ_CACHE_KIB).map_err(|error| STORE.error(error))?;
    Ok(connection)
}

/// Milliseconds of Unix time: how moments stand in the file.
pub(crate) fn millis(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

/// The moment that was written down.
pub(crate) fn moment(millis: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests;
