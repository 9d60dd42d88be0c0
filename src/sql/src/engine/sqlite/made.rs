//! A database that a script of the package makes in memory, once, when it is first asked.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, Connection as Database, OpenFlags};

use super::{for_reading, told, unreachable};
use crate::fault::Fault;

/// The script, and its database once it is there. It lives as long as this value.
pub(crate) struct Made {
    /// Under which connections of this process find it: the VFS `memdb` shares what begins with a slash.
    address: String,
    script: Arc<str>,
    kept: Mutex<Option<Database>>,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Made {
    pub fn new(script: Arc<str>) -> Made {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Made { address: format!("file:/kapia-{number}?vfs=memdb"), script, kept: Mutex::default() }
    }

    /// A connection for reading. Only on a thread that may wait.
    pub fn open(&self) -> Result<Database, Fault> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_none() {
            *kept = Some(self.make()?);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let opened = Database::open_with_flags(&self.address, flags).and_then(for_reading);
        opened.map_err(|error| unreachable(&error))
    }

    fn make(&self) -> Result<Database, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_URI;
        let database = Database::open_with_flags(&self.address, flags).map_err(|error| unreachable(&error))?;
        let failed = |error: &rusqlite::Error| Fault::new("sql-script").told_operator(told(error));
        database.execute_batch("PRAGMA trusted_schema = OFF; BEGIN").map_err(|error| failed(&error))?;
        let mut statements = Batch::new(&database, &self.script);
        while let Some(mut statement) = statements.next().map_err(|error| failed(&error))? {
            // ATTACH, which would reach other files, counts as one that only reads, as BEGIN and COMMIT do; VACUUM cannot
            // run inside of a transaction.
            if statement.readonly() {
                return Err(Fault::new("sql-script-statement"));
            }
            statement.raw_execute().map_err(|error| failed(&error))?;
        }
        database.execute_batch("COMMIT").map_err(|error| failed(&error))?;
        Ok(database)
    }
}
