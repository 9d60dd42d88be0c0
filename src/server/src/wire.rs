//! The decrypted stream of one connection, watched: octets counted, framing followed, stalls timed.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use crate::config::Limits;
use crate::framing::{Finding, Framing};
use crate::metrics::Metrics;

/// What a connection is waiting for when its time is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stall {
    /// The next request.
    Idle,
    /// The rest of a request head.
    Head,
    /// The peer to take an answer.
    Write,
}

/// The state of a connection that its stream, its requests and its watchdog share.
pub(crate) struct Watch(Mutex<State>);

struct State {
    framing: Framing,
    last_octet: Instant,
    head_since: Option<Instant>,
    blocked_since: Option<Instant>,
    in_flight: bool,
    left_unread: bool,
}

impl Watch {
    pub(crate) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            framing: Framing::new(limits.header_bytes),
            last_octet: Instant::now(),
            head_since: None,
            blocked_since: None,
            in_flight: false,
            left_unread: false,
        })))
    }

    /// A request begins: what its framing looked like.
    pub(crate) fn begin(&self) -> Finding {
        let mut state = self.state();
        state.in_flight = true;
        state.framing.take()
    }

    /// A request has its answer; `left_unread` if some of its body was not read.
    pub(crate) fn end(&self, left_unread: bool) {
        let mut state = self.state();
        state.in_flight = false;
        state.left_unread |= left_unread;
        state.last_octet = Instant::now();
    }

    /// Whether the peer may still be sending something that nobody will read.
    pub(crate) fn left_unread(&self) -> bool {
        self.state().left_unread
    }

    /// When patience ends, and with what; nothing while a request is being answered.
    pub(crate) fn deadline(&self, limits: &Limits) -> Option<(Instant, Stall)> {
        let state = self.state();
        let after = |since: Instant, seconds: u64| since + Duration::from_secs(seconds);
        if let Some(since) = state.blocked_since {
            Some((after(since, limits.write_seconds), Stall::Write))
        } else if state.in_flight {
            None
        } else if let Some(since) = state.head_since {
            Some((after(since, limits.header_seconds), Stall::Head))
        } else {
            Some((after(state.last_octet, limits.idle_seconds), Stall::Idle))
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn arrived(&self, octets: &[u8]) {
        let now = Instant::now();
        let mut state = self.state();
        state.last_octet = now;
        state.framing.follow(octets);
        state.head_since = match (state.framing.inside_head(), state.head_since) {
            (true, None) => Some(now),
            (true, since) => since,
            (false, _) => None,
        };
    }

    fn written<T>(&self, outcome: &Poll<io::Result<T>>) {
        let mut state = self.state();
        if outcome.is_pending() {
            state.blocked_since.get_or_insert_with(Instant::now);
        } else if state.blocked_since.take().is_some() {
            state.last_octet = Instant::now();
        }
    }
}

/// A stream that tells a [`Watch`] what passes through it.
pub(crate) struct Wire<T> {
    inner: T,
    watch: Arc<Watch>,
    metrics: Arc<Metrics>,
}

impl<T> Wire<T> {
    pub(crate) fn new(inner: T, watch: Arc<Watch>, metrics: Arc<Metrics>) -> Self {
        Self { inner, watch, metrics }
    }

    pub(crate) fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Wire<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let outcome = Pin::new(&mut self.inner).poll_read(cx, buf);
        let octets = buf.filled().get(before..).unwrap_or_default();
        if !octets.is_empty() {
            self.metrics.bytes_in(octets.len());
            self.watch.arrived(octets);
        }
        outcome
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Wire<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(cx, buf);
        if let Poll::Ready(Ok(count)) = outcome {
            self.metrics.bytes_out(count);
        }
        self.watch.written(&outcome);
        outcome
    }

    /// Lets hyper hand over a large answer as it is, without copying it behind its head.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        if let Poll::Ready(Ok(count)) = outcome {
            self.metrics.bytes_out(count);
        }
        self.watch.written(&outcome);
        outcome
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.inner).poll_flush(cx);
        self.watch.written(&outcome);
        outcome
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use bytes::Bytes;
    use http_body_util::{BodyExt as _, Empty};
    use hyper::body::Incoming;
    use hyper::service::service_fn;
    use hyper::{Request, Response};
    use hyper_util::rt::TokioIo;
    use proptest::prelude::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// A request with one way to read it.
    #[derive(Debug, Clone)]
    enum Sent {
        Plain,
        Length(Vec<u8>),
        Chunks { pieces: Vec<Vec<u8>>, extension: bool, upper: bool, trailer: bool },
    }

    impl Sent {
        fn body(&self) -> Vec<u8> {
            match self {
                Self::Plain => Vec::new(),
                Self::Length(body) => body.clone(),
                Self::Chunks { pieces, .. } => pieces.concat(),
            }
        }

        fn octets(&self) -> Vec<u8> {
            let mut out = b"POST /x HTTP/1.1\r\nHost: h\r\n".to_vec();
            match self {
                Self::Plain => out.extend(b"\r\n"),
                Self::Length(body) => {
                    out.extend(format!("content-LENGTH:  {} \r\n\r\n", body.len()).bytes());
                    out.extend(body);
                }
                Self::Chunks { pieces, extension, upper, trailer } => {
                    out.extend(b"Transfer-Encoding: chunked\r\n\r\n");
                    let end = if *extension { ";a=\"b\"" } else { "" };
                    for piece in pieces {
                        let size = format!("{:x}", piece.len());
                        let size = if *upper { size.to_uppercase() } else { format!("0{size}") };
                        out.extend(format!("{size}{end}\r\n").bytes());
                        out.extend(piece);
                        out.extend(b"\r\n");
                    }
                    out.extend(if *trailer { &b"0\r\nX-T: y\r\n\r\n"[..] } else { b"0\r\n\r\n" });
                }
            }
            out
        }
    }

    /// Octets that look like framing now and then.
    fn octets() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            prop::collection::vec(any::<u8>(), 1..40),
            Just(b"\r\n\r\n".to_vec()),
            Just(b"0\r\n\r\nGET / HTTP/1.1\r\n".to_vec()),
            Just(vec![b'x'; 9000]),
        ];
        prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
    }

    fn sent() -> impl Strategy<Value = Sent> {
        prop_oneof![
            Just(Sent::Plain),
            octets().prop_map(Sent::Length),
            (prop::collection::vec(octets(), 0..4), any::<[bool; 3]>())
                .prop_map(|(pieces, [extension, upper, trailer])| Sent::Chunks { pieces, extension, upper, trailer }),
        ]
    }

    /// What hyper and the follower make of these octets, written in pieces of the given size.
    async fn seen(octets: Vec<u8>, piece: usize) -> Vec<(Finding, Vec<u8>)> {
        let watch = Watch::new(&Limits::default());
        let (mut near, far) = tokio::io::duplex(4096);
        let wire = Wire::new(far, watch.clone(), Arc::new(Metrics::default()));
        let log = Arc::new(Mutex::new(Vec::new()));
        let service = service_fn(|request: Request<Incoming>| {
            let (watch, log) = (watch.clone(), log.clone());
            async move {
                let finding = watch.begin();
                let body = request.into_body().collect().await.unwrap().to_bytes();
                log.lock().unwrap().push((finding, body.to_vec()));
                Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
            }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .half_close(true)
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(wire), service);
        let client = async move {
            let (mut read, mut write) = tokio::io::split(&mut near);
            let writes = async {
                for piece in octets.chunks(piece) {
                    write.write_all(piece).await.unwrap();
                }
                write.shutdown().await.unwrap();
            };
            let mut sink = Vec::new();
            let (_, read) = tokio::join!(writes, read.read_to_end(&mut sink));
            read.unwrap();
        };
        let (outcome, ()) = tokio::join!(connection, client);
        outcome.unwrap();
        drop(watch);
        Arc::try_unwrap(log).unwrap().into_inner().unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn hyper_and_the_follower_see_the_same_requests(
            requests in prop::collection::vec(sent(), 1..6),
            piece in prop_oneof![1_usize..8, 1_usize..5000],
        ) {
            let octets = requests.iter().flat_map(Sent::octets).collect();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let seen = runtime.block_on(seen(octets, piece));
            let expected: Vec<_> = requests.iter().map(|sent| (Finding::Clear, sent.body())).collect();
            prop_assert_eq!(seen, expected);
        }

        #[test]
        fn the_follower_survives_any_octets_however_they_are_cut(
            octets in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'\r'), Just(b'\n'), Just(b'0')], 0..400),
            cut in 0_usize..400,
        ) {
            let outcome = |pieces: &[&[u8]]| {
                let mut framing = Framing::new(64);
                framing.follow(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
                pieces.iter().for_each(|piece| framing.follow(piece));
                format!("{framing:?}")
            };
            let (left, right) = octets.split_at(cut.min(octets.len()));
            prop_assert_eq!(outcome(&[&octets]), outcome(&[left, right]));
        }
    }
}
