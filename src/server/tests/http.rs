//! HTTP/1.1 as real clients speak it (wild-clients §3 rules 3 and 17), and as attackers do.
#![allow(clippy::unwrap_used)]

mod harness;

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use harness::{PATIENCE, WORLD, start, until};
use kapia_server::Refusal;
use tokio::io::AsyncReadExt as _;

#[tokio::test]
async fn one_hundred_continue_comes_before_the_body_is_sent() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    conn.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n").await;
    let interim = conn.reply().await.unwrap();
    assert_eq!((interim.status, interim.body.as_str()), (100, ""));
    let reply = conn.ask("hello").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "none POST /x - 5"));
}

#[tokio::test]
async fn a_body_that_will_be_refused_is_not_asked_for() {
    let server = start(|config| config.limits.body_bytes = 10).await;
    let mut conn = server.connect(None).await;
    let reply = conn.ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n").await;
    assert_eq!((reply.status, reply.body.as_str()), (413, "refused: body-too-large"));
    assert!(reply.headers.contains("connection: close"));
    conn.assert_closed().await;
}

#[tokio::test]
async fn a_head_of_two_minds_is_refused() {
    let server = start(|_| {}).await;
    for (head, status) in [
        ("POST http://h/x HTTP/1.1\r\nHost: h", 200),
        ("POST http://H:80/x HTTP/1.1\r\nHost: h", 200),
        ("POST http://elsewhere/x HTTP/1.1\r\nHost: h", 400),
        ("POST /x HTTP/1.1\r\nHost: h\r\nSOAPAction: a\r\nSOAPAction: b", 400),
        ("POST /x HTTP/1.1\r\nHost: h\r\nSOAPAction: a\r\nsoapaction: a", 200),
        ("POST /x HTTP/1.1\r\nHost: h\r\nContent-Type: text/xml\r\nContent-Type: text/plain", 400),
    ] {
        let mut conn = server.connect(None).await;
        let reply = conn.ask(&format!("{head}\r\nContent-Length: 0\r\n\r\n")).await;
        assert_eq!(reply.status, status, "{head}");
        assert!(status == 200 || reply.body == "refused: bad-framing", "{}", reply.body);
    }
}

#[tokio::test]
async fn chunked_bodies_in_small_pieces_are_put_together() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    let text = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n\
        4;ext=1\r\nабв\r\n"; // five letters would not fit: checked below by the length of the echo
    let text = text.replace("4;ext=1", "6;ext=1");
    for octet in text.as_bytes() {
        conn.send([*octet]).await;
    }
    conn.send("3\r\n123\r\n0\r\nX-Trailer: t\r\n\r\n").await;
    let reply = conn.reply().await.unwrap();
    assert_eq!((reply.status, reply.body.as_str()), (200, "абв123"));
    // The connection is still in step.
    let reply = conn.ask("GET /next HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!(reply.body, "none GET /next - 0");
}

#[tokio::test]
async fn a_get_with_a_body_is_one_exchange_with_that_body() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    let reply = conn
        .ask("GET /RegiXEntryPoint.svc?wsdl HTTP/1.1\r\nHost: h\r\nsoapaction: \"urn:x\"\r\nX-Forwarded-For: 192.0.2.1\r\nContent-Type: text/xml;charset=UTF-8\r\nX-Forwarded-For: 192.0.2.2\r\nContent-Length: 5\r\n\r\n<a/>\n")
        .await;
    assert_eq!(reply.body, "none GET /RegiXEntryPoint.svc wsdl 5");
    let inbound = server.stage.inbound.lock().unwrap().pop().unwrap();
    assert_eq!(inbound.head.soap_action.as_deref(), Some("\"urn:x\""));
    assert_eq!(inbound.head.content_type.as_deref(), Some("text/xml;charset=UTF-8"));
    assert_eq!(inbound.head.forwarded_for.as_deref(), Some("192.0.2.1,192.0.2.2"));
    assert_eq!(inbound.head.host.as_deref(), Some("h"));
    let debug = format!("{inbound:?}");
    assert!(!debug.contains("192.0.2.1") && !debug.contains("wsdl"), "{debug}");
}

