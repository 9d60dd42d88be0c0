//! RSASSA-PKCS1-v1_5 with SHA-1, for the legacy profile only.
//!
//! The cryptographic library verifies such signatures but rightly offers no way to make them. The private operation
//! (RFC 8017 §5.1.2, Chinese remainder form) is therefore done here on constant-time arithmetic, and no value leaves
//! before the library has verified it: neither an error in this file nor a fault of the machine can reveal a prime.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, ConcatenatingMul as _, Odd, Resize as _};
use zeroize::Zeroize as _;

use crate::certificate::PublicKey;
use crate::der::Reader;
use crate::key::{KeyProblem, check_rsa_modulus};

/// The private key in Chinese remainder form, in memory only while a legacy signer lives. What the arithmetic library
/// allows to wipe is wiped when dropped; its shared parameters, which hold the primes, are only freed.
pub(crate) struct RsaSha1Key {
    p: BoxedMontyParams,
    q: BoxedMontyParams,
    exponent_p: BoxedUint,
    exponent_q: BoxedUint,
    coefficient: BoxedMontyForm,
    modulus_length: usize,
}

impl RsaSha1Key {
    /// From `RSAPrivateKey` in DER (RFC 8017 A.1.2) with two primes.
    pub(crate) fn from_pkcs1(der: &[u8]) -> Result<Self, KeyProblem> {
        let parts = Parts::read(der).ok_or(KeyProblem::KeyUnreadable)?;
        check_rsa_modulus(parts.modulus)?;
        Self::assemble(&parts).ok_or(KeyProblem::KeyUnreadable)
    }

    /// The signature value of the message; `None` if it does not verify under the public key.
    pub(crate) fn sign(&self, message: &[u8], public: &PublicKey) -> Option<Vec<u8>> {
        let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, message);
        let padded = self.encode(hash.as_ref())?;
        let value = self.private_operation(&padded)?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, public.octets())
            .verify(message, &value)
            .ok()?;
        Some(value)
    }

    fn assemble(parts: &Parts<'_>) -> Option<Self> {
        let length = parts.p.len().max(parts.q.len());
        let precision = u32::try_from(length).ok()?.checked_mul(8)?;
        let number = |octets: &[u8]| BoxedUint::from_be_slice(octets, precision).ok();
        let prime = |octets: &[u8]| Option::<Odd<BoxedUint>>::from(Odd::new(number(octets)?));
        let p = BoxedMontyParams::new(prime(parts.p)?);
        let q = BoxedMontyParams::new(prime(parts.q)?);
        let coefficient = number(parts.coefficient)?;
        if coefficient >= *p.modulus().as_ref() {
            return None;
        }
        Some(RsaSha1Key {
            exponent_p: number(parts.exponent_p)?,
            exponent_q: number(parts.exponent_q)?,
            coefficient: BoxedMontyForm::new(coefficient, &p),
            p,
            q,
            modulus_length: parts.modulus.len(),
        })
    }

    /// EMSA-PKCS1-v1_5 (RFC 8017 §9.2) of a SHA-1 value.
    fn encode(&self, hash: &[u8]) -> Option<Vec<u8>> {
        let tail = DIGEST_INFO.len() + hash.len() + 1;
        let filling = self.modulus_length.checked_sub(tail + 2)?;
        let mut padded = Vec::with_capacity(self.modulus_length);
        padded.extend_from_slice(&[0, 1]);
        padded.resize(2 + filling, 0xff);
        padded.push(0);
        padded.extend_from_slice(&DIGEST_INFO);
        padded.extend_from_slice(hash);
        Some(padded)
    }

    fn private_operation(&self, padded: &[u8]) -> Option<Vec<u8>> {
        let precision = u32::try_from(padded.len()).ok()?.checked_mul(8)?;
        let message = BoxedUint::from_be_slice(padded, precision).ok()?;
        let power = |params: &BoxedMontyParams, exponent: &BoxedUint| {
            let reduced = message.rem(params.modulus().as_nz_ref());
            BoxedMontyForm::new(reduced, params).pow(exponent)
        };
        let mut m_p = power(&self.p, &self.exponent_p);
        let mut m_q = power(&self.q, &self.exponent_q);
        let low = m_q.retrieve();
        let low_in_p = low.rem(self.p.modulus().as_nz_ref());
        let mut difference = m_p.sub(&BoxedMontyForm::new(low_in_p, &self.p));
        let mut high = difference.mul(&self.coefficient).retrieve();
        let product = high.concatenating_mul(self.q.modulus().as_ref());
        let mut low = low.resize(product.bits_precision());
        let sum = product.wrapping_add(&low);
        let octets = sum.to_be_bytes();
        for secret in [&mut low, &mut high] {
            secret.zeroize();
        }
        for secret in [&mut m_p, &mut m_q, &mut difference] {
            secret.zeroize();
        }
        let excess = octets.len().checked_sub(self.modulus_length)?;
        Some(octets.get(excess..)?.to_vec())
    }
}

