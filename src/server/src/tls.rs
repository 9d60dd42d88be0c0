//! Everything about TLS that a reload replaces.

use std::sync::Arc;

use kapia_pki::{Condition, DeferringVerifier, ServerIdentity, Sha256Thumbprint, TrustAnchors};
use rustls::crypto::aws_lc_rs::Ticketer;
use rustls::server::ServerSessionMemoryCache;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use time::OffsetDateTime;

use crate::config::ServerConfig;
use crate::error::ServerError;
use crate::exchange::Listener;
use crate::proxy::{Proxies, named_certificates};

/// One generation of certificates, authorities and session tickets.
pub(crate) struct Tls {
    pub(crate) config: Arc<rustls::ServerConfig>,
    /// The same for clients that are asked for no certificate.
    pub(crate) unasked: Arc<rustls::ServerConfig>,
    pub(crate) trust: Arc<TrustAnchors>,
    pub(crate) identity: ServerIdentity,
    pub(crate) proxies: Proxies,
    /// Who may use the listener of the service bus.
    pub(crate) service_bus: Vec<Sha256Thumbprint>,
    pub(crate) generation: u64,
}

impl Tls {
    /// Reads all files anew.
    ///
    /// The ticketer and the session cache are fresh as well: a session made under the old authorities or revocation lists
    /// cannot be resumed under the new ones.
    pub(crate) fn load(configured: &ServerConfig, generation: u64) -> Result<Self, ServerError> {
        let files = &configured.tls;
        let proxies = Proxies::load(&configured.proxies)?;
        let service_bus = match &configured.service_bus {
            Some(bus) => named_certificates(&bus.certificates)?,
            None => Vec::new(),
        };
        let identity = ServerIdentity::load(&files.certificate, &files.key)?;
        if let Condition::EndsSoon(days) = identity.check(OffsetDateTime::now_utc())? {
            tracing::warn!(days, "the server certificate ends soon");
        }
        let trust = Arc::new(TrustAnchors::load(&files.client_authorities, &files.revocation_lists)?);
        if trust.stale_after().is_some_and(|moment| moment < OffsetDateTime::now_utc()) {
            tracing::warn!("a revocation list is late; it goes on revoking what it names");
        }
        let verifier = DeferringVerifier::new(trust.clone(), files.strict_handshake);
        let resolver = Arc::new(SingleCertAndKey::from(CertifiedKey::clone(identity.certified())));
        let builder = || {
            rustls::ServerConfig::builder_with_provider(kapia_pki::provider())
                .with_safe_default_protocol_versions()
                .map_err(refused)
        };
        let asking = builder()?.with_client_cert_verifier(Arc::new(verifier)).with_cert_resolver(resolver.clone());
        let unasked = builder()?.with_no_client_auth().with_cert_resolver(resolver);
        let config = Arc::new(finished(asking)?);
        let unasked = Arc::new(finished(unasked)?);
        Ok(Self { config, unasked, trust, identity, proxies, service_bus, generation })
    }

    /// What a listener shakes hands with.
    pub(crate) fn of(&self, listener: Listener, configured: &ServerConfig) -> Arc<rustls::ServerConfig> {
        match listener {
            Listener::Further(place) if !configured.further.get(place).is_some_and(|it| it.asks_for_certificate) => {
                self.unasked.clone()
            }
            _ => self.config.clone(),
        }
    }
}

/// Sessions and tickets belong to one way of asking: nobody resumes one under the other.
fn finished(mut config: rustls::ServerConfig) -> Result<rustls::ServerConfig, ServerError> {
    // No h2: no known client speaks it, and one breaks on it (wild-clients §3 rule 17).
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.session_storage = ServerSessionMemoryCache::new(4096);
    config.ticketer = Ticketer::new().map_err(refused)?;
    Ok(config)
}

fn refused(error: rustls::Error) -> ServerError {
    ServerError::Tls(error.to_string())
}
