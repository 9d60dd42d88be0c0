//! What the schema leaves open: elements of any name, and content as it stands.

use super::{Next, Reader};
use crate::raw::{RawContent, RawElement};
use crate::{First, Result};

impl Reader<'_> {
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
}
