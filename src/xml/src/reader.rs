//! The strict reader: one pass from octets to the tape.

use crate::characters::{first_illegal, is_name_char, is_name_start, is_nc_name, is_space};
use crate::error::{Position, XmlError, XmlErrorKind};
use crate::escape::{resolve_reference, unescape_attribute};
use crate::limits::Limits;
use crate::scope::{Bindings, NO_NAMESPACE, Scope, XML, XMLNS};
use crate::tape::{Kind, Tape, Token};
use std::ops::Range;
use std::sync::OnceLock;

type Read<T> = Result<T, XmlError>;

/// Reads a whole document of UTF-8 octets into a tape.
pub(crate) fn read(octets: Vec<u8>, limits: &Limits) -> Read<Tape> {
    let limit = limits.bytes.min(u32::MAX as usize - 1);
    if octets.len() > limit {
        return Err(XmlError { kind: XmlErrorKind::TooLarge { limit }, position: Position { line: 1, column: 1 } });
    }
    let source = decode(octets)?;
    let start = if source.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    if let Some((at, code)) = first_illegal(&source) {
        return Err(error(&source, at, XmlErrorKind::Character(code)));
    }
    let mut reader = Reader {
        source: &source,
        octets: source.as_bytes(),
        at: start,
        limits,
        tokens: Vec::with_capacity(source.len() / 24 + 8),
        bindings: Bindings::new(),
        scopes: Vec::new(),
        declarations: Vec::new(),
        open: Vec::new(),
    };
    reader.document()?;
    let Reader { tokens, bindings, scopes, declarations, .. } = reader;
    let namespaces = bindings.into_namespaces();
    let root = tokens.iter().position(|token| token.kind == Kind::Start).unwrap_or(0);
    let root = u32::try_from(root).unwrap_or(0);
    Ok(Tape { source, tokens, namespaces, scopes, declarations, root, lines: OnceLock::new() })
}

fn decode(octets: Vec<u8>) -> Read<String> {
    let at_start = |kind| XmlError { kind, position: Position { line: 1, column: 1 } };
    if octets.is_empty() {
        return Err(at_start(XmlErrorKind::Empty));
    }
    let foreign = match octets.as_slice() {
        [0, 0, 0xFE, 0xFF, ..] | [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0, b'<', ..] | [b'<', 0, 0, 0, ..] => Some("UTF-32"),
        // No document in UTF-8 has a NUL; in UTF-16 one of the first two octets is, whatever ASCII stands there.
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, _, ..] | [_, 0, ..] => Some("UTF-16"),
        [0x4C, 0x6F, 0xA7, 0x94, ..] => Some("EBCDIC"),
        _ => None,
    };
    if let Some(name) = foreign {
        return Err(at_start(XmlErrorKind::Encoding(name.into())));
    }
    String::from_utf8(octets).map_err(|not_utf8| {
        let at = not_utf8.utf8_error().valid_up_to();
        XmlError { kind: XmlErrorKind::NotUtf8, position: Position::of(not_utf8.as_bytes(), at) }
    })
}

fn error(source: &str, at: usize, kind: XmlErrorKind) -> XmlError {
    XmlError { kind, position: Position::of(source.as_bytes(), at) }
}

/// A spelled name: where it lies and how long its prefix is (0 = none).
struct Spelled {
    span: Range<usize>,
    prefix: usize,
}

struct Open {
    token: usize,
    mark: usize,
    scope: u32,
}

struct Reader<'s> {
    source: &'s str,
    octets: &'s [u8],
    at: usize,
    limits: &'s Limits,
    tokens: Vec<Token>,
    bindings: Bindings<'s>,
    scopes: Vec<Scope>,
    /// The tokens of kind `Declaration`, in the order of the document.
    declarations: Vec<u32>,
    open: Vec<Open>,
}

impl<'s> Reader<'s> {
    fn document(&mut self) -> Read<()> {
        self.declaration()?;
        let mut seen_root = false;
        loop {
            if self.open.is_empty() {
                if self.outside(seen_root)? {
                    return Ok(());
                }
                seen_root = true;
                self.start_tag()?;
            } else {
                self.content()?;
            }
        }
    }

