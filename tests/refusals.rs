//! Every refusal, exactly: status, content type, shape and text, and that it is what the registry says at that moment.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_pki::{ExampleAuthority, Names};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use support::*;

static GATE: LazyLock<Gate> = LazyLock::new(Gate::demo);

const SHAPES: [(Entry, Soap); 4] =
    [(Entry::V1, Soap::V11), (Entry::V1, Soap::V12), (Entry::V2, Soap::V11), (Entry::V2, Soap::V12)];
const NOT_FOUND: &str = "Access denied! ConsumerCertificate is not found.";
const NOT_ACTIVE: &str = "Access denied! ConsumerCertificate is not active";
/// The consumer that the demo registers.
const CONSUMER: &str = "demo";
const NO_ACCESS: &str = "Access denied!";
const DISABLED: &str = "Service is disabled!";
const OPERATION_INVALID: &str = "Element request.Operation is invalid. Check for correct operation names here: http://regixaisweb.egov.bg/regixinfo/";

/// A change of rights must be in force after this time.
const SEEN: Duration = Duration::from_secs(2);

// ---- who is calling ----

#[test]
fn a_stranger_is_told_that_the_certificate_is_not_found_in_every_shape() {
    refused_in_every_shape(&GATE.tls(Some("stranger")), NOT_FOUND, "denied-certificate-unknown");
}

#[test]
fn a_caller_without_a_certificate_is_told_so_in_every_shape() {
    refused_in_every_shape(&GATE.tls(None), NOT_FOUND, "denied-no-certificate");
}

#[test]
fn an_expired_certificate_is_told_that_it_is_not_active_in_every_shape() {
    refused_in_every_shape(&GATE.tls(Some("expired")), NOT_ACTIVE, "certificate-expired");
}

#[test]
fn a_certificate_of_a_foreign_authority_is_told_that_it_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    ExampleAuthority::create(folder.path(), &Names::default(), time::OffsetDateTime::now_utc()).unwrap();
    let foreign = Tls::new(&GATE.certs, Some((&folder.path().join("certs"), "consumer")));
    refused_in_every_shape(&foreign, NOT_FOUND, "certificate-issuer-unknown");
}

#[test]
fn a_strangers_wrong_argument_is_refused_as_a_strangers() {
    for argument in [None, Some("<wrong/>".to_owned()), Some(valid_person("not ten digits"))] {
        let call = Call { argument, ..Call::good() };
        let read = GATE.call_as(&GATE.tls(Some("stranger")), &call);
        read.result(Entry::V2).assert_refused(NOT_FOUND);
    }
}

#[test]
fn a_refusal_says_what_to_do_in_a_header() {
    let read = GATE.call_as(&GATE.tls(Some("stranger")), &Call::good());
    let hint = read.http.header("kapia-hint").unwrap();
    assert!(hint.contains("register") && hint.is_ascii() && hint.len() <= 300, "{hint}");
}

// ---- may they ----

#[test]
fn a_denied_operation_is_refused_while_the_gate_runs_and_answered_again_after() {
    let _alone = changing_rights();
    let call = Call::to("GetValidUICInfo", valid_uic("999001024"));
    GATE.call(&call).result(Entry::V2).assert_answer();

    GATE.kapia(&["grant", "deny", &consumer_certificate(), "GetValidUICInfo", "--certificate"]);
    within_two_seconds(&call, |result| result.error.as_deref() == Some(NO_ACCESS));
    for (entry, soap) in SHAPES {
        let read = GATE.call(&Call { entry, soap, action: entry.action().into(), ..call.clone() });
        read.result(entry).assert_refused(NO_ACCESS);
        assert_eq!(read.kapia_code(), Some("denied-explicitly"));
    }

    GATE.kapia(&["grant", "revoke", &consumer_certificate(), "GetValidUICInfo", "--certificate"]);
    within_two_seconds(&call, |result| !result.has_error);
}

