//! Listeners, TLS, limits, health, and metrics.
//!
//! Every request on the public listener becomes one call of [`Exchange::exchange`]; this crate knows neither SOAP nor SQL nor
//! RegiX. What it refuses itself (a body too large, broken framing, …) it lets the exchange put into words: [`Exchange::refuse`].
//!
//! The way of a connection: `listener` accepts and counts it, `tls` shakes hands, `connection` lets hyper speak HTTP/1.1 over a
//! `wire` that watches framing and time, and `request` turns each request into a call.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod admin;
mod answering;
mod config;
mod connection;
mod error;
mod exchange;
mod framing;
mod listener;
mod metrics;
mod outbound;
mod proxy;
mod request;
mod server;
mod stream;
mod tls;
mod wire;

pub use config::{FurtherListener, Limits, ServerConfig, ServiceBusConfig, TlsConfig};
pub use error::ServerError;
pub use exchange::{AdminPage, Exchange, Head, Inbound, Listener, Outbound, Peer, Refusal};
pub use hyper::{HeaderMap, Method};
pub use outbound::{
    AllowedHosts, Delivered, OutboundClient, OutboundConfig, OutboundError, Resolve, Step, SystemResolver, Target,
};
pub use proxy::{ForwardedIdentity, Network, NetworkError, ProxyConfig};
pub use server::{Handle, Served, Server};
