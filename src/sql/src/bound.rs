//! Typed values that are bound to placeholders.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The type that a parameter is declared to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Decimal,
    Boolean,
    Date,
    Time,
    Timestamp,
    Uuid,
    Binary,
}

/// The types as `adapter.toml` writes them.
pub(crate) const KINDS: [(&str, Kind); 9] = [
    ("text", Kind::Text),
    ("integer", Kind::Integer),
    ("decimal", Kind::Decimal),
    ("boolean", Kind::Boolean),
    ("date", Kind::Date),
    ("time", Kind::Time),
    ("timestamp", Kind::Timestamp),
    ("uuid", Kind::Uuid),
    ("binary", Kind::Binary),
];

/// A value that has the form of its type; it never prints.
#[derive(Clone)]
pub(crate) enum Bound {
    Null,
    /// A text, or the exact digits, date or time that a database reads out of one.
    Text(String),
    Integer(i64),
    Boolean(bool),
    Binary(Vec<u8>),
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("***")
    }
}

impl Kind {
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// Reads a value in the lexical form of XML Schema part 2 §3; `None` if it is not one of this type.
    pub fn read(self, text: &str) -> Option<Bound> {
        if self == Kind::Text {
            return Some(Bound::Text(text.to_owned()));
        }
        let text = text.trim();
        match self {
            Kind::Text => None,
            Kind::Integer => text.parse().ok().map(Bound::Integer),
            Kind::Decimal => is_decimal(text).then(|| Bound::Text(text.to_owned())),
            Kind::Boolean => match text {
                "true" | "1" => Some(Bound::Boolean(true)),
                "false" | "0" => Some(Bound::Boolean(false)),
                _ => None,
            },
            Kind::Date => is_date(text).then(|| Bound::Text(text.to_owned())),
            Kind::Time => is_time(text).then(|| Bound::Text(text.to_owned())),
            Kind::Timestamp => {
                let (date, time) = text.split_once(['T', ' '])?;
                (is_date(date) && is_time(time)).then(|| Bound::Text(format!("{date} {time}")))
            }
            Kind::Uuid => is_uuid(text).then(|| Bound::Text(text.to_owned())),
            Kind::Binary => {
                let packed: String = text.split_ascii_whitespace().collect();
                STANDARD.decode(packed).ok().map(Bound::Binary)
            }
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned.split_once('.') {
        Some((whole, fraction)) => {
            (is_digits(whole) || whole.is_empty()) && (is_digits(fraction) || fraction.is_empty()) && unsigned != "."
        }
        None => is_digits(unsigned),
    }
}

/// `yyyy-mm-dd` of the calendar; without a zone, since a column of dates has none.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    if year.len() != 4 || month.len() != 2 || day.len() != 2 || !is_digits(year) {
        return false;
    }
    let (Ok(year), Ok(month), Ok(day)) = (year.parse::<u32>(), month.parse::<u32>(), day.parse::<u32>()) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    year > 0 && (1..=longest).contains(&day)
}

/// `hh:mm:ss`, fractions of a second allowed; without a zone.
fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = whole.split(':').collect();
    let [hours, minutes, seconds] = parts.as_slice() else { return false };
    let two = |part: &str| part.len() == 2 && is_digits(part);
    two(hours)
        && two(minutes)
        && two(seconds)
        && *hours <= "23"
        && *minutes <= "59"
        && *seconds <= "59"
        && is_digits(fraction)
        && fraction.len() <= 9
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_not_of_its_type_is_not_bound() {
        for (kind, good, bad) in [
            (Kind::Integer, "-42", "4.2"),
            (Kind::Decimal, "-123456789012345678901234567890.10", "1e5"),
            (Kind::Decimal, ".5", "."),
            (Kind::Boolean, "true", "yes"),
            (Kind::Date, "2024-02-29", "2023-02-29"),
            (Kind::Date, "1976-05-23", "1976-05-23'; DROP TABLE x"),
            (Kind::Time, "23:59:59.123456", "24:00:00"),
            (Kind::Timestamp, "2020-01-02T03:04:05", "2020-01-02T03:04:05Z"),
            (Kind::Uuid, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99"),
            (Kind::Binary, "AQID", "A*"),
        ] {
            assert!(kind.read(good).is_some(), "{good}");
            assert!(kind.read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_bound_value_never_prints() {
        assert_eq!(format!("{:?}", Kind::Text.read("7605239965").unwrap()), "***");
    }
}
