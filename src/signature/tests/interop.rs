//! Another implementation agrees: xmlsec1 verifies what is signed here, and refuses what was changed.
#![allow(clippy::unwrap_used)]

mod message;

use std::path::Path;
use std::process::{Command, Output};

use kapia_signature::{Algorithms, Profile};
use message::*;

#[test]
fn xmlsec1_verifies_the_default_profile_in_place_and_cut_out() {
    for party in [rsa(), p256()] {
        let (data, signature) = signed(party, Profile::Default);
        assert_verifies(party, &envelope(&data, &signature));
        assert_verifies(party, &extracted(&data, &signature));
        assert_refuses(party, &envelope(&data.replace("Иванка", "Иванко"), &signature));
    }
}

#[test]
fn xmlsec1_verifies_the_default_profile_with_listed_prefixes() {
    let prefixes = ["xsd", "xsi"];
    let data = data(Profile::Default, &prefixes);
    let signature = rsa().signer(Profile::Default).sign(&request(&data, &prefixes)).unwrap();
    let signature = String::from_utf8(signature).unwrap();
    assert_verifies(rsa(), &envelope(&data, &signature));
    assert_verifies(rsa(), &extracted(&data, &signature));
}

#[test]
fn xmlsec1_verifies_the_legacy_profile_cut_out_and_only_so() {
    let (data, signature) = signed(rsa(), Profile::Legacy);
    assert_verifies(rsa(), &extracted(&data, &signature));
    assert_refuses(rsa(), &envelope(&data, &signature));
    assert_refuses(rsa(), &extracted(&data.replace("Иванка", "Иванко"), &signature));
    // The time stands in SignedProperties, which the second reference covers.
    assert_refuses(rsa(), &extracted(&data, &signature.replace("2026-11-21T", "2025-11-21T")));
}

#[test]
fn xmlsec1_and_this_verifier_agree_on_a_signature_made_by_xmlsec1() {
    let data = data(Profile::Default, &[]);
    let template = concat!(
        r#"<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>"#,
        r#"<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>"#,
        r#"<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"/>"#,
        r##"<Reference URI="#data"><Transforms><Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">"##,
        r#"<InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xsd xsi"/></Transform></Transforms>"#,
        r#"<DigestMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#sha384"/><DigestValue/></Reference>"#,
        "</SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature>"
    );
    let folder = tempfile::tempdir().unwrap();
    let (input, key, output) =
        (folder.path().join("in.xml"), folder.path().join("key.pem"), folder.path().join("out.xml"));
    std::fs::write(&input, envelope(&data, template)).unwrap();
    std::fs::write(&key, &rsa().key_pem).unwrap();
    let certificate = folder.path().join("certificate.pem");
    std::fs::write(&certificate, &rsa().certificate_pem).unwrap();
    let pair = format!("{},{}", key.display(), certificate.display());
    let made = xmlsec1(&["--sign", "--output", path(&output), ID[0], ID[1], "--privkey-pem", &pair, path(&input)]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let signed = std::fs::read_to_string(&output).unwrap();
    let verified = rsa().verifier(Algorithms::MODERN).verify(&read(&signed), &BESIDE).unwrap();
    assert!(String::from_utf8(verified.canonical).unwrap().contains("Иванка"));
}

const ID: [&str; 2] = ["--id-attr:id", "http://egov.bg/RegiX/SignedData:Data"];
const PROPERTIES_ID: [&str; 2] = ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"];

fn assert_verifies(party: &Party, source: &str) {
    let output = verify(party, source);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn assert_refuses(party: &Party, source: &str) {
    let output = verify(party, source);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("FAIL"), "{said}");
}

fn verify(party: &Party, source: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let (document, certificate) = (folder.path().join("message.xml"), folder.path().join("certificate.pem"));
    std::fs::write(&document, source).unwrap();
    std::fs::write(&certificate, &party.certificate_pem).unwrap();
    let [id, data] = ID;
    let [properties_id, properties] = PROPERTIES_ID;
    xmlsec1(&[
        "--verify",
        id,
        data,
        properties_id,
        properties,
        "--trusted-pem",
        path(&certificate),
        "--pubkey-cert-pem",
        path(&certificate),
        path(&document),
    ])
}

fn xmlsec1(arguments: &[&str]) -> Output {
    Command::new("xmlsec1")
        .args(arguments)
        .output()
        .expect("xmlsec1 must be installed for the interoperability tests (Debian package xmlsec1)")
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
