//! The journal as the gateway sees it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use kapia_storage::{Lock, Periodic, Queue};
use tokio::sync::oneshot;

use crate::chain::{Head, Sealed};
use crate::checkpoint;
use crate::error::JournalError;
use crate::ids::CallIds;
use crate::record::{Line, Record};
use crate::store::{self, STORE};
use crate::writer::{Command, Writer, fresh_ids};

/// Sizes that trade memory and latency for throughput.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many appends may wait before the next one waits to be allowed to wait.
    pub queue: usize,
    /// How many records go into one transaction at most.
    pub batch: usize,
    /// How many call numbers are reserved at a time; as many are skipped at most when the process dies.
    pub block: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { queue: 4096, batch: 512, block: 1024 }
    }
}

/// One open journal; share it in an `Arc`. Dropping it writes what still waits.
pub struct Journal {
    path: PathBuf,
    shared: Arc<Shared>,
    low_water: i64,
    // Dropped in this order: what waits is written, then copied, then others may write.
    queue: Queue<Command>,
    _checkpoint: Periodic,
    _lock: Lock,
}

/// How the journal is doing, for readiness and metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The last record that is on the disk.
    pub head: Head,
    /// Records written since it was opened.
    pub records: u64,
    /// Transactions they took.
    pub batches: u64,
    /// Transactions that failed.
    pub failures: u64,
    /// Appends that wait now.
    pub waiting: usize,
    /// The error of the last transaction, if it failed.
    pub failing: Option<JournalError>,
}

impl Journal {
    /// Opens the journal for writing, makes it if it is missing; one process at a time may have it open.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        Self::open_with(path, Options::default())
    }

    /// The same with other sizes; zeros are read as ones.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, JournalError> {
        let path = path.as_ref().to_owned();
        let lock = STORE.lock(&path)?;
        let connection = store::open(&path)?;
        let head = store::head(&connection)?;
        let shared = Arc::new(Shared::new(fresh_ids(&connection)?, head));
        let block = i64::from(options.block.max(1));
        let mut writer = Writer::new(connection, head, options.batch.max(1), block, Arc::clone(&shared));
        writer.first_block()?;
        let checkpoint = checkpoint::start(&path, Arc::clone(&shared))?;
        let queue = Queue::start("kapia-journal", options.queue, move |commands| writer.run(commands))
            .map_err(|error| STORE.file_error(&path, &error))?;
        Ok(Self { path, shared, low_water: (block / 2).max(1), queue, _checkpoint: checkpoint, _lock: lock })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A call number: positive, greater than every number before it, never used again, whatever happens to the process.
    ///
    /// Waits for the disk only when the numbers reserved ahead are used up.
    pub async fn next_call_id(&self) -> Result<i64, JournalError> {
        loop {
            if let Some(taken) = self.shared.ids.take(self.low_water) {
                if taken.low {
                    // If the queue is full now, the caller who finds the block empty asks again and waits.
                    self.queue.try_send(Command::Reserve { ack: None });
                }
                return Ok(taken.id);
            }
            let (ack, reserved) = oneshot::channel();
            self.queue.send(Command::Reserve { ack: Some(ack) }).await?;
            reserved.await.map_err(|_| JournalError::Closed)??;
        }
    }

    /// Writes a record; when this returns, it is on the disk. On an error it is not to be counted on, and the call that it
    /// describes must be refused. If the future is dropped after the record was queued, the record is written nevertheless.
    pub async fn append(&self, record: Record) -> Result<Sealed, JournalError> {
        let line = Line::call(record.bounded());
        let text = store::canonical(&line)?;
        let (ack, sealed) = oneshot::channel();
        self.queue.send(Command::Append { line: Box::new(line), text, ack }).await?;
        sealed.await.map_err(|_| JournalError::Closed)?
    }

    /// How it is doing.
    pub fn state(&self) -> State {
        let shared = &self.shared;
        State {
            head: shared.head(),
            records: shared.records.load(Ordering::Relaxed),
            batches: shared.batches.load(Ordering::Relaxed),
            failures: shared.failures.load(Ordering::Relaxed),
            waiting: self.queue.waiting(),
            failing: shared.failing(),
        }
    }

    /// Writes what still waits and closes the file; blocks until it is done, as dropping does.
    pub fn close(self) {}

    #[cfg(test)]
    pub(crate) async fn limit_pages(&self, pages: u32) {
        let (ack, done) = oneshot::channel();
        self.queue.send(Command::LimitPages { pages, ack }).await.unwrap();
        done.await.unwrap().unwrap();
    }
}

/// What the writer tells the others.
pub(crate) struct Shared {
    pub ids: CallIds,
    pub records: AtomicU64,
    pub batches: AtomicU64,
    pub failures: AtomicU64,
    now: Mutex<Now>,
}

struct Now {
    head: Head,
    failing: Option<JournalError>,
}

impl Shared {
    fn new(ids: CallIds, head: Head) -> Self {
        Self {
            ids,
            records: AtomicU64::new(0),
            batches: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            now: Mutex::new(Now { head, failing: None }),
        }
    }

    pub(crate) fn head(&self) -> Head {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).head
    }

    pub(crate) fn set_head(&self, head: Head) {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).head = head;
    }

    fn failing(&self) -> Option<JournalError> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).failing.clone()
    }

    /// Notes the trouble of the last transaction, or that it had none; returns that of the one before.
    pub(crate) fn set_failing(&self, failing: Option<JournalError>) -> Option<JournalError> {
        std::mem::replace(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner).failing, failing)
    }
}
