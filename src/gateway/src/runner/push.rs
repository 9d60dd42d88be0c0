//! An answer is pushed to the address that its consumer named (regix-contract §10 item 6).

use super::Work;
use crate::courier::{Parcel, Undelivered};
use crate::deferral::{Deferral, Stored};
use crate::ended::Ended;
use crate::gateway::{Gateway, NotWrittenDown};
use crate::stages;
use crate::trace::Trace;
use kapia_deferred::{Callback, Deferred, DeferredError};
use kapia_journal::{Outcome, Part, Step};
use kapia_registry::Caller;
use kapia_regix::{EntryPoint, Method, Reply, Shape};
use kapia_soap::Version;
use std::sync::Arc;
use time::OffsetDateTime;

/// A claim on a callback.
pub(super) struct Push(Callback);

/// Callbacks are calls of V2 over SOAP 1.1, whatever the call came over (regix-contract §10 item 6).
const PUSH: Reply<'_> = Reply {
    entry: EntryPoint::V2,
    method: Method::ExecuteCallback,
    version: Version::V11,
    relates_to: None,
    typed: None,
};

impl Work for Push {
    async fn wait(store: &Deferred) -> Result<(), DeferredError> {
        store.wait_for_callback().await
    }

    async fn claim(store: &Deferred) -> Result<Option<Self>, DeferredError> {
        Ok(store.next_callback(OffsetDateTime::now_utc()).await?.map(Push))
    }

    async fn run(&self, gateway: &Gateway, deferral: &Deferral) -> Result<(), DeferredError> {
        let Push(Callback { ticket, .. }) = self;
        let (ticket, store) = (*ticket, &deferral.store);
        let pushed = gateway.push(&self.0, deferral).await;
        let now = OffsetDateTime::now_utc();
        match pushed {
            Ok(()) => {
                gateway.metrics.push("delivered");
                store.callback_done(ticket, now).await?;
            }
            Err(NotPushed { code, passing: true, not_before }) => {
                gateway.metrics.push("again");
                store.callback_failed(ticket, &code, not_before, now).await?;
            }
            Err(NotPushed { code, passing: false, .. }) => {
                tracing::warn!(call_id = ticket.call_id(), code, "a callback was given up, its answer can be fetched");
                gateway.metrics.push("given-up");
                store.callback_given_up(ticket, &code).await?;
            }
        }
        Ok(())
    }

    async fn give_back(&self, store: &Deferred) -> Result<bool, DeferredError> {
        store.give_callback_back(self.0.ticket, OffsetDateTime::now_utc()).await
    }
}

struct NotPushed {
    code: String,
    passing: bool,
    not_before: Option<OffsetDateTime>,
}

impl Gateway {
    async fn push(&self, callback: &Callback, deferral: &Deferral) -> Result<(), NotPushed> {
        let parts = self.parts();
        let now = OffsetDateTime::now_utc();
        let answered = &callback.answered;
        let caller = stages::identify_accepted(answered.consumer_id, answered.thumbprint, &parts, now)?;
        let stored = Stored::read(answered.clone(), &parts.settings.limits)?;
        // Consumers differ in whom they let push; what they are told stays the same.
        let incoming = stored.facts.incoming(Vec::new(), now);
        let mut trace = Trace::begin(&incoming, PUSH.version, Part::default(), Arc::clone(&self.metrics));
        trace.record.step = Step::Callback;
        trace.record.service_call_id = stored.call_id;
        let message = self.message(&stored, &caller, &parts, &mut trace).await?;
        if let Err(NotWrittenDown) = self.write_down(trace, Part::of(&message), &parts).await {
            return Err(NotPushed { code: "journal-unavailable".into(), passing: true, not_before: None });
        }
        let hosts = parts.registry.callback_hosts(caller.consumer_id(), now);
        let parcel = Parcel {
            address: &callback.url,
            hosts: &hosts,
            action: &PUSH.entry.action(PUSH.method),
            message: message.into(),
            service_call_id: stored.call_id,
        };
        Ok(deferral.courier.carry(parcel).await?)
    }

    /// The answer, or the error with which the call ended: that is told too, or the consumer would wait for ever.
    async fn message(
        &self,
        stored: &Stored,
        caller: &Caller,
        parts: &crate::Parts,
        trace: &mut Trace,
    ) -> Result<Vec<u8>, Box<Ended>> {
        trace.caller(caller);
        match self.tell_stored(stored, caller, parts, &PUSH, trace).await {
            Ok(octets) => {
                trace.record.outcome = Outcome::Answered;
                Ok(octets)
            }
            Err(ended) if stored.told().is_err() => {
                trace.ended(&ended);
                let text = match ended.condition.shape(PUSH.method, &ended.code, ended.hint, Vec::new()) {
                    Shape::Result { text, .. } => text,
                    Shape::Fault(fault) => fault.reason,
                };
                Ok(PUSH.error(&text, true, stored.call_id))
            }
            Err(ended) => Err(ended),
        }
    }
}

/// A consumer that may not see the answer now may not be sent it; anything else may pass.
impl From<Box<Ended>> for NotPushed {
    fn from(ended: Box<Ended>) -> NotPushed {
        NotPushed { code: ended.code.into_owned(), passing: ended.outcome != Outcome::Denied, not_before: None }
    }
}

impl From<Undelivered> for NotPushed {
    fn from(undelivered: Undelivered) -> NotPushed {
        let Undelivered { code, passing, not_before, .. } = undelivered;
        NotPushed { code, passing, not_before }
    }
}
