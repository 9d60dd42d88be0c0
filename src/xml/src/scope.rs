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
    /// Where the declarations lie in the list of declarations of the document.
    pub declarations: Range<u32>,
}

/// Up to this many bindings are searched one by one; beyond, a table of the nearest of each prefix is kept.
const FEW: usize = 16;

struct Binding<'s> {
    prefix: &'s str,
    namespace: u32,
    /// Of the bindings in the table: the outer one that this one hides.
    hides: Option<u32>,
}

/// Interned namespaces of a document, and the bindings in scope at the place that is being read.
///
/// However many bindings are in scope, a prefix is resolved in constant time: the table is hashed with a random key.
pub(crate) struct Bindings<'s> {
    namespaces: Vec<Box<str>>,
    index: HashMap<Box<str>, u32>,
    stack: Vec<Binding<'s>>,
    nearest: HashMap<&'s str, u32>,
}

impl<'s> Bindings<'s> {
    pub fn new() -> Bindings<'s> {
        let mut bindings =
            Bindings { namespaces: Vec::new(), index: HashMap::new(), stack: Vec::new(), nearest: HashMap::new() };
        for known in ["", XML_NAMESPACE, XMLNS_NAMESPACE] {
            bindings.intern(known);
        }
        bindings
    }

    pub fn intern(&mut self, namespace: &str) -> u32 {
        if let Some(known) = self.index.get(namespace) {
            return *known;
        }
        let index = count(self.namespaces.len());
        self.namespaces.push(namespace.into());
        self.index.insert(namespace.into(), index);
        index
    }

    /// The namespaces by their index.
    pub fn into_namespaces(self) -> Vec<Box<str>> {
        self.namespaces
    }

    /// Number of declarations in scope: the mark to go back to when the element ends.
    pub fn mark(&self) -> usize {
        self.stack.len()
    }

    pub fn declare(&mut self, prefix: &'s str, namespace: u32) {
        self.stack.push(Binding { prefix, namespace, hides: None });
        if self.stack.len() <= FEW {
            return;
        }
        let first = if self.nearest.is_empty() { 0 } else { self.stack.len() - 1 };
        for at in first..self.stack.len() {
            self.stack[at].hides = self.nearest.insert(self.stack[at].prefix, count(at));
        }
    }

    pub fn leave(&mut self, mark: usize) {
        if mark <= FEW {
            self.nearest.clear();
        }
        while self.stack.len() > mark {
            let Some(binding) = self.stack.pop() else { return };
            match binding.hides {
                _ if self.nearest.is_empty() => {}
                Some(outer) => {
                    self.nearest.insert(binding.prefix, outer);
                }
                None => {
                    self.nearest.remove(binding.prefix);
                }
            }
        }
    }

    /// The namespace of a prefix; the empty prefix has one always. `None` when the prefix is not declared.
    pub fn resolve(&self, prefix: &str) -> Option<u32> {
        let found = if self.nearest.is_empty() {
            self.stack.iter().rev().find(|binding| binding.prefix == prefix)
        } else {
            self.nearest.get(prefix).and_then(|at| self.stack.get(*at as usize))
        };
        match (found, prefix) {
            (Some(binding), _) => Some(binding.namespace),
            (None, "") => Some(NO_NAMESPACE),
            (None, "xml") => Some(XML),
            (None, _) => None,
        }
    }
}

/// An index as 32 bits; the size limit of a document makes larger ones impossible.
fn count(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_bindings_are_resolved_alike_while_scopes_open_and_close() {
        let names: Vec<String> = (0..7).map(|n| format!("p{n}")).collect();
        let mut bindings = Bindings::new();
        let mut plain: Vec<(&str, u32)> = Vec::new();
        let mut marks = Vec::new();
        let mut state = 1_u32;
        for _ in 0..20_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let draw = state >> 20;
            match draw % 5 {
                0 | 1 if plain.len() < 60 => {
                    marks.push(bindings.mark());
                    for step in 0..draw % 4 {
                        let prefix = names[(draw / 8 + step) as usize % names.len()].as_str();
                        bindings.declare(prefix, draw + step);
                        plain.push((prefix, draw + step));
                    }
                }
                2 | 3 => {
                    let mark = marks.pop().unwrap_or(0);
                    bindings.leave(mark);
                    plain.truncate(mark);
                }
                _ => {}
            }
            for name in &names {
                let expected = plain.iter().rev().find(|(prefix, _)| prefix == name).map(|(_, namespace)| *namespace);
                assert_eq!(bindings.resolve(name), expected);
            }
        }
    }
}
