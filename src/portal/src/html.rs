//! The subset of XHTML that descriptions may hold: read as XML, checked against a list, written anew.
//!
//! Nothing of what was sent reaches a page as it came: [`safe`] writes only the elements and attributes of the list.

use std::borrow::Cow;

use kapia_xml::{Document, Element, Limits, Node, XML_NAMESPACE, escape_attribute, escape_text};

const XHTML: &str = "http://www.w3.org/1999/xhtml";

const ELEMENTS: [&str; 38] = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "ul",
];
const MORE_ELEMENTS: [&str; 5] = ["col", "colgroup", "tfoot", "thead", "u"];
const VOID: [&str; 3] = ["br", "hr", "col"];

/// Why a text is no allowed fragment. It never says what stands there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Disallowed {
    /// The fragment is not well-formed.
    #[error("the fragment is not well-formed")]
    Malformed,
    /// An element outside the list.
    #[error("an element is outside the allowed list")]
    Element,
    /// An attribute outside the list.
    #[error("an attribute is outside the allowed list")]
    Attribute,
    /// A link to something other than http, https, mailto or tel.
    #[error("a link leads to something other than http, https, mailto or tel")]
    Link,
    /// A processing instruction.
    #[error("a processing instruction stands in the fragment")]
    Instruction,
}

/// Whether a text is an allowed fragment; text without any markup is.
pub fn check(text: &str) -> Result<(), Disallowed> {
    match read(text)? {
        Some(document) => check_inside(document.root()),
        None => Ok(()),
    }
}

/// The fragment as HTML that may stand in a page as it is; `None` when it is not allowed.
pub fn safe(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len() + 16);
    match read(text).ok()? {
        Some(document) => {
            check_inside(document.root()).ok()?;
            write_inside(document.root(), &mut out);
        }
        None => escape_text(text, &mut out),
    }
    String::from_utf8(out).ok()
}

/// The text of a fragment without markup, words kept apart, for search; of a fragment that is not allowed nothing.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    match read(text) {
        Ok(Some(document)) => {
            for event in document.root().events() {
                match event {
                    kapia_xml::Event::Text(text) => out.push_str(&text.value()),
                    _ => out.push(' '),
                }
            }
        }
        Ok(None) => out.push_str(text),
        Err(_) => {}
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The document of a fragment; `None` for a text that holds no markup at all.
fn read(text: &str) -> Result<Option<Document>, Disallowed> {
    let limits = Limits { bytes: 1 << 20, depth: 48, attributes: 16, tokens: 200_000, ..Limits::default() };
    let wrapped = format!("<div xmlns=\"{XHTML}\">{}</div>", without_named_entities(text));
    match Document::read(wrapped, &limits) {
        Ok(document) => Ok(Some(document)),
        Err(_) if !text.contains('<') => Ok(None),
        Err(_) => Err(Disallowed::Malformed),
    }
}

fn check_inside(parent: Element<'_>) -> Result<(), Disallowed> {
    for node in parent.nodes() {
        match node {
            Node::Element(element) => {
                check_element(element)?;
                check_inside(element)?;
            }
            Node::Instruction { .. } => return Err(Disallowed::Instruction),
            Node::Text(_) | Node::Comment(_) => {}
        }
    }
    Ok(())
}

fn check_element(element: Element<'_>) -> Result<(), Disallowed> {
    let local = element.local();
    if element.namespace() != XHTML || !(ELEMENTS.contains(&local) || MORE_ELEMENTS.contains(&local)) {
        return Err(Disallowed::Element);
    }
    for attribute in element.attributes() {
        if !attribute_is_allowed(local, attribute.namespace(), attribute.local()) {
            return Err(Disallowed::Attribute);
        }
        if attribute.local() == "href" && !link_is_safe(&attribute.value()) {
            return Err(Disallowed::Link);
        }
    }
    Ok(())
}

fn attribute_is_allowed(element: &str, namespace: &str, local: &str) -> bool {
    match (namespace, local) {
        (XML_NAMESPACE, "lang") => true,
        ("", "lang" | "dir" | "title") => true,
        ("", "href" | "rel" | "target") => element == "a",
        ("", "colspan" | "rowspan" | "scope") => matches!(element, "td" | "th"),
        ("", "start" | "type") => element == "ol",
        ("", "span") => matches!(element, "col" | "colgroup"),
        _ => false,
    }
}

/// Whether an address may be offered as a link: http, https, mailto or tel, without blanks or control characters.
pub fn link_is_safe(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme))
        && !address.chars().any(|character| character.is_control() || character.is_whitespace())
}

fn write_inside(parent: Element<'_>, out: &mut Vec<u8>) {
    for node in parent.nodes() {
        match node {
            Node::Element(element) => write_element(element, out),
            Node::Text(text) => escape_text(&text.value(), out),
            Node::Comment(_) | Node::Instruction { .. } => {}
        }
    }
}

