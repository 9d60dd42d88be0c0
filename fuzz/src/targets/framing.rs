//! The follower of message framing: it must not depend on how the octets arrive, and what it takes for clear must be cut
//! by hyper in the same places. Where the two disagree without the follower saying so, a request could be smuggled.

use super::Target;
#[allow(dead_code)]
#[path = "../../../src/server/src/framing.rs"]
mod follower;

use bytes::Bytes;
use follower::{Finding, Framing};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::{Request, Response};
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

pub const FRAMING: Target = Target { name: "framing", seeds, words: WORDS, run };

const WORDS: &[&str] = &[
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\n\n",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "0\r\n\r\n",
    "5\r\nabcde\r\n",
    "POST / HTTP/1.1\r\n",
    "Host: h\r\n",
    " ",
    "\t",
    "\0",
    ";x=y",
    "ffffffffffffffff",
    "Content-Length: 0\r\n",
    ":",
    "\r",
];

/// Octets of the largest head.
const LARGEST: usize = 512;

fn seeds() -> Vec<Vec<u8>> {
    [
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcdeGET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nabcde\r\n0\r\nT: u\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 30\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\nxGET /c HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n\r\n0\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\nGET /d HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect()
}

fn run(data: &[u8]) -> String {
    let whole = findings(data, data.len().max(1));
    for size in [1, 2, 3, 7, 64] {
        assert_eq!(findings(data, size), whole, "in pieces of {size} something else is found");
    }
    // Only heads that one can read in one way are clear: nothing in them says a length twice.
    if whole.first() == Some(&Finding::Clear) {
        let start = data.iter().position(|octet| !matches!(octet, b'\r' | b'\n')).unwrap_or(0);
        let head =
            data[start..].windows(4).position(|window| window == b"\r\n\r\n").map(|end| &data[start..start + end]);
        let head = String::from_utf8_lossy(head.expect("a clear head has an end")).to_ascii_lowercase();
        let lines = || head.split("\r\n").skip(1);
        let named =
            |name: &str| lines().filter(|line| line.split_once(':').is_some_and(|(known, _)| known == name)).count();
        assert!(!head.split("\r\n").any(|line| line.contains('\n')), "a bare line feed passed");
        assert!(named("content-length") + named("transfer-encoding") <= 1, "two framings passed");
    }
    let heads = heads(data);
    let requests = requests(data);
    for (index, (head, request)) in heads.iter().zip(&requests).enumerate() {
        if head.finding != Finding::Clear {
            break; // refused, and the connection ends
        }
        let text = String::from_utf8_lossy(&data[head.start..head.end]).into_owned();
        let line = text.lines().next().unwrap_or_default();
        assert!(
            line.contains(&request.path),
            "request {index} is {} for hyper and {line:?} for the follower",
            request.path
        );
        let length = text.lines().skip(1).find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        if let (Some(length), Some(body)) = (length, &request.body) {
            assert_eq!(Some(body.as_slice()), data.get(head.end..head.end + length), "request {index} has two bodies");
        }
    }
    format!("{whole:?} {}", requests.len()).chars().take(60).collect()
}

/// A head as the follower cuts it.
struct Head {
    start: usize,
    end: usize,
    finding: Finding,
}

fn heads(data: &[u8]) -> Vec<Head> {
    let mut framing = Framing::new(LARGEST);
    let mut found = Vec::new();
    let mut start = None;
    for (at, octet) in data.iter().enumerate() {
        let was_inside = framing.inside_head();
        framing.follow(std::slice::from_ref(octet));
        if !was_inside && framing.inside_head() {
            start = Some(at);
        }
        match framing.take() {
            Finding::Lost => {}
            finding => found.push(Head { start: start.unwrap_or(at), end: at + 1, finding }),
        }
    }
    found
}

/// A request as hyper cuts it; no body if it is broken.
struct Cut {
    path: String,
    body: Option<Vec<u8>>,
}

/// What hyper makes of the octets, set up as in the server.
fn requests(data: &[u8]) -> Vec<Cut> {
    let cut = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&cut);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let seen = Arc::clone(&seen);
        async move {
            let path = request.uri().path().to_owned();
            let body = request.into_body().collect().await.ok().map(|body| body.to_bytes().to_vec());
            if let Ok(mut seen) = seen.lock() {
                seen.push(Cut { path, body });
            }
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        }
    });
    let wire = Wire { octets: Bytes::copy_from_slice(data) };
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder
        .half_close(true)
        .header_read_timeout(None)
        .max_headers(100)
        .max_header_size(LARGEST)
        .max_buf_size(64 * 1024);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(async move {
        let _ = builder.serve_connection(wire, service).await;
    });
    cut.lock().map(|mut cut| std::mem::take(&mut *cut)).unwrap_or_default()
}

/// The octets, then the end; what is answered goes nowhere.
struct Wire {
    octets: Bytes,
}

impl Read for Wire {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, mut buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let count = buf.remaining().min(self.octets.len());
        buf.put_slice(&self.octets.split_to(count));
        Poll::Ready(Ok(()))
    }
}

impl Write for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn findings(data: &[u8], size: usize) -> Vec<Finding> {
    let mut framing = Framing::new(LARGEST);
    let mut found = Vec::new();
    data.chunks(size).for_each(|piece| framing.follow(piece));
    let inside = framing.inside_head();
    loop {
        match framing.take() {
            Finding::Lost => break,
            finding => found.push(finding),
        }
        assert!(found.len() <= data.len());
    }
    if inside {
        found.push(Finding::Lost);
    }
    found
}
