//! Faults of both versions (W3C NOTE-SOAP-20000508 §4.4, REC-soap12-part1-20070427 §5.4).

use super::message::{Elements, Part, V11, V12, Version};
use crate::{Content, Document, First, RawContent, RawElement, Reader, Result, UNBOUNDED, Writer, characters};

/// Who is at fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The message, or who sent it: `Client`, `Sender`.
    Sender,
    /// The service: `Server`, `Receiver`.
    Receiver,
}

/// A SOAP fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault<F> {
    /// Who is at fault.
    pub side: Side,
    /// The reason, for people.
    pub reason: String,
    /// What the contract declares; `None` if there is nothing of that.
    pub detail: Option<F>,
    /// What else stands in the detail, as it stands there.
    pub undeclared: Vec<RawElement>,
}

impl<F> Fault<F> {
    /// A fault of the service with this detail.
    pub fn receiver(reason: impl Into<String>, detail: impl Into<F>) -> Fault<F> {
        Fault { detail: Some(detail.into()), ..Fault::plain(Side::Receiver, reason) }
    }

    /// A fault of the sender with this detail.
    pub fn sender(reason: impl Into<String>, detail: impl Into<F>) -> Fault<F> {
        Fault { detail: Some(detail.into()), ..Fault::plain(Side::Sender, reason) }
    }

    /// A fault without a detail.
    pub fn plain(side: Side, reason: impl Into<String>) -> Fault<F> {
        Fault { side, reason: reason.into(), detail: None, undeclared: Vec::new() }
    }
}

impl<F: Detail> Fault<F> {
    /// The content of the detail.
    pub(super) fn detail_written(&self) -> String {
        let mut detail = self.detail.as_ref().map(Detail::write).unwrap_or_default();
        self.undeclared.iter().for_each(|element| detail.push_str(element.as_xml()));
        detail
    }
}

/// What stands in the detail of faults.
pub trait Detail: Sized {
    /// The detail, if this element is one that the contract declares.
    fn read(element: &Part) -> Option<Self>;
    /// The element.
    fn write(&self) -> String;
}

impl<D: Document> Detail for D {
    fn read(element: &Part) -> Option<D> {
        element.is_a::<D>().then(|| element.read().ok()).flatten()
    }

    fn write(&self) -> String {
        crate::Writer::document(self)
    }
}

/// The detail of a contract that declares none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoDetail {}

impl Detail for NoDetail {
    fn read(_: &Part) -> Option<NoDetail> {
        None
    }

    fn write(&self) -> String {
        match *self {}
    }
}

/// What a fault code says.
#[derive(Clone, Copy)]
pub(super) enum Code {
    Of(Side),
    MustUnderstand,
    VersionMismatch,
}

impl Code {
    fn local(self, version: Version) -> &'static str {
        match (self, version) {
            (Code::Of(Side::Sender), Version::V11) => "Client",
            (Code::Of(Side::Receiver), Version::V11) => "Server",
            (Code::Of(Side::Sender), Version::V12) => "Sender",
            (Code::Of(Side::Receiver), Version::V12) => "Receiver",
            (Code::MustUnderstand, _) => "MustUnderstand",
            (Code::VersionMismatch, _) => "VersionMismatch",
        }
    }
}

/// A fault, to be put into an envelope of the same version.
pub(super) fn written(version: Version, code: Code, reason: &str, detail: &str) -> String {
    let mut text = String::new();
    characters::escape_text(reason, &mut text);
    let code = code.local(version);
    let detail = |name: &str| match detail {
        "" => String::new(),
        detail => format!("<{name}>{detail}</{name}>"),
    };
    match version {
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

/// Reads the element `Fault`.
pub(super) fn read<F: Detail>(version: Version, fault: &Part) -> Result<Fault<F>> {
    Ok(match version {
        Version::V11 => fault.read().map(|fault: Fault11| told(&fault.code, fault.reason, fault.detail))?,
        Version::V12 => fault.read().map(|fault: Fault12| told(&fault.code, fault.reason, fault.detail))?,
    })
}

fn told<F: Detail>(code: &str, reason: String, elements: Vec<RawElement>) -> Fault<F> {
    let local = code.rsplit(':').next().unwrap_or_default();
    let side = if matches!(local, "Server" | "Receiver") { Side::Receiver } else { Side::Sender };
    let mut fault = Fault::plain(side, reason);
    for element in elements {
        let declared = if fault.detail.is_none() { F::read(&Part::of(element.clone())) } else { None };
        match declared {
            Some(detail) => fault.detail = Some(detail),
            None => fault.undeclared.push(element),
        }
    }
    fault
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
