//! A contract with several faults for one operation, with header blocks, and with names that are in the way: its client asks
//! its server.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[rustfmt::skip]
#[allow(dead_code)]
#[path = "golden/faults.rs"]
mod contract;

use contract::service::{Client, Headers, IssueHeaders, NewFault, PermitsFault, Server, dispatch};
use contract::*;
use kapia_types::soap::{self, CallError, Fault, Part, Reply, Request, Side, Transport, Version};
use std::future::Future;
use std::io;
use std::pin::pin;
use std::task::{Context as Waiting, Poll, Waker};

/// Issues, and refuses, by what it is asked.
struct Office;

impl Server for Office {
    async fn issue(
        &self,
        headers: Headers,
        request: Issue,
    ) -> Result<(IssueResponse, IssueHeaders), Fault<PermitsFault>> {
        match request.0.text.as_str() {
            "rejected" => Err(Fault::sender("no", Rejected { code: 7.into() })),
            "closed" => Err(Fault::receiver("closed", Closed { until: "2031-12-31".parse().unwrap() })),
            _ => {
                let trace = headers.context.map(|context| Trace(context.reason));
                Ok((IssueResponse(request.0), IssueHeaders { trace }))
            }
        }
    }

    async fn renew(&self, headers: Headers, request: Renew) -> Result<RenewResponse, Fault<PermitsFault>> {
        let mut closed = Fault::plain(Side::Receiver, "closed");
        closed.undeclared = vec![kapia_types::RawElement::parse("<why xmlns=\"urn:why\">1</why>").unwrap()];
        if headers == Headers::default() { Err(closed) } else { Ok(RenewResponse(request.0)) }
    }

    async fn new_2(&self, _: New) -> Result<contract::Client, Fault<NewFault>> {
        Err(Fault::receiver("down", contract::Server {}))
    }

    async fn list_permits_of_one_holder_in_one_municipality(
        &self,
        request: ListPermitsOfOneHolderInOneMunicipality,
    ) -> Result<ListPermitsOfOneHolderInOneMunicipalityResponse, Fault<soap::NoDetail>> {
        Ok(ListPermitsOfOneHolderInOneMunicipalityResponse(request.0))
    }

    fn understands(&self, block: &Part) -> bool {
        block.is("urn:own", "Known")
    }
}

/// Hands messages over in memory.
struct Wire;

impl Transport for Wire {
    async fn post(&self, request: Request) -> io::Result<Reply> {
        let answer = dispatch(&Office, &request.body).await;
        Ok(Reply { status: answer.status, body: answer.body })
    }
}

/// Runs a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Waiting::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn words(text: &str) -> Words {
    Words { text: text.to_owned() }
}

fn because(reason: &str) -> Headers {
    Headers { context: Some(Context { reason: reason.to_owned() }) }
}

const VERSIONS: [Version; 2] = [Version::V11, Version::V12];

#[test]
fn every_declared_fault_arrives_as_what_it_is() {
    for version in VERSIONS {
        let client = Client::new(Wire, version);
        let asked = |text: &str| match now(client.issue(&Headers::default(), &Issue(words(text)))) {
            Err(CallError::Fault(fault)) => *fault,
            other => panic!("a fault was expected: {other:?}"),
        };
        let rejected = asked("rejected");
        assert_eq!((rejected.side, rejected.reason.as_str()), (Side::Sender, "no"));
        assert!(matches!(rejected.detail, Some(PermitsFault::Rejected(detail)) if detail.code.get() == 7));
        let closed = asked("closed");
        assert_eq!(closed.side, Side::Receiver);
        assert!(
            matches!(closed.detail, Some(PermitsFault::Closed(detail)) if detail.until.to_string() == "2031-12-31")
        );
        let Err(CallError::Fault(down)) = now(client.new_2(&New(words("")))) else { panic!("a fault was expected") };
        assert_eq!(down.detail, Some(NewFault::Server(Box::new(contract::Server {}))));
    }
}

