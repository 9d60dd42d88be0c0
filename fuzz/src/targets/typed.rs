//! Generated types: documents that they read, and messages of a generated service.

use super::Target;
use kapia_types::soap::{self, Fault, NoDetail, Part, Side, Version};
use kapia_types::{Document, RawElement};
use std::fmt::Debug;
use std::future::Future;
use std::pin::pin;
use std::task::{Poll, Waker};

/// A schema with all that generators stumble over.
#[rustfmt::skip]
#[allow(dead_code)]
#[path = "../../../src/codegen/tests/golden/traps.rs"]
mod traps;

/// A service with several faults and header blocks.
#[rustfmt::skip]
#[allow(dead_code)]
#[path = "../../../src/codegen/tests/golden/faults.rs"]
mod contract;

use contract::service::{Headers, IssueHeaders, NewFault, PermitsFault, Server, dispatch};
use contract::*;

pub const TYPES: Target = Target { name: "types", seeds: documents, words: TYPE_WORDS, run: read };
pub const SERVICE: Target = Target { name: "service", seeds: messages, words: SERVICE_WORDS, run: serve };

const TYPE_WORDS: &[&str] = &[
    " xmlns=\"urn:traps\"",
    " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
    " xsi:type=\"t:KinType\"",
    " xsi:nil=\"true\"",
    "<t:Flat>1</t:Flat>",
    "<t:EGN>7501020018</t:EGN>",
    "<A>0</A>",
    "<E>a b</E>",
    "<G>2026-11-22T24:00:00</G>",
    "79228162514264337593543950335.10",
    "-0001-02-29",
    "INF",
    "]]>",
    "&#13;",
    "<![CDATA[",
    "<!-- -->",
    "Жена ",
];

const SERVICE_WORDS: &[&str] = &[
    "<s:Header>",
    "</s:Header>",
    " s:mustUnderstand=\"1\"",
    " s:actor=\"http://schemas.xmlsoap.org/soap/actor/next\"",
    " s:role=\"\"",
    "<Context xmlns=\"urn:permits\"><Reason>1</Reason></Context>",
    "<Issue xmlns=\"urn:permits\"><Text>closed</Text></Issue>",
    "<s:Fault><faultcode>s:Client</faultcode><faultstring/><detail><Closed xmlns=\"urn:permits\"/></detail></s:Fault>",
    "http://www.w3.org/2003/05/soap-envelope",
    "http://schemas.xmlsoap.org/soap/envelope/",
];

