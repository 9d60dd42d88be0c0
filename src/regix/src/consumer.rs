//! The consumer's side of the entry points: a request is written, a reply is read (regix-contract §3.5, §4.3, §4.4).

use crate::{EntryPoint, Method};
use kapia_soap::{ADDRESSING, Version};
use kapia_xml::{Document, Element, ElementId, Limits, XmlError, escape_text};

/// The namespace of XML signatures (W3C REC-xmldsig-core).
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// A call as a consumer makes it.
pub struct Request<'a> {
    /// Which contract.
    pub entry: EntryPoint,
    /// Which SOAP.
    pub version: Version,
    /// Full name of the operation.
    pub operation: &'a str,
    /// The argument: one element as text, with everything it needs declared on it.
    pub argument: &'a str,
    /// Whether the answer is to be signed.
    pub sign: bool,
    /// The legal ground.
    pub law_reason: &'a str,
    /// Address of the service, for WS-Addressing.
    pub to: &'a str,
}

impl Request<'_> {
    /// The path of the service below the base address.
    pub fn path(entry: EntryPoint, version: Version) -> &'static str {
        match (entry, version) {
            (EntryPoint::V0, _) => "/RegiXService.svc",
            (EntryPoint::V1, Version::V11) => "/RegiXEntryPoint.svc/basic",
            (EntryPoint::V1, Version::V12) => "/RegiXEntryPoint.svc",
            (EntryPoint::V2, Version::V11) => "/RegiXEntryPointV2.svc/basic",
            (EntryPoint::V2, Version::V12) => "/RegiXEntryPointV2.svc",
        }
    }

    /// The action of the call, for `SOAPAction` and WS-Addressing alike.
    pub fn action(entry: EntryPoint) -> String {
        entry.action(method(entry))
    }

    /// The envelope. The argument begins on the first line, so that lines which a fault names are lines of the argument.
    pub fn envelope(&self) -> String {
        let soap = self.version.namespace();
        let header = match self.version {
            Version::V11 => String::new(),
            Version::V12 => format!(
                "<s:Header><a:Action xmlns:a=\"{ADDRESSING}\" s:mustUnderstand=\"1\">{}</a:Action>\
                 <a:MessageID xmlns:a=\"{ADDRESSING}\">{}</a:MessageID><a:To xmlns:a=\"{ADDRESSING}\">{}</a:To></s:Header>",
                Self::action(self.entry),
                message_id(),
                escaped(self.to)
            ),
        };
        let (method, contract, data) = (method(self.entry).name(), self.entry.contract(), self.entry.data());
        let (open, close) = match self.entry {
            EntryPoint::V0 | EntryPoint::V1 => (String::new(), ""),
            EntryPoint::V2 => (format!("<ServiceRequestData xmlns=\"{data}\">"), "</ServiceRequestData>"),
        };
        format!(
            "<s:Envelope xmlns:s=\"{soap}\">{header}<s:Body><{method} xmlns=\"{contract}\"><request>{open}\
             <Operation>{}</Operation><Argument>{}</Argument>\
             <CallContext><LawReason>{}</LawReason></CallContext>\
             <SignResult>{}</SignResult><ReturnAccessMatrix>false</ReturnAccessMatrix>\
             {close}</request></{method}></s:Body></s:Envelope>",
            escaped(self.operation),
            self.argument,
            escaped(self.law_reason),
            self.sign
        )
    }
}

/// A reply that was read.
pub struct Reply {
    /// The whole envelope.
    pub document: Document,
    /// What it says.
    pub kind: ReplyKind,
}

/// The three things that a reply can be.
pub enum ReplyKind {
    /// An answer.
    Answer {
        /// The document of the register.
        response: ElementId,
        /// What a signature covers.
        data: ElementId,
        /// The signature, if there is one.
        signature: Option<ElementId>,
        /// Number of the call.
        service_call_id: String,
    },
    /// A result that holds an error.
    Refused {
        /// The text of the error.
        error: String,
    },
    /// A fault.
    Fault {
        /// The reason in English.
        reason: String,
        /// What else it tells, if the gateway is a Kapia.
        problem: Option<ElementId>,
    },
    /// Anything else, such as the result of an asynchronous call.
    Other,
}

