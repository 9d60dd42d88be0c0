//! Values as a Bulgarian reader writes them.

use kapia_schema::{Builtin, Field, Variety};
use kapia_xml::{Element, XSI_NAMESPACE};

use crate::printable::clean;
use crate::words;

const XSD_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema";

/// The value as it stands on paper. A text that is not of the type's form is shown as it is.
pub(crate) fn show(text: &str, kind: Option<Builtin>) -> String {
    let bare = text.trim_matches(['\t', '\n', '\r', ' ']);
    let shown = match kind {
        Some(Builtin::Boolean) => boolean(bare),
        Some(Builtin::Date) => date(bare),
        Some(Builtin::DateTime) => date_time(bare),
        Some(Builtin::Time) => time(bare),
        Some(Builtin::GYear) => zoned(bare, year).map(|(year, zone)| format!("{year} г.{zone}")),
        Some(Builtin::GYearMonth) => zoned(bare, year_month).map(|((y, m), zone)| format!("{m}.{y} г.{zone}")),
        Some(Builtin::Base64Binary) => Some(words::octets(base64_octets(bare))),
        Some(Builtin::HexBinary) => Some(words::octets(bare.len() / 2)),
        _ => None,
    };
    shown.unwrap_or_else(|| clean(bare).into_owned())
}

/// The primitive type of an element's value: its `xsi:type` if that is a type of XML Schema itself, else the declared one.
pub(crate) fn kind(element: Element<'_>, field: Option<&Field>) -> Option<Builtin> {
    let named = element.attribute(XSI_NAMESPACE, "type").and_then(|name| {
        let name = name.trim();
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        (element.resolve(prefix) == Some(XSD_NAMESPACE)).then(|| builtin(local)).flatten()
    });
    named.or_else(|| field.and_then(declared))
}

/// The primitive type of a field's value, `None` for lists, unions and complex content.
pub(crate) fn declared(field: &Field) -> Option<Builtin> {
    field.simple_type().filter(|simple| simple.variety() == Variety::Atomic).and_then(|simple| simple.primitive())
}

fn builtin(local: &str) -> Option<Builtin> {
    Some(match local {
        "boolean" => Builtin::Boolean,
        "date" => Builtin::Date,
        "dateTime" => Builtin::DateTime,
        "time" => Builtin::Time,
        "gYear" => Builtin::GYear,
        "gYearMonth" => Builtin::GYearMonth,
        "base64Binary" => Builtin::Base64Binary,
        "hexBinary" => Builtin::HexBinary,
        "string" => Builtin::String,
        _ => return None,
    })
}

fn boolean(text: &str) -> Option<String> {
    match text {
        "true" | "1" => Some(words::boolean(true).to_owned()),
        "false" | "0" => Some(words::boolean(false).to_owned()),
        _ => None,
    }
}

// The zone of a date says nothing to a reader: .NET writes that of the machine.
fn date(text: &str) -> Option<String> {
    zoned(text, day).map(|(day, _)| format!("{day} г."))
}

fn date_time(text: &str) -> Option<String> {
    let (date, clock) = text.split_once('T')?;
    let date = day(date)?;
    let (clock, zone) = zoned(clock, hours)?;
    Some(format!("{date} г., {clock} ч.{zone}"))
}

fn time(text: &str) -> Option<String> {
    zoned(text, hours).map(|(clock, zone)| format!("{clock} ч.{zone}"))
}

/// What `read` makes of the text without its time zone, and the zone as it is written behind a time.
fn zoned<'t, T>(text: &'t str, read: impl Fn(&'t str) -> Option<T>) -> Option<(T, String)> {
    if let Some(bare) = text.strip_suffix('Z') {
        return Some((read(bare)?, " UTC".to_owned()));
    }
    let at = text.len().checked_sub(6).filter(|at| text.is_char_boundary(*at));
    if let Some((bare, zone)) = at.map(|at| text.split_at(at))
        && zone.starts_with(['+', '-'])
        && zone.get(3..4) == Some(":")
        && digits(zone.get(1..3)?, 2)
        && digits(zone.get(4..)?, 2)
    {
        return Some((read(bare)?, format!(" (UTC{zone})")));
    }
    Some((read(text)?, String::new()))
}

fn day(text: &str) -> Option<String> {
    let (month, day) = text.rsplit_once('-')?;
    let (y, m) = year_month(month)?;
    digits(day, 2).then(|| format!("{day}.{m}.{y}"))
}

fn year_month(text: &str) -> Option<(&str, &str)> {
    let (y, m) = text.rsplit_once('-')?;
    (year(y).is_some() && digits(m, 2)).then_some((y, m))
}

fn year(text: &str) -> Option<&str> {
    (text.len() >= 4 && digits(text, text.len())).then_some(text)
}

fn hours(text: &str) -> Option<&str> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.split(':');
    let right = parts.by_ref().take(3).filter(|part| digits(part, 2)).count() == 3 && parts.next().is_none();
    (right && digits(fraction, fraction.len())).then_some(text)
}

fn digits(text: &str, count: usize) -> bool {
    count > 0 && text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

fn base64_octets(text: &str) -> usize {
    let letters = text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=').count();
    letters * 3 / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_their_bulgarian_form() {
        let cases = [
            (Builtin::Date, "1979-09-14", "14.09.1979 г."),
            (Builtin::Date, " 1979-09-14+02:00\n", "14.09.1979 г."),
            (Builtin::DateTime, "2026-01-02T03:04:05", "02.01.2026 г., 03:04:05 ч."),
            (Builtin::DateTime, "2026-01-02T03:04:05.5Z", "02.01.2026 г., 03:04:05.5 ч. UTC"),
            (Builtin::DateTime, "2026-01-02T03:04:05+03:00", "02.01.2026 г., 03:04:05 ч. (UTC+03:00)"),
            (Builtin::Time, "23:59:00", "23:59:00 ч."),
            (Builtin::GYear, "1999", "1999 г."),
            (Builtin::GYearMonth, "1999-05", "05.1999 г."),
            (Builtin::Boolean, "true", "да"),
            (Builtin::Boolean, "0", "не"),
            (Builtin::Base64Binary, "QUJD\nRA==", "двоични данни, 4 октета"),
            (Builtin::Base64Binary, "QQ==", "двоични данни, 1 октет"),
            (Builtin::HexBinary, "00ff", "двоични данни, 2 октета"),
            (Builtin::Decimal, "51129.19", "51129.19"),
            (Builtin::String, "1979-09-14", "1979-09-14"),
        ];
        for (kind, text, shown) in cases {
            assert_eq!(show(text, Some(kind)), shown, "{text}");
        }
    }

    #[test]
    fn what_is_not_of_the_form_stays_as_it_is() {
        let kinds =
            [Builtin::Date, Builtin::DateTime, Builtin::Time, Builtin::GYear, Builtin::GYearMonth, Builtin::Boolean];
        let odd = [
            "1979-9-14",
            "ж",
            "-",
            "--",
            "+02:00",
            "T",
            "2026-01-02T",
            "а+02:00",
            "-0044-03-15",
            "12:00",
            "::",
            "TRUE",
            "ж\u{301}жжжж",
            "Z",
            "1979-09-14ж",
        ];
        for kind in kinds {
            for text in odd {
                assert_eq!(show(text, Some(kind)), text, "{kind:?}");
            }
        }
    }
}
