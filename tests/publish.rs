//! The pushing side, against the built program: files and tables, other names, troubles, changes that are pushed on, and
//! descriptions out of the administrative register.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

#[path = "publish/elsewhere.rs"]
mod elsewhere;
#[path = "publish/files.rs"]
mod files;
#[path = "publish/onward.rs"]
mod onward;
#[path = "publish/profiles.rs"]
mod profiles;
#[path = "publish/register.rs"]
mod register;
#[path = "publish/sending.rs"]
mod sending;
#[path = "publish/troubles.rs"]
mod troubles;
