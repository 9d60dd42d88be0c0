//! Working days.

use std::collections::BTreeSet;

use time::macros::format_description;
use time::{Date, Weekday};

/// The days of the year on which nobody works, besides Saturdays and Sundays.
pub struct Calendar {
    holidays: BTreeSet<Date>,
}

impl Calendar {
    /// Reads one `yyyy-mm-dd` per line; what follows the day says what it is, and `#` begins a comment. The error is the
    /// number of a line.
    pub fn read(text: &str) -> Result<Calendar, u32> {
        let mut holidays = BTreeSet::new();
        for (number, line) in (1_u32..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let day = line.split_whitespace().next().unwrap_or_default();
            holidays.insert(day_of(day).ok_or(number)?);
        }
        Ok(Calendar { holidays })
    }

    /// The day on which a term of so many working days ends, and the holidays in it that would have been working days;
    /// `None` beyond the calendar.
    pub fn deadline(&self, from: Date, days: u32) -> Option<(Date, Vec<Date>)> {
        let (mut day, mut left, mut skipped) = (from, days, Vec::new());
        while left > 0 {
            day = day.next_day()?;
            match (is_weekend(day), self.holidays.contains(&day)) {
                (true, _) => {}
                (false, true) => skipped.push(day),
                (false, false) => left -= 1,
            }
        }
        Some((day, skipped))
    }
}

/// A day as `xs:date` writes it, without a zone.
pub fn day_of(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn weekends_and_holidays_do_not_count() {
        let calendar = Calendar::read("# spring\n2026-05-01 Ден на труда\n2026-05-06 Гергьовден\n").unwrap();
        let (end, skipped) = calendar.deadline(date!(2026 - 04 - 29), 5).unwrap();
        assert_eq!((end, skipped), (date!(2026 - 05 - 08), vec![date!(2026 - 05 - 01), date!(2026 - 05 - 06)]));
        assert_eq!(calendar.deadline(date!(2026 - 05 - 02), 0), Some((date!(2026 - 05 - 02), vec![])));
        assert_eq!(Calendar::read("2026-05-01\nна 6 май").err(), Some(2));
    }
}
