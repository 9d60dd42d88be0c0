//! From octets to a call: the first stage, before anybody is asked who is calling.

use crate::message::Incoming;
use crate::settings::Settings;
use bytes::Bytes;
use kapia_faces::Face;
use kapia_regix::{
    CheckRequest, Method, RequestError, ServiceRequest, Typed, TypedStep, read_check, read_request, read_typed,
    read_typed_check,
};
use kapia_soap::{Addressed, Addressing, Bilingual, Envelope, Fault, FaultCode, Problem, Version, WSS_NAMESPACES};
use kapia_xml::{Document, Element, ElementId, XmlError};
use std::sync::Arc;

/// A message that has been understood as a call of a method.
pub(crate) struct Opened {
    pub document: Document,
    pub version: Version,
    pub message_id: Option<String>,
    pub method: Method,
    /// The blocks of WS-Security that are for us.
    pub security: Vec<ElementId>,
    /// What a call asks for; empty for the other methods.
    pub request: Result<ServiceRequest, RequestError>,
    /// Which call the other methods mean; empty for a call.
    pub asked: CheckRequest,
    /// What is asked of a typed contract, if one was called.
    pub typed: Option<TypedAsk>,
}

/// What is asked of a typed contract.
#[derive(Clone)]
pub(crate) struct TypedAsk {
    pub face: Arc<Face>,
    /// The name of the operation in the contract.
    pub operation: String,
    /// Its full name.
    pub full_name: String,
    pub step: TypedStep,
    pub action: String,
    /// Whether the request has addressing headers.
    pub addressed: bool,
}

impl TypedAsk {
    /// What makes a reply to it a typed one.
    pub fn typed<'a>(&'a self, message_id: Option<&'a str>) -> Typed<'a> {
        Typed {
            namespace: &self.face.namespace,
            operation: &self.operation,
            step: self.step,
            action: &self.action,
            addressed: if self.addressed { Addressed::Yes(message_id) } else { Addressed::No },
        }
    }
}

/// Why a message is not a call: an HTTP status and, where SOAP can be spoken, a fault.
pub(crate) struct NotACall {
    pub status: u16,
    pub version: Version,
    pub message_id: Option<String>,
    pub fault: Fault,
    pub code: &'static str,
}

pub(crate) fn open(incoming: &Incoming, body: Bytes, settings: &Settings) -> Result<Opened, Box<NotACall>> {
    let version = announced(incoming)?;
    let refuse = |status, code, fault, message_id| Box::new(NotACall { status, version, message_id, fault, code });
    // One client begins its envelope with a newline (wild-clients §1.3 row 32).
    let blank = body.iter().take_while(|octet| octet.is_ascii_whitespace()).count();
    let body = if blank == 0 { body } else { body.slice(blank..) };
    let document = Document::read(body, &settings.limits).map_err(|error| {
        let status = if error.code() == "xml-too-large" { 413 } else { 400 };
        refuse(status, error.code(), unreadable(&error), None)
    })?;
    let security = WSS_NAMESPACES.map(|namespace| (namespace, "Security"));
    let envelope = Envelope::open(&document, version, &security)
        .map_err(|(error, addressing)| refuse(500, error.code(), error.fault(), addressing.message_id))?;
    let Addressing { action, message_id } = envelope.addressing;
    let body = document.element(envelope.body);
    let addressed = message_id.is_some() || (version == Version::V12 && action.is_some());
    let (method, typed) = match &incoming.face {
        None => (incoming.entry.method(body.namespace(), body.local()), None),
        Some(face) => {
            let typed = typed_ask(face, body, addressed);
            (typed.as_ref().map(|typed| typed.step.method()), typed)
        }
    };
    let Some(method) = method else {
        let reason = format!("the element {} is not a method of this entry point", body.name());
        return Err(refuse(500, "method-unknown", action_not_supported(reason), message_id));
    };
    let named = match version {
        Version::V12 => action,
        Version::V11 => incoming.soap_action.as_deref().map(|action| action.trim().trim_matches('"').to_owned()),
    };
    let expected = typed.as_ref().map_or_else(|| incoming.entry.action(method), |typed| typed.action.clone());
    if named.is_some_and(|named| !named.is_empty() && named != expected) {
        // What was named is not told: it is whatever somebody put into a header.
        let reason = format!("the action of the message is not that of {}", method.name());
        return Err(refuse(500, "action-mismatch", action_not_supported(reason), message_id));
    }
    let (request, asked) = match (&typed, method) {
        (Some(typed), Method::Execute) => (read_typed(&typed.full_name, body), CheckRequest::default()),
        (Some(_), _) => (Ok(ServiceRequest::default()), read_typed_check(body)),
        (None, Method::Execute | Method::ExecuteSynchronous) => {
            (read_request(incoming.entry, method, body), CheckRequest::default())
        }
        (None, _) => (Ok(ServiceRequest::default()), read_check(incoming.entry, method, body)),
    };
    Ok(Opened { document, version, message_id, method, security: envelope.security, request, asked, typed })
}

