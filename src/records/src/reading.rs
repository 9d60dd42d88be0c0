//! Reading records, lists, histories and the feed of changes.

use std::collections::BTreeMap;

use bytes::Bytes;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::RecordsError;
use crate::names::{Eik, Key, ServiceNumber};
use crate::record::{Action, Descriptions, Filter, Listed, Page, Record, SecurityLevel, Since, Summary, Version};
use crate::records::Records;
use crate::status::Status;
use crate::store::{millis, moment, sql};

impl Records {
    /// A version of a record, the newest if none is named.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn get(&self, key: &Key, version: Option<u64>) -> Result<Option<Record>, RecordsError> {
        let key = key.clone();
        let version = version.map(u64::cast_signed);
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(sql::RECORD)?;
            one(&mut statement.query((key.supplier.as_str(), key.service.column(), version))?)
        })
        .await
    }

    /// The version of a record that the public sees.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn published(&self, key: &Key) -> Result<Option<Record>, RecordsError> {
        let key = key.clone();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(sql::PUBLISHED)?;
            one(&mut statement.query((key.supplier.as_str(), key.service.column()))?)
        })
        .await
    }

    /// The version of a record that the public sees, or saw last if its service has ended.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn last_published(&self, key: &Key) -> Result<Option<Record>, RecordsError> {
        let key = key.clone();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(sql::LAST_PUBLISHED)?;
            one(&mut statement.query((key.supplier.as_str(), key.service.column()))?)
        })
        .await
    }

    /// What the public sees of a service, one record for each supplier, in the order of the suppliers.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn published_by_number(&self, number: ServiceNumber) -> Result<Vec<Record>, RecordsError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(sql::PUBLISHED_BY_NUMBER)?;
            let mut rows = statement.query([number.column()])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(record(row)?);
            }
            Ok(found)
        })
        .await
    }

    /// The newest versions that fit, in the order of their keys, or in that of their changes if `modified_since` is set.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn list(&self, filter: Filter, page: Page) -> Result<Listed<Summary>, RecordsError> {
        self.read(move |connection| list(connection, &filter, page)).await
    }

    /// What the public sees, of one supplier or of all, in the order of the keys.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn list_published(&self, supplier: Option<Eik>, page: Page) -> Result<Listed<Summary>, RecordsError> {
        self.read(move |connection| list_published(connection, supplier.as_ref(), page)).await
    }

    /// All versions of a record, newest first; empty if there is no such record.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn history(&self, key: &Key) -> Result<Vec<Version>, RecordsError> {
        let key = key.clone();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&sql::history())?;
            versions(&mut statement.query((key.supplier.as_str(), key.service.column()))?)
        })
        .await
    }

    /// The changes of all records since then, in their order, at most `limit` (1 to 1000).
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn changes(&self, since: Since, limit: u32) -> Result<Vec<Version>, RecordsError> {
        self.read(move |connection| {
            let after: i64 = match since {
                Since::Sequence(sequence) => sequence.cast_signed(),
                Since::Moment(at) => {
                    let first: Option<i64> =
                        connection.prepare_cached(sql::SEQUENCE_AT)?.query_row([millis(at)], |row| row.get(0))?;
                    let Some(first) = first else { return Ok(Vec::new()) };
                    first - 1
                }
            };
            let mut statement = connection.prepare_cached(&sql::changes_after())?;
            versions(&mut statement.query((after, limit.clamp(1, 1000)))?)
        })
        .await
    }

    /// The newest changes that the public could see, of one supplier or of all, newest first, at most `limit` (1 to 1000): what was
    /// published, ended or came back. What is only in work is none.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn recent(&self, supplier: Option<Eik>, limit: u32) -> Result<Vec<Version>, RecordsError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&sql::recent(supplier.is_some()))?;
            versions(&mut statement.query((limit.clamp(1, 1000), supplier.as_ref().map(Eik::as_str)))?)
        })
        .await
    }

    /// The newest change that the public could see of each service of a supplier, newest first, at most `limit` (1 to 1000).
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn recent_services(&self, supplier: &Eik, limit: u32) -> Result<Vec<Version>, RecordsError> {
        let supplier = supplier.clone();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&sql::recent_services())?;
            versions(&mut statement.query((supplier.as_str(), limit.clamp(1, 1000)))?)
        })
        .await
    }

    /// The whole descriptions of services that the public sees, in the order of the keys; none for what it does not see.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn published_descriptions(&self, keys: &[Key]) -> Result<Vec<Option<Descriptions>>, RecordsError> {
        let keys: Vec<(&str, i64)> = keys.iter().map(|key| (key.supplier.as_str(), key.service.column())).collect();
        let count = keys.len();
        let keys = serde_json::to_string(&keys).map_err(|_| damaged("records"))?;
        self.read(move |connection| {
            let mut found = vec![None; count];
            let mut statement = connection.prepare_cached(sql::DESCRIPTIONS)?;
            let mut rows = statement.query([keys])?;
            while let Some(row) = rows.next()? {
                let place: i64 = row.get(0)?;
                let place = usize::try_from(place).ok().and_then(|place| found.get_mut(place));
                if let Some(place) = place {
                    *place = Some(Descriptions { bg: row.get(1)?, en: row.get(2)? });
                }
            }
            Ok(found)
        })
        .await
    }

    /// How many services of each supplier the public sees.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn published_counts(&self) -> Result<BTreeMap<Eik, u64>, RecordsError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(sql::PUBLISHED_COUNTS)?;
            let mut rows = statement.query([])?;
            let mut counts = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let supplier: String = row.get(0)?;
                let supplier = Eik::parse(&supplier).map_err(|_| damaged("records"))?;
                counts.insert(supplier, row.get::<_, i64>(1)?.cast_unsigned());
            }
            Ok(counts)
        })
        .await
    }

    /// The sequence of the last change; 0 if there was none.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn last_sequence(&self) -> Result<u64, RecordsError> {
        let ask =
            |connection: &Connection| Ok(connection.query_row(sql::LAST_SEQUENCE, [], |row| row.get::<_, i64>(0))?);
        self.read(ask).await.map(i64::cast_unsigned)
    }
}

