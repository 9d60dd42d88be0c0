//! The algorithms this crate knows by their URI, and which of them a caller admits.

use aws_lc_rs::{digest, signature};
use kapia_xml::canonical::Method;

use crate::digesting::Digesting;
use crate::refusal::Refusal;

/// The namespace of XML-DSig (XML Signature Syntax and Processing §1.3).
pub const DSIG_NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The namespace of `InclusiveNamespaces`, also the URI of exclusive canonicalisation (REC-xml-exc-c14n-20020718 §3).
pub const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// Canonical XML 1.0 without comments (REC-xml-c14n-20010315).
pub const INCLUSIVE_C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
/// The enveloped-signature transform (XML Signature §6.6.4).
pub const ENVELOPED_SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Which algorithms a verifier admits: always SHA-2 with RSA or ECDSA, SHA-1 only when asked for.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Algorithms {
    sha1: bool,
}

impl Algorithms {
    /// rsa-sha256/384/512, ecdsa-sha256 (P-256), ecdsa-sha384 (P-384), digests SHA-256/384/512.
    pub const MODERN: Algorithms = Algorithms { sha1: false };
    /// As [`Algorithms::MODERN`], and rsa-sha1 and SHA-1 digests, for signatures as in regix-contract §8.3.
    pub const WITH_LEGACY_SHA1: Algorithms = Algorithms { sha1: true };

    pub(crate) fn admits_sha1(self) -> bool {
        self.sha1
    }
}

/// A signature algorithm of XML-DSig that can be verified here (RFC 6931, XML Signature 1.1 §6.4).
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-1: legacy only.
    RsaSha1,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaSha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
    /// ECDSA on P-256 with SHA-256, value as r‖s.
    EcdsaSha256,
    /// ECDSA on P-384 with SHA-384, value as r‖s.
    EcdsaSha384,
}

impl SignatureAlgorithm {
    /// The URI that names the algorithm in `SignatureMethod/@Algorithm`.
    pub fn uri(self) -> &'static str {
        match self {
            Self::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Self::RsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::EcdsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        }
    }

    pub(crate) fn admitted(uri: &str, allow: Algorithms) -> Result<Self, Refusal> {
        const ALL: [SignatureAlgorithm; 6] = [
            SignatureAlgorithm::RsaSha1,
            SignatureAlgorithm::RsaSha256,
            SignatureAlgorithm::RsaSha384,
            SignatureAlgorithm::RsaSha512,
            SignatureAlgorithm::EcdsaSha256,
            SignatureAlgorithm::EcdsaSha384,
        ];
        match ALL.into_iter().find(|known| known.uri() == uri) {
            Some(Self::RsaSha1) if !allow.admits_sha1() => Err(Refusal::SignatureSha1),
            Some(known) => Ok(known),
            None if uri.contains("#hmac-") => Err(Refusal::SignatureHmac),
            None => Err(Refusal::SignatureAlgorithm),
        }
    }

    pub(crate) fn verification(self) -> &'static dyn signature::VerificationAlgorithm {
        match self {
            Self::RsaSha1 => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Self::RsaSha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Self::RsaSha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Self::RsaSha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
            Self::EcdsaSha256 => &signature::ECDSA_P256_SHA256_FIXED,
            Self::EcdsaSha384 => &signature::ECDSA_P384_SHA384_FIXED,
        }
    }

    pub(crate) fn family(self) -> KeyFamily {
        match self {
            Self::RsaSha1 | Self::RsaSha256 | Self::RsaSha384 | Self::RsaSha512 => KeyFamily::Rsa,
            Self::EcdsaSha256 => KeyFamily::P256,
            Self::EcdsaSha384 => KeyFamily::P384,
        }
    }
}

/// The kind of a public key.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyFamily {
    /// RSA.
    Rsa,
    /// An elliptic-curve key on NIST P-256.
    P256,
    /// An elliptic-curve key on NIST P-384.
    P384,
}

/// A digest algorithm of XML-DSig.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-1: legacy only.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// The URI that names the algorithm in `DigestMethod/@Algorithm`.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
        }
    }

    pub(crate) fn admitted(uri: &str, allow: Algorithms) -> Result<Self, Refusal> {
        const ALL: [DigestAlgorithm; 4] =
            [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];
        match ALL.into_iter().find(|known| known.uri() == uri) {
            Some(Self::Sha1) if !allow.admits_sha1() => Err(Refusal::DigestSha1),
            Some(known) => Ok(known),
            None => Err(Refusal::DigestAlgorithm),
        }
    }

    pub(crate) fn digest(self, octets: &[u8]) -> digest::Digest {
        digest::digest(self.algorithm(), octets)
    }

    pub(crate) fn digesting(self) -> Digesting {
        Digesting::new(self.algorithm())
    }

    fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }
}

/// The canonicalisation behind a URI, without comments; the variants with comments are refused.
pub(crate) fn canonicalization(uri: &str) -> Option<Method> {
    match uri {
        EXCLUSIVE_C14N => Some(Method::Exclusive),
        INCLUSIVE_C14N => Some(Method::Inclusive),
        _ => None,
    }
}
