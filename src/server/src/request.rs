//! One request: checks, body, call, answer.

use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::service::Service;
use hyper::{Method, Request, Response, StatusCode, Version};
use kapia_spool::Octets;
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::answering::Answering;
use crate::config::Limits;
use crate::connection::Caller;
use crate::exchange::{Exchange, Head, Inbound, Outbound, Refusal};
use crate::framing::Finding;
use crate::metrics::Metrics;
use crate::server::Shared;
use crate::wire::Watch;

/// Turns the requests of one connection into calls of the exchange.
pub(crate) struct Gate {
    shared: Arc<Shared>,
    caller: Arc<Caller>,
    watch: Arc<Watch>,
}

impl Gate {
    pub(crate) fn new(shared: Arc<Shared>, caller: Arc<Caller>, watch: Arc<Watch>) -> Self {
        Self { shared, caller, watch }
    }
}

impl Service<Request<Incoming>> for Gate {
    type Response = Response<Answering>;
    type Error = Gone;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Gone>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let finding = self.watch.begin();
        let flight = Flight::new(self.shared.metrics.clone());
        let (shared, caller, watch) = (self.shared.clone(), self.caller.clone(), self.watch.clone());
        Box::pin(async move {
            let started = Instant::now();
            let version = request.version();
            let (parts, body) = request.into_parts();
            let head = Head::new(parts);
            let outcome = match admit(&head, version, finding, &body, &shared) {
                Err(refusal) => Err(Stop::Refused(refusal)),
                Ok(()) => read(body, &shared, !caller.is_known(&shared)).await,
            };
            let (outbound, close) = match outcome {
                Ok((body, lease)) => {
                    let inbound = Inbound {
                        peer: caller.peer(&head, &shared),
                        head: head.clone(),
                        body,
                        received: OffsetDateTime::now_utc() - started.elapsed(),
                        started: started.into_std(),
                    };
                    let answer = answer(&shared, inbound, lease, flight).await;
                    match answer {
                        Some(outbound) => (outbound, false),
                        None => (refuse(&shared, Refusal::Internal, &head), true),
                    }
                }
                Err(Stop::Refused(refusal)) => (refuse(&shared, refusal, &head), true),
                Err(Stop::Gone) => {
                    shared.metrics.incomplete();
                    watch.end(false);
                    return Err(Gone);
                }
            };
            watch.end(close);
            shared.metrics.answered(outbound.status, started.elapsed());
            Ok(response(outbound, close))
        })
    }
}

/// The peer went away in the middle of a body: there is nobody to answer.
#[derive(Debug, thiserror::Error)]
#[error("the peer went away in the middle of a request body")]
pub(crate) struct Gone;

enum Stop {
    Refused(Refusal),
    Gone,
}

/// What can be said before the body is asked for; only a body that will be read is asked for with `100 Continue`.
fn admit(head: &Head, version: Version, finding: Finding, body: &Incoming, shared: &Shared) -> Result<(), Refusal> {
    match finding {
        Finding::Clear => {}
        Finding::Coding => return Err(Refusal::TransferCoding),
        Finding::LengthAndCoding | Finding::Lengths | Finding::BareLineFeed | Finding::Lost => {
            return Err(Refusal::BadFraming);
        }
    }
    // RFC 9112 §3.2: exactly one Host in HTTP/1.1.
    let hosts = head.headers.get_all(header::HOST).iter().count();
    if hosts > 1 || (hosts == 0 && version == Version::HTTP_11) || head.method == Method::CONNECT {
        return Err(Refusal::BadFraming);
    }
    // What stands before us may have judged the other one of two that differ.
    let authority = head.authority.as_deref().zip(head.host.as_deref());
    let elsewhere =
        authority.is_some_and(|(target, host)| !without_port(target).eq_ignore_ascii_case(without_port(host)));
    let two_minds = ["soapaction", "content-type"].iter().any(|name| {
        let mut values = head.headers.get_all(*name).iter();
        values.next().is_some_and(|first| values.any(|other| other != first))
    });
    if elsewhere || two_minds {
        return Err(Refusal::BadFraming);
    }
    // Bodies are taken as they are, so that nothing small can become something large.
    let identity = |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    if !head.headers.get_all(header::CONTENT_ENCODING).iter().all(identity) {
        return Err(Refusal::ContentEncoding);
    }
    let limit = shared.config.limits.body_bytes;
    if body.size_hint().lower() > limit {
        return Err(Refusal::BodyTooLarge { limit });
    }
    Ok(())
}

