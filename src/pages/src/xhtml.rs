//! Markup of records, written anew: only what is on the list comes out, whatever went in.
//!
//! A record's texts may hold a little XHTML (horizontal-systems §3.3). It was checked when the record came; here it is read
//! again and built from nothing, so that no page depends on that check. What comes out nests as HTML wants it: blocks in
//! blocks, items in lists, cells in rows, no empty headings or links.
//!
//! [`blocks`] and [`tables`] build what stands on lines of its own, [`inline`] what stands within a line, [`kinds`] knows which
//! element is what; [`words`] is markup without the markup, [`escape`] text and addresses.

mod blocks;
mod escape;
mod inline;
mod kinds;
mod tables;
mod words;

pub(crate) use escape::{escape, language_tag, link};
pub(crate) use words::paragraphs;

use blocks::Builder;
use kapia_xml::{Document, Element, Limits};

/// Safe HTML from the content of an element: either markup as children, or markup written as text; headings get `level`.
pub(crate) fn of_element(element: Element<'_>, level: u8) -> String {
    if element.children().next().is_some() {
        return Builder::new(level).run(element);
    }
    of_text(&element.text(), level)
}

/// Safe HTML from markup written as text; what is not well-formed is taken for plain text.
pub(crate) fn of_text(text: &str, level: u8) -> String {
    if !text.contains(['<', '&']) {
        return paragraphs(text);
    }
    match document(text) {
        Some(document) => Builder::new(level).run(document.root()),
        None => paragraphs(&words::without_tags(text)),
    }
}

/// The words of markup, without the markup, blanks collapsed: for summaries, feeds and search engines.
pub(crate) fn plain(element: Element<'_>) -> String {
    if element.children().next().is_some() {
        return words::of(element);
    }
    let text = element.text();
    if !text.contains(['<', '&']) {
        return words::collapsed(&text);
    }
    match document(&text) {
        Some(document) => words::of(document.root()),
        None => words::collapsed(&words::without_tags(&text)),
    }
}

fn document(text: &str) -> Option<Document> {
    let limits = Limits { depth: 64, attributes: 32, ..Limits::default() };
    Document::read(format!("<div>{}</div>", words::with_known_entities(text)), &limits).ok()
}
