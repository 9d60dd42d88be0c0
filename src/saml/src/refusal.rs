//! Why a token is refused, in words; never anything of what stands in it.

use std::fmt;

use kapia_language::{Catalogue, Entry, Language};
use kapia_signature::VerifyError;

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is none where there must be one.
    Missing,
    /// There are several.
    Several,
    /// It is encrypted.
    Encrypted,
    /// It is not SAML 2.0.
    Version,
    /// An element or attribute is missing, repeated or split.
    Structure,
    /// It has no signature.
    Unsigned,
    /// Its signature is refused.
    Signature(VerifyError),
    /// The certificate of its signer is over or has not begun.
    SignerOver,
    /// Its issuer is another one.
    Issuer,
    /// A moment is not one.
    Moment,
    /// It says nowhere when it ends.
    Endless,
    /// It is over.
    Expired,
    /// It has not begun.
    NotYetValid,
    /// It is meant for somebody else.
    Audience,
    /// It forbids a second use.
    OneTimeUse,
    /// It has a condition that is not known here.
    Condition,
    /// It names no subject, or several.
    Subject,
    /// The name of its subject holds no object identifier, or several.
    Oid,
    /// Who brings it is not whom it allows to.
    Confirmation,
    /// Its object identifier is not that of the consumer who shows the certificate.
    OtherConsumer,
}

