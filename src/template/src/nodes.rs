//! XML documents as values: `request.Person.EGN`, without a copy of the document.

use std::fmt;
use std::sync::Arc;

use kapia_schema::{Field, FieldTree};
use kapia_xml::{Document, Element, ElementId};
use minijinja::value::{Enumerator, Object, ObjectRepr, Value};

use crate::fault::Fault;

/// An element of a document as a value; its children are found by local name, `['{namespace}name']` or `['@attribute']`.
///
/// With the fields of the document type a child that may be there but is not is empty, and a name that cannot be there is
/// an error; one that occurs once and holds only a value is that value. Without them every child is a list of elements
/// that may be empty, have one member, or several.
pub fn element(document: &Document, element: ElementId, fields: Option<&FieldTree>) -> Value {
    Value::from_object(Nodes { document: document.clone(), found: vec![element], field: fields.map(FieldTree::root) })
}

/// Elements of one name below one parent: none, one or several.
pub(crate) struct Nodes {
    document: Document,
    found: Vec<ElementId>,
    field: Option<Field>,
}

impl Nodes {
    /// The text of the only element; `None` if there is no element.
    pub fn text(&self) -> Result<Option<String>, Fault> {
        match self.found.as_slice() {
            [] => Ok(None),
            [one] => {
                let element = self.document.element(*one);
                match is_value(element) {
                    true if is_nil(element) => Ok(None),
                    true => Ok(Some(element.text().into_owned())),
                    false => Err(Fault::new("value-elements").with("element", element.local())),
                }
            }
            [first, ..] => {
                let name = self.document.element(*first).local();
                Err(Fault::new("value-several").with("element", name))
            }
        }
    }

    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// One of the elements as a value.
    pub fn one(&self, at: usize) -> Option<Value> {
        let found = vec![*self.found.get(at)?];
        Some(Value::from_object(Nodes { document: self.document.clone(), found, field: self.field.clone() }))
    }

    fn child(&self, name: &str) -> Option<Value> {
        let field = match &self.field {
            None => None,
            Some(field) => match field.child(name) {
                Some(child) => Some(child),
                None if field.has_open_content() => None,
                None => return None,
            },
        };
        let parent = match self.found.as_slice() {
            [] => None,
            [one] => Some(self.document.element(*one)),
            [first, ..] => {
                let several = Fault::new("value-several").with("element", self.document.element(*first).local());
                return Some(Value::from(minijinja::Error::from(several)));
            }
        };
        if let Some(attribute) = name.strip_prefix('@') {
            let (namespace, local) = split(attribute);
            let value = parent.and_then(|parent| parent.attribute(namespace.unwrap_or(""), local));
            return Some(value.map_or(Value::from(()), Value::from));
        }
        let (namespace, local) = split(name);
        let matches = |child: &Element<'_>| {
            child.local() == local && namespace.is_none_or(|namespace| child.namespace() == namespace)
        };
        let found: Vec<ElementId> =
            parent.into_iter().flat_map(Element::children).filter(matches).map(Element::id).collect();
        let nodes = Nodes { document: self.document.clone(), found, field };
        Some(if nodes.is_plain() { nodes.plain() } else { Value::from_object(nodes) })
    }

    /// Whether the schema says that there is at most one, and that it holds nothing but a value.
    fn is_plain(&self) -> bool {
        self.found.len() <= 1
            && self.field.as_ref().is_some_and(|field| {
                field.max_occurs() == Some(1) && field.simple_type().is_some() && field.children().is_empty()
            })
    }

    fn plain(&self) -> Value {
        match self.text() {
            Ok(text) => Value::from(text),
            Err(fault) => Value::from(minijinja::Error::from(fault)),
        }
    }
}

fn split(name: &str) -> (Option<&str>, &str) {
    match name.strip_prefix('{').and_then(|rest| rest.rsplit_once('}')) {
        Some((namespace, local)) => (Some(namespace), local),
        None => (None, name),
    }
}

fn is_value(element: Element<'_>) -> bool {
    element.children().next().is_none()
}

fn is_nil(element: Element<'_>) -> bool {
    let nil = element.attribute(kapia_xml::XSI_NAMESPACE, "nil");
    nil.is_some_and(|nil| matches!(nil.trim(), "true" | "1"))
}

impl fmt::Debug for Nodes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Nodes({})", self.found.len())
    }
}

impl Object for Nodes {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_usize() {
            Some(at) => self.one(at),
            None => self.child(key.as_str()?),
        }
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.child(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let nodes = Arc::clone(self);
        Enumerator::Iter(Box::new((0..nodes.len()).filter_map(move |at| nodes.one(at))))
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.len())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.len() > 0
    }

    /// Only reached where a value is joined to a text (`~`); what is no single value shows nothing of itself there.
    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text() {
            Ok(Some(text)) => out.write_str(&text),
            Ok(None) => Ok(()),
            Err(_) => Err(fmt::Error),
        }
    }
}