fn write_element(element: Element<'_>, out: &mut Vec<u8>) {
    let local = element.local();
    out.push(b'<');
    out.extend_from_slice(local.as_bytes());
    for attribute in element.attributes() {
        // What a link opens must not reach back into the page.
        if matches!(attribute.local(), "rel" | "target") {
            continue;
        }
        out.push(b' ');
        out.extend_from_slice(attribute.local().as_bytes());
        out.extend_from_slice(b"=\"");
        escape_attribute(&attribute.value(), out);
        out.push(b'"');
    }
    if local == "a" {
        out.extend_from_slice(b" rel=\"noopener noreferrer\"");
    }
    out.push(b'>');
    if !VOID.contains(&local) {
        write_inside(element, out);
        out.extend_from_slice(b"</");
        out.extend_from_slice(local.as_bytes());
        out.push(b'>');
    }
}

/// The entities of HTML that XML does not know, as characters; editors write them all the time.
fn without_named_entities(text: &str) -> Cow<'_, str> {
    const NAMED: [(&str, &str); 18] = [
        ("&nbsp;", "\u{a0}"),
        ("&laquo;", "«"),
        ("&raquo;", "»"),
        ("&bdquo;", "„"),
        ("&ldquo;", "“"),
        ("&rdquo;", "”"),
        ("&lsquo;", "‘"),
        ("&rsquo;", "’"),
        ("&ndash;", "–"),
        ("&mdash;", "—"),
        ("&hellip;", "…"),
        ("&bull;", "•"),
        ("&middot;", "·"),
        ("&sect;", "§"),
        ("&deg;", "°"),
        ("&euro;", "€"),
        ("&copy;", "©"),
        ("&shy;", "\u{ad}"),
    ];
    let mut text = Cow::Borrowed(text);
    for (entity, character) in NAMED {
        if text.contains(entity) {
            text = Cow::Owned(text.replace(entity, character));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_editor_writes_is_allowed() {
        for text in [
            "",
            "Такса & срок",
            "<p>По <strong>чл.&nbsp;5</strong><br/>и <a href=\"https://example.bg/x?a=1&amp;b=2\">тук</a></p>",
            "<table><thead><tr><th scope=\"col\">A</th></tr></thead><tbody><tr><td colspan=\"2\">1</td></tr></tbody></table>",
            "<p xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"bg\">x</p><!-- note -->",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn nothing_that_runs_passes() {
        for (text, expected) in [
            ("<script>alert(1)</script>", Disallowed::Element),
            ("<p onclick=\"x()\">a</p>", Disallowed::Attribute),
            ("<p style=\"x\">a</p>", Disallowed::Attribute),
            ("<a href=\"javascript:x()\">a</a>", Disallowed::Link),
            ("<a href=\" JaVaScript:x()\">a</a>", Disallowed::Link),
            ("<a href=\"java&#10;script:x()\">a</a>", Disallowed::Link),
            ("<a href=\"data:text/html,x\">a</a>", Disallowed::Link),
            ("<a href=\"//example.bg\">a</a>", Disallowed::Link),
            ("<img src=\"https://example.bg/a.png\"/>", Disallowed::Element),
            ("<svg xmlns=\"http://www.w3.org/2000/svg\"><a/></svg>", Disallowed::Element),
            ("<p xmlns=\"urn:other\">a</p>", Disallowed::Element),
            ("<iframe/>", Disallowed::Element),
            ("<?php x ?>", Disallowed::Instruction),
            ("<p>a", Disallowed::Malformed),
            ("</div><script/><div>", Disallowed::Element),
            ("</div><div>", Disallowed::Malformed),
            ("<!DOCTYPE p><p/>", Disallowed::Malformed),
        ] {
            let found = check(text);
            assert!(found.is_err(), "{text}");
            if expected != Disallowed::Element || !text.starts_with("</") {
                assert_eq!(found, Err(expected), "{text}");
            }
            assert_eq!(safe(text), None, "{text}");
        }
    }

    #[test]
    fn a_fragment_is_written_anew() {
        let text = "<p title='a\"b'>1 &lt; 2<!-- x --><br/><a href=\"https://example.bg\" target=\"_top\">y</a></p>";
        assert_eq!(
            safe(text).unwrap(),
            "<p title=\"a&quot;b\">1 &lt; 2<br><a href=\"https://example.bg\" rel=\"noopener noreferrer\">y</a></p>"
        );
        assert_eq!(safe("1 < 2").as_deref(), None);
        assert_eq!(safe("a & b").as_deref(), Some("a &amp; b"));
    }

    #[test]
    fn words_stay_apart_without_markup() {
        assert_eq!(plain("<ul><li>едно</li><li>две&nbsp;и</li></ul>"), "едно две и");
        assert_eq!(plain("a & b"), "a & b");
        assert_eq!(plain("<p>"), "");
    }

    proptest::proptest! {
        #[test]
        fn what_is_safe_stays_safe_and_the_same(text in "[<>/a-z\"= &;:.]{0,80}") {
            if let Some(once) = safe(&text) {
                let again = once.replace("<br>", "<br/>").replace("<hr>", "<hr/>").replace("<col>", "<col/>");
                proptest::prop_assert_eq!(check(&again), Ok(()));
            }
        }
    }
}