#[tokio::test]
async fn replies_have_a_length_and_exactly_the_headers_that_can_be_sent() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    let reply = conn.ask("GET /x HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n").await;
    assert!(reply.headers.contains("content-type: text/plain; charset=utf-8"));
    assert!(reply.headers.contains("x-test: yes"));
    assert_eq!(reply.headers.matches("content-length").count(), 1);
    assert!(!reply.headers.contains("set-cookie"), "{}", reply.headers);
    assert!(!reply.headers.contains("content-encoding"));
    assert!(!reply.headers.contains("server:"));
    conn.send("HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    let mut rest = Vec::new();
    conn.stream.read_to_end(&mut rest).await.unwrap();
    let rest = String::from_utf8(rest).unwrap();
    assert!(rest.starts_with("HTTP/1.1 200") && rest.ends_with("\r\n\r\n"), "{rest}");
}

#[tokio::test]
async fn connections_are_reused_until_one_side_says_close() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    for number in 0..20 {
        let reply = conn.ask(format!("POST /{number} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab")).await;
        assert_eq!(reply.body, format!("none POST /{number} - 2"));
        assert!(!reply.headers.contains("connection: close"));
    }
    let last = conn.ask("GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await;
    assert!(last.headers.contains("connection: close"));
    conn.assert_closed().await;
    assert_eq!(server.metric("kapia_connections_total").await, 1);

    let mut old = server.connect(None).await;
    assert_eq!(old.ask("GET /old HTTP/1.0\r\n\r\n").await.status, 200);
    old.assert_closed().await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    conn.send(
        "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc\
         POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n\
         GET /3 HTTP/1.1\r\nHost: h\r\n\r\n",
    )
    .await;
    for body in ["none POST /1 - 3", "none POST /2 - 4", "none GET /3 - 0"] {
        assert_eq!(conn.reply().await.unwrap().body, body);
    }
}

#[tokio::test]
async fn a_client_that_only_closes_its_sending_side_still_gets_its_answer() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    conn.send("POST /hold HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx").await;
    until("the call begins", || server.stage.begun.load(SeqCst) == 1).await;
    conn.stream.get_mut().1.send_close_notify();
    let _ = conn.try_send("").await;
    server.stage.release.notify_one();
    assert_eq!(conn.reply().await.unwrap().body, "none POST /hold - 1");
}

