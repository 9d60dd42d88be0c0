//! The one thread that writes: everything that waits goes into one transaction.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::chain::{Head, Sealed, seal};
use crate::error::JournalError;
use crate::ids::CallIds;
use crate::journal::Shared;
use crate::record::Line;
use crate::store::{self, sql};
use kapia_language::Language;

pub(crate) enum Command {
    Append {
        line: Box<Line>,
        text: String,
        ack: oneshot::Sender<Result<Sealed, JournalError>>,
    },
    Reserve {
        ack: Option<oneshot::Sender<Result<(), JournalError>>>,
    },
    #[cfg(test)]
    LimitPages {
        pages: u32,
        ack: oneshot::Sender<Result<(), JournalError>>,
    },
}

pub(crate) struct Writer {
    connection: Connection,
    /// The last row that was certainly committed.
    confirmed: Head,
    /// Set when a commit failed: it may or may not have reached the disk.
    doubt: bool,
    batch: usize,
    block: i64,
    shared: Arc<Shared>,
}

/// What one transaction did.
struct Written {
    sealed: Vec<Sealed>,
    head: Head,
    reserved: Option<i64>,
}

impl Writer {
    pub(crate) fn new(connection: Connection, head: Head, batch: usize, block: i64, shared: Arc<Shared>) -> Self {
        Self { connection, confirmed: head, doubt: false, batch, block, shared }
    }

    /// Reserves the first block, so that a number is at hand before the first call.
    pub(crate) fn first_block(&mut self) -> Result<(), JournalError> {
        self.commit(&[Command::Reserve { ack: None }])
    }

    /// Writes until the last sender is gone and the queue is empty.
    pub(crate) fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut batch = Vec::with_capacity(self.batch);
        while queue.blocking_recv_many(&mut batch, self.batch) > 0 {
            #[cfg(test)]
            let mut batch: Vec<Command> = batch.drain(..).filter_map(|command| self.limit_pages(command)).collect();
            let outcome = self.try_commit(&batch);
            self.shared.note(&outcome);
            answer(batch.drain(..), outcome);
        }
    }

    fn commit(&mut self, batch: &[Command]) -> Result<(), JournalError> {
        self.try_commit(batch).map(drop)
    }

    fn try_commit(&mut self, batch: &[Command]) -> Result<Vec<Sealed>, JournalError> {
        if self.doubt {
            self.confirmed = self.settle()?;
            self.doubt = false;
        }
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let written = write(&transaction, self.confirmed, batch, self.block)?;
        if let Err(error) = transaction.commit() {
            self.doubt = true;
            return Err(error.into());
        }
        self.confirmed = written.head;
        if let Some(reserved) = written.reserved {
            self.shared.ids.extend(reserved + 1);
        }
        Ok(written.sealed)
    }

    // After a commit that failed the file says what is true, provided that it still holds what was confirmed before.
    fn settle(&self) -> Result<Head, JournalError> {
        let sequence = self.confirmed.sequence;
        let stored: Option<[u8; 32]> = self
            .connection
            .prepare_cached(sql::HASH_AT)?
            .query_row([sequence.cast_signed()], |row| row.get(0))
            .optional()?;
        if stored != Some(self.confirmed.hash.0) {
            return Err(JournalError::Damaged { sequence });
        }
        store::head(&self.connection)
    }

    #[cfg(test)]
    fn limit_pages(&mut self, command: Command) -> Option<Command> {
        let Command::LimitPages { pages, ack } = command else { return Some(command) };
        let done = self.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()));
        ack.send(done.map_err(Into::into)).unwrap();
        None
    }
}

fn write(
    transaction: &Transaction<'_>,
    mut head: Head,
    batch: &[Command],
    block: i64,
) -> Result<Written, JournalError> {
    let mut append = transaction.prepare_cached(sql::APPEND)?;
    let mut sealed = Vec::with_capacity(batch.len());
    let mut reserve = false;
    for command in batch {
        match command {
            Command::Append { line, text, .. } => {
                let sequence = head.sequence + 1;
                let hash = seal(sequence, &head.hash, text);
                let columns = line.columns();
                append.execute((
                    sequence.cast_signed(),
                    columns.service_call_id,
                    columns.time,
                    columns.consumer,
                    columns.operation,
                    text,
                    head.hash.0,
                    hash.0,
                ))?;
                head = Head { sequence, hash };
                sealed.push(Sealed { sequence, hash });
            }
            Command::Reserve { .. } => reserve = true,
            #[cfg(test)]
            Command::LimitPages { .. } => {}
        }
    }
    let reserved = if reserve { Some(reserve_block(transaction, block)?) } else { None };
    Ok(Written { sealed, head, reserved })
}

/// Reserves the next `block` numbers; returns the last of them.
fn reserve_block(transaction: &Transaction<'_>, block: i64) -> Result<i64, JournalError> {
    let reserved: i64 = transaction.query_row(sql::RESERVED, [], |row| row.get(0))?;
    // One number is kept back, so that the end of the last block can be written down.
    let until = reserved.checked_add(block).filter(|until| *until < i64::MAX).ok_or(JournalError::NoIdsLeft)?;
    transaction.execute(sql::RESERVE, [until])?;
    Ok(until)
}

/// Where the numbers begin that nobody has: after everything that was ever reserved.
pub(crate) fn fresh_ids(connection: &Connection) -> Result<CallIds, JournalError> {
    let reserved: i64 = connection.query_row(sql::RESERVED, [], |row| row.get(0))?;
    reserved.checked_add(1).map(CallIds::starting_at).ok_or(JournalError::NoIdsLeft)
}

fn answer(batch: impl Iterator<Item = Command>, outcome: Result<Vec<Sealed>, JournalError>) {
    // Whoever stopped waiting has dropped the other end; the record is written all the same.
    let mut sealed = outcome.as_ref().map(|sealed| sealed.iter().copied());
    for command in batch {
        match command {
            Command::Append { ack, .. } => {
                let answer = match &mut sealed {
                    Ok(rows) => rows.next().ok_or(JournalError::Closed),
                    Err(error) => Err(error.clone()),
                };
                let _ = ack.send(answer);
            }
            Command::Reserve { ack: Some(ack) } => {
                let _ = ack.send(sealed.as_ref().map(drop).map_err(|error| (*error).clone()));
            }
            Command::Reserve { ack: None } => {}
            #[cfg(test)]
            Command::LimitPages { .. } => {}
        }
    }
}

impl Shared {
    fn note(&self, outcome: &Result<Vec<Sealed>, JournalError>) {
        match outcome {
            Ok(sealed) => {
                self.batches.fetch_add(1, Ordering::Relaxed);
                self.records.fetch_add(sealed.len() as u64, Ordering::Relaxed);
                if let Some(last) = sealed.last() {
                    self.set_head((*last).into());
                }
                if self.set_failing(None).is_some() {
                    tracing::info!("the journal can be written again");
                }
            }
            Err(error) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                // Once for a trouble, not once for every batch that meets it.
                if self.set_failing(Some(error.clone())).as_ref() != Some(error) {
                    let hint = error.hint(Language::English);
                    tracing::error!(code = error.code(), %error, hint, "the journal cannot be written");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
