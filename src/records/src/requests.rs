//! Requests that may be asked again: under the same id, with the same content, they receive the same answer (horizontal-systems §3.6).
//!
//! What is answered is on the disk together with what it changed; what is being answered now is known in this process only.
//! After a crash nothing is being answered, so a request that is asked again is done again, or found done.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::caller::CredentialId;
use crate::change::{Answer, PushNote};
use crate::error::RecordsError;
use crate::names::{Key, RequestId};
use crate::reading::{damaged, first};
use crate::records::Records;
use crate::store::{millis, moment, sql};

/// What is known of a request that begins.
#[derive(Debug)]
pub enum Begun {
    /// Nothing: do it, and give the ticket to [`Records::apply`] or [`Records::finish`].
    Fresh(Ticket),
    /// It was answered: this is the answer.
    Answered(Bytes),
    /// The id was used for other content.
    OtherContent,
    /// It is being answered.
    InFlight,
}

/// The right to answer a request. Dropped without being used, it leaves no trace, and the request may be asked again.
#[derive(Debug)]
pub struct Ticket {
    pub(crate) credential: CredentialId,
    pub(crate) request: RequestId,
    pub(crate) digest: [u8; 32],
    in_flight: Arc<InFlight>,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestState {
    /// When it was answered.
    pub answered_at: OffsetDateTime,
    /// The records that it was about.
    pub keys: Vec<Key>,
}

/// The last push of a record, successful or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastPush {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// By which credential or account.
    pub by: String,
    /// How it ended, such as `CREATED`.
    pub result: String,
    /// The code of the fault, if it was refused.
    pub fault: Option<String>,
}

/// The requests that are being answered now, with their content.
#[derive(Debug, Default)]
pub(crate) struct InFlight(Mutex<HashMap<(CredentialId, RequestId), [u8; 32]>>);

impl Records {
    /// What is known of a request, and the right to answer it if that is nothing.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn begin(
        &self,
        credential: CredentialId,
        request: &RequestId,
        digest: [u8; 32],
    ) -> Result<Begun, RecordsError> {
        let ticket = match self.in_flight().enter(credential, request, digest) {
            Ok(ticket) => ticket,
            Err(other) if other == digest => return Ok(Begun::InFlight),
            Err(_) => return Ok(Begun::OtherContent),
        };
        let request = request.clone();
        // From here on nobody else in this process can begin it.
        let stored = self.read(move |connection| stored(connection, credential, &request)).await?;
        Ok(match stored {
            None => Begun::Fresh(ticket),
            Some((known, answer)) if known == digest => Begun::Answered(answer),
            Some(_) => Begun::OtherContent,
        })
    }

    /// An answer that changed nothing, such as a lasting fault.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn finish(
        &self,
        ticket: Ticket,
        by: &str,
        answer: Answer,
        now: OffsetDateTime,
    ) -> Result<Bytes, RecordsError> {
        let by = by.to_owned();
        self.write(move |connection| match already(connection, Some(&ticket))? {
            Some(answer) => Ok(answer),
            None => remember(connection, Some(&ticket), &by, &answer, millis(now)),
        })
        .await
    }

    /// Remembers what became of pushes without a request id that were refused before anything was to be written.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn note(&self, by: &str, notes: Vec<PushNote>, now: OffsetDateTime) -> Result<(), RecordsError> {
        let (by, answer) = (by.to_owned(), Answer { octets: Bytes::new(), notes });
        self.write(move |connection| remember(connection, None, &by, &answer, millis(now)).map(drop)).await
    }

    /// What became of a request of this credential.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn request(
        &self,
        credential: CredentialId,
        request: &RequestId,
    ) -> Result<Option<RequestState>, RecordsError> {
        let request = request.clone();
        self.read(move |connection| {
            let found = first(connection, sql::REQUEST, (credential.0, request.as_str()), |row| {
                Ok((row.get::<_, i64>(1)?, row.get::<_, String>(2)?))
            })?;
            let Some((answered_at, keys)) = found else { return Ok(None) };
            let keys = serde_json::from_str(&keys).map_err(|_| damaged("requests"))?;
            Ok(Some(RequestState { answered_at: moment(answered_at), keys }))
        })
        .await
    }

    /// The last push of a record.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn last_push(&self, key: &Key) -> Result<Option<LastPush>, RecordsError> {
        let key = key.clone();
        self.read(move |connection| {
            first(connection, sql::LAST_PUSH, (key.supplier.as_str(), key.service.column()), |row| {
                Ok(LastPush { at: moment(row.get(0)?), by: row.get(1)?, result: row.get(2)?, fault: row.get(3)? })
            })
        })
        .await
    }
}

/// The answer that another process has given meanwhile.
pub(crate) fn already(connection: &Connection, ticket: Option<&Ticket>) -> Result<Option<Bytes>, RecordsError> {
    let Some(ticket) = ticket else { return Ok(None) };
    match stored(connection, ticket.credential, &ticket.request)? {
        None => Ok(None),
        Some((digest, answer)) if digest == ticket.digest => Ok(Some(answer)),
        Some(_) => Err(RecordsError::RequestReused),
    }
}

/// Writes down what a request is answered and what became of its records.
pub(crate) fn remember(
    connection: &Connection,
    ticket: Option<&Ticket>,
    by: &str,
    answer: &Answer,
    now: i64,
) -> Result<Bytes, RecordsError> {
    let mut note = connection.prepare_cached(sql::NOTE)?;
    for PushNote { key, result, fault } in &answer.notes {
        note.execute((key.supplier.as_str(), key.service.column(), now, by, result, fault))?;
    }
    if let Some(ticket) = ticket {
        let keys: Vec<&Key> = answer.notes.iter().map(|note| &note.key).collect();
        let keys = serde_json::to_string(&keys).map_err(|_| damaged("requests"))?;
        connection.prepare_cached(sql::ADD_REQUEST)?.execute((
            ticket.credential.0,
            ticket.request.as_str(),
            ticket.digest,
            now,
            keys,
            answer.octets.as_ref(),
        ))?;
    }
    Ok(answer.octets.clone())
}

fn stored(
    connection: &Connection,
    credential: CredentialId,
    request: &RequestId,
) -> Result<Option<([u8; 32], Bytes)>, RecordsError> {
    first(connection, sql::REQUEST, (credential.0, request.as_str()), |row| {
        Ok((row.get(0)?, Bytes::from(row.get::<_, Vec<u8>>(3)?)))
    })
}

impl InFlight {
    /// Enters a request; the content of the one that is there if there is one.
    fn enter(
        self: &Arc<Self>,
        credential: CredentialId,
        request: &RequestId,
        digest: [u8; 32],
    ) -> Result<Ticket, [u8; 32]> {
        let mut entered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = entered.get(&(credential, request.clone())) {
            return Err(*other);
        }
        entered.insert((credential, request.clone()), digest);
        Ok(Ticket { credential, request: request.clone(), digest, in_flight: Arc::clone(self) })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut entered = self.in_flight.0.lock().unwrap_or_else(PoisonError::into_inner);
        entered.remove(&(self.credential, self.request.clone()));
    }
}
