//! What generated types implement.

use crate::{ReadError, Reader, Result, Value, ValueError, Writer};

/// What can stand in an element: its attributes and its content.
pub trait Content: Sized {
    /// The type that `xsi:type` may name.
    const TYPE: TypeName = TypeName::Anonymous;

    /// Reads attributes and content; the start tag was taken, the end tag is left to the caller.
    fn read(r: &mut Reader<'_>) -> Result<Self>;

    /// Writes attributes and content; the name was written, the end tag is left to the caller.
    fn write(&self, w: &mut Writer);
}

/// What an `xsi:type` on an element may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeName {
    /// The type has no name, so nothing.
    Anonymous,
    /// This type: namespace and local name.
    Named(&'static str, &'static str),
    /// This simple type or any built-in one.
    Simple(&'static str),
    /// The type reads `xsi:type` itself.
    Own,
}

/// A repeated or optional group of elements, or a choice: it has content but no element of its own.
pub trait Group: Sized {
    /// The elements with which it can begin.
    const FIRST: &'static [First];

    /// Reads its elements.
    fn read(r: &mut Reader<'_>) -> Result<Self>;

    /// Writes its elements.
    fn write(&self, w: &mut Writer);
}

/// An element that can come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// This one: namespace and local name.
    Element(&'static str, &'static str),
    /// Any element.
    Any,
    /// Any element of these namespaces; `""` is "no namespace".
    In(&'static [&'static str]),
    /// Any element of another namespace than this one, and of some namespace.
    Other(&'static str),
}

impl First {
    /// Whether an element of this name is meant.
    pub fn allows(&self, namespace: &str, local: &str) -> bool {
        match *self {
            First::Element(ns, name) => name == local && ns == namespace,
            First::Any => true,
            First::In(list) => list.contains(&namespace),
            First::Other(not) => namespace != not && !namespace.is_empty(),
        }
    }
}

/// A type with an element of its own: what a whole message can be.
pub trait Document: Content {
    /// The namespace of the element, `""` for none.
    const NAMESPACE: &'static str;
    /// The local name of the element.
    const NAME: &'static str;
    /// Whether elements of no namespace can stand below, so that the root is written with a prefix.
    const PREFIXED: bool;
}

/// An operation of a register: a name and what is asked and answered.
pub trait Operation {
    /// The full name of the operation.
    const NAME: &'static str;
    /// What is asked.
    type Request: Document;
    /// What is answered.
    type Response: Document;
}

/// The content of an element that may have `xsi:nil="true"` in place of content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Nillable<T> {
    /// Content.
    Value(T),
    /// `xsi:nil="true"`.
    Nil,
}

impl<T> Nillable<T> {
    /// The content, if there is some.
    pub fn value(&self) -> Option<&T> {
        match self {
            Nillable::Value(value) => Some(value),
            Nillable::Nil => None,
        }
    }

    /// The content by value, if there is some.
    pub fn into_value(self) -> Option<T> {
        match self {
            Nillable::Value(value) => Some(value),
            Nillable::Nil => None,
        }
    }
}

impl<T> From<T> for Nillable<T> {
    fn from(value: T) -> Self {
        Nillable::Value(value)
    }
}

impl<T: Content> Content for Nillable<T> {
    const TYPE: TypeName = T::TYPE;

    fn read(r: &mut Reader<'_>) -> Result<Self> {
        if r.take_nil()? {
            return Ok(Nillable::Nil);
        }
        T::read(r).map(Nillable::Value)
    }

    fn write(&self, w: &mut Writer) {
        match self {
            Nillable::Value(value) => value.write(w),
            Nillable::Nil => w.nil(),
        }
    }
}

impl<V: Value> Content for V {
    const TYPE: TypeName = TypeName::Simple(V::NAME);

    fn read(r: &mut Reader<'_>) -> Result<Self> {
        r.text()
    }

    fn write(&self, w: &mut Writer) {
        w.text(self);
    }
}

impl ReadError {
    pub(crate) fn of_value(error: &ValueError) -> &'static str {
        error.rule().read_code()
    }
}
