//! The one place that sends HTTP to an address that a consumer named.
//!
//! A [`Target`] is an address whose form is plain and whose host stands in the consumer's list; there is no other way to make
//! one, and nothing else can be posted to. [`OutboundClient::post`] resolves the host once, refuses unless every address it got is one
//! that may be reached, and connects to one of exactly these: a second answer of the name server is never asked for. The
//! certificate must be the host's. Redirects are not followed, proxies of the environment are not used, and no log line or
//! error says more of an address than its host.

mod address;
mod error;
mod target;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Body as _;
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use kapia_pki::ServerIdentity;
use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

pub use error::{OutboundError, Step};
pub use target::{AllowedHosts, Target};

use crate::error::ServerError;
use address::Reach;

/// How many of a host's addresses are tried.
const ADDRESSES: usize = 8;
/// The largest head of an answer.
const HEAD_BYTES: usize = 64 * 1024;
const HEAD_FIELDS: usize = 100;

/// What an operator can set about outgoing calls; durations in seconds, sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboundConfig {
    /// The certificate that the gateway shows, followed by its issuers (PEM); none shows none.
    pub certificate: Option<PathBuf>,
    /// Its private key (PEM).
    pub key: Option<PathBuf>,
    /// The authorities that issue the receivers' certificates (PEM); empty trusts those of the platform.
    pub authorities: Vec<PathBuf>,
    /// The longest that finding, reaching and greeting a receiver may take.
    pub connect_seconds: u64,
    /// The longest that all of a delivery may take.
    pub total_seconds: u64,
    /// The largest answer that is read.
    pub answer_bytes: usize,
    /// Allows addresses of private networks and of this machine; never those of the link or of a cloud's metadata service.
    pub private_addresses_allowed: bool,
    /// Allows `http:` addresses.
    pub plain_http_allowed: bool,
}

impl Default for OutboundConfig {
    fn default() -> Self {
        Self {
            certificate: None,
            key: None,
            authorities: Vec::new(),
            connect_seconds: 10,
            total_seconds: 60,
            answer_bytes: 1024 * 1024,
            private_addresses_allowed: false,
            plain_http_allowed: false,
        }
    }
}

/// Finds the addresses of a host.
#[async_trait]
pub trait Resolve: Send + Sync + 'static {
    /// All addresses of the host; the port is that of the target.
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

/// What a receiver answered: any status but a redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// HTTP status.
    pub status: u16,
    /// Body, as it was sent.
    pub body: Bytes,
    /// Seconds that the receiver asks to wait before another attempt, if it says so in seconds.
    pub retry_after: Option<u64>,
}

/// Sends to the addresses that consumers named; made anew when its settings or files change.
pub struct OutboundClient {
    config: OutboundConfig,
    tls: TlsConnector,
    resolver: Arc<dyn Resolve>,
}

impl OutboundClient {
    /// Reads the certificate files.
    ///
    /// # Errors
    /// A file cannot be used, no authority is trusted, only one of certificate and key is set, or a limit is 0.
    pub fn new(config: OutboundConfig) -> Result<Self, ServerError> {
        Self::with_resolver(config, Arc::new(SystemResolver))
    }

    /// The same with another resolver.
    ///
    /// # Errors
    /// As [`OutboundClient::new`].
    pub fn with_resolver(config: OutboundConfig, resolver: Arc<dyn Resolve>) -> Result<Self, ServerError> {
        let limits = [("connect_seconds", config.connect_seconds), ("total_seconds", config.total_seconds)];
        if let Some((name, _)) = limits.iter().find(|(_, limit)| *limit == 0) {
            return Err(ServerError::ZeroLimit(name));
        }
        let tls = TlsConnector::from(Arc::new(tls(&config)?));
        Ok(Self { config, tls, resolver })
    }

