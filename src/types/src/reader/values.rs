//! Attributes, and content that is one value.

use super::{Next, Reader};
use crate::error::Fault;
use crate::raw::Attribute;
use crate::{ReadError, Result, Value, XSI};

impl Reader<'_> {
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

    fn fail_at_attribute(&self, local: &str, fault: Fault) -> ReadError {
        let (line, column) = self.xml.place(self.tag.offset);
        ReadError::new(fault, format!("{}/@{local}", self.shown_path()), line, column)
    }
}
