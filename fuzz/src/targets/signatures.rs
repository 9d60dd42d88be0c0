//! The verifier: whatever an attacker makes of signed documents, only what was signed is ever believed.

use super::{Target, XML_WORDS};
use kapia_signature::{Algorithms, Certificate, Placement, Policy, Profile, Request, Signer, SigningKey, Verifier};
use kapia_xml::canonical::{Method, canonicalize};
use kapia_xml::{Document, Limits};
use std::sync::OnceLock;

pub const VERIFIER: Target = Target { name: "signature", seeds, words: XML_WORDS, run };

/// A key that opens nothing: it signs the seeds.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg8eszFOd5CneMW8z/
TzJG00O7liYlY6ZJgZ603XGiDVOhRANCAATwWoHbgIFh7QuXoLMvIGjCDFFRcazq
SRcFXXH1jhhaqbI2LeL3o61SnQ7lT1wk3xUNWdIAmYuPN8T3sN19y25N
-----END PRIVATE KEY-----
";
pub const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBhDCCASugAwIBAgIUeNaB0j5yzkXU2BrCyefdMVYIU2wwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMZnV6ei5leGFtcGxlMCAXDTI2MTEyMjAzMjQxM1oYDzIxMjYx
MDI5MDMyNDEzWjAXMRUwEwYDVQQDDAxmdXp6LmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAATwWoHbgIFh7QuXoLMvIGjCDFFRcazqSRcFXXH1jhhaqbI2
LeL3o61SnQ7lT1wk3xUNWdIAmYuPN8T3sN19y25No1MwUTAdBgNVHQ4EFgQUqJQj
4Kezu7+dAvfz/LXfCUDpQGgwHwYDVR0jBBgwFoAUqJQj4Kezu7+dAvfz/LXfCUDp
QGgwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAX70eP0wi30v4N
bD3bhPS3WVRqq1pSoyRVTBSxLh2oswIgJy/7cKl5JPtCi28UWPUyIJ8VePGMDf2e
j4z2X0xfRa4=
-----END CERTIFICATE-----
";

const DATA: [&str; 3] = [
    "<Data xmlns=\"urn:d\" id=\"data\"><Name>Иванка &amp; Петър</Name><Empty></Empty></Data>",
    "<d:Data xmlns:d=\"urn:d\" id=\"data\"><d:A b=\"c&#x9;d\">x</d:A></d:Data>",
    "<Data id=\"data\"><A xmlns=\"urn:a\"><B xmlns=\"\">&lt;</B></A></Data>",
];

/// Signed once in a process, so that a run has the signatures of its own seeds. ECDSA draws at random; that changes the
/// value, not what an input means.
fn signed() -> &'static Vec<Vec<u8>> {
    static SIGNED: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let mut documents = Vec::new();
        for data in DATA {
            for (profile, name) in [(Profile::Default, "Message"), (Profile::Legacy, "Result")] {
                let Ok(key) = SigningKey::from_pem(KEY, CERTIFICATE) else { panic!("the key is one") };
                // The legacy profile is for RSA alone.
                let Ok(signer) = Signer::new(key, profile) else { continue };
                let request = Request {
                    digest_input: data.as_bytes().into(),
                    reference_id: "data",
                    prefixes: &[],
                    scope: &[],
                    signing_time: time::OffsetDateTime::UNIX_EPOCH,
                    unique: "1",
                };
                let Ok(signature) = signer.sign(&request) else { continue };
                let signature = String::from_utf8_lossy(&signature).into_owned();
                documents
                    .push(format!("<{name}><Header/><Body>{data}{signature}<After/></Body></{name}>").into_bytes());
            }
        }
        documents
    })
}

fn seeds() -> Vec<Vec<u8>> {
    signed().clone()
}

fn run(input: &[u8]) -> String {
    let Ok(document) = Document::read(input.to_vec(), &Limits::default()) else { return "no xml".into() };
    let verifier = Verifier::new(Certificate::from_pem(CERTIFICATE).unwrap_or_default(), Algorithms::WITH_LEGACY_SHA1);
    let mut outcome = String::new();
    for placement in [Placement::SiblingBefore, Placement::Parent, Placement::DocumentElement, Placement::Object] {
        match verifier.verify(&document, &Policy::new(placement)) {
            Ok(verified) => {
                let canonical = String::from_utf8_lossy(&verified.canonical);
                assert!(DATA.iter().any(|data| *data == canonical), "something was believed that nobody signed");
                let mut covered = Vec::new();
                canonicalize(document.element(verified.element), Method::Exclusive, &[], None, &mut covered);
                assert_eq!(String::from_utf8_lossy(&covered), canonical, "another element was covered than told");
                outcome += "valid ";
            }
            Err(error) => outcome += error.code(),
        }
    }
    outcome
}
