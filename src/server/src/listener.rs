//! Accepting connections, within limits, until told to stop.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::connection;
use crate::exchange::Listener;
use crate::metrics::TurnedAway;
use crate::server::Shared;

/// Accepts until `drain` turns true; then gives back the connections that still live.
pub(crate) async fn accept(
    shared: Arc<Shared>,
    (listener, kind): (TcpListener, Listener),
    mut drain: watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut connections = JoinSet::new();
    let told = drain.clone();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = drain.wait_for(|draining| *draining) => return connections,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, address)) => match Place::take(&shared, address.ip()) {
                Ok(place) => {
                    let (shared, told) = (shared.clone(), told.clone());
                    connections.spawn(async move {
                        connection::serve(shared, socket, (address, kind), told).await;
                        drop(place);
                    });
                }
                Err(why) => shared.metrics.turned_away(why),
            },
            // Such as too many open files: accepting at once again would only burn the processor.
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// How many connections each address has.
#[derive(Default)]
pub(crate) struct Addresses(Mutex<HashMap<IpAddr, usize>>);

/// A connection's place among the allowed ones, given back when dropped.
struct Place {
    shared: Arc<Shared>,
    address: IpAddr,
}

impl Place {
    fn take(shared: &Arc<Shared>, address: IpAddr) -> Result<Self, TurnedAway> {
        let limits = &shared.config.limits;
        if shared.metrics.connections() >= limits.connections as u64 {
            return Err(TurnedAway::Full);
        }
        let address = neighbourhood(address);
        let mut counts = shared.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= limits.connections_per_address {
            return Err(TurnedAway::AddressFull);
        }
        *count += 1;
        drop(counts);
        shared.metrics.connection_opened();
        Ok(Self { shared: shared.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.metrics.connection_closed();
        let mut counts = self.shared.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// One site usually has a whole /64 of IPv6; IPv4 mapped into IPv6 is IPv4.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        four => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_site_count_together() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
