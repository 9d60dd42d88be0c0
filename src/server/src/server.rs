//! The server as a whole: bind, serve, reload, drain.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::admin;
use crate::config::{Limits, ServerConfig};
use crate::error::ServerError;
use crate::exchange::{Exchange, Listener};
use crate::listener::{self, Addresses};
use crate::metrics::Metrics;
use crate::tls::Tls;

/// A server whose addresses are bound and whose certificates are loaded.
pub struct Server {
    shared: Arc<Shared>,
    listeners: Vec<TcpListener>,
    addresses: Vec<SocketAddr>,
    plain: Vec<(TcpListener, SocketAddr)>,
    service_bus: Vec<(TcpListener, SocketAddr)>,
    further: Vec<(usize, TcpListener, SocketAddr)>,
    admin: Option<(TcpListener, SocketAddr)>,
}

/// What connections, requests and the admin listener share.
pub(crate) struct Shared {
    pub(crate) config: ServerConfig,
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) tls: ArcSwap<Tls>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) addresses: Addresses,
    draining: watch::Sender<bool>,
    generations: AtomicU64,
    /// When operators were last told of headers that are not believed, in Unix time.
    warned: AtomicI64,
}

/// How often operators are told of it at most, in seconds: whoever writes such headers must not write the log.
const WARN_EVERY: u64 = 10;

impl Shared {
    /// Whether operators may be told again that somebody writes headers that are not believed.
    pub(crate) fn may_warn(&self, now: OffsetDateTime) -> bool {
        let (now, last) = (now.unix_timestamp(), self.warned.load(Ordering::Relaxed));
        now.abs_diff(last) >= WARN_EVERY
            && self.warned.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    pub(crate) fn draining(&self) -> bool {
        *self.draining.borrow()
    }

    pub(crate) fn ready(&self) -> Result<(), String> {
        if self.draining() {
            return Err("the server is stopping".to_owned());
        }
        let tls = self.tls.load();
        tls.identity.check(OffsetDateTime::now_utc()).map_err(|error| error.to_string())?;
        self.exchange.ready()
    }
}

/// What a server has done in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// Requests answered, refusals included.
    pub requests: u64,
    /// Connections that were cut because they had not ended when the drain was over.
    pub cut_connections: usize,
    /// Calls of the exchange that had not ended when the drain was over.
    pub unfinished: u64,
    /// How long the drain took.
    pub drain: Duration,
}

impl Server {
    /// Loads certificates and binds all addresses; port 0 takes a free port.
    ///
    /// # Errors
    /// Certificates or keys cannot be used, an address cannot be bound, the admin listener is not on loopback, or a limit is zero.
    pub async fn bind(config: ServerConfig, exchange: Arc<dyn Exchange>) -> Result<Self, ServerError> {
        check(&config.limits)?;
        if config.listen.is_empty() && config.plain_listen.is_empty() {
            return Err(ServerError::NoListener);
        }
        if let Some(address) = config.admin_listen
            && !address.ip().to_canonical().is_loopback()
            && !config.admin_beyond_loopback
        {
            return Err(ServerError::AdminBeyondLoopback(address));
        }
        if config.service_bus.as_ref().is_some_and(|bus| bus.listen.is_empty() || bus.certificates.is_empty()) {
            return Err(ServerError::ServiceBus);
        }
        let tls = Tls::load(&config, 0)?;
        let mut listeners = Vec::with_capacity(config.listen.len());
        let mut addresses = Vec::with_capacity(config.listen.len());
        for &address in &config.listen {
            let (listener, address) = listen(address).await?;
            tracing::info!(%address, "listening");
            listeners.push(listener);
            addresses.push(address);
        }
        let mut plain = Vec::new();
        for &address in &config.plain_listen {
            let bound = listen(address).await?;
            tracing::info!(address = %bound.1, "listening without TLS");
            plain.push(bound);
        }
        let mut service_bus = Vec::new();
        for &address in config.service_bus.iter().flat_map(|bus| &bus.listen) {
            let bound = listen(address).await?;
            tracing::info!(address = %bound.1, "listening for the service bus");
            service_bus.push(bound);
        }
        let mut further = Vec::new();
        for (place, own) in config.further.iter().enumerate() {
            for &address in &own.listen {
                let (listener, address) = listen(address).await?;
                tracing::info!(%address, place, "listening, further");
                further.push((place, listener, address));
            }
        }
        let admin = match config.admin_listen {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let shared = Arc::new(Shared {
            config,
            exchange,
            tls: ArcSwap::from_pointee(tls),
            metrics: Arc::new(Metrics::default()),
            addresses: Addresses::default(),
            draining: watch::Sender::new(false),
            generations: AtomicU64::new(1),
            warned: AtomicI64::new(0),
        });
        Ok(Self { shared, listeners, addresses, plain, service_bus, further, admin })
    }

    /// The bound public addresses, in the order of the configuration.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The bound addresses without TLS, in the order of the configuration.
    pub fn plain_addresses(&self) -> Vec<SocketAddr> {
        self.plain.iter().map(|(_, address)| *address).collect()
    }

    /// The bound addresses of the service bus, in the order of the configuration.
    pub fn service_bus_addresses(&self) -> Vec<SocketAddr> {
        self.service_bus.iter().map(|(_, address)| *address).collect()
    }

    /// The bound addresses of a further listener, by its place in the configuration.
    pub fn further_addresses(&self, place: usize) -> Vec<SocketAddr> {
        self.further.iter().filter(|(known, ..)| *known == place).map(|(.., address)| *address).collect()
    }

    /// The bound admin address.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(|(_, address)| *address)
    }

