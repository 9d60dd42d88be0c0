//! What is signed verifies, in both profiles, in place and cut out.
#![allow(clippy::unwrap_used)]

mod message;

use kapia_signature::{
    Algorithms, DSIG_NAMESPACE, DigestAlgorithm, Placement, Policy, Profile, Refusal, SignError, SignatureAlgorithm,
    Signer, Verifier, XADES_NAMESPACE,
};
use kapia_xml::canonical::{Method, canonicalize};
use message::*;
use time::macros::datetime;

#[test]
fn the_default_profile_verifies_in_place_and_cut_out() {
    for (party, algorithm) in [(rsa(), SignatureAlgorithm::RsaSha256), (p256(), SignatureAlgorithm::EcdsaSha256)] {
        let (data, signature) = signed(party, Profile::Default);
        for source in [envelope(&data, &signature), extracted(&data, &signature)] {
            let document = read(&source);
            let verified = party.verifier(Algorithms::MODERN).verify(&document, &BESIDE).unwrap();
            assert_eq!(verified.canonical, data.as_bytes());
            assert_eq!(document.element(verified.element).local(), "Data");
            assert_eq!(verified.algorithm, algorithm);
            assert_eq!(verified.digest, DigestAlgorithm::Sha256);
            assert_eq!(verified.canonicalization, Method::Exclusive);
            assert_eq!(verified.certificate(), Some(&party.certificate));
            assert_eq!(verified.claimed_time, None);
        }
    }
}

#[test]
fn the_legacy_profile_verifies_cut_out_and_claims_its_time() {
    let (data, signature) = signed(rsa(), Profile::Legacy);
    let document = read(&extracted(&data, &signature));
    let verified = rsa().verifier(Algorithms::WITH_LEGACY_SHA1).verify(&document, &BESIDE).unwrap();
    assert_eq!(verified.canonical, data.as_bytes());
    assert_eq!(verified.algorithm, SignatureAlgorithm::RsaSha1);
    assert_eq!(verified.digest, DigestAlgorithm::Sha1);
    assert_eq!(verified.canonicalization, Method::Inclusive);
    assert_eq!(verified.claimed_time, Some(datetime!(2026-11-21 12:05:09 UTC)));
}

#[test]
fn the_legacy_profile_does_not_verify_in_place_and_says_why() {
    let (data, signature) = signed(rsa(), Profile::Legacy);
    let document = read(&envelope(&data, &signature));
    let error = rsa().verifier(Algorithms::WITH_LEGACY_SHA1).verify(&document, &BESIDE).unwrap_err();
    // SignedInfo is canonicalised inclusively too, so that it is the first to differ.
    assert_eq!(error.refusal(), Refusal::Value);
}

#[test]
fn sha1_is_refused_unless_the_caller_admits_it() {
    let (data, signature) = signed(rsa(), Profile::Legacy);
    let document = read(&extracted(&data, &signature));
    let error = rsa().verifier(Algorithms::MODERN).verify(&document, &BESIDE).unwrap_err();
    assert_eq!(error.refusal(), Refusal::SignatureSha1);
}

#[test]
fn the_octets_of_signed_info_that_are_hashed_are_the_octets_that_are_sent() {
    for (profile, method) in [(Profile::Default, Method::Exclusive), (Profile::Legacy, Method::Inclusive)] {
        let (data, signature) = signed(rsa(), profile);
        let document = read(&extracted(&data, &signature));
        let info = document.root().child(DSIG_NAMESPACE, "Signature").unwrap().child(DSIG_NAMESPACE, "SignedInfo");
        let mut canonical = Vec::new();
        canonicalize(info.unwrap(), method, &[], None, &mut canonical);
        assert_eq!(&document.source()[info.unwrap().span()], std::str::from_utf8(&canonical).unwrap());
    }
}

