//! The built-in types of Part 2 §3: names, bases, and their definitions as simple types.

use std::sync::{Arc, OnceLock};

use super::facet::{Bound, Facets, Kinds};
use super::{Decimal, FacetKind, SimpleType, Value, Variety, WhiteSpace};

macro_rules! builtins {
    ($($variant:ident $name:literal $base:ident),* $(,)?) => {
        /// A built-in type of XML Schema 1.0 Part 2: 19 primitive and 25 derived ones, and their root.
        #[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
        pub enum Builtin {
            /// `xs:anySimpleType`, the root of all simple types.
            AnySimpleType,
            $(#[doc = concat!("`xs:", $name, "`.")] $variant,)*
        }

        /// All built-in types, each after its base.
        const ALL: &[Builtin] = &[Builtin::AnySimpleType, $(Builtin::$variant),*];

        impl Builtin {
            /// The local name in the namespace of XML Schema, such as `gYearMonth`.
            pub fn name(self) -> &'static str {
                match self {
                    Builtin::AnySimpleType => "anySimpleType",
                    $(Builtin::$variant => $name,)*
                }
            }

            /// The type this one is derived from; the three built-in lists stand directly below `anySimpleType`.
            pub fn base(self) -> Option<Builtin> {
                match self {
                    Builtin::AnySimpleType => None,
                    $(Builtin::$variant => Some(Builtin::$base),)*
                }
            }
        }
    };
}

builtins! {
    String "string" AnySimpleType,
    Boolean "boolean" AnySimpleType,
    Decimal "decimal" AnySimpleType,
    Float "float" AnySimpleType,
    Double "double" AnySimpleType,
    Duration "duration" AnySimpleType,
    DateTime "dateTime" AnySimpleType,
    Time "time" AnySimpleType,
    Date "date" AnySimpleType,
    GYearMonth "gYearMonth" AnySimpleType,
    GYear "gYear" AnySimpleType,
    GMonthDay "gMonthDay" AnySimpleType,
    GDay "gDay" AnySimpleType,
    GMonth "gMonth" AnySimpleType,
    HexBinary "hexBinary" AnySimpleType,
    Base64Binary "base64Binary" AnySimpleType,
    AnyUri "anyURI" AnySimpleType,
    QName "QName" AnySimpleType,
    Notation "NOTATION" AnySimpleType,
    NormalizedString "normalizedString" String,
    Token "token" NormalizedString,
    Language "language" Token,
    Name "Name" Token,
    NcName "NCName" Name,
    Id "ID" NcName,
    Idref "IDREF" NcName,
    Idrefs "IDREFS" AnySimpleType,
    Entity "ENTITY" NcName,
    Entities "ENTITIES" AnySimpleType,
    Nmtoken "NMTOKEN" Token,
    Nmtokens "NMTOKENS" AnySimpleType,
    Integer "integer" Decimal,
    NonPositiveInteger "nonPositiveInteger" Integer,
    NegativeInteger "negativeInteger" NonPositiveInteger,
    Long "long" Integer,
    Int "int" Long,
    Short "short" Int,
    Byte "byte" Short,
    NonNegativeInteger "nonNegativeInteger" Integer,
    UnsignedLong "unsignedLong" NonNegativeInteger,
    UnsignedInt "unsignedInt" UnsignedLong,
    UnsignedShort "unsignedShort" UnsignedInt,
    UnsignedByte "unsignedByte" UnsignedShort,
    PositiveInteger "positiveInteger" NonNegativeInteger,
}

impl Builtin {
    /// The type with a local name in the namespace of XML Schema.
    pub fn by_name(local: &str) -> Option<Builtin> {
        ALL.iter().copied().find(|builtin| builtin.name() == local)
    }

    /// All built-in types, each after its base.
    pub fn all() -> impl Iterator<Item = Builtin> {
        ALL.iter().copied()
    }

    /// The definition of the type; always the same one.
    pub fn simple_type(self) -> Arc<SimpleType> {
        static TYPES: [OnceLock<Arc<SimpleType>>; ALL.len()] = [const { OnceLock::new() }; ALL.len()];
        // The discriminants are the places in `ALL`; a place outside would only lose the cache.
        match TYPES.get(self as usize) {
            Some(cell) => Arc::clone(cell.get_or_init(|| Arc::new(self.define()))),
            None => Arc::new(self.define()),
        }
    }

    /// The primitive type this one is derived from, `None` for the root and the lists.
    pub fn primitive(self) -> Option<Builtin> {
        match self.base()? {
            Builtin::AnySimpleType => self.item().is_none().then_some(self),
            base => base.primitive(),
        }
    }

