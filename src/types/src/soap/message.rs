//! Envelopes of both versions (W3C NOTE-SOAP-20000508, REC-soap12-part1-20070427).

use super::{Detail, Fault, fault};
use crate::error::Fault as Broken;
use crate::{Content, Document, First, Limits, RawElement, ReadError, Reader, Result, UNBOUNDED, Writer, characters};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

pub(super) const V11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub(super) const V12: &str = "http://www.w3.org/2003/05/soap-envelope";
/// The actor and role that every receiver plays, and the role of the last one.
const OURS: [&str; 4] = [
    "",
    "http://schemas.xmlsoap.org/soap/actor/next",
    "http://www.w3.org/2003/05/soap-envelope/role/next",
    "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
];

/// A version of SOAP.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Version {
    /// SOAP 1.1.
    #[default]
    V11,
    /// SOAP 1.2.
    V12,
}

impl Version {
    /// The namespace of envelopes.
    pub fn namespace(self) -> &'static str {
        match self {
            Version::V11 => V11,
            Version::V12 => V12,
        }
    }

    /// The content type of replies.
    pub fn content_type(self) -> &'static str {
        match self {
            Version::V11 => "text/xml; charset=utf-8",
            Version::V12 => "application/soap+xml; charset=utf-8",
        }
    }

    /// The version that a content type announces.
    pub fn of_content_type(content_type: &str) -> Option<Version> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        [(Version::V11, "text/xml"), (Version::V12, "application/soap+xml")]
            .into_iter()
            .find_map(|(version, known)| media_type.eq_ignore_ascii_case(known).then_some(version))
    }

    /// An envelope around header blocks (complete elements, or nothing) and one element.
    pub fn envelope(self, header: &str, body: &str) -> Vec<u8> {
        let namespace = self.namespace();
        let header = match header {
            "" => String::new(),
            blocks => format!("<s:Header>{blocks}</s:Header>"),
        };
        format!("<s:Envelope xmlns:s=\"{namespace}\">{header}<s:Body>{body}</s:Body></s:Envelope>").into_bytes()
    }

    /// The version of a message; SOAP 1.1 if it is none.
    pub(super) fn of_message(octets: &[u8]) -> Version {
        match root_of(octets) {
            Some(root) if root.namespace == V12 => Version::V12,
            _ => Version::V11,
        }
    }

    /// Whether a message is an envelope of a version that is neither of these.
    pub(super) fn is_unknown_to(octets: &[u8]) -> bool {
        root_of(octets).is_some_and(|root| root.local == "Envelope" && !["", V11, V12].contains(&&*root.namespace))
    }
}

/// An element of a message, with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    element: RawElement,
    namespace: String,
    local: String,
    must_be_understood: bool,
}

impl Part {
    pub(super) fn of(element: RawElement) -> Part {
        let root = root_of(element.as_xml().as_bytes()).unwrap_or_default();
        Part { must_be_understood: root.must_be_understood(), namespace: root.namespace, local: root.local, element }
    }

    /// The namespace of its name, empty for none.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Its local name.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// Whether this is its name.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.namespace == namespace && self.local == local
    }

    /// Whether its name is that of a document type.
    pub fn is_a<D: Document>(&self) -> bool {
        self.is(D::NAMESPACE, D::NAME)
    }

    /// Whether it is a header block that the receiver of the message must understand.
    pub fn must_be_understood(&self) -> bool {
        self.must_be_understood
    }

    /// The document that it is.
    pub fn read<D: Document>(&self) -> Result<D> {
        Reader::document(self.element.as_xml().as_bytes(), &Limits::default(), &[])
    }

    /// The element as it stands.
    pub fn element(&self) -> &RawElement {
        &self.element
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its version.
    pub version: Version,
    /// The blocks of its header.
    pub header: Vec<Part>,
    /// The one element of its body.
    pub body: Part,
}

impl Opened {
    /// The fault, if it is one.
    pub fn fault<F: Detail>(&self) -> Option<Result<Fault<F>>> {
        self.body.is(self.version.namespace(), "Fault").then(|| fault::read(self.version, &self.body))
    }

    /// The block of the header that is a document of this type; two of them are an error.
    pub fn block<D: Document>(&self) -> Result<Option<D>> {
        let mut blocks = self.header.iter().filter(|block| block.is_a::<D>());
        let (first, second) = (blocks.next(), blocks.next());
        if second.is_some() {
            let place = format!("/Envelope/Header/{}", D::NAME);
            return Err(ReadError::new(Broken::Twice(D::NAME.to_owned()), place, 1, 1));
        }
        let read = |block: &Part| {
            Reader::block(block.element.as_xml().as_bytes(), &Limits::default(), self.version.namespace())
        };
        first.map(read).transpose()
    }
}

