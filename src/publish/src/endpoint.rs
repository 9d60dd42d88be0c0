//! An EgovService somewhere: where it is, under which profile it listens, who pushes; one message and its answer.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_http::{Answer, Client, Read, Settings};
use kapia_language::Language;
use kapia_portal::{Contract, Fitted, Operation, Profile, Unheard};
use kapia_xml::Document;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use zeroize::Zeroizing;

use crate::text;
use crate::trouble::Trouble;

/// A password; it never prints.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes it over.
    pub fn new(password: String) -> Password {
        Password(Zeroizing::new(password))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

/// Where to push, and as whom.
#[derive(Clone, Debug)]
pub struct EndpointSettings {
    /// The address of the port, in the version of SOAP that the profile asks in; `https`.
    pub url: String,
    /// The user of HTTP Basic.
    pub user: String,
    /// Its password.
    pub password: Password,
    /// PEM: who may have issued the certificate of the service; without it the platform decides.
    pub authorities: Option<Vec<u8>>,
    /// How long one message may take.
    pub patience: Duration,
    /// The names under which the service listens.
    pub profile: Profile,
}

/// Why settings cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsError {
    /// No address, or one that would tell the password to everybody on the way.
    Address,
    /// A colon divides user and password.
    User,
    /// The authorities are not certificates in PEM.
    Authorities,
    /// Our own contract cannot be used: a fault of the program.
    Contract,
}

impl SettingsError {
    /// Stable kebab-case name.
    pub fn code(self) -> &'static str {
        match self {
            SettingsError::Address => "settings-address",
            SettingsError::User => "settings-user",
            SettingsError::Authorities => "settings-authorities",
            SettingsError::Contract => "settings-contract",
        }
    }

    /// What is wrong.
    pub fn message(self, language: Language) -> String {
        text::message(self.code(), language, &[])
    }

    /// What to do about it.
    pub fn hint(self, language: Language) -> String {
        text::hint(self.code(), language, &[])
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for SettingsError {}

/// An EgovService that can be spoken to; cheap to clone.
#[derive(Clone)]
pub struct Endpoint {
    client: Client,
    url: Url,
    authorization: HeaderValue,
    patience: Duration,
    profile: Arc<Profile>,
    contract: Arc<Contract>,
}

impl Endpoint {
    /// Prepares to push; opens no connection yet.
    pub fn new(settings: &EndpointSettings) -> Result<Endpoint, SettingsError> {
        let url = Url::parse(&settings.url).map_err(|_| SettingsError::Address)?;
        if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
            return Err(SettingsError::Address);
        }
        if settings.user.contains(':') || settings.user.chars().any(char::is_control) {
            return Err(SettingsError::User);
        }
        let pair = Zeroizing::new(format!("{}:{}", settings.user, *settings.password.0));
        let shown = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
        let mut authorization = HeaderValue::from_str(&shown).map_err(|_| SettingsError::User)?;
        authorization.set_sensitive(true);
        let client = Client::new(&Settings {
            identity: None,
            authorities: settings.authorities.clone(),
            connect: Duration::from_secs(10).min(settings.patience),
            answer_bytes: 16 << 20,
        });
        let client = client.map_err(|_| SettingsError::Authorities)?;
        let contract = Arc::new(Contract::load().map_err(|_| SettingsError::Contract)?);
        let profile = Arc::new(settings.profile.clone());
        Ok(Endpoint { client, url, authorization, patience: settings.patience, profile, contract })
    }

    /// Whether the service has an operation.
    pub fn offers(&self, operation: Operation) -> bool {
        self.profile.offers(operation)
    }

    /// How long one message may take.
    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// What becomes of a record in the names of the service.
    pub(crate) fn fitted(&self, record: &[u8]) -> Fitted {
        self.profile.fitted(&self.contract, record)
    }

    /// Whether an answer without an outcome means that the request was carried out.
    pub(crate) fn answers_without_outcome(&self) -> bool {
        self.profile.answers_without_outcome()
    }

    /// Sends one request, whose children are `content`, and gives the answer's one element, in our names.
    pub(crate) async fn ask(
        &self,
        operation: Operation,
        content: &[u8],
        request_id: &str,
    ) -> Result<Document, Trouble> {
        let asked = self.profile.ask(&self.contract, operation, content, request_id, self.url.as_str());
        let asked = asked.ok_or(Trouble::NotOffered(operation))?;
        let mut request = Request::new(Method::POST, self.url.clone());
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, self.authorization.clone());
        for (name, value) in asked.headers() {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value)) {
                headers.insert(name, value);
            }
        }
        *request.body_mut() = Some(asked.body.clone().into());
        let answer = self.client.send(request, Instant::now() + self.patience, |_| Read::Whole).await?;
        door(&self.url, &answer)?;
        self.profile.hear(&self.contract, &asked, answer.octets.clone()).map_err(|unheard| match unheard {
            Unheard::NotSoap => no_soap(&answer),
            Unheard::OtherAnswer => Trouble::OtherAnswer,
            Unheard::Fault(detail) => Trouble::Fault(detail),
            Unheard::OtherFault { reason, passes } => Trouble::OtherFault { reason, passes },
        })
    }
}

