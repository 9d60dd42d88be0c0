//! An operation that a core asks for: check, ask, check, filter, sign, write down, answer.

use super::answer::{Failed, Heard, Said};
use super::rights::{returned, rights};
use crate::ended::Ended;
use crate::filter::FilterPlan;
use crate::paper::Paper;
use crate::settings::Validation;
use crate::signing::{NotSigned, Signing};
use crate::trace::without_numbers;
use kapia_adapter::{Answer, CallFacts, Operation, Question, Sensitive, Served};
use kapia_journal::{Consumer, EntryPoint, Outcome, Part, Record, Sha256};
use kapia_regix::Personal;
use kapia_regix::host::{Binding, CallParameters, Execution, Function};
use kapia_schema::{Options, SchemaSet};
use kapia_soap::{FaultCode, Version};
use kapia_xml::{Document, Element, QName};
use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use time::OffsetDateTime;

/// An operation that ended without an answer.
#[derive(Debug)]
struct Refused {
    outcome: Outcome,
    failed: Failed,
}

/// An answer that is written.
struct Good {
    octets: Vec<u8>,
    outcome: Outcome,
    hidden: u64,
    signed: Option<Sha256>,
}

/// Executes an operation, writes it down, and answers.
pub(super) async fn execute(heard: &Heard<'_>, execution: &Execution, document: Option<&Document>) -> Said {
    let began = Instant::now();
    let id = execution.parameters.service_call_id;
    let method = execution.method();
    let served = heard.adapter.operations.get(method);
    let done = match served {
        Some(served) => run(heard, execution, served, document).await,
        None => Err(unknown_operation(method)),
    };
    let mut record = record_of(heard, execution, served);
    let said = match done {
        Ok(good) => {
            record.outcome = good.outcome;
            record.hidden_fields = good.hidden;
            record.signed = good.signed.is_some();
            record.signed_digest = good.signed;
            heard.said(good.octets)
        }
        Err(refused) => {
            record.outcome = refused.outcome;
            record.error_code = Some(Cow::Borrowed(refused.failed.code));
            match heard.binding {
                Binding::Http => heard.result_error(Function::Execute, heard.told(&refused.failed.text), id),
                // Over SOAP the base class lets its exception through.
                Binding::Wcf(_) => heard.fault(FaultCode::Service, &refused.failed),
            }
        }
    };
    let (outcome, code) = (record.outcome.as_str(), record.error_code.clone().unwrap_or_default());
    heard.hosting.count(&heard.adapter.class, outcome);
    tracing::info!(
        service_call_id = id,
        operation = served.map_or("unknown", |served| served.operation.name.as_str()),
        outcome,
        code = &*code,
        milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "executed"
    );
    let Some(journal) = &heard.state.parts.journal else { return said };
    record.answer = Part::of(&said.body);
    record.stage("execute", began.elapsed());
    match journal.append(record).await {
        Ok(_) => said,
        Err(error) => {
            tracing::error!(code = error.code(), "a call could not be written down, so it is not answered");
            heard.result_error(Function::Execute, "the call could not be written down; try again later", id)
        }
    }
}

async fn run(
    heard: &Heard<'_>,
    execution: &Execution,
    served: &Served,
    document: Option<&Document>,
) -> Result<Good, Refused> {
    let operation = &served.operation;
    let settings = &heard.state.parts.settings;
    let argument = check_argument(heard, execution, operation, document)?;
    let parameters = &execution.parameters;
    let signing = if parameters.sign_result { Some(signing(heard, parameters.service_call_id)?) } else { None };
    let plan = plan(heard, execution, operation, document);
    let now = OffsetDateTime::now_utc();
    let answer = ask(heard, served, argument, parameters).await?;
    check_answer(heard, operation, &answer)?;
    let outcome = crate::gateway::outcome_of(answer.outcome());
    if !execution.processing.transform_to_pdf {
        let written = write(heard, execution, operation, (argument, answer.document()), &plan, signing)?;
        return Ok(Good { outcome, ..written });
    }
    let document = document.ok_or_else(|| no_argument(operation))?;
    let (administration, register) = Paper::kept_by(served);
    let paper = Paper {
        operation: Arc::clone(operation),
        administration,
        register,
        request: (document.clone(), argument.id()),
        answer: (answer.document().clone(), answer.document().root().id()),
        plan,
        executed: now,
        service_call_id: parameters.service_call_id,
        consumer: parameters.consumer_name.clone().unwrap_or_default(),
        legal_reason: parameters.context.get("LawReason").map(str::to_owned),
        limits: settings.limits.clone(),
    };
    let (file, hidden) = paper.print().await.map_err(|ended| of_ended(&ended))?;
    let everything = FilterPlan::everything();
    let written = write(heard, execution, operation, (argument, &file), &everything, signing)?;
    Ok(Good { outcome, hidden, ..written })
}

