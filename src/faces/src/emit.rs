//! Writing merged declarations as the schemas of a WSDL: one for each namespace, nothing to fetch.

use crate::components::{Component, Key, Space, Target, XSD, is_structure};
use crate::markup::Markup;
use crate::merge::{Merged, Node};
use kapia_xml::{Element, XML_NAMESPACE};
use std::collections::BTreeSet;

/// The namespaces of a WSDL with their prefixes.
pub(crate) struct Prefixes {
    /// The namespace of the contract: prefix `tns`.
    pub contract: String,
    /// Where the types of documents without a namespace are declared: prefix `d`.
    pub documents: String,
    known: Vec<String>,
}

impl Prefixes {
    pub fn new(contract: &str, merged: &Merged<'_>) -> Prefixes {
        let mut known: Vec<String> = Vec::new();
        for ((_, key), _) in &merged.declarations {
            if !key.namespace.is_empty() && !known.contains(&key.namespace) {
                known.push(key.namespace.clone());
            }
        }
        Prefixes { contract: contract.to_owned(), documents: format!("{contract}:documents"), known }
    }

    /// The namespaces of documents, `""` for those without one; in the order of their first declaration.
    pub fn of_documents(merged: &Merged<'_>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for ((_, key), _) in &merged.declarations {
            if !found.contains(&key.namespace) {
                found.push(key.namespace.clone());
            }
        }
        found
    }

    /// The namespace in which the declarations of a namespace of documents are written.
    pub fn written<'p>(&'p self, namespace: &'p str) -> &'p str {
        if namespace.is_empty() { &self.documents } else { namespace }
    }

    pub fn prefix(&self, written: &str) -> String {
        if written == self.contract {
            return "tns".into();
        }
        if written == self.documents {
            return "d".into();
        }
        if written == "http://www.w3.org/2000/09/xmldsig#" {
            return "ds".into();
        }
        match self.known.iter().position(|known| known == written) {
            Some(at) => format!("n{}", at + 1),
            None => "p".into(),
        }
    }
}

/// Writes the declarations of one namespace.
pub(crate) struct Emitter<'m, 'd> {
    merged: &'m Merged<'d>,
    prefixes: &'m Prefixes,
    /// The namespace in documents.
    namespace: String,
    qualified: bool,
    used: BTreeSet<String>,
    /// Whether the declaration that is being written takes attributes of XML itself, such as `xml:lang`.
    takes_xml_attributes: bool,
    pub out: Markup,
}

/// Attributes of schema elements that are written, in this order.
const ATTRIBUTES: [&str; 17] = [
    "name",
    "ref",
    "type",
    "base",
    "itemType",
    "memberTypes",
    "form",
    "minOccurs",
    "maxOccurs",
    "use",
    "nillable",
    "abstract",
    "mixed",
    "default",
    "fixed",
    "value",
    "namespace",
];

impl<'m, 'd> Emitter<'m, 'd> {
    /// For a namespace of documents, `""` for those without one.
    pub fn new(merged: &'m Merged<'d>, prefixes: &'m Prefixes, namespace: &str) -> Emitter<'m, 'd> {
        let qualified = is_mostly_qualified(merged, namespace);
        let out = Markup::at(3);
        let (namespace, used) = (namespace.to_owned(), BTreeSet::new());
        Emitter { merged, prefixes, namespace, qualified, used, takes_xml_attributes: false, out }
    }

    /// The element that is the root of the document with this number.
    pub fn root(&self, place: usize) -> Option<Node> {
        self.merged.roots.get(place).map(|key| (place, key.clone()))
    }

    /// The declarations of the namespace.
    pub fn declarations(&mut self) {
        for (node, name) in &self.merged.declarations {
            if node.1.namespace == self.namespace {
                self.declaration(node, name);
            }
        }
    }

    /// The schema with what has been written.
    pub fn finish(self, out: &mut Markup) {
        let target = self.prefixes.written(&self.namespace).to_owned();
        let form = if self.qualified { "qualified" } else { "unqualified" };
        schema(out, self.prefixes, &target, form, &self.used, self.out);
    }

