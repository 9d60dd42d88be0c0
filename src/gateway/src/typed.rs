//! Calls of typed contracts (`kapia-faces`): how they end without an answer. A typed contract has no results with errors,
//! so that whatever ends a call is a fault, with the detail that the contract declares.

use crate::ended::Ended;
use kapia_journal::Outcome;
use kapia_regix::{Reply, TypedFault};
use kapia_soap::{Addressed, Fault, FaultCode, Problem};
use std::borrow::Cow;

/// A call of a typed contract that ended without an answer, as its fault; with its code and its hint in English.
pub(crate) fn end(
    ended: Ended,
    reply: &Reply<'_>,
    addressed: Addressed<'_>,
    service_call_id: i64,
) -> (Vec<u8>, Cow<'static, str>, String) {
    let Ended { outcome, condition, code, hint, places, told, passing } = ended;
    let message = told.unwrap_or_else(|| condition.told());
    let side = match outcome {
        Outcome::Denied | Outcome::Fault | Outcome::InvalidArgument => FaultCode::Sender,
        _ => FaultCode::Receiver,
    };
    let hint_en = hint.en.clone();
    let reason = message.en.clone();
    let problem = Problem { code: code.to_string(), message, hint, places };
    let fault = Fault { code: side, reason, problem: Some(problem) };
    let detail = TypedFault { retryable: passing, service_call_id: Some(service_call_id).filter(|id| *id != 0) };
    (detail.write(&fault, reply.version, addressed), code, hint_en)
}

/// The fault of a call that could not be written down.
pub(crate) fn not_journaled(mut fault: Fault, reply: &Reply<'_>) -> Vec<u8> {
    let Some(typed) = &reply.typed else { return fault.write(reply.version, reply.relates_to) };
    fault.code = FaultCode::Receiver;
    TypedFault { retryable: true, service_call_id: None }.write(&fault, reply.version, typed.addressed)
}