/// What the status of HTTP alone says.
pub(crate) fn door(url: &Url, answer: &Answer) -> Result<(), Trouble> {
    let after = answer.head.retry_after.map(Duration::from_secs);
    match answer.head.status {
        401 if after.is_none() => Err(Trouble::Unauthorized),
        401 | 429 => Err(Trouble::ComeAgain(after)),
        503 if after.is_some() => Err(Trouble::ComeAgain(after)),
        status @ 300..=399 => Err(redirected(url, status, &answer.head.location)),
        _ => Ok(()),
    }
}

/// Where a service has gone: host and path, since the rest may hold what is nobody's business.
fn redirected(url: &Url, status: u16, location: &str) -> Trouble {
    let place = if location.is_empty() { None } else { url.join(location).ok() };
    let shown = place.map(|place| format!("{}{}", place.host_str().unwrap_or_default(), place.path()));
    Trouble::Redirected { status, to: shown.unwrap_or_default().chars().take(200).collect() }
}

/// An answer that is not SOAP.
pub(crate) fn no_soap(answer: &Answer) -> Trouble {
    let (status, media) = (answer.head.status, answer.head.content_type.to_ascii_lowercase());
    let begin: String = String::from_utf8_lossy(answer.octets.get(..512).unwrap_or(&answer.octets[..])).to_lowercase();
    let page = media.contains("html") || begin.contains("<html") || begin.contains("<!doctype html");
    match status {
        413 => Trouble::TooLarge,
        _ if page => Trouble::WebPage(status),
        _ => Trouble::NotSoap(status),
    }
}

/// A new name for a request, a version 4 UUID (RFC 9562 §5.4).
pub(crate) fn request_id() -> String {
    let mut octets = [0_u8; 16];
    // Without randomness names could repeat, and an old answer would be told for a new request: time makes up for it.
    if SystemRandom::new().fill(&mut octets).is_err() {
        let now = time::OffsetDateTime::now_utc().unix_timestamp_nanos();
        octets = now.to_be_bytes();
    }
    octets[6] = (octets[6] & 0x0F) | 0x40;
    octets[8] = (octets[8] & 0x3F) | 0x80;
    let mut text = String::with_capacity(36);
    for (at, octet) in octets.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{octet:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_requests_are_uuids_that_never_repeat() {
        let (one, other) = (request_id(), request_id());
        assert_ne!(one, other);
        assert_eq!((one.len(), one.as_bytes()[14]), (36, b'4'));
        assert!(matches!(one.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }

    #[test]
    fn a_password_goes_nowhere_but_to_an_https_address() {
        let settings = |url: &str, user: &str| EndpointSettings {
            url: url.into(),
            user: user.into(),
            password: Password::new("тайна".into()),
            authorities: None,
            patience: Duration::from_secs(1),
            profile: Profile::own(),
        };
        assert!(!format!("{:?}", settings("https://a.example", "u")).contains("тайна"));
        for url in ["http://a.example/services/EgovService", "ftp://a.example", "a.example", "https://u:p@a.example"] {
            assert_eq!(Endpoint::new(&settings(url, "u")).err(), Some(SettingsError::Address), "{url}");
        }
        assert_eq!(Endpoint::new(&settings("https://a.example", "a:b")).err(), Some(SettingsError::User));
        assert!(Endpoint::new(&settings("https://a.example", "Община")).is_ok());
    }

    #[test]
    fn what_is_no_soap_has_a_name_by_what_it_is() {
        let answer = |status: u16, content_type: &str, body: &'static str| Answer {
            head: kapia_http::Head {
                status,
                content_type: content_type.into(),
                encoded: false,
                retry_after: None,
                location: String::new(),
            },
            read: Read::Whole,
            octets: body.into(),
        };
        assert_eq!(no_soap(&answer(200, "text/html; charset=utf-8", "<p>Вход</p>")), Trouble::WebPage(200));
        assert_eq!(no_soap(&answer(502, "", "\n<!DOCTYPE HTML><title>x</title>")), Trouble::WebPage(502));
        assert_eq!(no_soap(&answer(502, "text/plain", "Bad gateway")), Trouble::NotSoap(502));
        assert_eq!(no_soap(&answer(413, "text/html", "<html/>")), Trouble::TooLarge);
    }

    #[test]
    fn a_new_address_is_told_without_what_may_be_secret_in_it() {
        let url = Url::parse("https://a.example/services/EgovService").unwrap();
        let told = redirected(&url, 302, "https://login.example/in?session=secret");
        assert_eq!(told, Trouble::Redirected { status: 302, to: "login.example/in".into() });
        assert_eq!(redirected(&url, 301, "/new"), Trouble::Redirected { status: 301, to: "a.example/new".into() });
        assert_eq!(redirected(&url, 304, ""), Trouble::Redirected { status: 304, to: String::new() });
    }
}
