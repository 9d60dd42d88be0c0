//! The access decision: written once, observed by whoever wants the steps.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::caller::{Caller, Source};
use crate::credential::{Credential, CredentialKind};
use crate::denial::Reason;
use crate::explain::{Observer, StepKind};
use crate::fields::FieldRights;
use crate::names::OperationName;
use crate::period::{Period, When};
use crate::snapshot::{Certificate, Grant, Operation, Snapshot};
use crate::subject::Subject;

/// Why a decision went against the caller, and the moment that mattered if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    pub reason: Reason,
    pub moment: Option<OffsetDateTime>,
}

impl From<Reason> for Refused {
    fn from(reason: Reason) -> Self {
        Self { reason, moment: None }
    }
}

/// Which certificate the credential leads to, whatever its standing.
pub(crate) fn certificate<'s>(
    snapshot: &'s Snapshot,
    presented: Option<&Credential>,
    now: OffsetDateTime,
    observer: &mut impl Observer,
) -> Result<&'s Arc<Certificate>, Refused> {
    let credential = presented.ok_or(Reason::NoCertificate)?;
    let found = match credential {
        Credential::Certificate(thumbprints) => snapshot.by_thumbprints(thumbprints),
        Credential::Sha256(sha256) => snapshot.by_sha256(sha256),
        Credential::Accepted { consumer, certificate } => {
            snapshot.by_sha256(certificate).filter(|certificate| certificate.consumer.id == *consumer)
        }
        Credential::Sha1(sha1) => match snapshot.by_sha1(sha1) {
            [] => None,
            [certificate] => Some(certificate),
            _ => return Err(Reason::CertificateAmbiguous.into()),
        },
        Credential::Oid(oid) => {
            let certificates = snapshot.by_oid(oid).ok_or(Reason::OidUnknown)?;
            Some(foremost(certificates, now).ok_or(Reason::OidWithoutCertificate)?)
        }
    };
    let certificate = found.ok_or(Reason::CertificateUnknown)?;
    let step = if credential.kind() == CredentialKind::Oid { "step-oid" } else { "step-certificate" };
    observer.step(StepKind::Passed, step, || {
        vec![
            ("oid", credential.to_string()),
            ("thumbprint", certificate.thumbprints.sha256.to_string()),
            ("consumer", certificate.consumer.name.to_string()),
        ]
    });
    Ok(certificate)
}

/// The certificate that stands for a consumer who showed none: what could call before what could not, then the newest.
fn foremost(certificates: &[Arc<Certificate>], now: OffsetDateTime) -> Option<&Arc<Certificate>> {
    certificates.iter().max_by_key(|certificate| (certificate.active, certificate.period.contains(now), certificate.id))
}

/// Whether the certificate and its consumer are active and within their dates.
pub(crate) fn standing(
    certificate: &Certificate,
    now: OffsetDateTime,
    observer: &mut impl Observer,
) -> Result<(), Refused> {
    if !certificate.active {
        return Err(Reason::CertificateInactive.into());
    }
    within(certificate.period, now, Reason::CertificateNotYetValid, Reason::CertificateExpired)?;
    observer.step(StepKind::Passed, "step-certificate-standing", Vec::new);
    if !certificate.consumer.active {
        return Err(Reason::ConsumerInactive.into());
    }
    within(certificate.consumer.period, now, Reason::ConsumerNotYetValid, Reason::ConsumerExpired)?;
    observer.step(StepKind::Passed, "step-consumer-standing", Vec::new);
    Ok(())
}

/// What a positive decision stands on.
pub(crate) struct Granted {
    pub operation: OperationName,
    pub sources: Vec<Source>,
    pub fields: Arc<FieldRights>,
}

