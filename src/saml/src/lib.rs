//! Tokens about consumers: SAML 2.0 assertions in a WS-Security header (regix-contract §5.1 item 2).
//!
//! [`assertion`] finds the one assertion of a message, and [`Judge::judge`] says which object identifier it vouches for.
//! What is read is read from the element that the signature of a configured issuer covers, and from nothing else; a token
//! alone identifies nobody: the caller decides on which listener it counts, and with which certificate it must agree.
//!
//! A token may be used again until it ends: clients fetch one for many calls. What keeps a stolen one useless is the
//! connection, on which a certificate of the same consumer, or of the service bus, must be shown. A token that forbids a
//! second use (`OneTimeUse`) is refused, because several gateways could not know of each other's uses.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod conditions;
mod judge;
mod moment;
mod refusal;
mod shape;
mod subject;

pub use judge::{Circumstances, Judge, Token, Trust};
pub use kapia_language::Language;
pub use refusal::Refusal;
pub use shape::{SAML2, assertion};
