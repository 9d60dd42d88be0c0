//! Proxies that end TLS in front of us: which of them are believed, and in what (regix-contract §5.1 items 1 and 3).
//!
//! A connection is a proxy's if its address is listed and, where the entry names certificates, it shows one of them;
//! an entry that names none is for connections that show none. So a client behind an address that merely passes TLS
//! through cannot speak as the proxy: its own certificate is on the connection.

mod chain;
mod network;

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use hyper::HeaderMap;
use hyper::header::HeaderName;
use kapia_pki::{Presented, Sha1Thumbprint, Sha256Thumbprint, Shown, Unacceptable};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub(crate) use chain::client;
pub use network::{Network, NetworkError};

use crate::error::ServerError;

/// Proxies of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxyConfig {
    /// Where they connect from; their `X-Forwarded-For` is believed.
    pub addresses: Vec<Network>,
    /// Their own certificates, PEM: a connection must show exactly one of these. Without any, the address suffices.
    pub certificates: Vec<PathBuf>,
    /// What of their word about the client's identity is taken.
    pub identity: ForwardedIdentity,
    /// The header that holds the client's certificate.
    pub certificate_header: String,
    /// The header that holds the SHA-1 thumbprint of the client's certificate.
    pub hash_header: String,
}

/// What a proxy may say about who the client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedIdentity {
    /// Nothing: identity comes from the certificate of the connection.
    #[default]
    None,
    /// The client's certificate; a thumbprint may stand beside it and must agree.
    Certificate,
    /// The client's certificate, or its SHA-1 thumbprint alone. Of a thumbprint neither issuer nor revocation can be seen.
    CertificateOrHash,
}

impl Default for ProxyConfig {
    fn default() -> Self {
        Self {
            addresses: Vec::new(),
            certificates: Vec::new(),
            identity: ForwardedIdentity::default(),
            certificate_header: "SSL_CLIENT_CERT".to_owned(),
            hash_header: "cert_hash".to_owned(),
        }
    }
}

/// The configured proxies, with their certificates read.
#[derive(Debug)]
pub(crate) struct Proxies(Vec<Proxy>);

#[derive(Debug)]
pub(crate) struct Proxy {
    addresses: Vec<Network>,
    certificates: Vec<Sha256Thumbprint>,
    identity: ForwardedIdentity,
    certificate_header: HeaderName,
    hash_header: HeaderName,
}

/// What became of the headers that say who the client is, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forwarding {
    /// A certificate was taken.
    Certificate,
    /// A thumbprint was taken.
    Hash,
    /// The proxy says that the client showed nothing.
    Nothing,
    /// They came from somebody who may not say it.
    Ignored,
    /// They cannot be used.
    Refused,
}

impl Forwarding {
    pub(crate) const CODES: [&'static str; 5] = ["certificate", "hash", "nothing", "ignored", "refused"];
}

/// Judges a certificate of which only the octets are known.
pub(crate) type Judge<'j> = &'j dyn Fn(&[u8]) -> Option<Presented>;

impl Proxies {
    /// Reads their certificates.
    pub(crate) fn load(configured: &[ProxyConfig]) -> Result<Self, ServerError> {
        configured.iter().map(Proxy::load).collect::<Result<_, _>>().map(Self)
    }

    /// Whose word is taken about a connection: the proxy that it belongs to.
    pub(crate) fn of(&self, peer: IpAddr, shown: Option<&Presented>, now: OffsetDateTime) -> Option<&Proxy> {
        self.0.iter().find(|proxy| proxy.has_address(peer) && proxy.is_shown(shown, now))
    }

    /// Whether an address is a proxy's; for hops that only another proxy has seen.
    pub(crate) fn list(&self, address: IpAddr) -> bool {
        self.0.iter().any(|proxy| proxy.has_address(address))
    }

    /// Who sent a request, by the certificate of its connection and by its headers.
    pub(crate) fn shown(
        &self,
        proxy: Option<&Proxy>,
        connection: Option<Arc<Presented>>,
        headers: &HeaderMap,
        judge: Judge<'_>,
    ) -> (Shown, Option<Forwarding>) {
        match proxy.filter(|proxy| proxy.identity != ForwardedIdentity::None) {
            Some(proxy) => {
                let shown = proxy.forwarded(headers, judge).unwrap_or_else(|why| Shown::Refused(why, None));
                let forwarding = match &shown {
                    Shown::Forwarded(_) => Forwarding::Certificate,
                    Shown::ForwardedHash(_) => Forwarding::Hash,
                    Shown::Refused(..) => Forwarding::Refused,
                    _ => Forwarding::Nothing,
                };
                (shown, Some(forwarding))
            }
            None => {
                let ignored = self.speaks_of_identity(headers).then_some(Forwarding::Ignored);
                (connection.map_or(Shown::Nothing, Shown::Connection), ignored)
            }
        }
    }

