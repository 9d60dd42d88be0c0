//! A call as it is accepted, and how it ends.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::error::DeferredError;
use crate::store::STORE;

/// A call that was permitted and whose argument is valid, to be answered later.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCall {
    /// Number of the call, from the journal: never used before.
    pub call_id: i64,
    /// Whose call it is.
    pub consumer_id: i64,
    /// SHA-256 of the certificate that asked.
    pub thumbprint: [u8; 32],
    /// Name of the operation as it was asked for.
    pub operation: String,
    /// What the reply will need, in a form of the caller's.
    pub facts: Vec<u8>,
    /// The argument document.
    pub argument: Vec<u8>,
    /// The call context and personal numbers, in a form of the caller's.
    pub context: Vec<u8>,
    /// Where the answer is to be delivered.
    pub callback_url: Option<String>,
    /// Now.
    pub accepted_at: OffsetDateTime,
    /// When the call ends unanswered, or its answer unfetched (see [`crate::Policy::result_ttl`]).
    pub expires_at: OffsetDateTime,
}

/// How an execution ended.
#[derive(Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The answer, as it will be sent.
    Answer(Vec<u8>),
    /// An error in words.
    Failure(Failure),
}

/// An error that is the answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable code.
    pub code: String,
    /// What the reply tells.
    pub text: String,
    /// What to do about it, in English and in Bulgarian.
    pub hint: [String; 2],
}

/// A call with its outcome.
#[derive(Clone, PartialEq, Eq)]
pub struct Answered {
    /// Number of the call.
    pub call_id: i64,
    /// Whose call it is.
    pub consumer_id: i64,
    /// SHA-256 of the certificate that asked.
    pub thumbprint: [u8; 32],
    /// Name of the operation.
    pub operation: String,
    /// As given to `accept`.
    pub facts: Vec<u8>,
    /// As given to `accept`.
    pub context: Vec<u8>,
    /// How it ended.
    pub outcome: Outcome,
    /// When it was accepted.
    pub accepted_at: OffsetDateTime,
    /// When it was answered.
    pub completed_at: OffsetDateTime,
    /// Until when the answer waits.
    pub expires_at: OffsetDateTime,
}

impl fmt::Debug for NewCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("NewCall");
        debug.field("call_id", &self.call_id).field("consumer_id", &self.consumer_id);
        debug.field("operation", &self.operation).field("argument", &Octets(self.argument.len()));
        debug.field("callback", &self.callback_url.is_some()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(octets) => f.debug_tuple("Answer").field(&Octets(octets.len())).finish(),
            Self::Failure(failure) => f.debug_tuple("Failure").field(failure).finish(),
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure").field("code", &self.code).finish_non_exhaustive()
    }
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Answered");
        debug.field("call_id", &self.call_id).field("consumer_id", &self.consumer_id);
        debug.field("operation", &self.operation).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// Octets that print as their number.
pub(crate) struct Octets(pub usize);

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} octets", self.0)
    }
}

const ANSWER: u8 = 1;
const FAILURE: u8 = 2;

impl Outcome {
    /// As it is sealed: what it is stands in the last octet, so that a large answer is not moved.
    pub(crate) fn into_octets(self) -> Result<Vec<u8>, DeferredError> {
        let (mut octets, kind) = match self {
            Self::Answer(octets) => (octets, ANSWER),
            Self::Failure(failure) => {
                let text = serde_json::to_vec(&failure);
                (text.map_err(|error| STORE.unwritable(&error))?, FAILURE)
            }
        };
        octets.push(kind);
        Ok(octets)
    }

    pub(crate) fn from_octets(mut octets: Vec<u8>) -> Option<Self> {
        match octets.pop()? {
            ANSWER => Some(Self::Answer(octets)),
            FAILURE => serde_json::from_slice(&Zeroizing::new(octets)).ok().map(Self::Failure),
            _ => None,
        }
    }
}

/// Moments as the file has them: milliseconds since 1970 in UTC.
pub(crate) fn millis(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}

pub(crate) fn moment(millis: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

pub(crate) fn after(now: i64, pause: std::time::Duration) -> i64 {
    now.saturating_add(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_comes_back_as_it_was() {
        let failure =
            Failure { code: "x".into(), text: "no".into(), hint: ["wait".into(), "почакайте".into()] };
        for outcome in [Outcome::Answer(Vec::new()), Outcome::Answer(vec![0, 1, 2]), Outcome::Failure(failure)] {
            assert_eq!(Outcome::from_octets(outcome.clone().into_octets().unwrap()), Some(outcome));
        }
        for octets in [&b""[..], b"\x07", b"no json\x02"] {
            assert_eq!(Outcome::from_octets(octets.to_vec()), None);
        }
    }

    #[test]
    fn content_never_prints() {
        let failure = Failure {
            code: "adapter".into(),
            text: "of 8001010008".into(),
            hint: ["for 8001010008".into(), String::new()],
        };
        let call = NewCall {
            call_id: 1,
            consumer_id: 2,
            thumbprint: [3; 32],
            operation: "Op".into(),
            facts: b"8001010008".to_vec(),
            argument: b"8001010008".to_vec(),
            context: b"8001010008".to_vec(),
            callback_url: Some("https://a.example/8001010008".into()),
            accepted_at: OffsetDateTime::UNIX_EPOCH,
            expires_at: OffsetDateTime::UNIX_EPOCH,
        };
        let outcomes = [Outcome::Answer(b"8001010008".to_vec()), Outcome::Failure(failure)];
        let printed = format!("{call:?} {outcomes:?}");
        assert!(!printed.contains("8001010008") && !printed.contains("56, 48"), "{printed}");
        assert!(printed.contains("10 octets"), "{printed}");
    }
}
