//! Why the server cannot start or reload.

use std::fmt;
use std::net::SocketAddr;

use kapia_pki::{Language, PkiError};

/// A server that cannot start, or certificates that cannot be loaded. `Display` is English: `cause (hint: what to do)`.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerError {
    /// No address to listen on.
    NoListener,
    /// An address cannot be listened on.
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
    /// The admin listener would be reachable from other machines.
    AdminBeyondLoopback(SocketAddr),
    /// A limit of zero, by its name.
    ZeroLimit(&'static str),
    /// An entry of the proxies that cannot be used; the text (English) says why.
    Proxy(&'static str),
    /// A service bus without an address or without a certificate.
    ServiceBus,
    /// Certificates or keys.
    Certificates(PkiError),
    /// TLS cannot be set up; the text says why.
    Tls(String),
}

impl ServerError {
    /// The cause in a language.
    pub fn message(&self, language: Language) -> String {
        let english = language == Language::English;
        match self {
            Self::NoListener if english => "no address to listen on is set".to_owned(),
            Self::NoListener => "не е зададен адрес за слушане".to_owned(),
            Self::Bind { address, cause } if english => {
                format!("cannot listen on {address}: {cause}")
            }
            Self::Bind { address, cause } => format!("не може да се слуша на {address}: {cause}"),
            Self::AdminBeyondLoopback(address) if english => {
                format!("the admin listener {address} would be reachable from other machines")
            }
            Self::AdminBeyondLoopback(address) => {
                format!("административният адрес {address} би бил достъпен от други машини")
            }
            Self::ZeroLimit(name) if english => format!("the limit {name} must not be 0"),
            Self::ZeroLimit(name) => format!("ограничението {name} не може да бъде 0"),
            Self::Proxy(why) if english => format!("an entry of the proxies cannot be used: {why}"),
            Self::Proxy(why) => format!("запис в списъка на проксита не може да се използва: {why}"),
            Self::ServiceBus if english => "the service bus has no address or no certificate".to_owned(),
            Self::ServiceBus => "сервизната шина няма адрес или удостоверение".to_owned(),
            Self::Certificates(error) => error.message(language),
            Self::Tls(cause) if english => format!("TLS cannot be set up: {cause}"),
            Self::Tls(cause) => format!("TLS не може да се настрои: {cause}"),
        }
    }

    /// What a person can do about it.
    pub fn hint(&self, language: Language) -> &'static str {
        let (en, bg) = match self {
            Self::NoListener => {
                ("set listen, for example [\"0.0.0.0:8443\"]", "задайте listen, например [\"0.0.0.0:8443\"]")
            }
            Self::Bind { .. } => (
                "another process may hold the port, or ports below 1024 may need a capability",
                "портът може да е зает от друг процес, а портовете под 1024 може да изискват права",
            ),
            Self::AdminBeyondLoopback(_) => (
                "use 127.0.0.1, or set admin_beyond_loopback = true behind a firewall",
                "използвайте 127.0.0.1 или задайте admin_beyond_loopback = true зад защитна стена",
            ),
            Self::ZeroLimit(_) => {
                ("leave the line out to get the default", "премахнете реда, за да важи стойността по подразбиране")
            }
            Self::Proxy(_) => (
                "give addresses such as [\"10.0.0.5\"] and two different header names",
                "задайте адреси, например [\"10.0.0.5\"], и две различни имена на заглавки",
            ),
            Self::ServiceBus => (
                "give both listen and certificates, or leave the section out",
                "задайте и listen, и certificates, или премахнете раздела",
            ),
            Self::Certificates(error) => return error.hint(language),
            Self::Tls(_) => {
                ("check the server certificate and its key", "проверете удостоверението на сървъра и ключа му")
            }
        };
        match language {
            Language::English => en,
            Language::Bulgarian => bg,
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let english = Language::English;
        write!(f, "{} (hint: {})", self.message(english), self.hint(english))
    }
}

impl std::error::Error for ServerError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind { cause, .. } => Some(cause),
            Self::Certificates(error) => Some(error),
            _ => None,
        }
    }
}

impl From<PkiError> for ServerError {
    fn from(error: PkiError) -> Self {
        Self::Certificates(error)
    }
}
