//! Rows as they come from the tables, with every value parsed into its type.

use kapia_pki::Thumbprints;
use rusqlite::{Connection, Row};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::sql::read;
use crate::callback::CallbackHost;
use crate::error::RegistryError;
use crate::names::{ConsumerName, Oid, OperationName, RoleName};
use crate::parameter::{StoredParameter, StoredValue};
use crate::pattern::FieldPattern;
use crate::period::Period;
use crate::subject::{CertificateId, ConsumerId, GrantId, OperationId, RoleId, Subject};

/// All rows that a decision can depend on, of one moment.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tables {
    pub consumers: Vec<ConsumerRow>,
    pub certificates: Vec<CertificateRow>,
    pub roles: Vec<RoleRow>,
    pub members: Vec<MemberRow>,
    pub operations: Vec<OperationRow>,
    pub grants: Vec<GrantRow>,
    pub fields: Vec<FieldRow>,
    pub callback_hosts: Vec<CallbackHostRow>,
    /// The newest of each, with their numbers.
    pub parameters: Vec<(i64, StoredParameter)>,
}

#[derive(Debug, Clone)]
pub(crate) struct ConsumerRow {
    pub id: ConsumerId,
    pub name: ConsumerName,
    pub oid: Option<Oid>,
    pub administration: Option<String>,
    pub active: bool,
    pub period: Period,
    pub created: OffsetDateTime,
}

#[derive(Debug, Clone)]
pub(crate) struct CertificateRow {
    pub id: CertificateId,
    pub consumer: ConsumerId,
    pub thumbprints: Thumbprints,
    pub subject: String,
    pub serial: String,
    pub period: Period,
    pub active: bool,
    pub created: OffsetDateTime,
}

