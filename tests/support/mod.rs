//! The harness of the whole-system tests: the built program as a child process, a client that writes octets itself, and
//! readers of what comes back.
#![allow(dead_code, unused_imports)] // every test file uses a part of it

mod corpus;
mod gate;
mod http;
mod message;
mod normal;
mod people;
mod receiver;
mod reply;
mod signature;
pub mod sts;
mod typed;

pub use corpus::{Corpus, CorpusOperation, Negative};
pub use gate::{Gate, GateOptions, Output, program, watchdog};
pub use http::{Connection, HttpReply, Post, Tls};
pub use message::{Call, Entry, OPERATIONS, Soap, operation};
pub use normal::{normal, normal_data};
pub use people::*;
pub use receiver::{Delivery, Receiver};
pub use reply::{FaultRead, PlaceRead, ProblemRead, Read, ResultRead};
pub use signature::{cut_out, verifies_in_rust, xmlsec1};
pub use typed::{TypedCall, broken, content, problem, schemas_of, typed_signature};
