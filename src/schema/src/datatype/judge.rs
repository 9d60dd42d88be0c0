//! Judging literals: datatype valid, Part 2 §4.1.4, and the facets of §4.3.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::error::{Unit, ValueError, ValueRule};
use super::parse::Flaw;
use super::value::Atom;
use super::white_space::words;
use super::{Builtin, Prefixes, SimpleType, Value, Variety, WhiteSpace};

/// What is known of a literal that is valid.
struct Judged {
    /// Only if it was asked for.
    value: Option<Value>,
    /// What the type that accepted it does to white space.
    white_space: WhiteSpace,
}

impl SimpleType {
    /// The value of a literal, after white space processing and under all facets.
    pub fn validate(&self, raw: &str, prefixes: &dyn Prefixes) -> Result<Value, ValueError> {
        self.judge(raw, prefixes, true)?.value.ok_or_else(|| self.error(ValueRule::Lexical, raw))
    }

    /// As [`SimpleType::validate`], without making a value: nothing is allocated in the usual cases.
    pub fn check(&self, raw: &str, prefixes: &dyn Prefixes) -> Result<(), ValueError> {
        self.judge(raw, prefixes, false).map(|_| ())
    }

    fn judge(&self, raw: &str, prefixes: &dyn Prefixes, keep: bool) -> Result<Judged, ValueError> {
        match self.variety {
            Variety::Atomic => self.judge_atom(raw, prefixes, keep),
            Variety::List => self.judge_list(raw, prefixes, keep),
            Variety::Union => self.judge_union(raw, prefixes, keep),
        }
    }

    fn judge_atom(&self, raw: &str, prefixes: &dyn Prefixes, keep: bool) -> Result<Judged, ValueError> {
        let facets = &self.facets;
        // The lexical space of base64Binary has white space inside: large contents are not copied to collapse it.
        let literal = match self.primitive {
            Some(Builtin::Base64Binary) if facets.patterns.is_empty() => Cow::Borrowed(raw),
            _ => facets.white_space.apply(raw),
        };
        let atom = Atom::parse(self.builtin, &literal, prefixes).map_err(|flaw| self.flaw(flaw, &literal))?;
        if let Some(length) = self.counted(atom) {
            self.judge_length(length)?;
        }
        self.judge_patterns(&literal)?;
        self.judge_digits(atom)?;
        self.judge_bounds(atom)?;
        self.judge_enumeration(atom, &literal)?;
        Ok(Judged { value: keep.then(|| atom.to_value()), white_space: facets.white_space })
    }

    fn judge_list(&self, raw: &str, prefixes: &dyn Prefixes, keep: bool) -> Result<Judged, ValueError> {
        let facets = &self.facets;
        let keep_items = keep || facets.enumeration.is_some();
        let mut values = Vec::new();
        let mut count = 0;
        for word in words(raw) {
            count += 1;
            let Some(item) = &self.item else { continue };
            let judged = item
                .judge(word, prefixes, keep_items)
                .map_err(|error| self.within(ValueRule::Item, Some(count), error))?;
            values.extend(judged.value);
        }
        self.judge_length(count)?;
        if !facets.patterns.is_empty() {
            self.judge_patterns(&facets.white_space.apply(raw))?;
        }
        self.finish(keep_items.then(|| Value::List(values.into())), facets.white_space, raw)
    }

    fn judge_union(&self, raw: &str, prefixes: &dyn Prefixes, keep: bool) -> Result<Judged, ValueError> {
        let facets = &self.facets;
        let keep_member = keep || facets.enumeration.is_some();
        let mut nearest = None;
        for member in &self.members {
            match member.judge(raw, prefixes, keep_member) {
                Ok(judged) => {
                    if !facets.patterns.is_empty() {
                        self.judge_patterns(&judged.white_space.apply(raw))?;
                    }
                    return self.finish(judged.value, judged.white_space, raw);
                }
                // A member that liked the form tells more than one that did not.
                Err(error) if nearest.is_none() || error.rule != ValueRule::Lexical => nearest = Some(error),
                Err(_) => {}
            }
        }
        Err(match nearest {
            Some(error) => self.within(ValueRule::Union, None, error),
            None => self.error(ValueRule::Union, raw),
        })
    }

