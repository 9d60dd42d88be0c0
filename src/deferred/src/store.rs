//! The file: what a store of deferred calls is, and whether the key is right. Every statement is in `sql`.

use std::path::Path;
use std::time::Duration;

use kapia_storage::{Store, Words};
use rusqlite::{Connection, OptionalExtension};

use crate::error::DeferredError;
use crate::seal::{Kind, Owner, Sealer};

pub(crate) mod sql;

/// A store of deferred calls: one process has it open.
pub(crate) static STORE: Store = Store {
    codes: kapia_storage::codes!("deferred"),
    words: Words {
        subject: ["the store of deferred calls", "хранилището за отложени повиквания"],
        object: ["the store of deferred calls", "хранилището за отложени повиквания"],
        kind: ["a store of deferred calls", "хранилище за отложени повиквания"],
        consequence: ["asynchronous calls are refused until then", "дотогава асинхронните повиквания се отказват"],
        check: [
            "check the file with sqlite3 and pragma integrity_check",
            "проверете файла със sqlite3 и pragma integrity_check",
        ],
    },
    // "KapD"
    application: 0x4b61_7044,
    steps: &[sql::TABLES],
    patience: Duration::from_secs(5),
    // What is deleted is overwritten: what was sealed shall be gone, not only out of sight.
    settings: &[("secure_delete", 1), ("journal_size_limit", 67_108_864)],
};

/// What the key must be able to open before anything else is asked of it.
const KEY_CHECK: &[u8] = b"kapia-deferred";
const WHOLE_FILE: Owner = Owner { call_id: 0, consumer: 0 };

/// State of a call; the numbers stand in the file. 3 is expired.
pub(crate) mod state {
    pub(crate) const PENDING: i64 = 0;
    pub(crate) const READY: i64 = 1;
    pub(crate) const ACKNOWLEDGED: i64 = 2;
}

/// State of its callback; the numbers stand in the file. 3 is delivered, 4 is given up.
pub(crate) mod callback {
    pub(crate) const NONE: i64 = 0;
    /// An address was given; there is no answer yet.
    pub(crate) const WANTED: i64 = 1;
    pub(crate) const WAITING: i64 = 2;
}

/// Opens the store for writing and looks whether the key is right.
pub(crate) fn open(path: &Path, sealer: &Sealer) -> Result<Connection, DeferredError> {
    let connection = STORE.open(path)?;
    check_key(&connection, path, sealer)?;
    Ok(connection)
}

/// Gives back what a process had claimed that is no more; only the holder of the lock may know that.
pub(crate) fn release_claims(connection: &Connection) -> Result<usize, DeferredError> {
    let work = connection.execute(sql::RELEASE_WORK, [])?;
    let callbacks = connection.execute(sql::RELEASE_CALLBACKS, [])?;
    Ok(work + callbacks)
}

pub(crate) fn payload(connection: &Connection, call_id: i64, kind: Kind) -> rusqlite::Result<Option<Vec<u8>>> {
    connection.prepare_cached(sql::PAYLOAD)?.query_row((call_id, kind as u8), |row| row.get(0)).optional()
}

fn check_key(connection: &Connection, path: &Path, sealer: &Sealer) -> Result<(), DeferredError> {
    let stored: Option<Vec<u8>> = connection.query_row(sql::KEY_CHECK, [], |row| row.get(0)).optional()?;
    let Some(sealed) = stored else {
        let sealed = sealer.seal(Kind::KeyCheck, WHOLE_FILE, KEY_CHECK.to_vec())?;
        connection.execute(sql::ADD_KEY_CHECK, [sealed])?;
        return Ok(());
    };
    match sealer.open(Kind::KeyCheck, WHOLE_FILE, sealed) {
        Some(text) if text == KEY_CHECK => Ok(()),
        _ => Err(DeferredError::WrongKey { path: path.to_owned() }),
    }
}

#[cfg(test)]
mod tests;
