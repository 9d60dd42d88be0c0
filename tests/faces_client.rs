//! A client that `kapia-codegen` makes of a served contract asks the gate that serves it, over mutual TLS.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

#[rustfmt::skip]
#[allow(dead_code)]
#[path = "../src/codegen/tests/golden/services.rs"]
mod contract;

use contract::service::Client;
use contract::*;
use kapia_types::soap::http::Http;
use kapia_types::soap::{CallError, Side, Version};
use std::sync::LazyLock;
use support::*;

static GATE: LazyLock<Gate> = LazyLock::new(Gate::demo);

fn client(version: Version, who: &str) -> Client<Http> {
    let below = if version == Version::V12 { "/soap12" } else { "" };
    let address = format!("https://localhost:{}/adapters/RegiX.GraoNBDAdapter{below}", GATE.port);
    let read = |name: &str| std::fs::read(GATE.certs.join(name)).unwrap();
    let identity = [read(&format!("{who}.pem")), read(&format!("{who}-key.pem"))].concat();
    Client::new(Http::mutual(address, &read("ca.pem"), &identity).unwrap(), version)
}

fn question(number: &str) -> ValidPersonSearchRequest {
    ValidPersonSearchRequest::from_xml(format!(
        "<t:ValidPersonSearchRequest xmlns:t=\"urn:kapia:adapter:RegiX.GraoNBDAdapter:1\"><t:Argument>{}</t:Argument>\
         <t:CallContext><t:LawReason>чл. 1 от пример</t:LawReason></t:CallContext><t:SignResult>true</t:SignResult>\
         </t:ValidPersonSearchRequest>",
        valid_person(number)
    ))
    .unwrap()
}

fn ask(version: Version, who: &str, number: &str) -> Result<ValidPersonSearchResponse, CallError<Problem>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client(version, who).valid_person_search(&question(number)))
}

#[test]
fn a_generated_client_reads_a_typed_answer() {
    for version in [Version::V11, Version::V12] {
        let answer = ask(version, "consumer", OGNYAN).unwrap();
        assert!(answer.signature.is_some() && answer.to_xml().contains("Огнян"));
        let person = &answer.data.response.valid_person_response;
        assert_eq!(person.birth_date.as_ref().unwrap().to_string(), "1976-05-23");
    }
}

#[test]
fn a_generated_client_reads_a_typed_fault() {
    for version in [Version::V11, Version::V12] {
        let Err(CallError::Fault(fault)) = ask(version, "stranger", OGNYAN) else { panic!("a fault was expected") };
        assert_eq!(fault.side, Side::Sender);
        let problem = fault.detail.unwrap();
        assert_eq!((problem.code.as_str(), problem.retryable.get()), ("denied-certificate-unknown", false));
        assert_eq!(problem.message_bg, "отказан достъп: удостоверението не е намерено");
    }
}
