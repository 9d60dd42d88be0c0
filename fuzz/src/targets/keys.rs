//! Certificates and keys, as PEM and as DER.

use super::Target;
use super::signatures;
use kapia_pki::Presented;
use kapia_signature::{Certificate, PublicKey, SigningKey};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

pub const CERTIFICATE: Target = Target { name: "certificate", seeds, words: WORDS, run };

const WORDS: &[&str] = &[
    "-----BEGIN CERTIFICATE-----\n",
    "-----END CERTIFICATE-----\n",
    "-----BEGIN PRIVATE KEY-----\n",
    "-----BEGIN ",
    "\0",
    "====",
    "\r\n",
    "MII",
    "\u{30}\u{82}",
];

fn seeds() -> Vec<Vec<u8>> {
    let der = CertificateDer::from_pem_slice(signatures::CERTIFICATE.as_bytes()).expect("a certificate");
    vec![signatures::CERTIFICATE.as_bytes().to_vec(), der.to_vec()]
}

fn run(data: &[u8]) -> String {
    let mut outcome = String::new();
    if let Ok(text) = std::str::from_utf8(data) {
        let certificates = Certificate::from_pem(text);
        outcome += if certificates.is_ok() { "pem " } else { "no pem " };
        outcome += if PublicKey::from_pem(text).is_ok() { "key " } else { "" };
        let _ = SigningKey::from_pem(text, signatures::CERTIFICATE);
        for certificate in certificates.unwrap_or_default() {
            assert_eq!(Certificate::from_der(certificate.der()).ok().as_ref(), Some(&certificate));
        }
    }
    let ours = Certificate::from_der(data);
    let theirs = Presented::from_der(&CertificateDer::from(data.to_vec()));
    outcome += if ours.is_ok() { "der " } else { "no der " };
    outcome += if theirs.is_ok() { "shown" } else { "not shown" };
    outcome
}
