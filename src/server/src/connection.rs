//! One connection, from its handshake to its last octet.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use kapia_pki::{Presented, Shown, Unacceptable};
use rustls::pki_types::CertificateDer;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::exchange::{Head, Listener, Peer};
use crate::metrics::HandshakeFailure;
use crate::proxy::{self, Forwarding};
use crate::request::Gate;
use crate::server::Shared;
use crate::stream::Stream;
use crate::tls::Tls;
use crate::wire::{Stall, Watch, Wire};

/// How often a long-lived connection has its client certificate judged again although nothing was reloaded.
const JUDGE_AGAIN: time::Duration = time::Duration::seconds(60);
/// How long, and for how many octets, we go on reading what nobody wants after a refusal.
const LINGER: Duration = Duration::from_secs(5);
const LINGER_OCTETS: usize = 64 * 1024 * 1024;

/// Shakes hands and speaks HTTP/1.1 until one side has had enough.
pub(crate) async fn serve(
    shared: Arc<Shared>,
    socket: TcpStream,
    (address, listener): (SocketAddr, Listener),
    drain: watch::Receiver<bool>,
) {
    // Small answers in two writes must not wait for an acknowledgement.
    let _ = socket.set_nodelay(true);
    let stream = if listener == Listener::Plain {
        Stream::Plain(socket)
    } else {
        let Some(tls) = shake_hands(&shared, socket, listener, drain.clone()).await else { return };
        Stream::Tls(Box::new(tls))
    };
    let (chain, resumed) = stream.shown();
    let caller = Arc::new(Caller { address, listener, chain, judged: Mutex::default() });
    let certificate = caller.certificate(&shared.tls.load(), OffsetDateTime::now_utc());
    let verdict = certificate.as_deref().map(|shown| shown.chain.code());
    shared.metrics.shook_hands(verdict, resumed);
    tracing::debug!(certificate = verdict.unwrap_or("none"), resumed, "connection open");

    let watch = Watch::new(&shared.config.limits);
    let wire = Wire::new(stream, watch.clone(), shared.metrics.clone());
    let gate = Gate::new(shared.clone(), caller, watch.clone());
    let Some(stream) = speak(&shared, wire, gate, &watch, drain).await else { return };
    let reads_on = watch.left_unread();
    hang_up(stream, reads_on).await;
}

async fn shake_hands(
    shared: &Shared,
    socket: TcpStream,
    listener: Listener,
    mut drain: watch::Receiver<bool>,
) -> Option<TlsStream<TcpStream>> {
    let config = shared.tls.load().of(listener, &shared.config);
    let patience = Duration::from_secs(shared.config.limits.handshake_seconds);
    let handshake = timeout(patience, TlsAcceptor::from(config).accept(socket));
    let failure = tokio::select! {
        biased;
        _ = drain.wait_for(|draining| *draining) => return None,
        outcome = handshake => match outcome {
            Ok(Ok(tls)) => return Some(tls),
            Ok(Err(error)) => reason(&error),
            Err(_) => HandshakeFailure::Timeout,
        },
    };
    shared.metrics.handshake_failed(failure);
    tracing::debug!(reason = failure.code(), "handshake failed");
    None
}

fn reason(error: &std::io::Error) -> HandshakeFailure {
    use rustls::Error as Tls;
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Tls>()) {
        None => HandshakeFailure::Closed,
        Some(Tls::AlertReceived(_)) => HandshakeFailure::ClientAlert,
        Some(Tls::InvalidMessage(_)) => HandshakeFailure::NotTls,
        Some(Tls::PeerIncompatible(_) | Tls::NoApplicationProtocol) => HandshakeFailure::Incompatible,
        Some(Tls::InvalidCertificate(_) | Tls::InvalidCertRevocationList(_)) => HandshakeFailure::ClientCertificate,
        Some(_) => HandshakeFailure::Other,
    }
}

/// Runs hyper under a watchdog; gives the stream back if it can still be hung up politely.
async fn speak(
    shared: &Shared,
    wire: Wire<Stream>,
    gate: Gate,
    watch: &Watch,
    mut drain: watch::Receiver<bool>,
) -> Option<Stream> {
    let limits = &shared.config.limits;
    let mut builder = http1::Builder::new();
    builder
        .half_close(true)
        .header_read_timeout(None)
        .max_headers(limits.headers)
        .max_header_size(limits.header_bytes)
        .max_buf_size(limits.header_bytes.max(64 * 1024));
    let mut connection = builder.serve_connection(TokioIo::new(wire), gate);
    let mut draining = false;
    let mut drained = pin!(async move { drain.wait_for(|draining| *draining).await.is_ok() });
    let mut alarm = pin!(sleep_until(Instant::now()));
    let mut alarm_at = None;

    let outcome = poll_fn(|cx| {
        loop {
            if let Poll::Ready(outcome) = connection.poll_without_shutdown(cx) {
                return Poll::Ready(End::Said(outcome));
            }
            if !draining && drained.as_mut().poll(cx).is_ready() {
                draining = true;
                Pin::new(&mut connection).graceful_shutdown();
                continue;
            }
            let Some((moment, stall)) = watch.deadline(limits) else { return Poll::Pending };
            if alarm_at != Some(moment) {
                alarm.as_mut().reset(moment);
                alarm_at = Some(moment);
            }
            return alarm.as_mut().poll(cx).map(|()| End::Stalled(stall));
        }
    })
    .await;

    match outcome {
        End::Said(Ok(())) => {}
        // hyper has already said 400, 414 or 431.
        End::Said(Err(error)) if error.is_parse() => {
            shared.metrics.malformed();
            watch.end(true);
        }
        End::Said(Err(_)) => return None,
        End::Stalled(stall) => {
            shared.metrics.stalled(stall);
            if stall == Stall::Write {
                return None;
            }
        }
    }
    Some(connection.into_parts().io.into_inner().into_inner())
}

