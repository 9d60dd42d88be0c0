//! The events of `quick-xml`, with what it lets through and XML does not refused.

use std::borrow::Cow;

use quick_xml::events;

use super::scope::Scope;
use super::tag::Tag;
use crate::error::Fault;
use crate::{Limits, characters};

pub(super) struct Xml<'x> {
    source: &'x str,
    events: quick_xml::Reader<&'x [u8]>,
    /// Where the event that was read last begins.
    start: usize,
}

pub(super) enum Event {
    Start,
    End,
}

type Step<T> = Result<T, Fault>;

impl<'x> Xml<'x> {
    pub(super) fn new(octets: &'x [u8], limits: &Limits) -> Step<Xml<'x>> {
        if octets.len() > limits.bytes {
            return Err(Fault::Limit(
                "xml-too-large",
                "the document is larger than is allowed",
                "документът е по-голям от разрешеното",
            ));
        }
        let text = std::str::from_utf8(octets).map_err(|_| ENCODING)?;
        let source = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        if !characters::all_allowed(source) {
            return Err(Fault::Xml(
                "xml-character",
                "the document holds a character that XML does not have",
                "документът съдържа знак, който XML няма",
            ));
        }
        let mut events = quick_xml::Reader::from_str(source);
        let config = events.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        Ok(Xml { source, events, start: 0 })
    }

    /// After the event that was read last.
    pub(super) fn position(&self) -> usize {
        self.events.buffer_position() as usize
    }

    /// Where the event that was read last begins.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'x str {
        self.source.get(start..end).unwrap_or_default()
    }

    /// Line and column, from 1.
    pub(super) fn place(&self, offset: usize) -> (u32, u32) {
        let before = self.source.get(..offset).unwrap_or(self.source);
        let line = before.bytes().filter(|&octet| octet == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The next tag; only blanks may stand before it.
    pub(super) fn tag(&mut self, tag: &mut Tag, scope: &mut Scope, limits: &Limits) -> Step<Event> {
        loop {
            match self.next()? {
                events::Event::Start(start) => {
                    tag.read(&start, self.start, scope, limits)?;
                    return Ok(Event::Start);
                }
                events::Event::End(_) => return Ok(Event::End),
                events::Event::Text(text) if characters::is_blank(&text) => {}
                events::Event::Comment(_) | events::Event::PI(_) | events::Event::Decl(_) => {}
                events::Event::Eof => return Err(EARLY),
                _ => return Err(Fault::TextBetween),
            }
        }
    }

    /// The text up to the end tag.
    pub(super) fn text(&mut self, tag: &mut Tag, scope: &mut Scope, limits: &Limits) -> Step<Cow<'x, str>> {
        let mut whole: Cow<'x, str> = Cow::Borrowed("");
        loop {
            let part = match self.next()? {
                events::Event::End(_) => return Ok(whole),
                events::Event::Text(text) => ends(text.into_inner()),
                events::Event::CData(text) => ends(text.into_inner()),
                events::Event::GeneralRef(name) => {
                    whole.to_mut().push(characters::reference(&name.into_inner()).ok_or(REFERENCE)?);
                    continue;
                }
                events::Event::Start(start) => {
                    tag.read(&start, self.start, scope, limits)?;
                    return Err(Fault::ElementInValue);
                }
                events::Event::Eof => return Err(EARLY),
                _ => continue,
            };
            match whole.is_empty() {
                true => whole = part,
                false => whole.to_mut().push_str(&part),
            }
        }
    }

    /// Passes over content and its end tag; says where that begins.
    pub(super) fn skip(&mut self, tag: &mut Tag, scope: &mut Scope, limits: &Limits) -> Step<usize> {
        let mut depth = 0u32;
        loop {
            match self.next()? {
                events::Event::Start(start) => {
                    tag.read(&start, self.start, scope, limits)?;
                    depth += 1;
                }
                events::Event::End(_) if depth == 0 => return Ok(self.start),
                events::Event::End(_) => {
                    scope.close();
                    depth -= 1;
                }
                events::Event::GeneralRef(name) => {
                    characters::reference(&name.into_inner()).ok_or(REFERENCE)?;
                }
                events::Event::Eof => return Err(EARLY),
                _ => {}
            }
        }
    }

    /// Only blanks, comments and instructions may stand behind the root.
    pub(super) fn finish(&mut self) -> Step<()> {
        loop {
            match self.next()? {
                events::Event::Text(text) if characters::is_blank(&text) => {}
                events::Event::Comment(_) | events::Event::PI(_) => {}
                events::Event::Eof => return Ok(()),
                _ => {
                    return Err(Fault::Xml(
                        "xml-after-root",
                        "something stands behind the root element",
                        "след кореновия елемент стои нещо",
                    ));
                }
            }
        }
    }

    fn next(&mut self) -> Step<events::Event<'x>> {
        self.start = self.position();
        let event = self.events.read_event().map_err(|_| {
            Fault::Xml("xml-not-well-formed", "the document is not well-formed", "документът не е правилно съставен")
        })?;
        match &event {
            events::Event::Text(text) if text.as_bytes().contains(&b']') && text.contains("]]>") => {
                Err(Fault::Xml("xml-text", "`]]>` must not stand in text", "в текст не може да стои `]]>`"))
            }
            events::Event::DocType(_) => Err(Fault::Xml(
                "xml-doctype",
                "a document type declaration is never read",
                "декларация DOCTYPE не се чете никога",
            )),
            events::Event::PI(instruction) if instruction.target().eq_ignore_ascii_case("xml") => Err(DECLARATION),
            events::Event::Decl(declaration) => self.declaration(declaration).map(|()| event),
            _ => Ok(event),
        }
    }

    fn declaration(&self, declaration: &events::BytesDecl<'_>) -> Step<()> {
        if self.start != 0 || declaration.version().ok().as_deref() != Some("1.0") {
            return Err(DECLARATION);
        }
        match declaration.encoding() {
            None => Ok(()),
            Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
            Some(_) => Err(ENCODING),
        }
    }
}

fn ends(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => characters::line_ends(text),
        Cow::Owned(text) => Cow::Owned(characters::line_ends(&text).into_owned()),
    }
}

const EARLY: Fault = Fault::Xml("xml-not-well-formed", "the document ends too early", "документът свършва твърде рано");
const REFERENCE: Fault = Fault::Xml(
    "xml-reference",
    "a reference means none of the five entities of XML and no character",
    "препратка не означава нито една от петте същности на XML, нито знак",
);
const ENCODING: Fault = Fault::Xml("xml-encoding", "the document is not in UTF-8", "документът не е в UTF-8");
const DECLARATION: Fault = Fault::Xml(
    "xml-declaration",
    "the XML declaration is not that of XML 1.0 or does not stand first",
    "XML декларацията не е за XML 1.0 или не стои най-отпред",
);
