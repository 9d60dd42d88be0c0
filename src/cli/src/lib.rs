//! The `kapia` command: a gateway for RegiX consumers, and everything that a person does with it.
//!
//! Each command is a file in `commands`; what they share is beside them. Every text that a person reads stands in
//! `text`, in both languages.
//!
//! It is a library too, for a program with a kind of backend of its own: [`run`] is the whole command, and such a program
//! says which kinds it adds. `examples/backend-in-rust` is one.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod argument;
mod client;
mod command;
mod commands;
mod config;
mod courier;
mod exchange;
mod faces;
mod failure;
mod input;
mod language;
mod life;
mod operations;
mod packages;
mod pages;
mod paint;
mod parameters;
mod portal;
mod readable;
mod running;
mod session;
mod signals;
mod state;
mod subject;
mod summary;
mod text;
mod verdict;

pub use packages::NewBackend;
use std::process::ExitCode;

/// The command with kinds of backends beside those that are part of it; one of the same name takes the place of ours. To be
/// called once, by `main`.
pub fn run(kinds: &'static [NewBackend]) -> ExitCode {
    packages::add_kinds(kinds);
    command::run()
}
