//! Typed contracts: what their WSDL promises is what is answered, by the same rights and into the same journal.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_xml::Event;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use support::*;

static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let packages = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/packages");
    Gate::start(GateOptions { adapters: vec![packages], ..GateOptions::default() })
});

const POPULATION: &str = "RegiX.GraoNBDAdapter";
const OLD: &str = "Kapia.OldLabourContracts";
const EXTRACT: &str = "<ExtractRequest xmlns=\"urn:example:archive:request\"><Number>17</Number></ExtractRequest>";
const CODE: &str = "VerificationCode";

fn person() -> TypedCall {
    TypedCall::of(POPULATION, "ValidPersonSearch", &valid_person(OGNYAN))
}

fn calls() -> Vec<TypedCall> {
    vec![
        person(),
        TypedCall::of(POPULATION, "PersonDataSearch", &person_data(RALITSA)),
        TypedCall::of(POPULATION, "RelationsSearch", &relations(OGNYAN)),
        TypedCall::of(POPULATION, "ValidPersonSearch", &valid_person(NOBODY)),
        TypedCall::of(
            "RegiX.NRAEmploymentContractsAdapter",
            "GetEmploymentContracts",
            &employment_contracts(RALITSA, "EGN"),
        ),
        TypedCall::of("Archive", "GetSlowExtract", EXTRACT),
    ]
}

/// The text of the first element of this name below the one in the body.
fn told(read: &Read, name: &str) -> Option<String> {
    content(read).events().find_map(|event| match event {
        Event::Start(element) if element.local() == name => Some(element.text().into_owned()),
        _ => None,
    })
}

#[test]
fn an_answer_is_what_the_wsdl_promises_in_both_versions_of_soap() {
    for call in calls() {
        let schemas = schemas_of(&GATE.typed_wsdl(call.package));
        for call in [call.clone(), call.clone().soap(Soap::V12), call.signed()] {
            let read = GATE.typed(&call);
            assert_eq!(read.http.status, 200, "{}", read.http.everything());
            assert!(content(&read).is(&call.namespace(), &format!("{}Response", call.operation)));
            assert_eq!(broken(&read, &schemas), [""; 0], "{}", read.http.text());
        }
    }
}

#[test]
fn a_signature_covers_the_question_and_the_answer_as_they_were_sent() {
    let read = GATE.typed(&person().signed());
    typed_signature(&read, &person().namespace(), &GATE.certs);
    assert!(told(&GATE.typed(&person()), "SignatureValue").is_none(), "nobody asked for one");
}

#[test]
fn the_matrix_is_told_when_it_is_asked_for() {
    let schemas = schemas_of(&GATE.typed_wsdl(POPULATION));
    let read = GATE.typed(&person().with("<t:ReturnAccessMatrix>true</t:ReturnAccessMatrix>"));
    assert_eq!(broken(&read, &schemas), [""; 0]);
    assert!(read.http.text().contains("<Property><HasAccess>true</HasAccess><Name>FirstName</Name></Property>"));
}

#[test]
fn the_same_question_has_the_same_answer_in_every_contract() {
    let typed = GATE.typed(&person());
    let plain = GATE.call(&Call { argument: Some(valid_person(OGNYAN)), ..Call::good() });
    assert_eq!(normal_data(typed.http.text()), normal_data(plain.http.text()));
}

#[test]
fn a_wrong_argument_is_a_typed_fault_that_names_the_place() {
    let schemas = schemas_of(&GATE.typed_wsdl(POPULATION));
    for soap in [Soap::V11, Soap::V12] {
        let call = TypedCall::of(POPULATION, "ValidPersonSearch", &valid_person("1")).soap(soap);
        let read = GATE.typed(&call);
        assert_eq!(problem(&read, "Code"), "argument-invalid");
        assert_eq!(broken(&read, &schemas), [""; 0], "{}", read.http.text());
        assert_eq!(problem(&read, "MessageBg"), "аргументът не отговаря на схемата на операцията");
        assert_eq!(problem(&read, "Retryable"), "false");
        assert!(read.http.text().contains("<Path>/ValidPersonRequest/EGN</Path>"));
        assert!(problem(&read, "CallId").parse::<i64>().unwrap() > 0);
        let code = if soap == Soap::V11 { "<faultcode>s:Client</faultcode>" } else { "<s:Value>s:Sender</s:Value>" };
        assert!(read.http.text().contains(code), "{}", read.http.text());
    }
}

