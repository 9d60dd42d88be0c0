//! Which addresses may be reached (IANA special-purpose address registries, RFC 6890, and the metadata services of clouds).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is to someone who was sent there by somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anybody can reach it.
    Public,
    /// This machine or a network of its owner: only if the operator says so.
    Private,
    /// Nobody should be sent there; the text names the range.
    Never(&'static str),
}

impl Reach {
    pub(super) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }
}

fn of_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        // Azure's answers to every machine at a public address, Alibaba's at a shared one.
        [168, 63, 129, 16] | [100, 100, 100, 200] => Reach::Never("cloud-metadata"),
        [169, 254, ..] => Reach::Never("link-local"),
        [0, ..] => Reach::Never("this-network"),
        [127, ..] | [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Reach::Private,
        [192, 0, 0, _] => Reach::Never("protocol-assignments"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Reach::Never("documentation"),
        [192, 88, 99, _] => Reach::Never("tunnel"),
        [198, 18..=19, ..] => Reach::Never("benchmarking"),
        [224..=239, ..] => Reach::Never("multicast"),
        [240..=255, ..] => Reach::Never("reserved"),
        _ => Reach::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> Reach {
    let segments = address.segments();
    match segments {
        [0, 0, 0, 0, 0, 0, 0, 0] => Reach::Never("this-network"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Private,
        // IPv4 in other clothes: mapped, and translated (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => of_v4(embedded(high, low)),
        [0xfd00, 0x0ec2, ..] => Reach::Never("cloud-metadata"),
        [0xfc00..=0xfdff, ..] => Reach::Private,
        [0xfe80..=0xfebf, ..] => Reach::Never("link-local"),
        [0xff00..=0xffff, ..] => Reach::Never("multicast"),
        [0x2001, 0, ..] | [0x2002, ..] => Reach::Never("tunnel"),
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => Reach::Never("documentation"),
        [0x2001, 0..=0x01ff, ..] => Reach::Never("protocol-assignments"),
        [0x2000..=0x3fff, ..] => Reach::Public,
        _ => Reach::Never("reserved"),
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Reach {
        Reach::of(address.parse().unwrap())
    }

    #[test]
    fn public_addresses_may_be_reached() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "168.63.129.15",
            "2a00:1450::1",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "2001:200::1",
            "2003::1",
            "3ffe::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert_eq!(of(address), Reach::Public, "{address}");
        }
    }

    #[test]
    fn this_machine_and_private_networks_need_permission() {
        for address in [
            "127.0.0.1",
            "127.255.255.254",
            "10.0.0.0",
            "10.255.255.255",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "::1",
            "fc00::1",
            "fdff::1",
            "::ffff:127.0.0.1",
            "::ffff:10.1.2.3",
            "64:ff9b::192.168.1.1",
            "::ffff:7f00:1",
        ] {
            assert_eq!(of(address), Reach::Private, "{address}");
        }
    }

    #[test]
    fn some_addresses_are_never_reached_whatever_is_permitted() {
        for (address, range) in [
            ("0.0.0.0", "this-network"),
            ("0.1.2.3", "this-network"),
            ("169.254.169.254", "link-local"),
            ("169.254.170.2", "link-local"),
            ("168.63.129.16", "cloud-metadata"),
            ("100.100.100.200", "cloud-metadata"),
            ("192.0.0.192", "protocol-assignments"),
            ("192.0.2.1", "documentation"),
            ("198.51.100.1", "documentation"),
            ("203.0.113.1", "documentation"),
            ("192.88.99.1", "tunnel"),
            ("198.18.0.1", "benchmarking"),
            ("198.19.255.255", "benchmarking"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "reserved"),
            ("::", "this-network"),
            ("::ffff:169.254.169.254", "link-local"),
            ("::ffff:0.0.0.0", "this-network"),
            ("64:ff9b::169.254.169.254", "link-local"),
            ("::7f00:1", "reserved"),
            ("64:ff9b:1::1", "reserved"),
            ("100::1", "reserved"),
            ("fd00:ec2::254", "cloud-metadata"),
            ("fe80::1", "link-local"),
            ("fec0::1", "reserved"),
            ("ff02::1", "multicast"),
            ("2001::1", "tunnel"),
            ("2002:7f00:1::", "tunnel"),
            ("2001:2::1", "protocol-assignments"),
            ("2001:20::1", "protocol-assignments"),
            ("2001:db8::1", "documentation"),
            ("3fff::1", "documentation"),
            ("4000::1", "reserved"),
        ] {
            assert_eq!(of(address), Reach::Never(range), "{address}");
        }
    }
}
