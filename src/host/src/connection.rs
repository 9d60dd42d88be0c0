//! Sending a call to a host and reading its answer: within a deadline, within a size, nowhere else than configured.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use kapia_http::{Answer, Client, Head, Read, UnusableIdentity};
use kapia_regix::host::{Binding, Call, Function, read_fault};
use kapia_xml::{Document, Limits};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};

use crate::settings::Settings;
use crate::trouble::Trouble;

/// How long an address that could not be reached is asked only after all others.
const REST: Duration = Duration::from_secs(10);

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
    pub(crate) fn new(settings: &Settings) -> Result<Connection, UnusableIdentity> {
        let client = Client::new(&kapia_http::Settings {
            identity: settings.identity.clone(),
            authorities: settings.authorities.clone(),
            connect: settings.connect,
            answer_bytes: settings.answer_bytes,
        })?;
        let address = |url: &Url| Address { url: url.clone(), rests_until: AtomicU64::new(0) };
        Ok(Connection {
            client,
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
        let method = if message.is_get { Method::GET } else { Method::POST };
        let mut request = Request::new(method, url);
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static(self.accepted()));
        if let Some(action) = message.soap_action {
            let action = HeaderValue::from_str(&action).map_err(|_| Trouble::Elsewhere)?;
            headers.insert(HeaderName::from_static("soapaction"), action);
        }
        if !message.is_get {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.binding.content_type()));
            *request.body_mut() = Some(message.body.into());
        }
        let answer = self.client.send(request, deadline, |head| self.reading(head)).await?;
        self.answer(call.function(), answer)
    }

    /// Without it an ASP.NET host answers in JSON (adapter-standard §3.1).
    fn accepted(&self) -> &'static str {
        match self.binding {
            Binding::Http => "application/xml",
            Binding::Wcf(version) => version.content_type(),
        }
    }

    fn reading(&self, head: &Head) -> Read {
        match head.status {
            200 if self.binding.takes(&head.content_type) && !head.encoded => Read::Whole,
            // One octet is enough to know that there is something of another type.
            200 => Read::Begin,
            _ => Read::Nothing,
        }
    }

    fn answer(&self, function: Function, answer: Answer) -> Result<Bytes, Trouble> {
        match answer.head.status {
            200 => {}
            204 => return Ok(Bytes::new()),
            status @ 300..=399 if status != 304 => return Err(Trouble::Redirect),
            status @ (401 | 403 | 407) => return Err(Trouble::Forbidden { status }),
            404 | 405 => return Err(Trouble::UnknownAdapter),
            status @ (408 | 429 | 502 | 503 | 504) => return Err(Trouble::Unavailable { status }),
            500 if matches!(self.binding, Binding::Wcf(_)) => return Err(Trouble::SoapFault),
            status => return Err(Trouble::Status { status }),
        }
        match answer.read {
            Read::Whole => Ok(answer.octets),
            _ if answer.octets.is_empty() && returns_nothing(function) => Ok(answer.octets),
            _ => Err(Trouble::ContentType),
        }
    }
}

/// Functions that return nothing answer with an empty body and no type.
fn returns_nothing(function: Function) -> bool {
    matches!(function, Function::AcknowledgeResultReceived | Function::SetParameter | Function::SetParameters)
}

impl From<kapia_http::Trouble> for Trouble {
    fn from(trouble: kapia_http::Trouble) -> Trouble {
        match trouble {
            kapia_http::Trouble::Unreachable | kapia_http::Trouble::Untrusted(_) => Trouble::Unreachable,
            kapia_http::Trouble::Broken => Trouble::Broken,
            kapia_http::Trouble::Deadline => Trouble::Deadline,
            kapia_http::Trouble::TooLarge { limit } => Trouble::TooLarge { limit },
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