    /// Reads comments, instructions and white space around the root. True at the end of a complete document.
    fn outside(&mut self, seen_root: bool) -> Read<bool> {
        loop {
            self.skip_space();
            match self.rest() {
                [] if seen_root => return Ok(true),
                [] => {
                    let blank = |c: char| c.is_whitespace() || c == '\u{FEFF}';
                    return self.fail(if self.source.chars().all(blank) {
                        XmlErrorKind::Empty
                    } else {
                        XmlErrorKind::NoRoot
                    });
                }
                [b'<', b'!', b'-', b'-', ..] => self.comment()?,
                [b'<', b'?', ..] => self.instruction()?,
                rest if rest.starts_with(b"<!DOCTYPE") => return self.fail(XmlErrorKind::Doctype),
                [b'<', ..] if seen_root => return self.fail(XmlErrorKind::AfterRoot),
                [b'<', ..] => return Ok(false),
                _ => return self.fail(XmlErrorKind::OutsideRoot),
            }
        }
    }

    /// Reads what comes next inside an element.
    fn content(&mut self) -> Read<()> {
        match self.rest() {
            [] => {
                let open = self.open.last().map_or(0, |open| open.token);
                let name = self.tokens[open].name(self.source, Kind::Start).to_string();
                self.fail(XmlErrorKind::Unclosed(name))
            }
            [b'<', b'/', ..] => self.end_tag(),
            [b'<', b'!', b'-', b'-', ..] => self.comment(),
            [b'<', b'?', ..] => self.instruction(),
            rest if rest.starts_with(b"<![CDATA[") => self.cdata(),
            rest if rest.starts_with(b"<!DOCTYPE") => self.fail(XmlErrorKind::Doctype),
            [b'<', ..] => self.start_tag(),
            _ => self.text(),
        }
    }

    fn declaration(&mut self) -> Read<()> {
        if !self.rest().starts_with(b"<?xml") || !self.octets.get(self.at + 5).copied().is_some_and(is_space) {
            return Ok(());
        }
        let Some(length) = memchr::memmem::find(self.rest(), b"?>") else {
            return self.fail(XmlErrorKind::Declaration("not finished"));
        };
        let text = &self.source[self.at + 5..self.at + length];
        match declared_encoding(text) {
            Err(cause) => return self.fail(XmlErrorKind::Declaration(cause)),
            Ok(Some(name)) if !encoding_is_utf8(name, self.source) => {
                return self.fail(XmlErrorKind::Encoding(name.into()));
            }
            Ok(_) => {}
        }
        self.at += length + 2;
        Ok(())
    }

    fn start_tag(&mut self) -> Read<()> {
        let at = self.at;
        if self.open.len() >= self.limits.depth as usize {
            return self.fail(XmlErrorKind::TooDeep { limit: self.limits.depth });
        }
        self.at += 1;
        let name = self.name()?;
        let start = self.tokens.len();
        let parent = self.open.last().map_or(u32::MAX, |open| position(open.token));
        self.push(Token { kind: Kind::Start, at: position(at), link: 0, parent, ..Token::named(&name) })?;
        let mark = self.bindings.mark();
        let empty = self.attributes()?;
        let scope = self.enter_scope(start);
        let namespace = self.element_namespace(&name)?;
        self.resolve_attributes(start)?;
        let token = &mut self.tokens[start];
        (token.namespace, token.scope) = (namespace, scope);
        self.open.push(Open { token: start, mark, scope });
        if empty { self.close(self.at) } else { Ok(()) }
    }

