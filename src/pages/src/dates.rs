//! Dates as people in Bulgaria read them, and as feeds and HTTP want them.

use kapia_language::Language;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, Time, UtcOffset, Weekday};

const MONTHS: [[&str; 2]; 12] = [
    ["January", "януари"],
    ["February", "февруари"],
    ["March", "март"],
    ["April", "април"],
    ["May", "май"],
    ["June", "юни"],
    ["July", "юли"],
    ["August", "август"],
    ["September", "септември"],
    ["October", "октомври"],
    ["November", "ноември"],
    ["December", "декември"],
];

/// `22 ноември 2026 г.` or `22 November 2026`, of the day that it is in Bulgaria; day and month stay on one line, and year and г.
pub(crate) fn day(moment: OffsetDateTime, language: Language) -> String {
    day_of(in_bulgaria(moment).date(), language)
}

/// The same of a day.
pub(crate) fn day_of(date: Date, language: Language) -> String {
    let month = language.of(MONTHS.get(usize::from(u8::from(date.month())) - 1).copied().unwrap_or(["", ""]));
    let year = language.pick("", "\u{a0}г.");
    format!("{}\u{a0}{month} {}{year}", date.day(), date.year())
}

/// The same with the time of day, without seconds.
pub(crate) fn day_and_time(moment: OffsetDateTime, language: Language) -> String {
    let local = in_bulgaria(moment);
    let time = language.pick(", ", ", ");
    format!("{}{time}{}:{:02}{}", day(moment, language), local.hour(), local.minute(), language.pick("", "\u{a0}ч."))
}

/// `2026-11-22`, of the day that it is in Bulgaria: for `datetime` attributes.
pub(crate) fn iso_day(moment: OffsetDateTime) -> String {
    let date = in_bulgaria(moment).date();
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// RFC 3339 in UTC, whole seconds: for Atom (RFC 4287 §3.3).
pub(crate) fn rfc3339(moment: OffsetDateTime) -> String {
    let whole = moment.to_offset(UtcOffset::UTC).replace_nanosecond(0).unwrap_or(moment);
    whole.format(&Rfc3339).unwrap_or_default()
}

/// IMF-fixdate (RFC 9110 §5.6.7): for `Last-Modified`.
pub(crate) fn http_date(moment: OffsetDateTime) -> String {
    let form =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    moment.to_offset(UtcOffset::UTC).format(&form).unwrap_or_default()
}

/// The moment with the offset that clocks in Bulgaria have at it: two hours, three in summer (directive 2000/84/EC).
pub(crate) fn in_bulgaria(moment: OffsetDateTime) -> OffsetDateTime {
    let utc = moment.to_offset(UtcOffset::UTC);
    let year = utc.year();
    let summer = match (last_sunday(year, Month::March), last_sunday(year, Month::October)) {
        (Some(begin), Some(end)) => begin <= utc && utc < end,
        _ => false,
    };
    UtcOffset::from_hms(if summer { 3 } else { 2 }, 0, 0).map_or(utc, |offset| utc.to_offset(offset))
}

/// One o'clock in UTC on the last Sunday of a month of 31 days.
fn last_sunday(year: i32, month: Month) -> Option<OffsetDateTime> {
    let mut date = Date::from_calendar_date(year, month, 31).ok()?;
    while date.weekday() != Weekday::Sunday {
        date = date.previous_day()?;
    }
    Some(date.with_time(Time::from_hms(1, 0, 0).ok()?).assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_day_is_the_day_in_bulgaria() {
        let late = datetime!(2026-03-28 23:30 UTC);
        assert_eq!(day(late, Language::Bulgarian), "29\u{a0}март 2026\u{a0}г.");
        assert_eq!(day(late, Language::English), "29\u{a0}March 2026");
        assert_eq!(iso_day(late), "2026-03-29");
        assert_eq!(
            day_and_time(datetime!(2026-07-01 06:05 UTC), Language::Bulgarian),
            "1\u{a0}юли 2026\u{a0}г., 9:05\u{a0}ч."
        );
    }

    #[test]
    fn clocks_change_on_the_last_sundays_of_march_and_october() {
        assert_eq!(in_bulgaria(datetime!(2026-03-29 00:59:59 UTC)).hour(), 2);
        assert_eq!(in_bulgaria(datetime!(2026-03-29 01:00 UTC)).hour(), 4);
        assert_eq!(in_bulgaria(datetime!(2026-10-25 00:59:59 UTC)).hour(), 3);
        assert_eq!(in_bulgaria(datetime!(2026-10-25 01:00 UTC)).hour(), 3);
        assert_eq!(in_bulgaria(datetime!(2026-10-25 02:00 UTC)).hour(), 4);
    }

    #[test]
    fn feeds_and_headers_have_their_own_forms() {
        let moment = datetime!(2026-11-02 07:03:09.123 +2);
        assert_eq!(rfc3339(moment), "2026-11-02T05:03:09Z");
        assert_eq!(http_date(moment), "Mon, 02 Nov 2026 05:03:09 GMT");
    }
}
