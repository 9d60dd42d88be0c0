//! The document as a flat tape of tokens, and the views on it.

use crate::XML_NAMESPACE;
use crate::characters::is_nc_name;
use crate::error::{Lines, Position, XmlError};
use crate::escape::{normalize_line_ends, unescape_attribute, unescape_text};
use crate::limits::Limits;
use crate::names::Name;
use crate::reader;
use crate::scope::Scope;
use bytes::Bytes;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Kind {
    Start,
    End,
    Attribute,
    Declaration,
    #[default]
    Text,
    Cdata,
    Comment,
    Instruction,
}

/// One token. The fields mean by kind:
///
/// | kind | at | length | link | scope | parent |
/// |---|---|---|---|---|---|
/// | Start | `<` | octets of the element | token after its End | scope | parent's Start |
/// | End | end tag | | its Start | | |
/// | Attribute, Declaration, Instruction | name | octets of the value | | offset of the value | |
/// | Text, Cdata, Comment | content | octets of it | | | |
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Token {
    pub kind: Kind,
    /// The value needs no unescaping and no normalisation.
    pub plain: bool,
    /// Octets of the prefix, 0 when there is none.
    pub prefix: u16,
    /// Octets of the name as written, prefix and colon included.
    pub name: u16,
    pub at: u32,
    pub length: u32,
    pub namespace: u32,
    pub link: u32,
    pub scope: u32,
    pub parent: u32,
}

impl Token {
    /// The name as written. A Start begins at its `<`, the others at the name itself.
    pub fn name<'s>(&self, source: &'s str, kind: Kind) -> &'s str {
        let start = self.at as usize + usize::from(kind == Kind::Start);
        &source[start..start + usize::from(self.name)]
    }

    pub fn prefix<'s>(&self, source: &'s str) -> &'s str {
        &self.name(source, self.kind)[..usize::from(self.prefix)]
    }

    pub fn local<'s>(&self, source: &'s str) -> &'s str {
        let name = self.name(source, self.kind);
        if self.prefix == 0 { name } else { &name[usize::from(self.prefix) + 1..] }
    }

    /// Of a Declaration: the prefix that it declares, empty for the default namespace.
    pub fn declared_prefix<'s>(&self, source: &'s str) -> &'s str {
        if self.prefix == 0 { "" } else { self.local(source) }
    }

    fn value<'s>(&self, source: &'s str) -> &'s str {
        &source[self.scope as usize..self.scope as usize + self.length as usize]
    }

    fn content<'s>(&self, source: &'s str) -> &'s str {
        &source[self.at as usize..self.at as usize + self.length as usize]
    }
}

/// The prefixes that values of one document or of several rely on, each with the namespace that it first means; see
/// [`Element::value_prefixes`].
#[derive(Clone, Debug, Default)]
pub struct ValuePrefixes(Vec<(String, String)>);

impl ValuePrefixes {
    /// Adds those of a subtree that are not known yet.
    pub fn note(&mut self, element: Element<'_>) {
        for (prefix, namespace) in element.value_prefixes() {
            if !self.0.iter().any(|(known, _)| known == prefix) {
                self.0.push((prefix.to_owned(), namespace.to_owned()));
            }
        }
    }

    /// Prefix and namespace, in the order of the prefixes.
    pub fn sorted(mut self) -> Vec<(String, String)> {
        self.0.sort_unstable();
        self.0
    }

    /// Adds what others have found that is not known yet.
    pub fn join(&mut self, others: &ValuePrefixes) {
        for (prefix, namespace) in &others.0 {
            if !self.0.iter().any(|(known, _)| known == prefix) {
                self.0.push((prefix.clone(), namespace.clone()));
            }
        }
    }
}

/// The longest list that [`Element::value_prefixes`] gives.
const MOST_VALUE_PREFIXES: usize = 64;

#[derive(Debug)]
pub(crate) struct Tape {
    pub source: String,
    pub tokens: Vec<Token>,
    pub namespaces: Vec<Box<str>>,
    pub scopes: Vec<Scope>,
    /// The tokens of kind `Declaration`; scopes are ranges of it.
    pub declarations: Vec<u32>,
    pub root: u32,
    /// Made when a position is first asked for.
    pub lines: OnceLock<Lines>,
}

/// A well-formed, namespace-well-formed document: its source and its tape. Cloning shares both.
#[derive(Clone)]
pub struct Document {
    tape: Arc<Tape>,
}

impl Document {
    /// Reads a document of UTF-8 octets (a byte order mark is skipped); fails with the first broken rule or limit.
    ///
    /// Octets that nobody else holds are taken over without copying.
    pub fn read(source: impl Into<Bytes>, limits: &Limits) -> Result<Document, XmlError> {
        let octets = Vec::from(source.into());
        Ok(Document { tape: Arc::new(reader::read(octets, limits)?) })
    }