    /// Reads the attributes of a start tag up to its end; true when the element is empty (`/>`).
    fn attributes(&mut self) -> Read<bool> {
        let mut count = 0;
        loop {
            let spaced = self.skip_space();
            match self.rest() {
                [b'>', ..] => {
                    self.at += 1;
                    return Ok(false);
                }
                [b'/', b'>', ..] => {
                    self.at += 2;
                    return Ok(true);
                }
                [] => return self.fail(XmlErrorKind::Markup("start tag is not finished")),
                _ if !spaced => return self.fail(XmlErrorKind::Markup("white space expected between attributes")),
                _ => {}
            }
            count += 1;
            if count > self.limits.attributes {
                return self.fail(XmlErrorKind::TooManyAttributes { limit: self.limits.attributes });
            }
            self.attribute()?;
        }
    }

    fn attribute(&mut self) -> Read<()> {
        let name = self.name()?;
        self.skip_space();
        if self.octets.get(self.at) != Some(&b'=') {
            return self.fail(XmlErrorKind::Markup("= expected after an attribute name"));
        }
        self.at += 1;
        self.skip_space();
        let value = self.attribute_value()?;
        let raw = &self.source[value.clone()];
        let plain = !raw.bytes().any(|octet| matches!(octet, b'&' | b'\t' | b'\n' | b'\r'));
        let mut token = Token {
            kind: Kind::Attribute,
            plain,
            scope: position(value.start),
            length: position(value.len()),
            ..Token::named(&name)
        };
        let spelled = &self.source[name.span.clone()];
        if spelled == "xmlns" || name.prefix == 5 && spelled.starts_with("xmlns:") {
            token.kind = Kind::Declaration;
            token.namespace = self.declare(&name, raw, plain)?;
        }
        self.push(token)
    }

    fn attribute_value(&mut self) -> Read<Range<usize>> {
        let quote = match self.rest() {
            [quote @ (b'"' | b'\''), ..] => *quote,
            _ => return self.fail(XmlErrorKind::Markup("attribute value is not in quotation marks")),
        };
        let start = self.at + 1;
        let Some(length) = memchr::memchr(quote, &self.octets[start..]) else {
            return self.fail(XmlErrorKind::Markup("attribute value is not finished"));
        };
        if length > self.limits.attribute_value as usize {
            return self.fail(XmlErrorKind::AttributeTooLong { limit: self.limits.attribute_value });
        }
        let value = start..start + length;
        if let Some(at) = memchr::memchr(b'<', &self.octets[value.clone()]) {
            self.at = start + at;
            return self.fail(XmlErrorKind::Markup("< in an attribute value"));
        }
        self.check_references(value.clone())?;
        self.at = value.end + 1;
        Ok(value)
    }

    /// Binds a prefix; the rules are those of Namespaces in XML 1.0 §3 and §2.2.
    fn declare(&mut self, name: &Spelled, raw: &str, plain: bool) -> Read<u32> {
        if raw.len() > self.limits.namespace as usize {
            return self.fail(XmlErrorKind::NamespaceTooLong { limit: self.limits.namespace });
        }
        let value = if plain { raw.into() } else { unescape_attribute(raw) };
        let namespace = self.bindings.intern(&value);
        let source = self.source;
        let prefix = if name.prefix == 0 { "" } else { &source[name.span.start + 6..name.span.end] };
        match prefix {
            "xmlns" => return self.fail(XmlErrorKind::Namespace("the prefix xmlns cannot be declared")),
            "xml" if namespace != XML => {
                return self.fail(XmlErrorKind::Namespace("the prefix xml has its own namespace"));
            }
            "xml" => {}
            _ if namespace == XML || namespace == XMLNS => {
                return self.fail(XmlErrorKind::Namespace("the namespaces of xml and xmlns belong to their prefixes"));
            }
            "" => {}
            _ if namespace == NO_NAMESPACE => {
                return self.fail(XmlErrorKind::Namespace("a prefix cannot be bound to no namespace"));
            }
            _ => {}
        }
        if self.bindings.mark() >= self.limits.namespaces as usize {
            return self.fail(XmlErrorKind::TooManyNamespaces { limit: self.limits.namespaces });
        }
        self.bindings.declare(prefix, namespace);
        Ok(namespace)
    }

