//! Character classes of Part 2 §F.1: escapes, categories, blocks, ranges, subtraction.

use std::fmt::Write as _;

use super::blocks;
use super::syntax::{PatternError, PatternFault, Reader};
use crate::datatype::names;

/// A set of characters: the parts (or all others), without `minus`.
#[derive(Clone)]
pub(super) struct Class {
    pub(super) negated: bool,
    pub(super) parts: Vec<Part>,
    pub(super) minus: Option<Box<Class>>,
}

#[derive(Clone)]
pub(super) enum Part {
    Range(char, char),
    /// Characters of a sorted table: `\s`, `\d`, `\i`, `\c` and blocks.
    Table {
        ranges: &'static [(char, char)],
        negated: bool,
    },
    /// `\p{..}` with a category, under the name of the category.
    Category {
        name: Box<str>,
        negated: bool,
    },
    /// `\w`: everything but punctuation, separators and others.
    Word {
        negated: bool,
    },
}

/// The white space of XML, which is `\s`.
const SPACE: &[(char, char)] = &[('\t', '\n'), ('\r', '\r'), (' ', ' ')];

impl Class {
    pub(super) fn character(c: char) -> Class {
        Class::of(Part::Range(c, c))
    }

    pub(super) fn any_but_line_ends() -> Class {
        Class { negated: true, parts: vec![Part::Range('\n', '\n'), Part::Range('\r', '\r')], minus: None }
    }

    fn of(part: Part) -> Class {
        Class { negated: false, parts: vec![part], minus: None }
    }

    /// Whether the character is in the set, where that can be told without tables of Unicode.
    pub(super) fn contains(&self, c: char) -> Option<bool> {
        let mut found = false;
        for part in &self.parts {
            found |= part.contains(c)?;
        }
        let without = match &self.minus {
            Some(minus) => minus.contains(c)?,
            None => false,
        };
        Some((found != self.negated) && !without)
    }

    /// Whether [`Class::contains`] always answers.
    pub(super) fn is_plain(&self) -> bool {
        let plain = |part: &Part| !matches!(part, Part::Category { .. } | Part::Word { .. });
        self.parts.iter().all(plain) && self.minus.as_ref().is_none_or(|minus| minus.is_plain())
    }

    pub(super) fn write(&self, out: &mut String) {
        out.push('[');
        if self.minus.is_some() {
            out.push('[');
        }
        if self.negated {
            out.push('^');
        }
        for part in &self.parts {
            part.write(out);
        }
        if let Some(minus) = &self.minus {
            out.push_str("]--");
            minus.write(out);
        }
        out.push(']');
    }
}

impl Part {
    fn contains(&self, c: char) -> Option<bool> {
        match self {
            Part::Range(first, last) => Some((*first..=*last).contains(&c)),
            Part::Table { ranges, negated } => Some(names::within(ranges, c) != *negated),
            Part::Category { .. } | Part::Word { .. } => None,
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Part::Range(first, last) => write_range(*first, *last, out),
            Part::Table { ranges, negated } => {
                out.push_str(if *negated { "[^" } else { "[" });
                if ranges.is_empty() {
                    out.push_str("a&&b");
                }
                for &(first, last) in *ranges {
                    write_range(first, last, out);
                }
                out.push(']');
            }
            Part::Category { name, negated } => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\{}{{{name}}}", if *negated { 'P' } else { 'p' });
            }
            Part::Word { negated } => out.push_str(if *negated { r"[\p{P}\p{Z}\p{C}]" } else { r"[^\p{P}\p{Z}\p{C}]" }),
        }
    }
}

fn write_range(first: char, last: char, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "\\x{{{:x}}}-\\x{{{:x}}}", u32::from(first), u32::from(last));
}

/// An escape outside or inside brackets: one character or a class (productions 23 to 37).
pub(super) fn escape(reader: &mut Reader<'_>) -> Result<Class, PatternError> {
    reader.take();
    let letter = reader.peek().ok_or_else(|| reader.fault(PatternFault::Escape))?;
    if let Some(single) = single(letter) {
        reader.take();
        return Ok(Class::character(single));
    }
    let negated = letter.is_ascii_uppercase();
    let part = match letter.to_ascii_lowercase() {
        's' => Part::Table { ranges: SPACE, negated },
        'd' => Part::Table { ranges: blocks::DECIMAL_DIGITS, negated },
        'w' => Part::Word { negated },
        'i' => Part::Table { ranges: names::START, negated },
        'c' => Part::Table { ranges: names::ALL, negated },
        'p' => {
            reader.take();
            return property(reader, negated).map(Class::of);
        }
        _ => return Err(reader.fault(PatternFault::Escape)),
    };
    reader.take();
    Ok(Class::of(part))
}

