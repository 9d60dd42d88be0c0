//! The text of generated clients and servers, and what is refused because it has none.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use kapia_codegen::{Error, Generator, ServiceFault};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn the_text_is_the_golden_one() {
    for (wsdl, golden) in [
        ("../../tests/golden/face-RegiX.GraoNBDAdapter.wsdl", "tests/golden/services.rs"),
        ("tests/golden/faults.wsdl", "tests/golden/faults.rs"),
    ] {
        let text = Generator::new().wsdl(here(wsdl)).services(true).module().unwrap();
        let golden = here(golden);
        if std::env::var_os("KAPIA_BLESS").is_some() {
            std::fs::write(&golden, &text).unwrap();
        }
        let golden = std::fs::read_to_string(golden).unwrap();
        let parts = golden.lines().zip(text.lines()).enumerate().find(|(_, (was, is))| was != is);
        assert!(golden == text, "{wsdl} is not what it was (KAPIA_BLESS=1 accepts it), first at line: {parts:?}");
    }
}

#[test]
fn types_alone_stay_types_alone() {
    let wsdl = here("../../wsdl/EgovService.wsdl");
    let types = Generator::new().wsdl(&wsdl).module().unwrap();
    assert!(!types.contains("pub mod service"));
    let both = Generator::new().wsdl(&wsdl).services(true).module().unwrap();
    assert!(both.starts_with(&types) && both.contains("pub async fn add_service("), "{}", &both[types.len()..]);
    assert!(both.contains("pub request_context: Option<RequestContext>,"), "{}", &both[types.len()..]);
    let yaserde = "../../tests/golden/face-RegiX.GraoNBDAdapter.wsdl";
    let refused = Generator::new().wsdl(here(yaserde)).services(true).yaserde(true).module();
    assert!(matches!(refused, Err(Error::Unsupported { .. })), "a contract with nillable is not for yaserde");
}

/// The contract with something replaced, generated with its services.
fn changed(from: &str, to: &str) -> Result<String, Error> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("changed.wsdl");
    let contract = std::fs::read_to_string(here("tests/golden/faults.wsdl")).unwrap();
    assert!(contract.contains(from), "{from}");
    std::fs::write(&file, contract.replacen(from, to, 1)).unwrap();
    Generator::new().wsdl(file).services(true).module()
}

#[test]
fn an_operation_that_has_no_client_is_named_with_the_reason() {
    let message = |name: &str| name.to_owned();
    for (from, to, operation, fault) in [
        ("style=\"document\" tr", "style=\"rpc\" tr", "Issue", ServiceFault::Rpc),
        ("<soap:body use=\"literal\"/>", "<soap:body use=\"encoded\"/>", "Issue", ServiceFault::Encoded),
        ("<wsdl:output message=\"t:IssueOut\"/>", "", "Issue", ServiceFault::OneWay),
        ("message=\"t:IssueOut\"", "message=\"t:Nothing\"", "Issue", ServiceFault::NoMessage(message("t:Nothing"))),
        (
            "<wsdl:message name=\"NewIn\">",
            "<wsdl:message name=\"NewIn\"><wsdl:part name=\"b\" element=\"t:Trace\"/>",
            "New",
            ServiceFault::Parts(message("t:NewIn")),
        ),
        (
            "message=\"t:Trace\" part=\"trace\"",
            "message=\"t:Trace\" part=\"traces\"",
            "Issue",
            ServiceFault::NoPart { message: message("t:Trace"), part: message("traces") },
        ),
        (
            "<wsdl:part name=\"fault\" element=\"t:Closed\"/>",
            "<wsdl:part name=\"fault\" type=\"t:Words\"/>",
            "Issue",
            ServiceFault::NoElement(message("t:Closed")),
        ),
        (
            "<wsdl:part name=\"fault\" element=\"t:Closed\"/>",
            "<wsdl:part name=\"fault\" element=\"t:Opened\"/>",
            "Issue",
            ServiceFault::Undeclared(message("{urn:permits}Opened")),
        ),
        (
            "<wsdl:part name=\"body\" element=\"t:Renew\"/>",
            "<wsdl:part name=\"body\" element=\"t:Issue\"/>",
            "Renew",
            ServiceFault::SameRequest(message("Issue")),
        ),
    ] {
        match changed(from, to) {
            Err(Error::Service { operation: named, line, what, .. }) => {
                assert_eq!((named.as_str(), what), (operation, fault));
                assert!(line > 40, "{line}");
            }
            other => panic!("{to}: {other:?}"),
        }
    }
    let imported =
        changed("<wsdl:message name=\"IssueIn\"", "<wsdl:import namespace=\"urn:permits\"/><wsdl:message name=\"I\"");
    assert!(matches!(imported, Err(Error::Service { what: ServiceFault::Imported(_), .. })));
}

#[test]
fn what_lies_in_memory_gives_what_the_file_gives() {
    let read = |path: &str| std::fs::read(here(path)).unwrap();
    let files = ["faults.wsdl", "traps.xsd", "plain.xsd", "other.xsd"];
    let memory = files
        .iter()
        .fold(kapia_schema::Memory::new(), |memory, file| memory.with(file, read(&format!("tests/golden/{file}"))));
    let generator = Generator::new().services(true);
    for (file, golden) in [("faults.wsdl", "faults.rs"), ("traps.xsd", "traps.rs")] {
        let generated = generator.module_from(file, &memory).unwrap();
        assert!(generated.as_bytes() == read(&format!("tests/golden/{golden}")), "{file}");
    }
    for missing in ["none.wsdl", "none.xsd"] {
        let error = generator.module_from(missing, &memory).unwrap_err();
        assert!(error.to_string().contains(missing), "{error}");
    }
}

#[test]
fn what_is_refused_is_told_in_both_languages() {
    use kapia_language::Language::{Bulgarian, English};
    let refused = changed("style=\"document\" tr", "style=\"rpc\" tr").unwrap_err();
    assert!(refused.message(English).ends_with("changed.wsdl:44: operation `Issue`: its style is rpc"), "{refused}");
    assert!(refused.message(Bulgarian).ends_with("операция `Issue`: стилът ѝ е rpc"));
    assert!(refused.hint(English).contains("--no-services") && refused.hint(Bulgarian).contains("--no-services"));
}

#[test]
fn a_contract_with_several_port_types_has_a_module_for_each() {
    let text = changed("<http:binding verb=\"GET\"/>", "").unwrap();
    assert!(text.contains("pub mod service {"), "a binding of nothing is not of SOAP");
    let second = "<wsdl:portType name=\"More\"><wsdl:operation name=\"Renew\"><wsdl:input message=\"t:RenewIn\"/>\
        <wsdl:output message=\"t:RenewOut\"/></wsdl:operation></wsdl:portType><wsdl:binding name=\"More\" type=\"t:More\">\
        <soap:binding style=\"document\" transport=\"http://schemas.xmlsoap.org/soap/http\"/><wsdl:operation name=\"Renew\"><wsdl:input>\
        <soap:body use=\"literal\" parts=\"body\"/></wsdl:input></wsdl:operation></wsdl:binding><wsdl:binding name=\"Get\"";
    let text = changed("<wsdl:binding name=\"Get\"", second).unwrap();
    assert!(text.contains("pub mod permits_service {") && text.contains("pub mod more_service {"), "{text}");
}
