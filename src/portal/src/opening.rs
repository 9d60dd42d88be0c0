//! Opening a message: from octets to one valid request of one operation.

use aws_lc_rs::digest;
use bytes::Bytes;
use kapia_records::RequestId;
use kapia_soap::{Envelope, EnvelopeError, Version};
use kapia_xml::canonical::{Method, canonicalize};
use kapia_xml::{Document, Element, ElementId, KeepAll, Limits, Writer};

use crate::fault::{Code, Fault};
use crate::names::{Contract, Operation};
use crate::profile::{Places, Profile};
use crate::references;
use crate::validation::{self, Verdict};
use crate::wire::{Refusal, Wire};

/// A message that says one operation.
#[derive(Debug)]
pub struct Opened {
    /// Which operation.
    pub operation: Operation,
    /// The identifier of the request, if it has one.
    pub request_id: Option<RequestId>,
    /// SHA-256 of the canonical octets of the request as it came.
    pub digest: [u8; 32],
    document: Document,
    request: ElementId,
    pub(crate) verdict: Verdict,
    pub(crate) places: Places,
}

impl Opened {
    /// The request in the names of our contract.
    pub fn request(&self) -> Element<'_> {
        self.document.element(self.request)
    }
}

/// The parts of a message that opening looks at.
pub struct Message<'m> {
    /// The version by the path of the port.
    pub version: Version,
    /// The HTTP content type.
    pub content_type: Option<&'m str>,
    /// The `SOAPAction` header.
    pub soap_action: Option<&'m str>,
    /// The body.
    pub body: Bytes,
}

impl Message<'_> {
    /// The version in which the sender speaks: by content type, or else by the port.
    pub fn spoken(&self) -> Version {
        self.content_type.and_then(Version::of_content_type).unwrap_or(self.version)
    }
}

/// Opens a message; what is learnt about how to answer is put into `wire`, also when it fails.
pub(crate) fn open(
    message: &Message<'_>,
    profile: &Profile,
    contract: &Contract,
    largest: usize,
    wire: &mut Wire,
) -> Result<Opened, Fault> {
    if message.body.len() > largest {
        return Err(Fault::new(Code::TooLarge).with("megabytes", largest.div_ceil(1 << 20)));
    }
    let limits = Limits { bytes: largest, depth: 64, attributes: 64, tokens: 1_000_000, ..Limits::default() };
    let document = Document::read(message.body.clone(), &limits).map_err(|_| Fault::new(Code::MalformedXml))?;
    let header = profile.header();
    let envelope =
        Envelope::open(&document, wire.version, &[(header.0, header.1)]).map_err(|(error, addressing)| {
            wire.addressing = addressing;
            wire.refusal = match error {
                EnvelopeError::NotUnderstood(_) => Refusal::MustUnderstand,
                EnvelopeError::VersionMismatch { .. } => Refusal::VersionMismatch,
                _ => Refusal::Service,
            };
            Fault::new(Code::MalformedXml)
        })?;
    wire.addressing = envelope.addressing;
    let received = document.element(envelope.body);
    let operation = profile
        .operation(received.namespace(), received.local())
        .filter(|operation| names_it(message, wire.addressing.action.as_deref(), &profile.action(*operation)))
        .ok_or_else(|| Fault::new(Code::UnknownOperation))?;
    let digest = digest_of(received);
    let block = document.root().children().find(|child| child.local() == "Header").and_then(|headers| {
        headers.children().find(|block| block.namespace() == header.0 && block.local() == header.1)
    });
    let request_id = block.map(|block| read_context(block, profile, contract)).transpose()?.flatten();
    let resolved = match references::resolved(received, largest) {
        None => None,
        Some(octets) => Some(Document::read(octets?, &limits).map_err(|_| Fault::new(Code::MalformedXml))?),
    };
    let received = resolved.as_ref().map_or(received, Document::root);
    let (document, request, places) = match profile.inbound(received, operation, contract) {
        None => {
            let request = received.id();
            (received.document().clone(), request, Places::default())
        }
        Some((octets, places)) => {
            let document = Document::read(octets, &limits).map_err(|_| Fault::new(Code::MalformedXml))?;
            let request = document.root().id();
            (document, request, places)
        }
    };
    let verdict = validation::check(contract, document.element(request), operation == Operation::SaveServices);
    match verdict.whole {
        Some(fault) => Err(places.translated(fault)),
        None => Ok(Opened { operation, request_id, digest, document, request, verdict, places }),
    }
}

