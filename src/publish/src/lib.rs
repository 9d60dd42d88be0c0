//! The pushing side of EgovService: records out of files, folders and tables, or out of the administrative register, are
//! checked here as the service checks them, and sent in batches until each has an outcome.
//!
//! What is sent is safe to send again: every batch has a `RequestId` of its own, which stays the same through all
//! attempts, so that the service answers a repetition with what it answered before (horizontal-systems §3.6).
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod endpoint;
mod iisda;
mod outbox;
mod push;
mod report;
mod source;
mod text;
mod trouble;

pub use endpoint::{Endpoint, EndpointSettings, Password, SettingsError};
pub use iisda::{Iisda, IisdaError, Taken};
pub use outbox::{Pace, push_changes};
pub use push::{Options, Way, push};
pub use report::{Counts, Ended, Line, Progress, Report, Told};
pub use source::{Draft, Origin, Problem, Sources, example, template};
pub use trouble::Trouble;
