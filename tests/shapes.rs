//! Replies octet by octet against golden files. `KAPIA_BLESS=1` writes them anew; look at the difference before you commit.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;
use support::*;

static GATE: LazyLock<Gate> = LazyLock::new(Gate::demo);

#[test]
fn a_success_has_its_shape() {
    golden("success", |call| call, None);
}

#[test]
fn a_success_without_data_has_its_shape() {
    golden("no-data", |call| Call { argument: Some(valid_person(NOBODY)), ..call }, None);
}

#[test]
fn a_signed_success_has_its_shape() {
    golden("signed", Call::signed, None);
}

#[test]
fn a_success_with_types_of_values_and_a_signature_has_its_shape() {
    let operation = operation("PersonDataSearch").to_owned();
    golden(
        "signed-types",
        |call| Call { operation: operation.clone(), argument: Some(person_data(RALITSA)), ..call }.signed(),
        None,
    );
}

#[test]
fn a_success_with_the_access_matrix_has_its_shape() {
    golden("matrix", |call| Call { matrix: true, ..call }, None);
}

#[test]
fn a_refusal_of_access_has_its_shape() {
    golden("denied", |call| call, Some("stranger"));
}

#[test]
fn an_error_of_the_register_has_its_shape() {
    let operation = operation("RelationsSearch").to_owned();
    golden(
        "register-error",
        |call| Call { operation: operation.clone(), argument: Some(relations(NOBODY)), ..call },
        None,
    );
}

#[test]
fn a_fault_of_the_service_has_its_shape() {
    golden("fault-argument", |call| Call { argument: Some(valid_person("1")), ..call }, None);
}

#[test]
fn a_fault_of_addressing_has_its_shape() {
    golden("fault-action", |call| Call { action: "urn:nothing".into(), ..call }, None);
}

#[test]
fn a_fault_of_soap_has_its_shape() {
    let headers = "<u:Unknown xmlns:u=\"urn:unknown\" s:mustUnderstand=\"1\"/>";
    golden("fault-header", |call| Call { headers: headers.into(), ..call }, None);
}

#[test]
fn every_golden_file_belongs_to_a_case() {
    let source: String = include_str!("shapes.rs").split_whitespace().collect();
    for file in std::fs::read_dir(folder()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let case = name.splitn(3, '-').last().unwrap().strip_suffix(".xml").unwrap().to_owned();
        assert!(source.contains(&format!("golden(\"{case}\"")), "{name} belongs to nothing");
    }
}

/// Makes a call in every generation and version and compares the reply with the golden file of the case.
fn golden(case: &str, change: impl Fn(Call) -> Call, who: Option<&str>) {
    let bless = std::env::var_os("KAPIA_BLESS").is_some();
    let tls = GATE.tls(Some(who.unwrap_or("consumer")));
    let mut differing = BTreeSet::new();
    for entry in [Entry::V1, Entry::V2] {
        for soap in [Soap::V11, Soap::V12] {
            let read = GATE.call_as(&tls, &change(Call::of(entry, soap)));
            let masked = masked(read.http.text()) + "\n";
            let version = if soap == Soap::V11 { "soap11" } else { "soap12" };
            let name = format!("{}-{version}-{case}.xml", if entry == Entry::V1 { "v1" } else { "v2" });
            let file = folder().join(&name);
            if bless {
                std::fs::create_dir_all(folder()).unwrap();
                std::fs::write(&file, &masked).unwrap();
            } else if std::fs::read_to_string(&file).unwrap_or_default() != masked {
                println!("{name} is now\n{masked}");
                differing.insert(name);
            }
        }
    }
    assert!(differing.is_empty(), "these replies are not what they were (KAPIA_BLESS=1 accepts them): {differing:?}");
}

/// Without what differs from call to call: the number of the call, which is in the ids of a signature too, the octets of
/// signatures, the certificate.
fn masked(text: &str) -> String {
    let mut masked = text.to_owned();
    for id in ["Id=\"Signature-", "Id=\"SignatureValue-"] {
        if let Some(start) = masked.find(id).map(|at| at + id.len()) {
            let end = start + masked[start..].find('"').unwrap();
            masked.replace_range(start..end, "…");
        }
    }
    for element in ["ServiceCallID", "ds:DigestValue", "ds:SignatureValue", "ds:X509Certificate"] {
        let (open, close) = (format!("<{element}"), format!("</{element}>"));
        let mut out = String::new();
        let mut rest = masked.as_str();
        while let Some(start) = rest.find(&open) {
            let inside = start + rest[start..].find('>').unwrap() + 1;
            let end = inside + rest[inside..].find(&close).unwrap();
            // A refusal has the number 0, always.
            let value = if &rest[inside..end] == "0" { "0" } else { "…" };
            out.push_str(&rest[..inside]);
            out.push_str(value);
            rest = &rest[end..];
        }
        masked = out + rest;
    }
    masked
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden")
}