    fn declaration(&mut self, node: &Node, name: &str) {
        let Some(component) = self.merged.component(node) else { return };
        let merged = self.merged;
        if let Some(name) = merged.name_of_type(node) {
            let types = component.element.children().filter(|child| child.local().ends_with("Type"));
            types.for_each(|child| self.structure(node.0, component, child, Some(name)));
        }
        if matches!(node.1.space, Space::Element | Space::Attribute) && !merged.can_be_referred_to(node) {
            // It is declared where it is used; what was left to declare here is its type, if that has no name.
            return;
        }
        self.structure(node.0, component, component.element, Some(name));
    }

    /// A part of a declaration; a global one has the name that it gets.
    fn structure(&mut self, library: usize, component: &Component<'d>, at: Element<'d>, name: Option<&str>) {
        if name.is_none() && matches!(at.local(), "element" | "attribute") && at.attribute("", "ref").is_some() {
            return self.reference(library, component, at);
        }
        if name.is_none() && at.local() == "attributeGroup" && self.is_elsewhere(library, component, at) {
            self.takes_xml_attributes = true;
            return;
        }
        let mut attributes: Vec<(&str, String)> = Vec::new();
        for attribute in ATTRIBUTES {
            let value = at.attribute("", attribute).map(|value| value.into_owned());
            let written = match (attribute, value) {
                ("name", value) => name.map(str::to_owned).or(value.map(|value| value.trim().to_owned())),
                ("type", None) if name.is_some() && at.local() == "element" => self.given_type(library, component),
                ("form", _) if name.is_none() => self.form(component, at),
                ("form", _) | (_, None) => None,
                ("ref", Some(value)) => {
                    let space = if at.local() == "group" { Space::Group } else { Space::AttributeGroup };
                    self.named(library, component, at, space, &value)
                }
                ("type" | "base" | "itemType", Some(value)) => self.named(library, component, at, Space::Type, &value),
                ("memberTypes", Some(value)) => {
                    let names = value.split_whitespace();
                    let names = names.filter_map(|name| self.named(library, component, at, Space::Type, name));
                    Some(names.collect::<Vec<_>>().join(" "))
                }
                ("namespace", Some(value)) => Some(self.wildcard(&value)),
                ("minOccurs" | "maxOccurs", Some(value)) if value.trim() == "1" => None,
                ("default" | "fixed" | "value", Some(value)) => Some(value),
                (_, Some(value)) => Some(value.trim().to_owned()),
            };
            attributes.extend(written.map(|written| (attribute, written)));
        }
        if let Some(value) = at.attribute("", "processContents") {
            attributes.push(("processContents", value.trim().to_owned()));
        }
        if name.is_some() && at.local() == "element" && self.merged.keeps_groups {
            let head = at.attribute("", "substitutionGroup");
            let head = head.and_then(|head| self.head(library, component, at, &head));
            attributes.extend(head.map(|head| ("substitutionGroup", head)));
        }
        self.open_and_fill(library, component, at, &attributes);
    }

    fn open_and_fill(
        &mut self,
        library: usize,
        component: &Component<'d>,
        at: Element<'d>,
        attributes: &[(&str, String)],
    ) {
        let name = format!("xs:{}", at.local());
        let attributes: Vec<(&str, &str)> = attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if !at.children().any(|child| child.namespace() == XSD && (is_structure(child.local()) || is_told(child))) {
            return self.out.empty(&name, &attributes);
        }
        self.out.start(&name, &attributes);
        self.documentation(at);
        let around = std::mem::take(&mut self.takes_xml_attributes);
        // A type that was given a name stands beside its element.
        let is_named = attributes.iter().any(|(name, _)| *name == "type");
        for child in at.children().filter(|child| child.namespace() == XSD && is_structure(child.local())) {
            if !(is_named && child.local().ends_with("Type")) {
                self.structure(library, component, child, None);
            }
        }
        let takes = std::mem::replace(&mut self.takes_xml_attributes, around);
        if takes && at.child(XSD, "anyAttribute").is_none() {
            // Generators do not agree on where the declarations of XML's own attributes come from.
            self.out.empty("xs:anyAttribute", &[("namespace", XML_NAMESPACE), ("processContents", "lax")]);
        }
        self.out.end();
    }

