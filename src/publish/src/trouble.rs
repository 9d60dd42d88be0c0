//! Why a message has no answer that tells an outcome.

use std::time::Duration;

use kapia_http::Mistrust;
use kapia_language::Language;
use kapia_portal::Operation;
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
    /// Somebody is there whose certificate is not believed; nothing was sent.
    Untrusted(Mistrust),
    /// The connection ended before the answer did: the message may have been carried out.
    Broken,
    /// Time is over: the message may have been carried out.
    Deadline,
    /// The address has moved, or wants a browser to go elsewhere; the password goes nowhere.
    Redirected {
        /// HTTP status.
        status: u16,
        /// Where to: host and path, empty if it is not said.
        to: String,
    },
    /// The message is too large for somebody on the way.
    TooLarge,
    /// What came back is a page for people; its HTTP status.
    WebPage(u16),
    /// What came back is no SOAP message; its HTTP status.
    NotSoap(u16),
    /// What came back is a SOAP message of something else.
    OtherAnswer,
    /// The other side refuses the message, and says why.
    Fault(Box<Detail>),
    /// The other side refuses the message with a fault that the contract does not have.
    OtherFault {
        /// What it says.
        reason: String,
        /// Whether it blames itself.
        passes: bool,
    },
    /// The other side does not have the operation.
    NotOffered(Operation),
}

impl Trouble {
    /// Whether the same message can succeed later, without anybody doing something about it.
    pub fn passes(&self) -> bool {
        match self {
            Trouble::ComeAgain(_) | Trouble::Unreachable | Trouble::Broken | Trouble::Deadline => true,
            Trouble::NotSoap(status) | Trouble::WebPage(status) => *status >= 500 || *status == 408,
            Trouble::Fault(fault) => fault.retryable,
            Trouble::OtherFault { passes, .. } => *passes,
            _ => false,
        }
    }

    /// Whether it is about the message itself: everything else can be put right while the message waits.
    pub fn is_about_the_message(&self) -> bool {
        matches!(self, Trouble::Fault(_) | Trouble::OtherFault { .. } | Trouble::TooLarge | Trouble::NotOffered(_))
    }

    /// Whether the next message will fare the same.
    pub(crate) fn stops(&self) -> bool {
        match self {
            Trouble::Unauthorized
            | Trouble::ComeAgain(_)
            | Trouble::Unreachable
            | Trouble::Untrusted(_)
            | Trouble::Deadline
            | Trouble::Redirected { .. }
            | Trouble::WebPage(_)
            | Trouble::OtherAnswer => true,
            Trouble::NotSoap(_)
            | Trouble::Broken
            | Trouble::TooLarge
            | Trouble::Fault(_)
            | Trouble::OtherFault { .. }
            | Trouble::NotOffered(_) => false,
        }
    }

    /// Stable name; of a fault, its number.
    pub fn code(&self) -> &str {
        match self {
            Trouble::Unauthorized => "push-unauthorized",
            Trouble::ComeAgain(_) => "push-come-again",
            Trouble::Unreachable => "push-unreachable",
            Trouble::Untrusted(Mistrust::Name) => "push-certificate-name",
            Trouble::Untrusted(Mistrust::Issuer) => "push-certificate-issuer",
            Trouble::Untrusted(Mistrust::Time) => "push-certificate-time",
            Trouble::Untrusted(Mistrust::Other) => "push-certificate",
            Trouble::Broken => "push-broken",
            Trouble::Deadline => "push-deadline",
            Trouble::Redirected { .. } => "push-redirected",
            Trouble::TooLarge => "push-too-large",
            Trouble::WebPage(_) => "push-web-page",
            Trouble::NotSoap(_) => "push-not-soap",
            Trouble::OtherAnswer => "push-other-answer",
            Trouble::Fault(fault) => &fault.code,
            Trouble::OtherFault { .. } => "push-fault",
            Trouble::NotOffered(_) => "push-not-offered",
        }
    }

    /// What happened.
    pub fn message(&self, language: Language) -> String {
        match self {
            Trouble::Fault(fault) => language.pick(&fault.en, &fault.bg).clone(),
            other => text::message(other.code(), language, &other.values()),
        }
    }