    fn enter_scope(&mut self, start: usize) -> u32 {
        let outer = self.open.last().map_or(u32::MAX, |open| open.scope);
        let first = self.declarations.len();
        let declares = |index: &usize| self.tokens[*index].kind == Kind::Declaration;
        self.declarations.extend((start + 1..self.tokens.len()).filter(declares).map(position));
        if self.declarations.len() == first {
            return outer;
        }
        let parent = (outer != u32::MAX).then_some(outer);
        self.scopes.push(Scope { parent, declarations: position(first)..position(self.declarations.len()) });
        position(self.scopes.len() - 1)
    }

    fn element_namespace(&mut self, name: &Spelled) -> Read<u32> {
        let prefix = &self.source[name.span.start..name.span.start + name.prefix];
        if prefix == "xmlns" {
            return self.fail(XmlErrorKind::Namespace("an element cannot have the prefix xmlns"));
        }
        self.resolve(prefix, name.span.start)
    }

    fn resolve(&self, prefix: &str, at: usize) -> Read<u32> {
        self.bindings
            .resolve(prefix)
            .ok_or_else(|| error(self.source, at, XmlErrorKind::UndeclaredPrefix(prefix.into())))
    }

    fn resolve_attributes(&mut self, start: usize) -> Read<()> {
        for index in start + 1..self.tokens.len() {
            let token = self.tokens[index];
            if token.kind == Kind::Attribute && token.prefix > 0 {
                let prefix = token.prefix(self.source);
                self.tokens[index].namespace = self.resolve(prefix, token.at as usize)?;
            }
        }
        self.check_duplicates(start)
    }

    /// No two attributes of an element share an expanded name, no two declarations a prefix.
    fn check_duplicates(&self, start: usize) -> Read<()> {
        let tokens = &self.tokens[start + 1..];
        if tokens.len() < 2 {
            return Ok(());
        }
        let key = |token: &Token| match token.kind {
            Kind::Declaration => (XMLNS, token.declared_prefix(self.source)),
            _ => (token.namespace, token.local(self.source)),
        };
        let duplicate = if tokens.len() <= 8 {
            (1..tokens.len()).find(|index| tokens[..*index].iter().any(|other| key(other) == key(&tokens[*index])))
        } else {
            let mut sorted: Vec<_> = (0..tokens.len()).collect();
            sorted.sort_by_key(|index| (key(&tokens[*index]), *index));
            sorted.windows(2).find(|pair| key(&tokens[pair[0]]) == key(&tokens[pair[1]])).map(|pair| pair[1])
        };
        match duplicate {
            None => Ok(()),
            Some(index) => {
                let token = &tokens[index];
                let name = token.name(self.source, token.kind).to_string();
                Err(error(self.source, token.at as usize, XmlErrorKind::DuplicateAttribute(name)))
            }
        }
    }

    fn end_tag(&mut self) -> Read<()> {
        let at = self.at;
        self.at += 2;
        let Some(open) = self.open.last() else { return self.fail(XmlErrorKind::AfterRoot) };
        let expected = self.tokens[open.token].name(self.source, Kind::Start);
        if !self.rest().starts_with(expected.as_bytes())
            || self.source[self.at + expected.len()..].starts_with(|c| is_name_char(c) || c == ':')
        {
            let found = self.name()?;
            self.at = at;
            return self.fail(XmlErrorKind::EndTag { open: expected.into(), found: self.source[found.span].into() });
        }
        self.at += expected.len();
        self.skip_space();
        if self.octets.get(self.at) != Some(&b'>') {
            return self.fail(XmlErrorKind::Markup("> expected at the end of an end tag"));
        }
        self.at += 1;
        self.close(at)
    }

