//! Who may push: one credential for each administration, in the file of its environment.

use rusqlite::{Connection, Row};
use serde::Serialize;
use time::OffsetDateTime;

use crate::caller::CredentialId;
use crate::error::RecordsError;
use crate::names::{CredentialName, Eik};
use crate::network::Network;
use crate::password::{Cost, Password};
use crate::reading::{damaged, first};
use crate::record::Hex;
use crate::records::Records;
use crate::store::{millis, moment, sql};

/// A credential; its passwords are nowhere but in the file, as hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credential {
    /// What it is called inside the program.
    #[serde(skip)]
    pub id: CredentialId,
    /// Its user name.
    #[serde(serialize_with = "shown")]
    pub name: CredentialName,
    /// Whose it is.
    pub administration: String,
    /// The suppliers whose services it may write.
    pub suppliers: Vec<Eik>,
    /// From where it may be used; empty for anywhere.
    pub networks: Vec<Network>,
    /// SHA-256 of the client certificate that it needs besides, if it does.
    #[serde(serialize_with = "hexadecimal")]
    pub certificate: Option<[u8; 32]>,
    /// Whether it may be used.
    pub status: CredentialStatus,
    /// Until when it may be used.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Grows with everything that changes what it may do or which passwords are right.
    #[serde(skip)]
    pub(crate) revision: i64,
}

/// Whether a credential may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CredentialStatus {
    /// It may.
    Active,
    /// Somebody locked it.
    Locked,
}

/// What a credential shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// Its user name.
    pub name: CredentialName,
    /// Whose it is.
    pub administration: String,
    /// The suppliers whose services it may write.
    pub suppliers: Vec<Eik>,
    /// From where it may be used; empty for anywhere.
    pub networks: Vec<Network>,
    /// SHA-256 of the client certificate that it needs besides, if it does.
    pub certificate: Option<[u8; 32]>,
    /// Until when it may be used.
    pub expires_at: Option<OffsetDateTime>,
}

/// What becomes of the password that is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It is right until then, beside the new one.
    Overlap(OffsetDateTime),
    /// It is wrong from now on.
    AtOnce,
}

/// What happened to a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialEvent {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// By whom: an account, or `gate`.
    pub by: String,
    /// What, such as `added`, `rotated`, `locked`, `unlocked`, `changed`, `locked-out`.
    pub what: String,
    /// More about it.
    pub detail: Option<String>,
}

/// A hash that may be right now.
pub(crate) struct Hash {
    pub(crate) text: String,
    pub(crate) ends_at: Option<i64>,
}

impl Records {
    /// Adds a credential with its first password.
    ///
    /// # Errors
    /// [`RecordsError::CredentialExists`], [`RecordsError::Cost`], or the file cannot be written.
    pub async fn add_credential(
        &self,
        new: NewCredential,
        password: Password,
        cost: Cost,
        by: &str,
    ) -> Result<(), RecordsError> {
        let hash = hashed(password, cost).await?;
        let (by, now) = (by.to_owned(), millis(OffsetDateTime::now_utc()));
        self.write(move |connection| {
            if find(connection, new.name.as_str())?.is_some() {
                return Err(RecordsError::CredentialExists { name: new.name.to_string() });
            }
            connection.prepare_cached(sql::ADD_CREDENTIAL)?.execute((
                new.name.as_str(),
                &new.administration,
                listed(&new.suppliers)?,
                listed(&new.networks)?,
                new.certificate,
                new.expires_at.map(millis),
                now,
            ))?;
            let id = connection.last_insert_rowid();
            connection.prepare_cached(sql::ADD_PASSWORD)?.execute((id, hash, now))?;
            note(connection, (now, &by), new.name.as_str(), "added", None)
        })
        .await
    }

    /// Adds a password; the one that was newest stays right as long as the rotation says, all older ones end now.
    ///
    /// # Errors
    /// [`RecordsError::NoCredential`], [`RecordsError::Cost`], or the file cannot be written.
    pub async fn rotate_password(
        &self,
        name: &str,
        password: Password,
        cost: Cost,
        rotation: Rotation,
        by: &str,
    ) -> Result<(), RecordsError> {
        let hash = hashed(password, cost).await?;
        let (name, by, now) = (name.to_owned(), by.to_owned(), millis(OffsetDateTime::now_utc()));
        self.write(move |connection| {
            let id = found(connection, &name)?.id.0;
            let (end, detail) = match rotation {
                Rotation::AtOnce => (now, None),
                Rotation::Overlap(until) => (millis(until), Some(format!("overlap until {}", rfc3339(until)))),
            };
            connection.prepare_cached(sql::REMOVE_PASSWORDS)?.execute((id, now))?;
            connection.prepare_cached(sql::END_PASSWORDS)?.execute((id, end))?;
            connection.prepare_cached(sql::ADD_PASSWORD)?.execute((id, hash, now))?;
            connection.prepare_cached(sql::TOUCH_CREDENTIAL)?.execute([id])?;
            note(connection, (now, &by), &name, "rotated", detail.as_deref())
        })
        .await
    }

    /// Locks a credential, or unlocks it; the password stays.
    ///
    /// # Errors
    /// [`RecordsError::NoCredential`], or the file cannot be written.
    pub async fn lock_credential(
        &self,
        name: &str,
        status: CredentialStatus,
        why: Option<&str>,
        by: &str,
    ) -> Result<(), RecordsError> {
        let what = if status == CredentialStatus::Locked { "locked" } else { "unlocked" };
        self.change_credential(name, what, why, by, move |credential| credential.status = status).await
    }

