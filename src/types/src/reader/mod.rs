//! Reading a document from its first to its last element, with one element of look-ahead.

mod scope;
mod tag;
mod xml;

use crate::content::TypeName;
use crate::error::Fault;
use crate::raw::{Attribute, RawContent, RawElement};
use crate::{Content, Document, First, Group, Limits, ReadError, Result, UNBOUNDED, Value, WhiteSpace, XSD, XSI};

use scope::Scope;
use tag::Tag;
use xml::{Event, Xml};

/// Reads what generated code asks for, in the order in which it asks.
///
/// Nothing that was not asked for is passed over in silence: an unknown element, attribute or text is an error.
pub struct Reader<'x> {
    xml: Xml<'x>,
    scope: Scope,
    limits: Limits,
    /// The start tag that comes next, or whose element is being read.
    tag: Tag,
    /// The attributes of `tag` are still to be asked for.
    open: bool,
    next: Next,
    path: Vec<Step>,
    /// The value of the next element, should it be empty.
    default: Option<&'static str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Unknown,
    Start,
    End,
}

struct Step {
    name: &'static str,
    /// From 1; 0 where the element may occur only once.
    index: u32,
    default: Option<&'static str>,
}

impl<'x> Reader<'x> {
    /// Reads a whole document of one type; `outer` are the namespaces that a larger message declares around it.
    pub fn document<D: Document>(xml: &'x [u8], limits: &Limits, outer: &[(&str, &str)]) -> Result<D> {
        let mut reader = Reader::new(xml, limits, outer)?;
        reader.root(D::NAMESPACE, D::NAME)?;
        reader.enter(D::NAME, 0, D::TYPE)?;
        let document = D::read(&mut reader)?;
        reader.leave()?;
        reader.xml.finish().map_err(|fault| reader.fail(fault))?;
        Ok(document)
    }

