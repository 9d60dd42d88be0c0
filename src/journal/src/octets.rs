//! Digests as values: octets in memory, lower-case hexadecimal in text.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `N` octets of a digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest<const N: usize>(pub [u8; N]);

/// SHA-1, 20 octets; names certificates in RegiX.
pub type Sha1 = Digest<20>;

/// SHA-256, 32 octets.
pub type Sha256 = Digest<32>;

impl Sha256 {
    /// The digest of `octets`.
    pub fn of(octets: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets);
        let mut out = [0; 32];
        out.copy_from_slice(digest.as_ref());
        Self(out)
    }
}

/// A digest of octets that come piece by piece.
pub struct Digesting {
    context: aws_lc_rs::digest::Context,
    size: u64,
}

impl Default for Digesting {
    fn default() -> Self {
        Self { context: aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256), size: 0 }
    }
}

impl Digesting {
    /// Takes the next octets.
    pub fn update(&mut self, octets: &[u8]) {
        self.context.update(octets);
        self.size += octets.len() as u64;
    }

    /// How many octets there were, and the digest of all of them.
    pub fn finish(self) -> (u64, Sha256) {
        let mut out = [0; 32];
        out.copy_from_slice(self.context.finish().as_ref());
        (self.size, Digest(out))
    }
}

impl<const N: usize> Digest<N> {
    /// Reads hexadecimal text of exactly `2 N` digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != N * 2 {
            return None;
        }
        let mut out = [0; N];
        for (octet, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                *octet = (*octet << 4) | char::from(*digit).to_digit(16)? as u8;
            }
        }
        Some(Self(out))
    }
}

impl<const N: usize> fmt::Display for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> From<[u8; N]> for Digest<N> {
    fn from(octets: [u8; N]) -> Self {
        Self(octets)
    }
}

impl<const N: usize> Serialize for Digest<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Digest<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("a digest of another length or alphabet"))
    }
}
