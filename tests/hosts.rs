//! Adapter hosts of the existing standard, in another language: behind our gate, and our packages behind their core.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "hosts/mod.rs"]
mod hosts;
mod support;

use hosts::{Host, Hosted, package};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use support::*;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// One host, asked in all three ways, and the gate before it.
struct Scene {
    host: Host,
    gate: Gate,
    _packages: tempfile::TempDir,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let host = Host::start();
    let packages = tempfile::tempdir().unwrap();
    let at = |path: &str| format!("http://127.0.0.1:{}/{path}", host.port);
    let limits = "answer_seconds = 5\nanswer_bytes = 1000000\npoll_ms = 50";
    package(packages.path(), "RegiX.GraoNBDAdapter", &format!("address = \"{}\"\n{limits}", at("NBDAdapter")));
    let wcf = format!("address = \"{}\"\nprotocol = \"wcf\"\n{limits}", at("TRAdapter.svc"));
    package(packages.path(), "RegiX.AVTRAdapter", &wcf);
    let wcf = format!("address = \"{}\"\nprotocol = \"wcf\"\nsoap = \"1.2\"\n{limits}", at("MVRBDSAdapter.svc"));
    package(packages.path(), "RegiX.MVRBDSAdapter", &wcf);
    let adapters: Vec<PathBuf> = vec![packages.path().to_owned()];
    let gate = Gate::start(GateOptions { adapters, ..GateOptions::default() });
    Scene { host, gate, _packages: packages }
});

/// An operation for each way: HTTP, WCF with SOAP 1.1, WCF with SOAP 1.2.
fn ways() -> [Call; 3] {
    [
        Call::to("ValidPersonSearch", valid_person(OGNYAN)),
        Call::to("GetActualState", actual_state("999001024")),
        Call::to("GetPersonalIdentity", personal_identity("999000014", OGNYAN)),
    ]
}

/// The same call, and how the host shall behave.
fn behaving(call: &Call, mode: &str) -> Call {
    Call { context: Some(format!("<ServiceURI>{mode}</ServiceURI><LawReason>чл. 1</LawReason>")), ..call.clone() }
}

fn ask(mode: &str) -> Read {
    SCENE.gate.call(&behaving(&Call::good(), mode))
}

#[test]
fn a_host_answers_through_the_whole_gate_as_the_same_documents_do_from_a_folder() {
    let samples = Gate::demo();
    for call in ways().into_iter().chain([
        Call::to("PersonDataSearch", person_data(RALITSA)),
        Call::to("PersonDataSearch", person_data(NOBODY)),
        Call::to("RelationsSearch", relations(OGNYAN)),
    ]) {
        for call in [call.clone(), call.signed()] {
            let read = SCENE.gate.call(&call);
            read.result(Entry::V2).assert_answer();
            let expected = samples.call(&call);
            assert_eq!(normal_data(read.http.text()), normal_data(expected.http.text()), "{}", call.operation);
            if call.sign {
                verifies_in_rust(&read, Entry::V2, &SCENE.gate.certs).unwrap();
            }
        }
    }
}

