//! Dates and parts of dates, between the forms of databases and people and those of XML Schema part 2 §3.2.

use std::fmt;

use minijinja::value::Value;

use super::{Definition, Kind, Run};
use crate::fault::Fault;

pub(super) const ALL: &[Definition] = &[
    Definition {
        kind: Kind::Filter,
        name: "date",
        arguments: "",
        example: "'23.05.1976 г.'|date",
        gives: "1976-05-23",
        about: [
            "xs:date from `dd.mm.yyyy`, `yyyy-mm-dd`, `yyyymmdd`, or a date with a time, whose time is left out; a zone stays",
            "xs:date от `дд.мм.гггг`, `гггг-мм-дд`, `ггггммдд` или дата с час, като часът отпада; часовата зона остава",
        ],
        run: Run::Text(|text| read(text).map(|moment| Value::from(format!("{}{}", moment.day, moment.zone)))),
    },
    Definition {
        kind: Kind::Filter,
        name: "date_bg",
        arguments: "",
        example: "'2020-01-02+02:00'|date_bg",
        gives: "02.01.2020+02:00",
        about: ["`dd.mm.yyyy` from the same forms; a zone stays", "`дд.мм.гггг` от същите форми; часовата зона остава"],
        run: Run::Text(|text| {
            let Moment { day, zone, .. } = read(text)?;
            Ok(Value::from(format!("{:02}.{:02}.{:04}{zone}", day.day, day.month, day.year)))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "date_time",
        arguments: "",
        example: "'2.1.2020 9:05'|date_time",
        gives: "2020-01-02T09:05:00",
        about: [
            "xs:dateTime from a date with or without a time; fractions of a second and a zone stay",
            "xs:dateTime от дата с или без час; дробните секунди и часовата зона остават",
        ],
        run: Run::Text(|text| {
            read(text).map(|moment| Value::from(format!("{}T{}{}", moment.day, moment.time, moment.zone)))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "without_zone",
        arguments: "",
        example: "'2020-01-02+02:00'|without_zone",
        gives: "2020-01-02",
        about: ["a date or time without its zone", "дата или час без часовата зона"],
        run: Run::Text(|text| {
            let text = text.trim();
            Ok(Value::from(&text[..text.len() - zone(text).len()]))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "year",
        arguments: "",
        example: "'23.05.1976'|year",
        gives: "1976",
        about: [
            "xs:gYear of a date, of a year, or of a year and a month",
            "xs:gYear от дата, от година или от година и месец",
        ],
        run: Run::Text(|text| match read(text) {
            Ok(moment) => Ok(Value::from(format!("{:04}", moment.day.year))),
            Err(fault) => {
                let year = text.trim().split('-').next().unwrap_or_default();
                number(year, 1..=9999)
                    .filter(|_| year.len() == 4)
                    .map(|year| Value::from(format!("{year:04}")))
                    .ok_or(fault)
            }
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "g_year_month",
        arguments: "",
        example: "'23.05.1976'|g_year_month",
        gives: "1976-05",
        about: ["xs:gYearMonth of a date or of `mm.yyyy`", "xs:gYearMonth от дата или от `мм.гггг`"],
        run: Run::Text(|text| match read(text) {
            Ok(moment) => Ok(Value::from(format!("{:04}-{:02}", moment.day.year, moment.day.month))),
            Err(fault) => {
                let parts: Vec<&str> = text.trim().split(['.', '-', '/']).collect();
                let (year, month) = match parts.as_slice() {
                    [month, year] if year.len() == 4 => (*year, *month),
                    [year, month] if year.len() == 4 => (*year, *month),
                    _ => return Err(fault),
                };
                match (number(year, 1..=9999), number(month, 1..=12)) {
                    (Some(year), Some(month)) => Ok(Value::from(format!("{year:04}-{month:02}"))),
                    _ => Err(fault),
                }
            }
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "g_month",
        arguments: "",
        example: "5|g_month",
        gives: "--05",
        about: ["xs:gMonth of a date or of a number of a month", "xs:gMonth от дата или от номер на месец"],
        run: Run::Text(|text| part(text, "--", 1..=12, |day| day.month)),
    },
    Definition {
        kind: Kind::Filter,
        name: "g_day",
        arguments: "",
        example: "'7'|g_day",
        gives: "---07",
        about: ["xs:gDay of a date or of a number of a day", "xs:gDay от дата или от номер на ден"],
        run: Run::Text(|text| part(text, "---", 1..=31, |day| day.day)),
    },
    Definition {
        kind: Kind::Filter,
        name: "g_number",
        arguments: "",
        example: "'---07'|g_number",
        gives: "7",
        about: [
            "the number of a day or a month out of xs:gDay or xs:gMonth",
            "номерът на ден или месец от xs:gDay или xs:gMonth",
        ],
        run: Run::Text(|text| {
            let digits = text.trim();
            let digits = digits[..digits.len() - zone(digits).len()].trim_start_matches('-');
            number(digits, 1..=31).map(Value::from).ok_or_else(wrong)
        }),
    },
];

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub year: u32,
    month: u32,
    day: u32,
}

impl Day {
    pub fn new(year: u32, month: u32, day: u32) -> Option<Day> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        ((1..=9999).contains(&year) && (1..=last).contains(&day)).then_some(Day { year, month, day })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

struct Moment<'t> {
    day: Day,
    time: String,
    zone: &'t str,
}

fn wrong() -> Fault {
    Fault::new("value-date")
}

fn read(text: &str) -> Result<Moment<'_>, Fault> {
    moment(text.trim()).ok_or_else(wrong)
}

fn moment(text: &str) -> Option<Moment<'_>> {
    let zone = zone(text);
    let rest = text[..text.len() - zone.len()].trim_end();
    let rest = rest.strip_suffix("г.").or_else(|| rest.strip_suffix('г')).unwrap_or(rest).trim_end();
    let (date, time) = match rest.find(['T', ' ']) {
        Some(at) => (&rest[..at], rest[at + 1..].trim()),
        None => (rest, ""),
    };
    let date = date.trim_end_matches('.');
    let time = time.strip_prefix("г.").unwrap_or(time).trim_start();
    Some(Moment { day: day(date)?, time: clock(time)?, zone })
}

fn day(date: &str) -> Option<Day> {
    if date.len() == 8 && date.bytes().all(|octet| octet.is_ascii_digit()) {
        return Day::new(date[..4].parse().ok()?, date[4..6].parse().ok()?, date[6..].parse().ok()?);
    }
    let parts: Vec<&str> = date.split(['.', '-', '/']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let plausible = year.len() == 4 && (1..=2).contains(&day.len()) && (1..=2).contains(&month.len());
    let value = |part: &str| number(part, 0..=9999);
    Day::new(value(year)?, value(month)?, value(day)?).filter(|_| plausible)
}

/// A time of day with seconds; midnight if there is none.
fn clock(time: &str) -> Option<String> {
    if time.is_empty() {
        return Some("00:00:00".to_owned());
    }
    let (whole, fraction) = time.split_once(['.', ',']).unwrap_or((time, ""));
    let parts: Vec<&str> = whole.split(':').collect();
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] if fraction.is_empty() => (hour, minute, &"0"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let (hour, minute, second) = (number(hour, 0..=23)?, number(minute, 0..=59)?, number(second, 0..=59)?);
    if !fraction.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    // A fraction of zeros is what databases add to a time that has none.
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{hour:02}:{minute:02}:{second:02}{point}{fraction}"))
}

/// The zone at the end of a date or time, or nothing.
fn zone(text: &str) -> &str {
    if text.ends_with('Z') {
        return &text[text.len() - 1..];
    }
    let Some(tail) = text.len().checked_sub(6).and_then(|at| text.get(at..)) else { return "" };
    let octets = tail.as_bytes();
    let shaped = matches!(octets[0], b'+' | b'-')
        && octets[3] == b':'
        && [1, 2, 4, 5].into_iter().all(|at| octets[at].is_ascii_digit());
    if shaped { tail } else { "" }
}

fn number(text: &str, allowed: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse().ok().filter(|number| digits && allowed.contains(number))
}

fn part(
    text: &str,
    dashes: &str,
    allowed: std::ops::RangeInclusive<u32>,
    of: impl Fn(Day) -> u32,
) -> Result<Value, Fault> {
    let text = text.trim();
    let plain = text.trim_start_matches('-');
    let value = match number(plain, allowed) {
        Some(number) if text.len() - plain.len() == 0 || text.len() - plain.len() == dashes.len() => number,
        _ => of(read(text)?.day),
    };
    Ok(Value::from(format!("{dashes}{value:02}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(name: &str, text: &str) -> Option<String> {
        let definition = ALL.iter().find(|definition| definition.name == name).unwrap();
        let Run::Text(run) = definition.run else { panic!() };
        run(text).ok().map(|value| value.to_string())
    }

    #[test]
    fn a_date_is_read_in_every_form_that_registers_use() {
        for text in [
            "2020-01-02",
            "02.01.2020",
            "2.1.2020",
            "02.01.2020 г.",
            "2.1.2020г.",
            "20200102",
            "02/01/2020",
            "02-01-2020",
            "2020-01-02T10:00:00",
            "2020-01-02 10:00:00.000",
            " 02.01.2020 10:00 ",
        ] {
            assert_eq!(given("date", text).as_deref(), Some("2020-01-02"), "{text}");
        }
        for text in
            ["2020-13-01", "30.02.2020", "29.02.2019", "20.1.20", "yesterday", "", "2020-01", "1.2.3.4", "0000-01-01"]
        {
            assert_eq!(given("date", text), None, "{text}");
        }
        assert_eq!(given("date", "29.02.2020").as_deref(), Some("2020-02-29"));
    }

    #[test]
    fn a_zone_is_never_lost_on_the_way() {
        assert_eq!(given("date", "2020-01-02Z").as_deref(), Some("2020-01-02Z"));
        assert_eq!(given("date", "2020-01-02T23:00:00+02:00").as_deref(), Some("2020-01-02+02:00"));
        assert_eq!(given("date_bg", "2020-01-02-05:00").as_deref(), Some("02.01.2020-05:00"));
        assert_eq!(given("date", "02.01.2020+02:00").as_deref(), Some("2020-01-02+02:00"));
        assert_eq!(given("date_time", "2020-01-02T23:00:01.50Z").as_deref(), Some("2020-01-02T23:00:01.5Z"));
        assert_eq!(given("without_zone", "2020-01-02-05:00").as_deref(), Some("2020-01-02"));
    }

    #[test]
    fn a_time_that_is_none_is_refused() {
        for text in
            ["2020-01-02T24:00:00", "2020-01-02T1:2:3:4", "2020-01-02 10", "2020-01-02 10:00:0x", "2020-01-02 +1:00"]
        {
            assert_eq!(given("date_time", text), None, "{text}");
        }
        assert_eq!(given("date_time", "02.01.2020 г. 09:05:07").as_deref(), Some("2020-01-02T09:05:07"));
    }

    #[test]
    fn parts_of_dates_come_from_dates_and_from_numbers() {
        for (name, text, expected) in [
            ("year", "1976", Some("1976")),
            ("year", "1976-05", Some("1976")),
            ("year", "76", None),
            ("g_year_month", "05.1976", Some("1976-05")),
            ("g_year_month", "1976-5", Some("1976-05")),
            ("g_year_month", "13.1976", None),
            ("g_month", "2020-03-04", Some("--03")),
            ("g_month", "--11", Some("--11")),
            ("g_month", "13", None),
            ("g_day", "04.03.2020", Some("---04")),
            ("g_day", "---31", Some("---31")),
            ("g_day", "--31", None),
            ("g_day", "32", None),
            ("g_number", "--11", Some("11")),
            ("g_number", "---07+02:00", Some("7")),
            ("g_number", "x", None),
        ] {
            assert_eq!(given(name, text).as_deref(), expected, "{name} {text}");
        }
    }
}