fn documents() -> Vec<Vec<u8>> {
    [
        "<t:Person xmlns:t=\"urn:traps\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" id=\"007\" lang=\"bg\">\
         <t:EGN>7501020018</t:EGN><t:type> два  блянка </t:type><t:Име>Ана]]&gt;</t:Име><t:r>-0</t:r><t:Пол>Жена </t:Пол>\
         <t:Street>Ю</t:Street><t:Flat>1</t:Flat><t:Flat>2</t:Flat><t:Parent xsi:type=\"t:KinType\"><t:Name>А</t:Name>\
         <t:Since>неизвестна</t:Since></t:Parent><t:Amount Exact=\"1\" Currency=\"лв.\">1.10</t:Amount><t:Death xsi:nil=\"true\"/>\
         <t:Remark>само текст &amp; <b/></t:Remark><o:x xmlns:o=\"urn:o\" o:y=\"t:z\"><t:Person/></o:x></t:Person>",
        "<Choices xmlns=\"urn:traps\" а=\"1\"><C/><D>1.40</D><E>a b</E><F><Name/></F><G>2026-11-22T08:30:00Z</G><H>1E3</H><First/></Choices>",
        "<t:Any.Order xmlns:t=\"urn:traps\"><Plain><Inside>1</Inside></Plain><t:All>2</t:All></t:Any.Order>",
        "<Mixed xmlns=\"urn:traps\">а<b>б</b> в </Mixed>",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

/// What is read is written, and read again as the same.
fn read(data: &[u8]) -> String {
    let outcomes = [
        again::<traps::Person>(data),
        again::<traps::Choices>(data),
        again::<traps::AnyOrder>(data),
        again::<traps::Mixed>(data),
    ];
    if let Some(raw) = std::str::from_utf8(data).ok().and_then(|text| RawElement::parse(text).ok()) {
        assert_eq!(RawElement::parse(raw.as_xml()).expect("a raw element is one"), raw);
    }
    outcomes.join(" ")
}

fn again<D: Document + PartialEq + Debug>(data: &[u8]) -> String {
    let limits = kapia_types::Limits::default();
    match kapia_types::Reader::document::<D>(data, &limits, &[]) {
        Ok(document) => {
            let written = kapia_types::Writer::document(&document);
            let read = kapia_types::Reader::document::<D>(written.as_bytes(), &limits, &[]);
            assert_eq!(read.as_ref(), Ok(&document), "what is written is not what was read: {written}");
            assert_eq!(kapia_types::Writer::document(&document), written);
            "read".to_owned()
        }
        Err(error) => {
            assert!(error.line() > 0 && error.column() > 0 && error.path().starts_with('/'));
            assert!(!error.bulgarian().is_empty());
            error.code().to_owned()
        }
    }
}

/// Answers whatever it is asked.
struct Office;

impl Server for Office {
    async fn issue(
        &self,
        headers: Headers,
        request: Issue,
    ) -> Result<(IssueResponse, IssueHeaders), Fault<PermitsFault>> {
        match request.0.text.as_str() {
            "closed" => Err(Fault::plain(Side::Receiver, request.0.text)),
            _ => Ok((
                IssueResponse(request.0),
                IssueHeaders { trace: headers.context.map(|context| Trace(context.reason)) },
            )),
        }
    }

    async fn renew(&self, _: Headers, request: Renew) -> Result<RenewResponse, Fault<PermitsFault>> {
        Ok(RenewResponse(request.0))
    }

    async fn new_2(&self, request: New) -> Result<contract::Client, Fault<NewFault>> {
        Ok(contract::Client(request.0))
    }

    async fn list_permits_of_one_holder_in_one_municipality(
        &self,
        request: ListPermitsOfOneHolderInOneMunicipality,
    ) -> Result<ListPermitsOfOneHolderInOneMunicipalityResponse, Fault<NoDetail>> {
        Ok(ListPermitsOfOneHolderInOneMunicipalityResponse(request.0))
    }
}

fn messages() -> Vec<Vec<u8>> {
    let context = "<Context xmlns=\"urn:permits\" s:mustUnderstand=\"1\"><Reason>1</Reason></Context>";
    let body = "<Issue xmlns=\"urn:permits\"><Text>да</Text></Issue>";
    let fault = "<s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring><detail>\
        <Closed xmlns=\"urn:permits\"><Until>2026-01-01</Until></Closed><a/></detail></s:Fault>";
    vec![
        Version::V11.envelope(context, body),
        Version::V12.envelope(context, &body.replace("Issue", "Renew")),
        Version::V11.envelope("", fault),
    ]
}

/// Every message has an answer, and every answer is one that can be read.
fn serve(data: &[u8]) -> String {
    let mut outcome = match soap::open(data, &kapia_types::Limits::default()) {
        Ok(opened) => {
            let named = |part: &Part| !part.local().is_empty();
            assert!(opened.header.iter().all(named) && named(&opened.body));
            match opened.fault::<PermitsFault>() {
                Some(fault) => format!("fault {}", fault.is_ok()),
                None => "message".to_owned(),
            }
        }
        Err(error) => error.code().to_owned(),
    };
    let answer = match pin!(dispatch(&Office, data)).poll(&mut std::task::Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("nothing waits here"),
    };
    let opened = soap::open(&answer.body, &kapia_types::Limits::default()).expect("an answer is a message");
    assert_eq!(answer.content_type, opened.version.content_type());
    let fault = opened.fault::<PermitsFault>();
    assert_eq!(fault.is_some(), answer.status == 500);
    if let Some(fault) = fault {
        let reason = fault.expect("a fault of ours can be read").reason;
        outcome.extend(reason.chars().filter(char::is_ascii_lowercase).take(20));
    }
    outcome
}