/// A document of the operation, valid unless the setting only reports what is not.
fn check_argument<'d>(
    heard: &Heard<'_>,
    execution: &Execution,
    operation: &Operation,
    document: Option<&'d Document>,
) -> Result<Element<'d>, Refused> {
    let processing = execution.processing;
    for (asked, what) in [
        (processing.verify, "RequestProcessing Verify"),
        (processing.decrypt, "RequestProcessing Decrypt"),
        (processing.transform_from_pdf, "RequestProcessing TransformFromPDF"),
        (processing.encrypt, "ResponseProcessing Encrypt"),
    ] {
        if asked {
            let (en, bg) = (format!("{what} is not offered by this host"), format!("този хост не предлага {what}"));
            return Err(refuse(Outcome::Fault, "not-offered", en, bg));
        }
    }
    let place = document.zip(execution.argument).map(|(document, argument)| document.element(argument));
    let argument = place.ok_or_else(|| no_argument(operation))?;
    let expected: &QName = &operation.request.root;
    if argument.name() != expected.as_name() {
        let found = argument.name();
        return Err(refuse(
            Outcome::InvalidArgument,
            "argument-root",
            format!("the argument of the operation is {expected}, but {found} was sent"),
            format!("аргументът на операцията е {expected}, а е изпратен {found}"),
        ));
    }
    match first_violation(heard, &operation.request.schema, argument) {
        None => Ok(argument),
        Some(violation) => Err(refuse(
            Outcome::InvalidArgument,
            "argument-invalid",
            format!("the argument does not match the schema of the operation: {violation}"),
            format!("аргументът не отговаря на схемата на операцията: {violation}"),
        )),
    }
}

async fn ask(
    heard: &Heard<'_>,
    served: &Served,
    argument: Element<'_>,
    parameters: &CallParameters,
) -> Result<Answer, Refused> {
    let patience = heard.hosting.tuning.timeout();
    let facts = facts(parameters, Instant::now() + patience);
    let question = Question { operation: &served.operation, argument, call: &facts };
    match tokio::time::timeout(patience, served.adapter().ask(question)).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(refuse(
            Outcome::AdapterError,
            error.code,
            format!("{}; hint: {}", error.message.en, error.hint.en),
            format!("{}; съвет: {}", error.message.bg, error.hint.bg),
        )),
        Err(_) => Err(refuse(
            Outcome::AdapterError,
            "register-timeout",
            "the register did not answer in time",
            "регистърът не отговори навреме",
        )),
    }
}

fn check_answer(heard: &Heard<'_>, operation: &Operation, answer: &Answer) -> Result<(), Refused> {
    match first_violation(heard, &operation.response.schema, answer.document().root()) {
        None => Ok(()),
        Some(violation) => {
            tracing::warn!(operation = operation.name.as_str(), violation, "an answer of a register was withheld");
            Err(refuse(
                Outcome::InvalidAnswer,
                "answer-invalid",
                "the answer of the register does not match its schema and was withheld",
                "отговорът на регистъра не отговаря на схемата си и е задържан",
            ))
        }
    }
}

/// The first rule that a document breaks, with its place and never with a value; `None` too if violations only count.
fn first_violation(heard: &Heard<'_>, schema: &SchemaSet, element: Element<'_>) -> Option<String> {
    if heard.hosting.tuning.validation() == Validation::Report {
        return None;
    }
    let report = schema.validate(element, &Options::first());
    report.violations.first().map(|first| format!("{} at {}, line {}", first.code, first.path, first.line))
}

/// The filter of the matrix that was handed over; equal matrices share it.
fn plan(
    heard: &Heard<'_>,
    execution: &Execution,
    operation: &Operation,
    document: Option<&Document>,
) -> Arc<FilterPlan> {
    let written = execution.access_at.zip(document).map(|(at, document)| {
        let span = document.element(at).span();
        document.source().as_bytes().get(span).unwrap_or_default()
    });
    let digest = Sha256::of(written.unwrap_or_default());
    let key = (operation.name.as_str().to_owned(), digest.0);
    heard.hosting.plan(key, || {
        let fields = &operation.response.fields;
        FilterPlan::new(fields, &rights(fields, &execution.access))
    })
}

