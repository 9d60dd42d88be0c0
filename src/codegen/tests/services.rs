//! A generated client asks a generated server, in both versions of SOAP: what is sent is what arrives, answers and faults.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[rustfmt::skip]
#[allow(dead_code)]
#[path = "golden/services.rs"]
mod contract;

use contract::service::{Client, Server, dispatch};
use contract::*;
use kapia_types::soap::{self, CallError, Fault, Reply, Request, Side, Transport, Version};
use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

const PERSON: &str = "7605239965";

/// A register with one person in it.
struct Register;

impl Server for Register {
    async fn valid_person_search(
        &self,
        request: ValidPersonSearchRequest,
    ) -> Result<ValidPersonSearchResponse, Fault<Problem>> {
        let xml = request.to_xml();
        if !xml.contains(PERSON) {
            let problem = Problem::from_xml(PROBLEM).unwrap();
            return Err(Fault::sender("nobody has <this> number", problem));
        }
        Ok(ValidPersonSearchResponse::from_xml(ANSWER).unwrap())
    }

    async fn person_data_search(&self, _: PersonDataSearchRequest) -> Result<PersonDataSearchResponse, Fault<Problem>> {
        Err(Fault::plain(Side::Receiver, "closed"))
    }

    async fn relations_search(&self, _: RelationsSearchRequest) -> Result<RelationsSearchResponse, Fault<Problem>> {
        Err(Fault::plain(Side::Receiver, "closed"))
    }
}

const ANSWER: &str = "<ValidPersonSearchResponse xmlns=\"urn:kapia:adapter:RegiX.GraoNBDAdapter:1\"><Data id=\"data\"><Request id=\"request\">\
    <ValidPersonRequest xmlns=\"http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest\"><EGN>7605239965</EGN></ValidPersonRequest></Request>\
    <Response id=\"response\"><ValidPersonResponse xmlns=\"http://egov.bg/RegiX/GRAO/NBD/ValidPersonResponse\"><FirstName>Огнян</FirstName>\
    </ValidPersonResponse></Response><Matrix xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:nil=\"true\"/></Data>\
    <ServiceCallID>7</ServiceCallID></ValidPersonSearchResponse>";
const PROBLEM: &str = "<Problem xmlns=\"urn:kapia:faces:1\"><Code>nobody</Code><MessageBg>няма</MessageBg>\
    <MessageEn>nobody</MessageEn><Retryable>false</Retryable></Problem>";

/// Hands messages over in memory.
struct Wire;

impl Transport for Wire {
    async fn post(&self, request: Request) -> io::Result<Reply> {
        let action = "urn:kapia:adapter:RegiX.GraoNBDAdapter:1:";
        assert!(request.action.starts_with(action), "{}", request.action);
        assert!(request.headers().iter().any(|(_, value)| value.contains(action)));
        let answer = dispatch(&Register, &request.body).await;
        assert_eq!(answer.content_type, request.version.content_type());
        Ok(Reply { status: answer.status, body: answer.body })
    }
}

/// Runs a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn question(number: &str) -> ValidPersonSearchRequest {
    ValidPersonSearchRequest::from_xml(format!(
        "<ValidPersonSearchRequest xmlns=\"urn:kapia:adapter:RegiX.GraoNBDAdapter:1\"><Argument>\
         <ValidPersonRequest xmlns=\"http://egov.bg/RegiX/GRAO/NBD/ValidPersonRequest\"><EGN>{number}</EGN></ValidPersonRequest>\
         </Argument><CallContext><LawReason>чл. 1</LawReason></CallContext></ValidPersonSearchRequest>"
    ))
    .unwrap()
}

#[test]
fn an_answer_arrives_as_it_was_given() {
    for version in [Version::V11, Version::V12] {
        let answer = now(Client::new(Wire, version).valid_person_search(&question(PERSON))).unwrap();
        assert_eq!(answer, ValidPersonSearchResponse::from_xml(ANSWER).unwrap());
    }
}

#[test]
fn a_fault_arrives_with_its_detail() {
    for version in [Version::V11, Version::V12] {
        let client = Client::new(Wire, version).with_header("<h xmlns=\"urn:h\">1</h>");
        let Err(CallError::Fault(fault)) = now(client.valid_person_search(&question("8101169992"))) else {
            panic!("a fault was expected");
        };
        assert_eq!((fault.side, fault.reason.as_str()), (Side::Sender, "nobody has <this> number"));
        assert_eq!(fault.detail, Some(Problem::from_xml(PROBLEM).unwrap()));
    }
}

#[test]
fn what_is_not_asked_right_is_a_fault_of_the_sender() {
    for (message, reason) in [
        ("<Envelope/>", "Envelope"),
        ("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>", "Body"),
        (
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><x/></s:Body></s:Envelope>",
            "no operation",
        ),
        ("<!DOCTYPE a><a/>", "Client"),
    ] {
        let answer = now(dispatch(&Register, message.as_bytes()));
        let text = String::from_utf8(answer.body).unwrap();
        assert!(answer.status == 500 && text.contains("s:Client") && text.contains(reason), "{text}");
    }
}

#[test]
fn what_is_no_soap_is_told_with_its_status() {
    struct Page;
    impl Transport for Page {
        async fn post(&self, _: Request) -> io::Result<Reply> {
            Ok(Reply { status: 502, body: b"<html>Bad gateway</html>".to_vec() })
        }
    }
    let outcome = now(Client::new(Page, Version::V11).valid_person_search(&question(PERSON)));
    assert!(matches!(outcome, Err(CallError::NotSoap(502))));
    let _: soap::Version = Version::default();
}