#[test]
fn an_operation_whose_grant_is_taken_back_is_refused_while_the_gate_runs() {
    let _alone = changing_rights();
    let call = Call::to("GetEmploymentContracts", employment_contracts(RALITSA, "EGN"));
    GATE.call(&call).result(Entry::V2).assert_answer();
    GATE.kapia(&["grant", "revoke", CONSUMER, "GetEmploymentContracts"]);
    within_two_seconds(&call, |result| result.error.as_deref() == Some(NO_ACCESS));
    let read = GATE.call(&call);
    read.result(Entry::V2).assert_refused(NO_ACCESS);
    assert_eq!(read.kapia_code(), Some("denied-no-access"));
    GATE.kapia(&["grant", "add", CONSUMER, "GetEmploymentContracts", "--all-fields"]);
    within_two_seconds(&call, |result| !result.has_error);
}

#[test]
fn a_disabled_operation_is_told_so_to_whoever_may_ask_it() {
    let _alone = changing_rights();
    let call = Call::to("GetActualState", actual_state("999001012"));
    GATE.call(&call).result(Entry::V2).assert_answer();

    GATE.kapia(&["operation", "disable", "GetActualState"]);
    within_two_seconds(&call, |result| result.error.as_deref() == Some(DISABLED));
    for (entry, soap) in SHAPES {
        let read = GATE.call(&Call { entry, soap, action: entry.action().into(), ..call.clone() });
        read.result(entry).assert_refused(DISABLED);
        assert_eq!(read.kapia_code(), Some("denied-operation-disabled"));
    }
    // regix-contract §5.2: access before the switch.
    let stranger = GATE.call_as(&GATE.tls(Some("stranger")), &call);
    stranger.result(Entry::V2).assert_refused(NOT_FOUND);

    GATE.kapia(&["operation", "enable", "GetActualState"]);
    within_two_seconds(&call, |result| !result.has_error);
}

#[test]
fn a_denied_field_is_absent_and_the_matrix_says_so() {
    let _alone = changing_rights();
    let call = Call { matrix: true, ..Call::to("PersonDataSearch", person_data(RALITSA)) }.signed();
    let before = GATE.call(&call);
    let result = before.result(Entry::V2);
    assert!(before.http.text().contains("Методиева") && before.http.text().contains("Ralitsa"));
    assert_eq!(matrix_says(&before, &result, "LatinNames.FirstName"), Some(true));

    GATE.kapia(&["grant", "deny", CONSUMER, "PersonDataSearch", "--field", "LatinNames/FirstName"]);
    within_two_seconds_reply(&call, |read| !read.http.text().contains("Ralitsa"));
    let after = GATE.call(&call);
    let result = after.result(Entry::V2);
    result.assert_answer();
    let response = after.written(result.response.unwrap());
    assert!(!response.contains("Ralitsa"), "a denied field left");
    for beside in ["Ралица", "Metodieva", "Kapiyska", "1979-09-14"] {
        assert!(response.contains(beside), "{beside} went with the denied field:\n{response}");
    }
    assert_eq!(matrix_says(&after, &result, "LatinNames.FirstName"), Some(false));
    assert_eq!(matrix_says(&after, &result, "LatinNames.SurName"), Some(true));
    assert_eq!(matrix_says(&after, &result, "LatinNames"), Some(true));
    verifies_in_rust(&after, Entry::V2, &GATE.certs).unwrap();

    GATE.kapia(&["grant", "revoke", CONSUMER, "PersonDataSearch", "--field", "LatinNames/FirstName"]);
    within_two_seconds_reply(&call, |read| read.http.text().contains("Ralitsa"));
}

#[test]
fn without_any_field_right_the_answer_is_an_empty_root_and_no_error() {
    let _alone = changing_rights();
    let call = Call { matrix: true, ..Call::to("RelationsSearch", relations(OGNYAN)) }.signed();
    GATE.kapia(&["grant", "revoke", CONSUMER, "RelationsSearch", "--field", "**"]);
    within_two_seconds_reply(&call, |read| !read.http.text().contains("Деница"));
    let read = GATE.call(&call);
    let result = read.result(Entry::V2);
    result.assert_answer();
    assert_eq!(
        read.written(result.response.unwrap()),
        "<RelationsResponse xmlns=\"http://egov.bg/RegiX/GRAO/NBD/RelationsResponse\"></RelationsResponse>"
    );
    assert_eq!(matrix_says(&read, &result, "PersonRelations.EGN"), Some(false));
    verifies_in_rust(&read, Entry::V2, &GATE.certs).unwrap();

    GATE.kapia(&["grant", "add", CONSUMER, "RelationsSearch", "--all-fields"]);
    within_two_seconds_reply(&call, |read| read.http.text().contains("Деница"));
}

