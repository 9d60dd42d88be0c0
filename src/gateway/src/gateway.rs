use crate::deferral::{self, Deferral};
use crate::ended::{Ended, Notice};
use crate::filter::FilterPlan;
use crate::identity;
use crate::length::aside;
use crate::message::{Incoming, Outgoing};
use crate::metrics::Metrics;
use crate::opened::{NotACall, Opened, open};
use crate::settings::Settings;
use crate::stages::{self, Checked};
use crate::successor;
use crate::telling::{self, Telling};
use crate::trace::Trace;
use crate::typed;
use arc_swap::ArcSwap;
use kapia_adapter::{Catalogue, Operation, Room, Told};
use kapia_faces::{Face, Faces};
use kapia_journal::{Journal, Outcome, Part, Step};
use kapia_registry::{FieldRights, Registry};
use kapia_regix::{Condition, Method, Reply, Shape, TypedFault};
use kapia_signature::Signer;
use kapia_soap::{Addressed, Bilingual, Fault, FaultCode, Problem};
use kapia_spool::Octets;
use kapia_xml::ValuePrefixes;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// What a gateway is made of; all of it can be shared and replaced while calls go on.
pub struct Parts {
    /// The operations that are served.
    pub catalogue: Catalogue,
    /// Who may do what.
    pub registry: Arc<Registry>,
    /// Where every call is written down.
    pub journal: Arc<Journal>,
    /// What signs answers; without one a request for a signature is refused.
    pub signer: Option<Arc<Signer>>,
    /// How calls are answered later; without it asynchronous calls are refused.
    pub deferral: Option<Deferral>,
    /// How it behaves.
    pub settings: Settings,
}

impl Parts {
    /// The same parts with other operations.
    pub fn with_catalogue(&self, catalogue: Catalogue) -> Parts {
        Parts {
            catalogue,
            registry: Arc::clone(&self.registry),
            journal: Arc::clone(&self.journal),
            signer: self.signer.clone(),
            deferral: self.deferral.clone(),
            settings: self.settings.clone(),
        }
    }
}

/// The gateway: one message in, one reply out.
pub struct Gateway {
    parts: ArcSwap<Parts>,
    faces: ArcSwap<Faces>,
    plans: RwLock<HashMap<(usize, usize), CachedPlan>>,
    pub(crate) metrics: Arc<Metrics>,
}

/// A filter plan with what it was made of; holding both keeps their addresses, which are the key, from being reused.
struct CachedPlan {
    plan: Arc<FilterPlan>,
    _rights: Arc<FieldRights>,
    _operation: Arc<Operation>,
}

/// What a call that ended well gives.
struct Good {
    outcome: Outcome,
    said: Said,
    notice: Option<Notice>,
}

/// The octets of an answer, and what the journal says of them.
pub(crate) struct Said {
    pub octets: Octets,
    pub part: Part,
}

impl From<Vec<u8>> for Said {
    fn from(octets: Vec<u8>) -> Said {
        Said { part: Part::of(&octets), octets: Octets::from(octets) }
    }
}

/// The journal could not be written.
pub(crate) struct NotWrittenDown;

/// More plans than this mean that rights change all the time: the cache starts anew.
const PLANS: usize = 10_000;

impl Gateway {
    /// A gateway of these parts.
    pub fn new(parts: Parts) -> Gateway {
        let faces = ArcSwap::from_pointee(Faces::of(&parts.catalogue));
        Gateway { parts: ArcSwap::from_pointee(parts), faces, plans: RwLock::default(), metrics: Arc::default() }
    }

    /// The parts that serve now.
    pub fn parts(&self) -> Arc<Parts> {
        self.parts.load_full()
    }

