//! The two proofs that this crate hands out: who is calling, and that they may.

use std::fmt;
use std::sync::Arc;

use kapia_pki::Thumbprints;

use crate::callback::CallbackHost;
use crate::credential::CredentialKind;
use crate::fields::FieldRights;
use crate::names::{ConsumerName, Oid, OperationName};
use crate::snapshot::Certificate;
use crate::subject::{CertificateId, ConsumerId, GrantId, Subject};

/// Who is calling: a registered, active certificate and its consumer; made only by [`crate::Registry::identify`].
#[derive(Clone)]
pub struct Caller {
    pub(crate) certificate: Arc<Certificate>,
    pub(crate) identified_by: CredentialKind,
}

impl Caller {
    /// Number of the consumer.
    pub fn consumer_id(&self) -> ConsumerId {
        self.certificate.consumer.id
    }

    /// Name of the consumer.
    pub fn consumer_name(&self) -> &ConsumerName {
        &self.certificate.consumer.name
    }

    /// Object identifier of the consumer, if it has one.
    pub fn oid(&self) -> Option<&Oid> {
        self.certificate.consumer.oid.as_ref()
    }

    /// Administration that the consumer belongs to, if it was written down.
    pub fn administration(&self) -> Option<&str> {
        self.certificate.consumer.administration.as_deref()
    }

    /// Number of the certificate.
    pub fn certificate_id(&self) -> CertificateId {
        self.certificate.id
    }

    /// Thumbprints of the registered certificate, however the caller was found.
    pub fn thumbprints(&self) -> &Thumbprints {
        &self.certificate.thumbprints
    }

    /// By what the caller was found.
    pub fn identified_by(&self) -> CredentialKind {
        self.identified_by
    }

    /// Hosts to which answers may be pushed; an empty list allows none.
    pub fn callback_hosts(&self) -> &Arc<[CallbackHost]> {
        &self.certificate.consumer.callback_hosts
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Caller(consumer {}, certificate {})", self.consumer_id(), self.certificate_id())
    }
}

/// Proof that the access decision was made for one call and allowed it; made only by [`crate::Registry::permit`].
///
/// ```compile_fail
/// // No public constructor and no public field: a permit cannot be written down.
/// let permit = kapia_registry::Permit {};
/// ```
///
/// ```compile_fail
/// // And it cannot be kept for a second call by copying it.
/// fn twice(permit: &kapia_registry::Permit) -> kapia_registry::Permit { permit.clone() }
/// ```
pub struct Permit {
    pub(crate) caller: Caller,
    pub(crate) operation: OperationName,
    pub(crate) fields: Arc<FieldRights>,
    pub(crate) sources: Vec<Source>,
}

impl Permit {
    /// Who is calling.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Number of the consumer.
    pub fn consumer_id(&self) -> ConsumerId {
        self.caller.consumer_id()
    }

    /// Name of the consumer.
    pub fn consumer_name(&self) -> &ConsumerName {
        self.caller.consumer_name()
    }

    /// Object identifier of the consumer, if it has one.
    pub fn oid(&self) -> Option<&Oid> {
        self.caller.oid()
    }

    /// Administration that the consumer belongs to, if it was written down.
    pub fn administration(&self) -> Option<&str> {
        self.caller.administration()
    }

    /// Number of the certificate.
    pub fn certificate_id(&self) -> CertificateId {
        self.caller.certificate_id()
    }

    /// Thumbprints of the registered certificate, however the caller was found.
    pub fn thumbprints(&self) -> &Thumbprints {
        self.caller.thumbprints()
    }

    /// Hosts to which answers may be pushed; an empty list allows none.
    pub fn callback_hosts(&self) -> &Arc<[CallbackHost]> {
        self.caller.callback_hosts()
    }

    /// The operation that may be called, as the registry spells it.
    pub fn operation(&self) -> &OperationName {
        &self.operation
    }

    /// What may be seen of the answer; the same `Arc` for the same holders of field rights until the tables change.
    pub fn fields(&self) -> &Arc<FieldRights> {
        &self.fields
    }

    /// The grants that allowed the call: the certificate's, the consumer's, then those of roles.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit({:?}, operation {}, sources {:?})", self.caller, self.operation, self.sources)
    }
}

/// One grant that allowed a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Who holds the grant.
    pub subject: Subject,
    /// Which grant it is.
    pub grant: GrantId,
}
