//! Places in an argument: `EGN`, `Person/EGN`, `Person/@id`; a step is a local name or `{namespace}local`.

use kapia_schema::{Field, FieldTree};
use kapia_xml::{Element, QName, XSI_NAMESPACE};

use crate::fault::Fault;

pub(crate) struct ArgumentPath {
    elements: Vec<Step>,
    attribute: Option<Step>,
}

struct Step {
    namespace: Option<Box<str>>,
    local: Box<str>,
}

impl ArgumentPath {
    /// Reads a path and holds it against the type of the argument; content that the schema leaves open is believed.
    pub fn read(text: &str, fields: &FieldTree) -> Result<ArgumentPath, Fault> {
        let shape = || Fault::new("sql-path-shape").with("path", text);
        let segments: Vec<&str> = split(text).collect();
        let (last, before) = segments.split_last().ok_or_else(shape)?;
        let attribute = last.strip_prefix('@');
        let elements = if attribute.is_some() { before } else { segments.as_slice() };
        let elements: Vec<Step> = elements.iter().map(|name| step(name)).collect::<Option<_>>().ok_or_else(shape)?;
        let attribute = attribute.map(|name| step(name).ok_or_else(shape)).transpose()?;
        check(text, &segments, fields)?;
        Ok(ArgumentPath { elements, attribute })
    }

    /// The values at every place that the path fits; an element that is nil has none.
    pub fn values(&self, root: Element<'_>) -> Vec<String> {
        let mut found = Vec::new();
        self.below(root, &self.elements, &mut found);
        found
    }

    fn below(&self, element: Element<'_>, steps: &[Step], found: &mut Vec<String>) {
        match (steps.split_first(), &self.attribute) {
            (Some((step, rest)), _) => element
                .children()
                .filter(|child| step.fits(child.namespace(), child.local()))
                .for_each(|child| self.below(child, rest, found)),
            (None, Some(step)) => found.extend(
                element
                    .attributes()
                    .find(|attribute| step.fits(attribute.namespace(), attribute.local()))
                    .map(|attribute| attribute.value().into_owned()),
            ),
            (None, None) => {
                let nil = element.attribute(XSI_NAMESPACE, "nil");
                if !nil.is_some_and(|nil| matches!(nil.trim(), "true" | "1")) {
                    found.push(element.text().into_owned());
                }
            }
        }
    }
}

impl Step {
    fn fits(&self, namespace: &str, local: &str) -> bool {
        *self.local == *local && self.namespace.as_ref().is_none_or(|wanted| **wanted == *namespace)
    }
}

fn check(path: &str, segments: &[&str], fields: &FieldTree) -> Result<(), Fault> {
    let mut at = fields.root();
    for segment in segments {
        if at.has_open_content() {
            return Ok(());
        }
        let Some(next) = at.child(segment) else {
            let named = |field: &Field| {
                if field.is_attribute() { format!("@{}", field.local()) } else { field.local().to_owned() }
            };
            let there: Vec<String> = at.children().iter().map(named).collect();
            let unknown = Fault::new("sql-path-unknown").with("path", path);
            return Err(unknown.known(segment, there.iter().map(String::as_str)));
        };
        at = next;
    }
    match at.simple_type() {
        Some(_) => Ok(()),
        None if at.has_open_content() || at.content_is_mixed() => Ok(()),
        None => Err(Fault::new("sql-path-no-value").with("path", path)),
    }
}

/// Splits at `/` outside braces, since a namespace holds slashes.
fn split(path: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    path.split(move |c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == '/' && depth <= 0
    })
}

fn step(text: &str) -> Option<Step> {
    let name: QName = text.parse().ok()?;
    (!name.local.is_empty())
        .then_some(Step { namespace: text.starts_with('{').then_some(name.namespace), local: name.local })
}