    /// Replaces the parts; calls that are under way end with the old ones.
    pub fn replace(&self, parts: Parts) {
        self.faces.store(Arc::new(Faces::of(&parts.catalogue)));
        // Filters of operations that are served no more would keep their schemas.
        let served: HashSet<usize> =
            parts.catalogue.operations().map(|served| Arc::as_ptr(&served.operation).addr()).collect();
        self.parts.store(Arc::new(parts));
        self.plans
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|(_, operation), _| served.contains(operation));
    }

    /// The typed contract of a package that serves operations now, by its name without regard to case.
    pub fn face(&self, package: &str) -> Option<Arc<Face>> {
        self.faces.load().find(package).cloned()
    }

    /// The typed contracts of all packages that serve operations now.
    pub fn faces(&self) -> Arc<Faces> {
        self.faces.load_full()
    }

    /// Appends the gateway's metrics in Prometheus text format.
    pub fn metrics(&self, out: &mut String) {
        self.metrics.write(out);
    }

    /// Answers one message.
    ///
    /// Whatever happens to a call, its journal record is durable before this returns; when it cannot be, the caller
    /// gets a fault and no answer.
    pub async fn answer(&self, mut incoming: Incoming) -> Outgoing {
        let parts = self.parts.load_full();
        let request = Part::of(&incoming.body);
        // Given away, so that the reader can take the octets over instead of copying them.
        let body = std::mem::take(&mut incoming.body);
        let opened = match open(&incoming, body, &parts.settings) {
            Ok(opened) => opened,
            Err(not_a_call) => {
                self.metrics.not_a_call();
                return refuse(&not_a_call, incoming.face.is_some());
            }
        };
        let (method, version, message_id) = (opened.method, opened.version, opened.message_id.clone());
        let typed = opened.typed.clone();
        let mut trace = Trace::begin(&incoming, version, request, Arc::clone(&self.metrics));
        if let Ok(request) = &opened.request {
            trace.request(request, message_id.as_deref());
        }
        trace.stage("open");
        let relates_to = message_id.as_deref();
        let typed = typed.as_ref().map(|asked| asked.typed(relates_to));
        let reply = Reply { entry: incoming.entry, method, version, relates_to, typed };
        let (mut outgoing, part) = match self.run(opened, &incoming, &parts, &reply, &mut trace).await {
            Ok(good) => {
                trace.record.outcome = good.outcome;
                answered(version.content_type(), good)
            }
            Err(ended) => {
                trace.ended(&ended);
                end(*ended, &reply, trace.record.service_call_id)
            }
        };
        successor::tell(trace.old_name(), &mut outgoing);
        self.metrics.call(incoming.entry, incoming.face.is_some(), trace.record.outcome);
        match self.write_down(trace, part, &parts).await {
            Ok(()) => outgoing,
            Err(NotWrittenDown) => not_journaled(&reply),
        }
    }

    /// Makes the record of a call durable; `answer` may leave only if this succeeds.
    pub(crate) async fn write_down(&self, mut trace: Trace, answer: Part, parts: &Parts) -> Result<(), NotWrittenDown> {
        let validation = trace.record.answer.validation.take();
        trace.record.answer = Part { validation, ..answer };
        let journaling = Instant::now();
        let journaled = parts.journal.append(trace.record).await;
        self.metrics.stage("journal", journaling.elapsed());
        journaled.map(drop).map_err(|error| {
            tracing::error!(code = error.code(), "a call could not be written down, so it is not answered");
            NotWrittenDown
        })
    }

    async fn run(
        &self,
        opened: Opened,
        incoming: &Incoming,
        parts: &Parts,
        reply: &Reply<'_>,
        trace: &mut Trace,
    ) -> Result<Good, Box<Ended>> {
        match opened.method {
            Method::ExecuteSynchronous | Method::Execute => self.call(opened, incoming, parts, reply, trace).await,
            Method::CheckResult => self.check_result(&opened, incoming, parts, reply, trace).await,
            Method::AcknowledgeResultReceived => acknowledge(&opened, incoming, parts, reply, trace).await,
            Method::ExecuteCallback => Err(stages::not_offered("ExecuteCallback")),
        }
    }

    /// A call of an operation, answered now or later.
    async fn call(
        &self,
        opened: Opened,
        incoming: &Incoming,
        parts: &Parts,
        reply: &Reply<'_>,
        trace: &mut Trace,
    ) -> Result<Good, Box<Ended>> {
        let now = OffsetDateTime::now_utc();
        let known = stages::find(opened, parts)?;
        let later = known.is_answered_later(incoming.entry);
        if later {
            deferral::offered(parts)?;
        }
        let caller = identity::identify(incoming, &known.opened, parts, now, trace)?;
        let permitted = stages::permit(known, &caller, parts, now)?;
        successor::admit(permitted.known.served, now, trace)?;
        trace.record.service_call_id = next_call_id(parts).await?;
        trace.stage("permit");
        let checked = stages::check_argument(permitted, &parts.settings, trace)?;
        trace.stage("check-argument");
        if later {
            return accept(&checked, incoming, parts, reply, trace, now).await;
        }
        let permitted = checked.permitted();
        // A file such as a PDF is made of the whole answer.
        let room = (!permitted.known.request.processing.transform_to_pdf).then_some(&parts.settings.room);
        let patience = parts.settings.register_timeout;
        match self.ask_at_length(&checked, incoming, parts, patience, room, trace).await? {
            (Told::Answer(answer), _) => {
                let telling = Telling::of_call(&checked, &answer, now);
                let octets = self.tell(&telling, permitted.permit(), parts, reply, trace).await?;
                Ok(Good { outcome: outcome_of(answer.outcome()), said: octets.into(), notice: None })
            }
            (Told::Long(long), prefixes) => {
                let said = self.tell_at_length(&checked, (&long, &prefixes), parts, reply, trace)?;
                Ok(Good { outcome: outcome_of(long.outcome()), said, notice: None })
            }
        }
    }

    /// Asks the register for an answer that is in memory; what comes back is valid.
    pub(crate) async fn ask(
        &self,
        checked: &Checked<'_>,
        incoming: &Incoming,
        parts: &Parts,
        patience: Duration,
        trace: &mut Trace,
    ) -> Result<kapia_adapter::Answer, Box<Ended>> {
        let (told, _) = self.ask_at_length(checked, incoming, parts, patience, None, trace).await?;
        let answer = told.into_answer(&checked.permitted().known.served.operation);
        answer.map_err(|error| stages::register_failed(&error, &parts.settings))
    }

    /// Asks the register; what comes back is valid, and in memory unless there is room for more.
    async fn ask_at_length(
        &self,
        checked: &Checked<'_>,
        incoming: &Incoming,
        parts: &Parts,
        patience: Duration,
        room: Option<&Room>,
        trace: &mut Trace,
    ) -> Result<(Told, ValuePrefixes), Box<Ended>> {
        let id = trace.record.service_call_id;
        let told = stages::ask(checked, id, incoming, &parts.settings, patience, room).await?;
        trace.stage("ask");
        let operation = &checked.permitted().known.served.operation;
        let prefixes = match &told {
            Told::Answer(_) => stages::check_answer(operation, &told, &parts.settings, trace),
            Told::Long(_) => aside(|| stages::check_answer(operation, &told, &parts.settings, trace)),
        }?;
        trace.stage("check-answer");
        Ok((told, prefixes))
    }

    /// The answer to an asynchronous call, if it is there.
    async fn check_result(
        &self,
        opened: &Opened,
        incoming: &Incoming,
        parts: &Parts,
        reply: &Reply<'_>,
        trace: &mut Trace,
    ) -> Result<Good, Box<Ended>> {
        trace.record.step = Step::Check;
        let now = OffsetDateTime::now_utc();
        let caller = identity::identify(incoming, opened, parts, now, trace)?;
        let stored = deferral::check(&opened.asked, incoming.entry, &caller, parts, now).await?;
        trace.record.service_call_id = opened.asked.service_call_id.unwrap_or_default();
        trace.stage("fetch");
        let Some(stored) = stored else {
            let octets = reply.pending(trace.record.service_call_id);
            return Ok(Good { outcome: Outcome::Pending, said: octets.into(), notice: None });
        };
        if opened.typed.as_ref().is_some_and(|asked| asked.full_name != stored.operation) {
            // The answer to another operation has no place in the reply that this one promises.
            return Err(deferral::unknown(incoming.entry));
        }
        let octets = self.tell_stored(&stored, &caller, parts, reply, trace).await?;
        Ok(Good { outcome: Outcome::Answered, said: octets.into(), notice: None })
    }

    /// The filter of an operation for these rights.
    pub(crate) fn plan(&self, operation: &Arc<Operation>, rights: &Arc<FieldRights>) -> Arc<FilterPlan> {
        let key = (Arc::as_ptr(rights).addr(), Arc::as_ptr(operation).addr());
        if let Some(cached) = self.plans.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(&cached.plan);
        }
        let plan = Arc::new(FilterPlan::new(&operation.response.fields, rights));
        let cached =
            CachedPlan { plan: Arc::clone(&plan), _rights: Arc::clone(rights), _operation: Arc::clone(operation) };
        let mut plans = self.plans.write().unwrap_or_else(PoisonError::into_inner);
        if plans.len() >= PLANS {
            plans.clear();
        }
        plans.insert(key, cached);
        plan
    }
}

