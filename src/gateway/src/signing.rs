//! How a result is signed, whether it stands in memory or has passed by in windows.

use kapia_signature::{Digesting, Input, Profile, Request, Signer};
use kapia_soap::XSD;
use kapia_xml::XSI_NAMESPACE;
use time::OffsetDateTime;

/// The signature of one result: by whom, over a `Data` of which namespace, under which number of a call.
#[derive(Clone)]
pub(crate) struct Signing<'s> {
    signer: &'s Signer,
    data: &'s str,
    unique: String,
}

/// The signer could not sign; the cause is in the log.
#[derive(Debug)]
pub(crate) struct NotSigned;

impl<'s> Signing<'s> {
    /// Signs the element `Data` of the namespace `data`; `service_call_id` makes the identifiers of the signature unique.
    pub fn new(signer: &'s Signer, data: &'s str, service_call_id: i64) -> Signing<'s> {
        Signing { signer, data, unique: service_call_id.unsigned_abs().to_string() }
    }

    /// Whether existing verifiers are to find the declarations that the legacy profile puts into `Data`.
    pub fn legacy(&self) -> bool {
        self.signer.profile() == Profile::Legacy
    }

    /// Digests what is signed as it passes by.
    pub fn digesting(&self) -> Digesting {
        self.signer.digesting()
    }

    /// The `Signature` element over the canonical octets of `Data`, or over their digest.
    pub fn sign(&self, input: Input<'_>, prefixes: &[&str]) -> Result<Vec<u8>, NotSigned> {
        let request = Request {
            digest_input: input,
            reference_id: "data",
            prefixes,
            scope: &[("", self.data), ("xsd", XSD), ("xsi", XSI_NAMESPACE)],
            signing_time: OffsetDateTime::now_utc(),
            unique: &self.unique,
        };
        self.signer.sign(&request).map_err(|error| {
            tracing::error!(%error, "a result could not be signed");
            NotSigned
        })
    }
}
