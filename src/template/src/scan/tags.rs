//! The literal text of a template, character by character: where tags begin and end, and what stands in them.

use std::ops::Range;

use kapia_schema::Field;

use super::{AttributeRule, ElementRule, Misplaced, Scan};
use crate::fault::Fault;
use crate::marks::{ATTRIBUTE, ATTRIBUTE_END, CONTENT, CONTENT_END, ELEMENT, ELEMENT_END, Mark};
use kapia_xml::{XML_NAMESPACE, XSI_NAMESPACE};

/// Where in a document the reading stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Text,
    /// After `<`.
    Less,
    Name,
    InTag,
    AttributeName,
    /// After the name of an attribute, before its value.
    Equals,
    Value {
        quote: u8,
    },
    /// After the `/` of a tag that is both start and end.
    Slash,
    EndName,
    /// In a comment, a CDATA section or a processing instruction, until this ends it.
    Until(&'static str),
}

/// A start tag that is being read.
#[derive(Default)]
pub(super) struct Tag {
    start: usize,
    name: String,
    attributes: Vec<Attribute>,
    /// Where the white space before the next attribute begins.
    gap: usize,
    pub dynamic: bool,
    /// Whether the attribute that is being read declares a namespace.
    pub declares: bool,
}

#[derive(Default)]
struct Attribute {
    start: usize,
    end: usize,
    name: String,
    value: String,
    values: Vec<usize>,
    /// The branches that it stands in.
    branches: Vec<(usize, usize)>,
}

impl Attribute {
    /// Whether both can be in the tag at the same time: not if they stand in different branches of one block.
    fn meets(&self, other: &Attribute) -> bool {
        let apart = |(block, branch): &(usize, usize)| {
            other.branches.iter().any(|(there, other)| there == block && other != branch)
        };
        !self.branches.iter().any(apart)
    }
}

impl Tag {
    pub fn value_of(&mut self, expression: usize) {
        if let Some(attribute) = self.attributes.last_mut() {
            attribute.values.push(expression);
        }
    }
}

/// An element that is not ended yet.
pub(super) struct Open {
    pub start: usize,
    pub name: String,
    pub dynamic: bool,
    content: usize,
    field: Option<Field>,
    declares_xsi: bool,
    scope: Vec<(String, String)>,
}

