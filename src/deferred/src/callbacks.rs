//! The queue of answers to deliver.

use std::fmt;

use rusqlite::{Connection, OptionalExtension};
use time::OffsetDateTime;

use crate::call::{Answered, after, millis, moment};
use crate::deferred::{Deferred, Turn};
use crate::error::DeferredError;
use crate::policy::Retry;
use crate::results::{Sealed, sealed};
use crate::seal::{Kind, Owner};
use crate::store::{self, sql};

/// An answer that was claimed for delivery.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    /// With what it is ended.
    pub ticket: CallbackTicket,
    /// Where the consumer wants it; may hold personal data, not for a log.
    pub url: String,
    /// What is to be delivered.
    pub answered: Answered,
    /// Which attempt this is, from 1.
    pub attempt: u32,
}

/// The claim on a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallbackTicket {
    owner: Owner,
    claim: i64,
}

impl Deferred {
    /// Waits until [`Deferred::next_callback`] may have something, without polling; may be dropped at any time.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn wait_for_callback(&self) -> Result<(), DeferredError> {
        self.wait(&self.callbacks, sql::NEXT_CALLBACK).await
    }

    /// Claims one callback that is due; nobody else has it until the policy's callback lease ends. One whose payload is
    /// damaged is given up.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn next_callback(&self, now: OffsetDateTime) -> Result<Option<Callback>, DeferredError> {
        let now = millis(now);
        let until = after(now, self.policy.callback_lease);
        loop {
            let turn = self.callback_turn.clone();
            let Some(claimed) = self.writing.run(move |connection| claim(connection, &turn, now, until)).await? else {
                return Ok(None);
            };
            let ticket = claimed.ticket;
            match self.unseal_callback(claimed) {
                Ok(callback) => return Ok(Some(callback)),
                Err(error) => {
                    tracing::error!(code = error.code(), %error, "a callback was given up");
                    self.callback_given_up(ticket, error.code()).await?;
                }
            }
        }
    }

    /// Notes the delivery: the answer can be fetched for [`crate::Policy::keep_delivered`] more. Whether the call still waited
    /// for it; a delivery that is told of after its claim has ended counts as well.
    ///
    /// # Errors
    /// The disk refuses: the callback will be sent again, which its receiver sees by the call id.
    pub async fn callback_done(&self, ticket: CallbackTicket, now: OffsetDateTime) -> Result<bool, DeferredError> {
        let until = after(millis(now), self.policy.keep_delivered);
        let done = move |connection: &Connection| {
            let call_id = ticket.owner.call_id;
            let changed = connection.prepare_cached(sql::CALLBACK_DONE)?.execute((call_id, until))? > 0;
            if changed {
                wipe_address(connection, call_id)?;
            }
            Ok(changed)
        };
        self.writing.run(done).await
    }

    /// Notes that a delivery failed; it is tried again by policy, not before `not_before`. `reason` is a stable code: kept
    /// for people to see, so without addresses or content (anything else than a-z, 0-9 and `-` is left out).
    ///
    /// # Errors
    /// The disk refuses: the callback comes back when its lease ends.
    pub async fn callback_failed(
        &self,
        ticket: CallbackTicket,
        reason: &str,
        not_before: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Result<Retry, DeferredError> {
        let (retries, now) = (self.policy.callback, millis(now));
        let reason = plain(reason);
        let not_before = not_before.map_or(i64::MIN, millis);
        let fail = move |connection: &Connection| {
            let call_id = ticket.owner.call_id;
            let Some(attempts) = attempts(connection, ticket)? else { return Ok(Retry::Superseded) };
            if attempts >= retries.last() {
                give_up(connection, call_id, &reason)?;
                return Ok(Retry::GivenUp);
            }
            let again = after(now, retries.pause(attempts)).max(not_before);
            connection.prepare_cached(sql::CALLBACK_RETRY)?.execute((call_id, again, &reason))?;
            Ok(Retry::At(moment(again)))
        };
        let retry = self.writing.run(fail).await?;
        self.callbacks.notify_waiters();
        Ok(retry)
    }

    /// Gives up at once what no retry can mend, such as an address that is not allowed; whether the claim was still held.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn callback_given_up(&self, ticket: CallbackTicket, reason: &str) -> Result<bool, DeferredError> {
        let reason = plain(reason);
        let end = move |connection: &Connection| {
            let held = attempts(connection, ticket)?.is_some();
            if held {
                give_up(connection, ticket.owner.call_id, &reason)?;
            }
            Ok(held)
        };
        self.writing.run(end).await
    }

    /// Gives a claim back unused, as at the end of the program: the attempt does not count. Whether it was still held.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn give_callback_back(&self, ticket: CallbackTicket, now: OffsetDateTime) -> Result<bool, DeferredError> {
        let values = (ticket.owner.call_id, ticket.claim, millis(now));
        let give =
            move |connection: &Connection| Ok(connection.prepare_cached(sql::GIVE_BACK_CALLBACK)?.execute(values)? > 0);
        let held = self.writing.run(give).await?;
        self.callbacks.notify_waiters();
        Ok(held)
    }

    fn unseal_callback(&self, claimed: Claimed) -> Result<Callback, DeferredError> {
        let owner = claimed.ticket.owner;
        let damaged = || DeferredError::Damaged { call_id: owner.call_id };
        let url = self.unseal(Kind::CallbackAddress, owner, claimed.url)?;
        Ok(Callback {
            ticket: claimed.ticket,
            url: String::from_utf8(url).map_err(|_| damaged())?,
            answered: self.unseal_answer(claimed.answer.ok_or_else(damaged)?)?,
            attempt: claimed.attempt,
        })
    }
}

