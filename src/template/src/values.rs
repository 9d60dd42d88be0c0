use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::value::Value;

/// The values of one rendering by their names, such as `request` and `rows`.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<Cow<'static, str>, Value>);

impl Values {
    /// No values.
    pub fn new() -> Values {
        Values::default()
    }

    /// One value more.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: Value) -> Values {
        self.0.insert(name.into(), value);
        self
    }

    pub(crate) fn context(&self) -> Value {
        Value::from_pairs(self.0.iter().map(|(name, value)| (&**name, value.clone())))
    }
}
