//! Which authorities we accept, and the verdict on a chain.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{CertificateError, DistinguishedName, Error as TlsError, RootCertStore};
use time::OffsetDateTime;
use x509_parser::prelude::{CertificateRevocationList, FromDer, X509Certificate};

use crate::{ChainVerdict, PkiError, Presented, Problem, pem, provider};

/// The accepted authorities and their revocation lists: immutable, shared, replaced as a whole on reload.
///
/// Self-issued authorities are anchors. A sub authority whose issuer is among the files is an intermediate that completes the
/// chains of clients which send only their own certificate; a sub authority whose issuer is not given is an anchor itself.
pub struct TrustAnchors {
    inner: Arc<dyn ClientCertVerifier>,
    intermediates: Vec<CertificateDer<'static>>,
    hints: Vec<DistinguishedName>,
    stale_after: Option<OffsetDateTime>,
}

impl TrustAnchors {
    /// Reads authorities and revocation lists from PEM files.
    ///
    /// # Errors
    /// A file cannot be read, holds something else, or there is no authority at all.
    pub fn load<P: AsRef<Path>>(authorities: &[P], revocation_lists: &[P]) -> Result<Self, PkiError> {
        let mut certificates = Vec::new();
        for path in authorities {
            let path = path.as_ref();
            for der in pem::read_certificates(path)? {
                check_authority(&der, &path.display().to_string())?;
                certificates.push(der);
            }
        }
        let mut lists = Vec::new();
        for path in revocation_lists {
            let path = path.as_ref();
            for der in pem::read_revocation_lists(path)? {
                next_update(&der).map_err(|how| PkiError::at(path, Problem::BrokenRevocationList(how)))?;
                lists.push(der);
            }
        }
        Self::from_der(certificates, lists)
    }

    /// The same from DER octets.
    ///
    /// # Errors
    /// There is no authority, or something cannot be used.
    pub fn from_der(
        authorities: Vec<CertificateDer<'static>>,
        revocation_lists: Vec<CertificateRevocationListDer<'static>>,
    ) -> Result<Self, PkiError> {
        let place = "the accepted authorities";
        let mut parsed = Vec::with_capacity(authorities.len());
        for der in &authorities {
            parsed.push(check_authority(der, place)?);
        }

        let mut roots = RootCertStore::empty();
        let mut intermediates = Vec::new();
        let mut hints = Vec::new();
        for (der, certificate) in authorities.iter().zip(&parsed) {
            let issuer = certificate.issuer().as_raw();
            let subject = certificate.subject().as_raw();
            let hint = DistinguishedName::from(subject.to_vec());
            if !hints.iter().any(|known: &DistinguishedName| known.as_ref() == hint.as_ref()) {
                hints.push(hint);
            }
            let issuer_given = parsed.iter().any(|other| other.subject().as_raw() == issuer);
            if subject == issuer || !issuer_given {
                roots
                    .add(der.clone())
                    .map_err(|error| PkiError::new(place, Problem::BrokenCertificate(error.to_string())))?;
            } else {
                intermediates.push(der.clone());
            }
        }
        if roots.is_empty() {
            return Err(PkiError::new(place, Problem::NoAuthority));
        }

        let broken_list = |how| PkiError::new("the revocation lists", Problem::BrokenRevocationList(how));
        let mut stale_after = None;
        for list in &revocation_lists {
            if let Some(next) = next_update(list).map_err(broken_list)? {
                stale_after = Some(stale_after.map_or(next, |known: OffsetDateTime| known.min(next)));
            }
        }
        // An authority without a list, or with a list that is late, must not lock out its consumers: who may call is decided
        // by the registry for every call, and a late list goes on revoking what it revokes. `stale_after` lets operators see it.
        let inner = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
            .allow_unauthenticated()
            .allow_unknown_revocation_status()
            .with_crls(revocation_lists)
            .build()
            .map_err(|error| broken_list(error.to_string()))?;
        drop(parsed);
        Ok(Self { inner, intermediates, hints, stale_after })
    }

