//! Every kind of backend through the whole gate, with rights, signature and journal; and what becomes of calls when the
//! register behind it is killed, slowed, filled, or says what no register should.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "hosts/mod.rs"]
mod hosts;
mod support;
mod upstreams;

use hosts::Hosted;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use support::*;
use tempfile::TempDir;
use upstreams::{Mode, PASSWORD, SECRET, Upstream, behind, copy};

const INSPECTIONS: &str = "Kapia.RegiX.VehicleInspectionsAdapter.APIService.IVehicleInspectionsAPI.GetInspections";
const PERMITS: &str = "Kapia.RegiX.FishingPermitsAdapter.APIService.IFishingPermitsAPI.GetPermits";
const MONUMENT: &str = "Kapia.RegiX.MonumentsAdapter.APIService.IMonumentsAPI.GetMonument";
const UNITS: &str = "Kapia.RegiX.AddressUnitsAdapter.APIService.IAddressUnitsAPI.GetUnits";
const ECHO: &str = "Kapia.RegiX.EchoAdapter.APIService.IEchoAPI.GetEcho";

const LIMITS: &str = "answer_timeout_ms = 1500\nanswer_bytes = 1000000";

/// One gate before all kinds of registers.
struct Scene {
    gate: Gate,
    upstream: Upstream,
    host: Hosted,
    folder: TempDir,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let upstream = Upstream::start();
    let folder = tempfile::tempdir().unwrap();
    let packages = folder.path().join("packages");
    // The host beyond is our own, with the samples of the register as its answers.
    let hosted = folder.path().join("hosted");
    let sample = behind(&hosted, "Kapia.Monuments", 0, "").join("adapter.toml");
    let manifest = std::fs::read_to_string(&sample).unwrap();
    let (before, after) = manifest.split_once("kind = \"host\"\n").unwrap();
    let (_, after) = after.split_once('\n').unwrap();
    std::fs::write(&sample, format!("{before}kind = \"sample\"\n{after}")).unwrap();
    let plain = Gate::demo();
    let served = hosted.to_str().unwrap().to_owned();
    let host = Hosted::plain(&plain.folder.join("kapia.toml"), &plain.certs, &["--adapters", &served]);

    behind(&packages, "Kapia.VehicleInspections", upstream.port, LIMITS);
    behind(&packages, "Kapia.FishingPermits", upstream.port, LIMITS);
    behind(&packages, "Kapia.Monuments", host.port, "");
    copy(&here("tests/registers/Kapia.Echo"), &packages.join("Kapia.Echo"));
    let gate = Gate::start(GateOptions { adapters: vec![packages], ..GateOptions::default() });
    Scene { gate, upstream, host, folder }
});

/// Tests that change how the services behave, or take all connections of the database, take turns.
static TURN: Mutex<()> = Mutex::new(());

