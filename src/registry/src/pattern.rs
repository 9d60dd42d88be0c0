//! Field patterns: what an operator writes to name the fields that may be seen.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::text;
use kapia_language::Language;

/// A path below the root of an answer: `A/B` is that field, `A/**` is `A` and everything below, `**` is everything,
/// `A/@id` is an attribute; steps are local names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldPattern {
    steps: Vec<Box<str>>,
    below: bool,
}

impl FieldPattern {
    /// The pattern `**`.
    pub fn everything() -> Self {
        Self { steps: Vec::new(), below: true }
    }

    /// Reads a pattern of at most 64 steps and 2000 characters.
    pub fn parse(pattern: &str) -> Result<Self, PatternError> {
        let pattern = pattern.trim();
        if pattern.is_empty() {
            return Err(PatternError::Empty);
        }
        if pattern.chars().nth(2000).is_some() {
            return Err(PatternError::Long);
        }
        if pattern.starts_with('/') {
            return Err(PatternError::LeadingSlash);
        }
        let mut steps: Vec<Box<str>> = Vec::new();
        let mut below = false;
        for (at, step) in pattern.split('/').enumerate() {
            let place = at + 1;
            if below {
                return Err(PatternError::StarsInside { step: at });
            }
            if steps.last().is_some_and(|last| last.starts_with('@')) {
                return Err(PatternError::BelowAttribute { step: place });
            }
            match step {
                "**" => below = true,
                "" => return Err(PatternError::EmptyStep { step: place }),
                _ if step.contains('*') => return Err(PatternError::Star { step: place }),
                _ if !is_name(step.strip_prefix('@').unwrap_or(step)) => {
                    return Err(PatternError::Name { step: place });
                }
                _ => steps.push(step.into()),
            }
        }
        if steps.len() > 64 {
            return Err(PatternError::Long);
        }
        Ok(Self { steps, below })
    }

    /// The steps, attributes with their `@`.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map(AsRef::as_ref)
    }

    /// Whether everything below the last step is meant too.
    pub fn is_below(&self) -> bool {
        self.below
    }

    /// Whether this pattern names the field at `path`.
    pub fn covers(&self, path: &[&str]) -> bool {
        let starts = path.len() >= self.steps.len() && self.steps().zip(path).all(|(step, part)| step == *part);
        starts && (self.below || path.len() == self.steps.len())
    }

    /// The field at the last step as a path.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.steps().collect()
    }
}

impl FromStr for FieldPattern {
    type Err = PatternError;

    fn from_str(pattern: &str) -> Result<Self, PatternError> {
        Self::parse(pattern)
    }
}

impl fmt::Display for FieldPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = self.steps.join("/");
        match (self.steps.is_empty(), self.below) {
            (true, _) => f.write_str("**"),
            (false, true) => write!(f, "{joined}/**"),
            (false, false) => f.write_str(&joined),
        }
    }
}

impl Serialize for FieldPattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why a text is not a field pattern; steps are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternError {
    /// Nothing but white space.
    Empty,
    /// More than 64 steps or 2000 characters.
    Long,
    /// A slash at the beginning, as in XPath.
    LeadingSlash,
    /// Two slashes in a row, or a slash at the end.
    EmptyStep {
        /// Which step.
        step: usize,
    },
    /// `**` that is not the last step.
    StarsInside {
        /// Which step.
        step: usize,
    },
    /// A `*` anywhere else.
    Star {
        /// Which step.
        step: usize,
    },
    /// A step after an attribute.
    BelowAttribute {
        /// Which step.
        step: usize,
    },
    /// A step that is not an XML local name.
    Name {
        /// Which step.
        step: usize,
    },
}

impl PatternError {
    /// Stable code, such as `pattern-star`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "pattern-empty",
            Self::Long => "pattern-long",
            Self::LeadingSlash => "pattern-leading-slash",
            Self::EmptyStep { .. } => "pattern-empty-step",
            Self::StarsInside { .. } => "pattern-stars-inside",
            Self::Star { .. } => "pattern-star",
            Self::BelowAttribute { .. } => "pattern-below-attribute",
            Self::Name { .. } => "pattern-name",
        }
    }

    /// What is wrong, with the number of the step.
    pub fn message(&self, language: Language) -> String {
        let step = match self {
            Self::Empty | Self::Long | Self::LeadingSlash => 0,
            Self::EmptyStep { step }
            | Self::StarsInside { step }
            | Self::Star { step }
            | Self::BelowAttribute { step }
            | Self::Name { step } => *step,
        };
        text::message(self.code(), language, &[("step", &step.to_string())])
    }

    /// What to do about it.
    pub fn hint(&self, language: Language) -> String {
        text::hint(self.code(), language, &[])
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for PatternError {}

// NCName, Namespaces in XML 1.0 §3, written out from XML 1.0 §2.3.
fn is_name(step: &str) -> bool {
    let mut characters = step.chars();
    characters.next().is_some_and(starts_name)
        && characters.all(|character| starts_name(character) || goes_on(character))
}

fn starts_name(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

fn goes_on(character: char) -> bool {
    matches!(character, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_prints_as_it_was_read() {
        for text in ["A", "A/B", "A/**", "**", "A/@id", "@id", "Лице/Имена/**", "a-b.c/_d1"] {
            assert_eq!(FieldPattern::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn every_broken_pattern_has_its_own_name() {
        let cases = [
            ("", "pattern-empty"),
            ("/A", "pattern-leading-slash"),
            ("A//B", "pattern-empty-step"),
            ("A/", "pattern-empty-step"),
            ("**/A", "pattern-stars-inside"),
            ("A/**/B", "pattern-stars-inside"),
            ("A/*", "pattern-star"),
            ("A*", "pattern-star"),
            ("@a/B", "pattern-below-attribute"),
            ("@a/**", "pattern-below-attribute"),
            ("ns:A", "pattern-name"),
            ("1A", "pattern-name"),
            ("A[1]", "pattern-name"),
            ("@", "pattern-name"),
        ];
        for (text, code) in cases {
            assert_eq!(FieldPattern::parse(text).unwrap_err().code(), code, "{text}");
        }
        assert_eq!(FieldPattern::parse(&"A/".repeat(2000)).unwrap_err().code(), "pattern-long");
    }

    #[test]
    fn a_pattern_covers_what_its_syntax_says() {
        let covers = |pattern: &str, path: &[&str]| FieldPattern::parse(pattern).unwrap().covers(path);
        assert!(covers("A/B", &["A", "B"]));
        assert!(!covers("A/B", &["A"]));
        assert!(!covers("A/B", &["A", "B", "C"]));
        assert!(covers("A/**", &["A"]));
        assert!(covers("A/**", &["A", "B", "@id"]));
        assert!(!covers("A/**", &["AB"]));
        assert!(covers("**", &["X"]));
    }
}
