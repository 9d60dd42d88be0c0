//! The portal, against the built program: passwords, pushes, environments, what survives a crash.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

#[path = "portal/crashes.rs"]
mod crashes;
#[path = "portal/doors.rs"]
mod doors;
#[path = "portal/environments.rs"]
mod environments;
#[path = "portal/passwords.rs"]
mod passwords;
#[path = "portal/pushes.rs"]
mod pushes;
#[path = "portal/reload.rs"]
mod reload;
#[path = "portal/requests.rs"]
mod requests;
#[path = "portal/speaking.rs"]
mod speaking;
