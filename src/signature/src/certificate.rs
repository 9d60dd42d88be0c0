//! X.509 certificates as far as a signature needs them.

use std::fmt;
use std::sync::Arc;

use time::OffsetDateTime;
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::algorithm::KeyFamily;
use crate::key::{KeyError, KeyProblem};
use crate::{name, pem};

/// A certificate: its octets and what was read from them once; cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    inner: Arc<Inner>,
}

#[derive(PartialEq, Eq)]
struct Inner {
    der: Vec<u8>,
    key: PublicKey,
    subject: String,
    issuer: String,
    serial: String,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    subject_raw: Vec<u8>,
    issuer_raw: Vec<u8>,
}

impl Certificate {
    /// One certificate in DER (RFC 5280); errors: `key-certificate`, `key-algorithm`, `key-rsa-short`, `key-curve`.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let (rest, parsed) =
            x509_parser::certificate::X509Certificate::from_der(der).map_err(|_| KeyProblem::Certificate)?;
        if !rest.is_empty() {
            return Err(KeyProblem::Certificate.into());
        }
        Ok(Certificate {
            inner: Arc::new(Inner {
                key: PublicKey::from_info(parsed.public_key())?,
                subject: name::rfc4514(parsed.subject()),
                issuer: name::rfc4514(parsed.issuer()),
                serial: parsed.tbs_certificate.serial.to_str_radix(10),
                not_before: parsed.validity().not_before.to_datetime(),
                not_after: parsed.validity().not_after.to_datetime(),
                subject_raw: parsed.subject().as_raw().to_vec(),
                issuer_raw: parsed.issuer().as_raw().to_vec(),
                der: der.to_vec(),
            }),
        })
    }

    /// Every `CERTIFICATE` block of a PEM text in order; at least one, other blocks are passed over.
    pub fn from_pem(text: &str) -> Result<Vec<Self>, KeyError> {
        let blocks = pem::blocks(text).map_err(|at| KeyError::at(KeyProblem::PemMalformed, at.block))?;
        let mut found = Vec::new();
        for (index, block) in blocks.iter().enumerate() {
            if matches!(block.label, "CERTIFICATE" | "X509 CERTIFICATE") {
                let certificate =
                    Self::from_der(&block.der).map_err(|error| KeyError::at(error.problem(), index + 1))?;
                found.push(certificate);
            }
        }
        if found.is_empty() {
            return Err(KeyProblem::CertificateMissing.into());
        }
        Ok(found)
    }

    /// The octets of the certificate.
    pub fn der(&self) -> &[u8] {
        &self.inner.der
    }

    /// The subject in RFC 4514 form.
    pub fn subject(&self) -> &str {
        &self.inner.subject
    }

    /// The issuer in RFC 4514 form.
    pub fn issuer(&self) -> &str {
        &self.inner.issuer
    }

    /// The serial number in decimal digits.
    pub fn serial(&self) -> &str {
        &self.inner.serial
    }

    /// The first moment of validity.
    pub fn not_before(&self) -> OffsetDateTime {
        self.inner.not_before
    }

    /// The last moment of validity.
    pub fn not_after(&self) -> OffsetDateTime {
        self.inner.not_after
    }

    /// Whether the moment lies within the validity period, both ends included (RFC 5280 §4.1.2.5).
    pub fn is_valid_at(&self, moment: OffsetDateTime) -> bool {
        self.inner.not_before <= moment && moment <= self.inner.not_after
    }

    /// The public key of the subject.
    pub fn public_key(&self) -> &PublicKey {
        &self.inner.key
    }

    /// Whether the other certificate can be that of the issuer, by name; nothing is above a self-issued one.
    pub(crate) fn is_issued_by(&self, issuer: &Certificate) -> bool {
        self.inner.issuer_raw == issuer.inner.subject_raw && self.inner.issuer_raw != self.inner.subject_raw
    }
}

/// Names the certificate, but not its holder's data: subjects of natural persons hold personal identifiers.
impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("serial", &self.inner.serial)
            .field("not_before", &self.inner.not_before)
            .field("not_after", &self.inner.not_after)
            .finish_non_exhaustive()
    }
}

/// A public key that signatures can be verified with: RSA of 2048 bits or more, P-256 or P-384.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    family: KeyFamily,
    /// `RSAPublicKey` in DER (RFC 8017 A.1.1), or the uncompressed point (SEC 1 §2.3.3).
    octets: Vec<u8>,
}

impl PublicKey {
    /// A `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1.2.7); errors as for certificates.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        match SubjectPublicKeyInfo::from_der(der) {
            Ok(([], info)) => Self::from_info(&info),
            _ => Err(KeyProblem::PublicKey.into()),
        }
    }

    /// The first `PUBLIC KEY` block of a PEM text.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let blocks = pem::blocks(text).map_err(|at| KeyError::at(KeyProblem::PemMalformed, at.block))?;
        match blocks.iter().find(|block| block.label == "PUBLIC KEY") {
            Some(block) => Self::from_spki_der(&block.der),
            None => Err(KeyProblem::PublicKey.into()),
        }
    }

    fn from_info(info: &SubjectPublicKeyInfo<'_>) -> Result<Self, KeyError> {
        let octets = info.subject_public_key.data.to_vec();
        let family = match info.algorithm.algorithm.to_id_string().as_str() {
            RSA_ENCRYPTION => {
                let (modulus, _) = rsa_parts(&octets).ok_or(KeyProblem::PublicKey)?;
                crate::key::check_rsa_modulus(modulus)?;
                KeyFamily::Rsa
            }
            EC_PUBLIC_KEY => {
                let curve =
                    info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok()).map(|oid| oid.to_id_string());
                let family = match curve.as_deref() {
                    Some(SECP256R1) => KeyFamily::P256,
                    Some(SECP384R1) => KeyFamily::P384,
                    _ => return Err(KeyProblem::Curve.into()),
                };
                let expected = if family == KeyFamily::P256 { 65 } else { 97 };
                if octets.len() != expected || octets.first() != Some(&4) {
                    return Err(KeyProblem::PublicKey.into());
                }
                family
            }
            _ => return Err(KeyProblem::Algorithm.into()),
        };
        Ok(PublicKey { family, octets })
    }

    /// The kind of the key.
    pub fn family(&self) -> KeyFamily {
        self.family
    }

    /// `RSAPublicKey` in DER (RFC 8017 A.1.1), or the uncompressed point (SEC 1 §2.3.3).
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Modulus and exponent of an RSA key, big-endian without leading zeros.
    pub(crate) fn rsa(&self) -> Option<(&[u8], &[u8])> {
        match self.family {
            KeyFamily::Rsa => rsa_parts(&self.octets),
            KeyFamily::P256 | KeyFamily::P384 => None,
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("family", &self.family).finish_non_exhaustive()
    }
}

fn rsa_parts(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut outer = crate::der::Reader::new(octets);
    let mut parts = outer.sequence()?;
    let pair = (parts.unsigned()?, parts.unsigned()?);
    (parts.is_empty() && outer.is_empty()).then_some(pair)
}

const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const SECP256R1: &str = "1.2.840.10045.3.1.7";
const SECP384R1: &str = "1.3.132.0.34";
