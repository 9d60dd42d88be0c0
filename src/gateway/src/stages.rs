//! The stages of a call after it has been opened. Each takes what the stage before it proves.

use crate::ended::Ended;
use crate::gateway::Parts;
use crate::opened::Opened;
use crate::settings::{Settings, Validation};
use crate::trace::{Trace, without_numbers};
use kapia_adapter::{AdapterError, CallFacts, Fault, Operation, Question, Room, Sensitive, Served, Told, Unserved};
use kapia_journal::Outcome;
use kapia_language::Language;
use kapia_registry::{Caller, ConsumerId, Credential, Denial, OperationName, Permit};
use kapia_regix::{Condition, EntryPoint, Method, ServiceRequest};
use kapia_schema::{Options, Report, SchemaSet};
use kapia_soap::{Bilingual, Place};
use kapia_xml::{Element, QName, ValuePrefixes, Window};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// A call whose operation is served here.
pub(crate) struct Known<'c> {
    pub opened: Opened,
    pub request: ServiceRequest,
    pub served: &'c Served,
}

impl Known<'_> {
    /// Whether the consumer asks for an answer later, or the operation has no other (regix-contract §3.3, §10 item 1).
    pub fn is_answered_later(&self, entry: EntryPoint) -> bool {
        let asked = match entry {
            EntryPoint::V0 | EntryPoint::V1 => self.opened.method == Method::Execute,
            EntryPoint::V2 => self.request.processing.asynchronous,
        };
        asked || self.served.operation.asynchronous
    }
}

/// A call that the access decision has allowed. Only [`permit`] makes it.
pub(crate) struct Permitted<'c> {
    pub known: Known<'c>,
    permit: Permit,
}

impl Permitted<'_> {
    pub fn permit(&self) -> &Permit {
        &self.permit
    }
}

/// A permitted call with a valid argument. Only [`check_argument`] makes it.
pub(crate) struct Checked<'c> {
    permitted: Permitted<'c>,
    argument: kapia_xml::ElementId,
}

impl<'c> Checked<'c> {
    pub fn permitted(&self) -> &Permitted<'c> {
        &self.permitted
    }

    pub fn argument(&self) -> Element<'_> {
        self.permitted.known.opened.document.element(self.argument)
    }
}

/// Finds the operation. Names are public, so this comes before the access decision, as in regix-contract §5.2.
pub(crate) fn find<'c>(opened: Opened, parts: &'c Parts) -> Result<Known<'c>, Box<Ended>> {
    let request = opened.request.clone().map_err(|error| {
        let hint = Bilingual::new(
            "compare the request with the WSDL of the entry point",
            "сравнете заявката с WSDL на входната точка",
        );
        Ended::new(Outcome::Fault, Condition::Unreadable(error.to_string()), "request-unreadable", hint)
    })?;
    let name = request.operation.as_deref().unwrap_or_default();
    let served = parts.catalogue.find(name).map_err(|unserved| not_served(name, &unserved))?;
    Ok(Known { opened, request, served })
}

fn not_served(name: &str, unserved: &Unserved<'_>) -> Box<Ended> {
    let hint = unserved.hint();
    let hint = Bilingual::new(hint.en, hint.bg);
    let (condition, code) = match unserved {
        Unserved::NotAName(_) => (Condition::OperationInvalid, "operation-not-a-name"),
        Unserved::UnknownContract(_) => (Condition::OperationInvalid, "contract-unknown"),
        Unserved::UnknownOperation(_) | Unserved::Refused(_) => {
            let operation = name.rsplit('.').next().unwrap_or_default();
            (Condition::OperationUnknown(without_numbers(operation)), "operation-unknown")
        }
    };
    Ended::new(Outcome::Fault, condition, code, hint)
}

/// Who was calling when a call was accepted? The same consumer, if its certificate still is one of its own.
pub(crate) fn identify_accepted(
    consumer: i64,
    certificate: [u8; 32],
    parts: &Parts,
    now: OffsetDateTime,
) -> Result<Caller, Box<Ended>> {
    let credential = Credential::Accepted {
        consumer: ConsumerId::new(consumer),
        certificate: kapia_registry::Sha256Thumbprint(certificate),
    };
    parts.registry.identify(Some(&credential), now).map_err(|denial| denied(&denial))
}

/// May they? Makes the one thing that lets a call go on.
pub(crate) fn permit<'c>(
    known: Known<'c>,
    caller: &Caller,
    parts: &Parts,
    now: OffsetDateTime,
) -> Result<Permitted<'c>, Box<Ended>> {
    let permit = decide(known.served.operation.name.as_str(), caller, parts, now)?;
    Ok(Permitted { known, permit })
}

