//! Dates, times and durations: the text with its zone, and its parts.

use std::cmp::Ordering;

use super::{Value, ValueError, kept};

kept! {
    /// `xs:dateTime`, with its zone if it has one.
    DateTime, "dateTime", DateTime;
    /// `xs:time`, with its zone if it has one.
    Time, "time", Time;
    /// `xs:date`, with its zone if it has one.
    Date, "date", Date;
    /// `xs:gYearMonth`, with its zone if it has one.
    GYearMonth, "gYearMonth", GYearMonth;
    /// `xs:gYear`, with its zone if it has one.
    GYear, "gYear", GYear;
    /// `xs:gMonthDay`, with its zone if it has one.
    GMonthDay, "gMonthDay", GMonthDay;
    /// `xs:gDay`, with its zone if it has one.
    GDay, "gDay", GDay;
    /// `xs:gMonth`, with its zone if it has one.
    GMonth, "gMonth", GMonth;
    /// `xs:duration`.
    Duration, "duration", Duration;
}

macro_rules! parts {
    ($($name:ident $form:ident: $($part:ident)*;)*) => {
        $(impl $name {
            $(parts!(@$part $form);)*

            /// The zone in minutes east of Greenwich; `None` if the text names none.
            pub fn zone_minutes(&self) -> Option<i16> {
                parse(Form::$form, self.as_str()).and_then(|moment| moment.zone)
            }
        })*
    };
    (@year $form:ident) => {
        /// The year; negative before our era.
        pub fn year(&self) -> i64 {
            parse(Form::$form, self.as_str()).map_or(0, |moment| moment.year)
        }
    };
    (@month $form:ident) => {
        /// The month, 1 to 12.
        pub fn month(&self) -> u8 {
            parse(Form::$form, self.as_str()).map_or(0, |moment| moment.month)
        }
    };
    (@day $form:ident) => {
        /// The day of the month, 1 to 31.
        pub fn day(&self) -> u8 {
            parse(Form::$form, self.as_str()).map_or(0, |moment| moment.day)
        }
    };
    (@clock $form:ident) => {
        /// Hour (24 only for the midnight at the end), minute and whole second.
        pub fn clock(&self) -> (u8, u8, u8) {
            parse(Form::$form, self.as_str()).map_or((0, 0, 0), |moment| moment.clock)
        }
    };
}

parts! {
    DateTime DateTime: year month day clock;
    Time Time: clock;
    Date Date: year month day;
    GYearMonth YearMonth: year month;
    GYear Year: year;
    GMonthDay MonthDay: month day;
    GDay Day: day;
    GMonth Month: month;
}

impl Date {
    /// The date without a zone; refused if there is no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Result<Date, ValueError> {
        let sign = if year < 0 { "-" } else { "" };
        Date::parse(&format!("{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    DateTime,
    Time,
    Date,
    YearMonth,
    Year,
    MonthDay,
    Day,
    Month,
}

/// The parts of a moment; those that the form does not have are those of 1972-12-31 (Part 2 §3.2.10), a leap year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Moment {
    year: i64,
    month: u8,
    day: u8,
    clock: (u8, u8, u8),
    /// Of a second, in units of 1e-18; further digits do not take part in comparing.
    fraction: u64,
    zone: Option<i16>,
}

/// Reads a moment (Part 2 §3.2.7 to §3.2.14); `None` if the text has another form or means no moment.
pub(crate) fn parse(form: Form, text: &str) -> Option<Moment> {
    let mut rest = text;
    let day = if form == Form::Time { 31 } else { 1 };
    let mut moment = Moment { year: 1972, month: 12, day, clock: (0, 0, 0), fraction: 0, zone: None };
    let has_year = matches!(form, Form::DateTime | Form::Date | Form::YearMonth | Form::Year);
    let has_month = matches!(form, Form::DateTime | Form::Date | Form::YearMonth | Form::MonthDay | Form::Month);
    let has_day = matches!(form, Form::DateTime | Form::Date | Form::MonthDay | Form::Day);
    if has_year {
        (moment.year, rest) = year(rest)?;
    } else if form != Form::Time {
        rest = rest.strip_prefix('-')?;
    }
    if has_month {
        (moment.month, rest) = two(rest.strip_prefix('-')?)?;
    } else if form == Form::Day {
        rest = rest.strip_prefix('-')?;
    }
    if has_day {
        (moment.day, rest) = two(rest.strip_prefix('-')?)?;
    }
    if form == Form::DateTime {
        rest = rest.strip_prefix('T')?;
    }
    if matches!(form, Form::DateTime | Form::Time) {
        rest = time(rest, &mut moment)?;
    }
    moment.zone = zone(rest)?;
    let valid = (1..=12).contains(&moment.month) && (1..=days_in(&moment, has_year)).contains(&moment.day);
    valid.then_some(moment)
}

fn year(text: &str) -> Option<(i64, &str)> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text),
    };
    let end = unsigned.bytes().position(|octet| !octet.is_ascii_digit()).unwrap_or(unsigned.len());
    let (digits, rest) = unsigned.split_at(end);
    // Eighteen digits fit; who writes more means no year.
    if !(4..=18).contains(&end) || (end > 4 && digits.starts_with('0')) {
        return None;
    }
    let year: i64 = digits.parse().ok()?;
    (year != 0).then_some((if negative { -year } else { year }, rest))
}

