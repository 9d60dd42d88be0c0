//! One normal form of documents, by a reader that is not ours: what exclusive canonical XML keeps, without white space
//! between elements, comments and instructions.

use roxmltree::{Document, Node};

/// The normal form of a whole document.
pub fn normal(document: &str) -> String {
    let document = Document::parse(document).unwrap_or_else(|error| panic!("{error}"));
    let mut out = String::new();
    write(document.root_element(), &mut out);
    out
}

/// The normal forms of the one element in `Request` and the one in `Response` of a reply.
pub fn normal_data(reply: &str) -> (String, String) {
    let document = Document::parse(reply).unwrap();
    let inside = |local: &str| {
        let container = document
            .descendants()
            .find(|node| node.tag_name().name() == local && node.attribute("id") == Some(&local.to_lowercase()))
            .unwrap();
        let mut out = String::new();
        write(container.first_element_child().unwrap(), &mut out);
        out
    };
    (inside("Request"), inside("Response"))
}

fn write(element: Node<'_, '_>, out: &mut String) {
    let name = element.tag_name();
    let prefix = prefix(element);
    out.push_str(&format!("<{prefix}:{{{}}}{}", name.namespace().unwrap_or_default(), name.name()));
    let mut attributes: Vec<String> = element
        .attributes()
        .map(|attribute| {
            let namespace = attribute.namespace().unwrap_or_default();
            let is_type = attribute.name() == "type" && namespace.ends_with("/XMLSchema-instance");
            let value = if is_type { resolved(element, attribute.value()) } else { attribute.value().to_owned() };
            format!(" {{{namespace}}}{}={value:?}", attribute.name())
        })
        .collect();
    attributes.sort();
    out.push_str(&attributes.concat());
    out.push('>');
    let mixed = element.children().any(|child| child.is_element());
    let mut text = String::new();
    for child in element.children() {
        if child.is_text() {
            text.push_str(child.text().unwrap_or_default());
        } else if child.is_element() {
            flush(&mut text, mixed, out);
            write(child, out);
        }
    }
    flush(&mut text, mixed, out);
    out.push_str("</>");
}

fn flush(text: &mut String, mixed: bool, out: &mut String) {
    let blank = text.bytes().all(|octet| b" \t\r\n".contains(&octet));
    let is_layout = mixed && blank;
    if !text.is_empty() && !is_layout {
        out.push_str(&format!("{text:?}"));
    }
    text.clear();
}

/// The prefix as it is written.
fn prefix<'t>(element: Node<'t, '_>) -> &'t str {
    let source = element.document().input_text();
    let name = &source[element.range().start + 1..];
    let end = name.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap();
    name[..end].split_once(':').map_or("", |(prefix, _)| prefix)
}

fn resolved(element: Node<'_, '_>, name: &str) -> String {
    let (prefix, local) = name.trim().split_once(':').unwrap_or(("", name.trim()));
    let prefix = Some(prefix).filter(|prefix| !prefix.is_empty());
    format!("{{{}}}{local}", element.lookup_namespace_uri(prefix).unwrap_or_default())
}
