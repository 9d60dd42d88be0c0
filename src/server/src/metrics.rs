//! Counters of the server itself, in Prometheus text format 0.0.4, without personal data.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::exchange::Refusal;
use crate::proxy::Forwarding;
use crate::wire::Stall;

/// Why a handshake failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HandshakeFailure {
    Timeout,
    Closed,
    NotTls,
    ClientAlert,
    Incompatible,
    ClientCertificate,
    Other,
}

impl HandshakeFailure {
    const CODES: [&'static str; 7] =
        ["timeout", "closed", "not-tls", "client-alert", "incompatible", "client-certificate", "other"];

    pub(crate) fn code(self) -> &'static str {
        Self::CODES.get(self as usize).copied().unwrap_or_default()
    }
}

/// Why a connection was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TurnedAway {
    Full,
    AddressFull,
}

const TURNED_AWAY: [&str; 2] = ["connections", "connections-per-address"];
const STALLS: [&str; 3] = ["idle", "head", "write"];
const VERDICTS: [&str; 8] =
    ["none", "trusted", "expired", "not-yet-valid", "unknown-issuer", "revoked", "wrong-purpose", "unusable"];
/// Upper bounds in milliseconds.
const BUCKETS: [u64; 12] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000];

/// All counters; every one is an atomic, so that counting never waits.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    connections_open: AtomicU64,
    connections_total: AtomicU64,
    certificates: [AtomicU64; VERDICTS.len()],
    resumed: AtomicU64,
    forwarded: [AtomicU64; Forwarding::CODES.len()],
    turned_away: [AtomicU64; TURNED_AWAY.len()],
    handshakes_failed: [AtomicU64; HandshakeFailure::CODES.len()],
    stalls: [AtomicU64; STALLS.len()],
    malformed: AtomicU64,
    incomplete: AtomicU64,
    in_flight: AtomicU64,
    requests: [AtomicU64; 5],
    refusals: [AtomicU64; Refusal::CODES.len()],
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    bodies: AtomicU64,
    strangers_bodies: AtomicU64,
    durations: [AtomicU64; BUCKETS.len()],
    duration_micros: AtomicU64,
    duration_count: AtomicU64,
    reloads: [AtomicU64; 2],
}

impl Metrics {
    pub(crate) fn connection_opened(&self) {
        self.connections_open.fetch_add(1, Relaxed);
        self.connections_total.fetch_add(1, Relaxed);
    }

    pub(crate) fn connection_closed(&self) {
        self.connections_open.fetch_sub(1, Relaxed);
    }

    pub(crate) fn connections(&self) -> u64 {
        self.connections_open.load(Relaxed)
    }

