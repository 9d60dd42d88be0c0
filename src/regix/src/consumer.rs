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
    /// Whether the answer is to be fetched later.
    pub later: bool,
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
    pub fn action(&self) -> String {
        self.entry.action(self.method())
    }

    /// The envelope. The argument begins on the first line, so that lines which a fault names are lines of the argument.
    pub fn envelope(&self) -> String {
        let data = self.entry.data();
        let processing = if self.later { "<RequestProcessing>Asynchronous</RequestProcessing>" } else { "" };
        let (open, close) = match self.entry {
            EntryPoint::V0 | EntryPoint::V1 => (String::new(), ""),
            EntryPoint::V2 => (format!("<ServiceRequestData xmlns=\"{data}\">{processing}"), "</ServiceRequestData>"),
        };
        let content = format!(
            "{open}<Operation>{}</Operation><Argument>{}</Argument>\
             <CallContext><LawReason>{}</LawReason></CallContext>\
             <SignResult>{}</SignResult><ReturnAccessMatrix>false</ReturnAccessMatrix>{close}",
            escaped(self.operation),
            self.argument,
            escaped(self.law_reason),
            self.sign
        );
        envelope(self.entry, self.version, self.method(), self.to, &content)
    }

    fn method(&self) -> Method {
        match self.entry {
            EntryPoint::V0 | EntryPoint::V1 if !self.later => Method::ExecuteSynchronous,
            _ => Method::Execute,
        }
    }
}

/// A question about a call whose answer comes later.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Which contract.
    pub entry: EntryPoint,
    /// Which SOAP.
    pub version: Version,
    /// Number of the call.
    pub service_call_id: &'a str,
    /// The code that came with it; V1 has none.
    pub verification_code: Option<&'a str>,
    /// Address of the service, for WS-Addressing.
    pub to: &'a str,
}

impl Question<'_> {
    /// Action and envelope of `CheckResult`: is the answer there?
    pub fn check(&self) -> (String, String) {
        self.ask(Method::CheckResult)
    }

    /// Action and envelope of `AcknowledgeResultReceived`, which V2 alone has: the answer need not be kept.
    pub fn acknowledge(&self) -> (String, String) {
        self.ask(Method::AcknowledgeResultReceived)
    }

    fn ask(&self, method: Method) -> (String, String) {
        let id = format!("<ServiceCallID>{}</ServiceCallID>", escaped(self.service_call_id));
        let content = match self.entry {
            EntryPoint::V0 | EntryPoint::V1 => id,
            EntryPoint::V2 => format!(
                "<ServiceCheckResultArgument xmlns=\"{}\">{id}<VerificationCode>{}</VerificationCode></ServiceCheckResultArgument>",
                self.entry.data(),
                escaped(self.verification_code.unwrap_or_default())
            ),
        };
        (self.entry.action(method), envelope(self.entry, self.version, method, self.to, &content))
    }
}

fn envelope(entry: EntryPoint, version: Version, method: Method, to: &str, content: &str) -> String {
    let header = match version {
        Version::V11 => String::new(),
        Version::V12 => format!(
            "<s:Header><a:Action xmlns:a=\"{ADDRESSING}\" s:mustUnderstand=\"1\">{}</a:Action>\
             <a:MessageID xmlns:a=\"{ADDRESSING}\">{}</a:MessageID><a:To xmlns:a=\"{ADDRESSING}\">{}</a:To></s:Header>",
            entry.action(method),
            message_id(),
            escaped(to)
        ),
    };
    let (soap, contract, name, parameter) = (version.namespace(), entry.contract(), method.name(), method.parameter());
    format!(
        "<s:Envelope xmlns:s=\"{soap}\">{header}<s:Body><{name} xmlns=\"{contract}\"><{parameter}>{content}\
         </{parameter}></{name}></s:Body></s:Envelope>"
    )
}

