//! Digests of octets that come piece by piece.

use aws_lc_rs::digest;

/// A digest that is being made.
pub struct Digesting(digest::Context);

/// A finished digest.
pub struct Digest(digest::Digest);

impl Digesting {
    pub(crate) fn new(algorithm: &'static digest::Algorithm) -> Digesting {
        Digesting(digest::Context::new(algorithm))
    }

    /// Takes the next octets.
    pub fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    /// The digest of all of them.
    pub fn finish(self) -> Digest {
        Digest(self.0.finish())
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref()
    }
}
