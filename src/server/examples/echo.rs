//! A server that answers every request with what it has seen: for trying clients against TLS and HTTP alone.
//!
//! `cargo run -p kapia-server --example echo -- FOLDER [PORT]` makes example certificates in FOLDER/certs, listens on
//! 127.0.0.1:PORT (8443), reloads on SIGHUP and drains on SIGINT or SIGTERM.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use kapia_pki::{ExampleAuthority, Names};
use kapia_server::{Exchange, Head, Inbound, Outbound, Refusal, Server, ServerConfig};
use tokio::signal::unix::{SignalKind, signal};

struct Echo;

#[async_trait]
impl Exchange for Echo {
    async fn exchange(&self, inbound: Inbound) -> Outbound {
        let verdict = inbound.peer.shown.certificate().map_or("none", |shown| shown.chain.code());
        let text = format!(
            "certificate: {verdict}\nrequest: {} {}\nbody: {} bytes\n",
            inbound.head.method,
            inbound.head.path,
            inbound.body.len()
        );
        Outbound {
            status: 200,
            content_type: "text/plain; charset=utf-8",
            body: text.into_bytes().into(),
            headers: Vec::new(),
        }
    }

    fn refuse(&self, refusal: Refusal, _: &Head) -> Outbound {
        Outbound {
            status: refusal.status(),
            content_type: "text/plain; charset=utf-8",
            body: format!("refused: {}\n", refusal.code()).into_bytes().into(),
            headers: Vec::new(),
        }
    }

    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn metrics(&self, _: &mut String) {}
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "example".to_owned()));
    let port = arguments.next().map_or(Ok(8443), |port| port.parse())?;
    let made = ExampleAuthority::create(&folder, &Names::default(), time::OffsetDateTime::now_utc())?;

    let mut config =
        ServerConfig { listen: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))], ..ServerConfig::default() };
    config.tls.certificate = made.server.certificate;
    config.tls.key = made.server.key;
    config.tls.client_authorities = vec![made.ca.certificate];
    let server = Server::bind(config, Arc::new(Echo)).await?;
    println!("serving on {:?}, admin on {:?}", server.addresses(), server.admin_address());

    let handle = server.handle();
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            println!("reload: {:?}", handle.reload().map_err(|error| error.to_string()));
        }
    });
    let mut terminate = signal(SignalKind::terminate())?;
    let served = server
        .serve(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        })
        .await;
    println!("{served:?}");
    Ok(())
}