    /// Changes what a credential may do; its name and number stay. `what` names the change for its history.
    ///
    /// # Errors
    /// [`RecordsError::NoCredential`], or the file cannot be written.
    pub async fn change_credential(
        &self,
        name: &str,
        what: &'static str,
        why: Option<&str>,
        by: &str,
        change: impl FnOnce(&mut Credential) + Send + 'static,
    ) -> Result<(), RecordsError> {
        let (name, by, now) = (name.to_owned(), by.to_owned(), millis(OffsetDateTime::now_utc()));
        let why = why.map(str::to_owned);
        self.write(move |connection| {
            let mut credential = found(connection, &name)?;
            let id = credential.id.0;
            change(&mut credential);
            connection.prepare_cached(sql::SET_CREDENTIAL)?.execute((
                id,
                &credential.administration,
                listed(&credential.suppliers)?,
                listed(&credential.networks)?,
                credential.certificate,
                credential.status == CredentialStatus::Locked,
                credential.expires_at.map(millis),
            ))?;
            note(connection, (now, &by), &name, what, why.as_deref())
        })
        .await
    }

    /// All credentials, in the order of their names.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn credentials(&self) -> Result<Vec<Credential>, RecordsError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&sql::credentials())?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(read(row)??);
            }
            Ok(found)
        })
        .await
    }

    /// The error that names the credential which looks like this name.
    pub async fn no_such_credential(&self, name: &str) -> RecordsError {
        let name = name.to_owned();
        let missing = RecordsError::NoCredential { name: name.clone(), near: None };
        self.read(move |connection| found(connection, &name).map(drop)).await.err().unwrap_or(missing)
    }

    /// What happened to a credential, last first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn credential_events(&self, name: &str, limit: u32) -> Result<Vec<CredentialEvent>, RecordsError> {
        let name = name.to_owned();
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(sql::EVENTS)?;
            let events = statement.query_map((name, limit), |row| {
                Ok(CredentialEvent { at: moment(row.get(0)?), by: row.get(1)?, what: row.get(2)?, detail: row.get(3)? })
            })?;
            Ok(events.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Writes down that the gate did something about a credential.
    pub(crate) async fn note_event(
        &self,
        name: CredentialName,
        what: &'static str,
        detail: String,
        now: OffsetDateTime,
    ) -> Result<(), RecordsError> {
        let noted =
            move |connection: &Connection| note(connection, (millis(now), "gate"), name.as_str(), what, Some(&detail));
        self.write(noted).await
    }

    /// A credential with the hashes that may be right now, newest first, at most two.
    pub(crate) async fn credential(
        &self,
        name: CredentialName,
        now: OffsetDateTime,
    ) -> Result<Option<(Credential, Vec<Hash>)>, RecordsError> {
        self.read(move |connection| {
            let Some(credential) = find(connection, name.as_str())? else { return Ok(None) };
            let mut statement = connection.prepare_cached(sql::PASSWORDS)?;
            let hashes = statement.query_map((credential.id.0, millis(now)), |row| {
                Ok(Hash { text: row.get(1)?, ends_at: row.get(2)? })
            })?;
            Ok(Some((credential, hashes.collect::<rusqlite::Result<_>>()?)))
        })
        .await
    }
}

async fn hashed(password: Password, cost: Cost) -> Result<String, RecordsError> {
    tokio::task::spawn_blocking(move || password.hash(cost)).await.map_err(|_| RecordsError::Panicked)?
}

fn note(
    connection: &Connection,
    (at, by): (i64, &str),
    name: &str,
    what: &str,
    detail: Option<&str>,
) -> Result<(), RecordsError> {
    connection.prepare_cached(sql::ADD_EVENT)?.execute((at, by, name, what, detail))?;
    Ok(())
}

fn found(connection: &Connection, name: &str) -> Result<Credential, RecordsError> {
    if let Some(credential) = find(connection, name)? {
        return Ok(credential);
    }
    let mut statement = connection.prepare_cached(sql::CREDENTIAL_NAMES)?;
    let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let near =
        kapia_language::near_names(name, names.iter().map(String::as_str)).first().map(|near| (*near).to_owned());
    Err(RecordsError::NoCredential { name: name.to_owned(), near })
}

fn find(connection: &Connection, name: &str) -> Result<Option<Credential>, RecordsError> {
    first(connection, &sql::credential(), [name], read)?.transpose()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<Credential, RecordsError>> {
    let [name, suppliers, networks]: [String; 3] = [row.get(1)?, row.get(3)?, row.get(4)?];
    let lists = (CredentialName::parse(&name), serde_json::from_str(&suppliers), serde_json::from_str(&networks));
    let (Ok(name), Ok(suppliers), Ok(networks)) = lists else { return Ok(Err(damaged("credentials"))) };
    let locked: bool = row.get(6)?;
    Ok(Ok(Credential {
        id: CredentialId(row.get(0)?),
        name,
        administration: row.get(2)?,
        suppliers,
        networks,
        certificate: row.get(5)?,
        status: if locked { CredentialStatus::Locked } else { CredentialStatus::Active },
        expires_at: row.get::<_, Option<i64>>(7)?.map(moment),
        created_at: moment(row.get(8)?),
        revision: row.get(9)?,
    }))
}

fn listed<T: Serialize>(items: &[T]) -> Result<String, RecordsError> {
    serde_json::to_string(items).map_err(|_| damaged("credentials"))
}

fn rfc3339(moment: OffsetDateTime) -> String {
    moment.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}

fn shown<S: serde::Serializer>(name: &CredentialName, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name.as_str())
}

fn hexadecimal<S: serde::Serializer>(digest: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
    match digest {
        Some(digest) => serializer.collect_str(&Hex(digest)),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests;
