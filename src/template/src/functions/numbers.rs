//! Numbers and truth values: text in, text out, so that no digit is lost on the way.

use minijinja::value::Value;

use super::{Arguments, Definition, Kind, Run};
use crate::fault::Fault;

pub(super) const ALL: &[Definition] = &[
    Definition {
        kind: Kind::Filter,
        name: "decimal",
        arguments: "",
        example: "'1 234,50'|decimal",
        gives: "1234.50",
        about: [
            "xs:decimal with every digit kept: a comma or a point before the fraction, blanks between thousands, exponents",
            "xs:decimal с всички цифри: запетая или точка пред дробната част, интервали между хилядите, експоненти",
        ],
        run: Run::Text(|text| Number::read(text).map(|number| Value::from(number.text()))),
    },
    Definition {
        kind: Kind::Filter,
        name: "scale",
        arguments: "digits",
        example: "'12.5'|scale(2)",
        gives: "12.50",
        about: [
            "a decimal with exactly this many digits after the point; an error if that would drop a digit other than zero",
            "десетично число с точно толкова цифри след точката; грешка, ако това би изтрило цифра, различна от нула",
        ],
        run: Run::With(scale),
    },
    Definition {
        kind: Kind::Filter,
        name: "strip",
        arguments: "",
        example: "'012.500'|strip",
        gives: "12.5",
        about: [
            "a decimal without zeros at the end of its fraction",
            "десетично число без нулите в края на дробната част",
        ],
        run: Run::Text(|text| {
            let mut number = Number::read(text)?;
            number.fraction.truncate(number.fraction.trim_end_matches('0').len());
            Ok(Value::from(number.text()))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "comma",
        arguments: "",
        example: "'12.50'|comma",
        gives: "12,50",
        about: ["a decimal with a comma before its fraction", "десетично число със запетая пред дробната част"],
        run: Run::Text(|text| Ok(Value::from(Number::read(text)?.text().replace('.', ",")))),
    },
    Definition {
        kind: Kind::Filter,
        name: "integer",
        arguments: "",
        example: "'0042.0'|integer",
        gives: "42",
        about: [
            "a whole number; an error if there is a fraction other than zero",
            "цяло число; грешка, ако има дробна част, различна от нула",
        ],
        run: Run::Text(|text| {
            let mut number = Number::read(text)?;
            if number.fraction.bytes().any(|digit| digit != b'0') {
                return Err(Fault::new("value-integer"));
            }
            number.fraction.clear();
            Ok(Value::from(number.text()))
        }),
    },
    Definition {
        kind: Kind::Filter,
        name: "boolean",
        arguments: "",
        example: "'Да'|boolean",
        gives: "true",
        about: [
            "xs:boolean from `1`, `true`, `t`, `yes`, `y`, `да`, `д`, `истина` and `0`, `false`, `f`, `no`, `n`, `не`, `н`, `неистина`, in any case",
            "xs:boolean от `1`, `true`, `t`, `yes`, `y`, `да`, `д`, `истина` и `0`, `false`, `f`, `no`, `n`, `не`, `н`, `неистина`, с малки или главни букви",
        ],
        run: Run::Text(|text| truth(text).map(|truth| Value::from(if truth { "true" } else { "false" }))),
    },
    Definition {
        kind: Kind::Filter,
        name: "yes_no",
        arguments: "yes, no",
        example: "'false'|yes_no('Да', 'Не')",
        gives: "Не",
        about: [
            "the first text for true, the second for false; without texts `Да` and `Не`",
            "първият текст за истина, вторият за неистина; без текстове `Да` и `Не`",
        ],
        run: Run::With(|text, arguments| {
            Ok(Value::from(if truth(text)? { arguments.text_or(0, "Да")? } else { arguments.text_or(1, "Не")? }))
        }),
    },
];

/// A decimal number by its digits.
struct Number {
    negative: bool,
    /// Without zeros at the beginning; may be empty.
    whole: String,
    fraction: String,
}

impl Number {
    fn read(text: &str) -> Result<Number, Fault> {
        Number::parse(text).ok_or_else(|| Fault::new("value-number"))
    }

    fn parse(text: &str) -> Option<Number> {
        let blank = |c: char| c.is_whitespace() || c == '\'';
        let plain: String = text.trim().chars().filter(|c| !blank(*c)).collect();
        let (negative, digits) = match plain.strip_prefix(['-', '\u{2212}']) {
            Some(digits) => (true, digits),
            None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
        };
        let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok().filter(|e| e.abs() <= 400)?),
            None => (digits, 0),
        };
        // Whichever sign comes last separates the fraction, if it comes once; the other one separates thousands.
        let (whole, fraction) = match mantissa.rfind(['.', ',']) {
            None => (mantissa.to_owned(), String::new()),
            Some(at) => {
                let (separator, other) = if mantissa[at..].starts_with('.') { ('.', ',') } else { (',', '.') };
                if mantissa.matches(separator).count() > 1 {
                    return None;
                }
                (grouped(&mantissa[..at], other)?, mantissa[at + 1..].to_owned())
            }
        };
        let all_digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
        if whole.is_empty() && fraction.is_empty() || !all_digits(&whole) || !all_digits(&fraction) {
            return None;
        }
        let mut number = Number { negative, whole, fraction };
        number.shift(exponent);
        number.whole = number.whole.trim_start_matches('0').to_owned();
        Some(number)
    }

    fn shift(&mut self, exponent: i32) {
        for _ in 0..exponent.max(0) {
            let next = if self.fraction.is_empty() { '0' } else { self.fraction.remove(0) };
            self.whole.push(next);
        }
        for _ in 0..(-exponent).max(0) {
            let last = self.whole.pop().unwrap_or('0');
            self.fraction.insert(0, last);
        }
    }

    fn text(&self) -> String {
        let zero = self.whole.is_empty() && self.fraction.bytes().all(|digit| digit == b'0');
        let sign = if self.negative && !zero { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &self.whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{}", self.fraction)
    }
}

/// Digits with a separator between groups of three, without it.
fn grouped(whole: &str, separator: char) -> Option<String> {
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let sound = rest.is_empty() || (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    sound.then(|| first.to_owned() + &rest.concat())
}

fn scale(text: &str, arguments: &Arguments<'_>) -> Result<Value, Fault> {
    let digits = arguments.number(0)?.filter(|digits| *digits <= 100).ok_or_else(|| arguments.wrong())?;
    let mut number = Number::read(text)?;
    while number.fraction.len() > digits {
        if number.fraction.pop() != Some('0') {
            return Err(Fault::new("value-scale").with("digits", digits.to_string()));
        }
    }
    while number.fraction.len() < digits {
        number.fraction.push('0');
    }
    Ok(Value::from(number.text()))
}

fn truth(text: &str) -> Result<bool, Fault> {
    match text.trim().to_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "да" | "д" | "истина" => Ok(true),
        "0" | "false" | "f" | "no" | "n" | "не" | "н" | "неистина" => Ok(false),
        _ => Err(Fault::new("value-boolean")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Option<String> {
        Number::parse(text).map(|number| number.text())
    }

    #[test]
    fn no_digit_of_a_decimal_is_lost() {
        for (text, expected) in [
            (
                "12345678901234567890123456789.987654321098765432109876543210",
                "12345678901234567890123456789.987654321098765432109876543210",
            ),
            ("-0,10", "-0.10"),
            ("-0.00", "0.00"),
            ("+007", "7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1.234.567,89", ""),
            ("1,234.50", "1234.50"),
            ("1.234,50", "1234.50"),
            ("1\u{a0}234\u{202f}567,8", "1234567.8"),
            ("1.5E3", "1500"),
            ("15e-4", "0.0015"),
            ("\u{2212}3", "-3"),
            ("0", "0"),
        ] {
            let expected = if text == "1.234.567,89" { "1234567.89" } else { expected };
            assert_eq!(decimal(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1,2,3", "1.2.3", "12a", "0x10", "1e999999", "NaN", "INF", "1,23,4.5", "--1"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn a_scale_never_rounds() {
        let scaled = |text: &str| {
            scale(text, &Arguments { function: "scale", values: &[Value::from(2)] }).ok().map(|value| value.to_string())
        };
        assert_eq!(scaled("1.500").as_deref(), Some("1.50"));
        assert_eq!(scaled("1.505"), None);
        assert_eq!(scaled("7").as_deref(), Some("7.00"));
    }

    #[test]
    fn truth_has_many_spellings_and_no_guesses() {
        for text in ["1", "TRUE", " да ", "Истина", "Y", "Д"] {
            assert!(truth(text).unwrap(), "{text}");
        }
        for text in ["0", "False", "НЕ", "неистина", "n", "н"] {
            assert!(!truth(text).unwrap(), "{text}");
        }
        for text in ["", "2", "maybe", "-1"] {
            assert!(truth(text).is_err(), "{text}");
        }
    }
}
