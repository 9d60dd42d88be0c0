//! Binary values of PostgreSQL, read without losing anything.

use std::error::Error;

use kapia_template::Value;
use tokio_postgres::types::{FromSql, Kind, Type};
use tokio_postgres::{Column, Row};

use crate::cells::{self, Place, fraction};
use crate::conversation;
use crate::fault::Fault;

/// How the columns of a query are read.
pub(super) struct Cells(Vec<Form>);

#[derive(Clone, Copy)]
enum Form {
    Boolean,
    Integer,
    ObjectId,
    Single,
    Double,
    Numeric,
    Money(u32),
    Text,
    /// A version octet, then a text.
    BinaryJson,
    Octets,
    Uuid,
    Date,
    Time,
    TimeWithZone,
    Timestamp {
        zone: bool,
    },
    Interval,
}

impl Cells {
    /// The forms of these columns; a type that has none is refused by name.
    pub fn new(columns: &[Column], money: u32, query: &str) -> Result<Cells, Fault> {
        let form = |column: &Column| {
            form(column.type_(), money).ok_or_else(|| {
                let refused = Fault::new("sql-type").with("query", query).with("column", column.name());
                refused.with("type", shown(column.type_()))
            })
        };
        columns.iter().map(form).collect::<Result<_, _>>().map(Cells)
    }

    /// The cells of a row, and about how much memory they take.
    pub fn of<'p>(&self, row: &Row, place: impl Fn(usize) -> Place<'p>) -> Result<(conversation::Row, usize), Fault> {
        let mut found = Vec::with_capacity(self.0.len());
        let mut octets = 0;
        for (at, form) in self.0.iter().enumerate() {
            let Raw(raw) = row.try_get(at).map_err(|_| Fault::internal())?;
            let cell = match raw {
                None => Value::from(()),
                Some(raw) => form.read(raw, place(at))?,
            };
            octets += cells::weight(&cell);
            found.push(cell);
        }
        Ok((found, octets))
    }
}

