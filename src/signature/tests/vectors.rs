//! Public interoperability vectors: what is in the scope of this verifier verifies, everything else is refused by name.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kapia_signature::{Algorithms, Certificate, DSIG_NAMESPACE, Placement, Policy, PublicKey, TrustedKey, Verifier};
use kapia_xml::canonical::{Method, canonicalize};
use kapia_xml::{Document, Limits};

/// In scope: enveloping signatures with a reference by id, C14N 1.0, RSA of 2048 bits or more, P-256 and P-384.
const VERIFY: [&str; 11] = [
    "aleksey-xmldsig-01/enveloping-expired-cert.xml",
    "aleksey-xmldsig-01/enveloping-rsa-x509chain.xml",
    "aleksey-xmldsig-01/enveloping-sha1-rsa-sha1.xml",
    "aleksey-xmldsig-01/enveloping-sha256-ecdsa-sha256.xml",
    "aleksey-xmldsig-01/enveloping-sha256-rsa-sha256.xml",
    "aleksey-xmldsig-01/enveloping-sha384-rsa-sha384.xml",
    "aleksey-xmldsig-01/enveloping-sha512-rsa-sha512.xml",
    "xmldsig11-interop-2012/signature-enveloping-p256_sha256.xml",
    "xmldsig11-interop-2012/signature-enveloping-p256_sha256_4050.xml",
    "xmldsig11-interop-2012/signature-enveloping-p384_sha384.xml",
    "xmldsig11-interop-2012/signature-enveloping-p384_sha384_4050.xml",
];

/// How many of the others are refused for which reason.
const REFUSED: [(&str, usize); 13] = [
    // DSA, Edwards curves, post-quantum, PSS, MD5, RIPEMD, SHA-224, SHA-3, GOST.
    ("signature-algorithm", 104),
    // C14N 1.1 and with comments.
    ("signature-canonicalization", 13),
    ("signature-digest-algorithm", 1),
    ("signature-hmac", 27),
    // DEREncodedKeyValue and KeyInfoReference.
    ("signature-key-info", 7),
    ("signature-key-retrieval", 2),
    // P-521 under ecdsa-sha384.
    ("signature-key-type", 1),
    // RSA of 1024 bits.
    ("signature-key-unknown", 2),
    ("signature-manifest", 13),
    ("signature-reference-external", 9),
    ("signature-reference-whole", 24),
    // Keys that are not trusted here: RSA of 1024 bits, P-256 with SHA-384, P-384 with SHA-256, P-521.
    ("signature-value", 16),
    ("xml-doctype", 2),
];

#[test]
fn vectors_in_scope_verify_and_all_others_are_refused_by_name() {
    let folder = unpacked();
    let tests = folder.path().join("tests");
    let verifier = Verifier::new(trusted(&tests), Algorithms::WITH_LEGACY_SHA1);
    let mut verified = Vec::new();
    let mut refused: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files(&tests, "xml") {
        let octets = std::fs::read(&file).unwrap();
        let name = file.strip_prefix(&tests).unwrap().to_str().unwrap().to_owned();
        let code = match Document::read(octets, &Limits::default()) {
            Err(error) => error.code(),
            Ok(document) => match verifier.verify(&document, &Policy::new(Placement::Object)) {
                Err(error) => error.code(),
                Ok(_) => {
                    verified.push(name);
                    continue;
                }
            },
        };
        *refused.entry(code).or_default() += 1;
    }
    // Inputs of detached signatures and key lists hold no signature.
    assert_eq!(refused.remove("signature-missing"), Some(9));
    assert_eq!(verified, VERIFY);
    assert_eq!(refused, BTreeMap::from(REFUSED));
}

#[test]
fn exclusive_canonicalisation_agrees_with_the_vector_of_its_authors() {
    let folder = unpacked();
    let octets = std::fs::read(folder.path().join("tests/merlin-exc-c14n-one/exc-signature.xml")).unwrap();
    let document = Document::read(octets, &Limits::default()).unwrap();
    let signature = document.root().child(DSIG_NAMESPACE, "Signature").unwrap();
    let object = signature.child(DSIG_NAMESPACE, "Object").unwrap();
    for (prefixes, expected) in
        [(&[][..], "7yOTjUu+9oEhShgyIIXDLjQ08aY="), (&["bar", ""], "09xMy0RTQM1Q91demYe/0F6AGXo=")]
    {
        let mut octets = Vec::new();
        canonicalize(object, Method::Exclusive, prefixes, None, &mut octets);
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &octets);
        assert_eq!(STANDARD.encode(digest), expected);
    }
}

fn trusted(tests: &Path) -> Vec<TrustedKey> {
    let mut keys: Vec<TrustedKey> = Vec::new();
    for file in files(tests, "pem").into_iter().chain(files(tests, "crt")) {
        let octets = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&octets);
        if let Ok(certificates) = Certificate::from_pem(&text) {
            keys.extend(certificates.into_iter().map(TrustedKey::from));
        } else if let Ok(certificate) = Certificate::from_der(&octets) {
            keys.push(certificate.into());
        } else if let Ok(key) = PublicKey::from_pem(&text) {
            keys.push(key.into());
        }
    }
    keys
}

fn unpacked() -> tempfile::TempDir {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/xmldsig-vectors.tar.xz");
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(folder.path()).status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "this test needs tar with xz, and the public vectors at {}",
        archive.display()
    );
    folder
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}
