//! The secret with which a consumer fetches its answer.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_storage::SealError;
use zeroize::Zeroizing;

use crate::error::DeferredError;

const RANDOM: usize = 64;

/// `{call id}.{base64 of 64 random octets, none of them zero}` (regix-contract §10); known to the consumer alone once it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct VerificationCode(Zeroizing<String>);

impl VerificationCode {
    /// A new one.
    ///
    /// # Errors
    /// [`SealError::Sealing`] without randomness.
    pub fn new(call_id: i64) -> Result<Self, DeferredError> {
        let mut octets = Zeroizing::new([0u8; RANDOM]);
        let mut filled = 0;
        while filled < RANDOM {
            let mut more = Zeroizing::new([0u8; RANDOM]);
            aws_lc_rs::rand::fill(more.as_mut_slice()).map_err(|_| SealError::Sealing)?;
            for (place, octet) in octets[filled..].iter_mut().zip(more.iter().filter(|octet| **octet != 0)) {
                *place = *octet;
                filled += 1;
            }
        }
        let random = Zeroizing::new(STANDARD.encode(octets.as_slice()));
        Ok(Self(Zeroizing::new(format!("{call_id}.{}", random.as_str()))))
    }

    /// The text for the consumer; not for a log.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn digest(&self) -> CodeDigest {
        CodeDigest::of(&self.0)
    }
}

impl fmt::Debug for VerificationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerificationCode(…)")
    }
}

/// With what a consumer shows that it may have the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Proof<'a> {
    /// The verification code, as it was received.
    Code(&'a str),
    /// Nothing but that the call is its own: V1, whose messages have no place for a code (regix-contract §3.4, §16 row 6).
    Ownership,
}

impl fmt::Debug for Proof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code(…)",
            Self::Ownership => "Ownership",
        })
    }
}

impl Proof<'_> {
    pub(crate) fn digest(&self) -> Shown {
        match self {
            Self::Code(code) => Shown::Code(CodeDigest::of(code)),
            Self::Ownership => Shown::Ownership,
        }
    }
}

/// A [`Proof`] of which only the digest is left.
#[derive(Clone, Copy)]
pub(crate) enum Shown {
    Code(CodeDigest),
    Ownership,
}

impl Shown {
    pub(crate) fn proves(&self, stored: &CodeDigest) -> bool {
        match self {
            Self::Code(shown) => shown.is(stored),
            Self::Ownership => true,
        }
    }
}

/// What the file holds of a code.
#[derive(Clone, Copy)]
pub(crate) struct CodeDigest(pub [u8; 32]);

impl CodeDigest {
    fn of(code: &str) -> Self {
        let mut octets = [0u8; 32];
        octets.copy_from_slice(digest(&SHA256, code.as_bytes()).as_ref());
        Self(octets)
    }

    // Of equal digests nothing can be learned octet by octet, and the comparison takes as long for any two all the same.
    fn is(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_call_id_a_dot_and_64_octets_none_of_them_zero() {
        for _ in 0..500 {
            let code = VerificationCode::new(4711).unwrap();
            let octets = STANDARD.decode(code.reveal().strip_prefix("4711.").unwrap()).unwrap();
            assert_eq!(octets.len(), 64);
            assert!(!octets.contains(&0));
        }
    }

    #[test]
    fn no_two_codes_are_equal() {
        assert_ne!(VerificationCode::new(1).unwrap().reveal(), VerificationCode::new(1).unwrap().reveal());
    }

    #[test]
    fn a_code_never_prints() {
        let code = VerificationCode::new(4711).unwrap();
        let printed = format!("{code:?} {:?}", Proof::Code(code.reveal()));
        assert_eq!(printed, "VerificationCode(…) Code(…)");
    }

    #[test]
    fn a_code_that_differs_in_any_one_character_proves_nothing() {
        let code = VerificationCode::new(9).unwrap();
        let stored = code.digest();
        assert!(Proof::Code(code.reveal()).digest().proves(&stored));
        for place in 0..code.reveal().len() {
            let mut wrong = code.reveal().as_bytes().to_vec();
            wrong[place] ^= 1;
            let wrong = String::from_utf8(wrong).unwrap();
            assert!(!Proof::Code(&wrong).digest().proves(&stored), "{place}");
        }
        for wrong in ["", "9.", "9", &code.reveal()[..code.reveal().len() - 1]] {
            assert!(!Proof::Code(wrong).digest().proves(&stored));
        }
    }
}