fn single(letter: char) -> Option<char> {
    match letter {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '\\' | '|' | '.' | '?' | '*' | '+' | '(' | ')' | '{' | '}' | '-' | '[' | ']' | '^' => Some(letter),
        _ => None,
    }
}

/// What follows `\p`: `{Lu}` or `{IsCyrillic}`.
fn property(reader: &mut Reader<'_>, negated: bool) -> Result<Part, PatternError> {
    if !reader.skip('{') {
        return Err(reader.fault(PatternFault::Category));
    }
    let mut name = String::new();
    while let Some(c) = reader.peek().filter(|&c| c.is_ascii_alphanumeric() || c == '-') {
        name.push(c);
        reader.take();
    }
    let fault = |reader: &mut Reader<'_>| {
        reader.fault(if name.starts_with("Is") { PatternFault::Block } else { PatternFault::Category })
    };
    let part = match name.strip_prefix("Is") {
        Some(block) => blocks::ranges(block).map(|ranges| Part::Table { ranges, negated }),
        None if name == "Nd" => Some(Part::Table { ranges: blocks::DECIMAL_DIGITS, negated }),
        None => CATEGORIES.contains(&name.as_str()).then(|| Part::Category { name: name.as_str().into(), negated }),
    };
    match part {
        Some(part) if reader.skip('}') => Ok(part),
        _ => Err(fault(reader)),
    }
}

/// Production 38 to 45; surrogates (Cs) are no characters of XML.
const CATEGORIES: [&str; 36] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn",
];

const NESTING: usize = 50;

/// A class in brackets, from its `[` to its `]` (productions 12 to 22).
pub(super) fn bracketed(reader: &mut Reader<'_>, depth: usize) -> Result<Class, PatternError> {
    if depth > NESTING {
        return Err(reader.fault(PatternFault::TooDeep));
    }
    reader.take();
    let negated = reader.skip('^');
    let mut parts = Vec::new();
    loop {
        let next = reader.peek().ok_or_else(|| reader.fault(PatternFault::OpenClass))?;
        match next {
            ']' if parts.is_empty() => return Err(reader.fault(PatternFault::OpenClass)),
            ']' => {
                reader.take();
                return Ok(Class { negated, parts, minus: None });
            }
            '[' => return Err(reader.fault(PatternFault::StrayBracket)),
            '-' if reader.peek_second() == Some('[') && !parts.is_empty() => {
                reader.take();
                let minus = Some(Box::new(bracketed(reader, depth + 1)?));
                if !reader.skip(']') {
                    return Err(reader.fault(PatternFault::OpenClass));
                }
                return Ok(Class { negated, parts, minus });
            }
            // A dash stands for itself only at an end of the group.
            '-' if parts.is_empty() || reader.dash_ends_group() => {
                reader.take();
                parts.push(Part::Range('-', '-'));
            }
            '-' => return Err(reader.fault(PatternFault::Range)),
            _ => range(reader, &mut parts)?,
        }
    }
}

/// One character, one escape, or a range of characters.
fn range(reader: &mut Reader<'_>, parts: &mut Vec<Part>) -> Result<(), PatternError> {
    let Some(first) = end(reader, parts)? else {
        return Ok(());
    };
    // `a-` before the end of the group or before a subtraction is no range.
    if reader.peek() != Some('-') || reader.peek_second() == Some('[') || reader.dash_ends_group() {
        parts.push(Part::Range(first, first));
        return Ok(());
    }
    reader.take();
    if reader.peek() == Some('-') {
        return Err(reader.fault(PatternFault::Range));
    }
    let before = parts.len();
    match end(reader, parts)? {
        Some(last) if first <= last => parts.push(Part::Range(first, last)),
        Some(_) => return Err(reader.fault(PatternFault::RangeOrder)),
        None => {
            parts.truncate(before);
            return Err(reader.fault(PatternFault::Range));
        }
    }
    Ok(())
}

/// One end of a range; an escape for many characters goes to the parts and is no end.
fn end(reader: &mut Reader<'_>, parts: &mut Vec<Part>) -> Result<Option<char>, PatternError> {
    if reader.peek() != Some('\\') {
        return Ok(reader.take());
    }
    let class = escape(reader)?;
    if let [Part::Range(c, _)] = class.parts.as_slice() {
        return Ok(Some(*c));
    }
    parts.extend(class.parts);
    Ok(None)
}
