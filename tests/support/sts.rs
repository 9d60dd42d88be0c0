//! A service that issues tokens: assertions as text, signed by hand, so that every part can be made wrong.

use kapia_xml::canonical::{Method, canonicalize};
use kapia_xml::{Document, Limits};
use rustls::SignatureScheme;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use std::sync::Arc;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// The namespace that the standard gives.
pub const WSS: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// The one that RegiX looks for.
pub const WSS_MISSPELT: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401wss-wssecurity-secext-1.0.xsd";
pub const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// A private key that signs with RSA and SHA-256.
pub struct Sts {
    key: Arc<dyn rustls::sign::SigningKey>,
}

impl Sts {
    /// The key in a PEM text.
    pub fn of(key: &str) -> Sts {
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        Sts { key: provider.key_provider.load_private_key(key).unwrap() }
    }

    fn sign(&self, octets: &[u8]) -> String {
        let signer = self.key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).unwrap();
        base64(&signer.sign(octets).unwrap())
    }

    /// The assertion with an enveloped signature over it, directly behind its issuer.
    pub fn signed(&self, token: &Assertion) -> String {
        let unsigned = token.xml();
        let document = Document::read(unsigned.clone().into_bytes(), &Limits::default()).unwrap();
        let mut canonical = Vec::new();
        canonicalize(document.root(), Method::Exclusive, &[], None, &mut canonical);
        let digest = base64(digest(&canonical).as_ref());
        let info = format!(
            "<ds:SignedInfo xmlns:ds=\"{DSIG}\"><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod><ds:Reference URI=\"#{}\"><ds:Transforms><ds:Transform Algorithm=\"{ENVELOPED}\"></ds:Transform><ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
            token.id
        );
        let value = self.sign(info.as_bytes());
        let signature = format!(
            "<ds:Signature xmlns:ds=\"{DSIG}\">{info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
        );
        let end = unsigned.find("</saml2:Issuer>").unwrap() + "</saml2:Issuer>".len();
        format!("{}{signature}{}", &unsigned[..end], &unsigned[end..])
    }
}

/// An assertion; change the fields that a test is about.
#[derive(Clone)]
pub struct Assertion {
    pub id: String,
    pub version: String,
    pub issuer: String,
    pub issued: String,
    /// Content of `NameID`.
    pub name: String,
    /// Attributes of `Conditions`; `None` leaves the element out.
    pub conditions: Option<String>,
    /// What stands in `Conditions`.
    pub within: String,
    /// What stands in `Subject` behind the name.
    pub confirmation: String,
    /// What stands behind the conditions.
    pub statements: String,
}

impl Assertion {
    /// A good one for this object identifier, for five minutes from a minute ago.
    pub fn of(oid: &str) -> Assertion {
        let now = OffsetDateTime::now_utc();
        Assertion {
            id: "_a1".into(),
            version: "2.0".into(),
            issuer: "sts.example".into(),
            issued: moment(now),
            name: format!("CN=consumer.example, OID:{oid}, C=BG"),
            conditions: Some(period(now - Duration::minutes(1), now + Duration::minutes(5))),
            within: String::new(),
            confirmation: confirmation(BEARER, "", ""),
            statements: "<saml2:AttributeStatement><saml2:Attribute Name=\"x\"><saml2:AttributeValue>x</saml2:AttributeValue></saml2:Attribute></saml2:AttributeStatement>".into(),
        }
    }

    /// With other ends, relative to now, in seconds.
    pub fn lasting(self, from: i64, to: i64) -> Assertion {
        let now = OffsetDateTime::now_utc();
        Assertion { conditions: Some(period(now + Duration::seconds(from), now + Duration::seconds(to))), ..self }
    }

    /// Without a signature.
    pub fn xml(&self) -> String {
        let conditions = self.conditions.as_ref().map_or(String::new(), |attributes| {
            format!("<saml2:Conditions{attributes}>{}</saml2:Conditions>", self.within)
        });
        format!(
            "<saml2:Assertion xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{}\" IssueInstant=\"{}\" Version=\"{}\"><saml2:Issuer>{}</saml2:Issuer><saml2:Subject><saml2:NameID>{}</saml2:NameID>{}</saml2:Subject>{conditions}{}</saml2:Assertion>",
            self.id, self.issued, self.version, self.issuer, self.name, self.confirmation, self.statements
        )
    }
}

/// A header block of WS-Security.
pub fn security(namespace: &str, content: &str) -> String {
    format!("<o:Security xmlns:o=\"{namespace}\">{content}</o:Security>")
}

/// A `SubjectConfirmation`.
pub fn confirmation(method: &str, attributes: &str, content: &str) -> String {
    format!(
        "<saml2:SubjectConfirmation Method=\"{method}\"><saml2:SubjectConfirmationData{attributes}>{content}</saml2:SubjectConfirmationData></saml2:SubjectConfirmation>"
    )
}

/// Attributes for a beginning and an end.
pub fn period(from: OffsetDateTime, to: OffsetDateTime) -> String {
    format!(" NotBefore=\"{}\" NotOnOrAfter=\"{}\"", moment(from), moment(to))
}

/// A moment as SAML writes it.
pub fn moment(moment: OffsetDateTime) -> String {
    moment.format(&Rfc3339).unwrap()
}

fn digest(octets: &[u8]) -> rustls::crypto::hash::Output {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let suites = provider.cipher_suites.iter().filter_map(|suite| suite.tls13());
    let sha256 = suites.map(|suite| suite.common.hash_provider).find(|hash| hash.output_len() == 32).unwrap();
    sha256.hash(octets)
}

/// Base64 (RFC 4648 §4).
pub fn base64(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in octets.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}
