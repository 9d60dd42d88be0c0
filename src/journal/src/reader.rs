//! Reading: the end of the journal, pages, what comes in.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::ToSql;
use rusqlite::{Connection, Row};
use serde::Serialize;
use time::OffsetDateTime;

use crate::chain::{Hash, Head};
use crate::error::JournalError;
use crate::octets::Digest;
use crate::record::{Line, Outcome, Record, moment};
use crate::store::{self, STORE, sql};

/// Rows that one look at the file takes, so that a long search keeps no old state alive.
const LOOK: u32 = 1000;

/// A record with its place in the chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Number, from 1.
    pub sequence: u64,
    /// Hash of the row.
    pub hash: Hash,
    /// What was written down.
    pub record: Record,
}

/// Which records are wanted; everything that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Name of the consumer, exactly.
    pub consumer: Option<String>,
    /// Operation as it was asked for, exactly.
    pub operation: Option<String>,
    /// Number of the call.
    pub service_call_id: Option<i64>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Arrived at this moment or later.
    pub since: Option<OffsetDateTime>,
    /// Arrived at this moment or earlier.
    pub until: Option<OffsetDateTime>,
}

/// A journal open for reading; the gateway may write meanwhile. Reading checks no hashes: that is [`crate::verify`].
pub struct Reader {
    connection: Connection,
}

/// The last `limit` records, oldest first.
pub fn tail(path: impl AsRef<Path>, limit: usize) -> Result<Vec<Entry>, JournalError> {
    Reader::open(path)?.tail(&Filter::default(), limit)
}

/// Hands over every record that is written from now on (or after `after`) and fits, looking every `every`, until told to
/// stop.
pub fn follow(
    path: impl AsRef<Path>,
    filter: &Filter,
    after: Option<u64>,
    every: Duration,
    mut hand_over: impl FnMut(Entry) -> ControlFlow<()>,
) -> Result<(), JournalError> {
    let reader = Reader::open(path)?;
    let mut after = match after {
        Some(after) => after,
        None => reader.head()?.sequence,
    };
    loop {
        // What is written while this look goes on belongs to the next one.
        let head = reader.head()?.sequence;
        while after < head {
            let page = reader.look(filter, Direction::Up, after)?;
            for found in page.rows {
                after = found.sequence;
                if filter.admits(&found.record) && hand_over(found).is_break() {
                    return Ok(());
                }
            }
            if !page.full {
                after = after.max(head);
            }
        }
        std::thread::sleep(every);
    }
}

impl Reader {
    /// Opens a journal for reading.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        Ok(Self { connection: STORE.open_to_read(path.as_ref())? })
    }

    /// The last row.
    pub fn head(&self) -> Result<Head, JournalError> {
        store::head(&self.connection)
    }

    /// At most `limit` records after the number `after` (0 for the beginning), oldest first; give the last number to get the
    /// next page.
    pub fn page(&self, filter: &Filter, after: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        self.collect(filter, Direction::Up, after, limit)
    }

    /// The last `limit` records that fit, oldest first.
    pub fn tail(&self, filter: &Filter, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let mut found = self.collect(filter, Direction::Down, i64::MAX.cast_unsigned(), limit)?;
        found.reverse();
        Ok(found)
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    fn collect(
        &self,
        filter: &Filter,
        direction: Direction,
        mut place: u64,
        limit: usize,
    ) -> Result<Vec<Entry>, JournalError> {
        let mut found = Vec::new();
        while found.len() < limit {
            let look = self.look(filter, direction, place)?;
            let Some(last) = look.rows.last() else { break };
            place = last.sequence;
            found.extend(look.rows.into_iter().filter(|entry| filter.admits(&entry.record)));
            if !look.full {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    fn look(&self, filter: &Filter, direction: Direction, place: u64) -> Result<Look, JournalError> {
        let (side, order) = match direction {
            Direction::Up => (sql::AFTER, sql::UPWARD),
            Direction::Down => (sql::BEFORE, sql::DOWNWARD),
        };
        let times = [filter.since.map(moment::text), filter.until.map(moment::text)];
        let mut text = format!("{}{side}", sql::COLUMNS);
        let place = place.cast_signed();
        let mut values: Vec<&dyn ToSql> = vec![&place];
        let conditions: [(&str, Option<&dyn ToSql>); 5] = [
            (sql::OF_CONSUMER, filter.consumer.as_ref().map(|value| value as &dyn ToSql)),
            (sql::OF_OPERATION, filter.operation.as_ref().map(|value| value as &dyn ToSql)),
            (sql::OF_CALL, filter.service_call_id.as_ref().map(|value| value as &dyn ToSql)),
            (sql::SINCE, times[0].as_ref().map(|value| value as &dyn ToSql)),
            (sql::UNTIL, times[1].as_ref().map(|value| value as &dyn ToSql)),
        ];
        for (condition, value) in conditions {
            if let Some(value) = value {
                values.push(value);
                text.push_str(&format!("{condition}${}", values.len()));
            }
        }
        values.push(&LOOK);
        text.push_str(&format!("{order}${}", values.len()));
        let mut statement = self.connection.prepare_cached(&text)?;
        let mut rows = statement.query(values.as_slice())?;
        let mut look = Look { rows: Vec::new(), full: false };
        let mut read = 0;
        while let Some(row) = rows.next()? {
            read += 1;
            look.rows.extend(entry(row)?);
        }
        look.full = read == LOOK;
        Ok(look)
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down,
}

struct Look {
    rows: Vec<Entry>,
    /// Whether there may be more.
    full: bool,
}

impl Filter {
    fn admits(&self, record: &Record) -> bool {
        self.outcome.is_none_or(|outcome| outcome == record.outcome)
    }
}

// The row that names the journal is no record.
fn entry(row: &Row<'_>) -> Result<Option<Entry>, JournalError> {
    let sequence = row.get::<_, i64>(0)?.cast_unsigned();
    let line: Line = serde_json::from_str(row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?)
        .map_err(|_| JournalError::Damaged { sequence })?;
    let hash = Digest(row.get(7)?);
    Ok(line.call.map(|record| Entry { sequence, hash, record }))
}
