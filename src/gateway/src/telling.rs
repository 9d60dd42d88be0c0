//! An answer is told: hidden, set as PDF if asked, written, signed.

use crate::deferral::Stored;
use crate::ended::Ended;
use crate::filter::FilterPlan;
use crate::gateway::{Gateway, Parts};
use crate::matrix;
use crate::paper::Paper;
use crate::signing::{NotSigned, Signing};
use crate::stages::Checked;
use crate::trace::Trace;
use kapia_adapter::Served;
use kapia_journal::{Outcome, Sha256};
use kapia_registry::{Caller, Permit};
use kapia_regix::{Answer, Condition, Reply};
use kapia_signature::Signer;
use kapia_soap::Bilingual;
use kapia_xml::{Document, Element};
use std::sync::Arc;
use std::time::Instant;
use time::OffsetDateTime;

/// What is told, and in which form.
pub(crate) struct Telling<'t> {
    pub served: &'t Served,
    pub request: Element<'t>,
    pub response: Element<'t>,
    pub sign: bool,
    pub matrix: bool,
    pub pdf: bool,
    pub legal_reason: Option<&'t str>,
    /// When the register was asked.
    pub executed: OffsetDateTime,
}

impl<'t> Telling<'t> {
    /// What the register has answered just now.
    pub fn of_call(checked: &'t Checked<'_>, answer: &'t kapia_adapter::Answer, now: OffsetDateTime) -> Telling<'t> {
        let known = &checked.permitted().known;
        Telling {
            served: known.served,
            request: checked.argument(),
            response: answer.document().root(),
            sign: known.request.sign_result,
            matrix: known.request.return_access_matrix,
            pdf: known.request.processing.transform_to_pdf,
            legal_reason: known.request.context.get("LawReason"),
            executed: now,
        }
    }
}

impl Gateway {
    /// Tells an answer to the holder of the permit; the octets may leave when they are written down.
    pub(crate) async fn tell(
        &self,
        telling: &Telling<'_>,
        permit: &Permit,
        parts: &Parts,
        reply: &Reply<'_>,
        trace: &mut Trace,
    ) -> Result<Vec<u8>, Box<Ended>> {
        let plan = self.plan(&telling.served.operation, permit.fields());
        let octets = if telling.pdf {
            let (file, hidden) = paper(telling, plan, permit, parts, trace.record.service_call_id).print().await?;
            trace.stage("print");
            let everything = FilterPlan::everything();
            let octets = self.write(telling, (file.root(), &everything), permit, parts, reply, trace)?;
            trace.record.hidden_fields = hidden;
            octets
        } else {
            self.write(telling, (telling.response, &plan), permit, parts, reply, trace)?
        };
        self.metrics.hidden(trace.record.hidden_fields);
        trace.stage("write");
        Ok(octets)
    }

    /// Tells an answer that has waited, by the rights of now.
    pub(crate) async fn tell_stored(
        &self,
        stored: &Stored,
        caller: &Caller,
        parts: &Parts,
        reply: &Reply<'_>,
        trace: &mut Trace,
    ) -> Result<Vec<u8>, Box<Ended>> {
        trace.record.operation = stored.operation.clone();
        let served = parts.catalogue.find(&stored.operation);
        if let Ok(served) = &served {
            crate::successor::note(served, trace);
        }
        let permit = crate::stages::decide(&stored.operation, caller, parts, OffsetDateTime::now_utc())?;
        trace.stage("permit");
        let told = stored.told()?;
        let served = served.map_err(|_| no_longer_served())?;
        let facts = &stored.facts;
        let telling = Telling {
            served,
            request: told.request,
            response: told.response,
            sign: facts.sign,
            matrix: facts.matrix,
            pdf: facts.pdf,
            legal_reason: facts.legal_reason.as_deref(),
            executed: stored.executed,
        };
        self.tell(&telling, &permit, parts, reply, trace).await
    }

    /// Hides, writes and signs in one pass over the answer: the octets that are hashed are the octets that are sent.
    fn write(
        &self,
        telling: &Telling<'_>,
        (response, plan): (Element<'_>, &FilterPlan),
        permit: &Permit,
        parts: &Parts,
        reply: &Reply<'_>,
        trace: &mut Trace,
    ) -> Result<Vec<u8>, Box<Ended>> {
        let id = trace.record.service_call_id;
        let signing = can_sign(telling.sign, parts)?.map(|signer| Signing::new(signer, reply.data(), id));
        let matrix = telling.matrix.then(|| matrix::of(&telling.served.operation, permit.fields()));
        let content = Answer {
            service_call_id: id,
            request: telling.request,
            response,
            matrix: matrix.as_ref(),
            legacy_scope: signing.as_ref().is_some_and(Signing::legacy),
        };
        let mut filtered = plan.start();
        let mut signed = None;
        let written = reply.answer(&content, &mut filtered, |data, prefixes| {
            let Some(signing) = &signing else { return Ok::<_, Box<Ended>>(None) };
            let began = Instant::now();
            let signature = signing.sign(data.into(), prefixes).map_err(not_signed)?;
            signed = Some((began.elapsed(), Sha256::of(data)));
            Ok(Some(signature))
        })?;
        if let Some((took, digest)) = signed {
            trace.signed(took, digest);
        }
        trace.record.hidden_fields = filtered.hidden();
        Ok(written.octets)
    }
}

/// What signs, if a signature is asked for.
pub(crate) fn can_sign(asked: bool, parts: &Parts) -> Result<Option<&Signer>, Box<Ended>> {
    match (asked, &parts.signer) {
        (false, _) => Ok(None),
        (true, Some(signer)) => Ok(Some(signer)),
        (true, None) => Err(no_signer()),
    }
}

fn paper(telling: &Telling<'_>, plan: Arc<FilterPlan>, permit: &Permit, parts: &Parts, service_call_id: i64) -> Paper {
    let (administration, register) = Paper::kept_by(telling.served);
    let owned = |element: Element<'_>| (Document::clone(element.document()), element.id());
    Paper {
        operation: Arc::clone(&telling.served.operation),
        administration,
        register,
        request: owned(telling.request),
        answer: owned(telling.response),
        plan,
        executed: telling.executed,
        service_call_id,
        consumer: permit.consumer_name().as_str().to_owned(),
        legal_reason: telling.legal_reason.map(str::to_owned),
        limits: parts.settings.limits.clone(),
    }
}

fn no_longer_served() -> Box<Ended> {
    let hint = Bilingual::new(
        "ask again when the operator serves the operation again; the answer waits",
        "питайте отново, когато операторът пусне операцията; отговорът чака",
    );
    let cause = "the operation is not served now".to_owned();
    Ended::new(Outcome::InternalError, Condition::Core(cause), "operation-not-served-now", hint)
}

fn no_signer() -> Box<Ended> {
    let hint = Bilingual::new(
        "ask with SignResult=false, or have the operator configure [signer]",
        "заявете със SignResult=false или операторът да настрои [signer]",
    );
    let cause = "this gateway has no key to sign answers with".to_owned();
    Ended::new(Outcome::InternalError, Condition::Core(cause), "no-signer", hint)
}

pub(crate) fn not_signed(_: NotSigned) -> Box<Ended> {
    let hint = Bilingual::new("tell the operator of the gateway", "уведомете оператора на шлюза");
    Ended::new(Outcome::InternalError, Condition::Core("the answer could not be signed".into()), "not-signed", hint)
}
