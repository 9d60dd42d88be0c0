//! What is known of a call while it goes on: its journal record, filled stage by stage. Never content.

use crate::ended::Ended;
use crate::message::Incoming;
use crate::metrics::{Metrics, TokenFate};
use crate::settings::Validation as Mode;
use kapia_adapter::Operation;
use kapia_journal::{
    CallContext, Certificate, Consumer, Digest, EntryPoint, FirstViolation, Part, Record, Sha256, Validation,
};
use kapia_registry::Caller;
use kapia_regix::ServiceRequest;
use kapia_schema::Report;
use kapia_soap::Version;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The trace of one call.
pub(crate) struct Trace {
    metrics: Arc<Metrics>,
    last: Instant,
    old_name: Option<Arc<Operation>>,
    /// What will be written down.
    pub record: Record,
}

impl Trace {
    pub fn begin(incoming: &Incoming, version: Version, request: Part, metrics: Arc<Metrics>) -> Trace {
        let soap = if version == Version::V11 { "1.1" } else { "1.2" };
        let version = incoming.face.as_ref().map_or(incoming.entry.name(), |_| "typed");
        let entry = EntryPoint { version: Cow::Borrowed(version), soap: Cow::Borrowed(soap) };
        let mut record = Record::new(incoming.received, entry);
        record.client_address = incoming.client_address.clone();
        record.request = request;
        record.certificate = incoming.shown.certificate().map(|presented| Certificate {
            sha256: Digest(presented.thumbprints.sha256.0),
            sha1: Digest(presented.thumbprints.sha1.0),
        });
        Trace { metrics, last: incoming.started, old_name: None, record }
    }

    /// Takes over what the request says of itself.
    pub fn request(&mut self, request: &ServiceRequest, message_id: Option<&str>) {
        self.record.message_id = message_id.map(str::to_owned);
        self.record.operation = asked_operation(request);
        self.record.context = context_of(&request.context);
    }

    pub fn caller(&mut self, caller: &Caller) {
        // Of a thumbprint alone, the certificate that it led to.
        self.record.certificate.get_or_insert_with(|| {
            let known = caller.thumbprints();
            Certificate { sha256: Digest(known.sha256.0), sha1: Digest(known.sha1.0) }
        });
        self.record.consumer = Some(Consumer {
            id: caller.consumer_id().get(),
            name: caller.consumer_name().as_str().to_owned(),
            oid: caller.oid().map(|oid| oid.as_str().to_owned()),
        });
    }

    /// The call is one by an old name of an operation.
    pub fn superseded(&mut self, operation: &Arc<Operation>) {
        if let Some(succession) = &operation.successor {
            self.metrics.superseded(operation.name.as_str(), succession.successor.as_str());
        }
        self.old_name = Some(Arc::clone(operation));
    }

    /// The operation by whose old name the call came.
    pub fn old_name(&self) -> Option<&Arc<Operation>> {
        self.old_name.as_ref()
    }

    /// The answer is signed over the octets of this digest.
    pub fn signed(&mut self, took: Duration, digest: Sha256) {
        self.note("sign", took);
        self.record.signed = true;
        self.record.signed_digest = Some(digest);
        self.metrics.signed();
    }

    pub fn token(&self, fate: TokenFate) {
        self.metrics.token(fate);
    }

    pub fn ended(&mut self, ended: &Ended) {
        self.record.outcome = ended.outcome;
        self.record.error_code = Some(ended.code.clone());
    }

    /// Ends a stage that began when the one before it ended.
    pub fn stage(&mut self, name: &'static str) {
        let now = Instant::now();
        self.note(name, now.duration_since(self.last));
        self.last = now;
    }

    /// Writes down a stage that lay inside another one.
    pub fn note(&mut self, name: &'static str, took: Duration) {
        self.metrics.stage(name, took);
        self.record.stage(name, took);
    }

    /// Writes down how the argument, or else the answer, stood against its schema.
    pub fn validated(&mut self, argument: bool, mode: Mode, report: &Report) {
        let count = report.violations.len();
        self.metrics.violations(argument, count);
        let mode = match mode {
            Mode::Strict => "strict",
            Mode::Report => "report",
        };
        let first = report
            .violations
            .first()
            .map(|first| FirstViolation { code: Cow::Borrowed(first.code), path: first.path.clone() });
        let part = if argument { &mut self.record.request } else { &mut self.record.answer };
        part.validation = Some(Validation { mode: Cow::Borrowed(mode), violations: count as u64, first });
    }
}

/// The call context as the journal writes it.
pub(crate) fn context_of(context: &kapia_regix::CallContext) -> CallContext {
    let field = |name| context.get(name).map(str::to_owned);
    CallContext {
        service_uri: field("ServiceURI"),
        service_type: field("ServiceType"),
        employee_identifier: field("EmployeeIdentifier"),
        employee_names: field("EmployeeNames"),
        employee_aditional_identifier: field("EmployeeAditionalIdentifier"),
        employee_position: field("EmployeePosition"),
        administration_oid: field("AdministrationOId"),
        administration_name: field("AdministrationName"),
        responsible_person_identifier: field("ResponsiblePersonIdentifier"),
        law_reason: field("LawReason"),
        remark: field("Remark"),
    }
}

/// The operation as the journal writes it. What is no name at all may be anything, even personal data in the wrong
/// place: it is not kept.
fn asked_operation(request: &ServiceRequest) -> String {
    let asked = request.operation.as_deref().unwrap_or_default();
    asked.parse::<kapia_adapter::FullName>().map(|name| without_numbers(name.as_str())).unwrap_or_default()
}

/// A name that came from outside, with every long run of digits left out: no operation has one, a person's number is
/// one.
pub(crate) fn without_numbers(name: &str) -> String {
    const LONGEST: usize = 5;
    let mut kept = String::with_capacity(name.len());
    let mut digits = String::new();
    for character in name.chars().chain(['\n']) {
        if character.is_numeric() {
            digits.push(character);
            continue;
        }
        if digits.chars().count() > LONGEST {
            kept.push('…');
        } else {
            kept.push_str(&digits);
        }
        digits.clear();
        kept.push(character);
    }
    kept.pop();
    kept
}

#[cfg(test)]
mod tests {
    use super::without_numbers;

    #[test]
    fn a_personal_number_in_the_wrong_place_is_not_kept() {
        assert_eq!(without_numbers("A.IApi2024.Get8001010008V3"), "A.IApi2024.Get…V3");
        assert_eq!(without_numbers("A.8001010008"), "A.…");
        assert_eq!(without_numbers("Contract.GetActualStateV3"), "Contract.GetActualStateV3");
        assert_eq!(without_numbers(""), "");
    }
}