    fn new(xml: &'x [u8], limits: &Limits, outer: &[(&str, &str)]) -> Result<Reader<'x>> {
        let early = |fault| ReadError::new(fault, "/".to_owned(), 1, 1);
        Ok(Reader {
            xml: Xml::new(xml, limits).map_err(early)?,
            scope: Scope::new(outer),
            limits: limits.clone(),
            tag: Tag::default(),
            open: false,
            next: Next::Unknown,
            path: Vec::new(),
            default: None,
        })
    }

    // What generated code calls, in the order in which it calls it.

    /// The attribute, if it is there.
    pub fn attribute<V: Value>(&mut self, namespace: &str, local: &'static str) -> Result<Option<V>> {
        match self.tag.take_attribute(namespace, local) {
            Some(text) => match V::parse(&text) {
                Ok(value) => Ok(Some(value)),
                Err(error) => Err(self.fail_at_attribute(local, Fault::Value(error))),
            },
            None => Ok(None),
        }
    }

    /// The attribute, which must be there.
    pub fn required_attribute<V: Value>(&mut self, namespace: &str, local: &'static str) -> Result<V> {
        match self.attribute(namespace, local)? {
            Some(value) => Ok(value),
            None => Err(self.fail_at_attribute(local, Fault::AttributeMissing(local.to_owned()))),
        }
    }

    /// All attributes that were not asked for.
    pub fn other_attributes(&mut self) -> Vec<Attribute> {
        self.tag.take_others()
    }

    /// The whole content as the value of a simple type.
    pub fn text<V: Value>(&mut self) -> Result<V> {
        self.settle()?;
        let default = self.path.last().and_then(|step| step.default);
        let text = match (self.xml.text(&mut self.tag, &mut self.scope, &self.limits), default) {
            (Ok(text), Some(default)) if text.is_empty() => default.into(),
            (Ok(text), _) => text,
            (Err(fault), _) => return Err(self.fail(fault)),
        };
        self.next = Next::End;
        match V::parse(&text) {
            Ok(value) => Ok(value),
            Err(error) => {
                let fault = Fault::Value(error);
                Err(self.fail(fault))
            }
        }
    }

    /// The element, which must come next.
    pub fn required<T: Content>(&mut self, namespace: &'static str, local: &'static str) -> Result<T> {
        if !self.is_at(namespace, local)? {
            return Err(self.missing(local));
        }
        self.element(local, 0)
    }

    /// As [`Reader::required`], behind a pointer.
    pub fn required_boxed<T: Content>(&mut self, namespace: &'static str, local: &'static str) -> Result<Box<T>> {
        self.required(namespace, local).map(Box::new)
    }

    /// As [`Reader::required`], with what an empty element means (`default` in the schema).
    pub fn required_or<T: Content>(
        &mut self,
        namespace: &'static str,
        local: &'static str,
        default: &'static str,
    ) -> Result<T> {
        self.default = Some(default);
        self.required(namespace, local)
    }

    /// The element, if it comes next.
    pub fn optional<T: Content>(&mut self, namespace: &'static str, local: &'static str) -> Result<Option<T>> {
        if !self.is_at(namespace, local)? {
            self.default = None;
            return Ok(None);
        }
        self.element(local, 0).map(Some)
    }

    /// As [`Reader::optional`], behind a pointer.
    pub fn optional_boxed<T: Content>(
        &mut self,
        namespace: &'static str,
        local: &'static str,
    ) -> Result<Option<Box<T>>> {
        self.optional(namespace, local).map(|value| value.map(Box::new))
    }

    /// As [`Reader::optional`], with what an empty element means.
    pub fn optional_or<T: Content>(
        &mut self,
        namespace: &'static str,
        local: &'static str,
        default: &'static str,
    ) -> Result<Option<T>> {
        self.default = Some(default);
        self.optional(namespace, local)
    }

    /// The element, which must come next if the group that it belongs to is there.
    pub fn required_if<T: Content>(
        &mut self,
        present: bool,
        namespace: &'static str,
        local: &'static str,
    ) -> Result<Option<T>> {
        if present { self.required(namespace, local).map(Some) } else { Ok(None) }
    }

    /// As [`Reader::required_if`], behind a pointer.
    pub fn required_if_boxed<T: Content>(
        &mut self,
        present: bool,
        namespace: &'static str,
        local: &'static str,
    ) -> Result<Option<Box<T>>> {
        self.required_if(present, namespace, local).map(|value| value.map(Box::new))
    }

    /// As [`Reader::required_if`], with what an empty element means.
    pub fn required_if_or<T: Content>(
        &mut self,
        present: bool,
        namespace: &'static str,
        local: &'static str,
        default: &'static str,
    ) -> Result<Option<T>> {
        self.default = present.then_some(default);
        self.required_if(present, namespace, local)
    }

    /// As many of the element as come next; there may be none.
    pub fn several<T: Content>(&mut self, namespace: &'static str, local: &'static str) -> Result<Vec<T>> {
        self.many(namespace, local, 0, UNBOUNDED)
    }

    /// As [`Reader::several`], with what an empty element means.
    pub fn several_or<T: Content>(
        &mut self,
        namespace: &'static str,
        local: &'static str,
        default: &'static str,
    ) -> Result<Vec<T>> {
        self.many_or(namespace, local, 0, UNBOUNDED, default)
    }

    /// As many of the element as come next, within these bounds.
    pub fn many<T: Content>(
        &mut self,
        namespace: &'static str,
        local: &'static str,
        min: u32,
        max: u32,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        let mut count = 0;
        while count < max && self.is_at(namespace, local)? {
            count += 1;
            all.push(self.element(local, count)?);
        }
        self.enough(count, min, max, namespace, local)?;
        Ok(all)
    }

    /// As [`Reader::many`], with what an empty element means.
    pub fn many_or<T: Content>(
        &mut self,
        namespace: &'static str,
        local: &'static str,
        min: u32,
        max: u32,
        default: &'static str,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        let mut count = 0;
        while count < max && self.is_at(namespace, local)? {
            count += 1;
            self.default = Some(default);
            all.push(self.element(local, count)?);
        }
        self.enough(count, min, max, namespace, local)?;
        Ok(all)
    }

    /// One more of the children of an `xs:all`, which come in any order.
    pub fn once<T: Content>(
        &mut self,
        slot: &mut Option<T>,
        namespace: &'static str,
        local: &'static str,
    ) -> Result<()> {
        if slot.is_some() {
            let fault = Fault::Twice(local.to_owned());
            return Err(self.fail(fault));
        }
        *slot = Some(self.required(namespace, local)?);
        Ok(())
    }

    /// What must have come.
    pub fn need<T>(&mut self, slot: Option<T>, local: &'static str) -> Result<T> {
        match slot {
            Some(value) => Ok(value),
            None => Err(self.missing(local)),
        }
    }

    /// A group, which must come next.
    pub fn group<G: Group>(&mut self) -> Result<G> {
        G::read(self)
    }

    /// As [`Reader::group`], behind a pointer.
    pub fn group_boxed<G: Group>(&mut self) -> Result<Box<G>> {
        self.group().map(Box::new)
    }

    /// A group, which must come next if the one that it belongs to is there.
    pub fn group_if<G: Group>(&mut self, present: bool) -> Result<Option<G>> {
        if present { self.group().map(Some) } else { Ok(None) }
    }

    /// A group, if one of its first elements comes next.
    pub fn optional_group<G: Group>(&mut self) -> Result<Option<G>> {
        if self.starts(G::FIRST)? { G::read(self).map(Some) } else { Ok(None) }
    }

    /// As many of the group as come next, within these bounds.
    pub fn groups<G: Group>(&mut self, min: u32, max: u32) -> Result<Vec<G>> {
        let mut all = Vec::new();
        let mut count = 0;
        while count < max && self.starts(G::FIRST)? {
            all.push(G::read(self)?);
            count += 1;
        }
        if count < min {
            return Err(self.unexpected(G::FIRST));
        }
        Ok(all)
    }

    /// Whether one of these comes next.
    pub fn starts(&mut self, first: &[First]) -> Result<bool> {
        self.which(first).map(|which| which.is_some())
    }

    /// Which of these comes next.
    pub fn which(&mut self, first: &[First]) -> Result<Option<usize>> {
        self.peek()?;
        if self.next != Next::Start {
            return Ok(None);
        }
        let (namespace, local) = (self.tag.namespace(&self.scope), self.tag.local());
        Ok(first.iter().position(|first| first.allows(namespace, local)))
    }

    /// The error for what comes next, where one of these was expected.
    pub fn unexpected(&mut self, first: &[First]) -> ReadError {
        if let Err(error) = self.peek() {
            return error;
        }
        let expected: Vec<&str> = first
            .iter()
            .map(|first| match first {
                First::Element(_, local) => local,
                _ => "*",
            })
            .collect();
        let expected = expected.join(", ");
        let fault = match self.next {
            Next::Start => Fault::Unexpected { found: self.tag.shown().to_owned(), expected },
            _ => Fault::End { expected },
        };
        self.fail(fault)
    }

    /// Which of these types `xsi:type` names; `None` if there is no `xsi:type`.
    pub fn derived(&mut self, types: &[(&str, &str)]) -> Result<Option<usize>> {
        let Some((namespace, local)) = self.type_named()? else { return Ok(None) };
        match types.iter().position(|&(ns, name)| ns == namespace && name == local) {
            Some(which) => Ok(Some(which)),
            None => Err(self.fail(Fault::TypeUnknown)),
        }
    }

    /// The error for an element whose abstract type is not replaced by a derived one.
    pub fn abstract_type(&mut self) -> ReadError {
        self.fail(Fault::Abstract)
    }

    /// The element that comes next, whatever it is, if one of these lets it through.
    pub fn any(&mut self, first: &[First]) -> Result<RawElement> {
        if !self.starts(first)? {
            return Err(self.unexpected(first));
        }
        let start = self.tag.offset;
        let outer = self.scope.outside(&self.tag);
        self.skip()?;
        self.next = Next::Unknown;
        let text = self.xml.slice(start, self.xml.position());
        Ok(RawElement::captured(text, &outer))
    }

    /// As [`Reader::any`], if such an element comes next.
    pub fn optional_any(&mut self, first: &[First]) -> Result<Option<RawElement>> {
        if self.starts(first)? { self.any(first).map(Some) } else { Ok(None) }
    }

    /// As [`Reader::any`], if the group that it belongs to is there.
    pub fn any_if(&mut self, present: bool, first: &[First]) -> Result<Option<RawElement>> {
        if present { self.any(first).map(Some) } else { Ok(None) }
    }

    /// As many elements as these let through, within these bounds.
    pub fn anys(&mut self, first: &[First], min: u32, max: u32) -> Result<Vec<RawElement>> {
        let mut all = Vec::new();
        let mut count = 0;
        while count < max && self.starts(first)? {
            all.push(self.any(first)?);
            count += 1;
        }
        if count < min {
            return Err(self.unexpected(first));
        }
        Ok(all)
    }

    /// All attributes and all content, as they stand.
    pub fn raw(&mut self) -> Result<RawContent> {
        let attributes = self.tag.take_all();
        self.open = false;
        let start = self.xml.position();
        let outer = self.scope.all();
        let end = self.inside()?;
        self.next = Next::End;
        Ok(RawContent::captured(self.xml.slice(start, end), attributes, &outer))
    }

    // The machinery.

    /// Whether the element is nil; asked by [`crate::Nillable`].
    pub(crate) fn take_nil(&mut self) -> Result<bool> {
        match self.tag.take_attribute(XSI, "nil").as_deref().map(str::trim) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => {
                self.settle()?;
                self.peek().map_err(|_| self.fail(Fault::NilNotEmpty))?;
                if self.next != Next::End {
                    return Err(self.fail(Fault::NilNotEmpty));
                }
                Ok(true)
            }
            Some(_) => Err(self.fail(Fault::NilNotAllowed)),
        }
    }

