//! What a `KeyInfo` may say: which of the configured keys is meant, and nothing else.

use kapia_xml::Element;

use crate::algorithm::{DSIG_NAMESPACE, KeyFamily};
use crate::certificate::Certificate;
use crate::refusal::{Refusal, VerifyError};
use crate::structure::{Children, binary};
use crate::verify::TrustedKey;

/// The configured keys under which the signature may verify: those of the certificates in `X509Data`, else all.
pub(crate) fn candidates<'t>(
    key_info: Option<Element<'_>>,
    family: KeyFamily,
    signature: Element<'_>,
    trusted: &'t [TrustedKey],
) -> Result<Vec<&'t TrustedKey>, VerifyError> {
    let mut meant: Vec<&TrustedKey> = trusted.iter().collect();
    if let Some(key_info) = key_info {
        let shown = certificates(key_info)?;
        if !shown.is_empty() {
            meant = select(&shown, trusted);
            if meant.is_empty() {
                return Err(VerifyError::at(Refusal::KeyUnknown, key_info));
            }
        }
    }
    meant.retain(|key| key.public_key().family() == family);
    if meant.is_empty() {
        return Err(VerifyError::at(Refusal::KeyType, key_info.unwrap_or(signature)));
    }
    Ok(meant)
}

/// Trusted keys that one of the certificates names: the very same certificate first, then another with its key.
fn select<'t>(shown: &[Vec<u8>], trusted: &'t [TrustedKey]) -> Vec<&'t TrustedKey> {
    let same = |key: &TrustedKey| key.certificate().is_some_and(|own| shown.iter().any(|der| der == own.der()));
    let mut found: Vec<&TrustedKey> = trusted.iter().filter(|key| same(key)).collect();
    let shown_keys: Vec<Certificate> = shown.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
    found.extend(
        trusted
            .iter()
            .filter(|key| !same(key) && shown_keys.iter().any(|shown| shown.public_key() == key.public_key())),
    );
    found
}

fn certificates(key_info: Element<'_>) -> Result<Vec<Vec<u8>>, VerifyError> {
    let mut children = Children::of(key_info)?;
    let mut found = Vec::new();
    loop {
        if let Some(data) = children.optional("X509Data") {
            for element in data.children().filter(|child| child.is(DSIG_NAMESPACE, "X509Certificate")) {
                if found.len() == MAX_CERTIFICATES {
                    return Err(VerifyError::at(Refusal::KeyInfo, key_info));
                }
                found.push(binary(element)?);
            }
        } else if let Some(fetched) = children.optional("RetrievalMethod") {
            return Err(VerifyError::at(Refusal::KeyRetrieval, fetched));
        } else if children.optional("KeyName").is_none() && children.optional("KeyValue").is_none() {
            break;
        }
    }
    match children.finish() {
        Ok(()) => Ok(found),
        Err(_) => Err(VerifyError::at(Refusal::KeyInfo, key_info)),
    }
}

/// A chain in `X509Data` is short; more is an attempt to make the verifier work.
const MAX_CERTIFICATES: usize = 16;