fn typed_ask(face: &Arc<Face>, body: Element<'_>, addressed: bool) -> Option<TypedAsk> {
    let asked = face.find(body.namespace(), body.local())?;
    Some(TypedAsk {
        face: Arc::clone(face),
        operation: asked.operation.name.clone(),
        full_name: asked.operation.operation.name.to_string(),
        step: asked.step,
        action: face.action(&asked),
        addressed,
    })
}

fn announced(incoming: &Incoming) -> Result<Version, Box<NotACall>> {
    let content_type = incoming.content_type.as_deref().unwrap_or_default();
    match Version::of_content_type(content_type).filter(|version| incoming.address.takes(*version)) {
        Some(version) => Ok(version),
        None => {
            let (expected, version) = match incoming.address {
                kapia_regix::Address::Basic => ("text/xml; charset=utf-8", Version::V11),
                kapia_regix::Address::WsHttp => ("application/soap+xml; charset=utf-8", Version::V12),
            };
            let problem = Problem {
                code: "content-type".into(),
                message: Bilingual::new(
                    "the content type of the message is not one that this address takes",
                    "видът на съдържанието не се приема на този адрес",
                ),
                hint: Bilingual::new(
                    format!("send it with Content-Type: {expected}"),
                    format!("изпратете го с Content-Type: {expected}"),
                ),
                places: Vec::new(),
            };
            let reason = format!("{}; hint: {}", problem.message.en, problem.hint.en);
            let fault = Fault { code: FaultCode::Sender, reason, problem: Some(problem) };
            Err(Box::new(NotACall { status: 415, version, message_id: None, fault, code: "content-type" }))
        }
    }
}

fn unreadable(error: &XmlError) -> Fault {
    let place = error.position();
    let message = Bilingual::new(
        format!("the message is not XML that can be read: {error}"),
        format!(
            "съобщението не е XML, който може да се прочете: {}, ред {}, колона {}",
            error.message_bg(),
            place.line,
            place.column
        ),
    );
    let hint = Bilingual::new(error.hint(), error.hint_bg());
    let reason = format!("{}; hint: {}", message.en, hint.en);
    let problem = Problem { code: error.code().into(), message, hint, places: Vec::new() };
    Fault { code: FaultCode::Sender, reason, problem: Some(problem) }
}

fn action_not_supported(reason: String) -> Fault {
    let problem = Problem {
        code: "action-not-supported".into(),
        message: Bilingual::new(reason.as_str(), "действието или елементът в тялото не е метод на тази входна точка"),
        hint: Bilingual::new(
            "use the method and the action of the WSDL, which is served at this address with ?singleWsdl",
            "използвайте метода и действието от WSDL, който се отдава на този адрес с ?singleWsdl",
        ),
        places: Vec::new(),
    };
    Fault { code: FaultCode::ActionNotSupported, reason, problem: Some(problem) }
}