    /// Reads an address by these settings and a consumer's list; touches no network.
    ///
    /// # Errors
    /// The form is not plain, or the host is not in the list.
    pub fn target(&self, url: &str, allowed: &AllowedHosts) -> Result<Target, OutboundError> {
        Target::parse(url, allowed, self.config.plain_http_allowed)
    }

    /// Posts once, to one address; whether it was received is certain only if this returns `Ok`.
    ///
    /// `headers` are sent as they are, except those that belong to the connection.
    ///
    /// # Errors
    /// Any of [`OutboundError`]; [`OutboundError::is_passing`] tells whether another attempt can help.
    pub async fn post(&self, target: &Target, body: Bytes, headers: HeaderMap) -> Result<Delivered, OutboundError> {
        let octets = body.len();
        let result = self.deliver(target, body, headers).await;
        let (host, port) = (target.host(), target.port());
        match &result {
            Ok(delivered) => tracing::info!(host, port, status = delivered.status, octets, "posted"),
            Err(error) => tracing::warn!(host, port, code = error.code(), octets, %error, "not posted"),
        }
        result
    }

    async fn deliver(&self, target: &Target, body: Bytes, headers: HeaderMap) -> Result<Delivered, OutboundError> {
        let start = Instant::now();
        let total = start + Duration::from_secs(self.config.total_seconds);
        let connected = total.min(start + Duration::from_secs(self.config.connect_seconds));
        let addresses = within(connected, Step::Resolve, target, self.addresses(target)).await??;
        let stream = self.connect(target, &addresses, connected).await?;
        within(total, Step::Answer, target, self.exchange(target, stream, body, headers)).await?
    }

    /// All addresses of the host, if every one of them may be reached.
    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, OutboundError> {
        let host = target.host();
        let found = self.resolver.resolve(host, target.port()).await;
        let found = found.map_err(|cause| OutboundError::Resolve { host: host.into(), cause: cause.to_string() })?;
        for address in &found {
            match Reach::of(address.ip()) {
                Reach::Public => {}
                Reach::Private if self.config.private_addresses_allowed => {}
                Reach::Private => return Err(OutboundError::PrivateAddress { host: host.into() }),
                Reach::Never(range) => return Err(OutboundError::ForbiddenAddress { host: host.into(), range }),
            }
        }
        if found.is_empty() {
            return Err(OutboundError::Resolve { host: host.into(), cause: "no address".to_owned() });
        }
        Ok(found.into_iter().map(|address| SocketAddr::new(address.ip(), target.port())).take(ADDRESSES).collect())
    }

    /// The first address that can be reached, and the handshake there; each gets an equal part of the time that is left.
    async fn connect(
        &self,
        target: &Target,
        addresses: &[SocketAddr],
        deadline: Instant,
    ) -> Result<Box<dyn Stream>, OutboundError> {
        let mut last = OutboundError::Timeout { host: target.host().into(), step: Step::Connect };
        for (tried, address) in addresses.iter().enumerate() {
            let left = deadline.saturating_duration_since(Instant::now());
            let part = left / u32::try_from(addresses.len() - tried).unwrap_or(1);
            match within(Instant::now() + part, Step::Connect, target, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return within(deadline, Step::Handshake, target, self.greet(target, stream)).await?,
                Ok(Err(cause)) => {
                    last = OutboundError::Connect { host: target.host().into(), cause: cause.kind().to_string() };
                }
                Err(late) => last = late,
            }
        }
        Err(last)
    }

    async fn greet(&self, target: &Target, stream: TcpStream) -> Result<Box<dyn Stream>, OutboundError> {
        // A small request should not wait for an acknowledgement of its head; without it, it is only slower.
        let _ = stream.set_nodelay(true);
        if !target.is_https() {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(target.host().to_owned()).map_err(|_| OutboundError::Host)?;
        match self.tls.connect(name, stream).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(OutboundError::of_handshake(target.host(), &error)),
        }
    }

