//! Writing XML for people to read: two blanks for each level.

use kapia_xml::{escape_attribute, escape_text};

/// XML with line breaks.
pub(crate) struct Markup {
    out: Vec<u8>,
    open: Vec<String>,
    /// How many levels are around what is written.
    around: usize,
}

/// An attribute: name and value.
pub(crate) type Attribute<'a> = (&'a str, &'a str);

impl Markup {
    /// Begins with the declaration of XML.
    pub fn new() -> Markup {
        Markup { out: b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec(), open: Vec::new(), around: 0 }
    }

    /// A part that will stand this many levels deep.
    pub fn at(around: usize) -> Markup {
        Markup { out: Vec::new(), open: Vec::new(), around }
    }

    /// Puts in a part that was written for this place.
    pub fn append(&mut self, part: Markup) {
        self.out.extend_from_slice(&part.out);
    }

    pub fn start(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.tag(name, attributes);
        self.out.extend_from_slice(b">\n");
        self.open.push(name.to_owned());
    }

    pub fn end(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.out.extend_from_slice(format!("</{name}>\n").as_bytes());
        }
    }

    pub fn empty(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.tag(name, attributes);
        self.out.extend_from_slice(b"/>\n");
    }

    /// An element with text; nothing if there is none.
    pub fn text(&mut self, name: &str, attributes: &[Attribute<'_>], text: &str) {
        if text.is_empty() {
            return;
        }
        self.tag(name, attributes);
        self.out.push(b'>');
        escape_text(text, &mut self.out);
        self.out.extend_from_slice(format!("</{name}>\n").as_bytes());
    }

    pub fn into_text(self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    fn tag(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        self.indent();
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        for (name, value) in attributes {
            self.out.push(b' ');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape_attribute(value, &mut self.out);
            self.out.push(b'"');
        }
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n(b' ', (self.around + self.open.len()) * 2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_indented_and_values_escaped() {
        let mut markup = Markup::new();
        markup.start("a", &[("b", "\"<")]);
        markup.empty("c", &[]);
        markup.text("d", &[], "");
        markup.text("e", &[], "<&");
        markup.end();
        let expected =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&quot;&lt;\">\n  <c/>\n  <e>&lt;&amp;</e>\n</a>\n";
        assert_eq!(markup.into_text(), expected);
    }
}