// ---- what is asked ----

#[test]
fn an_unknown_operation_of_a_known_contract_is_a_fault_that_names_it() {
    let operation = "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.ValidPersonSerch";
    let call = Call { operation: operation.into(), ..Call::good() };
    let reason = "Operation with name:'ValidPersonSerch' could not be found!";
    let fault = service_fault_in_every_shape(&call, reason, "operation-unknown");
    assert!(fault.problem.unwrap().hint.iter().all(|hint| hint.contains("ValidPersonSearch")), "the near name is told");
}

#[test]
fn an_unknown_contract_is_a_fault() {
    let operation = "TechnoLogica.RegiX.NobodysAdapter.APIService.INobodyAPI.ValidPersonSearch";
    let call = Call { operation: operation.into(), ..Call::good() };
    service_fault_in_every_shape(&call, OPERATION_INVALID, "contract-unknown");
}

#[test]
fn an_empty_operation_is_a_fault() {
    for operation in ["", "  \n", "no-dot-in-it"] {
        let call = Call { operation: operation.into(), ..Call::good() };
        service_fault_in_every_shape(&call, OPERATION_INVALID, "operation-not-a-name");
    }
}

#[test]
fn a_missing_argument_is_a_fault_with_the_text_of_regix() {
    let reason = "Element request.Argument is required and it must contain XML content\r\nParameter name: Argument";
    for argument in [None, Some(String::new()), Some("only text".to_owned())] {
        service_fault_in_every_shape(&Call { argument, ..Call::good() }, reason, "argument-missing");
    }
}

#[test]
fn an_argument_of_another_operation_is_a_fault_that_names_both_roots() {
    let call = Call { argument: Some(person_data(OGNYAN)), ..Call::good() };
    let reason = "the argument of the operation is {http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest}ValidPersonRequest, but {http://egov.bg/RegiX/GRAO/NBD/PersonDataRequest}PersonDataRequest was sent";
    service_fault_in_every_shape(&call, reason, "argument-root");
}

#[test]
fn a_schema_violation_is_a_fault_with_line_path_expectation_and_hint_but_never_the_value() {
    let wrong = "<ValidPersonRequest xmlns=\"http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest\">\n<EGN>76052399658</EGN></ValidPersonRequest>";
    let call = Call { argument: Some(wrong.into()), ..Call::good() };
    let reason = "the argument does not match the schema of the operation";
    let fault = service_fault_in_every_shape(&call, reason, "argument-invalid");
    let problem = fault.problem.unwrap();
    let place = &problem.places[0];
    assert_eq!((place.line, place.path.as_str()), (2, "/ValidPersonRequest/EGN"));
    assert!(place.column > 0 && !place.rule.is_empty());
    assert!(place.expected.iter().any(|expected| expected.contains("\\d{10}")), "{place:?}");
    for text in place.message.iter().chain(&place.hint) {
        assert!(!text.is_empty() && !text.contains("7605239965"), "{text}");
    }
    assert!(place.message[1].chars().any(|c| ('а'..='я').contains(&c)), "the second text is Bulgarian");

    let read = GATE.call(&call);
    let told = read.http.everything();
    assert!(!told.contains("7605239965"), "the value is told: {told}");
}

#[test]
fn a_misplaced_element_is_told_with_what_was_expected_there() {
    let wrong = valid_person(OGNYAN).replace("EGN>", "Egn>");
    let fault = GATE.call(&Call { argument: Some(wrong), ..Call::good() }).fault();
    let problem = fault.problem.unwrap();
    let place = &problem.places[0];
    assert_eq!((problem.code.as_str(), place.path.as_str()), ("argument-invalid", "/ValidPersonRequest/Egn"));
    assert!(place.expected.iter().any(|expected| expected.contains("EGN")), "{place:?}");
}