/// Hides, writes and signs in one pass over the answer.
fn write(
    heard: &Heard<'_>,
    execution: &Execution,
    operation: &Operation,
    (argument, answer): (Element<'_>, &Document),
    plan: &FilterPlan,
    signing: Option<Signing<'_>>,
) -> Result<Good, Refused> {
    let id = execution.parameters.service_call_id;
    let matrix = execution.parameters.return_access_matrix.then(|| returned(operation, &execution.access));
    let content = kapia_regix::Answer {
        service_call_id: id,
        request: argument,
        response: answer.root(),
        matrix: matrix.as_ref(),
        legacy_scope: signing.as_ref().is_some_and(Signing::legacy),
    };
    let mut filtered = plan.start();
    let mut digest = None;
    let sign = |data: &[u8], prefixes: &[&str]| {
        let Some(signing) = &signing else { return Ok(None) };
        digest = Some(Sha256::of(data));
        signing.sign(data.into(), prefixes).map(Some).map_err(not_signed)
    };
    let relates_to = heard.relates_to.as_deref();
    let written = heard.binding.result(Function::Execute, &content, relates_to, &mut filtered, sign)?;
    Ok(Good { octets: written.octets, outcome: Outcome::Answered, hidden: filtered.hidden(), signed: digest })
}

fn signing<'h>(heard: &'h Heard<'_>, service_call_id: i64) -> Result<Signing<'h>, Refused> {
    let signer = heard.state.parts.signer.as_deref().ok_or_else(|| {
        refuse(
            Outcome::InternalError,
            "no-signer",
            "this host has no key to sign results with",
            "този хост няма ключ, с който да подписва резултати",
        )
    })?;
    Ok(Signing::new(signer, kapia_regix::SIGNED_DATA, service_call_id))
}

fn facts(parameters: &CallParameters, deadline: Instant) -> CallFacts {
    let sensitive = |personal: &Option<Personal>| personal.as_ref().map(|text| Sensitive::new(text.reveal()));
    let context = parameters.context.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    CallFacts {
        service_call_id: u64::try_from(parameters.service_call_id).unwrap_or_default(),
        consumer_name: parameters.consumer_name.clone().unwrap_or_default(),
        consumer_oid: parameters.consumer_oid.clone(),
        certificate_thumbprint: parameters.certificate_thumbprint.clone(),
        client_address: parameters.client_address.as_deref().and_then(address),
        context: context.collect(),
        employee_egn: sensitive(&parameters.employee_egn),
        citizen_egn: sensitive(&parameters.citizen_egn),
        eid_token: sensitive(&parameters.eid_token),
        deadline: Some(deadline),
    }
}

/// The address in what a core tells of a client: an address, one with a port, or a forwarded chain, which is none.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

fn record_of(heard: &Heard<'_>, execution: &Execution, served: Option<&Served>) -> Record {
    let soap = match heard.binding {
        Binding::Http => "none",
        Binding::Wcf(Version::V11) => "1.1",
        Binding::Wcf(Version::V12) => "1.2",
    };
    let entry = EntryPoint { version: Cow::Borrowed("host"), soap: Cow::Borrowed(soap) };
    let mut record = Record::new(heard.incoming.received, entry);
    let parameters = &execution.parameters;
    record.service_call_id = parameters.service_call_id;
    record.operation = served.map(|served| served.operation.name.as_str().to_owned()).unwrap_or_default();
    record.client_address = heard.incoming.client_address.clone();
    record.request = Part::of(&heard.incoming.body);
    record.consumer = parameters.consumer_name.clone().map(|name| Consumer {
        // The consumers of a core have numbers that we do not know.
        id: 0,
        name,
        oid: parameters.consumer_oid.clone(),
    });
    record.context = crate::trace::context_of(&parameters.context);
    record
}

fn unknown_operation(method: &str) -> Refused {
    let method = without_numbers(method);
    refuse(
        Outcome::Fault,
        "operation-unknown",
        format!("Operation with name:'{method}' could not be found!"),
        format!("този адаптер няма операция „{method}“"),
    )
}

fn not_signed(_: NotSigned) -> Refused {
    refuse(Outcome::InternalError, "not-signed", "the result could not be signed", "резултатът не може да се подпише")
}

fn no_argument(operation: &Operation) -> Refused {
    let root = &operation.request.root;
    refuse(
        Outcome::Fault,
        "argument-missing",
        format!("Argument is missing: put the document {root} into it"),
        format!("липсва Argument: поставете в него документа {root}"),
    )
}

fn refuse(outcome: Outcome, code: &'static str, en: impl Into<String>, bg: impl Into<String>) -> Refused {
    Refused { outcome, failed: Failed::new(code, en, bg) }
}

fn of_ended(ended: &Ended) -> Refused {
    let text = ended.condition.text();
    refuse(ended.outcome, "not-printed", text.clone(), text)
}
