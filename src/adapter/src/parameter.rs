//! Parameters of an adapter that can be changed while it serves.

use crate::failure::{AdapterError, Fault};
use crate::message::{Message, fill};

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
