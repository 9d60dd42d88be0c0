//! A second pair of eyes on HTTP/1.1 message framing (RFC 9112 §6 and §7).
//!
//! hyper accepts what RFC 9112 §6.1 and §6.3 allow to accept: `Transfer-Encoding` beside `Content-Length` (it drops the length), and
//! equal lengths twice. By the time a handler runs the evidence is gone. In front of a gate that identifies callers such requests are
//! smuggling attempts, so this follower reads the same octets as hyper and notes for each head what is ambiguous in it.
//! A follower that loses the thread says so, and the request is refused: it can only refuse more, never accept more.

use std::collections::VecDeque;

/// What the follower has to say about one request head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// One way to read it.
    Clear,
    /// `Content-Length` and `Transfer-Encoding` together.
    LengthAndCoding,
    /// More than one `Content-Length`, or one that is not a plain number.
    Lengths,
    /// A `Transfer-Encoding` that is not exactly one `chunked`.
    Coding,
    /// A line of the head that ends with a line feed alone.
    BareLineFeed,
    /// The thread is lost.
    Lost,
}

/// Follows the octets of one connection from head to head.
#[derive(Debug)]
pub(crate) struct Framing {
    state: State,
    head: Vec<u8>,
    findings: VecDeque<Finding>,
    head_limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Head,
    Length(u64),
    ChunkSize { size: u64, digits: u8 },
    ChunkExtension { size: u64 },
    ChunkSizeEnd { size: u64 },
    ChunkData(u64),
    ChunkDataEnd { seen_return: bool },
    Trailers { line: usize },
    Lost,
}

impl Framing {
    /// A follower at the start of a connection; heads beyond `head_limit` bytes lose it.
    pub(crate) fn new(head_limit: usize) -> Self {
        Self { state: State::Head, head: Vec::new(), findings: VecDeque::new(), head_limit }
    }

    /// Reads on.
    pub(crate) fn follow(&mut self, mut octets: &[u8]) {
        while !octets.is_empty() {
            let used = self.step(octets);
            octets = octets.get(used..).unwrap_or_default();
        }
    }

    /// Whether a head has begun and not ended.
    pub(crate) fn inside_head(&self) -> bool {
        self.state == State::Head && !self.head.is_empty()
    }

    /// What was found about the next request; every request takes one.
    pub(crate) fn take(&mut self) -> Finding {
        self.findings.pop_front().unwrap_or(Finding::Lost)
    }

    /// Uses up some octets, at least one, and says how many.
    fn step(&mut self, octets: &[u8]) -> usize {
        let Some(&octet) = octets.first() else { return 1 };
        match self.state {
            State::Head => return self.head(octets),
            State::Length(left) => return self.skip(octets.len(), left, State::Length, State::Head),
            State::ChunkData(left) => {
                let end = State::ChunkDataEnd { seen_return: false };
                return self.skip(octets.len(), left, State::ChunkData, end);
            }
            State::Lost => return octets.len(),
            State::ChunkSize { size, digits } => {
                self.state = match (octet, char::from(octet).to_digit(16)) {
                    (_, Some(digit)) if digits < 15 => {
                        State::ChunkSize { size: size << 4 | u64::from(digit), digits: digits + 1 }
                    }
                    _ if digits == 0 => State::Lost,
                    (b'\r', _) => State::ChunkSizeEnd { size },
                    (b';' | b' ' | b'\t', _) => State::ChunkExtension { size },
                    _ => State::Lost,
                };
            }
            State::ChunkExtension { size } => match octet {
                b'\r' => self.state = State::ChunkSizeEnd { size },
                b'\n' => self.state = State::Lost,
                _ => {}
            },
            State::ChunkSizeEnd { size } => {
                self.state = match (octet, size) {
                    (b'\n', 0) => State::Trailers { line: 0 },
                    (b'\n', _) => State::ChunkData(size),
                    _ => State::Lost,
                };
            }
            State::ChunkDataEnd { seen_return } => {
                self.state = match (octet, seen_return) {
                    (b'\r', false) => State::ChunkDataEnd { seen_return: true },
                    (b'\n', true) => State::ChunkSize { size: 0, digits: 0 },
                    _ => State::Lost,
                };
            }
            State::Trailers { line } => {
                self.state = match octet {
                    b'\n' if line == 0 => State::Head,
                    b'\n' => State::Trailers { line: 0 },
                    b'\r' => State::Trailers { line },
                    _ => State::Trailers { line: line + 1 },
                };
            }
        }
        1
    }

    fn skip(&mut self, available: usize, left: u64, within: fn(u64) -> State, after: State) -> usize {
        let used = usize::try_from(left).map_or(available, |left| left.min(available));
        let left = left.saturating_sub(used as u64);
        self.state = if left == 0 { after } else { within(left) };
        used
    }

