//! The TLS layer's part: proof of possession always, the chain's verdict later.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};
use time::OffsetDateTime;

use crate::{ChainVerdict, TrustAnchors};

/// Asks for a client certificate, demands none, always verifies that the peer holds the private key, and lets a chain that does
/// not verify through, so that the HTTP layer can say in words what is wrong with it.
///
/// # Why this is safe
/// Letting a chain through the handshake gives it nothing. A consumer is identified only by [`crate::Presented::trusted`],
/// which is `None` for every verdict but [`ChainVerdict::Trusted`], and that verdict is reached by
/// [`TrustAnchors::present`] with the same rustls-webpki verification the handshake would have used — for every connection,
/// resumed ones included, while a verdict reached inside the handshake would be skipped by resumption. A peer with
/// an untrusted certificate is in exactly the place of a peer without a certificate, and that place must exist: WSDL is served
/// without a certificate (wild-clients §3 rules 16 and 18).
/// The handshake signature is never skipped: both `verify_tls*_signature` methods are rustls' own.
///
/// With `strict_handshake` a chain that does not verify ends the handshake with an alert (no certificate at all is still accepted).
pub struct DeferringVerifier {
    trust: Arc<TrustAnchors>,
    strict_handshake: bool,
}

impl DeferringVerifier {
    /// A verifier for these authorities.
    pub fn new(trust: Arc<TrustAnchors>, strict_handshake: bool) -> Self {
        Self { trust, strict_handshake }
    }
}

impl ClientCertVerifier for DeferringVerifier {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.trust.hints()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if !self.strict_handshake {
            return Ok(ClientCertVerified::assertion());
        }
        let chain: Vec<CertificateDer<'_>> =
            std::iter::once(end_entity).chain(intermediates).map(|der| CertificateDer::from(der.as_ref())).collect();
        let now = i64::try_from(now.as_secs())
            .ok()
            .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
            .ok_or(Error::FailedToGetCurrentTime)?;
        let cause = match self.trust.verdict(&chain, now) {
            ChainVerdict::Trusted => return Ok(ClientCertVerified::assertion()),
            ChainVerdict::Expired => CertificateError::Expired,
            ChainVerdict::NotYetValid => CertificateError::NotValidYet,
            ChainVerdict::UnknownIssuer => CertificateError::UnknownIssuer,
            ChainVerdict::Revoked => CertificateError::Revoked,
            ChainVerdict::WrongPurpose => CertificateError::InvalidPurpose,
            ChainVerdict::Unusable(_) => CertificateError::ApplicationVerificationFailure,
        };
        Err(Error::InvalidCertificate(cause))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trust.inner().verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trust.inner().verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trust.inner().supported_verify_schemes()
    }
}

impl fmt::Debug for DeferringVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeferringVerifier")
            .field("trust", &self.trust)
            .field("strict_handshake", &self.strict_handshake)
            .finish()
    }
}
