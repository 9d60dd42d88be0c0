//! An answer that waited: what was stored, read again.

use crate::deferral::Facts;
use crate::ended::Ended;
use kapia_deferred::{Answered, Failure};
use kapia_journal::Outcome;
use kapia_regix::Condition;
use kapia_regix::consumer::{Reply, ReplyKind};
use kapia_soap::Bilingual;
use kapia_xml::{Document, Element, ElementId, Limits};
use time::OffsetDateTime;

/// An answered call.
pub(crate) struct Stored {
    pub call_id: i64,
    pub operation: String,
    pub facts: Facts,
    pub executed: OffsetDateTime,
    content: Result<Content, Failure>,
}

struct Content {
    document: Document,
    request: ElementId,
    response: ElementId,
}

/// The two documents of an answer.
pub(crate) struct Told<'s> {
    pub request: Element<'s>,
    pub response: Element<'s>,
}

impl Stored {
    /// Reads what the runner has stored: a reply of V2, unsigned, filtered.
    pub fn read(answered: Answered, limits: &Limits) -> Result<Stored, Box<Ended>> {
        let facts = Facts::read(&answered.facts).ok_or_else(unreadable)?;
        let content = match answered.outcome {
            kapia_deferred::Outcome::Failure(failure) => Err(failure),
            kapia_deferred::Outcome::Answer(octets) => Ok(content(octets, limits).ok_or_else(unreadable)?),
        };
        let Answered { call_id, operation, completed_at: executed, .. } = answered;
        Ok(Stored { call_id, operation, facts, executed, content })
    }

    /// The answer, or how the call failed when it was executed.
    pub fn told(&self) -> Result<Told<'_>, Box<Ended>> {
        match &self.content {
            Ok(Content { document, request, response }) => {
                Ok(Told { request: document.element(*request), response: document.element(*response) })
            }
            Err(failure) => {
                let condition = Condition::Register(failure.text.clone());
                let [en, bg] = &failure.hint;
                let hint = Bilingual::new(en.as_str(), bg.as_str());
                Err(Ended::new(Outcome::AdapterError, condition, failure.code.clone(), hint))
            }
        }
    }
}

/// Both documents kept the limits when they came; together, and with what stands around them, they may be larger.
fn content(octets: Vec<u8>, limits: &Limits) -> Option<Content> {
    let limits = Limits {
        bytes: octets.len(),
        depth: limits.depth.saturating_add(16),
        tokens: limits.tokens.saturating_mul(2).saturating_add(64),
        namespaces: limits.namespaces.saturating_mul(2).saturating_add(16),
        ..limits.clone()
    };
    let reply = Reply::read_within(kapia_regix::EntryPoint::V2, octets.into(), &limits).ok()?;
    let ReplyKind::Answer { request, response, .. } = reply.kind else { return None };
    Some(Content { document: reply.document, request: request?, response })
}

fn unreadable() -> Box<Ended> {
    let hint = Bilingual::new(
        "make the call again; the operator finds the cause in the log",
        "направете заявката отново; операторът ще намери причината в журнала на програмата",
    );
    let cause = "the stored answer cannot be read".to_owned();
    Ended::new(Outcome::InternalError, Condition::Core(cause), "stored-answer-unreadable", hint)
}
