//! Thumbprints of a certificate: digests of its DER octets.

use std::fmt;

use crate::text;
use kapia_language::Language;

/// SHA-1 (what RegiX knows a certificate by) and SHA-256 (what this registry finds it by) of the DER octets.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprints {
    /// SHA-1 of the DER certificate; shown and passed on, never trusted to tell two certificates apart.
    pub sha1: [u8; 20],
    /// SHA-256 of the DER certificate.
    pub sha256: [u8; 32],
}

impl Thumbprints {
    /// Reads both thumbprints from hexadecimal text, any case, `:` and spaces between digits allowed.
    pub fn from_hex(sha1: &str, sha256: &str) -> Result<Self, ThumbprintError> {
        Ok(Self { sha1: octets(sha1)?, sha256: octets(sha256)? })
    }

    /// SHA-1 in lower-case hexadecimal, 40 characters.
    pub fn sha1_hex(&self) -> String {
        hex(&self.sha1)
    }

    /// SHA-256 in lower-case hexadecimal, 64 characters.
    pub fn sha256_hex(&self) -> String {
        hex(&self.sha256)
    }
}

impl fmt::Display for Thumbprints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sha256_hex())
    }
}

impl fmt::Debug for Thumbprints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprints(sha256 {})", self.sha256_hex())
    }
}

/// Text that is not the hexadecimal form of a thumbprint of the wanted length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThumbprintError {
    digits: usize,
}

impl ThumbprintError {
    pub(crate) fn new(digits: usize) -> Self {
        Self { digits }
    }

    /// Stable code: `thumbprint`.
    pub fn code(&self) -> &'static str {
        "thumbprint"
    }

    /// What is wrong.
    pub fn message(&self, language: Language) -> String {
        text::message(self.code(), language, &[("digits", &self.digits.to_string())])
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        text::hint(self.code(), language, &[])
    }
}

impl fmt::Display for ThumbprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for ThumbprintError {}

pub(crate) fn hex(octets: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(octets.len() * 2);
    for octet in octets {
        for nibble in [octet >> 4, octet & 15] {
            out.push(char::from(DIGITS[usize::from(nibble)]));
        }
    }
    out
}

pub(crate) fn octets<const N: usize>(text: &str) -> Result<[u8; N], ThumbprintError> {
    let mut out = [0u8; N];
    let mut digits = 0usize;
    for character in text.trim().chars().filter(|character| !matches!(character, ':' | ' ')) {
        let value = character.to_digit(16).ok_or(ThumbprintError::new(digits))?;
        let place = out.get_mut(digits / 2).ok_or(ThumbprintError::new(digits + 1))?;
        *place = (*place << 4) | value as u8;
        digits += 1;
    }
    if digits == N * 2 { Ok(out) } else { Err(ThumbprintError::new(digits)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_text_survives_a_round_trip_in_the_forms_that_tools_print() {
        let octets_in: [u8; 20] = core::array::from_fn(|at| at as u8 * 13);
        let plain = hex(&octets_in);
        assert_eq!(octets::<20>(&plain).unwrap(), octets_in);
        assert_eq!(octets::<20>(&plain.to_uppercase()).unwrap(), octets_in);
        let colons: Vec<&str> = plain.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
        assert_eq!(octets::<20>(&colons.join(":")).unwrap(), octets_in);
    }

    #[test]
    fn a_thumbprint_of_another_length_or_alphabet_is_refused() {
        assert!(octets::<20>(&"a".repeat(39)).is_err());
        assert!(octets::<20>(&"a".repeat(41)).is_err());
        assert!(octets::<20>(&"g".repeat(40)).is_err());
    }
}
