//! Markup as words, and words as paragraphs.

use super::escape::escape;
use super::kinds::{is_inline, is_silent, name};
use kapia_xml::{Element, Event};

/// The words of an element, blanks collapsed.
pub(super) fn of(element: Element<'_>) -> String {
    let mut out = String::new();
    let mut silent = 0_u32;
    for event in element.events() {
        match event {
            Event::Start(start) if is_silent(start) => silent += 1,
            Event::End(end) if is_silent(end) => silent = silent.saturating_sub(1),
            Event::Start(start) if !is_inline(&name(start)) => out.push(' '),
            Event::Text(text) if silent == 0 => out.push_str(&text.value()),
            _ => {}
        }
    }
    collapsed(&out)
}

/// A text with single spaces.
pub(super) fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Plain text as paragraphs: an empty line parts them, a line end breaks the line.
pub(crate) fn paragraphs(text: &str) -> String {
    let mut out = String::new();
    let text = text.replace("\r\n", "\n");
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        out.push_str("<p>");
        for (at, line) in paragraph.lines().enumerate() {
            if at > 0 {
                out.push_str("<br>");
            }
            escape(line.trim(), &mut out);
        }
        out.push_str("</p>");
    }
    out
}

/// What a person would read if the tags were not there.
pub(super) fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        let tag_like = tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match tag.split_once('>') {
            Some((_, after)) if tag_like => {
                out.push(' ');
                rest = after;
            }
            _ => {
                out.push('<');
                rest = tag;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The named characters of HTML that documents of administrations hold, as characters; the five of XML stay.
pub(super) fn with_known_entities(text: &str) -> String {
    const KNOWN: [(&str, &str); 20] = [
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
        ("&euro;", "€"),
        ("&sect;", "§"),
        ("&copy;", "©"),
        ("&reg;", "®"),
        ("&deg;", "°"),
        ("&times;", "×"),
        ("&middot;", "·"),
        ("&bull;", "•"),
        ("&shy;", "\u{ad}"),
    ];
    if !text.contains('&') {
        return text.to_owned();
    }
    KNOWN.iter().fold(text.to_owned(), |text, (name, character)| text.replace(name, character))
}
