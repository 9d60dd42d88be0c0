//! Calls whose answer comes later: a durable queue, sealed results, callbacks.
//!
//! [`Deferred::accept`] returns when the call is on the disk and not before; the [`VerificationCode`] that it returns exists
//! nowhere else, the file holds only its digest. A runner waits with [`Deferred::wait_for_work`] (no polling), claims with
//! [`Deferred::next_due`] (the consumers take turns) and ends with [`Deferred::complete`] or [`Deferred::fail_retryable`]. A
//! claim is a lease: if the process dies, the next one to open the file has the call again at once; if a task is lost, the
//! lease ends by itself. So a call is executed at least once, and its call id is the key by which a register can see that it
//! was asked before.
//!
//! The consumer fetches with [`Deferred::check`] and lets go with [`Deferred::acknowledge`]; both ask whether the call is the
//! consumer's own before they look at the code. A call that was accepted with a callback address also comes out of
//! [`Deferred::next_callback`] when it is answered, again and again with growing pauses until [`Deferred::callback_done`] or
//! the policy ends it; the answer can be fetched all the while.
//!
//! Everything that can hold personal data (argument, context, reply facts, callback address, outcome) is sealed with
//! AES-256-GCM before it reaches the database, with kind, call id and consumer as associated data, and is overwritten when it
//! is no longer needed: the argument with the completion, the rest with the acknowledgement or the expiry. What stays is a
//! row without personal data, so that a late question can be answered in words.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod accept;
mod call;
mod callbacks;
mod code;
mod counts;
mod deferred;
mod error;
mod policy;
mod results;
mod seal;
mod store;
mod sweep;
mod text;
mod work;

pub use call::{Answered, Failure, NewCall, Outcome};
pub use callbacks::{Callback, CallbackTicket};
pub use code::{Proof, VerificationCode};
pub use counts::Counts;
pub use deferred::Deferred;
pub use error::DeferredError;
pub use kapia_language::Language;
pub use kapia_storage::{SealError, SealingKey};
pub use policy::{Policy, Retries, Retry};
pub use results::{Acknowledged, Check};
pub use sweep::Swept;
pub use work::{Completion, Obstacle, Work, WorkTicket};