    fn finish(&self, value: Option<Value>, white_space: WhiteSpace, raw: &str) -> Result<Judged, ValueError> {
        match (&self.facets.enumeration, &value) {
            (Some(enumeration), Some(value)) if !enumeration.values().contains(value) => {
                Err(self.error(ValueRule::Enumeration, raw))
            }
            _ => Ok(Judged { value, white_space }),
        }
    }

    /// The length of an atom if any facet asks for it.
    fn counted(&self, atom: Atom<'_>) -> Option<usize> {
        let facets = &self.facets;
        (facets.length.is_some() || facets.min_length.is_some() || facets.max_length.is_some())
            .then(|| atom.length())
            .flatten()
    }

    fn judge_length(&self, length: usize) -> Result<(), ValueError> {
        let facets = &self.facets;
        let rule = if facets.length.is_some_and(|exact| length != exact) {
            ValueRule::Length
        } else if facets.min_length.is_some_and(|least| length < least) {
            ValueRule::MinLength
        } else if facets.max_length.is_some_and(|most| length > most) {
            ValueRule::MaxLength
        } else {
            return Ok(());
        };
        Err(self.counted_error(rule, length, self.unit()))
    }

    pub(super) fn judge_patterns(&self, literal: &str) -> Result<(), ValueError> {
        for step in &self.facets.patterns {
            let mut matched = false;
            for pattern in &**step {
                matched =
                    matched || pattern.matches(literal).map_err(|_| self.error(ValueRule::PatternTooLarge, literal))?;
            }
            if !matched {
                let sources = step.iter().map(|pattern| pattern.source().to_owned()).collect();
                return Err(self.error(ValueRule::Pattern, literal).expecting(sources));
            }
        }
        Ok(())
    }

    pub(super) fn judge_enumeration(&self, atom: Atom<'_>, literal: &str) -> Result<(), ValueError> {
        match &self.facets.enumeration {
            Some(enumeration) if !enumeration.allows(atom) => Err(self.error(ValueRule::Enumeration, literal)),
            _ => Ok(()),
        }
    }

    pub(super) fn judge_digits(&self, atom: Atom<'_>) -> Result<(), ValueError> {
        let Atom::Decimal(digits) = atom else {
            return Ok(());
        };
        if self.facets.total_digits.is_some_and(|most| digits.total() > most) {
            return Err(self.counted_error(ValueRule::TotalDigits, digits.total(), Unit::Digits));
        }
        if self.facets.fraction_digits.is_some_and(|most| digits.fraction() > most) {
            return Err(self.counted_error(ValueRule::FractionDigits, digits.fraction(), Unit::Digits));
        }
        Ok(())
    }

    fn judge_bounds(&self, atom: Atom<'_>) -> Result<(), ValueError> {
        // A value that is beside a bound, neither above nor below, is outside (Part 2 §4.3.7).
        let wrong = |rule| Err(self.error(rule, ""));
        if let Some(min) = &self.facets.min {
            match (atom.compare(&min.value), min.inclusive) {
                (Some(Ordering::Greater), _) | (Some(Ordering::Equal), true) => {}
                (_, true) => return wrong(ValueRule::MinInclusive),
                (_, false) => return wrong(ValueRule::MinExclusive),
            }
        }
        if let Some(max) = &self.facets.max {
            match (atom.compare(&max.value), max.inclusive) {
                (Some(Ordering::Less), _) | (Some(Ordering::Equal), true) => {}
                (_, true) => return wrong(ValueRule::MaxInclusive),
                (_, false) => return wrong(ValueRule::MaxExclusive),
            }
        }
        Ok(())
    }

    pub(super) fn flaw(&self, flaw: Flaw, literal: &str) -> ValueError {
        let rule = match flaw {
            Flaw::Lexical => ValueRule::Lexical,
            Flaw::Limit => ValueRule::Limit,
            Flaw::Prefix => ValueRule::Prefix,
        };
        self.error(rule, literal)
    }

    /// What the length facets of the type count.
    pub(super) fn unit(&self) -> Unit {
        match (self.variety, self.primitive) {
            (Variety::List, _) => Unit::Items,
            (_, Some(Builtin::HexBinary | Builtin::Base64Binary)) => Unit::Octets,
            _ => Unit::Characters,
        }
    }
}
