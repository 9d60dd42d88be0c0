//! From HTTP to a function of an adapter, and back.

use super::adapters::Hosted;
use super::{HostIncoming, Hosting, State, execute, functions};
use kapia_regix::host::{Asked, Binding, Function, HostMessageError, Value};
use kapia_soap::{Bilingual, Envelope, Fault, FaultCode, Problem, Version};
use kapia_xml::{Document, XmlError};

/// What is said over HTTP.
pub(super) struct Said {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
}

/// A call that was understood.
pub(super) struct Heard<'a> {
    pub hosting: &'a Hosting,
    pub state: &'a State,
    pub adapter: &'a Hosted,
    pub incoming: &'a HostIncoming,
    pub binding: Binding,
    /// The message id of a SOAP request.
    pub relates_to: Option<String>,
}

/// Why a function could not do its work: a stable code, and what it says to people.
#[derive(Debug)]
pub(super) struct Failed {
    pub code: &'static str,
    pub text: Bilingual,
}

impl Failed {
    pub(super) fn new(code: &'static str, en: impl Into<String>, bg: impl Into<String>) -> Failed {
        Failed { code, text: Bilingual::new(en, bg) }
    }
}

pub(super) async fn answer(hosting: &Hosting, state: &State, incoming: HostIncoming) -> Said {
    let path = incoming.path.trim_matches('/');
    match path.split_once('/') {
        None if path == "hc" => Said::text(200, "Healthy"),
        None if path == "hc-details" => functions::health_details(state).await,
        None => match path.to_ascii_lowercase().strip_suffix(".svc").and_then(|name| state.adapters.find(name)) {
            Some(adapter) => soap(hosting, state, adapter, &incoming).await,
            None => not_found(state),
        },
        Some((adapter, function)) => match (state.adapters.find(adapter), Function::of(function)) {
            (Some(adapter), Some(function)) => http(hosting, state, adapter, function, &incoming).await,
            _ => not_found(state),
        },
    }
}

async fn http(hosting: &Hosting, state: &State, adapter: &Hosted, function: Function, incoming: &HostIncoming) -> Said {
    let wanted = if function.is_get() { "GET" } else { "POST" };
    if incoming.method != wanted {
        return Said::text(405, format!("this function is asked for with {wanted}"));
    }
    let binding = Binding::Http;
    let heard = Heard { hosting, state, adapter, incoming, binding, relates_to: None };
    let has_body = !matches!(function, Function::SetParameter) && !function.is_get();
    if has_body && !incoming.content_type.as_deref().is_some_and(|sent| binding.takes(sent)) {
        return Said::text(415, "send the document with Content-Type: application/xml; charset=utf-8");
    }
    let document = if has_body { Some(read(incoming, state)) } else { None };
    let document = match document.transpose() {
        Ok(document) => document,
        Err(error) => return heard.not_understood(function, &unreadable(&error)),
    };
    match Asked::of_http(function, incoming.query.as_deref(), document.as_ref()) {
        Ok(asked) => heard.asked(function, asked, document.as_ref()).await,
        Err(error) => heard.not_understood(function, &misunderstood(error)),
    }
}

async fn soap(hosting: &Hosting, state: &State, adapter: &Hosted, incoming: &HostIncoming) -> Said {
    if incoming.method != "POST" {
        return Said::text(405, "this service is called with SOAP, with POST");
    }
    let announced = incoming.content_type.as_deref().and_then(Version::of_content_type);
    let Some(version) = announced else {
        return Said::text(415, "send the envelope with Content-Type: text/xml; charset=utf-8");
    };
    let mut heard = Heard { hosting, state, adapter, incoming, binding: Binding::Wcf(version), relates_to: None };
    let document = match read(incoming, state) {
        Ok(document) => document,
        Err(error) => return heard.fault(FaultCode::Sender, &unreadable(&error)),
    };
    let envelope = match Envelope::open(&document, version, &[]) {
        Ok(envelope) => envelope,
        Err((error, addressing)) => {
            let body = error.fault().write(version, addressing.message_id.as_deref());
            return Said { status: 500, content_type: version.content_type(), body };
        }
    };
    heard.relates_to.clone_from(&envelope.addressing.message_id);
    match Asked::of_soap(document.element(envelope.body)) {
        Ok((function, asked)) => heard.asked(function, asked, Some(&document)).await,
        Err(error @ HostMessageError::Function) => heard.fault(FaultCode::ActionNotSupported, &misunderstood(error)),
        Err(error) => heard.fault(FaultCode::Sender, &misunderstood(error)),
    }
}

