//! The chain: how the hash of a row is computed, and what a head is.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Serialize, Serializer};

use crate::octets::{Digest, Sha256};
use crate::text::CATALOGUE;
use kapia_language::Language;

// Changes whenever the meaning of the hashed octets changes, so that no octets have two meanings.
const DOMAIN: &[u8] = b"kapia journal record v1\0";

/// SHA-256 over the domain, then sequence (8 octets, big-endian), previous hash (32 octets) and text, each preceded by
/// its length in octets as 8 octets big-endian.
pub type Hash = Sha256;

/// Hash of the row `sequence` with `text` after a row whose hash is `previous`.
pub(crate) fn seal(sequence: u64, previous: &Hash, text: &str) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(DOMAIN);
    for part in [sequence.to_be_bytes().as_slice(), previous.0.as_slice(), text.as_bytes()] {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    Digest(out)
}

/// What stands before the first row.
pub(crate) const BEFORE_GENESIS: Hash = Digest([0; 32]);

/// Where a record stands, now that it is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// Its number, from 1, without gaps.
    pub sequence: u64,
    /// Its hash.
    pub hash: Hash,
}

/// A row by number and hash; as text `sequence:hash`, to be kept where the journal's own keeper cannot write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the row; 0 is the row that names the journal.
    pub sequence: u64,
    /// Its hash.
    pub hash: Hash,
}

impl From<Sealed> for Head {
    fn from(Sealed { sequence, hash }: Sealed) -> Self {
        Self { sequence, hash }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, self.hash)
    }
}

impl Serialize for Head {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let (sequence, hash) = text.trim().split_once(':').ok_or(HeadError)?;
        Ok(Self { sequence: sequence.parse().map_err(|_| HeadError)?, hash: Hash::from_hex(hash).ok_or(HeadError)? })
    }
}

/// Text that is not a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadError;

impl HeadError {
    /// Stable code: `journal-head`.
    pub fn code(&self) -> &'static str {
        "journal-head"
    }

    /// What is wrong.
    pub fn message(&self, language: Language) -> String {
        CATALOGUE.message(self.code(), language, &[])
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        CATALOGUE.hint(self.code(), language, &[])
    }
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for HeadError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_that_the_documentation_describes() {
        let mut octets = b"kapia journal record v1\0".to_vec();
        octets.extend([0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2]);
        octets.extend([0, 0, 0, 0, 0, 0, 0, 32]);
        octets.extend([7; 32]);
        octets.extend([0, 0, 0, 0, 0, 0, 0, 3]);
        octets.extend(b"abc");
        assert_eq!(seal(258, &Digest([7; 32]), "abc"), Sha256::of(&octets));
    }

    #[test]
    fn every_part_of_a_row_moves_its_hash() {
        let base = seal(1, &BEFORE_GENESIS, "a");
        assert_ne!(base, seal(2, &BEFORE_GENESIS, "a"));
        assert_ne!(base, seal(1, &Digest([1; 32]), "a"));
        assert_ne!(base, seal(1, &BEFORE_GENESIS, "b"));
    }

    #[test]
    fn a_head_survives_being_written_down() {
        let head = Head { sequence: 42, hash: Sha256::of(b"x") };
        assert_eq!(head.to_string().parse(), Ok(head));
        for bad in ["", "42", "42:", "x:00", "42:zz"] {
            assert_eq!(bad.parse::<Head>(), Err(HeadError), "{bad}");
        }
    }
}
