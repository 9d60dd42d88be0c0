//! A certificate that somebody showed, and what we think of its chain.

use std::fmt;

use rustls::pki_types::CertificateDer;
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::{Language, PkiError, Problem, Thumbprints, name};

/// A client certificate with our verdict on its chain. That its holder is the client was proven in a handshake: ours, or
/// that of a configured proxy; [`crate::Shown`] says which.
///
/// A `Presented` identifies a consumer only if `chain` is [`ChainVerdict::Trusted`]: see [`Presented::trusted`].
#[derive(Clone)]
pub struct Presented {
    /// The DER octets.
    pub der: CertificateDer<'static>,
    /// SHA-1 and SHA-256 of the DER octets.
    pub thumbprints: Thumbprints,
    /// The subject as RFC 4514 text.
    pub subject: String,
    /// The issuer as RFC 4514 text.
    pub issuer: String,
    /// The serial number as lower-case hex.
    pub serial: String,
    /// The first moment of validity.
    pub not_before: OffsetDateTime,
    /// The last moment of validity.
    pub not_after: OffsetDateTime,
    /// The administration's OID from ST (`OID:2.16…`): informative, never an identity (regix-contract §13).
    pub oid: Option<String>,
    /// The verdict on the chain.
    pub chain: ChainVerdict,
    pub(crate) authority: bool,
}

impl Presented {
    /// Reads a certificate; the verdict starts as `Unusable` until [`crate::TrustAnchors::present`] has judged the chain.
    ///
    /// # Errors
    /// The octets are not one DER certificate.
    pub fn from_der(der: &CertificateDer<'_>) -> Result<Self, PkiError> {
        let broken = |how: String| PkiError::new("the client certificate", Problem::BrokenCertificate(how));
        let (rest, certificate) = X509Certificate::from_der(der).map_err(|error| broken(error.to_string()))?;
        if !rest.is_empty() {
            return Err(broken(format!("{} octets too many", rest.len())));
        }
        Ok(Self {
            der: der.clone().into_owned(),
            thumbprints: Thumbprints::of(der),
            subject: name::rfc4514(certificate.subject()),
            issuer: name::rfc4514(certificate.issuer()),
            serial: certificate.raw_serial().iter().map(|byte| format!("{byte:02x}")).collect(),
            not_before: certificate.validity().not_before.to_datetime(),
            not_after: certificate.validity().not_after.to_datetime(),
            oid: name::administration_oid(certificate.subject()),
            chain: ChainVerdict::Unusable("the chain has not been judged".to_owned()),
            authority: certificate.is_ca(),
        })
    }

    /// A certificate that cannot be read at all: thumbprints only, and a verdict that says why.
    pub(crate) fn unreadable(der: &CertificateDer<'_>, why: String) -> Self {
        Self {
            der: der.clone().into_owned(),
            thumbprints: Thumbprints::of(der),
            subject: String::new(),
            issuer: String::new(),
            serial: String::new(),
            not_before: OffsetDateTime::UNIX_EPOCH,
            not_after: OffsetDateTime::UNIX_EPOCH,
            oid: None,
            chain: ChainVerdict::Unusable(why),
            authority: false,
        }
    }

    /// The thumbprints by which a consumer may be looked up: none unless the chain is trusted.
    pub fn trusted(&self) -> Option<&Thumbprints> {
        (self.chain == ChainVerdict::Trusted).then_some(&self.thumbprints)
    }
}

/// Shows thumbprint and verdict only: a subject may be a person's name.
impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented")
            .field("sha256", &self.thumbprints.sha256)
            .field("chain", &self.chain)
            .finish_non_exhaustive()
    }
}

/// What we think of a client certificate and the chain it came with, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ChainVerdict {
    /// Issued by an accepted authority, valid now, for client authentication, not revoked.
    Trusted,
    /// Issued by an accepted authority, but over.
    Expired,
    /// Issued by an accepted authority, but not begun.
    NotYetValid,
    /// No path to an accepted authority.
    UnknownIssuer,
    /// On a revocation list of its issuer (or an issuer of it is).
    Revoked,
    /// Not meant for client authentication, or itself an authority.
    WrongPurpose,
    /// Anything else; the text (English) is for logs and administrators.
    Unusable(String),
}

impl ChainVerdict {
    /// A short stable name for logs, metrics and the journal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::UnknownIssuer => "unknown-issuer",
            Self::Revoked => "revoked",
            Self::WrongPurpose => "wrong-purpose",
            Self::Unusable(_) => "unusable",
        }
    }

    /// The verdict as a sentence that may be shown to the one who presented the certificate.
    pub fn message(&self, language: Language) -> &'static str {
        let (en, bg) = match self {
            Self::Trusted => ("the client certificate is trusted", "клиентското удостоверение е доверено"),
            Self::Expired => ("the client certificate has expired", "срокът на клиентското удостоверение е изтекъл"),
            Self::NotYetValid => {
                ("the client certificate is not valid yet", "клиентското удостоверение още не е валидно")
            }
            Self::UnknownIssuer => (
                "the client certificate was not issued by an accepted authority",
                "клиентското удостоверение не е издадено от приет удостоверяващ орган",
            ),
            Self::Revoked => ("the client certificate has been revoked", "клиентското удостоверение е прекратено"),
            Self::WrongPurpose => (
                "the client certificate is not meant for client authentication",
                "клиентското удостоверение не е предназначено за удостоверяване на клиент",
            ),
            Self::Unusable(_) => {
                ("the client certificate cannot be used", "клиентското удостоверение не може да се използва")
            }
        };
        match language {
            Language::English => en,
            Language::Bulgarian => bg,
        }
    }
}
