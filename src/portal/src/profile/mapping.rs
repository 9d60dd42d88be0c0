//! Turning messages of another contract into ours, and answers of ours into theirs.

use std::collections::{BTreeMap, BTreeSet};

use kapia_xml::{Document, Element, Limits, Writer};

use super::ProfileError;
use crate::names::{Contract, Operation, Shape, TYPES};

#[derive(Clone, Debug)]
pub(super) struct Mapping {
    /// Their namespace.
    types: String,
    /// Their name or `parent/name` to the steps of ours.
    inward: BTreeMap<String, Vec<String>>,
    /// Our name or `parent/name` to theirs.
    outward: BTreeMap<String, String>,
    /// Our wrappers whose children stand elsewhere with them.
    opened: BTreeSet<String>,
    /// Our element: their value to ours.
    values: BTreeMap<String, BTreeMap<String, String>>,
    /// Path of ours below the request, and the value.
    defaults: Vec<(Vec<String>, String)>,
}

/// From our paths to those of the message as it was sent; empty when they are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(BTreeMap<String, String>);

impl Places {
    /// Their path; what did not come has the path of the nearest element that came, and our name.
    pub(super) fn of(&self, path: &str) -> String {
        if self.0.is_empty() {
            return path.to_owned();
        }
        let mut at = path;
        while let Some((parent, _)) = at.rsplit_once('/') {
            if let Some(theirs) = self.0.get(at) {
                return format!("{theirs}{}", path.get(at.len()..).unwrap_or_default());
            }
            at = parent;
        }
        path.to_owned()
    }
}

/// An element on its way from their names to ours.
#[derive(Default)]
struct Node {
    local: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
    origin: String,
}

impl Mapping {
    pub(super) fn new(
        types: &str,
        elements: BTreeMap<String, String>,
        values: BTreeMap<String, BTreeMap<String, String>>,
        defaults: BTreeMap<String, String>,
        contract: &Contract,
    ) -> Result<Mapping, ProfileError> {
        let known = known_names(contract);
        let (mut inward, mut outward, mut opened) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        for (theirs, ours) in elements {
            let steps: Vec<String> = ours.split('/').map(str::to_owned).collect();
            theirs.split('/').try_for_each(check_name)?;
            if let Some(unknown) = steps.iter().find(|step| !known.contains(step.as_str())) {
                return Err(ProfileError::Target(unknown.clone()));
            }
            let their_name = theirs.rsplit('/').next().unwrap_or(&theirs).to_owned();
            if let [wrappers @ .., _] = steps.as_slice() {
                opened.extend(wrappers.iter().cloned());
            }
            outward.insert(ours, their_name);
            inward.insert(theirs, steps);
        }
        if let Some(unknown) = values.keys().find(|ours| !known.contains(ours.as_str())) {
            return Err(ProfileError::Target(unknown.clone()));
        }
        let mut steps_of_defaults = Vec::new();
        for (path, value) in defaults {
            let steps: Vec<String> = path.split('/').map(str::to_owned).collect();
            if let Some(unknown) = steps.iter().find(|step| !known.contains(step.as_str())) {
                return Err(ProfileError::Target(unknown.clone()));
            }
            steps_of_defaults.push((steps, value));
        }
        Ok(Mapping { types: types.to_owned(), inward, outward, opened, values, defaults: steps_of_defaults })
    }

    /// The element in our names, under the name `root`, in the order of our schema.
    pub(super) fn inbound(&self, element: Element<'_>, root: &str, contract: &Contract) -> (Vec<u8>, Places) {
        let mut node = Node { local: root.to_owned(), ..Node::default() };
        self.take_children(element, "", &mut node);
        for (steps, value) in &self.defaults {
            add_default(&mut node, steps, value);
        }
        let nothing = Shape::default();
        let shape = contract.shape(root).unwrap_or(&nothing);
        order(&mut node, "", shape);
        let mut places = BTreeMap::new();
        note_places(&node, "", "", shape, &mut places);
        let mut writer = Writer::with_capacity(element.span().len() * 2);
        write(&node, &mut writer);
        (writer.into_bytes(), Places(places))
    }

