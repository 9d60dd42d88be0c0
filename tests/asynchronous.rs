//! Calls that are answered later: taken in, fetched, pushed, acknowledged (regix-contract §10, §16).
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_journal::{Filter, Outcome, Reader, Step};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use support::*;

static GATE: LazyLock<Gate> = LazyLock::new(|| with_archive(Gate::start));

const EXTRACT: &str = "Example.ArchiveAdapter.APIService.IArchiveAPI.GetExtract";
const SLOW_EXTRACT: &str = "Example.ArchiveAdapter.APIService.IArchiveAPI.GetSlowExtract";
const CONSUMER: &str = "demo";

// Accepting.

#[test]
fn an_asynchronous_call_gets_a_number_and_a_code_and_its_answer_later() {
    let (id, code) = accepted(&GATE, &Call::good().signed());
    assert!(code.starts_with(&format!("{id}.")), "{id}.{{base64 of 64 octets}}, not {code}");
    assert_eq!(code.len(), format!("{id}.").len() + 88);
    let read = fetch(&GATE, Ask::v2(id, &code));
    let result = read.result_of(Entry::V2, "CheckResult");
    assert_eq!((result.is_ready, result.has_error, result.call_id, result.code.as_deref()), (true, false, id, None));
    verifies_in_rust(&read, Entry::V2, &GATE.certs).unwrap();
    assert_eq!(written_name(&read, result.response.unwrap()), "ValidPersonResponse");
    assert_eq!(written_name(&read, result.request.unwrap()), "ValidPersonRequest");
}

#[test]
fn the_answer_is_the_one_that_a_waiting_consumer_gets() {
    let call = Call::to("PersonDataSearch", person_data(RALITSA));
    let (id, code) = accepted(&GATE, &call);
    let later = fetch(&GATE, Ask::v2(id, &code));
    let now = GATE.call(&call);
    let response = |read: &Read, result: ResultRead| read.written(result.response.unwrap()).to_owned();
    assert_eq!(response(&later, later.result_of(Entry::V2, "CheckResult")), response(&now, now.result(Entry::V2)));
}

#[test]
fn an_adapter_that_is_declared_asynchronous_answers_later_however_it_is_asked() {
    let read = GATE.call(&extract(EXTRACT));
    let result = read.result(Entry::V2);
    assert!(!result.is_ready && !result.has_error && result.data.is_none());
    let read = fetch(&GATE, Ask::v2(result.call_id, result.code.as_deref().unwrap()));
    assert!(read.http.text().contains("Пълният текст на протокола."));
    // V1 has no place for the code, so the certificate is the proof.
    let read = GATE.call(&Call { entry: Entry::V1, action: Entry::V1.action().into(), ..extract(EXTRACT) });
    let result = read.result(Entry::V1);
    assert!(!result.is_ready && !result.has_error);
    assert!(fetch(&GATE, Ask::v1(result.call_id)).http.text().contains("Пълният текст на протокола."));
}

#[test]
fn a_v1_execute_is_answered_with_its_number_and_no_error() {
    for soap in [Soap::V11, Soap::V12] {
        let reply = GATE.send(&v1_execute(&Call { soap, ..Call::of(Entry::V1, soap) }));
        let read = Read::new(reply, soap);
        let id = number(read.http.text(), "ServiceCallID");
        let expected = format!(
            "<ExecuteResponse xmlns=\"http://tempuri.org/\"><ExecuteResult><ServiceCallID>{id}</ServiceCallID><HasError>false</HasError><Error xsi:nil=\"true\"></Error></ExecuteResult></ExecuteResponse>"
        );
        assert!(id > 0 && read.http.text().contains(&expected), "{}", read.http.text());
        let read = fetch(&GATE, Ask { soap, ..Ask::v1(id) });
        let result = read.result_of(Entry::V1, "CheckResult");
        assert!(result.is_ready && result.response.is_some());
    }
}

