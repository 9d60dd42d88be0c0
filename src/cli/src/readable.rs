//! A document as a person reads it: one line per element, with the labels of its schema.

use crate::paint::Paint;
use kapia_schema::{Field, FieldTree};
use kapia_xml::{Element, XMLNS_NAMESPACE, XSI_NAMESPACE};

/// Longest label, in characters; documentation may be a paragraph.
const LABEL: usize = 70;

/// `element: value` lines, indented by depth, below the root.
pub(crate) fn document(root: Element<'_>, fields: Option<&FieldTree>, paint: Paint) -> String {
    let mut out = String::new();
    line(root, fields.map(FieldTree::root).as_ref(), 0, paint, &mut out);
    out
}

fn line(element: Element<'_>, field: Option<&Field>, depth: usize, paint: Paint, out: &mut String) {
    let indent = "  ".repeat(depth + 1);
    let label = field.and_then(Field::documentation).map(label).filter(|label| !label.is_empty());
    let label = label.map(|label| paint.dim(&format!("  — {label}"))).unwrap_or_default();
    let leaf = element.children().next().is_none();
    let text = element.text();
    let value = match element.attribute(XSI_NAMESPACE, "nil").as_deref() {
        Some("true" | "1") => " ∅".to_owned(),
        _ if leaf && !text.trim().is_empty() => format!(" {}", paint.bold(text.trim())),
        _ => String::new(),
    };
    let colon = if value.is_empty() { "" } else { ":" };
    out.push_str(&format!("{indent}{}{colon}{value}{label}\n", element.local()));
    for attribute in element.attributes() {
        if ![XSI_NAMESPACE, XMLNS_NAMESPACE].contains(&attribute.namespace()) {
            out.push_str(&format!("{indent}  @{}: {}\n", attribute.local(), paint.bold(&attribute.value())));
        }
    }
    for child in element.children() {
        let segment = format!("{{{}}}{}", child.namespace(), child.local());
        let below = field.and_then(|field| field.child(&segment));
        line(child, below.as_ref(), depth + 1, paint, out);
    }
}

/// The first sentence of a documentation, on one line, cut to a length that fits beside a value.
pub(crate) fn label(documentation: &str) -> String {
    let words = documentation.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = words[..sentence_end(&words)].trim_end_matches('.');
    match sentence.char_indices().nth(LABEL) {
        Some((at, _)) => format!("{}…", sentence[..at].trim_end()),
        None => sentence.to_owned(),
    }
}

/// A full stop ends a sentence when a capital follows, and no abbreviation such as „гр.“ stands before it.
fn sentence_end(words: &str) -> usize {
    let ends = |at: &usize| {
        let before = words[..*at].chars().rev().take_while(|c| c.is_alphanumeric()).count();
        let capital = words[at + 1..].trim_start().chars().next().is_some_and(char::is_uppercase);
        before > 3 && capital && words[at + 1..].starts_with(' ')
    };
    words.match_indices('.').map(|(at, _)| at).find(ends).unwrap_or(words.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_schema::{Memory, SchemaSet};
    use kapia_xml::{Document, Limits, QName};

    const SCHEMA: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" elementFormDefault="qualified">
      <xs:element name="Answer"><xs:complexType><xs:sequence>
        <xs:element name="Name" type="xs:string" maxOccurs="2" nillable="true"><xs:annotation>
          <xs:documentation>Име на лицето. Винаги на
            кирилица.</xs:documentation></xs:annotation></xs:element>
      </xs:sequence><xs:attribute name="kind" type="xs:string"/></xs:complexType></xs:element></xs:schema>"#;

    #[test]
    fn an_abbreviation_ends_no_sentence() {
        assert_eq!(
            label("Градът, с означение гр. или с. Пълно название. Още."),
            "Градът, с означение гр. или с. Пълно название"
        );
        assert_eq!(label("Име."), "Име");
    }

    #[test]
    fn every_element_is_a_line_with_its_value_and_label() {
        let schema = SchemaSet::load("a.xsd", &Memory::new().with("a.xsd", SCHEMA)).unwrap();
        let fields = schema.fields(&QName::new("urn:t", "Answer")).unwrap();
        let source = "<Answer xmlns=\"urn:t\" kind=\"k\"><Name> Ана </Name>\
                      <Name xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:nil=\"true\"/></Answer>";
        let document = Document::read(source, &Limits::default()).unwrap();
        assert_eq!(
            super::document(document.root(), Some(&fields), Paint::plain()),
            "  Answer\n    @kind: k\n    Name: Ана  — Име на лицето\n    Name: ∅  — Име на лицето\n"
        );
    }
}