#[derive(Debug, Clone)]
pub(crate) struct RoleRow {
    pub id: RoleId,
    pub name: RoleName,
    pub comment: String,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct MemberRow {
    pub role: RoleId,
    pub member: Subject,
}

#[derive(Debug, Clone)]
pub(crate) struct OperationRow {
    pub id: OperationId,
    pub name: OperationName,
    pub title: String,
    pub adapter: String,
    pub enabled: bool,
    pub present: bool,
    pub last_seen: Option<OffsetDateTime>,
}

#[derive(Debug, Clone)]
pub(crate) struct GrantRow {
    pub id: GrantId,
    pub subject: Subject,
    pub operation: OperationId,
    pub allowed: bool,
    pub period: Period,
    pub comment: String,
    pub created: OffsetDateTime,
}

#[derive(Debug, Clone)]
pub(crate) struct FieldRow {
    pub subject: Subject,
    pub operation: OperationId,
    pub pattern: FieldPattern,
    pub allowed: bool,
    pub comment: String,
    pub created: OffsetDateTime,
}

#[derive(Debug, Clone)]
pub(crate) struct CallbackHostRow {
    pub consumer: ConsumerId,
    pub host: CallbackHost,
}

#[derive(Debug, Clone)]
pub(crate) struct AuditRow {
    pub id: i64,
    pub at: OffsetDateTime,
    pub actor: String,
    pub action: String,
    pub subject: String,
    pub comment: String,
}

/// Reads all tables in one transaction, so that they belong together.
pub(crate) fn read_all(connection: &mut Connection) -> Result<Tables, RegistryError> {
    let transaction = connection.transaction()?;
    let mut tables = Tables {
        consumers: rows(&transaction, read::CONSUMERS, consumer)?,
        certificates: rows(&transaction, read::CERTIFICATES, certificate)?,
        roles: rows(&transaction, read::ROLES, role)?,
        members: rows(&transaction, read::ROLE_CONSUMERS, |row| {
            Ok(MemberRow { role: RoleId(get(row, 0)?), member: Subject::Consumer(ConsumerId(get(row, 1)?)) })
        })?,
        operations: rows(&transaction, read::OPERATIONS, operation)?,
        grants: rows(&transaction, read::GRANTS, grant)?,
        fields: rows(&transaction, read::FIELDS, field)?,
        callback_hosts: rows(&transaction, read::CALLBACK_HOSTS, callback_host)?,
        parameters: rows(&transaction, read::PARAMETERS, parameter)?,
    };
    tables.members.extend(rows(&transaction, read::ROLE_CERTIFICATES, |row| {
        Ok(MemberRow { role: RoleId(get(row, 0)?), member: Subject::Certificate(CertificateId(get(row, 1)?)) })
    })?);
    transaction.commit()?;
    Ok(tables)
}

/// Every value that a parameter ever had, newest first.
pub(crate) fn read_parameter_history(
    connection: &Connection,
    adapter: &str,
    name: &str,
) -> Result<Vec<StoredParameter>, RegistryError> {
    let mut statement = connection.prepare_cached(read::PARAMETER_HISTORY)?;
    let mut found = statement.query((adapter, name))?;
    let mut out = Vec::new();
    while let Some(row) = found.next()? {
        out.push(parameter(row)?.1);
    }
    Ok(out)
}

/// The newest `limit` audit rows, newest first.
pub(crate) fn read_audit(connection: &Connection, limit: u32) -> Result<Vec<AuditRow>, RegistryError> {
    let mut statement = connection.prepare_cached(read::AUDIT)?;
    let mut found = statement.query([limit])?;
    let mut out = Vec::new();
    while let Some(row) = found.next()? {
        let at = Place { table: "audit", row: get(row, 0)? };
        out.push(AuditRow {
            id: at.row,
            at: at.moment(row, 1, "at")?,
            actor: get(row, 2)?,
            action: get(row, 3)?,
            subject: get(row, 4)?,
            comment: get(row, 5)?,
        });
    }
    Ok(out)
}

/// Changes whenever another connection has changed the file.
pub(crate) fn data_version(connection: &Connection) -> Result<i64, RegistryError> {
    Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
}

/// All names of a kind, for suggestions.
pub(crate) fn read_names(connection: &Connection, kind: &str) -> Result<Vec<String>, RegistryError> {
    let sql = match kind {
        "consumer" => read::CONSUMER_NAMES,
        "role" => read::ROLE_NAMES,
        _ => read::OPERATION_NAMES,
    };
    rows(connection, sql, |row| get(row, 0))
}

/// The certificate itself, if it was kept.
pub(crate) fn read_pem(connection: &Connection, id: CertificateId) -> Result<Option<String>, RegistryError> {
    connection.query_row(read::PEM, [id.0], |row| row.get(0)).map_err(RegistryError::from)
}

/// The form in which moments stand in the tables.
pub(crate) fn moment_text(moment: OffsetDateTime) -> String {
    const FORM: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    moment.to_offset(UtcOffset::UTC).format(FORM).unwrap_or_default()
}

fn rows<T>(
    connection: &Connection,
    sql: &str,
    read: impl Fn(&Row<'_>) -> Result<T, RegistryError>,
) -> Result<Vec<T>, RegistryError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = found.next()? {
        out.push(read(row)?);
    }
    Ok(out)
}

fn consumer(row: &Row<'_>) -> Result<ConsumerRow, RegistryError> {
    let at = Place { table: "consumers", row: get(row, 0)? };
    let oid: Option<String> = get(row, 2)?;
    Ok(ConsumerRow {
        id: ConsumerId(at.row),
        name: at.check("name", ConsumerName::parse(&get::<String>(row, 1)?))?,
        oid: oid.map(|oid| at.check("oid", Oid::parse(&oid))).transpose()?,
        administration: get(row, 3)?,
        active: get(row, 4)?,
        period: at.period(row, 5, 6)?,
        created: at.moment(row, 7, "created")?,
    })
}

fn certificate(row: &Row<'_>) -> Result<CertificateRow, RegistryError> {
    let at = Place { table: "certificates", row: get(row, 0)? };
    Ok(CertificateRow {
        id: CertificateId(at.row),
        consumer: ConsumerId(get(row, 1)?),
        thumbprints: Thumbprints {
            sha1: at.check("sha1", get::<String>(row, 2)?.parse())?,
            sha256: at.check("sha256", get::<String>(row, 3)?.parse())?,
        },
        subject: get(row, 4)?,
        serial: get(row, 5)?,
        period: at.period(row, 6, 7)?,
        active: get(row, 8)?,
        created: at.moment(row, 9, "created")?,
    })
}

fn callback_host(row: &Row<'_>) -> Result<CallbackHostRow, RegistryError> {
    let at = Place { table: "callback_hosts", row: get(row, 0)? };
    let host = at.check("host", CallbackHost::parse(&get::<String>(row, 1)?))?;
    Ok(CallbackHostRow { consumer: ConsumerId(at.row), host })
}

fn parameter(row: &Row<'_>) -> Result<(i64, StoredParameter), RegistryError> {
    let at = Place { table: "parameter_values", row: get(row, 0)? };
    let octets: Option<Vec<u8>> = get(row, 5)?;
    let value = match (get::<bool>(row, 4)?, octets) {
        (_, None) => StoredValue::Unset,
        (true, Some(sealed)) => StoredValue::Sealed(sealed),
        (false, Some(plain)) => StoredValue::Plain(at.check("value", String::from_utf8(plain))?),
    };
    let parameter = StoredParameter {
        adapter: get(row, 1)?,
        name: get(row, 2)?,
        version: get(row, 3)?,
        value,
        at: at.moment(row, 6, "at")?,
        actor: get(row, 7)?,
        comment: get(row, 8)?,
    };
    Ok((at.row, parameter))
}

fn role(row: &Row<'_>) -> Result<RoleRow, RegistryError> {
    let at = Place { table: "roles", row: get(row, 0)? };
    let name = at.check("name", RoleName::parse(&get::<String>(row, 1)?))?;
    Ok(RoleRow { id: RoleId(at.row), name, comment: get(row, 2)? })
}

fn operation(row: &Row<'_>) -> Result<OperationRow, RegistryError> {
    let at = Place { table: "operations", row: get(row, 0)? };
    Ok(OperationRow {
        id: OperationId(at.row),
        name: at.check("name", OperationName::parse(&get::<String>(row, 1)?))?,
        title: get(row, 2)?,
        adapter: get(row, 3)?,
        enabled: get(row, 4)?,
        present: get(row, 5)?,
        last_seen: at.optional_moment(row, 6, "last_seen")?,
    })
}

fn grant(row: &Row<'_>) -> Result<GrantRow, RegistryError> {
    let at = Place { table: "operation_grants", row: get(row, 0)? };
    Ok(GrantRow {
        id: GrantId(at.row),
        subject: at.subject(row)?,
        operation: OperationId(get(row, 4)?),
        allowed: get(row, 5)?,
        period: at.period(row, 6, 7)?,
        comment: get(row, 8)?,
        created: at.moment(row, 9, "created")?,
    })
}

fn field(row: &Row<'_>) -> Result<FieldRow, RegistryError> {
    let at = Place { table: "field_grants", row: get(row, 0)? };
    Ok(FieldRow {
        subject: at.subject(row)?,
        operation: OperationId(get(row, 4)?),
        pattern: at.check("pattern", FieldPattern::parse(&get::<String>(row, 5)?))?,
        allowed: get(row, 6)?,
        comment: get(row, 7)?,
        created: at.moment(row, 8, "created")?,
    })
}

fn get<T: rusqlite::types::FromSql>(row: &Row<'_>, index: usize) -> Result<T, RegistryError> {
    row.get(index).map_err(RegistryError::from)
}

/// Which row is being read, for the error.
#[derive(Clone, Copy)]
struct Place {
    table: &'static str,
    row: i64,
}

impl Place {
    fn check<T, E>(self, column: &'static str, value: Result<T, E>) -> Result<T, RegistryError> {
        value.map_err(|_| RegistryError::Corrupt { table: self.table, column, row: self.row })
    }

