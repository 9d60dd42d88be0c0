//! What an operator can set, with defaults that suit the known clients (wild-clients §3 rules 17 to 19).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::proxy::ProxyConfig;

/// Listeners, certificates and limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Where consumers connect, with TLS.
    pub listen: Vec<SocketAddr>,
    /// Where health and metrics are served, without TLS; none switches them off.
    pub admin_listen: Option<SocketAddr>,
    /// Allows `admin_listen` to be reachable from other machines.
    pub admin_beyond_loopback: bool,
    /// Where requests come in without TLS: for cores of adapter hosts, on a network that somebody else protects.
    pub plain_listen: Vec<SocketAddr>,
    /// Certificates.
    pub tls: TlsConfig,
    /// Proxies in front of us that are believed.
    pub proxies: Vec<ProxyConfig>,
    /// The listener of the service bus; none by default.
    pub service_bus: Option<ServiceBusConfig>,
    /// Further listeners with TLS, each with a meaning of its own to who answers; none by default.
    pub further: Vec<FurtherListener>,
    /// Limits.
    pub limits: Limits,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: vec![SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 8443)],
            admin_listen: Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9443)),
            admin_beyond_loopback: false,
            plain_listen: Vec::new(),
            tls: TlsConfig::default(),
            proxies: Vec::new(),
            service_bus: None,
            further: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// Certificate files, all PEM; read at start and on every reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// The server's certificate, followed by its issuers.
    pub certificate: PathBuf,
    /// The server's private key.
    pub key: PathBuf,
    /// The authorities that issue consumer certificates.
    pub client_authorities: Vec<PathBuf>,
    /// Revocation lists of these authorities.
    pub revocation_lists: Vec<PathBuf>,
    /// Refuses an untrusted client certificate in the handshake instead of answering it in words.
    pub strict_handshake: bool,
}

impl Default for TlsConfig {
    fn default() -> Self {
        Self {
            certificate: PathBuf::from("certs/server.pem"),
            key: PathBuf::from("certs/server-key.pem"),
            client_authorities: vec![PathBuf::from("certs/ca.pem")],
            revocation_lists: Vec::new(),
            strict_handshake: false,
        }
    }
}

/// The service bus: a listener of its own, with the server's certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceBusConfig {
    /// Where it connects, with TLS.
    pub listen: Vec<SocketAddr>,
    /// Its own certificates, PEM; nobody else is served there.
    pub certificates: Vec<PathBuf>,
}

/// A listener with TLS and the server's certificate, for others than consumers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FurtherListener {
    /// Addresses with port.
    pub listen: Vec<SocketAddr>,
    /// Whether clients are asked for a certificate: browsers then ask their users, who have none to give.
    #[serde(default)]
    pub asks_for_certificate: bool,
}

/// Limits on what a peer may take: sizes in bytes, durations in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The largest request body.
    pub body_bytes: u64,
    /// All request bodies that are held in memory at one time; a call in work may hold some five times its body.
    pub bodies_bytes: u64,
    /// The part of `bodies_bytes` that peers without a trusted certificate may hold together, so that they cannot take
    /// the room of those who have one.
    pub strangers_bodies_bytes: u64,
    /// The longest a body may take.
    pub body_seconds: u64,
    /// How long a body may be slower than `body_bytes_per_second`.
    pub body_grace_seconds: u64,
    /// The slowest a body may arrive on average, after the grace.
    pub body_bytes_per_second: u64,
    /// The largest request head.
    pub header_bytes: usize,
    /// How many headers a request may have.
    pub headers: usize,
    /// The longest a request head may take, from its first byte.
    pub header_seconds: u64,
    /// The longest a TLS handshake may take.
    pub handshake_seconds: u64,
    /// How long a connection may rest between requests.
    pub idle_seconds: u64,
    /// How long a peer may take to read on in an answer (64 KiB at most lie ready for it at one time).
    pub write_seconds: u64,
    /// Connections at one time.
    pub connections: usize,
    /// Connections at one time from one IP address; consumers behind one proxy share an address.
    pub connections_per_address: usize,
    /// How long a drain waits for requests in flight.
    pub drain_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 26 * 1024 * 1024,
            bodies_bytes: 512 * 1024 * 1024,
            strangers_bodies_bytes: 128 * 1024 * 1024,
            body_seconds: 300,
            body_grace_seconds: 20,
            body_bytes_per_second: 1024,
            header_bytes: 32 * 1024,
            headers: 100,
            header_seconds: 15,
            handshake_seconds: 15,
            idle_seconds: 75,
            write_seconds: 60,
            connections: 4096,
            connections_per_address: 1024,
            drain_seconds: 30,
        }
    }
}