    /// A handle that stays useful while the server serves.
    pub fn handle(&self) -> Handle {
        Handle { shared: self.shared.clone() }
    }

    /// Serves until `shutdown` is ready, then drains: accepts nothing more, is not ready any more, lets requests in flight end, and
    /// cuts what is left after `drain_seconds`.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Served {
        let Self { shared, listeners, plain, service_bus, further, admin, .. } = self;
        let mut background = JoinSet::new();
        if let Some((listener, _)) = admin {
            background.spawn(admin::serve(shared.clone(), listener));
        }
        let mut acceptors = JoinSet::new();
        let public = listeners.into_iter().map(|listener| (listener, Listener::Public));
        let service_bus = service_bus.into_iter().map(|(listener, _)| (listener, Listener::ServiceBus));
        let plain = plain.into_iter().map(|(listener, _)| (listener, Listener::Plain));
        let further = further.into_iter().map(|(place, listener, _)| (listener, Listener::Further(place)));
        for (listener, kind) in public.chain(plain).chain(service_bus).chain(further) {
            acceptors.spawn(listener::accept(shared.clone(), (listener, kind), shared.draining.subscribe()));
        }

        shutdown.await;
        let began = tokio::time::Instant::now();
        shared.draining.send_replace(true);
        let in_flight = shared.metrics.in_flight();
        tracing::info!(in_flight, "draining");

        let until = began + Duration::from_secs(shared.config.limits.drain_seconds);
        let mut cut_connections = 0;
        while let Some(connections) = acceptors.join_next().await {
            let Ok(mut connections) = connections else { continue };
            let ended = async { while connections.join_next().await.is_some() {} };
            if tokio::time::timeout_at(until, ended).await.is_err() {
                cut_connections += connections.len();
                connections.shutdown().await;
            }
        }
        // Calls whose client has gone have no connection to wait for.
        while shared.metrics.in_flight() > 0 {
            let tick = tokio::time::sleep(Duration::from_millis(20));
            if tokio::time::timeout_at(until, tick).await.is_err() {
                break;
            }
        }
        background.shutdown().await;
        let served = Served {
            requests: shared.metrics.answered_total(),
            cut_connections,
            unfinished: shared.metrics.in_flight(),
            drain: began.elapsed(),
        };
        tracing::info!(requests = served.requests, cut_connections, unfinished = served.unfinished, "stopped");
        served
    }
}

/// Control of a running server.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

impl Handle {
    /// Reads certificates, keys, authorities, revocation lists and proxies anew, for new connections and for the verdicts on
    /// open ones.
    ///
    /// Open connections live on; no session of before can be resumed.
    ///
    /// # Errors
    /// A file cannot be used: then everything stays as it was.
    pub fn reload(&self) -> Result<(), ServerError> {
        self.reload_with(&self.shared.config)
    }

    /// The same with other files and other proxies; listeners and limits stay as they are.
    ///
    /// # Errors
    /// As [`Handle::reload`].
    pub fn reload_with(&self, config: &ServerConfig) -> Result<(), ServerError> {
        let generation = self.shared.generations.fetch_add(1, Ordering::Relaxed);
        let fresh = Tls::load(config, generation);
        self.shared.metrics.reloaded(fresh.is_ok());
        match fresh {
            Ok(tls) => {
                self.shared.tls.store(Arc::new(tls));
                tracing::info!("certificates reloaded");
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "certificates not reloaded; the ones before go on serving");
                Err(error)
            }
        }
    }

    /// Whether requests can be answered now; the error is the reason that `/readyz` shows.
    ///
    /// # Errors
    /// The server is stopping, its certificate is over, or the exchange is not ready.
    pub fn ready(&self) -> Result<(), String> {
        self.shared.ready()
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServerError> {
    let refused = |cause| ServerError::Bind { address, cause };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound))
}

fn check(limits: &Limits) -> Result<(), ServerError> {
    let zero = [
        (limits.body_bytes == 0, "body_bytes"),
        (limits.bodies_bytes == 0, "bodies_bytes"),
        (limits.strangers_bodies_bytes == 0, "strangers_bodies_bytes"),
        (limits.body_seconds == 0, "body_seconds"),
        (limits.body_grace_seconds == 0, "body_grace_seconds"),
        (limits.body_bytes_per_second == 0, "body_bytes_per_second"),
        (limits.header_bytes == 0, "header_bytes"),
        (limits.headers == 0, "headers"),
        (limits.header_seconds == 0, "header_seconds"),
        (limits.handshake_seconds == 0, "handshake_seconds"),
        (limits.idle_seconds == 0, "idle_seconds"),
        (limits.write_seconds == 0, "write_seconds"),
        (limits.connections == 0, "connections"),
        (limits.connections_per_address == 0, "connections_per_address"),
    ];
    match zero.iter().find(|(zero, _)| *zero) {
        Some((_, name)) => Err(ServerError::ZeroLimit(name)),
        None => Ok(()),
    }
}
