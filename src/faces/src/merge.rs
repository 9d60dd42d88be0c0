//! The declarations of several schema sets put together into one: a generator knows a namespace once.
//!
//! Two operations of a package may bring two versions of one namespace, which never meet in the gate, but do in a WSDL.
//! Declarations that mean the same, down to all that they refer to, are one; of those that differ under one name, the
//! first keeps its name and each further one gets a name of its own. Names of types do not stand in documents; an element
//! that cannot keep its name is declared where it is used.

use crate::components::{Component, Key, Library, Space};
use crate::names::Taken;
use kapia_schema::SchemaSet;
use kapia_xml::Element;
use std::collections::{BTreeMap, HashMap, HashSet};

/// More steps of derivation than a schema may have (docs/schema.md, Limits).
const LONGEST_DERIVATION: usize = 1_000;

/// One document of one operation.
pub(crate) struct Root<'d> {
    pub set: &'d SchemaSet,
    pub key: Key,
    /// What tells its declarations from others of the same name.
    pub label: String,
}

/// A declaration of the merged schemas: the number of its library, and its name there.
pub(crate) type Node = (usize, Key);

/// The merged schemas.
pub(crate) struct Merged<'d> {
    pub libraries: Vec<Library<'d>>,
    /// The root of each document.
    pub roots: Vec<Key>,
    /// The declarations to write, in their order, each with the name that it gets.
    pub declarations: Vec<(Node, String)>,
    /// Whether substitution groups stay what they are. They are written as choices, which every generator reads; but within an
    /// `xs:all` there can be none.
    pub keeps_groups: bool,
    names: HashMap<Node, Name>,
    /// Names of types that are taken, by namespace.
    types: HashMap<String, Taken>,
}

#[derive(Clone)]
struct Name {
    local: String,
    /// Whether it has the name that it has in documents.
    own: bool,
    /// The name of the type of an element that cannot be referred to, if its type has none.
    of_type: Option<String>,
}

impl<'d> Merged<'d> {
    pub fn of(roots: &[Root<'d>]) -> Merged<'d> {
        let libraries: Vec<Library<'d>> = roots.iter().map(|root| Library::of(root.set)).collect();
        let mut nodes: Vec<(Node, usize)> = Vec::new();
        for (at, (library, root)) in libraries.iter().zip(roots).enumerate() {
            nodes.extend(library.reachable(&root.key).into_iter().map(|component| ((at, component.key.clone()), at)));
        }
        let colours = colours(&libraries, &nodes);
        let mut variants: BTreeMap<&Key, Vec<usize>> = BTreeMap::new();
        let mut named: HashMap<(&Key, usize), Name> = HashMap::new();
        let mut taken: HashMap<(Space, &str), Taken> = HashMap::new();
        // Names of declarations that keep theirs come first, so that no other one takes them.
        for ((_, key), _) in &nodes {
            if key.layer == 0 && !variants.contains_key(key) {
                variants.insert(key, Vec::new());
                taken.entry((key.space, key.namespace.as_str())).or_default().take_one(&key.local);
            }
        }
        let mut declarations = Vec::new();
        let mut names = HashMap::new();
        for ((node, at), colour) in nodes.iter().zip(&colours) {
            let key = &node.1;
            if let Some(name) = named.get(&(key, *colour)) {
                names.insert(node.clone(), name.clone());
                continue;
            }
            let known = variants.entry(key).or_default();
            let own = known.is_empty() && key.layer == 0;
            let mut take =
                |space, wanted: &str| taken.entry((space, key.namespace.as_str())).or_default().take_one(wanted);
            let local = if own {
                key.local.clone()
            } else {
                let label = roots.get(*at).map_or("", |root| root.label.as_str());
                take(key.space, &format!("{}_{label}", key.local))
            };
            let is_nameless = |at: Element<'_>| at.children().any(|child| child.local().ends_with("Type"));
            let component = libraries.get(*at).and_then(|library| library.get(key));
            let of_type = component
                .filter(|component| {
                    let is_needed = !own
                        || key.namespace.is_empty()
                        || libraries.get(*at).is_some_and(|library| library.gives_its_type(key));
                    key.space == Space::Element && is_needed && is_nameless(component.element)
                })
                .map(|_| take(Space::Type, &local));
            let name = Name { local, own, of_type };
            known.push(*colour);
            declarations.push((node.clone(), name.local.clone()));
            named.insert((key, *colour), name.clone());
            names.insert(node.clone(), name);
        }
        let types = taken
            .into_iter()
            .filter(|((space, _), _)| *space == Space::Type)
            .map(|((_, namespace), taken)| (namespace.to_owned(), taken))
            .collect();
        let roots = roots.iter().map(|root| root.key.clone()).collect();
        let keeps_groups = nodes.iter().any(|((at, key), _)| {
            let found = libraries.get(*at).and_then(|library| Some((library, library.get(key)?)));
            found.is_some_and(|(library, component)| library.has_group_in_all(component))
        });
        Merged { libraries, roots, declarations, keeps_groups, names, types }
    }

    /// Whether documents of this root may name a type (`xsi:type`) that has another name here: one that stands in for the type
    /// of an element. Names of types are the one thing that documents say and that cannot be told in another way.
    pub fn has_renamed_types_in_documents(&self, place: usize) -> bool {
        let Some(library) = self.libraries.get(place) else { return false };
        let reachable = || self.names.keys().filter(|(at, _)| *at == place).filter_map(|(_, key)| library.get(key));
        let of_elements: HashSet<Key> =
            reachable().flat_map(|component| library.types_of_elements(component)).collect();
        let is_renamed = |component: &&Component<'d>| {
            let node = (place, component.key.clone());
            component.key.space == Space::Type
                && component.key.layer == 0
                && self.names.get(&node).is_some_and(|name| !name.own)
        };
        reachable().filter(is_renamed).any(|component| {
            let mut above = library.stands_in_for(component);
            let mut steps = 0;
            while let Some(base) = above.pop().filter(|_| steps < LONGEST_DERIVATION) {
                if of_elements.contains(&base) {
                    return true;
                }
                steps += 1;
                above = library.get(&base).map(|base| library.stands_in_for(base)).unwrap_or_default();
            }
            false
        })
    }

    /// A name for a further type of a namespace.
    pub fn further_type(&mut self, namespace: &str, wanted: &str) -> String {
        self.types.entry(namespace.to_owned()).or_default().take_one(wanted)
    }

    /// Whether the merged schemas have a global element of this name.
    pub fn declares(&self, namespace: &str, local: &str) -> bool {
        let is_it = |key: &Key| key.space == Space::Element && key.namespace == namespace && key.local == local;
        self.declarations.iter().any(|((_, key), name)| is_it(key) && name == local)
    }

    pub fn component(&self, node: &Node) -> Option<&Component<'d>> {
        self.libraries.get(node.0)?.get(&node.1)
    }

