//! Reading the fixed shapes of dates, times and durations from a literal, byte by byte.

use super::moment::Fraction;

/// Why a literal has no value in a type.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Flaw {
    /// It is outside the lexical space.
    Lexical,
    /// It is in the lexical space, but larger than this processor computes with.
    Limit,
    /// It is a qualified name whose prefix is not declared.
    Prefix,
}

/// More digits than these have no exact place in the arithmetic of the time line.
const DIGITS: usize = 18;

pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn new(literal: &'a str) -> Self {
        Cursor { rest: literal.as_bytes() }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn end(&self) -> Result<(), Flaw> {
        if self.rest.is_empty() { Ok(()) } else { Err(Flaw::Lexical) }
    }

    pub(super) fn sees(&self, byte: u8) -> bool {
        self.rest.first() == Some(&byte)
    }

    pub(super) fn skip(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((&first, rest)) if first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Flaw> {
        if self.skip(byte) { Ok(()) } else { Err(Flaw::Lexical) }
    }

    /// Exactly two digits, within bounds.
    pub(super) fn two(&mut self, least: u32, most: u32) -> Result<u32, Flaw> {
        let [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] = self.rest else {
            return Err(Flaw::Lexical);
        };
        let value = u32::from(tens - b'0') * 10 + u32::from(ones - b'0');
        self.rest = rest;
        if (least..=most).contains(&value) { Ok(value) } else { Err(Flaw::Lexical) }
    }

    /// A year: four digits or more, no needless zero in front, not 0000, `-` before our era (Part 2 §3.2.7.1).
    pub(super) fn year(&mut self) -> Result<i128, Flaw> {
        let negative = self.skip(b'-');
        let digits = self.digits();
        if digits.len() < 4 || (digits.len() > 4 && digits.first() == Some(&b'0')) {
            return Err(Flaw::Lexical);
        }
        match value(digits)? {
            0 => Err(Flaw::Lexical),
            year if negative => Ok(-year),
            year => Ok(year),
        }
    }

    pub(super) fn number(&mut self) -> Result<i128, Flaw> {
        let digits = self.digits();
        if digits.is_empty() { Err(Flaw::Lexical) } else { value(digits) }
    }

    /// The digits after a point: at least one.
    pub(super) fn fraction(&mut self) -> Result<Fraction, Flaw> {
        let digits = self.digits();
        if digits.is_empty() {
            return Err(Flaw::Lexical);
        }
        let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(DIGITS);
        Ok(Fraction {
            attoseconds: padded.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')),
            nonzero: digits.iter().any(|&digit| digit != b'0'),
        })
    }

    /// One of the letters of `order`, not before position `next`, which moves behind it.
    pub(super) fn designator(&mut self, order: &[u8], next: &mut usize) -> Result<u8, Flaw> {
        let (&letter, rest) = self.rest.split_first().ok_or(Flaw::Lexical)?;
        let place = order.iter().position(|&known| known == letter).ok_or(Flaw::Lexical)?;
        if place < *next {
            return Err(Flaw::Lexical);
        }
        self.rest = rest;
        *next = place + 1;
        Ok(letter)
    }

    fn digits(&mut self) -> &'a [u8] {
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        digits
    }
}

fn value(digits: &[u8]) -> Result<i128, Flaw> {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    if digits.len() - zeros > DIGITS {
        return Err(Flaw::Limit);
    }
    Ok(digits.iter().skip(zeros).fold(0, |sum, &digit| sum * 10 + i128::from(digit - b'0')))
}