    async fn exchange(
        &self,
        target: &Target,
        stream: Box<dyn Stream>,
        body: Bytes,
        headers: HeaderMap,
    ) -> Result<Delivered, OutboundError> {
        let broken = |error: hyper::Error| OutboundError::of_exchange(target.host(), &error);
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(HEAD_BYTES)
            .max_headers(HEAD_FIELDS)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        // Ends with this future, however that ends.
        let mut driver = JoinSet::new();
        driver.spawn(connection);
        let response = sender.send_request(request(target, body, headers)?).await.map_err(broken)?;
        let status = response.status().as_u16();
        if (300..400).contains(&status) {
            return Err(OutboundError::Redirect { host: target.host().into(), status });
        }
        let retry_after = retry_after(&response);
        let body = self.body(target, response).await?;
        Ok(Delivered { status, body, retry_after })
    }

    async fn body(&self, target: &Target, response: Response<hyper::body::Incoming>) -> Result<Bytes, OutboundError> {
        let limit = self.config.answer_bytes;
        let too_large = || OutboundError::TooLarge { host: target.host().into(), limit };
        if response.body().size_hint().lower() > limit as u64 {
            return Err(too_large());
        }
        match Limited::new(response.into_body(), limit).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
            Err(error) => Err(OutboundError::of_exchange(target.host(), error.as_ref())),
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn within<F: Future>(
    deadline: Instant,
    step: Step,
    target: &Target,
    future: F,
) -> Result<F::Output, OutboundError> {
    timeout_at(deadline, future).await.map_err(|_| OutboundError::Timeout { host: target.host().into(), step })
}

fn request(target: &Target, body: Bytes, mut headers: HeaderMap) -> Result<Request<Full<Bytes>>, OutboundError> {
    for name in [header::TRANSFER_ENCODING, header::EXPECT, header::UPGRADE, header::TE] {
        headers.remove(name);
    }
    // Said in any case: some receivers answer a POST without it with 411.
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    let host = HeaderValue::from_str(&target.host_header()).map_err(|_| OutboundError::Host)?;
    headers.insert(header::HOST, host);
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = hyper::Method::POST;
    *request.uri_mut() = target.path().clone().into();
    *request.headers_mut() = headers;
    Ok(request)
}

fn retry_after<B>(response: &Response<B>) -> Option<u64> {
    response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

fn tls(config: &OutboundConfig) -> Result<ClientConfig, ServerError> {
    let refused = |error: rustls::Error| ServerError::Tls(error.to_string());
    let builder = ClientConfig::builder_with_provider(kapia_pki::provider())
        .with_safe_default_protocol_versions()
        .map_err(refused)?
        .with_root_certificates(roots(config)?);
    let mut tls = match (&config.certificate, &config.key) {
        (Some(certificate), Some(key)) => {
            let identity = ServerIdentity::load(certificate, key)?;
            let certified = CertifiedKey::clone(identity.certified());
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified)))
        }
        (None, None) => builder.with_no_client_auth(),
        _ => return Err(ServerError::Tls("outgoing calls have one of certificate and key, but not both".to_owned())),
    };
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Deliveries are rare, and a receiver is judged anew each time.
    tls.resumption = Resumption::disabled();
    Ok(tls)
}

fn roots(config: &OutboundConfig) -> Result<RootCertStore, ServerError> {
    let mut roots = RootCertStore::empty();
    for path in &config.authorities {
        for authority in kapia_pki::read_certificates(path)? {
            roots.add(authority).map_err(|error| ServerError::Tls(format!("{}: {error}", path.display())))?;
        }
    }
    if config.authorities.is_empty() {
        // Platforms hold some roots that are too old to be read; what matters is that the others are there.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if roots.is_empty() {
        let cause = "no authority is trusted for outgoing calls: the platform has none, set authorities";
        return Err(ServerError::Tls(cause.to_owned()));
    }
    Ok(roots)
}