    pub(crate) fn shook_hands(&self, verdict: Option<&str>, resumed: bool) {
        let verdict = verdict.unwrap_or("none");
        add(&self.certificates, VERDICTS.iter().position(|known| *known == verdict));
        if resumed {
            self.resumed.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn forwarded(&self, outcome: Forwarding) {
        add(&self.forwarded, Some(outcome as usize));
    }

    pub(crate) fn turned_away(&self, why: TurnedAway) {
        add(&self.turned_away, Some(why as usize));
    }

    pub(crate) fn handshake_failed(&self, why: HandshakeFailure) {
        add(&self.handshakes_failed, Some(why as usize));
    }

    pub(crate) fn stalled(&self, stall: Stall) {
        add(&self.stalls, Some(stall as usize));
    }

    /// A head that hyper itself refuses.
    pub(crate) fn malformed(&self) {
        self.malformed.fetch_add(1, Relaxed);
    }

    /// A body whose end never came.
    pub(crate) fn incomplete(&self) {
        self.incomplete.fetch_add(1, Relaxed);
    }

    pub(crate) fn request_began(&self) {
        self.in_flight.fetch_add(1, Relaxed);
    }

    pub(crate) fn request_ended(&self) {
        self.in_flight.fetch_sub(1, Relaxed);
    }

    pub(crate) fn in_flight(&self) -> u64 {
        self.in_flight.load(Relaxed)
    }

    pub(crate) fn answered(&self, status: u16, after: Duration) {
        add(&self.requests, Some(usize::from(status / 100).saturating_sub(1)));
        let micros = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
        add(&self.durations, BUCKETS.iter().position(|bound| micros <= bound * 1000));
        self.duration_micros.fetch_add(micros, Relaxed);
        self.duration_count.fetch_add(1, Relaxed);
    }

    pub(crate) fn answered_total(&self) -> u64 {
        self.requests.iter().map(|count| count.load(Relaxed)).sum()
    }

    pub(crate) fn refused(&self, refusal: Refusal) {
        add(&self.refusals, Some(refusal.index()));
    }

    pub(crate) fn bytes_in(&self, count: usize) {
        self.bytes_in.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn bytes_out(&self, count: usize) {
        self.bytes_out.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn reloaded(&self, good: bool) {
        add(&self.reloads, Some(usize::from(!good)));
    }

    /// Takes room for request bodies, unless that would exceed a limit in bytes; strangers have one of their own too.
    pub(crate) fn hold(&self, bytes: u64, limit: u64, strangers: Option<u64>) -> bool {
        if strangers.is_some_and(|limit| !take(&self.strangers_bodies, bytes, limit)) {
            return false;
        }
        let held = take(&self.bodies, bytes, limit);
        if !held && strangers.is_some() {
            self.strangers_bodies.fetch_sub(bytes, Relaxed);
        }
        held
    }

    /// Gives it back.
    pub(crate) fn release(&self, bytes: u64, stranger: bool) {
        self.bodies.fetch_sub(bytes, Relaxed);
        if stranger {
            self.strangers_bodies.fetch_sub(bytes, Relaxed);
        }
    }

    pub(crate) fn write(&self, out: &mut String) {
        let mut page = Page(out);
        page.one("kapia_connections_open", "gauge", "Connections that are open.", &self.connections_open);
        page.one("kapia_connections_total", "counter", "Connections accepted.", &self.connections_total);
        page.many(
            "kapia_connections_turned_away_total",
            "Connections beyond a limit.",
            "limit",
            &TURNED_AWAY,
            &self.turned_away,
        );
        page.many(
            "kapia_tls_handshakes_total",
            "Handshakes finished, by the verdict on the client certificate.",
            "certificate",
            &VERDICTS,
            &self.certificates,
        );
        page.one("kapia_tls_resumed_total", "counter", "Handshakes that resumed a session.", &self.resumed);
        page.many(
            "kapia_forwarded_identities_total",
            "Requests whose headers say who the client is, by what came of it.",
            "outcome",
            &Forwarding::CODES,
            &self.forwarded,
        );
        page.many(
            "kapia_tls_handshakes_failed_total",
            "Handshakes that failed.",
            "reason",
            &HandshakeFailure::CODES,
            &self.handshakes_failed,
        );
        page.many(
            "kapia_connections_timed_out_total",
            "Connections closed because the peer did not go on.",
            "waiting_for",
            &STALLS,
            &self.stalls,
        );
        page.one("kapia_http_malformed_total", "counter", "Request heads that are not HTTP/1.1.", &self.malformed);
        page.one("kapia_http_incomplete_total", "counter", "Requests whose body never ended.", &self.incomplete);
        page.one("kapia_http_requests_in_flight", "gauge", "Requests being read or answered.", &self.in_flight);
        page.many(
            "kapia_http_requests_total",
            "Requests answered, by class of status.",
            "status",
            &["1xx", "2xx", "3xx", "4xx", "5xx"],
            &self.requests,
        );
        page.many(
            "kapia_http_refusals_total",
            "Requests that the server itself refused.",
            "reason",
            &Refusal::CODES,
            &self.refusals,
        );
        page.one("kapia_http_received_bytes_total", "counter", "Octets received inside TLS.", &self.bytes_in);
        page.one("kapia_http_sent_bytes_total", "counter", "Octets sent inside TLS.", &self.bytes_out);
        page.one("kapia_http_bodies_bytes", "gauge", "Request bodies held in memory.", &self.bodies);
        page.one(
            "kapia_http_strangers_bodies_bytes",
            "gauge",
            "Request bodies of peers without a trusted certificate, held in memory.",
            &self.strangers_bodies,
        );
        page.many("kapia_tls_reloads_total", "Reloads of certificates.", "outcome", &["good", "failed"], &self.reloads);
        self.write_durations(out);
    }

    fn write_durations(&self, out: &mut String) {
        let name = "kapia_http_request_duration_seconds";
        let _ = writeln!(out, "# HELP {name} From the head of a request to its answer.");
        let _ = writeln!(out, "# TYPE {name} histogram");
        let mut below = 0;
        for (bound, count) in BUCKETS.iter().zip(&self.durations) {
            below += count.load(Relaxed);
            let _ = writeln!(out, "{name}_bucket{{le=\"{}\"}} {below}", seconds(*bound * 1000));
        }
        let count = self.duration_count.load(Relaxed);
        let _ = writeln!(out, "{name}_bucket{{le=\"+Inf\"}} {count}");
        let _ = writeln!(out, "{name}_sum {}", seconds(self.duration_micros.load(Relaxed)));
        let _ = writeln!(out, "{name}_count {count}");
    }
}

/// A gauge with a single value that is not a counter of ours.
pub(crate) fn gauge(out: &mut String, name: &str, help: &str, value: i64) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
}

fn seconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64()
}

/// Adds to what is held unless that would exceed the limit.
fn take(held: &AtomicU64, bytes: u64, limit: u64) -> bool {
    held.fetch_update(Relaxed, Relaxed, |held| held.checked_add(bytes).filter(|held| *held <= limit)).is_ok()
}

fn add(counters: &[AtomicU64], index: Option<usize>) {
    if let Some(counter) = index.and_then(|index| counters.get(index)) {
        counter.fetch_add(1, Relaxed);
    }
}

struct Page<'o>(&'o mut String);

impl Page<'_> {
    fn one(&mut self, name: &str, kind: &str, help: &str, value: &AtomicU64) {
        let value = value.load(Relaxed);
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    }

    fn many(&mut self, name: &str, help: &str, label: &str, labels: &[&str], values: &[AtomicU64]) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} counter");
        for (text, value) in labels.iter().zip(values) {
            let _ = writeln!(self.0, "{name}{{{label}=\"{text}\"}} {}", value.load(Relaxed));
        }
    }
}
