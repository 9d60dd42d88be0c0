//! What is rendered streams through here on its way out: marks are taken out, and with them every element and attribute
//! that turned out empty and that the schema lets go.
//!
//! An element is held back until it turns out to hold something, so what is held is never more than the start tags of a
//! path and the white space between them, however large the document.

use std::io::{self, Write};

use crate::fault::Fault;
use crate::marks::{
    ATTRIBUTE, ATTRIBUTE_END, CONTENT, CONTENT_END, ELEMENT, ELEMENT_END, NONE, STOP, VALUE, VALUE_END,
};
use crate::scan::Rules;
use kapia_xml::XSI_NAMESPACE;

/// A writer that prunes; what goes wrong is in [`Prune::fault`], since a writer can only say that it failed.
pub(crate) struct Prune<'r, W> {
    rules: &'r Rules,
    out: W,
    written: u64,
    largest: u64,
    held: Vec<u8>,
    open: Vec<Open>,
    attribute: Option<Attribute>,
    value: Option<Value>,
    /// The mark whose number is being read.
    number: Option<(char, usize)>,
    fault: Option<(Option<usize>, Fault)>,
    failed: Option<io::Error>,
}

/// An element whose end has not come yet.
struct Open {
    rule: usize,
    /// Where its start tag begins in what is held.
    from: usize,
    /// Whether its content has begun, and where.
    content: Option<usize>,
    /// Where its end tag begins.
    end: Option<usize>,
    /// Whether it has turned out to hold something.
    kept: bool,
    /// The first required value in it that was not there.
    missing: Option<Missing>,
    /// The last value that stood directly in it.
    value: Option<Value>,
}

struct Attribute {
    rule: usize,
    octets: Vec<u8>,
    value: Option<Value>,
    filled: bool,
}

#[derive(Clone, Copy)]
struct Value {
    expression: usize,
    none: bool,
    filled: bool,
}

#[derive(Clone, Copy)]
struct Missing {
    expression: usize,
    /// The element that it stands in, or the attribute.
    place: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Element(usize),
    Attribute(usize),
}

