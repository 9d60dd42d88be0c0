//! The corpus of real packages through the tools: all are imported from the existing layout, and the checks find in them
//! what is wrong with them and nothing else.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;
use tempfile::TempDir;

/// What the files of two packages do not say: their operations have no forms.
const CONTRACTS: [(&str, &str); 2] = [
    ("RegiX.NHIFAdapter", "contract=TechnoLogica.RegiX.NHIFAdapter.APIService.INHIFAPI"),
    (
        "RegiX.MVRTouristRegisterAdapter",
        "contract=TechnoLogica.RegiX.MVRTouristRegisterAdapter.APIService.IMVRTouristRegisterAPI",
    ),
];

/// The only package with errors: three answers are windows-1251 and do not say so. Everything that fails there follows from it.
const BROKEN: &str = "RegiX.PropertyRegAdapter";
const BROKEN_FILES: [&str; 3] =
    ["GetEntityInfoResponse.xml", "GetPersonInfoResponse.xml", "PropertySearchResponse.xml"];

/// A form that bears another name than its operation has: the import believes the form.
const MISNAMED: &str = "RegiX.CPCProcurementDossierAdapter";

fn corpus() -> PathBuf {
    support::Corpus::open().adapters()
}

fn names() -> Vec<String> {
    let entries = fs::read_dir(corpus()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 60);
    names
}

fn kapia(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kapia")).args(["--lang", "en"]).args(arguments).output().unwrap()
}

/// All packages, imported from copies that hold no adapter.toml.
static IMPORTED: LazyLock<TempDir> = LazyLock::new(|| {
    let outer = tempfile::tempdir().unwrap();
    for name in names() {
        let source = outer.path().join("sources").join(&name);
        for folder in ["XMLSchemas", "XMLSamples", "XMLMetaData", "XMLData"] {
            copy(&corpus().join(&name).join(folder), &source.join(folder).join(&name));
        }
        let out = outer.path().join("packages").join(&name);
        let mut arguments = vec!["adapter", "import", source.to_str().unwrap(), "--out", out.to_str().unwrap()];
        let contract = CONTRACTS.iter().find(|(package, _)| *package == name);
        if let Some((_, contract)) = contract {
            let output = kapia(&arguments);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.code() == Some(2) && said.contains("--set contract="), "{name}: {said}");
            arguments.extend(["--set", contract]);
        }
        let output = kapia(&arguments);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    outer
});

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).into_iter().flatten() {
        let entry = entry.unwrap();
        fs::create_dir_all(to).unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(drop).unwrap()
        }
    }
}

fn manifest(folder: &Path) -> toml::Table {
    fs::read_to_string(folder.join("adapter.toml")).unwrap().parse().unwrap()
}

#[test]
fn every_package_is_imported_as_it_was_described_by_hand() {
    let (mut same, mut all, mut answers) = (0, 0, 0);
    for name in names() {
        let (by_hand, imported) =
            (manifest(&corpus().join(&name)), manifest(&IMPORTED.path().join("packages").join(&name)));
        assert_eq!(by_hand["name"], imported["name"]);
        let operations = imported["operation"].as_array().unwrap();
        assert_eq!(operations.len(), by_hand["operation"].as_array().unwrap().len(), "{name}");
        for wanted in by_hand["operation"].as_array().unwrap() {
            all += 1;
            let short =
                |operation: &toml::Value| operation["name"].as_str().unwrap().rsplit('.').next().unwrap().to_owned();
            let found = operations.iter().find(|operation| short(operation) == short(wanted));
            let found = found.unwrap_or_else(|| panic!("{name} has no {}", short(wanted)));
            answers += found.get("sample").map_or(0, |sample| sample["answers"].as_table().unwrap().len());
            let keys = [
                "name",
                "request",
                "request_root",
                "sample_request",
                "response",
                "response_root",
                "sample_response",
                "metadata",
            ];
            let text = |operation: &toml::Value, key: &str| {
                operation.get(key).map(|value| value.as_str().unwrap().trim_start_matches("{}").to_owned())
            };
            let different: Vec<&str> = keys.into_iter().filter(|key| text(found, key) != text(wanted, key)).collect();
            match different.as_slice() {
                [] => same += 1,
                ["name"] if name == MISNAMED => {}
                different => panic!("{name}, {}: {different:?}", short(wanted)),
            }
        }
    }
    println!(
        "imported: 60 of 60 packages, {} of them after one question; {same} of {all} operations as described by hand,",
        CONTRACTS.len()
    );
    println!("the other one by the name that its own form bears; answers chosen by an identifier: {answers}");
    assert_eq!((same, all), (157, 158));
}

#[test]
fn every_package_is_green_but_the_one_whose_answers_cannot_be_decoded() {
    let folder = IMPORTED.path().join("packages");
    let output = kapia(&["adapter", "check", "--json", folder.to_str().unwrap()]);
    let reports: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), reports.len()), (Some(1), 60));
    let mut warnings: BTreeMap<String, usize> = BTreeMap::new();
    let mut looked: BTreeMap<String, u64> = BTreeMap::new();
    for report in &reports {
        let package = report["package"].as_str().unwrap();
        for check in report["checks"].as_array().unwrap() {
            *looked.entry(check["check"].as_str().unwrap().to_owned()).or_default() +=
                check["looked_at"].as_u64().unwrap();
        }
        for finding in report["findings"].as_array().unwrap() {
            let text = |key: &str| finding[key].as_str().unwrap_or_default();
            match text("level") {
                "error" => {
                    println!(
                        "{package}: {} {}: {}",
                        text("check"),
                        text("file"),
                        finding["cause"]["en"].as_str().unwrap()
                    );
                    assert_eq!(package, BROKEN, "{finding}");
                    let named = |file: &&str| {
                        text("file").ends_with(*file) || finding["cause"]["en"].as_str().unwrap().contains(*file)
                    };
                    assert!(BROKEN_FILES.iter().any(named), "{finding}");
                }
                "warning" => *warnings.entry(format!("{} ({})", text("check"), text("code"))).or_default() += 1,
                _ => {}
            }
        }
    }
    println!("checked: 60 packages, 59 green, 1 red; warnings:");
    warnings.iter().for_each(|(kind, count)| println!("  {count:>4} {kind}"));
    println!("looked at: {looked:?}");
    assert!(looked["filter"] > 3_000 && looked["operation-answers"] >= 155, "{looked:?}");
    for misspelled in ["letters (letters-mixed)", "form-fits (form-field-missing)"] {
        assert!(warnings.contains_key(misspelled), "{misspelled}: {warnings:?}");
    }
}