    /// Reads the first certificate of a chain and judges the chain at a moment.
    ///
    /// Never fails: a certificate that cannot be read gives a `Presented` with the verdict [`ChainVerdict::Unusable`].
    /// Gives `None` only for an empty chain.
    pub fn present(&self, chain: &[CertificateDer<'_>], now: OffsetDateTime) -> Option<Presented> {
        let leaf = chain.first()?;
        Some(match Presented::from_der(leaf) {
            Ok(mut presented) => {
                presented.chain =
                    if presented.authority { ChainVerdict::WrongPurpose } else { self.judge(chain, &presented, now) };
                presented
            }
            Err(error) => Presented::unreadable(leaf, error.to_string()),
        })
    }

    /// The verdict on a chain (the client's certificate first) at a moment.
    pub fn verdict(&self, chain: &[CertificateDer<'_>], now: OffsetDateTime) -> ChainVerdict {
        self.present(chain, now)
            .map_or_else(|| ChainVerdict::Unusable("the chain is empty".to_owned()), |presented| presented.chain)
    }

    /// The subjects of all accepted authorities: JSSE and Schannel choose the client certificate by this list (wild-clients §3 rule 18).
    pub fn hints(&self) -> &[DistinguishedName] {
        &self.hints
    }

    /// When the first of the revocation lists should have been replaced, if there is one that says so.
    pub fn stale_after(&self) -> Option<OffsetDateTime> {
        self.stale_after
    }

    pub(crate) fn inner(&self) -> &Arc<dyn ClientCertVerifier> {
        &self.inner
    }

    fn judge(&self, chain: &[CertificateDer<'_>], leaf: &Presented, now: OffsetDateTime) -> ChainVerdict {
        match self.verify(chain, now) {
            Ok(()) => ChainVerdict::Trusted,
            Err(verdict @ (ChainVerdict::Expired | ChainVerdict::NotYetValid)) => {
                // Dates are looked at before issuers: a foreign certificate must not be told that it is only late.
                let middle = leaf.not_before + (leaf.not_after - leaf.not_before) / 2;
                match self.verify(chain, middle) {
                    Err(worse @ (ChainVerdict::UnknownIssuer | ChainVerdict::Revoked | ChainVerdict::WrongPurpose)) => {
                        worse
                    }
                    _ => verdict,
                }
            }
            Err(verdict) => verdict,
        }
    }

    fn verify(&self, chain: &[CertificateDer<'_>], now: OffsetDateTime) -> Result<(), ChainVerdict> {
        let Some((leaf, sent)) = chain.split_first() else {
            return Err(ChainVerdict::Unusable("the chain is empty".to_owned()));
        };
        let now = u64::try_from(now.unix_timestamp()).unwrap_or(0);
        let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(now));
        let with_ours: Vec<CertificateDer<'_>> =
            sent.iter().chain(&self.intermediates).map(|der| CertificateDer::from(der.as_ref())).collect();
        match self.inner.verify_client_cert(leaf, &with_ours, now) {
            Ok(_) => Ok(()),
            Err(error) => Err(verdict_of(error)),
        }
    }
}

impl fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustAnchors")
            .field("authorities", &self.hints.len())
            .field("stale_after", &self.stale_after)
            .finish_non_exhaustive()
    }
}

fn verdict_of(error: TlsError) -> ChainVerdict {
    match error {
        TlsError::InvalidCertificate(cause) => match cause {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => ChainVerdict::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => ChainVerdict::NotYetValid,
            // A wrong signature under a known issuer name is a stranger who borrowed the name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => ChainVerdict::UnknownIssuer,
            CertificateError::Revoked => ChainVerdict::Revoked,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                ChainVerdict::WrongPurpose
            }
            other => ChainVerdict::Unusable(other.to_string()),
        },
        other => ChainVerdict::Unusable(other.to_string()),
    }
}

fn check_authority<'d>(der: &'d CertificateDer<'_>, place: &str) -> Result<X509Certificate<'d>, PkiError> {
    let (_, certificate) = X509Certificate::from_der(der)
        .map_err(|error| PkiError::new(place, Problem::BrokenCertificate(error.to_string())))?;
    // Old roots are X.509 v1, which has no extensions at all; they are authorities because a person put them here.
    if certificate.is_ca() || certificate.version() != x509_parser::x509::X509Version::V3 {
        Ok(certificate)
    } else {
        Err(PkiError::new(place, Problem::NotAnAuthority))
    }
}

fn next_update(list: &CertificateRevocationListDer<'_>) -> Result<Option<OffsetDateTime>, String> {
    let (_, parsed) = CertificateRevocationList::from_der(list).map_err(|error| error.to_string())?;
    Ok(parsed.next_update().map(|time| time.to_datetime()))
}
