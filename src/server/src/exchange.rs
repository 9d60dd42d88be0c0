//! The seam between HTTP and everything that gives it a meaning.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use hyper::{HeaderMap, Method};
use kapia_pki::Shown;
use kapia_spool::Octets;
use time::OffsetDateTime;

/// What answers the requests of the public listener.
#[async_trait]
pub trait Exchange: Send + Sync + 'static {
    /// Answers one request, whatever its method and path.
    ///
    /// Runs as a task of its own: a client that goes away does not stop it, and a panic in it becomes
    /// [`Refusal::Internal`] for this request alone.
    async fn exchange(&self, inbound: Inbound) -> Outbound;

    /// The answer to a request that the server refuses. The server adds `Connection: close`.
    ///
    /// The head is what could be read; there is no body.
    fn refuse(&self, refusal: Refusal, head: &Head) -> Outbound;

    /// Whether requests can be answered now; the error is a reason for operators.
    ///
    /// # Errors
    /// What is missing.
    fn ready(&self) -> Result<(), String>;

    /// Appends metrics of its own in Prometheus text format 0.0.4, without personal data.
    fn metrics(&self, out: &mut String);

    /// A further page of the admin listener, asked for with `GET`; `None`: there is none at this path.
    async fn admin(&self, _path: &str, _query: Option<&str>) -> Option<AdminPage> {
        None
    }
}

/// A page for operators, without personal data.
#[derive(Debug, Clone)]
pub struct AdminPage {
    /// The media type with its parameters.
    pub content_type: &'static str,
    /// The page.
    pub body: String,
}

/// One request, read completely and within limits.
#[derive(Debug)]
pub struct Inbound {
    /// Method, address and headers.
    pub head: Head,
    /// The body without its framing; empty if there was none.
    pub body: Bytes,
    /// Who sent it.
    pub peer: Peer,
    /// When its head had arrived, by the clock of the machine.
    pub received: OffsetDateTime,
    /// The same moment, for measuring durations.
    pub started: Instant,
}

/// The answer to one request.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// The HTTP status, 200 to 599.
    pub status: u16,
    /// The media type with its parameters; empty for none.
    pub content_type: &'static str,
    /// The body; the server adds `Content-Length` and never compresses.
    pub body: Octets,
    /// Further headers; a name or value that cannot be sent is left out.
    pub headers: Vec<(&'static str, String)>,
}

/// The other end of the connection.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The address of the socket.
    pub address: SocketAddr,
    /// The address of the client, as far as configured proxies vouch for it; else that of the socket.
    pub client: IpAddr,
    /// Where it came in.
    pub listener: Listener,
    /// What shows who the client is; certificates are judged now.
    pub shown: Shown,
}

/// Which of the listeners a connection came in at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// For consumers.
    Public,
    /// For the service bus alone.
    ServiceBus,
    /// Without TLS: nobody shows who he is.
    Plain,
    /// One of [`crate::ServerConfig::further`], by its place there.
    Further(usize),
}

/// The head of a request. `Debug` shows method and path only: queries and headers may hold personal data.
#[derive(Clone, Default)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// The path, as sent, percent-encoded.
    pub path: String,
    /// The query without the question mark.
    pub query: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `SOAPAction`, with its quotes if it has them.
    pub soap_action: Option<String>,
    /// Host and port of a request target in absolute form (RFC 9112 §3.2.2).
    pub authority: Option<String>,
    /// `Host`.
    pub host: Option<String>,
    /// `X-Forwarded-For`, all lines joined with commas: information, never an identity.
    pub forwarded_for: Option<String>,
    /// All headers.
    pub headers: HeaderMap,
}

impl Head {
    pub(crate) fn new(request: hyper::http::request::Parts) -> Self {
        let mut head = Self {
            method: request.method,
            path: request.uri.path().to_owned(),
            query: request.uri.query().map(str::to_owned),
            authority: request.uri.authority().map(|authority| authority.as_str().to_owned()),
            headers: request.headers,
            ..Self::default()
        };
        head.content_type = head.header("content-type");
        head.soap_action = head.header("soapaction");
        head.host = head.header("host");
        let forwarded: Vec<_> = head
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        head.forwarded_for = (!forwarded.is_empty()).then(|| forwarded.join(","));
        head
    }

    /// The first value of a header (any case), with octets that are not UTF-8 replaced.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// Why the server itself refuses a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The body is, or would become, larger than this many bytes.
    BodyTooLarge {
        /// The limit.
        limit: u64,
    },
    /// The body arrives more slowly than the limits allow.
    BodyTooSlow,
    /// The request cannot be delimited with certainty: two lengths, length and chunks, a broken chunk, no or two `Host`, …
    BadFraming,
    /// A `Transfer-Encoding` other than `chunked`.
    TransferCoding,
    /// A `Content-Encoding` other than `identity`.
    ContentEncoding,
    /// The server already holds as many request bodies as it may.
    Overloaded,
    /// A panic inside the exchange.
    Internal,
}

impl Refusal {
    pub(crate) const CODES: [&'static str; 7] = [
        "body-too-large",
        "body-too-slow",
        "bad-framing",
        "transfer-coding",
        "content-encoding",
        "overloaded",
        "internal",
    ];

    pub(crate) fn index(self) -> usize {
        match self {
            Self::BodyTooLarge { .. } => 0,
            Self::BodyTooSlow => 1,
            Self::BadFraming => 2,
            Self::TransferCoding => 3,
            Self::ContentEncoding => 4,
            Self::Overloaded => 5,
            Self::Internal => 6,
        }
    }

    /// A short stable name for logs and metrics.
    pub fn code(self) -> &'static str {
        Self::CODES.get(self.index()).copied().unwrap_or_default()
    }

    /// The status that says it (RFC 9110 §15).
    pub fn status(self) -> u16 {
        match self {
            Self::BodyTooLarge { .. } => 413,
            Self::BodyTooSlow => 408,
            Self::BadFraming => 400,
            Self::TransferCoding => 501,
            Self::ContentEncoding => 415,
            Self::Overloaded => 503,
            Self::Internal => 500,
        }
    }
}
