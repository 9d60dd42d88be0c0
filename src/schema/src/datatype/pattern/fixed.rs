//! Patterns such as `[0-9]{10}` or `[A-Z]{2}\d{1,8}|X`: where at most one piece of a branch varies in length,
//! there is one way to match, and a walk over the characters finds it, whatever the quantities.

use std::sync::OnceLock;

use regex::Regex;

use super::TooLarge;
use super::class::Class;
use super::syntax::{Atom, Branch, Piece};

pub(super) struct Fixed {
    branches: Box<[Walk]>,
}

/// Characters in front, one piece of any length, characters behind.
struct Walk {
    front: Box<[Run]>,
    middle: Option<(Set, usize, Option<usize>)>,
    behind: Box<[Run]>,
}

/// So many characters of one set.
struct Run {
    set: Set,
    count: usize,
}

enum Set {
    Plain {
        ascii: u128,
        class: Class,
    },
    /// A set that needs the tables of Unicode; made when it is first needed.
    Unicode {
        source: Box<str>,
        tables: OnceLock<Option<(u128, Regex)>>,
    },
}

impl Fixed {
    pub(super) fn of(branches: &[Branch]) -> Option<Fixed> {
        branches.iter().map(|branch| Walk::of(branch)).collect::<Option<_>>().map(|branches| Fixed { branches })
    }

    pub(super) fn matches(&self, literal: &str) -> Result<bool, TooLarge> {
        for walk in &self.branches {
            if walk.matches(literal)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Walk {
    fn of(branch: &[Piece]) -> Option<Walk> {
        let varies = |piece: &Piece| piece.most != Some(piece.least);
        let middle = branch.iter().position(varies);
        let (front, rest) = branch.split_at(middle.unwrap_or(branch.len()));
        let (middle, behind) = match rest.split_first() {
            Some((piece, behind)) => (Some(Walk::varying(piece)?), behind),
            None => (None, rest),
        };
        if behind.iter().any(varies) {
            return None;
        }
        Some(Walk { front: runs(front)?, middle, behind: runs(behind)? })
    }

    fn varying(piece: &Piece) -> Option<(Set, usize, Option<usize>)> {
        let most = match piece.most {
            Some(most) => Some(count(most)?),
            None => None,
        };
        Some((Set::of(piece)?, count(piece.least)?, most))
    }

    fn matches(&self, literal: &str) -> Result<bool, TooLarge> {
        let mut chars = literal.chars();
        for run in &self.front {
            if !run.matches(|| chars.next())? {
                return Ok(false);
            }
        }
        for run in self.behind.iter().rev() {
            if !run.matches(|| chars.next_back())? {
                return Ok(false);
            }
        }
        let Some((set, least, most)) = &self.middle else {
            return Ok(chars.next().is_none());
        };
        let mut count = 0;
        for c in chars {
            count += 1;
            if most.is_some_and(|most| count > most) || !set.contains(c)? {
                return Ok(false);
            }
        }
        Ok(count >= *least)
    }
}

impl Run {
    fn matches(&self, mut next: impl FnMut() -> Option<char>) -> Result<bool, TooLarge> {
        for _ in 0..self.count {
            match next() {
                Some(c) if self.set.contains(c)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

fn runs(pieces: &[Piece]) -> Option<Box<[Run]>> {
    pieces.iter().map(|piece| Some(Run { set: Set::of(piece)?, count: count(piece.least)? })).collect()
}

fn count(quantity: u32) -> Option<usize> {
    usize::try_from(quantity).ok()
}

impl Set {
    fn of(piece: &Piece) -> Option<Set> {
        let Atom::One(class) = &piece.atom else {
            return None;
        };
        if class.is_plain() {
            let ascii = ascii(|c| class.contains(c) == Some(true));
            return Some(Set::Plain { ascii, class: class.clone() });
        }
        let mut source = String::from(r"\A");
        class.write(&mut source);
        source.push_str(r"\z");
        Some(Set::Unicode { source: source.into(), tables: OnceLock::new() })
    }

    fn contains(&self, c: char) -> Result<bool, TooLarge> {
        let is_in = |ascii: u128| ascii >> u32::from(c) & 1 == 1;
        match self {
            Set::Plain { ascii, .. } if c.is_ascii() => Ok(is_in(*ascii)),
            Set::Plain { class, .. } => Ok(class.contains(c) == Some(true)),
            Set::Unicode { source, tables } => {
                let (ascii, regex) = tables.get_or_init(|| tables_of(source)).as_ref().ok_or(TooLarge)?;
                Ok(if c.is_ascii() { is_in(*ascii) } else { regex.is_match(c.encode_utf8(&mut [0; 4])) })
            }
        }
    }
}

fn tables_of(source: &str) -> Option<(u128, Regex)> {
    let regex = Regex::new(source).ok()?;
    let ascii = ascii(|c| regex.is_match(c.encode_utf8(&mut [0; 4])));
    Some((ascii, regex))
}

fn ascii(mut contains: impl FnMut(char) -> bool) -> u128 {
    (0..128_u8).filter(|&octet| contains(char::from(octet))).fold(0, |set, octet| set | 1 << octet)
}
