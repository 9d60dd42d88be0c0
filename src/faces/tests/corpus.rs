//! The corpus of real packages as typed contracts: every schema loads, every sample is valid where it was, and every mutated
//! request gets the verdict that it has without the contract.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_faces::Face;
use kapia_schema::SchemaSet;
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use support::*;

struct Contract {
    face: Face,
    schemas: SchemaSet,
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus")
}

static CONTRACTS: LazyLock<Vec<Contract>> = LazyLock::new(|| {
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(corpus().join("adapters")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let contract = |folder: &PathBuf| {
        let face = face_of(folder);
        let schemas = schemas_of(face.wsdl().unwrap());
        Contract { face, schemas }
    };
    folders.iter().map(contract).collect()
});

/// By the full name of an operation: its contract, and its name there.
static OPERATIONS: LazyLock<HashMap<String, (&'static Contract, &'static str)>> = LazyLock::new(|| {
    let operations = CONTRACTS.iter().flat_map(|contract| {
        contract
            .face
            .operations
            .iter()
            .map(move |operation| (operation.operation.name.to_string(), (contract, operation.name.as_str())))
    });
    operations.collect()
});

fn manifest() -> Value {
    serde_json::from_str(&std::fs::read_to_string(corpus().join("manifest.json")).unwrap()).unwrap()
}

fn document(entry: &Value) -> String {
    bare(&std::fs::read_to_string(corpus().join(entry.as_str().unwrap())).unwrap()).to_owned()
}

#[test]
fn every_sample_is_valid_in_its_contract() {
    assert_eq!((CONTRACTS.len(), OPERATIONS.len()), (60, 158));
    let mut wrong = Vec::new();
    let mut answers = 0;
    for entry in manifest()["operations"].as_array().unwrap() {
        let name = entry["operation"].as_str().unwrap();
        let (contract, operation) = OPERATIONS[name];
        let argument = document(&entry["request"]["sample"]);
        let mut told = violations(&contract.schemas, &request(&contract.face, operation, &argument));
        if entry["response"]["sample_verdict"] == "valid" {
            answers += 1;
            let answer = document(&entry["response"]["sample"]);
            told.extend(violations(&contract.schemas, &response(&contract.face, operation, &argument, &answer)));
        }
        wrong.extend((!told.is_empty()).then(|| format!("{name}: {told:?}")));
    }
    assert!(wrong.is_empty(), "{} operations:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(answers, 155);
}

#[test]
fn every_mutated_request_keeps_its_verdict() {
    let mut wrong = Vec::new();
    let manifest = manifest();
    let negatives = manifest["negatives"].as_array().unwrap();
    assert_eq!(negatives.len(), 935);
    for negative in negatives {
        let (contract, operation) = OPERATIONS[negative["operation"].as_str().unwrap()];
        let message = request(&contract.face, operation, &document(&negative["file"]));
        let valid = violations(&contract.schemas, &message).is_empty();
        if valid != (negative["verdict"] == "valid") {
            wrong.push(format!("{} {}", negative["file"], negative["verdict"]));
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}