impl<'r, W: Write> Prune<'r, W> {
    pub fn new(rules: &'r Rules, out: W, largest: u64) -> Prune<'r, W> {
        Prune {
            rules,
            out,
            written: 0,
            largest,
            held: Vec::new(),
            open: Vec::new(),
            attribute: None,
            value: None,
            number: None,
            fault: None,
            failed: None,
        }
    }

    /// What went wrong and, if one is to blame, the number of the expression.
    pub fn fault(&mut self) -> Option<(Option<usize>, Fault)> {
        self.fault.take()
    }

    /// The error of the writer behind this one.
    pub fn failed(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    fn take(&mut self, text: &str) -> Result<(), ()> {
        let mut done = 0;
        for (at, octet) in text.bytes().enumerate() {
            if let Some((sign, number)) = self.number {
                done = at + 1;
                if octet == STOP as u8 {
                    self.number = None;
                    self.mark(sign, number)?;
                } else {
                    self.number = Some((sign, number * 10 + usize::from(octet.wrapping_sub(b'0'))));
                }
                continue;
            }
            let sign = char::from(octet);
            if octet >= b' ' || matches!(sign, '\t' | '\n' | '\r') {
                continue;
            }
            self.octets(&text[done..at])?;
            done = at + 1;
            match sign {
                ELEMENT | ATTRIBUTE | VALUE => self.number = Some((sign, 0)),
                _ => self.mark(sign, 0)?,
            }
        }
        self.octets(text.get(done..).unwrap_or_default())
    }

    fn octets(&mut self, text: &str) -> Result<(), ()> {
        if text.is_empty() {
            return Ok(());
        }
        let filled = !text.bytes().all(|octet| octet.is_ascii_whitespace());
        if let Some(value) = &mut self.value {
            value.filled |= filled;
        }
        if let Some(attribute) = &mut self.attribute {
            attribute.filled |= self.value.is_some() && filled;
            attribute.octets.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        let in_content = self.open.last().is_some_and(|open| open.content.is_some() && open.end.is_none());
        if filled && in_content {
            self.keep()?;
        }
        self.pass(text.as_bytes())
    }

    /// Octets that are neither judged nor lost: they go where the innermost element goes.
    fn pass(&mut self, octets: &[u8]) -> Result<(), ()> {
        if self.open.last().is_none_or(|open| open.kept) {
            return self.write_out(octets);
        }
        self.held.extend_from_slice(octets);
        Ok(())
    }

    fn mark(&mut self, sign: char, number: usize) -> Result<(), ()> {
        match sign {
            ELEMENT => {
                let from = self.held.len();
                self.open.push(Open {
                    rule: number,
                    from,
                    content: None,
                    end: None,
                    kept: false,
                    missing: None,
                    value: None,
                });
                Ok(())
            }
            CONTENT => {
                let at = self.held.len();
                self.open.iter_mut().last().into_iter().for_each(|open| open.content = Some(at));
                Ok(())
            }
            CONTENT_END => {
                let at = self.held.len();
                self.open.iter_mut().last().into_iter().for_each(|open| open.end = Some(at));
                Ok(())
            }
            ELEMENT_END => self.end_element(),
            ATTRIBUTE => {
                self.attribute = Some(Attribute { rule: number, octets: Vec::new(), value: None, filled: false });
                Ok(())
            }
            ATTRIBUTE_END => self.end_attribute(),
            VALUE => {
                self.value = Some(Value { expression: number, none: false, filled: false });
                Ok(())
            }
            NONE => {
                self.value.iter_mut().for_each(|value| value.none = true);
                Ok(())
            }
            VALUE_END => {
                let value = self.value.take();
                match (&mut self.attribute, self.open.last_mut()) {
                    (Some(attribute), _) => attribute.value = value.or(attribute.value),
                    (None, Some(open)) => open.value = value.or(open.value),
                    (None, None) => {}
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn end_attribute(&mut self) -> Result<(), ()> {
        let Some(Attribute { rule: number, octets, value, filled }) = self.attribute.take() else { return Ok(()) };
        let rules = self.rules;
        let Some(rule) = rules.attributes.get(number) else { return self.pass(&octets) };
        let none = value.is_some_and(|value| value.none);
        if filled {
            self.keep()?;
            return self.pass(&octets);
        }
        if rule.literal || !rule.optional && !none && rule.accepts_empty {
            return self.pass(&octets);
        }
        match value {
            Some(value) if !rule.optional => {
                self.missing(Missing { expression: value.expression, place: Place::Attribute(number) })
            }
            _ => Ok(()),
        }
    }

    fn end_element(&mut self) -> Result<(), ()> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        if open.kept {
            return Ok(());
        }
        let rules = self.rules;
        let Some(rule) = rules.elements.get(open.rule) else { return Ok(()) };
        let missing = match open.value {
            _ if rule.optional => {
                self.held.truncate(open.from);
                return Ok(());
            }
            None => open.missing,
            Some(value) if value.none && rule.nillable => {
                self.nil(&open, rule.declares_xsi);
                open.missing
            }
            Some(value) if value.none || !rule.accepts_empty => {
                Some(Missing { expression: value.expression, place: Place::Element(open.rule) })
            }
            Some(_) => open.missing,
        };
        match missing {
            Some(missing) => {
                self.held.truncate(open.from);
                self.missing(missing)
            }
            None if self.open.last().is_none_or(|parent| parent.kept) => self.flush(),
            None => Ok(()),
        }
    }

    /// A required value is not there: an error as soon as the element around it holds anything at all.
    fn missing(&mut self, missing: Missing) -> Result<(), ()> {
        match self.open.last_mut() {
            Some(parent) if !parent.kept => {
                parent.missing = parent.missing.or(Some(missing));
                Ok(())
            }
            _ => self.blame(missing),
        }
    }

    fn blame(&mut self, missing: Missing) -> Result<(), ()> {
        let rules = self.rules;
        let text = rules.expressions.get(missing.expression).map_or("", |expression| expression.text.as_str());
        let (code, path) = match missing.place {
            Place::Element(rule) => ("value-missing", rules.elements.get(rule).map(|rule| rule.path.as_str())),
            Place::Attribute(rule) => {
                ("value-missing-attribute", rules.attributes.get(rule).map(|rule| rule.path.as_str()))
            }
        };
        let fault = Fault::new(code).with("expression", text).with("path", path.unwrap_or_default());
        self.fault = Some((Some(missing.expression), fault));
        Err(())
    }

    /// The innermost element holds something, and so do all around it.
    fn keep(&mut self) -> Result<(), ()> {
        if self.open.last().is_none_or(|open| open.kept) {
            return Ok(());
        }
        for open in &mut self.open {
            open.kept = true;
        }
        match self.open.iter().find_map(|open| open.missing) {
            Some(missing) => self.blame(missing),
            None => self.flush(),
        }
    }

    fn flush(&mut self) -> Result<(), ()> {
        let held = std::mem::take(&mut self.held);
        self.write_out(&held)?;
        self.held = held;
        self.held.clear();
        Ok(())
    }

    /// Turns the held element into one that is nil.
    fn nil(&mut self, open: &Open, declares_xsi: bool) {
        let (Some(content), Some(end)) = (open.content, open.end) else { return };
        let end_tag = self.held.split_off(end.min(self.held.len()));
        self.held.truncate(content.saturating_sub(1));
        if !declares_xsi {
            self.held.extend_from_slice(format!(" xmlns:xsi=\"{XSI_NAMESPACE}\"").as_bytes());
        }
        self.held.extend_from_slice(b" xsi:nil=\"true\">");
        self.held.extend_from_slice(&end_tag);
    }

    fn write_out(&mut self, octets: &[u8]) -> Result<(), ()> {
        self.written += octets.len() as u64;
        if self.written > self.largest {
            self.fault = Some((None, Fault::new("template-output-large").with("limit", self.largest.to_string())));
            return Err(());
        }
        self.out.write_all(octets).map_err(|error| self.failed = Some(error))
    }
}

impl<W: Write> Write for Prune<'_, W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        // The engine writes whole texts only.
        let text = std::str::from_utf8(octets).map_err(io::Error::other)?;
        self.take(text).map_err(|()| io::Error::other("the document cannot be written"))?;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
