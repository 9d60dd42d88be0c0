//! Constraining facets (Part 2 §4.3): as schemas write them, and as a type holds them.

use std::sync::Arc;

use super::pattern::Pattern;
use super::value::Atom;
use super::{Prefixes, Value, WhiteSpace};

/// A constraining facet as it stands in a schema: `<xs:maxLength value="10" fixed="true"/>`.
#[derive(Clone, Debug)]
pub struct Facet {
    /// Which facet.
    pub kind: FacetKind,
    /// The attribute `value`, as written.
    pub value: String,
    /// The attribute `fixed`: whether types below may change it.
    pub fixed: bool,
    /// The namespaces in scope; needed only by enumerations of qualified names.
    pub scope: Scope,
}

impl Facet {
    /// A facet that is not fixed and needs no namespaces.
    pub fn new(kind: FacetKind, value: impl Into<String>) -> Facet {
        Facet { kind, value: value.into(), fixed: false, scope: Scope::default() }
    }
}

/// Namespaces in scope at a place of a schema; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Scope(Arc<[(Box<str>, Box<str>)]>);

impl<P: Into<Box<str>>, N: Into<Box<str>>> FromIterator<(P, N)> for Scope {
    /// From pairs of prefix (`""`: default) and namespace.
    fn from_iter<I: IntoIterator<Item = (P, N)>>(pairs: I) -> Self {
        Scope(pairs.into_iter().map(|(prefix, namespace)| (prefix.into(), namespace.into())).collect())
    }
}

impl Prefixes for Scope {
    fn resolve(&self, prefix: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| &**known == prefix).map(|(_, namespace)| &**namespace)
    }
}

/// The twelve constraining facets.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
pub enum FacetKind {
    /// Exactly so many characters, octets or items.
    Length,
    /// At least so many characters, octets or items.
    MinLength,
    /// At most so many characters, octets or items.
    MaxLength,
    /// A regular expression that the whole literal matches.
    Pattern,
    /// One of the allowed values.
    Enumeration,
    /// What happens to white space.
    WhiteSpace,
    /// The greatest value.
    MaxInclusive,
    /// The value that all values are below.
    MaxExclusive,
    /// The least value.
    MinInclusive,
    /// The value that all values are above.
    MinExclusive,
    /// At most so many digits.
    TotalDigits,
    /// At most so many digits after the point.
    FractionDigits,
}

impl FacetKind {
    const ALL: [FacetKind; 12] = [
        Self::Length,
        Self::MinLength,
        Self::MaxLength,
        Self::Pattern,
        Self::Enumeration,
        Self::WhiteSpace,
        Self::MaxInclusive,
        Self::MaxExclusive,
        Self::MinInclusive,
        Self::MinExclusive,
        Self::TotalDigits,
        Self::FractionDigits,
    ];

    /// The facet of an element of a schema, such as `maxLength`.
    pub fn by_name(local: &str) -> Option<FacetKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == local)
    }

    /// The local name of the facet's element.
    pub fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::MinLength => "minLength",
            Self::MaxLength => "maxLength",
            Self::Pattern => "pattern",
            Self::Enumeration => "enumeration",
            Self::WhiteSpace => "whiteSpace",
            Self::MaxInclusive => "maxInclusive",
            Self::MaxExclusive => "maxExclusive",
            Self::MinInclusive => "minInclusive",
            Self::MinExclusive => "minExclusive",
            Self::TotalDigits => "totalDigits",
            Self::FractionDigits => "fractionDigits",
        }
    }
}

/// A set of kinds of facets.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Kinds(u16);

impl Kinds {
    pub(super) fn of(kinds: &[FacetKind]) -> Kinds {
        kinds.iter().fold(Kinds::default(), |mut set, &kind| {
            set.insert(kind);
            set
        })
    }

    pub(super) fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    pub(super) fn has(self, kind: FacetKind) -> bool {
        self.0 & 1 << kind as u16 != 0
    }

    /// Whether the kind was not there before.
    pub(super) fn insert(&mut self, kind: FacetKind) -> bool {
        let new = !self.has(kind);
        self.0 |= 1 << kind as u16;
        new
    }
}

/// The facets of a type, its own and the inherited ones.
#[derive(Clone, Debug)]
pub(super) struct Facets {
    pub(super) white_space: WhiteSpace,
    pub(super) length: Option<usize>,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    /// One entry for each step of derivation: all steps must match, one pattern of a step is enough.
    pub(super) patterns: Vec<Arc<[Pattern]>>,
    pub(super) enumeration: Option<Arc<Enumeration>>,
    pub(super) min: Option<Bound>,
    pub(super) max: Option<Bound>,
    pub(super) total_digits: Option<usize>,
    pub(super) fraction_digits: Option<usize>,
    pub(super) fixed: Kinds,
}

impl Facets {
    pub(super) fn new(white_space: WhiteSpace) -> Facets {
        Facets {
            white_space,
            length: None,
            min_length: None,
            max_length: None,
            patterns: Vec::new(),
            enumeration: None,
            min: None,
            max: None,
            total_digits: None,
            fraction_digits: None,
            fixed: Kinds::default(),
        }
    }
}

/// One end of a range of values.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub(super) value: Value,
    pub(super) literal: Box<str>,
    pub(super) inclusive: bool,
}

/// The allowed values of a type; the newest step says it all, because its values are valid in the steps before.
#[derive(Debug)]
pub(super) struct Enumeration {
    /// Shared with the errors that name them.
    pub(super) literals: Arc<[String]>,
    values: Box<[Value]>,
    /// The texts in order, where all values are texts.
    texts: Option<Box<[Box<str>]>>,
}

impl Enumeration {
    pub(super) fn new(literals: Vec<String>, values: Vec<Value>) -> Enumeration {
        let text = |value: &Value| if let Value::String(text) = value { Some(text.clone()) } else { None };
        let texts = values.iter().map(text).collect::<Option<Vec<_>>>().map(|mut texts| {
            texts.sort_unstable();
            texts.into_boxed_slice()
        });
        Enumeration { literals: literals.into(), values: values.into(), texts }
    }

    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }

    pub(super) fn allows(&self, atom: Atom<'_>) -> bool {
        match (atom, &self.texts) {
            (Atom::Text(text), Some(texts)) => texts.binary_search_by(|known| (**known).cmp(text)).is_ok(),
            _ => self.values.iter().any(|value| atom.equals(value)),
        }
    }
}
