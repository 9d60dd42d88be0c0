//! Changing records: a batch, its answer and its history in one transaction.

use bytes::Bytes;
use rusqlite::Connection;
use time::OffsetDateTime;

use crate::change::{Answer, Applied, Batch, Change, Content, Done, Mode, Outcome, Refused, What};
use crate::error::RecordsError;
use crate::names::Key;
use crate::reading::{damaged, first, key, sha256, status};
use crate::record::{Action, Facts, Summary};
use crate::records::Records;
use crate::requests::{already, remember};
use crate::search::Indexed;
use crate::status::Status;
use crate::store::{millis, moment, sql};

/// How far a clock may lag behind what is written for its changes to stay in order.
const CLOCK_LAG: i64 = 10_000;

impl Records {
    /// Makes the changes of a batch, and returns what its request is answered; when this returns, both are on the disk.
    ///
    /// `answer` runs inside the transaction, with what became of each change, in order; its octets are kept for the request id
    /// together with the changes, so that a crash leaves both or neither.
    ///
    /// # Errors
    /// The file cannot be written: then nothing was changed. That a change is refused is no error.
    pub async fn apply(
        &self,
        batch: Batch,
        answer: impl FnOnce(&[Applied]) -> Answer + Send + 'static,
    ) -> Result<Bytes, RecordsError> {
        let octets = self.write(move |connection| apply(connection, batch, answer)).await?;
        self.note_change();
        Ok(octets)
    }

    /// Ends the services whose end has come.
    pub(crate) async fn end_services(&self, now: OffsetDateTime) -> Result<u64, RecordsError> {
        let due = self
            .read(move |connection| {
                let mut statement = connection.prepare_cached(sql::ENDING)?;
                let mut rows = statement.query([millis(now)])?;
                let mut due = Vec::new();
                while let Some(row) = rows.next()? {
                    due.push(key(row, 0)?);
                }
                Ok(due)
            })
            .await?;
        let ended = due.len() as u64;
        if ended > 0 {
            let end = |key: Key| Change { key, expected: None, why: None, what: What::Deactivate { from: None } };
            let changes = due.into_iter().map(end).collect();
            let batch = Batch { by: "calendar".to_owned(), at: now, mode: Mode::BestEffort, changes, ticket: None };
            self.apply(batch, |_| Answer::default()).await?;
        }
        Ok(ended)
    }
}

fn apply(
    connection: &Connection,
    batch: Batch,
    answer: impl FnOnce(&[Applied]) -> Answer,
) -> Result<Bytes, RecordsError> {
    let Batch { by, at, mode, changes, ticket } = batch;
    if let Some(answer) = already(connection, ticket.as_ref())? {
        return Ok(answer);
    }
    let author = Author { by: &by, at: in_order(connection, millis(at))? };
    connection.execute_batch(sql::BEGIN_CHANGES)?;
    let mut applied = Vec::with_capacity(changes.len());
    for change in changes {
        applied.push(one(connection, author, change)?);
    }
    if mode == Mode::AllOrNothing && applied.iter().any(Result::is_err) {
        connection.execute_batch(sql::UNDO_CHANGES)?;
        let undone = |applied: Applied| applied.and(Err(Refused::Undone));
        applied = applied.into_iter().map(undone).collect();
    } else {
        connection.execute_batch(sql::KEEP_CHANGES)?;
    }
    let answer = answer(&applied);
    remember(connection, ticket.as_ref(), &by, &answer, author.at)
}

/// Who changes, and when in milliseconds.
#[derive(Clone, Copy)]
struct Author<'a> {
    by: &'a str,
    at: i64,
}

/// Changes are written in the order of their moments: a feed by moments misses none.
fn in_order(connection: &Connection, at: i64) -> Result<i64, RecordsError> {
    let last: i64 = connection.prepare_cached(sql::LAST_MOMENT)?.query_row([], |row| row.get(0))?;
    Ok(if last > at && last - at < CLOCK_LAG { last } else { at })
}

/// A record as it is.
struct Current {
    id: i64,
    version: i64,
    status: Status,
    content: i64,
    modified_at: i64,
    active_status: Option<Status>,
    digest: [u8; 32],
    published_content: Option<i64>,
    ends_at: Option<i64>,
}

/// What it shall be.
struct Next {
    outcome: Outcome,
    action: Action,
    status: Status,
    content: i64,
    active_status: Option<Status>,
    ends_at: Option<i64>,
    effective_from: Option<i64>,
    why: Option<String>,
}

