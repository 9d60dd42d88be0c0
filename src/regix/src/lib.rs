//! The RegiX wire contract: entry points V1 and V2, call context, access matrix, and the texts of its errors.
//!
//! This crate alone knows RegiX's wire names. It reads a request out of an opened envelope and writes replies in the
//! exact shapes of regix-contract §3 and §4; it judges nothing.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod condition;
pub mod consumer;
mod context;
mod entry;
pub mod form;
pub mod host;
mod long;
mod matrix;
mod reply;
mod request;
mod route;
mod typed;

pub use condition::{Condition, Shape};
pub use context::CallContext;
pub use entry::{EntryPoint, Method};
pub use long::{LongAnswer, Told};
pub use matrix::{AccessMatrix, MatrixField};
pub use reply::{Answer, Reply, Written, binary_answer};
pub use request::{CheckRequest, Personal, Processing, RequestError, ServiceRequest, read_check, read_request};
pub use route::{Address, Route};
pub use typed::{
    PROBLEM_NAMESPACE, TYPED_FACE, TYPED_NAMES, TYPED_PROBLEM, Typed, TypedFault, TypedNames, TypedStep, read_typed,
    read_typed_check,
};

/// The namespace of the V1 contract.
pub const TEMPURI: &str = "http://tempuri.org/";
/// The namespace of the V2 contract.
pub const REGIX: &str = "http://egov.bg/RegiX";
/// The namespace of V2 data and of what is signed.
pub const SIGNED_DATA: &str = "http://egov.bg/RegiX/SignedData";