#[test]
fn the_host_is_told_of_a_call_what_the_core_tells_it() {
    let call = Call {
        employee_egn: Some("4803129981".into()),
        citizen_egn: Some(NOBODY.into()),
        context: Some(
            "<ServiceURI>ok</ServiceURI><EmployeeNames>Огнян &amp; Ралица</EmployeeNames><LawReason>чл. 1</LawReason>"
                .into(),
        ),
        ..Call::good().signed()
    };
    for call in [
        call.clone(),
        Call { argument: Some(actual_state("999001024")), operation: operation("GetActualState").into(), ..call },
    ] {
        let id = SCENE.gate.call(&call).result(Entry::V2).call_id;
        let seen = SCENE.host.seen(id);
        let [request] = seen.as_slice() else { panic!("{seen:?}") };
        let body = roxmltree::Document::parse(request["body"].as_str().unwrap()).unwrap();
        let texts = |local: &str| -> Vec<String> {
            let found = body
                .descendants()
                .filter(|node| node.tag_name().name() == local && node.attribute((XSI, "nil")).is_none());
            found.map(|node| node.text().unwrap_or_default().to_owned()).collect()
        };
        assert_eq!(texts("Operation"), std::slice::from_ref(&call.operation));
        assert_eq!(texts("ApiServiceCallId"), [id.to_string()]);
        assert_eq!(
            (texts("CitizenEGN"), texts("EmployeeEGN")),
            (vec![NOBODY.to_owned()], vec!["4803129981".to_owned()])
        );
        assert_eq!(texts("EmployeeNames"), ["Огнян & Ралица"]);
        assert_eq!(texts("LawReason"), ["чл. 1"]);
        assert_eq!(texts("ClientIPAddress"), ["127.0.0.1"]);
        assert_eq!(texts("ConsumerCertificateThumbprint")[0].len(), 40);
        assert!(!texts("OrganizationUnit")[0].is_empty() && texts("OrganizationEIK")[0].starts_with("2.16."));
        // The gate signs and filters: the host is asked for neither.
        assert_eq!(texts("SignResult"), ["false", "false"]);
        assert_eq!(texts("ReturnAccessMatrix"), ["false", "false"]);
        assert!(texts("HasAccess").len() > 3 && texts("HasAccess").iter().all(|has| has == "true"));
    }
}

#[test]
fn connections_are_kept_for_the_next_call() {
    let connections: Vec<u64> = (0..5)
        .map(|_| {
            let id = ask("ok").result(Entry::V2).call_id;
            SCENE.host.seen(id)[0]["connection"].as_u64().unwrap()
        })
        .collect();
    let distinct: std::collections::BTreeSet<&u64> = connections.iter().collect();
    assert!(distinct.len() < connections.len(), "{connections:?}");
}

