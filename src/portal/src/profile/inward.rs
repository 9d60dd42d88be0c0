//! From the names of another contract to ours.

use std::collections::BTreeMap;

use kapia_xml::{Element, Writer};

use super::mapping::{Mapping, attributes};
use super::node::{Node, Places, below};
use crate::names::{Contract, Shape, TYPES};

impl Mapping {
    /// The element in our names, under the name `root`, in the order of our schema.
    pub(super) fn inbound(&self, element: Element<'_>, root: &str, contract: &Contract) -> (Vec<u8>, Places) {
        let nothing = Shape::default();
        let taking = Taking { mapping: self, shape: contract.shape(root).unwrap_or(&nothing) };
        let mut node = Node { local: root.to_owned(), ..Node::default() };
        let namespace = self.inside(element.local(), &self.tables.types);
        taking.children(element, namespace, "", &mut node, "");
        for (steps, value) in &self.defaults {
            taking.default(&mut node, "", steps, value);
        }
        node.order("", taking.shape);
        let places = node.places(taking.shape);
        let mut writer = Writer::with_capacity(element.span().len() * 2);
        node.write(TYPES, &BTreeMap::new(), &mut writer);
        (writer.into_bytes(), places)
    }
}

/// Whether an element is what was left in a wrapper of ours of which some stood alone with them.
fn is_rest_of(node: &Node, begun: &Node) -> bool {
    let has = |child: &Node| begun.children.iter().any(|other| other.local == child.local);
    begun.local == node.local && begun.origin.is_empty() && !node.children.iter().any(has)
}

struct Taking<'m> {
    mapping: &'m Mapping,
    /// Of our message.
    shape: &'m Shape,
}

impl Taking<'_> {
    /// The children of an element of theirs; `path` is that of `ours`, without indices.
    fn children(&self, theirs: Element<'_>, namespace: &str, origin: &str, ours: &mut Node, path: &str) {
        let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
        theirs.children().for_each(|child| *totals.entry(child.local()).or_default() += 1);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for child in theirs.children() {
            let count = counts.entry(child.local()).or_default();
            *count += 1;
            let several = totals.get(child.local()).is_some_and(|total| *total > 1);
            let index = if several { format!("[{count}]") } else { String::new() };
            let origin = format!("{origin}/{}{index}", child.local());
            if self.mapping.wrapper(theirs.local(), child.local()).is_some() && child.namespace() == namespace {
                let namespace = self.mapping.inside(child.local(), namespace);
                self.children(child, namespace, &origin, ours, path);
            } else {
                self.one(child, theirs.local(), namespace, origin, ours, path);
            }
        }
    }

    fn one(&self, theirs: Element<'_>, parent: &str, namespace: &str, origin: String, ours: &mut Node, path: &str) {
        let (mapping, local) = (self.mapping, theirs.local());
        let steps = mapping.inward.get(&format!("{parent}/{local}")).or_else(|| mapping.inward.get(local));
        let own = [local.to_owned()];
        let steps = steps.map_or(own.as_slice(), Vec::as_slice);
        let Some((last, wrappers)) = steps.split_last() else { return };
        // An element of another namespace keeps a name that no schema of ours knows, and is refused there.
        let known = theirs.namespace() == namespace;
        let mut node = Node {
            local: if known { last.clone() } else { format!("{last}-of-another-namespace") },
            attributes: attributes(theirs),
            origin: origin.clone(),
            ..Node::default()
        };
        if theirs.is_leaf() {
            let text = theirs.text();
            let our_parent = wrappers.last().unwrap_or(&ours.local);
            let mapped = mapping.values(our_parent, last).and_then(|values| values.get(text.trim()));
            node.text = mapped.map_or_else(|| text.clone().into_owned(), Clone::clone);
        }
        let whole = steps.iter().fold(path.to_owned(), |path, step| below(&path, step));
        self.children(theirs, mapping.inside(local, namespace), &origin, &mut node, &whole);
        let (mut at, mut path) = (ours, path.to_owned());
        for (wrapper, next) in wrappers.iter().zip(steps.iter().skip(1)) {
            path = below(&path, wrapper);
            let Some(inner) = self.open(at, wrapper, next, &path) else { return };
            at = inner;
        }
        match at.children.iter_mut().rfind(|child| wrappers.is_empty() && is_rest_of(&node, child)) {
            Some(begun) => begun.children.append(&mut node.children),
            None => at.children.push(node),
        }
    }

    /// The wrapper of ours that takes `next`: the last one, or a new one if it has that already and both cannot stand in one.
    fn open<'n>(&self, at: &'n mut Node, wrapper: &str, next: &str, path: &str) -> Option<&'n mut Node> {
        let again = self.shape.repeatable.contains(path) && !self.shape.repeatable.contains(&below(path, next));
        let has = |node: &Node| node.children.iter().any(|child| child.local == next);
        let found = at.children.iter().rposition(|child| child.local == wrapper && !(again && has(child)));
        let index = found.unwrap_or_else(|| {
            at.children.push(Node { local: wrapper.to_owned(), ..Node::default() });
            at.children.len() - 1
        });
        at.children.get_mut(index)
    }

    fn default(&self, node: &mut Node, path: &str, steps: &[String], value: &str) {
        let Some((first, rest)) = steps.split_first() else { return };
        // A default of another message than this one.
        if !self.shape.children.get(path).is_some_and(|known| known.iter().any(|(local, _)| local == first)) {
            return;
        }
        if rest.is_empty() {
            if !node.children.iter().any(|child| child.local == *first) {
                node.children.push(Node { local: first.clone(), text: value.to_owned(), ..Node::default() });
            }
            return;
        }
        let path = below(path, first);
        for child in node.children.iter_mut().filter(|child| child.local == *first) {
            self.default(child, &path, rest, value);
        }
    }
}
