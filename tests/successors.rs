//! Reports that move: old consumers are served by the new register, by the old name, in the old documents.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_journal::{Filter, Outcome, Reader, Step};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use support::*;

const CONSUMER: &str = "demo";
const OLD: &str = "Kapia.RegiX.OldLabourContractsAdapter.APIService.IOldLabourContractsAPI.GetContracts";

static GATE: LazyLock<Gate> = LazyLock::new(Gate::demo);

fn question(number: &str) -> String {
    format!(
        "<ContractsQuestion xmlns=\"urn:kapia:old-labour-contracts:question\"><Number>{number}</Number></ContractsQuestion>"
    )
}

fn old_call(number: &str) -> Call {
    Call { operation: OLD.into(), argument: Some(question(number)), ..Call::good() }
}

/// The answer as it stands in the reply.
fn answer(read: &Read) -> String {
    let result = read.result(Entry::V2);
    assert!(!result.has_error, "{result:?}");
    let text = read.http.text();
    let start = text.find("<ContractsAnswer").unwrap();
    let end = text.find("</ContractsAnswer>").unwrap();
    text[start..end].to_owned()
}

/// The last journal record of the old name.
fn last_record(gate: &Gate) -> String {
    let output = gate.kapia(&["journal", "tail", "-n", "1", "--operation", OLD, "--json"]);
    output.stdout
}

#[test]
fn an_old_consumer_gets_its_old_answer_from_the_new_register_signed() {
    let read = GATE.call(&old_call(RALITSA).signed());
    assert_eq!(read.http.status, 200, "{}", read.http.text());
    let told = answer(&read);
    for part in [
        "<Worker><Number>7909149958</Number><BirthDate>1979-09-14</BirthDate><Sex>Жена</Sex></Worker>",
        "<Contract running=\"false\"><Employer><EIK>999001037</EIK><Name>СТАР МАНДАЛ ООД</Name></Employer>\
         <Signed>01.04.2003</Signed><Ended>28.02.2014</Ended><Kind>безсрочен</Kind><Position>Счетоводител</Position>\
         <Salary>620,00</Salary></Contract>",
        "<Contract running=\"true\"><Employer><EIK>999001024</EIK><Name>КАМЕНЕН ПРАГ АД</Name></Employer>\
         <Signed>03.03.2014</Signed><Kind>безсрочен</Kind>",
    ] {
        assert!(told.contains(part), "{told}");
    }
    verifies_in_rust(&read, Entry::V2, &GATE.certs).unwrap();
    let request = read.document.element(read.result(Entry::V2).request.unwrap());
    assert!(request.is("urn:kapia:old-labour-contracts:question", "ContractsQuestion"), "the echo is what was asked");
}

#[test]
fn an_employer_is_asked_about_in_the_same_old_words() {
    let told = answer(&GATE.call(&old_call("999001012")));
    assert!(!told.contains("<Worker>"), "{told}");
    assert_eq!(told.matches("<Contract ").count(), 3, "{told}");
}

#[test]
fn no_data_stays_no_data() {
    let told = answer(&GATE.call(&old_call(NOBODY)));
    assert!(told.contains("<Remark>") && !told.contains("<Contract "), "{told}");
    assert!(last_of(&GATE, |record| record.contains("\"outcome\":\"no-data\"")));
}

/// Calls of other tests may come in between.
fn last_of(gate: &Gate, wanted: impl Fn(&str) -> bool) -> bool {
    let output = gate.kapia(&["journal", "tail", "-n", "50", "--operation", OLD, "--json"]);
    output.stdout.lines().any(wanted)
}

#[test]
fn an_argument_is_held_against_the_old_schema() {
    let call = Call { argument: Some(question("not a number")), ..old_call(RALITSA) };
    let read = GATE.call(&call);
    assert_eq!(read.http.status, 500);
    assert_eq!(read.http.header("kapia-code"), Some("argument-invalid"));
    assert!(read.http.text().contains("/ContractsQuestion/Number"), "{}", read.http.text());
    let other = Call { argument: Some(valid_person(RALITSA)), ..old_call(RALITSA) };
    assert_eq!(GATE.call(&other).http.header("kapia-code"), Some("argument-root"));
}

