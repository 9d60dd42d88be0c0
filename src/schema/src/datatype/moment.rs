//! The eight date and time types of Part 2 §3.2.7–3.2.14 on one time line, with their partial order.

use std::cmp::Ordering;

use super::Builtin;
use super::parse::{Cursor, Flaw};

/// A value of `xs:dateTime`, `time`, `date`, `gYearMonth`, `gYear`, `gMonthDay`, `gDay` or `gMonth`: its first instant.
///
/// Equality is that of the value space: the same instant and both with, or both without, a time zone.
/// Fractions of a second are kept to 18 digits; further digits are checked for form and then dropped.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct Moment {
    kind: Builtin,
    zoned: bool,
    /// Seconds from 0001-01-01T00:00:00, in UTC where there is a zone.
    seconds: i128,
    attoseconds: u64,
}

/// The widest offset a value without a zone can have (Part 2 §3.2.7.4).
const WIDEST: i128 = 14 * 3600;

impl Moment {
    /// Which of the eight types the value belongs to.
    pub fn kind(&self) -> Builtin {
        self.kind
    }

    /// Whether the value has a time zone.
    pub fn zoned(&self) -> bool {
        self.zoned
    }

    /// The partial order of Part 2 §3.2.7.4: `None` where a zone is missing on one side and the gap is within ±14 hours.
    pub(super) fn compare(&self, other: &Moment) -> Option<Ordering> {
        if self.kind != other.kind {
            return None;
        }
        if self.zoned == other.zoned {
            return Some(self.key().cmp(&other.key()));
        }
        let (seconds, attoseconds) = other.key();
        let early = self.key().cmp(&(seconds - WIDEST, attoseconds));
        let late = self.key().cmp(&(seconds + WIDEST, attoseconds));
        match (early, late) {
            (Ordering::Less, Ordering::Less) => Some(Ordering::Less),
            (Ordering::Greater, Ordering::Greater) => Some(Ordering::Greater),
            _ => None,
        }
    }

    fn key(&self) -> (i128, u64) {
        (self.seconds, self.attoseconds)
    }

    pub(super) fn parse(kind: Builtin, literal: &str) -> Result<Moment, Flaw> {
        let mut at = Cursor::new(literal);
        // Parts that a type does not have come from a leap year and a month of 31 days, so that every day exists.
        let (mut year, mut month, mut day) = (1972, 12, 1);
        match kind {
            Builtin::DateTime | Builtin::Date => {
                year = at.year()?;
                at.expect(b'-')?;
                month = at.two(1, 12)?;
                at.expect(b'-')?;
                day = at.two(1, 31)?;
            }
            Builtin::GYearMonth => {
                year = at.year()?;
                at.expect(b'-')?;
                month = at.two(1, 12)?;
            }
            Builtin::GYear => {
                year = at.year()?;
                month = 1;
            }
            Builtin::GMonthDay => {
                at.expect(b'-')?;
                at.expect(b'-')?;
                month = at.two(1, 12)?;
                at.expect(b'-')?;
                day = at.two(1, 31)?;
            }
            Builtin::GMonth => {
                at.expect(b'-')?;
                at.expect(b'-')?;
                month = at.two(1, 12)?;
            }
            Builtin::GDay => {
                at.expect(b'-')?;
                at.expect(b'-')?;
                at.expect(b'-')?;
                day = at.two(1, 31)?;
            }
            _ => {}
        }
        if day > days_in_month(year, month) {
            return Err(Flaw::Lexical);
        }
        let mut seconds = first_second(year, month, day);
        let mut attoseconds = 0;
        if matches!(kind, Builtin::DateTime | Builtin::Time) {
            if kind == Builtin::DateTime {
                at.expect(b'T')?;
            }
            let clock = Clock::read(&mut at)?;
            attoseconds = clock.attoseconds;
            // 24:00:00 is the first instant of the next day; a time has no next day (Part 2 §3.2.8).
            seconds += if kind == Builtin::Time { clock.seconds % 86_400 } else { clock.seconds };
        }
        let zone = zone(&mut at)?;
        at.end()?;
        seconds -= zone.unwrap_or(0);
        Ok(Moment { kind, zoned: zone.is_some(), seconds, attoseconds })
    }
}

