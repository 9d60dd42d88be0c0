//! Octets that may be too many for memory: few stay there, many go into a temporary file.
//!
//! The file has no name and is gone with its last holder, also when the process dies. What is in it is sealed with a key
//! that only this process has and that no other file shares, because answers of registers hold personal data and disks
//! are copied.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod octets;
mod seal;
mod spool;

pub use octets::{Octets, Reader};
pub use spool::Spool;
