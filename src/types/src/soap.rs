//! The run-time of generated clients and servers: SOAP 1.1 and 1.2 messages around document types.
//!
//! A generated client asks through a [`Transport`]; [`http`] has one over mutual TLS behind the feature `client`. A generated
//! `dispatch` takes the octets of a message to a method of a server trait and gives those of the reply.

#[cfg(feature = "client")]
pub mod http;
mod message;

pub use message::{Opened, Part, Version, open};

use crate::{Document, Limits, ReadError};
use std::fmt;
use std::future::Future;
use std::io;

/// A request, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The version of SOAP.
    pub version: Version,
    /// The action: the `SOAPAction` header of SOAP 1.1, a parameter of the content type of SOAP 1.2.
    pub action: String,
    /// The envelope.
    pub body: Vec<u8>,
}

impl Request {
    /// The headers of HTTP: names and values.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        match self.version {
            Version::V11 => vec![
                ("Content-Type", "text/xml; charset=utf-8".to_owned()),
                ("SOAPAction", format!("\"{}\"", self.action)),
            ],
            Version::V12 => {
                vec![("Content-Type", format!("application/soap+xml; charset=utf-8; action=\"{}\"", self.action))]
            }
        }
    }
}

/// What came back: an answer or a fault, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status of HTTP.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Carries a request to a service.
pub trait Transport: Sync {
    /// Sends a request and waits for its reply; the error says why there is none.
    fn post(&self, request: Request) -> impl Future<Output = io::Result<Reply>> + Send;
}

/// Why a call has no answer; `F` is the detail that the contract declares for its faults.
#[derive(Debug)]
pub enum CallError<F> {
    /// The service could not be reached, or did not answer.
    Transport(io::Error),
    /// The reply is no SOAP message; with its status.
    NotSoap(u16),
    /// The reply is not what the contract says.
    Reply(ReadError),
    /// The service says why not.
    Fault(Box<Fault<F>>),
}

impl<F> fmt::Display for CallError<F> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Transport(error) => write!(out, "the service cannot be asked: {error}"),
            CallError::NotSoap(status) => write!(out, "the reply is no SOAP message (HTTP status {status})"),
            CallError::Reply(error) => write!(out, "the reply is not what the contract says: {error}"),
            CallError::Fault(fault) => write!(out, "the service refuses: {}", fault.reason),
        }
    }
}

impl<F: fmt::Debug> std::error::Error for CallError<F> {}

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
    /// What the contract declares; `None` if there is nothing, or something else.
    pub detail: Option<F>,
}

impl<F> Fault<F> {
    /// A fault of the service with this detail.
    pub fn receiver(reason: impl Into<String>, detail: F) -> Fault<F> {
        Fault { side: Side::Receiver, reason: reason.into(), detail: Some(detail) }
    }

    /// A fault of the sender with this detail.
    pub fn sender(reason: impl Into<String>, detail: F) -> Fault<F> {
        Fault { side: Side::Sender, reason: reason.into(), detail: Some(detail) }
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
        element.is(D::NAMESPACE, D::NAME).then(|| element.read().ok()).flatten()
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

/// Asks for one answer.
pub async fn call<Q: Document, A: Document, F: Detail>(
    transport: &impl Transport,
    version: Version,
    header: &str,
    action: &str,
    request: &Q,
) -> Result<A, CallError<F>> {
    let body = version.envelope(header, &crate::Writer::document(request));
    let request = Request { version, action: action.to_owned(), body };
    let reply = transport.post(request).await.map_err(CallError::Transport)?;
    let opened = open(&reply.body, &Limits::default()).map_err(|error| match error.code() {
        "element-root" => CallError::NotSoap(reply.status),
        code if code.starts_with("xml-") => CallError::NotSoap(reply.status),
        _ => CallError::Reply(error),
    })?;
    match opened.fault() {
        Some(fault) => Err(CallError::Fault(Box::new(fault.map_err(CallError::Reply)?))),
        None => opened.body.read().map_err(CallError::Reply),
    }
}

/// A reply as a server sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status of HTTP: 200, or 500 for a fault.
    pub status: u16,
    /// The content type.
    pub content_type: &'static str,
    /// The envelope.
    pub body: Vec<u8>,
}

impl Answer {
    /// The reply to a call: its answer, or its fault.
    pub fn of<A: Document, F: Detail>(version: Version, outcome: Result<A, Fault<F>>) -> Answer {
        match outcome {
            Ok(answer) => Answer {
                status: 200,
                content_type: version.content_type(),
                body: version.envelope("", &crate::Writer::document(&answer)),
            },
            Err(fault) => Answer::fault(version, &fault),
        }
    }

    /// The reply with a fault.
    pub fn fault<F: Detail>(version: Version, fault: &Fault<F>) -> Answer {
        let detail = fault.detail.as_ref().map(Detail::write).unwrap_or_default();
        let body = version.fault(fault.side, &fault.reason, &detail);
        Answer { status: 500, content_type: version.content_type(), body: version.envelope("", &body) }
    }

    /// The reply to a message that cannot be read, or asks for nothing that is offered.
    pub fn unreadable(version: Version, reason: impl Into<String>) -> Answer {
        Answer::fault(version, &Fault::<NoDetail> { side: Side::Sender, reason: reason.into(), detail: None })
    }
}
