//! Answers in other forms: on paper (V2), and bare in the oldest contract (V0).
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::LazyLock;
use support::*;

static GATE: LazyLock<Gate> = LazyLock::new(Gate::demo);

fn on_paper(call: &Call) -> Read {
    let flag = "<ResponseProcessing>TransformToPDF</ResponseProcessing><Operation>";
    let body = call.envelope().replace("<Operation>", flag);
    Read::new(GATE.send(&call.post_body(body).octets()), Soap::V11)
}

#[test]
fn a_pdf_takes_the_place_of_the_answer_and_the_signature_covers_it() {
    let read = on_paper(&Call::good().signed());
    assert_eq!(read.http.status, 200, "{}", read.http.text());
    let result = read.result(Entry::V2);
    assert!(!result.has_error && result.is_ready, "{result:?}");
    let answer = read.document.element(result.response.unwrap());
    assert!(answer.is("http://egov.bg/RegiX/BinaryArgument", "BinaryArgument"));
    let binary = answer.child("http://egov.bg/RegiX/BinaryArgument", "Binary").unwrap().text().into_owned();
    // "%PDF-" in base64, and enough of a file to hold a page with its font.
    assert!(binary.starts_with("JVBERi") && binary.len() > 10_000, "{} characters", binary.len());
    verifies_in_rust(&read, Entry::V2, &GATE.certs).unwrap();
    let request = read.document.element(result.request.unwrap());
    assert_eq!(request.local(), "ValidPersonRequest", "the question stays XML");
}

#[test]
fn an_error_is_never_printed() {
    let read = on_paper(&Call::to("RelationsSearch", relations(NOBODY)));
    let result = read.result(Entry::V2);
    assert!(result.has_error && result.response.is_none());
}

fn v0(argument: &str, certificate: &Tls) -> HttpReply {
    let operation = operation("ValidPersonSearch");
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><ExecuteSynchronous xmlns=\"http://egov.bg/RegiX\"><request>\
         <Operation>{operation}</Operation><Argument>{argument}</Argument><CallContext>проверка</CallContext>\
         </request></ExecuteSynchronous></s:Body></s:Envelope>"
    );
    let post = Post::to("/RegiX/RegiXService.svc", body)
        .with("Content-Type", "text/xml; charset=utf-8")
        .with("SOAPAction", "\"http://egov.bg/RegiX/IRegiXService/ExecuteSynchronous\"");
    let mut connection = certificate.connect(GATE.port).unwrap();
    connection.send(&post.octets()).unwrap();
    connection.reply().unwrap()
}

#[test]
fn the_oldest_contract_gets_the_bare_document() {
    let reply = v0(&valid_person(RALITSA), &GATE.tls(Some("consumer")));
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/xml; charset=utf-8")));
    let text = reply.text();
    assert!(
        text.contains(
            "<ExecuteSynchronousResult><IsReady>true</IsReady><Result><ValidPersonResponse xmlns=\"http://egov.bg/RegiX/GRAO/NBD/ValidPersonResponse\">"
        ),
        "{text}"
    );
    let end = "</Result><HasError>false</HasError><Error xsi:nil=\"true\"></Error></ExecuteSynchronousResult>";
    assert!(text.contains(end), "{text}");
}

#[test]
fn an_error_of_the_oldest_contract_is_a_result_and_no_crash() {
    let reply = v0(&valid_person(RALITSA), &GATE.tls(Some("stranger")));
    assert_eq!(reply.status, 200);
    let expected = "<IsReady>false</IsReady><HasError>true</HasError><Error>Access denied! ConsumerCertificate is not found.</Error>";
    assert!(reply.text().contains(expected), "{}", reply.text());
}

#[test]
fn the_oldest_wsdl_is_served_without_a_certificate() {
    let mut connection = GATE.tls(None).connect(GATE.port).unwrap();
    connection.send(b"GET /RegiXService.svc?wsdl HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let reply = connection.reply().unwrap();
    assert_eq!(reply.status, 200);
    assert!(reply.text().contains("location=\"https://localhost/RegiXService.svc\""), "{}", reply.text());
}
