//! The file: opening it, its tables and their versions, every statement of this crate.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior};

use crate::error::DeferredError;
use crate::seal::{Kind, Owner, Sealer};

/// Marks a file as a store of deferred calls of Kapia ("KapD").
const APPLICATION: i64 = 0x4b61_7044;

/// How long to wait for a program that holds the file locked.
const PATIENCE: Duration = Duration::from_secs(5);

const STEPS: &[&str] = &[sql::TABLES];

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

/// Makes sure that this process alone has the store open, for as long as the file stays open.
pub(crate) fn lock(path: &Path) -> Result<File, DeferredError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = private(&PathBuf::from(name), false).map_err(|error| DeferredError::file(path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DeferredError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(DeferredError::file(path, &error)),
    }
}

/// Opens the store for writing, makes it if it is missing, brings its tables up to date, and looks whether the key is right.
pub(crate) fn open(path: &Path, sealer: &Sealer) -> Result<Connection, DeferredError> {
    match private(path, true) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(DeferredError::file(path, &error));
        }
        _ => {}
    }
    let mut connection = Connection::open(path).map_err(|error| DeferredError::file(path, &error))?;
    connection.busy_timeout(PATIENCE)?;
    match connection.pragma_update(None, "journal_mode", "wal") {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return Err(DeferredError::Foreign { path: path.to_owned() });
        }
        other => other?,
    }
    connection.pragma_update(None, "synchronous", "full")?;
    // What is deleted is overwritten: what was sealed shall be gone, not only out of sight.
    connection.pragma_update(None, "secure_delete", "on")?;
    connection.pragma_update(None, "journal_size_limit", 67_108_864)?;
    migrate(&mut connection, path)?;
    check_key(&connection, path, sealer)?;
    Ok(connection)
}

/// Opens the store to count what is in it; another process may have it open.
pub(crate) fn open_to_count(path: &Path) -> Result<Connection, DeferredError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| DeferredError::file(path, &error))?;
    connection.busy_timeout(PATIENCE)?;
    match version(&connection, path)? {
        0 => Err(DeferredError::Foreign { path: path.to_owned() }),
        _ => Ok(connection),
    }
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

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), DeferredError> {
    if version(connection, path)? == STEPS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in STEPS.iter().skip(version(&transaction, path)?) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)?;
    transaction.commit()?;
    Ok(())
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

fn version(connection: &Connection, path: &Path) -> Result<usize, DeferredError> {
    let foreign = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => DeferredError::Foreign { path: path.to_owned() },
        _ => error.into(),
    };
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(foreign);
    let (application, found) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection.query_row(sql::COUNT_TABLES, [], |row| row.get(0))?;
    if application == 0 && found == 0 && tables == 0 {
        return Ok(0);
    }
    if application != APPLICATION {
        return Err(DeferredError::Foreign { path: path.to_owned() });
    }
    match usize::try_from(found) {
        Ok(version) if version <= STEPS.len() => Ok(version),
        _ => Err(DeferredError::Newer { path: path.to_owned(), found, known: STEPS.len() as i64 }),
    }
}

// What SQLite would make with the umask of the process is made for one user.
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

pub(crate) mod sql;

#[cfg(test)]
mod tests;