fn one(connection: &Connection, author: Author<'_>, change: Change) -> Result<Applied, RecordsError> {
    let Change { key, expected, why, what } = change;
    let current = find(connection, &key)?;
    let Some(current) = current else {
        return match what {
            What::Add(content) | What::Put(content) if expected.is_none_or(|version| version == 0) => {
                create(connection, author, &key, &content, why).map(Ok)
            }
            _ => Ok(Err(Refused::NotFound)),
        };
    };
    // The same again is no change, whatever version the client believes in: it asks again after an answer that was lost.
    if let What::Add(content) | What::Put(content) | What::Update(content) = &what
        && current.status != Status::Inactive
        && sha256(&content.octets) == current.digest
    {
        return Ok(Ok(current.unchanged()));
    }
    let version = current.version.cast_unsigned();
    if let Some(expected) = expected.filter(|expected| *expected != version) {
        return Ok(Err(Refused::Conflict { expected, current: version }));
    }
    let next = match what {
        What::Add(_) if current.status != Status::Inactive => return Ok(Err(Refused::Exists { current: version })),
        What::Add(content) | What::Put(content) | What::Update(content) => {
            if current.status == Status::Inactive {
                return Ok(Err(Refused::Inactive));
            }
            let (stored, status) = (add_content(connection, &content)?, content.status);
            Next { outcome: Outcome::Updated, action: Action::Updated, status, content: stored, ..current.next(why) }
        }
        What::SetStatus(to) if to == current.status => return Ok(Ok(current.unchanged())),
        What::SetStatus(to) if !current.status.may_become(to) => {
            return Ok(Err(Refused::Transition { from: current.status, to }));
        }
        What::SetStatus(status) => {
            Next { outcome: Outcome::StatusChanged, action: Action::StatusChanged, status, ..current.next(why) }
        }
        What::Deactivate { from } => match current.deactivated(from.map(millis), author.at, why) {
            Some(next) => next,
            None => return Ok(Ok(current.unchanged())),
        },
        What::Reactivate => match current.reactivated(why) {
            Some(next) => next,
            None => return Ok(Ok(current.unchanged())),
        },
    };
    step(connection, author, &key, &current, next).map(Ok)
}

impl Current {
    fn unchanged(&self) -> Done {
        Done {
            outcome: Outcome::Unchanged,
            version: self.version.cast_unsigned(),
            status: self.status,
            at: moment(self.modified_at),
        }
    }

    /// The same again.
    fn next(&self, why: Option<String>) -> Next {
        Next {
            outcome: Outcome::StatusChanged,
            action: Action::StatusChanged,
            status: self.status,
            content: self.content,
            active_status: self.active_status,
            ends_at: self.ends_at,
            effective_from: None,
            why,
        }
    }

    fn deactivated(&self, from: Option<i64>, now: i64, why: Option<String>) -> Option<Next> {
        let to_come = from.filter(|from| *from > now);
        if self.status == Status::Inactive || to_come.is_some() && to_come == self.ends_at {
            return None;
        }
        let next = Next { outcome: Outcome::Deactivated, effective_from: from, ..self.next(why) };
        Some(match to_come {
            Some(_) => Next { action: Action::Ending, ends_at: to_come, ..next },
            None => Next {
                action: Action::Deactivated,
                status: Status::Inactive,
                active_status: Some(self.status),
                ends_at: None,
                ..next
            },
        })
    }

    /// Back to where it was, or without its end.
    fn reactivated(&self, why: Option<String>) -> Option<Next> {
        if self.status != Status::Inactive && self.ends_at.is_none() {
            return None;
        }
        let status = match self.status {
            Status::Inactive => self.active_status.unwrap_or(Status::Draft),
            status => status,
        };
        Some(Next {
            outcome: Outcome::Reactivated,
            action: Action::Reactivated,
            status,
            active_status: None,
            ends_at: None,
            ..self.next(why)
        })
    }

    fn public_content(&self) -> Option<i64> {
        self.published_content.filter(|_| self.status != Status::Inactive)
    }
}

fn find(connection: &Connection, key: &Key) -> Result<Option<Current>, RecordsError> {
    let found = first(connection, sql::FIND, (key.supplier.as_str(), key.service.column()), |row| {
        let numbers: (u8, Option<u8>) = (row.get(2)?, row.get(5)?);
        let current = Current {
            id: row.get(0)?,
            version: row.get(1)?,
            status: Status::Draft,
            content: row.get(3)?,
            modified_at: row.get(4)?,
            active_status: None,
            digest: row.get(6)?,
            published_content: row.get(7)?,
            ends_at: row.get(8)?,
        };
        Ok((current, numbers))
    })?;
    let Some((current, (number, active))) = found else { return Ok(None) };
    let active_status = active.map(status).transpose()?;
    Ok(Some(Current { status: status(number)?, active_status, ..current }))
}

