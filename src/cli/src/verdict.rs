//! Whether an answer is signed by the gateway.

use crate::failure::Failure;
use crate::text;
use kapia_signature::{
    Algorithms, Certificate, DSIG_NAMESPACE, Placement, Policy, TrustedKey, Verified, Verifier, VerifyError,
};
use kapia_soap::{Bilingual, XSD};
use kapia_xml::{Document, Element, ElementId, Event, Limits, XSI_NAMESPACE};

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

/// The one signature of a message, and the element directly before it.
pub(crate) fn signed_pair(document: &Document) -> Option<(ElementId, ElementId)> {
    let is_signature = |element: &Element<'_>| element.is(DSIG_NAMESPACE, "Signature");
    let signature = document.root().events().find_map(|event| match event {
        Event::Start(element) if is_signature(&element) => Some(element),
        _ => None,
    })?;
    let before = signature.parent()?.children().take_while(|child| child.id() != signature.id()).last()?;
    Some((before.id(), signature.id()))
}

/// A refusal of the verifier as a failure of the command.
pub(crate) fn refused(error: &VerifyError) -> Failure {
    use kapia_language::Language::{Bulgarian, English};
    Failure::refused(
        text::signature_invalid(error.message(English), error.message(Bulgarian)),
        Bilingual::new(error.hint(English), error.hint(Bulgarian)),
    )
}

/// Data and signature under a root that declares what a client's serialiser declares.
pub(crate) fn cut_out(document: &Document, data: ElementId, signature: ElementId) -> Option<Document> {
    let data = document.element(data);
    let inner = document.source().get(data.span().start..document.element(signature).span().end)?;
    let namespace = data.namespace();
    let text = format!(
        "<ServiceResultData xmlns=\"{namespace}\" xmlns:xsd=\"{XSD}\" xmlns:xsi=\"{XSI_NAMESPACE}\">{inner}</ServiceResultData>"
    );
    Document::read(text, &Limits::default()).ok()
}
