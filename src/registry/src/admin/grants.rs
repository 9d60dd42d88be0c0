//! Rights: who may call what, and which fields of the answer they may see.

use rusqlite::Connection;

use super::subjects::{ends, shown};
use super::{Admin, Change, columns, consumer_id, operation_id, subject};
use crate::error::RegistryError;
use crate::fields::FieldRights;
use crate::names::{ConsumerName, OperationName};
use crate::pattern::FieldPattern;
use crate::period::Period;
use crate::store::dml;
use crate::subject::{GrantId, OperationId, Subject, SubjectName};

/// What a change of field rights left behind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldsChanged {
    /// How many patterns were written or taken away.
    pub changed: usize,
    /// Allow patterns of this holder that open nothing by themselves, because the holder is not allowed a field above
    /// them; another holder's rows may still allow it.
    pub unreachable: Vec<FieldPattern>,
}

impl Admin<'_> {
    /// Allows the operation; replaces what the holder had for it, a denial included.
    pub fn grant(
        &self,
        holder: &SubjectName,
        operation: &OperationName,
        period: Period,
        comment: &str,
    ) -> Result<GrantId, RegistryError> {
        self.set_grant("grant", holder, operation, period, comment)
    }

    /// Denies the operation to a consumer or a certificate; replaces what the holder had for it.
    pub fn deny(
        &self,
        holder: &SubjectName,
        operation: &OperationName,
        period: Period,
        comment: &str,
    ) -> Result<GrantId, RegistryError> {
        refuse_role(holder)?;
        self.set_grant("deny", holder, operation, period, comment)
    }

    /// Takes back what the holder was allowed or denied for the operation, field rights included; says how many
    /// field rights went with it.
    pub fn revoke(
        &self,
        holder: &SubjectName,
        operation: &OperationName,
        comment: &str,
    ) -> Result<usize, RegistryError> {
        let named = format!("{holder}, operation {operation}");
        self.change(Change { action: "revoke", subject: named.clone(), comment }, |connection, _| {
            let place = place(connection, holder, operation)?;
            let grants = place.execute(connection, dml::DROP_GRANT)?;
            // Field rights left behind would come back to life with the next grant, unasked.
            let fields = place.execute(connection, dml::DROP_FIELDS)?;
            if grants + fields == 0 {
                return Err(RegistryError::NotFound { kind: "grant", name: named, near: None });
            }
            Ok(fields)
        })
    }

    /// Allows fields of the answer; replaces denials of the same patterns.
    pub fn grant_fields(
        &self,
        holder: &SubjectName,
        operation: &OperationName,
        patterns: &[FieldPattern],
        comment: &str,
    ) -> Result<FieldsChanged, RegistryError> {
        self.set_fields("grant-fields", holder, operation, patterns, comment)
    }

    /// Denies fields of the answer to a consumer or a certificate; replaces allowances of the same patterns.
    pub fn deny_fields(
        &self,
        holder: &SubjectName,
        operation: &OperationName,
        patterns: &[FieldPattern],
        comment: &str,
    ) -> Result<FieldsChanged, RegistryError> {
        refuse_role(holder)?;
        self.set_fields("deny-fields", holder, operation, patterns, comment)
    }

    /// Takes back field rights, allowed or denied, that were written with exactly these patterns.
    pub fn revoke_fields(
        &self,
        holder: &SubjectName,
        operation: &OperationName,
        patterns: &[FieldPattern],
        comment: &str,
    ) -> Result<FieldsChanged, RegistryError> {
        let named = fields_named(holder, operation, patterns);
        self.change(Change { action: "revoke-fields", subject: named.clone(), comment }, |connection, _| {
            let place = place(connection, holder, operation)?;
            let mut changed = 0;
            for pattern in patterns {
                changed += place.drop_field(connection, pattern)?;
            }
            if changed == 0 {
                return Err(RegistryError::NotFound { kind: "field grant", name: named, near: None });
            }
            Ok(FieldsChanged { changed, unreachable: place.unreachable(connection)? })
        })
    }

    /// Allows a consumer every operation known now, with every field of its answer; says how many.
    pub fn grant_everything(&self, consumer: &ConsumerName, comment: &str) -> Result<usize, RegistryError> {
        let subject = format!("consumer {consumer}, every operation, every field");
        self.change(Change { action: "grant-everything", subject, comment }, |connection, now| {
            let subject = Subject::Consumer(consumer_id(connection, consumer)?);
            let mut statement = connection.prepare_cached(dml::LIST_OPERATIONS)?;
            let known =
                statement.query_map([], |row| row.get(0)).and_then(Iterator::collect::<rusqlite::Result<Vec<i64>>>)?;
            for id in &known {
                let place = Place { operation: OperationId(*id), subject };
                place.execute(connection, dml::DROP_GRANT)?;
                place.execute(connection, dml::DROP_FIELDS)?;
                place.add_grant(connection, true, Period::ALWAYS, comment, now)?;
                place.add_field(connection, &FieldPattern::everything(), true, comment, now)?;
            }
            Ok(known.len())
        })
    }

    fn set_grant(
        &self,
        action: &'static str,
        holder: &SubjectName,
        operation: &OperationName,
        period: Period,
        comment: &str,
    ) -> Result<GrantId, RegistryError> {
        let subject = format!("{holder}, operation {operation}, {}", shown(period));
        self.change(Change { action, subject, comment }, |connection, now| {
            let place = place(connection, holder, operation)?;
            place.execute(connection, dml::DROP_GRANT)?;
            place.add_grant(connection, action == "grant", period, comment, now)
        })
    }

    fn set_fields(
        &self,
        action: &'static str,
        holder: &SubjectName,
        operation: &OperationName,
        patterns: &[FieldPattern],
        comment: &str,
    ) -> Result<FieldsChanged, RegistryError> {
        let subject = fields_named(holder, operation, patterns);
        self.change(Change { action, subject, comment }, |connection, now| {
            let place = place(connection, holder, operation)?;
            for pattern in patterns {
                place.drop_field(connection, pattern)?;
                place.add_field(connection, pattern, action == "grant-fields", comment, now)?;
            }
            Ok(FieldsChanged { changed: patterns.len(), unreachable: place.unreachable(connection)? })
        })
    }
}