    /// Ends the innermost element; `at` is where its end tag begins (or where the empty element ends).
    fn close(&mut self, at: usize) -> Read<()> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        self.bindings.leave(open.mark);
        let end = Token { kind: Kind::End, at: position(at), link: position(open.token), ..Token::default() };
        self.push(end)?;
        let after = position(self.tokens.len());
        let start = &mut self.tokens[open.token];
        start.link = after;
        start.length = position(self.at) - start.at;
        Ok(())
    }

    fn text(&mut self) -> Read<()> {
        let start = self.at;
        let end = memchr::memchr(b'<', self.rest()).map_or(self.octets.len(), |length| start + length);
        let octets = &self.octets[start..end];
        if let Some(at) = memchr::memmem::find(octets, b"]]>") {
            self.at = start + at;
            return self.fail(XmlErrorKind::Markup("]]> in text"));
        }
        let plain = memchr::memchr2(b'&', b'\r', octets).is_none();
        if !plain {
            self.check_references(start..end)?;
        }
        self.at = end;
        self.push(Token::spanning(Kind::Text, plain, start..end))
    }

    fn cdata(&mut self) -> Read<()> {
        let start = self.at + 9;
        let Some(length) = memchr::memmem::find(&self.octets[start..], b"]]>") else {
            return self.fail(XmlErrorKind::Markup("CDATA section is not finished"));
        };
        let content = start..start + length;
        let plain = memchr::memchr(b'\r', &self.octets[content.clone()]).is_none();
        self.at = content.end + 3;
        self.push(Token::spanning(Kind::Cdata, plain, content))
    }

    fn comment(&mut self) -> Read<()> {
        let start = self.at + 4;
        let Some(length) = memchr::memmem::find(&self.octets[start..], b"--") else {
            return self.fail(XmlErrorKind::Markup("comment is not finished"));
        };
        if self.octets.get(start + length + 2) != Some(&b'>') {
            self.at = start + length;
            return self.fail(XmlErrorKind::Markup("-- in a comment"));
        }
        self.at = start + length + 3;
        self.push(Token::spanning(Kind::Comment, true, start..start + length))
    }

    fn instruction(&mut self) -> Read<()> {
        let at = self.at;
        self.at += 2;
        let target = self.name()?;
        let spelled = &self.source[target.span.clone()];
        if target.prefix > 0 {
            return self.fail(XmlErrorKind::Markup("colon in the target of a processing instruction"));
        }
        if spelled.eq_ignore_ascii_case("xml") {
            self.at = at;
            return self.fail(XmlErrorKind::Declaration("it stands only at the very start, written <?xml"));
        }
        let spaced = self.skip_space();
        let start = self.at;
        let Some(length) = memchr::memmem::find(self.rest(), b"?>") else {
            return self.fail(XmlErrorKind::Markup("processing instruction is not finished"));
        };
        if !spaced && length > 0 {
            return self
                .fail(XmlErrorKind::Markup("white space expected after the target of a processing instruction"));
        }
        self.at = start + length + 2;
        let plain = memchr::memchr(b'\r', &self.octets[start..start + length]).is_none();
        self.push(Token {
            kind: Kind::Instruction,
            plain,
            scope: position(start),
            length: position(length),
            ..Token::named(&target)
        })
    }

    fn check_references(&mut self, range: Range<usize>) -> Read<()> {
        for at in memchr::memchr_iter(b'&', &self.octets[range.clone()]) {
            let start = range.start + at + 1;
            // No reference that is allowed is longer than this; leading zeros may be many but need no support here.
            let window = &self.octets[start..range.end.min(start + 32)];
            let name = memchr::memchr(b';', window).and_then(|end| self.source.get(start..start + end));
            if name.is_none_or(|name| resolve_reference(name).is_none()) {
                self.at = start - 1;
                let numeric = window.first() == Some(&b'#');
                return self.fail(if numeric { XmlErrorKind::CharacterReference } else { XmlErrorKind::Entity });
            }
        }
        Ok(())
    }

    fn name(&mut self) -> Read<Spelled> {
        let start = self.at;
        let mut colon = None;
        let mut part_begins = true;
        while let Some(octet) = self.octets.get(self.at).copied() {
            let (character, length) = if octet.is_ascii() {
                (char::from(octet), 1)
            } else {
                let character = self.source[self.at..].chars().next().unwrap_or(' ');
                (character, character.len_utf8())
            };
            if character == ':' {
                if part_begins || colon.is_some() {
                    return self.fail(XmlErrorKind::Markup("colon in a name in the wrong place"));
                }
                colon = Some(self.at);
                part_begins = true;
            } else if part_begins {
                if !is_name_start(character) {
                    return self.fail(XmlErrorKind::NameExpected);
                }
                part_begins = false;
            } else if !is_name_char(character) {
                break;
            }
            self.at += length;
        }
        let limit = self.limits.name.min(u32::from(u16::MAX));
        if part_begins {
            return self.fail(XmlErrorKind::NameExpected);
        }
        if self.at - start > limit as usize {
            self.at = start;
            return self.fail(XmlErrorKind::NameTooLong { limit });
        }
        Ok(Spelled { span: start..self.at, prefix: colon.map_or(0, |colon| colon - start) })
    }

    fn push(&mut self, token: Token) -> Read<()> {
        if self.tokens.len() >= self.limits.tokens as usize {
            return self.fail(XmlErrorKind::TooManyTokens { limit: self.limits.tokens });
        }
        self.tokens.push(token);
        Ok(())
    }

    fn rest(&self) -> &'s [u8] {
        self.octets.get(self.at..).unwrap_or(&[])
    }

    fn skip_space(&mut self) -> bool {
        let length = self.rest().iter().take_while(|octet| is_space(**octet)).count();
        self.at += length;
        length > 0
    }

    fn fail<T>(&self, kind: XmlErrorKind) -> Read<T> {
        Err(error(self.source, self.at, kind))
    }
}

