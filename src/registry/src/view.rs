//! The tables as an operator wants to see them: names instead of numbers.

use std::collections::HashMap;

use kapia_pki::{Sha1Thumbprint, Sha256Thumbprint};
use serde::{Serialize, Serializer};
use time::OffsetDateTime;

use crate::callback::CallbackHost;
use crate::error::RegistryError;
use crate::names::{ConsumerName, Oid, OperationName, RoleName};
use crate::nearest::nearest;
use crate::pattern::FieldPattern;
use crate::period::Period;
use crate::registry::Registry;
use crate::store::{self, Tables};
use crate::subject::{CertificateId, ConsumerId, GrantId, OperationId, RoleId, Subject};

/// A consumer.
#[derive(Debug, Clone, Serialize)]
pub struct ConsumerView {
    /// Number.
    pub id: ConsumerId,
    /// Name.
    pub name: ConsumerName,
    /// Object identifier.
    pub oid: Option<Oid>,
    /// Administration.
    pub administration: Option<String>,
    /// Whether it is switched on.
    pub active: bool,
    /// When it may call.
    pub period: Period,
    /// When it was added.
    #[serde(with = "time::serde::rfc3339")]
    pub created: OffsetDateTime,
    /// Roles it is in as a whole.
    pub roles: Vec<RoleName>,
    /// Hosts to which answers of its asynchronous calls may be pushed.
    pub callback_hosts: Vec<CallbackHost>,
    /// Its certificates, oldest first.
    pub certificates: Vec<CertificateView>,
}

/// A transport certificate.
#[derive(Debug, Clone, Serialize)]
pub struct CertificateView {
    /// Number.
    pub id: CertificateId,
    /// SHA-1; in JSON hexadecimal.
    #[serde(serialize_with = "hexadecimal")]
    pub sha1: Sha1Thumbprint,
    /// SHA-256; in JSON hexadecimal.
    #[serde(serialize_with = "hexadecimal")]
    pub sha256: Sha256Thumbprint,
    /// Distinguished name of the subject.
    pub subject: String,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// When it is valid.
    pub period: Period,
    /// Whether it is switched on.
    pub active: bool,
    /// When it was added.
    #[serde(with = "time::serde::rfc3339")]
    pub created: OffsetDateTime,
    /// Roles that this certificate alone is in.
    pub roles: Vec<RoleName>,
}

/// A role.
#[derive(Debug, Clone, Serialize)]
pub struct RoleView {
    /// Number.
    pub id: RoleId,
    /// Name.
    pub name: RoleName,
    /// What the operator wrote about it.
    pub comment: String,
    /// Who is in it, such as `consumer Example`.
    pub members: Vec<String>,
    /// Operations it allows.
    pub grants: Vec<GrantView>,
    /// Fields it allows.
    pub fields: Vec<FieldGrantView>,
}

/// An operation.
#[derive(Debug, Clone, Serialize)]
pub struct OperationView {
    /// Number.
    pub id: OperationId,
    /// Full name.
    pub name: OperationName,
    /// Title for people.
    pub title: String,
    /// Adapter package.
    pub adapter: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Whether a package offered it at the last look.
    pub present: bool,
    /// When a package offered it last.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_seen: Option<OffsetDateTime>,
}

/// A right to an operation.
#[derive(Debug, Clone, Serialize)]
pub struct GrantView {
    /// Number.
    pub id: GrantId,
    /// Who holds it, such as `role Example`.
    pub holder: String,
    /// Operation.
    pub operation: OperationName,
    /// Allowed or denied.
    pub allowed: bool,
    /// When it counts.
    pub period: Period,
    /// What the operator wrote about it.
    pub comment: String,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created: OffsetDateTime,
}

