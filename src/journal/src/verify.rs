//! Reading a journal from end to end and naming the first row that is not what was written.

use std::fmt;
use std::path::Path;

use rusqlite::Row;
use serde::Serialize;
use time::OffsetDateTime;

use crate::chain::{BEFORE_GENESIS, Hash, Head, seal};
use crate::error::JournalError;
use crate::octets::Digest;
use crate::reader::Reader;
use crate::record::Line;
use crate::store::sql;
use crate::text::CATALOGUE;
use kapia_language::Language;

/// Rows in memory at a time.
const PAGE: i64 = 1000;

/// A journal that is what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Name of the journal: 128 random bits in hexadecimal.
    pub journal: String,
    /// How many calls it records.
    pub records: u64,
    /// Number of the first of them, if there is one.
    pub first: Option<u64>,
    /// Its last row; keep it elsewhere and give it to the next verification.
    pub head: Head,
    /// When the last call arrived.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_time: Option<OffsetDateTime>,
}

/// The first place at which a journal is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Number of the row.
    pub sequence: u64,
    /// What is wrong with it.
    pub what: Damage,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// What can be wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Damage {
    /// The first row does not name the journal.
    Genesis,
    /// The row is missing.
    Gap,
    /// A row too many.
    Extra,
    /// It does not follow the row before it.
    Previous,
    /// Its text was changed.
    Text,
    /// Its stored hash was changed.
    Hash,
    /// A column that is searched does not say what the text says; `expected` is the name of the column.
    Column,
    /// The file cannot be read here, or the text is no record.
    Unreadable,
    /// The end is missing, by a head that was kept elsewhere.
    Truncated,
    /// The row is another one, by a head that was kept elsewhere.
    Head,
}

/// Why a verification did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The journal is not what was written.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// It could not be opened.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Verifies a journal, while a gateway writes it or not, in memory that does not grow with it. `expected` is a head that
/// was kept elsewhere: its row must still be there, and what follows it must continue the chain.
pub fn verify(path: impl AsRef<Path>, expected: Option<&Head>) -> Result<Verified, VerifyError> {
    let reader = Reader::open(path)?;
    let mut walk = Walk::new(expected);
    loop {
        let page = page(&reader, walk.last)?;
        let Some(last) = page.rows.last().map(|row| row.sequence) else {
            page.refused.map_or(Ok(()), |error| Err(walk.unreadable(error)))?;
            break;
        };
        walk.last = last;
        for row in page.rows {
            walk.step(row)?;
        }
        page.refused.map_or(Ok(()), |error| Err(walk.unreadable(error)))?;
    }
    walk.finish().map_err(VerifyError::Broken)
}

struct Stored {
    sequence: i64,
    columns: (i64, String, Option<String>, Option<String>),
    text: String,
    previous: Hash,
    hash: Hash,
}

struct Walk<'e> {
    expected: Option<&'e Head>,
    /// Last number read, for the next page.
    last: i64,
    /// Number that must come next.
    next: u64,
    /// What the next row must say about this one.
    previous: Hash,
    /// A row whose stored hash is not that of its text: the row after it tells which of the two was changed.
    suspect: Option<Suspect>,
    journal: Option<String>,
    first: Option<u64>,
    last_time: Option<OffsetDateTime>,
}

struct Suspect {
    sequence: u64,
    stored: Hash,
    computed: Hash,
}

impl<'e> Walk<'e> {
    fn new(expected: Option<&'e Head>) -> Self {
        Self {
            expected,
            last: i64::MIN,
            next: 0,
            previous: BEFORE_GENESIS,
            suspect: None,
            journal: None,
            first: None,
            last_time: None,
        }
    }

    fn step(&mut self, row: Stored) -> Result<(), Broken> {
        if let Some(suspect) = self.suspect.take() {
            return Err(suspect.judge(Some(&row.previous)));
        }
        let sequence = self.number(&row)?;
        if row.previous != self.previous {
            return Err(broken(sequence, Damage::Previous, self.previous, row.previous));
        }
        let computed = seal(sequence, &row.previous, &row.text);
        if computed != row.hash {
            self.suspect = Some(Suspect { sequence, stored: row.hash, computed });
            return Ok(());
        }
        let line: Line = serde_json::from_str(&row.text)
            .map_err(|_| broken(sequence, Damage::Unreadable, "record", "text that is no record"))?;
        self.content(sequence, &row, line)?;
        if let Some(expected) = self.expected.filter(|expected| expected.sequence == sequence)
            && expected.hash != row.hash
        {
            return Err(broken(sequence, Damage::Head, expected.hash, row.hash));
        }
        self.previous = row.hash;
        self.next = sequence + 1;
        Ok(())
    }