#[test]
fn everybody_is_told_that_the_name_is_old() {
    let read = GATE.call(&old_call(RALITSA));
    let header = |name| read.http.header(name);
    assert_eq!(header("deprecation"), Some("@1748736000"));
    assert_eq!(header("sunset"), Some("Thu, 01 Jan 2032 00:00:00 GMT"));
    assert_eq!(header("kapia-code"), Some("operation-superseded"));
    let successor = operation("GetEmploymentContracts");
    assert!(header("kapia-hint").unwrap().contains(successor));
    let warned = format!("\"warnings\":[{{\"code\":\"operation-superseded\",\"about\":\"{successor}\"}}]");
    assert!(last_of(&GATE, |record| record.contains("\"outcome\":\"answered\"") && record.contains(&warned)));
    let told = GATE.kapia(&["journal", "tail", "-n", "50", "--operation", OLD]).stdout;
    assert!(told.contains("operation-superseded"), "{told}");
    GATE.kapia(&["journal", "verify"]);
    let counted = format!("kapia_successor_calls_total{{operation=\"{OLD}\",successor=\"{successor}\"}} ");
    assert!(GATE.admin("/metrics").1.contains(&counted));
    let told = format!("old name, until 2031-12-31: answered by {successor}");
    for command in [vec!["list"], vec!["describe", "IOldLabourContractsAPI.GetContracts"]] {
        let said = GATE.kapia(&command).stdout;
        assert!(said.contains(&told), "{said}");
    }
    assert!(GATE.kapia(&["list", "--json"]).stdout.contains("\"until\": \"2031-12-31\""));
    // The successor itself is no old name.
    let argument = format!(
        "<EmploymentContractsRequest xmlns=\"http://egov.bg/RegiX/NRA/EmploymentContracts/Request\"><Identity><ID>{RALITSA}</ID><TYPE>EGN</TYPE></Identity></EmploymentContractsRequest>"
    );
    let read = GATE.call(&Call::to("GetEmploymentContracts", argument));
    assert_eq!((read.http.header("deprecation"), read.http.header("kapia-code")), (None, None));
}

#[test]
fn rights_are_those_of_the_old_name_and_its_fields() {
    let gate = Gate::demo();
    // No right to the successor is needed, and none to the old name is given by it.
    let new = operation("GetEmploymentContracts");
    gate.kapia(&["grant", "revoke", CONSUMER, new]);
    let argument = format!(
        "<EmploymentContractsRequest xmlns=\"http://egov.bg/RegiX/NRA/EmploymentContracts/Request\"><Identity><ID>{RALITSA}</ID><TYPE>EGN</TYPE></Identity></EmploymentContractsRequest>"
    );
    let new = Call::to("GetEmploymentContracts", argument);
    until(|| gate.call(&new).result(Entry::V2).error.as_deref() == Some("Access denied!"));
    assert!(answer(&gate.call(&old_call(RALITSA))).contains("<Salary>"));

    gate.kapia(&["grant", "deny", CONSUMER, OLD, "--field", "Contract/Salary"]);
    until(|| !answer(&gate.call(&old_call(RALITSA))).contains("Salary"));
    let read = gate.call(&old_call(RALITSA).signed());
    assert!(answer(&read).contains("<Position>"));
    verifies_in_rust(&read, Entry::V2, &gate.certs).unwrap();

    gate.kapia(&["grant", "revoke", CONSUMER, OLD]);
    until(|| {
        let refused = gate.call(&old_call(RALITSA)).result(Entry::V2);
        refused.error.as_deref() == Some("Access denied!") && !refused.is_ready
    });
}

#[test]
fn an_old_name_can_be_asked_for_an_answer_later() {
    let call = old_call(RALITSA);
    let flag = "<RequestProcessing>Asynchronous</RequestProcessing><Operation>";
    let body = call.envelope().replace("<Operation>", flag);
    let accepted = Read::new(GATE.send(&call.post_body(body).octets()), Soap::V11);
    assert_eq!(accepted.http.header("kapia-code"), Some("operation-superseded"));
    let accepted = accepted.result(Entry::V2);
    assert!(!accepted.is_ready && !accepted.has_error, "{accepted:?}");
    let body = format!(
        "<s:Envelope xmlns:s=\"{}\"><s:Body><CheckResult xmlns=\"{}\"><argument><ServiceCheckResultArgument xmlns=\"{}\"><ServiceCallID>{}</ServiceCallID><VerificationCode>{}</VerificationCode></ServiceCheckResultArgument></argument></CheckResult></s:Body></s:Envelope>",
        Soap::V11.namespace(),
        Entry::V2.contract(),
        Entry::V2.data(),
        accepted.call_id,
        accepted.code.unwrap()
    );
    let ask = Call { action: "http://egov.bg/RegiX/IRegiXEntryPointV2/CheckResult".into(), ..Call::good() };
    let ask = ask.post_body(body).octets();
    until(|| {
        let text = GATE.send(&ask).text().to_owned();
        text.contains("<ContractsAnswer") && text.contains("<Salary>3850,00</Salary>")
    });
    // Every step of the call has the warning in its record.
    let reader = Reader::open(GATE.folder.join("journal.db")).unwrap();
    let rows = reader.page(&Filter::default(), 0, usize::MAX).unwrap();
    for (step, outcome) in
        [(Step::Call, Outcome::Pending), (Step::Execution, Outcome::Answered), (Step::Check, Outcome::Answered)]
    {
        let mut records =
            rows.iter().map(|row| &row.record).filter(|record| record.service_call_id == accepted.call_id);
        let record = records.find(|record| (record.step, record.outcome) == (step, outcome)).unwrap();
        let codes: Vec<&str> = record.warnings.iter().map(|warning| &*warning.code).collect();
        assert_eq!(codes, ["operation-superseded"], "{step:?}");
    }
}

