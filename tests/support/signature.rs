//! Checking signatures: with our verifier, and with one that is not ours.

use super::message::Entry;
use super::reply::Read;
use kapia_signature::{Algorithms, Certificate, Placement, Policy, Verifier};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// Verifies the one signature of a reply under the signer's certificate, and that it covers `Data`.
pub fn verifies_in_rust(read: &Read, entry: Entry, certs: &Path) -> Result<(), String> {
    let signer = std::fs::read_to_string(certs.join("signer.pem")).unwrap();
    let verifier = Verifier::new(Certificate::from_pem(&signer).unwrap(), Algorithms::MODERN);
    let verified =
        verifier.verify(&read.document, &Policy::new(Placement::SiblingBefore)).map_err(|error| error.to_string())?;
    let covered = read.document.element(verified.element);
    if !covered.is(entry.data(), "Data") {
        return Err(format!("the signature covers {}", covered.name()));
    }
    // The octets that were signed are the octets that were sent, but for what `Data` declares and a payload repeats.
    let sent = &read.document.source()[covered.span()];
    let (own, rest) = sent.split_at(sent.find('>').unwrap_or(0));
    let mut rest = rest.to_owned();
    for (prefix, namespace) in covered.declarations().filter(|(prefix, _)| !prefix.is_empty()) {
        rest = rest.replace(&format!(" xmlns:{prefix}=\"{namespace}\""), "");
    }
    if verified.canonical != format!("{own}{rest}").into_bytes() {
        return Err("other octets were signed than sent".into());
    }
    Ok(())
}

/// What `xmlsec1` says to a document with one signature over `Data`, trusting the signer's certificate alone.
pub fn xmlsec1(octets: &[u8], entry: Entry, certs: &Path) -> Result<(), String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(octets).unwrap();
    let said = Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "x509,rsa", "--id-attr:id"])
        .arg(format!("{}:Data", entry.data()))
        .arg("--pubkey-cert-pem")
        .arg(certs.join("signer.pem"))
        .arg(file.path())
        .output()
        .expect("xmlsec1 is missing: install the package xmlsec1");
    if said.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&said.stderr).into_owned()) }
}

/// `Data` and `Signature` cut out as they are written, under a root that declares exactly these namespaces
/// (wild-clients rule 13).
pub fn cut_out(octets: &[u8], entry: Entry, declared: &[(&str, &str)]) -> Vec<u8> {
    let text = std::str::from_utf8(octets).unwrap();
    let start = text.find("<Data ").unwrap();
    let end = start + text[start..].find("</Data>").unwrap() + "</Data>".len();
    let rest = &text[end..];
    let signature = &rest[..rest.find("<HasError>").unwrap()];
    let declared: String = declared.iter().map(|(prefix, uri)| format!(" xmlns:{prefix}=\"{uri}\"")).collect();
    let root = format!("<ServiceResultData xmlns=\"{}\"{declared}>", entry.data());
    [&root, &text[start..end], signature, "</ServiceResultData>"].concat().into_bytes()
}