/// The octets of any type.
struct Raw<'r>(Option<&'r [u8]>);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Raw(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Raw(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// `integer[]` rather than the server's `_int4`.
fn shown(kind: &Type) -> String {
    match kind.kind() {
        Kind::Array(element) => format!("{}[]", element.name()),
        _ => kind.name().to_owned(),
    }
}

fn form(kind: &Type, money: u32) -> Option<Form> {
    Some(match *kind {
        Type::BOOL => Form::Boolean,
        Type::INT2 | Type::INT4 | Type::INT8 => Form::Integer,
        Type::OID => Form::ObjectId,
        Type::FLOAT4 => Form::Single,
        Type::FLOAT8 => Form::Double,
        Type::NUMERIC => Form::Numeric,
        Type::MONEY => Form::Money(money),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN | Type::JSON | Type::XML => Form::Text,
        Type::JSONB => Form::BinaryJson,
        Type::BYTEA => Form::Octets,
        Type::UUID => Form::Uuid,
        Type::DATE => Form::Date,
        Type::TIME => Form::Time,
        Type::TIMETZ => Form::TimeWithZone,
        Type::TIMESTAMP => Form::Timestamp { zone: false },
        Type::TIMESTAMPTZ => Form::Timestamp { zone: true },
        Type::INTERVAL => Form::Interval,
        _ => match kind.kind() {
            Kind::Enum(_) => Form::Text,
            Kind::Domain(base) => return form(base, money),
            _ if kind.name() == "citext" => Form::Text,
            _ => return None,
        },
    })
}

impl Form {
    fn read(self, raw: &[u8], place: Place<'_>) -> Result<Value, Fault> {
        let damaged = || place.damaged();
        Ok(match self {
            Form::Boolean => Value::from(raw.first().ok_or_else(damaged)? != &0),
            Form::Integer => Value::from(integer(raw).ok_or_else(damaged)?),
            Form::ObjectId => Value::from(u32::from_be_bytes(raw.try_into().map_err(|_| damaged())?)),
            Form::Single => cells::single(f32::from_be_bytes(raw.try_into().map_err(|_| damaged())?)),
            Form::Double => cells::double(f64::from_be_bytes(raw.try_into().map_err(|_| damaged())?)),
            Form::Numeric => Value::from(numeric(raw).ok_or_else(damaged)?),
            Form::Money(digits) => Value::from(money(integer(raw).ok_or_else(damaged)?, digits)),
            Form::Text => place.utf8(raw)?,
            Form::BinaryJson => place.utf8(raw.get(1..).ok_or_else(damaged)?)?,
            Form::Octets => cells::octets(raw),
            Form::Uuid => Value::from(uuid(raw).ok_or_else(damaged)?),
            Form::Date => Value::from(date(integer(raw).ok_or_else(damaged)?, place)?),
            Form::Time => Value::from(time(integer(raw).ok_or_else(damaged)?)),
            Form::TimeWithZone => {
                let time_of_day = integer(raw.get(..8).unwrap_or_default()).ok_or_else(damaged)?;
                let west = integer(raw.get(8..).unwrap_or_default()).ok_or_else(damaged)?;
                Value::from(format!("{}{}", time(time_of_day), zone(-west)))
            }
            Form::Timestamp { zone } => {
                let moment = integer(raw).ok_or_else(damaged)?;
                if moment == i64::MAX || moment == i64::MIN {
                    return Err(infinite(place));
                }
                let day = date(moment.div_euclid(DAY), place)?;
                let suffix = if zone { "Z" } else { "" };
                Value::from(format!("{day}T{}{suffix}", time(moment.rem_euclid(DAY))))
            }
            Form::Interval => Value::from(interval(raw, place)?),
        })
    }
}

/// Microseconds.
const DAY: i64 = 86_400_000_000;

fn integer(raw: &[u8]) -> Option<i64> {
    match raw.len() {
        2 => Some(i64::from(i16::from_be_bytes(raw.try_into().ok()?))),
        4 => Some(i64::from(i32::from_be_bytes(raw.try_into().ok()?))),
        8 => Some(i64::from_be_bytes(raw.try_into().ok()?)),
        _ => None,
    }
}

/// Digits in base 10 000, a weight, a sign and the number of digits to show behind the point.
fn numeric(raw: &[u8]) -> Option<String> {
    let mut words = raw.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(u16::from_be_bytes));
    let (_, weight, sign, scale) = (words.next()?, words.next()?, words.next()?, words.next()?);
    match sign {
        0x0000 | 0x4000 => {}
        0xC000 => return Some("NaN".to_owned()),
        0xD000 => return Some("INF".to_owned()),
        0xF000 => return Some("-INF".to_owned()),
        _ => return None,
    }
    let digits: Vec<u16> = words.collect();
    let weight = i32::from(weight as i16);
    let digit = |at: i32| usize::try_from(at).ok().and_then(|at| digits.get(at)).copied().unwrap_or(0);
    let mut text = String::with_capacity(digits.len() * 4 + 3);
    if sign == 0x4000 {
        text.push('-');
    }
    if weight < 0 {
        text.push('0');
    } else {
        text.push_str(&digit(0).to_string());
        (1..=weight).for_each(|at| text.push_str(&format!("{:04}", digit(at))));
    }
    if scale > 0 {
        let scale = usize::from(scale);
        let mut behind = String::with_capacity(scale + 4);
        let mut at = weight + 1;
        while behind.len() < scale {
            behind.push_str(&format!("{:04}", digit(at)));
            at += 1;
        }
        behind.truncate(scale);
        text.push('.');
        text.push_str(&behind);
    }
    Some(text)
}

fn money(amount: i64, digits: u32) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let whole = amount.unsigned_abs();
    if digits == 0 {
        return format!("{sign}{whole}");
    }
    let unit = 10_u64.saturating_pow(digits);
    format!("{sign}{}.{:0width$}", whole / unit, whole % unit, width = digits as usize)
}

fn uuid(raw: &[u8]) -> Option<String> {
    let hex: String = raw.iter().map(|octet| format!("{octet:02x}")).collect();
    let part = |range: std::ops::Range<usize>| hex.get(range);
    (raw.len() == 16)
        .then(|| Some([part(0..8)?, part(8..12)?, part(12..16)?, part(16..20)?, part(20..32)?].join("-")))
        .flatten()
}

fn infinite(place: Place<'_>) -> Fault {
    place.refuse(["a date without end", "дата без край"])
}

/// Days since 2000-01-01 as xs:date, by the proleptic Gregorian calendar (Hinnant, "chrono-compatible date algorithms").
fn date(days: i64, place: Place<'_>) -> Result<String, Fault> {
    if days == i64::from(i32::MAX) || days == i64::from(i32::MIN) {
        return Err(infinite(place));
    }
    let shifted = days + 730_425;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    if year < 1 {
        return Err(place.refuse(["a year before the first", "година преди първата"]));
    }
    Ok(format!("{year:04}-{month:02}-{day:02}"))
}