impl Reply {
    /// Reads an envelope.
    pub fn read(entry: EntryPoint, octets: bytes::Bytes) -> Result<Reply, XmlError> {
        let document = Document::read(octets, &Limits::default())?;
        let kind = kind(entry, &document);
        Ok(Reply { document, kind })
    }
}

fn kind(entry: EntryPoint, document: &Document) -> ReplyKind {
    let root = document.root();
    let soap = root.namespace();
    let Some(content) = root.child(soap, "Body").and_then(|body| body.children().next()) else {
        return ReplyKind::Other;
    };
    if content.is(soap, "Fault") {
        return fault(content, soap);
    }
    let data = entry.data();
    let result = content.children().next().and_then(|result| match entry {
        EntryPoint::V0 | EntryPoint::V1 => Some(result),
        EntryPoint::V2 => result.child(data, "ServiceResultData"),
    });
    let Some(result) = result else { return ReplyKind::Other };
    let text = |local| result.child(data, local).map(|element| element.text().into_owned()).unwrap_or_default();
    if text("HasError") == "true" {
        return ReplyKind::Refused { error: text("Error") };
    }
    let signed = result.child(data, "Data");
    let response = signed.and_then(|signed| signed.child(data, "Response")?.children().next());
    match (signed, response) {
        (Some(signed), Some(response)) => ReplyKind::Answer {
            response: response.id(),
            data: signed.id(),
            signature: result.child(DSIG, "Signature").map(Element::id),
            service_call_id: text("ServiceCallID"),
        },
        _ => ReplyKind::Other,
    }
}

fn fault(fault: Element<'_>, soap: &str) -> ReplyKind {
    let v12 = fault.child(soap, "Reason").and_then(|reason| reason.child(soap, "Text"));
    let reason = fault.child("", "faultstring").or(v12).map(|text| text.text().into_owned()).unwrap_or_default();
    let detail = fault.child("", "detail").or_else(|| fault.child(soap, "Detail"));
    let problem = detail.and_then(|detail| detail.children().find(|child| child.local() == "Problem"));
    ReplyKind::Fault { reason, problem: problem.map(Element::id) }
}

fn method(entry: EntryPoint) -> Method {
    match entry {
        EntryPoint::V0 | EntryPoint::V1 => Method::ExecuteSynchronous,
        EntryPoint::V2 => Method::Execute,
    }
}

/// Unique enough to be found again: the clock and the process.
fn message_id() -> String {
    let now = time::OffsetDateTime::now_utc().unix_timestamp_nanos();
    format!("urn:kapia:call:{}:{now}", std::process::id())
}

fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    escape_text(text, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateway_reads_every_request_as_it_was_meant() {
        for entry in [EntryPoint::V1, EntryPoint::V2] {
            for version in [Version::V11, Version::V12] {
                let request = Request {
                    entry,
                    version,
                    operation: "A.B.C",
                    argument: "<r xmlns=\"urn:r\"><x>1</x></r>",
                    sign: true,
                    law_reason: "чл. 1 <&>",
                    to: "https://localhost/?a&b",
                };
                let document = Document::read(request.envelope(), &Limits::default()).unwrap();
                let envelope = kapia_soap::Envelope::open(&document, version, &[]).map_err(|_| ()).unwrap();
                let body = document.element(envelope.body);
                let read = crate::read_request(entry, method(entry), body).unwrap();
                assert_eq!(read.operation.as_deref(), Some("A.B.C"));
                assert!(read.sign_result && !read.return_access_matrix);
                assert_eq!(read.context.get("LawReason"), Some("чл. 1 <&>"));
            }
        }
    }
}
