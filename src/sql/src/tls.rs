//! Certificates that servers of databases must show.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::fault::Fault;

/// The certificates of a PEM file; `None` if something in it is damaged.
pub(crate) fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().ok()
}

/// Those of a package, or else the platform's.
pub(crate) fn roots(authorities: Option<&[u8]>) -> Vec<CertificateDer<'static>> {
    match authorities {
        Some(pem) => certificates(pem).unwrap_or_default(),
        None => rustls_native_certs::load_native_certs().certs,
    }
}

/// The client side of TLS with these authorities.
pub(crate) fn client(authorities: Option<&[u8]>) -> Result<Arc<ClientConfig>, Fault> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots(authorities));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Fault::internal())?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
