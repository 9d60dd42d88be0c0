//! What the schema leaves open: elements and content as they stand, complete with the namespaces that they need.

use crate::content::TypeName;
use crate::{Content, Limits, Reader, Result, Writer, characters};

/// An attribute that the schema does not name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Attribute {
    /// The prefix that it had; empty without a namespace.
    pub prefix: String,
    /// The namespace, empty for none.
    pub namespace: String,
    /// The local name.
    pub local: String,
    /// The value.
    pub value: String,
}

/// An element that the schema does not name (`xs:any`), as XML text that stands on its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RawElement(String);

impl RawElement {
    /// Takes a text that is one well-formed element.
    pub fn parse(xml: &str) -> Result<RawElement> {
        /// Reads one element of any name.
        struct Whole(RawElement);
        impl Content for Whole {
            fn read(r: &mut Reader<'_>) -> Result<Self> {
                r.any(&[crate::First::Any]).map(Whole)
            }
            fn write(&self, _: &mut Writer) {}
        }
        impl crate::Document for Whole {
            const NAMESPACE: &'static str = "";
            const NAME: &'static str = "raw";
            const PREFIXED: bool = false;
        }
        let whole = format!("<raw>{xml}</raw>");
        Reader::document::<Whole>(whole.as_bytes(), &Limits::default(), &[]).map(|whole| whole.0)
    }

    /// The element as XML text, with every namespace declaration that it needs.
    pub fn as_xml(&self) -> &str {
        &self.0
    }

    /// Cut out of a document: what it needs of the declarations around it goes into its start tag.
    pub(crate) fn captured(text: &str, outer: &[(String, String)]) -> RawElement {
        let name = text.find([' ', '\t', '\r', '\n', '>', '/']).unwrap_or(text.len());
        let (head, rest) = text.split_at(name);
        let mut xml = String::with_capacity(text.len());
        xml.push_str(head);
        for (prefix, namespace) in outer {
            if needed(prefix, namespace, text) {
                declare(prefix, namespace, &mut xml);
            }
        }
        xml.push_str(rest);
        RawElement(xml)
    }

    /// Whether the start tag says what the default namespace is.
    pub(crate) fn declares_default(&self) -> bool {
        // Only a complete `>` outside quotes ends the tag.
        let mut quote = None;
        for (at, octet) in self.0.bytes().enumerate() {
            match (quote, octet) {
                (None, b'"' | b'\'') => quote = Some(octet),
                (None, b'>') => return false,
                (None, b'x') if self.0.as_bytes()[..at].last().is_some_and(u8::is_ascii_whitespace) => {
                    let rest = self.0.get(at..).and_then(|rest| rest.strip_prefix("xmlns"));
                    if rest.is_some_and(|rest| rest.trim_start().starts_with('=')) {
                        return true;
                    }
                }
                (Some(open), octet) if open == octet => quote = None,
                _ => {}
            }
        }
        false
    }
}

/// Everything in an element that the schema leaves open (`xs:anyType`, mixed content): attributes and markup.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct RawContent {
    attributes: Vec<Attribute>,
    /// Prefix and namespace, `""` as prefix being the default; what the markup needs from around it.
    declarations: Vec<(String, String)>,
    markup: String,
}

impl RawContent {
    /// Text alone.
    pub fn from_text(text: &str) -> RawContent {
        let mut markup = String::new();
        characters::escape_text(text, &mut markup);
        RawContent { markup, ..RawContent::default() }
    }

    /// Elements alone, one after the other.
    pub fn from_elements<'e>(elements: impl IntoIterator<Item = &'e RawElement>) -> RawContent {
        RawContent { markup: elements.into_iter().map(RawElement::as_xml).collect(), ..RawContent::default() }
    }

    /// The attributes.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The content as it stands between the tags; its prefixes are those of [`RawContent::declarations`].
    pub fn markup(&self) -> &str {
        &self.markup
    }

    /// The namespaces that the markup takes from around it: prefix (`""`: default) and namespace.
    pub fn declarations(&self) -> &[(String, String)] {
        &self.declarations
    }

    /// The text, if there is nothing but text.
    pub fn text(&self) -> Option<String> {
        /// Reads text.
        struct Text(String);
        impl Content for Text {
            fn read(r: &mut Reader<'_>) -> Result<Self> {
                r.text().map(Text)
            }
            fn write(&self, _: &mut Writer) {}
        }
        impl crate::Document for Text {
            const NAMESPACE: &'static str = "";
            const NAME: &'static str = "raw";
            const PREFIXED: bool = false;
        }
        let whole = format!("<raw>{}</raw>", self.markup);
        let read: Result<Text> = Reader::document(whole.as_bytes(), &Limits::default(), &[]);
        read.ok().map(|text| text.0)
    }

    pub(crate) fn captured(markup: &str, attributes: Vec<Attribute>, outer: &[(String, String)]) -> RawContent {
        let used = |prefix: &str, namespace: &str| {
            needed(prefix, namespace, markup)
                || attributes.iter().any(|known| known.prefix == prefix || mentions(&known.value, prefix))
        };
        let keep = |(prefix, namespace): &&(String, String)| match prefix.is_empty() {
            // Only elements take the default; an attribute value may name a type with it.
            true => markup.contains('<') || attributes.iter().any(|known| known.namespace == crate::XSI),
            false => used(prefix, namespace),
        };
        let declarations = outer.iter().filter(keep).cloned().collect();
        RawContent { attributes, declarations, markup: markup.to_owned() }
    }
}

impl Content for RawContent {
    const TYPE: TypeName = TypeName::Own;

    fn read(r: &mut Reader<'_>) -> Result<Self> {
        r.raw()
    }

    fn write(&self, w: &mut Writer) {
        w.raw(self);
    }
}

impl Content for RawElement {
    fn read(r: &mut Reader<'_>) -> Result<Self> {
        r.any(&[crate::First::Any])
    }

    fn write(&self, w: &mut Writer) {
        w.any(self);
    }
}

/// Whether a declaration may mean something in this text.
fn needed(prefix: &str, namespace: &str, text: &str) -> bool {
    match prefix {
        "" => !namespace.is_empty(),
        prefix => mentions(text, prefix),
    }
}

/// Whether `prefix:` stands in the text: in a name, or in a value that is one.
fn mentions(text: &str, prefix: &str) -> bool {
    text.match_indices(prefix).any(|(at, _)| text[at + prefix.len()..].starts_with(':'))
}

pub(crate) fn declare(prefix: &str, namespace: &str, out: &mut String) {
    out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
    out.push_str(prefix);
    out.push_str("=\"");
    characters::escape_attribute(namespace, out);
    out.push('"');
}
