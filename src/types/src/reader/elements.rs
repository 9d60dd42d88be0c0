//! Elements that the schema names: one, one that may be absent, several, and those of an `xs:all`.

use super::Reader;
use crate::error::Fault;
use crate::{Content, Result, UNBOUNDED};

impl Reader<'_> {
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

    fn enough(&mut self, count: u32, min: u32, max: u32, namespace: &str, local: &str) -> Result<()> {
        if count < min {
            return Err(self.missing(local));
        }
        if count == max && self.is_at(namespace, local)? {
            return Err(self.fail(Fault::TooMany(local.to_owned(), max)));
        }
        Ok(())
    }
}