impl Scan<'_> {
    pub(super) fn literal(&mut self, range: Range<usize>) -> Result<(), Misplaced> {
        let source = self.source;
        let text = &source[range.clone()];
        if self.in_skeleton() {
            self.skeleton.push_str(text);
        } else {
            self.lines(range.clone());
        }
        self.tag.gap = range.start;
        let mut at = range.start;
        while at < range.end {
            let rest = &source[at..range.end];
            let first = rest.as_bytes()[0];
            at += match self.state {
                State::Text => self.text(at, rest)?,
                State::Until(end) => match rest.find(end) {
                    Some(found) => {
                        self.state = State::Text;
                        found + end.len()
                    }
                    None => rest.len(),
                },
                State::Less => self.less(at, rest)?,
                State::Name | State::AttributeName | State::EndName => self.name(at, rest)?,
                State::InTag | State::Slash => self.in_tag(at, first)?,
                State::Equals => self.equals(at, first)?,
                State::Value { quote } => self.value(at, rest, quote),
            };
        }
        match self.state {
            State::Text | State::InTag | State::Value { .. } | State::Until(_) => Ok(()),
            _ if range.end == source.len() => Ok(()),
            _ => Err((range.end, Fault::new("template-place"))),
        }
    }

    fn text(&mut self, at: usize, rest: &str) -> Result<usize, Misplaced> {
        let plain = rest.find('<').unwrap_or(rest.len());
        if self.open.is_empty() && !rest[..plain].trim_matches('\u{feff}').trim().is_empty() {
            return Err((at, Fault::new("template-text-outside")));
        }
        if plain == 0 {
            self.state = State::Less;
            return Ok(1);
        }
        let between_elements = |open: &Open| open.field.as_ref().is_some_and(Field::is_element_only);
        if self.open.last().is_some_and(between_elements)
            && rest[..plain].bytes().all(|octet| octet.is_ascii_whitespace())
        {
            self.blanks.push(at..at + plain);
        }
        Ok(plain)
    }

    fn less(&mut self, at: usize, rest: &str) -> Result<usize, Misplaced> {
        for (begin, end) in [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")] {
            if rest.starts_with(begin) {
                self.state = State::Until(end);
                return Ok(begin.len());
            }
        }
        if rest.starts_with('!') {
            return Err((at - 1, Fault::new("template-declaration")));
        }
        if rest.starts_with('/') {
            self.tag = Tag { start: at - 1, ..Tag::default() };
            self.state = State::EndName;
            return Ok(1);
        }
        self.tag = Tag { start: at - 1, gap: at, ..Tag::default() };
        self.state = State::Name;
        Ok(0)
    }

    fn name(&mut self, at: usize, rest: &str) -> Result<usize, Misplaced> {
        let end = rest.find(|c: char| c.is_ascii_whitespace() || "=/><\"'".contains(c)).unwrap_or(rest.len());
        let name = &rest[..end];
        if name.is_empty() {
            return Err((at, Fault::new("template-name-empty")));
        }
        self.tag.gap = at + end;
        match self.state {
            State::Name => {
                self.tag.name = name.to_owned();
                self.state = State::InTag;
            }
            State::AttributeName => {
                if let Some((attribute, earlier)) = self.tag.attributes.split_last_mut() {
                    attribute.name = name.to_owned();
                    if earlier.iter().any(|other| other.name == name && other.meets(attribute)) {
                        return Err((at, Fault::new("template-attribute-twice").with("attribute", name)));
                    }
                }
                self.tag.declares = name == "xmlns" || name.starts_with("xmlns:");
                self.state = State::Equals;
            }
            _ => {
                let blanks = rest[end..].len() - rest[end..].trim_start().len();
                if !rest[end + blanks..].starts_with('>') {
                    return Err((at, Fault::new("template-end-tag").with("element", name)));
                }
                self.end_element(name, at + end + blanks + 1)?;
                self.state = State::Text;
                return Ok(end + blanks + 1);
            }
        }
        Ok(end)
    }

    fn in_tag(&mut self, at: usize, first: u8) -> Result<usize, Misplaced> {
        match (self.state, first) {
            (_, b'>') => {
                let empty = self.state == State::Slash;
                self.state = State::Text;
                self.start_element(at + 1)?;
                if empty {
                    let name = self.tag.name.clone();
                    self.end_element(&name, at + 1)?;
                }
                Ok(1)
            }
            (State::InTag, b'/') => {
                self.state = State::Slash;
                Ok(1)
            }
            (State::InTag, octet) if octet.is_ascii_whitespace() => Ok(1),
            (State::InTag, _) => {
                let branches = self.branches();
                self.tag.attributes.push(Attribute { start: self.tag.gap, branches, ..Attribute::default() });
                self.state = State::AttributeName;
                Ok(0)
            }
            _ => Err((at, Fault::new("template-tag-open"))),
        }
    }

    fn equals(&mut self, at: usize, first: u8) -> Result<usize, Misplaced> {
        match first {
            b'=' => Ok(1),
            b'"' | b'\'' => {
                self.state = State::Value { quote: first };
                Ok(1)
            }
            octet if octet.is_ascii_whitespace() => Ok(1),
            _ => Err((at, Fault::new("template-attribute-quotes"))),
        }
    }

    fn value(&mut self, at: usize, rest: &str, quote: u8) -> usize {
        let end = rest.find(char::from(quote));
        let Some(attribute) = self.tag.attributes.last_mut() else { return rest.len() };
        attribute.value.push_str(&rest[..end.unwrap_or(rest.len())]);
        match end {
            Some(end) => {
                attribute.end = at + end + 1;
                self.tag.gap = at + end + 1;
                self.tag.declares = false;
                self.state = State::InTag;
                end + 1
            }
            None => rest.len(),
        }
    }

    fn start_element(&mut self, content: usize) -> Result<(), Misplaced> {
        let tag = std::mem::take(&mut self.tag);
        let mut scope = self.open.last().map(|open| open.scope.clone()).unwrap_or_default();
        let mut declares_xsi = false;
        for attribute in &tag.attributes {
            let prefix = match attribute.name.strip_prefix("xmlns") {
                Some("") => "",
                Some(prefix) if prefix.starts_with(':') => &prefix[1..],
                _ => continue,
            };
            declares_xsi |= prefix == "xsi";
            scope.retain(|(known, _)| known != prefix);
            scope.push((prefix.to_owned(), attribute.value.clone()));
        }
        let field = self.field_of(&tag, &scope)?;
        let path = field.as_ref().map_or_else(String::new, |field| match field.path() {
            "" => field.local().to_owned(),
            path => path.to_owned(),
        });
        for attribute in tag.attributes.iter().filter(|attribute| !attribute.values.is_empty()) {
            self.attribute(field.as_ref(), &path, attribute, &scope)?;
        }
        if self.open.is_empty() {
            self.roots.least += 1;
            self.roots.most += 1;
        }
        if self.roots.most > 1 {
            return Err((tag.start, Fault::new("template-root-repeated")));
        }
        self.open.push(Open {
            start: tag.start,
            name: tag.name.clone(),
            dynamic: tag.dynamic,
            content,
            field,
            declares_xsi,
            scope,
        });
        // The name is needed once more where the tag is also the end of the element.
        self.tag.name = tag.name;
        Ok(())
    }

    fn field_of(&self, tag: &Tag, scope: &[(String, String)]) -> Result<Option<Field>, Misplaced> {
        let Some(root) = &self.root else { return Ok(None) };
        let (namespace, local) = expanded(&tag.name, scope, true);
        let segment = format!("{{{namespace}}}{local}");
        let Some(parent) = self.open.last() else {
            if root.name().to_string() == segment || namespace.is_empty() && root.name().to_string() == local {
                return Ok(Some(root.clone()));
            }
            let fault = Fault::new("template-root").with("expected", root.name().to_string()).with("found", segment);
            return Err((tag.start, fault));
        };
        let Some(above) = &parent.field else { return Ok(None) };
        let children: Vec<Field> = above.children().into_iter().filter(|child| !child.is_attribute()).collect();
        let found = children.iter().find(|child| child.local() == local && &*child.name().namespace == namespace);
        match found {
            Some(field) => Ok(Some(field.clone())),
            None if above.has_open_content() => Ok(None),
            None => {
                let same = children.iter().find(|child| child.local() == local);
                let fault = match same {
                    Some(other) => Fault::new("template-element-namespace")
                        .with("element", tag.name.clone())
                        .with("expected", other.name().namespace.to_string()),
                    None => Fault::new("template-element-unknown")
                        .with("element", tag.name.clone())
                        .with("parent", parent.name.clone())
                        .known(local, children.iter().map(Field::local)),
                };
                Err((tag.start, fault))
            }
        }
    }

    /// An attribute with a value in it; one that the schema does not name is left as it is.
    fn attribute(
        &mut self,
        element: Option<&Field>,
        path: &str,
        attribute: &Attribute,
        scope: &[(String, String)],
    ) -> Result<(), Misplaced> {
        let (namespace, local) = expanded(&attribute.name, scope, false);
        let Some(element) = element.filter(|_| namespace != XSI_NAMESPACE) else { return Ok(()) };
        let Some(field) = element.child(&format!("@{{{namespace}}}{local}")) else { return Ok(()) };
        let number = self.rules.attributes.len();
        self.rules.attributes.push(AttributeRule {
            path: format!("{path}/@{local}"),
            optional: !field.is_required(),
            accepts_empty: field.simple_type().is_none_or(|simple| simple.accepts_empty()),
            literal: !attribute.value.trim().is_empty(),
        });
        self.marks.push(Mark { at: attribute.start, sign: ATTRIBUTE, number: Some(number) });
        self.marks.push(Mark { at: attribute.end, sign: ATTRIBUTE_END, number: None });
        Ok(())
    }

    fn end_element(&mut self, name: &str, end: usize) -> Result<(), Misplaced> {
        let start = self.tag.start;
        if self.open.len() <= self.closed_to() {
            return Err((end - 1, Fault::new("template-branch-end").with("element", name)));
        }
        let Some(open) = self.open.pop() else {
            return Err((end - 1, Fault::new("template-branch-end").with("element", name)));
        };
        if open.name != name {
            let fault = Fault::new("template-end-tag-other").with("expected", open.name).with("found", name);
            return Err((end - 1, fault));
        }
        let Some(field) = open.field.filter(|_| open.dynamic) else { return Ok(()) };
        let number = self.rules.elements.len();
        let is_root = self.open.is_empty();
        self.rules.elements.push(ElementRule {
            path: if is_root { field.local().to_owned() } else { field.path().to_owned() },
            optional: !is_root && !field.is_required(),
            nillable: field.is_nillable(),
            accepts_empty: field.simple_type().is_none_or(|simple| simple.accepts_empty()),
            declares_xsi: open.declares_xsi,
        });
        self.marks.push(Mark { at: open.start, sign: ELEMENT, number: Some(number) });
        // A tag that is start and end at once has no content to mark.
        if open.content < end {
            self.marks.push(Mark { at: open.content, sign: CONTENT, number: None });
            self.marks.push(Mark { at: start, sign: CONTENT_END, number: None });
        }
        self.marks.push(Mark { at: end, sign: ELEMENT_END, number: None });
        Ok(())
    }
}

/// Namespace and local name; only elements take the default namespace.
fn expanded<'n>(name: &'n str, scope: &'n [(String, String)], element: bool) -> (&'n str, &'n str) {
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    if prefix == "xml" {
        return (XML_NAMESPACE, local);
    }
    if prefix.is_empty() && !element {
        return ("", local);
    }
    let namespace = scope.iter().find(|(known, _)| known == prefix).map_or("", |(_, uri)| uri.as_str());
    (namespace, local)
}
