//! Making types from types: restriction, list and union, under the constraints of Part 2 §4.3 and Part 1 §3.14.6.

use std::cmp::Ordering;
use std::sync::Arc;

use super::decimal::Digits;
use super::facet::{Bound, Enumeration, Facets, Kinds};
use super::facet_error::FacetError;
use super::pattern::Pattern;
use super::simple::Size;
use super::value::Atom;
use super::{Builtin, Facet, FacetKind, FacetRule, SimpleType, Variety, WhiteSpace};

impl SimpleType {
    /// A type that has the values of `base` which the facets leave.
    ///
    /// Errors: a facet that the base cannot have, that is given twice, that widens, that contradicts another.
    pub fn restrict(
        base: &Arc<SimpleType>,
        facets: Vec<Facet>,
        name: Option<String>,
    ) -> Result<SimpleType, FacetError> {
        if base.builtin == Builtin::AnySimpleType && base.variety == Variety::Atomic {
            return Err(FacetError::of_type(FacetRule::Base));
        }
        let size = Size::above([base]);
        if !size.is_bearable() {
            return Err(FacetError::of_type(FacetRule::TooDeep));
        }
        let applicable = base.applicable();
        let mut given = Kinds::default();
        for facet in &facets {
            if !applicable.has(facet.kind) {
                return Err(FacetError::new(FacetRule::NotApplicable, facet.kind));
            }
            let repeats = matches!(facet.kind, FacetKind::Pattern | FacetKind::Enumeration);
            if !given.insert(facet.kind) && !repeats {
                return Err(FacetError::new(FacetRule::Repeated, facet.kind));
            }
        }
        let mut step =
            Step { base, next: base.facets.clone(), patterns: Vec::new(), literals: Vec::new(), values: Vec::new() };
        for facet in &facets {
            step.add(facet)?;
        }
        let facets = step.finish(given)?;
        Ok(SimpleType {
            name: name.map(Into::into),
            variety: base.variety,
            builtin: base.builtin,
            primitive: base.primitive,
            base: Some(Arc::clone(base)),
            item: base.item.clone(),
            members: base.members.clone(),
            facets,
            size,
        })
    }

    /// A list of values of `item`, which is atomic or a union of atomic types.
    pub fn list(item: &Arc<SimpleType>, name: Option<String>) -> Result<SimpleType, FacetError> {
        if !item.is_item() {
            return Err(FacetError::of_type(FacetRule::Item));
        }
        let size = Size::above([item]);
        if !size.is_bearable() {
            return Err(FacetError::of_type(FacetRule::TooDeep));
        }
        let mut list = SimpleType::constructed(Variety::List, WhiteSpace::Collapse, size, name);
        list.facets.fixed.insert(FacetKind::WhiteSpace);
        list.item = Some(Arc::clone(item));
        Ok(list)
    }

    /// A type whose values are those of the members; the first member that accepts a literal gives it its value.
    ///
    /// A member that is itself a union stands for its members (Part 1 §3.14.2), unless it was restricted.
    pub fn union(members: Vec<Arc<SimpleType>>, name: Option<String>) -> SimpleType {
        let mut flat: Vec<Arc<SimpleType>> = Vec::with_capacity(members.len());
        for member in &members {
            let parts = if member.is_plain_union() { member.members.as_slice() } else { std::slice::from_ref(member) };
            for part in parts {
                if !flat.iter().any(|known| Arc::ptr_eq(known, part)) {
                    flat.push(Arc::clone(part));
                }
            }
        }
        let mut union = SimpleType::constructed(Variety::Union, WhiteSpace::Preserve, Size::above(&flat), name);
        union.members = flat;
        union
    }

    fn constructed(variety: Variety, white_space: WhiteSpace, size: Size, name: Option<String>) -> SimpleType {
        SimpleType {
            name: name.map(Into::into),
            variety,
            builtin: Builtin::AnySimpleType,
            primitive: None,
            base: Some(Builtin::AnySimpleType.simple_type()),
            item: None,
            members: Vec::new(),
            facets: Facets::new(white_space),
            size,
        }
    }

    /// A union that was not restricted.
    fn is_plain_union(&self) -> bool {
        self.variety == Variety::Union && self.base.as_ref().is_some_and(|base| base.variety == Variety::Atomic)
    }

    fn is_item(&self) -> bool {
        match self.variety {
            Variety::Atomic => self.primitive.is_some(),
            Variety::List => false,
            Variety::Union => self.members.iter().all(|member| member.is_item()),
        }
    }

