//! What is written down about one call.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use crate::octets::{Digesting, Sha1, Sha256};

/// Longest text kept of one field that comes from outside, in characters; the rest is counted and left out.
const LONGEST: usize = 4096;

/// One call: who asked for what, on what ground, how it went. The order of the fields is the order in the stored text.
///
/// There is no field for `EmployeeEGN`, `CitizenEGN`, argument or answer, and stored text that has one is refused when
/// it is read: what cannot be carried cannot leak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Number of the call from [`crate::Journal::next_call_id`]; 0 for a refused call.
    pub service_call_id: i64,
    /// When the request arrived; stored in UTC with microseconds (RFC 3339).
    #[serde(with = "moment")]
    pub received: OffsetDateTime,
    /// Which step of it this is; not in the stored text for the only or first one.
    #[serde(default, skip_serializing_if = "Step::is_call")]
    pub step: Step,
    /// How it ended.
    pub outcome: Outcome,
    /// Stable code of the error or denial, if it did not end well.
    pub error_code: Option<Cow<'static, str>>,
    /// Where the call came in.
    pub entry: EntryPoint,
    /// The operation as the client asked for it.
    pub operation: String,
    /// Who asked, if that was found out.
    pub consumer: Option<Consumer>,
    /// The certificate that the connection presented or a proxy forwarded, registered or not; of a forwarded thumbprint,
    /// the registered one that it led to.
    pub certificate: Option<Certificate>,
    /// By what the caller was to be identified; not in the stored text if nothing was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identified_by: Option<Identification>,
    /// Legal ground and person, as the client stated them (regix-contract §2.3).
    pub context: CallContext,
    /// Message identifier of WS-Addressing, if the client sent one.
    pub message_id: Option<String>,
    /// Address of the client, with proxies if it says so.
    pub client_address: String,
    /// How long each stage took, in order.
    pub stages: Vec<Stage>,
    /// The request as it came from the wire.
    pub request: Part,
    /// The answer as it went to the wire.
    pub answer: Part,
    /// Whether the answer is signed.
    pub signed: bool,
    /// Digest of the signed data, if it is.
    pub signed_digest: Option<Sha256>,
    /// How many fields were left out of the answer for lack of rights.
    pub hidden_fields: u64,
    /// What somebody should know about a call though it goes well; not in the stored text if there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

/// Something that somebody should know about a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// Kebab-case name of the kind of warning, such as `operation-superseded`; stable.
    pub code: Cow<'static, str>,
    /// What it is about: a public name, such as that of the successor of the operation.
    pub about: String,
}

/// Which step of a call a record is about: a call that is answered later has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Step {
    /// The call itself.
    #[default]
    Call,
    /// The register was asked on behalf of a call that was accepted before.
    Execution,
    /// The consumer asked for the answer.
    Check,
    /// The consumer said that it has the answer.
    Acknowledge,
    /// The answer is sent to the address that the consumer named.
    Callback,
}

impl Step {
    fn is_call(&self) -> bool {
        *self == Self::Call
    }

    /// The step as it stands in the stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Execution => "execution",
            Self::Check => "check",
            Self::Acknowledge => "acknowledge",
            Self::Callback => "callback",
        }
    }
}

/// By what a caller was to be identified (regix-contract §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Identification {
    /// The certificate of the connection.
    Tls,
    /// A certificate that a configured proxy forwarded.
    ForwardedCertificate,
    /// A thumbprint that a configured proxy forwarded.
    ForwardedHash,
    /// A token that the service bus delivered.
    Token,
}

