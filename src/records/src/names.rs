//! Names that were checked once and are then trusted: companies, services, requests, credentials.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use kapia_language::Language;
use serde::{Deserialize, Serialize};

use crate::text::CATALOGUE;

/// A unified identification code, 9 or 13 digits (horizontal-systems §3.3); the check digit is a question of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Eik(Arc<str>);

/// The number of a service in the administrative register, the same for all who provide it (horizontal-systems §2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct ServiceNumber(u64);

/// What names a record: who provides which service (horizontal-systems §3.6).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// Who provides it.
    pub supplier: Eik,
    /// What it is.
    pub service: ServiceNumber,
}

/// What a client calls its request, so that it can ask again: 1 to 64 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(Arc<str>);

/// The user name of a credential: 1 to 64 letters, digits, `.`, `-`, `_`, `@`; never a colon (RFC 7617 §2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CredentialName(Arc<str>);

/// A name that breaks its rule; the text says the rule and never the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormError(&'static str);

impl Eik {
    /// Reads a code.
    ///
    /// # Errors
    /// It is not 9 or 13 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let digits = text.bytes().all(|octet| octet.is_ascii_digit());
        if digits && matches!(text.len(), 9 | 13) { Ok(Self(text.into())) } else { Err(FormError("form-eik")) }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether its check digits are right, by the rule of the BULSTAT register: weights 1 to 8, on a remainder of 10 weights
    /// 3 to 10; for 13 digits also weights 2, 7, 3, 5 over the last five, then 4, 9, 5, 7.
    pub fn checksum_holds(&self) -> bool {
        let digits: Vec<u32> = self.0.bytes().map(|octet| u32::from(octet - b'0')).collect();
        let check = |from: usize, first: &[u32], second: &[u32]| {
            let sum = |weights: &[u32]| digits.iter().skip(from).zip(weights).map(|(d, w)| d * w).sum::<u32>() % 11;
            match sum(first) {
                10 => sum(second) % 10,
                rest => rest,
            }
        };
        let nine = check(0, &[1, 2, 3, 4, 5, 6, 7, 8], &[3, 4, 5, 6, 7, 8, 9, 10]);
        let thirteen = || check(8, &[2, 7, 3, 5], &[4, 9, 5, 7]);
        digits.get(8) == Some(&nine) && digits.get(12).is_none_or(|last| *last == thirteen())
    }
}

impl ServiceNumber {
    /// A number.
    ///
    /// # Errors
    /// It is zero or larger than `xs:long` holds.
    pub fn new(number: u64) -> Result<Self, FormError> {
        match i64::try_from(number) {
            Ok(1..) => Ok(Self(number)),
            _ => Err(FormError("form-service")),
        }
    }

    /// Reads a number as the register writes it: `[1-9][0-9]*`.
    ///
    /// # Errors
    /// It is written otherwise.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let plain = text.bytes().all(|octet| octet.is_ascii_digit()) && !text.starts_with('0');
        let number = if plain { text.parse().ok() } else { None };
        number.ok_or(FormError("form-service")).and_then(Self::new)
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }

    pub(crate) fn column(self) -> i64 {
        self.0.cast_signed()
    }
}

impl Key {
    /// Both parts.
    pub fn new(supplier: Eik, service: ServiceNumber) -> Self {
        Self { supplier, service }
    }
}

