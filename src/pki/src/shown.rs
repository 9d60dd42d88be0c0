//! What a request shows of who sent it, and how that reached us.

use std::sync::Arc;

use kapia_language::{Catalogue, Entry, Language};

use crate::{Presented, Sha1Thumbprint};

/// What a request shows of who sent it (regix-contract §5.1 item 3).
///
/// Only a certificate whose chain is trusted identifies a consumer, however it came; see [`Presented::trusted`].
#[derive(Debug, Clone)]
pub enum Shown {
    /// Nothing.
    Nothing,
    /// The certificate of the connection, whose key the peer holds.
    Connection(Arc<Presented>),
    /// A certificate that a configured proxy has seen on the client's connection.
    Forwarded(Arc<Presented>),
    /// The SHA-1 thumbprint that a configured proxy tells of a certificate which we do not see.
    ForwardedHash(Sha1Thumbprint),
    /// The certificate of the configured service bus, on its own listener: who the consumer is stands in the message.
    ServiceBus(Arc<Presented>),
    /// Something that cannot be used, with the certificate that it was about, if there is one.
    Refused(Unacceptable, Option<Arc<Presented>>),
}

impl Shown {
    /// The certificate that was shown, whatever it is worth.
    pub fn certificate(&self) -> Option<&Arc<Presented>> {
        match self {
            Self::Connection(presented) | Self::Forwarded(presented) | Self::ServiceBus(presented) => Some(presented),
            Self::Refused(_, presented) => presented.as_ref(),
            Self::Nothing | Self::ForwardedHash(_) => None,
        }
    }
}

/// Why what a peer says about the client's identity cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unacceptable {
    /// The header with the certificate does not hold exactly one certificate.
    Certificate,
    /// The header with the thumbprint does not hold 40 hexadecimal digits.
    Hash,
    /// One of the headers came more than once.
    Repeated,
    /// A header came whose name differs from that of an identity header in hyphens and underscores only.
    Lookalike,
    /// The thumbprint is not that of the certificate.
    Disagree,
    /// Only a thumbprint came, and a thumbprint alone is not accepted from this proxy.
    HashAlone,
    /// Somebody other than the configured service bus uses its listener.
    NotTheServiceBus,
}

impl Unacceptable {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Certificate,
        Self::Hash,
        Self::Repeated,
        Self::Lookalike,
        Self::Disagree,
        Self::HashAlone,
        Self::NotTheServiceBus,
    ];

    /// A short stable name for replies, logs, metrics and the journal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Certificate => "forwarded-certificate-malformed",
            Self::Hash => "forwarded-hash-malformed",
            Self::Repeated => "forwarded-header-repeated",
            Self::Lookalike => "forwarded-header-lookalike",
            Self::Disagree => "forwarded-headers-disagree",
            Self::HashAlone => "forwarded-hash-not-accepted",
            Self::NotTheServiceBus => "service-bus-stranger",
        }
    }

    /// What is wrong, without anything of what was sent.
    pub fn message(self, language: Language) -> String {
        TEXTS.message(self.code(), language, &[])
    }

    /// What to do about it.
    pub fn hint(self, language: Language) -> String {
        TEXTS.hint(self.code(), language, &[])
    }
}

const TEXTS: Catalogue = Catalogue(&[
    Entry {
        code: "forwarded-certificate-malformed",
        message: [
            "the proxy forwarded something that is not exactly one certificate",
            "проксито препрати нещо, което не е точно едно удостоверение",
        ],
        hint: [
            "let the proxy send the client's own certificate alone: PEM in one line, percent-encoded PEM, or base64 of the DER octets",
            "нека проксито изпраща само удостоверението на клиента: PEM на един ред, PEM с процентно кодиране или base64 на DER октетите",
        ],
    },
    Entry {
        code: "forwarded-hash-malformed",
        message: [
            "the proxy forwarded something that is not a SHA-1 thumbprint",
            "проксито препрати нещо, което не е отпечатък SHA-1",
        ],
        hint: [
            "let the proxy send the 40 hexadecimal digits of SHA-1 over the certificate",
            "нека проксито изпраща 40-те шестнадесетични цифри на SHA-1 върху удостоверението",
        ],
    },
    Entry {
        code: "forwarded-header-repeated",
        message: [
            "a header that says who the client is came more than once",
            "заглавка, която казва кой е клиентът, дойде повече от веднъж",
        ],
        hint: [
            "let the proxy remove the client's own headers of this name before it sets its own",
            "нека проксито премахва заглавките на клиента с това име, преди да постави своята",
        ],
    },
    Entry {
        code: "forwarded-header-lookalike",
        message: [
            "a header came whose name differs from an identity header in hyphens and underscores only",
            "дойде заглавка, чието име се различава от заглавка за самоличност само по тирета и долни черти",
        ],
        hint: [
            "let the proxy remove every such header of the client, in both spellings",
            "нека проксито премахва всяка такава заглавка на клиента, и в двата начина на изписване",
        ],
    },
    Entry {
        code: "forwarded-headers-disagree",
        message: [
            "the forwarded thumbprint is not that of the forwarded certificate",
            "препратеният отпечатък не е на препратеното удостоверение",
        ],
        hint: [
            "let the proxy set both headers itself, or remove the one that it does not set",
            "нека проксито само поставя двете заглавки или премахва тази, която не поставя",
        ],
    },
    Entry {
        code: "forwarded-hash-not-accepted",
        message: [
            "a thumbprint without its certificate is not accepted from this proxy",
            "от това прокси не се приема отпечатък без удостоверението",
        ],
        hint: [
            "let the proxy forward the whole certificate; a thumbprint alone shows neither issuer nor revocation",
            "нека проксито препраща цялото удостоверение; само отпечатъкът не показва нито издател, нито прекратяване",
        ],
    },
    Entry {
        code: "service-bus-stranger",
        message: ["this address is for the service bus alone", "този адрес е само за сервизната шина"],
        hint: [
            "call the public address with the consumer's own transport certificate",
            "използвайте публичния адрес със собственото транспортно удостоверение на консуматора",
        ],
    },
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_text_and_a_hint_in_both_languages() {
        assert_eq!(TEXTS.defects(), [""; 0]);
        for reason in Unacceptable::ALL {
            let entry = TEXTS.find(reason.code()).unwrap();
            assert!(entry.hint.iter().all(|hint| !hint.is_empty()));
        }
    }
}