#[test]
fn what_the_contract_does_not_know_is_a_typed_fault() {
    let schemas = schemas_of(&GATE.typed_wsdl(POPULATION));
    let unknown = person().with("<t:SignResults>true</t:SignResults>");
    let other = TypedCall::of(POPULATION, "ValidPersonSearch", &person_data(OGNYAN));
    let mut nothing = person();
    nothing.content = "<t:CallContext><t:LawReason>1</t:LawReason></t:CallContext>".into();
    let mut misnamed = person();
    misnamed.operation = "ValidPersonSearches".into();
    for (call, code) in [
        (unknown, "request-unreadable"),
        (other, "argument-root"),
        (nothing, "argument-missing"),
        (misnamed, "method-unknown"),
    ] {
        let read = GATE.typed(&call);
        let told = read.http.header("kapia-code").unwrap();
        assert_eq!(told, code);
        assert_eq!(broken(&read, &schemas), [""; 0], "{}", read.http.text());
    }
    let action = person().post().octets();
    let action = String::from_utf8(action).unwrap().replace(":1:ValidPersonSearch\"", ":1:Another\"");
    let read = Read::new(GATE.send(action.as_bytes()), Soap::V11);
    assert_eq!(read.http.header("kapia-code"), Some("action-mismatch"));
    assert_eq!(broken(&read, &schemas), [""; 0]);
}

#[test]
fn another_content_type_is_refused_in_the_words_of_the_contract() {
    let schemas = schemas_of(&GATE.typed_wsdl(POPULATION));
    let mut post = person().post();
    post.headers.retain(|(name, _)| name != "Content-Type");
    let read = Read::new(GATE.send(&post.with("Content-Type", "application/json").octets()), Soap::V11);
    assert_eq!((read.http.status, read.http.header("kapia-code")), (415, Some("content-type")));
    assert_eq!(broken(&read, &schemas), [""; 0]);
}

#[test]
fn what_is_no_soap_at_all_is_refused_in_soap_with_its_status() {
    let schemas = schemas_of(&GATE.typed_wsdl(POPULATION));
    let foreign = "<s:Envelope xmlns:s=\"urn:soap-2\"><s:Body/></s:Envelope>";
    for soap in [Soap::V11, Soap::V12] {
        let of_version = |body: &str| format!("<s:Envelope xmlns:s=\"{}\">{body}</s:Envelope>", soap.namespace());
        for (body, status) in [
            (String::new(), 400),
            ("EGN=7605239965".into(), 400),
            ("{\"EGN\":\"7605239965\"}".into(), 400),
            ("<html><p>7605239965</html>".into(), 400),
            (valid_person(OGNYAN), 500),
            (foreign.into(), 500),
            (of_version(""), 500),
            (of_version("<s:Body/>"), 500),
            (of_version("<s:Body><a/><b/></s:Body>"), 500),
        ] {
            let below = if soap == Soap::V11 { "" } else { "/soap12" };
            let post = Post::to(&format!("/adapters/{POPULATION}{below}"), body.clone());
            let read = Read::new(GATE.send(&post.with("Content-Type", soap.content_type()).octets()), soap);
            assert_eq!(read.http.status, status, "{body}: {}", read.http.everything());
            assert_eq!(broken(&read, &schemas), [""; 0], "{body}: {}", read.http.text());
            let problem = content(&read);
            for name in ["Code", "MessageBg", "MessageEn", "HintBg", "HintEn"] {
                let told = problem.child("urn:kapia:faces:1", name).map(|child| child.text().into_owned());
                assert!(told.is_some_and(|told| !told.is_empty()), "{body}: {name}: {}", read.http.text());
            }
            assert!(!read.http.text().contains(OGNYAN), "what was sent is not repeated: {}", read.http.text());
        }
    }
}

