//! Passwords that were right a moment ago, so that a thousand pushes do not cost a thousand hashes.
//!
//! Kept are keyed hashes, under a key of this process. The revision of the credential is part of what is hashed: whatever changes the
//! credential or its passwords, in this process or another, makes the memory worthless.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::hmac;
use time::OffsetDateTime;

use crate::error::RecordsError;
use crate::store::millis;

/// How many are remembered.
const MOST: usize = 10_000;

pub(crate) struct Remembered {
    key: hmac::Key,
    known: Mutex<Known>,
}

struct Known {
    kept: Duration,
    until: HashMap<[u8; 32], i64>,
}

impl Remembered {
    pub(crate) fn new(kept: Duration) -> Result<Self, RecordsError> {
        let mut octets = zeroize::Zeroizing::new([0u8; 32]);
        aws_lc_rs::rand::fill(octets.as_mut_slice()).map_err(|_| RecordsError::Cryptography)?;
        let known = Mutex::new(Known { kept, until: HashMap::new() });
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, octets.as_slice()), known })
    }

    /// Remembers for so long from now on; what was remembered for another time is forgotten.
    pub(crate) fn keep_for(&self, kept: Duration) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.kept != kept {
            *known = Known { kept, until: HashMap::new() };
        }
    }

    /// A name for something in memory that says nothing about it.
    pub(crate) fn name(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut name = [0; 16];
        name.copy_from_slice(&self.keyed(parts)[..16]);
        name
    }

    /// Whether this password was right for this revision of the credential.
    pub(crate) fn knows(&self, credential: (i64, i64), password: &[u8], now: OffsetDateTime) -> bool {
        let proof = self.proof(credential, password);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.until.get(&proof).is_some_and(|until| *until > millis(now))
    }

    /// It is right, until `ends_at` at the latest.
    pub(crate) fn remember(&self, credential: (i64, i64), password: &[u8], ends_at: Option<i64>, now: OffsetDateTime) {
        let proof = self.proof(credential, password);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let until = millis(now + known.kept).min(ends_at.unwrap_or(i64::MAX));
        let known = &mut known.until;
        if known.len() >= MOST {
            let now = millis(now);
            known.retain(|_, until| *until > now);
            if known.len() >= MOST {
                known.clear();
            }
        }
        known.insert(proof, until);
    }

    fn proof(&self, (id, revision): (i64, i64), password: &[u8]) -> [u8; 32] {
        self.keyed(&[&id.to_be_bytes(), &revision.to_be_bytes(), password])
    }

    fn keyed(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut tag = [0; 32];
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }
}
