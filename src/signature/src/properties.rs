//! Signed XAdES properties: the claimed time, and the certificate that the signer says is his.

use kapia_xml::Element;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::algorithm::{Algorithms, DSIG_NAMESPACE, DigestAlgorithm};
use crate::certificate::Certificate;
use crate::refusal::{Refusal, VerifyError};
use crate::structure::{algorithm_uri, binary, plain_text};
use crate::xades::XADES_NAMESPACE;

/// Refuses an element that is not `SignedProperties` in `Object/QualifyingProperties` of this very signature.
pub(crate) fn check_place(properties: Element<'_>, signature: Element<'_>) -> Result<(), VerifyError> {
    let qualifying = properties.parent();
    let object = qualifying.and_then(Element::parent);
    let target = qualifying.and_then(|element| element.attribute("", "Target"));
    let own_id = signature.attribute("", "Id");
    let fits = properties.is(XADES_NAMESPACE, "SignedProperties")
        && qualifying.is_some_and(|element| element.is(XADES_NAMESPACE, "QualifyingProperties"))
        && object.is_some_and(|element| element.is(DSIG_NAMESPACE, "Object"))
        && object.and_then(Element::parent).map(Element::id) == Some(signature.id())
        && own_id.is_some()
        && target.as_deref().and_then(|target| target.strip_prefix('#')) == own_id.as_deref();
    if fits { Ok(()) } else { Err(VerifyError::at(Refusal::Properties, properties)) }
}

/// `SigningTime`, if it is there and names its time zone.
pub(crate) fn claimed_time(properties: Element<'_>) -> Result<Option<OffsetDateTime>, VerifyError> {
    let time = signature_properties(properties).and_then(|element| element.child(XADES_NAMESPACE, "SigningTime"));
    match time {
        Some(element) => Ok(OffsetDateTime::parse(plain_text(element)?.trim(), &Rfc3339).ok()),
        None => Ok(None),
    }
}

/// Refuses properties whose first `SigningCertificate` (either version) is not the trusted certificate.
pub(crate) fn check_certificate(
    properties: Element<'_>,
    trusted: &Certificate,
    allow: Algorithms,
) -> Result<(), VerifyError> {
    let Some(list) = signature_properties(properties).and_then(|element| {
        element
            .child(XADES_NAMESPACE, "SigningCertificateV2")
            .or_else(|| element.child(XADES_NAMESPACE, "SigningCertificate"))
    }) else {
        return Ok(());
    };
    let malformed = || VerifyError::at(Refusal::Properties, list);
    let digest = list
        .child(XADES_NAMESPACE, "Cert")
        .and_then(|cert| cert.child(XADES_NAMESPACE, "CertDigest"))
        .ok_or_else(malformed)?;
    let method = digest.child(DSIG_NAMESPACE, "DigestMethod").ok_or_else(malformed)?;
    let value = digest.child(DSIG_NAMESPACE, "DigestValue").ok_or_else(malformed)?;
    let algorithm = DigestAlgorithm::admitted(&algorithm_uri(method)?, allow)
        .map_err(|refusal| VerifyError::at(refusal, method))?;
    if algorithm.digest(trusted.der()).as_ref() == binary(value)? {
        Ok(())
    } else {
        Err(VerifyError::at(Refusal::SigningCertificate, list))
    }
}

fn signature_properties(properties: Element<'_>) -> Option<Element<'_>> {
    properties.child(XADES_NAMESPACE, "SignedSignatureProperties")
}
