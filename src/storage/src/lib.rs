//! What all files of tables have in common: opening, migrating, locking, sealing, threads, errors.
//!
//! A crate that keeps tables describes its files once, in a static [`Store`]: mark, steps of the tables, settings, words for
//! people. Its statements stay its own, all of them in one module; this crate knows none of its tables.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
mod file;
mod key;
mod lane;
mod open;
mod seal;
mod sql;
mod store;
mod text;
mod thread;

pub use error::{StorageError, Trouble};
pub use file::{Lock, create_private};
pub use key::SealingKey;
pub use lane::{Lane, Lost, TaskError};
pub use seal::{SealError, Sealer};
pub use store::{Codes, Store, Words};
pub use thread::{Periodic, Queue, QueueClosed};
