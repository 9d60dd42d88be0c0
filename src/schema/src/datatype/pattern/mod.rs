//! The pattern facet: regular expressions of Part 2 appendix F, matched in linear time.

mod blocks;
mod class;
mod fixed;
mod syntax;

use std::fmt;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use fixed::Fixed;
use syntax::Branch;
pub use syntax::{PatternError, PatternFault};

/// One pattern facet; the syntax is checked when it is made, the matcher is built when it is first needed.
pub(super) struct Pattern {
    source: Box<str>,
    matcher: Matcher,
}

enum Matcher {
    /// At most one piece of each branch varies in length: matched by walking the characters.
    Fixed(Fixed),
    General {
        translated: Box<str>,
        compiled: OnceLock<Option<Regex>>,
    },
}

/// The pattern needs more memory than a matcher may take.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct TooLarge;

/// Octets a compiled pattern may take: enough for `(\p{L}{1,500} ?)+`, small enough for a hostile package.
const COMPILED: usize = 32 << 20;
const CACHE: usize = 8 << 20;
const NESTING: u32 = 2_000;

impl Pattern {
    pub(super) fn new(source: &str) -> Result<Pattern, PatternError> {
        let branches = syntax::parse(source)?;
        let matcher = match Fixed::of(&branches) {
            Some(fixed) => Matcher::Fixed(fixed),
            None => Matcher::General { translated: translate(&branches), compiled: OnceLock::new() },
        };
        Ok(Pattern { source: source.into(), matcher })
    }

    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The same in the syntax of the `regex` crate, without anchors.
    pub(super) fn regular_expression(&self) -> String {
        let mut out = String::new();
        // The syntax was checked when the pattern was made.
        if let Ok(branches) = syntax::parse(&self.source) {
            syntax::write(&branches, &mut out);
        }
        out
    }

    /// Whether the whole literal matches: patterns of XML Schema are anchored at both ends.
    pub(super) fn matches(&self, literal: &str) -> Result<bool, TooLarge> {
        match &self.matcher {
            Matcher::Fixed(fixed) => fixed.matches(literal),
            Matcher::General { translated, compiled } => compiled
                .get_or_init(|| compile(translated))
                .as_ref()
                .map(|regex| regex.is_match(literal))
                .ok_or(TooLarge),
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.source, f)
    }
}

fn compile(translated: &str) -> Option<Regex> {
    RegexBuilder::new(translated).size_limit(COMPILED).dfa_size_limit(CACHE).nest_limit(NESTING).build().ok()
}

fn translate(branches: &[Branch]) -> Box<str> {
    let mut out = String::from(r"\A(?:");
    syntax::write(branches, &mut out);
    out.push_str(r")\z");
    out.into_boxed_str()
}

#[cfg(test)]
mod tests;
