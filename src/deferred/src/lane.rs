//! A thread with a connection of its own, to which tasks are sent.

use kapia_storage::{Queue, Trouble};
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::error::DeferredError;
use crate::store::{STORE, sql};

/// How many tasks go into one transaction at most.
const BATCH: usize = 128;
/// How many may wait before the next one waits to be allowed to wait.
const QUEUE: usize = 1024;

/// What is to be done with the connection, or with the error that keeps it from being done.
type Task = Box<dyn FnOnce(Result<&Connection, DeferredError>) -> Done + Send>;

/// What a task has done.
struct Done {
    failed: Option<DeferredError>,
    /// Tells who waits; its argument is what became of the transaction.
    tell: Box<dyn FnOnce(Result<(), DeferredError>) + Send>,
}

/// Ends, with all that was sent to it done, when it is dropped.
pub(crate) struct Lane(Queue<Task>);

impl Lane {
    /// All that waits goes into one durable transaction, each task in a savepoint: one that fails takes nobody with it.
    pub(crate) fn writing(connection: Connection) -> std::io::Result<Self> {
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
        Queue::start("kapia-deferred", QUEUE, work).map(Self)
    }

    /// Each task by itself, without a transaction around it; sees what is durable.
    pub(crate) fn reading(connection: Connection) -> std::io::Result<Self> {
        let work = move |mut queue: mpsc::Receiver<Task>| {
            while let Some(task) = queue.blocking_recv() {
                (task(Ok(&connection)).tell)(Ok(()));
            }
        };
        Queue::start("kapia-deferred-reader", QUEUE, work).map(Self)
    }

    /// Does it, and returns when it is durable. If the future is dropped after the task was queued, it is done nevertheless.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, DeferredError> + Send + 'static,
    ) -> Result<T, DeferredError> {
        let (ack, answer) = oneshot::channel();
        let task: Task = Box::new(move |connection| {
            let done = connection.and_then(work);
            Done {
                failed: done.as_ref().err().cloned(),
                tell: Box::new(move |fate| {
                    // Whoever stopped waiting has dropped the other end.
                    let _ = ack.send(done.and_then(|value| fate.map(|()| value)));
                }),
            }
        });
        self.0.send(task).await?;
        answer.await.map_err(|_| DeferredError::Closed)?
    }
}

/// One transaction with as many of the tasks as fit; some stay if a task made the database undo it all.
fn commit(connection: &mut Connection, tasks: &mut impl Iterator<Item = Task>) {
    let transaction = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(transaction) => transaction,
        Err(error) => {
            let error = DeferredError::from(error);
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
            let error = DeferredError::from(error);
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
        fate = transaction.commit().map_err(DeferredError::from);
    } else {
        // Dropping undoes it.
        drop(transaction);
    }
    for tell in told {
        tell(fate.clone());
    }
}

#[cfg(test)]
mod tests;
