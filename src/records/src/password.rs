//! Passwords: made here, shown once, kept as Argon2id hashes (RFC 9106) in the PHC string form.

use std::fmt;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::RecordsError;
use crate::names::FormError;

/// What a hash costs whoever computes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// The least that the OWASP Password Storage Cheat Sheet recommends for Argon2id.
impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

impl Cost {
    /// Whether a hash can be computed at all.
    ///
    /// # Errors
    /// [`RecordsError::Cost`].
    pub fn check(self) -> Result<(), RecordsError> {
        self.params().map(drop)
    }

    fn params(self) -> Result<Params, RecordsError> {
        Params::new(self.memory_kib, self.passes, self.lanes, None).map_err(|_| RecordsError::Cost)
    }
}

/// A password in clear text; wiped when it is dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

/// Letters and digits that nobody mistakes for each other: 5 bits each.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
const GROUPS: usize = 5;
const GROUP: usize = 5;

impl Password {
    /// A new password of 125 random bits, in five groups that can be read over the telephone.
    ///
    /// # Errors
    /// The system has no random numbers to give.
    pub fn random() -> Result<Self, RecordsError> {
        let mut octets = Zeroizing::new([0u8; GROUPS * GROUP]);
        aws_lc_rs::rand::fill(octets.as_mut_slice()).map_err(|_| RecordsError::Cryptography)?;
        let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
        for (place, octet) in octets.iter().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(ALPHABET[usize::from(octet % 32)]));
        }
        Ok(Self(text))
    }

    /// A password that somebody chose.
    ///
    /// # Errors
    /// It is shorter than 12 characters, longer than 256, or has control characters.
    pub fn chosen(text: &str) -> Result<Self, FormError> {
        let length = text.chars().take(257).count();
        if (12..=256).contains(&length) && !text.chars().any(char::is_control) {
            Ok(Self(Zeroizing::new(text.to_owned())))
        } else {
            Err(FormError::of("form-password"))
        }
    }

    /// The password itself, for showing it once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Its hash, with a salt of its own. Takes long on purpose: not for threads that must not wait.
    ///
    /// # Errors
    /// [`RecordsError::Cost`] if the cost cannot be used.
    pub(crate) fn hash(&self, cost: Cost) -> Result<String, RecordsError> {
        let params = cost.params()?;
        let mut salt = [0u8; 16];
        aws_lc_rs::rand::fill(&mut salt).map_err(|_| RecordsError::Cryptography)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = argon.hash_password_with_salt(self.0.as_bytes(), &salt).map_err(|_| RecordsError::Cost)?;
        Ok(hash.to_string())
    }
}

/// Whether a password has this hash, compared in constant time. Takes as long as the hash took, right or wrong.
pub(crate) fn is_right(password: &[u8], hash: &str) -> bool {
    let verifier: &dyn PasswordVerifier<str> = &Argon2::default();
    verifier.verify_password(password, hash).is_ok()
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };

    #[test]
    fn the_right_password_is_right_and_no_other() {
        let password = Password::chosen("парола с интервали").unwrap();
        let hash = password.hash(CHEAP).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert!(is_right("парола с интервали".as_bytes(), &hash));
        for wrong in ["парола с интервал", "", "Парола с интервали"] {
            assert!(!is_right(wrong.as_bytes(), &hash));
        }
        assert_ne!(hash, password.hash(CHEAP).unwrap(), "each hash has a salt of its own");
        assert!(!is_right(b"x", "no hash at all"));
    }

    #[test]
    fn the_default_cost_is_what_owasp_asks_for_at_least() {
        let hash = Password::random().unwrap().hash(Cost::default()).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let impossible = Cost { memory_kib: 1, ..CHEAP };
        assert_eq!(Password::random().unwrap().hash(impossible), Err(RecordsError::Cost));
    }

    #[test]
    fn made_passwords_are_strong_different_and_never_printed() {
        let made: HashSet<String> = (0..200).map(|_| Password::random().unwrap().reveal().to_owned()).collect();
        assert_eq!(made.len(), 200);
        let letters: HashSet<char> = made.iter().flat_map(|password| password.chars()).collect();
        assert_eq!(letters.len(), 33, "all letters of the alphabet and the hyphen occur");
        let one = Password::random().unwrap();
        assert_eq!(one.reveal().len(), 29);
        assert!(!format!("{one:?}").contains(one.reveal()));
    }

    #[test]
    fn a_chosen_password_is_not_short() {
        assert!(Password::chosen("elevenchars").is_err());
        assert!(Password::chosen("twelve chars").is_ok());
        assert!(Password::chosen("twelve\nchars").is_err());
    }
}
