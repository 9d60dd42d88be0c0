//! Parameters of an adapter that can be changed while it serves.

pub(crate) mod kind;

use std::collections::BTreeMap;

use crate::adapter::Sensitive;
use crate::declaration::Declaration;
use crate::failure::{AdapterError, Fault};
use crate::message::{Message, fill};
use kind::ParameterKind;

/// One parameter (adapter-standard §8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its key, such as `ConnectionString`.
    pub key: String,
    /// What it is, for people; may be empty.
    pub description: String,
    /// Its value, as far as it may be shown.
    pub value: ParameterValue,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterValue {
    /// A value that may be shown.
    Shown(String),
    /// A value that may be set and is never shown, such as a password.
    Secret,
}

impl Parameter {
    /// The error for a key that no parameter has.
    pub fn unknown(key: &str) -> AdapterError {
        let key = key.chars().take(100).collect::<String>();
        AdapterError {
            side: Fault::Client,
            code: "parameter-unknown",
            retryable: false,
            message: fill("there is no parameter with key {key}", "няма параметър с ключ {key}", &[("key", &key)]),
            hint: Message::new(
                "use one of the keys that the adapter lists",
                "използвайте един от ключовете, които адаптерът показва",
            ),
        }
    }
}

/// The values that the parameters of a package have now; `Debug` shows none of them.
#[derive(Clone, Debug, Default)]
pub struct ParameterValues(BTreeMap<String, KnownValue>);

/// A value, and what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct KnownValue {
    pub value: Sensitive,
    pub kind: ParameterKind,
    pub secret: bool,
}

impl ParameterValues {
    /// The value of this parameter.
    pub fn get(&self, name: &str) -> Option<&Sensitive> {
        self.0.get(name).map(|known| &known.value)
    }

    /// All of them by their names, secrets included.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Sensitive)> {
        self.0.iter().map(|(name, known)| (name.as_str(), &known.value))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&KnownValue> {
        self.0.get(name)
    }

    pub(crate) fn insert(&mut self, declared: &Declaration, value: Sensitive) {
        let known = KnownValue { value, kind: declared.kind.clone(), secret: declared.secret };
        self.0.insert(declared.name.clone(), known);
    }
}
