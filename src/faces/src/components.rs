//! The global declarations of one schema set, what they refer to, and which of them a document type needs.

use kapia_schema::{SchemaDocument, SchemaSet};
use kapia_xml::{Element, XML_NAMESPACE};
use std::collections::{BTreeMap, HashMap, HashSet};

pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// The spaces of names of a schema; simple and complex types share one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Space {
    Element,
    Attribute,
    Type,
    Group,
    AttributeGroup,
}

/// The name of a global declaration.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Key {
    pub space: Space,
    /// Empty if there is none.
    pub namespace: String,
    pub local: String,
    /// 0 but for declarations that `xs:redefine` covers.
    pub layer: u32,
}

/// A global declaration.
pub(crate) struct Component<'d> {
    pub key: Key,
    pub element: Element<'d>,
    pub document: &'d SchemaDocument,
    /// The layer of the declaration that this one redefines.
    redefines: Option<u32>,
    place: usize,
}

/// What a name in a schema means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// A type of XML Schema itself.
    Builtin(String),
    Declared(Key),
    /// A declaration that the set does not have, such as `xml:lang` without its schema.
    Elsewhere,
}

/// The declarations of one schema set.
pub(crate) struct Library<'d> {
    components: HashMap<Key, Component<'d>>,
}

impl<'d> Library<'d> {
    pub fn of(set: &'d SchemaSet) -> Library<'d> {
        let mut library = Library { components: HashMap::new() };
        for document in set.documents() {
            for child in document.document.root().children() {
                library.add(document, child);
            }
        }
        // What is redefined lies in documents behind the one that redefines it.
        for document in set.documents().iter().rev() {
            for redefine in document.document.root().children().filter(|child| child.is(XSD, "redefine")) {
                redefine.children().for_each(|child| library.redefine(document, child));
            }
        }
        library
    }

    pub fn get(&self, key: &Key) -> Option<&Component<'d>> {
        self.components.get(key)
    }

    fn add(&mut self, document: &'d SchemaDocument, element: Element<'d>) {
        let Some(key) = key_of(document, element) else { return };
        let place = self.components.len();
        self.components.entry(key.clone()).or_insert(Component { key, element, document, redefines: None, place });
    }

    fn redefine(&mut self, document: &'d SchemaDocument, element: Element<'d>) {
        let Some(key) = key_of(document, element) else { return };
        let below = (1..).find(|layer| !self.components.contains_key(&Key { layer: *layer, ..key.clone() }));
        let Some((layer, mut covered)) = below.zip(self.components.remove(&key)) else { return };
        covered.key.layer = layer;
        self.components.insert(covered.key.clone(), covered);
        let place = self.components.len();
        let component = Component { key: key.clone(), element, document, redefines: Some(layer), place };
        self.components.insert(key, component);
    }

    /// What a qualified name at an element of a declaration means.
    pub fn target(&self, component: &Component<'_>, at: Element<'_>, space: Space, name: &str) -> Target {
        let name = name.trim();
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let namespace = match at.resolve(prefix).unwrap_or_default() {
            "" if component.document.is_chameleon => component.document.namespace.as_str(),
            namespace => namespace,
        };
        if namespace == XSD {
            return Target::Builtin(local.to_owned());
        }
        let mut key = Key { space, namespace: namespace.to_owned(), local: local.to_owned(), layer: 0 };
        if let (Some(layer), true) = (component.redefines, key == component.key) {
            key.layer = layer;
        }
        if self.components.contains_key(&key) { Target::Declared(key) } else { Target::Elsewhere }
    }

    /// The declarations that a declaration refers to.
    pub fn references(&self, component: &Component<'_>) -> Vec<Key> {
        let mut found = Vec::new();
        self.collect(component, component.element, &mut found);
        found
    }

    fn collect(&self, component: &Component<'_>, at: Element<'_>, found: &mut Vec<Key>) {
        for (space, name) in names_in(at) {
            if let Target::Declared(key) = self.target(component, at, space, &name) {
                found.push(key);
            }
        }
        for child in at.children().filter(|child| child.namespace() == XSD && is_structure(child.local())) {
            self.collect(component, child, found);
        }
    }

