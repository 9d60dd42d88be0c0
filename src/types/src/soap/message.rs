//! Envelopes of both versions (W3C NOTE-SOAP-20000508, REC-soap12-part1-20070427).

use super::{Detail, Fault, Side};
use crate::characters;
use crate::error::Fault as Broken;
use crate::{Content, Document, First, Limits, RawContent, RawElement, ReadError, Reader, Result, UNBOUNDED, Writer};

const V11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const V12: &str = "http://www.w3.org/2003/05/soap-envelope";

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

    /// A fault, to be put into an envelope of the same version.
    pub(super) fn fault(self, side: Side, reason: &str, detail: &str) -> String {
        let mut text = String::new();
        characters::escape_text(reason, &mut text);
        let code = match (self, side) {
            (Version::V11, Side::Sender) => "Client",
            (Version::V11, Side::Receiver) => "Server",
            (Version::V12, Side::Sender) => "Sender",
            (Version::V12, Side::Receiver) => "Receiver",
        };
        let detail = |name: &str| match detail {
            "" => String::new(),
            detail => format!("<{name}>{detail}</{name}>"),
        };
        match self {
            Version::V11 => format!(
                "<s:Fault><faultcode>s:{code}</faultcode><faultstring xml:lang=\"en\">{text}</faultstring>{}</s:Fault>",
                detail("detail")
            ),
            Version::V12 => format!(
                "<s:Fault><s:Code><s:Value>s:{code}</s:Value></s:Code><s:Reason><s:Text xml:lang=\"en\">{text}</s:Text>\
                 </s:Reason>{}</s:Fault>",
                detail("s:Detail")
            ),
        }
    }
}

/// An element of a message, with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    element: RawElement,
    namespace: String,
    local: String,
}

impl Part {
    fn of(element: RawElement) -> Part {
        let (namespace, local) = name_of(element.as_xml()).unwrap_or_default();
        Part { element, namespace, local }
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
        if !self.body.is(self.version.namespace(), "Fault") {
            return None;
        }
        Some(match self.version {
            Version::V11 => self.body.read().map(|fault: Fault11| told(&fault.code, fault.reason, fault.detail)),
            Version::V12 => self.body.read().map(|fault: Fault12| told(&fault.code, fault.reason, fault.detail)),
        })
    }
}

/// Opens a message of either version.
pub fn open(octets: &[u8], limits: &Limits) -> Result<Opened> {
    let root = std::str::from_utf8(octets).ok().and_then(name_of);
    let (version, (header, body)) = match root {
        Some((namespace, _)) if namespace == V12 => {
            (Version::V12, Reader::document::<Envelope<12>>(octets, limits, &[])?.parts())
        }
        _ => (Version::V11, Reader::document::<Envelope<11>>(octets, limits, &[])?.parts()),
    };
    let mut elements = body.into_iter();
    match (elements.next(), elements.next()) {
        (Some(only), None) => {
            Ok(Opened { version, header: header.into_iter().map(Part::of).collect(), body: Part::of(only) })
        }
        _ => Err(ReadError::new(Broken::Missing("Body/*".to_owned()), "/Envelope/Body".to_owned(), 1, 1)),
    }
}

/// The name of the root.
fn name_of(xml: &str) -> Option<(String, String)> {
    let mut events = quick_xml::NsReader::from_str(xml);
    loop {
        let (namespace, local) = match events.read_resolved_event().ok()? {
            (namespace, quick_xml::events::Event::Start(start) | quick_xml::events::Event::Empty(start)) => {
                let namespace = match namespace {
                    quick_xml::name::ResolveResult::Bound(bound) => bound.into_inner().to_owned(),
                    _ => Default::default(),
                };
                (namespace, start.local_name().into_inner().to_owned())
            }
            (_, quick_xml::events::Event::Eof) => return None,
            _ => continue,
        };
        return Some((text(namespace)?, text(local)?));
    }
}

fn text(octets: impl AsRef<[u8]>) -> Option<String> {
    std::str::from_utf8(octets.as_ref()).ok().map(str::to_owned)
}

fn told<F: Detail>(code: &str, reason: String, detail: Vec<RawElement>) -> Fault<F> {
    let local = code.rsplit(':').next().unwrap_or_default();
    let side = if matches!(local, "Server" | "Receiver") { Side::Receiver } else { Side::Sender };
    let detail = detail.into_iter().find_map(|element| F::read(&Part::of(element)));
    Fault { side, reason, detail }
}

const fn namespace(version: u8) -> &'static str {
    if version == 12 { V12 } else { V11 }
}

/// Elements of any name, and any attributes.
struct Elements(Vec<RawElement>);

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

struct Fault11 {
    code: String,
    reason: String,
    detail: Vec<RawElement>,
}

impl Content for Fault11 {
    fn read(r: &mut Reader<'_>) -> Result<Self> {
        r.other_attributes();
        let code: RawContent = r.required("", "faultcode")?;
        let reason: RawContent = r.required("", "faultstring")?;
        r.optional::<RawContent>("", "faultactor")?;
        let detail: Option<Elements> = r.optional("", "detail")?;
        Ok(Fault11 {
            code: code.text().unwrap_or_default().trim().to_owned(),
            reason: reason.text().unwrap_or_default(),
            detail: detail.map(|detail| detail.0).unwrap_or_default(),
        })
    }

    fn write(&self, _: &mut Writer) {}
}

impl Document for Fault11 {
    const NAMESPACE: &'static str = V11;
    const NAME: &'static str = "Fault";
    const PREFIXED: bool = true;
}

struct Fault12 {
    code: String,
    reason: String,
    detail: Vec<RawElement>,
}

/// `Code`, of which the value alone counts, or `Reason`, of which the first text does.
struct First12(String);

impl Content for First12 {
    fn read(r: &mut Reader<'_>) -> Result<Self> {
        let first: Option<RawContent> = match r.optional(V12, "Value")? {
            None => r.optional(V12, "Text")?,
            value => value,
        };
        r.anys(&[First::Any], 0, UNBOUNDED)?;
        Ok(First12(first.and_then(|first| first.text()).unwrap_or_default().trim().to_owned()))
    }

    fn write(&self, _: &mut Writer) {}
}

impl Content for Fault12 {
    fn read(r: &mut Reader<'_>) -> Result<Self> {
        r.other_attributes();
        let code: First12 = r.required(V12, "Code")?;
        let reason: First12 = r.required(V12, "Reason")?;
        r.optional::<RawContent>(V12, "Node")?;
        r.optional::<RawContent>(V12, "Role")?;
        let detail: Option<Elements> = r.optional(V12, "Detail")?;
        Ok(Fault12 { code: code.0, reason: reason.0, detail: detail.map(|detail| detail.0).unwrap_or_default() })
    }

    fn write(&self, _: &mut Writer) {}
}

impl Document for Fault12 {
    const NAMESPACE: &'static str = V12;
    const NAME: &'static str = "Fault";
    const PREFIXED: bool = true;
}
