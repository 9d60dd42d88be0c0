//! Validation: a core that is pushed start tags, text and ends, and a walk of it over a parsed document.

mod attributes;
mod content;
mod identity;
mod lookalike;
mod references;
mod walk;
mod windows;

use std::borrow::Cow;

use kapia_xml::Name;

use crate::datatype::{Prefixes, Value, ValueError};
use crate::model::*;
use crate::names::{NameId, NsId};
use crate::rule::Rule;
use crate::violation::{Cause, Options, Report, Violation};

pub(crate) use walk::walk;
pub(crate) use windows::walk_windows;

/// A start tag as the validator needs it.
pub trait Tag: Prefixes {
    /// Where the element is, for the reader's [`Validator::finish`] to turn into line, column and path.
    type Mark: Clone;

    /// The name of the element.
    fn name(&self) -> Name<'_>;

    /// The attributes without namespace declarations, values normalised as XML says.
    fn attributes(&self) -> impl Iterator<Item = (Name<'_>, Cow<'_, str>)>;

    /// The place of this element.
    fn mark(&self) -> Self::Mark;
}

/// The place of an element, as a violation shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// `/Root/Item[2]`.
    pub path: String,
}

/// Validates one document by its events: start tags, text, ends. `M` marks places.
///
/// Memory grows with the depth of the document, with IDs, and with the tables of identity constraints, not with its length.
pub struct Validator<'s, M> {
    schema: &'s Schema,
    max_violations: usize,
    /// Whether a root without declaration may say its type itself.
    typed_root: bool,
    found: Vec<Found<M>>,
    frames: Vec<Frame<M>>,
    /// States of the content models of all open elements, one after the other.
    states: Vec<u32>,
    /// Texts of all open elements that collect text.
    text: String,
    /// How many open elements a wildcard skips.
    skipped: usize,
    seen: Vec<bool>,
    identity: identity::Identity<M>,
    references: references::References<M>,
    last_namespace: NsId,
}

struct Found<M> {
    mark: M,
    attribute: Option<String>,
    code: &'static str,
    expected: Vec<String>,
    cause: Cause,
}

/// An open element.
struct Frame<M> {
    mark: M,
    decl: Option<ElementIx>,
    type_: TypeId,
    content: Expect,
    nil: bool,
    /// Its content was found wrong, so that more findings about it would only be echoes.
    broken: bool,
    has_children: bool,
    has_text: bool,
    collects: bool,
    text_from: usize,
    states_from: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Simple(TypeId),
    Empty,
    Elements { mixed: bool },
}

impl<'s, M: Clone> Validator<'s, M> {
    pub(crate) fn new(schema: &'s Schema, options: &Options) -> Validator<'s, M> {
        Validator {
            schema,
            max_violations: options.max_violations.max(1),
            typed_root: false,
            found: Vec::new(),
            frames: Vec::new(),
            states: Vec::new(),
            text: String::new(),
            skipped: 0,
            seen: Vec::new(),
            identity: identity::Identity::default(),
            references: references::References::default(),
            last_namespace: NsId::ABSENT,
        }
    }

    pub(crate) fn with_typed_root(mut self) -> Self {
        self.typed_root = true;
        self
    }

    /// Whether enough was found, so that the reader may stop.
    pub fn is_full(&self) -> bool {
        self.found.len() >= self.max_violations
    }

    /// Judges what only the end of the document tells.
    pub(crate) fn settle(&mut self) {
        if self.frames.is_empty() {
            self.check_references();
        }
    }

    /// Where violations were found so far.
    pub(crate) fn marks(&self) -> impl Iterator<Item = &M> {
        self.found.iter().map(|found| &found.mark)
    }

    /// The outcome, when the root has ended or the validator is full.
    pub fn finish(mut self, locate: &mut dyn FnMut(&M) -> Spot) -> Report {
        let truncated = !self.frames.is_empty();
        self.settle();
        let mut report = Report { violations: Vec::with_capacity(self.found.len()), truncated };
        report.truncated |= self.found.len() > self.max_violations;
        for found in self.found.into_iter().take(self.max_violations) {
            let mut spot = locate(&found.mark);
            if let Some(attribute) = &found.attribute {
                spot.path.push_str("/@");
                spot.path.push_str(attribute);
            }
            let Spot { line, column, path } = spot;
            report.violations.push(Violation {
                code: found.code,
                line,
                column,
                path,
                expected: found.expected,
                cause: found.cause,
            });
        }
        report
    }

    fn report(&mut self, mark: &M, rule: &'static Rule, names: &[&str], expected: Vec<String>) {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        self.found.push(Found {
            mark: mark.clone(),
            attribute: None,
            code: rule.code,
            expected,
            cause: Cause::Structure { rule, names, letters: None },
        });
    }

    /// Says of the name that was reported last which expected name it only looks like.
    fn point_out<'e>(&mut self, name: &str, expected: impl Iterator<Item = &'e str>) {
        if let Some(Found { cause: Cause::Structure { letters, .. }, .. }) = self.found.last_mut() {
            *letters = lookalike::lookalike(name, expected);
        }
    }

    fn report_attribute(&mut self, mark: &M, attribute: &str, rule: &'static Rule, expected: Vec<String>) {
        let attribute = Some(attribute.to_owned());
        let names = attribute.iter().cloned().collect();
        self.found.push(Found {
            mark: mark.clone(),
            attribute,
            code: rule.code,
            expected,
            cause: Cause::Structure { rule, names, letters: None },
        });
    }

    fn report_value(&mut self, mark: &M, attribute: Option<&str>, error: ValueError) {
        let expected = error.expected();
        let attribute = attribute.map(str::to_owned);
        self.found.push(Found {
            mark: mark.clone(),
            attribute,
            code: error.rule.code(),
            expected,
            cause: Cause::Value(error),
        });
    }

    /// The id of a namespace; neighbours mostly share theirs, and comparing is cheaper than hashing.
    fn namespace(&mut self, uri: &str) -> Option<NsId> {
        if self.schema.names.uri(self.last_namespace) == uri {
            return Some(self.last_namespace);
        }
        let found = self.schema.names.namespace(uri)?;
        self.last_namespace = found;
        Some(found)
    }

    fn intern(&mut self, name: Name<'_>) -> (Option<NameId>, Option<NsId>) {
        let namespace = self.namespace(name.namespace);
        (namespace.and_then(|ns| self.schema.names.find_in(ns, name.local)), namespace)
    }

    /// Checks a text against a simple type; makes the value only where somebody needs it.
    fn judge(
        &self,
        simple: &SimpleDef,
        text: &str,
        scope: &dyn Prefixes,
        keep: bool,
    ) -> Result<Option<Value>, ValueError> {
        if keep {
            simple.datatype.validate(text, scope).map(Some)
        } else {
            simple.datatype.check(text, scope).map(|()| None)
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
}

fn collapse(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}
