//! Consumers, certificates, roles and who is in them.

use kapia_pki::Thumbprints;
use rusqlite::OptionalExtension;

use super::{Admin, Change, certificate_id, consumer_id, role_id, subject};
use crate::callback::CallbackHost;
use crate::error::RegistryError;
use crate::names::{ConsumerName, Oid, RoleName};
use crate::period::Period;
use crate::store::{dml, moment_text};
use crate::subject::{CertificateId, CertificateRef, ConsumerId, RoleId, Subject, SubjectName};

/// A consumer to be added.
#[derive(Debug, Clone)]
pub struct NewConsumer {
    /// Its name, unique in the registry.
    pub name: ConsumerName,
    /// Its object identifier, unique in the registry.
    pub oid: Option<Oid>,
    /// The administration it belongs to, as text.
    pub administration: Option<String>,
    /// When it may call.
    pub period: Period,
}

impl NewConsumer {
    /// A consumer with nothing but a name.
    pub fn named(name: ConsumerName) -> Self {
        Self { name, oid: None, administration: None, period: Period::ALWAYS }
    }
}

/// A transport certificate to be added; the fields come from the certificate itself, parsed elsewhere.
#[derive(Debug, Clone)]
pub struct NewCertificate {
    /// Digests of the DER octets; SHA-256 unique in the registry.
    pub thumbprints: Thumbprints,
    /// Distinguished name of the subject (RFC 4514).
    pub subject: String,
    /// Serial number in hexadecimal.
    pub serial: String,
    /// `notBefore` and `notAfter`, or narrower dates.
    pub period: Period,
    /// The certificate itself, to be shown and exported.
    pub pem: Option<String>,
}

