//! A schema out of an example: what is there, with names for people to correct.

use std::collections::BTreeMap;

use kapia_xml::{Document, Element, QName, XSI_NAMESPACE, escape_attribute};

/// The schema of a document; the error says why none can be made.
pub(crate) fn schema(document: &Document) -> Result<String, &'static str> {
    let root = document.root();
    let namespace = root.namespace();
    let mut shape = Shape::default();
    shape.take(root);
    shape.one_namespace(namespace)?;
    let mut out = String::from("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"");
    if !namespace.is_empty() {
        out.push_str(&format!(" targetNamespace=\"{0}\" elementFormDefault=\"qualified\"", escaped(namespace)));
    }
    out.push_str(">\n");
    shape.write(root.local(), "", 1, namespace, &mut out);
    out.push_str("</xs:schema>\n");
    Ok(out)
}

/// What stands at one place of a document, taken over all its occurrences.
#[derive(Default)]
struct Shape {
    seen: usize,
    children: Vec<(QName, Shape)>,
    /// How often each child stood in one parent, at least and at most.
    counts: BTreeMap<QName, (usize, usize)>,
    /// In how many occurrences an attribute stood.
    attributes: BTreeMap<String, usize>,
    values: Vec<String>,
}

impl Shape {
    fn take(&mut self, element: Element<'_>) {
        let mut here: BTreeMap<QName, usize> = BTreeMap::new();
        for child in element.children() {
            let name = QName::new(child.namespace(), child.local());
            *here.entry(name.clone()).or_default() += 1;
            let at = self.children.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
                self.children.push((name, Shape::default()));
                self.children.len() - 1
            });
            if let Some((_, shape)) = self.children.get_mut(at) {
                shape.take(child);
            }
        }
        for (name, _) in &self.children {
            let count = here.get(name).copied().unwrap_or(0);
            let known =
                self.counts.entry(name.clone()).or_insert(if self.seen == 0 { (count, count) } else { (0, count) });
            *known = (known.0.min(count), known.1.max(count));
        }
        for attribute in element.attributes().filter(|attribute| attribute.namespace() != XSI_NAMESPACE) {
            *self.attributes.entry(attribute.local().to_owned()).or_default() += 1;
        }
        if element.children().next().is_none() {
            self.values.push(element.text().trim().to_owned());
        }
        self.seen += 1;
    }

    fn one_namespace(&self, namespace: &str) -> Result<(), &'static str> {
        let known = |name: &QName| name.namespace.is_empty() || *name.namespace == *namespace;
        match self.children.iter().all(|(name, _)| known(name)) {
            true => self.children.iter().try_for_each(|(_, shape)| shape.one_namespace(namespace)),
            false => Err("its elements are in several namespaces"),
        }
    }

    fn write(&self, local: &str, occurs: &str, depth: usize, namespace: &str, out: &mut String) {
        let indent = "  ".repeat(depth);
        let simple = self.children.is_empty() && self.attributes.is_empty();
        if simple {
            out.push_str(&format!("{indent}<xs:element name=\"{local}\" type=\"{}\"{occurs}/>\n", self.simple_type()));
            return;
        }
        out.push_str(&format!("{indent}<xs:element name=\"{local}\"{occurs}>\n{indent}  <xs:complexType>\n"));
        let inner = format!("{indent}    ");
        if self.children.is_empty() {
            out.push_str(&format!(
                "{inner}<xs:simpleContent>\n{inner}<xs:extension base=\"{}\">\n",
                self.simple_type()
            ));
        } else {
            out.push_str(&format!("{inner}<xs:sequence>\n"));
            for (name, shape) in &self.children {
                let (least, most) = self.counts.get(name).copied().unwrap_or((1, 1));
                let mut occurs = String::new();
                if least == 0 {
                    occurs.push_str(" minOccurs=\"0\"");
                }
                if most > 1 {
                    occurs.push_str(" maxOccurs=\"unbounded\"");
                }
                if name.namespace.is_empty() && !namespace.is_empty() {
                    occurs.push_str(" form=\"unqualified\"");
                }
                shape.write(&name.local, &occurs, depth + 3, namespace, out);
            }
            out.push_str(&format!("{inner}</xs:sequence>\n"));
        }
        for (name, count) in &self.attributes {
            let needed = if *count == self.seen { " use=\"required\"" } else { "" };
            out.push_str(&format!("{inner}<xs:attribute name=\"{name}\" type=\"xs:string\"{needed}/>\n"));
        }
        if self.children.is_empty() {
            out.push_str(&format!("{inner}</xs:extension>\n{inner}</xs:simpleContent>\n"));
        }
        out.push_str(&format!("{indent}  </xs:complexType>\n{indent}</xs:element>\n"));
    }

    /// Only what cannot be mistaken: digits may be an identifier with a zero in front, so they stay text.
    fn simple_type(&self) -> &'static str {
        let all = |fits: &dyn Fn(&str) -> bool| !self.values.is_empty() && self.values.iter().all(|value| fits(value));
        if all(&|value| is_date(value)) {
            "xs:date"
        } else if all(&|value| value.split_once('T').is_some_and(|(day, clock)| is_date(day) && is_clock(clock))) {
            "xs:dateTime"
        } else if all(&|value| matches!(value, "true" | "false")) {
            "xs:boolean"
        } else {
            "xs:string"
        }
    }
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<u32>().ok());
    lengths == [4, 2, 2]
        && number(0).is_some()
        && number(1).is_some_and(|month| (1..=12).contains(&month))
        && number(2).is_some_and(|day| (1..=28).contains(&day) || (29..=31).contains(&day))
}

fn is_clock(text: &str) -> bool {
    text.len() >= 8
        && text
            .chars()
            .enumerate()
            .take(8)
            .all(|(at, c)| if at == 2 || at == 5 { c == ':' } else { c.is_ascii_digit() })
}

fn escaped(text: &str) -> String {
    let mut out = Vec::new();
    escape_attribute(text, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_schema::{Memory, Options, SchemaSet};
    use kapia_xml::Limits;

    #[test]
    fn the_example_is_valid_under_its_own_schema() {
        for text in [
            r#"<A xmlns="urn:a"><B k="1">x</B><B>y</B><C><D>2026-01-31</D></C><C/></A>"#,
            "<A><EGN>0042089937</EGN><On>true</On><At>2026-01-31T10:00:00</At></A>",
            r#"<p:A xmlns:p="urn:a"><B>unqualified</B></p:A>"#,
        ] {
            let document = Document::read(text, &Limits::default()).unwrap();
            let schema = super::schema(&document).unwrap();
            let set = SchemaSet::load("a.xsd", &Memory::new().with("a.xsd", schema.clone())).unwrap();
            let report = set.validate(document.root(), &Options::default());
            assert!(report.is_valid(), "{schema}\n{:?}", report.violations);
            assert!(!schema.contains("integer"), "{schema}");
        }
    }
}
