//! Addresses as consumers write them, and the lists of hosts that they may name.
//!
//! Programs disagree about unusual addresses, and each disagreement is a way past a list. So there is no attempt to understand
//! them: whatever is not plain `https://host[:port]/path[?query]` is refused.

use std::fmt;

use hyper::http::uri::PathAndQuery;

use super::error::OutboundError;

/// The longest address that is read, in octets.
const LONGEST: usize = 2048;

/// An address that may be posted to; prints without its path, which may hold personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    https: bool,
    host: String,
    port: u16,
    path: PathAndQuery,
}

impl Target {
    /// Reads an address: plain form, host in the list.
    ///
    /// # Errors
    /// What is not plain about it, or [`OutboundError::HostNotAllowed`].
    pub fn parse(url: &str, allowed: &AllowedHosts, plain_http_allowed: bool) -> Result<Self, OutboundError> {
        if url.len() > LONGEST {
            return Err(OutboundError::TooLong { allowed: LONGEST });
        }
        if let Some(wrong) = url.bytes().find(|octet| !(0x21..=0x7e).contains(octet) || b"\"<>\\^`{|}".contains(octet))
        {
            return Err(if wrong.is_ascii() { OutboundError::Character } else { OutboundError::NotAscii });
        }
        let (scheme, rest) = url.split_once("://").ok_or(OutboundError::Scheme)?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" if plain_http_allowed => false,
            "http" => return Err(OutboundError::PlainHttp),
            _ => return Err(OutboundError::Scheme),
        };
        if rest.contains('#') {
            return Err(OutboundError::Fragment);
        }
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(OutboundError::UserInfo);
        }
        let default = if https { 443 } else { 80 };
        let (host, port) = host_and_port(authority)?;
        let port = port.unwrap_or(default);
        if !allowed.contain(&host, port, default) {
            return Err(OutboundError::HostNotAllowed { host, port });
        }
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let path = PathAndQuery::try_from(path).map_err(|_| OutboundError::Character)?;
        Ok(Self { https, host, port, path })
    }

    /// The host, in lower case.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is reached with TLS.
    pub fn is_https(&self) -> bool {
        self.https
    }

    pub(super) fn path(&self) -> &PathAndQuery {
        &self.path
    }

    pub(super) fn host_header(&self) -> String {
        match (self.https, self.port) {
            (true, 443) | (false, 80) => self.host.clone(),
            _ => format!("{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({}://{}:{}/…)", if self.https { "https" } else { "http" }, self.host, self.port)
    }
}

/// The hosts that one consumer may name: `host`, `host:port`, `*.host`, `*.host:port`.
///
/// Without a port only the usual one of the scheme is meant. A star stands for one label or more, not for none, and not for
/// labels in punycode, which can look like others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedHosts(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    below: bool,
    host: String,
    port: Option<u16>,
}

impl AllowedHosts {
    /// Reads a list; an empty one allows nothing.
    ///
    /// # Errors
    /// [`OutboundError::Pattern`] names the line that cannot be read, or that allows a whole top-level domain.
    pub fn parse<S: AsRef<str>>(patterns: impl IntoIterator<Item = S>) -> Result<Self, OutboundError> {
        patterns.into_iter().map(|pattern| Pattern::parse(pattern.as_ref().trim())).collect::<Result<_, _>>().map(Self)
    }

    fn contain(&self, host: &str, port: u16, default: u16) -> bool {
        self.0.iter().any(|pattern| pattern.port.unwrap_or(default) == port && pattern.matches(host))
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, OutboundError> {
        let refused = || OutboundError::Pattern { pattern: text.chars().take(260).collect() };
        let (below, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (host, port) = host_and_port(rest).map_err(|_| refused())?;
        if below && !host.contains('.') {
            return Err(refused());
        }
        Ok(Self { below, host, port })
    }

    fn matches(&self, host: &str) -> bool {
        if !self.below {
            return host == self.host;
        }
        let labels = host.strip_suffix(self.host.as_str()).and_then(|rest| rest.strip_suffix('.'));
        labels.is_some_and(|labels| labels.split('.').all(|label| !label.is_empty() && !label.starts_with("xn--")))
    }
}

fn host_and_port(authority: &str) -> Result<(String, Option<u16>), OutboundError> {
    if authority.starts_with('[') {
        return Err(OutboundError::IpLiteral);
    }
    match authority.split_once(':') {
        None => Ok((host(authority)?, None)),
        Some((name, digits)) => {
            let plain = (1..=5).contains(&digits.len()) && digits.bytes().all(|octet| octet.is_ascii_digit());
            let port = digits.parse().ok().filter(|port| plain && *port != 0).ok_or(OutboundError::Port)?;
            Ok((host(name)?, Some(port)))
        }
    }
}

/// A host name of letters, digits and hyphens (RFC 1123 §2.1), in lower case.
fn host(name: &str) -> Result<String, OutboundError> {
    let name = name.to_ascii_lowercase();
    let label_is_plain = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    if name.len() > 253 || !name.split('.').all(label_is_plain) {
        return Err(OutboundError::Host);
    }
    // What some resolvers read as an IPv4 address: 127.1, 2130706433, 0x7f.1, 0177.0.0.1.
    let last = name.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|octet| octet.is_ascii_hexdigit()));
    if hexadecimal || last.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(OutboundError::IpLiteral);
    }
    Ok(name)
}

#[cfg(test)]
mod tests;
