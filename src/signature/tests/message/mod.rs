//! The messages and parties of the tests: invented, in the shape that clients receive.
#![allow(dead_code)]

use std::sync::{Arc, OnceLock};

use kapia_signature::{Algorithms, Certificate, Placement, Policy, Profile, Request, Signer, SigningKey, Verifier};
use kapia_xml::canonical::{Method, canonicalize};
use kapia_xml::{Document, Limits};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use time::macros::datetime;

pub const SIGNED_DATA: &str = "http://egov.bg/RegiX/SignedData";
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
pub const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// What a client puts around data and signature when it verifies them cut out.
pub const SCOPE: &[(&str, &str)] = &[("", SIGNED_DATA), ("xsi", XSI), ("xsd", XSD)];

/// Someone with a key and a self-signed certificate.
pub struct Party {
    pub key_pem: String,
    pub certificate_pem: String,
    pub certificate: Certificate,
    pub key: Arc<SigningKey>,
}

impl Party {
    pub fn new(algorithm: &'static rcgen::SignatureAlgorithm) -> Party {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let certificate_pem = self_signed(&key, "Агенция \"Пример\", София");
        Party::from_pem(key.serialize_pem(), certificate_pem)
    }

    pub fn from_pem(key_pem: String, certificate_pem: String) -> Party {
        Party {
            certificate: Certificate::from_pem(&certificate_pem).unwrap().remove(0),
            key: Arc::new(SigningKey::from_pem(&key_pem, &certificate_pem).unwrap()),
            key_pem,
            certificate_pem,
        }
    }

    pub fn signer(&self, profile: Profile) -> Signer {
        Signer::new(Arc::clone(&self.key), profile).unwrap()
    }

    pub fn verifier(&self, allow: Algorithms) -> Verifier {
        Verifier::new([self.certificate.clone()], allow)
    }
}

pub fn self_signed(key: &KeyPair, name: &str) -> String {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "BG");
    params.distinguished_name.push(DnType::OrganizationName, name);
    params.distinguished_name.push(DnType::CommonName, "signer.example.bg");
    params.self_signed(key).unwrap().pem()
}

pub fn rsa() -> &'static Party {
    static PARTY: OnceLock<Party> = OnceLock::new();
    PARTY.get_or_init(|| Party::new(&PKCS_RSA_SHA256))
}

pub fn p256() -> &'static Party {
    static PARTY: OnceLock<Party> = OnceLock::new();
    PARTY.get_or_init(|| Party::new(&PKCS_ECDSA_P256_SHA256))
}

/// A `Data` element with the awkward things in it: another namespace, a nil, entities, line ends, a comment's absence.
const DATA: &str = concat!(
    r#"<Data id="data"><Request id="request"><ask:Q xmlns:ask="urn:example:question" kind="a&#9;b">7501020018</ask:Q></Request>"#,
    r#"<Response id="response"><Answer xmlns="http://egov.bg/Example/Answer"><Name>Иванка &amp; Петър &lt;ООД&gt;</Name>"#,
    r#"<Note xsi:type="xsd:string">ред&#13;ред</Note><Empty/></Answer></Response><Matrix xsi:nil="true"/></Data>"#,
);

/// The canonical octets of [`DATA`]: exclusive for the default profile, inclusive within [`SCOPE`] for the legacy one.
pub fn data(profile: Profile, prefixes: &[&str]) -> String {
    let source = extracted(DATA, "");
    let document = read(&source);
    let element = document.root().children().next().unwrap();
    let method = match profile {
        Profile::Default => Method::Exclusive,
        Profile::Legacy => Method::Inclusive,
    };
    let mut octets = Vec::new();
    canonicalize(element, method, prefixes, None, &mut octets);
    String::from_utf8(octets).unwrap()
}

pub fn request<'a>(data: &'a str, prefixes: &'a [&'a str]) -> Request<'a> {
    Request {
        digest_input: data.as_bytes().into(),
        reference_id: "data",
        prefixes,
        scope: SCOPE,
        signing_time: datetime!(2026-11-21 14:05:09.5 +2),
        unique: "42-1",
    }
}

/// Data and its signature, as the party signs in the profile.
pub fn signed(party: &Party, profile: Profile) -> (String, String) {
    let data = data(profile, &[]);
    let signature = party.signer(profile).sign(&request(&data, &[])).unwrap();
    (data, String::from_utf8(signature).unwrap())
}

/// In place: the whole SOAP message.
pub fn envelope(data: &str, signature: &str) -> String {
    format!(
        concat!(
            r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="http://www.w3.org/2005/08/addressing">"#,
            r#"<s:Header><a:RelatesTo>urn:uuid:1</a:RelatesTo></s:Header>"#,
            r#"<s:Body xmlns:xsi="{xsi}" xmlns:xsd="{xsd}"><ExecuteResponse xmlns="http://egov.bg/RegiX">"#,
            r#"<ExecuteResult xmlns="{sd}"><IsReady>true</IsReady>{data}{signature}<HasError>false</HasError></ExecuteResult>"#,
            "</ExecuteResponse></s:Body></s:Envelope>"
        ),
        xsi = XSI,
        xsd = XSD,
        sd = SIGNED_DATA,
        data = data,
        signature = signature
    )
}

/// Cut out: under a root of the client's own (wild-clients rule 13).
pub fn extracted(data: &str, signature: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><ServiceResultData xmlns:xsi="{XSI}" xmlns:xsd="{XSD}" xmlns="{SIGNED_DATA}">{data}{signature}</ServiceResultData>"#
    )
}

pub fn read(source: &str) -> Document {
    Document::read(source.to_owned(), &Limits::default()).unwrap()
}

pub const BESIDE: Policy = Policy::new(Placement::SiblingBefore);
