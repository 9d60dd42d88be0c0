//! Values of parameters in the database of rights, as adapters want to see them.

use crate::config::Config;
use kapia_adapter::{AdapterError, Fault, Message, ParameterChange, ParameterStore, Sensitive};
use kapia_registry::{Language, NewValue, Registry, RegistryError, Sealer, SealingKey, StoredValue};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Who is written down when nobody said who sets something.
const NOBODY: &str = "kapia";

/// The values in a registry, secret ones under the key in a file.
pub(crate) struct RegistryParameters {
    registry: Arc<Registry>,
    key: PathBuf,
}

impl RegistryParameters {
    /// Those of a configuration.
    pub fn of(config: &Config, registry: Arc<Registry>) -> Arc<RegistryParameters> {
        Arc::new(RegistryParameters { registry, key: config.storage.parameters_key.clone() })
    }

    /// What opens the secrets that are there.
    pub fn opener(&self) -> Result<Sealer, RegistryError> {
        Ok(Sealer::new(&SealingKey::load(&self.key)?)?)
    }

    /// What seals a new one; the key is made if there is none.
    fn sealer(&self) -> Result<Sealer, RegistryError> {
        Ok(Sealer::new(&SealingKey::load_or_create(&self.key)?)?)
    }

    fn read(&self, package: &str) -> Result<BTreeMap<String, Sensitive>, RegistryError> {
        let stored = self.registry.parameters(package);
        let mut opener = None;
        let mut values = BTreeMap::new();
        for one in stored.iter() {
            let value = match &one.value {
                StoredValue::Unset => continue,
                StoredValue::Plain(text) => Sensitive::new(text.as_str()),
                StoredValue::Sealed(_) => {
                    let opener = match &opener {
                        Some(opener) => opener,
                        None => opener.insert(self.opener()?),
                    };
                    let Some(text) = one.open(opener)? else { continue };
                    Sensitive::new(text.as_str())
                }
            };
            values.insert(one.name.clone(), value);
        }
        Ok(values)
    }

    fn write(&self, package: &str, change: &ParameterChange<'_>) -> Result<(), RegistryError> {
        let sealer = if change.secret && change.value.is_some() { Some(self.sealer()?) } else { None };
        let value = match (change.value.map(Sensitive::reveal), &sealer) {
            (None, _) => NewValue::Unset,
            (Some(text), Some(sealer)) => NewValue::Secret(text, sealer),
            (Some(text), None) => NewValue::Plain(text),
        };
        let who = if change.author.who.is_empty() { NOBODY } else { &change.author.who };
        self.registry.admin(who).set_parameter(package, change.name, value, &change.author.why).map(drop)
    }
}

impl ParameterStore for RegistryParameters {
    fn values(&self, package: &str) -> Result<BTreeMap<String, Sensitive>, AdapterError> {
        self.read(package).map_err(|error| told(&error))
    }

    fn put(&self, package: &str, change: &ParameterChange<'_>) -> Result<(), AdapterError> {
        self.write(package, change).map_err(|error| told(&error))
    }
}

fn told(error: &RegistryError) -> AdapterError {
    let both = |text: fn(&RegistryError, Language) -> String| {
        Message::new(text(error, Language::English), text(error, Language::Bulgarian))
    };
    AdapterError {
        side: Fault::Gateway,
        code: error.code(),
        retryable: false,
        message: both(RegistryError::message),
        hint: both(RegistryError::hint),
    }
}
