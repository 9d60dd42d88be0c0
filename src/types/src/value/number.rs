//! Numbers and truth values: the value for computing, the text for writing.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::{Rule, Value, ValueError, kept};
use crate::facets::{Kind, WhiteSpace};

kept! {
    /// `xs:decimal`: digits of any number, exactly as they were written.
    Decimal, "decimal", Decimal;
    /// `xs:integer` and the unbounded types below it: digits of any number, exactly as they were written.
    Integer, "integer", Integer;
}

impl Decimal {
    /// The order of the values, whatever the leading and trailing zeros.
    pub fn compare(&self, other: &Decimal) -> Ordering {
        compare(self.as_str(), other.as_str())
    }

    /// The nearest binary number; it may lose digits.
    pub fn to_f64(&self) -> f64 {
        self.as_str().parse().unwrap_or(f64::NAN)
    }
}

impl Integer {
    /// The order of the values, whatever the leading zeros.
    pub fn compare(&self, other: &Integer) -> Ordering {
        compare(self.as_str(), other.as_str())
    }

    /// The value, if it fits.
    pub fn to_i128(&self) -> Option<i128> {
        self.as_str().parse().ok()
    }
}

macro_rules! signed {
    ($($(#[$doc:meta])* $name:ident, $xsd:literal, $end:ident = $bound:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            pub struct $name(Integer);
            crate::simple! { $name(Integer), $xsd, $end = Some($bound) }
        )*
    };
}

signed! {
    /// `xs:nonNegativeInteger`: zero and above, of any length.
    NonNegativeInteger, "nonNegativeInteger", min = crate::Bound::Inclusive("0");
    /// `xs:positiveInteger`: above zero, of any length.
    PositiveInteger, "positiveInteger", min = crate::Bound::Inclusive("1");
    /// `xs:nonPositiveInteger`: zero and below, of any length.
    NonPositiveInteger, "nonPositiveInteger", max = crate::Bound::Inclusive("0");
    /// `xs:negativeInteger`: below zero, of any length.
    NegativeInteger, "negativeInteger", max = crate::Bound::Inclusive("-1");
}

macro_rules! from_integers {
    ($($number:ty),*) => {
        $(
            impl From<$number> for Integer {
                fn from(value: $number) -> Integer {
                    Integer(value.to_string().into())
                }
            }
            impl From<$number> for Decimal {
                fn from(value: $number) -> Decimal {
                    Decimal(value.to_string().into())
                }
            }
        )*
    };
}
from_integers!(i8, i16, i32, i64, i128, u8, u16, u32, u64, u128);

/// A number of the machine; it remembers a text that is not the usual one, such as `007` or `1.50`.
///
/// Equal when written equally.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number<T> {
    value: T,
    text: Option<Box<str>>,
}

impl<T: Copy> Number<T> {
    /// The value.
    pub fn get(&self) -> T {
        self.value
    }
}

impl<T: fmt::Display> fmt::Display for Number<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Some(text) => f.write_str(text),
            None => self.value.fmt(f),
        }
    }
}

impl<T: fmt::Display> fmt::Debug for Number<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! numbers {
    ($($number:ty, $xsd:literal, $kind:ident, $parse:path;)*) => {
        $(
            impl From<$number> for Number<$number> {
                fn from(value: $number) -> Self {
                    Number { value, text: None }.with_own_text()
                }
            }

            impl Value for Number<$number> {
                const NAME: &'static str = $xsd;
                const KIND: Kind = Kind::$kind;

                fn parse(text: &str) -> Result<Self, ValueError> {
                    let text = WhiteSpace::Collapse.apply(text);
                    let wrong = || ValueError::new($xsd, Rule::Lexical(Kind::$kind));
                    if !Self::KIND.accepts(&text) {
                        return Err(wrong());
                    }
                    let value: $number = $parse(&text).ok_or_else(wrong)?;
                    if Kind::$kind == Kind::Integer && is_usual(&text) {
                        return Ok(Number { value, text: None });
                    }
                    let usual = Self::from(value);
                    if usual.lexical() == text {
                        return Ok(usual);
                    }
                    Ok(Number { value, text: Some(text.into()) })
                }

                fn lexical(&self) -> Cow<'_, str> {
                    match &self.text {
                        Some(text) => Cow::Borrowed(text),
                        None => Cow::Owned(self.value.to_string()),
                    }
                }
            }

            impl FromStr for Number<$number> {
                type Err = ValueError;
                fn from_str(text: &str) -> Result<Self, ValueError> {
                    Self::parse(text)
                }
            }

            impl TryFrom<&str> for Number<$number> {
                type Error = ValueError;
                fn try_from(text: &str) -> Result<Self, ValueError> {
                    Self::parse(text)
                }
            }
        )*
    };
}

numbers! {
    i8, "byte", Integer, whole;
    i16, "short", Integer, whole;
    i32, "int", Integer, whole;
    i64, "long", Integer, whole;
    u8, "unsignedByte", Integer, whole;
    u16, "unsignedShort", Integer, whole;
    u32, "unsignedInt", Integer, whole;
    u64, "unsignedLong", Integer, whole;
    f32, "float", Float, float32;
    f64, "double", Float, float;
}

impl<T: fmt::Display> Number<T> {
    /// Rust and XML Schema write infinity in different ways.
    fn with_own_text(mut self) -> Self {
        self.text = match self.value.to_string().as_str() {
            "inf" => Some("INF".into()),
            "-inf" => Some("-INF".into()),
            _ => None,
        };
        self
    }
}

