//! Sealing: AES-256-GCM, with what the octets are and whose they are as associated data.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

use crate::error::DeferredError;
use crate::key::SealingKey;

/// What sealed octets are; the numbers stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Facts = 1,
    Argument = 2,
    Context = 3,
    CallbackAddress = 4,
    Outcome = 5,
    /// Of the whole file: opens with the right key only.
    KeyCheck = 6,
}

/// The version of what `seal` writes.
const FORM: u8 = 1;

pub(crate) struct Sealer(RandomizedNonceKey);

impl Sealer {
    pub(crate) fn new(key: &SealingKey) -> Result<Self, DeferredError> {
        RandomizedNonceKey::new(&AES_256_GCM, key.octets()).map(Self).map_err(|_| DeferredError::Sealing)
    }

    /// Ciphertext, tag, nonce, form. Random nonces allow 2³² seals with one key (NIST SP 800-38D §8.3), five for a call.
    pub(crate) fn seal(&self, kind: Kind, owner: Owner, mut octets: Vec<u8>) -> Result<Vec<u8>, DeferredError> {
        octets.reserve_exact(AES_256_GCM.tag_len() + NONCE_LEN + 1);
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(owner.associated(kind)), &mut octets)
            .map_err(|_| DeferredError::Sealing)?;
        octets.extend_from_slice(nonce.as_ref());
        octets.push(FORM);
        Ok(octets)
    }

    /// The octets again; nothing if they were sealed with another key, as something else, for somebody else, or were changed.
    pub(crate) fn open(&self, kind: Kind, owner: Owner, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        if sealed.pop()? != FORM {
            return None;
        }
        let nonce = sealed.split_off(sealed.len().checked_sub(NONCE_LEN)?);
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let length = self.0.open_in_place(nonce, Aad::from(owner.associated(kind)), &mut sealed).ok()?.len();
        sealed.truncate(length);
        Some(sealed)
    }
}

/// Whose the octets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub call_id: i64,
    pub consumer: i64,
}

impl Owner {
    fn associated(self, kind: Kind) -> [u8; 31] {
        let mut data = [0u8; 31];
        data[..14].copy_from_slice(b"kapia-deferred");
        data[14] = kind as u8;
        data[15..23].copy_from_slice(&self.call_id.to_be_bytes());
        data[23..].copy_from_slice(&self.consumer.to_be_bytes());
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Owner = Owner { call_id: 7, consumer: 3 };

    #[test]
    fn what_is_sealed_opens_for_the_same_call_consumer_and_kind_only() {
        let key = SealingKey::random().unwrap();
        let sealer = Sealer::new(&key).unwrap();
        for text in [&b""[..], b"1", b"a longer text that spans some blocks of sixteen octets each"] {
            let sealed = sealer.seal(Kind::Argument, OWNER, text.to_vec()).unwrap();
            assert_eq!(sealer.open(Kind::Argument, OWNER, sealed.clone()).as_deref(), Some(text));
            assert_eq!(sealer.open(Kind::Context, OWNER, sealed.clone()), None);
            assert_eq!(sealer.open(Kind::Argument, Owner { call_id: 8, ..OWNER }, sealed.clone()), None);
            assert_eq!(sealer.open(Kind::Argument, Owner { consumer: 4, ..OWNER }, sealed.clone()), None);
            let other = Sealer::new(&SealingKey::random().unwrap()).unwrap();
            assert_eq!(other.open(Kind::Argument, OWNER, sealed), None);
        }
    }

    #[test]
    fn one_changed_or_missing_octet_is_noticed_wherever_it_is() {
        let sealer = Sealer::new(&SealingKey::random().unwrap()).unwrap();
        let sealed = sealer.seal(Kind::Outcome, OWNER, b"outcome".to_vec()).unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 0x10;
            assert_eq!(sealer.open(Kind::Outcome, OWNER, changed), None, "{place}");
            assert_eq!(sealer.open(Kind::Outcome, OWNER, sealed[..place].to_vec()), None, "{place}");
        }
    }

    #[test]
    fn the_same_octets_never_look_the_same_twice() {
        let sealer = Sealer::new(&SealingKey::random().unwrap()).unwrap();
        let seal = || sealer.seal(Kind::Facts, OWNER, b"facts".to_vec()).unwrap();
        assert_ne!(seal(), seal());
    }
}
