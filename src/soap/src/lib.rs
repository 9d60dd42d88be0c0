//! SOAP 1.1 and 1.2 envelopes, faults, WS-Addressing, and the serving of WSDL.
//!
//! The crate knows nothing of what the messages say: it opens an envelope to the one element of its body, and wraps
//! an element or a fault into an envelope in the byte habits that clients rely on (wild-clients rules 6, 10, 14, 15).
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod envelope;
mod fault;
mod problem;
mod reply;
mod version;
pub mod wsdl;

pub use envelope::{Addressing, Envelope, EnvelopeError, LONGEST_HEADER, WSS_NAMESPACES};
pub use fault::{Fault, FaultCode};
pub use problem::{Bilingual, Place, Problem};
pub use reply::{Addressed, begin_reply, begin_reply_to, end_reply};
pub use version::Version;

/// WS-Addressing 1.0 (W3C REC-ws-addr-core-20060509).
pub const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
/// The prefix and namespace of XML Schema's built-in types, declared on every body as .NET does.
pub const XSD: &str = "http://www.w3.org/2001/XMLSchema";
