//! Attacks, one row of `docs/attacks.md` after the other, against the built program: each is refused under its name,
//! or does nothing.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

#[path = "attacks/envelope.rs"]
mod envelope;
#[path = "attacks/fields.rs"]
mod fields;
#[path = "attacks/http.rs"]
mod http;
#[path = "attacks/markup.rs"]
mod markup;
#[path = "attacks/numbers.rs"]
mod numbers;
#[path = "attacks/table.rs"]
mod table;
#[path = "attacks/values.rs"]
mod values;
#[path = "attacks/wrapping.rs"]
mod wrapping;

use std::net::{Ipv4Addr, TcpListener};
use std::sync::LazyLock;
use support::{Call, Connection, Entry, Gate, Read, Soap};

static GATE: LazyLock<Gate> = LazyLock::new(Gate::demo);

/// The good call with a block in its header that nobody has to understand: a place for anything.
fn with_block(block: &str) -> String {
    Call { headers: format!("<x:Block xmlns:x=\"urn:x\">{block}</x:Block>"), ..Call::good() }.envelope()
}

/// The good call with something put before a text that stands in it once.
fn with_before(place: &str, what: &str) -> String {
    let envelope = Call::good().envelope();
    assert_eq!(envelope.matches(place).count(), 1, "{place}");
    envelope.replace(place, &format!("{what}{place}"))
}

/// Sends a body in place of the good call's.
fn send(body: impl Into<Vec<u8>>) -> Read {
    Read::new(GATE.send(&Call::good().post_body(body).octets()), Soap::V11)
}

/// The message is refused: this status, this code in header and fault, texts in both languages.
#[track_caller]
fn assert_refused(body: impl Into<Vec<u8>>, status: u16, code: &str) -> Read {
    let read = send(body);
    assert_eq!((read.http.status, read.kapia_code()), (status, Some(code)), "{}", head(&read));
    let problem = read.fault().problem.unwrap();
    assert_eq!(problem.code, code);
    read
}

/// The message is answered as the good call is.
#[track_caller]
fn assert_answered(body: impl Into<Vec<u8>>) -> Read {
    let read = send(body);
    assert_eq!(read.http.status, 200, "{}", head(&read));
    read.result(Entry::V2).assert_answer();
    assert!(read.http.text().contains("<FirstName>Огнян</FirstName>"), "{}", head(&read));
    read
}

/// The beginning of what came back, for the message of a failed test.
fn head(read: &Read) -> String {
    read.http.everything().chars().take(600).collect()
}

/// An address to which nobody may connect, and who watches over it.
struct Bait {
    listener: TcpListener,
}

impl Bait {
    fn new() -> Bait {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        Bait { listener }
    }

    fn url(&self) -> String {
        format!("http://{}/bait", self.listener.local_addr().unwrap())
    }

    #[track_caller]
    fn assert_untouched(&self) {
        // A connection that was made is in the queue of the kernel already: the reply came after it.
        let accepted = self.listener.accept();
        assert!(accepted.is_err(), "the gate connected to an address that a message named");
    }
}

/// Octets as they are on a new connection as the consumer.
fn raw(octets: impl AsRef<[u8]>) -> Connection {
    let mut connection = GATE.connect();
    connection.send_what_is_taken(octets.as_ref());
    connection
}
