//! The thread that copies the log into the file, so that no append waits for it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::JournalError;
use crate::journal::Shared;
use crate::store;

const EVERY: Duration = Duration::from_millis(500);

/// A running checkpoint thread; ends when this is dropped.
pub(crate) struct Checkpoint {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoint {
    pub(crate) fn start(path: &Path, shared: Arc<Shared>) -> Result<Self, JournalError> {
        let connection = store::open(path)?;
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("kapia-checkpoint".to_owned())
            .spawn(move || run(&connection, &shared, &stopped))
            .map_err(|error| JournalError::file(path, &error))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Checkpoint {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, shared: &Shared, stopped: &mpsc::Receiver<()>) {
    let mut seen = 0;
    while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
        let batches = shared.batches.load(Ordering::Relaxed);
        if batches == seen {
            continue;
        }
        // Passive: waits for nobody and keeps nobody waiting. What it leaves it takes next time.
        match connection.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(())) {
            Ok(()) => seen = batches,
            Err(error) => tracing::warn!(%error, "the journal's log was not copied into its file"),
        }
    }
}