/// A list of newest versions; conditions are put together, values are bound.
pub(crate) fn list(connection: &Connection, filter: &Filter, page: Page) -> Result<Listed<Summary>, RecordsError> {
    let since = filter.modified_since.map(millis);
    let supplier = filter.supplier.as_ref().map(Eik::as_str);
    let statuses: Vec<u8> = filter.statuses.iter().map(|status| status.column()).collect();
    let mut values: Vec<&dyn ToSql> = Vec::new();
    let conditions = conditions(supplier.as_ref(), &statuses, since.as_ref(), &mut values);
    let (order, outer) = match since {
        Some(_) => (sql::BY_MODIFIED, sql::OUTER_BY_MODIFIED),
        None => (sql::BY_KEY, sql::OUTER_BY_KEY),
    };
    let total: i64 = connection
        .prepare_cached(&format!("{}{conditions}", sql::COUNT))?
        .query_row(values.as_slice(), |row| row.get(0))?;
    let (limit, offset) = (page.limit(), page.offset().cast_signed());
    let at = values.len();
    values.push(&limit);
    values.push(&offset);
    let text = format!("{}{conditions}{order}?{}{}?{}{outer}", sql::SUMMARIES, at + 1, sql::OFFSET, at + 2);
    let items = summaries(connection, &text, values.as_slice())?;
    Ok(Listed::new(items, total.cast_unsigned(), page))
}

fn conditions<'v>(
    supplier: Option<&'v &'v str>,
    statuses: &'v [u8],
    since: Option<&'v i64>,
    values: &mut Vec<&'v dyn ToSql>,
) -> String {
    let mut parts = Vec::new();
    if let Some(supplier) = supplier {
        values.push(supplier);
        parts.push(format!("{}?{}", sql::OF_SUPPLIER, values.len()));
    }
    if !statuses.is_empty() {
        let marks: Vec<String> = statuses
            .iter()
            .map(|status| {
                values.push(status);
                format!("?{}", values.len())
            })
            .collect();
        parts.push(format!("{}{})", sql::IN_STATUS, marks.join(", ")));
    }
    if let Some(since) = since {
        values.push(since);
        parts.push(format!("{}?{}", sql::MODIFIED_SINCE, values.len()));
    }
    if parts.is_empty() { String::new() } else { format!(" where {}", parts.join(" and ")) }
}

pub(crate) fn list_published(
    connection: &Connection,
    supplier: Option<&Eik>,
    page: Page,
) -> Result<Listed<Summary>, RecordsError> {
    let condition = if supplier.is_some() { sql::PUBLISHED_OF } else { "" };
    let supplier = supplier.map(Eik::as_str);
    let mut values: Vec<&dyn ToSql> = supplier.iter().map(|value| value as &dyn ToSql).collect();
    let total: i64 = connection
        .prepare_cached(&format!("{}{condition}", sql::PUBLISHED_COUNT))?
        .query_row(values.as_slice(), |row| row.get(0))?;
    let (limit, offset) = (page.limit(), page.offset().cast_signed());
    let at = values.len();
    values.push(&limit);
    values.push(&offset);
    let (order, skip) = (sql::PUBLISHED_ORDER, sql::OFFSET);
    let text = format!("{}{condition}{order}?{}{skip}?{}", sql::PUBLISHED_SUMMARIES, at + 1, at + 2);
    let items = summaries(connection, &text, values.as_slice())?;
    Ok(Listed::new(items, total.cast_unsigned(), page))
}

