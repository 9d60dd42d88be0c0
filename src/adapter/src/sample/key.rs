//! The place in an argument that chooses the answer.

use kapia_schema::FieldTree;
use kapia_xml::{Element, QName};

use crate::advice::Advice;
use crate::problem::Problem;
use crate::trouble::Trouble;

/// A path below the root of an argument: `EGN`, `Person/EGN`, `Person/@id`; a step is a local name or `{namespace}local`.
pub(super) struct KeyPath {
    written: String,
    elements: Vec<Step>,
    attribute: Option<Step>,
}

struct Step {
    namespace: Option<Box<str>>,
    local: Box<str>,
}

impl KeyPath {
    pub fn parse(text: &str) -> Result<KeyPath, Problem> {
        let (elements, attribute) = match text.rsplit_once('@') {
            Some((elements, attribute)) => {
                (elements.strip_suffix('/').or(elements.is_empty().then_some("")), Some(attribute))
            }
            None => (Some(text), None),
        };
        let malformed = || Problem::from(Trouble::KeyPathShape {});
        let elements = elements.ok_or_else(malformed)?;
        let path = KeyPath {
            written: text.to_owned(),
            elements: split(elements).map(step).collect::<Option<_>>().ok_or_else(malformed)?,
            attribute: attribute.map(|name| step(name).ok_or_else(malformed)).transpose()?,
        };
        if path.elements.is_empty() && path.attribute.is_none() { Err(malformed()) } else { Ok(path) }
    }

    /// Refuses a path that no argument can have; content that the schema leaves open is believed.
    pub fn check(&self, fields: &FieldTree) -> Result<(), Problem> {
        let mut at = fields.root();
        for segment in split(&self.written) {
            if at.has_open_content() {
                return Ok(());
            }
            let Some(next) = at.child(segment) else {
                let children = at.children();
                let names: Vec<String> =
                    children
                        .iter()
                        .map(|child| {
                            if child.is_attribute() { format!("@{}", child.local()) } else { child.local().to_owned() }
                        })
                        .collect();
                let advice = Advice::about(segment, names.iter().map(String::as_str));
                return Err(Trouble::KeyPathUnknown { path: self.written.clone(), advice }.into());
            };
            at = next;
        }
        match at.simple_type() {
            Some(_) => Ok(()),
            None if at.has_open_content() || at.content_is_mixed() => Ok(()),
            None => Err(Trouble::KeyPathNoValue { path: self.written.clone() }.into()),
        }
    }

    /// The value at the first place of the argument that the path fits, its white space collapsed.
    pub fn value_in(&self, root: Element<'_>) -> Option<String> {
        self.below(root, &self.elements)
    }

    fn below(&self, element: Element<'_>, steps: &[Step]) -> Option<String> {
        match (steps.split_first(), &self.attribute) {
            (Some((step, rest)), _) => element
                .children()
                .filter(|child| step.fits(child.namespace(), child.local()))
                .find_map(|child| self.below(child, rest)),
            (None, Some(step)) => element
                .attributes()
                .find(|attribute| step.fits(attribute.namespace(), attribute.local()))
                .map(|attribute| collapse(&attribute.value())),
            (None, None) => Some(collapse(&element.text())),
        }
    }
}

impl Step {
    fn fits(&self, namespace: &str, local: &str) -> bool {
        *self.local == *local && self.namespace.as_ref().is_none_or(|wanted| **wanted == *namespace)
    }
}

/// White space as `xs:token` has it (XML Schema part 2 §4.3.6): runs become one space, none at the ends.
pub(super) fn collapse(text: &str) -> String {
    text.split([' ', '\t', '\r', '\n']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Splits at `/` outside braces, since a namespace holds slashes.
fn split(path: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    let whole = (!path.is_empty()).then_some(path);
    whole.into_iter().flat_map(move |path| {
        path.split(move |c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == '/' && depth <= 0
        })
    })
}

fn step(text: &str) -> Option<Step> {
    let name: QName = text.parse().ok()?;
    Some(Step { namespace: text.starts_with('{').then_some(name.namespace), local: name.local })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_xml::{Document, Limits};

    const ARGUMENT: &str = r#"<Search xmlns="urn:search" kind=" all  of
      them "><Empty/><Person><Name>Мария</Name></Person><Person id="7"><EGN>
        8001010008 </EGN></Person></Search>"#;

    fn value(path: &str) -> Option<String> {
        let document = Document::read(ARGUMENT, &Limits::default()).unwrap();
        KeyPath::parse(path).unwrap().value_in(document.root())
    }

    #[test]
    fn the_first_place_that_fits_gives_the_value() {
        assert_eq!(value("Person/EGN").as_deref(), Some("8001010008"));
        assert_eq!(value("Person/@id").as_deref(), Some("7"));
        assert_eq!(value("@kind").as_deref(), Some("all of them"));
        assert_eq!(value("{urn:search}Person/{urn:search}EGN").as_deref(), Some("8001010008"));
        assert_eq!(value("Empty").as_deref(), Some(""));
        assert_eq!(value("EGN"), None);
        assert_eq!(value("{urn:other}Person/EGN"), None);
    }

    #[test]
    fn a_text_that_is_no_path_is_refused() {
        for text in ["", "/EGN", "EGN/", "A//B", "A/@", "@", "A@b", "@a/B", "A B", "x:EGN"] {
            assert!(KeyPath::parse(text).is_err_and(|problem| problem.code == "sample-key-shape"), "{text:?}");
        }
    }
}