struct Turn(#[expect(dead_code, reason = "held, not read")] MutexGuard<'static, ()>);

fn turn() -> Turn {
    let turn = Turn(TURN.lock().unwrap_or_else(PoisonError::into_inner));
    SCENE.upstream.behave(Mode::Good);
    SCENE.upstream.asked();
    turn
}

impl Drop for Turn {
    fn drop(&mut self) {
        SCENE.upstream.behave(Mode::Good);
    }
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn to(operation: &str, argument: &str) -> Call {
    Call { operation: operation.into(), argument: Some(argument.into()), ..Call::good() }
}

fn inspections(plate: &str) -> Call {
    to(
        INSPECTIONS,
        &format!(
            "<InspectionsRequest xmlns=\"urn:kapia:vehicle-inspections:request\"><Plate>{plate}</Plate></InspectionsRequest>"
        ),
    )
}

fn permits(egn: &str) -> Call {
    to(
        PERMITS,
        &format!("<PermitsRequest xmlns=\"urn:kapia:fishing-permits:request\"><EGN>{egn}</EGN></PermitsRequest>"),
    )
}

fn monument() -> Call {
    to(MONUMENT, "<MonumentRequest xmlns=\"urn:kapia:monuments:request\"><Number>42</Number></MonumentRequest>")
}

fn units(conditions: &str) -> Call {
    to(UNITS, &format!("<UnitsRequest xmlns=\"urn:kapia:address-units:request\">{conditions}</UnitsRequest>"))
}

fn echo(inside: &str) -> Call {
    to(ECHO, &format!("<EchoRequest xmlns=\"urn:kapia:echo\">{inside}</EchoRequest>"))
}

/// The texts of all elements of this name in the answer.
fn texts(read: &Read, local: &str) -> Vec<String> {
    let response = read.document.element(read.result(Entry::V2).response.unwrap());
    let starts = response.events().filter_map(|event| match event {
        kapia_xml::Event::Start(element) if element.local() == local => Some(element.text().into_owned()),
        _ => None,
    });
    starts.collect()
}

/// The call ends with this code, in time, and nothing of what was asked or answered stands in the reply.
fn ends_with(call: &Call, code: &str, what: &str) {
    let gate = &SCENE.gate;
    let began = Instant::now();
    let read = gate.call(call);
    let result = read.result(Entry::V2);
    assert!(result.has_error && result.data.is_none(), "{what}: {}", read.http.text());
    assert_eq!(read.kapia_code(), Some(code), "{what}: {}", read.http.everything());
    let everything = read.http.everything();
    for secret in [SECRET, PASSWORD, OGNYAN, "ТАЙНА", "token-1"] {
        assert!(!everything.contains(secret), "{what}: {secret} stands in {everything}");
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{what} took {:?}", began.elapsed());
}

// ---- every kind answers ----

#[test]
fn every_kind_of_register_answers_signed_and_is_written_down() {
    let _turn = turn();
    for (call, local, expected) in [
        (Call::good(), "FirstName", "Огнян"),
        (units("<Under>0103</Under><Level>3</Level>"), "Name", "с. Стара порта"),
        (inspections("кп 0042 хх"), "Make", "Капийски Автомобил"),
        (permits(OGNYAN), "Fee", "25.00"),
        (monument(), "Name", "Каменната порта"),
    ] {
        let read = SCENE.gate.call(&call.clone().signed());
        read.result(Entry::V2).assert_answer();
        assert_eq!(texts(&read, local)[0], expected, "{}", call.operation);
        verifies_in_rust(&read, Entry::V2, &SCENE.gate.certs).unwrap();
        let record = record(read.result(Entry::V2).call_id);
        assert_eq!(record.operation, call.operation);
        assert!(record.signed && record.outcome == kapia_journal::Outcome::Answered, "{record:?}");
    }
    assert!(SCENE.gate.kapia(&["journal", "verify"]).code == Some(0));
}

#[test]
fn every_worked_register_is_green_when_its_service_can_be_reached() {
    let _turn = turn();
    let packages = SCENE.folder.path().join("packages");
    let output =
        std::process::Command::new(program()).args(["adapter", "check", "--json"]).arg(packages).output().unwrap();
    let reports: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let reports = reports.as_array().unwrap();
    assert_eq!(reports.len(), 4);
    for report in reports {
        let grave = report["findings"].as_array().unwrap().iter().filter(|finding| finding["level"] != "note");
        assert_eq!(grave.collect::<Vec<_>>(), Vec::<&serde_json::Value>::new(), "{}", report["package"]);
        for name in ["backend-reachable", "operation-answers", "answer-valid", "filter"] {
            let checks = report["checks"].as_array().unwrap();
            let check = checks.iter().find(|check| check["check"] == name).unwrap();
            assert_eq!(check["outcome"], "passed", "{}: {name}", report["package"]);
        }
    }
}

fn record(call_id: i64) -> kapia_journal::Record {
    let reader = kapia_journal::Reader::open(SCENE.gate.folder.join("journal.db")).unwrap();
    let rows = reader.page(&kapia_journal::Filter::default(), 0, usize::MAX).unwrap();
    rows.into_iter().map(|row| row.record).find(|record| record.service_call_id == call_id).expect("a record")
}

#[test]
fn values_of_a_service_arrive_converted_and_whole() {
    let _turn = turn();
    let read = SCENE.gate.call(&inspections("КП0042ХХ"));
    assert_eq!(texts(&read, "Date"), ["2025-03-11", "2024-03-08"]);
    assert_eq!(texts(&read, "ValidUntil"), ["2026-03-11"]);
    assert_eq!(texts(&read, "Outcome"), ["Годно", "Негодно"]);
    assert_eq!(texts(&read, "Remark"), ["Износени накладки", "Счупен <десен> фар & \"стоп\" ]]>"]);
    let asked = SCENE.upstream.asked();
    assert!(asked.last().unwrap().line.starts_with("GET /api/v1/vehicles/%D0%9A%D0%9F0042"), "{asked:?}");

    let read = SCENE.gate.call(&permits(OGNYAN));
    assert_eq!(texts(&read, "Number"), ["Р-000017"]);
    assert_eq!(texts(&read, "ValidTo"), ["2027-01-04"]);
    let asked = SCENE.upstream.asked();
    assert!(
        !asked[0].body.contains(PASSWORD) && asked[0].body.contains("PasswordDigest"),
        "the password itself was sent"
    );
}

#[test]
fn what_a_register_does_not_know_is_an_answer_without_data() {
    let _turn = turn();
    for call in [valid(NOBODY), inspections("НЯМА1"), permits(NOBODY), units("<Under>99</Under>")] {
        let read = SCENE.gate.call(&call);
        read.result(Entry::V2).assert_answer();
        let outcome = record(read.result(Entry::V2).call_id).outcome;
        assert_eq!(outcome, kapia_journal::Outcome::NoData, "{}", call.operation);
    }
}

fn valid(egn: &str) -> Call {
    Call::to("ValidPersonSearch", valid_person(egn))
}

#[test]
fn what_a_consumer_may_not_see_never_leaves_whatever_the_register_is() {
    let _turn = turn();
    let certificate = SCENE.gate.certs.join("stranger.pem");
    let add = ["consumer", "add", "Тесен", "--oid", "2.16.100.1.1.78", "--certificate", certificate.to_str().unwrap()];
    SCENE.gate.kapia(&add);
    for (operation, field) in [
        ("ValidPersonSearch", "FirstName"),
        ("GetUnits", "Unit/Name"),
        ("GetInspections", "Inspection/Date"),
        ("GetPermits", "Permit/Number"),
        ("GetMonument", "Owner/Name"),
    ] {
        SCENE.gate.kapia(&["grant", "add", "Тесен", operation, "--field", field]);
    }
    let stranger = SCENE.gate.tls(Some("stranger"));
    let began = Instant::now();
    while SCENE.gate.call_as(&stranger, &monument()).result(Entry::V2).has_error {
        assert!(began.elapsed() < Duration::from_secs(10), "the rights are never seen");
        std::thread::sleep(Duration::from_millis(50));
    }
    for (call, seen, hidden) in [
        (valid(OGNYAN), "Огнян", &["FamilyName", "Капийски", "BirthDate"][..]),
        (units("<Under>0103</Under>"), "с. Стара порта", &["<Code>", "<Parent>", "<Level>"]),
        (inspections("КП0042ХХ"), "2025-03-11", &["Make", "Автомобил", "Remark", "Mileage", "120345"]),
        (permits(OGNYAN), "Р-000017", &["годишен", "Fee", "25.00", "ValidTo"]),
        (monument(), "Калоян Ненов Самостоев", &["6712059906", "Каменната порта", "Settlement"]),
    ] {
        let read = SCENE.gate.call_as(&stranger, &call.clone().signed());
        let result = read.result(Entry::V2);
        result.assert_answer();
        let response = read.written(result.response.unwrap());
        assert!(response.contains(seen), "{response}");
        for hidden in hidden {
            assert!(!response.contains(hidden), "{hidden} stands in {response}");
        }
        verifies_in_rust(&read, Entry::V2, &SCENE.gate.certs).unwrap();
        assert!(record(result.call_id).hidden_fields > 0);
    }
}

#[test]
fn the_whole_classification_arrives_in_one_signed_answer() {
    let read = SCENE.gate.call(&units("").signed());
    read.result(Entry::V2).assert_answer();
    let codes = texts(&read, "Code");
    assert_eq!(codes.len(), 28 + 280 + 3360 + 53_760);
    assert!(codes.is_sorted() && codes.last().unwrap() == "28101216");
    verifies_in_rust(&read, Entry::V2, &SCENE.gate.certs).unwrap();
}

// ---- what goes wrong behind the gate ----

#[test]
fn whatever_goes_wrong_at_a_service_has_a_name_and_nothing_of_what_it_said() {
    let _turn = turn();
    let json = |text: &str| Mode::Body("application/json", text.as_bytes().to_vec());
    let xml = |text: &str| Mode::Body("text/xml; charset=utf-8", text.as_bytes().to_vec());
    let secret = format!("{{\"vehicle\": {{\"make\": \"{SECRET}\"}}");
    for (mode, rest, soap) in [
        (Mode::Slow(Duration::from_secs(4)), "web-deadline", "web-deadline"),
        (Mode::Cut, "web-broken-off", "web-broken-off"),
        (Mode::Dead, "web-broken-off", "web-broken-off"),
        (Mode::Status(500), "web-unavailable", "web-unavailable"),
        (Mode::Status(503), "web-unavailable", "web-unavailable"),
        (Mode::Status(403), "web-forbidden", "web-forbidden"),
        (Mode::Status(302), "web-redirect", "web-redirect"),
        (Mode::Status(418), "web-status", "web-status"),
        (json(&secret), "web-json-unreadable", "web-content-type"),
        (xml("<a>"), "web-content-type", "web-xml-unreadable"),
        (
            xml("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"),
            "web-content-type",
            "web-xml-unreadable",
        ),
        (xml("<a/>"), "web-content-type", "web-soap-envelope"),
        (json(&" ".repeat(2_000_000)), "web-answer-too-large", "web-content-type"),
        (xml(&" ".repeat(2_000_000)), "web-content-type", "web-answer-too-large"),
    ] {
        SCENE.upstream.behave(mode.clone());
        let what = match &mode {
            Mode::Body(kind, _) => format!("a body of {kind}"),
            other => format!("{other:?}"),
        };
        ends_with(&inspections("КП0042ХХ"), rest, &what);
        ends_with(&permits(OGNYAN), soap, &what);
        // Nothing else suffers.
        SCENE.gate.call(&Call::good()).result(Entry::V2).assert_answer();
    }
    SCENE.upstream.behave(Mode::Good);
    SCENE.gate.call(&inspections("КП0042ХХ")).result(Entry::V2).assert_answer();
    SCENE.gate.call(&permits(OGNYAN)).result(Entry::V2).assert_answer();
}

#[test]
fn faults_of_a_service_are_what_the_package_says_that_they_are() {
    let _turn = turn();
    SCENE.upstream.behave(Mode::Fault("<Resting xmlns=\"urn:example:fishing:permits\"/>"));
    ends_with(&permits(OGNYAN), "web-soap-fault", "a service that rests");
    SCENE.upstream.behave(Mode::Fault("<Other/>"));
    ends_with(&permits(OGNYAN), "web-soap-fault", "another fault");
    SCENE.upstream.behave(Mode::Fault("<HolderUnknown xmlns=\"urn:example:fishing:permits\"/>"));
    SCENE.gate.call(&permits(OGNYAN)).result(Entry::V2).assert_answer();
}

#[test]
fn hostile_answers_of_a_service_become_text_or_an_error_and_never_markup() {
    let _turn = turn();
    let make = |make: &str| {
        let text = format!("{{\"vehicle\": {{\"make\": {make}}}, \"inspections\": []}}");
        SCENE.upstream.behave(Mode::Body("application/json", text.into_bytes()));
        inspections("КП0042ХХ")
    };
    let markup = r#"</Make><Inspection>]]>&lt;'\""#;
    let read = SCENE.gate.call(&make(&serde_json::Value::from(markup).to_string()));
    assert_eq!(texts(&read, "Make"), [markup]);
    assert!(texts(&read, "Inspection").is_empty());
    let large = "Ж".repeat(400_000);
    let read = SCENE.gate.call(&make(&format!("\"{large}\"")));
    assert_eq!(texts(&read, "Make"), [large]);
    ends_with(&make(&format!("\"{SECRET}\\u0000\"")), "web-template", "a NUL");
    ends_with(&make(&format!("\"{SECRET}\\ud800\"")), "web-json-unreadable", "half a character");
    ends_with(&make(&format!("{{\"a\": \"{SECRET}\"}}")), "web-template", "an object instead of a text");
    ends_with(&make(&format!("[\"{SECRET}\"]")), "web-template", "a list instead of a text");
    // A number and a truth are texts; null is nothing.
    for (written, told) in [("1.500", &["1.500"][..]), ("true", &["true"]), ("null", &[])] {
        assert_eq!(texts(&SCENE.gate.call(&make(written)), "Make"), told);
    }
    let wrong =
        format!("{{\"vehicle\": {{}}, \"inspections\": [{{\"date\": \"{SECRET}\", \"outcome\": \"passed\"}}]}}");
    SCENE.upstream.behave(Mode::Body("application/json", wrong.into_bytes()));
    ends_with(&inspections("КП0042ХХ"), "web-template", "no date");
    let unknown =
        format!("{{\"vehicle\": {{}}, \"inspections\": [{{\"date\": \"2025-01-01\", \"outcome\": \"{SECRET}\"}}]}}");
    SCENE.upstream.behave(Mode::Body("application/json", unknown.into_bytes()));
    ends_with(&inspections("КП0042ХХ"), "web-template", "an unknown code");
    let fee = upstreams::envelope(&format!("<permit number=\"1\"><fee>{SECRET}</fee></permit>"));
    SCENE.upstream.behave(Mode::Body("text/xml; charset=utf-8", fee));
    ends_with(&permits(OGNYAN), "web-template", "no fee");
}

#[test]
fn a_service_that_is_killed_in_mid_call_and_comes_again() {
    let upstream = Upstream::start();
    let folder = tempfile::tempdir().unwrap();
    behind(folder.path(), "Kapia.VehicleInspections", upstream.port, LIMITS);
    let adapters = vec![folder.path().to_owned()];
    let gate = Gate::start(GateOptions { adapters, ..GateOptions::default() });
    gate.call(&inspections("КП0042ХХ")).result(Entry::V2).assert_answer();
    upstream.behave(Mode::Slow(Duration::from_millis(1200)));
    std::thread::scope(|scope| {
        let calling = scope.spawn(|| gate.call(&inspections("КП0042ХХ")));
        std::thread::sleep(Duration::from_millis(400));
        upstream.kill();
        let read = calling.join().unwrap();
        assert_eq!(read.kapia_code(), Some("web-broken-off"), "{}", read.http.everything());
    });
    let read = gate.call(&inspections("КП0042ХХ"));
    assert!(["web-unreachable", "web-broken-off"].contains(&read.kapia_code().unwrap()), "{}", read.http.everything());
    gate.call(&Call::good()).result(Entry::V2).assert_answer();
    let again = Upstream::at(upstream.port);
    gate.call(&inspections("КП0042ХХ")).result(Entry::V2).assert_answer();
    assert!(!again.asked().is_empty());
}

// ---- a database behind the gate ----

#[test]
fn hostile_arguments_stay_values_on_their_way_to_a_database_and_back() {
    let _turn = turn();
    for hostile in [
        "'; DROP TABLE cell; --",
        "\" OR 1=1",
        ":text",
        "a]]&gt;b",
        "&lt;x/&gt;",
        "\\",
        "%_",
        "{{ x }}",
        "?1",
        "Ж'ж&#xA;&#x9;",
    ] {
        let read = SCENE.gate.call(&echo(&format!("<Text>{hostile}</Text>")));
        let plain = hostile.replace("&gt;", ">").replace("&lt;", "<").replace("&#xA;", "\n").replace("&#x9;", "\t");
        assert_eq!(texts(&read, "Text"), [plain]);
    }
    let large = "Ж".repeat(500_000);
    assert_eq!(texts(&SCENE.gate.call(&echo(&format!("<Text>{large}</Text>"))), "Text"), [large]);
    ends_with(&echo(&format!("<Number>{SECRET}</Number>")), "sql-parameter", "no number");
    ends_with(&echo("<Number>99999999999999999999</Number>"), "sql-parameter", "too large a number");
    assert_eq!(texts(&SCENE.gate.call(&echo("<Number> -7 </Number>")), "Text"), ["-7"]);
    assert_eq!(texts(&SCENE.gate.call(&echo("<Cell>number</Cell>")), "Text"), ["1.5"]);
}

#[test]
fn hostile_cells_become_text_or_an_error_and_never_markup() {
    let _turn = turn();
    let cell = |name: &str| echo(&format!("<Cell>{name}</Cell>"));
    let read = SCENE.gate.call(&cell("markup").signed());
    assert_eq!(texts(&read, "Text"), ["<Text>]]>&amp;\"'</Text><!-- ТАЙНА -->"]);
    verifies_in_rust(&read, Entry::V2, &SCENE.gate.certs).unwrap();
    assert_eq!(texts(&SCENE.gate.call(&cell("blob")), "Text"), ["AP8Q"]);
    assert_eq!(texts(&SCENE.gate.call(&cell("null")), "Text"), Vec::<String>::new());
    assert_eq!(texts(&SCENE.gate.call(&cell("large")), "Text")[0].len(), 1_000_000);
    ends_with(&cell("nul"), "sql-character", "a NUL");
    ends_with(&cell("control"), "sql-character", "a control character");
    ends_with(&cell("encoding"), "sql-encoding", "no UTF-8");
}

#[test]
fn a_database_that_is_slow_or_full_is_told_and_the_gate_serves_on() {
    let _turn = turn();
    const NEVER: &str = "<Count>1000000000</Count>";
    ends_with(&echo("<Count>5000</Count>"), "sql-row-cap", "too many rows");
    ends_with(&echo(NEVER), "sql-statement-timeout", "a query without end");
    // Both connections are taken; the third call waits for one in vain, and the others are ended in time.
    std::thread::scope(|scope| {
        let slow: Vec<_> = (0..2).map(|_| scope.spawn(|| SCENE.gate.call(&echo(NEVER)))).collect();
        std::thread::sleep(Duration::from_millis(400));
        ends_with(&echo("<Text>а</Text>"), "sql-busy", "no free connection");
        SCENE.gate.call(&Call::good()).result(Entry::V2).assert_answer();
        for call in slow {
            assert_eq!(call.join().unwrap().kapia_code(), Some("sql-statement-timeout"));
        }
    });
    assert_eq!(texts(&SCENE.gate.call(&echo("<Text>а</Text>")), "Text"), ["а"]);
}

#[test]
fn nothing_that_a_register_was_told_or_said_stands_in_the_log_or_in_the_journal() {
    let _turn = turn();
    SCENE.upstream.behave(Mode::Status(500));
    SCENE.gate.call(&permits(OGNYAN));
    SCENE.upstream.behave(Mode::Fault("<Other/>"));
    SCENE.gate.call(&permits(OGNYAN));
    SCENE.gate.call(&echo("<Cell>nul</Cell>"));
    SCENE.gate.call(&echo(&format!("<Number>{SECRET}</Number>")));
    SCENE.gate.call(&inspections("ЗАБРАВИМЕ"));
    let mut said = SCENE.gate.said() + &SCENE.host.log();
    for entry in std::fs::read_dir(&SCENE.gate.folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("journal.db") {
            said.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
    for secret in [SECRET, "ТАЙНА", PASSWORD, OGNYAN, "ЗАБРАВИМЕ", "token-1"] {
        // The demo itself shows its own call about Огнян on its standard output.
        let count = said.matches(secret).count();
        assert!(
            count == 0 || secret == OGNYAN && !SCENE.gate_log().contains(secret),
            "{secret} was said {count} times"
        );
    }
}

impl Scene {
    /// What the gate has logged, without what the demo shows on its terminal.
    fn gate_log(&self) -> String {
        self.gate.said().lines().filter(|line| line.contains(" WARN ") || line.contains(" ERROR ")).collect()
    }
}
