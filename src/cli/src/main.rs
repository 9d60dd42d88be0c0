//! The `kapia` command: a gateway for RegiX consumers, and everything that a person does with it.
//!
//! Each command is a file in `commands`; what they share is beside them. Every text that a person reads stands in
//! `text`, in both languages.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod argument;
mod client;
mod command;
mod commands;
mod config;
mod courier;
mod exchange;
mod failure;
mod input;
mod language;
mod operations;
mod packages;
mod pages;
mod paint;
mod readable;
mod running;
mod session;
mod signals;
mod state;
mod subject;
mod summary;
mod text;
mod verdict;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run()
}
