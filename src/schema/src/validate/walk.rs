//! The walk over a parsed document, and the places of its elements.

use std::borrow::Cow;
use std::collections::HashMap;

use kapia_xml::{Element, ElementId, Event, Name};

use crate::datatype::Prefixes;
use crate::violation::Report;

use super::{Spot, Tag, Validator};

pub(crate) fn walk(mut validator: Validator<'_, ElementId>, root: Element<'_>) -> Report {
    for event in root.events() {
        match event {
            Event::Start(element) => validator.start(&Opened(element)),
            Event::Text(text) => validator.text(&text.value()),
            Event::End(element) => validator.end(&Opened(element)),
            Event::Comment(_) | Event::Instruction { .. } => continue,
        }
        if validator.is_full() {
            break;
        }
    }
    let mut siblings = Siblings { root, indices: HashMap::new() };
    validator.finish(&mut |&id| siblings.spot(root.document().element(id)))
}

struct Opened<'d>(Element<'d>);

impl Prefixes for Opened<'_> {
    fn resolve(&self, prefix: &str) -> Option<&str> {
        self.0.resolve(prefix)
    }
}

impl Tag for Opened<'_> {
    type Mark = ElementId;

    fn name(&self) -> Name<'_> {
        self.0.name()
    }

    fn attributes(&self) -> impl Iterator<Item = (Name<'_>, Cow<'_, str>)> {
        self.0.attributes().map(|attribute| (attribute.name(), attribute.value()))
    }

    fn mark(&self) -> ElementId {
        self.0.id()
    }
}

/// Paths of elements; the indices of the children of one parent are counted once, however many violations they have.
struct Siblings<'d> {
    root: Element<'d>,
    indices: HashMap<ElementId, HashMap<ElementId, usize>>,
}

impl<'d> Siblings<'d> {
    fn spot(&mut self, element: Element<'d>) -> Spot {
        let mut steps = Vec::new();
        let mut at = element;
        while at != self.root {
            let Some(parent) = at.parent() else { break };
            let index = self.indices.entry(parent.id()).or_insert_with(|| indices(parent)).get(&at.id()).copied();
            steps.push(match index {
                Some(index) => format!("/{}[{index}]", at.local()),
                None => format!("/{}", at.local()),
            });
            at = parent;
        }
        steps.push(format!("/{}", at.local()));
        let position = element.document().position(element.span().start);
        Spot { line: position.line, column: position.column, path: steps.into_iter().rev().collect() }
    }
}

/// The index of every child that shares its local name with a sibling.
fn indices(parent: Element<'_>) -> HashMap<ElementId, usize> {
    let mut named: HashMap<&str, Vec<ElementId>> = HashMap::new();
    for child in parent.children() {
        named.entry(child.local()).or_default().push(child.id());
    }
    let shared = named.into_values().filter(|ids| ids.len() > 1);
    shared.flat_map(|ids| ids.into_iter().zip(1..)).collect()
}
