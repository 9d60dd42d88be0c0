//! A declaration as a text that is the same for declarations that mean the same: names resolved, documentation left out.

use crate::components::{Component, Library, Target, is_structure, names_in};
use kapia_xml::Element;
use std::fmt::Write;

/// Attributes that say nothing about documents, or that are resolved.
const LEFT_OUT: [&str; 8] = ["id", "name", "form", "block", "final", "ref", "type", "base"];

impl Library<'_> {
    /// The text of a declaration.
    pub fn shape(&self, component: &Component<'_>) -> String {
        let mut out = String::new();
        self.shape_of(component, component.element, true, &mut out);
        out
    }

    fn shape_of(&self, component: &Component<'_>, at: Element<'_>, global: bool, out: &mut String) {
        let _ = write!(out, "<{}", at.local());
        if let Some(name) = at.attribute("", "name") {
            let _ = write!(out, " name={}", name.trim());
        }
        if !global && at.attribute("", "ref").is_none() && matches!(at.local(), "element" | "attribute") {
            let _ = write!(out, " qualified={}", component.is_qualified(at));
        }
        for (space, name) in names_in(at) {
            let _ = match self.target(component, at, space, &name) {
                Target::Declared(key) => write!(out, " {space:?}={{{}}}{}#{}", key.namespace, key.local, key.layer),
                Target::Builtin(local) => write!(out, " {space:?}=xs:{local}"),
                Target::Elsewhere => write!(out, " {space:?}=?{name}"),
            };
        }
        let mut rest: Vec<_> = at
            .attributes()
            .filter(|attribute| attribute.namespace().is_empty() && !LEFT_OUT.contains(&attribute.local()))
            .filter(|attribute| !matches!(attribute.local(), "substitutionGroup" | "itemType" | "memberTypes"))
            .map(|attribute| (attribute.local(), attribute.value()))
            .filter(|(name, value)| !(matches!(*name, "minOccurs" | "maxOccurs") && value.trim() == "1"))
            .collect();
        rest.sort();
        for (name, value) in rest {
            let _ = write!(out, " {name}={value:?}");
        }
        out.push('>');
        for child in at.children().filter(|child| is_structure(child.local())) {
            self.shape_of(component, child, false, out);
        }
        out.push_str("</>");
    }
}

impl Component<'_> {
    /// Whether a local element or attribute of the declaration lies in its namespace.
    pub fn is_qualified(&self, local: Element<'_>) -> bool {
        if self.document.namespace.is_empty() {
            return false;
        }
        let default = match local.local() {
            "attribute" => "attributeFormDefault",
            _ => "elementFormDefault",
        };
        let own = local.attribute("", "form");
        let form = own.or_else(|| self.document.document.root().attribute("", default));
        form.is_some_and(|form| form.trim() == "qualified")
    }
}
