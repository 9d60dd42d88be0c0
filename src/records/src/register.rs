//! The administrative register, as far as it was imported: which services exist, and who provides them.

use crate::error::RecordsError;
use crate::names::{Eik, ServiceNumber};
use crate::reading::{damaged, first};
use crate::records::Records;
use crate::store::sql;

/// A service of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterEntry {
    /// Its number.
    pub service: ServiceNumber,
    /// Its name there.
    pub name: String,
    /// Who provides it; empty if that is not known.
    pub providers: Vec<Eik>,
}

/// What the register says of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// Nothing was imported, so nobody can say.
    NoRegister,
    /// There is no such service.
    Unknown,
    /// There is.
    Known {
        /// Its name there.
        name: String,
        /// Who provides it; empty if that is not known.
        providers: Vec<Eik>,
    },
}

impl Records {
    /// What the register says of a service.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn registered(&self, service: ServiceNumber) -> Result<Registered, RecordsError> {
        self.read(move |connection| {
            let entry = first(connection, sql::REGISTERED, [service.column()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })?;
            match entry {
                Some((name, providers)) => {
                    let providers = serde_json::from_str(&providers).map_err(|_| damaged("register"))?;
                    Ok(Registered::Known { name, providers })
                }
                None => {
                    let any: bool = connection.prepare_cached(sql::ANY_REGISTERED)?.query_row([], |row| row.get(0))?;
                    Ok(if any { Registered::Unknown } else { Registered::NoRegister })
                }
            }
        })
        .await
    }

    /// Adds services of the register or replaces what is known of them, all together.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn put_register(&self, entries: Vec<RegisterEntry>) -> Result<(), RecordsError> {
        self.write(move |connection| {
            let mut put = connection.prepare_cached(sql::PUT_REGISTERED)?;
            for RegisterEntry { service, name, providers } in &entries {
                let providers = serde_json::to_string(providers).map_err(|_| damaged("register"))?;
                put.execute((service.column(), name, providers))?;
            }
            Ok(())
        })
        .await
    }
}
