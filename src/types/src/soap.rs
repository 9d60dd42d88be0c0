//! The run-time of generated clients and servers: SOAP 1.1 and 1.2 messages around document types.
//!
//! A generated client asks through a [`Transport`]; [`http`] has one over mutual TLS behind the feature `client`. A generated
//! `dispatch` takes the octets of a message to a method of a server trait and gives those of the reply.

mod answer;
mod fault;
mod headers;
#[cfg(feature = "client")]
pub mod http;
mod message;

pub use answer::{Answer, accept};
pub use fault::{Detail, Fault, NoDetail, Side};
pub use headers::{Headers, NoHeaders};
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

/// Asks for one answer; `header` are blocks that go with the request, complete elements.
pub async fn call<Q: Document, A: Document, F: Detail>(
    transport: &impl Transport,
    version: Version,
    header: &str,
    action: &str,
    request: &Q,
) -> Result<A, CallError<F>> {
    let (answer, NoHeaders) = call_for_headers(transport, version, header, action, request).await?;
    Ok(answer)
}

/// Asks for one answer and the header blocks that the contract declares for it.
pub async fn call_for_headers<Q: Document, A: Document, H: Headers, F: Detail>(
    transport: &impl Transport,
    version: Version,
    header: &str,
    action: &str,
    request: &Q,
) -> Result<(A, H), CallError<F>> {
    let body = version.envelope(header, &crate::Writer::document(request));
    let request = Request { version, action: action.to_owned(), body };
    let reply = transport.post(request).await.map_err(CallError::Transport)?;
    let opened = open(&reply.body, &Limits::default()).map_err(|error| match error.code() {
        "element-root" => CallError::NotSoap(reply.status),
        code if code.starts_with("xml-") => CallError::NotSoap(reply.status),
        _ => CallError::Reply(error),
    })?;
    if let Some(fault) = opened.fault() {
        return Err(CallError::Fault(Box::new(fault.map_err(CallError::Reply)?)));
    }
    let answer = opened.body.read().map_err(CallError::Reply)?;
    Ok((answer, H::read(&opened).map_err(CallError::Reply)?))
}
