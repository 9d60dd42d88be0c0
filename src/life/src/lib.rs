//! The life of adapters: read, checked, prepared, serving, drained.
//!
//! A [`Fleet`] holds the packages of a gate or of a host. It reads what its folders hold, puts a [`Guard`] around each
//! adapter, and when files change it prepares the changed package alone: the new version takes the place of the old one,
//! which answers the calls that it has begun and is then let go. A version that is broken is refused with its reason, and
//! the one before serves on.
//!
//! The guard keeps to the [`Policy`](kapia_adapter::Policy) of the package: so many calls at a time and so many waiting,
//! a time for each, another attempt where the operation says that it only reads, and a breaker that leaves a failing
//! register alone. It counts everything that an operator wants to know, and nothing that concerns a person.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod breaker;
mod clock;
mod fleet;
mod guard;
mod lane;
mod metrics;
mod place;
mod slot;
mod status;
mod tally;
mod text;
mod watched;

#[cfg(test)]
mod tests;

pub use clock::{Clock, SystemClock};
pub use fleet::{Change, Fleet, Look, Next, Sources};
pub use guard::Guard;
pub use status::{AdapterStatus, BreakerStatus, Failed, HealthStatus, OperationStatus, Refused, Status, Told};