    /// The root element.
    pub fn root(&self) -> Element<'_> {
        Element { document: self, start: self.tape.root }
    }

    /// The text that was read, byte order mark included.
    pub fn source(&self) -> &str {
        &self.tape.source
    }

    /// The element with an id that this document gave.
    pub fn element(&self, id: ElementId) -> Element<'_> {
        debug_assert_eq!(self.tape.tokens.get(id.0 as usize).map(|token| token.kind), Some(Kind::Start));
        Element { document: self, start: id.0 }
    }

    /// Line and column of an offset into the source.
    pub fn position(&self, offset: usize) -> Position {
        let source = self.tape.source.as_bytes();
        self.tape.lines.get_or_init(|| Lines::of(source)).position(source, offset)
    }

    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tape.tokens
    }
}

impl fmt::Debug for Document {
    /// Never shows content: documents hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} octets, root {})", self.tape.source.len(), self.root().name())
    }
}

/// Names an element of a document without borrowing it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ElementId(u32);

/// A view on one element.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document,
    start: u32,
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({})", self.name())
    }
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.document.tape, &other.document.tape) && self.start == other.start
    }
}

impl<'d> Element<'d> {
    /// The id by which the document finds this element again.
    pub fn id(self) -> ElementId {
        ElementId(self.start)
    }

