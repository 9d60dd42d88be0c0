//! The durable call journal whose records are chained by hash.
//!
//! [`Journal::append`] returns when the record is on the disk and not before, so that a caller who answers afterwards
//! never answers un-journaled. One thread writes; whatever waits at that moment (up to 512 records) goes into one
//! transaction, so a slow disk costs latency and little throughput.
//!
//! Each row holds the record as JSON text with a fixed order of keys, the hash of the row before it, and its own hash
//! over sequence, previous hash and text ([`Hash`]). The first row, sequence 0, names the journal by a random number,
//! so that rows of two journals cannot be joined. [`verify`] reads a journal from end to end and names the first row
//! that is not what was written. The chain carries no secret: whoever can write the file can also compute a new chain
//! from any row on. Against that, keep a [`Head`] elsewhere now and then (`sequence:hash`, a line in another system's
//! log) and give it to [`verify`]: the journal must still contain it.
//!
//! A [`Record`] has no place for the personal numbers of employee and citizen, for arguments or for answers
//! (architecture §3, invariant 4; regix-contract §11.4): of requests and answers it holds sizes and digests.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod chain;
mod checkpoint;
mod error;
mod ids;
mod journal;
mod octets;
mod reader;
mod record;
mod store;
mod text;
mod verify;
mod writer;

pub use chain::{Hash, Head, HeadError, Sealed};
pub use error::JournalError;
pub use journal::{Journal, Options, State};
pub use kapia_language::Language;
pub use octets::{Digest, Digesting, Sha1, Sha256};
pub use reader::{Entry, Filter, Reader, follow, tail};
pub use record::{
    CallContext, Certificate, Consumer, EntryPoint, FirstViolation, Identification, Outcome, Part, Record, Stage, Step,
    Validation, Warning,
};
pub use verify::{Broken, Damage, Verified, VerifyError, verify};
