//! Reading a document that is too long for one tape: window after window, each with a tape of its own.
//!
//! A window is a piece of the document between two tags, put between the start tags that are open before it and the end
//! tags of those that are open behind it; so it is a document that the strict reader reads, with every prefix in scope.
//! Here only tags are told from the rest and end tags matched with start tags; whatever else is wrong, the reader finds.

use crate::error::{Position, XmlError, XmlErrorKind};
use crate::limits::Limits;
use crate::tape::{Document, Element, Event};
use std::io::{self, Read};
use std::ops::Range;

/// The windows of a document, in order.
pub struct Windows<R> {
    source: R,
    limits: Limits,
    /// A window ends at the first tag behind this many octets.
    size: usize,
    buffer: Vec<u8>,
    /// How far the buffer has been scanned.
    scanned: usize,
    /// What is open at `scanned`.
    open: Vec<Opened>,
    /// What was open where the buffer begins.
    before: Vec<Opened>,
    /// Octets of the document before the buffer, and where the buffer begins in lines.
    offset: u64,
    position: Position,
    seen_root: bool,
    /// The source has no more.
    ended: bool,
    /// The last window has been given.
    done: bool,
}

/// How far scanning came.
enum Scanned {
    /// Here a window may end.
    Window(usize),
    /// Here it must, because the reader stops before.
    Broken(usize),
    /// Markup is not complete, or there is none.
    Short,
}

/// A start tag whose element is open.
#[derive(Clone)]
struct Opened {
    /// Octets of the document before it.
    offset: u64,
    /// Its length as written.
    length: usize,
    /// Its text on one line, when the window in which it stood has been cut; before that it lies in the buffer.
    tag: Option<Box<str>>,
}

/// One window: a document in which only what lies between the repeated tags is new.
pub struct Window {
    document: Document,
    /// Where what is new lies in the document of the window.
    new: Range<usize>,
    /// Octets of the whole document before it.
    offset: u64,
    /// The elements that are open when the window begins: where their repeated tags lie, and where they began.
    reopened: Vec<(usize, u64)>,
    /// Where the window begins in lines, and characters of the repeated tags, which stand on one line before it.
    position: Position,
    lead: usize,
}

/// Why a window could not be had.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// The document is not well-formed, or beyond a limit; the place is that in the whole document.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// The octets could not be read.
    #[error("the octets of the document could not be read: {0}")]
    Io(#[from] io::Error),
}

/// What a window is long if no tag or text is longer.
const SIZE: usize = 64 * 1024;

impl<R: Read> Windows<R> {
    /// The windows of the octets that `source` gives. [`Limits::bytes`] is for the whole document, [`Limits::tokens`]
    /// for each window.
    pub fn new(source: R, limits: &Limits) -> Windows<R> {
        Windows::of_size(source, limits, SIZE)
    }

    /// The same with windows that end at the first tag behind `size` octets.
    pub fn of_size(source: R, limits: &Limits, size: usize) -> Windows<R> {
        Windows {
            source,
            limits: limits.clone(),
            size,
            buffer: Vec::new(),
            scanned: 0,
            open: Vec::new(),
            before: Vec::new(),
            offset: 0,
            position: Position { line: 1, column: 1 },
            seen_root: false,
            ended: false,
            done: false,
        }
    }

    /// The next window; nothing behind the last, or behind an error.
    pub fn window(&mut self) -> Result<Option<Window>, WindowError> {
        if std::mem::replace(&mut self.done, true) {
            return Ok(None);
        }
        loop {
            match self.scan() {
                Scanned::Window(end) => {
                    let window = self.cut(end, true)?;
                    self.done = false;
                    return Ok(Some(window));
                }
                Scanned::Broken(end) => return Ok(Some(self.cut(end, false)?)),
                // Whatever is unfinished is for the reader to find.
                Scanned::Short if self.ended => return Ok(Some(self.cut(self.buffer.len(), false)?)),
                Scanned::Short => self.fill()?,
            }
        }
    }