impl Identification {
    /// The way as it stands in the stored text.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::ForwardedCertificate => "forwarded-certificate",
            Self::ForwardedHash => "forwarded-hash",
            Self::Token => "token",
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// With data.
    Answered,
    /// With an answer that holds no data.
    NoData,
    /// Accepted; the result is to be fetched later.
    Pending,
    /// Refused for lack of rights.
    Denied,
    /// With a fault: the request could not be understood or does not keep the rules.
    Fault,
    /// The argument breaks its schema.
    InvalidArgument,
    /// The adapter's answer breaks its schema.
    InvalidAnswer,
    /// The adapter or the register behind it failed.
    AdapterError,
    /// The gateway itself failed.
    InternalError,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 9] = [
        Self::Answered,
        Self::NoData,
        Self::Pending,
        Self::Denied,
        Self::Fault,
        Self::InvalidArgument,
        Self::InvalidAnswer,
        Self::AdapterError,
        Self::InternalError,
    ];

    /// The outcome as it stands in the stored text, such as `no-data`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NoData => "no-data",
            Self::Pending => "pending",
            Self::Denied => "denied",
            Self::Fault => "fault",
            Self::InvalidArgument => "invalid-argument",
            Self::InvalidAnswer => "invalid-answer",
            Self::AdapterError => "adapter-error",
            Self::InternalError => "internal-error",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Outcome {
    type Err = UnknownOutcome;

    fn from_str(text: &str) -> Result<Self, UnknownOutcome> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text).ok_or(UnknownOutcome)
    }
}

/// Text that names no outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownOutcome;

impl fmt::Display for UnknownOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an outcome; one of")?;
        Outcome::ALL.iter().try_for_each(|outcome| write!(f, " {outcome}"))
    }
}

impl std::error::Error for UnknownOutcome {}

/// Where a call came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryPoint {
    /// Version of the contract, such as `v2`.
    pub version: Cow<'static, str>,
    /// Version of SOAP, `1.1` or `1.2`.
    pub soap: Cow<'static, str>,
}

/// The consumer as the registry had it at the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consumer {
    /// Number in the registry.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Object identifier.
    pub oid: Option<String>,
}

/// A certificate by its thumbprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// SHA-256 of the DER octets.
    pub sha256: Sha256,
    /// SHA-1 of the DER octets.
    pub sha1: Sha1,
}

/// The call context under its RegiX names (regix-contract §2.3); `None` where the client sent none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CallContext {
    /// Instance of the service or procedure.
    #[serde(rename = "ServiceURI")]
    pub service_uri: Option<String>,
    /// Kind of the service.
    pub service_type: Option<String>,
    /// Account of the employee in the client's system.
    pub employee_identifier: Option<String>,
    /// Names of the employee.
    pub employee_names: Option<String>,
    /// Second identifier of the employee, such as a service card.
    pub employee_aditional_identifier: Option<String>,
    /// Position of the employee.
    pub employee_position: Option<String>,
    /// Object identifier of the administration.
    #[serde(rename = "AdministrationOId")]
    pub administration_oid: Option<String>,
    /// Name of the administration.
    pub administration_name: Option<String>,
    /// Person responsible for calls that a system makes by itself.
    pub responsible_person_identifier: Option<String>,
    /// Legal ground.
    pub law_reason: Option<String>,
    /// Free text.
    pub remark: Option<String>,
}

/// How long a stage took; in the stored text `["name", microseconds]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage(
    /// Name of the stage, such as `schema`.
    pub Cow<'static, str>,
    /// Microseconds.
    pub u64,
);

/// A message: its size, its digest, and how it stood against its schema.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Octets.
    pub size: u64,
    /// Digest of the octets.
    pub sha256: Option<Sha256>,
    /// Against the schema, if it was held against one.
    pub validation: Option<Validation>,
}

impl Part {
    /// Size and digest of `octets`.
    pub fn of(octets: &[u8]) -> Self {
        Self { size: octets.len() as u64, sha256: Some(Sha256::of(octets)), validation: None }
    }

    /// The same of octets that came piece by piece.
    pub fn of_digested(digesting: Digesting) -> Self {
        let (size, sha256) = digesting.finish();
        Self { size, sha256: Some(sha256), validation: None }
    }
}

/// How a document stood against its schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    /// What a violation leads to, such as `enforce` or `report`.
    pub mode: Cow<'static, str>,
    /// How many violations were found.
    pub violations: u64,
    /// The first of them.
    pub first: Option<FirstViolation>,
}

/// Code and place of a violation, never the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstViolation {
    /// Code of the rule.
    pub code: Cow<'static, str>,
    /// Path of the element or attribute.
    pub path: String,
}