#[test]
fn listed_prefixes_are_signed_though_only_values_use_them() {
    let prefixes = ["xsd", "xsi", ""];
    let data = data(Profile::Default, &prefixes);
    assert!(
        data.starts_with(&format!(r#"<Data xmlns="{SIGNED_DATA}" xmlns:xsd="{XSD}" xmlns:xsi="{XSI}" id="data">"#))
    );
    let signature = rsa().signer(Profile::Default).sign(&request(&data, &prefixes)).unwrap();
    let signature = String::from_utf8(signature).unwrap();
    assert!(signature.contains(r##"PrefixList="xsd xsi #default""##));
    for source in [envelope(&data, &signature), extracted(&data, &signature)] {
        rsa().verifier(Algorithms::MODERN).verify(&read(&source), &BESIDE).unwrap();
    }
    // Rebinding a listed prefix changes what `xsi:type` means, so it must break the signature.
    let rebound = extracted(&data, &signature)
        .replace(&format!(r#"xmlns:xsd="{XSD}" xmlns:xsi"#), r#"xmlns:xsd="urn:x" xmlns:xsi"#);
    let error = rsa().verifier(Algorithms::MODERN).verify(&read(&rebound), &BESIDE).unwrap_err();
    assert_eq!(error.refusal(), Refusal::Digest);
}

#[test]
fn the_legacy_signature_has_the_structure_that_regix_clients_know() {
    let (data, signature) = signed(rsa(), Profile::Legacy);
    let document = read(&extracted(&data, &signature));
    let names: Vec<String> = document
        .root()
        .child(DSIG_NAMESPACE, "Signature")
        .unwrap()
        .events()
        .filter_map(|event| match event {
            kapia_xml::Event::Start(element) => Some(format!("{}:{}", element.prefix(), element.local())),
            _ => None,
        })
        .collect();
    let expected = "ds:Signature ds:SignedInfo ds:CanonicalizationMethod ds:SignatureMethod \
        ds:Reference ds:Transforms ds:Transform ds:DigestMethod ds:DigestValue \
        ds:Reference ds:DigestMethod ds:DigestValue ds:SignatureValue \
        ds:KeyInfo ds:KeyValue ds:RSAKeyValue ds:Modulus ds:Exponent \
        ds:X509Data ds:X509IssuerSerial ds:X509IssuerName ds:X509SerialNumber ds:X509SubjectName ds:X509Certificate \
        ds:Object xades:QualifyingProperties xades:SignedProperties xades:SignedSignatureProperties \
        xades:SigningTime xades:SigningCertificateV2 xades:Cert xades:CertDigest ds:DigestMethod ds:DigestValue \
        xades:SignaturePolicyIdentifier xades:SignaturePolicyImplied \
        xades:SignatureProductionPlaceV2 xades:CountryName xades:SignerRoleV2 xades:ClaimedRoles xades:ClaimedRole \
        xades:SignedDataObjectProperties xades:DataObjectFormat xades:MimeType";
    assert_eq!(names, expected.split_whitespace().collect::<Vec<_>>());
    for fact in [
        r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="Signature-42-1">"#,
        r##"<ds:Reference Id="r-id-42-1" URI="#data">"##,
        r##"<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#SignedProperties-42-1">"##,
        r#"<ds:SignatureValue Id="SignatureValue-42-1">"#,
        r#"Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315""#,
        r#"Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1""#,
        r#"Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature""#,
        "<xades:SigningTime>2026-11-21T12:05:09Z</xades:SigningTime>",
        "<xades:CountryName>BG</xades:CountryName>",
        "<xades:ClaimedRole>ПОДПИСАН ОТ</xades:ClaimedRole>",
        r##"<xades:DataObjectFormat ObjectReference="#r-id-42-1"><xades:MimeType>text/xml</xades:MimeType>"##,
        r#"CN=signer.example.bg,O=Агенция \"Пример\"\, София,C=BG"#,
    ] {
        assert!(signature.contains(fact), "{fact}");
    }
    assert!(signature.contains(XADES_NAMESPACE));
}

#[test]
fn a_chain_follows_the_certificate_in_the_signature() {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
    let root_key = KeyPair::generate().unwrap();
    let mut root = CertificateParams::default();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    root.distinguished_name.push(DnType::CommonName, "Пример корен");
    let root_pem = root.self_signed(&root_key).unwrap().pem();
    let issuer = Issuer::new(root, root_key);
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::default();
    leaf.distinguished_name.push(DnType::CommonName, "Пример лист");
    let leaf_pem = leaf.signed_by(&key, &issuer).unwrap().pem();

    let party = Party::from_pem(key.serialize_pem(), format!("{root_pem}{leaf_pem}"));
    assert_eq!(party.key.chain().len(), 1);
    let (data, signature) = signed(&party, Profile::Default);
    assert_eq!(signature.matches("<ds:X509Certificate>").count(), 2);
    let verifier = Verifier::new([party.key.certificate().clone()], Algorithms::MODERN);
    let verified = verifier.verify(&read(&extracted(&data, &signature)), &BESIDE).unwrap();
    assert_eq!(verified.certificate(), Some(party.key.certificate()));
    assert_eq!(verified.certificate().unwrap().subject(), "CN=Пример лист");
}

#[test]
fn one_signer_serves_many_threads() {
    let signer = rsa().signer(Profile::Default);
    let verifier = rsa().verifier(Algorithms::MODERN);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..4 {
                    let data = data(Profile::Default, &[]);
                    let signature = String::from_utf8(signer.sign(&request(&data, &[])).unwrap()).unwrap();
                    verifier.verify(&read(&envelope(&data, &signature)), &BESIDE).unwrap();
                }
            });
        }
    });
}

#[test]
fn the_legacy_profile_needs_an_rsa_key() {
    let error = Signer::new(p256().key.clone(), Profile::Legacy).unwrap_err();
    assert_eq!(error, SignError::LegacyKey);
}

#[test]
fn ids_prefixes_and_scopes_that_would_break_the_markup_are_refused() {
    let data = data(Profile::Default, &[]);
    let signer = rsa().signer(Profile::Default);
    let good = request(&data, &[]);
    let mut cases = Vec::new();
    for unique in ["", "a b", "\"", "ю", &"x".repeat(65)] {
        let unique = unique.to_owned();
        cases.push((SignError::Unique, signer.sign(&kapia_signature::Request { unique: &unique, ..good })));
    }
    for reference_id in ["", "1a", "a:b", "#data", "Signature-42-1", "SignedProperties-42-1"] {
        let request = kapia_signature::Request { reference_id, ..good };
        cases.push((SignError::ReferenceId, signer.sign(&request)));
    }
    for prefix in ["a b", "1", "\"", "#default"] {
        cases.push((SignError::Prefix, signer.sign(&request(&data, &[prefix]))));
    }
    for scope in [&[("ds", "urn:x")][..], &[("a", "urn:x"), ("a", "urn:y")], &[("a", "")], &[("xml", "urn:x")]] {
        cases.push((SignError::Scope, signer.sign(&kapia_signature::Request { scope, ..good })));
    }
    for (expected, result) in cases {
        assert_eq!(result.unwrap_err(), expected);
    }
}

#[test]
fn a_signature_inside_what_it_covers_verifies_when_the_policy_says_so() {
    // Enveloped use: our own octets, with the signature moved into the element that it covers.
    let (data, signature) = signed(rsa(), Profile::Default);
    let source = data.replace("</Data>", &format!("{signature}</Data>"));
    for placement in [Placement::Parent, Placement::DocumentElement] {
        let error = rsa().verifier(Algorithms::MODERN).verify(&read(&source), &Policy::new(placement)).unwrap_err();
        // Without the enveloped-signature transform the signature itself is part of what is hashed.
        assert_eq!(error.refusal(), Refusal::Digest);
    }
}