/// Takes a call in, to be answered later.
async fn accept(
    checked: &Checked<'_>,
    incoming: &Incoming,
    parts: &Parts,
    reply: &Reply<'_>,
    trace: &mut Trace,
    now: OffsetDateTime,
) -> Result<Good, Box<Ended>> {
    telling::can_sign(checked.permitted().known.request.sign_result, parts)?;
    let id = trace.record.service_call_id;
    let accepted = deferral::accept(checked, incoming, parts, id, now).await?;
    trace.stage("accept");
    let octets = reply.accepted(id, Some(accepted.code.reveal()));
    Ok(Good { outcome: Outcome::Pending, said: octets.into(), notice: accepted.notice })
}

/// The consumer has the answer to an asynchronous call.
async fn acknowledge(
    opened: &Opened,
    incoming: &Incoming,
    parts: &Parts,
    reply: &Reply<'_>,
    trace: &mut Trace,
) -> Result<Good, Box<Ended>> {
    trace.record.step = Step::Acknowledge;
    let now = OffsetDateTime::now_utc();
    let caller = identity::identify(incoming, opened, parts, now, trace)?;
    deferral::acknowledge(&opened.asked, incoming.entry, &caller, parts, now).await?;
    trace.record.service_call_id = opened.asked.service_call_id.unwrap_or_default();
    trace.stage("fetch");
    Ok(Good { outcome: Outcome::Answered, said: reply.acknowledged().into(), notice: None })
}