    fn unreadable(&mut self, error: JournalError) -> VerifyError {
        match (self.suspect.take(), error) {
            (Some(suspect), _) => suspect.judge(None).into(),
            // Somebody else's lock or a lost disk says nothing about what was written.
            (None, error) if error.is_passing() => error.into(),
            (None, error) => broken(self.next, Damage::Unreadable, "a row", error).into(),
        }
    }

    fn number(&self, row: &Stored) -> Result<u64, Broken> {
        let expected = self.next;
        match u64::try_from(row.sequence) {
            Ok(found) if found == expected => Ok(found),
            Ok(found) if expected == 0 => Err(broken(0, Damage::Genesis, expected, found)),
            Ok(found) if found > expected => Err(broken(expected, Damage::Gap, expected, found)),
            _ => Err(broken(expected, Damage::Extra, expected, row.sequence)),
        }
    }

    fn content(&mut self, sequence: u64, row: &Stored, line: Line) -> Result<(), Broken> {
        let columns = line.columns();
        let (call, time, consumer, operation) = &row.columns;
        let differs = [
            ("service_call_id", columns.service_call_id != *call),
            ("time", columns.time != *time),
            ("consumer", columns.consumer != consumer.as_deref()),
            ("operation", columns.operation != operation.as_deref()),
        ];
        if let Some((column, _)) = differs.into_iter().find(|(_, differs)| *differs) {
            return Err(broken(sequence, Damage::Column, column, "another value"));
        }
        match (sequence, line.genesis, line.call) {
            (0, Some(genesis), None) => self.journal = Some(genesis.journal),
            (1.., None, Some(call)) => {
                self.first.get_or_insert(sequence);
                self.last_time = Some(call.received);
            }
            (0, ..) => return Err(broken(0, Damage::Genesis, "the name of a journal", "another record")),
            _ => return Err(broken(sequence, Damage::Unreadable, "a call", "another record")),
        }
        Ok(())
    }

    fn finish(self) -> Result<Verified, Broken> {
        if let Some(suspect) = self.suspect {
            return Err(suspect.judge(None));
        }
        let (Some(journal), Some(head)) = (self.journal, self.next.checked_sub(1)) else {
            return Err(broken(0, Damage::Genesis, 0, "nothing"));
        };
        if let Some(expected) = self.expected.filter(|expected| expected.sequence > head) {
            return Err(broken(expected.sequence, Damage::Truncated, expected.sequence, head));
        }
        let head = Head { sequence: head, hash: self.previous };
        Ok(Verified { journal, records: head.sequence, first: self.first, head, last_time: self.last_time })
    }
}

impl Suspect {
    fn judge(self, witness: Option<&Hash>) -> Broken {
        let Self { sequence, stored, computed } = self;
        if witness == Some(&computed) {
            broken(sequence, Damage::Hash, computed, stored)
        } else {
            broken(sequence, Damage::Text, stored, computed)
        }
    }
}

/// The rows up to the first that cannot be read.
struct Page {
    rows: Vec<Stored>,
    refused: Option<JournalError>,
}

fn page(reader: &Reader, after: i64) -> Result<Page, JournalError> {
    let text = format!("{}{}{}$2", sql::COLUMNS, sql::AFTER, sql::UPWARD);
    let mut statement = reader.connection().prepare_cached(&text)?;
    let mut page = Page { rows: Vec::new(), refused: None };
    for row in statement.query_map([after, PAGE], stored)? {
        match row {
            Ok(row) => page.rows.push(row),
            Err(error) => {
                page.refused = Some(error.into());
                break;
            }
        }
    }
    Ok(page)
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        sequence: row.get(0)?,
        columns: (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?),
        text: row.get(5)?,
        previous: Digest(row.get(6)?),
        hash: Digest(row.get(7)?),
    })
}

fn broken(sequence: u64, what: Damage, expected: impl ToString, found: impl ToString) -> Broken {
    Broken { sequence, what, expected: expected.to_string(), found: found.to_string() }
}

impl Broken {
    /// Stable code, such as `broken-text`.
    pub fn code(&self) -> &'static str {
        match self.what {
            Damage::Genesis => "broken-genesis",
            Damage::Gap => "broken-gap",
            Damage::Extra => "broken-extra",
            Damage::Previous => "broken-previous",
            Damage::Text => "broken-text",
            Damage::Hash => "broken-hash",
            Damage::Column => "broken-column",
            Damage::Unreadable => "broken-unreadable",
            Damage::Truncated => "broken-truncated",
            Damage::Head => "broken-head",
        }
    }

    /// What is wrong and where.
    pub fn message(&self, language: Language) -> String {
        let values = [
            ("sequence", self.sequence.to_string()),
            ("expected", self.expected.clone()),
            ("found", self.found.clone()),
            ("column", self.expected.clone()),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        CATALOGUE.message(self.code(), language, &values)
    }

    /// What it means.
    pub fn hint(&self, language: Language) -> String {
        CATALOGUE.hint(self.code(), language, &[])
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Broken {}
