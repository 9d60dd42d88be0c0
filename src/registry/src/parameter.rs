//! Values of parameters of adapters: every one that was ever set, secret ones sealed.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use kapia_storage::Sealer;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::admin::{Admin, Change};
use crate::error::RegistryError;
use crate::registry::Registry;
use crate::store::{dml, read_parameter_history};

/// One value of a parameter, as it stands in the tables.
#[derive(Debug, Clone)]
pub struct StoredParameter {
    /// The adapter package.
    pub adapter: String,
    /// The parameter.
    pub name: String,
    /// Grows by one with every change of the parameter, from 1.
    pub version: i64,
    /// The value.
    pub value: StoredValue,
    /// When it was set.
    pub at: OffsetDateTime,
    /// Who set it.
    pub actor: String,
    /// Why.
    pub comment: String,
}

/// The value of a parameter in the tables.
#[derive(Clone, PartialEq, Eq)]
pub enum StoredValue {
    /// Whatever was set was taken away: the package's own value counts.
    Unset,
    /// Readable for everybody who can read the file.
    Plain(String),
    /// Sealed for its adapter, name and version.
    Sealed(Vec<u8>),
}

/// How a value is written down.
#[derive(Debug, Clone, Copy)]
pub enum NewValue<'v> {
    /// The package's own value counts again.
    Unset,
    /// Readable.
    Plain(&'v str),
    /// Sealed.
    Secret(&'v str, &'v Sealer),
}

/// The newest value of each parameter, by adapter.
#[derive(Default)]
pub(crate) struct Parameters {
    by_adapter: HashMap<String, Arc<[StoredParameter]>>,
    changes: i64,
}

impl StoredParameter {
    /// The value itself; `None` if it was taken away.
    ///
    /// # Errors
    /// [`RegistryError::SealedElsewhere`] if it was sealed with another key, or was changed.
    pub fn open(&self, sealer: &Sealer) -> Result<Option<Zeroizing<String>>, RegistryError> {
        match &self.value {
            StoredValue::Unset => Ok(None),
            StoredValue::Plain(text) => Ok(Some(Zeroizing::new(text.clone()))),
            StoredValue::Sealed(sealed) => {
                let associated = associated(&self.adapter, &self.name, self.version);
                let opened = sealer.open(&associated, sealed.clone()).and_then(|octets| String::from_utf8(octets).ok());
                match opened {
                    Some(text) => Ok(Some(Zeroizing::new(text))),
                    None => Err(RegistryError::SealedElsewhere {
                        adapter: self.adapter.clone(),
                        name: self.name.clone(),
                        version: self.version,
                    }),
                }
            }
        }
    }
}

impl Registry {
    /// The newest value of each parameter of an adapter, those that were taken away included. No lock, no SQL.
    pub fn parameters(&self, adapter: &str) -> Arc<[StoredParameter]> {
        self.snapshot().parameters.by_adapter.get(adapter).map_or_else(Arc::default, Arc::clone)
    }

    /// Grows with every change of any parameter. No lock, no SQL.
    pub fn parameter_changes(&self) -> i64 {
        self.snapshot().parameters.changes
    }

    /// Every value that a parameter ever had, newest first.
    pub fn parameter_history(&self, adapter: &str, name: &str) -> Result<Vec<StoredParameter>, RegistryError> {
        self.with_reader(|connection| read_parameter_history(connection, adapter, name))
    }
}

impl Admin<'_> {
    /// Sets a parameter; gives the number of the new version. What it was before stays in its history.
    pub fn set_parameter(
        &self,
        adapter: &str,
        name: &str,
        value: NewValue<'_>,
        comment: &str,
    ) -> Result<i64, RegistryError> {
        let action = if matches!(value, NewValue::Unset) { "unset-parameter" } else { "set-parameter" };
        let subject = format!("parameter {adapter}/{name}");
        self.change(Change { action, subject, comment }, |connection, now| {
            let last: Option<i64> = connection.query_row(dml::LAST_PARAMETER, (adapter, name), |row| row.get(0))?;
            let version = last.unwrap_or(0) + 1;
            let (sealed, octets) = match value {
                NewValue::Unset => (false, None),
                NewValue::Plain(text) => (false, Some(text.as_bytes().to_vec())),
                NewValue::Secret(text, sealer) => {
                    let associated = associated(adapter, name, version);
                    (true, Some(sealer.seal(&associated, text.as_bytes().to_vec())?))
                }
            };
            let values = (adapter, name, version, sealed, octets, now, self.actor(), comment);
            connection.execute(dml::ADD_PARAMETER, values)?;
            Ok(version)
        })
    }
}

impl Parameters {
    pub(crate) fn build(rows: Vec<(i64, StoredParameter)>) -> Self {
        let changes = rows.iter().map(|(id, _)| *id).max().unwrap_or(0);
        let mut by_adapter: HashMap<String, Vec<StoredParameter>> = HashMap::new();
        for (_, row) in rows {
            by_adapter.entry(row.adapter.clone()).or_default().push(row);
        }
        Self { by_adapter: by_adapter.into_iter().map(|(adapter, rows)| (adapter, rows.into())).collect(), changes }
    }
}

impl fmt::Debug for StoredValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Unset => "Unset",
            Self::Plain(_) => "Plain(…)",
            Self::Sealed(_) => "Sealed(…)",
        })
    }
}

/// A value opens as that of its own adapter, name and version only: rows cannot be exchanged for each other.
fn associated(adapter: &str, name: &str, version: i64) -> Vec<u8> {
    let mut data = b"kapia-parameter".to_vec();
    for part in [adapter, name] {
        data.extend_from_slice(&(part.len() as u64).to_be_bytes());
        data.extend_from_slice(part.as_bytes());
    }
    data.extend_from_slice(&version.to_be_bytes());
    data
}
