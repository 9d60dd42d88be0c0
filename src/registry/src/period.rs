//! A span of validity with an optional beginning and an optional end.

use std::fmt;

use serde::Serialize;
use time::OffsetDateTime;

use crate::text;
use kapia_language::Language;

/// From and to, both included, each optional: the same rule for certificates (RFC 5280 §4.1.2.5), consumers and grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Period {
    #[serde(with = "time::serde::rfc3339::option")]
    from: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    to: Option<OffsetDateTime>,
}

impl Period {
    /// No beginning and no end.
    pub const ALWAYS: Self = Self { from: None, to: None };

    /// A period from `from` to `to`, both included; an error when it ends before it begins.
    pub fn new(from: Option<OffsetDateTime>, to: Option<OffsetDateTime>) -> Result<Self, PeriodError> {
        match (from, to) {
            (Some(from), Some(to)) if to < from => Err(PeriodError),
            _ => Ok(Self { from, to }),
        }
    }

    /// First moment, if there is one.
    pub fn from(&self) -> Option<OffsetDateTime> {
        self.from
    }

    /// Last moment, if there is one.
    pub fn to(&self) -> Option<OffsetDateTime> {
        self.to
    }

    /// Where `now` lies.
    pub(crate) fn at(&self, now: OffsetDateTime) -> When {
        match (self.from, self.to) {
            (Some(from), _) if now < from => When::Before(from),
            (_, Some(to)) if now > to => When::After(to),
            _ => When::Within,
        }
    }

    /// Whether `now` lies within.
    pub fn contains(&self, now: OffsetDateTime) -> bool {
        self.at(now) == When::Within
    }
}

/// Where a moment lies against a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Before(OffsetDateTime),
    Within,
    After(OffsetDateTime),
}

/// A period that ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodError;

impl PeriodError {
    /// Stable code: `period`.
    pub fn code(&self) -> &'static str {
        "period"
    }

    /// What is wrong.
    pub fn message(&self, language: Language) -> String {
        text::message(self.code(), language, &[])
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        text::hint(self.code(), language, &[])
    }
}

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for PeriodError {}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn both_ends_of_a_period_belong_to_it() {
        let from = datetime!(2026-01-01 00:00:00 UTC);
        let to = datetime!(2026-12-31 23:59:59 UTC);
        let period = Period::new(Some(from), Some(to)).unwrap();
        let tick = time::Duration::MICROSECOND;
        assert!(period.contains(from) && period.contains(to));
        assert_eq!(period.at(from - tick), When::Before(from));
        assert_eq!(period.at(to + tick), When::After(to));
    }

    #[test]
    fn an_open_end_never_closes() {
        let far = datetime!(9999-12-31 23:59:59 UTC);
        assert!(Period::ALWAYS.contains(far));
        assert!(Period::new(Some(far), None).unwrap().contains(far));
    }

    #[test]
    fn a_period_that_ends_before_it_begins_is_refused() {
        let now = datetime!(2026-06-01 12:00 UTC);
        assert!(Period::new(Some(now), Some(now - time::Duration::SECOND)).is_err());
        assert!(Period::new(Some(now), Some(now)).unwrap().contains(now));
    }
}