impl Drop for RsaSha1Key {
    fn drop(&mut self) {
        self.exponent_p.zeroize();
        self.exponent_q.zeroize();
        self.coefficient.zeroize();
    }
}

/// The numbers of an `RSAPrivateKey` that the operation needs.
struct Parts<'a> {
    modulus: &'a [u8],
    p: &'a [u8],
    q: &'a [u8],
    exponent_p: &'a [u8],
    exponent_q: &'a [u8],
    coefficient: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let mut outer = Reader::new(der);
        let mut numbers = outer.sequence()?;
        let version = numbers.unsigned()?;
        if !version.is_empty() {
            // Version 1 announces more than two primes (RFC 8017 A.1.2).
            return None;
        }
        let modulus = numbers.unsigned()?;
        let _public_exponent = numbers.unsigned()?;
        let _private_exponent = numbers.unsigned()?;
        Some(Parts {
            modulus,
            p: numbers.unsigned()?,
            q: numbers.unsigned()?,
            exponent_p: numbers.unsigned()?,
            exponent_q: numbers.unsigned()?,
            coefficient: numbers.unsigned()?,
        })
    }
}

/// `DigestInfo` of SHA-1 without the value (RFC 8017 §9.2, note 1).
const DIGEST_INFO: [u8; 15] =
    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::RsaKeyPair;
    use rcgen::{CertificateParams, KeyPair};

    use super::*;
    use crate::certificate::Certificate;

    fn generated() -> (Vec<u8>, PublicKey) {
        let pkcs8 = RsaKeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap();
        let pair = KeyPair::try_from(pkcs8.as_ref()).unwrap();
        let certificate = CertificateParams::default().self_signed(&pair).unwrap();
        let public = Certificate::from_der(certificate.der()).unwrap().public_key().clone();
        let mut parts = Reader::new(pkcs8.as_ref()).sequence().unwrap();
        parts.unsigned().unwrap();
        parts.sequence().unwrap();
        (parts.take(crate::der::OCTET_STRING).unwrap().to_vec(), public)
    }

    #[test]
    fn the_order_of_the_primes_does_not_matter() {
        let (pkcs1, public) = generated();
        let parts = Parts::read(&pkcs1).unwrap();
        let key = RsaSha1Key::assemble(&parts).unwrap();
        let value = key.sign("съобщение".as_bytes(), &public).unwrap();

        let p = BoxedMontyForm::new(key.p.modulus().as_ref().rem(key.q.modulus().as_nz_ref()), &key.q);
        let coefficient = Option::<BoxedMontyForm>::from(p.invert()).unwrap().retrieve().to_be_bytes();
        let swapped = RsaSha1Key::assemble(&Parts {
            modulus: parts.modulus,
            p: parts.q,
            q: parts.p,
            exponent_p: parts.exponent_q,
            exponent_q: parts.exponent_p,
            coefficient: &coefficient,
        });
        assert_eq!(swapped.unwrap().sign("съобщение".as_bytes(), &public), Some(value));
    }

    #[test]
    fn a_value_that_does_not_verify_never_leaves() {
        let (pkcs1, public) = generated();
        let (_, other) = generated();
        let mut key = RsaSha1Key::from_pkcs1(&pkcs1).unwrap();
        assert!(key.sign(b"x", &public).is_some());
        assert!(key.sign(b"x", &other).is_none());
        // A fault in one half of the Chinese remainder form would reveal a prime to whoever sees the value.
        key.exponent_q = key.exponent_p.clone();
        assert!(key.sign(b"x", &public).is_none());
    }
}
