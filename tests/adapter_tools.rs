//! The tools for providers, as the built program offers them: check, import, new, export, run.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "adapter_tools/making.rs"]
mod making;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const GOOD: &str = "RegiX.GraoNBDAdapter";

fn kapia(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapia")).args(["--lang", "en"]).args(arguments).output().unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn adapters() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../adapters")
}

/// A package of ours that answers out of files.
fn out_of_files(name: &str) -> PathBuf {
    let of_tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/registers").join(name);
    if of_tests.exists() { of_tests } else { adapters().join(name) }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A good package of ours, copied.
struct Copied {
    _outer: TempDir,
    folder: PathBuf,
}

impl Copied {
    fn of(name: &str) -> Copied {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join(name);
        copy(&out_of_files(name), &folder);
        Copied { folder, _outer: outer }
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    fn write(&self, file: &str, octets: &[u8]) {
        fs::write(self.folder.join(file), octets).unwrap();
    }

    fn remove(&self, file: &str) {
        fs::remove_file(self.folder.join(file)).unwrap();
    }

    fn check(&self) -> Checked {
        check(&[&self.folder])
    }
}

struct Checked {
    green: bool,
    reports: Vec<Value>,
}

fn check(folders: &[&Path]) -> Checked {
    let folders: Vec<&str> = folders.iter().map(|folder| folder.to_str().unwrap()).collect();
    let mut arguments = vec!["adapter", "check", "--json"];
    arguments.extend(folders);
    let output = kapia(&arguments);
    let reports = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)));
    let code = output.status.code().unwrap();
    assert!(code == 0 || code == 1, "{code}");
    Checked { green: code == 0, reports }
}

impl Checked {
    /// Level, check and code of everything that was found.
    fn found(&self) -> Vec<(String, String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let findings = self.reports.iter().flat_map(|report| report["findings"].as_array().unwrap());
        findings.map(|finding| (text(&finding["level"]), text(&finding["check"]), text(&finding["code"]))).collect()
    }

    fn is_red_because(&self, check: &str, code: &str) {
        let wanted = ("error".to_owned(), check.to_owned(), code.to_owned());
        assert!(!self.green && self.found().contains(&wanted), "{:?}", self.found());
        for finding in self.reports.iter().flat_map(|report| report["findings"].as_array().unwrap()) {
            let bulgarian = finding["cause"]["bg"].as_str().unwrap();
            assert!(!finding["cause"]["en"].as_str().unwrap().is_empty() && !bulgarian.is_empty());
        }
    }

    fn is_green_but(&self, level: &str, check: &str, code: &str) {
        let wanted = (level.to_owned(), check.to_owned(), code.to_owned());
        assert!(self.green && self.found().contains(&wanted), "{:?}", self.found());
    }

    fn outcome(&self, check: &str) -> String {
        let checks = self.reports[0]["checks"].as_array().unwrap();
        let result = checks.iter().find(|result| result["check"] == check).unwrap();
        result["outcome"].as_str().unwrap().to_owned()
    }
}

// ---- check ----

#[test]
fn every_package_that_comes_with_the_program_is_green_without_warnings() {
    let checked = check(&[&adapters()]);
    assert!(checked.green && checked.reports.len() >= 5);
    let grave: Vec<_> = checked.found().into_iter().filter(|(level, ..)| level != "note").collect();
    assert!(grave.is_empty(), "{grave:?}");
}

#[test]
fn each_of_the_seventeen_checks_looks_at_a_good_package() {
    let checked = Copied::of(GOOD).check();
    let checks = checked.reports[0]["checks"].as_array().unwrap();
    let of_standard: Vec<u64> = checks.iter().filter_map(|check| check["standard"].as_u64()).collect();
    assert_eq!(of_standard, (1..=17).collect::<Vec<u64>>());
    for check in checks {
        let skipped = check["outcome"] == "skipped";
        let may_be = ["request-transformation", "response-transformation", "templates"];
        assert!(!skipped || may_be.contains(&check["check"].as_str().unwrap()), "{check}");
    }
    assert_eq!(checked.outcome("filter"), "passed");
}