// ---- what is no call ----

#[test]
fn a_malformed_envelope_is_400_with_a_fault() {
    for (entry, soap) in SHAPES {
        let call = Call::of(entry, soap);
        let broken = call.envelope().replace("</request>", "");
        let read = Read::new(GATE.send(&call.post_body(broken).octets()), soap);
        assert_eq!(read.http.status, 400);
        let fault = read.fault();
        assert_eq!(fault.code, if soap == Soap::V11 { "Client" } else { "Sender" });
        let problem = fault.problem.unwrap();
        assert!(problem.code.starts_with("xml-"), "{problem:?}");
        assert_eq!(read.kapia_code(), Some(problem.code.as_str()));
        assert!(fault.reason.contains("line 1"), "{}", fault.reason);
    }
}

#[test]
fn a_doctype_is_400_and_named() {
    for (entry, soap) in SHAPES {
        let call = Call::of(entry, soap);
        let with = format!("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>{}", call.envelope());
        let read = Read::new(GATE.send(&call.post_body(with).octets()), soap);
        assert_eq!((read.http.status, read.kapia_code()), (400, Some("xml-doctype")));
        let fault = read.fault();
        assert!(fault.reason.contains("DOCTYPE") && fault.problem.unwrap().message[1].contains("DOCTYPE"));
    }
}

#[test]
fn octets_that_are_not_utf_8_are_400_and_named() {
    let mut body = Call::good().envelope().into_bytes();
    let place = body.windows(9).position(|window| window == b"<Argument").unwrap();
    body.insert(place, 0xE0);
    let read = Read::new(GATE.send(&Call::good().post_body(body).octets()), Soap::V11);
    assert_eq!((read.http.status, read.kapia_code()), (400, Some("xml-encoding")));
    read.fault();
}

#[test]
fn an_empty_body_is_400() {
    let read = Read::new(GATE.send(&Call::good().post_body("").octets()), Soap::V11);
    assert_eq!((read.http.status, read.kapia_code()), (400, Some("xml-empty")));
}

#[test]
fn an_oversized_body_is_413_before_it_is_read() {
    for soap in [Soap::V11, Soap::V12] {
        let call = Call::of(Entry::V2, soap);
        let head = call.post_body("").with("Content-Length", "27262977").head();
        let mut connection = GATE.connect();
        connection.send(head.as_bytes()).unwrap();
        let read = Read::new(connection.reply().unwrap(), soap);
        too_large(&read);
        assert!(connection.is_closed_by_peer(), "what follows is not read as a request");
    }
}

#[test]
fn an_oversized_body_in_chunks_is_413() {
    let call = Call::good();
    let octets = call.post_body(vec![b' '; 26 * 1024 * 1024 + 1]).chunked(64 * 1024);
    let mut connection = GATE.connect();
    connection.send_what_is_taken(&octets);
    too_large(&Read::new(connection.reply().unwrap(), Soap::V11));
}

#[test]
fn a_wrong_media_type_is_415_and_names_the_right_one() {
    for (path, content_type, soap) in [
        ("/RegiXEntryPointV2.svc/basic", Some("application/soap+xml; charset=utf-8"), Soap::V11),
        ("/RegiXEntryPointV2.svc/basic", Some("application/json"), Soap::V11),
        ("/RegiX/RegiXEntryPoint.svc/basic", None, Soap::V11),
        ("/RegiX/RegiXEntryPoint.svc", Some("text/plain"), Soap::V12),
    ] {
        let mut post = Post::to(path, Call::of(Entry::V2, soap).envelope());
        post.headers.extend(content_type.map(|value| ("Content-Type".to_owned(), value.to_owned())));
        let read = Read::new(GATE.send(&post.octets()), soap);
        assert_eq!((read.http.status, read.kapia_code()), (415, Some("content-type")), "{path} {content_type:?}");
        assert!(read.fault().reason.contains(soap.content_type()));
    }
}