/// The access decision alone.
pub(crate) fn decide(
    operation: &str,
    caller: &Caller,
    parts: &Parts,
    now: OffsetDateTime,
) -> Result<Permit, Box<Ended>> {
    let operation: OperationName = operation.parse().map_err(|_| {
        let hint = Bilingual::new("rename the operation in its package", "преименувайте операцията в пакета ѝ");
        Ended::new(Outcome::InternalError, Condition::OperationInvalid, "operation-not-a-name", hint)
    })?;
    parts.registry.permit(caller, &operation, now).map_err(|denial| denied(&denial))
}

pub(crate) fn denied(denial: &Denial) -> Box<Ended> {
    use Language::{Bulgarian, English};
    use kapia_registry::Condition as Refused;
    let condition = match denial.condition() {
        Refused::CertificateNotFound => Condition::CertificateNotFound,
        Refused::CertificateNotActive => Condition::CertificateNotActive,
        Refused::NoAccess => Condition::NoAccess,
        Refused::ServiceDisabled => Condition::ServiceDisabled,
    };
    let tell = |language| format!("{}; {}", denial.message(language), denial.hint(language));
    Ended::new(Outcome::Denied, condition, denial.code(), Bilingual::new(tell(English), tell(Bulgarian)))
}

/// Is the argument valid? A wrong root is refused always, other violations unless the setting only reports them.
pub(crate) fn check_argument<'c>(
    permitted: Permitted<'c>,
    settings: &Settings,
    trace: &mut Trace,
) -> Result<Checked<'c>, Box<Ended>> {
    let Known { opened, request, served } = &permitted.known;
    let processing = request.processing;
    for (asked, what) in [
        (processing.verify, "RequestProcessing Verify"),
        (processing.decrypt, "RequestProcessing Decrypt"),
        (processing.transform_from_pdf, "RequestProcessing TransformFromPDF"),
        (processing.encrypt, "ResponseProcessing Encrypt"),
    ] {
        if asked {
            return Err(not_offered(what));
        }
    }
    let Some(argument) = request.argument.map(|argument| opened.document.element(argument)) else {
        let root = &served.operation.request.root;
        let hint = Bilingual::new(
            format!("put the document {root} into Argument"),
            format!("поставете документа {root} в Argument"),
        );
        return Err(Ended::new(Outcome::Fault, Condition::ArgumentMissing, "argument-missing", hint));
    };
    let operation = &served.operation;
    check_root(argument, &operation.request.root)?;
    let report = validate(&operation.request.schema, argument, settings);
    trace.validated(true, settings.validation, &report);
    if !report.is_valid() && settings.validation == Validation::Strict {
        let places: Vec<Place> = report.violations.iter().map(place).collect();
        let hint = first_hint(&report);
        let mut ended = Ended::new(Outcome::InvalidArgument, Condition::ArgumentInvalid, "argument-invalid", hint);
        ended.places = places;
        return Err(ended);
    }
    let argument = argument.id();
    Ok(Checked { permitted, argument })
}

pub(crate) fn not_offered(what: &'static str) -> Box<Ended> {
    let hint = Bilingual::new("send the call without it", "изпратете заявката без това");
    Ended::new(Outcome::Fault, Condition::NotOffered(what), "not-offered", hint)
}

fn check_root(argument: Element<'_>, expected: &QName) -> Result<(), Box<Ended>> {
    if argument.name() == expected.as_name() {
        return Ok(());
    }
    let hint = Bilingual::new(
        format!("send the element {} in the namespace {:?}", expected.local, expected.namespace),
        format!("изпратете елемента {} в пространството {:?}", expected.local, expected.namespace),
    );
    let condition = Condition::ArgumentRoot { expected: expected.to_string(), found: argument.name().to_string() };
    Err(Ended::new(Outcome::InvalidArgument, condition, "argument-root", hint))
}

fn validate(schema: &SchemaSet, element: Element<'_>, settings: &Settings) -> Report {
    let options = Options { max_violations: settings.told_violations };
    schema.validate(element, &options)
}

fn place(violation: &kapia_schema::Violation) -> Place {
    use Language::{Bulgarian, English};
    Place {
        line: violation.line,
        column: violation.column,
        path: violation.path.clone(),
        rule: violation.code.into(),
        expected: violation.expected.clone(),
        message: Bilingual::new(violation.message(English), violation.message(Bulgarian)),
        hint: Bilingual::new(violation.hint(English), violation.hint(Bulgarian)),
    }
}

fn first_hint(report: &Report) -> Bilingual {
    report
        .violations
        .first()
        .map(|violation| Bilingual::new(violation.hint(Language::English), violation.hint(Language::Bulgarian)))
        .unwrap_or_default()
}