    fn root(&mut self, namespace: &'static str, local: &'static str) -> Result<()> {
        if !self.is_at(namespace, local)? {
            return Err(self.fail(Fault::Root(local.to_owned())));
        }
        Ok(())
    }

    fn element<T: Content>(&mut self, local: &'static str, index: u32) -> Result<T> {
        self.enter(local, index, T::TYPE)?;
        let value = T::read(self)?;
        self.leave()?;
        Ok(value)
    }

    fn enter(&mut self, name: &'static str, index: u32, type_: TypeName) -> Result<()> {
        self.path.push(Step { name, index, default: self.default.take() });
        self.next = Next::Unknown;
        self.open = true;
        if type_ == TypeName::Own || !self.tag.has_xsi {
            return Ok(());
        }
        let Some((namespace, local)) = self.type_named()? else { return Ok(()) };
        let known = match type_ {
            TypeName::Named(ns, name) => ns == namespace && name == local,
            TypeName::Simple(name) => namespace == XSD || name == local,
            TypeName::Anonymous | TypeName::Own => false,
        };
        if known { Ok(()) } else { Err(self.fail(Fault::TypeUnknown)) }
    }

    fn leave(&mut self) -> Result<()> {
        self.peek()?;
        if self.next != Next::End {
            return Err(self.unexpected(&[]));
        }
        self.next = Next::Unknown;
        self.path.pop();
        self.scope.close();
        Ok(())
    }