    fn head(&mut self, octets: &[u8]) -> usize {
        for (index, &octet) in octets.iter().enumerate() {
            if self.head.is_empty() && matches!(octet, b'\r' | b'\n') {
                continue; // RFC 9112 §2.2: empty lines before a request line are ignored.
            }
            self.head.push(octet);
            let ends = octet == b'\n' && (self.head.ends_with(b"\n\r\n") || self.head.ends_with(b"\n\n"));
            if ends {
                let (finding, next) = examine(&self.head);
                self.head.clear();
                self.findings.push_back(finding);
                self.state = next;
                return index + 1;
            }
            if self.head.len() > self.head_limit {
                self.head = Vec::new();
                self.state = State::Lost;
                return octets.len();
            }
        }
        octets.len()
    }
}

fn examine(head: &[u8]) -> (Finding, State) {
    let mut length = None;
    let mut lengths = 0_usize;
    let mut codings = 0_usize;
    let mut chunked = false;
    let mut bare = false;
    for (index, line) in head.split_inclusive(|&octet| octet == b'\n').enumerate() {
        bare |= !line.ends_with(b"\r\n");
        let Some(colon) = line.iter().position(|&octet| octet == b':').filter(|_| index > 0) else {
            continue;
        };
        let (name, value) = line.split_at(colon);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            lengths += 1;
            length = plain_number(value);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            codings += 1;
            chunked = value.eq_ignore_ascii_case(b"chunked");
        }
    }
    let next = match (codings, length) {
        (0, None) => State::Head,
        (0, Some(0)) => State::Head,
        (0, Some(length)) => State::Length(length),
        _ => State::ChunkSize { size: 0, digits: 0 },
    };
    let finding = if bare {
        Finding::BareLineFeed
    } else if lengths > 0 && codings > 0 {
        Finding::LengthAndCoding
    } else if lengths > 1 || (lengths == 1 && length.is_none()) {
        Finding::Lengths
    } else if codings > 1 || (codings == 1 && !chunked) {
        Finding::Coding
    } else {
        Finding::Clear
    };
    (finding, next)
}

fn plain_number(value: &[u8]) -> Option<u64> {
    let plain = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    plain.then(|| std::str::from_utf8(value).ok()?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<Finding> {
        // Whole, and octet by octet: the cut must not matter.
        let mut whole = Framing::new(4096);
        whole.follow(text.as_bytes());
        let mut pieces = Framing::new(4096);
        text.as_bytes().iter().for_each(|octet| pieces.follow(std::slice::from_ref(octet)));
        assert_eq!(whole.findings, pieces.findings);
        assert_eq!(whole.state, pieces.state);
        whole.findings.into()
    }

    #[test]
    fn requests_one_after_the_other_are_told_apart() {
        let text = "\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n\
            POST /b HTTP/1.1\r\nContent-Length: 5\r\n\r\nG:\r\n\r\
            POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
            5;x=y\r\nabc\r\n\r\nA \r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n\
            GET /d HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(findings(text), [Finding::Clear; 4]);
    }

    #[test]
    fn every_ambiguous_head_is_noted() {
        for (lines, finding) in [
            ("Content-Length: 3\r\nTransfer-Encoding: chunked", Finding::LengthAndCoding),
            ("transfer-encoding: chunked\r\nCONTENT-LENGTH: 3", Finding::LengthAndCoding),
            ("Content-Length: 3\r\nContent-Length: 3", Finding::Lengths),
            ("Content-Length: 3\r\nContent-Length: 4", Finding::Lengths),
            ("Content-Length: 3, 3", Finding::Lengths),
            ("Content-Length: +3", Finding::Lengths),
            ("Content-Length: 0x3", Finding::Lengths),
            ("Content-Length:", Finding::Lengths),
            ("Content-Length: 99999999999999999999", Finding::Lengths),
            ("Transfer-Encoding: gzip, chunked", Finding::Coding),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", Finding::Coding),
            ("Transfer-Encoding: xchunked", Finding::Coding),
            ("Host: h\nX: y", Finding::BareLineFeed),
        ] {
            let found = findings(&format!("POST / HTTP/1.1\r\n{lines}\r\n\r\n"));
            assert_eq!(found, [finding], "{lines}");
        }
    }

    #[test]
    fn a_lost_thread_is_never_found_again() {
        for body in ["x\r\n", "\r\n", "5\r\nabcdeX\r\n", "5\nabcde\r\n", "ffffffffffffffffff\r\n"] {
            let mut framing = Framing::new(4096);
            framing.follow(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
            framing.follow(body.as_bytes());
            framing.follow(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assert_eq!(framing.take(), Finding::Clear);
            assert_eq!(framing.take(), Finding::Lost, "{body:?}");
        }
    }

    #[test]
    fn a_head_beyond_the_limit_is_not_kept() {
        let mut framing = Framing::new(100);
        framing.follow(&[b'a'; 200]);
        assert_eq!(framing.head.len(), 0);
        assert_eq!(framing.take(), Finding::Lost);
    }
}
