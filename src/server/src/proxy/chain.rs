//! `X-Forwarded-For`: from the connection back towards the client, as far as configured proxies vouch for it.

use std::net::{IpAddr, SocketAddr};

/// More hops than this are not followed.
const HOPS: usize = 32;

/// The address of the client as far as it is vouched for.
///
/// Each proxy appends the address that it was called from, so the last entry is what our peer says, the one before it
/// what the peer of our peer says, and so on. An entry is believed only if everybody to its right is a configured proxy;
/// the first that is not is the client. An entry that is no address ends the walk at the proxy that wrote it.
pub(crate) fn client(peer: IpAddr, forwarded_for: Option<&str>, is_proxy: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut client = peer;
    for entry in forwarded_for.unwrap_or_default().rsplit(',').take(HOPS) {
        match address(entry) {
            Some(address) if is_proxy(client) => client = address,
            _ => break,
        }
    }
    client
}

/// An entry: an address, with or without brackets and port.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim_ascii();
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = entry
        .parse::<IpAddr>()
        .ok()
        .or_else(|| entry.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .or_else(|| bracketed().map(IpAddr::V6))?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(peer: &str, forwarded: Option<&str>) -> String {
        let proxies = ["10.0.0.1", "10.0.0.2", "fd00::1"].map(|text| text.parse::<IpAddr>().unwrap());
        client(peer.parse().unwrap(), forwarded, |address| proxies.contains(&address)).to_string()
    }

    #[test]
    fn a_peer_that_is_no_proxy_is_the_client_whatever_it_says() {
        assert_eq!(walk("192.0.2.9", None), "192.0.2.9");
        assert_eq!(walk("192.0.2.9", Some("198.51.100.1")), "192.0.2.9");
        assert_eq!(walk("192.0.2.9", Some("198.51.100.1, 10.0.0.1")), "192.0.2.9");
    }

    #[test]
    fn the_walk_goes_from_the_right_through_configured_proxies_only() {
        assert_eq!(walk("10.0.0.1", Some("198.51.100.1")), "198.51.100.1");
        assert_eq!(walk("10.0.0.1", Some("198.51.100.1, 10.0.0.2")), "198.51.100.1");
        // What the client itself wrote stands further left, and is never reached.
        assert_eq!(walk("10.0.0.1", Some("203.0.113.7, 198.51.100.1")), "198.51.100.1");
        assert_eq!(walk("10.0.0.1", Some("127.0.0.1, 10.0.0.1, 198.51.100.1, 10.0.0.2")), "198.51.100.1");
    }

    #[test]
    fn an_entry_that_is_no_address_ends_the_walk_at_the_proxy_that_wrote_it() {
        for entry in ["unknown", "_hidden", "", "198.51.100.1;by=x", "1.2.3", "%31", "198.51.100.1 10.0.0.2"] {
            assert_eq!(walk("10.0.0.1", Some(entry)), "10.0.0.1", "{entry}");
            assert_eq!(walk("10.0.0.1", Some(&format!("198.51.100.1, {entry}, 10.0.0.2"))), "10.0.0.2", "{entry}");
        }
    }

    #[test]
    fn only_proxies_all_the_way_give_the_farthest_of_them() {
        assert_eq!(walk("10.0.0.1", Some("10.0.0.2, fd00::1")), "10.0.0.2");
        assert_eq!(walk("10.0.0.1", Some(&["10.0.0.1"; 100_000].join(","))), "10.0.0.1");
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_client_writes_the_address_is_one_that_a_proxy_vouches_for(
            hops in proptest::collection::vec(0_usize..6, 0..8),
            written in ".{0,80}",
        ) {
            let known = ["10.0.0.1", "10.0.0.2", "fd00::1", "198.51.100.1", "203.0.113.7", "unknown"];
            let proxies = &known[..3];
            let honest: Vec<&str> = hops.iter().map(|hop| known[*hop]).collect();
            // The naive rule: drop proxies from the right; what is left at the right is the client.
            let mut expected = "10.0.0.1";
            for entry in honest.iter().rev() {
                if *entry == "unknown" || !proxies.contains(&expected) {
                    break;
                }
                expected = entry;
            }
            proptest::prop_assert_eq!(walk("10.0.0.1", Some(&honest.join(", "))), expected);
            // What stands before the first address that is no proxy changes nothing.
            if !proxies.contains(&expected) {
                let spoofed = format!("{written}, {}", honest.join(", "));
                proptest::prop_assert_eq!(walk("10.0.0.1", Some(&spoofed)), expected);
            }
        }
    }

    #[test]
    fn every_way_to_write_an_address_is_understood() {
        for (entry, expected) in [
            ("198.51.100.1:5000", "198.51.100.1"),
            ("\t198.51.100.1 ", "198.51.100.1"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(walk("10.0.0.1", Some(entry)), expected, "{entry}");
        }
    }
}