/// A reply that was read.
pub struct Reply {
    /// The whole envelope.
    pub document: Document,
    /// What it says.
    pub kind: ReplyKind,
}

/// The things that a reply can be.
pub enum ReplyKind {
    /// An answer.
    Answer {
        /// The echoed argument.
        request: Option<ElementId>,
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
    /// A call that has no answer yet.
    Pending {
        /// Number of the call.
        service_call_id: String,
        /// The code with which the answer is fetched; only when the call was accepted, and not in V1.
        verification_code: Option<String>,
    },
    /// Anything else, such as the reply to an acknowledgement.
    Other,
}

impl Reply {
    /// Reads an envelope.
    pub fn read(entry: EntryPoint, octets: bytes::Bytes) -> Result<Reply, XmlError> {
        Reply::read_within(entry, octets, &Limits::default())
    }

    /// The same within limits of one's own.
    pub fn read_within(entry: EntryPoint, octets: bytes::Bytes, limits: &Limits) -> Result<Reply, XmlError> {
        let document = Document::read(octets, limits)?;
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
    // What starts a call in V1 has no place for an answer.
    let starts = content.is(entry.contract(), "ExecuteResponse") && entry != EntryPoint::V2;
    if text("IsReady") == "false" || starts {
        let code = result.child(data, "VerificationCode").map(|code| code.text().into_owned());
        return ReplyKind::Pending { service_call_id: text("ServiceCallID"), verification_code: code };
    }
    let signed = result.child(data, "Data");
    let part = |local| signed.and_then(|signed| signed.child(data, local)?.children().next());
    let response = part("Response");
    match (signed, response) {
        (Some(signed), Some(response)) => ReplyKind::Answer {
            request: part("Request").map(Element::id),
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
                    later: false,
                    law_reason: "чл. 1 <&>",
                    to: "https://localhost/?a&b",
                };
                let document = Document::read(request.envelope(), &Limits::default()).unwrap();
                let envelope = kapia_soap::Envelope::open(&document, version, &[]).map_err(|_| ()).unwrap();
                let body = document.element(envelope.body);
                let read = crate::read_request(entry, request.method(), body).unwrap();
                assert_eq!(read.operation.as_deref(), Some("A.B.C"));
                assert!(read.sign_result && !read.return_access_matrix);
                assert_eq!(read.context.get("LawReason"), Some("чл. 1 <&>"));
            }
        }
    }
    #[test]
    fn the_gateway_reads_every_question_as_it_was_meant() {
        for entry in [EntryPoint::V1, EntryPoint::V2] {
            let question = Question {
                entry,
                version: Version::V12,
                service_call_id: "17",
                verification_code: Some("17.a+b=="),
                to: "https://localhost/",
            };
            let (action, text) = question.check();
            assert_eq!(action, entry.action(Method::CheckResult));
            let document = Document::read(text, &Limits::default()).unwrap();
            let envelope = kapia_soap::Envelope::open(&document, Version::V12, &[]).map_err(|_| ()).unwrap();
            let read = crate::read_check(entry, Method::CheckResult, document.element(envelope.body));
            assert_eq!(read.service_call_id, Some(17));
            assert_eq!(read.verification_code.as_deref(), (entry == EntryPoint::V2).then_some("17.a+b=="));
        }
    }

    #[test]
    fn a_call_without_an_answer_is_pending_in_each_generation() {
        for (entry, code) in [(EntryPoint::V1, None), (EntryPoint::V2, Some("17.x"))] {
            let reply =
                crate::Reply { entry, method: Method::Execute, version: Version::V11, relates_to: None, typed: None };
            match Reply::read(entry, reply.accepted(17, Some("17.x")).into()).unwrap().kind {
                ReplyKind::Pending { service_call_id, verification_code } => {
                    assert_eq!((service_call_id.as_str(), verification_code.as_deref()), ("17", code));
                }
                _ => panic!("{entry:?}"),
            }
        }
    }
}
