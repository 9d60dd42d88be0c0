//! What went wrong, before it is told: a code of the catalogue, what fills its text, and what a caller may do about it.

use std::fmt;
use std::ops::Deref;

use kapia_adapter::{AdapterError, Coded, Problem};

use crate::text::CATALOGUE;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault(Coded);

impl Fault {
    pub fn new(code: &'static str) -> Fault {
        Fault(Coded::new(&CATALOGUE, code))
    }

    /// A defect of this program.
    pub fn internal() -> Fault {
        let mut fault = Fault::new("web-internal");
        fault.0.side = kapia_adapter::Fault::Gateway;
        fault
    }

    /// A value that is the same in both languages.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Fault {
        let value = value.into();
        self.with_both(name, [value.clone(), value])
    }

    /// A value in English and in Bulgarian.
    #[must_use]
    pub fn with_both(mut self, name: &'static str, value: [String; 2]) -> Fault {
        self.0.fill(name, value);
        self
    }

    /// The same call can succeed later.
    #[must_use]
    pub fn passing(mut self) -> Fault {
        self.0.retryable = true;
        self
    }

    /// The cause lies in what was asked.
    #[must_use]
    pub fn of_client(mut self) -> Fault {
        self.0.side = kapia_adapter::Fault::Client;
        self
    }

    /// At a line of `adapter.toml`.
    pub fn at(self, line: u32) -> Problem {
        Problem::from(self).at("adapter.toml", line)
    }
}

impl Deref for Fault {
    type Target = Coded;

    fn deref(&self) -> &Coded {
        &self.0
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.message())
    }
}

impl std::error::Error for Fault {}

impl From<kapia_http::Trouble> for Fault {
    fn from(trouble: kapia_http::Trouble) -> Fault {
        match trouble {
            kapia_http::Trouble::Unreachable | kapia_http::Trouble::Untrusted(_) => {
                Fault::new("web-unreachable").passing()
            }
            kapia_http::Trouble::Broken => Fault::new("web-broken-off").passing(),
            kapia_http::Trouble::Deadline => Fault::new("web-deadline").passing(),
            kapia_http::Trouble::TooLarge { limit } => {
                Fault::new("web-answer-too-large").with("limit", limit.to_string())
            }
        }
    }
}

impl From<Fault> for AdapterError {
    fn from(fault: Fault) -> AdapterError {
        fault.0.into_error(None)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        fault.0.into_problem()
    }
}