impl Record {
    /// A call that arrived now, about which nothing else is known yet; it ends as [`Outcome::InternalError`] unless told
    /// otherwise.
    pub fn new(received: OffsetDateTime, entry: EntryPoint) -> Self {
        Self {
            service_call_id: 0,
            received,
            step: Step::Call,
            outcome: Outcome::InternalError,
            error_code: None,
            entry,
            operation: String::new(),
            consumer: None,
            certificate: None,
            identified_by: None,
            context: CallContext::default(),
            message_id: None,
            client_address: String::new(),
            stages: Vec::new(),
            request: Part::default(),
            answer: Part::default(),
            signed: false,
            signed_digest: None,
            hidden_fields: 0,
            warnings: Vec::new(),
        }
    }

    /// Adds the duration of a stage.
    pub fn stage(&mut self, name: &'static str, took: std::time::Duration) {
        self.stages.push(Stage(Cow::Borrowed(name), u64::try_from(took.as_micros()).unwrap_or(u64::MAX)));
    }

    /// Cuts what came from outside to a length that a row can bear, and the moment to what is stored of it.
    pub(crate) fn bounded(mut self) -> Self {
        let context = &mut self.context;
        let optional = [
            &mut context.service_uri,
            &mut context.service_type,
            &mut context.employee_identifier,
            &mut context.employee_names,
            &mut context.employee_aditional_identifier,
            &mut context.employee_position,
            &mut context.administration_oid,
            &mut context.administration_name,
            &mut context.responsible_person_identifier,
            &mut context.law_reason,
            &mut context.remark,
            &mut self.message_id,
        ];
        optional.into_iter().flatten().chain([&mut self.operation, &mut self.client_address]).for_each(cut);
        for part in [&mut self.request, &mut self.answer] {
            if let Some(first) = part.validation.as_mut().and_then(|validation| validation.first.as_mut()) {
                cut(&mut first.path);
            }
        }
        self.received = moment::truncated(self.received);
        self
    }
}

fn cut(text: &mut String) {
    if text.len() <= LONGEST {
        return;
    }
    if let Some((at, _)) = text.char_indices().nth(LONGEST) {
        let more = text.chars().count() - LONGEST;
        text.truncate(at);
        text.push_str(&format!("… (+{more})"));
    }
}

/// Moments in one fixed form, so that text sorts as time does.
pub(crate) mod moment {
    use super::*;
    use serde::{Deserializer, Serializer};
    use time::format_description::well_known::Rfc3339;

    const FORM: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

    pub(crate) fn text(moment: OffsetDateTime) -> String {
        moment.to_offset(UtcOffset::UTC).format(FORM).unwrap_or_default()
    }

    pub(crate) fn truncated(moment: OffsetDateTime) -> OffsetDateTime {
        let moment = moment.to_offset(UtcOffset::UTC);
        moment.replace_microsecond(moment.microsecond()).unwrap_or(moment)
    }

    pub(crate) fn serialize<S: Serializer>(moment: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&text(*moment))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OffsetDateTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        OffsetDateTime::parse(&text, &Rfc3339).map_err(serde::de::Error::custom)
    }
}

/// The stored text of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    /// Version of the text.
    pub v: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genesis: Option<Genesis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Record>,
}

/// The row that names a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Genesis {
    /// 128 random bits in hexadecimal.
    pub journal: String,
    #[serde(with = "moment")]
    pub created: OffsetDateTime,
}

impl Line {
    pub(crate) fn genesis(genesis: Genesis) -> Self {
        Self { v: 1, genesis: Some(genesis), call: None }
    }

    pub(crate) fn call(record: Record) -> Self {
        Self { v: 1, genesis: None, call: Some(record) }
    }

    pub(crate) fn columns(&self) -> Columns<'_> {
        match (&self.call, &self.genesis) {
            (Some(call), _) => Columns {
                service_call_id: call.service_call_id,
                time: moment::text(call.received),
                consumer: call.consumer.as_ref().map(|consumer| consumer.name.as_str()),
                operation: Some(call.operation.as_str()).filter(|operation| !operation.is_empty()),
            },
            (None, Some(genesis)) => {
                Columns { service_call_id: 0, time: moment::text(genesis.created), consumer: None, operation: None }
            }
            (None, None) => Columns { service_call_id: 0, time: String::new(), consumer: None, operation: None },
        }
    }
}

/// What of a row can be searched for; always equal to what its text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns<'l> {
    pub service_call_id: i64,
    pub time: String,
    pub consumer: Option<&'l str>,
    pub operation: Option<&'l str>,
}

#[cfg(test)]
mod tests;
