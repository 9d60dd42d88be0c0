//! Calls whose answer comes later (regix-contract §10): taken in, asked about, let go.
//!
//! A call is taken in after the access decision and after its argument was found valid, and it is on the disk before its
//! number is told. It is executed by a [`Runner`](crate::Runner), with the rights that its consumer has then; what is
//! stored is filtered already. When the answer is fetched or pushed it is filtered once more, by the rights of that
//! moment, and signed: so a right that was taken back in between takes its fields with it.

mod facts;
mod stored;

pub(crate) use facts::Facts;
pub(crate) use stored::Stored;

use crate::courier::Courier;
use crate::ended::{Ended, Notice};
use crate::gateway::Parts;
use crate::stages::Checked;
use kapia_deferred::{Acknowledged, Check, Deferred, DeferredError, NewCall, Proof, VerificationCode};
use kapia_journal::Outcome;
use kapia_language::Language::{Bulgarian, English};
use kapia_registry::Caller;
use kapia_regix::{CheckRequest, Condition, EntryPoint};
use kapia_soap::Bilingual;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// What a gateway needs to answer later; shared by all who serve the calls.
#[derive(Clone)]
pub struct Deferral {
    /// Where calls and answers wait.
    pub store: Arc<Deferred>,
    /// Who carries answers to consumers.
    pub courier: Arc<dyn Courier>,
    /// How long a call may wait for its answer.
    pub answer_within: Duration,
    /// How long a register may take for one call.
    pub register_timeout: Duration,
}

/// A call that was taken in.
pub(crate) struct Accepted {
    pub code: VerificationCode,
    /// Why its answer will have to be fetched although an address for it was named.
    pub notice: Option<Notice>,
}

/// Takes a call in; when this returns, the call is on the disk.
pub(crate) async fn accept(
    checked: &Checked<'_>,
    incoming: &crate::Incoming,
    parts: &Parts,
    service_call_id: i64,
    now: OffsetDateTime,
) -> Result<Accepted, Box<Ended>> {
    let deferral = offered(parts)?;
    let permitted = checked.permitted();
    let (request, permit) = (&permitted.known.request, permitted.permit());
    let (callback_url, notice) = match request.callback_url.as_deref().filter(|url| !url.is_empty()) {
        None => (None, None),
        Some(url) => match deferral.courier.may_carry(url, permit.callback_hosts()) {
            Ok(()) => (Some(url.to_owned()), None),
            // RegiX takes any address, and a consumer that polls does not care: so the call goes on.
            Err(undelivered) => (None, Some(undelivered.into_notice())),
        },
    };
    let call = NewCall {
        call_id: service_call_id,
        consumer_id: permit.consumer_id().get(),
        thumbprint: permit.thumbprints().sha256.0,
        operation: permitted.known.served.operation.name.to_string(),
        facts: Facts::of(request, incoming).write(),
        argument: permitted.known.opened.document.source().as_bytes().to_vec(),
        context: Vec::new(),
        callback_url,
        accepted_at: now,
        expires_at: now + deferral.answer_within,
    };
    let code = deferral.store.accept(call).await.map_err(|error| unavailable(&error))?;
    Ok(Accepted { code, notice })
}

/// Looks for the answer to a call of this caller. `None` while there is none yet.
pub(crate) async fn check(
    asked: &CheckRequest,
    entry: EntryPoint,
    caller: &Caller,
    parts: &Parts,
    now: OffsetDateTime,
) -> Result<Option<Stored>, Box<Ended>> {
    let (call_id, proof) = named(asked, entry)?;
    let store = &offered(parts).map_err(|_| unknown(entry))?.store;
    let checked = store.check(call_id, proof, caller.consumer_id().get(), now).await;
    match checked.map_err(|error| unavailable(&error))? {
        Check::Pending => Ok(None),
        Check::Ready(answered) => Stored::read(*answered, &parts.settings.limits).map(Some),
        Check::Unknown => Err(unknown(entry)),
        Check::NotYours => {
            tracing::warn!(call_id, consumer = %caller.consumer_id(), "asked about another consumer's call");
            Err(unknown(entry))
        }
        Check::WrongCode => Err(wrong_code()),
        Check::Acknowledged | Check::Expired => Err(gone(call_id)),
    }
}