impl RequestId {
    /// Reads a request id.
    ///
    /// # Errors
    /// It is empty, too long, or has other characters.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let visible = text.bytes().all(|octet| octet.is_ascii_graphic());
        if visible && (1..=64).contains(&text.len()) { Ok(Self(text.into())) } else { Err(FormError("form-request")) }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CredentialName {
    /// Reads a name.
    ///
    /// # Errors
    /// It is empty, too long, or has other characters.
    pub fn parse(text: &str) -> Result<Self, FormError> {
        let allowed = |character: char| character.is_alphanumeric() || ".-_@".contains(character);
        let length = text.chars().take(65).count();
        if (1..=64).contains(&length) && text.chars().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(FormError("form-credential"))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FormError {
    pub(crate) const fn of(code: &'static str) -> Self {
        Self(code)
    }

    /// Stable code, such as `form-eik`.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// The rule.
    pub fn message(self, language: Language) -> String {
        CATALOGUE.message(self.0, language, &[])
    }

    /// What to do about it.
    pub fn hint(self, language: Language) -> String {
        CATALOGUE.hint(self.0, language, &[])
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for FormError {}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.supplier, self.service)
    }
}

impl FromStr for Key {
    type Err = FormError;

    fn from_str(text: &str) -> Result<Self, FormError> {
        let (supplier, service) = text.split_once('/').ok_or(FormError("form-key"))?;
        Ok(Self { supplier: Eik::parse(supplier)?, service: ServiceNumber::parse(service)? })
    }
}

impl fmt::Display for ServiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<u64> for ServiceNumber {
    type Error = FormError;

    fn try_from(number: u64) -> Result<Self, FormError> {
        Self::new(number)
    }
}

impl From<ServiceNumber> for u64 {
    fn from(number: ServiceNumber) -> Self {
        number.0
    }
}

impl FromStr for ServiceNumber {
    type Err = FormError;

    fn from_str(text: &str) -> Result<Self, FormError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Eik {
    type Error = FormError;

    fn try_from(text: String) -> Result<Self, FormError> {
        Self::parse(&text)
    }
}

impl From<Eik> for String {
    fn from(eik: Eik) -> Self {
        eik.0.as_ref().to_owned()
    }
}

macro_rules! text {
    ($($type:ty),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl FromStr for $type {
            type Err = FormError;
            fn from_str(text: &str) -> Result<Self, FormError> {
                Self::parse(text)
            }
        }
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}

text!(Eik, RequestId, CredentialName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_companies_are_recognised() {
        // Computed by hand: 1·1+2·2+…+8·8 = 204, 204 mod 11 = 6.
        assert!(Eik::parse("123456786").unwrap().checksum_holds());
        assert!(!Eik::parse("123456789").unwrap().checksum_holds());
        // Whatever the first eight are, exactly one ninth is right, also where the first sum leaves 10.
        for stem in (0..100_000_000).step_by(1_234_567) {
            let right = (0..10).filter(|last| Eik::parse(&format!("{stem:08}{last}")).unwrap().checksum_holds());
            assert_eq!(right.count(), 1, "{stem}");
        }
        // The last of thirteen: 6·2 + 0·7 + 0·3 + 0·5 = 12, 12 mod 11 = 1.
        let right: Vec<u32> =
            (0..10).filter(|last| Eik::parse(&format!("123456786000{last}")).unwrap().checksum_holds()).collect();
        assert_eq!(right, [1]);
    }

    #[test]
    fn what_is_no_code_number_or_key_is_refused_without_being_repeated() {
        for wrong in ["", "12345678", "1234567890", "12345678a", "１２３４５６７８９"] {
            let error = Eik::parse(wrong).unwrap_err();
            assert_eq!(error.code(), "form-eik");
            assert!(wrong.is_empty() || !error.to_string().contains(wrong));
        }
        for wrong in ["", "0", "07", "-1", "+1", "1.0", "9223372036854775808"] {
            assert!(ServiceNumber::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(ServiceNumber::parse("9223372036854775807").unwrap().get(), i64::MAX.unsigned_abs());
        let key: Key = "123456786/2835".parse().unwrap();
        assert_eq!(key.to_string(), "123456786/2835");
        assert!("123456786".parse::<Key>().is_err());
    }

    #[test]
    fn a_credential_never_has_a_colon_and_may_be_cyrillic() {
        assert!(CredentialName::parse("община-пример").is_ok());
        for wrong in ["a:b", "", "a b", "a\u{0}"] {
            assert!(CredentialName::parse(wrong).is_err());
        }
        assert!(CredentialName::parse(&"я".repeat(64)).is_ok());
        assert!(CredentialName::parse(&"я".repeat(65)).is_err());
    }

    #[test]
    fn a_request_id_is_short_and_visible() {
        assert!(RequestId::parse("6f1c2c1e-7d0b-4b57-9b1c-2f5b0a3a9d11").is_ok());
        for wrong in ["", "a b", "я", &"a".repeat(65)] {
            assert!(RequestId::parse(wrong).is_err());
        }
    }
}