    fn take_children(&self, theirs: Element<'_>, origin: &str, ours: &mut Node) {
        let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
        theirs.children().for_each(|child| *totals.entry(child.local()).or_default() += 1);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for child in theirs.children() {
            let count = counts.entry(child.local()).or_default();
            *count += 1;
            let several = totals.get(child.local()).is_some_and(|total| *total > 1);
            let index = if several { format!("[{count}]") } else { String::new() };
            self.take(child, theirs.local(), format!("{origin}/{}{index}", child.local()), ours);
        }
    }

    fn take(&self, theirs: Element<'_>, parent: &str, origin: String, ours: &mut Node) {
        let local = theirs.local();
        let steps = self.inward.get(&format!("{parent}/{local}")).or_else(|| self.inward.get(local));
        let own = [local.to_owned()];
        let Some((last, wrappers)) = steps.map_or(own.as_slice(), Vec::as_slice).split_last() else { return };
        // An element of another namespace keeps a name that no schema of ours knows, and is refused there.
        let known = theirs.namespace() == self.types;
        let mut node = Node {
            local: if known { last.clone() } else { format!("{last}-of-another-namespace") },
            attributes: theirs.attributes().map(|a| (a.local().to_owned(), a.value().into_owned())).collect(),
            origin: origin.clone(),
            ..Node::default()
        };
        if theirs.is_leaf() {
            let text = theirs.text();
            let mapped = self.values.get(last).and_then(|values| values.get(text.trim()));
            node.text = mapped.map_or_else(|| text.clone().into_owned(), Clone::clone);
        }
        self.take_children(theirs, &origin, &mut node);
        let mut at = ours;
        for wrapper in wrappers {
            let index = at.children.iter().position(|child| child.local == *wrapper).unwrap_or_else(|| {
                at.children.push(Node { local: wrapper.clone(), ..Node::default() });
                at.children.len() - 1
            });
            let Some(next) = at.children.get_mut(index) else { return };
            at = next;
        }
        at.children.push(node);
    }

    /// An element of ours, given as octets, in their names under the name `root`; `None` if it cannot be read.
    pub(super) fn outbound(&self, element: &[u8], root: &str) -> Option<Vec<u8>> {
        let document = Document::read(element.to_vec(), &Limits::default()).ok()?;
        let mut writer = Writer::with_capacity(element.len() * 2);
        writer.start("", &self.types, root, &[], &[]);
        self.give_children(document.root(), &mut writer);
        writer.end();
        Some(writer.into_bytes())
    }

    fn give_children(&self, ours: Element<'_>, writer: &mut Writer) {
        for child in ours.children() {
            if self.opened.contains(child.local()) {
                self.give_opened(child, writer);
            } else {
                self.give(child, self.theirs(ours.local(), child.local()), writer);
            }
        }
    }

    /// The children of one of our wrappers: those that stand alone with them, then the rest within the wrapper.
    fn give_opened(&self, wrapper: Element<'_>, writer: &mut Writer) {
        let lifted = |child: &Element<'_>| self.outward.get(&format!("{}/{}", wrapper.local(), child.local()));
        for child in wrapper.children() {
            if let Some(theirs) = lifted(&child) {
                self.give(child, theirs, writer);
            }
        }
        if wrapper.children().any(|child| lifted(&child).is_none()) {
            writer.start("", &self.types, wrapper.local(), &[], &[]);
            for child in wrapper.children().filter(|child| lifted(child).is_none()) {
                self.give(child, self.theirs(wrapper.local(), child.local()), writer);
            }
            writer.end();
        }
    }

