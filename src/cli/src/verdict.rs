//! Whether an answer is signed by the gateway.

use kapia_signature::{Algorithms, Certificate, Placement, Policy, TrustedKey, Verified, Verifier, VerifyError};
use kapia_soap::XSD;
use kapia_xml::{Document, ElementId, Limits, XSI_NAMESPACE};

/// Verifies the signature of a reply with nothing but the certificate of the signer.
///
/// A signature of the legacy profile is valid only after the result has been cut out of the message (wild-clients rule 13).
pub(crate) fn verify(
    document: &Document,
    data: ElementId,
    signature: ElementId,
    signer: Certificate,
) -> Result<Verified, VerifyError> {
    let verifier = Verifier::new([TrustedKey::Certificate(signer)], Algorithms::WITH_LEGACY_SHA1);
    let policy = Policy::new(Placement::SiblingBefore);
    let in_place = verifier.verify(document, &policy.signature(signature).covering(data));
    in_place.or_else(|error| match cut_out(document, data, signature) {
        Some(document) => verifier.verify(&document, &policy).map_err(|_| error),
        None => Err(error),
    })
}

/// Data and signature under a root that declares what a client's serialiser declares.
fn cut_out(document: &Document, data: ElementId, signature: ElementId) -> Option<Document> {
    let data = document.element(data);
    let inner = document.source().get(data.span().start..document.element(signature).span().end)?;
    let namespace = data.namespace();
    let text = format!(
        "<ServiceResultData xmlns=\"{namespace}\" xmlns:xsd=\"{XSD}\" xmlns:xsi=\"{XSI_NAMESPACE}\">{inner}</ServiceResultData>"
    );
    Document::read(text, &Limits::default()).ok()
}
