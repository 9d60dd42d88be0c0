//! Both sides of the adapter host protocol against each other: a gate before a host of ours.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "hosts/mod.rs"]
mod hosts;
mod support;

use hosts::{Hosted, package};
use std::sync::LazyLock;
use support::*;

/// A gate with our own packages.
static DIRECT: LazyLock<Gate> = LazyLock::new(Gate::demo);

/// The same packages at a host, and a gate that asks it in three ways.
struct Scene {
    gate: Gate,
    host: Hosted,
    _packages: tempfile::TempDir,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let host = Hosted::plain(&DIRECT.folder.join("kapia.toml"), &DIRECT.certs, &["--signature", "default"]);
    let packages = tempfile::tempdir().unwrap();
    let at = |path: &str| format!("address = \"http://127.0.0.1:{}/{path}\"", host.port);
    for (name, backend) in [
        ("RegiX.GraoNBDAdapter", at("NBDAdapter")),
        ("RegiX.AVTRAdapter", at("TRAdapter.svc") + "\nprotocol = \"wcf\""),
        ("RegiX.MVRBDSAdapter", at("MVRBDSAdapter.svc") + "\nprotocol = \"wcf\"\nsoap = \"1.2\""),
        ("RegiX.NRAEmploymentContractsAdapter", at("nraemploymentcontractsadapter/")),
    ] {
        package(packages.path(), name, &backend);
    }
    let adapters = vec![packages.path().to_owned()];
    let gate = Gate::start(GateOptions { adapters, ..GateOptions::default() });
    Scene { gate, host, _packages: packages }
});

#[test]
fn every_operation_answers_through_a_host_as_it_does_directly() {
    for call in [
        Call::to("ValidPersonSearch", valid_person(OGNYAN)),
        Call::to("ValidPersonSearch", valid_person(NOBODY)),
        Call::to("PersonDataSearch", person_data(RALITSA)),
        Call::to("RelationsSearch", relations(OGNYAN)),
        Call::to("GetActualState", actual_state("999001024")),
        Call::to("GetValidUICInfo", valid_uic("999001012")),
        Call::to("GetPersonalIdentity", personal_identity("999000014", OGNYAN)),
        Call::to("GetEmploymentContracts", employment_contracts("999001012", "Bulstat")),
    ] {
        let direct = DIRECT.call(&call.clone().signed());
        let hosted = SCENE.gate.call(&call.clone().signed());
        let result = hosted.result(Entry::V2);
        assert!(!result.has_error, "{}: {}", call.operation, hosted.http.text());
        assert_eq!(normal_data(hosted.http.text()), normal_data(direct.http.text()), "{}", call.operation);
        verifies_in_rust(&hosted, Entry::V2, &SCENE.gate.certs).unwrap();
        let said = format!("service_call_id={}", result.call_id);
        assert!(SCENE.host.log().contains(&said), "{} did not go through the host", call.operation);
    }
}

#[test]
fn what_a_host_refuses_is_told_without_its_words() {
    let call = Call::to("GetPersonalIdentity", personal_identity("999000000", NOBODY));
    let hosted = SCENE.gate.call(&call);
    let direct = DIRECT.call(&call);
    if direct.result(Entry::V2).has_error {
        assert_eq!(hosted.http.header("kapia-code"), Some("host-fault"), "{}", hosted.http.everything());
    } else {
        assert_eq!(normal_data(hosted.http.text()), normal_data(direct.http.text()));
    }
    assert!(!SCENE.host.log().contains(NOBODY));
}

#[test]
fn a_package_that_names_no_host_says_what_is_wrong() {
    let packages = tempfile::tempdir().unwrap();
    let wrong = "address = \"ftp://user@host/?x\"\nsoap = \"1.2\"\ncertificate = \"none.pem\"\ntimeout = 5";
    package(packages.path(), "RegiX.GraoNBDAdapter", wrong);
    let read = kapia_adapter::read_packages(
        packages.path(),
        &kapia_adapter::Backends::standard().with(Box::new(kapia_host::HostBackend)),
    );
    let error = read.unwrap().remove(0).package.unwrap_err();
    let codes: Vec<&str> = error.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["host-soap", "host-address", "host-identity", "manifest-key-unknown"], "{error}");
    assert!(error.problems.iter().all(|problem| problem.line.is_some()));
    assert!(!error.bulgarian().contains("user@"), "{error}");
}