    /// The document of this element.
    pub fn document(self) -> &'d Document {
        self.document
    }

    /// The namespace name, empty when there is none.
    pub fn namespace(self) -> &'d str {
        &self.tape().namespaces[self.token().namespace as usize]
    }

    /// The local name.
    pub fn local(self) -> &'d str {
        self.token().local(self.source())
    }

    /// The prefix as written, empty when there is none.
    pub fn prefix(self) -> &'d str {
        self.token().prefix(self.source())
    }

    /// The expanded name.
    pub fn name(self) -> Name<'d> {
        Name { namespace: self.namespace(), local: self.local() }
    }

    /// Whether the expanded name is this one.
    pub fn is(self, namespace: &str, local: &str) -> bool {
        self.local() == local && self.namespace() == namespace
    }

    /// The attributes in the order of the document, namespace declarations left out.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'d>> + use<'d> {
        let document = self.document;
        self.head()
            .filter(|token| token.kind == Kind::Attribute)
            .map(move |token| Attribute { document, token: *token })
    }

    /// The value of one attribute, normalised; the empty namespace means an attribute without prefix.
    pub fn attribute(self, namespace: &str, local: &str) -> Option<Cow<'d, str>> {
        self.attributes()
            .find(|attribute| attribute.local() == local && attribute.namespace() == namespace)
            .map(|attribute| attribute.value())
    }

    /// The namespace declarations of this element itself: prefix (empty for the default namespace) and namespace.
    pub fn declarations(self) -> impl Iterator<Item = (&'d str, &'d str)> + use<'d> {
        let document = self.document;
        self.head().filter(|token| token.kind == Kind::Declaration).map(move |token| declared(document, token))
    }

    /// The namespace that a prefix means here; the empty prefix asks for the default namespace (empty when none).
    pub fn resolve(self, prefix: &str) -> Option<&'d str> {
        let found = self.scopes().flat_map(|scope| self.scope_declarations(scope)).find(|(name, _)| *name == prefix);
        match (found, prefix) {
            (Some((_, namespace)), _) => Some(namespace),
            (None, "") => Some(""),
            (None, "xml") => Some(XML_NAMESPACE),
            (None, _) => None,
        }
    }

    /// Every declaration in scope, the nearest of each prefix, `xml` left out.
    pub fn in_scope(self) -> Vec<(&'d str, &'d str)> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        let mut known: HashSet<&str> = HashSet::new();
        for (prefix, namespace) in self.scopes().flat_map(|scope| self.scope_declarations(scope)) {
            if prefix != "xml" && known.insert(prefix) {
                found.push((prefix, namespace));
            }
        }
        found.retain(|(prefix, namespace)| !(prefix.is_empty() && namespace.is_empty()));
        found
    }

    /// The child elements.
    pub fn children(self) -> impl Iterator<Item = Element<'d>> + use<'d> {
        self.nodes().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// The first child element of this name.
    pub fn child(self, namespace: &str, local: &str) -> Option<Element<'d>> {
        self.children().find(|child| child.is(namespace, local))
    }

    /// The children of every kind.
    pub fn nodes(self) -> impl Iterator<Item = Node<'d>> + use<'d> {
        let document = self.document;
        let end = self.end() as usize - 1;
        let mut next = self.content();
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let index = next;
            let token = &document.tokens()[index];
            next = if token.kind == Kind::Start { token.link as usize } else { index + 1 };
            Some(match token.kind {
                Kind::Start => Node::Element(Element { document, start: index as u32 }),
                _ => Node::leaf(document, token),
            })
        })
    }

    /// The text directly in this element, joined, references resolved; borrowed when it is one plain piece.
    pub fn text(self) -> Cow<'d, str> {
        let mut pieces = self.nodes().filter_map(|node| match node {
            Node::Text(text) => Some(text.value()),
            _ => None,
        });
        let first = pieces.next().unwrap_or_default();
        match pieces.next() {
            None => first,
            Some(second) => {
                let mut joined = first.into_owned();
                joined.push_str(&second);
                pieces.for_each(|piece| joined.push_str(&piece));
                Cow::Owned(joined)
            }
        }
    }

    /// The whole subtree in document order, this element's own start and end included.
    pub fn events(self) -> impl Iterator<Item = Event<'d>> + use<'d> {
        let document = self.document;
        let range = self.start as usize..self.end() as usize;
        range.filter_map(move |index| {
            let token = &document.tokens()[index];
            Some(match token.kind {
                Kind::Start => Event::Start(Element { document, start: index as u32 }),
                Kind::End => Event::End(Element { document, start: token.link }),
                Kind::Attribute | Kind::Declaration => return None,
                _ => match Node::leaf(document, token) {
                    Node::Text(text) => Event::Text(text),
                    Node::Comment(text) => Event::Comment(text),
                    Node::Instruction { target, data } => Event::Instruction { target, data },
                    Node::Element(element) => Event::Start(element),
                },
            })
        })
    }

    /// The prefixes that values in this subtree rely on: `xsi:type`, and any value that has the form of a qualified
    /// name whose prefix is in scope. Each with the namespace that it means where it is first met.
    ///
    /// Exclusive C14N does not see such prefixes; a signature lists them (REC-xml-exc-c14n-20020718 §1.3). The first
    /// 64 are given: verifiers take no longer list, and no honest document needs one.
    pub fn value_prefixes(self) -> Vec<(&'d str, &'d str)> {
        let mut found: Vec<(&str, &str)> = Vec::new();
        let mut look = |element: Element<'d>, value: &'d str| {
            let prefix =
                value.trim_ascii().split_once(':').filter(|(_, local)| is_nc_name(local)).map(|(prefix, _)| prefix);
            if found.len() == MOST_VALUE_PREFIXES {
                return;
            }
            if let Some(prefix) = prefix.filter(|prefix| *prefix != "xml" && is_nc_name(prefix))
                && !found.iter().any(|(known, _)| *known == prefix)
                && let Some(namespace) = element.resolve(prefix)
            {
                found.push((prefix, namespace));
            }
        };
        let mut inside = Vec::new();
        for event in self.events() {
            match event {
                Event::Start(element) => {
                    inside.push(element);
                    let tokens = element.head().filter(|token| token.kind == Kind::Attribute);
                    tokens.for_each(|token| look(element, token.value(self.source())));
                }
                Event::End(_) => {
                    inside.pop();
                }
                Event::Text(text) => {
                    if let Some(element) = inside.last() {
                        look(*element, text.raw);
                    }
                }
                Event::Comment(_) | Event::Instruction { .. } => {}
            }
        }
        found
    }

    /// Where the element lies in the source, in octets.
    pub fn span(self) -> Range<usize> {
        let token = self.token();
        token.at as usize..token.at as usize + token.length as usize
    }

    /// The line on which the element begins.
    pub fn line(self) -> u32 {
        self.document.position(self.span().start).line
    }

    /// The parent element, `None` for the root.
    pub fn parent(self) -> Option<Element<'d>> {
        let parent = self.token().parent;
        (parent != u32::MAX).then_some(Element { document: self.document, start: parent })
    }

    /// Whether there is no child element.
    pub fn is_leaf(self) -> bool {
        self.children().next().is_none()
    }

    fn tape(self) -> &'d Tape {
        &self.document.tape
    }

    fn source(self) -> &'d str {
        &self.document.tape.source
    }

    fn token(self) -> &'d Token {
        &self.document.tokens()[self.start as usize]
    }

    /// Index of the token after the End of this element.
    fn end(self) -> u32 {
        self.token().link
    }

    fn head(self) -> impl Iterator<Item = &'d Token> + use<'d> {
        self.document.tokens()[self.start as usize + 1..]
            .iter()
            .take_while(|token| matches!(token.kind, Kind::Attribute | Kind::Declaration))
    }

    /// Index of the first token after the attributes.
    fn content(self) -> usize {
        self.start as usize + 1 + self.head().count()
    }

    fn scopes(self) -> impl Iterator<Item = &'d Scope> + use<'d> {
        let scopes = &self.tape().scopes;
        std::iter::successors(scopes.get(self.token().scope as usize), |scope| {
            scope.parent.and_then(|parent| scopes.get(parent as usize))
        })
    }

    fn scope_declarations(self, scope: &'d Scope) -> impl Iterator<Item = (&'d str, &'d str)> + use<'d> {
        let document = self.document;
        self.tape().declarations[scope.declarations.start as usize..scope.declarations.end as usize]
            .iter()
            .map(move |token| declared(document, &document.tokens()[*token as usize]))
    }
}