/// One holder and one operation: where a grant and field grants stand.
struct Place {
    operation: OperationId,
    subject: Subject,
}

fn place(connection: &Connection, holder: &SubjectName, operation: &OperationName) -> Result<Place, RegistryError> {
    Ok(Place { operation: operation_id(connection, operation)?, subject: subject(connection, holder)? })
}

impl Place {
    fn execute(&self, connection: &Connection, sql: &str) -> Result<usize, RegistryError> {
        let [consumer, certificate, role] = columns(self.subject);
        connection.execute(sql, (self.operation.0, consumer, certificate, role)).map_err(RegistryError::from)
    }

    fn add_grant(
        &self,
        connection: &Connection,
        allowed: bool,
        period: Period,
        comment: &str,
        now: &str,
    ) -> Result<GrantId, RegistryError> {
        let [consumer, certificate, role] = columns(self.subject);
        let [from, to] = ends(period);
        let values = (self.operation.0, consumer, certificate, role, allowed, from, to, comment, now);
        connection.query_row(dml::ADD_GRANT, values, |row| row.get(0)).map(GrantId).map_err(RegistryError::from)
    }

    fn drop_field(&self, connection: &Connection, pattern: &FieldPattern) -> Result<usize, RegistryError> {
        let [consumer, certificate, role] = columns(self.subject);
        let values = (self.operation.0, consumer, certificate, role, pattern.to_string());
        connection.execute(dml::DROP_FIELD, values).map_err(RegistryError::from)
    }

    fn add_field(
        &self,
        connection: &Connection,
        pattern: &FieldPattern,
        allowed: bool,
        comment: &str,
        now: &str,
    ) -> Result<usize, RegistryError> {
        let [consumer, certificate, role] = columns(self.subject);
        let values = (self.operation.0, consumer, certificate, role, pattern.to_string(), allowed, comment, now);
        connection.execute(dml::ADD_FIELD, values).map_err(RegistryError::from)
    }

    fn unreachable(&self, connection: &Connection) -> Result<Vec<FieldPattern>, RegistryError> {
        let [consumer, certificate, role] = columns(self.subject);
        let mut statement = connection.prepare_cached(dml::LIST_FIELDS)?;
        let rows = statement
            .query_map((self.operation.0, consumer, certificate, role), |row| Ok((row.get(0)?, row.get(1)?)))
            .and_then(Iterator::collect::<rusqlite::Result<Vec<(String, bool)>>>)?;
        let mut sides = (Vec::new(), Vec::new());
        for (pattern, allowed) in rows {
            let side = if allowed { &mut sides.0 } else { &mut sides.1 };
            side.push(FieldPattern::parse(&pattern)?);
        }
        Ok(FieldRights::new(sides.0, sides.1).unreachable().cloned().collect())
    }
}

fn refuse_role(holder: &SubjectName) -> Result<(), RegistryError> {
    match holder {
        SubjectName::Role(role) => Err(RegistryError::RoleDeny { role: role.to_string() }),
        SubjectName::Consumer(_) | SubjectName::Certificate(_) => Ok(()),
    }
}

fn fields_named(holder: &SubjectName, operation: &OperationName, patterns: &[FieldPattern]) -> String {
    let patterns: Vec<String> = patterns.iter().map(FieldPattern::to_string).collect();
    format!("{holder}, operation {operation}, fields {}", patterns.join(" "))
}