/// Opens a message of either version.
pub fn open(octets: &[u8], limits: &Limits) -> Result<Opened> {
    let version = Version::of_message(octets);
    let (header, body) = match version {
        Version::V12 => Reader::document::<Envelope<12>>(octets, limits, &[])?.parts(),
        Version::V11 => Reader::document::<Envelope<11>>(octets, limits, &[])?.parts(),
    };
    let mut elements = body.into_iter();
    match (elements.next(), elements.next()) {
        (Some(only), None) => {
            Ok(Opened { version, header: header.into_iter().map(Part::of).collect(), body: Part::of(only) })
        }
        _ => Err(ReadError::new(Broken::Missing("Body/*".to_owned()), "/Envelope/Body".to_owned(), 1, 1)),
    }
}

/// The start tag of a root.
#[derive(Default)]
struct Root {
    namespace: String,
    local: String,
    /// Those of the namespaces of envelopes: namespace, local name, value.
    attributes: Vec<(String, String, String)>,
}

impl Root {
    /// `mustUnderstand`, for a receiver that is meant (SOAP 1.1 §4.2.2 and §4.2.3, SOAP 1.2 part 1 §5.2.2 and §5.2.3).
    fn must_be_understood(&self) -> bool {
        let value =
            |name: &str| self.attributes.iter().find(|(_, local, _)| local == name).map(|(.., value)| value.trim());
        let is_for_us = OURS.contains(&value("actor").or(value("role")).unwrap_or_default());
        is_for_us && matches!(value("mustUnderstand"), Some("1" | "true"))
    }
}

fn root_of(octets: &[u8]) -> Option<Root> {
    let mut events = quick_xml::NsReader::from_str(std::str::from_utf8(octets).ok()?);
    loop {
        let (namespace, start) = match events.read_resolved_event().ok()? {
            (namespace, Event::Start(start) | Event::Empty(start)) => (bound(namespace)?, start),
            (_, Event::Eof) => return None,
            _ => continue,
        };
        let local = start.local_name().into_inner().to_owned();
        let attributes = attributes(&events, &start);
        return Some(Root { namespace, local, attributes });
    }
}

fn attributes(events: &quick_xml::NsReader<&[u8]>, start: &BytesStart<'_>) -> Vec<(String, String, String)> {
    let known = start.attributes().flatten().filter_map(|attribute| {
        let (namespace, local) = events.resolver().resolve_attribute(attribute.key);
        let namespace = bound(namespace).filter(|namespace| [V11, V12].contains(&namespace.as_str()))?;
        Some((namespace, local.into_inner().to_owned(), characters::attribute_value(&attribute.value)?))
    });
    known.collect()
}

fn bound(namespace: ResolveResult<'_>) -> Option<String> {
    match namespace {
        ResolveResult::Bound(bound) => characters::attribute_value(bound.into_inner()),
        _ => Some(String::new()),
    }
}

const fn namespace(version: u8) -> &'static str {
    if version == 12 { V12 } else { V11 }
}

/// Elements of any name, and any attributes.
pub(super) struct Elements(pub(super) Vec<RawElement>);

impl Content for Elements {
    const TYPE: crate::TypeName = crate::TypeName::Own;

    fn read(r: &mut Reader<'_>) -> Result<Self> {
        r.other_attributes();
        r.anys(&[First::Any], 0, UNBOUNDED).map(Elements)
    }

    fn write(&self, _: &mut Writer) {}
}

struct Envelope<const V: u8> {
    header: Option<Elements>,
    body: Elements,
}

impl<const V: u8> Envelope<V> {
    fn parts(self) -> (Vec<RawElement>, Vec<RawElement>) {
        (self.header.map(|header| header.0).unwrap_or_default(), self.body.0)
    }
}

impl<const V: u8> Content for Envelope<V> {
    fn read(r: &mut Reader<'_>) -> Result<Self> {
        r.other_attributes();
        Ok(Envelope { header: r.optional(namespace(V), "Header")?, body: r.required(namespace(V), "Body")? })
    }

    fn write(&self, _: &mut Writer) {}
}

impl<const V: u8> Document for Envelope<V> {
    const NAMESPACE: &'static str = namespace(V);
    const NAME: &'static str = "Envelope";
    const PREFIXED: bool = true;
}