struct Claimed {
    ticket: CallbackTicket,
    attempt: u32,
    answer: Option<Sealed>,
    url: Option<Vec<u8>>,
}

fn claim(connection: &Connection, turn: &Turn, now: i64, until: i64) -> Result<Option<Claimed>, DeferredError> {
    let mut statement = connection.prepare_cached(sql::CLAIM_CALLBACK)?;
    let claim = |after: i64| {
        let claimed = statement.query_row((now, until, after), |row| {
            let owner = Owner { call_id: row.get(0)?, consumer: row.get(1)? };
            Ok((owner, (CallbackTicket { owner, claim: row.get(2)? }, row.get::<_, u32>(3)?)))
        });
        claimed.optional()
    };
    let Some((_, (ticket, attempt))) = turn.next(claim)? else { return Ok(None) };
    let answer = sealed(connection, ticket.owner)?;
    let url = store::payload(connection, ticket.owner.call_id, Kind::CallbackAddress)?;
    Ok(Some(Claimed { ticket, attempt, answer, url }))
}

/// How many attempts there were, if the claim still holds.
fn attempts(connection: &Connection, ticket: CallbackTicket) -> rusqlite::Result<Option<u32>> {
    connection
        .prepare_cached(sql::CALLBACK_ATTEMPTS)?
        .query_row((ticket.owner.call_id, ticket.claim), |row| row.get(0))
        .optional()
}

fn give_up(connection: &Connection, call_id: i64, reason: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql::CALLBACK_GIVEN_UP)?.execute((call_id, reason))?;
    wipe_address(connection, call_id)
}

fn wipe_address(connection: &Connection, call_id: i64) -> rusqlite::Result<()> {
    connection.prepare_cached(sql::WIPE_PAYLOAD)?.execute((call_id, Kind::CallbackAddress as u8)).map(drop)
}

fn plain(reason: &str) -> String {
    reason.chars().filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-').take(64).collect()
}

impl CallbackTicket {
    /// Number of the call.
    pub fn call_id(&self) -> i64 {
        self.owner.call_id
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Callback");
        debug.field("ticket", &self.ticket).field("answered", &self.answered);
        debug.field("attempt", &self.attempt).finish_non_exhaustive()
    }
}
