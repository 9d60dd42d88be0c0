//! Transport certificates: reading, thumbprints, chains, and an example authority.
//!
//! A certificate reaches Kapia as DER octets inside a TLS handshake. [`TrustAnchors::present`] turns it into a [`Presented`]:
//! its thumbprints, its names, its validity, and a [`ChainVerdict`] about the chain it came with. Only a `Presented` whose verdict
//! is [`ChainVerdict::Trusted`] may identify a consumer; everything else exists so that the answer can say what is wrong in words.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod authority;
mod error;
mod identity;
mod name;
mod one_line;
mod pem;
mod presented;
mod shown;
mod thumbprint;
mod trust;
mod verifier;

pub use authority::{ExampleAuthority, Names, Pair, VALIDITY_DAYS};
pub use error::{PkiError, Problem};
pub use identity::{Condition, ServerIdentity};
pub use kapia_language::Language;
pub use one_line::{NotOneCertificate, read_one_line};
pub use pem::{read_certificates, read_key, read_revocation_lists};
pub use presented::{ChainVerdict, Presented};
pub use shown::{Shown, Unacceptable};
pub use thumbprint::{Sha1Thumbprint, Sha256Thumbprint, ThumbprintError, Thumbprints};
pub use trust::TrustAnchors;
pub use verifier::DeferringVerifier;

/// The cryptographic provider of every TLS object in Kapia: aws-lc-rs.
pub fn provider() -> std::sync::Arc<rustls::crypto::CryptoProvider> {
    static PROVIDER: std::sync::LazyLock<std::sync::Arc<rustls::crypto::CryptoProvider>> =
        std::sync::LazyLock::new(|| std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    PROVIDER.clone()
}