    fn item(self) -> Option<Builtin> {
        match self {
            Builtin::Idrefs => Some(Builtin::Idref),
            Builtin::Entities => Some(Builtin::Entity),
            Builtin::Nmtokens => Some(Builtin::Nmtoken),
            _ => None,
        }
    }

    fn define(self) -> SimpleType {
        let item = self.item().map(Builtin::simple_type);
        let mut facets = Facets::new(self.white_space());
        if self.primitive() != Some(Builtin::String) && self != Builtin::AnySimpleType {
            facets.fixed.insert(FacetKind::WhiteSpace);
        }
        if item.is_some() {
            facets.min_length = Some(1);
        }
        if self.primitive() == Some(Builtin::Decimal) && self != Builtin::Decimal {
            facets.fraction_digits = Some(0);
            facets.fixed.insert(FacetKind::FractionDigits);
            let inherited = self.base().map(Builtin::simple_type);
            let inherited = inherited.as_ref().map(|base| base.facets());
            let (least, most) = self.bounds();
            facets.min = least.and_then(bound).or_else(|| inherited?.min.clone());
            facets.max = most.and_then(bound).or_else(|| inherited?.max.clone());
        }
        SimpleType::built_in(self, if item.is_some() { Variety::List } else { Variety::Atomic }, item, facets)
    }

    fn white_space(self) -> WhiteSpace {
        match self {
            Builtin::AnySimpleType | Builtin::String => WhiteSpace::Preserve,
            Builtin::NormalizedString => WhiteSpace::Replace,
            _ => WhiteSpace::Collapse,
        }
    }

    /// The bounds a derived integer type adds to those of its base.
    fn bounds(self) -> (Option<&'static str>, Option<&'static str>) {
        match self {
            Builtin::NonPositiveInteger => (None, Some("0")),
            Builtin::NegativeInteger => (None, Some("-1")),
            Builtin::Long => (Some("-9223372036854775808"), Some("9223372036854775807")),
            Builtin::Int => (Some("-2147483648"), Some("2147483647")),
            Builtin::Short => (Some("-32768"), Some("32767")),
            Builtin::Byte => (Some("-128"), Some("127")),
            Builtin::NonNegativeInteger => (Some("0"), None),
            Builtin::UnsignedLong => (None, Some("18446744073709551615")),
            Builtin::UnsignedInt => (None, Some("4294967295")),
            Builtin::UnsignedShort => (None, Some("65535")),
            Builtin::UnsignedByte => (None, Some("255")),
            Builtin::PositiveInteger => (Some("1"), None),
            _ => (None, None),
        }
    }

    /// The facets that may constrain a type derived from this primitive (Part 2 §4.1.5).
    pub(super) fn applicable(self) -> Kinds {
        use FacetKind as K;
        let common = Kinds::of(&[K::Pattern, K::Enumeration, K::WhiteSpace]);
        let lengths = Kinds::of(&[K::Length, K::MinLength, K::MaxLength]);
        let bounds = Kinds::of(&[K::MinInclusive, K::MinExclusive, K::MaxInclusive, K::MaxExclusive]);
        match self {
            Builtin::AnySimpleType => Kinds::default(),
            Builtin::Boolean => Kinds::of(&[K::Pattern, K::WhiteSpace]),
            Builtin::Decimal => common.and(bounds).and(Kinds::of(&[K::TotalDigits, K::FractionDigits])),
            Builtin::String
            | Builtin::HexBinary
            | Builtin::Base64Binary
            | Builtin::AnyUri
            | Builtin::QName
            | Builtin::Notation => common.and(lengths),
            _ => common.and(bounds),
        }
    }
}

fn bound(literal: &str) -> Option<Bound> {
    Some(Bound { value: Value::Decimal(Decimal::parse(literal)?), literal: literal.into(), inclusive: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_nineteen_primitive_and_twenty_five_derived_types() {
        let primitive = Builtin::all().filter(|builtin| builtin.primitive() == Some(*builtin)).count();
        assert_eq!((primitive, ALL.len()), (19, 1 + 19 + 25));
        for builtin in Builtin::all() {
            assert_eq!(Builtin::by_name(builtin.name()), Some(builtin));
            assert_eq!(ALL.get(builtin as usize), Some(&builtin));
        }
        assert_eq!(Builtin::by_name("anyType"), None);
    }

    #[test]
    fn a_built_in_type_is_made_once() {
        for builtin in Builtin::all() {
            let simple = builtin.simple_type();
            assert!(Arc::ptr_eq(&simple, &builtin.simple_type()));
            assert_eq!(simple.builtin_ancestor(), builtin);
            match (builtin.base(), simple.base()) {
                (Some(base), Some(other)) => assert!(Arc::ptr_eq(&base.simple_type(), other), "{builtin:?}"),
                (base, other) => assert!(base.is_none() && other.is_none()),
            }
        }
    }
}