#[test]
fn a_refused_v1_execute_has_the_error_in_its_own_shape() {
    let mut connection = GATE.tls(Some("stranger")).connect(GATE.port).unwrap();
    connection.send(&v1_execute(&Call::of(Entry::V1, Soap::V11))).unwrap();
    let text = connection.reply().unwrap().text().to_owned();
    let expected = "<ExecuteResult><ServiceCallID>0</ServiceCallID><HasError>true</HasError><Error>Access denied! ConsumerCertificate is not found.</Error></ExecuteResult>";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn an_argument_is_judged_before_the_call_is_accepted() {
    let read = execute(&GATE, &Call { argument: Some(valid_person("1")), ..Call::good() }, "");
    assert_eq!(read.fault().problem.unwrap().code, "argument-invalid");
}

// Fetching.

#[test]
fn a_call_without_an_answer_is_not_ready_and_shows_no_code() {
    let (id, code) = accepted(&GATE, &extract(SLOW_EXTRACT));
    let result = check(&GATE, Ask::v2(id, &code)).result_of(Entry::V2, "CheckResult");
    assert_eq!((result.is_ready, result.has_error, result.call_id, result.code), (false, false, id, None));
}

#[test]
fn a_wrong_code_is_told_with_the_text_of_regix_and_nothing_else() {
    let (id, code) = accepted(&GATE, &Call::good());
    fetch(&GATE, Ask::v2(id, &code));
    for wrong in ["", "1.AAAA", &code[..code.len() - 1]] {
        let read = check(&GATE, Ask::v2(id, wrong));
        let result = read.result_of(Entry::V2, "CheckResult");
        assert_eq!((result.error.as_deref(), result.is_ready), (Some("Wrong verification code"), false));
        assert!(result.data.is_none() && read.kapia_code() == Some("verification-code-wrong"));
    }
}

#[test]
fn an_unknown_number_is_the_fault_of_regix_in_each_generation() {
    for (ask, reason) in [
        (Ask::v2(987_654_321, "1.A"), "No such serviceCallID could be found!"),
        (Ask { id: None, ..Ask::v2(0, "1.A") }, "No such serviceCallID could be found!"),
        (
            Ask::v1(987_654_321),
            "Element request.Operation is invalid. Check for correct operation names here: http://regixaisweb.egov.bg/regixinfo/",
        ),
    ] {
        let fault = check(&GATE, ask).fault();
        assert_eq!((fault.reason.as_str(), fault.problem.unwrap().code.as_str()), (reason, "call-unknown"));
    }
}

#[test]
fn another_consumers_call_is_as_unknown_as_one_that_never_was() {
    let gate = with_archive(Gate::start);
    let stranger = gate.certs.join("stranger.pem");
    gate.kapia(&["consumer", "add", "Друг", "--certificate", stranger.to_str().unwrap()]);
    gate.kapia(&["grant", "add", "Друг", operation("ValidPersonSearch"), "--all-fields"]);
    let (id, code) = accepted(&gate, &Call::good());
    fetch(&gate, Ask::v2(id, &code));
    let other = |ask: Ask<'_>| {
        let mut connection = gate.tls(Some("stranger")).connect(gate.port).unwrap();
        connection.send(&ask.post()).unwrap();
        Read::new(connection.reply().unwrap(), Soap::V11).fault()
    };
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        // The stranger is somebody now, as soon as the gate has seen the change.
        let mut connection = gate.tls(Some("stranger")).connect(gate.port).unwrap();
        connection.send(&Call::good().post().octets()).unwrap();
        if !Read::new(connection.reply().unwrap(), Soap::V11).result(Entry::V2).has_error {
            break;
        }
        assert!(Instant::now() < until, "the new consumer is not seen");
    }
    // With the right code, without one, and by ownership alone.
    for ask in [Ask::v2(id, &code), Ask::v2(id, ""), Ask::v1(id)] {
        let (own, never) = (other(ask), other(Ask { id: Some(987_654_321), ..ask }));
        assert_eq!(own.reason, never.reason);
        assert_eq!(own.problem.unwrap().message, never.problem.unwrap().message);
    }
    assert_eq!(other(Ask::acknowledge(id, &code)).reason, "No such serviceCallID could be found!");
    assert!(check(&gate, Ask::v2(id, &code)).result_of(Entry::V2, "CheckResult").is_ready, "nothing was changed");
}

