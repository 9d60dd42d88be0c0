//! The file: opening, tables, and every statement of this crate.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use time::OffsetDateTime;

use crate::chain::{BEFORE_GENESIS, Head, seal};
use crate::error::JournalError;
use crate::octets::Digest;
use crate::record::{Genesis, Line};

/// Marks a file as a journal of Kapia ("KapJ").
const APPLICATION: i64 = 0x4b61_704a;

/// How long to wait for a program that holds the file locked.
const PATIENCE: Duration = Duration::from_secs(5);

const STEPS: &[&str] = &[sql::TABLES];

/// Makes sure that this process alone writes the journal, for as long as the file stays open.
pub(crate) fn lock(path: &Path) -> Result<File, JournalError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = private(&PathBuf::from(name), false).map_err(|error| JournalError::file(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(JournalError::file(path, &error)),
    }
}

/// Opens the journal for writing, makes it if it is missing, and brings its tables up to date.
pub(crate) fn open(path: &Path) -> Result<Connection, JournalError> {
    match private(path, true) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(JournalError::file(path, &error));
        }
        _ => {}
    }
    let mut connection = Connection::open(path).map_err(|error| JournalError::file(path, &error))?;
    connection.busy_timeout(PATIENCE)?;
    match connection.pragma_update(None, "journal_mode", "wal") {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return Err(JournalError::Foreign { path: path.to_owned() });
        }
        other => other?,
    }
    connection.pragma_update(None, "synchronous", "full")?;
    // A thread of its own copies the log into the file (see checkpoint.rs); this is the net below it, 64 MiB.
    connection.pragma_update(None, "wal_autocheckpoint", 16_384)?;
    connection.pragma_update(None, "journal_size_limit", 67_108_864)?;
    migrate(&mut connection, path)?;
    Ok(connection)
}

/// Opens the journal for reading only; the gateway may go on writing.
pub(crate) fn open_to_read(path: &Path) -> Result<Connection, JournalError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let usable = |connection: Connection| -> rusqlite::Result<Connection> {
        connection.busy_timeout(PATIENCE)?;
        connection.query_row(sql::COUNT_TABLES, [], |row| row.get::<_, i64>(0))?;
        Ok(connection)
    };
    let opened = Connection::open_with_flags(path, flags).and_then(usable);
    let opened = match opened {
        // On a medium that cannot be written the log's index cannot be made. A file without a log needs none.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) && path.exists() && !has_log(path) => {
            let flags = flags | OpenFlags::SQLITE_OPEN_URI;
            Connection::open_with_flags(format!("file:{}?immutable=1", escaped(path)), flags).and_then(usable)
        }
        other => other,
    };
    let connection = opened.map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => JournalError::Foreign { path: path.to_owned() },
        _ => JournalError::file(path, &error),
    })?;
    match version(&connection, path)? {
        0 => Err(JournalError::Foreign { path: path.to_owned() }),
        _ => Ok(connection),
    }
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

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), JournalError> {
    if version(connection, path)? == STEPS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction, path)?;
    for step in STEPS.iter().skip(found) {
        transaction.execute_batch(step)?;
    }
    if found == 0 {
        let genesis = Line::genesis(Genesis { journal: random_name(), created: OffsetDateTime::now_utc() });
        let text = canonical(&genesis)?;
        let hash = seal(0, &BEFORE_GENESIS, &text);
        let columns = genesis.columns();
        let values = (0, 0, columns.time, columns.consumer, columns.operation, text, BEFORE_GENESIS.0, hash.0);
        transaction.execute(sql::APPEND, values)?;
        transaction.execute(sql::FIRST_BLOCK, [])?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection, path: &Path) -> Result<usize, JournalError> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, found) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection.query_row(sql::COUNT_TABLES, [], |row| row.get(0))?;
    if application == 0 && found == 0 && tables == 0 {
        return Ok(0);
    }
    if application != APPLICATION {
        return Err(JournalError::Foreign { path: path.to_owned() });
    }
    match usize::try_from(found) {
        Ok(version) if version <= STEPS.len() => Ok(version),
        _ => Err(JournalError::Newer { path: path.to_owned(), found, known: STEPS.len() as i64 }),
    }
}

/// The text of a row: JSON, keys in the order of the type, no white space.
pub(crate) fn canonical(line: &Line) -> Result<String, JournalError> {
    serde_json::to_string(line).map_err(|error| JournalError::Storage { cause: error.to_string().into() })
}

// A journal holds names and case numbers: what SQLite would make with the umask of the process is made for one user.
fn private(path: &Path, new: bool) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    if new {
        options.create_new(true);
    } else {
        options.create(true).truncate(false);
    }
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn random_name() -> String {
    let mut octets = [0u8; 16];
    // aws-lc-rs fails here only if the operating system has no randomness to give, which it answers by aborting itself.
    let filled = aws_lc_rs::rand::fill(&mut octets).is_ok();
    debug_assert!(filled);
    Digest(octets).to_string()
}

fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(PathBuf::from(log)).is_ok_and(|log| log.len() > 0)
}

fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

pub(crate) mod sql {
    //! Statements; `$1…$n` in order of first use: PostgreSQL counts them by number, SQLite by appearance.

    pub(crate) const COUNT_TABLES: &str = "select count(*) from sqlite_schema";

    pub(crate) const TABLES: &str = "
create table records (
    sequence integer primary key,
    service_call_id integer not null,
    time text not null,
    consumer text,
    operation text,
    text text not null,
    previous blob not null,
    hash blob not null
);
create index records_call on records (service_call_id) where service_call_id > 0;
create index records_time on records (time);
create index records_consumer on records (consumer) where consumer is not null;
create index records_operation on records (operation) where operation is not null;
create table call_ids (reserved integer not null);
";

    pub(crate) const APPEND: &str = "insert into records
        (sequence, service_call_id, time, consumer, operation, text, previous, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    pub(crate) const LAST: &str = "select sequence, previous, hash, text from records order by sequence desc limit 1";
    pub(crate) const HASH_AT: &str = "select hash from records where sequence = $1";
    pub(crate) const FIRST_BLOCK: &str = "insert into call_ids (reserved) values (0)";
    pub(crate) const RESERVED: &str = "select reserved from call_ids";
    pub(crate) const RESERVE: &str = "update call_ids set reserved = $1";

    pub(crate) const COLUMNS: &str =
        "select sequence, service_call_id, time, consumer, operation, text, previous, hash from records where ";
    pub(crate) const AFTER: &str = "sequence > $1";
    pub(crate) const BEFORE: &str = "sequence < $1";
    pub(crate) const UPWARD: &str = " order by sequence limit ";
    pub(crate) const DOWNWARD: &str = " order by sequence desc limit ";
    pub(crate) const OF_CONSUMER: &str = " and consumer = ";
    pub(crate) const OF_OPERATION: &str = " and operation = ";
    pub(crate) const OF_CALL: &str = " and service_call_id > 0 and service_call_id = ";
    pub(crate) const SINCE: &str = " and time >= ";
    pub(crate) const UNTIL: &str = " and time <= ";
}

#[cfg(test)]
mod tests;
