//! The server's own certificate and key, and whether they can serve.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::{PkiError, Presented, Problem, pem, provider};

/// A server certificate with its chain and its private key, known to belong together.
pub struct ServerIdentity {
    certified: Arc<CertifiedKey>,
    leaf: Presented,
    host_names: Vec<String>,
    path: PathBuf,
}

/// How a server certificate stands at a moment, for start-up messages and readiness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Valid for longer than thirty days.
    Good,
    /// Valid for this many whole days only (thirty at most).
    EndsSoon(i64),
}

impl ServerIdentity {
    /// Reads a certificate file (the server's own first, then its issuers) and a key file, and checks that they belong together.
    ///
    /// # Errors
    /// A file cannot be read, the key is of an unusable kind, or it belongs to another certificate (often because the issuers stand
    /// first in the file).
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, PkiError> {
        let chain = pem::read_certificates(certificate)?;
        let key_der = pem::read_key(key)?;
        let signing = provider()
            .key_provider
            .load_private_key(key_der)
            .map_err(|error| PkiError::at(key, Problem::UnusableKey(error.to_string())))?;
        let broken = |how: String| PkiError::at(certificate, Problem::BrokenCertificate(how));
        let first = chain.first().ok_or_else(|| PkiError::at(certificate, Problem::NoCertificate))?;
        let leaf =
            Presented::from_der(first).map_err(|error| broken(error.problem().cause(crate::Language::English)))?;
        let host_names = host_names(first).map_err(broken)?;
        let certified = CertifiedKey::new(chain, signing);
        match certified.keys_match() {
            Ok(()) => {}
            Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => {}
            Err(rustls::Error::InconsistentKeys(_)) if leaf.authority => {
                return Err(PkiError::at(certificate, Problem::AuthorityAsServer));
            }
            Err(rustls::Error::InconsistentKeys(_)) => {
                return Err(PkiError::at(key, Problem::KeyMismatch));
            }
            Err(other) => {
                return Err(PkiError::at(certificate, Problem::BrokenCertificate(other.to_string())));
            }
        }
        Ok(Self { certified: Arc::new(certified), leaf, host_names, path: certificate.to_owned() })
    }

    /// Checks what depends on the moment and on clients: not over, begun, and naming at least one host.
    ///
    /// # Errors
    /// The certificate is over, has not begun, or names no host.
    pub fn check(&self, now: OffsetDateTime) -> Result<Condition, PkiError> {
        if now > self.leaf.not_after {
            return Err(PkiError::at(&self.path, Problem::Expired(self.leaf.not_after)));
        }
        if now < self.leaf.not_before {
            return Err(PkiError::at(&self.path, Problem::NotYetValid(self.leaf.not_before)));
        }
        if self.host_names.is_empty() {
            return Err(PkiError::at(&self.path, Problem::NoHostName));
        }
        let days = (self.leaf.not_after - now).whole_days();
        Ok(if days > 30 { Condition::Good } else { Condition::EndsSoon(days) })
    }

    /// Certificate chain and signing key, as rustls takes them.
    pub fn certified(&self) -> &Arc<CertifiedKey> {
        &self.certified
    }

    /// The server's own certificate.
    pub fn leaf(&self) -> &Presented {
        &self.leaf
    }

    /// DNS names and addresses of the SubjectAlternativeName.
    pub fn host_names(&self) -> &[String] {
        &self.host_names
    }
}

/// Never shows the key.
impl fmt::Debug for ServerIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerIdentity")
            .field("sha256", &self.leaf.thumbprints.sha256)
            .field("host_names", &self.host_names)
            .finish_non_exhaustive()
    }
}

fn host_names(der: &CertificateDer<'_>) -> Result<Vec<String>, String> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|error| error.to_string())?;
    let names = certificate.subject_alternative_name().map_err(|error| error.to_string())?;
    Ok(names
        .iter()
        .flat_map(|extension| &extension.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(dns) => Some((*dns).to_owned()),
            GeneralName::IPAddress(octets) => match octets.len() {
                4 => <[u8; 4]>::try_from(*octets).ok().map(|four| std::net::Ipv4Addr::from(four).to_string()),
                _ => <[u8; 16]>::try_from(*octets).ok().map(|all| std::net::Ipv6Addr::from(all).to_string()),
            },
            _ => None,
        })
        .collect())
}