#[test]
fn rights_that_were_taken_back_since_take_their_fields_and_the_answer_with_them() {
    let gate = with_archive(Gate::start);
    let call = Call::to("ValidPersonSearch", valid_person(RALITSA)).signed();
    let (id, code) = accepted(&gate, &call);
    assert!(fetch(&gate, Ask::v2(id, &code)).http.text().contains("<FirstName>"));
    gate.kapia(&["grant", "deny", CONSUMER, operation("ValidPersonSearch"), "--field", "FirstName"]);
    let narrowed =
        until(|| Some(check(&gate, Ask::v2(id, &code))).filter(|read| !read.http.text().contains("<FirstName>")));
    assert!(narrowed.result_of(Entry::V2, "CheckResult").response.is_some());
    verifies_in_rust(&narrowed, Entry::V2, &gate.certs).unwrap();
    gate.kapia(&["grant", "revoke", CONSUMER, operation("ValidPersonSearch")]);
    until(|| {
        let result = check(&gate, Ask::v2(id, &code)).result_of(Entry::V2, "CheckResult");
        (result.error.as_deref() == Some("Access denied!") && result.data.is_none()).then_some(())
    });
}

#[test]
fn a_register_that_cannot_answer_is_told_when_the_answer_is_fetched() {
    let (id, code) = accepted(&GATE, &Call::to("RelationsSearch", relations(NOBODY)));
    let result = fetch(&GATE, Ask::v2(id, &code)).result_of(Entry::V2, "CheckResult");
    assert!(result.is_ready && result.has_error && result.data.is_none(), "{result:?}");
    assert!(!result.error.unwrap().is_empty());
}

#[test]
fn an_answer_on_paper_can_be_fetched_too() {
    let pdf = "<ResponseProcessing>TransformToPDF</ResponseProcessing>";
    let read = execute(&GATE, &Call::good().signed(), pdf);
    let result = read.result(Entry::V2);
    let read = fetch(&GATE, Ask::v2(result.call_id, result.code.as_deref().unwrap()));
    let result = read.result_of(Entry::V2, "CheckResult");
    assert_eq!(written_name(&read, result.response.unwrap()), "BinaryArgument");
    verifies_in_rust(&read, Entry::V2, &GATE.certs).unwrap();
}

#[test]
fn the_command_line_waits_fetches_verifies_and_acknowledges() {
    for further in [&["--later"][..], &["--later", "--v1"], &["--later", "--soap12"]] {
        let url = format!("https://localhost:{}", GATE.port);
        let arguments = [&["call", "GetExtract", "--sign", "--url", &url][..], further].concat();
        let said = GATE.kapia(&arguments);
        assert!(said.stdout.contains("Пълният текст на протокола."), "{}{}", said.stdout, said.stderr);
        assert!(said.stdout.contains("signature valid"), "{}", said.stdout);
        assert!(said.stdout.contains("accepted as call"), "{}", said.stdout);
    }
    let read = GATE.admin("/metrics").1;
    assert!(read.contains("kapia_deferred_calls{state=\"acknowledged\"}"));
}

// Acknowledging.

#[test]
fn an_acknowledged_answer_is_gone_and_a_second_acknowledgement_is_harmless() {
    let (id, code) = accepted(&GATE, &Call::good());
    fetch(&GATE, Ask::v2(id, &code));
    for _ in 0..2 {
        let read = check(&GATE, Ask::acknowledge(id, &code));
        assert_eq!(read.http.status, 200);
        let expected =
            "<AcknowledgeResultReceivedResponse xmlns=\"http://egov.bg/RegiX\"></AcknowledgeResultReceivedResponse>";
        assert!(read.http.text().contains(expected), "{}", read.http.text());
    }
    let result = check(&GATE, Ask::v2(id, &code)).result_of(Entry::V2, "CheckResult");
    assert_eq!(result.error, Some(format!("There is no operation known with the provided id: {id}")));
}

