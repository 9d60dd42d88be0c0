//! A record, its versions, and pages of them.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::names::{Eik, FormError, Key};
use crate::status::{Status, named};

/// What lists, search and pages need of a record; whoever writes the record takes it out of the octets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Name in Bulgarian.
    pub name_bg: String,
    /// Name in English.
    pub name_en: Option<String>,
    /// Short name in Bulgarian.
    pub short_name_bg: Option<String>,
    /// Short name in English.
    pub short_name_en: Option<String>,
    /// Description in Bulgarian as plain text; may be empty.
    pub description_bg: String,
    /// Description in English as plain text.
    pub description_en: Option<String>,
    /// Words by which people look for it.
    pub keywords: Vec<String>,
    /// Object identifier of the service.
    pub oid: Option<String>,
    /// Code of the supplier at the portal.
    pub supplier_code: Option<String>,
    /// Section of the administrative register.
    pub section: Option<String>,
    /// Subsection of the administrative register.
    pub subsection: Option<String>,
    /// What kind of identification it needs.
    pub security_level: SecurityLevel,
    /// Whether it is for administrations only.
    pub internal: bool,
    /// From when it is provided.
    #[serde(with = "time::serde::rfc3339")]
    pub valid_from: OffsetDateTime,
    /// Until when it is provided.
    #[serde(with = "time::serde::rfc3339::option")]
    pub valid_to: Option<OffsetDateTime>,
    /// The whole record in the form in which pages show it; nobody looks into it here.
    pub details: serde_json::Value,
}

/// The level of assurance that a service asks of who uses it (horizontal-systems §1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecurityLevel {
    /// `-- Не изисква --`.
    #[default]
    None,
    /// `Ниско`.
    Low,
    /// `Значително`.
    Substantial,
    /// `Високо`.
    High,
}

/// One version of a record, with its octets.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Who provides which service.
    pub key: Key,
    /// Its number, from 1; it grows with every change.
    pub version: u64,
    /// Where it is on its way.
    pub status: Status,
    /// What lists, search and pages need of it.
    pub facts: Facts,
    /// The record as its writer canonised it.
    pub octets: Bytes,
    /// When this version was made.
    pub modified_at: OffsetDateTime,
    /// Who made it: a credential or an account.
    pub modified_by: String,
    /// The version that the public sees; a draft on top of it does not hide it.
    pub published_version: Option<u64>,
}

/// A record in a list; excerpts are the first characters of its descriptions ([`Summary::EXCERPT`]).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "as in Record and Facts")]
pub struct Summary {
    pub key: Key,
    pub version: u64,
    pub status: Status,
    pub name_bg: String,
    pub name_en: Option<String>,
    pub short_name_bg: Option<String>,
    pub oid: Option<String>,
    pub security_level: SecurityLevel,
    pub internal: bool,
    pub supplier_code: Option<String>,
    pub section: Option<String>,
    pub excerpt_bg: Option<String>,
    pub excerpt_en: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub modified_at: OffsetDateTime,
    pub modified_by: String,
}

/// The descriptions of a service as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptions {
    /// In Bulgarian; may be empty.
    pub bg: String,
    /// In English.
    pub en: Option<String>,
}

/// One step in the history of a record, and one entry in the feed of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Its place among the changes of all records; grows, with gaps.
    pub sequence: u64,
    /// Whose.
    pub key: Key,
    /// The number of the version.
    pub version: u64,
    /// The status after it.
    pub status: Status,
    /// What happened.
    pub action: Action,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who: a credential or an account.
    pub by: String,
    /// Why, if they said so.
    pub why: Option<String>,
    /// From when it takes effect, if that was said.
    #[serde(with = "time::serde::rfc3339::option")]
    pub effective_from: Option<OffsetDateTime>,
    /// SHA-256 of the octets.
    #[serde(serialize_with = "hexadecimal")]
    pub digest: [u8; 32],
}

/// What a version did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// There was no record before.
    Created,
    /// Other octets.
    Updated,
    /// Another status, the same octets.
    StatusChanged,
    /// The service is not provided any more.
    Deactivated,
    /// It is provided again.
    Reactivated,
    /// It will not be provided from a moment on that is still to come.
    Ending,
}

