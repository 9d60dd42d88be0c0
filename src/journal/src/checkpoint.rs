//! The thread that copies the log into the file, so that no append waits for it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kapia_storage::Periodic;

use crate::error::JournalError;
use crate::journal::Shared;
use crate::store::{self, STORE, sql};

const EVERY: Duration = Duration::from_millis(500);

/// Starts the thread; it ends when what is returned is dropped.
pub(crate) fn start(path: &Path, shared: Arc<Shared>) -> Result<Periodic, JournalError> {
    let connection = store::open(path)?;
    let mut seen = 0;
    let copy = move || {
        let batches = shared.batches.load(Ordering::Relaxed);
        if batches == seen {
            return;
        }
        // What it leaves it takes next time.
        match connection.query_row(sql::CHECKPOINT, [], |_| Ok(())) {
            Ok(()) => seen = batches,
            Err(error) => tracing::warn!(%error, "the journal's log was not copied into its file"),
        }
    };
    Ok(Periodic::start("kapia-checkpoint", EVERY, copy).map_err(|error| STORE.file_error(path, &error))?)
}
