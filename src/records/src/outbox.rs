//! What is pushed on to others: every change waits once for each target, and those of one record keep their order.

use std::time::Duration;

use bytes::Bytes;
use rusqlite::Row;
use serde::Serialize;
use time::OffsetDateTime;

use crate::error::RecordsError;
use crate::names::Key;
use crate::reading::{checked_octets, damaged, first, key, status};
use crate::record::{Action, Facts};
use crate::records::Records;
use crate::status::Status;
use crate::store::{millis, moment, sql};

/// Which push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PushId(i64);

/// A version that shall be pushed now.
#[derive(Debug, Clone, PartialEq)]
pub struct Push {
    /// Which push; for telling how it went.
    pub id: PushId,
    /// Which record.
    pub key: Key,
    /// Which version.
    pub version: u64,
    /// What it did.
    pub action: Action,
    /// The status after it.
    pub status: Status,
    /// What it says.
    pub octets: Bytes,
    /// What lists and pages need of it.
    pub facts: Facts,
    /// Which attempt this is, from 1.
    pub attempt: u32,
}

/// A push, for a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PushState {
    /// Which record.
    pub key: Key,
    /// Which version.
    pub version: u64,
    /// Whether it waits, for what moment; or how it ended.
    pub state: Waiting,
    /// How often it was tried.
    pub attempts: u32,
    /// What the other side said last.
    pub told: Option<String>,
}

/// Where a push is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waiting {
    /// It waits until then.
    Until(#[serde(with = "time::serde::rfc3339")] OffsetDateTime),
    /// The other side has it.
    Done,
    /// Nobody tries any more.
    GivenUp,
}

/// How far a record is on its way to those who hear of its changes (horizontal-systems §3.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onward {
    /// Everybody has it, or nobody is to have it.
    Nothing,
    /// It waits for its turn.
    Waiting,
    /// It was tried, and will be tried again.
    Failing,
    /// Somebody refused it for good.
    Refused {
        /// What the other side said: the code of a fault, or of a trouble.
        told: String,
    },
}

const DONE: u8 = 1;
const GIVEN_UP: u8 = 2;

