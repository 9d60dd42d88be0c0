//! Comparing documents, and finding the types of generated modules.
#![allow(dead_code)]

pub mod program;

use std::path::Path;

use kapia_xml::{Document, Element, Limits, Node};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// How much of what means nothing is left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Prefixes, comments, instructions, blanks between elements, `xsi:schemaLocation`, `xsi:nil` written in another way.
    Strict,
    /// Also blanks around values, and `xsi:type`.
    Loose,
}

/// The content of a document in one form: attributes in order, names expanded. `None` if it is not well-formed.
pub fn normal(octets: &[u8], form: Form) -> Option<String> {
    let document = Document::read(octets.to_vec(), &Limits::default()).ok()?;
    let mut out = String::new();
    element(document.root(), form, &mut out);
    Some(out)
}

fn element(this: Element<'_>, form: Form, out: &mut String) {
    out.push_str(&format!("\n<{}", this.name()));
    let mut attributes: Vec<String> = this
        .attributes()
        .filter_map(|attribute| match (attribute.namespace(), attribute.local()) {
            (XSI, "schemaLocation" | "noNamespaceSchemaLocation") => None,
            (XSI, "nil") => matches!(attribute.value().trim(), "true" | "1").then(|| "nil".to_owned()),
            (XSI, "type") if form == Form::Loose => None,
            (XSI, "type") => {
                let value = attribute.value();
                let (prefix, local) = value.trim().split_once(':').unwrap_or(("", value.trim()));
                Some(format!("type={{{}}}{local}", this.resolve(prefix).unwrap_or("?")))
            }
            _ => Some(format!("{}={:?}", attribute.name(), attribute.value())),
        })
        .collect();
    attributes.sort();
    out.push_str(&attributes.join(" "));
    let has_children = this.children().next().is_some();
    let mut text = String::new();
    for node in this.nodes() {
        match node {
            Node::Element(child) => {
                flush(&mut text, has_children, form, out);
                element(child, form, out);
            }
            Node::Text(part) => text.push_str(&part.value()),
            _ => {}
        }
    }
    flush(&mut text, has_children, form, out);
    out.push_str("\n>");
}

fn flush(text: &mut String, has_children: bool, form: Form, out: &mut String) {
    let text = std::mem::take(text);
    let blank = text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
    let shown = match form {
        Form::Strict => text,
        Form::Loose => {
            text.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        }
    };
    if !(shown.is_empty() || blank && has_children) {
        out.push_str(&format!("\n{shown:?}"));
    }
}

/// The name of the root of a file, as `{namespace}local` or `local`.
pub fn root(file: &Path) -> Option<String> {
    let document = Document::read(std::fs::read(file).ok()?, &Limits::default()).ok()?;
    let root = document.root();
    Some(match root.namespace() {
        "" => root.local().to_owned(),
        namespace => format!("{{{namespace}}}{}", root.local()),
    })
}
