//! Why a call was refused.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::caller::Caller;
use crate::credential::Credential;
use crate::decision::Refused;
use crate::names::OperationName;
use crate::text;
use kapia_language::Language;

/// A refused call: the reason, and the facts that an operator needs to change it.
///
/// The texts name the thumbprint, the consumer and the operation; they are for operators and for logs. What the
/// client receives is chosen by [`Denial::condition`] in the crate that knows the wire.
#[derive(Clone)]
pub struct Denial(Box<Details>);

#[derive(Clone)]
struct Details {
    reason: Reason,
    credential: Option<Credential>,
    caller: Option<Caller>,
    operation: Option<OperationName>,
    near: Option<OperationName>,
    moment: Option<OffsetDateTime>,
}

/// The reason of a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The connection presented no client certificate.
    NoCertificate,
    /// No certificate with these thumbprints is registered.
    CertificateUnknown,
    /// Several certificates share the SHA-1 by which the caller was to be found.
    CertificateAmbiguous,
    /// No consumer has this object identifier.
    OidUnknown,
    /// The consumer with this object identifier has no certificate, to which rights could belong.
    OidWithoutCertificate,
    /// The certificate was switched off.
    CertificateInactive,
    /// The certificate is past its last moment by the dates in the registry.
    CertificateExpired,
    /// The certificate is before its first moment by the dates in the registry.
    CertificateNotYetValid,
    /// The consumer was switched off.
    ConsumerInactive,
    /// The consumer is past its last moment.
    ConsumerExpired,
    /// The consumer is before its first moment.
    ConsumerNotYetValid,
    /// The registry has no such operation.
    OperationUnknown,
    /// A row denies the operation to the certificate or the consumer.
    Denied,
    /// No row allows the operation.
    NoAccess,
    /// Rows allow the operation, and all of them have ended.
    GrantExpired,
    /// Rows allow the operation, and none of them has begun.
    GrantNotYetValid,
    /// The caller may, but the operation is switched off.
    OperationDisabled,
}

/// What a denial is on the RegiX wire (regix-contract §5.3); the exact texts belong to the crate that knows the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Certificate or operation is not in the registry.
    CertificateNotFound,
    /// Certificate, or the consumer behind it, is switched off or outside its dates.
    CertificateNotActive,
    /// No access to the operation.
    NoAccess,
    /// The operation is switched off.
    ServiceDisabled,
}

impl Reason {
    /// Every reason, for tables and tests.
    pub const ALL: [Self; 17] = [
        Self::NoCertificate,
        Self::CertificateUnknown,
        Self::CertificateAmbiguous,
        Self::OidUnknown,
        Self::OidWithoutCertificate,
        Self::CertificateInactive,
        Self::CertificateExpired,
        Self::CertificateNotYetValid,
        Self::ConsumerInactive,
        Self::ConsumerExpired,
        Self::ConsumerNotYetValid,
        Self::OperationUnknown,
        Self::Denied,
        Self::NoAccess,
        Self::GrantExpired,
        Self::GrantNotYetValid,
        Self::OperationDisabled,
    ];