struct Clock {
    seconds: i128,
    attoseconds: u64,
}

impl Clock {
    fn read(at: &mut Cursor<'_>) -> Result<Clock, Flaw> {
        let hour = at.two(0, 24)?;
        at.expect(b':')?;
        let minute = at.two(0, 59)?;
        at.expect(b':')?;
        let second = at.two(0, 59)?;
        let attoseconds = if at.skip(b'.') { at.fraction()? } else { Fraction::ZERO };
        if hour == 24 && (minute, second, attoseconds.nonzero) != (0, 0, false) {
            return Err(Flaw::Lexical);
        }
        Ok(Clock {
            seconds: i128::from(hour) * 3600 + i128::from(minute) * 60 + i128::from(second),
            attoseconds: attoseconds.attoseconds,
        })
    }
}

/// The digits after the point of a number of seconds.
#[derive(Copy, Clone)]
pub(super) struct Fraction {
    pub(super) attoseconds: u64,
    pub(super) nonzero: bool,
}

impl Fraction {
    pub(super) const ZERO: Fraction = Fraction { attoseconds: 0, nonzero: false };
}

/// The offset from UTC in seconds, `None` where the literal has no zone.
fn zone(at: &mut Cursor<'_>) -> Result<Option<i128>, Flaw> {
    if at.skip(b'Z') {
        return Ok(Some(0));
    }
    let sign = if at.skip(b'+') {
        1
    } else if at.skip(b'-') {
        -1
    } else {
        return Ok(None);
    };
    let hours = at.two(0, 14)?;
    at.expect(b':')?;
    let minutes = at.two(0, if hours == 14 { 0 } else { 59 })?;
    Ok(Some(sign * (i128::from(hours) * 3600 + i128::from(minutes) * 60)))
}