fn two(text: &str) -> Option<(u8, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    digits.bytes().all(|octet| octet.is_ascii_digit()).then_some(())?;
    Some((digits.parse().ok()?, rest))
}

fn time<'t>(text: &'t str, moment: &mut Moment) -> Option<&'t str> {
    let (hour, rest) = two(text)?;
    let (minute, rest) = two(rest.strip_prefix(':')?)?;
    let (second, mut rest) = two(rest.strip_prefix(':')?)?;
    if let Some(after) = rest.strip_prefix('.') {
        let end = after.bytes().position(|octet| !octet.is_ascii_digit()).unwrap_or(after.len());
        let (digits, behind) = after.split_at(end);
        if digits.is_empty() {
            return None;
        }
        moment.fraction = format!("{digits:0<18.18}").parse().ok()?;
        if hour == 24 && digits.bytes().any(|octet| octet != b'0') {
            return None;
        }
        rest = behind;
    }
    moment.clock = (hour, minute, second);
    (hour < 24 && minute < 60 && second < 60 || moment.clock == (24, 0, 0)).then_some(rest)
}

/// The zone at the end of the text; `Some(None)` if there is nothing.
fn zone(text: &str) -> Option<Option<i16>> {
    let sign = match text.as_bytes().first() {
        None => return Some(None),
        Some(b'Z') if text.len() == 1 => return Some(Some(0)),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let (hours, rest) = two(text.get(1..)?)?;
    let (minutes, rest) = two(rest.strip_prefix(':')?)?;
    let valid = rest.is_empty() && (hours < 14 && minutes < 60 || (hours, minutes) == (14, 0));
    valid.then(|| Some(sign * (i16::from(hours) * 60 + i16::from(minutes))))
}

fn days_in(moment: &Moment, has_year: bool) -> u8 {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match moment.month {
        4 | 6 | 9 | 11 => 30,
        2 if !has_year || leap(moment.year) => 29,
        2 => 28,
        _ => 31,
    }
}

impl Moment {
    /// Seconds from a day of year 0, in the zone that is given, and the part of a second.
    fn seconds(&self, zone: i16) -> (i128, u64) {
        let (year, month) = match self.month {
            0..=2 => (i128::from(self.year) - 1, i128::from(self.month) + 9),
            month => (i128::from(self.year), i128::from(month) - 3),
        };
        let days = 365 * year + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (153 * month + 2) / 5
            + i128::from(self.day);
        let (hour, minute, second) = self.clock;
        let clock = i128::from(hour) * 3600 + i128::from(minute) * 60 + i128::from(second);
        (days * 86_400 + clock - i128::from(zone) * 60, self.fraction)
    }
}

/// Part 2 §3.2.7.4: a moment without a zone may be up to 14 hours off.
pub(crate) fn compare(one: &Moment, other: &Moment) -> Option<Ordering> {
    match (one.zone, other.zone) {
        (Some(a), Some(b)) => Some(one.seconds(a).cmp(&other.seconds(b))),
        (None, None) => Some(one.seconds(0).cmp(&other.seconds(0))),
        (Some(zone), None) => {
            let at = one.seconds(zone);
            let (early, late) = (other.seconds(840), other.seconds(-840));
            (at < early).then_some(Ordering::Less).or((at > late).then_some(Ordering::Greater))
        }
        (None, Some(_)) => compare(other, one).map(Ordering::reverse),
    }
}

/// Months, and seconds with their part in units of 1e-18; of a text such as `-P1Y2M3DT4H5M6.7S`.
pub(crate) fn duration(text: &str) -> Option<(i128, i128)> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (date, time) = match rest.strip_prefix('P')?.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (rest.get(1..)?, ""),
    };
    let (mut months, mut seconds, mut any) = (0i128, 0i128, false);
    let mut fields = |mut text: &str, marks: &[(char, i128, bool)]| -> Option<()> {
        for &(mark, factor, is_months) in marks {
            let Some((digits, rest)) = text.split_once(mark) else { continue };
            let (whole, fraction) = match digits.split_once('.') {
                Some((whole, fraction)) if mark == 'S' && !fraction.is_empty() => (whole, fraction),
                Some(_) => return None,
                None => (digits, ""),
            };
            let plain = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
            if whole.is_empty() || whole.len() > 15 || !plain(whole) || !plain(fraction) {
                return None;
            }
            let count: i128 = whole.parse().ok()?;
            if is_months {
                months += count * factor;
            } else {
                let part: i128 = if fraction.is_empty() { 0 } else { format!("{fraction:0<18.18}").parse().ok()? };
                seconds += (count * factor) * 1_000_000_000_000_000_000 + part;
            }
            any = true;
            text = rest;
        }
        text.is_empty().then_some(())
    };
    fields(date, &[('Y', 12, true), ('M', 1, true), ('D', 86_400, false)])?;
    fields(time, &[('H', 3_600, false), ('M', 60, false), ('S', 1, false)])?;
    any.then_some((sign * months, sign * seconds))
}