pub(crate) fn outcome_of(outcome: kapia_adapter::Outcome) -> Outcome {
    match outcome {
        kapia_adapter::Outcome::Data => Outcome::Answered,
        kapia_adapter::Outcome::NoData => Outcome::NoData,
    }
}

async fn next_call_id(parts: &Parts) -> Result<i64, Box<Ended>> {
    parts.journal.next_call_id().await.map_err(|error| {
        tracing::error!(code = error.code(), "no call number could be reserved");
        let hint = Bilingual::new("try again later", "опитайте по-късно");
        let cause = "the call cannot be written down now".to_owned();
        let mut ended = Ended::new(Outcome::InternalError, Condition::Core(cause), "journal-unavailable", hint);
        ended.passing = true;
        ended
    })
}

fn answered(content_type: &'static str, good: Good) -> (Outgoing, Part) {
    let Good { said: Said { octets, part }, notice, .. } = good;
    let (code, hint) = match notice {
        Some(Notice { code, hint }) => (Some(code), Some(hint.en)),
        None => (None, None),
    };
    (Outgoing { status: 200, content_type, body: octets, code, hint, headers: Vec::new() }, part)
}

fn end(ended: Ended, reply: &Reply<'_>, service_call_id: i64) -> (Outgoing, Part) {
    let (status, octets, code, hint_en) = match &reply.typed {
        Some(typed) => {
            let (octets, code, hint) = typed::end(ended, reply, typed.addressed, service_call_id);
            (500, octets, code, hint)
        }
        None => {
            let Ended { condition, code, hint, places, .. } = ended;
            let hint_en = hint.en.clone();
            let (status, octets) = match condition.shape(reply.method, &code, hint, places) {
                Shape::Result { text, is_ready } => {
                    // RegiX gives the number of the call only when the register was asked (regix-contract §5.3).
                    let id = if is_ready { service_call_id } else { 0 };
                    (200, reply.error(&text, is_ready, id))
                }
                Shape::Fault(fault) => (500, fault.write(reply.version, reply.relates_to)),
            };
            (status, octets, code, hint_en)
        }
    };
    let Said { octets, part } = octets.into();
    let outgoing = Outgoing {
        status,
        content_type: reply.version.content_type(),
        body: octets,
        code: Some(code),
        hint: Some(hint_en).filter(|hint| !hint.is_empty()),
        headers: Vec::new(),
    };
    (outgoing, part)
}

fn refuse(not_a_call: &NotACall, typed: bool) -> Outgoing {
    let NotACall { status, version, message_id, fault, code } = not_a_call;
    let hint = fault.problem.as_ref().map(|problem| problem.hint.en.clone());
    let octets = match (typed, message_id.as_deref()) {
        (false, message_id) => fault.write(*version, message_id),
        (true, None) => TypedFault::default().write(fault, *version, Addressed::No),
        (true, message_id) => TypedFault::default().write(fault, *version, Addressed::Yes(message_id)),
    };
    Outgoing {
        status: *status,
        content_type: version.content_type(),
        body: octets.into(),
        code: Some(Cow::Borrowed(code)),
        hint,
        headers: Vec::new(),
    }
}

fn not_journaled(reply: &Reply<'_>) -> Outgoing {
    let problem = Problem {
        code: "journal-unavailable".into(),
        message: Bilingual::new(
            "the call could not be written down, so it was not answered",
            "заявката не можа да бъде записана в дневника и затова не получи отговор",
        ),
        hint: Bilingual::new("try again later", "опитайте по-късно"),
        places: Vec::new(),
    };
    let fault = Fault { code: FaultCode::Service, reason: problem.message.en.clone(), problem: Some(problem) };
    Outgoing {
        status: 500,
        content_type: reply.version.content_type(),
        body: typed::not_journaled(fault, reply).into(),
        code: Some("journal-unavailable".into()),
        hint: Some("try again later".into()),
        headers: Vec::new(),
    }
}
