//! Sending a call to a host and reading its answer: within a deadline, within a size, nowhere else than configured.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use kapia_regix::host::{Binding, Call, Function, read_fault};
use kapia_xml::{Document, Limits};
use reqwest::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use tokio::time::timeout_at;

use crate::settings::Settings;
use crate::trouble::Trouble;

/// How long an address that could not be reached is asked only after all others.
const REST: Duration = Duration::from_secs(10);
/// How long a connection may rest between calls.
const IDLE: Duration = Duration::from_secs(60);

/// The connections to the addresses of one adapter.
pub(crate) struct Connection {
    client: Client,
    binding: Binding,
    addresses: Vec<Address>,
    limits: Limits,
    began: Instant,
    calls: AtomicU64,
}

struct Address {
    url: Url,
    /// Milliseconds after `began` until which it rests.
    rests_until: AtomicU64,
}

impl Connection {
    pub(crate) fn new(settings: &Settings) -> Result<Connection, reqwest::Error> {
        let mut builder = Client::builder()
            .http1_only()
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(settings.connect)
            .pool_idle_timeout(IDLE)
            .tcp_nodelay(true);
        if let Some(identity) = &settings.identity {
            builder = builder.identity(reqwest::Identity::from_pem(identity)?);
        }
        if let Some(authorities) = &settings.authorities {
            builder = builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(authorities)?);
        }
        let address = |url: &Url| Address { url: url.clone(), rests_until: AtomicU64::new(0) };
        Ok(Connection {
            client: builder.build()?,
            binding: settings.binding,
            addresses: settings.addresses.iter().map(address).collect(),
            limits: Limits { bytes: settings.answer_bytes, ..Limits::default() },
            began: Instant::now(),
            calls: AtomicU64::new(0),
        })
    }

    pub(crate) fn binding(&self) -> Binding {
        self.binding
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Sends a call and reads the document that answers it.
    pub(crate) async fn call(&self, call: &Call<'_>, deadline: Instant) -> Result<Document, Trouble> {
        let octets = self.send(call, deadline).await?;
        let document = Document::read(octets, &self.limits).map_err(|error| Trouble::unreadable(&error))?;
        if read_fault(self.binding, &document) { Err(Trouble::SoapFault) } else { Ok(document) }
    }

    /// Sends a call and reads the octets that answer it.
    ///
    /// Another address is tried only when nothing of the call can have reached the one before: an operation may do more
    /// than read.
    pub(crate) async fn send(&self, call: &Call<'_>, deadline: Instant) -> Result<Bytes, Trouble> {
        let mut last = Trouble::Unreachable;
        for address in self.in_order() {
            match self.send_to(&address.url, call, deadline).await {
                Err(Trouble::Unreachable) => {
                    let until = self.began.elapsed() + REST;
                    address.rests_until.store(milliseconds(until), Ordering::Relaxed);
                    last = Trouble::Unreachable;
                }
                other => {
                    address.rests_until.store(0, Ordering::Relaxed);
                    return other;
                }
            }
        }
        Err(last)
    }

    /// The addresses as configured, those that rest behind the others.
    fn in_order(&self) -> impl Iterator<Item = &Address> {
        let now = milliseconds(self.began.elapsed());
        let rests = move |address: &&Address| address.rests_until.load(Ordering::Relaxed) > now;
        self.addresses.iter().filter(move |address| !rests(address)).chain(self.addresses.iter().filter(rests))
    }

    async fn send_to(&self, url: &Url, call: &Call<'_>, deadline: Instant) -> Result<Bytes, Trouble> {
        let message_id =
            format!("urn:kapia:host:{}:{}", std::process::id(), self.calls.fetch_add(1, Ordering::Relaxed));
        let message = call.write(self.binding, url.as_str(), &message_id);
        let url = if message.relative.is_empty() { Ok(url.clone()) } else { url.join(&message.relative) };
        let url = url.map_err(|_| Trouble::UnknownAdapter)?;
        let request = if message.is_get { self.client.get(url) } else { self.client.post(url) };
        let mut request = request.header(ACCEPT, self.accepted());
        if !message.is_get {
            request = request.header(CONTENT_TYPE, self.binding.content_type()).body(message.body);
        }
        if let Some(action) = message.soap_action {
            request = request.header("SOAPAction", action);
        }
        let exchange = async {
            let response = request.send().await.map_err(|error| of_sending(&error))?;
            self.answer(call.function(), response).await
        };
        timeout_at(deadline.into(), exchange).await.map_err(|_| Trouble::Deadline)?
    }

    /// Without it an ASP.NET host answers in JSON (adapter-standard §3.1).
    fn accepted(&self) -> &'static str {
        match self.binding {
            Binding::Http => "application/xml",
            Binding::Wcf(version) => version.content_type(),
        }
    }

    async fn answer(&self, function: Function, response: Response) -> Result<Bytes, Trouble> {
        match response.status().as_u16() {
            200 => {}
            204 => return Ok(Bytes::new()),
            status @ 300..=399 if status != 304 => return Err(Trouble::Redirect),
            status @ (401 | 403 | 407) => return Err(Trouble::Forbidden { status }),
            404 | 405 => return Err(Trouble::UnknownAdapter),
            status @ (408 | 429 | 502 | 503 | 504) => return Err(Trouble::Unavailable { status }),
            500 if matches!(self.binding, Binding::Wcf(_)) => return Err(Trouble::SoapFault),
            status => return Err(Trouble::Status { status }),
        }
        let octets = self.body(&response_headers(&response), response).await?;
        match octets {
            Body::Whole(octets) => Ok(octets),
            Body::OtherType(octets) if octets.is_empty() && returns_nothing(function) => Ok(octets),
            Body::OtherType(_) => Err(Trouble::ContentType),
        }
    }

    async fn body(&self, headers: &HeaderMap, mut response: Response) -> Result<Body, Trouble> {
        let limit = self.limits.bytes;
        let too_large = || Trouble::TooLarge { limit };
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let fits = self.binding.takes(text(CONTENT_TYPE))
            && matches!(text(CONTENT_ENCODING).trim().to_ascii_lowercase().as_str(), "" | "identity");
        let mut octets = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Trouble::Broken)? {
            if octets.len() + chunk.len() > limit {
                return Err(too_large());
            }
            octets.extend_from_slice(&chunk);
            if !fits {
                // One octet is enough to know that there is something of another type.
                break;
            }
        }
        let octets = octets.freeze();
        Ok(if fits { Body::Whole(octets) } else { Body::OtherType(octets) })
    }
}

enum Body {
    Whole(Bytes),
    OtherType(Bytes),
}

fn response_headers(response: &Response) -> HeaderMap {
    response.headers().clone()
}

/// Functions that return nothing answer with an empty body and no type.
fn returns_nothing(function: Function) -> bool {
    matches!(function, Function::AcknowledgeResultReceived | Function::SetParameter | Function::SetParameters)
}

fn of_sending(error: &reqwest::Error) -> Trouble {
    if error.is_connect() { Trouble::Unreachable } else { Trouble::Broken }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
