//! Simple types: which type of the run-time, which facets.

use kapia_schema::{Builtin, FacetKind, SimpleType, Variety, WhiteSpace};

use super::{FacetText, Facets, Simple};
use crate::literal;

/// Enumerations with more values stay texts that are checked.
const MOST_VARIANTS: usize = 1_000;

/// What a simple type becomes.
pub(super) enum Outcome {
    /// A type of Rust or of the run-time, without facets of its own.
    Given(&'static str),
    Enumeration {
        white_space: &'static str,
        texts: Vec<String>,
    },
    Simple(Simple),
    /// A name in a namespace, whose meaning depends on declarations around it.
    Name,
}

pub(super) fn outcome(simple: &SimpleType, xsd: &str) -> Outcome {
    if matches!(simple.primitive(), Some(Builtin::QName | Builtin::Notation)) {
        return Outcome::Name;
    }
    let inner = match simple.variety() {
        Variety::Atomic => given(simple.builtin_ancestor()),
        Variety::List | Variety::Union => "String",
    };
    if let (Variety::Atomic, "String", Some(texts)) = (simple.variety(), inner, simple.enumeration()) {
        let mut unique: Vec<String> = Vec::new();
        for text in texts {
            if !unique.contains(text) {
                unique.push(text.clone());
            }
        }
        if unique.len() <= MOST_VARIANTS && !unique.is_empty() {
            return Outcome::Enumeration { white_space: white_space(simple.white_space()), texts: unique };
        }
    }
    let facets = facets(simple, inner != "String");
    if facets.is_empty() {
        return Outcome::Given(inner);
    }
    Outcome::Simple(Simple { inner, xsd: xsd.to_owned(), facets })
}

/// The type of Rust for a built-in type.
pub(super) fn given(builtin: Builtin) -> &'static str {
    use Builtin::*;
    match builtin {
        Boolean => "xsd::Boolean",
        Decimal => "xsd::Decimal",
        Float => "xsd::Number<f32>",
        Double => "xsd::Number<f64>",
        Duration => "xsd::Duration",
        DateTime => "xsd::DateTime",
        Time => "xsd::Time",
        Date => "xsd::Date",
        GYearMonth => "xsd::GYearMonth",
        GYear => "xsd::GYear",
        GMonthDay => "xsd::GMonthDay",
        GDay => "xsd::GDay",
        GMonth => "xsd::GMonth",
        HexBinary => "xsd::HexBinary",
        Base64Binary => "xsd::Base64Binary",
        Integer => "xsd::Integer",
        NonPositiveInteger => "xsd::NonPositiveInteger",
        NegativeInteger => "xsd::NegativeInteger",
        NonNegativeInteger => "xsd::NonNegativeInteger",
        PositiveInteger => "xsd::PositiveInteger",
        Long => "xsd::Number<i64>",
        Int => "xsd::Number<i32>",
        Short => "xsd::Number<i16>",
        Byte => "xsd::Number<i8>",
        UnsignedLong => "xsd::Number<u64>",
        UnsignedInt => "xsd::Number<u32>",
        UnsignedShort => "xsd::Number<u16>",
        UnsignedByte => "xsd::Number<u8>",
        Language => "xsd::Language",
        Name => "xsd::Name",
        NcName | Id | Idref | Entity => "xsd::NcName",
        Nmtoken => "xsd::Nmtoken",
        AnySimpleType | String | NormalizedString | Token | AnyUri | QName | Notation | Idrefs | Nmtokens
        | Entities => "String",
    }
}

/// The kind of the run-time that judges a text of a type.
fn kind(builtin: Builtin) -> &'static str {
    use Builtin::*;
    match builtin.primitive() {
        Some(Decimal) if builtin == Decimal => "Decimal",
        Some(Decimal) => "Integer",
        Some(Boolean) => "Boolean",
        Some(Float | Double) => "Float",
        Some(Duration) => "Duration",
        Some(DateTime) => "DateTime",
        Some(Time) => "Time",
        Some(Date) => "Date",
        Some(GYearMonth) => "GYearMonth",
        Some(GYear) => "GYear",
        Some(GMonthDay) => "GMonthDay",
        Some(GDay) => "GDay",
        Some(GMonth) => "GMonth",
        Some(HexBinary) => "HexBinary",
        Some(Base64Binary) => "Base64Binary",
        _ => match builtin {
            Language => "Language",
            Name => "Name",
            NcName | Id | Idref | Entity => "NcName",
            Nmtoken => "Nmtoken",
            _ => "Text",
        },
    }
}

