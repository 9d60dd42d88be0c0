//! Sealing of what belongs to a call: what the octets are and whose they are is sealed with them.

use kapia_storage::{SealError, SealingKey};

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

/// Seals five times for a call.
pub(crate) struct Sealer(kapia_storage::Sealer);

impl Sealer {
    pub(crate) fn new(key: &SealingKey) -> Result<Self, SealError> {
        kapia_storage::Sealer::new(key).map(Self)
    }

    pub(crate) fn seal(&self, kind: Kind, owner: Owner, octets: Vec<u8>) -> Result<Vec<u8>, SealError> {
        self.0.seal(&owner.associated(kind), octets)
    }

    /// The octets again; nothing if they were sealed with another key, as something else, for somebody else, or were changed.
    pub(crate) fn open(&self, kind: Kind, owner: Owner, sealed: Vec<u8>) -> Option<Vec<u8>> {
        self.0.open(&owner.associated(kind), sealed)
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
        let sealer = Sealer::new(&SealingKey::random().unwrap()).unwrap();
        let sealed = sealer.seal(Kind::Argument, OWNER, b"argument".to_vec()).unwrap();
        assert_eq!(sealer.open(Kind::Argument, OWNER, sealed.clone()).as_deref(), Some(&b"argument"[..]));
        assert_eq!(sealer.open(Kind::Context, OWNER, sealed.clone()), None);
        assert_eq!(sealer.open(Kind::Argument, Owner { call_id: 8, ..OWNER }, sealed.clone()), None);
        assert_eq!(sealer.open(Kind::Argument, Owner { consumer: 4, ..OWNER }, sealed), None);
    }
}