impl Refusal {
    /// The stable name of the reason, for replies, logs, metrics and the journal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "token-missing",
            Self::Several => "token-several",
            Self::Encrypted => "token-encrypted",
            Self::Version => "token-version",
            Self::Structure => "token-structure",
            Self::Unsigned => "token-unsigned",
            Self::Signature(_) => "token-signature",
            Self::SignerOver => "token-signer-over",
            Self::Issuer => "token-issuer",
            Self::Moment => "token-moment",
            Self::Endless => "token-endless",
            Self::Expired => "token-expired",
            Self::NotYetValid => "token-not-yet-valid",
            Self::Audience => "token-audience",
            Self::OneTimeUse => "token-one-time-use",
            Self::Condition => "token-condition",
            Self::Subject => "token-subject",
            Self::Oid => "token-oid",
            Self::Confirmation => "token-confirmation",
            Self::OtherConsumer => "token-other-consumer",
        }
    }

    /// What is wrong.
    pub fn message(self, language: Language) -> String {
        let message = TEXTS.message(self.code(), language, &[]);
        match self {
            Self::Signature(inner) => format!("{message}: {}", inner.message(language)),
            _ => message,
        }
    }

    /// What to do about it.
    pub fn hint(self, language: Language) -> String {
        match self {
            Self::Signature(inner) => inner.hint(language).to_owned(),
            _ => TEXTS.hint(self.code(), language, &[]),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Refusal {}

const fn entry(code: &'static str, message: [&'static str; 2], hint: [&'static str; 2]) -> Entry {
    Entry { code, message, hint }
}

const FETCH: [&str; 2] = ["fetch a new token", "вземете нов токен"];
const OPERATOR: [&str; 2] = [
    "tell the operator of the gateway: [sts] of its configuration says which tokens are believed",
    "уведомете оператора на шлюза: [sts] в настройките му казва на кои токени се вярва",
];
const SERVICE: [&str; 2] = ["tell the service that issues the tokens", "уведомете услугата, която издава токените"];

const TEXTS: Catalogue = Catalogue(&[
    entry(
        "token-missing",
        ["there is no token that says who the consumer is", "няма токен, който да казва кой е консуматорът"],
        ["put a SAML 2.0 assertion into the Security header", "поставете SAML 2.0 твърдение в заглавката Security"],
    ),
    entry(
        "token-several",
        ["there are several tokens in the message", "в съобщението има няколко токена"],
        ["send one assertion", "изпратете едно твърдение"],
    ),
    entry(
        "token-encrypted",
        ["the token is encrypted", "токенът е шифрован"],
        [
            "send the assertion unencrypted: the connection protects it",
            "изпратете твърдението нешифровано: връзката го защитава",
        ],
    ),
    entry(
        "token-version",
        ["the token is not a SAML 2.0 assertion", "токенът не е твърдение на SAML 2.0"],
        ["ask the issuing service for SAML 2.0", "поискайте от издаващата услуга SAML 2.0"],
    ),
    entry(
        "token-structure",
        [
            "an element or attribute of the token is missing, repeated or split",
            "елемент или атрибут на токена липсва, повторен е или е разделен",
        ],
        SERVICE,
    ),
    entry("token-unsigned", ["the token is not signed", "токенът не е подписан"], SERVICE),
    entry("token-signature", ["the signature of the token is refused", "подписът на токена не се приема"], ["", ""]),
    entry(
        "token-signer-over",
        [
            "the certificate of the token's signer is outside its dates",
            "удостоверението на подписалия токена е извън срока си",
        ],
        OPERATOR,
    ),
    entry("token-issuer", ["the token has another issuer", "токенът има друг издател"], OPERATOR),
    entry("token-moment", ["a moment in the token is none", "момент в токена не е момент"], SERVICE),
    entry("token-endless", ["the token says nowhere when it ends", "токенът не казва кога изтича"], SERVICE),
    entry("token-expired", ["the token is over", "токенът е изтекъл"], FETCH),
    entry(
        "token-not-yet-valid",
        ["the token has not begun", "токенът още не е започнал"],
        [
            "compare the clocks of the issuing service and of the gateway",
            "сравнете часовниците на издаващата услуга и на шлюза",
        ],
    ),
    entry("token-audience", ["the token is meant for somebody else", "токенът е предназначен за друг"], OPERATOR),
    entry(
        "token-one-time-use",
        ["the token forbids a second use", "токенът забранява втора употреба"],
        [
            "ask the issuing service for a token without OneTimeUse: several gateways cannot know of each other's uses",
            "поискайте от издаващата услуга токен без OneTimeUse: няколко шлюза не могат да знаят взаимно за употребите си",
        ],
    ),
    entry(
        "token-condition",
        ["the token has a condition that is not known here", "токенът има условие, което тук не е познато"],
        SERVICE,
    ),
    entry(
        "token-subject",
        ["the token names no subject, or several", "токенът не посочва субект или посочва няколко"],
        SERVICE,
    ),
    entry(
        "token-oid",
        [
            "the subject of the token has no object identifier, or several",
            "субектът на токена няма обектен идентификатор или има няколко",
        ],
        [
            "the name of the subject must hold OID: and the identifier once",
            "името на субекта трябва да съдържа веднъж OID: и идентификатора",
        ],
    ),
    entry(
        "token-confirmation",
        ["who brings the token is not whom it allows to", "който носи токена, не е този, на когото той позволява"],
        [
            "a bearer token must be in time, and a token for the holder of a key needs the certificate that it names",
            "токенът за приносител трябва да е в срок, а токенът за притежател на ключ изисква посоченото в него удостоверение",
        ],
    ),
    entry(
        "token-other-consumer",
        [
            "the token is about another consumer than the certificate",
            "токенът е за друг консуматор, а не за този на удостоверението",
        ],
        [
            "send the token and the certificate of one consumer, or leave the token out; the registry must know the consumer's OID",
            "изпратете токена и удостоверението на един консуматор или махнете токена; регистърът трябва да знае OID на консуматора",
        ],
    ),
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_text_in_both_languages() {
        assert_eq!(TEXTS.defects(), [""; 0]);
        let signature = Refusal::Signature(kapia_signature::Refusal::Digest.into());
        for reason in [Refusal::Missing, Refusal::OtherConsumer, Refusal::Oid, signature] {
            for language in Language::ALL {
                assert_ne!(reason.message(language), reason.code());
                assert!(!reason.hint(language).is_empty());
            }
        }
    }
}
