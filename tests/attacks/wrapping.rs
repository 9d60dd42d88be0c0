//! Signature wrapping and the other attacks on signatures, against `kapia verify`.

use super::*;
use crate::support::Output;
use std::path::PathBuf;

/// A signed reply: everything before `Data`, `Data`, the signature, everything behind it.
struct Signed {
    before: String,
    data: String,
    signature: String,
    after: String,
}

impl Signed {
    fn new() -> Signed {
        let read = GATE.call(&Call::good().signed());
        let text = read.http.text();
        let cut = |from: &str, to: &str| (text.find(from).unwrap(), text.find(to).unwrap() + to.len());
        let (data, signature) = (cut("<Data ", "</Data>"), cut("<ds:Signature ", "</ds:Signature>"));
        assert_eq!(data.1, signature.0);
        Signed {
            before: text[..data.0].to_owned(),
            data: text[data.0..data.1].to_owned(),
            signature: text[signature.0..signature.1].to_owned(),
            after: text[signature.1..].to_owned(),
        }
    }

    /// `Data` as an attacker would have it.
    fn forged(&self, id: &str) -> String {
        let forged = self.data.replace("id=\"data\"", &format!("id=\"{id}\"")).replace("Огнян", "Злодей");
        assert_ne!(forged, self.data);
        forged
    }

    fn message(&self, middle: &str) -> String {
        format!("{}{middle}{}", self.before, self.after)
    }

    /// The message with something in a header of the envelope.
    fn with_header(&self, header: &str, middle: &str) -> String {
        let message = self.message(middle);
        assert!(message.contains("<s:Body"));
        message.replacen("<s:Body", &format!("<s:Header><W xmlns=\"urn:w\">{header}</W></s:Header><s:Body"), 1)
    }
}

fn file(content: &str) -> PathBuf {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let file = GATE.folder.join(format!("attack-{}.xml", NEXT.fetch_add(1, Ordering::Relaxed)));
    std::fs::write(&file, content).unwrap();
    file
}

fn verify(content: &str, arguments: &[&str]) -> Output {
    let file = file(content);
    GATE.kapia_says(&[&["verify", file.to_str().unwrap()], arguments].concat())
}

/// Refused under this name, in the plain and in the legacy mode.
#[track_caller]
fn assert_refused_as(content: &str, code: &str) {
    for mode in [&[][..], &["--legacy"]] {
        let said = verify(content, mode);
        let told = format!("{}{}", said.stdout, said.stderr);
        assert_eq!(said.code, Some(1), "{told}");
        assert!(told.contains(&format!("[{code}]")) && told.contains("hint: "), "{code} is expected:\n{told}");
    }
}

