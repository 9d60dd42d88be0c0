//! Who can hold a right: a consumer, one of its certificates, a role.

use std::fmt;
use std::str::FromStr;

use kapia_pki::{Sha1Thumbprint, Sha256Thumbprint, ThumbprintError, Thumbprints};
use serde::Serialize;

use crate::names::{ConsumerName, RoleName};

impl ConsumerId {
    /// The consumer that others keep by this number; whether there is one, the registry says.
    pub fn new(number: i64) -> Self {
        Self(number)
    }
}

macro_rules! identifier {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub(crate) i64);

        impl $name {
            /// The number in the table; never used again for another row.
            pub fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

identifier! {
    /// Number of a consumer.
    ConsumerId,
    /// Number of a transport certificate.
    CertificateId,
    /// Number of a role.
    RoleId,
    /// Number of an operation.
    OperationId,
    /// Number of an operation grant.
    GrantId,
}

/// Holder of a right, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// One certificate of a consumer.
    Certificate(CertificateId),
    /// A consumer with all its certificates.
    Consumer(ConsumerId),
    /// A role and whoever is in it.
    Role(RoleId),
}

/// Holder of a right, by the name that an operator writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectName {
    /// A consumer with all its certificates.
    Consumer(ConsumerName),
    /// One certificate, by thumbprint.
    Certificate(CertificateRef),
    /// A role and whoever is in it.
    Role(RoleName),
}

impl fmt::Display for SubjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Consumer(name) => write!(f, "consumer {name}"),
            Self::Certificate(reference) => write!(f, "certificate {reference}"),
            Self::Role(name) => write!(f, "role {name}"),
        }
    }
}

/// A certificate named by one of its thumbprints: 40 hexadecimal digits are SHA-1, 64 are SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CertificateRef {
    /// By SHA-1 of the DER octets.
    Sha1(Sha1Thumbprint),
    /// By SHA-256 of the DER octets.
    Sha256(Sha256Thumbprint),
}

impl FromStr for CertificateRef {
    type Err = ThumbprintError;

    fn from_str(text: &str) -> Result<Self, ThumbprintError> {
        match text.parse().map(Self::Sha256) {
            Err(long @ ThumbprintError::Length { .. }) => text.parse().map(Self::Sha1).map_err(|_| long),
            other => other,
        }
    }
}

impl From<&Thumbprints> for CertificateRef {
    fn from(thumbprints: &Thumbprints) -> Self {
        Self::Sha256(thumbprints.sha256)
    }
}

impl fmt::Display for CertificateRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha1(sha1) => sha1.fmt(f),
            Self::Sha256(sha256) => sha256.fmt(f),
        }
    }
}
