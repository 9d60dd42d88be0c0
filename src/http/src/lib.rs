//! Asking an HTTP server: within a deadline, within a size, nowhere else than told.
//!
//! A [`Client`] keeps connections open between calls, shows a certificate if it was given one, believes only the
//! authorities it was given, follows no redirects and no proxies of the environment. What it reads of an answer is decided
//! by whoever asks, when status and type are known ([`Read`]).
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

use std::error::Error;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Request, Response};
use tokio::time::timeout_at;

/// How long a connection may rest between calls.
const IDLE: Duration = Duration::from_secs(60);

/// What a client is made of.
#[derive(Clone, Default)]
pub struct Settings {
    /// The private key and the certificate with its chain, PEM: what a server is shown.
    pub identity: Option<Vec<u8>>,
    /// PEM: who may have issued the certificate of a server; else the platform's.
    pub authorities: Option<Vec<u8>>,
    /// Reaching an address and greeting it.
    pub connect: Duration,
    /// The largest answer that is read, in octets.
    pub answer_bytes: usize,
}

/// Certificate, key or authorities cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnusableIdentity;

/// Connections to servers.
#[derive(Clone)]
pub struct Client {
    client: reqwest::Client,
    largest: usize,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No connection, so nothing of the request can have arrived.
    Unreachable,
    /// Somebody is there, and their certificate is not believed; nothing of the request was sent.
    Untrusted(Mistrust),
    /// The connection ended before the answer did.
    Broken,
    /// Time is over.
    Deadline,
    /// The answer is larger than what is read.
    TooLarge {
        /// Octets.
        limit: usize,
    },
}

/// Why the certificate of a server is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistrust {
    /// It is for other names than the one in the address.
    Name,
    /// Nobody who is believed has issued it.
    Issuer,
    /// It has expired or is not valid yet.
    Time,
    /// It is revoked, for another purpose, or cannot be judged.
    Other,
}

/// What is known of an answer before it is read.
#[derive(Clone, Debug)]
pub struct Head {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`, empty if there is none.
    pub content_type: String,
    /// Whether the body is compressed or otherwise encoded, which nobody asked for.
    pub encoded: bool,
    /// `Retry-After` in seconds, if it is a number (RFC 9110 §10.2.3).
    pub retry_after: Option<u64>,
    /// `Location`, empty if there is none: nobody goes there.
    pub location: String,
}

/// How much of a body is of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Everything, within the limit.
    Whole,
    /// Only whether there is anything: the first piece.
    Begin,
    /// Nothing; the connection is given up.
    Nothing,
}

/// An answer, as far as it was read.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status and type.
    pub head: Head,
    /// How much was read.
    pub read: Read,
    /// The octets.
    pub octets: Bytes,
}

impl Client {
    /// Prepares to ask; opens no connection yet.
    pub fn new(settings: &Settings) -> Result<Client, UnusableIdentity> {
        let mut builder = reqwest::Client::builder()
            .http1_only()
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(settings.connect)
            .pool_idle_timeout(IDLE)
            .tcp_nodelay(true);
        if let Some(identity) = &settings.identity {
            builder = builder.identity(reqwest::Identity::from_pem(identity).map_err(|_| UnusableIdentity)?);
        }
        if let Some(authorities) = &settings.authorities {
            let bundle = reqwest::Certificate::from_pem_bundle(authorities).map_err(|_| UnusableIdentity)?;
            if bundle.is_empty() {
                return Err(UnusableIdentity);
            }
            builder = builder.tls_certs_only(bundle);
        }
        let client = builder.build().map_err(|_| UnusableIdentity)?;
        Ok(Client { client, largest: settings.answer_bytes })
    }

    /// Sends a request and reads as much of its answer as `choose` says, before the deadline.
    pub async fn send(
        &self,
        request: Request,
        deadline: Instant,
        choose: impl Fn(&Head) -> Read,
    ) -> Result<Answer, Trouble> {
        let exchange = async {
            let sent = self.client.execute(request).await;
            let response = sent.map_err(|error| match (mistrust(&error), error.is_connect()) {
                (Some(mistrust), _) => Trouble::Untrusted(mistrust),
                (None, true) => Trouble::Unreachable,
                (None, false) => Trouble::Broken,
            })?;
            let head = head(&response);
            let read = choose(&head);
            let octets = self.body(response, read).await?;
            Ok(Answer { head, read, octets })
        };
        timeout_at(deadline.into(), exchange).await.map_err(|_| Trouble::Deadline)?
    }

    async fn body(&self, mut response: Response, read: Read) -> Result<Bytes, Trouble> {
        let too_large = Trouble::TooLarge { limit: self.largest };
        if read == Read::Nothing {
            return Ok(Bytes::new());
        }
        if response.content_length().is_some_and(|length| length > self.largest as u64) {
            return Err(too_large);
        }
        let mut octets = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Trouble::Broken)? {
            if octets.len().saturating_add(chunk.len()) > self.largest {
                return Err(too_large);
            }
            octets.extend_from_slice(&chunk);
            if read == Read::Begin {
                break;
            }
        }
        Ok(octets.freeze())
    }
}

fn head(response: &Response) -> Head {
    let encoding = text(response.headers(), CONTENT_ENCODING.as_str()).trim().to_ascii_lowercase();
    Head {
        status: response.status().as_u16(),
        content_type: text(response.headers(), CONTENT_TYPE.as_str()).to_owned(),
        encoded: !matches!(encoding.as_str(), "" | "identity"),
        retry_after: text(response.headers(), RETRY_AFTER.as_str()).trim().parse().ok(),
        location: text(response.headers(), LOCATION.as_str()).trim().to_owned(),
    }
}

/// Whether it was the certificate of the server: rustls says so, some layers down.
fn mistrust(error: &(dyn Error + 'static)) -> Option<Mistrust> {
    if let Some(rustls::Error::InvalidCertificate(cause)) = error.downcast_ref() {
        use rustls::CertificateError as Cause;
        return Some(match cause {
            Cause::NotValidForName | Cause::NotValidForNameContext { .. } => Mistrust::Name,
            Cause::UnknownIssuer => Mistrust::Issuer,
            Cause::Expired | Cause::ExpiredContext { .. } | Cause::NotValidYet | Cause::NotValidYetContext { .. } => {
                Mistrust::Time
            }
            _ => Mistrust::Other,
        });
    }
    // An io::Error passes over what it holds when it is asked for its source.
    let held = error.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref());
    held.and_then(|held| mistrust(held)).or_else(|| error.source().and_then(mistrust))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