/// `xs:boolean`; it remembers whether it was written as a digit.
///
/// Equal when written equally.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Boolean {
    value: bool,
    digit: bool,
}

impl Boolean {
    /// The value.
    pub fn get(self) -> bool {
        self.value
    }
}

impl From<bool> for Boolean {
    fn from(value: bool) -> Boolean {
        Boolean { value, digit: false }
    }
}

impl Value for Boolean {
    const NAME: &'static str = "boolean";
    const KIND: Kind = Kind::Boolean;

    fn parse(text: &str) -> Result<Self, ValueError> {
        let (value, digit) = match &*WhiteSpace::Collapse.apply(text) {
            "true" => (true, false),
            "false" => (false, false),
            "1" => (true, true),
            "0" => (false, true),
            _ => return Err(ValueError::new("boolean", Rule::Lexical(Kind::Boolean))),
        };
        Ok(Boolean { value, digit })
    }

    fn lexical(&self) -> Cow<'_, str> {
        Cow::Borrowed(match (self.value, self.digit) {
            (true, false) => "true",
            (false, false) => "false",
            (true, true) => "1",
            (false, true) => "0",
        })
    }
}

impl FromStr for Boolean {
    type Err = ValueError;
    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::parse(text)
    }
}

impl fmt::Display for Boolean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lexical())
    }
}

/// Whether a whole number is written as Rust would write it.
fn is_usual(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text == "0" || digits.bytes().next().is_some_and(|first| matches!(first, b'1'..=b'9'))
}

fn whole<T: FromStr>(text: &str) -> Option<T> {
    // An unsigned number of XML Schema may be written as `-0`.
    let zero = text.strip_prefix('-').filter(|digits| digits.bytes().all(|octet| octet == b'0'));
    zero.unwrap_or(text).parse().ok()
}

fn float32(text: &str) -> Option<f32> {
    special(text).map(|value| value as f32).or_else(|| text.parse().ok())
}

/// The value of a literal of `xs:double`.
pub(crate) fn float(text: &str) -> Option<f64> {
    special(text).or_else(|| text.parse().ok())
}

fn special(text: &str) -> Option<f64> {
    match text {
        "INF" => Some(f64::INFINITY),
        "-INF" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        _ => None,
    }
}

pub(crate) fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    special(text).is_some() || is_decimal(mantissa) && exponent.is_none_or(is_integer)
}

pub(crate) fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    whole.len() + fraction.len() > 0 && whole.bytes().chain(fraction.bytes()).all(|octet| octet.is_ascii_digit())
}

pub(crate) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_digit())
}

/// Sign, digits before and after the point, without those that mean nothing.
fn parts(text: &str) -> (bool, &str, &str) {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => (true, unsigned),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    (negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction)
}

/// The order of two decimal numbers.
pub(crate) fn compare(one: &str, other: &str) -> Ordering {
    let (negative, whole, fraction) = parts(one);
    let (other_negative, other_whole, other_fraction) = parts(other);
    let order = || (whole.len(), whole, fraction).cmp(&(other_whole.len(), other_whole, other_fraction));
    match (negative, other_negative) {
        (false, false) => order(),
        (true, true) => order().reverse(),
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
    }
}

/// How many digits a decimal number has in all and after its point.
pub(crate) fn digits(text: &str) -> (usize, usize) {
    let (_, whole, fraction) = parts(text);
    (whole.len() + fraction.len(), fraction.len())
}

#[cfg(test)]
mod tests {
    use super::{Boolean, Decimal, Number};
    use crate::Value;

    #[test]
    fn numbers_are_written_as_they_were_read() {
        for text in ["007", "-0", "+5", "2147483647"] {
            assert_eq!(Number::<i32>::parse(text).unwrap().lexical(), text);
        }
        for text in ["1.50", "1E3", "INF", "-INF", "NaN", "-0"] {
            assert_eq!(Number::<f64>::parse(text).unwrap().lexical(), text);
        }
        assert_eq!(Number::<i32>::parse(" 007 ").unwrap().get(), 7);
        assert_eq!(Number::<u32>::parse("-0").unwrap().get(), 0);
        assert_eq!(Number::from(f64::NEG_INFINITY).lexical(), "-INF");
    }

    #[test]
    fn what_only_rust_takes_for_a_number_is_refused() {
        for text in ["inf", "nan", "1e", "infinity", "", ".", "1_000", "0x1", "--1"] {
            assert!(Number::<f64>::parse(text).is_err(), "{text}");
        }
        assert!(Number::<i32>::parse("2147483648").is_err());
        assert!(Number::<u8>::parse("-1").is_err());
    }

    #[test]
    fn decimals_have_any_number_of_digits() {
        let text = "-79228162514264337593543950335.10";
        assert_eq!(Decimal::parse(text).unwrap().lexical(), text);
        let [a, b] = ["-0.0", "+.00"].map(|text| Decimal::parse(text).unwrap());
        assert!(a.compare(&b).is_eq() && a != b);
        assert!(Decimal::parse("1e5").is_err());
    }

    #[test]
    fn truth_is_written_as_it_was_read() {
        for text in ["true", "false", "1", "0"] {
            assert_eq!(Boolean::parse(text).unwrap().lexical(), text);
        }
        assert!(Boolean::parse("True").is_err() && Boolean::parse("1").unwrap().get());
    }
}