impl Records {
    /// From now on every change waits for this target, too; with `backfill` also the newest version of every record, once.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn add_target(&self, name: &str, backfill: bool) -> Result<(), RecordsError> {
        let (name, now) = (name.to_owned(), millis(OffsetDateTime::now_utc()));
        self.write(move |connection| {
            let new = connection.prepare_cached(sql::ADD_TARGET)?.execute([&name])? > 0;
            if backfill && new {
                let target: i64 = connection.prepare_cached(sql::TARGET)?.query_row([&name], |row| row.get(0))?;
                connection.prepare_cached(sql::BACKFILL)?.execute((target, now))?;
            }
            Ok(())
        })
        .await?;
        self.note_change();
        Ok(())
    }

    /// The next push for a target that is due, and nobody else's until the lease is over; never one of a record that has an
    /// earlier one that is not ended.
    ///
    /// # Errors
    /// [`RecordsError::NoTarget`], or the file cannot be written.
    pub async fn next_push(
        &self,
        target: &str,
        now: OffsetDateTime,
        lease: Duration,
    ) -> Result<Option<Push>, RecordsError> {
        let (name, now, until) = (target.to_owned(), millis(now), millis(now + lease));
        self.write(move |connection| {
            let target = first(connection, sql::TARGET, [&name], |row| row.get::<_, i64>(0))?;
            let Some(target) = target else { return Err(RecordsError::NoTarget { name }) };
            let claimed = first(connection, sql::NEXT_PUSH, (target, now, until), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get::<_, u32>(3)?))
            })?;
            let Some((id, record, version, attempt)) = claimed else { return Ok(None) };
            let mut statement = connection.prepare_cached(sql::PUSHED_CONTENT)?;
            let mut rows = statement.query((record, version))?;
            let row = rows.next()?.ok_or(damaged("outbox"))?;
            let facts: String = row.get(4)?;
            Ok(Some(Push {
                id: PushId(id),
                key: key(row, 0)?,
                version: version.cast_unsigned(),
                action: Action::of_column(row.get(2)?).ok_or(damaged("versions"))?,
                status: status(row.get(3)?)?,
                octets: checked_octets(row, 5, 6)?,
                facts: serde_json::from_str(&facts).map_err(|_| damaged("contents"))?,
                attempt,
            }))
        })
        .await
    }

    /// The other side has it; `told` is what it said.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn push_done(&self, id: PushId, told: &str) -> Result<(), RecordsError> {
        self.end_push(id, DONE, told).await
    }

    /// The other side will never take it; the next version of the record may be tried.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn push_given_up(&self, id: PushId, told: &str) -> Result<(), RecordsError> {
        self.end_push(id, GIVEN_UP, told).await
    }

    /// It shall be tried again then.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn push_retry(&self, id: PushId, at: OffsetDateTime, told: &str) -> Result<(), RecordsError> {
        let (at, told) = (millis(at), told.to_owned());
        self.write(move |connection| {
            connection.prepare_cached(sql::RETRY_PUSH)?.execute((id.0, at, told))?;
            Ok(())
        })
        .await
    }

    /// What waits for a target to be tried again is tried now: somebody has put right what was wrong.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn hurry(&self, target: &str, now: OffsetDateTime) -> Result<(), RecordsError> {
        let (target, now) = (target.to_owned(), millis(now));
        self.write(move |connection| {
            connection.prepare_cached(sql::HURRY_PUSHES)?.execute((target, now))?;
            Ok(())
        })
        .await?;
        self.note_change();
        Ok(())
    }

    /// What waits for a target, first first; then what was given up and what was done, last first; at most `limit` of each.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn pushes(&self, target: &str, limit: u32) -> Result<Vec<PushState>, RecordsError> {
        let name = target.to_owned();
        self.read(move |connection| {
            let target = first(connection, sql::TARGET, [&name], |row| row.get::<_, i64>(0))?;
            let Some(target) = target else { return Err(RecordsError::NoTarget { name }) };
            let mut found = Vec::new();
            let mut waiting = connection.prepare_cached(&sql::waiting_pushes())?;
            let mut rows = waiting.query((target, limit))?;
            while let Some(row) = rows.next()? {
                found.push(push_state(row)?);
            }
            let mut ended = connection.prepare_cached(&sql::ended_pushes())?;
            for state in [GIVEN_UP, DONE] {
                let mut rows = ended.query((target, limit, state))?;
                while let Some(row) = rows.next()? {
                    found.push(push_state(row)?);
                }
            }
            Ok(found)
        })
        .await
    }

    /// How far a record is on its way; of several targets, the one that needs the most patience counts.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn onward(&self, key: &Key) -> Result<Onward, RecordsError> {
        let key = key.clone();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(sql::ONWARD)?;
            let mut rows = statement.query((key.supplier.as_str(), key.service.column()))?;
            let mut onward = Onward::Nothing;
            while let Some(row) = rows.next()? {
                let told: Option<String> = row.get(1)?;
                onward = match (row.get::<_, u8>(0)?, onward, told) {
                    (DONE, before, _) | (_, before @ Onward::Failing, _) => before,
                    (GIVEN_UP, before @ Onward::Waiting, _) => before,
                    (GIVEN_UP, _, told) => Onward::Refused { told: told.unwrap_or_default() },
                    (_, _, Some(_)) => Onward::Failing,
                    (_, _, None) => Onward::Waiting,
                };
            }
            Ok(onward)
        })
        .await
    }

    async fn end_push(&self, id: PushId, state: u8, told: &str) -> Result<(), RecordsError> {
        let told = told.to_owned();
        self.write(move |connection| {
            connection.prepare_cached(sql::END_PUSH)?.execute((id.0, state, told))?;
            Ok(())
        })
        .await
    }
}

fn push_state(row: &Row<'_>) -> Result<PushState, RecordsError> {
    Ok(PushState {
        key: key(row, 1)?,
        version: row.get::<_, i64>(3)?.cast_unsigned(),
        state: match row.get::<_, u8>(4)? {
            DONE => Waiting::Done,
            GIVEN_UP => Waiting::GivenUp,
            _ => Waiting::Until(moment(row.get(5)?)),
        },
        attempts: row.get(6)?,
        told: row.get(7)?,
    })
}