/// Whether the holder of `certificate` may call the operation now.
pub(crate) fn access(
    snapshot: &Snapshot,
    certificate: &Certificate,
    name: &OperationName,
    now: OffsetDateTime,
    observer: &mut impl Observer,
) -> Result<Granted, Refused> {
    let operation = snapshot.operation(name).ok_or(Reason::OperationUnknown)?;
    observer.step(StepKind::Passed, "step-operation", || vec![("operation", name.to_string())]);
    let own = own(certificate);
    for (subject, grant) in held(snapshot, own, operation).filter(|(_, grant)| !grant.allowed) {
        if grant.period.contains(now) {
            observer.step(StepKind::Note, "step-deny", || named(snapshot, certificate, subject, grant));
            return Err(Reason::Denied.into());
        }
        observer.step(StepKind::Note, "step-out-of-date", || named(snapshot, certificate, subject, grant));
    }
    let mut sources = Vec::new();
    let mut outside = None;
    for (subject, grant) in held(snapshot, holders(certificate), operation).filter(|(_, grant)| grant.allowed) {
        match grant.period.at(now) {
            When::Within => {
                observer.step(StepKind::Note, "step-allow", || named(snapshot, certificate, subject, grant));
                sources.push(Source { subject, grant: grant.id });
            }
            other => {
                observer.step(StepKind::Note, "step-out-of-date", || named(snapshot, certificate, subject, grant));
                outside = Some(best(outside, other));
            }
        }
    }
    if sources.is_empty() {
        return Err(match outside {
            Some(When::Before(moment)) => Refused { reason: Reason::GrantNotYetValid, moment: Some(moment) },
            Some(When::After(moment)) => Refused { reason: Reason::GrantExpired, moment: Some(moment) },
            Some(When::Within) | None => Reason::NoAccess.into(),
        });
    }
    observer.step(StepKind::Passed, "step-access", || vec![("count", sources.len().to_string())]);
    if !operation.enabled {
        return Err(Reason::OperationDisabled.into());
    }
    observer.step(StepKind::Passed, "step-enabled", Vec::new);
    let granting = sources.iter().map(|source| source.subject).filter(|subject| matches!(subject, Subject::Role(_)));
    let fields = snapshot.rights(own.into_iter().chain(granting), operation);
    observer.step(StepKind::Note, fields_step(&fields), || {
        vec![("allowed", fields.allowed().len().to_string()), ("denied", fields.denied().len().to_string())]
    });
    Ok(Granted { operation: operation.name.clone(), sources, fields })
}

impl Granted {
    pub(crate) fn into_permit(self, caller: Caller) -> crate::Permit {
        let Self { operation, sources, fields } = self;
        crate::Permit { caller, operation, fields, sources }
    }
}

fn own(certificate: &Certificate) -> [Subject; 2] {
    [Subject::Certificate(certificate.id), Subject::Consumer(certificate.consumer.id)]
}

fn holders(certificate: &Certificate) -> impl Iterator<Item = Subject> {
    own(certificate).into_iter().chain(certificate.roles.iter().copied().map(Subject::Role))
}

fn held<'s>(
    snapshot: &'s Snapshot,
    subjects: impl IntoIterator<Item = Subject> + 's,
    operation: &'s Operation,
) -> impl Iterator<Item = (Subject, &'s Grant)> + 's {
    subjects.into_iter().filter_map(|subject| Some((subject, snapshot.grant(subject, operation.id)?)))
}

fn within(period: Period, now: OffsetDateTime, before: Reason, after: Reason) -> Result<(), Refused> {
    match period.at(now) {
        When::Within => Ok(()),
        When::Before(moment) => Err(Refused { reason: before, moment: Some(moment) }),
        When::After(moment) => Err(Refused { reason: after, moment: Some(moment) }),
    }
}

// Of several grants that do not count now, the one to speak of: the next to begin, else the last that ended.
fn best(known: Option<When>, other: When) -> When {
    match (known, other) {
        (Some(When::Before(known)), When::Before(other)) => When::Before(known.min(other)),
        (Some(When::After(known)), When::After(other)) => When::After(known.max(other)),
        (Some(known @ When::Before(_)), _) => known,
        (_, other) => other,
    }
}

fn fields_step(fields: &FieldRights) -> &'static str {
    if fields.is_everything() {
        "step-fields-everything"
    } else if fields.is_nothing() {
        "step-fields-nothing"
    } else {
        "step-fields"
    }
}

fn named(
    snapshot: &Snapshot,
    certificate: &Certificate,
    subject: Subject,
    grant: &Grant,
) -> Vec<(&'static str, String)> {
    let subject = match subject {
        Subject::Certificate(_) => format!("certificate {}", certificate.thumbprints.sha256),
        Subject::Consumer(_) => format!("consumer {}", certificate.consumer.name),
        Subject::Role(id) => format!("role {}", snapshot.role(id).map_or("?", |name| name.as_str())),
    };
    vec![("subject", subject), ("grant", grant.id.to_string())]
}
