//! Kapia with a kind of backend of its own: `kind = "deadlines"` counts working days.
//!
//! Everything that `kapia` can do this program can too: `deadlines demo`, `deadlines serve`, `deadlines adapter check`,
//! `deadlines adapter host`…
#![forbid(unsafe_code)]

mod adapter;
mod calendar;

use std::process::ExitCode;

fn main() -> ExitCode {
    kapia::run(&[|| Box::new(adapter::DeadlinesBackend)])
}
