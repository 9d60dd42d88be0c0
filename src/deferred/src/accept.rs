//! Taking a call in.

use rusqlite::{Connection, OptionalExtension};

use crate::call::{NewCall, millis};
use crate::code::VerificationCode;
use crate::deferred::Deferred;
use crate::error::DeferredError;
use crate::seal::{Kind, Owner};
use crate::store::{callback, sql, state};

/// A call as the file has it.
struct Row {
    owner: Owner,
    thumbprint: [u8; 32],
    operation: String,
    code: [u8; 32],
    accepted_at: i64,
    expires_at: i64,
    callback: i64,
    payloads: Vec<(Kind, Vec<u8>)>,
}

impl Deferred {
    /// Takes a call in; when this returns, it is on the disk.
    ///
    /// Whoever received an error may ask again with the same call: it is taken in once. The code that the last of them received
    /// is the one that counts, so nobody may send a code to a consumer before this has returned it.
    ///
    /// # Errors
    /// [`DeferredError::Conflict`] if another call has the number, [`DeferredError::TooMany`] by policy, or the disk refuses.
    pub async fn accept(&self, call: NewCall) -> Result<VerificationCode, DeferredError> {
        let code = VerificationCode::new(call.call_id)?;
        let owner = Owner { call_id: call.call_id, consumer: call.consumer_id };
        let callback = if call.callback_url.is_some() { callback::WANTED } else { callback::NONE };
        let seal = |kind, octets| self.sealer.seal(kind, owner, octets).map(|sealed| (kind, sealed));
        let mut payloads = vec![
            seal(Kind::Facts, call.facts)?,
            seal(Kind::Argument, call.argument)?,
            seal(Kind::Context, call.context)?,
        ];
        if let Some(url) = call.callback_url {
            payloads.push(seal(Kind::CallbackAddress, url.into_bytes())?);
        }
        let row = Row {
            owner,
            thumbprint: call.thumbprint,
            operation: call.operation,
            code: code.digest().0,
            accepted_at: millis(call.accepted_at),
            expires_at: millis(call.expires_at),
            callback,
            payloads,
        };
        let allowed = self.policy.pending_per_consumer;
        self.writing.run(move |connection| take_in(connection, &row, allowed)).await?;
        self.work.notify_waiters();
        Ok(code)
    }
}

fn take_in(connection: &Connection, row: &Row, allowed: u32) -> Result<(), DeferredError> {
    let call_id = row.owner.call_id;
    if is_there(connection, row)? {
        connection.prepare_cached(sql::NEW_CODE)?.execute((call_id, row.code))?;
        return Ok(());
    }
    let pending: i64 = connection
        .prepare_cached(sql::PENDING_OF)?
        .query_row((row.owner.consumer, row.accepted_at), |found| found.get(0))?;
    if pending >= i64::from(allowed) {
        return Err(DeferredError::TooMany { allowed });
    }
    connection.prepare_cached(sql::ADD)?.execute((
        call_id,
        row.owner.consumer,
        row.thumbprint,
        &row.operation,
        row.code,
        row.accepted_at,
        row.expires_at,
        row.callback,
    ))?;
    let mut add = connection.prepare_cached(sql::ADD_PAYLOAD)?;
    for (kind, sealed) in &row.payloads {
        add.execute((call_id, *kind as u8, sealed))?;
    }
    Ok(())
}

/// Whether this very call was taken in before and still waits.
fn is_there(connection: &Connection, row: &Row) -> Result<bool, DeferredError> {
    let found = connection
        .prepare_cached(sql::ACCEPTED)?
        .query_row([row.owner.call_id], |found| {
            let call: (i64, [u8; 32], String, i64, i64) =
                (found.get(0)?, found.get(1)?, found.get(2)?, found.get(3)?, found.get(4)?);
            Ok(call)
        })
        .optional()?;
    match found {
        None => Ok(false),
        Some((consumer, thumbprint, operation, state::PENDING, accepted_at))
            if consumer == row.owner.consumer
                && thumbprint == row.thumbprint
                && operation == row.operation
                && accepted_at == row.accepted_at =>
        {
            Ok(true)
        }
        Some(_) => Err(DeferredError::Conflict { call_id: row.owner.call_id }),
    }
}