impl Admin<'_> {
    /// Adds a consumer, switched on.
    pub fn add_consumer(&self, new: &NewConsumer, comment: &str) -> Result<ConsumerId, RegistryError> {
        let change = Change { action: "add-consumer", subject: format!("consumer {}", new.name), comment };
        self.change(change, |connection, now| {
            let taken = |sql, value: &str| {
                connection.query_row(sql, [value], |row| row.get::<_, i64>(0)).optional().map_err(RegistryError::from)
            };
            if taken(dml::FIND_CONSUMER, new.name.as_str())?.is_some() {
                return Err(RegistryError::Exists { kind: "consumer", name: new.name.to_string() });
            }
            if let Some(oid) = &new.oid
                && taken(dml::FIND_OID, oid.as_str())?.is_some()
            {
                return Err(RegistryError::Exists { kind: "oid", name: oid.to_string() });
            }
            let [from, to] = ends(new.period);
            let oid = new.oid.as_ref().map(Oid::as_str);
            let values = (new.name.as_str(), oid, &new.administration, from, to, now);
            connection
                .query_row(dml::ADD_CONSUMER, values, |row| row.get(0))
                .map(ConsumerId)
                .map_err(RegistryError::from)
        })
    }

    /// Switches a consumer on or off.
    pub fn set_consumer_active(&self, name: &ConsumerName, on: bool, comment: &str) -> Result<(), RegistryError> {
        let action = if on { "activate-consumer" } else { "deactivate-consumer" };
        self.change(Change { action, subject: format!("consumer {name}"), comment }, |connection, _| {
            let id = consumer_id(connection, name)?;
            connection.execute(dml::SET_CONSUMER_ACTIVE, (on, id.0)).map(drop).map_err(RegistryError::from)
        })
    }

    /// Sets when a consumer may call.
    pub fn set_consumer_period(&self, name: &ConsumerName, period: Period, comment: &str) -> Result<(), RegistryError> {
        let subject = format!("consumer {name}, {}", shown(period));
        self.change(Change { action: "set-consumer-period", subject, comment }, |connection, _| {
            let id = consumer_id(connection, name)?;
            let [from, to] = ends(period);
            connection.execute(dml::SET_CONSUMER_PERIOD, (from, to, id.0)).map(drop).map_err(RegistryError::from)
        })
    }

    /// Adds a transport certificate to a consumer, switched on.
    pub fn add_certificate(
        &self,
        consumer: &ConsumerName,
        new: &NewCertificate,
        comment: &str,
    ) -> Result<CertificateId, RegistryError> {
        let sha256 = new.thumbprints.sha256.to_string();
        let subject = format!("certificate {sha256} of consumer {consumer}");
        self.change(Change { action: "add-certificate", subject, comment }, |connection, now| {
            let owner = consumer_id(connection, consumer)?;
            let taken: Option<i64> = connection.query_row(dml::FIND_SHA256, [&sha256], |row| row.get(0)).optional()?;
            if taken.is_some() {
                return Err(RegistryError::Exists { kind: "certificate", name: sha256.clone() });
            }
            let [from, to] = ends(new.period);
            let sha1 = new.thumbprints.sha1.to_string();
            let values = (owner.0, sha1, &sha256, &new.subject, &new.serial, from, to, &new.pem, now);
            connection
                .query_row(dml::ADD_CERTIFICATE, values, |row| row.get(0))
                .map(CertificateId)
                .map_err(RegistryError::from)
        })
    }

    /// Switches a certificate on or off.
    pub fn set_certificate_active(
        &self,
        certificate: &CertificateRef,
        on: bool,
        comment: &str,
    ) -> Result<(), RegistryError> {
        let action = if on { "activate-certificate" } else { "deactivate-certificate" };
        self.change(Change { action, subject: format!("certificate {certificate}"), comment }, |connection, _| {
            let id = certificate_id(connection, certificate)?;
            connection.execute(dml::SET_CERTIFICATE_ACTIVE, (on, id.0)).map(drop).map_err(RegistryError::from)
        })
    }

    /// Allows answers of asynchronous calls to be pushed to these hosts; what is allowed already stays.
    pub fn add_callback_hosts(
        &self,
        name: &ConsumerName,
        hosts: &[CallbackHost],
        comment: &str,
    ) -> Result<(), RegistryError> {
        let subject = pushed_to(name, hosts);
        self.change(Change { action: "add-callback-hosts", subject, comment }, |connection, now| {
            let id = consumer_id(connection, name)?;
            for host in hosts {
                let values = (id.0, host.as_str(), comment, now);
                connection.execute(dml::ADD_CALLBACK_HOST, values)?;
            }
            Ok(())
        })
    }

    /// Takes hosts from the list, all of them or, if one is not in it, none.
    pub fn remove_callback_hosts(
        &self,
        name: &ConsumerName,
        hosts: &[CallbackHost],
        comment: &str,
    ) -> Result<(), RegistryError> {
        let subject = pushed_to(name, hosts);
        self.change(Change { action: "remove-callback-hosts", subject, comment }, |connection, _| {
            let id = consumer_id(connection, name)?;
            for host in hosts {
                let removed = connection.execute(dml::REMOVE_CALLBACK_HOST, (id.0, host.as_str()))?;
                if removed == 0 {
                    return Err(RegistryError::NotFound { kind: "callback host", name: host.to_string(), near: None });
                }
            }
            Ok(())
        })
    }

    /// Adds a role without members.
    pub fn add_role(&self, name: &RoleName, comment: &str) -> Result<RoleId, RegistryError> {
        self.change(Change { action: "add-role", subject: format!("role {name}"), comment }, |connection, _| {
            let taken: Option<i64> =
                connection.query_row(dml::FIND_ROLE, [name.as_str()], |row| row.get(0)).optional()?;
            if taken.is_some() {
                return Err(RegistryError::Exists { kind: "role", name: name.to_string() });
            }
            connection
                .query_row(dml::ADD_ROLE, (name.as_str(), comment), |row| row.get(0))
                .map(RoleId)
                .map_err(RegistryError::from)
        })
    }

    /// Puts a consumer or a certificate into a role.
    pub fn assign(&self, role: &RoleName, member: &SubjectName, comment: &str) -> Result<(), RegistryError> {
        self.membership("assign", role, member, comment)
    }

    /// Takes a consumer or a certificate out of a role.
    pub fn unassign(&self, role: &RoleName, member: &SubjectName, comment: &str) -> Result<(), RegistryError> {
        self.membership("unassign", role, member, comment)
    }

    fn membership(
        &self,
        action: &'static str,
        role: &RoleName,
        member: &SubjectName,
        comment: &str,
    ) -> Result<(), RegistryError> {
        let named = format!("{member} in role {role}");
        self.change(Change { action, subject: named.clone(), comment }, |connection, _| {
            let id = role_id(connection, role)?;
            let (sql, member) = match (subject(connection, member)?, action) {
                (Subject::Consumer(member), "assign") => (dml::ASSIGN_CONSUMER, member.0),
                (Subject::Consumer(member), _) => (dml::UNASSIGN_CONSUMER, member.0),
                (Subject::Certificate(member), "assign") => (dml::ASSIGN_CERTIFICATE, member.0),
                (Subject::Certificate(member), _) => (dml::UNASSIGN_CERTIFICATE, member.0),
                (Subject::Role(_), _) => {
                    return Err(RegistryError::NotFound { kind: "membership", name: named, near: None });
                }
            };
            match (connection.execute(sql, (id.0, member))?, action) {
                (1.., _) => Ok(()),
                (0, "assign") => Err(RegistryError::Exists { kind: "membership", name: named }),
                (0, _) => Err(RegistryError::NotFound { kind: "membership", name: named, near: None }),
            }
        })
    }
}

fn pushed_to(name: &ConsumerName, hosts: &[CallbackHost]) -> String {
    let hosts: Vec<&str> = hosts.iter().map(CallbackHost::as_str).collect();
    format!("consumer {name}, callback hosts {}", hosts.join(" "))
}

pub(super) fn ends(period: Period) -> [Option<String>; 2] {
    [period.from().map(moment_text), period.to().map(moment_text)]
}

pub(super) fn shown(period: Period) -> String {
    let [from, to] = ends(period).map(|end| end.unwrap_or_else(|| "…".to_owned()));
    format!("{from} – {to}")
}
