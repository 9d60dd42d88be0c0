//! What stands within a line: words, emphasis, links.

use super::blocks::{Builder, DEEPEST};
use super::escape::{escape, link};
use super::kinds::{is_inline, is_silent, name};
use super::words;
use kapia_xml::{Element, Node};

impl Builder {
    pub(super) fn inline_content(&mut self, element: Element<'_>, run: &mut String) {
        for node in element.nodes() {
            match node {
                Node::Text(text) => escape(&text.value(), run),
                Node::Element(child) if is_silent(child) => {}
                Node::Element(child) => self.inline(child, run),
                _ => {}
            }
        }
    }

    pub(super) fn inline(&mut self, element: Element<'_>, run: &mut String) {
        self.depth += 1;
        if self.depth >= DEEPEST {
            escape(&words::of(element), run);
            self.depth -= 1;
            return;
        }
        let name = name(element);
        let kept = match name.as_str() {
            "b" | "strong" => Some("strong"),
            "i" | "em" | "cite" | "var" => Some("em"),
            "sub" => Some("sub"),
            "sup" => Some("sup"),
            "br" => {
                run.push_str("<br>");
                None
            }
            _ => None,
        };
        let mut inner = String::new();
        self.inline_content(element, &mut inner);
        match (name.as_str(), kept) {
            ("a", _) => match element.attribute("", "href").and_then(|href| link(&href)) {
                Some(href) if says_something(&inner) && !inner.contains("<a ") => {
                    run.push_str("<a href=\"");
                    escape(&href, run);
                    run.push_str("\" rel=\"external nofollow noopener\">");
                    run.push_str(&inner);
                    run.push_str("</a>");
                }
                _ => run.push_str(&inner),
            },
            (_, Some(tag)) if says_something(&inner) => run.push_str(&format!("<{tag}>{inner}</{tag}>")),
            (known, _) if is_inline(known) => run.push_str(&inner),
            // A block where only words can stand keeps its distance.
            _ => {
                run.push(' ');
                run.push_str(&inner);
                run.push(' ');
            }
        }
        self.depth -= 1;
    }
}

/// HTML without blanks and line breaks at its ends.
pub(super) fn trimmed(html: &str) -> &str {
    let mut text = html.trim();
    loop {
        let shorter = text.trim_end_matches("<br>").trim_start_matches("<br>").trim();
        if shorter.len() == text.len() {
            return text;
        }
        text = shorter;
    }
}

/// Whether there is anything but tags and blanks in the HTML that this module wrote.
pub(super) fn says_something(html: &str) -> bool {
    let mut in_tag = false;
    html.chars().any(|character| match character {
        '<' => {
            in_tag = true;
            false
        }
        '>' => {
            in_tag = false;
            false
        }
        other => !in_tag && !other.is_whitespace(),
    })
}