    fn fill(&mut self) -> Result<(), WindowError> {
        let more = self.size.max(self.buffer.len());
        let got = (&mut self.source).take(more as u64).read_to_end(&mut self.buffer)?;
        self.ended = got < more;
        let limit = self.limits.bytes;
        if self.offset.saturating_add(self.buffer.len() as u64) > limit as u64 {
            return Err(XmlError { kind: XmlErrorKind::TooLarge { limit }, position: self.position }.into());
        }
        Ok(())
    }

    /// Makes a document of what lies before `end`, and goes on behind it.
    fn cut(&mut self, end: usize, closed: bool) -> Result<Window, XmlError> {
        let rest = self.buffer.split_off(end);
        let piece = std::mem::replace(&mut self.buffer, rest);
        self.scanned = 0;
        let mut text = Vec::with_capacity(piece.len() + 1024);
        let mut reopened = Vec::with_capacity(self.before.len());
        let mut lead = 0;
        for opened in &self.before {
            let tag = opened.tag.as_deref().unwrap_or_default();
            reopened.push((text.len(), opened.offset));
            lead += tag.chars().count();
            text.extend_from_slice(tag.as_bytes());
        }
        let new = text.len()..text.len() + piece.len();
        text.extend_from_slice(&piece);
        for opened in &mut self.open {
            let lies = opened.offset.checked_sub(self.offset).and_then(|at| usize::try_from(at).ok());
            if let Some(at) = lies.filter(|_| opened.tag.is_none()) {
                opened.tag = Some(one_line(piece.get(at..at + opened.length).unwrap_or_default()));
            }
        }
        for tag in self.open.iter().rev().filter(|_| closed).filter_map(|opened| opened.tag.as_deref()) {
            text.extend_from_slice(b"</");
            text.extend_from_slice(name_of(tag.as_bytes()));
            text.push(b'>');
        }
        let limits = Limits { bytes: usize::MAX, ..self.limits.clone() };
        let position = self.position;
        let document = Document::read(text, &limits)
            .map_err(|XmlError { kind, position: found }| XmlError { kind, position: found.moved(position, lead) })?;
        let window = Window { document, new, offset: self.offset, reopened, position, lead };
        self.offset += piece.len() as u64;
        self.position = self.position.after(&piece);
        self.before.clone_from(&self.open);
        Ok(window)
    }

    /// Goes through markup that is complete, until a window is long enough.
    fn scan(&mut self) -> Scanned {
        loop {
            let Some(found) = memchr::memchr(b'<', self.buffer.get(self.scanned..).unwrap_or_default()) else {
                self.scanned = self.buffer.len();
                return Scanned::Short;
            };
            self.scanned += found;
            let markup = self.buffer.get(self.scanned..).unwrap_or_default();
            let Some((length, tag)) = markup_of(markup) else { return Scanned::Short };
            let end = self.scanned + length;
            let written = markup.get(..length).unwrap_or_default();
            match tag {
                Tag::None => {}
                Tag::Start | Tag::Empty if self.open.is_empty() && self.seen_root => return Scanned::Broken(end),
                Tag::Start => {
                    self.open.push(Opened { offset: self.offset + self.scanned as u64, length, tag: None });
                }
                Tag::Empty => {}
                Tag::End => {
                    let name = written.get(2..length - 1).unwrap_or_default().trim_ascii_end();
                    if self.open.pop().is_none_or(|opened| self.name(&opened) != name) {
                        return Scanned::Broken(end);
                    }
                }
            }
            self.scanned = end;
            if !matches!(tag, Tag::None) {
                self.seen_root = true;
                // Behind the root nothing is open that could be put around a window.
                if end >= self.size && !self.open.is_empty() {
                    return Scanned::Window(end);
                }
            }
        }
    }
}

impl<R> Windows<R> {
    fn name<'s>(&'s self, opened: &'s Opened) -> &'s [u8] {
        match &opened.tag {
            Some(tag) => name_of(tag.as_bytes()),
            None => {
                let at = opened.offset.saturating_sub(self.offset);
                name_of(self.buffer.get(usize::try_from(at).unwrap_or(usize::MAX)..).unwrap_or_default())
            }
        }
    }
}

/// The name in a start tag.
fn name_of(tag: &[u8]) -> &[u8] {
    let name = tag.get(1..).unwrap_or_default();
    let ends = |octet: &u8| octet.is_ascii_whitespace() || matches!(octet, b'>' | b'/');
    name.get(..name.iter().position(ends).unwrap_or(name.len())).unwrap_or_default()
}

