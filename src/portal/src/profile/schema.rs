//! The schemas in the WSDL of another contract: what of ours has a place there, and in which order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kapia_language::Language;
use kapia_schema::{Memory, Options, SchemaSet};
use kapia_xml::{Document, Limits};

use super::Violation;
use super::node::{Node, below};
use crate::names::Shape;

#[derive(Clone)]
pub(super) struct TheirSchema {
    set: Arc<SchemaSet>,
    shapes: Arc<BTreeMap<String, TheirShape>>,
    /// Namespaces of what stands in an element, where they are not those of the element.
    pub inside: BTreeMap<String, String>,
}

/// What may stand in one message of theirs.
pub(super) struct TheirShape {
    pub elements: Shape,
    /// `path/@name`.
    attributes: BTreeSet<String>,
}

impl TheirSchema {
    /// The schemas that stand in a WSDL; `None` if there is none, or if they need files that are not in it.
    pub fn of(wsdl: &Document) -> Option<TheirSchema> {
        let (mut files, mut names) = (Memory::new(), Vec::new());
        for (at, text) in kapia_soap::wsdl::schemas(wsdl).into_iter().enumerate() {
            let name = format!("{}.xsd", at + 1);
            files = files.with(&name, text);
            names.push(name);
        }
        if names.is_empty() {
            return None;
        }
        let mains: Vec<&str> = names.iter().map(String::as_str).collect();
        let set = match SchemaSet::load_all(&mains, &files) {
            Ok(set) => set,
            Err(error) => {
                let cause = error.message(Language::English);
                tracing::warn!(
                    cause,
                    "the schemas in the WSDL of the profile are not used: order stands in [order] alone"
                );
                return None;
            }
        };
        let (mut shapes, mut inside) = (BTreeMap::new(), BTreeMap::new());
        for root in set.roots() {
            let (Some(elements), Some(tree)) = (Shape::of(&set, &root.name), set.fields(&root.name)) else { continue };
            let mut attributes = BTreeSet::new();
            let mut spaces = BTreeMap::from([(String::new(), root.name.namespace.to_string())]);
            for field in tree.walk(0) {
                let path = field.path().to_owned();
                if field.is_attribute() {
                    attributes.insert(path);
                    continue;
                }
                let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
                let own = field.name().namespace.to_string();
                if spaces.get(parent).is_some_and(|around| *around != own) {
                    let local = parent.rsplit('/').next().filter(|local| !local.is_empty());
                    inside.insert(local.unwrap_or(&root.name.local).to_owned(), own.clone());
                }
                spaces.insert(path, own);
            }
            shapes.insert(root.name.local.to_string(), TheirShape { elements, attributes });
        }
        Some(TheirSchema { set: Arc::new(set), shapes: Arc::new(shapes), inside })
    }

    /// What may stand in the message of this root.
    pub fn shape(&self, root: &str) -> Option<&TheirShape> {
        self.shapes.get(root)
    }

    /// What the schemas say against a message.
    pub fn violations(&self, message: &[u8]) -> Vec<Violation> {
        let Ok(document) = Document::read(message.to_vec(), &Limits::default()) else { return Vec::new() };
        let found = self.set.validate(document.root(), &Options::default()).violations;
        let told = found.into_iter().map(|violation| Violation {
            en: violation.message(Language::English),
            bg: violation.message(Language::Bulgarian),
            path: violation.path,
        });
        told.collect()
    }
}

impl std::fmt::Debug for TheirSchema {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "TheirSchema({:?})", self.shapes.keys())
    }
}

impl TheirShape {
    /// Takes out what has no place, and tells the paths that it had.
    pub fn fit(&self, message: &mut Node, left_out: &mut BTreeSet<String>) {
        self.fit_at(message, "", left_out);
    }

    fn fit_at(&self, node: &mut Node, path: &str, left_out: &mut BTreeSet<String>) {
        node.attributes.retain(|(local, _)| self.attributes.contains(&below(path, &format!("@{local}"))));
        let nothing = Vec::new();
        let known = self.elements.children.get(path).unwrap_or(&nothing);
        let (kept, lost): (Vec<Node>, Vec<Node>) = std::mem::take(&mut node.children)
            .into_iter()
            .partition(|child| known.iter().any(|(local, _)| *local == child.local));
        node.children = kept;
        lost.iter().for_each(|child| note(child, left_out));
        for (local, _) in known {
            let place = below(path, local);
            if !self.elements.repeatable.contains(&place) {
                only_one(node, local, left_out);
            }
            for child in node.children.iter_mut().filter(|child| child.local == *local) {
                self.fit_at(child, &place, left_out);
            }
        }
    }
}

/// Of several where one may stand, the Bulgarian one stays, or else the first.
fn only_one(node: &mut Node, local: &str, left_out: &mut BTreeSet<String>) {
    let all: Vec<usize> =
        node.children.iter().enumerate().filter(|(_, child)| child.local == local).map(|(at, _)| at).collect();
    let Some((first, _)) = all.split_first().filter(|(_, others)| !others.is_empty()) else { return };
    let bulgarian = |at: &&usize| {
        let attributes = node.children.get(**at).map(|child| child.attributes.as_slice()).unwrap_or_default();
        attributes.iter().any(|(name, value)| name == "lang" && value == "bg")
    };
    let stays = all.iter().find(bulgarian).copied().unwrap_or(*first);
    let mut at = 0;
    node.children.retain(|child| {
        let keep = child.local != local || at == stays;
        if !keep {
            note(child, left_out);
        }
        at += 1;
        keep
    });
}

/// The paths of ours, without indices, of an element and, if it is none of ours, of what stands in it.
fn note(node: &Node, left_out: &mut BTreeSet<String>) {
    if node.origin.is_empty() {
        return node.children.iter().for_each(|child| note(child, left_out));
    }
    let steps = node.origin.split('/').filter(|step| !step.is_empty());
    let plain: Vec<&str> = steps.map(|step| step.split('[').next().unwrap_or(step)).collect();
    left_out.insert(plain.join("/"));
}
