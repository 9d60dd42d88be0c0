//! Threads with a connection of their own, to which tasks are sent: one that writes, and others that read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::error::{StorageError, Trouble};
use crate::sql;
use crate::store::Store;
use crate::thread::Queue;

/// How many tasks go into one transaction at most.
const BATCH: usize = 64;
/// How many may wait before the next one waits to be allowed to wait.
const QUEUE: usize = 1024;

/// A connection on a thread of its own. Ends, with all that was sent to it done, when it is dropped.
pub struct Lane<E>(Queue<Task<E>>);

/// Why a task has no result, though neither the database nor the task itself refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The thread has ended.
    Closed,
    /// The task panicked; what it had written is undone.
    Panicked,
}

/// The errors of a store that can tell everything that may happen to a task.
pub trait TaskError: From<rusqlite::Error> + From<StorageError> + From<Lost> + Clone + Send + 'static {}

impl<E: From<rusqlite::Error> + From<StorageError> + From<Lost> + Clone + Send + 'static> TaskError for E {}

/// What is to be done with the connection, or with the error that keeps it from being done.
type Task<E> = Box<dyn FnOnce(Result<&Connection, E>) -> Done<E> + Send>;

/// What a task has done.
struct Done<E> {
    failed: Option<E>,
    /// Tells who waits; its argument is what became of the transaction.
    tell: Box<dyn FnOnce(Result<(), E>) + Send>,
}

impl<E: TaskError> Lane<E> {
    /// All that waits goes into one durable transaction, each task in a savepoint: one that fails takes nobody with it.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn writing(
        store: &'static Store,
        path: &Path,
        name: &str,
        connection: Connection,
    ) -> Result<Self, StorageError> {
        let work = move |mut queue: mpsc::Receiver<Task<E>>| {
            let mut connection = connection;
            let mut batch = Vec::with_capacity(BATCH);
            while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
                let mut tasks = batch.drain(..);
                while tasks.len() > 0 {
                    commit(store, &mut connection, &mut tasks);
                }
            }
        };
        Queue::start(name, QUEUE, work).map(Self).map_err(|error| store.file_error(path, &error))
    }

    /// Each task by itself, without a transaction around it; sees what is durable.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn reading(
        store: &'static Store,
        path: &Path,
        name: &str,
        connection: Connection,
    ) -> Result<Self, StorageError> {
        let work = move |mut queue: mpsc::Receiver<Task<E>>| {
            while let Some(task) = queue.blocking_recv() {
                (task(Ok(&connection)).tell)(Ok(()));
            }
        };
        Queue::start(name, QUEUE, work).map(Self).map_err(|error| store.file_error(path, &error))
    }

    /// Does it, and returns when it is durable. If the future is dropped after the task was queued, it is done nevertheless.
    ///
    /// # Errors
    /// That of `work`, what the database said to the transaction around it, or [`Lost`].
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let (ack, answer) = oneshot::channel();
        let task: Task<E> = Box::new(move |connection| {
            // A panic of one task shall not end the thread for all others.
            let done = connection.and_then(|connection| {
                catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|_| Err(Lost::Panicked.into()))
            });
            Done {
                failed: done.as_ref().err().cloned(),
                tell: Box::new(move |fate| {
                    // Whoever stopped waiting has dropped the other end.
                    let _ = ack.send(done.and_then(|value| fate.map(|()| value)));
                }),
            }
        });
        self.0.send(task).await.map_err(|_| Lost::Closed)?;
        answer.await.map_err(|_| Lost::Closed)?
    }

    /// How many tasks wait now.
    pub fn waiting(&self) -> usize {
        self.0.waiting()
    }
}

/// One transaction with as many of the tasks as fit; some stay if a task made the database undo it all.
fn commit<E: TaskError>(store: &'static Store, connection: &mut Connection, tasks: &mut impl Iterator<Item = Task<E>>) {
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => {
            let error = E::from(error);
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
            let error = E::from(error);
            told.push(task(Err(error.clone())).tell);
            fate = Err(error);
            break;
        }
        let done = task(Ok(&transaction));
        told.push(done.tell);
        // A full disk may have undone the whole transaction; what came before it in the batch is lost with it.
        if transaction.is_autocommit() {
            fate = Err(done.failed.unwrap_or_else(|| store.trouble(Trouble::Full).into()));
            break;
        }
        let end = if done.failed.is_some() { sql::UNDO_TASK } else { sql::KEEP_TASK };
        if let Err(error) = transaction.execute_batch(end) {
            fate = Err(error.into());
            break;
        }
    }
    if fate.is_ok() {
        fate = transaction.commit().map_err(E::from);
    } else {
        // Dropping undoes it.
        drop(transaction);
    }
    for tell in told {
        tell(fate.clone());
    }
}
