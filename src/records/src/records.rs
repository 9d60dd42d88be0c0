//! The store as others see it: opening, and the threads that work on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kapia_storage::{Lane, StorageError};
use rusqlite::Connection;
use time::OffsetDateTime;
use tokio::sync::Notify;

use crate::error::RecordsError;
use crate::requests::InFlight;
use crate::status::Environment;
use crate::store::{self, STORE, millis, sql};

/// How many threads read.
const READERS: usize = 2;

/// One open store of one environment; a clone is the same store. Dropping the last one writes what still waits.
///
/// Several processes may have the file open at the same time, such as the gateway and a command.
#[derive(Clone)]
pub struct Records(Arc<Shared>);

struct Shared {
    path: PathBuf,
    environment: Environment,
    reading: Vec<Lane<RecordsError>>,
    // Dropped after the readers: who closes the file last folds its log into it, and only who writes can.
    writing: Lane<RecordsError>,
    turn: AtomicUsize,
    in_flight: Arc<InFlight>,
    changed: Notify,
}

impl Records {
    /// Opens the store of an environment and makes it if it is missing.
    ///
    /// # Errors
    /// What is wrong with the file, or that it belongs to the other environment.
    pub fn open(path: impl AsRef<Path>, environment: Environment) -> Result<Self, RecordsError> {
        let path = path.as_ref().to_owned();
        let writing = Lane::writing(&STORE, &path, "kapia-records", store::open(&path, environment)?)?;
        let reader = || Lane::reading(&STORE, &path, "kapia-records-reader", store::open_to_read(&path)?);
        let reading = (0..READERS).map(|_| reader()).collect::<Result<_, StorageError>>()?;
        let shared = Shared {
            path,
            environment,
            writing,
            reading,
            turn: AtomicUsize::new(0),
            in_flight: Arc::default(),
            changed: Notify::new(),
        };
        Ok(Self(Arc::new(shared)))
    }

    /// Whose records these are.
    pub fn environment(&self) -> Environment {
        self.0.environment
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// How many changes wait to be written now.
    pub fn waiting(&self) -> usize {
        self.0.writing.waiting()
    }

    /// Forgets answers that are older than 30 days and pushes that are done, and ends services whose end has come; returns how
    /// many it ended. To be called now and then.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn sweep(&self, now: OffsetDateTime) -> Result<u64, RecordsError> {
        const KEPT: time::Duration = time::Duration::days(30);
        let long_ago = millis(now - KEPT);
        let ended = self.end_services(now).await?;
        self.write(move |connection| {
            connection.execute(sql::FORGET_REQUESTS, [long_ago])?;
            connection.execute(sql::FORGET_PUSHES, [long_ago])?;
            Ok(())
        })
        .await?;
        Ok(ended)
    }

    /// Returns when somebody in this process has changed a record since the last time.
    pub async fn changed(&self) {
        self.0.changed.notified().await;
    }

    pub(crate) fn note_change(&self) {
        self.0.changed.notify_one();
    }

    pub(crate) fn in_flight(&self) -> &Arc<InFlight> {
        &self.0.in_flight
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, RecordsError> + Send + 'static,
    ) -> Result<T, RecordsError> {
        self.0.writing.run(work).await
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, RecordsError> + Send + 'static,
    ) -> Result<T, RecordsError> {
        let readers = &self.0.reading;
        let turn = self.0.turn.fetch_add(1, Ordering::Relaxed) % readers.len().max(1);
        let reader = readers.get(turn).ok_or(RecordsError::Closed)?;
        reader.run(work).await
    }
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").field("path", &self.0.path).field("environment", &self.0.environment).finish()
    }
}

#[cfg(test)]
mod tests;