enum End {
    Said(hyper::Result<()>),
    Stalled(Stall),
}

/// Closes our side, and reads on for a while if the peer is still sending: closing a socket with unread octets
/// resets the connection, and the reset can overtake the answer that says what was wrong.
async fn hang_up(mut stream: Stream, reads_on: bool) {
    let shut = timeout(LINGER, stream.shutdown()).await;
    if !reads_on || !matches!(shut, Ok(Ok(()))) {
        return;
    }
    let mut socket = stream.into_socket();
    let _ = timeout(LINGER, async {
        let mut sink = vec![0; 64 * 1024];
        let mut total = 0;
        while let Ok(count @ 1..) = socket.read(&mut sink).await {
            total += count;
            if total > LINGER_OCTETS {
                break;
            }
        }
    })
    .await;
}

/// The peer of one connection, whose certificate is judged again when the judgement may have changed.
pub(crate) struct Caller {
    address: SocketAddr,
    listener: Listener,
    chain: Option<Vec<CertificateDer<'static>>>,
    judged: Mutex<Option<Judged>>,
}

#[derive(Clone)]
struct Judged {
    generation: u64,
    at: OffsetDateTime,
    presented: Arc<Presented>,
}

impl Caller {
    /// The peer of a request as of now: judged with the authorities, revocation lists and proxies that are loaded now, not
    /// those of the handshake.
    pub(crate) fn peer(&self, head: &Head, shared: &Shared) -> Peer {
        let now = OffsetDateTime::now_utc();
        let tls = shared.tls.load();
        let connection = self.certificate(&tls, now);
        let address = self.address.ip().to_canonical();
        if self.listener == Listener::ServiceBus {
            let shown = match connection {
                Some(shown) if proxy::is_named(&tls.service_bus, &shown, now) => Shown::ServiceBus(shown),
                other => Shown::Refused(Unacceptable::NotTheServiceBus, other),
            };
            return Peer { address: self.address, client: address, listener: self.listener, shown };
        }
        let proxy = tls.proxies.of(address, connection.as_deref(), now);
        let client = match proxy {
            Some(_) => proxy::client(address, head.forwarded_for.as_deref(), |hop| tls.proxies.list(hop)),
            None => address,
        };
        let judge = |der: &[u8]| tls.trust.present(&[CertificateDer::from(der)], now);
        let (shown, forwarding) = tls.proxies.shown(proxy, connection, &head.headers, &judge);
        if let Some(forwarding) = forwarding {
            shared.metrics.forwarded(forwarding);
            if forwarding == Forwarding::Ignored && shared.may_warn(now) {
                tracing::warn!(peer = %address, "headers that say who the client is came from no configured proxy, and were ignored");
            }
        }
        Peer { address: self.address, client, listener: self.listener, shown }
    }

    /// Whether a body may take the room of consumers: the certificate of the connection is trusted, or a configured
    /// proxy answers for it. Who calls is judged anew when the body is there.
    pub(crate) fn is_known(&self, shared: &Shared) -> bool {
        let now = OffsetDateTime::now_utc();
        let tls = shared.tls.load();
        let connection = self.certificate(&tls, now);
        let trusted = connection.as_deref().is_some_and(|shown| shown.trusted().is_some());
        trusted || tls.proxies.of(self.address.ip().to_canonical(), connection.as_deref(), now).is_some()
    }

    fn certificate(&self, tls: &Tls, now: OffsetDateTime) -> Option<Arc<Presented>> {
        let chain = self.chain.as_ref()?;
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = judged.as_ref() {
            let shown = &known.presented;
            let inside = |moment| (shown.not_before..=shown.not_after).contains(&moment);
            let age = now - known.at;
            if known.generation == tls.generation
                && inside(now) == inside(known.at)
                && (time::Duration::ZERO..JUDGE_AGAIN).contains(&age)
            {
                return Some(shown.clone());
            }
        }
        let presented = Arc::new(tls.trust.present(chain, now)?);
        *judged = Some(Judged { generation: tls.generation, at: now, presented: presented.clone() });
        Some(presented)
    }
}
