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
    /// The elements whose head is this one.
    members: HashMap<Key, Vec<Key>>,
}

impl<'d> Library<'d> {
    pub fn of(set: &'d SchemaSet) -> Library<'d> {
        let mut library = Library { components: HashMap::new(), members: HashMap::new() };
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
        library.members = library.groups();
        library
    }

    fn groups(&self) -> HashMap<Key, Vec<Key>> {
        let mut members: HashMap<Key, Vec<Key>> = HashMap::new();
        for component in self.components.values().filter(|component| component.key.space == Space::Element) {
            for head in self.stands_in_for(component) {
                members.entry(head).or_default().push(component.key.clone());
            }
        }
        members
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
        if let (Some(layer), true) = (component.redefines, component.is_redefined_by(at, &key)) {
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

    /// The named types of the elements that a declaration holds, or is.
    pub fn types_of_elements(&self, component: &Component<'_>) -> Vec<Key> {
        let mut found = Vec::new();
        let mut pending = vec![component.element];
        while let Some(at) = pending.pop() {
            let name = at.attribute("", "type").filter(|_| at.local() == "element");
            if let Some(Target::Declared(key)) = name.map(|name| self.target(component, at, Space::Type, &name)) {
                found.push(key);
            }
            pending.extend(at.children().filter(|child| child.namespace() == XSD && is_structure(child.local())));
        }
        found
    }

    fn collect(&self, component: &Component<'_>, at: Element<'_>, found: &mut Vec<Key>) {
        for (space, name) in names_in(at) {
            if let Target::Declared(key) = self.target(component, at, space, &name) {
                if space == Space::Element && at.attribute("", "ref").is_some() && self.has_alternatives(&key) {
                    found.extend(self.alternatives(&key));
                }
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

    /// The head of an element, or the base of a type.
    pub fn stands_in_for(&self, component: &Component<'_>) -> Vec<Key> {
        let element = component.element;
        let named = match component.key.space {
            Space::Element => element.attribute("", "substitutionGroup").map(|head| (element, Space::Element, head)),
            Space::Type => {
                let inside = element.children().flat_map(|content| std::iter::once(content).chain(content.children()));
                inside
                    .filter(|derivation| is_derivation_of(*derivation, element))
                    .find_map(|derivation| Some((derivation, Space::Type, derivation.attribute("", "base")?)))
            }
            _ => None,
        };
        let target = named.map(|(at, space, name)| self.target(component, at, space, &name));
        match target {
            Some(Target::Declared(key)) => vec![key],
            _ => Vec::new(),
        }
    }

    /// The elements that may stand where this one is named, in the order of their declarations: itself unless it is abstract, and
    /// all members of its group (XML Schema part 1 §3.3.6).
    pub fn alternatives(&self, head: &Key) -> Vec<Key> {
        let mut found: Vec<&Component<'d>> = Vec::new();
        let mut seen = HashSet::new();
        let mut pending = vec![head];
        while let Some(key) = pending.pop() {
            let Some(component) = self.components.get(key).filter(|_| seen.insert(key)) else { continue };
            found.extend((!component.is_abstract()).then_some(component));
            if !(key == head && component.is_never_replaced()) {
                pending.extend(self.members.get(key).into_iter().flatten());
            }
        }
        found.sort_by_key(|component| component.place);
        found.into_iter().map(|component| component.key.clone()).collect()
    }

    /// Whether something else may stand where this element is named.
    pub fn has_alternatives(&self, head: &Key) -> bool {
        // Most elements have no group, and this is asked of every reference.
        self.members.contains_key(head) && self.alternatives(head).iter().any(|other| other != head)
    }

    /// Whether a declaration names, within an `xs:all`, an element for which others may stand.
    pub fn has_group_in_all(&self, component: &Component<'_>) -> bool {
        let mut pending = vec![component.element];
        while let Some(at) = pending.pop() {
            for child in at.children().filter(|child| child.namespace() == XSD && is_structure(child.local())) {
                let name = child.attribute("", "ref").filter(|_| at.local() == "all" && child.local() == "element");
                let named = name.map(|name| self.target(component, child, Space::Element, &name));
                if matches!(named, Some(Target::Declared(key)) if self.has_alternatives(&key)) {
                    return true;
                }
                pending.push(child);
            }
        }
        false
    }

    /// Whether a member of its group has no type but that of this element.
    pub fn gives_its_type(&self, head: &Key) -> bool {
        let members = self.members.get(head).into_iter().flatten();
        members.filter_map(|member| self.components.get(member)).any(|member| member.has_no_type())
    }
}

impl Component<'_> {
    fn is_abstract(&self) -> bool {
        self.element.attribute("", "abstract").is_some_and(|value| matches!(value.trim(), "true" | "1"))
    }

    /// Whether it forbids that a member of its group stands for it.
    fn is_never_replaced(&self) -> bool {
        let own = self.element.attribute("", "block");
        let block = own.or_else(|| self.document.document.root().attribute("", "blockDefault")).unwrap_or_default();
        block.split_whitespace().any(|method| matches!(method, "substitution" | "#all"))
    }

    /// Whether an element says nothing of its type, so that it has that of its head.
    pub fn has_no_type(&self) -> bool {
        self.element.attribute("", "type").is_none()
            && !self.element.children().any(|child| child.local().ends_with("Type"))
    }

    /// Whether a name in this declaration means what the declaration redefines: the base of the type itself, or the group
    /// within the group (XML Schema part 1 §4.2.2). Every other mention of the name means the new declaration.
    fn is_redefined_by(&self, at: Element<'_>, named: &Key) -> bool {
        let of_same_name =
            (named.space, &named.namespace, &named.local) == (self.key.space, &self.key.namespace, &self.key.local);
        of_same_name && (self.key.space != Space::Type || is_derivation_of(at, self.element))
    }
}

/// Whether an element of a schema derives this type, and not one inside it.
fn is_derivation_of(at: Element<'_>, type_: Element<'_>) -> bool {
    let content = at.parent().filter(|parent| matches!(parent.local(), "simpleContent" | "complexContent"));
    let owner = content.map_or_else(|| at.parent(), Element::parent);
    matches!(at.local(), "extension" | "restriction") && owner.is_some_and(|owner| owner.id() == type_.id())
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
