//! `xs:duration` (Part 2 §3.2.6) and its partial order.

use std::cmp::Ordering;

use super::moment::{Fraction, days_before};
use super::parse::{Cursor, Flaw};

/// A duration: months and seconds, which have no common measure (Part 2 §3.2.6).
///
/// Fractions of a second are kept to 18 digits, each component to 18 digits.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct Duration {
    months: i128,
    seconds: i128,
    /// Always added, also to a negative duration.
    attoseconds: u64,
}

const ATTOSECONDS: u64 = 1_000_000_000_000_000_000;

/// Part 2 §3.2.6.2: a duration is compared by adding it to these four months.
const REFERENCES: [(i128, i128); 4] = [(1696, 9), (1697, 2), (1903, 3), (1903, 7)];

impl Duration {
    /// The partial order: `None` for such as one month and thirty days.
    pub(super) fn compare(&self, other: &Duration) -> Option<Ordering> {
        let mut verdict = None;
        for (year, month) in REFERENCES {
            let order = self.from(year, month).cmp(&other.from(year, month));
            match verdict {
                None => verdict = Some(order),
                Some(before) if before == order => {}
                Some(_) => return None,
            }
        }
        verdict
    }

    fn from(&self, year: i128, month: i128) -> (i128, u64) {
        let months = year * 12 + month - 1 + self.months;
        // The remainder is 0 to 11.
        let month = u32::try_from(months.rem_euclid(12)).unwrap_or(0) + 1;
        (days_before(months.div_euclid(12), month) * 86_400 + self.seconds, self.attoseconds)
    }

    pub(super) fn parse(literal: &str) -> Result<Duration, Flaw> {
        let mut at = Cursor::new(literal);
        let negative = at.skip(b'-');
        at.expect(b'P')?;
        let (mut months, mut seconds, mut fraction) = (0, 0, Fraction::ZERO);
        let mut next = 0;
        while !at.is_at_end() && !at.sees(b'T') {
            let amount = at.number()?;
            let designator = at.designator(b"YMD", &mut next)?;
            match designator {
                b'Y' => months += amount * 12,
                b'M' => months += amount,
                _ => seconds += amount * 86_400,
            }
        }
        let dates = next > 0;
        if at.skip(b'T') {
            let mut next = 0;
            while !at.is_at_end() {
                let amount = at.number()?;
                if at.skip(b'.') {
                    fraction = at.fraction()?;
                    at.expect(b'S')?;
                    (seconds, next) = (seconds + amount, 3);
                    break;
                }
                match at.designator(b"HMS", &mut next)? {
                    b'H' => seconds += amount * 3600,
                    b'M' => seconds += amount * 60,
                    _ => seconds += amount,
                }
            }
            if next == 0 {
                return Err(Flaw::Lexical);
            }
        } else if !dates {
            return Err(Flaw::Lexical);
        }
        at.end()?;
        let attoseconds = fraction.attoseconds;
        Ok(match (negative, attoseconds) {
            (false, _) => Duration { months, seconds, attoseconds },
            (true, 0) => Duration { months: -months, seconds: -seconds, attoseconds },
            (true, _) => Duration { months: -months, seconds: -seconds - 1, attoseconds: ATTOSECONDS - attoseconds },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(a: &str, b: &str) -> Option<Ordering> {
        Duration::parse(a).unwrap().compare(&Duration::parse(b).unwrap())
    }

    #[test]
    fn the_order_is_that_of_the_table_in_3_2_6_2() {
        use Ordering::{Greater, Less};
        assert_eq!(compare("P1Y", "P364D"), Some(Greater));
        for days in ["P365D", "P366D"] {
            assert_eq!(compare("P1Y", days), None);
        }
        assert_eq!(compare("P1Y", "P367D"), Some(Less));
        assert_eq!(compare("P1M", "P27D"), Some(Greater));
        for days in ["P28D", "P29D", "P30D", "P31D"] {
            assert_eq!(compare("P1M", days), None);
        }
        assert_eq!(compare("P1M", "P32D"), Some(Less));
        assert_eq!(compare("P5M", "P149D"), Some(Greater));
        for days in ["P150D", "P151D", "P152D", "P153D"] {
            assert_eq!(compare("P5M", days), None);
        }
        assert_eq!(compare("P5M", "P154D"), Some(Less));
    }

    #[test]
    fn one_length_of_time_written_twice_is_one_value() {
        for (a, b) in [("P1Y", "P12M"), ("P1D", "PT24H"), ("PT60S", "PT1M"), ("PT0S", "-P0D"), ("PT1.50S", "PT1.5S")] {
            assert_eq!(Duration::parse(a).unwrap(), Duration::parse(b).unwrap(), "{a} {b}");
        }
        assert_eq!(compare("-PT1.5S", "-PT1.4S"), Some(Ordering::Less));
        assert_eq!(compare("-PT0.5S", "PT0.1S"), Some(Ordering::Less));
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for good in ["P1347Y", "P1347M", "P1Y2MT2H", "P0Y1347M", "P0Y1347M0D", "-P1347M", "PT1.5S"] {
            assert!(Duration::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "P-1347M", "P1Y2MT", "P", "PT", "", "-", "1Y", "P1S", "PT1D", "P1M1Y", "P1Y1Y", "PT1.S", "PT.5S", "PT1.5M",
            "P1", "+P1Y", "P1YT1H1H", "p1y", "PT1.5S1S",
        ] {
            assert!(Duration::parse(bad).is_err(), "{bad}");
        }
        assert!(matches!(Duration::parse("P1234567890123456789Y"), Err(Flaw::Limit)));
    }
}
