//! Reading a document from its first to its last element, with one element of look-ahead. What generated code asks for stands
//! in the modules below, by what it looks for; here is what all of them stand on.

mod elements;
mod groups;
mod open;
mod scope;
mod tag;
mod values;
mod xml;

use crate::content::TypeName;
use crate::error::Fault;
use crate::{Content, Document, Limits, ReadError, Result, WhiteSpace, XSD, XSI};

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
        Reader::whole(xml, limits, outer, None)
    }

    /// Reads a block of the header of a message: attributes of the namespace of the envelope are for SOAP, not for the type.
    pub(crate) fn block<D: Document>(xml: &'x [u8], limits: &Limits, envelope: &str) -> Result<D> {
        Reader::whole(xml, limits, &[], Some(envelope))
    }

    fn whole<D: Document>(
        xml: &'x [u8],
        limits: &Limits,
        outer: &[(&str, &str)],
        passed_over: Option<&str>,
    ) -> Result<D> {
        let mut reader = Reader::new(xml, limits, outer)?;
        reader.root(D::NAMESPACE, D::NAME)?;
        if let Some(namespace) = passed_over {
            reader.tag.pass_over(namespace);
        }
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

    fn missing(&mut self, local: &str) -> ReadError {
        let fault = match self.next {
            Next::Start => Fault::Unexpected { found: self.tag.shown().to_owned(), expected: local.to_owned() },
            _ => Fault::Missing(local.to_owned()),
        };
        self.fail(fault)
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