    /// Whether a header stands there that would say who the client is, if the right one had sent it.
    fn speaks_of_identity(&self, headers: &HeaderMap) -> bool {
        const USUAL: [&str; 2] = ["ssl_client_cert", "cert_hash"];
        headers.keys().any(|name| {
            USUAL.iter().any(|usual| alike(name.as_str(), usual))
                || self.0.iter().any(|proxy| proxy.headers().iter().any(|known| alike(name.as_str(), known.as_str())))
        })
    }
}

impl Proxy {
    fn load(configured: &ProxyConfig) -> Result<Self, ServerError> {
        let header = |name: &str| {
            HeaderName::try_from(name).map_err(|_| ServerError::Proxy("a header name that HTTP does not allow"))
        };
        if configured.addresses.is_empty() {
            return Err(ServerError::Proxy("no address"));
        }
        let proxy = Self {
            addresses: configured.addresses.clone(),
            certificates: named_certificates(&configured.certificates)?,
            identity: configured.identity,
            certificate_header: header(&configured.certificate_header)?,
            hash_header: header(&configured.hash_header)?,
        };
        let [certificate, hash] = proxy.headers();
        if alike(certificate.as_str(), hash.as_str()) {
            return Err(ServerError::Proxy("one header for two things"));
        }
        Ok(proxy)
    }

    fn headers(&self) -> [&HeaderName; 2] {
        [&self.certificate_header, &self.hash_header]
    }

    fn has_address(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|network| network.contains(address))
    }

    fn is_shown(&self, shown: Option<&Presented>, now: OffsetDateTime) -> bool {
        match shown {
            None => self.certificates.is_empty(),
            Some(shown) => is_named(&self.certificates, shown, now),
        }
    }

    /// What the headers say. The certificate of the connection is the proxy's own and never the client's.
    fn forwarded(&self, headers: &HeaderMap, judge: Judge<'_>) -> Result<Shown, Unacceptable> {
        let line = self.value(headers, &self.certificate_header)?;
        let der = kapia_pki::read_one_line(line).map_err(|_| Unacceptable::Certificate)?;
        let hash = match self.value(headers, &self.hash_header)?.trim_ascii() {
            b"" | b"(null)" => None,
            digits => Some(thumbprint(digits).ok_or(Unacceptable::Hash)?),
        };
        let presented = match der {
            Some(der) => Some(Arc::new(judge(&der).ok_or(Unacceptable::Certificate)?)),
            None => None,
        };
        match (presented, hash) {
            (None, None) => Ok(Shown::Nothing),
            (Some(presented), Some(hash)) if presented.thumbprints.sha1 != hash => Err(Unacceptable::Disagree),
            (Some(presented), _) => Ok(Shown::Forwarded(presented)),
            (None, Some(hash)) if self.identity == ForwardedIdentity::CertificateOrHash => {
                Ok(Shown::ForwardedHash(hash))
            }
            (None, Some(_)) => Err(Unacceptable::HashAlone),
        }
    }

    /// The one value of a header, empty if there is none. A second one, or one under a name that programs behind CGI take
    /// for the same, may be the client's own, whatever order they stand in.
    fn value<'h>(&self, headers: &'h HeaderMap, name: &HeaderName) -> Result<&'h [u8], Unacceptable> {
        if headers.keys().any(|other| other != name && alike(other.as_str(), name.as_str())) {
            return Err(Unacceptable::Lookalike);
        }
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Unacceptable::Repeated),
            (value, None) => Ok(value.map(|value| value.as_bytes()).unwrap_or_default()),
        }
    }
}

/// The certificates in some files, by which a peer is known again.
pub(crate) fn named_certificates(files: &[PathBuf]) -> Result<Vec<Sha256Thumbprint>, ServerError> {
    let mut named = Vec::with_capacity(files.len());
    for file in files {
        let certificates = kapia_pki::read_certificates(file)?;
        named.extend(certificates.iter().map(|der| kapia_pki::Thumbprints::of(der).sha256));
    }
    Ok(named)
}

/// Whether a certificate is one of those, and within its dates. Its issuer does not matter: it was named itself.
pub(crate) fn is_named(named: &[Sha256Thumbprint], shown: &Presented, now: OffsetDateTime) -> bool {
    named.contains(&shown.thumbprints.sha256) && (shown.not_before..=shown.not_after).contains(&now)
}

fn thumbprint(digits: &[u8]) -> Option<Sha1Thumbprint> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Whether two names are the same for a program that sees headers as variables (RFC 3875 §4.1.18).
fn alike(one: &str, other: &str) -> bool {
    let fold = |octet: u8| if octet == b'_' { b'-' } else { octet.to_ascii_lowercase() };
    one.len() == other.len() && one.bytes().map(fold).eq(other.bytes().map(fold))
}