/// Removes the answer to a call of this caller.
pub(crate) async fn acknowledge(
    asked: &CheckRequest,
    entry: EntryPoint,
    caller: &Caller,
    parts: &Parts,
    now: OffsetDateTime,
) -> Result<(), Box<Ended>> {
    let (call_id, proof) = named(asked, entry)?;
    let store = &offered(parts).map_err(|_| unknown(entry))?.store;
    let acknowledged = store.acknowledge(call_id, proof, caller.consumer_id().get(), now).await;
    match acknowledged.map_err(|error| unavailable(&error))? {
        Acknowledged::Done | Acknowledged::Already | Acknowledged::Expired => Ok(()),
        Acknowledged::Unknown => Err(unknown(entry)),
        Acknowledged::NotYours => {
            tracing::warn!(call_id, consumer = %caller.consumer_id(), "acknowledged another consumer's call");
            Err(unknown(entry))
        }
        Acknowledged::WrongCode => Err(wrong_code()),
        Acknowledged::Pending => {
            let hint = Bilingual::new(
                "ask with CheckResult until IsReady is true",
                "питайте с CheckResult, докато IsReady стане true",
            );
            Err(Ended::new(Outcome::Fault, Condition::NotReady, "call-not-ready", hint))
        }
    }
}

/// What this gateway answers later with.
pub(crate) fn offered(parts: &Parts) -> Result<&Deferral, Box<Ended>> {
    parts.deferral.as_ref().ok_or_else(|| crate::stages::not_offered("asynchronous processing"))
}

/// Without a number, or in V2 without a code, nobody's call is meant.
fn named(asked: &CheckRequest, entry: EntryPoint) -> Result<(i64, Proof<'_>), Box<Ended>> {
    let call_id = asked.service_call_id.ok_or_else(|| unknown(entry))?;
    match (entry, asked.verification_code.as_deref()) {
        (EntryPoint::V2, code) => Ok((call_id, Proof::Code(code.unwrap_or_default()))),
        // The messages of V0 and V1 have no place for a code (regix-contract §16 row 6).
        (EntryPoint::V0 | EntryPoint::V1, _) => Ok((call_id, Proof::Ownership)),
    }
}

pub(crate) fn unknown(entry: EntryPoint) -> Box<Ended> {
    let (condition, hint) = match entry {
        EntryPoint::V2 => (
            Condition::CallUnknown,
            Bilingual::new(
                "use the ServiceCallID and the VerificationCode of an asynchronous call of this consumer",
                "използвайте ServiceCallID и VerificationCode на асинхронна заявка на този консуматор",
            ),
        ),
        EntryPoint::V0 | EntryPoint::V1 => (
            Condition::OperationInvalid,
            Bilingual::new(
                "use the ServiceCallID of an asynchronous call of this consumer",
                "използвайте ServiceCallID на асинхронна заявка на този консуматор",
            ),
        ),
    };
    Ended::new(Outcome::Fault, condition, "call-unknown", hint)
}

fn wrong_code() -> Box<Ended> {
    let hint = Bilingual::new(
        "send the VerificationCode that came with the ServiceCallID, character by character",
        "изпратете получения заедно със ServiceCallID код VerificationCode, знак по знак",
    );
    Ended::new(Outcome::Denied, Condition::WrongCode, "verification-code-wrong", hint)
}

fn gone(call_id: i64) -> Box<Ended> {
    let hint = Bilingual::new(
        "the answer was acknowledged or has expired; make the call again",
        "отговорът е потвърден или срокът му е изтекъл; направете заявката отново",
    );
    Ended::new(Outcome::Fault, Condition::ResultGone(call_id), "result-gone", hint)
}

fn unavailable(error: &DeferredError) -> Box<Ended> {
    if !matches!(error, DeferredError::TooMany { .. }) {
        tracing::error!(code = error.code(), %error, "the store of asynchronous calls");
    }
    let hint = Bilingual::new(error.hint(English), error.hint(Bulgarian));
    let cause = match error {
        DeferredError::TooMany { .. } => error.message(English),
        _ => "the call cannot be kept now".to_owned(),
    };
    let mut ended = Ended::new(Outcome::InternalError, Condition::Core(cause), error.code(), hint);
    ended.passing = true;
    ended
}
