//! What a core can set of the host itself, for all its adapters at once.

use super::functions::wrong_value;
use crate::settings::{Settings, Validation};
use kapia_adapter::{AdapterError, Author, Declaration, Message, Parameter, ParameterChange, ParameterKind};
use kapia_adapter::{ParameterStore, ParameterValue, Sensitive};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// The name under which the host's own parameters stand beside those of packages, none of which can be called so.
pub const HOST: &str = "@host";

const TIMEOUT: &str = "RegisterTimeoutSeconds";
const VALIDATION: &str = "Validation";
const LONGEST_TIMEOUT: i64 = 3600;

/// The parameters of the host itself.
#[derive(Debug)]
pub(super) struct Tuning {
    timeout_seconds: AtomicU64,
    strict: AtomicBool,
    usual: (u64, bool),
}

/// The parameters that a host has of its own.
pub fn host_parameters() -> Vec<Declaration> {
    let declared = |name: &str, kind, en: &str, bg: &str| Declaration {
        name: name.to_owned(),
        kind,
        secret: false,
        default: None,
        about: Message::new(en, bg),
        line: 0,
    };
    vec![
        declared(
            TIMEOUT,
            ParameterKind::Integer { least: Some(1), most: Some(LONGEST_TIMEOUT) },
            "how many seconds a register may take",
            "колко секунди се чака регистърът",
        ),
        declared(
            VALIDATION,
            ParameterKind::Code(vec!["strict".to_owned(), "report".to_owned()]),
            "what becomes of a document that does not follow its schema",
            "какво става с документ, който не отговаря на схемата си",
        ),
    ]
}

impl Tuning {
    /// What the settings say, but for what a store knows better.
    pub(super) fn new(settings: &Settings, store: Option<&dyn ParameterStore>) -> Tuning {
        let usual = (settings.register_timeout.as_secs().max(1), settings.validation == Validation::Strict);
        let tuning = Tuning { timeout_seconds: AtomicU64::new(usual.0), strict: AtomicBool::new(usual.1), usual };
        if let Some(store) = store {
            tuning.refresh(store);
        }
        tuning
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.load(Ordering::Relaxed))
    }

    pub(super) fn validation(&self) -> Validation {
        if self.strict.load(Ordering::Relaxed) { Validation::Strict } else { Validation::Report }
    }

    pub(super) fn parameters(&self) -> Vec<Parameter> {
        let value = |name: &str| match name {
            TIMEOUT => self.timeout().as_secs().to_string(),
            _ => if self.validation() == Validation::Strict { "strict" } else { "report" }.to_owned(),
        };
        let parameter = |declared: Declaration| Parameter {
            value: ParameterValue::Shown(value(&declared.name)),
            description: declared.about.bg.into(),
            key: declared.name,
        };
        host_parameters().into_iter().map(parameter).collect()
    }

    /// Sets a parameter of the host; `None` if it has none of this key.
    pub(super) fn set(
        &self,
        key: &str,
        value: &str,
        author: &Author,
        store: Option<&dyn ParameterStore>,
    ) -> Option<Result<(), AdapterError>> {
        let declared = host_parameters().into_iter().find(|declared| declared.name == key)?;
        let value = match declared.kind.check(value) {
            Ok(value) => value,
            Err(rule) => return Some(Err(wrong_value(key, &rule))),
        };
        if let Some(store) = store {
            let kept = Sensitive::new(value.as_str());
            let change = ParameterChange { name: key, value: Some(&kept), secret: false, author };
            if let Err(error) = store.put(HOST, &change) {
                return Some(Err(error));
            }
        }
        self.apply(key, Some(&value));
        Some(Ok(()))
    }

    /// Takes over what the store says now.
    pub(super) fn refresh(&self, store: &dyn ParameterStore) {
        let stored: BTreeMap<String, Sensitive> = match store.values(HOST) {
            Ok(stored) => stored,
            Err(error) => {
                tracing::error!(code = error.code, %error, "parameters of the host cannot be read");
                return;
            }
        };
        for declared in host_parameters() {
            let value = stored.get(&declared.name).and_then(|value| declared.kind.check(value.reveal()).ok());
            self.apply(&declared.name, value.as_deref());
        }
    }

    fn apply(&self, key: &str, value: Option<&str>) {
        match key {
            TIMEOUT => {
                let seconds = value.and_then(|value| value.parse().ok()).unwrap_or(self.usual.0);
                self.timeout_seconds.store(seconds, Ordering::Relaxed);
            }
            _ => self.strict.store(value.map_or(self.usual.1, |value| value == "strict"), Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_another_kind_changes_nothing() {
        let tuning = Tuning::new(&Settings::default(), None);
        let set = |key: &str, value: &str| tuning.set(key, value, &Author::default(), None);
        assert_eq!(set(TIMEOUT, "5"), Some(Ok(())));
        for wrong in ["0", "5s", "-1", "999999"] {
            assert!(set(TIMEOUT, wrong).unwrap().is_err(), "{wrong}");
        }
        assert_eq!(tuning.timeout(), Duration::from_secs(5));
        assert!(set(VALIDATION, "none").unwrap().is_err());
        assert_eq!(set(VALIDATION, "report"), Some(Ok(())));
        assert_eq!(tuning.validation(), Validation::Report);
        assert_eq!(set("ConnectionString", "x"), None);
    }
}
