//! Decimals of any length, compared digit by digit: no rounding, no floating point (Part 2 §3.2.3).

use std::cmp::Ordering;
use std::fmt;

/// A decimal of any length in canonical digits: `1.0` and `1.00` are the same value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Decimal {
    negative: bool,
    /// Whole and fraction digits, without leading zeros of the whole and trailing zeros of the fraction.
    digits: Box<str>,
    whole: usize,
}

impl Decimal {
    /// Reads a literal of `xs:decimal` that is already stripped of white space.
    pub fn parse(literal: &str) -> Option<Decimal> {
        Digits::parse(literal).map(Digits::to_decimal)
    }

    pub(super) fn digits(&self) -> Digits<'_> {
        let (whole, fraction) = self.digits.split_at(self.whole);
        Digits { negative: self.negative, whole, fraction }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.digits().compare(other.digits())
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Digits { negative, whole, fraction } = self.digits();
        if negative {
            f.write_str("-")?;
        }
        f.write_str(if whole.is_empty() { "0" } else { whole })?;
        if fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
    }
}

/// A decimal literal cut into its digits; borrows from the literal, so that checking a value copies nothing.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Digits<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Digits<'a> {
    pub(super) fn parse(literal: &'a str) -> Option<Digits<'a>> {
        let (negative, unsigned) = sign(literal);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        Some(Self::canonical(negative, whole, fraction))
    }

    /// As [`Digits::parse`] for `xs:integer`, whose lexical space has no point (Part 2 §3.3.13).
    pub(super) fn parse_integer(literal: &'a str) -> Option<Digits<'a>> {
        let (negative, whole) = sign(literal);
        if whole.is_empty() || !all_digits(whole) {
            return None;
        }
        Some(Self::canonical(negative, whole, ""))
    }

    fn canonical(negative: bool, whole: &'a str, fraction: &'a str) -> Digits<'a> {
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        Digits { negative: negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction }
    }

    /// How many digits `totalDigits` counts: the value is i × 10⁻ⁿ with n not below zero (Part 2 §4.3.11).
    pub(super) fn total(self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    /// How many digits `fractionDigits` counts (Part 2 §4.3.12).
    pub(super) fn fraction(self) -> usize {
        self.fraction.len()
    }

    pub(super) fn compare(self, other: Digits<'_>) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
        }
    }

    fn magnitude(self, other: Digits<'_>) -> Ordering {
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction))
    }

    pub(super) fn to_decimal(self) -> Decimal {
        Decimal {
            negative: self.negative,
            digits: [self.whole, self.fraction].concat().into_boxed_str(),
            whole: self.whole.len(),
        }
    }
}

fn sign(literal: &str) -> (bool, &str) {
    match literal.as_bytes().first() {
        Some(b'-') => (true, &literal[1..]),
        Some(b'+') => (false, &literal[1..]),
        _ => (false, literal),
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(a: &str, b: &str) -> Ordering {
        Digits::parse(a).unwrap().compare(Digits::parse(b).unwrap())
    }

    #[test]
    fn zeros_that_say_nothing_do_not_change_a_decimal() {
        for (a, b) in [("1.0", "1.00"), ("001", "1"), ("-0", "0"), ("+5", "5."), (".50", "0.5"), ("-0.0", "+.0")] {
            assert_eq!(Decimal::parse(a), Decimal::parse(b), "{a} {b}");
            assert_eq!(compare(a, b), Ordering::Equal);
        }
    }

    #[test]
    fn decimals_longer_than_any_machine_number_keep_their_order() {
        let less = "123456789012345678901234567890123456789.0000000000000000000000000000000000001";
        let more = "123456789012345678901234567890123456789.0000000000000000000000000000000000002";
        assert_eq!(compare(less, more), Ordering::Less);
        assert_eq!(compare(&format!("-{less}"), &format!("-{more}")), Ordering::Greater);
        assert_eq!(compare("-1", "0.1"), Ordering::Less);
        assert_eq!(compare("99", "100"), Ordering::Less);
        assert_eq!(compare("0.09", "0.1"), Ordering::Less);
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        for bad in ["", ".", "+", "-.", "1e3", "1,5", "--1", "1.2.3", " 1", "٣", "1-", "+-1"] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
        assert_eq!(Digits::parse_integer("1.0"), None);
    }

    #[test]
    fn digits_are_counted_on_the_value_not_on_the_literal() {
        for (literal, total, fraction) in [("0012.3400", 4, 2), ("0.0012", 4, 4), ("0", 0, 0), ("100", 3, 0)] {
            let digits = Digits::parse(literal).unwrap();
            assert_eq!((digits.total(), digits.fraction()), (total, fraction), "{literal}");
        }
    }

    #[test]
    fn a_decimal_is_written_canonically() {
        for (literal, written) in [("+0012.3400", "12.34"), ("-.5", "-0.5"), ("-0", "0"), ("7.", "7")] {
            assert_eq!(Decimal::parse(literal).unwrap().to_string(), written);
        }
    }
}