#[test]
fn an_acknowledgement_that_fails_says_so() {
    let (id, code) = accepted(&GATE, &extract(SLOW_EXTRACT));
    let problem = |ask| check(&GATE, ask).fault().problem.unwrap().code;
    assert_eq!(problem(Ask::acknowledge(id, &code)), "call-not-ready");
    assert_eq!(problem(Ask::acknowledge(id, "1.A")), "verification-code-wrong");
    assert_eq!(problem(Ask::acknowledge(987_654_321, &code)), "call-unknown");
}

// Pushing.

#[test]
fn an_answer_is_pushed_to_the_address_that_the_consumer_named() {
    let gate = with_archive(Gate::start);
    let receiver = receiver(&gate, &[]);
    let url = receiver.url("/callback?system=7");
    let (id, code) = accepted_with(&gate, &Call::good().signed(), &callback(&url));
    let delivery = receiver.next();
    assert_eq!(delivery.head[0], "POST /callback?system=7 HTTP/1.1");
    assert_eq!(delivery.header("content-type"), Some("text/xml; charset=utf-8"));
    assert_eq!(delivery.header("soapaction"), Some("\"http://egov.bg/RegiX/IRegiXEntryPointV2/ExecuteCallback\""));
    assert_eq!(delivery.header("kapia-service-call-id"), Some(id.to_string().as_str()));
    let begin = "<s:Body xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><ExecuteCallback xmlns=\"http://egov.bg/RegiX\"><request><ServiceResultData xmlns=\"http://egov.bg/RegiX/SignedData\"><IsReady>true</IsReady>";
    assert!(delivery.body.contains(begin), "{}", delivery.body);
    assert!(delivery.body.contains(&format!("<ServiceCallID>{id}</ServiceCallID></ServiceResultData></request>")));
    let own = kapia_pki::read_certificates(&gate.certs.join("server.pem")).unwrap()[0].to_vec();
    assert_eq!(delivery.certificate, own, "the gate shows its own certificate");
    verifies_text(&delivery.body, &gate.certs);
    // It can be fetched all the same for a while, and is not sent again.
    assert!(check(&gate, Ask::v2(id, &code)).result_of(Entry::V2, "CheckResult").is_ready);
    assert!(receiver.is_silent_for(Duration::from_millis(1500)));
}

#[test]
fn an_error_is_pushed_too() {
    let gate = with_archive(Gate::start);
    let receiver = receiver(&gate, &[]);
    accepted_with(&gate, &Call::to("RelationsSearch", relations(NOBODY)), &callback(&receiver.url("/")));
    let body = receiver.next().body;
    assert!(
        body.contains("<IsReady>true</IsReady><Data xsi:nil=\"true\"></Data><HasError>true</HasError><Error>"),
        "{body}"
    );
}

#[test]
fn a_push_that_failed_is_tried_again_and_a_restart_forgets_nothing() {
    let mut gate = with_archive(|options| Gate::start(GateOptions { settings: eager(), ..options }));
    let receiver = receiver(&gate, &["200 OK", "503 Busy", "500 Broken"]);
    let (id, _) = accepted_with(&gate, &Call::good(), &callback(&receiver.url("/")));
    assert_eq!(receiver.next().header("kapia-service-call-id"), Some(id.to_string().as_str()));
    gate.kill();
    gate.restart();
    for _ in 0..2 {
        let delivery = receiver.next();
        assert_eq!(delivery.header("kapia-service-call-id"), Some(id.to_string().as_str()));
    }
    assert!(receiver.is_silent_for(Duration::from_secs(3)), "what was received is not sent again");
    assert_eq!(receiver.statuses_left(), 0);
}

