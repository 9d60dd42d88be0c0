//! What a consumer asks: is it ready, and I have it.

use rusqlite::{Connection, OptionalExtension};
use time::OffsetDateTime;

use crate::call::{Answered, Outcome, millis, moment};
use crate::code::{CodeDigest, Proof, Shown};
use crate::deferred::Deferred;
use crate::error::DeferredError;
use crate::seal::{Kind, Owner};
use crate::store::{self, sql, state};

/// The answer to "is it ready".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// There is no such call.
    Unknown,
    /// The call is the consumer's, the code is not the call's.
    WrongCode,
    /// The call is another consumer's: for the journal; the consumer must be told the same as for [`Check::Unknown`].
    NotYours,
    /// Not yet.
    Pending,
    /// It is.
    Ready(Box<Answered>),
    /// The consumer has acknowledged it before.
    Acknowledged,
    /// It was not answered or not fetched in time.
    Expired,
}

/// The answer to "I have it".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledged {
    /// What was stored is gone.
    Done,
    /// It was gone before.
    Already,
    /// There is no such call.
    Unknown,
    /// The call is the consumer's, the code is not the call's; nothing was changed.
    WrongCode,
    /// The call is another consumer's (see [`Check::NotYours`]); nothing was changed.
    NotYours,
    /// There is no answer yet that could be acknowledged; nothing was changed.
    Pending,
    /// It has expired before.
    Expired,
}

enum Found {
    Unknown,
    NotYours,
    WrongCode,
    Expired,
    State(i64),
}

/// An answered call whose payloads are still sealed.
pub(crate) struct Sealed {
    owner: Owner,
    thumbprint: [u8; 32],
    operation: String,
    accepted_at: i64,
    completed_at: i64,
    expires_at: i64,
    payloads: [Option<Vec<u8>>; 3],
}

impl Deferred {
    /// Looks for the answer to a call; changes nothing.
    ///
    /// # Errors
    /// The file cannot be read, or what is in it is damaged.
    pub async fn check(
        &self,
        call_id: i64,
        proof: Proof<'_>,
        consumer_id: i64,
        now: OffsetDateTime,
    ) -> Result<Check, DeferredError> {
        let (shown, now) = (proof.digest(), millis(now));
        let owner = Owner { call_id, consumer: consumer_id };
        let look = move |connection: &Connection| {
            // One view of row and payloads.
            let view = connection.unchecked_transaction()?;
            let found = find(&view, owner, shown, now)?;
            let sealed = match found {
                Found::State(state::READY) => sealed(&view, owner)?,
                _ => None,
            };
            Ok((found, sealed))
        };
        Ok(match self.reading.run(look).await? {
            (_, Some(sealed)) => Check::Ready(Box::new(self.unseal_answer(sealed)?)),
            (Found::Unknown, _) => Check::Unknown,
            (Found::NotYours, _) => Check::NotYours,
            (Found::WrongCode, _) => Check::WrongCode,
            (Found::State(state::PENDING), _) => Check::Pending,
            (Found::State(state::ACKNOWLEDGED), _) => Check::Acknowledged,
            (Found::State(state::READY), None) => return Err(DeferredError::Damaged { call_id }),
            (Found::Expired | Found::State(_), _) => Check::Expired,
        })
    }

    /// Removes what was stored of a call, outcome and all; an empty row stays until the expiry, so that a second
    /// acknowledgement is harmless. A callback that still waits is not sent any more.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn acknowledge(
        &self,
        call_id: i64,
        proof: Proof<'_>,
        consumer_id: i64,
        now: OffsetDateTime,
    ) -> Result<Acknowledged, DeferredError> {
        let (shown, now) = (proof.digest(), millis(now));
        let owner = Owner { call_id, consumer: consumer_id };
        let remove = move |connection: &Connection| {
            Ok(match find(connection, owner, shown, now)? {
                Found::Unknown => Acknowledged::Unknown,
                Found::NotYours => Acknowledged::NotYours,
                Found::WrongCode => Acknowledged::WrongCode,
                Found::State(state::PENDING) => Acknowledged::Pending,
                Found::State(state::ACKNOWLEDGED) => Acknowledged::Already,
                Found::State(state::READY) => {
                    connection.prepare_cached(sql::ACKNOWLEDGE)?.execute([call_id])?;
                    connection.prepare_cached(sql::WIPE_PAYLOADS)?.execute([call_id])?;
                    Acknowledged::Done
                }
                Found::Expired | Found::State(_) => Acknowledged::Expired,
            })
        };
        self.writing.run(remove).await
    }

    pub(crate) fn unseal_answer(&self, sealed: Sealed) -> Result<Answered, DeferredError> {
        let owner = sealed.owner;
        let [facts, context, outcome] = sealed.payloads;
        let outcome = Outcome::from_octets(self.unseal(Kind::Outcome, owner, outcome)?);
        Ok(Answered {
            call_id: owner.call_id,
            consumer_id: owner.consumer,
            thumbprint: sealed.thumbprint,
            operation: sealed.operation,
            facts: self.unseal(Kind::Facts, owner, facts)?,
            context: self.unseal(Kind::Context, owner, context)?,
            outcome: outcome.ok_or(DeferredError::Damaged { call_id: owner.call_id })?,
            accepted_at: moment(sealed.accepted_at),
            completed_at: moment(sealed.completed_at),
            expires_at: moment(sealed.expires_at),
        })
    }
}

// The owner is asked for first, and the code is compared in any case: how long this takes tells a stranger nothing.
fn find(connection: &Connection, owner: Owner, shown: Shown, now: i64) -> Result<Found, DeferredError> {
    let row = connection
        .prepare_cached(sql::FIND)?
        .query_row([owner.call_id], |row| {
            let row: (i64, [u8; 32], i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(row)
        })
        .optional()?;
    let (consumer, code, state, expires_at) = row.unwrap_or((owner.consumer, [0; 32], i64::MIN, i64::MAX));
    let proven = shown.proves(&CodeDigest(code));
    Ok(match state {
        i64::MIN => Found::Unknown,
        _ if consumer != owner.consumer => Found::NotYours,
        _ if !proven => Found::WrongCode,
        state::ACKNOWLEDGED => Found::State(state),
        _ if expires_at <= now => Found::Expired,
        _ => Found::State(state),
    })
}

/// An answered call as it stands in the file.
pub(crate) fn sealed(connection: &Connection, owner: Owner) -> Result<Option<Sealed>, DeferredError> {
    let row = connection
        .prepare_cached(sql::ANSWERED)?
        .query_row((owner.call_id, owner.consumer), |row| {
            Ok(Sealed {
                owner,
                thumbprint: row.get(0)?,
                operation: row.get(1)?,
                accepted_at: row.get(2)?,
                completed_at: row.get(3)?,
                expires_at: row.get(4)?,
                payloads: [None, None, None],
            })
        })
        .optional()?;
    let Some(mut sealed) = row else { return Ok(None) };
    for (place, kind) in sealed.payloads.iter_mut().zip([Kind::Facts, Kind::Context, Kind::Outcome]) {
        *place = store::payload(connection, owner.call_id, kind)?;
    }
    Ok(Some(sealed))
}