    fn applicable(&self) -> Kinds {
        let common = Kinds::of(&[FacetKind::Pattern, FacetKind::Enumeration]);
        match self.variety {
            Variety::Atomic => self.primitive.unwrap_or(Builtin::AnySimpleType).applicable(),
            Variety::List => common.and(Kinds::of(&[
                FacetKind::Length,
                FacetKind::MinLength,
                FacetKind::MaxLength,
                FacetKind::WhiteSpace,
            ])),
            Variety::Union => common,
        }
    }
}

/// One step of derivation in the making.
struct Step<'b> {
    base: &'b Arc<SimpleType>,
    next: Facets,
    patterns: Vec<Pattern>,
    literals: Vec<String>,
    values: Vec<super::Value>,
}

impl Step<'_> {
    fn add(&mut self, facet: &Facet) -> Result<(), FacetError> {
        use FacetKind as K;
        match facet.kind {
            K::Length | K::MinLength | K::MaxLength | K::TotalDigits | K::FractionDigits => self.count(facet)?,
            K::MinInclusive | K::MinExclusive | K::MaxInclusive | K::MaxExclusive => self.bound(facet)?,
            K::WhiteSpace => {
                let space = WhiteSpace::by_name(&WhiteSpace::Collapse.apply(&facet.value));
                let space = space.ok_or_else(|| FacetError::new(FacetRule::Value, facet.kind))?;
                if space < self.base.facets.white_space {
                    return Err(self.wider(facet.kind));
                }
                if space != self.base.facets.white_space {
                    self.not_fixed(facet.kind)?;
                }
                self.next.white_space = space;
            }
            K::Pattern => {
                let pattern = Pattern::new(&facet.value).map_err(FacetError::pattern)?;
                self.patterns.push(pattern);
                return Ok(());
            }
            K::Enumeration => {
                let value = self
                    .base
                    .validate(&facet.value, &facet.scope)
                    .map_err(|error| FacetError::not_in_base(facet.kind, error))?;
                self.literals.push(self.base.facets.white_space.apply(&facet.value).into_owned());
                self.values.push(value);
                return Ok(());
            }
        }
        if facet.fixed {
            self.next.fixed.insert(facet.kind);
        }
        Ok(())
    }

    fn count(&mut self, facet: &Facet) -> Result<(), FacetError> {
        let bad = || FacetError::new(FacetRule::Value, facet.kind);
        let count = count(&facet.value).ok_or_else(bad)?;
        let base = &self.base.facets;
        let (inherited, widens) = match facet.kind {
            FacetKind::Length => (base.length, base.length.is_some_and(|length| count != length)),
            FacetKind::MinLength => (base.min_length, base.min_length.is_some_and(|least| count < least)),
            FacetKind::MaxLength => (base.max_length, base.max_length.is_some_and(|most| count > most)),
            FacetKind::TotalDigits => (base.total_digits, base.total_digits.is_some_and(|most| count > most)),
            _ => (base.fraction_digits, base.fraction_digits.is_some_and(|most| count > most)),
        };
        if facet.kind == FacetKind::TotalDigits && count == 0 {
            return Err(bad());
        }
        if widens {
            return Err(self.wider(facet.kind));
        }
        if inherited.is_some_and(|inherited| inherited != count) {
            self.not_fixed(facet.kind)?;
        }
        let place = match facet.kind {
            FacetKind::Length => &mut self.next.length,
            FacetKind::MinLength => &mut self.next.min_length,
            FacetKind::MaxLength => &mut self.next.max_length,
            FacetKind::TotalDigits => &mut self.next.total_digits,
            _ => &mut self.next.fraction_digits,
        };
        *place = Some(count);
        Ok(())
    }

    fn bound(&mut self, facet: &Facet) -> Result<(), FacetError> {
        let base = self.base;
        let literal = base.facets.white_space.apply(&facet.value);
        let bad = |error| FacetError::not_in_base(facet.kind, error);
        let atom = Atom::parse(base.builtin, &literal, &facet.scope).map_err(|flaw| bad(base.flaw(flaw, &literal)))?;
        // A bound is a value of the base, but for its own bounds, which are compared below (§4.3.7 to §4.3.10).
        base.judge_patterns(&literal).map_err(bad)?;
        base.judge_digits(atom).map_err(bad)?;
        base.judge_enumeration(atom, &literal).map_err(bad)?;
        let inclusive = matches!(facet.kind, FacetKind::MinInclusive | FacetKind::MaxInclusive);
        let lower = matches!(facet.kind, FacetKind::MinInclusive | FacetKind::MinExclusive);
        let (own, across) =
            if lower { (&base.facets.min, &base.facets.max) } else { (&base.facets.max, &base.facets.min) };
        let wrong_way = if lower { Ordering::Less } else { Ordering::Greater };
        if let Some(own) = own {
            let order = atom.compare(&own.value);
            // What is neither above nor below a bound of the base lies outside it.
            if order.is_none_or(|order| order == wrong_way)
                || (order == Some(Ordering::Equal) && inclusive && !own.inclusive)
            {
                return Err(self.wider(facet.kind));
            }
            if own.inclusive == inclusive && order != Some(Ordering::Equal) {
                self.not_fixed(facet.kind)?;
            }
        }
        if let Some(across) = across {
            let order = atom.compare(&across.value);
            // The same exclusive bound at both ends leaves nothing, but is allowed below an inclusive one (§4.3.8.4, §4.3.9.4).
            let touches = order == Some(Ordering::Equal) && !across.inclusive;
            if order.is_none_or(|order| order == wrong_way.reverse()) || touches {
                return Err(self.wider(facet.kind));
            }
        }
        let bound = Some(Bound { value: atom.to_value(), literal: literal.as_ref().into(), inclusive });
        if lower {
            self.next.min = bound;
        } else {
            self.next.max = bound;
        }
        Ok(())
    }

    fn finish(self, given: Kinds) -> Result<Facets, FacetError> {
        use FacetKind as K;
        let Step { base, mut next, patterns, literals, values } = self;
        if !patterns.is_empty() {
            next.patterns.push(patterns.into());
        }
        if !values.is_empty() {
            next.enumeration = Some(Arc::new(Enumeration::new(literals, values)));
        }
        for (one, other) in [(K::MinInclusive, K::MinExclusive), (K::MaxInclusive, K::MaxExclusive)] {
            if given.has(one) && given.has(other) {
                return Err(FacetError::between(one, other));
            }
        }
        if let (Some(min), Some(max)) = (&next.min, &next.max) {
            let order = min.value.compare(&max.value);
            if order == Some(Ordering::Greater) || (order == Some(Ordering::Equal) && min.inclusive != max.inclusive) {
                let least = if min.inclusive { K::MinInclusive } else { K::MinExclusive };
                return Err(FacetError::between(least, if max.inclusive { K::MaxInclusive } else { K::MaxExclusive }));
            }
        }
        if let (Some(least), Some(most)) = (next.min_length, next.max_length)
            && least > most
        {
            return Err(FacetError::between(K::MinLength, K::MaxLength));
        }
        if let (Some(total), Some(fraction)) = (next.total_digits, next.fraction_digits)
            && fraction > total
        {
            return Err(FacetError::between(K::FractionDigits, K::TotalDigits));
        }
        if let Some(length) = next.length {
            if next
                .min_length
                .is_some_and(|least| least > length || !inherits(base, |facets| facets.min_length == Some(least)))
            {
                return Err(FacetError::between(K::Length, K::MinLength));
            }
            if next
                .max_length
                .is_some_and(|most| most < length || !inherits(base, |facets| facets.max_length == Some(most)))
            {
                return Err(FacetError::between(K::Length, K::MaxLength));
            }
        }
        Ok(next)
    }

    fn wider(&self, kind: FacetKind) -> FacetError {
        FacetError::new(FacetRule::Wider, kind)
    }

    fn not_fixed(&self, kind: FacetKind) -> Result<(), FacetError> {
        if self.base.facets.fixed.has(kind) { Err(FacetError::new(FacetRule::Fixed, kind)) } else { Ok(()) }
    }
}

/// Part 2 §4.3.1.4: beside `length` the other two may stand only if a type above has the same one and no `length`.
fn inherits(base: &Arc<SimpleType>, has: impl Fn(&Facets) -> bool) -> bool {
    let mut step = Some(base);
    while let Some(simple) = step {
        if simple.facets.length.is_none() && has(&simple.facets) {
            return true;
        }
        step = simple.base.as_ref();
    }
    false
}

/// A nonNegativeInteger; one above what memory can hold counts as that.
fn count(value: &str) -> Option<usize> {
    let literal = WhiteSpace::Collapse.apply(value);
    let digits = Digits::parse_integer(&literal)?.to_decimal().to_string();
    if digits.starts_with('-') { None } else { Some(digits.parse().unwrap_or(usize::MAX)) }
}
