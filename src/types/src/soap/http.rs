//! A transport over HTTP with mutual TLS.

use super::{Reply, Request, Transport};
use std::io;

/// One address of a service.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    address: String,
}

impl Http {
    /// An address that is asked with a client of one's own.
    pub fn new(address: impl Into<String>, client: reqwest::Client) -> Http {
        Http { client, address: address.into() }
    }

    /// An address that is asked over mutual TLS: the authority to trust, and certificate and key to show, all in PEM.
    pub fn mutual(address: impl Into<String>, authority: &[u8], identity: &[u8]) -> io::Result<Http> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([reqwest::Certificate::from_pem(authority).map_err(io::Error::other)?])
            .identity(reqwest::Identity::from_pem(identity).map_err(io::Error::other)?)
            .build()
            .map_err(io::Error::other)?;
        Ok(Http::new(address, client))
    }
}

impl Transport for Http {
    async fn post(&self, request: Request) -> io::Result<Reply> {
        let mut post = self.client.post(&self.address);
        for (name, value) in request.headers() {
            post = post.header(name, value);
        }
        let reply = post.body(request.body).send().await.map_err(|error| io::Error::other(error.without_url()))?;
        let status = reply.status().as_u16();
        let body = reply.bytes().await.map_err(|error| io::Error::other(error.without_url()))?;
        Ok(Reply { status, body: body.to_vec() })
    }
}