/// Part 2 §3.2.6.2: an order that holds from whatever day one counts.
pub(crate) fn compare_durations(one: &str, other: &str) -> Option<Ordering> {
    const DAY: i128 = 86_400 * 1_000_000_000_000_000_000;
    let (a, b) = (duration(one)?, duration(other)?);
    let (months, seconds) = (a.0 - b.0, a.1 - b.1);
    // The days that so many months can have at least and at most.
    let (least, most) = (months * 30_436_875 / 1_000_000 - 4, months * 30_436_875 / 1_000_000 + 4);
    match (months, seconds) {
        (0, seconds) => Some(seconds.cmp(&0)),
        _ if least * DAY + seconds > 0 => Some(Ordering::Greater),
        _ if most * DAY + seconds < 0 => Some(Ordering::Less),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, DateTime, Duration, Form, GDay, GMonth, GMonthDay, GYear, GYearMonth, Time, compare, parse};
    use crate::Value;
    use std::cmp::Ordering;

    #[test]
    fn moments_keep_their_text_and_their_zone() {
        for text in ["2026-11-22", "2026-11-22Z", "-0044-03-15+02:00", "12026-02-28-14:00"] {
            assert_eq!(Date::parse(text).unwrap().lexical(), text);
        }
        let date = Date::parse(" 2026-11-22+02:00 ").unwrap();
        assert_eq!((date.year(), date.month(), date.day(), date.zone_minutes()), (2026, 11, 22, Some(120)));
        let moment = DateTime::parse("2026-11-22T24:00:00.000").unwrap();
        assert_eq!((moment.clock(), moment.zone_minutes()), ((24, 0, 0), None));
        assert_eq!(Date::new(2026, 2, 3).unwrap().as_str(), "2026-02-03");
        assert!(Date::new(2026, 2, 29).is_err());
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in
            ["2026-02-29", "2026-13-01", "0000-01-01", "02026-01-01", "2026-1-1", "2026-11-22+15:00", "2026-11-22 ж"]
        {
            assert!(Date::parse(text).is_err(), "{text}");
        }
        for text in
            ["2026-11-22", "2026-11-22T25:00:00", "2026-11-22T24:00:01", "2026-11-22T08:30", "2026-11-22T08:30:00."]
        {
            assert!(DateTime::parse(text).is_err(), "{text}");
        }
        assert!(Time::parse("08:60:00").is_err() && Time::parse("08:30:00.5+02:00").is_ok());
    }

    #[test]
    fn parts_of_a_calendar_have_their_forms() {
        assert!(GYearMonth::parse("2026-11").is_ok() && GYearMonth::parse("2026-13").is_err());
        assert!(GYear::parse("2026Z").is_ok() && GYear::parse("226").is_err());
        assert!(GMonthDay::parse("--02-29").is_ok() && GMonthDay::parse("--02-30").is_err());
        assert!(GDay::parse("---31").is_ok() && GDay::parse("---32").is_err() && GDay::parse("---00").is_err());
        assert!(GMonth::parse("--11").is_ok() && GMonth::parse("--13").is_err() && GMonth::parse("-11").is_err());
    }

    #[test]
    fn durations_have_at_least_one_part() {
        for text in ["P1Y", "-P1Y2M3DT4H5M6.7S", "PT0S", "P3D"] {
            assert!(Duration::parse(text).is_ok(), "{text}");
        }
        for text in ["P", "PT", "P1YT", "1Y", "P1S", "PT1D", "P1M1Y", "P-1Y", "P1.5Y", "P٣D"] {
            assert!(Duration::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_zone_decides_the_order_where_it_can() {
        let order = |one, other| {
            let [one, other] = [one, other].map(|text| parse(Form::DateTime, text).unwrap());
            compare(&one, &other)
        };
        assert_eq!(order("2026-11-22T10:00:00+02:00", "2026-11-22T08:00:00Z"), Some(Ordering::Equal));
        assert_eq!(order("2026-11-22T10:00:00", "2026-11-22T08:00:00Z"), None);
        assert_eq!(order("2026-11-24T10:00:00", "2026-11-22T08:00:00Z"), Some(Ordering::Greater));
        assert_eq!(order("2026-03-01T00:00:00", "2026-02-28T24:00:00"), Some(Ordering::Equal));
    }
}
