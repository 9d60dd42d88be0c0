//! What is made out of an example beside it: the indented document, the form, the template of an answer.

use kapia_regix::form::{Form, FormField};
use kapia_schema::{Builtin, Field, FieldTree};
use kapia_xml::{Document, Element, escape_attribute, escape_text};

/// The document with one element on a line.
pub(crate) fn indented(document: &Document) -> Vec<u8> {
    let mut out = Vec::new();
    write(document.root(), 0, &|element| element.text().into_owned(), &mut out);
    out
}

/// The document with other values, one element on a line.
pub(crate) fn written(root: Element<'_>, value: &dyn Fn(Element<'_>) -> String) -> Vec<u8> {
    let mut out = Vec::new();
    write(root, 0, value, &mut out);
    out
}

/// The document as a template: `row.column` for each value, in a loop over the rows of a query; the columns, and what the
/// document has in them.
pub(crate) fn template(document: &Document, query: &str) -> (String, Vec<(String, String)>) {
    let columns = std::cell::RefCell::new(Vec::<(String, String)>::new());
    let mut inner = Vec::new();
    let root = document.root();
    let value = |element: Element<'_>| {
        let column = column_of(element, root);
        let mut columns = columns.borrow_mut();
        if !columns.iter().any(|(known, _)| *known == column) {
            columns.push((column.clone(), element.text().into_owned()));
        }
        format!("\u{1}{column}\u{2}")
    };
    let mut seen = Vec::new();
    for child in root.children() {
        // What occurs several times is written once: the rows repeat it.
        if !seen.contains(&child.name()) {
            seen.push(child.name());
            write(child, 1, &value, &mut inner);
        }
    }
    let inner = String::from_utf8(inner).unwrap_or_default();
    let inner = inner.replace('\u{1}', "{{ row.").replace('\u{2}', " }}");
    let mut start = Vec::new();
    start_tag(root, &mut start);
    let start = String::from_utf8(start).unwrap_or_default();
    let text = format!("{start}\n  {{% for row in {query} %}}\n{inner}  {{% endfor %}}\n</{}>\n", name_of(root));
    (text, columns.into_inner())
}

/// The column of an element: its name and those above it, as databases write names.
fn column_of(element: Element<'_>, root: Element<'_>) -> String {
    let mut steps = vec![snake(element.local())];
    let mut at = element.parent();
    while let Some(parent) = at.filter(|parent| parent.id() != root.id()) {
        steps.push(snake(parent.local()));
        at = parent.parent();
    }
    steps.reverse();
    steps.join("_")
}

/// `BirthDate` is `birth_date`, `EGN` is `egn`.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut small = false;
    for c in name.chars() {
        if c.is_uppercase() && small {
            out.push('_');
        }
        small = c.is_lowercase() || c.is_numeric();
        out.extend(if c.is_alphanumeric() { c.to_lowercase().collect::<Vec<_>>() } else { vec!['_'] });
    }
    out
}

fn write(element: Element<'_>, depth: usize, value: &dyn Fn(Element<'_>) -> String, out: &mut Vec<u8>) {
    let indent = "  ".repeat(depth);
    out.extend_from_slice(indent.as_bytes());
    start_tag(element, out);
    if element.children().next().is_none() {
        escape_text(&value(element), out);
    } else {
        out.push(b'\n');
        element.children().for_each(|child| write(child, depth + 1, value, out));
        out.extend_from_slice(indent.as_bytes());
    }
    out.extend_from_slice(format!("</{}>\n", name_of(element)).as_bytes());
}

fn start_tag(element: Element<'_>, out: &mut Vec<u8>) {
    let attribute = |name: &str, value: &str, out: &mut Vec<u8>| {
        out.extend_from_slice(format!(" {name}=\"").as_bytes());
        escape_attribute(value, out);
        out.push(b'"');
    };
    out.extend_from_slice(format!("<{}", name_of(element)).as_bytes());
    for (prefix, namespace) in element.declarations() {
        let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        attribute(&name, namespace, out);
    }
    for known in element.attributes() {
        let prefix = if known.prefix().is_empty() { String::new() } else { format!("{}:", known.prefix()) };
        attribute(&format!("{prefix}{}", known.local()), &known.value(), out);
    }
    out.push(b'>');
}