    fn documentation(&mut self, at: Element<'_>) {
        let annotations = at.children().filter(|child| child.is(XSD, "annotation"));
        let told: Vec<Element<'_>> =
            annotations.flat_map(Element::children).filter(|child| child.is(XSD, "documentation")).collect();
        let texts: Vec<(String, Option<String>)> = told
            .into_iter()
            .map(|told| {
                let text = told.text().split_whitespace().collect::<Vec<_>>().join(" ");
                (text, told.attribute(kapia_xml::XML_NAMESPACE, "lang").map(|lang| lang.trim().to_owned()))
            })
            .filter(|(text, _)| !text.is_empty())
            .collect();
        if texts.is_empty() {
            return;
        }
        self.out.start("xs:annotation", &[]);
        for (text, language) in &texts {
            let language = language.as_deref().filter(|language| !language.is_empty());
            let attributes: Vec<(&str, &str)> = language.map(|language| ("xml:lang", language)).into_iter().collect();
            self.out.text("xs:documentation", &attributes, text);
        }
        self.out.end();
    }

    /// `form`, where it is not that of the schema.
    fn form(&self, component: &Component<'_>, at: Element<'_>) -> Option<String> {
        let default = match at.local() {
            "element" => self.qualified,
            "attribute" => false,
            _ => return None,
        };
        let qualified = component.is_qualified(at);
        (qualified != default).then(|| if qualified { "qualified".into() } else { "unqualified".into() })
    }

