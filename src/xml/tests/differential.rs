//! The reader against an independent strict one, on mutated documents.
#![allow(clippy::unwrap_used)]

use kapia_xml::{Document, Limits};
use proptest::prelude::*;

/// Pieces that, joined at random, give documents on both sides of well-formedness.
const PIECES: &[&str] = &[
    "<a>",
    "</a>",
    "<b x='1'>",
    "</b>",
    "<p:c xmlns:p='u'>",
    "</p:c>",
    "<d/>",
    "<p:e/>",
    "text",
    "Текст",
    " ",
    "\n",
    "\r",
    "&amp;",
    "&#65;",
    "&#x1;",
    "&x;",
    "&",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "--",
    "<?pi data?>",
    "<?xml version='1.0'?>",
    "<a xmlns='v' y=\"&quot;\">",
    "<a y='1' y='2'>",
    "<",
    ">",
    "\"",
    "'",
    "=",
    "<a p:x='1' xmlns:p='w'>",
    "]]",
    "\u{FFFE}",
    "<!DOCTYPE a>",
    ":",
    "<a:>",
    "<Ж ж='я'>",
    "</Ж>",
    "/>",
    "<f\n\tg = 'h'\n>",
    "</f\n>",
];

fn ours(text: &str) -> Option<String> {
    let document = Document::read(text.as_bytes().to_vec(), &Limits::default()).ok()?;
    let mut out = String::new();
    fn walk(element: kapia_xml::Element<'_>, out: &mut String) {
        out.push_str(&format!("<{}", element.name()));
        let mut attributes: Vec<String> =
            element.attributes().map(|a| format!(" {}={:?}", a.name(), a.value())).collect();
        attributes.sort();
        out.push_str(&attributes.concat());
        out.push('>');
        out.push_str(&format!("{:?}", element.text()));
        element.children().for_each(|child| walk(child, out));
        out.push_str("</>");
    }
    walk(document.root(), &mut out);
    Some(out)
}

fn theirs(text: &str) -> Option<String> {
    let document = roxmltree::Document::parse(text).ok()?;
    let mut out = String::new();
    let name = |namespace: Option<&str>, local: &str| match namespace {
        Some(namespace) if !namespace.is_empty() => format!("{{{namespace}}}{local}"),
        _ => local.to_owned(),
    };
    fn walk(node: roxmltree::Node<'_, '_>, name: &dyn Fn(Option<&str>, &str) -> String, out: &mut String) {
        out.push_str(&format!("<{}", name(node.tag_name().namespace(), node.tag_name().name())));
        let mut attributes: Vec<String> =
            node.attributes().map(|a| format!(" {}={:?}", name(a.namespace(), a.name()), a.value())).collect();
        attributes.sort();
        out.push_str(&attributes.concat());
        out.push('>');
        let text: String = node.children().filter(|child| child.is_text()).filter_map(|child| child.text()).collect();
        out.push_str(&format!("{text:?}"));
        node.children().filter(|child| child.is_element()).for_each(|child| walk(child, name, out));
        out.push_str("</>");
    }
    walk(document.root_element(), &name, &mut out);
    Some(out)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_readers_accept_the_same_documents_with_the_same_content(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..14),
        wrap in any::<bool>(),
    ) {
        let joined = pieces.concat();
        let text = if wrap { format!("<r>{joined}</r>") } else { joined };
        // XML 1.0 §2.11: a carriage return alone is a line feed; the other reader keeps one that a reference follows.
        let theirs = theirs(&text).map(|content| content.replace("\\r", "\\n"));
        prop_assert_eq!(ours(&text), theirs, "{}", text);
    }
}