/// Asks the register, for no longer than `patience`; with room it may answer at length.
pub(crate) async fn ask(
    checked: &Checked<'_>,
    service_call_id: i64,
    incoming: &crate::Incoming,
    settings: &Settings,
    patience: Duration,
    room: Option<&Room>,
) -> Result<Told, Box<Ended>> {
    let Permitted { known, permit } = checked.permitted();
    let facts = call_facts(known, permit, service_call_id, incoming, patience);
    let question = Question { operation: &known.served.operation, argument: checked.argument(), call: &facts };
    let adapter = known.served.adapter();
    let asked = async {
        match room {
            Some(room) => adapter.ask_at_length(question, room).await,
            None => adapter.ask(question).await.map(Told::Answer),
        }
    };
    match tokio::time::timeout(patience, asked).await {
        Ok(Ok(told)) => Ok(told),
        Ok(Err(error)) => Err(register_failed(&error, settings)),
        Err(_) => {
            let seconds = patience.as_secs();
            let text = settings.language.of("the register did not answer in time", "регистърът не отговори навреме");
            let hint = Bilingual::new(
                format!("try again later; the gateway waits {seconds} seconds"),
                format!("опитайте по-късно; шлюзът чака {seconds} секунди"),
            );
            let condition = Condition::Register(text.into());
            let mut ended = Ended::new(Outcome::AdapterError, condition, "register-timeout", hint);
            ended.told = Some(Bilingual::new("the register did not answer in time", "регистърът не отговори навреме"));
            ended.passing = true;
            Err(ended)
        }
    }
}

pub(crate) fn register_failed(error: &AdapterError, settings: &Settings) -> Box<Ended> {
    let text = settings.language.of(&error.message.en, &error.message.bg);
    let hint = Bilingual::new(&*error.hint.en, &*error.hint.bg);
    let text = format!("{text}; hint: {}", settings.language.of(&hint.en, &hint.bg));
    let (outcome, condition) = match error.side {
        Fault::Gateway => (Outcome::InternalError, Condition::Core(text)),
        Fault::Register | Fault::Client => (Outcome::AdapterError, Condition::Register(text)),
    };
    let mut ended = Ended::new(outcome, condition, error.code, hint);
    ended.told = Some(Bilingual::new(&*error.message.en, &*error.message.bg));
    ended.passing = error.retryable;
    ended
}

fn call_facts(
    known: &Known<'_>,
    permit: &Permit,
    service_call_id: i64,
    incoming: &crate::Incoming,
    patience: Duration,
) -> CallFacts {
    let request = &known.request;
    let sensitive = |text: Option<&str>| text.map(Sensitive::new);
    CallFacts {
        service_call_id: u64::try_from(service_call_id).unwrap_or_default(),
        consumer_name: permit.consumer_name().as_str().to_owned(),
        consumer_oid: permit.oid().map(|oid| oid.as_str().to_owned()),
        certificate_thumbprint: Some(permit.thumbprints().sha1.to_string()),
        client_address: incoming.peer,
        context: request.context.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        employee_egn: sensitive(request.employee_egn.as_ref().map(|egn| egn.reveal())),
        citizen_egn: sensitive(request.citizen_egn.as_ref().map(|egn| egn.reveal())),
        eid_token: sensitive(request.eid_token.as_deref()),
        deadline: Some(Instant::now() + patience),
    }
}

/// Is the answer valid? In strict mode an answer that breaks its schema never reaches the consumer. Of a long answer the
/// prefixes come back that its values rely on, so that it need not be read once more for them.
pub(crate) fn check_answer(
    operation: &Operation,
    told: &Told,
    settings: &Settings,
    trace: &mut Trace,
) -> Result<ValuePrefixes, Box<Ended>> {
    let mut prefixes = ValuePrefixes::default();
    let report = match told {
        Told::Answer(answer) => validate(&operation.response.schema, answer.document().root(), settings),
        Told::Long(long) => {
            let options = Options { max_violations: settings.told_violations };
            let seen = |window: &Window| prefixes.note(window.root());
            let report = operation.response.schema.validate_windows(|| long.windows(), &options, seen);
            report.map_err(|error| register_failed(&kapia_adapter::unreadable(&error), settings))?
        }
    };
    trace.validated(false, settings.validation, &report);
    if report.is_valid() || settings.validation == Validation::Report {
        return Ok(prefixes);
    }
    let told = Bilingual::new(
        "the answer of the register does not match its schema and was withheld",
        "отговорът на регистъра не отговаря на схемата си и е задържан",
    );
    let text = settings.language.of(&told.en, &told.bg);
    let hint = Bilingual::new(
        "tell the administration that keeps the register; the journal of the gateway says what is wrong",
        "уведомете администрацията, която води регистъра; дневникът на шлюза казва какво не е наред",
    );
    let text = format!("{text}; hint: {}", settings.language.of(&hint.en, &hint.bg));
    let mut ended = Ended::new(Outcome::InvalidAnswer, Condition::Register(text), "answer-invalid", hint);
    ended.told = Some(told);
    Err(ended)
}