/// A right to fields of the answers of an operation.
#[derive(Debug, Clone, Serialize)]
pub struct FieldGrantView {
    /// Who holds it.
    pub holder: String,
    /// Operation.
    pub operation: OperationName,
    /// Which fields.
    pub pattern: FieldPattern,
    /// Allowed or denied.
    pub allowed: bool,
    /// What the operator wrote about it.
    pub comment: String,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created: OffsetDateTime,
}

/// All rights of a consumer: its own, those of its certificates, those of roles it or they are in.
#[derive(Debug, Clone, Serialize)]
pub struct RightsView {
    /// The consumer.
    pub consumer: ConsumerView,
    /// Rights to operations.
    pub grants: Vec<GrantView>,
    /// Rights to fields.
    pub fields: Vec<FieldGrantView>,
}

/// A change that was made.
#[derive(Debug, Clone, Serialize)]
pub struct AuditView {
    /// Number; grows with every change.
    pub id: i64,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who.
    pub actor: String,
    /// What was done, such as `grant`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What the operator wrote about it.
    pub comment: String,
}

impl Registry {
    /// All consumers by name, with certificates and roles.
    pub fn consumers(&self) -> Result<Vec<ConsumerView>, RegistryError> {
        let tables = self.tables()?;
        let names = Names::of(&tables);
        Ok(tables.consumers.iter().map(|row| names.consumer(&tables, row)).collect())
    }

    /// One consumer.
    pub fn consumer(&self, name: &ConsumerName) -> Result<ConsumerView, RegistryError> {
        let consumers = self.consumers()?;
        let near = nearest(name.as_str(), consumers.iter().map(|known| known.name.as_str())).map(str::to_owned);
        consumers.into_iter().find(|known| known.name == *name).ok_or_else(|| RegistryError::NotFound {
            kind: "consumer",
            name: name.to_string(),
            near,
        })
    }

    /// All roles by name, with members and rights.
    pub fn roles(&self) -> Result<Vec<RoleView>, RegistryError> {
        let tables = self.tables()?;
        let names = Names::of(&tables);
        let view = |row: &store::RoleRow| {
            let subject = Subject::Role(row.id);
            let members = tables.members.iter().filter(|member| member.role == row.id);
            RoleView {
                id: row.id,
                name: row.name.clone(),
                comment: row.comment.clone(),
                members: members.map(|member| names.subject(member.member)).collect(),
                grants: names.grants(&tables, &[subject]),
                fields: names.fields(&tables, &[subject]),
            }
        };
        Ok(tables.roles.iter().map(view).collect())
    }

    /// All operations by name.
    pub fn operations(&self) -> Result<Vec<OperationView>, RegistryError> {
        let view = |row: store::OperationRow| OperationView {
            id: row.id,
            name: row.name,
            title: row.title,
            adapter: row.adapter,
            enabled: row.enabled,
            present: row.present,
            last_seen: row.last_seen,
        };
        Ok(self.tables()?.operations.into_iter().map(view).collect())
    }

    /// All rights of a consumer, in force or not.
    pub fn rights(&self, name: &ConsumerName) -> Result<RightsView, RegistryError> {
        let consumer = self.consumer(name)?;
        let tables = self.tables()?;
        let names = Names::of(&tables);
        let mut subjects = vec![Subject::Consumer(consumer.id)];
        subjects.extend(consumer.certificates.iter().map(|certificate| Subject::Certificate(certificate.id)));
        let roles: Vec<Subject> = tables
            .members
            .iter()
            .filter(|member| subjects.contains(&member.member))
            .map(|member| Subject::Role(member.role))
            .collect();
        subjects.extend(roles);
        subjects.sort_unstable();
        subjects.dedup();
        Ok(RightsView { grants: names.grants(&tables, &subjects), fields: names.fields(&tables, &subjects), consumer })
    }

    /// The certificate itself in PEM, if it was kept.
    pub fn certificate_pem(&self, id: CertificateId) -> Result<Option<String>, RegistryError> {
        self.with_reader(|connection| store::read_pem(connection, id))
    }

