//! The file: what a journal is, how a new one begins. Every statement is in `sql`.

use std::path::Path;
use std::time::Duration;

use kapia_storage::{Store, Words};
use rusqlite::{Connection, Transaction};
use time::OffsetDateTime;

use crate::chain::{BEFORE_GENESIS, Head, seal};
use crate::error::JournalError;
use crate::octets::Digest;
use crate::record::{Genesis, Line};

pub(crate) mod sql;

/// A journal: one process writes it; it holds names and case numbers.
pub(crate) static STORE: Store = Store {
    codes: kapia_storage::codes!("journal"),
    words: Words {
        subject: ["the journal", "дневникът"],
        object: ["the journal", "дневника"],
        kind: ["a journal", "дневник"],
        consequence: ["calls are refused until then", "дотогава повикванията се отказват"],
        check: ["check the file with `kapia journal verify`", "проверете файла с `kapia journal verify`"],
    },
    // "KapJ"
    application: 0x4b61_704a,
    steps: &[sql::TABLES],
    patience: Duration::from_secs(5),
    // A thread of its own copies the log into the file (see checkpoint.rs); this is the net below it, 64 MiB.
    settings: &[("wal_autocheckpoint", 16_384), ("journal_size_limit", 67_108_864)],
};

/// Opens the journal for writing; a new one begins with the row that names it.
pub(crate) fn open(path: &Path) -> Result<Connection, JournalError> {
    STORE.open_with(path, begin)
}

/// The last row, after a look at whether it is what was written.
pub(crate) fn head(connection: &Connection) -> Result<Head, JournalError> {
    let (sequence, previous, hash, text) = connection
        .prepare_cached(sql::LAST)?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?)))?;
    let (sequence, previous, hash) = (sequence.cast_unsigned(), Digest(previous), Digest(hash));
    if seal(sequence, &previous, &text) != hash {
        return Err(JournalError::Damaged { sequence });
    }
    Ok(Head { sequence, hash })
}

fn begin(transaction: &Transaction<'_>) -> Result<(), JournalError> {
    let genesis = Line::genesis(Genesis { journal: random_name(), created: OffsetDateTime::now_utc() });
    let text = canonical(&genesis)?;
    let hash = seal(0, &BEFORE_GENESIS, &text);
    let columns = genesis.columns();
    let values = (0, 0, columns.time, columns.consumer, columns.operation, text, BEFORE_GENESIS.0, hash.0);
    transaction.execute(sql::APPEND, values)?;
    transaction.execute(sql::FIRST_BLOCK, [])?;
    Ok(())
}

/// The text of a row: JSON, keys in the order of the type, no white space.
pub(crate) fn canonical(line: &Line) -> Result<String, JournalError> {
    serde_json::to_string(line).map_err(|error| STORE.unwritable(&error).into())
}

fn random_name() -> String {
    let mut octets = [0u8; 16];
    // aws-lc-rs fails here only if the operating system has no randomness to give, which it answers by aborting itself.
    let filled = aws_lc_rs::rand::fill(&mut octets).is_ok();
    debug_assert!(filled);
    Digest(octets).to_string()
}

#[cfg(test)]
mod tests;
