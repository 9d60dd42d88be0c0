//! Reading the regular expressions of Part 2 appendix F, and writing them for the `regex` crate.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::CharIndices;

use super::class::{self, Class};
use crate::datatype::Language;

/// Why a text is not a regular expression of XML Schema.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{} at character {}", .fault.text(Language::English), .character)]
pub struct PatternError {
    /// What is wrong.
    pub fault: PatternFault,
    /// The character of the pattern where it is wrong, from 1.
    pub character: usize,
}

/// What can be wrong in a regular expression of XML Schema.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum PatternFault {
    /// A `(` without its `)`.
    OpenGroup,
    /// A `)` without its `(`.
    StrayParenthesis,
    /// A `[` without its `]`, or with nothing between them.
    OpenClass,
    /// A `]`, `{` or `}` that is neither escaped nor in its place.
    StrayBracket,
    /// A quantifier with nothing before it, or after another quantifier (lazy quantifiers do not exist here).
    StrayQuantifier,
    /// A quantity that is not `{n}`, `{n,}` or `{n,m}`.
    Quantity,
    /// `{n,m}` with n above m.
    QuantityOrder,
    /// An escape that XML Schema does not have, such as `\b`, `\1`, `\x41` or `\/`.
    Escape,
    /// A category that Unicode does not have in `\p{..}`.
    Category,
    /// A block that XML Schema does not know in `\p{Is..}`.
    Block,
    /// A range whose first character comes after its last.
    RangeOrder,
    /// A `-` in the middle of a class, or a range with a class for an end.
    Range,
    /// A `(?`: groups of XML Schema have no options, names or look-around.
    GroupOption,
    /// Groups nested deeper than any schema needs.
    TooDeep,
    /// A quantity above what any matcher can count.
    TooMany,
}

impl PatternFault {
    /// The fault in words, for people.
    pub fn text(self, language: Language) -> &'static str {
        let (en, bg) = match self {
            Self::OpenGroup => ("a group is not closed with ')'", "група не е затворена с „)“"),
            Self::StrayParenthesis => ("')' closes no group", "„)“ не затваря никоя група"),
            Self::OpenClass => {
                ("a character class is empty or not closed with ']'", "клас знаци е празен или не е затворен с „]“")
            }
            Self::StrayBracket => (
                "'[', ']', '{' and '}' must be escaped with '\\'",
                "„[“, „]“, „{“ и „}“ трябва да се пишат с „\\“ отпред",
            ),
            Self::StrayQuantifier => {
                ("a quantifier has nothing to repeat", "знакът за повторение няма какво да повтори")
            }
            Self::Quantity => ("a quantity must be {n}, {n,} or {n,m}", "броят повторения се пише {n}, {n,} или {n,m}"),
            Self::QuantityOrder => {
                ("the least quantity is above the greatest", "най-малкият брой повторения е над най-големия")
            }
            Self::Escape => ("XML Schema has no such escape", "в XML Schema няма такъв знак с „\\“"),
            Self::Category => ("there is no such category of characters", "няма такава категория знаци"),
            Self::Block => ("there is no such block of characters", "няма такъв блок знаци"),
            Self::RangeOrder => {
                ("the first character of a range comes after its last", "първият знак на диапазона е след последния")
            }
            Self::Range => (
                "'-' must stand at an end of a class, or be escaped with '\\'",
                "„-“ стои в края на класа или се пише с „\\“ отпред",
            ),
            Self::GroupOption => ("XML Schema has no '(?' groups", "в XML Schema няма групи „(?“"),
            Self::TooDeep => ("groups are nested too deep", "групите са вложени твърде дълбоко"),
            Self::TooMany => ("the quantity is too large", "броят повторения е твърде голям"),
        };
        language.pick(en, bg)
    }
}

/// Pieces that follow one another; an expression is one or more branches.
pub(super) type Branch = Vec<Piece>;

pub(super) struct Piece {
    pub(super) atom: Atom,
    pub(super) least: u32,
    /// `None`: without an end.
    pub(super) most: Option<u32>,
}

pub(super) enum Atom {
    One(Class),
    Group(Vec<Branch>),
}

const DEPTH: usize = 200;

pub(super) fn parse(source: &str) -> Result<Vec<Branch>, PatternError> {
    let mut reader = Reader { rest: source.char_indices().peekable(), source };
    let branches = reader.expression(0)?;
    match reader.peek() {
        None => Ok(branches),
        Some(_) => Err(reader.fault(PatternFault::StrayParenthesis)),
    }
}

pub(super) struct Reader<'a> {
    rest: Peekable<CharIndices<'a>>,
    source: &'a str,
}