#[test]
fn a_host_that_shows_too_much_is_filtered_by_the_gate() {
    SCENE.gate.kapia(&[
        "consumer",
        "add",
        "Тесен",
        "--oid",
        "2.16.100.1.1.77",
        "--certificate",
        SCENE.gate.certs.join("stranger.pem").to_str().unwrap(),
    ]);
    SCENE.gate.kapia(&["grant", "add", "Тесен", "ValidPersonSearch", "--field", "FirstName"]);
    let stranger = SCENE.gate.tls(Some("stranger"));
    let call = behaving(&Call::good(), "too-much");
    let began = Instant::now();
    let read = loop {
        let read = SCENE.gate.call_as(&stranger, &call);
        // The right to the operation may be seen before the right to its field.
        if read.http.text().contains("<FirstName>") {
            break read;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{}", read.http.text());
        std::thread::sleep(Duration::from_millis(50));
    };
    let text = read.http.text();
    assert!(text.contains("<FirstName>Огнян</FirstName>"), "{text}");
    assert!(!text.contains("FamilyName") && !text.contains("7605239965 -->"), "{text}");
}

#[test]
fn whatever_goes_wrong_at_a_host_has_a_name_and_nothing_of_what_it_said() {
    let http = [
        ("dead", "host-broken-off"),
        ("cut", "host-broken-off"),
        ("garbage", "host-answer-unreadable"),
        ("doctype", "host-answer-unreadable"),
        ("page", "host-answer-unknown"),
        ("type text/html", "host-content-type"),
        ("type application/json", "host-content-type"),
        ("giant", "host-answer-too-large"),
        ("endless", "host-answer-too-large"),
        ("status 301", "host-redirect"),
        ("status 307", "host-redirect"),
        ("status 401", "host-forbidden"),
        ("status 403", "host-forbidden"),
        ("status 404", "host-adapter-unknown"),
        ("status 500", "host-status"),
        ("status 502", "host-unavailable"),
        ("status 503", "host-unavailable"),
        ("unknown-person", "host-adapter-error"),
        ("no-code", "host-answer-missing"),
        ("later-error", "host-adapter-error"),
        ("empty", "host-answer-empty"),
        ("other-document", "answer-root"),
        ("invalid", "answer-invalid"),
    ];
    let [http_call, wcf11, wcf12] = ways();
    for (mode, code) in http {
        refused(&http_call, mode, code);
    }
    for wcf in [wcf11, wcf12] {
        for (mode, code) in http.into_iter().filter(|(mode, _)| *mode != "status 500") {
            refused(&wcf, mode, code);
        }
        refused(&wcf, "fault", "host-fault");
        refused(&wcf, "status 500", "host-fault");
    }
}

fn refused(call: &Call, mode: &str, code: &str) {
    let began = Instant::now();
    let read = SCENE.gate.call(&behaving(call, mode));
    let result = read.result(Entry::V2);
    assert!(result.has_error && result.data.is_none(), "{mode}: {}", read.http.text());
    assert_eq!(read.http.header("kapia-code"), Some(code), "{} {mode}: {}", call.operation, read.http.everything());
    let said = format!("{}{}", read.http.everything(), result.error.unwrap());
    assert!(!said.contains("7605239965") && !said.contains("ЕГН 7"), "{mode}: {said}");
    assert!(began.elapsed() < Duration::from_secs(4), "{mode} took {:?}", began.elapsed());
}

#[test]
fn a_slow_host_is_waited_for_and_a_too_slow_one_is_not() {
    ask("slow 1").result(Entry::V2).assert_answer();
    for mode in ["slow 30", "drip"] {
        let began = Instant::now();
        let read = ask(mode);
        assert_eq!(read.http.header("kapia-code"), Some("host-deadline"), "{}", read.http.everything());
        let took = began.elapsed();
        assert!(took > Duration::from_secs(4) && took < Duration::from_secs(8), "{mode}: {took:?}");
    }
}

#[test]
fn an_asynchronous_operation_is_asked_for_until_it_is_ready_and_then_acknowledged() {
    for call in ways() {
        let id = {
            let read = SCENE.gate.call(&behaving(&call, "later 3"));
            read.result(Entry::V2).assert_answer();
            read.result(Entry::V2).call_id
        };
        let began = Instant::now();
        let acknowledged = |state: &serde_json::Value| {
            state["acknowledged"].as_array().unwrap().iter().any(|known| known.as_str() == Some(&id.to_string()))
        };
        while !acknowledged(&SCENE.host.state()) {
            assert!(began.elapsed() < Duration::from_secs(10), "{} was not acknowledged", call.operation);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    let read = ask("never");
    assert_eq!(read.http.header("kapia-code"), Some("host-not-ready"), "{}", read.http.everything());
}

#[test]
fn a_host_that_is_gone_is_told_and_another_address_is_asked() {
    let (mut first, second) = (Host::start(), Host::start());
    let packages = tempfile::tempdir().unwrap();
    let addresses = format!(
        "address = \"http://127.0.0.1:{}/NBDAdapter/ http://127.0.0.1:{}/NBDAdapter/\"",
        first.port, second.port
    );
    package(packages.path(), "RegiX.GraoNBDAdapter", &addresses);
    let gate = Gate::start(GateOptions { adapters: vec![packages.path().to_owned()], ..GateOptions::default() });
    let id = gate.call(&Call::good()).result(Entry::V2).call_id;
    assert_eq!(first.seen(id).len(), 1);

    first.kill();
    // The connection that was kept is dead; nothing of the call can have arrived, so the other address is asked.
    for _ in 0..3 {
        let read = gate.call(&Call::good());
        read.result(Entry::V2).assert_answer();
        assert_eq!(second.seen(read.result(Entry::V2).call_id).len(), 1);
    }
    drop(second);
    let read = gate.call(&Call::good());
    let code = read.http.header("kapia-code").unwrap();
    assert!(["host-unreachable", "host-broken-off"].contains(&code), "{}", read.http.everything());
    let read = gate.call(&Call::good());
    assert_eq!(read.http.header("kapia-code"), Some("host-unreachable"), "{}", read.http.everything());
}

#[test]
fn a_host_behind_tls_sees_our_certificate_and_nobody_trusts_another() {
    let certs = &SCENE.gate.certs;
    let host = Host::tls(&certs.join("server.pem"), &certs.join("server-key.pem"), &certs.join("ca.pem"));
    let file = |name: &str| certs.join(name).to_str().unwrap().to_owned();
    let address = format!("address = \"https://localhost:{}/NBDAdapter/\"", host.port);
    let identity = format!("certificate = \"{}\"\nkey = \"{}\"", file("consumer.pem"), file("consumer-key.pem"));
    let authorities = format!("authorities = \"{}\"", file("ca.pem"));
    for (backend, code) in [
        (format!("{address}\n{identity}\n{authorities}"), None),
        (format!("{address}\n{identity}"), Some("host-unreachable")),
        (format!("{address}\n{authorities}"), Some("host-broken-off")),
    ] {
        let packages = tempfile::tempdir().unwrap();
        package(packages.path(), "RegiX.GraoNBDAdapter", &backend);
        // The demo makes a call of its own, which must go well; `serve` makes none.
        let folder = format!("folders = [{:?}]", packages.path().to_str().unwrap());
        let settings = vec![("folders = []", folder)];
        let gate = Gate::start(GateOptions { settings, serve: true, ..GateOptions::default() });
        let read = gate.call(&Call::good());
        match code {
            None => read.result(Entry::V2).assert_answer(),
            Some(code) => assert_eq!(read.http.header("kapia-code"), Some(code), "{}", read.http.everything()),
        }
    }
}

#[test]
fn nothing_that_a_host_said_or_was_told_stands_in_a_log() {
    for mode in ["ok", "unknown-person", "status 500", "cut", "page"] {
        let call = Call { citizen_egn: Some(NOBODY.into()), ..behaving(&Call::good(), mode) };
        SCENE.gate.call(&call);
    }
    let said = SCENE.gate.said();
    for secret in [NOBODY, "Няма лице", "ЕГН 7605239965"] {
        assert!(!said.contains(secret), "{secret} was said");
    }
}

// ---- our packages behind a core ----

/// Our packages, the population register through another host, and a core that may set parameters.
static HOSTED: LazyLock<(Hosted, tempfile::TempDir)> = LazyLock::new(|| {
    let packages = tempfile::tempdir().unwrap();
    let address = format!("address = \"http://127.0.0.1:{}/NBDAdapter/\"", SCENE.host.port);
    package(packages.path(), "RegiX.GraoNBDAdapter", &address);
    let folder = packages.path().to_str().unwrap().to_owned();
    let arguments = ["--set-parameters", "--adapters", &folder];
    (Hosted::start(&SET.folder.join("kapia.toml"), &SET.certs, &arguments), packages)
});

/// A configuration of its own for the host whose parameters are set: the hosts of one store share them.
static SET: LazyLock<Gate> = LazyLock::new(Gate::demo);

/// The configuration of a gate with our own packages alone, which signs with the key that its `certs` hold.
static PLAIN: LazyLock<Gate> = LazyLock::new(Gate::demo);

fn hosted(arguments: &[&str]) -> Hosted {
    Hosted::start(&PLAIN.folder.join("kapia.toml"), &PLAIN.certs, arguments)
}

#[test]
fn a_core_executes_operations_with_the_matrix_that_it_hands_over() {
    let hosted = hosted(&[]);
    for check in ["execute", "matrix", "returned_matrix", "errors", "pdf", "wcf", "health", "read_only"] {
        hosted.check(check, &[]);
    }
    let signer = std::fs::read_to_string(PLAIN.certs.join("signer.pem")).unwrap();
    let signer = &kapia_signature::Certificate::from_pem(&signer).unwrap()[0];
    let key: String = signer.public_key().octets().iter().map(|octet| format!("{octet:02X}")).collect();
    hosted.check("functions", &[&key]);
}

#[test]
fn a_core_may_come_without_tls_where_that_is_allowed() {
    let hosted = Hosted::plain(&PLAIN.folder.join("kapia.toml"), &PLAIN.certs, &[]);
    for check in ["execute", "wcf", "health"] {
        hosted.check(check, &[]);
    }
}

#[test]
fn a_result_is_signed_as_adapters_sign_and_verifies_in_place_and_cut_out() {
    let scope = [("xsi", XSI), ("xsd", "http://www.w3.org/2001/XMLSchema")];
    for (arguments, legacy) in [(&[][..], true), (&["--signature", "default"][..], false)] {
        let hosted = hosted(arguments);
        let file = hosted.folder.path().join("reply.xml");
        hosted.check("signed", &[file.to_str().unwrap()]);
        let reply = std::fs::read(&file).unwrap();
        let text = String::from_utf8(reply.clone()).unwrap();
        assert_eq!(text.contains("rsa-sha1"), legacy);
        for octets in [reply.clone(), cut_out(&reply, Entry::V2, &scope)] {
            xmlsec1(&octets, Entry::V2, &PLAIN.certs).unwrap();
        }
        let changed = text.replace("Огнян", "Огнемир");
        assert!(xmlsec1(changed.as_bytes(), Entry::V2, &PLAIN.certs).is_err(), "a changed result verifies");
    }
}

#[test]
fn a_core_reads_and_sets_parameters_and_sees_no_secret() {
    HOSTED.0.check("parameters", &[]);
    let secret = &SCENE.host.state()["parameters"]["ConnectionString"][1];
    assert_eq!(secret, "нова <тайна>");
    assert!(!HOSTED.0.log().contains("тайна"));
}

#[test]
fn a_register_that_cannot_be_reached_is_said_to_be_so() {
    let packages = tempfile::tempdir().unwrap();
    package(packages.path(), "RegiX.GraoNBDAdapter", "address = \"http://127.0.0.1:9/NBDAdapter/\"");
    hosted(&["--adapters", packages.path().to_str().unwrap()]).check("sick", &[]);
}

#[test]
fn what_cores_ask_is_written_down_without_what_concerns_a_person() {
    let mut hosted = hosted(&[]);
    hosted.check("execute", &[]);
    hosted.check("errors", &[]);
    hosted.signal("TERM");
    assert!(hosted.wait(), "{}", hosted.log());
    let journal = hosted.folder.path().join("journal.db");
    kapia_journal::verify(&journal, None).unwrap();
    let reader = kapia_journal::Reader::open(&journal).unwrap();
    let rows = reader.page(&kapia_journal::Filter::default(), 0, usize::MAX).unwrap();
    let answered = rows.iter().filter(|row| row.record.outcome == kapia_journal::Outcome::Answered).count();
    assert!(answered >= 3 && rows.len() > answered + 4, "{answered} of {}", rows.len());
    let first = &rows[0].record;
    assert_eq!((first.service_call_id, first.entry.version.as_ref()), (77, "host"));
    assert_eq!(first.context.law_reason.as_deref(), Some("чл. 1"));
    assert_eq!(first.consumer.as_ref().map(|consumer| consumer.name.as_str()), Some("Община Капийци"));
    let written = format!("{rows:?}{}", hosted.log());
    for secret in [OGNYAN, "Огнян", "Капийски"] {
        assert!(!written.contains(secret), "{secret} was written down");
    }
}

#[test]
fn a_host_that_wants_certificates_serves_nobody_without_one() {
    let hosted = hosted(&["--require-certificate"]);
    let ask = |tls: &Tls| {
        let mut connection = tls.connect(hosted.port).unwrap();
        connection.send(b"GET /NBDAdapter/GetAdapterVersion HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        connection.reply().unwrap()
    };
    assert_eq!(ask(&PLAIN.tls(Some("consumer"))).status, 200);
    for who in [None, Some("expired")] {
        let reply = ask(&PLAIN.tls(who));
        assert_eq!((reply.status, reply.header("kapia-code")), (403, Some("certificate-wanted")));
    }
}

#[test]
fn packages_are_read_anew_on_sighup() {
    let packages = tempfile::tempdir().unwrap();
    let from = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/registers/RegiX.GraoNBDAdapter");
    hosts::copy(&from, &packages.path().join("package"));
    let hosted = hosted(&["--adapters", packages.path().to_str().unwrap()]);
    let answer = packages.path().join("package/XMLData/ValidPerson.7605239965.xml");
    let text = std::fs::read_to_string(&answer).unwrap();
    hosted.check("execute", &[]);
    std::fs::write(&answer, text.replace("Огнян", "Огнемир")).unwrap();
    hosted.signal("HUP");
    let began = Instant::now();
    while !hosted.log().contains("reloaded") {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", hosted.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    let file = hosted.folder.path().join("reply.xml");
    hosted.check("signed", &[file.to_str().unwrap()]);
    assert!(std::fs::read_to_string(file).unwrap().contains("<FirstName>Огнемир</FirstName>"));
}
