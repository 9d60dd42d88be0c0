//! Envelopes, requests and replies.

use super::xml::limits;
use super::{Target, XML_WORDS};
use kapia_regix::consumer::{Reply as Answered, ReplyKind};
use kapia_regix::{Answer, EntryPoint, Method, Reply, read_check, read_request};
use kapia_soap::{Envelope, Version};
use kapia_xml::canonical::{Method as Canonical, canonicalize};
use kapia_xml::{Document, Element, Event, KeepAll, Limits};
use std::convert::Infallible;

pub const ENVELOPE: Target = Target { name: "envelope", seeds: envelopes, words: SOAP_WORDS, run: open };
pub const REQUEST: Target = Target { name: "request", seeds: requests, words: XML_WORDS, run: request };
pub const REPLY: Target = Target { name: "reply", seeds: replies, words: XML_WORDS, run: reply };

const SOAP_WORDS: &[&str] = &[
    "<s:Header>",
    "</s:Header>",
    "<s:Body>",
    "</s:Body>",
    " s:mustUnderstand=\"1\"",
    "<a:MessageID>",
    "</a:MessageID>",
    "<a:ReplyTo><a:Address>http://x</a:Address></a:ReplyTo>",
    "http://www.w3.org/2005/08/addressing/anonymous",
    "http://www.w3.org/2003/05/soap-envelope",
    "http://schemas.xmlsoap.org/soap/envelope/",
    "<!-- -->",
    "<x/>",
    " xmlns=\"\"",
];

fn envelopes() -> Vec<Vec<u8>> {
    let of = |version: Version, header: &str| {
        format!(
            "<s:Envelope xmlns:s=\"{}\" xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header>{header}</s:Header><s:Body><x/></s:Body></s:Envelope>",
            version.namespace()
        )
        .into_bytes()
    };
    let header = "<a:Action s:mustUnderstand=\"1\">urn:a</a:Action><a:MessageID>urn:uuid:1</a:MessageID><a:To>x</a:To><u:b xmlns:u=\"urn:u\" s:mustUnderstand=\"0\"/>";
    let anonymous = "<a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>";
    [Version::V11, Version::V12].into_iter().flat_map(|version| [of(version, header), of(version, anonymous)]).collect()
}

fn open(data: &[u8]) -> String {
    let Ok(document) = Document::read(data.to_vec(), &limits()) else { return "no xml".into() };
    let mut outcome = String::new();
    for version in [Version::V11, Version::V12] {
        match Envelope::open(&document, version, &[("urn:u", "b")]) {
            Ok(envelope) => {
                let body = document.element(envelope.body);
                assert!(body.parent().is_some_and(|parent| parent.is(version.namespace(), "Body")));
                assert_eq!(
                    body.parent().map(|parent| parent.children().count()),
                    Some(1),
                    "one element is executed of two"
                );
                outcome += "opened ";
            }
            Err((error, addressing)) => {
                let fault = error.fault().write(version, addressing.message_id.as_deref());
                let fault = Document::read(fault, &Limits::default()).expect("a fault is XML");
                assert!(fault.root().is(version.namespace(), "Envelope"));
                if let (Some(id), Version::V12) = (&addressing.message_id, version) {
                    let header = fault.root().children().next().expect("a header");
                    let relates = header.children().nth(1).expect("RelatesTo");
                    assert_eq!(relates.text(), id.as_str());
                }
                outcome += error.code();
            }
        }
    }
    outcome
}

fn requests() -> Vec<Vec<u8>> {
    let fields = "<Operation>A.B.C</Operation><Argument><q xmlns=\"urn:q\" xmlns:p=\"urn:p\" t=\"p:x\"><e>1</e></q></Argument><CallContext><LawReason>x</LawReason></CallContext><EmployeeEGN>1</EmployeeEGN><SignResult>true</SignResult><ReturnAccessMatrix>0</ReturnAccessMatrix>";
    vec![
        format!("<Execute xmlns=\"http://egov.bg/RegiX\"><request><ServiceRequestData xmlns=\"http://egov.bg/RegiX/SignedData\">{fields}<RequestProcessing>Verify Asynchronous</RequestProcessing></ServiceRequestData></request></Execute>").into_bytes(),
        format!("<ExecuteSynchronous xmlns=\"http://tempuri.org/\"><request>{fields}</request></ExecuteSynchronous>").into_bytes(),
        format!("<ExecuteSynchronous xmlns=\"http://egov.bg/RegiX\"><request>{fields}</request></ExecuteSynchronous>").into_bytes(),
        b"<CheckResult xmlns=\"http://egov.bg/RegiX\"><argument><ServiceCheckResultArgument xmlns=\"http://egov.bg/RegiX/SignedData\"><ServiceCallID>7</ServiceCallID><VerificationCode>x</VerificationCode></ServiceCheckResultArgument></argument></CheckResult>".to_vec(),
    ]
}