#[test]
fn the_honest_message_is_believed_and_its_place_is_told() {
    let signed = Signed::new();
    let said = verify(&signed.message(&format!("{}{}", signed.data, signed.signature)), &[]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let path = "/Envelope/Body/ExecuteResponse/ExecuteResult/ServiceResultData/Data";
    assert!(said.stdout.contains(path) || said.stderr.contains(path), "{}{}", said.stdout, said.stderr);
}

// The eight variants of Somorovsky and others, "On Breaking SAML: Be Whoever You Want to Be" (2012), with `Data` in the
// place of the assertion or the response.

#[test]
fn xsw1_the_signed_element_as_a_child_of_the_signature_of_the_forged_one_is_refused() {
    let signed = Signed::new();
    let inside = signed.signature.replace("</ds:Signature>", &format!("{}</ds:Signature>", signed.data));
    let forged = signed.forged("forged").replace("</Data>", &format!("{inside}</Data>"));
    assert_refused_as(&signed.message(&forged), "signature-structure");
}

#[test]
fn xsw2_the_signed_element_beside_the_signature_in_the_forged_one_is_refused() {
    let signed = Signed::new();
    let pair = format!("{}{}", signed.signature, signed.data);
    let forged = signed.forged("forged").replace("</Data>", &format!("{pair}</Data>"));
    assert_refused_as(&signed.message(&forged), "signature-position");
}

#[test]
fn xsw3_a_forged_element_before_the_signed_one_is_refused() {
    let signed = Signed::new();
    let middle = format!("{}{}{}", signed.forged("forged"), signed.data, signed.signature);
    assert_refused_as(&signed.message(&middle), "signature-sibling");
    let behind = format!("{}{}{}", signed.data, signed.signature, signed.forged("forged"));
    assert_refused_as(&signed.message(&behind), "signature-sibling");
    // Between the signed element and its signature it would be what stands before the signature.
    let between = format!("{}{}{}", signed.data, signed.forged("forged"), signed.signature);
    assert_refused_as(&signed.message(&between), "signature-position");
}

#[test]
fn xsw4_the_signed_element_inside_the_forged_one_is_refused() {
    let signed = Signed::new();
    let forged = signed.forged("forged").replace("</Data>", &format!("{}</Data>", signed.data));
    assert_refused_as(&signed.message(&format!("{forged}{}", signed.signature)), "signature-position");
}

#[test]
fn xsw5_the_signed_element_at_the_end_and_the_signature_in_the_forged_one_is_refused() {
    let signed = Signed::new();
    let forged = signed.forged("forged").replace("</Data>", &format!("{}</Data>", signed.signature));
    assert_refused_as(&signed.message(&format!("{forged}{}", signed.data)), "signature-position");
}

#[test]
fn xsw6_the_signed_element_in_the_signature_in_the_forged_one_is_refused() {
    let signed = Signed::new();
    let object = format!("<ds:Object>{}</ds:Object></ds:Signature>", signed.data);
    let inside = signed.signature.replace("</ds:Signature>", &object);
    let forged = signed.forged("forged").replace("</Data>", &format!("{inside}</Data>"));
    assert_refused_as(&signed.message(&forged), "signature-position");
}

#[test]
fn xsw7_the_signed_element_in_an_extension_is_refused() {
    let signed = Signed::new();
    let middle = format!("<Extensions>{}</Extensions>{}{}", signed.data, signed.forged("forged"), signed.signature);
    assert_refused_as(&signed.message(&middle), "signature-position");
    // The same in a header, and with the same id on both.
    let header = signed.with_header(&signed.data, &format!("{}{}", signed.forged("forged"), signed.signature));
    assert_refused_as(&header, "signature-position");
    let twice = signed.with_header(&signed.data, &format!("{}{}", signed.forged("data"), signed.signature));
    assert_refused_as(&twice, "signature-duplicate-id");
}

#[test]
fn xsw8_the_signed_element_in_an_object_of_the_signature_is_refused() {
    let signed = Signed::new();
    let object = format!("<ds:Object>{}</ds:Object></ds:Signature>", signed.data);
    let signature = signed.signature.replace("</ds:Signature>", &object);
    assert_refused_as(&signed.message(&format!("{}{signature}", signed.forged("forged"))), "signature-position");
}

#[test]
fn a_signed_pair_that_moved_is_told_at_the_place_where_it_is() {
    let signed = Signed::new();
    let pair = format!("{}{}", signed.data, signed.signature);
    let moved = signed.with_header(&pair, &signed.forged("forged"));
    for mode in [&[][..], &["--legacy"]] {
        let said = verify(&moved, mode);
        let told = format!("{}{}", said.stdout, said.stderr);
        assert!(told.contains("/Envelope/Header/W/Data") && !told.contains("ServiceResultData/Data"), "{told}");
    }
    // With a second signature for the forged one nobody guesses which is meant.
    let two = signed.with_header(&pair, &format!("{}{}", signed.forged("forged"), signed.signature));
    assert_refused_as(&two, "signature-several");
}

#[test]
fn the_key_of_an_attacker_is_not_believed() {
    let signed = Signed::new();
    let message = signed.message(&format!("{}{}", signed.data, signed.signature));
    let stranger = GATE.certs.join("stranger.pem");
    let said = verify(&message, &["--signer", stranger.to_str().unwrap()]);
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("[signature-key-unknown]"), "{}", said.stderr);
    // A key alone, without a certificate to go by, is no key at all.
    let (start, rest) = signed.signature.split_once("<ds:KeyInfo>").unwrap();
    let (_, end) = rest.split_once("</ds:KeyInfo>").unwrap();
    let value = "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>";
    let own = format!("{start}<ds:KeyInfo>{value}</ds:KeyInfo>{end}");
    assert_refused_as(&signed.message(&format!("{}{own}", signed.forged("data"))), "signature-digest");
    let fetched = format!("{start}<ds:KeyInfo><ds:RetrievalMethod URI=\"{}\"/></ds:KeyInfo>{end}", Bait::new().url());
    assert_refused_as(&signed.message(&format!("{}{fetched}", signed.data)), "signature-key-retrieval");
}

