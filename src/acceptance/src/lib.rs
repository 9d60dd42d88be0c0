//! The acceptance checks of adapter packages: the seventeen of the standard (adapter-standard §14), read for packages that
//! are data, and those that the standard wished for.
//!
//! [`examine`] looks at folders and gives one [`Report`] for each: what was looked at, and every [`Finding`] with its
//! place, its cause and what to do about it, in both languages. [`CHECKS`] is the list of all checks with their codes.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod answers;
mod check;
mod documents;
mod examine;
mod fields;
mod forms;
mod listed;
mod names;
mod neighbours;
mod record;
mod report;
mod successors;
mod text;
mod unused;
mod watched;

pub use check::{CHECKS, Check};
pub use examine::{Setting, examine};
pub use fields::Filter;
pub use names::mixed_alphabets;
pub use report::{Finding, Level, Outcome, Report, Result};