#[test]
fn a_redirection_is_not_followed() {
    let gate = with_archive(Gate::start);
    let elsewhere = receiver(&gate, &[]);
    let moved = format!("307 Moved\r\nLocation: {}", elsewhere.url("/"));
    let receiver = receiver(&gate, &["200 OK", &moved]);
    accepted_with(&gate, &Call::good(), &callback(&receiver.url("/")));
    receiver.next();
    assert!(elsewhere.is_silent_for(Duration::from_secs(2)));
}

#[test]
fn a_host_that_the_consumer_may_not_name_is_told_and_the_answer_can_be_fetched() {
    let receiver = Receiver::start(&GATE.certs, &[]);
    for (url, code) in [
        (receiver.url("/"), "outbound-host-not-allowed"),
        ("https://169.254.169.254/latest/meta-data".to_owned(), "outbound-ip-literal"),
        ("https://user@localhost/".to_owned(), "outbound-user-info"),
        ("http://localhost/".to_owned(), "outbound-plain-http"),
        ("file:///etc/passwd".to_owned(), "outbound-scheme"),
    ] {
        let read = execute(&GATE, &Call::good(), &callback(&url));
        let result = read.result(Entry::V2);
        assert_eq!(read.kapia_code(), Some(code), "{url}");
        assert!(read.http.header("kapia-hint").is_some());
        assert!(fetch(&GATE, Ask::v2(result.call_id, &result.code.unwrap())).http.text().contains("<HasError>false"));
    }
    assert!(receiver.is_silent_for(Duration::from_millis(500)));
}

#[test]
fn an_empty_callback_address_is_none() {
    let read = execute(&GATE, &Call::good(), "<CallbackURL></CallbackURL>");
    assert!(read.kapia_code().is_none() && read.result(Entry::V2).code.is_some());
}

// Lasting.

#[test]
fn a_kill_in_the_middle_loses_no_call_that_was_accepted() {
    let mut gate = with_archive(Gate::start);
    let accepted: Vec<(i64, String)> = (0..20).map(|_| accepted(&gate, &extract(EXTRACT))).collect();
    gate.kill();
    gate.restart();
    for (id, code) in &accepted {
        assert!(fetch(&gate, Ask::v2(*id, code)).http.text().contains("Пълният текст на протокола."), "call {id}");
    }
    gate.kapia(&["journal", "verify"]);
}

#[test]
fn a_call_that_was_being_executed_at_the_end_of_the_program_is_executed_after_it() {
    let mut gate = with_archive(|options| {
        let settings = vec![("body_bytes = 27262976", "body_bytes = 27262976\ndrain_seconds = 1".to_owned())];
        Gate::start(GateOptions { settings, ..options })
    });
    let (id, code) = accepted(&gate, &extract(SLOW_EXTRACT));
    gate.signal("TERM");
    assert!(gate.wait().success(), "{}", gate.said());
    gate.restart();
    assert!(fetch(&gate, Ask::v2(id, &code)).http.text().contains("Пълният текст на протокола."));
}

#[test]
fn every_step_of_a_call_is_in_the_journal() {
    let gate = with_archive(Gate::start);
    let receiver = receiver(&gate, &[]);
    let (id, code) = accepted_with(&gate, &Call::good().signed(), &callback(&receiver.url("/")));
    receiver.next();
    fetch(&gate, Ask::v2(id, &code));
    check(&gate, Ask::acknowledge(id, &code));
    let reader = Reader::open(gate.folder.join("journal.db")).unwrap();
    let rows = reader.page(&Filter::default(), 0, usize::MAX).unwrap();
    let steps: Vec<(Step, Outcome, bool)> = rows
        .iter()
        .map(|row| &row.record)
        .filter(|record| record.service_call_id == id)
        .map(|record| (record.step, record.outcome, record.signed))
        .collect();
    for expected in [
        (Step::Call, Outcome::Pending, false),
        (Step::Execution, Outcome::Answered, false),
        (Step::Callback, Outcome::Answered, true),
        (Step::Check, Outcome::Answered, true),
        (Step::Acknowledge, Outcome::Answered, false),
    ] {
        assert!(steps.contains(&expected), "{expected:?} is not among {steps:?}");
    }
    gate.kapia(&["journal", "verify"]);
}

