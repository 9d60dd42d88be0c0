//! An EgovService somewhere: where it is, who pushes, one message and its answer.

use std::fmt;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use kapia_http::{Client, Read, Settings, Trouble as HttpTrouble};
use kapia_portal::fault::Detail;
use kapia_portal::names::{Operation, TYPES};
use kapia_xml::{Document, Element, Limits, Writer};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use zeroize::Zeroizing;

use crate::trouble::Trouble;

const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";

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
    /// The address of the SOAP 1.1 port; `https`.
    pub url: String,
    /// The user of HTTP Basic.
    pub user: String,
    /// Its password.
    pub password: Password,
    /// PEM: who may have issued the certificate of the service; without it the platform decides.
    pub authorities: Option<Vec<u8>>,
    /// How long one message may take.
    pub patience: Duration,
}

/// Why settings cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No address, or one that would tell the password to everybody on the way.
    #[error("the address is not an https address")]
    Address,
    /// A colon divides user and password.
    #[error("the user holds a colon or characters that a header cannot hold")]
    User,
    /// The authorities are not certificates in PEM.
    #[error("the authorities are not certificates in PEM")]
    Authorities,
}

/// An EgovService that can be spoken to; cheap to clone.
#[derive(Clone)]
pub struct Endpoint {
    client: Client,
    url: Url,
    authorization: HeaderValue,
    patience: Duration,
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
        Ok(Endpoint { client, url, authorization, patience: settings.patience })
    }

    /// Sends one request, whose children are `content`, and gives the answer's one element.
    pub(crate) async fn ask(
        &self,
        operation: Operation,
        content: &[u8],
        request_id: &str,
    ) -> Result<Document, Trouble> {
        let mut request = Request::new(Method::POST, self.url.clone());
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
        if let Ok(action) = HeaderValue::from_str(&format!("\"{}\"", operation.action())) {
            headers.insert("SOAPAction", action);
        }
        *request.body_mut() = Some(envelope(operation, content, request_id).into());
        let answer = self.client.send(request, Instant::now() + self.patience, |_| Read::Whole).await;
        let answer = answer.map_err(|trouble| match trouble {
            HttpTrouble::Unreachable => Trouble::Unreachable,
            HttpTrouble::Deadline => Trouble::Deadline,
            HttpTrouble::Broken | HttpTrouble::TooLarge { .. } => Trouble::Broken,
        })?;
        let after = answer.head.retry_after.map(Duration::from_secs);
        match answer.head.status {
            401 if after.is_none() => return Err(Trouble::Unauthorized),
            401 | 429 => return Err(Trouble::ComeAgain(after)),
            _ => {}
        }
        told(answer.octets, answer.head.status)
    }
}

fn envelope(operation: Operation, content: &[u8], request_id: &str) -> Vec<u8> {
    let mut writer = Writer::with_capacity(content.len() + 1024);
    writer.start("s", SOAP_11, "Envelope", &[], &[]);
    writer.start("s", SOAP_11, "Header", &[], &[]);
    writer.start("", TYPES, "RequestContext", &[], &[]);
    writer.leaf("", TYPES, "RequestId", request_id);
    writer.end();
    writer.end();
    writer.start("s", SOAP_11, "Body", &[], &[]);
    writer.start("", TYPES, operation.name(), &[], &[]);
    writer.raw(content);
    writer.end();
    writer.end();
    writer.end();
    writer.into_bytes()
}

/// The one element of a body, alone; a fault is a trouble.
fn told(octets: Bytes, status: u16) -> Result<Document, Trouble> {
    let not_soap = || Trouble::NotSoap(status);
    let document = Document::read(octets, &Limits::default()).map_err(|_| not_soap())?;
    let body = document.root().child(SOAP_11, "Body").ok_or_else(not_soap)?;
    let said = body.children().next().ok_or_else(not_soap)?;
    if said.is(SOAP_11, "Fault") {
        let detail = said.child("", "detail").and_then(|detail| detail.child(TYPES, "EgovServiceFault"));
        return Err(match detail {
            Some(fault) => Trouble::Fault(Box::new(fault_of(fault))),
            // Somebody else's fault, such as that of a proxy.
            None => not_soap(),
        });
    }
    let mut writer = Writer::new();
    writer.copy(said, &mut kapia_xml::KeepAll);
    Document::read(writer.into_bytes(), &Limits::default()).map_err(|_| not_soap())
}

/// A fault or a warning as the service writes it.
pub(crate) fn fault_of(element: Element<'_>) -> Detail {
    let text = |name: &str| element.child(TYPES, name).map(|child| child.text().into_owned()).unwrap_or_default();
    Detail {
        code: text("Code"),
        bg: text("MessageBg"),
        en: text("MessageEn"),
        fields: element
            .children()
            .filter(|child| child.is(TYPES, "Field"))
            .map(|field| field.text().into_owned())
            .collect(),
        correlation: text("CorrelationId"),
        retryable: matches!(text("Retryable").trim(), "true" | "1"),
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
        };
        assert!(!format!("{:?}", settings("https://a.example", "u")).contains("тайна"));
        for url in ["http://a.example/services/EgovService", "ftp://a.example", "a.example", "https://u:p@a.example"] {
            assert_eq!(Endpoint::new(&settings(url, "u")).err(), Some(SettingsError::Address), "{url}");
        }
        assert_eq!(Endpoint::new(&settings("https://a.example", "a:b")).err(), Some(SettingsError::User));
        assert!(Endpoint::new(&settings("https://a.example", "Община")).is_ok());
    }

    #[test]
    fn a_fault_is_read_and_a_page_of_a_proxy_is_none() {
        let fault = format!(
            "<s:Envelope xmlns:s='{SOAP_11}'><s:Body><s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring>\
             <detail><EgovServiceFault xmlns='{TYPES}'><Code>EGS-5002</Code><MessageBg>б</MessageBg><MessageEn>e</MessageEn>\
             <Field>/A</Field><CorrelationId>K1</CorrelationId><Retryable>true</Retryable></EgovServiceFault></detail></s:Fault>\
             </s:Body></s:Envelope>"
        );
        match told(Bytes::from(fault), 500) {
            Err(Trouble::Fault(fault)) => {
                assert_eq!((fault.code.as_str(), fault.fields.len(), fault.retryable), ("EGS-5002", 1, true));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(told(Bytes::from("<html/>"), 502).err(), Some(Trouble::NotSoap(502)));
        assert_eq!(told(Bytes::from("Bad gateway"), 502).err(), Some(Trouble::NotSoap(502)));
    }
}
