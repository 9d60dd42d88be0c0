//! The seam to whoever opens connections: an answer is carried to the address that its consumer named.

use crate::ended::Notice;
use async_trait::async_trait;
use bytes::Bytes;
use kapia_registry::CallbackHost;
use kapia_soap::Bilingual;
use time::OffsetDateTime;

/// Carries answers to consumers.
#[async_trait]
pub trait Courier: Send + Sync + 'static {
    /// Whether an answer may be carried to this address; touches no network.
    ///
    /// # Errors
    /// Its form is not plain, or its host is not among the consumer's.
    fn may_carry(&self, address: &str, hosts: &[CallbackHost]) -> Result<(), Undelivered>;

    /// Posts a SOAP 1.1 message once; `Ok` only if the consumer has it.
    ///
    /// # Errors
    /// As [`Courier::may_carry`], or how the delivery failed.
    async fn carry(&self, parcel: Parcel<'_>) -> Result<(), Undelivered>;
}

/// One delivery.
#[derive(Clone, Debug)]
pub struct Parcel<'p> {
    /// Where to; may hold personal data.
    pub address: &'p str,
    /// Where this consumer may have answers carried to.
    pub hosts: &'p [CallbackHost],
    /// The SOAP action.
    pub action: &'p str,
    /// The envelope.
    pub message: Bytes,
    /// The number of the call, by which the consumer sees that it has the answer already.
    pub service_call_id: i64,
}

/// Why something was not carried; never with the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// Stable code.
    pub code: String,
    /// What to do.
    pub hint: Bilingual,
    /// Whether another attempt can help.
    pub passing: bool,
    /// Before when the consumer does not want another attempt.
    pub not_before: Option<OffsetDateTime>,
}

impl Undelivered {
    pub(crate) fn into_notice(self) -> Notice {
        Notice { code: self.code.into(), hint: self.hint }
    }
}