fn summaries(connection: &Connection, text: &str, values: &[&dyn ToSql]) -> Result<Vec<Summary>, RecordsError> {
    let mut statement = connection.prepare_cached(text)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(summary(row)?);
    }
    Ok(found)
}

pub(crate) fn summary(row: &Row<'_>) -> Result<Summary, RecordsError> {
    let level: u8 = row.get(8)?;
    Ok(Summary {
        key: key(row, 0)?,
        version: row.get::<_, i64>(2)?.cast_unsigned(),
        status: status(row.get(3)?)?,
        name_bg: row.get(4)?,
        name_en: row.get(5)?,
        short_name_bg: row.get(6)?,
        oid: row.get(7)?,
        security_level: SecurityLevel::ALL.get(usize::from(level)).copied().ok_or(damaged("contents"))?,
        internal: row.get(9)?,
        supplier_code: row.get(10)?,
        section: row.get(11)?,
        excerpt_bg: row.get(12)?,
        excerpt_en: row.get(13)?,
        modified_at: moment(row.get(14)?),
        modified_by: row.get(15)?,
    })
}

fn one(rows: &mut rusqlite::Rows<'_>) -> Result<Option<Record>, RecordsError> {
    match rows.next()? {
        Some(row) => record(row).map(Some),
        None => Ok(None),
    }
}

fn record(row: &Row<'_>) -> Result<Record, RecordsError> {
    let facts: String = row.get(4)?;
    Ok(Record {
        key: key(row, 0)?,
        version: row.get::<_, i64>(2)?.cast_unsigned(),
        status: status(row.get(3)?)?,
        facts: serde_json::from_str(&facts).map_err(|_| damaged("contents"))?,
        octets: checked_octets(row, 5, 9)?,
        modified_at: moment(row.get(6)?),
        modified_by: row.get(7)?,
        published_version: row.get::<_, Option<i64>>(8)?.map(i64::cast_unsigned),
    })
}

/// The octets, if they are still those whose digest was written down with them.
pub(crate) fn checked_octets(row: &Row<'_>, octets: usize, digest: usize) -> Result<Bytes, RecordsError> {
    let octets: Vec<u8> = row.get(octets)?;
    let digest: [u8; 32] = row.get(digest)?;
    if sha256(&octets) == digest { Ok(octets.into()) } else { Err(damaged("contents")) }
}

fn versions(rows: &mut rusqlite::Rows<'_>) -> Result<Vec<Version>, RecordsError> {
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Version {
            sequence: row.get::<_, i64>(0)?.cast_unsigned(),
            key: key(row, 1)?,
            version: row.get::<_, i64>(3)?.cast_unsigned(),
            status: status(row.get(4)?)?,
            action: Action::of_column(row.get(5)?).ok_or(damaged("versions"))?,
            at: moment(row.get(6)?),
            by: row.get(7)?,
            why: row.get(8)?,
            effective_from: row.get::<_, Option<i64>>(9)?.map(moment),
            digest: row.get(10)?,
        });
    }
    Ok(found)
}

pub(crate) fn key(row: &Row<'_>, at: usize) -> Result<Key, RecordsError> {
    let supplier: String = row.get(at)?;
    let service: i64 = row.get(at + 1)?;
    let key = |supplier: &str| Ok(Key::new(Eik::parse(supplier)?, ServiceNumber::new(service.cast_unsigned())?));
    key(&supplier).map_err(|_: crate::names::FormError| damaged("records"))
}

pub(crate) fn status(number: u8) -> Result<Status, RecordsError> {
    Status::of_column(number).ok_or(damaged("records"))
}

pub(crate) fn damaged(place: &'static str) -> RecordsError {
    RecordsError::Damaged { place }
}

pub(crate) fn sha256(octets: &[u8]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets);
    let mut array = [0; 32];
    array.copy_from_slice(digest.as_ref());
    array
}

/// The first row of a statement, made into something.
pub(crate) fn first<T, P: rusqlite::Params>(
    connection: &Connection,
    statement: &str,
    values: P,
    make: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, RecordsError> {
    Ok(connection.prepare_cached(statement)?.query_row(values, make).optional()?)
}

#[cfg(test)]
mod tests;
