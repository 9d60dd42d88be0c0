//! The simple type definition (Part 1 §3.14): what a type is and where it comes from.

use std::sync::Arc;

use super::facet::Facets;
use super::{Builtin, FacetKind, Value, Variety, WhiteSpace};

/// A simple type: built in, or made from others by restriction, list or union. Immutable, shared between threads.
#[derive(Debug)]
pub struct SimpleType {
    pub(super) name: Option<Box<str>>,
    pub(super) variety: Variety,
    pub(super) builtin: Builtin,
    pub(super) primitive: Option<Builtin>,
    pub(super) base: Option<Arc<SimpleType>>,
    pub(super) item: Option<Arc<SimpleType>>,
    pub(super) members: Vec<Arc<SimpleType>>,
    pub(super) facets: Facets,
    pub(super) size: Size,
}

/// How much work a type is: bounded, so that no schema exhausts the stack or the time of a check.
#[derive(Copy, Clone, Debug)]
pub(super) struct Size {
    /// Steps of derivation, items and members below one another.
    depth: u32,
    /// Atomic types that one literal may be tried against.
    breadth: u32,
}

impl Size {
    const ONE: Size = Size { depth: 1, breadth: 1 };

    /// The size of a type above these.
    pub(super) fn above<'a>(parts: impl IntoIterator<Item = &'a Arc<SimpleType>>) -> Size {
        parts.into_iter().fold(Size { depth: 1, breadth: 0 }, |size, part| Size {
            depth: size.depth.max(part.size.depth.saturating_add(1)),
            breadth: size.breadth.saturating_add(part.size.breadth),
        })
    }

    pub(super) fn is_bearable(self) -> bool {
        self.depth <= 500 && self.breadth <= 10_000
    }
}

impl SimpleType {
    /// The name in its schema, `None` for a type defined in place.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Atomic, list or union; `anySimpleType` is called atomic.
    pub fn variety(&self) -> Variety {
        self.variety
    }

    /// The type this one restricts; `anySimpleType` for lists and unions, `None` for `anySimpleType`.
    pub fn base(&self) -> Option<&Arc<SimpleType>> {
        self.base.as_ref()
    }

    /// The primitive type an atomic type goes back to; `None` for lists, unions and `anySimpleType`.
    pub fn primitive(&self) -> Option<Builtin> {
        self.primitive
    }

    /// The nearest built-in type, itself or among its bases.
    pub fn builtin_ancestor(&self) -> Builtin {
        self.builtin
    }

    /// The type of the items of a list.
    pub fn item_type(&self) -> Option<&Arc<SimpleType>> {
        self.item.as_ref()
    }

    /// The member types of a union, in the order in which they are tried; empty for others.
    pub fn members(&self) -> &[Arc<SimpleType>] {
        &self.members
    }

    /// What happens to white space before a literal is judged; a union leaves it to the member that accepts.
    pub fn white_space(&self) -> WhiteSpace {
        self.facets.white_space
    }

    /// The allowed values as written in the schema, `None` where all are allowed.
    pub fn enumeration(&self) -> Option<&[String]> {
        self.facets.enumeration.as_ref().map(|enumeration| &*enumeration.literals)
    }

    /// The allowed values, `None` where all are allowed.
    pub fn enumeration_values(&self) -> Option<&[Value]> {
        self.facets.enumeration.as_ref().map(|enumeration| enumeration.values())
    }

    /// The patterns, a step of derivation each: all steps must match, one pattern of a step is enough.
    pub fn patterns(&self) -> impl Iterator<Item = Vec<&str>> {
        self.facets.patterns.iter().map(|step| step.iter().map(|pattern| pattern.source()).collect())
    }

    /// As [`SimpleType::patterns`], each step as one regular expression in the syntax of the `regex` crate, to be anchored at both ends.
    pub fn regular_expressions(&self) -> impl Iterator<Item = String> {
        self.facets
            .patterns
            .iter()
            .map(|step| step.iter().map(|pattern| pattern.regular_expression()).collect::<Vec<_>>().join("|"))
    }

    /// The value of a facet that has one value, its own or inherited; `None` also for pattern and enumeration.
    pub fn facet(&self, kind: FacetKind) -> Option<String> {
        let facets = &self.facets;
        let bound = |bound: &Option<super::facet::Bound>, inclusive| {
            bound.as_ref().filter(|bound| bound.inclusive == inclusive).map(|bound| bound.literal.to_string())
        };
        let count = |count: Option<usize>| count.map(|count| count.to_string());
        match kind {
            FacetKind::Length => count(facets.length),
            FacetKind::MinLength => count(facets.min_length),
            FacetKind::MaxLength => count(facets.max_length),
            FacetKind::TotalDigits => count(facets.total_digits),
            FacetKind::FractionDigits => count(facets.fraction_digits),
            FacetKind::MinInclusive => bound(&facets.min, true),
            FacetKind::MinExclusive => bound(&facets.min, false),
            FacetKind::MaxInclusive => bound(&facets.max, true),
            FacetKind::MaxExclusive => bound(&facets.max, false),
            FacetKind::WhiteSpace => (self.variety != Variety::Union).then(|| facets.white_space.name().to_owned()),
            FacetKind::Pattern | FacetKind::Enumeration => None,
        }
    }

    /// Whether an element without text is valid.
    pub fn accepts_empty(&self) -> bool {
        self.check("", &()).is_ok()
    }

    /// Whether this is `NOTATION` without an enumeration, which no element or attribute may have (Part 2 §3.2.19).
    pub fn is_bare_notation(&self) -> bool {
        self.primitive == Some(Builtin::Notation) && self.facets.enumeration.is_none()
    }

    /// Whether this type is, or is derived from, another: "type derivation OK (simple)", Part 1 §3.14.6, without `final`.
    pub fn is_derived_from(&self, other: &Arc<SimpleType>) -> bool {
        let same = |one: &SimpleType| std::ptr::eq(one, &raw const **other);
        let mut step = Some(self);
        while let Some(simple) = step {
            if same(simple) {
                return true;
            }
            step = simple.base.as_deref();
        }
        other.members.iter().any(|member| self.is_derived_from(member))
    }

    pub(super) fn facets(&self) -> &Facets {
        &self.facets
    }

    pub(super) fn built_in(
        builtin: Builtin,
        variety: Variety,
        item: Option<Arc<SimpleType>>,
        facets: Facets,
    ) -> SimpleType {
        SimpleType {
            name: Some(builtin.name().into()),
            variety,
            builtin,
            primitive: builtin.primitive(),
            base: builtin.base().map(Builtin::simple_type),
            item,
            members: Vec::new(),
            facets,
            size: Size::ONE,
        }
    }
}
