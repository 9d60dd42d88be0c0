//! What a client of EgovService writes and reads.

use crate::support::*;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, OnceLock};
use std::time::{Duration, Instant};

pub const SERVICE: &str = "/services/EgovService";
pub const STAGING: &str = "/staging/services/EgovService";
pub const EIK: &str = "123456786";
pub const RECORD: &str = include_str!("../../src/cli/demo/service.xml");
pub const ACTIONS: &str = "urn:egov-gateway:portal:EgovService:1/IEgovService";

/// A gate that tests share which leave it as it was for the others: each has its own numbers of services.
pub fn gate() -> &'static Gate {
    static GATE: OnceLock<Gate> = OnceLock::new();
    GATE.get_or_init(Gate::demo)
}

/// Numbers of services that no other test has.
pub fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(50_000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// User and password as they go over the wire.
#[derive(Clone)]
pub struct User(pub String);

impl User {
    pub fn new(name: &str, password: &str) -> User {
        User(format!("Basic {}", base64(format!("{name}:{password}").as_bytes())))
    }

    /// The one that the demo has made.
    pub fn demo(gate: &Gate) -> User {
        let netrc = std::fs::read_to_string(gate.folder.join("portal.netrc")).unwrap();
        let field = |name: &str| netrc.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        User::new(&field("login "), &field("password "))
    }

    /// One that the command line adds.
    pub fn added(gate: &Gate, name: &str, more: &[&str]) -> User {
        let arguments = ["portal", "user", "add", name, "--administration", "Община Пример", "--supplier", EIK];
        let output = gate.kapia(&[&arguments, more].concat());
        User::new(name, &shown_password(&output.stdout))
    }
}

pub fn shown_password(stdout: &str) -> String {
    stdout.lines().map(str::trim).find(|line| line.len() == 29 && line.matches('-').count() == 4).unwrap().to_owned()
}

pub fn base64(octets: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encode = |group: &[u8]| -> String {
        let number = (0..3).fold(0u32, |number, place| number << 8 | u32::from(*group.get(place).unwrap_or(&0)));
        let letter = |place: usize| match place <= group.len() {
            true => char::from(LETTERS[(number >> (18 - 6 * place) & 63) as usize]),
            false => '=',
        };
        (0..4).map(letter).collect()
    };
    octets.chunks(3).map(encode).collect()
}

/// One message of SOAP 1.1.
pub fn envelope(request: Option<&str>, body: &str) -> String {
    let context = request.map(|id| {
        format!("<s:Header><RequestContext xmlns=\"urn:egov-gateway:portal:service-record:1\"><RequestId>{id}</RequestId></RequestContext></s:Header>")
    });
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">{}<s:Body>{body}</s:Body></s:Envelope>",
        context.unwrap_or_default()
    )
}

pub fn element(name: &str, content: &str) -> String {
    format!("<{name} xmlns=\"urn:egov-gateway:portal:service-record:1\">{content}</{name}>")
}

pub fn record(number: u64, name: &str) -> String {
    let (begin, end) = (RECORD.find("<ServiceRecord>").unwrap(), RECORD.find("</ServiceRecord>").unwrap());
    RECORD[begin..end + "</ServiceRecord>".len()]
        .replace("<ServiceNumber>1001<", &format!("<ServiceNumber>{number}<"))
        .replace("Издаване на удостоверение за постоянен адрес", name)
}

pub fn add(number: u64, name: &str) -> String {
    element("AddService", &record(number, name))
}

pub fn update(number: u64, name: &str, expected: u64) -> String {
    element("UpdateService", &format!("{}<ExpectedVersion>{expected}</ExpectedVersion>", record(number, name)))
}

pub fn get(number: u64) -> String {
    element(
        "GetService",
        &format!("<ServiceKey><ServiceNumber>{number}</ServiceNumber><SupplierEIK>{EIK}</SupplierEIK></ServiceKey>"),
    )
}

