//! XML signatures: signing in two profiles and strict verification.
//!
//! * [`Signer`] makes a `ds:Signature` over octets that are canonical already; see [`Profile`] for what it looks like.
//! * [`Verifier`] reads a whole [`kapia_xml::Document`] and says which element a trusted key has signed.
//!
//! Two rules hold everywhere. Who verifies must use what [`Verified`] returns, and never look the element up again by
//! name: everything else in the document is unsigned. And a key comes from the configuration, never from a document.
//!
//! ```
//! use kapia_signature::{Algorithms, Certificate, Placement, Policy, Profile, Request, Signer, SigningKey, Verifier};
//! # let pair = rcgen::KeyPair::generate()?;
//! # let certificate = rcgen::CertificateParams::default().self_signed(&pair)?.pem();
//! # let key = pair.serialize_pem();
//! let mut writer = kapia_xml::Writer::new();
//! writer.start("", "urn:example", "Result", &[], &[]);
//! let start = writer.position();
//! writer.start_part("", "urn:example", "Data", &[], &[("", "", "id", "data")]);
//! writer.text("Здравей");
//! writer.end();
//!
//! let signer = Signer::new(SigningKey::from_pem(&key, &certificate)?, Profile::Default)?;
//! let signature = signer.sign(&Request {
//!     digest_input: writer.bytes()[start..].into(),
//!     reference_id: "data",
//!     prefixes: &[],
//!     scope: &[],
//!     signing_time: time::OffsetDateTime::now_utc(),
//!     unique: "42",
//! })?;
//! writer.raw(&signature);
//! writer.end();
//!
//! let document = kapia_xml::Document::read(writer.into_bytes(), &kapia_xml::Limits::default())?;
//! let verifier = Verifier::new(Certificate::from_pem(&certificate)?, Algorithms::MODERN);
//! let verified = verifier.verify(&document, &Policy::new(Placement::SiblingBefore))?;
//! assert_eq!(document.element(verified.element).text(), "Здравей");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod algorithm;
mod certificate;
mod der;
mod digesting;
mod key;
mod key_info;
mod name;
mod pem;
mod properties;
mod references;
mod refusal;
mod rsa_sha1;
mod sign;
mod structure;
mod text;
mod verify;
mod xades;

pub use algorithm::{
    Algorithms, DSIG_NAMESPACE, DigestAlgorithm, ENVELOPED_SIGNATURE, EXCLUSIVE_C14N, INCLUSIVE_C14N, KeyFamily,
    SignatureAlgorithm,
};
pub use certificate::{Certificate, PublicKey};
pub use digesting::{Digest, Digesting};
pub use kapia_language::Language;
pub use key::{KeyError, KeyProblem, SigningKey};
pub use refusal::{Refusal, VerifyError};
pub use sign::{Input, Profile, Request, SignError, Signer};
pub use verify::{Placement, Policy, TrustedKey, Verified, Verifier};
pub use xades::XADES_NAMESPACE;
