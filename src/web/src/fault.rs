//! What went wrong, before it is told: a code of the catalogue, what fills its text, and what a caller may do about it.

use std::fmt;

use kapia_adapter::{AdapterError, Message, Problem};
use kapia_language::Language;

use crate::text::CATALOGUE;

/// A code with the values of its text: names, numbers and rules, never what an argument or an answer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub code: &'static str,
    values: Vec<(&'static str, [String; 2])>,
    side: kapia_adapter::Fault,
    retryable: bool,
}

impl Fault {
    pub fn new(code: &'static str) -> Fault {
        Fault { code, values: Vec::new(), side: kapia_adapter::Fault::Register, retryable: false }
    }

    /// A defect of this program.
    pub fn internal() -> Fault {
        Fault { side: kapia_adapter::Fault::Gateway, ..Fault::new("web-internal") }
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
        self.values.push((name, value));
        self
    }

    /// The same call can succeed later.
    #[must_use]
    pub fn passing(mut self) -> Fault {
        self.retryable = true;
        self
    }

    /// The cause lies in what was asked.
    #[must_use]
    pub fn of_client(mut self) -> Fault {
        self.side = kapia_adapter::Fault::Client;
        self
    }

    pub fn message(&self) -> Message {
        self.texts(|language, values| CATALOGUE.message(self.code, language, values))
    }

    pub fn hint(&self) -> Message {
        self.texts(|language, values| CATALOGUE.hint(self.code, language, values))
    }

    /// At a line of `adapter.toml`.
    pub fn at(self, line: u32) -> Problem {
        Problem::from(self).at("adapter.toml", line)
    }

    fn texts(&self, text: impl Fn(Language, &[(&str, &str)]) -> String) -> Message {
        let one = |language: Language| {
            let values = self.values.iter();
            let values: Vec<(&str, &str)> =
                values.map(|(name, [en, bg])| (*name, language.pick(en.as_str(), bg))).collect();
            text(language, &values)
        };
        Message::new(one(Language::English), one(Language::Bulgarian))
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
            kapia_http::Trouble::Unreachable => Fault::new("web-unreachable").passing(),
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
        AdapterError {
            side: fault.side,
            code: fault.code,
            retryable: fault.retryable,
            message: fault.message(),
            hint: fault.hint(),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        Problem { code: fault.code, file: None, line: None, cause: fault.message(), hint: fault.hint() }
    }
}
