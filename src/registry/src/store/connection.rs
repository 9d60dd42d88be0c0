//! Opening a file: who may read it, how it is locked, whether it is ours.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::migrations;
use crate::error::RegistryError;

/// How long a change waits for another process to finish its own.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the file, makes it if it is missing, and brings its tables up to date.
pub(crate) fn open(path: &Path) -> Result<Connection, RegistryError> {
    make_private(path)?;
    let mut connection = Connection::open(path)
        .map_err(|error| RegistryError::File { path: path.to_owned(), cause: error.to_string() })?;
    connection.busy_timeout(PATIENCE).doing("opening")?;
    // A file that is no database at all says so at the first statement.
    match connection.pragma_update(None, "journal_mode", "wal") {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return Err(RegistryError::Foreign { path: path.to_owned() });
        }
        other => other.doing("opening")?,
    }
    connection.pragma_update(None, "synchronous", "full").doing("opening")?;
    connection.pragma_update(None, "foreign_keys", true).doing("opening")?;
    migrations::run(&mut connection, path)?;
    Ok(connection)
}

// SQLite would make the file with the umask of the process; rights and thumbprints are nobody else's business.
fn make_private(path: &Path) -> Result<(), RegistryError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(RegistryError::File { path: path.to_owned(), cause: error.to_string() }),
    }
}

/// Says what was being done when the database refused.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, RegistryError>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, doing: &'static str) -> Result<T, RegistryError> {
        self.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => RegistryError::Busy { doing },
            _ => RegistryError::Storage { doing, cause: error.to_string() },
        })
    }
}
