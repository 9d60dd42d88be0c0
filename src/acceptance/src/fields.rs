//! Every field of an answer can be hidden alone.

use kapia_adapter::Operation;
use kapia_schema::FieldTree;
use kapia_xml::{Document, Element, Limits, XSI_NAMESPACE};

use crate::check;
use crate::record::Record;
use crate::text::finding;

/// The filter of the gate, as the checks use it.
pub trait Filter: Send + Sync {
    /// An answer as a consumer gets it who may see everything but one field, with what is below it: `hidden` is its path
    /// below the root, local names, an attribute with `@`. `None`: rights cannot name the field.
    fn without(&self, answer: &Document, fields: &FieldTree, hidden: &str) -> Option<Vec<u8>>;
}

/// Fields of a recursive type are hidden this often inside themselves.
const RECURSION: usize = 1;

pub(crate) fn look(operation: &Operation, answer: &Document, filter: &dyn Filter, record: &mut Record) {
    let fields = &operation.response.fields;
    let mut paths: Vec<String> = fields.walk(RECURSION).map(|field| local_path(field.path())).collect();
    paths.sort();
    paths.dedup();
    for path in paths {
        record.look(check::FILTER);
        let code = match filter.without(answer, fields, &path) {
            None => "field-unnamed",
            Some(octets) => match Document::read(octets, &Limits::default()) {
                Err(_) => "field-breaks",
                Ok(document) if occurs(document.root(), &steps(&path)) => "field-stays",
                Ok(_) => continue,
            },
        };
        record.find(finding(check::FILTER, code, &[("path", &path)]).of_operation(operation.name.as_str()));
    }
}

/// Whether anything stands at a path; an element that is nil says nothing and does not count.
fn occurs(element: Element<'_>, steps: &[&str]) -> bool {
    match steps {
        [] => {
            let nil = element.attribute(XSI_NAMESPACE, "nil").is_some_and(|nil| matches!(&*nil, "true" | "1"));
            !(nil && element.children().next().is_none() && element.text().is_empty())
        }
        [attribute] if attribute.starts_with('@') => {
            element.attributes().any(|known| Some(known.local()) == attribute.strip_prefix('@'))
        }
        [step, rest @ ..] => element.children().filter(|child| child.local() == *step).any(|child| occurs(child, rest)),
    }
}

fn steps(path: &str) -> Vec<&str> {
    path.split('/').collect()
}

/// The path of a field without namespaces: rights know local names.
fn local_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for c in path.chars() {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_counts_where_it_stands_and_not_when_it_is_nil() {
        let text = r#"<R xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><A k="1"><B/></A><C i:nil="true"/></R>"#;
        let document = Document::read(text, &Limits::default()).unwrap();
        for (path, there) in [("A", true), ("A/B", true), ("A/@k", true), ("B", false), ("A/@x", false), ("C", false)] {
            assert_eq!(occurs(document.root(), &steps(path)), there, "{path}");
        }
        assert_eq!(local_path("A/{http://x/y}B/@{urn:z}c"), "A/B/@c");
    }
}