pub(crate) fn name_of(element: Element<'_>) -> String {
    match element.prefix() {
        "" => element.local().to_owned(),
        prefix => format!("{prefix}:{}", element.local()),
    }
}

/// The form of a request: its fields with their labels, in the order of the schema.
pub(crate) fn form(operation: &str, title: &str, request: &FieldTree) -> Form {
    let root = request.root().name();
    Form {
        operation: operation.to_owned(),
        root: root.local.to_string(),
        namespace: root.namespace.to_string(),
        title: title.to_owned(),
        fields: form_fields(&request.root(), 0),
    }
}

fn form_fields(parent: &Field, depth: usize) -> Vec<FormField> {
    let around = parent.name().namespace;
    let children = parent.children().into_iter().filter(|child| !child.is_attribute() && child.repetitions() == 0);
    let field = |(order, child): (usize, Field)| {
        let name = child.name();
        let simple = child.simple_type();
        let values = simple.as_ref().and_then(|simple| simple.enumeration()).unwrap_or_default();
        let kind = match &simple {
            None => "Complex".to_owned(),
            Some(_) if !values.is_empty() => {
                child.type_name().map_or_else(|| format!("{}Type", child.local()), |name| name.local.to_string())
            }
            Some(simple) => kind_of(simple.builtin_ancestor()).to_owned(),
        };
        let repeats = simple.is_none() && child.max_occurs() != Some(1);
        let label = child.documentation().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        FormField {
            label: label.filter(|label| !label.is_empty()).unwrap_or_else(|| child.local().to_owned()),
            namespace: (name.namespace != around).then(|| name.namespace.to_string()),
            required: child.is_required(),
            is_element: true,
            order: i64::try_from(order).ok(),
            identifies: identifies(child.local()),
            kind: if repeats { "Array".to_owned() } else { kind },
            values: values.iter().map(|value| (value.clone(), value.clone())).collect(),
            fields: if simple.is_none() && depth < 8 { form_fields(&child, depth + 1) } else { Vec::new() },
            name: name.local.to_string(),
            line: 0,
        }
    };
    children.enumerate().map(field).collect()
}

fn kind_of(builtin: Builtin) -> &'static str {
    match builtin.name() {
        "date" => "Date",
        "dateTime" => "DateTime",
        "boolean" => "bool",
        "decimal" | "float" | "double" => "decimal",
        "int" | "short" | "byte" | "unsignedShort" | "unsignedByte" => "int",
        "integer" | "long" | "nonNegativeInteger" | "positiveInteger" | "unsignedInt" | "unsignedLong" => "long",
        "base64Binary" => "File",
        _ => "string",
    }
}

/// The bits of the identifier that a field of this name holds (adapter-standard §12).
fn identifies(name: &str) -> u8 {
    match name.to_lowercase().as_str() {
        "egn" => 1,
        "lnch" => 2,
        "eik" | "uic" | "bulstat" => 4,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_xml::Limits;

    #[test]
    fn a_template_has_a_column_for_every_value() {
        let text = r#"<A xmlns="urn:a"><BirthDate>x</BirthDate><Person kind="k"><EGN>1</EGN></Person></A>"#;
        let document = Document::read(text, &Limits::default()).unwrap();
        let (template, columns) = template(&document, "record");
        assert_eq!(columns, [("birth_date", "x"), ("person_egn", "1")].map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert!(template.contains("<BirthDate>{{ row.birth_date }}</BirthDate>"), "{template}");
        assert!(template.contains("{% for row in record %}"), "{template}");
    }
}