    fn is_at(&mut self, namespace: &str, local: &str) -> Result<bool> {
        self.peek()?;
        Ok(self.next == Next::Start && self.tag.local() == local && self.tag.namespace(&self.scope) == namespace)
    }

    /// Moves to the next tag, past blanks.
    fn peek(&mut self) -> Result<()> {
        if self.next != Next::Unknown {
            return Ok(());
        }
        self.settle()?;
        match self.xml.tag(&mut self.tag, &mut self.scope, &self.limits) {
            Ok(Event::Start) => self.next = Next::Start,
            Ok(Event::End) => self.next = Next::End,
            Err(fault) => return Err(self.fail(fault)),
        }
        Ok(())
    }

    /// Every attribute must have been asked for before the content.
    fn settle(&mut self) -> Result<()> {
        if !std::mem::take(&mut self.open) {
            return Ok(());
        }
        match self.tag.left() {
            None => Ok(()),
            Some(left) if left.namespace == XSI && left.local == "nil" => Err(self.fail(Fault::NilNotAllowed)),
            Some(left) => {
                let fault = Fault::AttributeUnexpected(left.local.clone());
                Err(self.fail(fault))
            }
        }
    }

    /// The expanded name in `xsi:type`.
    fn type_named(&mut self) -> Result<Option<(String, String)>> {
        let Some(text) = self.tag.take_attribute(XSI, "type") else { return Ok(None) };
        let text = WhiteSpace::Collapse.apply(&text);
        let (prefix, local) = text.split_once(':').unwrap_or(("", &text));
        match self.scope.resolve(prefix) {
            Some(namespace) => Ok(Some((namespace.to_owned(), local.to_owned()))),
            None => Err(self.fail(Fault::TypeUnknown)),
        }
    }

    /// Passes over the element whose start tag was read.
    fn skip(&mut self) -> Result<()> {
        self.inside()?;
        self.scope.close();
        Ok(())
    }

    /// Passes over content, up to and including the end tag; says where that began.
    fn inside(&mut self) -> Result<usize> {
        match self.xml.skip(&mut self.tag, &mut self.scope, &self.limits) {
            Ok(end) => Ok(end),
            Err(fault) => Err(self.fail(fault)),
        }
    }

    fn enough(&mut self, count: u32, min: u32, max: u32, namespace: &str, local: &str) -> Result<()> {
        if count < min {
            return Err(self.missing(local));
        }
        if count == max && self.is_at(namespace, local)? {
            return Err(self.fail(Fault::TooMany(local.to_owned(), max)));
        }
        Ok(())
    }

    fn missing(&mut self, local: &str) -> ReadError {
        let fault = match self.next {
            Next::Start => Fault::Unexpected { found: self.tag.shown().to_owned(), expected: local.to_owned() },
            _ => Fault::Missing(local.to_owned()),
        };
        self.fail(fault)
    }

    fn fail_at_attribute(&self, local: &str, fault: Fault) -> ReadError {
        let (line, column) = self.xml.place(self.tag.offset);
        ReadError::new(fault, format!("{}/@{local}", self.shown_path()), line, column)
    }

    fn fail(&self, fault: Fault) -> ReadError {
        let (line, column) = self.xml.place(match self.next {
            Next::Start => self.tag.offset,
            _ => self.xml.start(),
        });
        ReadError::new(fault, self.shown_path(), line, column)
    }

    fn shown_path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            path.push('/');
            path.push_str(step.name);
            if step.index > 0 {
                path.push_str(&format!("[{}]", step.index));
            }
        }
        if path.is_empty() { "/".to_owned() } else { path }
    }
}
