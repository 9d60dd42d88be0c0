//! The queue of calls to execute.

use std::fmt;

use rusqlite::{Connection, OptionalExtension};
use time::OffsetDateTime;

use crate::call::{Octets, Outcome, after, millis, moment};
use crate::deferred::{Deferred, Turn};
use crate::error::DeferredError;
use crate::policy::Retry;
use crate::seal::{Kind, Owner};
use crate::store::{self, callback, sql, state};

/// A call that was claimed for execution.
#[derive(Clone, PartialEq, Eq)]
pub struct Work {
    /// With what it is ended.
    pub ticket: WorkTicket,
    /// SHA-256 of the certificate that asked.
    pub thumbprint: [u8; 32],
    /// Name of the operation as it was asked for.
    pub operation: String,
    /// As given to `accept`.
    pub facts: Vec<u8>,
    /// The argument document.
    pub argument: Vec<u8>,
    /// As given to `accept`.
    pub context: Vec<u8>,
    /// When it was accepted.
    pub accepted_at: OffsetDateTime,
    /// When it ends unanswered.
    pub expires_at: OffsetDateTime,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// Why it must not be executed but completed with an error.
    pub obstacle: Option<Obstacle>,
}

/// Why a claimed call cannot be executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The policy's attempts are used up and none of them came to an end: it may be what ends the process.
    Spent,
    /// What was sealed for it is not what is in the file now; the payloads are empty.
    Damaged,
}

/// The claim on a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkTicket {
    owner: Owner,
    claim: i64,
}

/// What became of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// It is on the disk.
    Stored {
        /// A callback waits now.
        callback: bool,
    },
    /// There was one already, which was kept.
    Already,
    /// The call has ended unanswered before.
    Gone,
}

struct Claimed {
    ticket: WorkTicket,
    thumbprint: [u8; 32],
    operation: String,
    accepted_at: i64,
    expires_at: i64,
    attempt: u32,
    payloads: [Option<Vec<u8>>; 3],
}

impl Deferred {
    /// Waits until [`Deferred::next_due`] may have something, without polling; may be dropped at any time. It returns at once as
    /// long as something is due: a runner whose `next_due` meets an error pauses before it asks again.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn wait_for_work(&self) -> Result<(), DeferredError> {
        self.wait(&self.work, sql::NEXT_WORK).await
    }

    /// Claims one call that is due, of the consumers in turn; nobody else has it until the policy's lease ends. If the future is dropped, a call may be
    /// claimed that nobody knows of until then.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn next_due(&self, now: OffsetDateTime) -> Result<Option<Work>, DeferredError> {
        let now = millis(now);
        let until = after(now, self.policy.lease);
        let turn = self.work_turn.clone();
        let Some(claimed) = self.writing.run(move |connection| claim(connection, &turn, now, until)).await? else {
            return Ok(None);
        };
        let payloads = self.unseal_work(claimed.ticket.owner, claimed.payloads);
        let obstacle = match &payloads {
            Err(_) => Some(Obstacle::Damaged),
            Ok(_) => (claimed.attempt > self.policy.work.last()).then_some(Obstacle::Spent),
        };
        let [facts, argument, context] = payloads.unwrap_or_default();
        Ok(Some(Work {
            ticket: claimed.ticket,
            thumbprint: claimed.thumbprint,
            operation: claimed.operation,
            facts,
            argument,
            context,
            accepted_at: moment(claimed.accepted_at),
            expires_at: moment(claimed.expires_at),
            attempt: claimed.attempt,
            obstacle,
        }))
    }

    /// Makes the claim last one more lease from now; whether it was still held.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn extend(&self, ticket: WorkTicket, now: OffsetDateTime) -> Result<bool, DeferredError> {
        let until = after(millis(now), self.policy.lease);
        self.change(sql::EXTEND_WORK, ticket, until).await
    }

    /// Gives a claim back unused, as at the end of the program: the attempt does not count. Whether it was still held.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn give_back(&self, ticket: WorkTicket, now: OffsetDateTime) -> Result<bool, DeferredError> {
        let held = self.change(sql::GIVE_BACK_WORK, ticket, millis(now)).await?;
        self.work.notify_waiters();
        Ok(held)
    }

    /// Stores the outcome and wipes the argument. The first outcome counts, also one that comes after the claim has ended.
    ///
    /// # Errors
    /// The disk refuses; the same outcome may be offered again.
    pub async fn complete(
        &self,
        ticket: WorkTicket,
        outcome: Outcome,
        now: OffsetDateTime,
    ) -> Result<Completion, DeferredError> {
        let now = millis(now);
        let ttl = after(now, self.policy.result_ttl);
        let sealed = self.sealer.seal(Kind::Outcome, ticket.owner, outcome.into_octets()?)?;
        let store = move |connection: &Connection| store_outcome(connection, ticket.owner, &sealed, now, ttl);
        let completion = self.writing.run(store).await?;
        if completion == (Completion::Stored { callback: true }) {
            self.callbacks.notify_waiters();
        }
        Ok(completion)
    }

    /// Notes that an attempt failed in a way that another may not; if it was the last, `otherwise` becomes the outcome.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn fail_retryable(
        &self,
        ticket: WorkTicket,
        otherwise: Outcome,
        now: OffsetDateTime,
    ) -> Result<Retry, DeferredError> {
        let now = millis(now);
        let policy = self.policy;
        let ttl = after(now, policy.result_ttl);
        let sealed = self.sealer.seal(Kind::Outcome, ticket.owner, otherwise.into_octets()?)?;
        let retry = move |connection: &Connection| {
            let held = (ticket.owner.call_id, ticket.claim);
            let attempts: Option<u32> =
                connection.prepare_cached(sql::WORK_ATTEMPTS)?.query_row(held, |row| row.get(0)).optional()?;
            let Some(attempts) = attempts else { return Ok(Retry::Superseded) };
            if attempts >= policy.work.last() {
                return Ok(match store_outcome(connection, ticket.owner, &sealed, now, ttl)? {
                    Completion::Stored { .. } => Retry::GivenUp,
                    Completion::Already | Completion::Gone => Retry::Superseded,
                });
            }
            let again = after(now, policy.work.pause(attempts));
            connection.prepare_cached(sql::RETRY_WORK)?.execute((ticket.owner.call_id, ticket.claim, again))?;
            Ok(Retry::At(moment(again)))
        };
        let retry = self.writing.run(retry).await?;
        match retry {
            Retry::At(_) => self.work.notify_waiters(),
            Retry::GivenUp => self.callbacks.notify_waiters(),
            Retry::Superseded => {}
        }
        Ok(retry)
    }

    fn unseal_work(&self, owner: Owner, sealed: [Option<Vec<u8>>; 3]) -> Result<[Vec<u8>; 3], DeferredError> {
        let [facts, argument, context] = sealed;
        Ok([
            self.unseal(Kind::Facts, owner, facts)?,
            self.unseal(Kind::Argument, owner, argument)?,
            self.unseal(Kind::Context, owner, context)?,
        ])
    }

    async fn change(&self, statement: &'static str, ticket: WorkTicket, due: i64) -> Result<bool, DeferredError> {
        let values = (ticket.owner.call_id, ticket.claim, due);
        self.writing.run(move |connection| Ok(connection.prepare_cached(statement)?.execute(values)? > 0)).await
    }
}

