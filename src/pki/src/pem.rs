//! Reading PEM files (RFC 7468).

use std::path::Path;

use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};

use crate::{PkiError, Problem};

/// All certificates of a PEM file, in file order; at least one.
///
/// # Errors
/// The file cannot be read, is not PEM, or holds no certificate.
pub fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, PkiError> {
    sections(path, Problem::NoCertificate)
}

/// All certificate revocation lists of a PEM file, in file order; at least one.
///
/// # Errors
/// The file cannot be read, is not PEM, or holds no revocation list.
pub fn read_revocation_lists(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>, PkiError> {
    sections(path, Problem::NoRevocationList)
}

/// The first private key of a PEM file: PKCS#8, PKCS#1 or SEC1, not encrypted.
///
/// # Errors
/// The file cannot be read, is not PEM, holds no private key, or only an encrypted one.
pub fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, PkiError> {
    let text = read(path)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| {
        let problem = match error {
            pem::Error::NoItemsFound if contains(&text, b"BEGIN ENCRYPTED PRIVATE KEY") => Problem::EncryptedKey,
            pem::Error::NoItemsFound => Problem::NoKey,
            other => Problem::BrokenPem(other.to_string()),
        };
        PkiError::at(path, problem)
    })
}

fn sections<T: PemObject>(path: &Path, none: Problem) -> Result<Vec<T>, PkiError> {
    let text = read(path)?;
    let found = T::pem_slice_iter(&text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| PkiError::at(path, Problem::BrokenPem(error.to_string())))?;
    if found.is_empty() {
        return Err(PkiError::at(path, none));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, PkiError> {
    std::fs::read(path).map_err(|error| PkiError::at(path, Problem::Unreadable(error)))
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}