#[test]
fn an_envelope_of_the_other_version_is_a_version_mismatch() {
    let call = Call::of(Entry::V2, Soap::V12);
    let other = Call::of(Entry::V2, Soap::V11).envelope();
    let read = Read::new(GATE.send(&call.post_body(other).octets()), Soap::V12);
    assert_eq!(read.http.status, 500);
    assert_eq!(read.fault().code, "VersionMismatch");
}

#[test]
fn a_wrong_action_is_not_supported() {
    for (entry, soap) in SHAPES {
        let action = "http://tempuri.org/IRegiXEntryPoint/Nothing".to_owned();
        let read = GATE.call(&Call { action, ..Call::of(entry, soap) });
        assert_eq!((read.http.status, read.kapia_code()), (500, Some("action-mismatch")));
        let fault = read.fault();
        assert_eq!(fault.subcode.as_deref(), Some("ActionNotSupported"));
        assert_eq!(fault.reason, format!("the action of the message is not that of {}", entry.method()));
        assert!(!read.http.everything().contains("IRegiXEntryPoint/Nothing"), "what was sent is not repeated");
    }
}

#[test]
fn a_method_of_the_other_generation_is_not_supported() {
    let call = Call::of(Entry::V1, Soap::V11);
    let mut post = call.post();
    post.target = Entry::V2.path(Soap::V11).into();
    let read = Read::new(GATE.send(&post.octets()), Soap::V11);
    assert_eq!(read.http.status, 500);
    assert_eq!(read.fault().subcode.as_deref(), Some("ActionNotSupported"));
}

#[test]
fn a_header_that_must_be_understood_and_is_not_is_a_fault() {
    for (entry, soap) in SHAPES {
        let headers = "<Unknown xmlns=\"urn:unknown\" s:mustUnderstand=\"1\"/>".to_owned();
        let read = GATE.call(&Call { headers, ..Call::of(entry, soap) });
        assert_eq!(read.http.status, 500);
        let fault = read.fault();
        assert_eq!(fault.code, "MustUnderstand");
        assert!(fault.reason.contains("{urn:unknown}Unknown"), "{}", fault.reason);
    }
}

#[test]
fn an_answer_to_another_address_is_refused() {
    for name in ["ReplyTo", "FaultTo"] {
        let headers = format!("<a:{name}><a:Address>http://10.0.0.1/elsewhere</a:Address></a:{name}>");
        let read = GATE.call(&Call { headers, ..Call::of(Entry::V2, Soap::V12) });
        assert_eq!(read.http.status, 500);
        let fault = read.fault();
        assert_eq!(fault.subcode.as_deref(), Some("InvalidAddressingHeader"));
        assert_eq!(fault.problem.unwrap().code, "reply-elsewhere");
    }
}

#[test]
fn a_boolean_that_is_none_is_a_fault_as_in_regix() {
    let call = Call::good();
    let body = call.envelope().replace("<SignResult>false</SignResult>", "<SignResult/>");
    let read = Read::new(GATE.send(&call.post_body(body).octets()), Soap::V11);
    assert_eq!(read.http.status, 500);
    assert!(read.fault().reason.contains("SignResult"));
}

#[test]
fn a_processing_that_is_not_offered_says_so() {
    let call = Call::good();
    for flags in [
        "<RequestProcessing>Verify</RequestProcessing>",
        "<RequestProcessing>TransformFromPDF</RequestProcessing>",
        "<RequestProcessing>Decrypt</RequestProcessing>",
        "<ResponseProcessing>Encrypt</ResponseProcessing>",
    ] {
        let body = call.envelope().replace("<Operation>", &format!("{flags}<Operation>"));
        let read = Read::new(GATE.send(&call.post_body(body).octets()), Soap::V11);
        assert_eq!((read.http.status, read.kapia_code()), (500, Some("not-offered")));
        assert!(read.fault().reason.ends_with("is not offered by this gateway"));
    }
}

