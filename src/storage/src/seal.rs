//! Sealing: AES-256-GCM, with what the octets are and whose they are as associated data.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use kapia_language::Language;

use crate::key::SealingKey;
use crate::text::CATALOGUE;

/// The version of what [`Sealer::seal`] writes.
const FORM: u8 = 1;

/// What seals octets with one key, and opens them.
pub struct Sealer(RandomizedNonceKey);

impl Sealer {
    /// Seals with this key.
    ///
    /// # Errors
    /// [`SealError::Sealing`] if the cryptographic library refuses.
    pub fn new(key: &SealingKey) -> Result<Self, SealError> {
        RandomizedNonceKey::new(&AES_256_GCM, key.octets()).map(Self).map_err(|_| SealError::Sealing)
    }

    /// Ciphertext, tag, nonce, form; `associated` says what the octets are and whose, and is needed to open them.
    ///
    /// Random nonces allow 2³² seals with one key (NIST SP 800-38D §8.3).
    ///
    /// # Errors
    /// [`SealError::Sealing`] if the cryptographic library refuses.
    pub fn seal(&self, associated: &[u8], mut octets: Vec<u8>) -> Result<Vec<u8>, SealError> {
        octets.reserve_exact(AES_256_GCM.tag_len() + NONCE_LEN + 1);
        let nonce =
            self.0.seal_in_place_append_tag(Aad::from(associated), &mut octets).map_err(|_| SealError::Sealing)?;
        octets.extend_from_slice(nonce.as_ref());
        octets.push(FORM);
        Ok(octets)
    }

    /// The octets again; nothing if they were sealed with another key, as something else, for somebody else, or were changed.
    pub fn open(&self, associated: &[u8], mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        if sealed.pop()? != FORM {
            return None;
        }
        let nonce = sealed.split_off(sealed.len().checked_sub(NONCE_LEN)?);
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let length = self.0.open_in_place(nonce, Aad::from(associated), &mut sealed).ok()?.len();
        sealed.truncate(length);
        Some(sealed)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Sealer(…)")
    }
}

/// Why nothing could be sealed, or there is no key to seal with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key file cannot be created or read.
    #[error("{}", self.message(Language::English))]
    KeyFile {
        /// The key file.
        path: PathBuf,
        /// The cause as the system words it.
        cause: Arc<str>,
    },
    /// The key file is something else.
    #[error("{}", self.message(Language::English))]
    KeyMalformed {
        /// The key file.
        path: PathBuf,
    },
    /// Other users can read the key file.
    #[error("{}", self.message(Language::English))]
    KeyExposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The cryptographic library refused.
    #[error("{}", self.message(Language::English))]
    Sealing,
}

impl SealError {
    /// Stable code, such as `sealing-key-exposed`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeyFile { .. } => "sealing-key-file",
            Self::KeyMalformed { .. } => "sealing-key-malformed",
            Self::KeyExposed { .. } => "sealing-key-exposed",
            Self::Sealing => "sealing",
        }
    }

    /// What went wrong and where.
    pub fn message(&self, language: Language) -> String {
        let fill = |values: &[(&str, &str)]| CATALOGUE.message(self.code(), language, values);
        match self {
            Self::KeyFile { path, cause } => fill(&[("path", &path.display().to_string()), ("cause", cause)]),
            Self::KeyMalformed { path } => fill(&[("path", &path.display().to_string())]),
            Self::KeyExposed { path, mode } => {
                fill(&[("path", &path.display().to_string()), ("mode", &format!("{mode:04o}"))])
            }
            Self::Sealing => fill(&[]),
        }
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        CATALOGUE.hint(self.code(), language, &[])
    }

    pub(crate) fn key_file(path: &Path, cause: &impl ToString) -> Self {
        Self::KeyFile { path: path.to_owned(), cause: cause.to_string().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_and_as_the_same_thing_only() {
        let sealer = Sealer::new(&SealingKey::random().unwrap()).unwrap();
        for text in [&b""[..], b"1", b"a longer text that spans some blocks of sixteen octets each"] {
            let sealed = sealer.seal(b"mine", text.to_vec()).unwrap();
            assert_eq!(sealer.open(b"mine", sealed.clone()).as_deref(), Some(text));
            assert_eq!(sealer.open(b"yours", sealed.clone()), None);
            let other = Sealer::new(&SealingKey::random().unwrap()).unwrap();
            assert_eq!(other.open(b"mine", sealed), None);
        }
    }

    #[test]
    fn one_changed_or_missing_octet_is_noticed_wherever_it_is() {
        let sealer = Sealer::new(&SealingKey::random().unwrap()).unwrap();
        let sealed = sealer.seal(b"mine", b"outcome".to_vec()).unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 0x10;
            assert_eq!(sealer.open(b"mine", changed), None, "{place}");
            assert_eq!(sealer.open(b"mine", sealed[..place].to_vec()), None, "{place}");
        }
    }

    #[test]
    fn the_same_octets_never_look_the_same_twice() {
        let sealer = Sealer::new(&SealingKey::random().unwrap()).unwrap();
        let seal = || sealer.seal(b"mine", b"facts".to_vec()).unwrap();
        assert_ne!(seal(), seal());
    }
}