    /// What a document type needs: all that its root leads to, types that may stand in for such types (`xsi:type`), and
    /// elements that may stand in for such elements; in the order of their documents.
    pub fn reachable(&self, root: &Key) -> Vec<&Component<'d>> {
        let mut stand_ins: HashMap<Key, Vec<Key>> = HashMap::new();
        for component in self.components.values() {
            for covered in self.stands_in_for(component) {
                stand_ins.entry(covered).or_default().push(component.key.clone());
            }
        }
        let mut seen = HashSet::new();
        let mut pending = vec![root.clone()];
        while let Some(key) = pending.pop() {
            let Some(component) = self.components.get(&key).filter(|_| seen.insert(key.clone())) else { continue };
            pending.extend(self.references(component));
            pending.extend(stand_ins.get(&key).into_iter().flatten().cloned());
        }
        let in_order: BTreeMap<usize, &Component<'d>> = seen
            .iter()
            .filter_map(|key| self.components.get(key))
            .map(|component| (component.place, component))
            .collect();
        in_order.into_values().collect()
    }

    fn stands_in_for(&self, component: &Component<'_>) -> Vec<Key> {
        let element = component.element;
        let named = match component.key.space {
            Space::Element => element.attribute("", "substitutionGroup").map(|head| (element, Space::Element, head)),
            Space::Type if element.local() == "complexType" => element.children().find_map(|content| {
                let derivation =
                    content.children().find(|child| matches!(child.local(), "extension" | "restriction"))?;
                Some((derivation, Space::Type, derivation.attribute("", "base")?))
            }),
            _ => None,
        };
        let target = named.map(|(at, space, name)| self.target(component, at, space, &name));
        match target {
            Some(Target::Declared(key)) => vec![key],
            _ => Vec::new(),
        }
    }

    /// The elements whose head is this one.
    pub fn members(&self, head: &Key) -> Vec<Key> {
        let mut members: Vec<&Component<'d>> = self
            .components
            .values()
            .filter(|component| component.key.space == Space::Element && self.stands_in_for(component).contains(head))
            .collect();
        members.sort_by_key(|component| component.place);
        members.into_iter().map(|component| component.key.clone()).collect()
    }
}

/// Whether an element of a schema says something about documents, and not about schemas or for people.
pub(crate) fn is_structure(local: &str) -> bool {
    !matches!(local, "annotation" | "key" | "keyref" | "unique")
}

/// The qualified names in the attributes of one element of a schema, with the space in which each is looked up.
pub(crate) fn names_in(at: Element<'_>) -> Vec<(Space, String)> {
    let value = |name| at.attribute("", name).map(|value| value.into_owned());
    let one = |space, name| value(name).map(|value| (space, value)).into_iter().collect::<Vec<_>>();
    match at.local() {
        "element" => {
            [one(Space::Element, "ref"), one(Space::Type, "type"), one(Space::Element, "substitutionGroup")].concat()
        }
        "attribute" => [one(Space::Attribute, "ref"), one(Space::Type, "type")].concat(),
        "group" => one(Space::Group, "ref"),
        "attributeGroup" => one(Space::AttributeGroup, "ref"),
        "restriction" | "extension" => one(Space::Type, "base"),
        "list" => one(Space::Type, "itemType"),
        "union" => {
            let members = value("memberTypes").unwrap_or_default();
            members.split_whitespace().map(|member| (Space::Type, member.to_owned())).collect()
        }
        _ => Vec::new(),
    }
}

fn key_of(document: &SchemaDocument, element: Element<'_>) -> Option<Key> {
    if element.namespace() != XSD || document.namespace == XML_NAMESPACE {
        return None;
    }
    let space = match element.local() {
        "element" => Space::Element,
        "attribute" => Space::Attribute,
        "simpleType" | "complexType" => Space::Type,
        "group" => Space::Group,
        "attributeGroup" => Space::AttributeGroup,
        _ => return None,
    };
    let local = element.attribute("", "name")?.trim().to_owned();
    Some(Key { space, namespace: document.namespace.clone(), local, layer: 0 })
}
