//! Tokens that another program has signed (`xmlsec1`), as toolkits of issuing services write them.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use kapia_saml::{Circumstances, Judge, Token, Trust};
use kapia_signature::{Algorithms, Certificate};
use kapia_xml::{Document, Limits};
use std::path::Path;
use std::process::Command;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

const WSS: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const OID: &str = "2.16.100.1.1.999.1.1";

/// An unsigned assertion, indented, with typed attributes and a place for the signature.
fn template(algorithm: &str, digest: &str, inclusive: &str) -> String {
    let moment = |minutes| (OffsetDateTime::now_utc() + Duration::minutes(minutes)).format(&Rfc3339).unwrap();
    let (issued, from, to) = (moment(0), moment(-5), moment(30));
    format!(
        r##"<?xml version="1.0" encoding="UTF-8"?>
<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="_0b6f0d56" IssueInstant="{issued}" Version="2.0">
  <saml2:Issuer>sts.example</saml2:Issuer>
  <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
    <ds:SignedInfo>
      <ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
      <ds:SignatureMethod Algorithm="{algorithm}"/>
      <ds:Reference URI="#_0b6f0d56">
        <ds:Transforms>
          <ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>
          <ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">{inclusive}</ds:Transform>
        </ds:Transforms>
        <ds:DigestMethod Algorithm="{digest}"/>
        <ds:DigestValue/>
      </ds:Reference>
    </ds:SignedInfo>
    <ds:SignatureValue/>
    <ds:KeyInfo><ds:X509Data/></ds:KeyInfo>
  </ds:Signature>
  <saml2:Subject>
    <saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName">C=BG, O=Пример &amp; син, OID:{OID}, CN=consumer.example</saml2:NameID>
    <saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/>
  </saml2:Subject>
  <saml2:Conditions NotBefore="{from}" NotOnOrAfter="{to}">
    <saml2:AudienceRestriction><saml2:Audience>urn:egov:bg:services:oid:2.16.100.1.1.1</saml2:Audience></saml2:AudienceRestriction>
  </saml2:Conditions>
  <saml2:AttributeStatement><saml2:Attribute Name="x"><saml2:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">x</saml2:AttributeValue></saml2:Attribute></saml2:AttributeStatement>
</saml2:Assertion>
"##
    )
}

/// The template, signed.
fn signed(folder: &Path, template: &str) -> String {
    let file = folder.join("template.xml");
    std::fs::write(&file, template).unwrap();
    let said = Command::new("xmlsec1")
        .args(["--sign", "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", "--privkey-pem"])
        .arg(format!("{},{}", folder.join("key.pem").display(), folder.join("certificate.pem").display()))
        .arg(&file)
        .output()
        .expect("xmlsec1 is missing: install the package xmlsec1");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let text = String::from_utf8(said.stdout).unwrap();
    text[text.find("<saml2:Assertion").unwrap()..].to_owned()
}

fn judged(folder: &Path, token: &str) -> Result<Token, kapia_saml::Refusal> {
    let text = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns=\"urn:outer\" xmlns:xs=\"urn:another\"><s:Header><o:Security xmlns:o=\"{WSS}\">{token}</o:Security></s:Header><s:Body><x/></s:Body></s:Envelope>"
    );
    let document = Document::read(text.into_bytes(), &Limits::default()).unwrap();
    let header = document.root().children().next().unwrap();
    let assertion = kapia_saml::assertion(header.children()).unwrap().unwrap();
    let certificate = std::fs::read_to_string(folder.join("certificate.pem")).unwrap();
    let trust = Trust {
        signers: Certificate::from_pem(&certificate).unwrap(),
        issuers: vec!["sts.example".into()],
        audiences: vec!["urn:egov:bg:services:oid:2.16.100.1.1.1".into()],
        clock_skew: Duration::seconds(60),
        algorithms: Algorithms::MODERN,
    };
    let circumstances = Circumstances { now: OffsetDateTime::now_utc(), holder: None, vouched: false };
    Judge::new(trust).judge(&document, assertion.id(), &circumstances)
}

#[test]
fn a_token_signed_by_another_program_is_believed_inside_of_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let inclusive = "<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xs\"/>";
    for (family, algorithm, digest) in [
        ("rsa", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"),
        ("rsa", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "http://www.w3.org/2001/04/xmlenc#sha512"),
        ("p256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"),
    ] {
        let key = match family {
            "rsa" => rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap(),
            _ => rcgen::KeyPair::generate().unwrap(),
        };
        let mut params = rcgen::CertificateParams::default();
        params.not_before = OffsetDateTime::now_utc() - Duration::days(1);
        params.not_after = OffsetDateTime::now_utc() + Duration::days(1);
        std::fs::write(folder.path().join("certificate.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
        for inclusive in ["", inclusive] {
            let token = signed(folder.path(), &template(algorithm, digest, inclusive));
            assert_eq!(judged(folder.path(), &token).unwrap().oid, OID, "{algorithm}");
            // The signature is over every part of it.
            let changed = token.replace("син", "Син");
            assert_eq!(judged(folder.path(), &changed).unwrap_err().code(), "token-signature");
        }
    }
}