/// Part 2 appendix E: the rule works on the year as written, also before our era.
fn days_in_month(year: i128, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 400 == 0 || (year % 100 != 0 && year % 4 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

fn first_second(year: i128, month: u32, day: u32) -> i128 {
    let days = days_before(year, month) + i128::from(day) - 1;
    // There is no year 0000: the year before 0001 is -0001.
    let days = if year < 0 { days + 366 } else { days };
    days * 86_400
}

/// Days from 0001-01-01 to the first of the month, on a calendar that has a year 0.
pub(super) fn days_before(year: i128, month: u32) -> i128 {
    const BEFORE: [i128; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let full = year - 1;
    let mut days = full * 365 + full.div_euclid(4) - full.div_euclid(100) + full.div_euclid(400);
    days += BEFORE.get(month as usize - 1).copied().unwrap_or(0);
    if month > 2 { days + i128::from(days_in_month(year, 2)) - 28 } else { days }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Builtin, literal: &str) -> Moment {
        Moment::parse(kind, literal).unwrap_or_else(|_| panic!("{literal}"))
    }

    fn compare(kind: Builtin, a: &str, b: &str) -> Option<Ordering> {
        read(kind, a).compare(&read(kind, b))
    }

    #[test]
    fn one_instant_in_two_zones_is_one_value() {
        assert_eq!(
            read(Builtin::DateTime, "2000-01-01T00:00:00Z"),
            read(Builtin::DateTime, "2000-01-01T02:00:00+02:00")
        );
        assert_eq!(read(Builtin::Date, "2002-10-10+13:00"), read(Builtin::Date, "2002-10-09-11:00"));
        assert_eq!(read(Builtin::DateTime, "1999-12-31T24:00:00"), read(Builtin::DateTime, "2000-01-01T00:00:00"));
        assert_eq!(read(Builtin::DateTime, "-0001-12-31T24:00:00"), read(Builtin::DateTime, "0001-01-01T00:00:00"));
        assert_eq!(read(Builtin::Time, "24:00:00"), read(Builtin::Time, "00:00:00.000"));
        assert_ne!(read(Builtin::DateTime, "2000-01-01T00:00:00Z"), read(Builtin::DateTime, "2000-01-01T00:00:00"));
        assert_ne!(read(Builtin::Date, "2000-01-01"), read(Builtin::DateTime, "2000-01-01T00:00:00"));
    }

    #[test]
    fn the_order_is_that_of_the_table_in_3_2_7_4() {
        use Ordering::{Greater, Less};
        let compare = |a, b| compare(Builtin::DateTime, a, b);
        assert_eq!(compare("2000-01-15T00:00:00", "2000-02-15T00:00:00"), Some(Less));
        assert_eq!(compare("2000-01-15T12:00:00", "2000-01-16T12:00:00Z"), Some(Less));
        assert_eq!(compare("2000-01-16T12:00:00Z", "2000-01-15T12:00:00"), Some(Greater));
        assert_eq!(compare("2000-01-01T12:00:00", "1999-12-31T23:00:00Z"), None);
        assert_eq!(compare("2000-01-16T12:00:00", "2000-01-16T12:00:00Z"), None);
        assert_eq!(compare("2000-01-16T00:00:00", "2000-01-16T12:00:00Z"), None);
    }

    #[test]
    fn years_may_be_long_or_negative_but_never_zero() {
        assert_eq!(compare(Builtin::GYear, "12004", "9999"), Some(Ordering::Greater));
        assert_eq!(compare(Builtin::GYear, "-0044", "0001"), Some(Ordering::Less));
        assert_eq!(compare(Builtin::GYear, "-0044", "-0043"), Some(Ordering::Less));
        for bad in ["0000", "-0000", "00000", "02004", "+2004", "204", "", "-204", "2004 ", "2004Z+01:00"] {
            assert!(Moment::parse(Builtin::GYear, bad).is_err(), "{bad}");
        }
        assert!(matches!(Moment::parse(Builtin::GYear, "1234567890123456789"), Err(Flaw::Limit)));
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for good in ["2000-02-29", "2004-02-29", "2001-12-31", "-0004-02-29"] {
            read(Builtin::Date, good);
        }
        for bad in [
            "1900-02-29",
            "2001-02-29",
            "2001-04-31",
            "2001-13-01",
            "2001-00-01",
            "2001-01-00",
            "2001-1-1",
            "2001-01-32",
        ] {
            assert!(Moment::parse(Builtin::Date, bad).is_err(), "{bad}");
        }
        read(Builtin::GMonthDay, "--02-29");
        assert!(Moment::parse(Builtin::GMonthDay, "--02-30").is_err());
        read(Builtin::GDay, "---31");
        assert!(Moment::parse(Builtin::GDay, "---32").is_err());
        read(Builtin::GMonth, "--12Z");
        assert!(Moment::parse(Builtin::GMonth, "--12--").is_err());
    }

    #[test]
    fn clocks_and_zones_keep_their_bounds() {
        for good in [
            "00:00:00",
            "23:59:59.999999999999999999999",
            "24:00:00.0",
            "12:00:00+14:00",
            "12:00:00-14:00",
            "12:00:00-00:30",
        ] {
            read(Builtin::Time, good);
        }
        for bad in [
            "24:00:01",
            "24:00:00.1",
            "25:00:00",
            "12:60:00",
            "12:00:60",
            "12:00:00.",
            "12:00",
            "12:00:00+14:01",
            "12:00:00+15:00",
            "12:00:00z",
            "1:00:00",
        ] {
            assert!(Moment::parse(Builtin::Time, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn fractions_of_a_second_take_part_in_the_order() {
        let compare = |a, b| compare(Builtin::Time, a, b);
        assert_eq!(compare("12:00:00.5", "12:00:00.50"), Some(Ordering::Equal));
        assert_eq!(compare("12:00:00.49", "12:00:00.5"), Some(Ordering::Less));
    }
}
