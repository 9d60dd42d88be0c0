use crate::ended::Ended;
use crate::filter::FilterPlan;
use crate::matrix;
use crate::message::{Incoming, Outgoing};
use crate::metrics::Metrics;
use crate::opened::{NotACall, Opened, open};
use crate::paper::Paper;
use crate::settings::Settings;
use crate::stages::{self, Checked};
use crate::trace::Trace;
use arc_swap::ArcSwap;
use bytes::Bytes;
use kapia_adapter::{Catalogue, Operation};
use kapia_journal::{Journal, Outcome, Part, Sha256};
use kapia_registry::{FieldRights, Registry};
use kapia_regix::{Answer, Condition, EntryPoint, Method, Reply, Shape, Written};
use kapia_signature::{Profile, Request, Signer};
use kapia_soap::{Bilingual, Fault, FaultCode, Problem, XSD};
use kapia_xml::{Document, XSI_NAMESPACE};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;
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
    pub signer: Option<Signer>,
    /// How it behaves.
    pub settings: Settings,
}

/// The gateway: one message in, one reply out.
pub struct Gateway {
    parts: ArcSwap<Parts>,
    plans: RwLock<HashMap<(usize, usize), CachedPlan>>,
    metrics: Arc<Metrics>,
}

/// A filter plan with what it was made of; holding both keeps their addresses, which are the key, from being reused.
struct CachedPlan {
    plan: Arc<FilterPlan>,
    _rights: Arc<FieldRights>,
    _operation: Arc<Operation>,
}

/// More plans than this mean that rights change all the time: the cache starts anew.
const PLANS: usize = 10_000;

impl Gateway {
    /// A gateway of these parts.
    pub fn new(parts: Parts) -> Gateway {
        Gateway { parts: ArcSwap::from_pointee(parts), plans: RwLock::default(), metrics: Arc::default() }
    }

    /// The parts that serve now.
    pub fn parts(&self) -> Arc<Parts> {
        self.parts.load_full()
    }

