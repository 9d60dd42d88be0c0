//! Why something was not posted, in words; of an address never more than its host.

use std::error::Error;
use std::fmt;
use std::io;

use kapia_pki::Language;

/// How far a delivery had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Asking for the host's addresses.
    Resolve,
    /// Reaching one of them.
    Connect,
    /// Agreeing on TLS.
    Handshake,
    /// Sending, and waiting for the answer.
    Answer,
}

/// An address that is refused, or a delivery that failed. `Display` is English: `cause (hint: what to do)`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutboundError {
    /// A line of a list of hosts cannot be read or allows too much.
    Pattern {
        /// The line.
        pattern: String,
    },
    /// The address is too long.
    TooLong {
        /// How many octets are allowed.
        allowed: usize,
    },
    /// A character that may not stand in an address.
    Character,
    /// A letter that is not ASCII.
    NotAscii,
    /// Not `https://…`.
    Scheme,
    /// `http:`, which is not allowed.
    PlainHttp,
    /// User name or password in the address.
    UserInfo,
    /// A part after `#`.
    Fragment,
    /// The host is no plain name.
    Host,
    /// The port is no plain number.
    Port,
    /// An IP address instead of a name.
    IpLiteral,
    /// The consumer may not name this host.
    HostNotAllowed {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// The host is in a private network or is this machine.
    PrivateAddress {
        /// The host.
        host: String,
    },
    /// The host has an address where nobody should be sent.
    ForbiddenAddress {
        /// The host.
        host: String,
        /// Name of the range, such as `link-local`.
        range: &'static str,
    },
    /// The host has no address.
    Resolve {
        /// The host.
        host: String,
        /// The cause as the system words it.
        cause: String,
    },
    /// None of the host's addresses answers.
    Connect {
        /// The host.
        host: String,
        /// The cause as the system words it.
        cause: String,
    },
    /// The host's certificate is not the host's, or nobody trusted issued it.
    Certificate {
        /// The host.
        host: String,
        /// The cause as the TLS library words it.
        cause: String,
    },
    /// TLS failed otherwise, for example because the host does not accept our certificate.
    Tls {
        /// The host.
        host: String,
        /// The cause as the TLS library words it.
        cause: String,
    },
    /// It took too long.
    Timeout {
        /// The host.
        host: String,
        /// What took too long.
        step: Step,
    },
    /// The host sends on to another address.
    Redirect {
        /// The host.
        host: String,
        /// HTTP status.
        status: u16,
    },
    /// The answer is too large.
    TooLarge {
        /// The host.
        host: String,
        /// How many octets are read.
        limit: usize,
    },
    /// The connection broke, or what came is no HTTP.
    Broken {
        /// The host.
        host: String,
        /// The cause as the HTTP library words it.
        cause: String,
    },
}