fn request(data: &[u8]) -> String {
    let Ok(document) = Document::read(data.to_vec(), &limits()) else { return "no xml".into() };
    let root = document.root();
    let mut outcome = String::new();
    for entry in [EntryPoint::V0, EntryPoint::V1, EntryPoint::V2] {
        let Some(method) = entry.method(root.namespace(), root.local()) else { continue };
        outcome += entry.name();
        let _ = read_check(entry, method, root);
        match read_request(entry, method, root) {
            Ok(request) => {
                if let Some(argument) = request.argument {
                    outcome += "+";
                    echoed(entry, method, document.element(argument));
                }
            }
            Err(error) => outcome += &error.to_string(),
        }
    }
    outcome
}

/// Whatever is asked comes back in a message that can be read, and what is hashed is what a verifier hashes.
fn echoed(entry: EntryPoint, method: Method, argument: Element<'_>) {
    for version in [Version::V11, Version::V12] {
        let reply = Reply { entry, method, version, relates_to: Some("urn:uuid:1"), typed: None };
        let answer =
            Answer { service_call_id: 7, request: argument, response: argument, matrix: None, legacy_scope: false };
        let mut hashed = None;
        let written = reply
            .answer(&answer, &mut KeepAll, |octets, prefixes| {
                hashed =
                    Some((octets.to_vec(), prefixes.iter().map(|prefix| (*prefix).to_owned()).collect::<Vec<_>>()));
                Ok::<_, Infallible>(None)
            })
            .unwrap_or_else(|never| match never {});
        let message = Document::read(written.octets, &Limits::default()).expect("a reply is XML");
        let Some((octets, prefixes)) = hashed else { continue };
        let data = message.root().events().find_map(|event| match event {
            Event::Start(element) if element.is(entry.data(), "Data") => Some(element),
            _ => None,
        });
        let listed: Vec<&str> = prefixes.iter().map(String::as_str).collect();
        let mut canonical = Vec::new();
        canonicalize(data.expect("Data"), Canonical::Exclusive, &listed, None, &mut canonical);
        assert_eq!(String::from_utf8_lossy(&canonical), String::from_utf8_lossy(&octets), "hashed is not what is sent");
    }
}

fn replies() -> Vec<Vec<u8>> {
    let document = Document::read("<A xmlns=\"urn:a\">1</A>", &Limits::default()).expect("XML");
    let answer = Answer {
        service_call_id: 7,
        request: document.root(),
        response: document.root(),
        matrix: None,
        legacy_scope: false,
    };
    let mut seeds = Vec::new();
    for (entry, method) in [(EntryPoint::V1, Method::ExecuteSynchronous), (EntryPoint::V2, Method::Execute)] {
        for version in [Version::V11, Version::V12] {
            let reply = Reply { entry, method, version, relates_to: None, typed: None };
            seeds.push(reply.error("text", true, 7));
            let written = reply.answer(&answer, &mut KeepAll, |_, _| Ok::<_, Infallible>(None));
            seeds.push(written.unwrap_or_else(|never| match never {}).octets);
            let fault =
                kapia_soap::Fault { code: kapia_soap::FaultCode::Service, reason: "reason".into(), problem: None };
            seeds.push(fault.write(version, None));
        }
    }
    seeds
}

fn reply(data: &[u8]) -> String {
    let mut outcome = String::new();
    for entry in [EntryPoint::V0, EntryPoint::V1, EntryPoint::V2] {
        match Answered::read(entry, data.to_vec().into()) {
            Ok(reply) => {
                let named = |id| !reply.document.element(id).local().is_empty();
                outcome += match &reply.kind {
                    ReplyKind::Answer { response, data, signature, .. } => {
                        assert!(named(*response) && named(*data));
                        if signature.is_some_and(named) { "signed " } else { "answered " }
                    }
                    ReplyKind::Refused { .. } => "refused ",
                    ReplyKind::Fault { problem, .. } => {
                        if problem.is_some_and(named) {
                            "problem "
                        } else {
                            "fault "
                        }
                    }
                    _ => "other ",
                };
            }
            Err(error) => outcome += error.code(),
        }
    }
    outcome
}