fn until(mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < end, "it does not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The package of the old name with changes, in a folder of its own.
fn changed(changes: &[(&str, &str, &str)]) -> tempfile::TempDir {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../adapters/Kapia.OldLabourContracts");
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("Kapia.OldLabourContracts");
    copy(&from, &to);
    for (file, old, new) in changes {
        let path = to.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file} has no {old:?}");
        std::fs::write(&path, text.replace(old, new)).unwrap();
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn gate_with(folders: Vec<PathBuf>) -> Gate {
    Gate::start(GateOptions { adapters: folders, ..GateOptions::default() })
}

#[test]
fn after_its_last_day_a_name_is_refused_in_words() {
    let folder = changed(&[("adapter.toml", "until = \"2031-12-31\"", "until = \"2026-01-31\"")]);
    let gate = gate_with(vec![folder.path().to_owned()]);
    let read = gate.call(&old_call(RALITSA));
    let result = read.result(Entry::V2);
    assert!(result.has_error && !result.is_ready, "{result:?}");
    assert_eq!(result.error.as_deref(), Some("Service is disabled!"));
    assert_eq!(read.http.header("kapia-code"), Some("operation-ended"));
    let hint = read.http.header("kapia-hint").unwrap();
    assert!(hint.contains("2026-01-31") && hint.contains(operation("GetEmploymentContracts")), "{hint}");
    let record = last_record(&gate);
    assert!(
        record.contains("\"error_code\":\"operation-ended\"") && record.contains("\"outcome\":\"denied\""),
        "{record}"
    );
    // A stranger learns nothing of it.
    let stranger = gate.call_as(&gate.tls(Some("stranger")), &old_call(RALITSA));
    assert_eq!(stranger.result(Entry::V2).error.as_deref(), Some("Access denied! ConsumerCertificate is not found."));
}

#[test]
fn a_mapping_that_makes_an_invalid_document_is_an_error_by_name_and_nothing_leaves() {
    let folder = changed(&[("successors/GetContracts.response.xml", "|scale(2)|comma", "")]);
    let gate = gate_with(vec![folder.path().to_owned()]);
    let read = gate.call(&old_call(RALITSA));
    let result = read.result(Entry::V2);
    assert!(result.has_error && result.response.is_none(), "{result:?}");
    assert_eq!(read.http.header("kapia-code"), Some("answer-invalid"));
    assert!(last_record(&gate).contains("/ContractsAnswer/Contract[1]/Salary"), "{}", last_record(&gate));
    assert!(!read.http.text().contains("620.00"));

    let folder = changed(&[("successors/GetContracts.response.xml", "|collapse", "|integer")]);
    let gate = gate_with(vec![folder.path().to_owned()]);
    let read = gate.call(&old_call(RALITSA));
    assert_eq!(read.http.header("kapia-code"), Some("successor-response"));
    let error = read.result(Entry::V2).error.unwrap();
    assert!(
        error.contains("GetContracts.response.xml") && error.contains("contract.ContractorName|integer"),
        "{error}"
    );
    assert!(!error.contains("МАНДАЛ"));
}

#[test]
fn a_package_whose_old_names_lead_in_a_circle_is_refused_with_the_circle() {
    let folder = changed(&[("adapter.toml", operation("GetEmploymentContracts"), OLD)]);
    let gate = gate_with(vec![folder.path().to_owned()]);
    let said = gate.said();
    assert!(said.contains(&format!("{OLD} → {OLD}")), "{said}");
    // The package that comes with the program goes on serving the name.
    assert!(!gate.call(&old_call(RALITSA)).result(Entry::V2).has_error);
}
