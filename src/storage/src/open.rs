//! Opening: whose file it is, how it is written, which tables it has.

use std::io::ErrorKind;
use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::error::{StorageError, Trouble};
use crate::file::{beside, create_private};
use crate::sql;
use crate::store::Store;

impl Store {
    /// Opens a file for writing, makes it (mode 0600) if it is missing, and brings its tables up to date.
    ///
    /// A commit waits for the disk (`synchronous=FULL`), and readers wait for nobody (WAL).
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn open(&'static self, path: &Path) -> Result<Connection, StorageError> {
        self.open_with(path, |_| Ok(()))
    }

    /// The same; `first` fills the tables of a new file, in the transaction that makes them.
    ///
    /// # Errors
    /// As [`Store::open`], or that of `first`.
    pub fn open_with<E: From<StorageError>>(
        &'static self,
        path: &Path,
        first: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
    ) -> Result<Connection, E> {
        let mut connection = self.connect(path)?;
        if self.version(&connection, path)? < self.steps.len() {
            self.migrate(&mut connection, path, first)?;
        }
        Ok(connection)
    }

    /// Opens a file for reading only; others may go on writing. Works on a medium that cannot be written, too.
    ///
    /// # Errors
    /// The file is not there, is something else, or is newer.
    pub fn open_to_read(&'static self, path: &Path) -> Result<Connection, StorageError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let usable = |connection: Connection| -> rusqlite::Result<Connection> {
            connection.busy_timeout(self.patience)?;
            connection.query_row(sql::COUNT_TABLES, [], |row| row.get::<_, i64>(0))?;
            Ok(connection)
        };
        let opened = match Connection::open_with_flags(path, flags).and_then(usable) {
            // On a medium that cannot be written the log's index cannot be made. A file without a log needs none.
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) && path.exists() && !has_log(path) =>
            {
                let flags = flags | OpenFlags::SQLITE_OPEN_URI;
                Connection::open_with_flags(format!("file:{}?immutable=1", escaped(path)), flags).and_then(usable)
            }
            other => other,
        };
        let connection = opened.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => self.foreign(path),
            _ => self.file_error(path, &error),
        })?;
        match self.version(&connection, path)? {
            0 => Err(self.foreign(path)),
            _ => Ok(connection),
        }
    }

    fn connect(&'static self, path: &Path) -> Result<Connection, StorageError> {
        // SQLite would make the file with the umask of the process.
        match create_private(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(self.file_error(path, &error)),
            _ => {}
        }
        let connection = Connection::open(path).map_err(|error| self.file_error(path, &error))?;
        let set_up = || -> rusqlite::Result<()> {
            connection.busy_timeout(self.patience)?;
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "full")?;
            self.settings.iter().try_for_each(|(name, value)| connection.pragma_update(None, name, value))
        };
        match set_up() {
            Ok(()) => Ok(connection),
            // A file that is no database at all says so at the first statement.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => Err(self.foreign(path)),
            Err(error) => Err(self.error(error)),
        }
    }

    fn migrate<E: From<StorageError>>(
        &'static self,
        connection: &mut Connection,
        path: &Path,
        first: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let refused = |error| self.error(error);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(refused)?;
        // Asked again under the lock: another process may have done it meanwhile.
        let found = self.version(&transaction, path)?;
        for step in self.steps.iter().skip(found) {
            transaction.execute_batch(step).map_err(refused)?;
        }
        if found == 0 {
            first(&transaction)?;
        }
        if found < self.steps.len() {
            transaction.pragma_update(None, "application_id", self.application).map_err(refused)?;
            transaction.pragma_update(None, "user_version", self.known()).map_err(refused)?;
        }
        transaction.commit().map_err(refused)?;
        Ok(())
    }

    /// How many of the steps the file has behind it.
    fn version(&'static self, connection: &Connection, path: &Path) -> Result<usize, StorageError> {
        let number = |name: &str| {
            connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(|error| self.error(error))
        };
        let (application, found) = (number("application_id")?, number("user_version")?);
        let tables: i64 =
            connection.query_row(sql::COUNT_TABLES, [], |row| row.get(0)).map_err(|error| self.error(error))?;
        if application == 0 && found == 0 && tables == 0 {
            return Ok(0);
        }
        if application != self.application {
            return Err(self.foreign(path));
        }
        match usize::try_from(found) {
            Ok(version) if version <= self.steps.len() => Ok(version),
            _ => Err(self.trouble(Trouble::Newer { path: path.to_owned(), found, known: self.known() })),
        }
    }

    fn known(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }

    fn foreign(&'static self, path: &Path) -> StorageError {
        self.trouble(Trouble::Foreign { path: path.to_owned() })
    }
}

fn has_log(path: &Path) -> bool {
    std::fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}