    fn reference(&mut self, library: usize, component: &Component<'d>, at: Element<'d>) {
        let space = if at.local() == "element" { Space::Element } else { Space::Attribute };
        let name = at.attribute("", "ref").unwrap_or_default();
        let merged = self.merged;
        let Some(found) = merged.libraries.get(library) else { return };
        // What the set does not declare cannot be in a valid document either, but for attributes of XML itself.
        let Target::Declared(key) = found.target(component, at, space, &name) else {
            let is_prohibited = at.attribute("", "use").is_some_and(|value| value.trim() == "prohibited");
            self.takes_xml_attributes |= space == Space::Attribute && !is_prohibited;
            return;
        };
        let node = (library, key);
        let own = |name: &'static str| at.attribute("", name).map(|value| (name, value.into_owned()));
        let mut attributes: Vec<(&'static str, String)> = ["minOccurs", "maxOccurs", "use"]
            .into_iter()
            .filter_map(own)
            .map(|(name, value)| (name, value.trim().to_owned()))
            .filter(|(_, value)| value != "1")
            .collect();
        attributes.extend(["default", "fixed"].into_iter().filter_map(own));
        if space == Space::Element && !merged.keeps_groups && found.has_alternatives(&node.1) {
            return self.choice(&node, &attributes);
        }
        if merged.can_be_referred_to(&node) {
            let name = self.qualified_name(&node);
            attributes.insert(0, ("ref", name));
            let attributes: Vec<(&str, &str)> = attributes.iter().map(|(n, value)| (*n, value.as_str())).collect();
            return self.out.empty(&format!("xs:{}", at.local()), &attributes);
        }
        self.declare_here(&node, attributes);
    }

    /// An element or attribute that cannot be referred to, declared where it is used.
    pub fn declare_here(&mut self, node: &Node, occurs: Vec<(&'static str, String)>) {
        let merged = self.merged;
        let Some(component) = merged.component(node) else { return };
        if merged.can_be_referred_to(node) {
            // One of the elements of a choice.
            let name = self.qualified_name(node);
            return self.out.empty("xs:element", &[("ref", &name)]);
        }
        if !node.1.namespace.is_empty() && node.1.namespace != self.namespace {
            // A local declaration cannot name an element of another namespace, and who looked it up would find another version.
            let mut attributes: Vec<(&str, &str)> =
                occurs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            attributes.extend([("namespace", node.1.namespace.as_str()), ("processContents", "skip")]);
            let wildcard = if node.1.space == Space::Element { "xs:any" } else { "xs:anyAttribute" };
            return self.out.empty(wildcard, &attributes);
        }
        self.declare_one(node, component, occurs);
    }

    /// A choice of all elements that may stand where one is named.
    fn choice(&mut self, head: &Node, occurs: &[(&'static str, String)]) {
        let Some(library) = self.merged.libraries.get(head.0) else { return };
        let occurs: Vec<(&str, &str)> = occurs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.out.start("xs:choice", &occurs);
        for key in library.alternatives(&head.1) {
            self.declare_here(&(head.0, key), Vec::new());
        }
        self.out.end();
    }

    fn declare_one(&mut self, node: &Node, component: &Component<'d>, occurs: Vec<(&'static str, String)>) {
        let at = component.element;
        let (library, key) = node;
        let mut attributes = vec![("name", key.local.clone())];
        attributes.extend(self.type_of(node, component).map(|name| ("type", name)));
        let wants_name = !key.namespace.is_empty();
        let default = key.space == Space::Element && self.qualified;
        if wants_name != default {
            attributes.push(("form", if wants_name { "qualified".into() } else { "unqualified".into() }));
        }
        // What must be there has no default, and a reference may say what it is instead.
        let is_settled = occurs
            .iter()
            .any(|(name, value)| matches!(*name, "default" | "fixed") || *name == "use" && value != "optional");
        attributes.extend(occurs);
        for name in ["nillable", "default", "fixed"] {
            let value = at.attribute("", name).filter(|_| !(is_settled && name == "default"));
            let is_known = attributes.iter().any(|(known, _)| *known == name);
            attributes.extend(value.filter(|_| !is_known).map(|value| (name, value.into_owned())));
        }
        if key.space == Space::Attribute {
            return self.open_and_fill(*library, component, at, &attributes);
        }
        let attributes: Vec<(&str, &str)> = attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if at.children().any(is_told) {
            self.out.start("xs:element", &attributes);
            self.documentation(at);
            self.out.end();
        } else {
            self.out.empty("xs:element", &attributes);
        }
    }

    /// Whether a group of attributes is one of XML itself, such as `xml:specialAttrs`.
    fn is_elsewhere(&self, library: usize, component: &Component<'_>, at: Element<'_>) -> bool {
        let name = at.attribute("", "ref").unwrap_or_default();
        let library = self.merged.libraries.get(library);
        library.is_some_and(|library| library.target(component, at, Space::AttributeGroup, &name) == Target::Elsewhere)
    }

    /// The type of a global element that names none: that of its head, or its own that has a name here.
    fn given_type(&mut self, library: usize, component: &Component<'d>) -> Option<String> {
        let node = (library, component.key.clone());
        let is_given = component.has_no_type() && !self.merged.keeps_groups;
        let is_given = is_given && component.element.attribute("", "substitutionGroup").is_some();
        if !is_given && self.merged.name_of_type(&node).is_none() {
            return None;
        }
        self.type_of(&node, component)
    }

    /// The type of an element or attribute that is declared where it is used; that of its head, if it has none of its own.
    fn type_of(&mut self, node: &Node, component: &Component<'d>) -> Option<String> {
        let at = component.element;
        if let Some(name) = at.attribute("", "type") {
            return self.named(node.0, component, at, Space::Type, &name);
        }
        let merged = self.merged;
        if let Some(name) = merged.name_of_type(node) {
            let written = self.prefixes.written(&node.1.namespace).to_owned();
            let name = format!("{}:{name}", self.prefixes.prefix(&written));
            self.used.insert(written);
            return Some(name);
        }
        let library = merged.libraries.get(node.0)?;
        let head = (node.0, library.stands_in_for(component).into_iter().next()?);
        let component = merged.component(&head)?;
        self.type_of(&head, component)
    }

    /// A qualified name of a schema as it is written here.
    fn named(
        &mut self,
        library: usize,
        component: &Component<'_>,
        at: Element<'_>,
        space: Space,
        name: &str,
    ) -> Option<String> {
        match self.merged.libraries.get(library)?.target(component, at, space, name) {
            Target::Builtin(local) => Some(format!("xs:{local}")),
            Target::Declared(key) => Some(self.qualified_name(&(library, key))),
            Target::Elsewhere => None,
        }
    }

    fn head(&mut self, library: usize, component: &Component<'_>, at: Element<'_>, name: &str) -> Option<String> {
        let target = self.merged.libraries.get(library)?.target(component, at, Space::Element, name);
        let Target::Declared(key) = target else { return None };
        let node = (library, key);
        self.merged.can_be_referred_to(&node).then(|| self.qualified_name(&node))
    }

    /// The name of a declaration with the prefix of its namespace.
    pub fn qualified_name(&mut self, node: &Node) -> String {
        let written = self.prefixes.written(&node.1.namespace).to_owned();
        let name = format!("{}:{}", self.prefixes.prefix(&written), self.merged.name(node));
        self.used.insert(written);
        name
    }

    /// The namespaces of a wildcard; a document without a namespace has none here either.
    fn wildcard(&self, namespaces: &str) -> String {
        if !self.namespace.is_empty() {
            return namespaces.trim().to_owned();
        }
        match namespaces.trim() {
            "##other" => "##any".to_owned(),
            list => list.replace("##targetNamespace", "##local"),
        }
    }
}

fn is_told(annotation: Element<'_>) -> bool {
    annotation.is(XSD, "annotation")
        && annotation.children().any(|child| child.is(XSD, "documentation") && !child.text().trim().is_empty())
}

/// Whether the schema says `elementFormDefault="qualified"`: unless every local element goes without a namespace.
fn is_mostly_qualified(merged: &Merged<'_>, namespace: &str) -> bool {
    fn forms(component: &Component<'_>, at: Element<'_>, found: &mut Vec<bool>) {
        for child in at.children().filter(|child| child.namespace() == XSD && is_structure(child.local())) {
            if child.local() == "element" && child.attribute("", "ref").is_none() {
                found.push(component.is_qualified(child));
            }
            forms(component, child, found);
        }
    }
    if namespace.is_empty() {
        return false;
    }
    let mut found = Vec::new();
    for (node, _) in merged.declarations.iter().filter(|(node, _)| node.1.namespace == namespace) {
        if let Some(component) = merged.component(node) {
            forms(component, component.element, &mut found);
        }
    }
    found.is_empty() || found.contains(&true)
}

/// Writes a schema around its content.
pub(crate) fn schema(
    out: &mut Markup,
    prefixes: &Prefixes,
    target: &str,
    form: &str,
    used: &BTreeSet<String>,
    content: Markup,
) {
    let mut declared: Vec<(String, &str)> = Vec::new();
    for namespace in std::iter::once(target).chain(used.iter().map(String::as_str)) {
        let name = format!("xmlns:{}", prefixes.prefix(namespace));
        if declared.iter().all(|(known, _)| *known != name) {
            declared.push((name, namespace));
        }
    }
    declared.sort();
    let mut attributes = vec![("xmlns:xs", XSD)];
    attributes.extend(declared.iter().map(|(name, namespace)| (name.as_str(), *namespace)));
    attributes.extend([("targetNamespace", target), ("elementFormDefault", form)]);
    out.start("xs:schema", &attributes);
    for namespace in used.iter().filter(|namespace| *namespace != target) {
        out.empty("xs:import", &[("namespace", namespace)]);
    }
    out.append(content);
    out.end();
}

/// The element that an operation takes or gives.
pub(crate) fn root_of(namespace: &str, local: &str) -> Key {
    Key { space: Space::Element, namespace: namespace.to_owned(), local: local.to_owned(), layer: 0 }
}
