use bytes::Bytes;
use kapia_faces::Face;
use kapia_pki::Shown;
use kapia_regix::{Address, EntryPoint};
use kapia_spool::Octets;
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;
use time::OffsetDateTime;

/// One message as it came from a listener.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The entry point that its path names.
    pub entry: EntryPoint,
    /// The typed contract that its path names; the entry point is V2 then.
    pub face: Option<Arc<Face>>,
    /// Which address of the entry point.
    pub address: Address,
    /// `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// `SOAPAction`, as sent.
    pub soap_action: Option<String>,
    /// The body.
    pub body: Bytes,
    /// What shows who the client is, whatever it is worth.
    pub shown: Shown,
    /// The client's address in the form of regix-contract §5.1: socket, or the forwarded chain with the proxy.
    pub client_address: String,
    /// The address of the client, as far as configured proxies vouch for it; else that of the connection.
    pub peer: Option<IpAddr>,
    /// When the message had arrived.
    pub received: OffsetDateTime,
    /// The same moment for measuring durations.
    pub started: Instant,
}

/// One reply.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The HTTP status (wild-clients rule 15).
    pub status: u16,
    /// The media type.
    pub content_type: &'static str,
    /// The envelope.
    pub body: Octets,
    /// Stable code of what went wrong, `None` for an answer.
    pub code: Option<Cow<'static, str>>,
    /// What to do about it, for a header of the reply: results have no room for it.
    pub hint: Option<String>,
    /// Further headers of the reply, ready to be sent.
    pub headers: Vec<(&'static str, String)>,
}
