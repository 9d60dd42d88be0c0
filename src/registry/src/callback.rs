//! Hosts to which answers of asynchronous calls may be pushed.

use std::sync::Arc;

use crate::names::{Kind, NameError, Rule};

/// A host that a consumer may name in its callback addresses: `host`, `host:port`, `*.host` or `*.host:port`, in lower case.
///
/// Without a port only the usual one of the scheme is meant; a star stands for one label or more. Addresses of machines
/// (IPv4, IPv6) are no hosts, and a star needs a name of at least two labels behind it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallbackHost(Arc<str>);

impl CallbackHost {
    /// Reads a host; surrounding white space is cut off, capitals become small letters (RFC 1123 §2.1).
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let refused = |rule| NameError::new(Kind::CallbackHost, rule);
        let text = text.trim().to_ascii_lowercase();
        if text.is_empty() {
            return Err(refused(Rule::Empty));
        }
        if text.contains(['/', '@', '?', '#']) {
            return Err(refused(Rule::NotAHost));
        }
        if text.contains('[') {
            return Err(refused(Rule::MachineAddress));
        }
        let (star, rest) = text.strip_prefix("*.").map_or(("", text.as_str()), |rest| ("*.", rest));
        let (host, port) = match rest.split_once(':') {
            None => (rest, None),
            Some((host, port)) => (host, Some(number(port).ok_or_else(|| refused(Rule::NotAPort))?)),
        };
        if host.len() > 253 || !host.split('.').all(is_label) {
            return Err(refused(Rule::NotAHost));
        }
        if is_machine_address(host) {
            return Err(refused(Rule::MachineAddress));
        }
        if !star.is_empty() && !host.contains('.') {
            return Err(refused(Rule::TopLevel));
        }
        let port = port.map_or_else(String::new, |port| format!(":{port}"));
        Ok(Self(format!("{star}{host}{port}").into()))
    }

    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn number(text: &str) -> Option<u16> {
    let plain = (1..=5).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse().ok().filter(|port| plain && *port != 0)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
}

// What some resolvers read as an IPv4 address: 127.1, 2130706433, 0x7f.1, 0177.0.0.1.
fn is_machine_address(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|octet| octet.is_ascii_hexdigit()));
    hexadecimal || last.bytes().all(|octet| octet.is_ascii_digit())
}

crate::names::name!(CallbackHost);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_host_is_kept_in_one_spelling() {
        for (written, kept) in [
            ("hooks.example.bg", "hooks.example.bg"),
            (" Hooks.EXAMPLE.bg ", "hooks.example.bg"),
            ("hooks.example.bg:08443", "hooks.example.bg:8443"),
            ("*.example.bg", "*.example.bg"),
            ("*.example.bg:8443", "*.example.bg:8443"),
            ("intranet", "intranet"),
            ("xn--e1afmkfd.example.bg", "xn--e1afmkfd.example.bg"),
        ] {
            assert_eq!(CallbackHost::parse(written).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_no_host_is_refused_by_the_rule_that_it_breaks() {
        for (written, code) in [
            ("", "name-empty"),
            ("https://hooks.example.bg", "name-not-a-host"),
            ("hooks.example.bg/path", "name-not-a-host"),
            ("user@hooks.example.bg", "name-not-a-host"),
            ("hooks_1.example.bg", "name-not-a-host"),
            ("-a.example.bg", "name-not-a-host"),
            ("a..bg", "name-not-a-host"),
            ("пример.бг", "name-not-a-host"),
            ("*", "name-not-a-host"),
            ("a.*.bg", "name-not-a-host"),
            ("*.bg", "name-top-level"),
            ("hooks.example.bg:0", "name-not-a-port"),
            ("hooks.example.bg:65536", "name-not-a-port"),
            ("hooks.example.bg:", "name-not-a-port"),
            ("hooks.example.bg:+1", "name-not-a-port"),
            ("127.0.0.1", "name-machine-address"),
            ("127.1", "name-machine-address"),
            ("2130706433", "name-machine-address"),
            ("0x7f.0x1", "name-machine-address"),
            ("[::1]", "name-machine-address"),
        ] {
            assert_eq!(CallbackHost::parse(written).unwrap_err().code(), code, "{written}");
        }
    }
}