    fn give(&self, ours: Element<'_>, theirs: &str, writer: &mut Writer) {
        let attributes: Vec<(String, String)> =
            ours.attributes().map(|a| (a.local().to_owned(), a.value().into_owned())).collect();
        let attributes: Vec<(&str, &str, &str, &str)> =
            attributes.iter().map(|(local, value)| ("", "", local.as_str(), value.as_str())).collect();
        writer.start("", &self.types, theirs, &[], &attributes);
        if ours.is_leaf() {
            let text = ours.text();
            let mapped = self
                .values
                .get(ours.local())
                .and_then(|values| values.iter().find(|(_, own)| own.as_str() == text).map(|(theirs, _)| theirs));
            writer.text(mapped.map_or(text.as_ref(), String::as_str));
        }
        self.give_children(ours, writer);
        writer.end();
    }

    fn theirs<'n>(&'n self, parent: &str, local: &'n str) -> &'n str {
        self.outward.get(&format!("{parent}/{local}")).or_else(|| self.outward.get(local)).map_or(local, String::as_str)
    }
}

/// All element names below all messages of our contract, and those of the messages.
fn known_names(contract: &Contract) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for operation in Operation::ALL {
        for root in [operation.name().to_owned(), format!("{}Response", operation.name())] {
            if let Some(shape) = contract.shape(&root) {
                names.extend(shape.children.values().flatten().map(|(local, _)| local.clone()));
            }
        }
    }
    for root in ["RequestContext", "EgovServiceFault"] {
        if let Some(shape) = contract.shape(root) {
            names.extend(shape.children.values().flatten().map(|(local, _)| local.clone()));
        }
    }
    names
}

/// Names with a colon, blanks or markup would change the message around them.
pub(super) fn check_name(name: &str) -> Result<(), ProfileError> {
    let begins = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    let goes_on = name.chars().all(|each| each.is_alphanumeric() || matches!(each, '_' | '-' | '.'));
    if begins && goes_on { Ok(()) } else { Err(ProfileError::Name(name.to_owned())) }
}

fn add_default(node: &mut Node, steps: &[String], value: &str) {
    let Some((first, rest)) = steps.split_first() else { return };
    if rest.is_empty() {
        if !node.children.iter().any(|child| child.local == *first) {
            node.children.push(Node { local: first.clone(), text: value.to_owned(), ..Node::default() });
        }
        return;
    }
    for child in node.children.iter_mut().filter(|child| child.local == *first) {
        add_default(child, rest, value);
    }
}

/// Puts children into the order of our schema; those of one name keep theirs, unknown ones go last.
fn order(node: &mut Node, path: &str, shape: &Shape) {
    if let Some(known) = shape.children.get(path) {
        let rank = |child: &Node| known.iter().position(|(local, _)| *local == child.local).unwrap_or(known.len());
        node.children.sort_by_key(rank);
    }
    for child in &mut node.children {
        let below = if path.is_empty() { child.local.clone() } else { format!("{path}/{}", child.local) };
        order(child, &below, shape);
    }
}

fn note_places(node: &Node, path: &str, plain: &str, shape: &Shape, places: &mut BTreeMap<String, String>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for child in &node.children {
        let count = counts.entry(&child.local).or_default();
        *count += 1;
        let plain = if plain.is_empty() { child.local.clone() } else { format!("{plain}/{}", child.local) };
        let index = if shape.repeatable.contains(&plain) { format!("[{count}]") } else { String::new() };
        let path = format!("{path}/{}{index}", child.local);
        if !child.origin.is_empty() {
            places.insert(path.clone(), child.origin.clone());
        }
        note_places(child, &path, &plain, shape, places);
    }
}

fn write(node: &Node, writer: &mut Writer) {
    let attributes: Vec<(&str, &str, &str, &str)> =
        node.attributes.iter().map(|(local, value)| ("", "", local.as_str(), value.as_str())).collect();
    writer.start("", TYPES, &node.local, &[], &attributes);
    if !node.text.is_empty() {
        writer.text(&node.text);
    }
    for child in &node.children {
        write(child, writer);
    }
    writer.end();
}