#[test]
fn what_waits_is_sealed_and_counted() {
    let gate = with_archive(Gate::start);
    let (id, code) = accepted(&gate, &Call::good());
    fetch(&gate, Ask::v2(id, &code));
    for file in ["deferred.db", "deferred.db-wal"] {
        let octets = std::fs::read(gate.folder.join(file)).unwrap_or_default();
        let holds = |text: &str| octets.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!holds(OGNYAN) && !holds("ValidPersonRequest"), "{file} holds the question");
    }
    let metrics = until(|| Some(gate.admin("/metrics").1).filter(|text| text.contains("{state=\"ready\"} 1")));
    assert!(metrics.contains("kapia_deferred_executions_total{ended=\"answered\"} 1"), "{metrics}");
}

#[test]
fn a_gate_that_accepts_none_says_so() {
    let settings = vec![("[storage]", "[deferred]\naccepted = false\n\n[storage]".to_owned())];
    let gate = Gate::start(GateOptions { settings, ..GateOptions::default() });
    let read = execute(&gate, &Call::good(), "");
    assert_eq!((read.http.status, read.kapia_code()), (500, Some("not-offered")));
    assert_eq!(check(&gate, Ask::v2(1, "1.A")).fault().reason, "No such serviceCallID could be found!");
}

// What the tests speak in.

/// A question about a call.
#[derive(Clone, Copy)]
struct Ask<'a> {
    entry: Entry,
    soap: Soap,
    method: &'static str,
    id: Option<i64>,
    code: &'a str,
}

impl<'a> Ask<'a> {
    fn v2(id: i64, code: &'a str) -> Ask<'a> {
        Ask { entry: Entry::V2, soap: Soap::V11, method: "CheckResult", id: Some(id), code }
    }

    fn v1(id: i64) -> Ask<'a> {
        Ask { entry: Entry::V1, ..Ask::v2(id, "") }
    }