#[test]
fn the_report_is_readable_in_both_languages() {
    let package = Copied::of(GOOD);
    package.edit("adapter.toml", "ValidPersonRequest.xsd", "Missing.xsd");
    let folder = package.folder.to_str().unwrap();
    for (language, words) in [("en", ["error", "hint", "Missing.xsd"]), ("bg", ["грешка", "съвет", "Missing.xsd"])]
    {
        let arguments = ["--lang", language, "adapter", "check", folder];
        let output = Command::new(env!("CARGO_BIN_EXE_kapia")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        for word in words {
            assert!(told(&output).contains(word), "{word} in {}", told(&output));
        }
    }
}

#[test]
fn a_folder_that_is_not_there_is_a_mistake_of_usage() {
    assert_eq!(kapia(&["adapter", "check", "no-such-folder"]).status.code(), Some(2));
    assert_eq!(kapia(&["adapter", "check"]).status.code(), Some(2));
}

#[test]
fn a_folder_without_a_manifest_is_red() {
    let folder = tempfile::tempdir().unwrap();
    check(&[folder.path()]).is_red_because("package-opens", "manifest-missing");
}

#[test]
fn a_manifest_that_is_not_toml_is_red() {
    let package = Copied::of(GOOD);
    package.edit("adapter.toml", "name = ", "name == ");
    package.check().is_red_because("package-opens", "manifest-syntax");
}

#[test]
fn a_missing_schema_is_red() {
    let package = Copied::of(GOOD);
    package.remove("XMLSchemas/ValidPersonResponse.xsd");
    let checked = package.check();
    checked.is_red_because("response-schema", "file-missing");
    checked.is_red_because("operations-served", "file-missing");
}

#[test]
fn an_empty_schema_is_red() {
    let package = Copied::of(GOOD);
    package.write("XMLSchemas/ValidPersonRequest.xsd", b" \n");
    package.check().is_red_because("request-schema", "file-empty");
}

#[test]
fn a_schema_that_does_not_compile_is_red() {
    let package = Copied::of(GOOD);
    package.edit("XMLSchemas/ValidPersonRequest.xsd", "type=\"", "type=\"NoSuch");
    package.check().is_red_because("schema-compiles", "schema-broken");
}

#[test]
fn a_root_that_the_schema_does_not_declare_is_red() {
    let package = Copied::of(GOOD);
    package.edit("adapter.toml", "ValidPersonRequest}ValidPersonRequest", "ValidPersonRequest}ValidPersonReqest");
    package.check().is_red_because("schema-compiles", "root-unknown");
}

#[test]
fn a_missing_sample_is_red() {
    let package = Copied::of(GOOD);
    package.edit("adapter.toml", "sample_request = \"ValidPersonSearchRequest.xml\"", "");
    package.check().is_red_because("request-sample", "not-named");
}

#[test]
fn a_sample_that_breaks_its_schema_is_red_with_the_rule_that_it_breaks() {
    let package = Copied::of(GOOD);
    package.edit("XMLSamples/ValidPersonSearchResponse.xml", "<FirstName", "<Unheard/><FirstName");
    package.check().is_red_because("response-sample-valid", "cvc-complex-type.2.4.a");
}

#[test]
fn a_sample_with_another_root_is_red() {
    let package = Copied::of(GOOD);
    let other = fs::read(package.folder.join("XMLSamples/RelationsSearchRequest.xml")).unwrap();
    package.write("XMLSamples/ValidPersonSearchRequest.xml", &other);
    package.check().is_red_because("request-sample-valid", "document-root");
}

#[test]
fn a_sample_with_a_doctype_is_red() {
    let package = Copied::of(GOOD);
    package.write("XMLSamples/ValidPersonSearchRequest.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>");
    package.check().is_red_because("request-sample-valid", "document-malformed");
}

#[test]
fn an_answer_that_a_key_chooses_and_that_breaks_its_schema_is_red() {
    let package = Copied::of(GOOD);
    package.edit("XMLData/ValidPerson.7605239965.xml", "<FirstName", "<Unheard/><FirstName");
    package.check().is_red_because("data-valid", "cvc-complex-type.2.4.a");
}

#[test]
fn an_answer_that_nothing_chooses_is_only_warned_about() {
    let package = Copied::of(GOOD);
    package.write("XMLData/Spare.xml", b"<Unheard/>");
    package.check().is_green_but("warning", "data-valid", "data-root-unknown");
}

#[test]
fn an_include_that_leads_out_of_the_folder_is_red() {
    let package = Copied::of(GOOD);
    let outside = package.folder.parent().unwrap().join("Outside.xsd");
    fs::write(outside, "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"/>").unwrap();
    let schema = package.folder.join("XMLSchemas/ValidPersonRequest.xsd");
    let text = fs::read_to_string(&schema).unwrap();
    let end = text.find("<xs:schema").map(|at| at + text[at..].find('>').unwrap() + 1).unwrap();
    let (before, after) = text.split_at(end);
    fs::write(&schema, format!("{before}<xs:include schemaLocation=\"../../Outside.xsd\"/>{after}")).unwrap();
    package.check().is_red_because("schema-compiles", "schema-broken");
}

#[test]
fn schemas_that_include_each_other_are_fine() {
    let package = Copied::of(GOOD);
    let schema = package.folder.join("XMLSchemas/ValidPersonRequest.xsd");
    let text = fs::read_to_string(&schema).unwrap();
    let at = text.find("<xs:schema").unwrap();
    let end = at + text[at..].find('>').unwrap() + 1;
    let (before, after) = text.split_at(end);
    fs::write(&schema, format!("{before}<xs:include schemaLocation=\"Ring.xsd\"/>{after}")).unwrap();
    let head = &text[at..end];
    package.write(
        "XMLSchemas/Ring.xsd",
        format!("{head}<xs:include schemaLocation=\"ValidPersonRequest.xsd\"/></xs:schema>").as_bytes(),
    );
    let checked = package.check();
    assert!(checked.green, "{:?}", checked.found());
}

#[test]
fn an_operation_whose_name_mixes_alphabets_is_red() {
    let package = Copied::of(GOOD);
    package.edit("adapter.toml", "INBDAPI.ValidPersonSearch", "INBDAPI.VаlidPersonSearch");
    package.check().is_red_because("letters", "letters-mixed");
}

#[test]
fn an_operation_that_is_described_twice_is_red() {
    let package = Copied::of(GOOD);
    package.edit("adapter.toml", "INBDAPI.RelationsSearch", "INBDAPI.ValidPersonSearch");
    package.check().is_red_because("operation-once", "manifest-operation-twice");
}

#[test]
fn a_form_of_another_operation_is_warned_about_and_red_when_strict() {
    let package = Copied::of(GOOD);
    package.edit("XMLMetaData/ValidPersonSearch.xml", "ValidPersonSearch<", "PersonDataSearch<");
    package.check().is_green_but("warning", "form-fits", "form-operation");
    let strict = kapia(&["adapter", "check", "--strict", package.folder.to_str().unwrap()]);
    assert_eq!(strict.status.code(), Some(1));
}

#[test]
fn a_form_that_cannot_be_read_is_red() {
    let package = Copied::of(GOOD);
    package.write("XMLMetaData/ValidPersonSearch.xml", b"<Form/>");
    package.check().is_red_because("form", "form-unreadable");
}

#[test]
fn a_form_with_a_field_that_the_request_does_not_know_is_warned_about() {
    let package = Copied::of(GOOD);
    package.edit("XMLMetaData/ValidPersonSearch.xml", "<ParameterName>EGN<", "<ParameterName>EGM<");
    let checked = package.check();
    checked.is_green_but("warning", "form-fits", "form-field-unknown");
    checked.is_green_but("warning", "form-fits", "form-field-missing");
    checked.is_green_but("warning", "form-rebuilds-request", "form-cannot-express");
}

#[test]
fn a_byte_order_mark_is_noted() {
    let package = Copied::of(GOOD);
    let file = package.folder.join("XMLSamples/ValidPersonSearchRequest.xml");
    let octets = [b"\xef\xbb\xbf".as_slice(), &fs::read(&file).unwrap()].concat();
    fs::write(file, octets).unwrap();
    package.check().is_green_but("note", "encoding", "byte-order-mark");
}

#[test]
fn a_sample_in_utf_16_is_red() {
    let package = Copied::of(GOOD);
    let text = fs::read_to_string(package.folder.join("XMLSamples/ValidPersonSearchRequest.xml")).unwrap();
    let octets: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(|unit: u16| unit.to_le_bytes()).collect();
    package.write("XMLSamples/ValidPersonSearchRequest.xml", &octets);
    package.check().is_red_because("request-sample-valid", "document-encoding");
}

#[test]
fn a_sample_in_windows_1251_is_red_whether_it_says_so_or_not() {
    let package = Copied::of(GOOD);
    let named = b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><ValidPersonResponse xmlns=\"urn:a\">\xc8\xec\xe5</ValidPersonResponse>";
    package.write("XMLSamples/ValidPersonSearchResponse.xml", named);
    package.check().is_red_because("response-sample-valid", "document-encoding");
    package.write("XMLSamples/ValidPersonSearchResponse.xml", b"<a>\xc8\xec\xe5</a>");
    package.check().is_red_because("response-sample-valid", "document-encoding");
}

#[test]
fn an_unknown_backend_is_red() {
    let package = Copied::of(GOOD);
    package.edit("adapter.toml", "kind = \"sample\"", "kind = \"oracle-in-the-sky\"");
    package.check().is_red_because("package-opens", "backend-unknown");
}

#[test]
fn a_key_that_the_request_does_not_have_is_red() {
    let package = Copied::of(GOOD);
    package.edit("adapter.toml", "key = \"EGN\"", "key = \"EGM\"");
    package.check().is_red_because("operations-served", "sample-key-unknown");
}

#[test]
fn a_template_that_does_not_compile_is_red() {
    let old = Copied::of("Kapia.OldLabourContracts");
    let successor = adapters().join("RegiX.NRAEmploymentContractsAdapter");
    assert!(check(&[&successor, &old.folder]).green);
    old.edit("successors/GetContracts.response.xml", "{{", "{{ no_such_function(");
    let checked = check(&[&successor, &old.folder]);
    checked.is_red_because("templates", "template-broken");
}

#[test]
fn an_old_name_whose_successor_is_elsewhere_is_warned_about() {
    let old = Copied::of("Kapia.OldLabourContracts");
    old.check().is_green_but("warning", "operations-served", "successor-missing");
}

#[test]
fn a_host_that_nobody_answers_at_is_red_and_left_in_peace_offline() {
    let package = Copied::of(GOOD);
    let manifest = fs::read_to_string(package.folder.join("adapter.toml")).unwrap();
    let remote = manifest.replace(
        "kind = \"sample\"",
        "kind = \"host\"\naddress = \"http://127.0.0.1:9/NBDAdapter/\"\nconnect_seconds = 1",
    );
    let remote = remote.split("\n[[operation]]").map(|part| part.split("\n[operation.sample").next().unwrap());
    package.write("adapter.toml", remote.collect::<Vec<_>>().join("\n[[operation]]").as_bytes());
    package.check().is_red_because("backend-reachable", "backend-down");
    let offline = kapia(&["adapter", "check", "--offline", package.folder.to_str().unwrap()]);
    assert_eq!(offline.status.code(), Some(0), "{}", told(&offline));
}

#[test]
fn a_schema_that_nobody_uses_is_warned_about_and_a_page_is_noted() {
    let package = Copied::of(GOOD);
    package.write("XMLSchemas/Spare.xsd", b"<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"/>");
    package.write("README.md", b"# page");
    let checked = package.check();
    checked.is_green_but("warning", "unused-files", "file-unused");
    checked.is_green_but("note", "unused-files", "file-unused");
}

#[test]
fn two_packages_of_one_name_are_red() {
    let (one, other) = (Copied::of(GOOD), Copied::of(GOOD));
    let checked = check(&[&one.folder, &other.folder]);
    checked.is_red_because("package-name-once", "package-name-twice");
    assert!(checked.found().contains(&("warning".into(), "operation-once".into(), "operation-twice".into())));
}

#[test]
fn no_report_shows_a_value_of_a_document() {
    let package = Copied::of(GOOD);
    package.edit("XMLSamples/ValidPersonSearchRequest.xml", "7605239965", "760523996X");
    package.edit("XMLSamples/ValidPersonSearchResponse.xml", "<FirstName", "<Unheard>Огнян Тайнов</Unheard><FirstName");
    let output = kapia(&["adapter", "check", "--notes", package.folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!told(&output).contains("760523996X") && !told(&output).contains("Тайнов"), "{}", told(&output));
}

// ---- the page ----

#[test]
fn every_check_stands_in_the_page_with_its_level_and_its_claim() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/adapter-tools.md")).unwrap();
    for check in kapia_acceptance::CHECKS {
        let number = check.standard.map_or_else(|| "–".to_owned(), |(number, name)| format!("{number} {name}"));
        let level = format!("{:?}", check.level).to_lowercase();
        let row = format!("| `{}` | {number} | {level} | {} |", check.code, check.claim[0]);
        assert!(page.contains(&row), "the page has no row\n{row}");
    }
}