#[test]
fn a_name_that_no_package_has_is_a_fault_for_who_sends_soap_and_text_for_a_person() {
    let schemas = schemas_of(&GATE.typed_wsdl(POPULATION));
    let envelope = String::from_utf8(person().post().octets()).unwrap();
    let envelope = envelope.split("\r\n\r\n").nth(1).unwrap().to_owned();
    for (path, hint) in [
        ("/adapters/RegiX.GraoNBDAdaptor", "did you mean RegiX.GraoNBDAdapter"),
        ("/RegiX/adapters/Nobody/soap12", "GET /adapters shows all contracts"),
        ("/adapters/RegiX.GraoNBDAdapter/soap13", "GET /adapters shows all contracts"),
        ("/adapters", "GET /adapters shows all contracts"),
    ] {
        for soap in [Soap::V11, Soap::V12] {
            let post = Post::to(path, envelope.clone()).with("Content-Type", soap.content_type());
            let read = Read::new(GATE.send(&post.octets()), soap);
            assert_eq!((read.http.status, read.http.header("kapia-code")), (404, Some("contract-unknown")), "{path}");
            assert_eq!(broken(&read, &schemas), [""; 0], "{path}: {}", read.http.text());
            assert!(read.http.text().contains(hint), "{path}: {}", read.http.text());
        }
        let text = GATE.send(&Post::to(path, "{}").with("Content-Type", "application/json").octets());
        assert_eq!((text.status, text.header("content-type")), (404, Some("text/plain; charset=utf-8")), "{path}");
        assert!(text.text().contains("съвет: ") && text.text().contains("hint: "), "{}", text.text());
    }
}

#[test]
fn a_message_that_is_not_read_to_its_end_is_a_fault_of_the_contract() {
    let schemas = schemas_of(&GATE.typed_wsdl(POPULATION));
    for (soap, below) in [(Soap::V11, ""), (Soap::V12, "/soap12")] {
        let path = format!("/adapters/{POPULATION}{below}");
        let post = Post::to(&path, "x").with("Content-Type", soap.content_type()).with("Content-Encoding", "gzip");
        let read = Read::new(GATE.send(&post.octets()), soap);
        assert_eq!(read.http.header("kapia-code"), Some("content-encoding"), "{}", read.http.everything());
        assert!((400..500).contains(&read.http.status));
        assert_eq!(broken(&read, &schemas), [""; 0], "{}", read.http.text());
    }
}

#[test]
fn a_package_with_all_that_schemas_can_do_is_answered_with_what_its_wsdl_promises() {
    let schemas = schemas_of(&GATE.typed_wsdl("Traps"));
    let ask = |operation: &str, number: &str| {
        let argument = format!(
            "<HolderRequest xmlns=\"urn:example:traps\"><Number xmlns=\"urn:example:numbers\">{number}</Number></HolderRequest>"
        );
        TypedCall::of("Traps", operation, &argument)
    };
    for (operation, expected) in [("GetHolder", ">1976</Born>"), ("GetHolderV2", "version=\"1.0\"")] {
        for call in [ask(operation, "17"), ask(operation, "17").signed().soap(Soap::V12)] {
            let read = GATE.typed(&call);
            assert_eq!(read.http.status, 200, "{}", read.http.everything());
            assert_eq!(broken(&read, &schemas), [""; 0], "{}", read.http.text());
            assert!(read.http.text().contains(expected) && read.http.text().contains(":type=\"t:Person\""));
        }
        assert_eq!(problem(&GATE.typed(&ask(operation, "нула")), "Code"), "argument-invalid");
        let unknown = GATE.typed(&ask(operation, "18"));
        assert_eq!(problem(&unknown, "MessageBg"), "никой не е титуляр на този номер");
    }
}

