//! Which elements stand within a line, and which say nothing to people.

use kapia_xml::{Element, Event};

/// Elements whose content is not text for people.
const SILENT: [&str; 16] = [
    "script", "style", "template", "iframe", "object", "embed", "applet", "noscript", "svg", "math", "head", "title",
    "textarea", "select", "option", "audio",
];

/// The name, whatever its case.
pub(super) fn name(element: Element<'_>) -> String {
    element.local().to_ascii_lowercase()
}

/// Whether nothing in it is for people.
pub(super) fn is_silent(element: Element<'_>) -> bool {
    SILENT.contains(&name(element).as_str())
}

/// Whether it stands within a line.
pub(super) fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "b"
            | "big"
            | "br"
            | "cite"
            | "code"
            | "del"
            | "em"
            | "font"
            | "i"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "q"
            | "s"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "tt"
            | "u"
            | "var"
            | "time"
    )
}

/// Whether there is a block anywhere in the element.
pub(super) fn holds_blocks(element: Element<'_>) -> bool {
    element.events().skip(1).any(|event| matches!(event, Event::Start(start) if !is_inline(&name(start))))
}