impl Token {
    fn named(name: &Spelled) -> Token {
        Token {
            at: position(name.span.start),
            prefix: u16::try_from(name.prefix).unwrap_or(u16::MAX),
            name: u16::try_from(name.span.len()).unwrap_or(u16::MAX),
            ..Token::default()
        }
    }

    fn spanning(kind: Kind, plain: bool, span: Range<usize>) -> Token {
        Token { kind, plain, at: position(span.start), length: position(span.len()), ..Token::default() }
    }
}

/// An offset or index as 32 bits; the size limit of the document makes larger ones impossible.
fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Octets of the longest encoding name that is repeated in an error; IANA knows none that is longer.
const LONGEST_ENCODING: usize = 45;

/// Checks the pseudo-attributes of the XML declaration (productions [23] to [32]) and gives the declared encoding.
fn declared_encoding(text: &str) -> Result<Option<&str>, &'static str> {
    let mut encoding = None;
    let mut last = 0;
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        if trimmed.is_empty() {
            break;
        }
        if trimmed.len() == rest.len() {
            return Err("white space expected");
        }
        let (name, after) = trimmed.split_once('=').ok_or("= expected")?;
        let after = after.trim_start_matches([' ', '\t', '\r', '\n']);
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or("quotation mark expected")?;
        let (value, after) = after[1..].split_once(quote).ok_or("value is not finished")?;
        let order = match name.trim_end_matches([' ', '\t', '\r', '\n']) {
            "version" if value == "1.0" => 1,
            "version" => return Err("version is not 1.0"),
            "encoding" => 2,
            "standalone" if matches!(value, "yes" | "no") => 3,
            "standalone" => return Err("standalone is neither yes nor no"),
            _ => return Err("unknown item"),
        };
        if order <= last || last == 0 && order != 1 {
            return Err("version, encoding and standalone stand in this order");
        }
        if order == 2 {
            // Production [81]; the name is told in the error, so that it must be short too.
            let named = value.len() <= LONGEST_ENCODING
                && value.starts_with(|c: char| c.is_ascii_alphabetic())
                && value.is_ascii()
                && is_nc_name(value);
            encoding = Some(if named { value } else { return Err("name of the encoding") });
        }
        (last, rest) = (order, after);
    }
    if last == 0 { Err("version is missing") } else { Ok(encoding) }
}

/// UTF-8 itself, or its subset ASCII when the document keeps to it.
fn encoding_is_utf8(name: &str, source: &str) -> bool {
    name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("us-ascii") && source.is_ascii()
}
