//! Consumers, transport certificates, roles, operations, and the rights between them.
//!
//! A call meets this crate twice. [`Registry::identify`] turns the [`Credential`] that the call came with, which is most
//! often the certificate of its connection, into a [`Caller`]; [`Registry::permit`] turns a caller and an operation into a
//! [`Permit`]. A permit cannot be made in any other way, so a function that takes one cannot be reached
//! without an access decision. Both read an immutable picture of the tables that is held in memory and is
//! replaced as a whole when the tables change ([`Registry::watch`]): no lock, no SQL on the way of a call.
//!
//! The rules of the decision, in order (`regix-contract §5.2`, with the fixes of §16):
//!
//! 1. the certificate is registered, active and within its dates; so is its consumer;
//! 2. the operation is known;
//! 3. an explicit deny on the certificate or on the consumer beats everything;
//! 4. one allow on the certificate, on the consumer or on any of their roles is enough;
//! 5. rows outside their dates do not count, and what nobody allowed is refused;
//! 6. the operation is enabled.
//!
//! Field rights are the union of the allow patterns of the certificate, of the consumer and of the roles
//! *that grant this operation*, less the patterns denied on the certificate or the consumer ([`FieldRights`]).
//!
//! Changes are made through [`Registry::admin`]; each of them leaves a row in the audit table.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod admin;
mod callback;
mod caller;
mod credential;
mod decision;
mod denial;
mod error;
mod explain;
mod fields;
mod names;
mod nearest;
mod parameter;
mod pattern;
mod period;
mod registry;
mod snapshot;
mod store;
mod subject;
mod text;
mod view;
mod watch;

pub use admin::{Admin, FieldsChanged, LoadedOperation, NewCertificate, NewConsumer, Synced};
pub use callback::CallbackHost;
pub use caller::{Caller, Permit, Source};
pub use credential::{Credential, CredentialKind};
pub use denial::{Condition, Denial, Reason};
pub use error::RegistryError;
pub use explain::{Explanation, Step, StepKind};
pub use fields::{FieldRights, Place, Verdict};
pub use kapia_language::Language;
pub use kapia_pki::{Sha1Thumbprint, Sha256Thumbprint, ThumbprintError, Thumbprints};
pub use kapia_storage::{SealError, Sealer, SealingKey};
pub use names::{ConsumerName, NameError, Oid, OperationName, RoleName};
pub use parameter::{NewValue, StoredParameter, StoredValue};
pub use pattern::{FieldPattern, PatternError};
pub use period::{Period, PeriodError};
pub use registry::Registry;
pub use subject::{CertificateId, CertificateRef, ConsumerId, GrantId, OperationId, RoleId, Subject, SubjectName};
pub use view::{
    AuditView, CertificateView, ConsumerView, FieldGrantView, GrantView, OperationView, RightsView, RoleView,
};
pub use watch::Watch;