#[test]
fn whom_the_registry_does_not_know_gets_a_typed_fault_and_no_answer() {
    let schemas = schemas_of(&GATE.typed_wsdl(POPULATION));
    for (who, code) in [(Some("stranger"), "denied-certificate-unknown"), (None, "denied-no-certificate")] {
        let mut connection = GATE.tls(who).connect(GATE.port).unwrap();
        // A wrong argument too: who may not ask does not learn what is wrong with the question.
        let call = TypedCall::of(POPULATION, "ValidPersonSearch", &valid_person("1"));
        connection.send(&call.post().octets()).unwrap();
        let read = Read::new(connection.reply().unwrap(), Soap::V11);
        assert_eq!(problem(&read, "Code"), code);
        assert_eq!(problem(&read, "MessageBg"), "отказан достъп: удостоверението не е намерено");
        assert_eq!(broken(&read, &schemas), [""; 0]);
    }
}

#[test]
fn a_hidden_field_stays_hidden_and_a_right_that_is_taken_away_is_gone() {
    let gate = Gate::demo();
    let wait = |wanted: &dyn Fn(&Read) -> bool| {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let read = gate.typed(&person().signed());
            if wanted(&read) {
                return read;
            }
            assert!(Instant::now() < end, "{}", read.http.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    assert!(told(&gate.typed(&person()), "FamilyName").is_some());
    gate.kapia(&["grant", "revoke", "demo", "ValidPersonSearch"]);
    let denied = wait(&|read| read.http.status == 500);
    assert_eq!(problem(&denied, "Code"), "denied-no-access");
    assert_eq!(problem(&denied, "MessageEn"), "Access denied!");
    assert!(!denied.http.text().contains("FamilyName"));
    gate.kapia(&["grant", "add", "demo", "ValidPersonSearch", "--field", "FirstName"]);
    let partly = wait(&|read| read.http.status == 200);
    assert!(told(&partly, "FirstName").is_some());
    assert!(!partly.http.text().contains("FamilyName"), "{}", partly.http.text());
    typed_signature(&partly, &person().namespace(), &gate.certs);
}

#[test]
fn the_journal_names_the_operation_and_the_form() {
    let gate = Gate::demo();
    gate.typed(&person().signed().soap(Soap::V12));
    gate.typed(&TypedCall::of(POPULATION, "ValidPersonSearch", &valid_person("1")));
    let tail = gate.kapia(&["journal", "tail", "-n", "2", "--json"]).stdout;
    let records: Vec<serde_json::Value> = tail.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (record, soap, outcome) in [(&records[0], "1.2", "answered"), (&records[1], "1.1", "invalid-argument")] {
        let text = record.to_string();
        assert!(text.contains(operation("ValidPersonSearch")), "{text}");
        assert!(text.contains("\"version\":\"typed\"") && text.contains(&format!("\"soap\":\"{soap}\"")), "{text}");
        assert!(text.contains(&format!("\"outcome\":\"{outcome}\"")), "{text}");
        assert!(text.contains("чл. 1 от пример"), "the call context is written down: {text}");
        assert!(!text.contains(OGNYAN), "{text}");
    }
    gate.kapia(&["journal", "verify"]);
    let metrics = gate.admin("/metrics").1;
    assert!(metrics.contains("kapia_calls_total{entry=\"typed\",outcome=\"answered\"} 1"), "{metrics}");
}

#[test]
fn an_answer_that_comes_later_is_fetched_by_an_operation_of_its_own() {
    let schemas = schemas_of(&GATE.typed_wsdl("Archive"));
    let accepted = GATE.typed(&TypedCall::of("Archive", "GetExtract", EXTRACT).signed());
    assert_eq!(broken(&accepted, &schemas), [""; 0], "{}", accepted.http.text());
    let number = told(&accepted, "ServiceCallID").unwrap();
    let code = told(&accepted, CODE).unwrap();
    let about = |operation: &str, code: &str| TypedCall {
        content: format!("<t:ServiceCallID>{number}</t:ServiceCallID><t:{CODE}>{code}</t:{CODE}>"),
        ..TypedCall::of("Archive", operation, "")
    };
    let end = Instant::now() + Duration::from_secs(20);
    let answer = loop {
        let read = GATE.typed(&about("GetExtractResult", &code));
        assert_eq!(broken(&read, &schemas), [""; 0], "{}", read.http.text());
        if told(&read, "IsReady").unwrap() == "true" {
            break read;
        }
        assert!(Instant::now() < end, "{}", read.http.text());
        std::thread::sleep(Duration::from_millis(50));
    };
    typed_signature(&answer, "urn:kapia:adapter:Archive:1", &GATE.certs);
    let wrong = GATE.typed(&about("GetExtractResult", "17.AAAA"));
    assert_eq!(problem(&wrong, "Code"), "verification-code-wrong");
    let received = GATE.typed(&about("GetExtractReceived", &code));
    assert_eq!((received.http.status, broken(&received, &schemas)), (200, Vec::new()));
    let gone = GATE.typed(&about("GetExtractResult", &code));
    assert_eq!(problem(&gone, "Code"), "result-gone");
    assert_eq!(broken(&gone, &schemas), [""; 0]);
}

#[test]
fn an_old_name_is_answered_and_told_to_be_old() {
    let wsdl = GATE.typed_wsdl(OLD);
    assert!(
        wsdl.contains("Старо име, обслужва се до 2031-12-31; използвайте TechnoLogica.RegiX.NRAEmployment"),
        "{wsdl}"
    );
    let question = format!(
        "<ContractsQuestion xmlns=\"urn:kapia:old-labour-contracts:question\"><Number>{RALITSA}</Number></ContractsQuestion>"
    );
    let read = GATE.typed(&TypedCall::of(OLD, "GetContracts", &question));
    assert_eq!(read.http.status, 200, "{}", read.http.text());
    assert!(read.http.header("deprecation").is_some() && read.http.header("sunset").is_some());
    assert_eq!(broken(&read, &schemas_of(&wsdl)), [""; 0]);
}

#[test]
fn who_addresses_is_addressed_and_who_does_not_is_not() {
    let plain = GATE.typed(&person().soap(Soap::V12));
    assert!(!plain.has_header(), "a client without WS-Addressing could not understand it");
    let mut call = person().soap(Soap::V12);
    call.header = "<a:MessageID xmlns:a=\"http://www.w3.org/2005/08/addressing\">urn:uuid:7</a:MessageID>".into();
    let addressed = GATE.typed(&call);
    assert_eq!(addressed.addressing("RelatesTo").as_deref(), Some("urn:uuid:7"));
    let action = format!("{}:ValidPersonSearchResponse", person().namespace());
    assert_eq!(addressed.addressing("Action"), Some(action));
}

#[test]
fn a_wsdl_has_its_golden_text() {
    for package in ["Archive", "RegiX.GraoNBDAdapter", "Traps"] {
        let wsdl = GATE.typed_wsdl(package).replace("https://localhost/", "https://gate.example/");
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/golden/face-{package}.wsdl"));
        if std::env::var_os("KAPIA_BLESS").is_some() {
            std::fs::write(&file, &wsdl).unwrap();
        }
        let golden = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(golden == wsdl, "it is not what it was (KAPIA_BLESS=1 accepts it):\n{wsdl}");
    }
}

#[test]
fn contracts_are_found_by_name_without_regard_to_case_and_listed_for_people() {
    let get = |path: &str| {
        let get = Post { method: "GET".into(), ..Post::to(path, "") };
        let mut connection = GATE.tls(None).connect(GATE.port).unwrap();
        connection.send(&get.octets()).unwrap();
        connection.reply().unwrap()
    };
    assert_eq!(get("/ADAPTERS/regix.graonbdadapter?WSDL").text(), GATE.typed_wsdl(POPULATION));
    assert_eq!(get("/adapters/RegiX.GraoNBDAdapter/soap12?singleWsdl").text(), GATE.typed_wsdl(POPULATION));
    assert!(
        get("/RegiX/adapters/Archive?wsdl").text().contains("location=\"https://localhost/RegiX/adapters/Archive\"")
    );
    assert!(get("/adapters").text().contains("<a href=\"/adapters/RegiX.GraoNBDAdapter?wsdl\">"));
    assert!(get("/adapters/Archive").text().contains("<dt>GetExtract<dd>Препис"));
    assert_eq!(get("/adapters/Nobody?wsdl").status, 404);
    assert_eq!(GATE.send(&TypedCall::of("Nobody", "Get", "").post().octets()).status, 404);
}