    /// Stable code, such as `denied-no-access`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoCertificate => "denied-no-certificate",
            Self::CertificateUnknown => "denied-certificate-unknown",
            Self::CertificateAmbiguous => "denied-certificate-ambiguous",
            Self::OidUnknown => "denied-oid-unknown",
            Self::OidWithoutCertificate => "denied-oid-without-certificate",
            Self::CertificateInactive => "denied-certificate-inactive",
            Self::CertificateExpired => "denied-certificate-expired",
            Self::CertificateNotYetValid => "denied-certificate-not-yet-valid",
            Self::ConsumerInactive => "denied-consumer-inactive",
            Self::ConsumerExpired => "denied-consumer-expired",
            Self::ConsumerNotYetValid => "denied-consumer-not-yet-valid",
            Self::OperationUnknown => "denied-operation-unknown",
            Self::Denied => "denied-explicitly",
            Self::NoAccess => "denied-no-access",
            Self::GrantExpired => "denied-grant-expired",
            Self::GrantNotYetValid => "denied-grant-not-yet-valid",
            Self::OperationDisabled => "denied-operation-disabled",
        }
    }

    /// What the reason is on the RegiX wire.
    pub fn condition(self) -> Condition {
        match self {
            Self::NoCertificate
            | Self::CertificateUnknown
            | Self::CertificateAmbiguous
            | Self::OidUnknown
            | Self::OidWithoutCertificate
            | Self::OperationUnknown => Condition::CertificateNotFound,
            Self::CertificateInactive
            | Self::CertificateExpired
            | Self::CertificateNotYetValid
            | Self::ConsumerInactive
            | Self::ConsumerExpired
            | Self::ConsumerNotYetValid => Condition::CertificateNotActive,
            Self::Denied | Self::NoAccess | Self::GrantExpired | Self::GrantNotYetValid => Condition::NoAccess,
            Self::OperationDisabled => Condition::ServiceDisabled,
        }
    }
}

impl Denial {
    pub(crate) fn new(refused: Refused, credential: Option<Credential>) -> Self {
        let Refused { reason, moment } = refused;
        Self(Box::new(Details { reason, credential, caller: None, operation: None, near: None, moment }))
    }

    pub(crate) fn of(mut self, caller: Caller) -> Self {
        self.0.caller = Some(caller);
        self
    }

    pub(crate) fn to(mut self, operation: &OperationName, near: Option<OperationName>) -> Self {
        self.0.operation = Some(operation.clone());
        self.0.near = near;
        self
    }

    /// The reason.
    pub fn reason(&self) -> Reason {
        self.0.reason
    }

    /// Stable code of the reason.
    pub fn code(&self) -> &'static str {
        self.0.reason.code()
    }

    /// What the denial is on the RegiX wire.
    pub fn condition(&self) -> Condition {
        self.0.reason.condition()
    }

    /// What the call showed of its caller.
    pub fn credential(&self) -> Option<&Credential> {
        self.0.credential.as_ref()
    }

    /// Whose certificate it is, when it is registered (it need not be active); for the journal.
    pub fn caller(&self) -> Option<&Caller> {
        self.0.caller.as_ref()
    }

    /// The operation that was asked for, when the decision came that far.
    pub fn operation(&self) -> Option<&OperationName> {
        self.0.operation.as_ref()
    }

    /// What happened, for an operator.
    pub fn message(&self, language: Language) -> String {
        self.with_values(|values| text::message(self.code(), language, values))
    }

    /// What the operator should do.
    pub fn hint(&self, language: Language) -> String {
        let mut hint = self.with_values(|values| text::hint(self.code(), language, values));
        if let Some(near) = &self.0.near {
            hint.push_str(&text::message("near", language, &[("near", near.as_str())]));
        }
        hint
    }

    fn with_values<T>(&self, use_them: impl FnOnce(&[(&str, &str)]) -> T) -> T {
        let details = &*self.0;
        let shown = || details.credential.as_ref().map_or_else(String::new, Credential::to_string);
        // The registered certificate, once it is known: texts speak of what an operator can switch.
        let thumbprint = details.caller.as_ref().map_or_else(shown, |caller| caller.thumbprints().sha256.to_string());
        let consumer = details.caller.as_ref().map_or("", |caller| caller.consumer_name().as_str());
        let operation = details.operation.as_ref().map_or("", OperationName::as_str);
        let moment = details.moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default();
        let oid = match &details.credential {
            Some(Credential::Oid(oid)) => oid.as_str(),
            _ => "",
        };
        use_them(&[
            ("thumbprint", &thumbprint),
            ("oid", oid),
            ("consumer", consumer),
            ("operation", operation),
            ("moment", &moment),
        ])
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl fmt::Debug for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Denial({}: {self})", self.code())
    }
}

impl std::error::Error for Denial {}