fn declared<'d>(document: &'d Document, token: &Token) -> (&'d str, &'d str) {
    let tape = &document.tape;
    (token.declared_prefix(&tape.source), &tape.namespaces[token.namespace as usize])
}

/// A view on one attribute.
#[derive(Clone, Copy)]
pub struct Attribute<'d> {
    document: &'d Document,
    token: Token,
}

impl<'d> Attribute<'d> {
    /// The namespace name, empty for an attribute without prefix.
    pub fn namespace(&self) -> &'d str {
        &self.document.tape.namespaces[self.token.namespace as usize]
    }

    /// The local name.
    pub fn local(&self) -> &'d str {
        self.token.local(&self.document.tape.source)
    }

    /// The prefix as written, empty when there is none.
    pub fn prefix(&self) -> &'d str {
        self.token.prefix(&self.document.tape.source)
    }

    /// The expanded name.
    pub fn name(&self) -> Name<'d> {
        Name { namespace: self.namespace(), local: self.local() }
    }

    /// The value, normalised as an attribute of type CDATA (XML 1.0 §3.3.3).
    pub fn value(&self) -> Cow<'d, str> {
        let raw = self.token.value(&self.document.tape.source);
        if self.token.plain { Cow::Borrowed(raw) } else { unescape_attribute(raw) }
    }

    /// Where the name of the attribute begins in the source.
    pub fn offset(&self) -> usize {
        self.token.at as usize
    }
}

/// A piece of text: one run between tags, or one CDATA section.
#[derive(Clone, Copy)]
pub struct Text<'d> {
    raw: &'d str,
    offset: u32,
    kind: Kind,
    plain: bool,
}

impl<'d> Text<'d> {
    /// The characters, references resolved and line ends normalised.
    pub fn value(&self) -> Cow<'d, str> {
        match (self.plain, self.kind) {
            (true, _) => Cow::Borrowed(self.raw),
            (false, Kind::Cdata) => normalize_line_ends(self.raw),
            (false, _) => unescape_text(self.raw),
        }
    }

    /// Whether it holds white space only (XML 1.0 production [3]), as characters or as references.
    pub fn is_blank(&self) -> bool {
        let space = |text: &str| text.bytes().all(crate::characters::is_space);
        space(self.raw) || !self.plain && space(&self.value())
    }

    /// Where the text begins in the source.
    pub fn offset(&self) -> usize {
        self.offset as usize
    }
}

/// A child of an element.
#[derive(Clone, Copy)]
pub enum Node<'d> {
    /// A child element.
    Element(Element<'d>),
    /// Text or a CDATA section.
    Text(Text<'d>),
    /// The content of a comment.
    Comment(&'d str),
    /// A processing instruction.
    Instruction {
        /// Its target.
        target: &'d str,
        /// What follows the target and the white space after it.
        data: &'d str,
    },
}

impl<'d> Node<'d> {
    fn leaf(document: &'d Document, token: &Token) -> Node<'d> {
        let source = document.tape.source.as_str();
        match token.kind {
            Kind::Comment => Node::Comment(token.content(source)),
            Kind::Instruction => {
                Node::Instruction { target: token.name(source, token.kind), data: token.value(source) }
            }
            kind => Node::Text(Text { raw: token.content(source), offset: token.at, kind, plain: token.plain }),
        }
    }
}

/// A step of a walk over a subtree.
#[derive(Clone, Copy)]
pub enum Event<'d> {
    /// An element begins.
    Start(Element<'d>),
    /// An element ends.
    End(Element<'d>),
    /// Text or a CDATA section.
    Text(Text<'d>),
    /// The content of a comment.
    Comment(&'d str),
    /// A processing instruction.
    Instruction {
        /// Its target.
        target: &'d str,
        /// What follows the target and the white space after it.
        data: &'d str,
    },
}