#[tokio::test]
async fn ambiguous_framing_is_refused_in_words_and_never_executed() {
    let server = start(|_| {}).await;
    for (lines, body, status) in [
        ("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 4", "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("Content-Length: 4\r\nContent-Length: 4", "abcd", 400),
        ("Transfer-Encoding: gzip, chunked", "0\r\n\r\n", 501),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n", 501),
        ("X: y\nContent-Length: 4", "abcd", 400),
        ("Host: second", "", 400),
    ] {
        let mut conn = server.connect(Some(&WORLD.ours.consumer)).await;
        let reply = conn.ask(format!("POST /x HTTP/1.1\r\nHost: h\r\n{lines}\r\n\r\n{body}")).await;
        assert_eq!(reply.status, status, "{lines}");
        assert!(reply.body.starts_with("refused: "));
        conn.assert_closed().await;
    }
    let mut conn = server.connect(None).await;
    let reply = conn.ask("GET /without-host HTTP/1.1\r\n\r\n").await;
    assert_eq!(reply.status, 400);
    let mut conn = server.connect(None).await;
    let reply = conn.ask("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n").await;
    assert_eq!(reply.status, 400);
    assert_eq!(server.stage.begun.load(SeqCst), 0);
}

#[tokio::test]
async fn heads_that_are_not_http_are_refused_and_closed() {
    let server = start(|_| {}).await;
    for text in [
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4, 4\r\n\r\nabcd",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: -4\r\n\r\nabcd",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length : 4\r\n\r\nabcd",
        "POST /x HTTP/1.1\r\nHost: h\r\nX-Folded: a\r\n b\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\nabcd",
        "POST /x HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nX: a\0b\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /x y HTTP/1.1\r\nHost: h\r\n\r\n",
        "<soapenv:Envelope/>\r\n\r\n",
    ] {
        let mut conn = server.connect(None).await;
        conn.send(text).await;
        assert_eq!(conn.reply().await.map(|reply| reply.status), Ok(400), "{text}");
        conn.assert_closed().await;
    }
    // HTTP/2 without asking for it.
    let mut conn = server.connect(None).await;
    conn.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    conn.assert_closed().await;
    assert_eq!(server.stage.begun.load(SeqCst), 0);
    assert!(server.metric("kapia_http_malformed_total").await >= 9);
}

#[tokio::test]
async fn broken_chunks_are_refused_and_never_executed() {
    let server = start(|_| {}).await;
    for body in ["x\r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "fffffffffffffffff\r\n"] {
        let mut conn = server.connect(None).await;
        conn.send(format!("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{body}")).await;
        assert_eq!(conn.reply().await.unwrap().status, 400, "{body}");
        conn.assert_closed().await;
    }
    assert_eq!(server.stage.begun.load(SeqCst), 0);
}

#[tokio::test]
async fn a_compressed_body_is_refused_and_identity_is_not() {
    let server = start(|_| {}).await;
    for coding in ["gzip", "deflate", "br", "identity, gzip", "zstd"] {
        let mut conn = server.connect(None).await;
        let reply = conn
            .ask(format!("POST /x HTTP/1.1\r\nHost: h\r\nContent-Encoding: {coding}\r\nContent-Length: 2\r\n\r\nab"))
            .await;
        assert_eq!((reply.status, reply.body.as_str()), (415, "refused: content-encoding"));
        conn.assert_closed().await;
    }
    let mut conn = server.connect(None).await;
    let reply =
        conn.ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Encoding: Identity\r\nContent-Length: 2\r\n\r\nab").await;
    assert_eq!(reply.status, 200);
    assert_eq!(*server.stage.refused.lock().unwrap(), [Refusal::ContentEncoding; 5]);
}

#[tokio::test]
async fn a_panic_harms_only_its_own_request_and_its_text_stays_inside() {
    let server = start(|_| {}).await;
    let mut other = server.connect(None).await;
    let mut conn = server.connect(None).await;
    let reply = conn.ask("GET /panic HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!((reply.status, reply.body.as_str()), (500, "refused: internal"));
    assert!(!reply.headers.contains("secret"));
    assert_eq!(other.ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n").await.status, 200);
    // Even a panic while refusing is only an empty refusal.
    let mut conn = server.connect(None).await;
    let reply = conn
        .ask("POST /panic/refuse HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx")
        .await;
    assert_eq!((reply.status, reply.body.as_str()), (415, ""));
    assert_eq!(server.metric("kapia_http_requests_in_flight").await, 0);
    assert_eq!(server.metric("kapia_http_refusals_total{reason=\"internal\"}").await, 1);
}

#[tokio::test]
async fn a_call_that_has_begun_ends_even_if_its_client_goes_away() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    conn.send("POST /hold HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx").await;
    until("the call begins", || server.stage.begun.load(SeqCst) == 1).await;
    // Gone with a reset, not with a polite close.
    conn.stream.get_ref().0.set_zero_linger().unwrap();
    drop(conn);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.stage.ended.load(SeqCst), 0);
    server.stage.release.notify_one();
    until("the call ends", || server.stage.ended.load(SeqCst) == 1).await;
}

#[tokio::test]
async fn an_ordinary_client_library_is_served() {
    let server = start(|_| {}).await;
    let pem = |path: &std::path::Path| std::fs::read(path).unwrap();
    let mut identity = pem(&WORLD.ours.consumer.certificate);
    identity.extend(pem(&WORLD.ours.consumer.key));
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&pem(&WORLD.ours.ca.certificate)).unwrap()])
        .identity(reqwest::Identity::from_pem(&identity).unwrap())
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .unwrap();
    let url = format!("https://localhost:{}/regix", server.address.port());
    let large = vec![b'x'; 3 * 1024 * 1024];
    let reply = client.post(&url).body(large).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.text().await.unwrap(), format!("trusted POST /regix - {}", 3 * 1024 * 1024));
}

#[tokio::test]
async fn an_answer_in_a_file_is_sent_whole_and_with_its_length() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(None).await;
    let said = "Иван & ко\n";
    let request = format!("POST /file HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{said}", said.len());
    let reply = conn.ask(&request).await;
    assert_eq!((reply.status, reply.body.len()), (200, said.len() * 100_000));
    assert!(reply.body == said.repeat(100_000));
    // The connection serves on.
    assert_eq!(conn.ask(&request).await.body.len(), said.len() * 100_000);
}