    fn moment(self, row: &Row<'_>, index: usize, column: &'static str) -> Result<OffsetDateTime, RegistryError> {
        self.check(column, OffsetDateTime::parse(&get::<String>(row, index)?, &Rfc3339))
    }

    fn optional_moment(
        self,
        row: &Row<'_>,
        index: usize,
        column: &'static str,
    ) -> Result<Option<OffsetDateTime>, RegistryError> {
        let text: Option<String> = get(row, index)?;
        text.map(|text| self.check(column, OffsetDateTime::parse(&text, &Rfc3339))).transpose()
    }

    fn period(self, row: &Row<'_>, from: usize, to: usize) -> Result<Period, RegistryError> {
        let from = self.optional_moment(row, from, "valid_from")?;
        let to = self.optional_moment(row, to, "valid_to")?;
        self.check("valid_to", Period::new(from, to))
    }

    fn subject(self, row: &Row<'_>) -> Result<Subject, RegistryError> {
        let ids: [Option<i64>; 3] = [get(row, 1)?, get(row, 2)?, get(row, 3)?];
        match ids {
            [Some(id), None, None] => Ok(Subject::Consumer(ConsumerId(id))),
            [None, Some(id), None] => Ok(Subject::Certificate(CertificateId(id))),
            [None, None, Some(id)] => Ok(Subject::Role(RoleId(id))),
            _ => Err(RegistryError::Corrupt { table: self.table, column: "consumer_id", row: self.row }),
        }
    }
}
