//! The namespaces in scope.

use super::tag::Tag;
use crate::Limits;
use crate::error::Fault;

const XML: &str = "http://www.w3.org/XML/1998/namespace";

pub(super) struct Scope {
    bindings: Vec<Binding>,
    /// For every element that is open: how many bindings there were before it.
    opened: Vec<usize>,
}

struct Binding {
    prefix: String,
    namespace: String,
}

/// Where a namespace stands; `NONE` is "no namespace".
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct At(usize);

impl Scope {
    pub(super) fn new(outer: &[(&str, &str)]) -> Scope {
        let mut bindings = vec![
            Binding { prefix: String::new(), namespace: String::new() },
            Binding { prefix: "xml".to_owned(), namespace: XML.to_owned() },
        ];
        for &(prefix, namespace) in outer {
            bindings.push(Binding { prefix: prefix.to_owned(), namespace: namespace.to_owned() });
        }
        Scope { bindings, opened: Vec::new() }
    }

    pub(super) fn open(&mut self) {
        self.opened.push(self.bindings.len());
    }

    pub(super) fn close(&mut self) {
        if let Some(before) = self.opened.pop() {
            self.bindings.truncate(before);
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.opened.len()
    }

    /// Declares a prefix on the element that was opened last (Namespaces in XML §3, §6).
    pub(super) fn declare(&mut self, prefix: &str, namespace: String, limits: &Limits) -> Result<(), Fault> {
        if self.bindings.len() >= limits.namespaces as usize {
            return Err(Fault::Limit(
                "xml-too-many-namespaces",
                "more namespaces are declared than are allowed",
                "декларирани са повече пространства от имена от разрешените",
            ));
        }
        let reserved = prefix == "xmlns" || namespace == "http://www.w3.org/2000/xmlns/";
        let xml = (prefix == "xml") != (namespace == XML);
        if reserved || xml || (namespace.is_empty() && !prefix.is_empty()) {
            return Err(Fault::Xml(
                "xml-namespace",
                "a namespace is declared in a way that is not allowed",
                "пространство от имена е декларирано по непозволен начин",
            ));
        }
        self.bindings.push(Binding { prefix: prefix.to_owned(), namespace });
        Ok(())
    }

    pub(super) fn find(&self, prefix: &str) -> Option<At> {
        self.bindings.iter().rposition(|binding| binding.prefix == prefix).map(At)
    }

    pub(super) fn resolve(&self, prefix: &str) -> Option<&str> {
        self.find(prefix).map(|at| self.namespace(at))
    }

    pub(super) fn namespace(&self, at: At) -> &str {
        self.bindings.get(at.0).map_or("", |binding| &binding.namespace)
    }

    /// What is in scope: prefix and namespace, the nearest declaration of each prefix, without `xml`.
    pub(super) fn all(&self) -> Vec<(String, String)> {
        self.up_to(self.bindings.len())
    }

    /// What is in scope outside the element with this tag and not declared anew by it.
    pub(super) fn outside(&self, _tag: &Tag) -> Vec<(String, String)> {
        let own = self.opened.last().copied().unwrap_or(self.bindings.len());
        let mut outside = self.up_to(own);
        outside.retain(|(prefix, _)| !self.bindings[own..].iter().any(|binding| binding.prefix == *prefix));
        outside
    }

    fn up_to(&self, end: usize) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = Vec::new();
        for binding in self.bindings[..end].iter().rev() {
            if binding.prefix != "xml" && !all.iter().any(|(prefix, _)| *prefix == binding.prefix) {
                all.push((binding.prefix.clone(), binding.namespace.clone()));
            }
        }
        all.reverse();
        all
    }
}