fn claim(connection: &Connection, turn: &Turn, now: i64, until: i64) -> Result<Option<Claimed>, DeferredError> {
    let mut statement = connection.prepare_cached(sql::CLAIM_WORK)?;
    let claim = |after: i64| {
        let claimed = statement.query_row((now, until, after), |row| {
            let owner = Owner { call_id: row.get(0)?, consumer: row.get(1)? };
            let claimed = Claimed {
                ticket: WorkTicket { owner, claim: row.get(6)? },
                thumbprint: row.get(2)?,
                operation: row.get(3)?,
                accepted_at: row.get(4)?,
                expires_at: row.get(5)?,
                attempt: row.get(7)?,
                payloads: [None, None, None],
            };
            Ok((owner, claimed))
        });
        claimed.optional()
    };
    let Some((_, mut claimed)) = turn.next(claim)? else { return Ok(None) };
    for (place, kind) in claimed.payloads.iter_mut().zip([Kind::Facts, Kind::Argument, Kind::Context]) {
        *place = store::payload(connection, claimed.ticket.owner.call_id, kind)?;
    }
    Ok(Some(claimed))
}

fn store_outcome(
    connection: &Connection,
    owner: Owner,
    sealed: &[u8],
    now: i64,
    ttl: i64,
) -> Result<Completion, DeferredError> {
    let call_id = owner.call_id;
    let stored: Option<i64> = connection
        .prepare_cached(sql::COMPLETE)?
        .query_row((call_id, owner.consumer, now, ttl), |row| row.get(0))
        .optional()?;
    let Some(callback) = stored else {
        let state: Option<i64> =
            connection.prepare_cached(sql::STATE)?.query_row((call_id, owner.consumer), |row| row.get(0)).optional()?;
        return Ok(match state {
            Some(state::READY | state::ACKNOWLEDGED) => Completion::Already,
            _ => Completion::Gone,
        });
    };
    connection.prepare_cached(sql::ADD_PAYLOAD)?.execute((call_id, Kind::Outcome as u8, sealed))?;
    connection.prepare_cached(sql::WIPE_PAYLOAD)?.execute((call_id, Kind::Argument as u8))?;
    Ok(Completion::Stored { callback: callback == callback::WAITING })
}

impl WorkTicket {
    /// Number of the call.
    pub fn call_id(&self) -> i64 {
        self.owner.call_id
    }

    /// Whose call it is.
    pub fn consumer_id(&self) -> i64 {
        self.owner.consumer
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Work");
        debug.field("ticket", &self.ticket).field("operation", &self.operation).field("attempt", &self.attempt);
        debug.field("argument", &Octets(self.argument.len())).field("obstacle", &self.obstacle).finish_non_exhaustive()
    }
}
