//! Values that a message says once and refers to: what PHP's client makes of equal arrays, though nobody encodes.
//!
//! `<Tax id="ref1">…</Tax> … <Tax href="#ref1"/>` (NOTE-SOAP-20000508 §5.1), and `enc:id`, `enc:ref` in SOAP 1.2 (part 2 §3.1.5).

use std::collections::HashMap;

use kapia_xml::{Element, Event, Node, Writer};

use crate::fault::{Code, Fault};

const ENCODING: &str = "http://www.w3.org/2003/05/soap-encoding";

/// How many references may lead to references.
const DEEPEST: u32 = 8;

/// The request with all references replaced by what they refer to; `None` when there are none. Written out it may be at
/// most `largest` octets long.
pub(crate) fn resolved(request: Element<'_>, largest: usize) -> Option<Result<Vec<u8>, Fault>> {
    let mut targets = HashMap::new();
    let mut refers = false;
    for event in request.events() {
        let Event::Start(element) = event else { continue };
        if let Some(name) = identifier(element) {
            targets.insert(name, element);
        }
        refers |= reference(element).is_some();
    }
    if targets.is_empty() && !refers {
        return None;
    }
    let mut copy = Copy { targets, left: largest, writer: Writer::with_capacity(request.span().len()) };
    Some(copy.element(request, 0).map(|()| copy.writer.into_bytes()))
}

fn identifier(element: Element<'_>) -> Option<String> {
    let found = element.attribute("", "id").or_else(|| element.attribute(ENCODING, "id"))?;
    Some(found.into_owned())
}

fn reference(element: Element<'_>) -> Option<String> {
    let found = element.attribute("", "href").or_else(|| element.attribute(ENCODING, "ref"))?;
    Some(found.trim_start_matches('#').to_owned())
}

struct Copy<'d> {
    targets: HashMap<String, Element<'d>>,
    left: usize,
    writer: Writer,
}

impl<'d> Copy<'d> {
    fn element(&mut self, element: Element<'d>, depth: u32) -> Result<(), Fault> {
        let (source, depth) = match reference(element) {
            Some(name) => {
                let target = self.targets.get(&name).copied().filter(|_| depth < DEEPEST);
                (target.ok_or_else(|| Fault::new(Code::SchemaViolation).at("/"))?, depth + 1)
            }
            None => (element, depth),
        };
        // Few octets may refer to many, many times.
        let length =
            source.nodes().map(|node| if let Node::Text(text) = node { text.value().len() } else { 0 }).sum::<usize>();
        self.left = self
            .left
            .checked_sub(length + 2 * element.local().len() + 5)
            .ok_or_else(|| Fault::new(Code::SchemaViolation).at("/"))?;
        let kept = |namespace: &str, local: &str| {
            !(namespace.is_empty() && matches!(local, "id" | "href") || namespace == ENCODING)
        };
        let attributes: Vec<_> = source
            .attributes()
            .filter(|attribute| kept(attribute.namespace(), attribute.local()))
            .map(|attribute| (attribute.prefix(), attribute.namespace(), attribute.local(), attribute.value()))
            .collect();
        let attributes: Vec<(&str, &str, &str, &str)> = attributes
            .iter()
            .map(|(prefix, namespace, local, value)| (*prefix, *namespace, *local, value.as_ref()))
            .collect();
        self.writer.start(element.prefix(), element.namespace(), element.local(), &[], &attributes);
        for node in source.nodes() {
            match node {
                Node::Element(child) => self.element(child, depth)?,
                Node::Text(text) => self.writer.text(&text.value()),
                Node::Comment(_) | Node::Instruction { .. } => {}
            }
        }
        self.writer.end();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_xml::{Document, Limits};

    fn of(text: &str) -> Option<Result<String, Code>> {
        let document = Document::read(text.to_owned(), &Limits::default()).unwrap();
        let resolved = resolved(document.root(), 10_000)?;
        Some(resolved.map(|octets| String::from_utf8(octets).unwrap()).map_err(|fault| fault.code))
    }

    #[test]
    fn a_reference_becomes_what_it_refers_to() {
        assert_eq!(of("<r><a>1</a></r>"), None);
        let expected = "<r><a l=\"x\"><b>1</b></a><a l=\"x\"><b>1</b></a></r>";
        assert_eq!(of("<r><a id='1' l='x'><b>1</b></a><a href='#1'/></r>").unwrap().unwrap(), expected);
        let second = format!("<r xmlns:e='{ENCODING}'><a e:id='1' l='x'><b>1</b></a><a e:ref='1'>old</a></r>");
        assert_eq!(of(&second).unwrap().unwrap(), expected);
    }

    #[test]
    fn references_that_lead_nowhere_or_in_circles_or_too_far_are_refused() {
        assert_eq!(of("<r><a href='#none'/></r>"), Some(Err(Code::SchemaViolation)));
        assert_eq!(of("<r><a id='1'><b href='#1'/></a></r>"), Some(Err(Code::SchemaViolation)));
        let mut laughing = String::from("<r><a id='0'>ha</a>");
        for level in 1..8 {
            let before = format!("<b href='#{}'/>", level - 1);
            laughing += &format!("<a id='{level}'>{}</a>", before.repeat(8));
        }
        assert_eq!(of(&(laughing + "</r>")), Some(Err(Code::SchemaViolation)));
    }
}
