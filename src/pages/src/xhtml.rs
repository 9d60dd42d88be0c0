//! Markup of records, written anew: only what is on the list comes out, whatever went in.
//!
//! A record's texts may hold a little XHTML (horizontal-systems §3.3). It was checked when the record came; here it is read
//! again and built from nothing, so that no page depends on that check. What comes out nests as HTML wants it: blocks in
//! blocks, items in lists, cells in rows, no empty headings or links.

use kapia_xml::{Document, Element, Event, Limits, Node};

/// Deeper markup is flattened to its text.
const DEEPEST: u32 = 24;

/// Elements whose content is not text for people.
const SILENT: [&str; 16] = [
    "script", "style", "template", "iframe", "object", "embed", "applet", "noscript", "svg", "math", "head", "title",
    "textarea", "select", "option", "audio",
];

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
        None => paragraphs(&without_tags(text)),
    }
}

/// The words of markup, without the markup, blanks collapsed: for summaries, feeds and search engines.
pub(crate) fn plain(element: Element<'_>) -> String {
    if element.children().next().is_some() {
        return words(element);
    }
    let text = element.text();
    if !text.contains(['<', '&']) {
        return collapsed(&text);
    }
    match document(&text) {
        Some(document) => words(document.root()),
        None => collapsed(&without_tags(&text)),
    }
}

fn document(text: &str) -> Option<Document> {
    let limits = Limits { depth: 64, attributes: 32, ..Limits::default() };
    Document::read(format!("<div>{}</div>", with_known_entities(text)), &limits).ok()
}

fn words(element: Element<'_>) -> String {
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

fn collapsed(text: &str) -> String {
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
fn without_tags(text: &str) -> String {
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
fn with_known_entities(text: &str) -> String {
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

/// Text as HTML, in content and in attributes between double quotes.
pub(crate) fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Direction overrides could make a link look like another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\0' => {}
            other => out.push(other),
        }
    }
}

/// An address that a page may link to: web, mail or telephone, and nothing that a browser would run.
pub(crate) fn link(address: &str) -> Option<String> {
    let address = address.trim();
    if address.len() > 2048 || address.chars().any(|c| c.is_control() || c.is_whitespace() || "<>\"\\^`{|}".contains(c))
    {
        return None;
    }
    let (scheme, rest) = address.split_once(':')?;
    let known = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')),
        "mailto" => rest.contains('@'),
        "tel" => !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || "+-().".contains(c)),
        _ => false,
    };
    known.then(|| address.to_owned())
}

/// A name of a language that an attribute may hold (BCP 47, the part that occurs).
pub(crate) fn language_tag(tag: &str) -> Option<&str> {
    let plain = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    (tag.len() <= 35 && tag.split('-').all(plain)).then_some(tag)
}

fn name(element: Element<'_>) -> String {
    element.local().to_ascii_lowercase()
}

fn is_silent(element: Element<'_>) -> bool {
    SILENT.contains(&name(element).as_str())
}

fn is_inline(name: &str) -> bool {
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

struct Builder {
    out: String,
    level: u8,
    depth: u32,
}

impl Builder {
    fn new(level: u8) -> Builder {
        Builder { out: String::new(), level: level.clamp(2, 6), depth: 0 }
    }

    fn run(mut self, element: Element<'_>) -> String {
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
                        escape(&words(child), &mut run);
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
            let text = words(element);
            escape(&text, &mut self.out);
        }
        self.depth -= 1;
    }

    /// An item of words alone has no paragraph around them.
    fn item(&mut self, element: Element<'_>) {
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

    fn end(&mut self, mark: usize, inner: usize, tag: &str) {
        if self.out.len() == inner {
            self.out.truncate(mark);
        } else {
            self.out.push_str(&format!("</{tag}>"));
        }
    }

    /// A table that scrolls by itself where it is too wide; rows and cells only.
    fn table(&mut self, element: Element<'_>) {
        let mark = self.out.len();
        self.out.push_str("<div class=\"scroll\" tabindex=\"0\"><table>");
        let inner = self.out.len();
        for child in element.children() {
            match name(child).as_str() {
                "tr" => self.row(child),
                "thead" | "tbody" | "tfoot" => {
                    child.children().filter(|row| name(*row) == "tr").for_each(|row| self.row(row))
                }
                _ => {}
            }
        }
        if self.out.len() == inner {
            self.out.truncate(mark);
        } else {
            self.out.push_str("</table></div>");
        }
    }

    fn row(&mut self, element: Element<'_>) {
        let mark = self.out.len();
        self.out.push_str("<tr>");
        let inner = self.out.len();
        for cell in element.children() {
            let name = name(cell);
            if name != "td" && name != "th" {
                continue;
            }
            // A heading without words names nothing.
            let tag = if name == "th" && !words(cell).is_empty() { "th" } else { "td" };
            self.out.push_str(&format!("<{tag}"));
            for span in ["colspan", "rowspan"] {
                let asked = cell.attribute("", span).and_then(|value| value.trim().parse::<u16>().ok());
                if let Some(count) = asked.filter(|count| (2..=50).contains(count)) {
                    self.out.push_str(&format!(" {span}=\"{count}\""));
                }
            }
            self.out.push('>');
            self.nested_item(cell);
            self.out.push_str(&format!("</{tag}>"));
        }
        self.end(mark, inner, "tr");
    }

    fn nested_item(&mut self, cell: Element<'_>) {
        self.depth += 1;
        if self.depth < DEEPEST {
            self.item(cell);
        } else {
            let text = words(cell);
            escape(&text, &mut self.out);
        }
        self.depth -= 1;
    }

    fn inline_content(&mut self, element: Element<'_>, run: &mut String) {
        for node in element.nodes() {
            match node {
                Node::Text(text) => escape(&text.value(), run),
                Node::Element(child) if is_silent(child) => {}
                Node::Element(child) => self.inline(child, run),
                _ => {}
            }
        }
    }

    fn inline(&mut self, element: Element<'_>, run: &mut String) {
        self.depth += 1;
        if self.depth >= DEEPEST {
            escape(&words(element), run);
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

/// Whether there is a block anywhere in the element.
fn holds_blocks(element: Element<'_>) -> bool {
    element.events().skip(1).any(|event| matches!(event, Event::Start(start) if !is_inline(&name(start))))
}

/// HTML without blanks and line breaks at its ends.
fn trimmed(html: &str) -> &str {
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
fn says_something(html: &str) -> bool {
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