    fn acknowledge(id: i64, code: &'a str) -> Ask<'a> {
        Ask { method: "AcknowledgeResultReceived", ..Ask::v2(id, code) }
    }

    fn post(&self) -> Vec<u8> {
        let Ask { entry, soap, method, .. } = *self;
        let id = self.id.map(|id| format!("<ServiceCallID>{id}</ServiceCallID>")).unwrap_or_default();
        let argument = match entry {
            Entry::V1 => id,
            Entry::V2 => format!(
                "<ServiceCheckResultArgument xmlns=\"{}\">{id}<VerificationCode>{}</VerificationCode></ServiceCheckResultArgument>",
                entry.data(),
                self.code
            ),
        };
        let interface = match entry {
            Entry::V1 => "http://tempuri.org/IRegiXEntryPoint",
            Entry::V2 => "http://egov.bg/RegiX/IRegiXEntryPointV2",
        };
        let action = format!("{interface}/{method}");
        let header = match soap {
            Soap::V11 => String::new(),
            Soap::V12 => format!(
                "<s:Header><a:Action xmlns:a=\"http://www.w3.org/2005/08/addressing\" s:mustUnderstand=\"1\">{action}</a:Action></s:Header>"
            ),
        };
        let body = format!(
            "<s:Envelope xmlns:s=\"{}\">{header}<s:Body><{method} xmlns=\"{}\"><argument>{argument}</argument></{method}></s:Body></s:Envelope>",
            soap.namespace(),
            entry.contract()
        );
        let post = Post::to(entry.path(soap), body).with("Content-Type", soap.content_type());
        if soap == Soap::V11 { post.with("SOAPAction", &format!("\"{action}\"")) } else { post }.octets()
    }
}

fn check(gate: &Gate, ask: Ask<'_>) -> Read {
    Read::new(gate.send(&ask.post()), ask.soap)
}

/// Asks until the answer, or its error, is there.
fn fetch(gate: &Gate, ask: Ask<'_>) -> Read {
    until(|| Some(check(gate, ask)).filter(|read| read.http.text().contains("<IsReady>true</IsReady>")))
}

fn until<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(Instant::now() < end, "it does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn accepted(gate: &Gate, call: &Call) -> (i64, String) {
    accepted_with(gate, call, "")
}

fn accepted_with(gate: &Gate, call: &Call, fields: &str) -> (i64, String) {
    let read = execute(gate, call, fields);
    let result = read.result(Entry::V2);
    assert!(!result.is_ready && !result.has_error && result.data.is_none(), "{result:?}");
    assert_eq!(read.kapia_code(), None, "{}", read.http.everything());
    (result.call_id, result.code.unwrap())
}

/// Sends a call with the flag, and with further fields.
fn execute(gate: &Gate, call: &Call, fields: &str) -> Read {
    let flag = format!("<RequestProcessing>Asynchronous</RequestProcessing>{fields}<Operation>");
    let body = call.envelope().replace("<Operation>", &flag);
    Read::new(gate.send(&call.post_body(body).octets()), call.soap)
}

fn v1_execute(call: &Call) -> Vec<u8> {
    let action = "http://tempuri.org/IRegiXEntryPoint/Execute".to_owned();
    let call = Call { action, ..call.clone() };
    let body =
        call.envelope().replace("ExecuteSynchronous ", "Execute ").replace("</ExecuteSynchronous>", "</Execute>");
    call.post_body(body).octets()
}

fn extract(operation: &str) -> Call {
    let argument = "<ExtractRequest xmlns=\"urn:example:archive:request\"><Number>17</Number></ExtractRequest>";
    Call { operation: operation.into(), argument: Some(argument.into()), ..Call::good() }
}

fn callback(url: &str) -> String {
    format!("<CallbackURL>{url}</CallbackURL>")
}

/// A receiver whose host is on the list of the consumer.
fn receiver(gate: &Gate, statuses: &[&str]) -> Receiver {
    let receiver = Receiver::start(&gate.certs, statuses);
    gate.kapia(&["consumer", "callback", "add", CONSUMER, &format!("localhost:{}", receiver.port)]);
    let host = callback(&receiver.url("/probe"));
    // The gate sees the change within a second; until then it says so, and does not push.
    until(|| execute(gate, &Call::good(), &host).kapia_code().is_none().then_some(()));
    assert!(receiver.next().head[0].starts_with("POST /probe"));
    receiver
}

fn with_archive(start: impl FnOnce(GateOptions) -> Gate) -> Gate {
    let packages = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/packages");
    start(GateOptions { adapters: vec![packages], ..GateOptions::default() })
}

/// Pushes again after a second instead of half a minute.
fn eager() -> Vec<(&'static str, String)> {
    vec![("[storage]", "[deferred]\nretry_callback_seconds = 1\n\n[storage]".to_owned())]
}

fn written_name(read: &Read, element: kapia_xml::ElementId) -> String {
    read.document.element(element).local().to_owned()
}

fn number(text: &str, element: &str) -> i64 {
    let inside = text.split(&format!("<{element}>")).nth(1).unwrap();
    inside.split('<').next().unwrap().parse().unwrap()
}

/// The signature of a message that is no reply.
fn verifies_text(text: &str, certs: &Path) {
    let reply = HttpReply {
        status: 200,
        headers: vec![("content-type".into(), Soap::V11.content_type().into())],
        body: text.as_bytes().to_vec(),
    };
    verifies_in_rust(&Read::new(reply, Soap::V11), Entry::V2, certs).unwrap();
}
