//! The worked registers of this repository and the messages of RegiX: their types are checked in, compiled here, and hold
//! what the samples and the contract say. `KAPIA_BLESS=1` writes them anew.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]
#![deny(missing_docs)]

use std::path::{Path, PathBuf};

use kapia_codegen::Generator;
use kapia_xml::{Document, Limits};
use support::{Form, normal};

mod support;

/// What was generated.
#[rustfmt::skip]
#[path = "registers/mod.rs"]
pub mod registers;

fn tree(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn packages() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(tree("adapters")).unwrap().map(|entry| entry.unwrap().path());
    let mut packages: Vec<PathBuf> = entries.filter(|path| path.join("adapter.toml").exists()).collect();
    packages.sort();
    packages
}

fn generator() -> Generator {
    let wsdl = ["RegiXEntryPoint.wsdl", "RegiXEntryPointV2.wsdl", "RegiXService.wsdl"];
    let generator = Generator::new().out(tree("src/codegen/tests/registers"));
    let generator = wsdl.iter().fold(generator, |generator, file| generator.wsdl(tree("wsdl").join(file)));
    packages().into_iter().fold(generator, Generator::package)
}

#[test]
fn the_types_of_the_registers_and_of_regix_are_what_is_checked_in() {
    if std::env::var_os("KAPIA_BLESS").is_some() {
        generator().run().unwrap();
    }
    generator().check().unwrap();
}

/// Reads and writes with one of the types below; the name of the type chooses.
macro_rules! through {
    ($name:expr, $xml:expr, $outer:expr; $($path:path),* $(,)?) => {
        match $name {
            $(stringify!($path) => <$path>::from_xml_within($xml, &Default::default(), $outer).map(|document| document.to_xml()),)*
            other => panic!("no type {other}"),
        }
    };
}

fn sample(name: &str, xml: &[u8]) -> kapia_types::Result<String> {
    use registers::*;
    through!(name, xml, &[];
        kapia_address_units::units_request::UnitsRequest,
        kapia_address_units::units_response::UnitsResponse,
        kapia_old_labour_contracts::contracts_question::ContractsQuestion,
        kapia_old_labour_contracts::contracts_answer::ContractsAnswer,
        regix_avtr_adapter::actual_state_request::ByCompanyNumber,
        regix_avtr_adapter::actual_state_response::ActualStateResponseType,
        regix_avtr_adapter::valid_uic_request::ByCompanyNumber,
        regix_avtr_adapter::valid_uic_response::ValidUicResponseType,
        regix_grao_nbd_adapter::person_data_request::ByPersonNumber,
        regix_grao_nbd_adapter::person_data_response::PersonDataResponseType,
        regix_grao_nbd_adapter::relations_request::ByPersonNumber,
        regix_grao_nbd_adapter::relations_response::RelationsResponseType,
        regix_grao_nbd_adapter::valid_person_request::ByPersonNumber,
        regix_grao_nbd_adapter::valid_person_response::ValidPersonResponseType,
        regix_mvrbds_adapter::personal_identity_info_request::DocumentAndHolder,
        regix_mvrbds_adapter::personal_identity_info_response::PersonalIdentityInfoResponseType,
        regix_nra_employment_contracts_adapter::employment_contracts_request::ContractsQuestion,
        regix_nra_employment_contracts_adapter::employment_contracts_response::EmploymentContractsResponse,
    )
}

#[test]
fn every_sample_of_the_registers_comes_back_the_same() {
    let types = generator().document_types().unwrap();
    let mut read = 0;
    for package in packages() {
        for entry in std::fs::read_dir(package.join("XMLSamples")).unwrap() {
            let file = entry.unwrap().path();
            let root = support::root(&file).unwrap();
            let name = package.file_name().unwrap().to_str().unwrap();
            let found = types.iter().find(|found| found.package == name && found.root == root).unwrap();
            let xml = std::fs::read(&file).unwrap();
            let written = sample(&found.path, &xml).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(
                normal(&xml, Form::Strict) == normal(written.as_bytes(), Form::Strict),
                "{}: {written}",
                file.display()
            );
            read += 1;
        }
    }
    assert!(read >= 18, "{read}");
}

fn message(name: &str, xml: &[u8], outer: &[(&str, &str)]) -> kapia_types::Result<String> {
    use registers::*;
    through!(name, xml, outer;
        regix_entry_point::Execute,
        regix_entry_point::ExecuteResponse,
        regix_entry_point::ExecuteSynchronous,
        regix_entry_point::ExecuteSynchronousResponse,
        regix_entry_point::CheckResult,
        regix_entry_point::CheckResultResponse,
        regix_entry_point_v2::Execute,
        regix_entry_point_v2::ExecuteResponse,
        regix_entry_point_v2::CheckResult,
        regix_entry_point_v2::CheckResultResponse,
        regix_entry_point_v2::AcknowledgeResultReceived,
        regix_entry_point_v2::AcknowledgeResultReceivedResponse,
        regix_entry_point_v2::ExecuteCallback,
        regix_entry_point_v2::ExecuteCallbackResponse,
        regix_service::Execute,
        regix_service::ExecuteResponse,
        regix_service::ExecuteSynchronous,
        regix_service::ExecuteSynchronousResponse,
        regix_service::CheckResult,
        regix_service::CheckResultResponse,
    )
}

#[test]
fn what_the_gate_answers_is_what_its_contracts_say() {
    let mut read = 0;
    for entry in std::fs::read_dir(tree("tests/golden")).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let module = match &name[..2] {
            "v0" => "regix_service",
            "v1" => "regix_entry_point",
            "v2" => "regix_entry_point_v2",
            _ => continue,
        };
        // What differs from run to run stands there as dots.
        let text = std::fs::read_to_string(&file).unwrap().replace('…', "1");
        let Ok(document) = Document::read(text, &Limits::default()) else { continue };
        let Some(body) = document.root().children().find(|child| child.local() == "Body") else { continue };
        let Some(payload) = body.children().next().filter(|child| child.local() != "Fault") else { continue };
        let outer = body.in_scope();
        let xml = &document.source()[payload.span()];
        let written = message(&format!("{module}::{}", payload.local()), xml.as_bytes(), &outer)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let alone = format!("<all {}>{xml}</all>", declared(&outer));
        let again = format!("<all>{written}</all>");
        let [before, after] = [alone, again].map(|xml| normal(xml.as_bytes(), Form::Strict).unwrap());
        assert!(before == after, "{name}: {written}");
        read += 1;
    }
    assert!(read >= 30, "{read}");
}

fn declared(outer: &[(&str, &str)]) -> String {
    let prefixed = outer.iter().filter(|(prefix, _)| !prefix.is_empty());
    prefixed.map(|(prefix, namespace)| format!("xmlns:{prefix}=\"{namespace}\"")).collect::<Vec<_>>().join(" ")
}