/// Whether every action that the message names is the one of its body; naming none is fine.
fn names_it(message: &Message<'_>, addressed: Option<&str>, action: &str) -> bool {
    let header = message.soap_action.map(unquoted);
    let parameter = message.content_type.and_then(action_of);
    [header, parameter, addressed].into_iter().flatten().all(|named| named.is_empty() || named == action)
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"').trim()
}

/// The `action` parameter of a content type (RFC 3902 §5); an action holds no semicolon.
fn action_of(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("action").then(|| unquoted(value))
    })
}

fn digest_of(element: Element<'_>) -> [u8; 32] {
    let mut octets = Vec::with_capacity(element.span().len());
    canonicalize(element, Method::Exclusive, &[], None, &mut octets);
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, &octets).as_ref());
    out
}

/// The identifier in the header block, which must be right when it is there.
fn read_context(block: Element<'_>, profile: &Profile, contract: &Contract) -> Result<Option<RequestId>, Fault> {
    let mapped = profile.inbound_header(block, contract).or_else(|| without_attributes_of_soap(block));
    let document = match mapped {
        Some(octets) => Some(Document::read(octets, &Limits::default()).map_err(|_| Fault::new(Code::MalformedXml))?),
        None => None,
    };
    let block = document.as_ref().map_or(block, Document::root);
    let verdict = validation::check(contract, block, false);
    if let Some(mut fault) = verdict.whole {
        for field in &mut fault.fields {
            field.insert_str(0, "/RequestContext");
        }
        return Err(fault);
    }
    let id = crate::rules::text(block, "RequestId");
    // The schema lets only identifiers through that the store takes too.
    Ok(id.and_then(|id| RequestId::parse(&id.to_ascii_lowercase()).ok()))
}

/// The block without what the envelope says of it (`mustUnderstand`, `actor`, `role`, `relay`), which is none of the contract's;
/// `None` when nothing is said.
fn without_attributes_of_soap(block: Element<'_>) -> Option<Vec<u8>> {
    let of_soap = |namespace: &str| [Version::V11, Version::V12].iter().any(|known| known.namespace() == namespace);
    if !block.attributes().any(|attribute| of_soap(attribute.namespace())) {
        return None;
    }
    let others: Vec<_> = block.attributes().filter(|attribute| !of_soap(attribute.namespace())).collect();
    let values: Vec<_> = others.iter().map(|attribute| attribute.value()).collect();
    let others: Vec<(&str, &str, &str, &str)> = others
        .iter()
        .zip(&values)
        .map(|(attribute, value)| (attribute.prefix(), attribute.namespace(), attribute.local(), value.as_ref()))
        .collect();
    let mut writer = Writer::with_capacity(block.span().len());
    writer.start(block.prefix(), block.namespace(), block.local(), &[], &others);
    block.children().for_each(|child| writer.copy(child, &mut KeepAll));
    writer.end();
    Some(writer.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_action_parameter_is_found_among_others() {
        assert_eq!(action_of("application/soap+xml; charset=utf-8; action=\"urn:a/b\""), Some("urn:a/b"));
        assert_eq!(action_of("application/soap+xml;Action=urn:a"), Some("urn:a"));
        assert_eq!(action_of("text/xml; charset=utf-8"), None);
    }
}