fn read(incoming: &HostIncoming, state: &State) -> Result<Document, XmlError> {
    Document::read(incoming.body.clone(), &state.parts.settings.limits)
}

impl Heard<'_> {
    async fn asked(&self, function: Function, asked: Asked, document: Option<&Document>) -> Said {
        match asked {
            Asked::Execute(execution) => execute::execute(self, &execution, document).await,
            // No operation of ours is answered later: the core holds on until it is (regix-contract §10 item 4).
            Asked::CheckResult(check) => {
                let id = check.service_call_id.unwrap_or_default();
                let text = format!("There is no operation known with the provided id: {id}");
                self.result_error(function, &text, id)
            }
            Asked::AcknowledgeResultReceived(_) => {
                self.failed(&Failed::new("call-unknown", "No such service call id", "няма такава асинхронна заявка"))
            }
            asked => match functions::answer(self, asked).await {
                Ok(value) => self.value(function, &value),
                Err(failed) => self.failed(&failed),
            },
        }
    }

    pub(super) fn said(&self, body: Vec<u8>) -> Said {
        let content_type = if body.is_empty() { "" } else { self.binding.content_type() };
        Said { status: 200, content_type, body }
    }

    fn value(&self, function: Function, value: &Value) -> Said {
        self.said(self.binding.value(function, value, self.relates_to.as_deref()))
    }

    /// A result that holds an error.
    pub(super) fn result_error(&self, function: Function, text: &str, service_call_id: i64) -> Said {
        self.said(self.binding.error(function, text, service_call_id, self.relates_to.as_deref()))
    }

    /// A text in the language of this host.
    pub(super) fn told<'t>(&self, text: &'t Bilingual) -> &'t str {
        self.state.parts.settings.language.of(&text.en, &text.bg)
    }

    /// A function that failed: status 500 over HTTP, a fault over SOAP (adapter-standard §3.2).
    pub(super) fn failed(&self, failed: &Failed) -> Said {
        match self.binding {
            Binding::Http => Said::text(500, format!("{}: {}", failed.code, self.told(&failed.text))),
            Binding::Wcf(_) => self.fault(FaultCode::Service, failed),
        }
    }

    /// A document that is none of the function. The original calls the function with nothing then, so that `Execute` ends
    /// as a failed execution does.
    fn not_understood(&self, function: Function, failed: &Failed) -> Said {
        match function {
            Function::Execute => self.result_error(function, self.told(&failed.text), 0),
            _ => Said::text(400, format!("{}: {}", failed.code, self.told(&failed.text))),
        }
    }

    pub(super) fn fault(&self, code: FaultCode, failed: &Failed) -> Said {
        let Binding::Wcf(version) = self.binding else { return self.failed(failed) };
        let problem = Problem {
            code: failed.code.into(),
            message: failed.text.clone(),
            hint: Bilingual::default(),
            places: Vec::new(),
        };
        let fault = Fault { code, reason: failed.text.en.clone(), problem: Some(problem) };
        let body = fault.write(version, self.relates_to.as_deref());
        Said { status: 500, content_type: version.content_type(), body }
    }
}

impl Said {
    pub(super) fn text(status: u16, text: impl Into<String>) -> Said {
        let mut body = text.into();
        body.push('\n');
        Said { status, content_type: "text/plain; charset=utf-8", body: body.into_bytes() }
    }
}

fn not_found(state: &State) -> Said {
    let names: Vec<String> = state.adapters.list().into_iter().map(|adapter| adapter.name).collect();
    Said::text(404, format!("no function of an adapter at this address; the adapters are: {}", names.join(", ")))
}

fn unreadable(error: &XmlError) -> Failed {
    let place = error.position();
    Failed::new(
        error.code(),
        format!("the message is not XML that can be read: {error}"),
        format!(
            "съобщението не е XML, който може да се прочете: {}, ред {}, колона {}",
            error.message_bg(),
            place.line,
            place.column
        ),
    )
}

fn misunderstood(error: HostMessageError) -> Failed {
    Failed::new("message-unknown", error.to_string(), format!("съобщението не е разбрано: {error}"))
}
