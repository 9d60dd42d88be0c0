//! Groups of elements without an element of their own, and what decides between several: the next element, or `xsi:type`.

use super::{Next, Reader};
use crate::error::Fault;
use crate::{First, Group, ReadError, Result};

impl Reader<'_> {
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
}