    /// What to do about it; of a fault that the catalogue does not have, where to ask; else nothing more than a fault says
    /// itself.
    pub fn hint(&self, language: Language) -> String {
        match self {
            Trouble::Fault(fault) if kapia_portal::fault::Code::of_number(&fault.code).is_none() => {
                text::hint("push-fault", language, &[("reason", String::new())])
            }
            Trouble::Fault(_) => String::new(),
            other => text::hint(other.code(), language, &other.values()),
        }
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Trouble::NotSoap(status) | Trouble::WebPage(status) => vec![("status", status.to_string())],
            Trouble::Redirected { status, to } => {
                let to = if to.is_empty() { "?".to_owned() } else { to.clone() };
                vec![("status", status.to_string()), ("to", to)]
            }
            Trouble::ComeAgain(after) => {
                vec![("seconds", after.map_or_else(|| "?".to_owned(), |after| after.as_secs().to_string()))]
            }
            Trouble::OtherFault { reason, .. } => {
                vec![("reason", if reason.is_empty() { "?".to_owned() } else { reason.clone() })]
            }
            Trouble::NotOffered(operation) => vec![("operation", operation.name().to_owned())],
            _ => Vec::new(),
        }
    }
}

impl From<kapia_http::Trouble> for Trouble {
    fn from(trouble: kapia_http::Trouble) -> Trouble {
        match trouble {
            kapia_http::Trouble::Unreachable => Trouble::Unreachable,
            kapia_http::Trouble::Untrusted(mistrust) => Trouble::Untrusted(mistrust),
            kapia_http::Trouble::Deadline => Trouble::Deadline,
            kapia_http::Trouble::Broken | kapia_http::Trouble::TooLarge { .. } => Trouble::Broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> Vec<Trouble> {
        vec![
            Trouble::Unauthorized,
            Trouble::ComeAgain(None),
            Trouble::Unreachable,
            Trouble::Untrusted(Mistrust::Name),
            Trouble::Untrusted(Mistrust::Issuer),
            Trouble::Untrusted(Mistrust::Time),
            Trouble::Untrusted(Mistrust::Other),
            Trouble::Broken,
            Trouble::Deadline,
            Trouble::Redirected { status: 302, to: "a.example/x".into() },
            Trouble::TooLarge,
            Trouble::WebPage(200),
            Trouble::NotSoap(502),
            Trouble::OtherAnswer,
            Trouble::OtherFault { reason: "няма такава администрация".into(), passes: false },
            Trouble::NotOffered(Operation::DeactivateService),
        ]
    }

    #[test]
    fn every_outcome_has_a_name_of_its_own_a_text_and_a_hint_in_both_languages() {
        let mut codes = std::collections::BTreeSet::new();
        for trouble in every() {
            assert!(codes.insert(trouble.code().to_owned()), "{trouble:?}");
            let texts: Vec<String> = [Language::English, Language::Bulgarian]
                .into_iter()
                .flat_map(|language| [trouble.message(language), trouble.hint(language)])
                .collect();
            let told = |text: &String| !text.is_empty() && !text.contains(['{', '}']);
            assert!(texts.iter().all(told) && texts[0] != texts[2] && texts[1] != texts[3], "{texts:?}");
        }
    }

    #[test]
    fn what_is_about_the_way_can_be_put_right_and_loses_no_message() {
        for trouble in every() {
            let about = trouble.is_about_the_message();
            assert_eq!(about, ["push-fault", "push-too-large", "push-not-offered"].contains(&trouble.code()));
        }
        let fault = |code: &str| {
            Trouble::Fault(Box::new(Detail {
                code: code.into(),
                bg: "Отказ.".into(),
                en: "Refused.".into(),
                fields: Vec::new(),
                correlation: String::new(),
                retryable: false,
            }))
        };
        assert!(fault("EGS-2001").hint(Language::English).is_empty());
        assert!(fault("X-17").hint(Language::English).contains("service"));
    }
}