/// Which records are wanted; everything that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of this supplier.
    pub supplier: Option<Eik>,
    /// In one of these; empty for all.
    pub statuses: Vec<Status>,
    /// Changed at this moment or later; the list is then in the order of the changes.
    pub modified_since: Option<OffsetDateTime>,
}

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From 1; 0 is read as 1.
    pub number: u32,
    /// 1 to 200; more is read as 200, 0 as 1.
    pub size: u32,
}

/// A page, and what it is a page of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The page.
    pub items: Vec<T>,
    /// How many there are altogether.
    pub total: u64,
    /// Whether there are pages after this one.
    pub more: bool,
}

/// From where on changes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// After this sequence; 0 for the beginning.
    Sequence(u64),
    /// At this moment or later.
    Moment(OffsetDateTime),
}

impl Summary {
    /// How many characters of a description an excerpt has at most.
    pub const EXCERPT: usize = 300;
}

impl Facts {
    /// The least that a record must have.
    pub fn named(name_bg: impl Into<String>, valid_from: OffsetDateTime) -> Self {
        Self {
            name_bg: name_bg.into(),
            name_en: None,
            short_name_bg: None,
            short_name_en: None,
            description_bg: String::new(),
            description_en: None,
            keywords: Vec::new(),
            oid: None,
            supplier_code: None,
            section: None,
            subsection: None,
            security_level: SecurityLevel::None,
            internal: false,
            valid_from,
            valid_to: None,
            details: serde_json::Value::Null,
        }
    }
}

impl SecurityLevel {
    /// All of them.
    pub const ALL: [SecurityLevel; 4] = [Self::None, Self::Low, Self::Substantial, Self::High];

    /// Its name, such as `substantial`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Substantial => "substantial",
            Self::High => "high",
        }
    }

    /// Its name at the portal, such as `Значително` (horizontal-systems §1.1).
    pub fn bulgarian(self) -> &'static str {
        match self {
            Self::None => "-- Не изисква --",
            Self::Low => "Ниско",
            Self::Substantial => "Значително",
            Self::High => "Високо",
        }
    }
}

named!(SecurityLevel, SecurityLevel::ALL, "form-level");

impl Action {
    const ALL: [Action; 6] =
        [Self::Created, Self::Updated, Self::StatusChanged, Self::Deactivated, Self::Reactivated, Self::Ending];

    /// Its name, such as `status-changed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::StatusChanged => "status-changed",
            Self::Deactivated => "deactivated",
            Self::Reactivated => "reactivated",
            Self::Ending => "ending",
        }
    }

    pub(crate) fn column(self) -> u8 {
        self as u8
    }

    pub(crate) fn of_column(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Page {
    /// The first page of a size.
    pub fn first(size: u32) -> Self {
        Self { number: 1, size }
    }

    pub(crate) fn limit(self) -> u32 {
        self.size.clamp(1, 200)
    }

    pub(crate) fn offset(self) -> u64 {
        u64::from(self.number.max(1) - 1) * u64::from(self.limit())
    }
}

impl<T> Listed<T> {
    pub(crate) fn new(items: Vec<T>, total: u64, page: Page) -> Self {
        let more = page.offset() + (items.len() as u64) < total;
        Self { items, total, more }
    }
}

fn hexadecimal<S: serde::Serializer>(digest: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Hex(digest))
}

pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_nobody_can_mean_is_the_nearest_that_is_one() {
        let page = |number, size| (Page { number, size }.offset(), Page { number, size }.limit());
        assert_eq!(page(0, 0), (0, 1));
        assert_eq!(page(3, 50), (100, 50));
        assert_eq!(page(u32::MAX, u32::MAX), (u64::from(u32::MAX - 1) * 200, 200));
        assert!(Listed::new(vec![1, 2], 5, Page { number: 2, size: 2 }).more);
        assert!(!Listed::new(vec![5], 5, Page { number: 3, size: 2 }).more);
    }

    #[test]
    fn facts_are_read_as_they_were_written() {
        let mut facts = Facts::named("Издаване", OffsetDateTime::UNIX_EPOCH);
        facts.details = serde_json::json!({"a": [1, "б"]});
        facts.valid_to = Some(OffsetDateTime::UNIX_EPOCH);
        let text = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
    }

    #[test]
    fn an_action_is_kept_as_it_was() {
        for action in Action::ALL {
            assert_eq!(Action::of_column(action.column()), Some(action));
        }
    }
}