#[test]
fn what_a_contract_does_not_declare_stands_beside_it() {
    for version in VERSIONS {
        let Err(CallError::Fault(fault)) =
            now(Client::new(Wire, version).renew(&Headers::default(), &Renew(words(""))))
        else {
            panic!("a fault was expected");
        };
        assert_eq!(fault.detail, None);
        assert_eq!(fault.undeclared[0].as_xml(), "<why xmlns=\"urn:why\">1</why>");
    }
}

#[test]
fn header_blocks_arrive_both_ways() {
    for version in VERSIONS {
        let client = Client::new(Wire, version);
        let (answer, headers) = now(client.issue(&because("чл. 1"), &Issue(words("да")))).unwrap();
        assert_eq!((answer.0.text.as_str(), headers.trace), ("да", Some(Trace("чл. 1".to_owned()))));
        let (_, headers) = now(client.issue(&Headers::default(), &Issue(words("да")))).unwrap();
        assert_eq!(headers.trace, None);
        assert_eq!(now(client.renew(&because("x"), &Renew(words("б")))).unwrap().0.text, "б");
        let list = ListPermitsOfOneHolderInOneMunicipality(words("в"));
        assert_eq!(now(client.list_permits_of_one_holder_in_one_municipality(&list)).unwrap().0.text, "в");
    }
}

/// What the office answers to a message with this in its header.
fn answer(version: Version, header: &str) -> (u16, String) {
    let body = "<New xmlns=\"urn:permits\"><Text>1</Text></New>";
    let body = if header.contains("Context") { body.replace("New", "Renew") } else { body.to_owned() };
    let answer = now(dispatch(&Office, &version.envelope(header, &body)));
    (answer.status, String::from_utf8(answer.body).unwrap())
}

#[test]
fn a_block_that_must_be_understood_and_is_not_is_refused() {
    for (version, yes, role) in [
        (Version::V11, "1", "actor=\"http://schemas.xmlsoap.org/soap/actor/next\""),
        (Version::V12, "true", "role=\"http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver\""),
    ] {
        let block = |namespace: &str, name: &str, more: &str| {
            format!("<x:{name} xmlns:x=\"{namespace}\" s:mustUnderstand=\"{yes}\"{more}/>")
        };
        for strange in [block("urn:own", "Strange", ""), block("urn:own", "Strange", &format!(" s:{role}"))] {
            let (status, text) = answer(version, &strange);
            assert!(status == 500 && text.contains("s:MustUnderstand") && text.contains("{urn:own}Strange"), "{text}");
        }
        for fine in [
            block("urn:own", "Known", ""),
            block("urn:own", "Strange", " s:actor=\"urn:another\" s:role=\"urn:another\""),
            "<x:Strange xmlns:x=\"urn:own\" s:mustUnderstand=\"0\"/>".to_owned(),
        ] {
            assert!(answer(version, &fine).1.contains("down"), "{fine}");
        }
        let context =
            format!("<Context xmlns=\"urn:permits\" s:mustUnderstand=\"{yes}\" s:{role}><Reason>1</Reason></Context>");
        assert_eq!(answer(version, &context).0, 200);
        let (status, text) = answer(version, &format!("{context}{context}"));
        assert!(status == 500 && text.contains("element-twice"), "{text}");
        let (status, text) = answer(version, &context.replace("Reason", "Reasons"));
        assert!(status == 500 && text.contains("/Context"), "{text}");
    }
}

#[test]
fn another_version_of_soap_is_refused_as_such() {
    let message = "<s:Envelope xmlns:s=\"urn:soap-2\"><s:Body><a/></s:Body></s:Envelope>";
    let answer = now(dispatch(&Office, message.as_bytes()));
    assert!(String::from_utf8(answer.body).unwrap().contains("s:VersionMismatch"));
}
