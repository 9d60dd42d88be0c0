//! One key per file; each piece is sealed under its number.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use std::io;

/// Octets of one piece before it is sealed: what a reader holds in memory.
pub(crate) const PIECE: usize = 64 * 1024;
/// Octets of one piece in the file.
pub(crate) const SEALED: usize = PIECE + TAG;
/// Octets that sealing adds.
pub(crate) const TAG: usize = 16;

pub(crate) struct Seal(LessSafeKey);

impl Seal {
    pub fn new() -> io::Result<Seal> {
        let mut key = [0_u8; 32];
        let failed = |_| io::Error::other("no random key could be made");
        SystemRandom::new().fill(&mut key).map_err(failed)?;
        UnboundKey::new(&AES_256_GCM, &key).map(|key| Seal(LessSafeKey::new(key))).map_err(failed)
    }

    /// Seals a piece in place; its tag is appended. A number is used once under a key: pieces are never written anew.
    pub fn close(&self, number: u64, piece: &mut Vec<u8>) -> io::Result<()> {
        let failed = |_| io::Error::other("a piece could not be sealed");
        self.0.seal_in_place_append_tag(nonce(number), Aad::empty(), piece).map_err(failed)
    }

    /// Opens a piece in place; the error says that the file is not what was written.
    pub fn open(&self, number: u64, piece: &mut Vec<u8>) -> io::Result<()> {
        let changed =
            |_| io::Error::new(io::ErrorKind::InvalidData, "a temporary file is not what was written into it");
        let length = self.0.open_in_place(nonce(number), Aad::empty(), piece).map_err(changed)?.len();
        piece.truncate(length);
        Ok(())
    }
}

fn nonce(number: u64) -> Nonce {
    let mut octets = [0_u8; NONCE_LEN];
    octets[NONCE_LEN - 8..].copy_from_slice(&number.to_be_bytes());
    Nonce::assume_unique_for_key(octets)
}
