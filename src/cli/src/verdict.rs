//! Whether an answer is signed by the gateway.

use crate::failure::Failure;
use crate::text;
use kapia_signature::{
    Algorithms, Certificate, DSIG_NAMESPACE, Placement, Policy, TrustedKey, Verified, Verifier, VerifyError,
};
use kapia_soap::{Bilingual, XSD};
use kapia_xml::{Document, Element, ElementId, Event, Limits, Name, XSI_NAMESPACE, escape_attribute};

/// Who must have signed, and how.
pub(crate) struct KnownSigner {
    /// Its certificate.
    pub certificate: Certificate,
    /// The algorithms of its profile.
    pub algorithms: Algorithms,
}

/// Verifies the signature of a reply with nothing but the certificate of the signer and the algorithms of its profile.
///
/// A signature of the legacy profile is valid only after the result has been cut out of the message (wild-clients rule 13).
pub(crate) fn verify(
    document: &Document,
    data: ElementId,
    signature: ElementId,
    signer: KnownSigner,
) -> Result<Verified, VerifyError> {
    let verifier = Verifier::new([TrustedKey::Certificate(signer.certificate)], signer.algorithms);
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
        text::signature_invalid(
            format!("{} [{}]", error.message(English), error.code()),
            format!("{} [{}]", error.message(Bulgarian), error.code()),
        ),
        Bilingual::new(error.hint(English), error.hint(Bulgarian)),
    )
}

/// Data and signature under a root that declares what a client's serialiser declares. Nothing, if names or values mean
/// something else there than in the message, or if there they have a twin: what is verified must be what is read.
pub(crate) fn cut_out(document: &Document, data: ElementId, signature: ElementId) -> Option<Document> {
    let data = document.element(data);
    let inner = document.source().get(data.span().start..document.element(signature).span().end)?;
    let mut siblings = data.parent().into_iter().flat_map(Element::children);
    if siblings.any(|other| other.id() != data.id() && other.is(data.namespace(), data.local())) {
        return None;
    }
    let mut namespace = Vec::new();
    escape_attribute(data.namespace(), &mut namespace);
    let namespace = String::from_utf8_lossy(&namespace);
    let text = format!(
        "<ServiceResultData xmlns=\"{namespace}\" xmlns:xsd=\"{XSD}\" xmlns:xsi=\"{XSI_NAMESPACE}\">{inner}</ServiceResultData>"
    );
    let cut = Document::read(text, &Limits::default()).ok()?;
    let copy = cut.root().children().next()?;
    means_the_same(data, copy).then_some(cut)
}

fn means_the_same(data: Element<'_>, copy: Element<'_>) -> bool {
    fn names(element: Element<'_>) -> impl Iterator<Item = (Name<'_>, Vec<Name<'_>>)> {
        element.events().filter_map(|event| match event {
            Event::Start(element) => {
                Some((element.name(), element.attributes().map(|attribute| attribute.name()).collect()))
            }
            _ => None,
        })
    }
    let meant = data.value_prefixes();
    names(data).eq(names(copy)) && copy.value_prefixes().iter().all(|relied_on| meant.contains(relied_on))
}
