//! Changes to the tables: each one a transaction, each one with an audit row.

mod grants;
mod operations;
mod subjects;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use time::OffsetDateTime;

pub use grants::FieldsChanged;
pub use operations::{LoadedOperation, Synced};
pub use subjects::{NewCertificate, NewConsumer};

use crate::error::RegistryError;
use crate::names::{ConsumerName, OperationName, RoleName};
use crate::nearest::nearest;
use crate::registry::{Registry, held};
use crate::store::{dml, moment_text, read_names};
use crate::subject::{CertificateId, CertificateRef, ConsumerId, OperationId, RoleId, Subject, SubjectName};

/// Changes to one registry under the name of one person; every change is in the audit table when the call returns.
pub struct Admin<'r> {
    registry: &'r Registry,
    actor: String,
}

/// What the audit table will say about a change.
pub(crate) struct Change<'c> {
    pub action: &'static str,
    pub subject: String,
    pub comment: &'c str,
}

impl<'r> Admin<'r> {
    pub(crate) fn new(registry: &'r Registry, actor: String) -> Self {
        Self { registry, actor }
    }

    pub(crate) fn actor(&self) -> &str {
        &self.actor
    }

    /// Applies a change and its audit row together or not at all, and makes it visible to the next call.
    pub(crate) fn change<T>(
        &self,
        change: Change<'_>,
        apply: impl FnOnce(&Connection, &str) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let mut writer = held(&self.registry.writer);
        let now = moment_text(OffsetDateTime::now_utc());
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let made = apply(&transaction, &now)?;
        transaction.execute(dml::ADD_AUDIT, (&now, &self.actor, change.action, &change.subject, change.comment))?;
        transaction.commit()?;
        drop(writer);
        // The change is made whatever happens now; a watch would try again.
        if let Err(error) = self.registry.refresh_if_changed() {
            tracing::error!(code = error.code(), %error, "a change was stored but cannot be read back");
        }
        Ok(made)
    }
}

fn consumer_id(connection: &Connection, name: &ConsumerName) -> Result<ConsumerId, RegistryError> {
    find(connection, dml::FIND_CONSUMER, "consumer", name.as_str()).map(ConsumerId)
}

fn role_id(connection: &Connection, name: &RoleName) -> Result<RoleId, RegistryError> {
    find(connection, dml::FIND_ROLE, "role", name.as_str()).map(RoleId)
}

fn operation_id(connection: &Connection, name: &OperationName) -> Result<OperationId, RegistryError> {
    find(connection, dml::FIND_OPERATION, "operation", name.as_str()).map(OperationId)
}

fn certificate_id(connection: &Connection, reference: &CertificateRef) -> Result<CertificateId, RegistryError> {
    let (sql, text) = match reference {
        CertificateRef::Sha1(sha1) => (dml::FIND_SHA1, sha1.to_string()),
        CertificateRef::Sha256(sha256) => (dml::FIND_SHA256, sha256.to_string()),
    };
    let mut statement = connection.prepare_cached(sql)?;
    let found =
        statement.query_map([&text], |row| row.get(0)).and_then(Iterator::collect::<rusqlite::Result<Vec<i64>>>);
    match found?.as_slice() {
        [id] => Ok(CertificateId(*id)),
        // Two certificates of one SHA-1 are a forgery: only SHA-256 may name them.
        _ => Err(RegistryError::NotFound { kind: "certificate", name: text, near: None }),
    }
}

fn subject(connection: &Connection, name: &SubjectName) -> Result<Subject, RegistryError> {
    match name {
        SubjectName::Consumer(name) => consumer_id(connection, name).map(Subject::Consumer),
        SubjectName::Certificate(reference) => certificate_id(connection, reference).map(Subject::Certificate),
        SubjectName::Role(name) => role_id(connection, name).map(Subject::Role),
    }
}

/// The three columns by which a grant names its holder: consumer, certificate, role.
fn columns(subject: Subject) -> [Option<i64>; 3] {
    match subject {
        Subject::Consumer(id) => [Some(id.0), None, None],
        Subject::Certificate(id) => [None, Some(id.0), None],
        Subject::Role(id) => [None, None, Some(id.0)],
    }
}

fn find(connection: &Connection, sql: &str, kind: &'static str, name: &str) -> Result<i64, RegistryError> {
    let id: Option<i64> = connection.query_row(sql, [name], |row| row.get(0)).optional()?;
    match id {
        Some(id) => Ok(id),
        None => {
            let known = read_names(connection, kind)?;
            let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
            Err(RegistryError::NotFound { kind, name: name.to_owned(), near })
        }
    }
}
