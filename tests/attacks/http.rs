//! Requests that two readers would cut differently, that never end, or that want to become large.

use super::*;
use crate::support::{GateOptions, HttpReply};
use std::time::{Duration, Instant};

/// A gate with little patience and little room.
static IMPATIENT: LazyLock<Gate> = LazyLock::new(|| {
    let limits = "body_bytes = 100000\nheader_seconds = 1\nhandshake_seconds = 2\nidle_seconds = 2\n\
        body_grace_seconds = 1\nbody_bytes_per_second = 1000\nbody_seconds = 4\nheaders = 20\nheader_bytes = 9000\n# ";
    Gate::start(GateOptions { settings: vec![("body_bytes = 27262976", limits.to_owned())], ..GateOptions::default() })
});

const PATH: &str = "/RegiXEntryPointV2.svc/basic";

/// A head for the good call with lines of one's own; `Host` and the type are there.
fn head_with(lines: &str) -> String {
    format!(
        "POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\nSOAPAction: \"{}\"\r\n{lines}\r\n\r\n",
        Entry::V2.action()
    )
}

/// Whatever follows the body: a request that must never be taken for one.
fn smuggled() -> String {
    let call = Call::good();
    format!("{}{}", call.post().head(), call.envelope())
}

fn metric(gate: &Gate, name: &str) -> u64 {
    let (_, metrics) = gate.admin("/metrics");
    let line = metrics.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
    let line = line.unwrap_or_else(|| panic!("there is no metric {name}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// One refusal under this name, and then the end of the connection: what follows is not read as a request.
#[track_caller]
fn assert_cut_off(octets: impl AsRef<[u8]>, status: u16, code: &str) {
    let mut connection = raw(&octets);
    let shown: String = String::from_utf8_lossy(octets.as_ref()).chars().skip(150).take(200).collect();
    let reply = connection.reply().unwrap_or_else(|error| panic!("{error}: {shown}"));
    assert_eq!((reply.status, reply.header("kapia-code")), (status, Some(code)), "{shown}");
    assert_eq!(reply.header("connection"), Some("close"), "{shown}");
    assert!(connection.is_closed_by_peer(), "{shown}");
}

/// What is no HTTP is refused by 400 alone and counted.
#[track_caller]
fn assert_malformed(octets: impl AsRef<[u8]>) {
    let before = metric(&GATE, "kapia_http_malformed_total");
    let mut connection = raw(&octets);
    let shown: String = String::from_utf8_lossy(octets.as_ref()).chars().take(300).collect();
    let reply = connection.reply().unwrap_or_else(|error| panic!("{error}: {shown}"));
    assert_eq!(reply.status, 400, "{shown}");
    assert!(connection.is_closed_by_peer(), "{shown}");
    assert!(metric(&GATE, "kapia_http_malformed_total") > before, "{shown}");
}

fn chunked(body: &str) -> String {
    format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
}

// ---- smuggling ----

#[test]
fn a_length_and_chunks_together_are_refused() {
    let envelope = Call::good().envelope();
    for lines in [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked", envelope.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {}", envelope.len()),
        "Content-Length: 0\r\nTransfer-Encoding: chunked".to_owned(),
        "content-length: 5\r\ntRANSFER-eNCODING: CHUNKED".to_owned(),
    ] {
        assert_cut_off(format!("{}{}{}", head_with(&lines), chunked(&envelope), smuggled()), 400, "bad-framing");
        assert_cut_off(format!("{}0\r\n\r\n{}", head_with(&lines), smuggled()), 400, "bad-framing");
    }
}

#[test]
fn two_lengths_are_refused_even_if_they_are_equal() {
    let envelope = Call::good().envelope();
    let length = envelope.len();
    let same = format!("Content-Length: {length}\r\nContent-Length: {length}");
    assert_cut_off(format!("{}{envelope}{}", head_with(&same), smuggled()), 400, "bad-framing");
    for lines in [
        format!("Content-Length: {length}\r\nContent-Length: 0"),
        format!("Content-Length: {length}, {length}"),
        format!("Content-Length: +{length}"),
        format!("Content-Length: -{length}"),
        format!("Content-Length: 0x{length:x}"),
        format!("Content-Length: {length}.0"),
        "Content-Length: 99999999999999999999999".to_owned(),
        "Content-Length:".to_owned(),
    ] {
        assert_malformed(format!("{}{envelope}{}", head_with(&lines), smuggled()));
    }
}

#[test]
fn a_transfer_coding_other_than_chunked_is_refused() {
    let envelope = Call::good().envelope();
    for (lines, named) in [
        ("Transfer-Encoding: gzip, chunked", true),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", true),
        ("Transfer-Encoding: identity, chunked", true),
        ("Transfer-Encoding: \"x\", chunked", true),
        ("Transfer-Encoding: chunked, gzip", false),
        ("Transfer-Encoding: identity", false),
        ("Transfer-Encoding: xchunked", false),
        ("Transfer-Encoding: chunked;x", false),
        ("Transfer-Encoding: \u{b}chunked", false),
    ] {
        let request = format!("{}{}{}", head_with(lines), chunked(&envelope), smuggled());
        if named { assert_cut_off(request, 501, "transfer-coding") } else { assert_malformed(request) }
    }
}

#[test]
fn heads_that_readers_cut_differently_are_refused() {
    let length = format!("Content-Length: {}", Call::good().envelope().len());
    let envelope = Call::good().envelope();
    for lines in [
        format!("{length}\r\n X: folded"),
        format!("{length}\r\n\tContent-Length: 5"),
        format!("X: y\r\n z\r\n{length}"),
        format!("Content-Length : {}", envelope.len()),
        format!("{length}\r\nX\r\n"),
        format!("{length}\r\nX: a\0b"),
        format!("{length}\r\nX\0: a"),
        format!("{length}\r\nX: a\rY: b"),
        format!("{length}\r\nX: a\u{7f}"),
        format!("{length}\r\n: a"),
        format!("{length}\r\nX(y): a"),
    ] {
        assert_malformed(format!("{}{envelope}{}", head_with(&lines), smuggled()));
    }
    for lines in
        [format!("X: y\n{length}"), format!("{length}\nX: y"), format!("{length}\r\nX: y\nTransfer-Encoding: chunked")]
    {
        assert_cut_off(format!("{}{envelope}{}", head_with(&lines), smuggled()), 400, "bad-framing");
    }
    // The end of the head by line feeds alone.
    let bare = head_with(&length).replace("\r\n", "\n");
    assert_cut_off(format!("{bare}{envelope}{}", smuggled()), 400, "bad-framing");
}

#[test]
fn a_request_line_that_is_none_is_refused() {
    for line in [
        format!("POST  {PATH} HTTP/1.1"),
        format!("POST {PATH} HTTP/1.1 HTTP/1.1"),
        format!("POST {PATH}"),
        format!("POST {PATH} HTTP/2.0"),
        format!("POST {PATH}\0 HTTP/1.1"),
        format!("PO ST {PATH} HTTP/1.1"),
        format!("GET / HTTP/1.1\0POST {PATH} HTTP/1.1"),
        "\u{16}\u{3}\u{1}".to_owned(),
        "PRI * HTTP/2.0".to_owned(),
    ] {
        assert_malformed(format!("{line}\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"));
    }
}

#[test]
fn a_host_that_is_missing_or_occurs_twice_is_refused() {
    for hosts in ["", "Host: localhost\r\nHost: localhost\r\n", "Host: a\r\nhost: b\r\n"] {
        assert_cut_off(format!("POST {PATH} HTTP/1.1\r\n{hosts}Content-Length: 0\r\n\r\n"), 400, "bad-framing");
    }
    assert_cut_off("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", 400, "bad-framing");
}

#[test]
fn a_host_in_the_request_or_its_target_changes_no_address_but_its_own_wsdl() {
    let get = |target: &str, host: &str| {
        let mut connection = raw(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        connection.reply().unwrap()
    };
    let wsdl = "/RegiXEntryPointV2.svc?singleWsdl";
    for host in ["evil.example", "x\"><evil", "a/b", "a b"] {
        let reply: HttpReply = get(wsdl, host);
        if reply.status == 200 {
            assert!(!reply.text().contains("<evil") && !reply.text().contains("a b/"), "{host}");
        } else {
            assert_eq!(reply.status, 400, "{host}");
        }
    }
    // What the target names is not looked up, connected to or forwarded to.
    let bait = Bait::new();
    let target = format!("{}{PATH}", bait.url().replace("/bait", ""));
    let call = Call::good();
    let request = call.post().head().replace(&format!("POST {PATH}"), &format!("POST {target}"));
    let reply = raw(format!("{request}{}", call.envelope())).reply().unwrap();
    assert!(matches!(reply.status, 200 | 400), "{}", reply.status);
    bait.assert_untouched();
}

#[test]
fn broken_chunks_are_refused() {
    let body = Call::good().envelope();
    let head = head_with("Transfer-Encoding: chunked");
    let size = body.len();
    for chunks in [
        format!("x\r\n{body}\r\n0\r\n\r\n"),
        format!("{size:x}\r\n{body}x\r\n0\r\n\r\n"),
        format!("-1\r\n{body}\r\n0\r\n\r\n"),
        format!("{size:x}\n{body}\r\n0\r\n\r\n"),
        format!("0x{size:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("fffffffffffffffff\r\n{body}"),
        format!("{size:x}\r\n{body}\r\n0\r\n\0: x\r\n\r\n"),
    ] {
        let request = format!("{head}{chunks}{}", smuggled());
        let mut connection = raw(&request);
        let reply = connection.reply().unwrap();
        assert_eq!((reply.status, reply.header("kapia-code")), (400, Some("bad-framing")), "{}", &chunks[..12]);
        assert!(connection.is_closed_by_peer());
    }
}

#[test]
fn a_flood_of_chunk_extensions_or_trailers_is_refused() {
    let head = head_with("Transfer-Encoding: chunked");
    let body = Call::good().envelope();
    let extended = format!("{:x};{}\r\n{body}\r\n0\r\n\r\n", body.len(), "x=y;".repeat(100_000));
    let trailed = format!("{:x}\r\n{body}\r\n0\r\n{}\r\n", body.len(), "X: y\r\n".repeat(100_000));
    let many: String = body
        .as_bytes()
        .iter()
        .map(|octet| format!("1;{}\r\n{}\r\n", "e".repeat(200), char::from(b'a' + octet % 26)))
        .collect();
    for chunks in [extended, trailed, format!("{many}0\r\n\r\n")] {
        let mut connection = raw(format!("{head}{chunks}"));
        let reply = connection.reply().unwrap();
        assert_eq!((reply.status, reply.header("kapia-code")), (400, Some("bad-framing")));
    }
    // A few of them are HTTP.
    let few = format!("{:x};x=\"y\"\r\n{body}\r\n0\r\nX: y\r\n\r\n", body.len());
    assert_eq!(raw(format!("{head}{few}")).reply().unwrap().status, 200);
}

// ---- size ----

#[test]
fn a_compressed_body_is_refused_whatever_it_would_become() {
    // The beginning of a gzip stream of zeros; nobody looks at it.
    let bomb = [&b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"[..], &[0; 10_000]].concat();
    for coding in ["gzip", "x-gzip", "deflate", "br", "zstd", "identity, gzip", "gzip, gzip", "unknown"] {
        let head = head_with(&format!("Content-Encoding: {coding}\r\nContent-Length: {}", bomb.len()));
        assert_cut_off([head.as_bytes(), &bomb].concat(), 415, "content-encoding");
    }
    let read = send(bomb);
    assert_eq!((read.http.status, read.kapia_code()), (400, Some("xml-encoding")), "undeclared it is no XML");
}

#[test]
fn a_head_too_large_is_refused() {
    let before = metric(&IMPATIENT, "kapia_http_malformed_total");
    for lines in
        ["X: y\r\n".repeat(30), format!("X: {}\r\n", "y".repeat(20_000)), format!("{}: x\r\n", "y".repeat(20_000))]
    {
        let mut connection = IMPATIENT.connect();
        connection.send_what_is_taken(format!("GET / HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n").as_bytes());
        assert_eq!(connection.reply().unwrap().status, 431);
        assert!(connection.is_closed_by_peer());
    }
    let mut connection = IMPATIENT.connect();
    connection
        .send_what_is_taken(format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(70_000)).as_bytes());
    assert!(matches!(connection.reply().unwrap().status, 414 | 431));
    assert!(metric(&IMPATIENT, "kapia_http_malformed_total") >= before + 4);
}

// ---- time ----

#[test]
fn a_head_that_dribbles_is_given_up() {
    let name = "kapia_connections_timed_out_total{waiting_for=\"head\"}";
    let before = metric(&IMPATIENT, name);
    let mut connection = IMPATIENT.connect();
    connection.send(b"POST /RegiXEntryPointV2.svc HTTP/1.1\r\n").unwrap();
    let began = Instant::now();
    while connection.send(b"X: y\r\n").is_ok() && began.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(began.elapsed() < Duration::from_secs(10), "a head may dribble on");
    assert!(metric(&IMPATIENT, name) > before);
}

#[test]
fn a_body_that_stops_or_dribbles_is_given_up_in_words() {
    let head = head_with("Content-Length: 50000");
    let mut stopped = IMPATIENT.connect();
    stopped.send(head.as_bytes()).unwrap();
    let mut dribbling = IMPATIENT.connect();
    dribbling.send(head.as_bytes()).unwrap();
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(2_000) && dribbling.send(b"x").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    for mut connection in [stopped, dribbling] {
        let read = Read::new(connection.reply().unwrap(), Soap::V11);
        assert_eq!((read.http.status, read.kapia_code()), (408, Some("body-too-slow")));
        assert!(connection.is_closed_by_peer());
    }
    assert!(began.elapsed() < Duration::from_secs(6));
}

#[test]
fn chunks_that_dribble_are_given_up_too() {
    let mut connection = IMPATIENT.connect();
    connection.send(head_with("Transfer-Encoding: chunked").as_bytes()).unwrap();
    let began = Instant::now();
    while began.elapsed() < Duration::from_millis(2_000) && connection.send(b"1\r\nx\r\n").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
    let read = Read::new(connection.reply().unwrap(), Soap::V11);
    assert_eq!((read.http.status, read.kapia_code()), (408, Some("body-too-slow")));
}

#[test]
fn a_connection_that_says_nothing_is_closed() {
    let name = "kapia_connections_timed_out_total{waiting_for=\"idle\"}";
    let before = metric(&IMPATIENT, name);
    let mut silent = IMPATIENT.connect();
    assert!(silent.is_closed_by_peer());
    assert!(metric(&IMPATIENT, name) > before);
}