#[test]
fn references_transforms_and_algorithms_that_are_not_listed_are_refused_by_name() {
    let signed = Signed::new();
    let bait = Bait::new();
    let elsewhere = format!("URI=\"{}\"", bait.url());
    let exclusive = "Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"";
    let rsa = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    let within = |uri: &str| format!("Transform Algorithm=\"{uri}\"");
    for (from, to, code) in [
        ("URI=\"#data\"", "URI=\"\"", "signature-reference-whole"),
        ("URI=\"#data\"", elsewhere.as_str(), "signature-reference-external"),
        ("URI=\"#data\"", "URI=\"file:///etc/hostname\"", "signature-reference-external"),
        ("URI=\"#data\"", "URI=\"#xpointer(id('data'))\"", "signature-reference-pointer"),
        (" URI=\"#data\"", "", "signature-reference-absent"),
        (rsa, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "signature-hmac"),
        (rsa, "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "signature-hmac"),
        (rsa, "http://www.w3.org/2000/09/xmldsig#dsa-sha1", "signature-algorithm"),
        (rsa, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5", "signature-algorithm"),
        (
            "</ds:SignatureMethod>",
            "<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>",
            "signature-structure",
        ),
        (exclusive, &within("http://www.w3.org/TR/1999/REC-xslt-19991116"), "signature-transform-xslt"),
        (exclusive, &within("http://www.w3.org/TR/1999/REC-xpath-19991116"), "signature-transform-xpath"),
        (exclusive, &within("http://www.w3.org/2002/06/xmldsig-filter2"), "signature-transform-xpath"),
        (exclusive, &within("http://www.w3.org/2000/09/xmldsig#base64"), "signature-transform"),
        (exclusive, &within("http://www.w3.org/2001/10/xml-exc-c14n#WithComments"), "signature-transform"),
        ("<ds:DigestValue>", "<ds:DigestValue><!-- -->", "signature-split-text"),
        ("</ds:Signature>", "<ds:Object><ds:Manifest/></ds:Object></ds:Signature>", "signature-manifest"),
    ] {
        assert!(signed.signature.contains(from), "{from}");
        let signature = signed.signature.replacen(from, to, 1);
        assert_refused_as(&signed.message(&format!("{}{signature}", signed.data)), code);
    }
    bait.assert_untouched();
}

#[test]
fn floods_in_a_signature_are_refused() {
    let signed = Signed::new();
    let (start, rest) = signed.signature.split_once("<ds:Reference ").unwrap();
    let (reference, end) = rest.split_once("</ds:Reference>").unwrap();
    let many = format!("{start}{}{end}", format!("<ds:Reference {reference}</ds:Reference>").repeat(20_000));
    assert_refused_as(&signed.message(&format!("{}{many}", signed.data)), "signature-references");
    let (start, rest) = signed.signature.split_once("<ds:Transform ").unwrap();
    let (transform, end) = rest.split_once("</ds:Transform>").unwrap();
    let many = format!("{start}{}{end}", format!("<ds:Transform {transform}</ds:Transform>").repeat(20_000));
    assert_refused_as(&signed.message(&format!("{}{many}", signed.data)), "signature-transform");
    let certificate = "<ds:X509Certificate>MAAwADAA</ds:X509Certificate>".repeat(20_000);
    let many = signed.signature.replacen("<ds:X509Data>", &format!("<ds:X509Data>{certificate}"), 1);
    assert_refused_as(&signed.message(&format!("{}{many}", signed.data)), "signature-key-info");
    let ids: String = (0..200_000).map(|n| format!("<i id=\"x{n}\"/>")).collect();
    let said = verify(&signed.with_header(&ids, &format!("{}{}", signed.data, signed.signature)), &[]);
    assert_eq!(said.code, Some(0), "other ids are no reason to refuse: {}", said.stderr);
}

#[test]
fn what_is_not_readable_is_refused_before_any_signature() {
    let signed = Signed::new();
    let message = signed.message(&format!("{}{}", signed.data, signed.signature));
    assert_refused_as(&format!("<!DOCTYPE x [<!ATTLIST Data x ID #IMPLIED>]>{message}"), "xml-doctype");
    assert_refused_as(&"<d>".repeat(100_000), "xml-too-deep");
    assert_refused_as("<a/>", "signature-missing");
}

#[test]
fn a_legacy_signature_is_not_believed_where_its_names_mean_something_else() {
    let key = std::fs::read_to_string(GATE.certs.join("signer-key.pem")).unwrap();
    let certificate = std::fs::read_to_string(GATE.certs.join("signer.pem")).unwrap();
    let key = kapia_signature::SigningKey::from_pem(&key, &certificate).unwrap();
    let signer = kapia_signature::Signer::new(key, kapia_signature::Profile::Legacy).unwrap();
    let namespace = "http://egov.bg/RegiX/SignedData";
    let (xsi, xsd) = ("http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/2001/XMLSchema");
    let content = "<Response><A xsi:nil=\"true\"></A><B xsi:type=\"xsd:string\">x</B></Response>";
    // What the signer hashes is the form that stands alone.
    let alone =
        format!("<Data xmlns=\"{namespace}\" xmlns:xsd=\"{xsd}\" xmlns:xsi=\"{xsi}\" id=\"data\">{content}</Data>");
    let signature = signer
        .sign(&kapia_signature::Request {
            digest_input: alone.as_bytes().into(),
            reference_id: "data",
            prefixes: &[],
            scope: &[("", namespace), ("xsd", xsd), ("xsi", xsi)],
            signing_time: time::OffsetDateTime::now_utc(),
            unique: "1",
        })
        .unwrap();
    let signature = String::from_utf8(signature).unwrap();
    let data = format!("<Data id=\"data\">{content}</Data>");
    let message = |default: &str, xsi: &str, xsd: &str| {
        format!(
            "<M xmlns:other=\"urn:o\"><R xmlns=\"{default}\" xmlns:xsi=\"{xsi}\" xmlns:xsd=\"{xsd}\">{data}{signature}</R></M>"
        )
    };
    let said = verify(&message(namespace, xsi, xsd), &["--legacy"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(format!("{}{}", said.stdout, said.stderr).contains("/M/R/Data"));
    for (default, xsi, xsd) in [
        (namespace, "urn:other", xsd),
        (namespace, xsi, "urn:other"),
        ("urn:other", xsi, xsd),
        ("urn:other&quot; xmlns:x=&quot;y", xsi, xsd),
    ] {
        let said = verify(&message(default, xsi, xsd), &["--legacy"]);
        assert_eq!(said.code, Some(1), "{default} {xsi} {xsd}: {}", said.stdout);
    }
}