/// What the type adds to the built-in type that stands for it.
fn facets(simple: &SimpleType, typed: bool) -> Facets {
    let mut facets: Facets = Vec::new();
    if simple.variety() == Variety::Union {
        let members = simple.members().iter().map(|member| whole(member)).collect();
        facets.push(("members", FacetText::Members(members)));
    }
    if let (Variety::List, Some(item)) = (simple.variety(), simple.item_type()) {
        facets.push(("item", FacetText::Item(whole(item))));
        facets.push(("white_space", FacetText::Plain("Some(xsd::WhiteSpace::Collapse)".to_owned())));
    }
    // A plain built-in list has a least length of its own, which its users expect.
    let known = simple.builtin_ancestor().simple_type();
    let known = (simple.variety() == Variety::Atomic).then_some(known);
    let adds = |kind: FacetKind| {
        let own = simple.facet(kind);
        own.filter(|own| known.as_ref().is_none_or(|known| known.facet(kind).as_ref() != Some(own)))
    };
    if simple.variety() == Variety::Atomic && !typed {
        let text_of = |space: WhiteSpace| FacetText::Plain(format!("Some(xsd::WhiteSpace::{})", white_space(space)));
        let named = simple.name().is_some_and(|name| Builtin::by_name(name).is_some() && simple.base().is_none());
        if simple.white_space() != WhiteSpace::Preserve && !named && has_more(simple) {
            facets.push(("white_space", text_of(simple.white_space())));
        }
    }
    let patterns = patterns(simple);
    if !patterns.is_empty() {
        facets.push(("patterns", FacetText::List(patterns)));
    }
    for (kind, field) in
        [(FacetKind::Length, "length"), (FacetKind::MinLength, "min_length"), (FacetKind::MaxLength, "max_length")]
    {
        facets.extend(adds(kind).map(|n| (field, FacetText::Plain(format!("Some({n})")))));
    }
    for (kind, field, end) in [
        (FacetKind::MinInclusive, "min", "Inclusive"),
        (FacetKind::MinExclusive, "min", "Exclusive"),
        (FacetKind::MaxInclusive, "max", "Inclusive"),
        (FacetKind::MaxExclusive, "max", "Exclusive"),
    ] {
        let text = |bound: String| FacetText::Plain(format!("Some(xsd::Bound::{end}({}))", literal(bound.trim())));
        facets.extend(adds(kind).map(|bound| (field, text(bound))));
    }
    for (kind, field) in [(FacetKind::TotalDigits, "total_digits"), (FacetKind::FractionDigits, "fraction_digits")] {
        facets.extend(adds(kind).map(|n| (field, FacetText::Plain(format!("Some({n})")))));
    }
    if let Some(texts) = simple.enumeration() {
        facets.push(("enumeration", FacetText::List(texts.iter().map(|text| literal(text)).collect())));
    }
    facets
}

/// Whether a type restricts its built-in ancestor by more than white space.
fn has_more(simple: &SimpleType) -> bool {
    let known = simple.builtin_ancestor().simple_type();
    let kinds = [FacetKind::Length, FacetKind::MinLength, FacetKind::MaxLength];
    simple.enumeration().is_some()
        || simple.patterns().next().is_some()
        || kinds.into_iter().any(|kind| simple.facet(kind) != known.facet(kind))
}

/// All that a member of a union or an item of a list says, its kind included.
fn whole(simple: &SimpleType) -> Facets {
    let mut all: Facets = Vec::new();
    let builtin = simple.builtin_ancestor();
    let kind = if simple.variety() == Variety::Atomic { kind(builtin) } else { "Text" };
    if kind != "Text" {
        all.push(("kind", FacetText::Plain(format!("xsd::Kind::{kind}"))));
    }
    all.extend(facets(simple, kind != "Text"));
    // The range of a built-in integer is its own business elsewhere.
    for (facet, field) in [(FacetKind::MinInclusive, "min"), (FacetKind::MaxInclusive, "max")] {
        if let (false, Some(bound)) = (all.iter().any(|known| known.0 == field), simple.facet(facet)) {
            all.push((field, FacetText::Plain(format!("Some(xsd::Bound::Inclusive({}))", literal(bound.trim())))));
        }
    }
    all
}

fn white_space(white_space: WhiteSpace) -> &'static str {
    match white_space {
        WhiteSpace::Preserve => "Preserve",
        WhiteSpace::Replace => "Replace",
        WhiteSpace::Collapse => "Collapse",
    }
}

/// One regular expression for each step of derivation, as the schema writes it where that means the same in Rust.
fn patterns(simple: &SimpleType) -> Vec<String> {
    let written = simple.patterns().map(|step| step.join("|"));
    let translated = simple.regular_expressions();
    written
        .zip(translated)
        .map(|(written, translated)| literal(if means_the_same(&written) { &written } else { &translated }))
        .collect()
}

fn means_the_same(pattern: &str) -> bool {
    let mut characters = pattern.chars().peekable();
    let mut before = ' ';
    let mut in_class = false;
    while let Some(c) = characters.next() {
        let same = match c {
            '\\' => match characters.next() {
                Some(escaped) => "d.-+*?()[]{}|\\".contains(escaped),
                None => false,
            },
            '^' => before == '[',
            // Two hyphens, and a class behind one, mean a difference in Rust or in XML Schema.
            '-' => !in_class || before != '-' && characters.peek() != Some(&'['),
            '(' => characters.peek() != Some(&'?'),
            '.' | '$' | '&' | '~' | '#' => false,
            c => c.is_alphanumeric() || "[]{}()|?*+,'\"/:;@%=<>! _№".contains(c),
        };
        if !same {
            return false;
        }
        in_class = c == '[' || in_class && c != ']';
        before = c;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::means_the_same;

    #[test]
    fn a_pattern_stays_as_it_is_written_only_where_rust_reads_it_so() {
        for same in ["[0-9]{10}|[0-9]{13}", r"\d{4}\.\d", "[А-Яа-я -]+", "[^0-9]", "(а|б)?", "[0-9]{4}-[0-9]{2}"]
        {
            assert!(means_the_same(same), "{same}");
        }
        for other in ["a.b", "^a$", r"\i\c*", "[a-z-[aeiou]]", r"\s", "(?:a)", "[a&&b]", r"\p{IsCyrillic}"] {
            assert!(!means_the_same(other), "{other}");
        }
    }
}
