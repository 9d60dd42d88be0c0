//! Namespace bindings while reading (Namespaces in XML 1.0 §6).

use crate::{XML_NAMESPACE, XMLNS_NAMESPACE};
use std::collections::HashMap;
use std::ops::Range;

/// Index of the empty namespace in the table of namespaces.
pub(crate) const NO_NAMESPACE: u32 = 0;
/// Index of [`XML_NAMESPACE`].
pub(crate) const XML: u32 = 1;
/// Index of [`XMLNS_NAMESPACE`].
pub(crate) const XMLNS: u32 = 2;

/// The declarations of one element that made any; scopes form a chain towards the root.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub parent: Option<u32>,
    /// The tokens of kind `Declaration` lie in this range, between attributes.
    pub tokens: Range<u32>,
}

struct Binding {
    prefix: Range<usize>,
    namespace: u32,
}

/// Interned namespaces of a document, and the bindings in scope at the place that is being read.
pub(crate) struct Bindings {
    pub namespaces: Vec<Box<str>>,
    index: HashMap<Box<str>, u32>,
    stack: Vec<Binding>,
}

impl Bindings {
    pub fn new() -> Bindings {
        let mut bindings = Bindings { namespaces: Vec::new(), index: HashMap::new(), stack: Vec::new() };
        for known in ["", XML_NAMESPACE, XMLNS_NAMESPACE] {
            bindings.intern(known);
        }
        bindings
    }

    pub fn intern(&mut self, namespace: &str) -> u32 {
        if let Some(known) = self.index.get(namespace) {
            return *known;
        }
        let index = u32::try_from(self.namespaces.len()).unwrap_or(u32::MAX);
        self.namespaces.push(namespace.into());
        self.index.insert(namespace.into(), index);
        index
    }

    /// Number of declarations in scope: the mark to go back to when the element ends.
    pub fn mark(&self) -> usize {
        self.stack.len()
    }

    pub fn declare(&mut self, prefix: Range<usize>, namespace: u32) {
        self.stack.push(Binding { prefix, namespace });
    }

    pub fn leave(&mut self, mark: usize) {
        self.stack.truncate(mark);
    }

    /// The namespace of a prefix; the empty prefix has one always. `None` when the prefix is not declared.
    pub fn resolve(&self, source: &str, prefix: &str) -> Option<u32> {
        let found = self.stack.iter().rev().find(|binding| source.get(binding.prefix.clone()) == Some(prefix));
        match (found, prefix) {
            (Some(binding), _) => Some(binding.namespace),
            (None, "") => Some(NO_NAMESPACE),
            (None, "xml") => Some(XML),
            (None, _) => None,
        }
    }
}
