//! Why a message has no answer that tells an outcome.

use std::time::Duration;

use kapia_language::Language;
use kapia_portal::fault::Detail;

use crate::text;

/// What stands between a message and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The user or the password is not accepted.
    Unauthorized,
    /// Too many attempts or messages; the other side says when to come again, if it does.
    ComeAgain(Option<Duration>),
    /// No connection, so nothing has arrived.
    Unreachable,
    /// The connection ended before the answer did: the message may have been carried out.
    Broken,
    /// Time is over: the message may have been carried out.
    Deadline,
    /// What came back is no SOAP message; its HTTP status.
    NotSoap(u16),
    /// The other side refuses the message, and says why.
    Fault(Box<Detail>),
}

impl Trouble {
    /// Whether the same message can succeed later.
    pub fn passes(&self) -> bool {
        match self {
            Trouble::Unauthorized => false,
            Trouble::ComeAgain(_) | Trouble::Unreachable | Trouble::Broken | Trouble::Deadline => true,
            Trouble::NotSoap(status) => *status >= 500 || *status == 408,
            Trouble::Fault(fault) => fault.retryable,
        }
    }

    /// Stable name; of a fault, its number.
    pub fn code(&self) -> &str {
        match self {
            Trouble::Unauthorized => "push-unauthorized",
            Trouble::ComeAgain(_) => "push-come-again",
            Trouble::Unreachable => "push-unreachable",
            Trouble::Broken => "push-broken",
            Trouble::Deadline => "push-deadline",
            Trouble::NotSoap(_) => "push-not-soap",
            Trouble::Fault(fault) => &fault.code,
        }
    }

    /// What happened.
    pub fn message(&self, language: Language) -> String {
        match self {
            Trouble::Fault(fault) => language.pick(&fault.en, &fault.bg).clone(),
            other => text::message(other.code(), language, &other.values()),
        }
    }

    /// What to do about it; nothing more than a fault says itself.
    pub fn hint(&self, language: Language) -> String {
        match self {
            Trouble::Fault(_) => String::new(),
            other => text::hint(other.code(), language, &other.values()),
        }
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Trouble::NotSoap(status) => vec![("status", status.to_string())],
            Trouble::ComeAgain(after) => {
                vec![("seconds", after.map_or_else(|| "?".to_owned(), |after| after.as_secs().to_string()))]
            }
            _ => Vec::new(),
        }
    }
}
