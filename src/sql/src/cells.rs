//! Cells of all databases on their way into documents: nothing is rounded, and what has no form in XML is refused by
//! name, place and rule, never by value.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_template::Value;

use crate::fault::Fault;

/// Where a cell stands.
#[derive(Clone, Copy)]
pub(crate) struct Place<'p> {
    pub query: &'p str,
    pub column: &'p str,
    pub row: u64,
}

impl Place<'_> {
    /// A text of characters that XML 1.0 §2.2 allows.
    pub fn text(self, text: &str) -> Result<Value, Fault> {
        match text.chars().find(|character| !is_xml(*character)) {
            None => Ok(Value::from(text)),
            Some(character) => {
                let code = format!("U+{:04X}", u32::from(character));
                Err(self.fault("sql-character").with("character", code))
            }
        }
    }

    pub fn utf8(self, octets: &[u8]) -> Result<Value, Fault> {
        self.text(std::str::from_utf8(octets).map_err(|_| self.fault("sql-encoding"))?)
    }

    /// A value that has no form in a document, and the rule that says so.
    pub fn refuse(self, rule: [&str; 2]) -> Fault {
        self.fault("sql-value").with_both("rule", rule.map(str::to_owned))
    }

    pub fn damaged(self) -> Fault {
        self.refuse(["not in the form of its type", "не е във вида на своя тип"])
    }

    fn fault(self, code: &'static str) -> Fault {
        Fault::new(code).with("query", self.query).with("column", self.column).with("row", self.row.to_string())
    }
}

/// Octets as xs:base64Binary.
pub(crate) fn octets(octets: &[u8]) -> Value {
    Value::from(STANDARD.encode(octets))
}

/// A double in the shortest form that reads back as itself, as xs:double writes it.
pub(crate) fn double(number: f64) -> Value {
    Value::from(match number {
        number if number.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "INF".to_owned(),
        f64::NEG_INFINITY => "-INF".to_owned(),
        number if number != 0.0 && !(1e-7..1e16).contains(&number.abs()) => format!("{number:E}"),
        number => number.to_string(),
    })
}

/// The same for a single.
pub(crate) fn single(number: f32) -> Value {
    if number.is_finite() && (number == 0.0 || (1e-7..1e16).contains(&number.abs())) {
        return Value::from(number.to_string());
    }
    if number.is_finite() { Value::from(format!("{number:E}")) } else { double(f64::from(number)) }
}

/// Fractions of a second without zeros at the end, with their point; nothing if there are none.
pub(crate) fn fraction(microseconds: u32) -> String {
    if microseconds == 0 { String::new() } else { format!(".{microseconds:06}").trim_end_matches('0').to_owned() }
}

/// About how much memory a value takes.
pub(crate) fn weight(value: &Value) -> usize {
    48 + value.as_str().map_or(0, str::len)
}

fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place { query: "people", column: "name", row: 7 };

    #[test]
    fn a_refused_text_is_named_by_its_place_and_never_shown() {
        for (text, character) in [("Иван\0ов", "U+0000"), ("Иван\u{1b}ов", "U+001B"), ("Иван\u{fffe}ов", "U+FFFE")]
        {
            let fault = PLACE.text(text).unwrap_err();
            let told = fault.to_string();
            assert!(told.contains("query people, column name, row 7") && told.contains(character), "{told}");
            assert!(!format!("{fault:?}").contains("Иван"));
        }
        assert_eq!(PLACE.utf8(b"\xcf\xe5\xf2").unwrap_err().code, "sql-encoding");
        assert_eq!(PLACE.text("]]>\t\r\n<&\u{10ffff}").unwrap().as_str(), Some("]]>\t\r\n<&\u{10ffff}"));
    }

    #[test]
    fn a_double_reads_back_as_itself() {
        for (number, text) in [(0.1, "0.1"), (1.0, "1"), (-2.5e-9, "-2.5E-9"), (1e300, "1E300"), (0.0, "0")] {
            assert_eq!(double(number).as_str(), Some(text));
            assert_eq!(text.parse::<f64>().unwrap(), number);
        }
        assert_eq!(double(f64::NEG_INFINITY).as_str(), Some("-INF"));
        assert_eq!(single(0.1).as_str(), Some("0.1"));
    }

    #[test]
    fn fractions_lose_nothing_but_zeros() {
        assert_eq!((fraction(0).as_str(), fraction(100_000).as_str(), fraction(1).as_str()), ("", ".1", ".000001"));
    }
}