    /// The newest `limit` changes, newest first.
    pub fn audit(&self, limit: u32) -> Result<Vec<AuditView>, RegistryError> {
        let rows = self.with_reader(|connection| store::read_audit(connection, limit))?;
        let view = |row: store::AuditRow| AuditView {
            id: row.id,
            at: row.at,
            actor: row.actor,
            action: row.action,
            subject: row.subject,
            comment: row.comment,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

fn hexadecimal<S: Serializer>(thumbprint: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&thumbprint.to_string())
}

/// Names by number.
struct Names {
    subjects: HashMap<Subject, String>,
    roles: HashMap<RoleId, RoleName>,
    operations: HashMap<OperationId, OperationName>,
}

impl Names {
    fn of(tables: &Tables) -> Self {
        let consumers =
            tables.consumers.iter().map(|row| (Subject::Consumer(row.id), format!("consumer {}", row.name)));
        let certificates = tables
            .certificates
            .iter()
            .map(|row| (Subject::Certificate(row.id), format!("certificate {}", row.thumbprints.sha256)));
        let roles = tables.roles.iter().map(|row| (Subject::Role(row.id), format!("role {}", row.name)));
        Self {
            subjects: consumers.chain(certificates).chain(roles).collect(),
            roles: tables.roles.iter().map(|row| (row.id, row.name.clone())).collect(),
            operations: tables.operations.iter().map(|row| (row.id, row.name.clone())).collect(),
        }
    }

    fn subject(&self, subject: Subject) -> String {
        self.subjects.get(&subject).cloned().unwrap_or_default()
    }

    fn roles_of(&self, tables: &Tables, member: Subject) -> Vec<RoleName> {
        let mine = tables.members.iter().filter(|row| row.member == member);
        mine.filter_map(|row| self.roles.get(&row.role).cloned()).collect()
    }

    fn consumer(&self, tables: &Tables, row: &store::ConsumerRow) -> ConsumerView {
        let certificate = |row: &store::CertificateRow| CertificateView {
            id: row.id,
            sha1: row.thumbprints.sha1,
            sha256: row.thumbprints.sha256,
            subject: row.subject.clone(),
            serial: row.serial.clone(),
            period: row.period,
            active: row.active,
            created: row.created,
            roles: self.roles_of(tables, Subject::Certificate(row.id)),
        };
        let hosts = tables.callback_hosts.iter().filter(|held| held.consumer == row.id);
        ConsumerView {
            id: row.id,
            name: row.name.clone(),
            oid: row.oid.clone(),
            administration: row.administration.clone(),
            active: row.active,
            period: row.period,
            created: row.created,
            roles: self.roles_of(tables, Subject::Consumer(row.id)),
            callback_hosts: hosts.map(|held| held.host.clone()).collect(),
            certificates: tables.certificates.iter().filter(|held| held.consumer == row.id).map(certificate).collect(),
        }
    }

    fn grants(&self, tables: &Tables, subjects: &[Subject]) -> Vec<GrantView> {
        let view = |row: &store::GrantRow| {
            Some(GrantView {
                id: row.id,
                holder: self.subject(row.subject),
                operation: self.operations.get(&row.operation)?.clone(),
                allowed: row.allowed,
                period: row.period,
                comment: row.comment.clone(),
                created: row.created,
            })
        };
        tables.grants.iter().filter(|row| subjects.contains(&row.subject)).filter_map(view).collect()
    }

    fn fields(&self, tables: &Tables, subjects: &[Subject]) -> Vec<FieldGrantView> {
        let view = |row: &store::FieldRow| {
            Some(FieldGrantView {
                holder: self.subject(row.subject),
                operation: self.operations.get(&row.operation)?.clone(),
                pattern: row.pattern.clone(),
                allowed: row.allowed,
                comment: row.comment.clone(),
                created: row.created,
            })
        };
        tables.fields.iter().filter(|row| subjects.contains(&row.subject)).filter_map(view).collect()
    }
}
