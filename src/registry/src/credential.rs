//! By what a caller is found.

use std::fmt;

use kapia_pki::{Sha1Thumbprint, Sha256Thumbprint, Thumbprints};

use crate::names::Oid;
use crate::subject::ConsumerId;

/// What a call showed of its caller; which of these may count on a listener is the listener's business (regix-contract §5.1).
///
/// A credential proves nothing by itself: [`crate::Registry::identify`] makes a [`crate::Caller`] of it or refuses it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A certificate whose octets were seen: both of its thumbprints must be those of one row.
    Certificate(Thumbprints),
    /// SHA-1 alone, as an upstream TLS terminator hands it on; refused if several certificates share it.
    Sha1(Sha1Thumbprint),
    /// SHA-256 alone.
    Sha256(Sha256Thumbprint),
    /// The object identifier of a consumer, from a token of the service bus.
    Oid(Oid),
    /// What was kept of a call that was accepted earlier: the certificate must still belong to that consumer.
    Accepted {
        /// Whose call it was.
        consumer: ConsumerId,
        /// The certificate that it was accepted with.
        certificate: Sha256Thumbprint,
    },
}

/// The kinds of [`Credential`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// A certificate whose octets were seen.
    Certificate,
    /// SHA-1 alone.
    Sha1,
    /// SHA-256 alone.
    Sha256,
    /// The object identifier of a consumer.
    Oid,
    /// A call that was accepted earlier.
    Accepted,
}

impl Credential {
    /// Its kind.
    pub fn kind(&self) -> CredentialKind {
        match self {
            Self::Certificate(_) => CredentialKind::Certificate,
            Self::Sha1(_) => CredentialKind::Sha1,
            Self::Sha256(_) => CredentialKind::Sha256,
            Self::Oid(_) => CredentialKind::Oid,
            Self::Accepted { .. } => CredentialKind::Accepted,
        }
    }
}

impl CredentialKind {
    /// Stable name: `certificate`, `sha1`, `sha256`, `oid` or `accepted`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Oid => "oid",
            Self::Accepted => "accepted",
        }
    }
}

impl From<Thumbprints> for Credential {
    fn from(thumbprints: Thumbprints) -> Self {
        Self::Certificate(thumbprints)
    }
}

/// The thumbprint or the object identifier, as an operator would search for it.
impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(thumbprints) => thumbprints.sha256.fmt(f),
            Self::Sha1(sha1) => sha1.fmt(f),
            Self::Sha256(sha256) | Self::Accepted { certificate: sha256, .. } => sha256.fmt(f),
            Self::Oid(oid) => oid.fmt(f),
        }
    }
}
