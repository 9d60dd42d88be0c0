//! The catalogue: every text of this program that a person can receive, in English and in Bulgarian.
//!
//! A text is a function: its arguments are what stands in braces. Errors are lower case without a full stop; the hint
//! that follows says what to do.

macro_rules! texts {
    ($($name:ident($($argument:ident),*) { en: $en:literal, bg: $bg:literal $(,)? })*) => { $(
        pub(crate) fn $name($($argument: impl std::fmt::Display),*) -> kapia_soap::Bilingual {
            kapia_soap::Bilingual::new(format!($en), format!($bg))
        }
    )* };
}

mod demo;
mod failures;
pub(crate) mod help;
mod listener;
mod outcomes;
mod parameters;
mod portal;
mod provider;

pub(crate) use demo::*;
pub(crate) use failures::*;
pub(crate) use listener::*;
pub(crate) use outcomes::*;
pub(crate) use parameters::*;
pub(crate) use portal::*;
pub(crate) use provider::*;

/// An old name of an operation, with its last day if it has one.
pub(crate) fn old_name(successor: &str, until: Option<&str>) -> kapia_soap::Bilingual {
    match until {
        Some(until) => old_name_until(successor, until),
        None => old_name_open(successor),
    }
}
