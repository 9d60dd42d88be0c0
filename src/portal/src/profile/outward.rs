//! From our names to those of another contract.

use std::collections::{BTreeMap, BTreeSet};

use kapia_xml::{Document, Element, Limits, Writer};

use super::mapping::{Mapping, attributes};
use super::node::{Node, Places, below};
use crate::names::{Contract, Shape};

/// A message of ours in their names.
pub(super) struct Turned {
    pub octets: Vec<u8>,
    /// Paths of ours, without indices, for which their contract has no place.
    pub left_out: BTreeSet<String>,
    /// From their paths to ours.
    pub places: Places,
}

impl Mapping {
    /// An element of ours, given as octets, in their names under the name `root`; `None` if it cannot be read.
    pub(super) fn outbound(&self, element: &[u8], root: &str, contract: &Contract) -> Option<Turned> {
        let document = Document::read(element.to_vec(), &Limits::default()).ok()?;
        let ours = document.root();
        let nothing = Shape::default();
        let mut turning = Turning {
            mapping: self,
            shape: contract.shape(ours.local()).unwrap_or(&nothing),
            left_out: BTreeSet::new(),
        };
        let mut node = Node { local: root.to_owned(), ..Node::default() };
        turning.give_children(ours, At::default(), &mut node);
        let mut left_out = turning.left_out;
        match self.schema.as_ref().and_then(|schema| schema.shape(root)) {
            Some(shape) => {
                shape.fit(&mut node, &mut left_out);
                node.order("", &shape.elements);
            }
            None => node.order_by(&self.tables.order),
        }
        let mut writer = Writer::with_capacity(element.len() * 2);
        node.write(&self.tables.types, &self.tables.inside, &mut writer);
        Some(Turned { octets: writer.into_bytes(), left_out, places: node.indexed_places() })
    }
}

/// Where an element of ours is on its way out.
#[derive(Clone, Debug, Default)]
struct At {
    /// Its path in our message, with indices.
    place: String,
    /// The same without.
    plain: String,
}

impl At {
    fn child(&self, local: &str, index: usize, shape: &Shape) -> At {
        let plain = below(&self.plain, local);
        let index = if shape.repeatable.contains(&plain) { format!("[{index}]") } else { String::new() };
        At { place: format!("{}/{local}{index}", self.place), plain }
    }
}

struct Turning<'m> {
    mapping: &'m Mapping,
    shape: &'m Shape,
    left_out: BTreeSet<String>,
}

impl Turning<'_> {
    fn give_children(&mut self, ours: Element<'_>, at: At, theirs: &mut Node) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for child in ours.children() {
            let count = counts.entry(child.local()).or_default();
            *count += 1;
            let at = at.child(child.local(), *count, self.shape);
            if self.mapping.opened.contains(child.local()) {
                self.give_opened(child, child.local().to_owned(), at, theirs);
            } else {
                self.give(child, child.local(), at, theirs);
            }
        }
        self.wrap(theirs);
    }

    /// The children of one of our wrappers: those that stand alone with them, then the rest within the wrapper.
    fn give_opened(&mut self, wrapper: Element<'_>, path: String, at: At, theirs: &mut Node) {
        let mut rest = Node {
            local: self.mapping.theirs(&path, &theirs.local).unwrap_or(wrapper.local()).to_owned(),
            was: wrapper.local().to_owned(),
            origin: at.place.clone(),
            attributes: attributes(wrapper),
            ..Node::default()
        };
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for child in wrapper.children() {
            let count = counts.entry(child.local()).or_default();
            *count += 1;
            let at = at.child(child.local(), *count, self.shape);
            let path = format!("{path}/{}", child.local());
            let deeper = format!("{path}/");
            if self.mapping.outward.contains_key(&path) {
                self.give(child, &path, at, theirs);
            } else if self.mapping.outward.keys().any(|key| key.starts_with(&deeper)) {
                self.give_opened(child, path, at, theirs);
            } else if self.mapping.opened.contains(child.local()) {
                self.give_opened(child, child.local().to_owned(), at, &mut rest);
            } else {
                self.give(child, child.local(), at, &mut rest);
            }
        }
        if !rest.children.is_empty() {
            theirs.children.push(rest);
        }
    }

    /// One element; `path` is the one under which the tables may have it.
    fn give(&mut self, ours: Element<'_>, path: &str, at: At, theirs: &mut Node) {
        let mapping = self.mapping;
        let parent = ours.parent().map(Element::local).unwrap_or_default();
        let default = mapping.tables.defaults.get(&at.plain);
        let unsaid = |name: &String| *name == ours.local() || *name == format!("{parent}/{}", ours.local());
        if default.is_some() || mapping.tables.unsaid.iter().any(unsaid) {
            // What they take for granted is no loss.
            if default.map(String::as_str) != Some(ours.text().trim()) {
                self.left_out.insert(at.plain);
            }
            return;
        }
        let name = mapping.theirs(path, &theirs.local).unwrap_or(ours.local());
        let mut node = Node {
            local: name.to_owned(),
            attributes: attributes(ours),
            origin: at.place.clone(),
            was: ours.local().to_owned(),
            ..Node::default()
        };
        if ours.is_leaf() {
            let text = ours.text();
            let values = mapping.values(parent, ours.local());
            let mapped = values.and_then(|values| values.iter().find(|(_, own)| own.as_str() == text));
            node.text = mapped.map_or_else(|| text.clone().into_owned(), |(theirs, _)| theirs.clone());
        }
        self.give_children(ours, at, &mut node);
        theirs.children.push(node);
    }

    /// Puts children into the wrappers that they have with them.
    fn wrap(&self, theirs: &mut Node) {
        for (key, inside) in &self.mapping.tables.wrappers {
            let (parent, name) =
                key.rsplit_once('/').map_or((None, key.as_str()), |(parent, name)| (Some(parent), name));
            let here = theirs.local != name && parent.is_none_or(|parent| parent == theirs.local);
            let Some(place) = theirs.children.iter().position(|child| inside.contains(&child.was)).filter(|_| here)
            else {
                continue;
            };
            let (within, others) =
                std::mem::take(&mut theirs.children).into_iter().partition(|child| inside.contains(&child.was));
            let mut wrapper = Node { local: name.to_owned(), children: within, ..Node::default() };
            self.wrap(&mut wrapper);
            theirs.children = others;
            theirs.children.insert(place.min(theirs.children.len()), wrapper);
        }
    }
}
