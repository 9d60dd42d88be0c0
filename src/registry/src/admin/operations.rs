//! Operations: what the loaded packages offer, and what is switched on.

use std::collections::HashMap;

use super::{Admin, Change, operation_id};
use crate::error::RegistryError;
use crate::names::OperationName;
use crate::store::dml;

/// An operation that a loaded package offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedOperation {
    /// Its full name.
    pub name: OperationName,
    /// Its title for people.
    pub title: String,
    /// The adapter package that serves it.
    pub adapter: String,
}

/// What [`Admin::sync_operations`] found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Synced {
    /// Operations that were not known before; they are switched on and nobody has rights to them.
    pub added: Vec<OperationName>,
    /// Operations that were marked as missing and are offered again.
    pub returned: Vec<OperationName>,
    /// Operations that are known and no package offers now; their rights stay.
    pub missing: Vec<OperationName>,
    /// How many of those known are offered.
    pub present: usize,
}

impl Admin<'_> {
    /// Writes down what the loaded packages offer: adds what is new, marks what is missing, deletes nothing.
    ///
    /// The mark informs people and refuses no call: another node may have the package that this one lacks.
    pub fn sync_operations(&self, loaded: &[LoadedOperation], comment: &str) -> Result<Synced, RegistryError> {
        let subject = format!("{} operations", loaded.len());
        self.change(Change { action: "sync-operations", subject, comment }, |connection, now| {
            let mut offered: HashMap<&str, &LoadedOperation> =
                loaded.iter().map(|operation| (operation.name.as_str(), operation)).collect();
            let mut synced = Synced::default();
            let mut statement = connection.prepare_cached(dml::LIST_OPERATIONS)?;
            let known = statement
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(4)?)))
                .and_then(Iterator::collect::<rusqlite::Result<Vec<(i64, String, bool)>>>)?;
            for (id, name, present) in known {
                let parsed = OperationName::parse(&name)?;
                match offered.remove(name.as_str()) {
                    Some(LoadedOperation { title, adapter, .. }) => {
                        connection.execute(dml::SEE_OPERATION, (title, adapter, now, id))?;
                        synced.present += 1;
                        if !present {
                            synced.returned.push(parsed);
                        }
                    }
                    None => {
                        connection.execute(dml::MISS_OPERATION, [id])?;
                        synced.missing.push(parsed);
                    }
                }
            }
            for operation in loaded {
                // A package that names an operation twice adds it once.
                if offered.remove(operation.name.as_str()).is_some() {
                    let values = (operation.name.as_str(), &operation.title, &operation.adapter, now);
                    connection.execute(dml::ADD_OPERATION, values)?;
                    synced.added.push(operation.name.clone());
                    synced.present += 1;
                }
            }
            Ok(synced)
        })
    }

    /// Switches an operation on or off for everybody.
    pub fn set_operation_enabled(
        &self,
        operation: &OperationName,
        on: bool,
        comment: &str,
    ) -> Result<(), RegistryError> {
        let action = if on { "enable-operation" } else { "disable-operation" };
        self.change(Change { action, subject: format!("operation {operation}"), comment }, |connection, _| {
            let id = operation_id(connection, operation)?;
            connection.execute(dml::SET_OPERATION_ENABLED, (on, id.0)).map(drop).map_err(RegistryError::from)
        })
    }
}
