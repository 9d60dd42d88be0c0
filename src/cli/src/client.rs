//! Calls over mutual TLS, as any consumer makes them.

use crate::failure::Failure;
use crate::text;
use kapia_regix::EntryPoint;
use kapia_regix::consumer::{Reply, Request};
use kapia_soap::Version;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where to call, and as whom.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Base address: scheme, host, port, and perhaps a folder.
    pub url: String,
    /// PEM: transport certificate and key; without them the call is made without a certificate.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// PEM: authority of the gateway's certificate; without it the authorities of the machine.
    pub ca: Option<PathBuf>,
}

/// A reply with what HTTP said around it.
pub(crate) struct Heard {
    /// The reply, or what stands there instead of one.
    pub reply: Result<Reply, NotAReply>,
    /// `Kapia-Code` and `Kapia-Hint`.
    pub headers: [Option<String>; 2],
    /// The octets.
    pub body: bytes::Bytes,
    /// From the first octet sent to the last one received, connection included.
    pub took: Duration,
}

/// An answer that is no envelope.
pub(crate) struct NotAReply {
    /// The HTTP status.
    pub status: u16,
}

impl Target {
    /// Sends one message: its action and its envelope.
    pub async fn call(
        &self,
        entry: EntryPoint,
        version: Version,
        (action, envelope): (String, String),
        timeout: Duration,
    ) -> Result<Heard, Failure> {
        let client = self.client(timeout)?;
        // The first random number of a process takes long to gather; that is no part of the call.
        let _ = kapia_pki::provider().secure_random.fill(&mut [0; 32]);
        let request = client
            .post(self.address(entry, version))
            .header("content-type", version.content_type())
            .header("soapaction", format!("\"{action}\""));
        let began = Instant::now();
        let response = request.body(envelope).send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status().as_u16();
        let header = |name| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers = [header("kapia-code"), header("kapia-hint")];
        let body = response.bytes().await.map_err(|error| self.unreachable(&error))?;
        let took = began.elapsed();
        let reply = Reply::read(entry, body.clone()).map_err(|_| NotAReply { status });
        Ok(Heard { reply, headers, body, took })
    }

    /// The address of a service.
    pub fn address(&self, entry: EntryPoint, version: Version) -> String {
        format!("{}{}", self.url.trim_end_matches('/'), Request::path(entry, version))
    }

    fn client(&self, timeout: Duration) -> Result<reqwest::Client, Failure> {
        let mut builder = reqwest::Client::builder().http1_only().https_only(true).timeout(timeout);
        if let Some((certificate, key)) = &self.identity {
            let mut pem = read(key)?;
            pem.push(b'\n');
            pem.extend(read(certificate)?);
            let identity = reqwest::Identity::from_pem(&pem).map_err(|error| {
                Failure::usage(text::bad_identity(certificate.display(), causes(&error)), text::bad_identity_hint())
            })?;
            builder = builder.identity(identity);
        }
        if let Some(ca) = &self.ca {
            let authorities = reqwest::Certificate::from_pem_bundle(&read(ca)?).map_err(|error| {
                Failure::usage(text::bad_identity(ca.display(), causes(&error)), text::bad_ca_hint())
            })?;
            builder = builder.tls_certs_only(authorities);
        }
        // What serves on this machine is not reached through a proxy.
        if ["https://localhost", "https://127.", "https://[::1]"].iter().any(|local| self.url.starts_with(local)) {
            builder = builder.no_proxy();
        }
        builder.build().map_err(|error| Failure::usage(text::bad_client(causes(&error)), text::bad_identity_hint()))
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let cause = causes(error);
        let hint = if error.is_timeout() {
            text::timeout_hint()
        } else if cause.contains("UnknownIssuer") || cause.contains("certificate") {
            text::server_certificate_hint()
        } else if error.is_builder() {
            text::url_hint()
        } else {
            text::unreachable_hint()
        };
        Failure::connection(text::unreachable(&self.url, cause), hint)
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file)
        .map_err(|error| Failure::usage(text::unreadable(file.display(), error), text::unreadable_hint()))
}

/// The innermost cause says what happened; what is around it says only that something did.
fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