/// Host of an authority; the port may be left out in one of two places and not in the other.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// The whole body, in time and within size.
async fn read(mut body: Incoming, shared: &Shared, stranger: bool) -> Result<(Bytes, Lease), Stop> {
    let limits = &shared.config.limits;
    let start = Instant::now();
    let mut lease = Lease { metrics: shared.metrics.clone(), bytes: 0, stranger };
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    let mut received: u64 = 0;
    loop {
        let earned = received / limits.body_bytes_per_second.max(1);
        let patience = limits.body_grace_seconds.saturating_add(earned).min(limits.body_seconds);
        let deadline = start + Duration::from_secs(patience);
        let frame = match tokio::time::timeout_at(deadline, body.frame()).await {
            Err(_) => return Err(Stop::Refused(Refusal::BodyTooSlow)),
            Ok(None) => break,
            Ok(Some(Err(error))) if is_broken_chunk(&error) => {
                return Err(Stop::Refused(Refusal::BadFraming));
            }
            Ok(Some(Err(_))) => return Err(Stop::Gone),
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(data) = frame.into_data() else { continue };
        received = received.saturating_add(data.len() as u64);
        if received > limits.body_bytes {
            return Err(Stop::Refused(Refusal::BodyTooLarge { limit: limits.body_bytes }));
        }
        if !lease.grow(data.len() as u64, limits) {
            return Err(Stop::Refused(Refusal::Overloaded));
        }
        if first.is_empty() && rest.is_empty() {
            first = data; // most bodies arrive in one piece, which need not be copied
        } else {
            if rest.is_empty() {
                rest.extend_from_slice(&std::mem::take(&mut first));
            }
            rest.extend_from_slice(&data);
        }
    }
    let whole = if rest.is_empty() { first } else { rest.freeze() };
    Ok((whole, lease))
}

/// Whether a body failed by what its sender wrote, so that there still is somebody to tell, and not by the connection.
fn is_broken_chunk(error: &hyper::Error) -> bool {
    std::error::Error::source(error)
        .and_then(|cause| cause.downcast_ref::<io::Error>())
        .is_some_and(|cause| matches!(cause.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData))
}

/// Calls the exchange in a task of its own; nothing if it panicked.
///
/// hyper drops the future of a request whose client goes away. A call that has begun must end all the same: its
/// adapter has been asked, and its journal record has to be written.
async fn answer(shared: &Arc<Shared>, inbound: Inbound, lease: Lease, flight: Flight) -> Option<Outbound> {
    let exchange: Arc<dyn Exchange> = shared.exchange.clone();
    let task = tokio::spawn(async move {
        let outbound = exchange.exchange(inbound).await;
        drop((lease, flight));
        outbound
    });
    match task.await {
        Ok(outbound) => Some(outbound),
        Err(_) => {
            tracing::error!("a request handler panicked; the request was answered with an internal error");
            None
        }
    }
}

fn refuse(shared: &Shared, refusal: Refusal, head: &Head) -> Outbound {
    shared.metrics.refused(refusal);
    tracing::debug!(reason = refusal.code(), "request refused");
    catch_unwind(AssertUnwindSafe(|| shared.exchange.refuse(refusal, head))).unwrap_or_else(|_| Outbound {
        status: refusal.status(),
        content_type: "",
        body: Octets::default(),
        headers: Vec::new(),
    })
}

fn response(outbound: Outbound, close: bool) -> Response<Answering> {
    let mut response = Response::new(Answering::new(&outbound.body));
    *response.status_mut() = StatusCode::from_u16(outbound.status)
        .ok()
        .filter(|status| !status.is_informational())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if !outbound.content_type.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(outbound.content_type));
    }
    for (name, value) in outbound.headers {
        let name = HeaderName::try_from(name);
        // hyper frames the message; nobody else may.
        let ours = |name: &HeaderName| {
            matches!(*name, header::CONTENT_LENGTH | header::TRANSFER_ENCODING | header::CONNECTION)
        };
        match (name, HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) if !ours(&name) => {
                headers.append(name, value);
            }
            _ => tracing::warn!("a reply header that cannot be sent was left out"),
        }
    }
    if close {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Room for one request body.
struct Lease {
    metrics: Arc<Metrics>,
    bytes: u64,
    stranger: bool,
}

impl Lease {
    fn grow(&mut self, bytes: u64, limits: &Limits) -> bool {
        let strangers = self.stranger.then_some(limits.strangers_bodies_bytes);
        let held = self.metrics.hold(bytes, limits.bodies_bytes, strangers);
        if held {
            self.bytes += bytes;
        }
        held
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.metrics.release(self.bytes, self.stranger);
    }
}

/// Counts a request as in flight from its head to the end of its call.
struct Flight(Arc<Metrics>);

impl Flight {
    fn new(metrics: Arc<Metrics>) -> Self {
        metrics.request_began();
        Self(metrics)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.request_ended();
    }
}
