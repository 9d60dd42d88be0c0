//! An address, or a network of addresses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An address such as `10.0.0.5`, or a network such as `10.0.0.0/24` (RFC 4632 §3.1, RFC 4291 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text that is no network, or a network that would hold everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// Neither an address nor an address with a number of bits.
    #[error("neither an address nor a network; write 10.0.0.5 or 10.0.0.0/24")]
    Form,
    /// Bits behind the prefix are set: it is not clear what was meant.
    #[error("the address has bits behind the prefix; write the first address of the network")]
    Bits,
    /// Every address.
    #[error("a network of every address trusts everybody; name the proxies")]
    Everybody,
}

impl Network {
    /// Whether the address is in the network; IPv4 mapped into IPv6 is IPv4.
    pub fn contains(self, address: IpAddr) -> bool {
        masked(address.to_canonical(), self.bits) == Some(self.address)
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| NetworkError::Form)?;
        // Of `::ffff:10.0.0.0/120` the bits would have to be counted anew; nobody writes that.
        if address != address.to_canonical() {
            return Err(NetworkError::Form);
        }
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => whole,
            Some(bits) if bits.len() <= 3 && bits.bytes().all(|digit| digit.is_ascii_digit()) => {
                bits.parse().map_err(|_| NetworkError::Form)?
            }
            Some(_) => return Err(NetworkError::Form),
        };
        match masked(address, bits) {
            None => Err(NetworkError::Form),
            Some(_) if bits == 0 => Err(NetworkError::Everybody),
            Some(first) if first != address => Err(NetworkError::Bits),
            Some(_) => Ok(Self { address, bits }),
        }
    }
}

/// The address with only its first bits left; nothing if it has fewer.
fn masked(address: IpAddr, bits: u8) -> Option<IpAddr> {
    let bits = u32::from(bits);
    match address {
        IpAddr::V4(four) => {
            let mask = u32::MAX.checked_shl(32_u32.checked_sub(bits)?).unwrap_or(0);
            Some(Ipv4Addr::from_bits(four.to_bits() & mask).into())
        }
        IpAddr::V6(six) => {
            let mask = u128::MAX.checked_shl(128_u32.checked_sub(bits)?).unwrap_or(0);
            Some(Ipv6Addr::from_bits(six.to_bits() & mask).into())
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.address, self.bits) {
            (IpAddr::V4(four), 32) => four.fmt(f),
            (IpAddr::V6(six), 128) => six.fmt(f),
            (address, bits) => write!(f, "{address}/{bits}"),
        }
    }
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, NetworkError> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        for (text, inside, outside) in [
            ("10.0.0.5", "10.0.0.5", "10.0.0.6"),
            ("10.0.0.0/24", "10.0.0.255", "10.0.1.0"),
            ("10.0.0.0/31", "10.0.0.1", "10.0.0.2"),
            ("128.0.0.0/1", "255.1.2.3", "127.0.0.1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("::1", "::1", "::2"),
        ] {
            let network = network(text);
            assert!(network.contains(inside.parse().unwrap()), "{text}");
            assert!(!network.contains(outside.parse().unwrap()), "{text}");
            assert_eq!(network.to_string(), text);
        }
        assert!(network("10.0.0.0/24").contains("::ffff:10.0.0.7".parse().unwrap()));
        assert!(!network("10.0.0.0/8").contains("a00::1".parse().unwrap()), "the families are never mixed");
        assert!(!network("::/1").contains("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_or_means_everybody_is_refused() {
        for (text, error) in [
            ("", NetworkError::Form),
            ("proxy.example", NetworkError::Form),
            ("10.0.0", NetworkError::Form),
            ("10.0.0.0/33", NetworkError::Form),
            ("10.0.0.0/", NetworkError::Form),
            ("10.0.0.0/+8", NetworkError::Form),
            ("10.0.0.0/8/8", NetworkError::Form),
            ("2001:db8::/129", NetworkError::Form),
            ("::ffff:10.0.0.0/120", NetworkError::Form),
            ("10.0.0.5/24", NetworkError::Bits),
            ("0.0.0.0/0", NetworkError::Everybody),
            ("::/0", NetworkError::Everybody),
        ] {
            assert_eq!(text.parse::<Network>(), Err(error), "{text}");
        }
    }
}
