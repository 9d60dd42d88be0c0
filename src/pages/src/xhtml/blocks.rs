//! What stands on lines of its own: paragraphs, headings, lists.

use super::escape::escape;
use super::inline::{says_something, trimmed};
use super::kinds::{holds_blocks, is_inline, is_silent, name};
use super::words;
use kapia_xml::{Element, Node};

/// Deeper markup is flattened to its text.
pub(super) const DEEPEST: u32 = 24;

/// HTML as far as it is written.
pub(super) struct Builder {
    pub(super) out: String,
    level: u8,
    pub(super) depth: u32,
}

impl Builder {
    /// Nothing yet; headings will have this level.
    pub fn new(level: u8) -> Builder {
        Builder { out: String::new(), level: level.clamp(2, 6), depth: 0 }
    }

    /// The HTML of what is in an element.
    pub fn run(mut self, element: Element<'_>) -> String {
        self.blocks(element);
        self.out
    }

    /// The content of an element where blocks stand; words between blocks become paragraphs.
    fn blocks(&mut self, element: Element<'_>) {
        let mut run = String::new();
        self.depth += 1;
        for node in element.nodes() {
            match node {
                Node::Text(text) => escape(&text.value(), &mut run),
                Node::Element(child) if is_silent(child) => {}
                Node::Element(child) if is_inline(&name(child)) && !holds_blocks(child) => self.inline(child, &mut run),
                Node::Element(child) => {
                    self.paragraph(&mut run);
                    if self.depth < DEEPEST {
                        self.block(child);
                    } else {
                        escape(&words::of(child), &mut run);
                    }
                }
                _ => {}
            }
        }
        self.paragraph(&mut run);
        self.depth -= 1;
    }

    fn paragraph(&mut self, run: &mut String) {
        let text = trimmed(run);
        if says_something(text) {
            self.out.push_str("<p>");
            self.out.push_str(text);
            self.out.push_str("</p>");
        }
        run.clear();
    }

    fn block(&mut self, element: Element<'_>) {
        match name(element).as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = self.level;
                self.wrapped_inline(element, &format!("h{level}"), &format!("h{level}"));
            }
            "ul" => self.list(element, "ul"),
            "ol" => self.list(element, "ol"),
            "dl" => self.definitions(element),
            "blockquote" => self.wrapped_blocks(element, "blockquote"),
            "hr" => self.out.push_str("<hr>"),
            "table" => self.table(element),
            "pre" => self.wrapped_inline(element, "p", "p"),
            // Paragraphs, divisions, and everything unknown: what is in them.
            _ => self.blocks(element),
        }
    }

    fn wrapped_blocks(&mut self, element: Element<'_>, tag: &str) {
        let mark = self.out.len();
        self.out.push_str(&format!("<{tag}>"));
        let inner = self.out.len();
        self.blocks(element);
        if self.out.len() == inner {
            self.out.truncate(mark);
        } else {
            self.out.push_str(&format!("</{tag}>"));
        }
    }

    fn wrapped_inline(&mut self, element: Element<'_>, open: &str, close: &str) {
        let mut run = String::new();
        self.inline_content(element, &mut run);
        let text = trimmed(&run);
        if says_something(text) {
            self.out.push_str(&format!("<{open}>{text}</{close}>"));
        }
    }

    /// Every child of a list is an item, as HTML wants it.
    fn list(&mut self, element: Element<'_>, tag: &str) {
        let mark = self.out.len();
        self.out.push_str(&format!("<{tag}>"));
        let inner = self.out.len();
        for child in element.children().filter(|child| !is_silent(*child)) {
            let before = self.out.len();
            self.out.push_str("<li>");
            let item = self.out.len();
            match name(child).as_str() {
                "li" => self.item(child),
                "ul" | "ol" => self.nested(child),
                _ => self.item(child),
            }
            if self.out.len() == item {
                self.out.truncate(before);
            } else {
                self.out.push_str("</li>");
            }
        }
        self.end(mark, inner, tag);
    }

    fn nested(&mut self, element: Element<'_>) {
        self.depth += 1;
        if self.depth < DEEPEST {
            self.block(element);
        } else {
            let text = words::of(element);
            escape(&text, &mut self.out);
        }
        self.depth -= 1;
    }

    /// An item of words alone has no paragraph around them.
    pub(super) fn item(&mut self, element: Element<'_>) {
        if holds_blocks(element) {
            self.blocks(element);
        } else {
            let mut run = String::new();
            self.inline_content(element, &mut run);
            let text = trimmed(&run);
            if says_something(text) {
                self.out.push_str(text);
            }
        }
    }

    fn definitions(&mut self, element: Element<'_>) {
        let mark = self.out.len();
        self.out.push_str("<dl>");
        let inner = self.out.len();
        let mut has_term = false;
        for child in element.children() {
            match name(child).as_str() {
                "dt" => {
                    self.wrapped_inline(child, "dt", "dt");
                    has_term = self.out.ends_with("</dt>");
                }
                "dd" if has_term => self.wrapped_blocks(child, "dd"),
                _ => {}
            }
        }
        self.end(mark, inner, "dl");
    }

    pub(super) fn end(&mut self, mark: usize, inner: usize, tag: &str) {
        if self.out.len() == inner {
            self.out.truncate(mark);
        } else {
            self.out.push_str(&format!("</{tag}>"));
        }
    }
}
