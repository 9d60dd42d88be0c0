//! Thumbprints: the digests by which a certificate is registered and recognised.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;
use kapia_language::Language;

/// Both thumbprints of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thumbprints {
    /// By which RegiX registers consumers (regix-contract §5.1 item 3); never trusted to tell two certificates apart.
    pub sha1: Sha1Thumbprint,
    /// The SHA-256 thumbprint, which cannot be forged.
    pub sha256: Sha256Thumbprint,
}

impl Thumbprints {
    /// The thumbprints of a certificate's DER octets.
    pub fn of(der: &[u8]) -> Self {
        Self {
            sha1: Sha1Thumbprint(array(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, der))),
            sha256: Sha256Thumbprint(array(digest::digest(&digest::SHA256, der))),
        }
    }
}

/// The SHA-1 digest of a certificate's DER octets; `Display` is lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha1Thumbprint(pub [u8; 20]);

/// The SHA-256 digest of a certificate's DER octets; `Display` is lower-case hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256Thumbprint(pub [u8; 32]);

/// A text that is not a thumbprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThumbprintError {
    /// A character that is neither a hex digit, a colon, a hyphen nor a blank; its position, from 1.
    NotHex(usize),
    /// The wrong number of digits.
    Length {
        /// How many digits there are.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
}

impl ThumbprintError {
    /// Stable code: `thumbprint`.
    pub fn code(&self) -> &'static str {
        "thumbprint"
    }

    /// What is wrong.
    pub fn message(&self, language: Language) -> String {
        match self {
            Self::NotHex(position) => language.pick(
                format!("position {position} of the thumbprint is not a hexadecimal digit"),
                format!("позиция {position} на отпечатъка не е шестнадесетична цифра"),
            ),
            Self::Length { found, expected } => language.pick(
                format!("the thumbprint has {found} hexadecimal digits instead of {expected}"),
                format!("отпечатъкът има {found} шестнадесетични цифри вместо {expected}"),
            ),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> &'static str {
        language.pick(
            "write 40 hexadecimal digits for SHA-1 or 64 for SHA-256",
            "напишете 40 шестнадесетични цифри за SHA-1 или 64 за SHA-256",
        )
    }
}

impl fmt::Display for ThumbprintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for ThumbprintError {}

macro_rules! hexadecimal {
    ($name:ident, $length:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        /// Accepts upper and lower case, colons, hyphens and blanks, and the invisible mark that the Windows
        /// certificate dialogue puts before the first digit.
        impl FromStr for $name {
            type Err = ThumbprintError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0; $length];
                read_hex(text, &mut bytes)?;
                Ok(Self(bytes))
            }
        }

        impl From<[u8; $length]> for $name {
            fn from(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }
        }
    };
}

hexadecimal!(Sha1Thumbprint, 20);
hexadecimal!(Sha256Thumbprint, 32);

fn read_hex(text: &str, into: &mut [u8]) -> Result<(), ThumbprintError> {
    let expected = into.len() * 2;
    let mut found = 0;
    for (position, character) in text.chars().enumerate() {
        if character.is_whitespace() || matches!(character, ':' | '-' | '\u{200e}' | '\u{feff}') {
            continue;
        }
        let digit = character
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
            .ok_or(ThumbprintError::NotHex(position + 1))?;
        if let Some(byte) = into.get_mut(found / 2) {
            *byte = *byte << 4 | digit;
        }
        found += 1;
    }
    if found == expected { Ok(()) } else { Err(ThumbprintError::Length { found, expected }) }
}

fn array<const N: usize>(digest: digest::Digest) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(digest.as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests_are_printed_in_lower_case_hex() {
        let of_abc = Thumbprints::of(b"abc");
        assert_eq!(of_abc.sha1.to_string(), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(of_abc.sha256.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn every_usual_way_to_write_a_thumbprint_is_the_same_thumbprint() {
        let plain: Sha1Thumbprint = "a9993e364706816aba3e25717850c26c9cd0d89d".parse().unwrap();
        for text in [
            "A9993E364706816ABA3E25717850C26C9CD0D89D",
            "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D",
            "\u{200e}a9 99 3e 36 47 06 81 6a ba 3e 25 71 78 50 c2 6c 9c d0 d8 9d ",
        ] {
            assert_eq!(text.parse::<Sha1Thumbprint>().unwrap(), plain);
        }
    }

    #[test]
    fn a_wrong_thumbprint_is_explained_in_both_languages_without_being_repeated() {
        for error in ["secret", "a999"].map(|text| text.parse::<Sha1Thumbprint>().unwrap_err()) {
            assert_ne!(error.message(Language::English), error.message(Language::Bulgarian));
            assert_ne!(error.hint(Language::English), error.hint(Language::Bulgarian));
            assert!(!error.to_string().contains("secret"));
        }
    }

    #[test]
    fn a_thumbprint_of_the_wrong_length_or_alphabet_is_refused() {
        assert_eq!("a999".parse::<Sha1Thumbprint>(), Err(ThumbprintError::Length { found: 4, expected: 40 }));
        assert_eq!(
            "a9993e364706816aba3e25717850c26c9cd0d89d00".parse::<Sha1Thumbprint>(),
            Err(ThumbprintError::Length { found: 42, expected: 40 })
        );
        assert_eq!("zz".parse::<Sha256Thumbprint>(), Err(ThumbprintError::NotHex(1)));
    }
}