fn create(
    connection: &Connection,
    author: Author<'_>,
    key: &Key,
    content: &Content,
    why: Option<String>,
) -> Result<Done, RecordsError> {
    let stored = add_content(connection, content)?;
    connection.prepare_cached(sql::ADD_RECORD)?.execute((
        key.supplier.as_str(),
        key.service.column(),
        content.status.column(),
        stored,
        author.at,
        author.by,
    ))?;
    let id = connection.last_insert_rowid();
    let action = Action::Created;
    add_version(
        connection,
        author,
        (id, 1),
        &Next {
            outcome: Outcome::Created,
            action,
            status: content.status,
            content: stored,
            active_status: None,
            ends_at: None,
            effective_from: None,
            why,
        },
    )?;
    if content.status == Status::Published {
        connection.prepare_cached(sql::PUBLISH)?.execute((id, 1, stored))?;
        index(connection, id, key, Some(stored))?;
    }
    Ok(Done { outcome: Outcome::Created, version: 1, status: content.status, at: moment(author.at) })
}

fn step(
    connection: &Connection,
    author: Author<'_>,
    key: &Key,
    current: &Current,
    next: Next,
) -> Result<Done, RecordsError> {
    let (id, version) = (current.id, current.version + 1);
    connection.prepare_cached(sql::STEP)?.execute((
        id,
        version,
        next.status.column(),
        next.content,
        author.at,
        author.by,
        next.active_status.map(Status::column),
        next.ends_at,
    ))?;
    add_version(connection, author, (id, version), &next)?;
    let publishes = next.status == Status::Published && matches!(next.action, Action::Updated | Action::StatusChanged);
    if publishes {
        connection.prepare_cached(sql::PUBLISH)?.execute((id, version, next.content))?;
    }
    let shown = if publishes { Some(next.content) } else { current.published_content };
    let shown = shown.filter(|_| next.status != Status::Inactive);
    if shown != current.public_content() {
        if current.public_content().is_some() {
            connection.prepare_cached(sql::REMOVE_WORDS)?.execute([id])?;
            connection.prepare_cached(sql::REMOVE_NAMES)?.execute([id])?;
        }
        index(connection, id, key, shown)?;
    }
    let version = version.cast_unsigned();
    Ok(Done { outcome: next.outcome, version, status: next.status, at: moment(author.at) })
}

fn add_version(
    connection: &Connection,
    author: Author<'_>,
    (id, version): (i64, i64),
    next: &Next,
) -> Result<(), RecordsError> {
    connection.prepare_cached(sql::ADD_VERSION)?.execute((
        id,
        version,
        next.status.column(),
        next.action.column(),
        author.at,
        author.by,
        &next.why,
        next.effective_from,
        next.content,
    ))?;
    connection.prepare_cached(sql::ENQUEUE)?.execute((id, version, author.at))?;
    Ok(())
}

fn add_content(connection: &Connection, content: &Content) -> Result<i64, RecordsError> {
    let facts = &content.facts;
    let text = serde_json::to_string(facts).map_err(|_| damaged("contents"))?;
    connection.prepare_cached(sql::ADD_CONTENT)?.execute((
        &facts.name_bg,
        &facts.name_en,
        &facts.short_name_bg,
        &facts.oid,
        facts.security_level as u8,
        facts.internal,
        &facts.supplier_code,
        &facts.section,
        excerpt(Some(&facts.description_bg)),
        excerpt(facts.description_en.as_deref()),
        sha256(&content.octets),
        text,
        content.octets.as_ref(),
    ))?;
    Ok(connection.last_insert_rowid())
}

/// The beginning of a description, for lists.
fn excerpt(description: Option<&str>) -> Option<String> {
    let excerpt: String = description?.chars().take(Summary::EXCERPT).collect();
    (!excerpt.trim().is_empty()).then_some(excerpt)
}

/// Makes the words of a content findable.
fn index(connection: &Connection, id: i64, key: &Key, content: Option<i64>) -> Result<(), RecordsError> {
    let Some(content) = content else { return Ok(()) };
    let facts: String = connection.prepare_cached(sql::FACTS)?.query_row([content], |row| row.get(0))?;
    let facts: Facts = serde_json::from_str(&facts).map_err(|_| damaged("contents"))?;
    let words = Indexed::of(key, &facts);
    connection.prepare_cached(sql::ADD_SPELLINGS)?.execute([words.spellings()])?;
    connection.prepare_cached(sql::ADD_NAMES)?.execute((id, &words.supplier, &words.name))?;
    connection.prepare_cached(sql::ADD_WORDS)?.execute((id, words.supplier, words.name, words.other))?;
    Ok(())
}
