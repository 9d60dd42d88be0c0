//! Threads with connections of their own, to which tasks are sent.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use kapia_storage::{Queue, Trouble};
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::error::RecordsError;
use crate::store::{STORE, sql};

/// How many tasks go into one transaction at most.
const BATCH: usize = 64;
/// How many may wait before the next one waits to be allowed to wait.
const QUEUE: usize = 1024;

/// What is to be done with the connection, or with the error that keeps it from being done.
type Task = Box<dyn FnOnce(Result<&Connection, RecordsError>) -> Done + Send>;

/// What a task has done.
struct Done {
    failed: Option<RecordsError>,
    /// Tells who waits; its argument is what became of the transaction.
    tell: Box<dyn FnOnce(Result<(), RecordsError>) + Send>,
}

/// Ends, with all that was sent to it done, when it is dropped.
pub(crate) struct Lane(Queue<Task>);

impl Lane {
    /// All that waits goes into one durable transaction, each task in a savepoint: one that fails takes nobody with it.
    pub(crate) fn writing(connection: Connection, path: &Path) -> Result<Self, RecordsError> {
        let work = move |mut queue: mpsc::Receiver<Task>| {
            let mut connection = connection;
            let mut batch = Vec::with_capacity(BATCH);
            while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
                let mut tasks = batch.drain(..);
                while tasks.len() > 0 {
                    commit(&mut connection, &mut tasks);
                }
            }
        };
        Self::start("kapia-records", path, work)
    }

    /// Each task by itself, without a transaction around it; sees what is durable.
    pub(crate) fn reading(connection: Connection, path: &Path) -> Result<Self, RecordsError> {
        let work = move |mut queue: mpsc::Receiver<Task>| {
            while let Some(task) = queue.blocking_recv() {
                (task(Ok(&connection)).tell)(Ok(()));
            }
        };
        Self::start("kapia-records-reader", path, work)
    }

    /// Does it, and returns when it is durable. If the future is dropped after the task was queued, it is done nevertheless.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, RecordsError> + Send + 'static,
    ) -> Result<T, RecordsError> {
        let (ack, answer) = oneshot::channel();
        let task: Task = Box::new(move |connection| {
            // A task runs code of others (what a request is answered); a panic of theirs shall not end the thread.
            let done = connection.and_then(|connection| {
                catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or(Err(RecordsError::Panicked))
            });
            Done {
                failed: done.as_ref().err().cloned(),
                tell: Box::new(move |fate| {
                    // Whoever stopped waiting has dropped the other end.
                    let _ = ack.send(done.and_then(|value| fate.map(|()| value)));
                }),
            }
        });
        self.0.send(task).await.map_err(|_| RecordsError::Closed)?;
        answer.await.map_err(|_| RecordsError::Closed)?
    }

    /// How many tasks wait now.
    pub(crate) fn waiting(&self) -> usize {
        self.0.waiting()
    }

    fn start(
        name: &str,
        path: &Path,
        work: impl FnOnce(mpsc::Receiver<Task>) + Send + 'static,
    ) -> Result<Self, RecordsError> {
        Ok(Self(Queue::start(name, QUEUE, work).map_err(|error| STORE.file_error(path, &error))?))
    }
}

/// One transaction with as many of the tasks as fit; some stay if a task made the database undo it all.
fn commit(connection: &mut Connection, tasks: &mut impl Iterator<Item = Task>) {
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => {
            let error = RecordsError::from(error);
            for task in tasks {
                (task(Err(error.clone())).tell)(Ok(()));
            }
            return;
        }
    };
    let mut told = Vec::with_capacity(BATCH);
    let mut fate = Ok(());
    for task in tasks {
        if let Err(error) = transaction.execute_batch(sql::BEGIN_TASK) {
            let error = RecordsError::from(error);
            told.push(task(Err(error.clone())).tell);
            fate = Err(error);
            break;
        }
        let done = task(Ok(&transaction));
        told.push(done.tell);
        // A full disk may have undone the whole transaction; what came before it in the batch is lost with it.
        if transaction.is_autocommit() {
            fate = Err(done.failed.unwrap_or_else(|| STORE.trouble(Trouble::Full).into()));
            break;
        }
        let end = if done.failed.is_some() { sql::UNDO_TASK } else { sql::KEEP_TASK };
        if let Err(error) = transaction.execute_batch(end) {
            fate = Err(error.into());
            break;
        }
    }
    if fate.is_ok() {
        fate = transaction.commit().map_err(RecordsError::from);
    } else {
        // Dropping undoes it.
        drop(transaction);
    }
    for tell in told {
        tell(fate.clone());
    }
}