/// What a piece of markup is to the nesting of elements.
enum Tag {
    Start,
    Empty,
    End,
    /// A comment, an instruction, a CDATA section, or something that the reader refuses.
    None,
}

/// The length of the markup that begins here, and what it is; nothing if its end is not there yet.
fn markup_of(markup: &[u8]) -> Option<(usize, Tag)> {
    let until = |end: &[u8], from: usize| {
        let body = markup.get(from..)?;
        Some((from + memchr::memmem::find(body, end)? + end.len(), Tag::None))
    };
    match markup {
        [b'<', b'!', b'-', b'-', ..] => until(b"-->", 4),
        [b'<', b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..] => until(b"]]>", 9),
        // As long as it may still become one of the two.
        _ if markup.len() < 9 && (b"<!--".starts_with(markup) || b"<![CDATA[".starts_with(markup)) => None,
        [b'<', b'!', ..] => until(b">", 2),
        [b'<', b'?', ..] => until(b"?>", 2),
        [b'<', b'/', ..] => until(b">", 2).map(|(length, _)| (length, Tag::End)),
        _ => {
            let mut at = 1;
            loop {
                let rest = markup.get(at..)?;
                let found = memchr::memchr3(b'>', b'"', b'\'', rest)?;
                let octet = *rest.get(found)?;
                at += found + 1;
                if octet == b'>' {
                    let empty = markup.get(at - 2) == Some(&b'/');
                    return Some((at, if empty { Tag::Empty } else { Tag::Start }));
                }
                at += memchr::memchr(octet, markup.get(at..)?)? + 1;
            }
        }
    }
}

/// A start tag in which white space is spaces: between attributes they mean the same, in values they are read as one.
fn one_line(tag: &[u8]) -> Box<str> {
    // Carriage return and line feed are one line end, which a value reads as one space (XML 1.0 §2.11, §3.3.3).
    String::from_utf8_lossy(tag).replace("\r\n", " ").replace(['\r', '\n', '\t'], " ").into_boxed_str()
}

impl Window {
    /// The elements that were open before the window, from the root; of each only name, attributes and declarations
    /// can be read.
    pub fn reopened(&self) -> impl Iterator<Item = Element<'_>> {
        let mut next = (!self.reopened.is_empty()).then(|| self.document.root());
        (0..self.reopened.len()).map_while(move |_| {
            let element = next?;
            next = element.children().next();
            Some(element)
        })
    }

    /// What is new in the window, in the order of the document. An element that goes on behind the window has a start
    /// and no end here; its children are those that begin in the window.
    pub fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.document.root().events().filter(|event| match event {
            Event::Start(element) => self.new.contains(&element.span().start),
            Event::End(element) => element.span().end <= self.new.end,
            Event::Text(_) | Event::Comment(_) | Event::Instruction { .. } => true,
        })
    }

    /// The root of the document; in a window that is not the first, only its name and its attributes count.
    pub fn root(&self) -> Element<'_> {
        self.document.root()
    }

    /// Line and column of the start tag of an element that begins in this window, in the whole document.
    pub fn position(&self, element: Element<'_>) -> Position {
        self.document.position(element.span().start).moved(self.position, self.lead)
    }

    /// Octets of the whole document before the start tag of an element of this window.
    pub fn offset(&self, element: Element<'_>) -> u64 {
        let at = element.span().start;
        match at.checked_sub(self.new.start) {
            Some(behind) => self.offset + behind as u64,
            None => {
                let found = self.reopened.binary_search_by_key(&at, |(start, _)| *start);
                found.ok().and_then(|index| self.reopened.get(index)).map_or(0, |(_, offset)| *offset)
            }
        }
    }
}

impl Position {
    /// A position in a window as one in the whole document.
    fn moved(self, window: Position, lead: usize) -> Position {
        if self.line > 1 {
            return Position { line: self.line.saturating_add(window.line - 1), column: self.column };
        }
        let column = self.column.saturating_sub(u32::try_from(lead).unwrap_or(u32::MAX)).max(1);
        Position { line: window.line, column: column.saturating_add(window.column - 1) }
    }
}

#[cfg(test)]
mod tests;
