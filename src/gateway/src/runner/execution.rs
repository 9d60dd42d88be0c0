//! An accepted call is executed: the same stages as any other call, with the rights of now.

use super::Work as Claimed;
use crate::Incoming;
use crate::deferral::{Deferral, Facts};
use crate::ended::Ended;
use crate::gateway::{Gateway, NotWrittenDown, Parts, outcome_of};
use crate::opened::{Opened, open};
use crate::stages;
use crate::successor;
use crate::trace::Trace;
use kapia_deferred::{Deferred, DeferredError, Failure, Obstacle, Outcome, Retry, Work};
use kapia_journal::{Outcome as Ending, Part, Step};
use kapia_regix::{Answer, Condition, EntryPoint, Method, Reply};
use kapia_soap::{Bilingual, Version};
use std::convert::Infallible;
use std::sync::Arc;
use time::OffsetDateTime;

/// A claim on a call.
pub(super) struct Execution(Work);

impl Claimed for Execution {
    async fn wait(store: &Deferred) -> Result<(), DeferredError> {
        store.wait_for_work().await
    }

    async fn claim(store: &Deferred) -> Result<Option<Self>, DeferredError> {
        Ok(store.next_due(OffsetDateTime::now_utc()).await?.map(Execution))
    }

    async fn run(&self, gateway: &Gateway, deferral: &Deferral) -> Result<(), DeferredError> {
        let work = &self.0;
        let (outcome, passing) = match gateway.execute(work, deferral).await {
            Ok(octets) => (Outcome::Answer(octets), false),
            Err(ended) => {
                let passing = ended.passing;
                (Outcome::Failure(failure(&ended)), passing)
            }
        };
        let failed = matches!(outcome, Outcome::Failure(_));
        let now = OffsetDateTime::now_utc();
        let again = if passing {
            deferral.store.fail_retryable(work.ticket, outcome, now).await?
        } else {
            deferral.store.complete(work.ticket, outcome, now).await?;
            Retry::GivenUp
        };
        match again {
            Retry::At(_) => gateway.metrics.execution("again"),
            _ => gateway.metrics.execution(if failed { "failed" } else { "answered" }),
        }
        Ok(())
    }

    async fn give_back(&self, store: &Deferred) -> Result<bool, DeferredError> {
        store.give_back(self.0.ticket, OffsetDateTime::now_utc()).await
    }
}

impl Gateway {
    /// Asks the register for an accepted call. What comes back is filtered, unsigned, and in the form that
    /// [`Stored`](crate::deferral::Stored) reads.
    async fn execute(&self, work: &Work, deferral: &Deferral) -> Result<Vec<u8>, Box<Ended>> {
        let parts = self.parts();
        if let Some(obstacle) = work.obstacle {
            return Err(cannot_be_executed(obstacle));
        }
        let facts = Facts::read(&work.facts).ok_or_else(|| cannot_be_executed(Obstacle::Damaged))?;
        let mut incoming = facts.incoming(work.argument.clone(), work.accepted_at);
        incoming.face = facts.face().and_then(|package| self.face(package));
        let request = Part::of(&incoming.body);
        let body = std::mem::take(&mut incoming.body);
        let opened = open(&incoming, body, &parts.settings).map_err(|_| cannot_be_executed(Obstacle::Damaged))?;
        let mut trace = Trace::begin(&incoming, opened.version, request, Arc::clone(&self.metrics));
        trace.record.step = Step::Execution;
        trace.record.service_call_id = work.ticket.call_id();
        if let Ok(request) = &opened.request {
            trace.request(request, opened.message_id.as_deref());
        }
        let executed = self.run_stages(work, opened, &incoming, &parts, deferral, &mut trace).await;
        match &executed {
            Ok((ending, _)) => trace.record.outcome = *ending,
            Err(ended) => trace.ended(ended),
        }
        let octets = executed.as_ref().map_or(&[][..], |(_, octets)| octets);
        if let Err(NotWrittenDown) = self.write_down(trace, Part::of(octets), &parts).await {
            return Err(not_written_down());
        }
        executed.map(|(_, octets)| octets)
    }

    async fn run_stages(
        &self,
        work: &Work,
        opened: Opened,
        incoming: &Incoming,
        parts: &Parts,
        deferral: &Deferral,
        trace: &mut Trace,
    ) -> Result<(Ending, Vec<u8>), Box<Ended>> {
        let now = OffsetDateTime::now_utc();
        let known = stages::find(opened, parts)?;
        successor::note(known.served, trace);
        let caller = stages::identify_accepted(work.ticket.consumer_id(), work.thumbprint, parts, now)?;
        trace.caller(&caller);
        trace.stage("identify");
        let permitted = stages::permit(known, &caller, parts, now)?;
        trace.stage("permit");
        let checked = stages::check_argument(permitted, &parts.settings, trace)?;
        trace.stage("check-argument");
        let answer = self.ask(&checked, incoming, parts, deferral.register_timeout, trace).await?;
        let permitted = checked.permitted();
        let plan = self.plan(&permitted.known.served.operation, permitted.permit().fields());
        let mut filtered = plan.start();
        let content = Answer {
            service_call_id: work.ticket.call_id(),
            request: checked.argument(),
            response: answer.document().root(),
            matrix: None,
            legacy_scope: false,
        };
        let stored = Reply {
            entry: EntryPoint::V2,
            method: Method::Execute,
            version: Version::V11,
            relates_to: None,
            typed: None,
        };
        let written = stored.answer(&content, &mut filtered, |_, _| Ok::<_, Infallible>(None));
        let Ok(written) = written;
        trace.record.hidden_fields = filtered.hidden();
        trace.stage("write");
        Ok((outcome_of(answer.outcome()), written.octets))
    }
}

fn failure(ended: &Ended) -> Failure {
    let hint = [ended.hint.en.clone(), ended.hint.bg.clone()];
    Failure { code: ended.code.to_string(), text: ended.condition.text(), hint }
}

fn cannot_be_executed(obstacle: Obstacle) -> Box<Ended> {
    let (code, cause) = match obstacle {
        Obstacle::Spent => ("execution-spent", "every attempt to ask the register was cut short"),
        Obstacle::Damaged => ("stored-call-unreadable", "the stored call cannot be read"),
    };
    tracing::error!(code, "an asynchronous call cannot be executed");
    let hint = Bilingual::new("make the call again", "направете заявката отново");
    Ended::new(Ending::InternalError, Condition::Core(cause.into()), code, hint)
}

fn not_written_down() -> Box<Ended> {
    let hint = Bilingual::new("try again later", "опитайте по-късно");
    let cause = "the call could not be written down".to_owned();
    let mut ended = Ended::new(Ending::InternalError, Condition::Core(cause), "journal-unavailable", hint);
    ended.passing = true;
    ended
}