pub fn posted(path: &str, user: Option<&User>, body: &str) -> Vec<u8> {
    let authorization = user.map(|user| format!("Authorization: {}\r\n", user.0)).unwrap_or_default();
    let kind = if path.ends_with("/soap12") { "application/soap+xml" } else { "text/xml" };
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}; charset=utf-8\r\n{authorization}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Who pushes shows no certificate.
pub fn post(gate: &Gate, path: &str, user: Option<&User>, body: &str) -> HttpReply {
    let mut connection = gate.tls(None).connect(gate.port).unwrap();
    connection.send(&posted(path, user, body)).unwrap();
    connection.reply().unwrap()
}

pub fn send(gate: &Gate, user: &User, body: &str) -> HttpReply {
    post(gate, SERVICE, Some(user), &envelope(None, body))
}

/// The same from another address of this machine.
pub fn post_from(gate: &Gate, source: Ipv4Addr, user: &User, body: &str) -> HttpReply {
    let mut connection = gate.tls(None).connect_from(source, gate.port).unwrap();
    connection.send(&posted(SERVICE, Some(user), body)).unwrap();
    connection.reply().unwrap()
}

/// Sends each message on a connection of its own: all but its last octet ahead, and that at the same moment. The replies,
/// in the order of the messages, with the time that each took from that moment on.
pub fn at_once(connections: Vec<Connection>, messages: &[Vec<u8>]) -> Vec<(HttpReply, Duration)> {
    let barrier = Barrier::new(messages.len());
    assert_eq!(connections.len(), messages.len());
    std::thread::scope(|scope| {
        let clients: Vec<_> = connections
            .into_iter()
            .zip(messages)
            .map(|(mut connection, message)| {
                let barrier = &barrier;
                scope.spawn(move || {
                    let (last, ahead) = message.split_last().unwrap();
                    connection.send(ahead).unwrap();
                    barrier.wait();
                    let began = Instant::now();
                    connection.send(&[*last]).unwrap();
                    (connection.reply().unwrap(), began.elapsed())
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

/// So many open connections of clients without a certificate.
pub fn connections(gate: &Gate, count: usize) -> Vec<Connection> {
    (0..count).map(|_| gate.tls(None).connect(gate.port).unwrap()).collect()
}

/// The number of this line of the metrics.
pub fn metric(gate: &Gate, line: &str) -> u64 {
    let metrics = gate.admin("/metrics").1;
    let found = metrics.lines().find_map(|known| known.strip_prefix(line)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("{line} is not in\n{metrics}"))
}

/// The metric of log-ins at production that ended so.
pub fn logins(gate: &Gate, outcome: &str) -> u64 {
    metric(gate, &format!("kapia_portal_logins_total{{environment=\"production\",outcome=\"{outcome}\"}}"))
}

pub fn read(gate: &Gate, path: &str) -> HttpReply {
    let mut connection = gate.tls(None).connect(gate.port).unwrap();
    connection.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).unwrap();
    connection.reply().unwrap()
}

/// What a browser sees in the end.
pub fn page(gate: &Gate, path: &str) -> HttpReply {
    let mut reply = read(gate, path);
    for _ in 0..4 {
        let Some(location) = reply.header("location").map(str::to_owned) else { break };
        reply = read(gate, &location);
    }
    reply
}

pub fn text(reply: &HttpReply) -> String {
    String::from_utf8(reply.body.clone()).unwrap()
}

/// The text of the first element of this name, whatever its prefix.
pub fn value(reply: &HttpReply, name: &str) -> Option<String> {
    let text = text(reply);
    let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let found = document.descendants().find(|node| node.tag_name().name() == name)?;
    Some(found.descendants().filter_map(|node| node.text().filter(|_| node.is_text())).collect())
}

#[track_caller]
pub fn assert_result(reply: &HttpReply, expected: &str) {
    assert_eq!((reply.status, value(reply, "Result").as_deref()), (200, Some(expected)), "{}", text(reply));
}

#[track_caller]
pub fn assert_fault(reply: &HttpReply, status: u16, code: &str) {
    let fault = value(reply, "EgovServiceFault").unwrap_or_default();
    assert!(reply.status == status && fault.starts_with(code), "{} {}", reply.status, text(reply));
}
