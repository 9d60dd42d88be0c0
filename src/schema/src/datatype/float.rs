//! `xs:float` and `xs:double` (Part 2 §3.2.4, §3.2.5): lexical check and the order of their values.

use std::cmp::Ordering;
use std::str::FromStr;

use super::decimal::Digits;

/// The nearest value, or `None` if the literal is none: decimal with an exponent, `INF`, `-INF` or `NaN`.
pub(super) fn parse<F: FromStr>(literal: &str) -> Option<F> {
    let machine = match literal {
        "INF" => "inf",
        "-INF" | "NaN" => literal,
        _ => {
            let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
            Digits::parse(mantissa)?;
            Digits::parse_integer(exponent)?;
            literal
        }
    };
    machine.parse().ok()
}

/// The order of the value space: one zero, NaN equal to itself and beside everything else (Part 2 §3.2.4.1).
pub(super) fn compare(a: f64, b: f64) -> Option<Ordering> {
    if a.is_nan() && b.is_nan() { Some(Ordering::Equal) } else { a.partial_cmp(&b) }
}

/// Bits that are equal for equal values.
pub(super) fn key(value: f64) -> u64 {
    if value.is_nan() {
        f64::NAN.to_bits()
    } else if value == 0.0 {
        0
    } else {
        value.to_bits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_those_of_the_recommendation() {
        for good in
            ["-1E4", "1267.43233E12", "12.78e-2", "12", "-0", "0", "INF", "-INF", "NaN", "+1.", ".5e+3", "1e400"]
        {
            assert!(parse::<f64>(good).is_some(), "{good}");
        }
        for bad in
            ["", "inf", "+INF", "-NaN", "nan", "Infinity", "1e", "e1", "1e1.5", "1 e1", "0x1p3", "1d", "1e1e1", "."]
        {
            assert!(parse::<f64>(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn not_a_number_equals_itself_and_there_is_one_zero() {
        assert_eq!(compare(f64::NAN, f64::NAN), Some(Ordering::Equal));
        assert_eq!(compare(f64::NAN, 1.0), None);
        assert_eq!(compare(-0.0, 0.0), Some(Ordering::Equal));
        assert_eq!(key(-0.0), key(0.0));
        assert_eq!(key(f64::NAN), key(-f64::NAN));
        assert_eq!(compare(f64::NEG_INFINITY, f64::INFINITY), Some(Ordering::Less));
    }
}