/// Microseconds since midnight as xs:time.
fn time(microseconds: i64) -> String {
    let seconds = microseconds / 1_000_000;
    let rest = fraction(u32::try_from(microseconds % 1_000_000).unwrap_or(0));
    format!("{:02}:{:02}:{:02}{rest}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// Seconds east of UTC.
fn zone(east: i64) -> String {
    let sign = if east < 0 { '-' } else { '+' };
    let east = east.abs();
    if east == 0 { "Z".to_owned() } else { format!("{sign}{:02}:{:02}", east / 3600, east / 60 % 60) }
}

/// Months, days and microseconds as xs:duration, which has one sign for all of them.
fn interval(raw: &[u8], place: Place<'_>) -> Result<String, Fault> {
    let part = |range: std::ops::Range<usize>| raw.get(range).and_then(integer).ok_or_else(|| place.damaged());
    let (microseconds, days, months) = (part(0..8)?, part(8..12)?, part(12..16)?);
    let signs = [microseconds.signum(), days.signum(), months.signum()];
    if signs.contains(&1) && signs.contains(&-1) {
        return Err(place.refuse(["an interval of two signs", "интервал с два знака"]));
    }
    let (microseconds, days, months) = (microseconds.unsigned_abs(), days.unsigned_abs(), months.unsigned_abs());
    let mut text = String::from(if signs.contains(&-1) { "-P" } else { "P" });
    let mut unit = |amount: u64, letter: char| {
        if amount > 0 {
            text.push_str(&format!("{amount}{letter}"));
        }
    };
    unit(months / 12, 'Y');
    unit(months % 12, 'M');
    unit(days, 'D');
    let seconds = microseconds / 1_000_000;
    let rest = fraction(u32::try_from(microseconds % 1_000_000).unwrap_or(0));
    if microseconds > 0 || text.ends_with('P') {
        text.push('T');
        text.push_str(&format!("{}H{}M{}{rest}S", seconds / 3600, seconds / 60 % 60, seconds % 60));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place { query: "q", column: "c", row: 1 };

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn a_numeric_keeps_every_digit() {
        assert_eq!(numeric(&words(&[2, 0, 0, 2, 1234, 5600])).unwrap(), "1234.56");
        assert_eq!(numeric(&words(&[2, 1, 0x4000, 0, 12, 34])).unwrap(), "-120034");
        assert_eq!(numeric(&words(&[1, 0xFFFF, 0, 4, 7])).unwrap(), "0.0007");
        assert_eq!(numeric(&words(&[1, 0xFFFE, 0, 8, 7])).unwrap(), "0.00000007");
        assert_eq!(numeric(&words(&[0, 0, 0, 3])).unwrap(), "0.000");
        assert_eq!(numeric(&words(&[1, 2, 0, 0, 5])).unwrap(), "500000000");
        assert_eq!(numeric(&words(&[0, 0, 0xC000, 0])).unwrap(), "NaN");
    }

    #[test]
    fn dates_and_times_are_those_of_the_calendar() {
        assert_eq!(date(0, PLACE).unwrap(), "2000-01-01");
        assert_eq!(date(-1, PLACE).unwrap(), "1999-12-31");
        assert_eq!(date(59, PLACE).unwrap(), "2000-02-29");
        assert_eq!(date(-8624, PLACE).unwrap(), "1976-05-22");
        assert_eq!(date(2_921_939, PLACE).unwrap(), "9999-12-31");
        assert_eq!(date(-730_119, PLACE).unwrap(), "0001-01-01");
        assert_eq!(date(-730_120, PLACE).unwrap_err().code, "sql-value");
        assert_eq!(date(i64::from(i32::MAX), PLACE).unwrap_err().code, "sql-value");
        assert_eq!(time(86_399_999_999), "23:59:59.999999");
        assert_eq!((zone(7200), zone(-12_600), zone(0)), ("+02:00".into(), "-03:30".into(), "Z".into()));
    }

    #[test]
    fn money_and_intervals_are_exact() {
        assert_eq!((money(-123_405, 2), money(7, 2), money(7, 0)), ("-1234.05".into(), "0.07".into(), "7".into()));
        let raw = |microseconds: i64, days: i32, months: i32| {
            [&microseconds.to_be_bytes()[..], &days.to_be_bytes(), &months.to_be_bytes()].concat()
        };
        assert_eq!(interval(&raw(3_723_500_000, 3, 14), PLACE).unwrap(), "P1Y2M3DT1H2M3.5S");
        assert_eq!(interval(&raw(0, 0, 0), PLACE).unwrap(), "PT0H0M0S");
        assert_eq!(interval(&raw(0, -3, 0), PLACE).unwrap(), "-P3D");
        assert_eq!(interval(&raw(1, -3, 0), PLACE).unwrap_err().code, "sql-value");
    }
}