#[test]
fn an_unknown_path_is_404_in_both_languages() {
    for path in ["/nothing", "/RegiXEntryPointV3.svc", "/RegiX/RegiX/RegiXEntryPoint.svc", "/../kapia.toml"] {
        let reply = GATE.send(&Post::to(path, "<x/>").with("Content-Type", "text/xml").octets());
        assert_eq!((reply.status, reply.header("content-type")), (404, Some("text/plain; charset=utf-8")), "{path}");
        assert!(reply.text().contains("съвет: ") && reply.text().contains("hint: "), "{}", reply.text());
    }
}

#[test]
fn a_refusal_of_the_register_has_the_number_of_the_call_and_is_ready() {
    let read = GATE.call(&Call::to("RelationsSearch", relations(NOBODY)));
    let result = read.result(Entry::V2);
    assert!(result.is_ready && result.has_error && result.call_id > 0, "{result:?}");
    assert!(result.error.unwrap().starts_with("The population register knows no person with this number; hint: "));
}

// ---- the means ----

/// Changes of rights go one after the other: the gate sees them by polling, and a test must see its own.
fn changing_rights() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn consumer_certificate() -> String {
    GATE.certs.join("consumer.pem").display().to_string()
}

fn refused_in_every_shape(tls: &Tls, text: &str, code: &str) {
    for (entry, soap) in SHAPES {
        let read = GATE.call_as(tls, &Call::of(entry, soap).signed());
        read.result(entry).assert_refused(text);
        assert_eq!(read.kapia_code(), Some(code), "{entry:?} {soap:?}");
        if soap == Soap::V12 {
            assert_eq!(read.addressing("Action"), Some(format!("{}Response", entry.action())));
            assert_eq!(read.addressing("RelatesTo"), Call::good().message_id);
        }
    }
}

fn service_fault_in_every_shape(call: &Call, reason: &str, code: &str) -> FaultRead {
    let mut last = None;
    for (entry, soap) in SHAPES {
        let read = GATE.call(&Call { entry, soap, action: entry.action().into(), ..call.clone() });
        assert_eq!(read.http.status, 500, "{}", read.http.everything());
        let fault = read.fault();
        let expected = if soap == Soap::V11 { "InternalServiceFault" } else { "Receiver" };
        assert_eq!((fault.code.as_str(), fault.subcode.as_deref()), (expected, Some("InternalServiceFault")));
        assert_eq!(fault.reason, reason);
        assert_eq!(read.kapia_code(), Some(code));
        assert_eq!(fault.problem.as_ref().unwrap().code, code);
        if soap == Soap::V12 {
            let action = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher/fault";
            assert_eq!(read.addressing("Action").as_deref(), Some(action));
            assert_eq!(read.addressing("RelatesTo"), Call::good().message_id);
        } else {
            assert!(!read.has_header(), "a reply of SOAP 1.1 has no addressing");
        }
        last = Some(fault);
    }
    last.unwrap()
}

fn too_large(read: &Read) {
    assert_eq!((read.http.status, read.kapia_code()), (413, Some("body-too-large")));
    assert_eq!(read.http.header("connection"), Some("close"));
    let fault = read.fault();
    assert!(fault.code == "Client" || fault.code == "Sender");
    assert!(fault.reason.contains("27262976"), "the limit is told: {}", fault.reason);
}

fn within_two_seconds(call: &Call, holds: impl Fn(&ResultRead) -> bool) {
    within_two_seconds_reply(call, |read| holds(&read.result(call.entry)));
}

fn within_two_seconds_reply(call: &Call, holds: impl Fn(&Read) -> bool) {
    let began = Instant::now();
    loop {
        let read = GATE.call(call);
        if holds(&read) {
            return;
        }
        assert!(began.elapsed() < SEEN, "a change of rights is not seen within {SEEN:?}:\n{}", read.http.everything());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What the access matrix of an answer says about a field.
fn matrix_says(read: &Read, result: &ResultRead, field: &str) -> Option<bool> {
    let namespace = Entry::V2.data();
    let matrix = read.document.element(result.matrix?);
    let mut properties = matrix.child(namespace, "Properties")?.children();
    let property = properties.find(|property| property.child(namespace, "Name").unwrap().text() == field)?;
    Some(property.child(namespace, "HasAccess")?.text() == "true")
}
