//! The way of a call: identify, permit, check, ask, filter, sign, write down, answer.
//!
//! [`Gateway::answer`] takes one message and gives one reply. Each step is a function with a name from that list, in
//! [`stages`](crate::gateway), and takes the type that proves the step before it: nobody can ask a register without a
//! `kapia_registry::Permit`, and nothing leaves before its journal record is durable.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod courier;
mod deferral;
mod ended;
mod filter;
mod gateway;
mod hosting;
mod identity;
mod length;
mod matrix;
mod message;
mod metrics;
mod opened;
mod paper;
mod parameters;
mod runner;
mod settings;
mod signing;
mod stages;
mod successor;
mod telling;
mod trace;
mod typed;

pub use courier::{Courier, Parcel, Undelivered};
pub use deferral::Deferral;
pub use filter::{FilterPlan, Filtered};
pub use gateway::{Gateway, Parts};
pub use hosting::{HOST, HostIncoming, HostOutgoing, HostedAdapter, Hosting, HostingParts, host_parameters};
pub use message::{Incoming, Outgoing};
pub use parameters::refresh_parameters;
pub use runner::{Pace, Runner};
pub use settings::{Settings, TextLanguage, Validation};