    /// Replaces the parts; calls that are under way end with the old ones.
    pub fn replace(&self, parts: Parts) {
        self.parts.store(Arc::new(parts));
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
                return refuse(&not_a_call);
            }
        };
        let (method, version, message_id) = (opened.method, opened.version, opened.message_id.clone());
        let mut trace = Trace::begin(&incoming, version, request, Arc::clone(&self.metrics));
        if let Ok(request) = &opened.request {
            trace.request(request, message_id.as_deref());
        }
        trace.stage("open");
        let reply = Reply { entry: incoming.entry, method, version, relates_to: message_id.as_deref() };
        let outgoing = match self.run(opened, &incoming, &parts, &reply, &mut trace).await {
            Ok((outcome, written)) => {
                trace.record.outcome = outcome;
                answered(version.content_type(), written.octets)
            }
            Err(ended) => {
                trace.record.outcome = ended.outcome;
                trace.record.error_code = Some(Cow::Borrowed(ended.code));
                end(*ended, &reply, trace.record.service_call_id)
            }
        };
        let validation = trace.record.answer.validation.take();
        trace.record.answer = Part { validation, ..Part::of(&outgoing.body) };
        self.metrics.call(incoming.entry, trace.record.outcome);
        let journaling = Instant::now();
        let journaled = parts.journal.append(trace.record).await;
        self.metrics.stage("journal", journaling.elapsed());
        match journaled {
            Ok(_) => outgoing,
            Err(error) => {
                tracing::error!(code = error.code(), "a call could not be written down, so it is not answered");
                not_journaled(&reply)
            }
        }
    }

    async fn run(
        &self,
        opened: Opened,
        incoming: &Incoming,
        parts: &Parts,
        reply: &Reply<'_>,
        trace: &mut Trace,
    ) -> Result<(Outcome, Written), Box<Ended>> {
        match (incoming.entry, opened.method) {
            (EntryPoint::V0 | EntryPoint::V1, Method::ExecuteSynchronous) | (EntryPoint::V2, Method::Execute) => {}
            (EntryPoint::V0 | EntryPoint::V1, Method::Execute) => {
                return Err(stages::not_offered("asynchronous processing"));
            }
            (_, Method::ExecuteCallback) => return Err(stages::not_offered("ExecuteCallback")),
            (EntryPoint::V0 | EntryPoint::V1, _) => return Err(no_such_call(Condition::OperationInvalid)),
            (EntryPoint::V2, _) => return Err(no_such_call(Condition::CallUnknown)),
        }
        let now = OffsetDateTime::now_utc();
        let known = stages::find(opened, parts)?;
        let caller = stages::identify(incoming.certificate.as_deref(), parts, now)?;
        trace.caller(&caller);
        trace.stage("identify");
        let permitted = stages::permit(known, &caller, parts, now)?;
        trace.record.service_call_id = next_call_id(parts).await?;
        trace.stage("permit");
        let checked = stages::check_argument(permitted, &parts.settings, trace)?;
        trace.stage("check-argument");
        let answer = stages::ask(&checked, trace.record.service_call_id, incoming, &parts.settings).await?;
        trace.stage("ask");
        let operation = &checked.permitted().known.served.operation;
        stages::check_answer(operation, answer.document(), &parts.settings, trace)?;
        trace.stage("check-answer");
        let plan = self.plan(operation, checked.permitted().permit().fields());
        let written = if checked.permitted().known.request.processing.transform_to_pdf {
            let paper = paper_of(&checked, &answer, plan, parts, now, trace.record.service_call_id);
            let (file, hidden) = paper.print().await?;
            trace.stage("print");
            let everything = FilterPlan::everything();
            let written = self.write(&checked, (&file, &everything), parts, reply, now, trace)?;
            trace.record.hidden_fields = hidden;
            written
        } else {
            self.write(&checked, (answer.document(), &plan), parts, reply, now, trace)?
        };
        self.metrics.hidden(trace.record.hidden_fields);
        trace.stage("write");
        let outcome = match answer.outcome() {
            kapia_adapter::Outcome::Data => Outcome::Answered,
            kapia_adapter::Outcome::NoData => Outcome::NoData,
        };
        Ok((outcome, written))
    }

    /// Hides, writes and signs in one pass over the answer: the octets that are hashed are the octets that are sent.
    fn write(
        &self,
        checked: &Checked<'_>,
        (answer, plan): (&Document, &FilterPlan),
        parts: &Parts,
        reply: &Reply<'_>,
        now: OffsetDateTime,
        trace: &mut Trace,
    ) -> Result<Written, Box<Ended>> {
        let permitted = checked.permitted();
        let operation = &permitted.known.served.operation;
        let request = &permitted.known.request;
        let signer = if request.sign_result { Some(parts.signer.as_ref().ok_or_else(no_signer)?) } else { None };
        let matrix = request.return_access_matrix.then(|| matrix::of(operation, permitted.permit().fields()));
        let legacy = signer.is_some_and(|signer| signer.profile() == Profile::Legacy);
        let content = Answer {
            service_call_id: trace.record.service_call_id,
            request: checked.argument(),
            response: answer.root(),
            matrix: matrix.as_ref(),
            legacy_scope: legacy,
        };
        let mut filtered = plan.start();
        let unique = trace.record.service_call_id.to_string();
        let mut signing = None;
        let written = reply.answer(&content, &mut filtered, |data, prefixes| {
            let Some(signer) = signer else { return Ok::<_, Box<Ended>>(None) };
            let began = Instant::now();
            let request = Request {
                digest_input: data,
                reference_id: "data",
                prefixes,
                scope: &[("", reply.entry.data()), ("xsd", XSD), ("xsi", XSI_NAMESPACE)],
                signing_time: now,
                unique: &unique,
            };
            let signature = signer.sign(&request).map_err(|error| {
                tracing::error!(%error, "an answer could not be signed");
                not_signed()
            })?;
            signing = Some((began.elapsed(), Sha256::of(data)));
            Ok(Some(signature))
        })?;
        if let Some((took, digest)) = signing {
            trace.note("sign", took);
            trace.record.signed = true;
            trace.record.signed_digest = Some(digest);
            self.metrics.signed();
        }
        trace.record.hidden_fields = filtered.hidden();
        Ok(written)
    }

    fn plan(&self, operation: &Arc<Operation>, rights: &Arc<FieldRights>) -> Arc<FilterPlan> {
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

fn paper_of(
    checked: &Checked<'_>,
    answer: &kapia_adapter::Answer,
    plan: Arc<FilterPlan>,
    parts: &Parts,
    now: OffsetDateTime,
    service_call_id: i64,
) -> Paper {
    let permitted = checked.permitted();
    let known = &permitted.known;
    let (administration, register) = Paper::kept_by(known.served);
    Paper {
        operation: Arc::clone(&known.served.operation),
        administration,
        register,
        request: (known.opened.document.clone(), checked.argument().id()),
        answer: answer.document().clone(),
        plan,
        executed: now,
        service_call_id,
        consumer: permitted.permit().consumer_name().as_str().to_owned(),
        legal_reason: known.request.context.get("LawReason").map(str::to_owned),
        limits: parts.settings.limits.clone(),
    }
}

async fn next_call_id(parts: &Parts) -> Result<i64, Box<Ended>> {
    parts.journal.next_call_id().await.map_err(|error| {
        tracing::error!(code = error.code(), "no call number could be reserved");
        let hint = Bilingual::new("try again later", "опитайте по-късно");
        let cause = "the call cannot be written down now".to_owned();
        Ended::new(Outcome::InternalError, Condition::Core(cause), "journal-unavailable", hint)
    })
}

fn no_such_call(condition: Condition) -> Box<Ended> {
    let hint = Bilingual::new(
        "use the ServiceCallID and the VerificationCode of an asynchronous call of this consumer",
        "използвайте ServiceCallID и VerificationCode на асинхронна заявка на този консуматор",
    );
    Ended::new(Outcome::Fault, condition, "call-unknown", hint)
}

fn no_signer() -> Box<Ended> {
    let hint = Bilingual::new(
        "ask with SignResult=false, or have the operator configure [signer]",
        "заявете със SignResult=false или операторът да настрои [signer]",
    );
    let cause = "this gateway has no key to sign answers with".to_owned();
    Ended::new(Outcome::InternalError, Condition::Core(cause), "no-signer", hint)
}

fn not_signed() -> Box<Ended> {
    let hint = Bilingual::new("tell the operator of the gateway", "уведомете оператора на шлюза");
    Ended::new(Outcome::InternalError, Condition::Core("the answer could not be signed".into()), "not-signed", hint)
}

fn answered(content_type: &'static str, octets: Vec<u8>) -> Outgoing {
    Outgoing { status: 200, content_type, body: Bytes::from(octets), code: None, hint: None }
}

fn end(ended: Ended, reply: &Reply<'_>, service_call_id: i64) -> Outgoing {
    let Ended { condition, code, hint, places, .. } = ended;
    let hint_en = hint.en.clone();
    let (status, octets) = match condition.shape(code, hint, places) {
        Shape::Result { text, is_ready } => {
            // RegiX gives the number of the call only when the register was asked (regix-contract §5.3).
            let id = if is_ready { service_call_id } else { 0 };
            (200, reply.error(&text, is_ready, id))
        }
        Shape::Fault(fault) => (500, fault.write(reply.version, reply.relates_to)),
    };
    Outgoing {
        status,
        content_type: reply.version.content_type(),
        body: Bytes::from(octets),
        code: Some(code),
        hint: Some(hint_en).filter(|hint| !hint.is_empty()),
    }
}

fn refuse(not_a_call: &NotACall) -> Outgoing {
    let NotACall { status, version, message_id, fault, code } = not_a_call;
    let hint = fault.problem.as_ref().map(|problem| problem.hint.en.clone());
    Outgoing {
        status: *status,
        content_type: version.content_type(),
        body: Bytes::from(fault.write(*version, message_id.as_deref())),
        code: Some(code),
        hint,
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
        body: Bytes::from(fault.write(reply.version, reply.relates_to)),
        code: Some("journal-unavailable"),
        hint: Some("try again later".into()),
    }
}
