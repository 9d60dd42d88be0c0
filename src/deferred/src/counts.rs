//! How it is doing, for metrics and for people.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use time::OffsetDateTime;

use crate::call::millis;
use crate::deferred::Deferred;
use crate::error::DeferredError;
use crate::store::{STORE, sql};

/// What is in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Calls without an answer, those that are being executed included.
    pub pending: u64,
    /// Calls that are being executed.
    pub running: u64,
    /// Answers that wait.
    pub ready: u64,
    /// Empty rows of acknowledged calls.
    pub acknowledged: u64,
    /// Empty rows of expired calls.
    pub expired: u64,
    /// Callbacks that wait, those that are being sent included.
    pub callbacks_waiting: u64,
    /// Callbacks that were delivered, of calls that are still there.
    pub callbacks_delivered: u64,
    /// Callbacks that were given up, of calls that are still there.
    pub callbacks_given_up: u64,
    /// Since when the oldest call waits for its answer.
    pub oldest_pending: Option<Duration>,
    /// Since when the oldest answer waits to be fetched.
    pub oldest_ready: Option<Duration>,
    /// Since when the oldest callback waits.
    pub oldest_callback: Option<Duration>,
}

impl Deferred {
    /// Counts what is in the store.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn counts(&self, now: OffsetDateTime) -> Result<Counts, DeferredError> {
        let now = millis(now);
        self.reading.run(move |connection| count(connection, now)).await
    }
}

impl Counts {
    /// Counts what is in a store that another process may have open; needs no key. Blocks.
    ///
    /// # Errors
    /// The file is not there, is something else, or cannot be read.
    pub fn of_file(path: impl AsRef<Path>, now: OffsetDateTime) -> Result<Self, DeferredError> {
        count(&STORE.open_to_read(path.as_ref())?, millis(now))
    }
}

fn count(connection: &Connection, now: i64) -> Result<Counts, DeferredError> {
    let mut statement = connection.prepare_cached(sql::COUNTS)?;
    Ok(statement.query_row([], |row| {
        let number = |place: usize| row.get::<_, i64>(place).map(|number| u64::try_from(number).unwrap_or(0));
        let age = |place: usize| {
            let since: Option<i64> = row.get(place)?;
            let millis = since.map(|since| u64::try_from(now.saturating_sub(since)).unwrap_or(0));
            Ok::<_, rusqlite::Error>(millis.map(Duration::from_millis))
        };
        Ok(Counts {
            pending: number(0)?,
            running: number(1)?,
            ready: number(2)?,
            acknowledged: number(3)?,
            expired: number(4)?,
            callbacks_waiting: number(5)?,
            callbacks_delivered: number(6)?,
            callbacks_given_up: number(7)?,
            oldest_pending: age(8)?,
            oldest_ready: age(9)?,
            oldest_callback: age(10)?,
        })
    })?)
}