impl Reader<'_> {
    fn expression(&mut self, depth: usize) -> Result<Vec<Branch>, PatternError> {
        if depth > DEPTH {
            return Err(self.fault(PatternFault::TooDeep));
        }
        let mut branches = vec![self.branch(depth)?];
        while self.skip('|') {
            branches.push(self.branch(depth)?);
        }
        Ok(branches)
    }

    fn branch(&mut self, depth: usize) -> Result<Branch, PatternError> {
        let mut pieces = Branch::new();
        while let Some(next) = self.peek() {
            let atom = match next {
                '|' | ')' => break,
                '?' | '*' | '+' => return Err(self.fault(PatternFault::StrayQuantifier)),
                ']' | '{' | '}' => return Err(self.fault(PatternFault::StrayBracket)),
                '(' => self.group(depth)?,
                '[' => Atom::One(class::bracketed(self, 0)?),
                '\\' => Atom::One(class::escape(self)?),
                '.' => {
                    self.take();
                    Atom::One(Class::any_but_line_ends())
                }
                literal => {
                    self.take();
                    Atom::One(Class::character(literal))
                }
            };
            let (least, most) = self.quantifier()?;
            pieces.push(Piece { atom, least, most });
        }
        Ok(pieces)
    }

    fn group(&mut self, depth: usize) -> Result<Atom, PatternError> {
        self.take();
        if self.peek() == Some('?') {
            return Err(self.fault(PatternFault::GroupOption));
        }
        let branches = self.expression(depth + 1)?;
        if self.skip(')') { Ok(Atom::Group(branches)) } else { Err(self.fault(PatternFault::OpenGroup)) }
    }

    fn quantifier(&mut self) -> Result<(u32, Option<u32>), PatternError> {
        let quantity = match self.peek() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => return self.quantity(),
            _ => return Ok((1, Some(1))),
        };
        self.take();
        Ok(quantity)
    }

    fn quantity(&mut self) -> Result<(u32, Option<u32>), PatternError> {
        self.take();
        let least = self.number()?.ok_or_else(|| self.fault(PatternFault::Quantity))?;
        let most = if self.skip(',') { self.number()? } else { Some(least) };
        if !self.skip('}') {
            return Err(self.fault(PatternFault::Quantity));
        }
        match most {
            Some(most) if most < least => Err(self.fault(PatternFault::QuantityOrder)),
            _ => Ok((least, most)),
        }
    }

    fn number(&mut self) -> Result<Option<u32>, PatternError> {
        let mut number = None;
        while let Some(digit) = self.peek().filter(char::is_ascii_digit).and_then(|c| c.to_digit(10)) {
            let sum = number.unwrap_or(0_u32).checked_mul(10).and_then(|tens| tens.checked_add(digit));
            number = Some(sum.ok_or_else(|| self.fault(PatternFault::TooMany))?);
            self.take();
        }
        Ok(number)
    }

    pub(super) fn peek(&mut self) -> Option<char> {
        self.rest.peek().map(|&(_, c)| c)
    }

    /// The character behind the next one.
    pub(super) fn peek_second(&self) -> Option<char> {
        let mut ahead = self.rest.clone();
        ahead.next();
        ahead.next().map(|(_, c)| c)
    }

    /// Whether the dash that comes next is the last of its group: before `]` or before a subtraction `-[`.
    pub(super) fn dash_ends_group(&self) -> bool {
        let mut ahead = self.rest.clone().skip(1).map(|(_, c)| c);
        match ahead.next() {
            Some('-') => ahead.next() == Some('['),
            next => matches!(next, Some(']') | None),
        }
    }

    pub(super) fn take(&mut self) -> Option<char> {
        self.rest.next().map(|(_, c)| c)
    }

    pub(super) fn skip(&mut self, expected: char) -> bool {
        self.rest.next_if(|&(_, c)| c == expected).is_some()
    }

    pub(super) fn fault(&mut self, fault: PatternFault) -> PatternError {
        let offset = self.rest.peek().map_or(self.source.len(), |&(offset, _)| offset);
        let before = self.source.get(..offset).unwrap_or(self.source);
        PatternError { fault, character: before.chars().count() + 1 }
    }
}

pub(super) fn write(branches: &[Branch], out: &mut String) {
    for (index, branch) in branches.iter().enumerate() {
        if index > 0 {
            out.push('|');
        }
        for Piece { atom, least, most } in branch {
            match atom {
                Atom::One(class) => class.write(out),
                Atom::Group(branches) => {
                    out.push_str("(?:");
                    write(branches, out);
                    out.push(')');
                }
            }
            // Writing to a String cannot fail.
            let _ = match (least, most) {
                (1, Some(1)) => Ok(()),
                (0, Some(1)) => write!(out, "?"),
                (0, None) => write!(out, "*"),
                (1, None) => write!(out, "+"),
                (least, None) => write!(out, "{{{least},}}"),
                (least, Some(most)) => write!(out, "{{{least},{most}}}"),
            };
        }
    }
}
