//! EgovService: administrations push the descriptions of their services, and read them back.
//!
//! A message is opened to one request of one operation, checked by the schema of the contract and by the rules that a
//! schema cannot say, and carried out over [`kapia_records::Records`]. What is kept is the neutral form of a record, so
//! that the WSDL of somebody else is only another [`Profile`]. The crate knows no sockets and no passwords: whoever calls
//! it shows a [`kapia_records::Caller`].
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod answers;
/// The types of messages, generated from the WSDL; a test regenerates and compares them.
#[rustfmt::skip]
pub mod contract;
pub mod dictionaries;
pub mod diff;
mod examine;
pub mod facts;
pub mod fault;
pub mod html;
pub mod names;
pub mod neutral;
mod opening;
mod operations;
pub mod places;
mod profile;
mod references;
pub mod rules;
mod service;
mod validation;
mod wire;

pub use examine::{Examined, examine, examine_record};
pub use names::{Contract, ContractError, Operation};
pub use opening::{Message, Opened};
pub use profile::{Asked, Fitted, Profile, ProfileError, Unheard, Violation};
pub use service::{Call, DoorFault, EgovService, Options, Workflow};
pub use wire::Reply;