    /// The name that a declaration gets; its own if it is none of these.
    pub fn name<'n>(&'n self, node: &'n Node) -> &'n str {
        self.names.get(node).map_or(&node.1.local, |name| &name.local)
    }

    /// The name that the nameless type of an element gets because the element cannot be referred to.
    pub fn name_of_type(&self, node: &Node) -> Option<&str> {
        self.names.get(node)?.of_type.as_deref()
    }

    /// Whether an element or attribute can be referred to: it has a namespace, and its own name there.
    pub fn can_be_referred_to(&self, node: &Node) -> bool {
        !node.1.namespace.is_empty() && self.names.get(node).is_some_and(|name| name.own)
    }
}

/// A number for each declaration: the same for those that mean the same. Begins with what stands in the declarations
/// themselves, and takes in what they refer to until nothing changes.
fn colours(libraries: &[Library<'_>], nodes: &[(Node, usize)]) -> Vec<usize> {
    let place: HashMap<&Node, usize> = nodes.iter().enumerate().map(|(at, (node, _))| (node, at)).collect();
    let mut shapes = Vec::with_capacity(nodes.len());
    let mut references: Vec<Vec<usize>> = Vec::with_capacity(nodes.len());
    for ((at, key), _) in nodes {
        let Some((library, component)) = libraries.get(*at).and_then(|library| Some((library, library.get(key)?)))
        else {
            shapes.push(String::new());
            references.push(Vec::new());
            continue;
        };
        shapes.push(format!("{key:?}{}", library.shape(component)));
        let found = library.references(component).into_iter();
        references.push(found.filter_map(|key| place.get(&(*at, key)).copied()).collect());
    }
    let (mut colours, mut count) = numbered(shapes.iter());
    loop {
        let wider: Vec<(usize, Vec<usize>)> = references
            .iter()
            .zip(&colours)
            .map(|(references, colour)| {
                (*colour, references.iter().filter_map(|at| colours.get(*at).copied()).collect())
            })
            .collect();
        let (next, now) = numbered(wider.iter());
        colours = next;
        if now == count {
            return colours;
        }
        count = now;
    }
}

/// A number for each value in the order of their appearance, and how many values there are.
fn numbered<T: std::hash::Hash + Eq>(values: impl Iterator<Item = T>) -> (Vec<usize>, usize) {
    let mut known = HashMap::new();
    let numbers = values
        .map(|value| {
            let next = known.len();
            *known.entry(value).or_insert(next)
        })
        .collect();
    (numbers, known.len())
}
