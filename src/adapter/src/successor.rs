//! Old names: finding the operation that has taken the place of another one, and serving the one by the other.

mod mapping;
mod resolve;

use std::fmt;
use std::sync::Arc;

use crate::adapter::Adapter;
use crate::names::FullName;
pub(crate) use resolve::resolve;

/// What serves an old name.
#[derive(Clone)]
pub struct Successor {
    /// The operations behind the name, nearest first; the last one is a register's own.
    pub chain: Vec<FullName>,
    /// Asks the nearest one: maps the argument there and the answer back.
    pub(crate) adapter: Arc<dyn Adapter>,
}

impl fmt::Debug for Successor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chain: Vec<&str> = self.chain.iter().map(FullName::as_str).collect();
        write!(out, "Successor({})", chain.join(" → "))
    }
}
