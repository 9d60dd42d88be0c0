//! What templates are given: plain values, all text, all already decided.

pub(crate) mod fees;
pub(crate) mod law;
pub(crate) mod service;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

/// A value for templates.
pub(crate) fn given(value: impl Serialize) -> Value {
    Value::from(Serde(value))
}