impl OutboundError {
    /// Stable code, such as `outbound-timeout`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pattern { .. } => "outbound-pattern",
            Self::TooLong { .. } => "outbound-too-long",
            Self::Character => "outbound-character",
            Self::NotAscii => "outbound-not-ascii",
            Self::Scheme => "outbound-scheme",
            Self::PlainHttp => "outbound-plain-http",
            Self::UserInfo => "outbound-user-info",
            Self::Fragment => "outbound-fragment",
            Self::Host => "outbound-host",
            Self::Port => "outbound-port",
            Self::IpLiteral => "outbound-ip-literal",
            Self::HostNotAllowed { .. } => "outbound-host-not-allowed",
            Self::PrivateAddress { .. } => "outbound-private-address",
            Self::ForbiddenAddress { .. } => "outbound-forbidden-address",
            Self::Resolve { .. } => "outbound-resolve",
            Self::Connect { .. } => "outbound-connect",
            Self::Certificate { .. } => "outbound-certificate",
            Self::Tls { .. } => "outbound-tls",
            Self::Timeout { .. } => "outbound-timeout",
            Self::Redirect { .. } => "outbound-redirect",
            Self::TooLarge { .. } => "outbound-too-large",
            Self::Broken { .. } => "outbound-broken",
        }
    }

    /// Whether another attempt may succeed without the consumer giving another address or the operator another list. What a name
    /// server says and what a receiver does can change, so these are passing.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::PrivateAddress { .. }
                | Self::ForbiddenAddress { .. }
                | Self::Resolve { .. }
                | Self::Connect { .. }
                | Self::Certificate { .. }
                | Self::Tls { .. }
                | Self::Timeout { .. }
                | Self::Redirect { .. }
                | Self::TooLarge { .. }
                | Self::Broken { .. }
        )
    }

    /// The cause in a language.
    pub fn message(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Bulgarian => self.bulgarian(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Pattern { pattern } => format!("\"{pattern}\" is no pattern for callback hosts"),
            Self::TooLong { allowed } => format!("the callback address is longer than {allowed} characters"),
            Self::Character => "the callback address holds a character that may not stand there".to_owned(),
            Self::NotAscii => "the callback address holds letters that are not Latin".to_owned(),
            Self::Scheme => "the callback address does not begin with https://".to_owned(),
            Self::PlainHttp => "the callback address is http, not https".to_owned(),
            Self::UserInfo => "the callback address holds a user name".to_owned(),
            Self::Fragment => "the callback address holds a part after #".to_owned(),
            Self::Host => "the host of the callback address is no plain name".to_owned(),
            Self::Port => "the port of the callback address is no number from 1 to 65535".to_owned(),
            Self::IpLiteral => "the callback address names an IP address instead of a host".to_owned(),
            Self::HostNotAllowed { host, port } => {
                format!("host {host}, port {port} is not among the consumer's callback hosts")
            }
            Self::PrivateAddress { host } => format!("host {host} is in a private network"),
            Self::ForbiddenAddress { host, range } => format!("host {host} has a forbidden address ({range})"),
            Self::Resolve { host, cause } => format!("host {host} has no address: {cause}"),
            Self::Connect { host, cause } => format!("host {host} cannot be reached: {cause}"),
            Self::Certificate { host, cause } => format!("the certificate of host {host} is not trusted: {cause}"),
            Self::Tls { host, cause } => format!("no TLS connection with host {host}: {cause}"),
            Self::Timeout { host, step } => format!("host {host} took too long ({})", step.english()),
            Self::Redirect { host, status } => format!("host {host} redirects (status {status})"),
            Self::TooLarge { host, limit } => format!("the answer of host {host} is larger than {limit} octets"),
            Self::Broken { host, cause } => format!("the exchange with host {host} broke: {cause}"),
        }
    }

    fn bulgarian(&self) -> String {
        match self {
            Self::Pattern { pattern } => format!("„{pattern}“ не е образец за хостове за обратно извикване"),
            Self::TooLong { allowed } => format!("адресът за обратно извикване е по-дълъг от {allowed} знака"),
            Self::Character => "адресът за обратно извикване съдържа недопустим знак".to_owned(),
            Self::NotAscii => "адресът за обратно извикване съдържа букви, които не са латински".to_owned(),
            Self::Scheme => "адресът за обратно извикване не започва с https://".to_owned(),
            Self::PlainHttp => "адресът за обратно извикване е http, а не https".to_owned(),
            Self::UserInfo => "адресът за обратно извикване съдържа потребителско име".to_owned(),
            Self::Fragment => "адресът за обратно извикване съдържа част след #".to_owned(),
            Self::Host => "хостът в адреса за обратно извикване не е обикновено име".to_owned(),
            Self::Port => "портът в адреса за обратно извикване не е число от 1 до 65535".to_owned(),
            Self::IpLiteral => "адресът за обратно извикване съдържа IP адрес вместо име на хост".to_owned(),
            Self::HostNotAllowed { host, port } => {
                format!("хост {host}, порт {port} не е сред хостовете за обратно извикване на потребителя")
            }
            Self::PrivateAddress { host } => format!("хост {host} е в частна мрежа"),
            Self::ForbiddenAddress { host, range } => format!("хост {host} има забранен адрес ({range})"),
            Self::Resolve { host, cause } => format!("хост {host} няма адрес: {cause}"),
            Self::Connect { host, cause } => format!("хост {host} е недостъпен: {cause}"),
            Self::Certificate { host, cause } => format!("удостоверението на хост {host} не е доверено: {cause}"),
            Self::Tls { host, cause } => format!("няма TLS връзка с хост {host}: {cause}"),
            Self::Timeout { host, step } => format!("хост {host} се забави твърде много ({})", step.bulgarian()),
            Self::Redirect { host, status } => format!("хост {host} пренасочва (статус {status})"),
            Self::TooLarge { host, limit } => format!("отговорът на хост {host} е по-голям от {limit} октета"),
            Self::Broken { host, cause } => format!("обменът с хост {host} прекъсна: {cause}"),
        }
    }

    /// What a person can do about it.
    pub fn hint(&self, language: Language) -> &'static str {
        let (english, bulgarian) = match self {
            Self::Pattern { .. } => (
                "write host, host:port or *.host with at least two labels after the star, in Latin letters",
                "запишете хост, хост:порт или *.хост с поне две части след звездата, с латински букви",
            ),
            Self::TooLong { .. } => ("use a shorter address", "използвайте по-кратък адрес"),
            Self::Character => (
                "encode blanks and other special characters in the path as %XX",
                "кодирайте интервалите и другите специални знаци в пътя като %XX",
            ),
            Self::NotAscii => (
                "write the host in punycode (xn--…) and encode the path as %XX",
                "запишете хоста в punycode (xn--…) и кодирайте пътя като %XX",
            ),
            Self::Scheme | Self::Host | Self::Port => {
                ("use the form https://host:port/path", "използвайте вида https://хост:порт/път")
            }
            Self::PlainHttp => (
                "use https, or set plain_http_allowed = true in a closed network",
                "използвайте https или задайте plain_http_allowed = true в затворена мрежа",
            ),
            Self::UserInfo => (
                "leave the user name out; the gateway shows its certificate",
                "премахнете потребителското име; шлюзът се представя с удостоверението си",
            ),
            Self::Fragment => ("leave out # and what follows", "премахнете # и това след него"),
            Self::IpLiteral => (
                "use the host name that stands in the host's certificate",
                "използвайте името на хоста от неговото удостоверение",
            ),
            Self::HostNotAllowed { .. } => (
                "ask the gateway's operator to add the host to the consumer's callback hosts",
                "поискайте от оператора на шлюза да добави хоста към хостовете за обратно извикване на потребителя",
            ),
            Self::PrivateAddress { .. } => (
                "if receivers in the own network are meant, set private_addresses_allowed = true",
                "ако получателите са в собствената мрежа, задайте private_addresses_allowed = true",
            ),
            Self::ForbiddenAddress { .. } => (
                "such an address is never called; look at the host's DNS records",
                "такъв адрес никога не се извиква; проверете DNS записите на хоста",
            ),
            Self::Resolve { .. } => (
                "check the host's name and its DNS records as the gateway sees them",
                "проверете името на хоста и DNS записите му така, както ги вижда шлюзът",
            ),
            Self::Connect { .. } => (
                "check that the receiver runs and that firewalls let the gateway through",
                "проверете дали получателят работи и дали защитните стени пропускат шлюза",
            ),
            Self::Certificate { .. } => (
                "the receiver needs a valid certificate for its host name with its issuers, or its authority must be configured",
                "получателят се нуждае от валидно удостоверение за името на хоста си заедно с издателите му или органът му трябва да се настрои",
            ),
            Self::Tls { .. } => (
                "the receiver must speak TLS 1.2 or 1.3 and accept the gateway's certificate",
                "получателят трябва да поддържа TLS 1.2 или 1.3 и да приема удостоверението на шлюза",
            ),
            Self::Timeout { .. } => (
                "the receiver should store the answer and reply at once",
                "получателят трябва да съхрани отговора и да потвърди веднага",
            ),
            Self::Redirect { .. } => (
                "redirections are not followed: give the final address",
                "пренасочванията не се следват: задайте крайния адрес",
            ),
            Self::TooLarge { .. } => (
                "the receiver should reply with a short SOAP message",
                "получателят трябва да отговаря с кратко SOAP съобщение",
            ),
            Self::Broken { .. } => {
                ("look into the receiver's own log at this time", "потърсете в дневника на получателя по това време")
            }
        };
        match language {
            Language::English => english,
            Language::Bulgarian => bulgarian,
        }
    }

    pub(super) fn of_handshake(host: &str, error: &io::Error) -> Self {
        let (host, cause) = (host.to_owned(), error.to_string());
        match rustls_cause(error) {
            Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
                Self::Certificate { host, cause }
            }
            Some(_) => Self::Tls { host, cause },
            None => Self::Tls { host, cause: error.kind().to_string() },
        }
    }

    // In TLS 1.3 a receiver refuses our certificate only when it should answer already.
    pub(super) fn of_exchange(host: &str, error: &(dyn Error + 'static)) -> Self {
        let host = host.to_owned();
        match rustls_cause(error) {
            Some(refused) => Self::Tls { host, cause: refused.to_string() },
            None => Self::Broken { host, cause: error.to_string() },
        }
    }
}

impl Step {
    fn english(self) -> &'static str {
        match self {
            Self::Resolve => "finding its address",
            Self::Connect => "connecting",
            Self::Handshake => "TLS handshake",
            Self::Answer => "waiting for its answer",
        }
    }

    fn bulgarian(self) -> &'static str {
        match self {
            Self::Resolve => "намиране на адреса",
            Self::Connect => "свързване",
            Self::Handshake => "договаряне на TLS",
            Self::Answer => "изчакване на отговора",
        }
    }
}

impl fmt::Display for OutboundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (hint: {})", self.message(Language::English), self.hint(Language::English))
    }
}

impl Error for OutboundError {}

/// The TLS library's error, however deep it lies.
fn rustls_cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        // An io::Error hides what it carries from `source`.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests;
