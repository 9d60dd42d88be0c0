//! The constraining facets of a restricted simple type (XML Schema part 2 §4.3), as generated code states them.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use crate::characters;
use crate::value::binary::{base64_octets, hex_octets};
use crate::value::moment::{self, Form};
use crate::value::{Rule, number};

/// The facets of one type; for a union those of its members, for a list those of its items.
#[derive(Clone, Copy, Debug)]
pub struct Facets {
    /// As what the text is judged.
    pub kind: Kind,
    /// What happens to white space; `None` is what the kind says.
    pub white_space: Option<WhiteSpace>,
    /// Regular expressions of the `regex` crate, all of which must match the whole text.
    pub patterns: &'static [&'static str],
    /// Exactly so many characters, octets or items.
    pub length: Option<usize>,
    /// At least so many.
    pub min_length: Option<usize>,
    /// At most so many.
    pub max_length: Option<usize>,
    /// The lower end of the values.
    pub min: Option<Bound>,
    /// The upper end of the values.
    pub max: Option<Bound>,
    /// At most so many digits.
    pub total_digits: Option<usize>,
    /// At most so many digits after the point.
    pub fraction_digits: Option<usize>,
    /// The allowed values; empty: all.
    pub enumeration: &'static [&'static str],
    /// Of a union: the members, the first that accepts wins.
    pub members: &'static [Facets],
    /// Of a list: the items.
    pub item: Option<&'static Facets>,
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The end belongs to the range.
    Inclusive(&'static str),
    /// It does not.
    Exclusive(&'static str),
}

/// What the text of a simple type is: its primitive type, and the integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A code of a language.
    Language,
    /// A name of XML.
    Name,
    /// A name without a colon.
    NcName,
    /// Characters of names.
    Nmtoken,
    /// `true`, `false`, `1`, `0`.
    Boolean,
    /// A decimal number of any length.
    Decimal,
    /// A whole number of any length.
    Integer,
    /// A binary floating-point number, `INF`, `-INF` or `NaN`.
    Float,
    /// `xs:duration`.
    Duration,
    /// `xs:dateTime`.
    DateTime,
    /// `xs:time`.
    Time,
    /// `xs:date`.
    Date,
    /// `xs:gYearMonth`.
    GYearMonth,
    /// `xs:gYear`.
    GYear,
    /// `xs:gMonthDay`.
    GMonthDay,
    /// `xs:gDay`.
    GDay,
    /// `xs:gMonth`.
    GMonth,
    /// Octets in hexadecimal digits.
    HexBinary,
    /// Octets in Base64.
    Base64Binary,
}

/// What happens to white space before a text is judged (XML Schema part 2 §4.3.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhiteSpace {
    /// Nothing.
    Preserve,
    /// Tabs and line ends become spaces.
    Replace,
    /// Runs of white space become one space, outer ones go.
    Collapse,
}

impl WhiteSpace {
    /// The text after it.
    pub fn apply(self, text: &str) -> Cow<'_, str> {
        const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];
        match self {
            WhiteSpace::Preserve => Cow::Borrowed(text),
            WhiteSpace::Replace if !text.contains(&BLANK[1..]) => Cow::Borrowed(text),
            WhiteSpace::Replace => Cow::Owned(text.replace(&BLANK[1..], " ")),
            WhiteSpace::Collapse => {
                let inner = text.trim_matches(BLANK);
                if !inner.contains(&BLANK[1..]) && !inner.contains("  ") {
                    return Cow::Borrowed(inner);
                }
                Cow::Owned(inner.split(BLANK).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
            }
        }
    }
}

impl Kind {
    /// Whether a text, without outer white space, has the form of this kind.
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Kind::Text => true,
            Kind::Language => {
                let letters = |part: &str| part.bytes().all(|octet| octet.is_ascii_alphabetic());
                let alike =
                    |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|o| o.is_ascii_alphanumeric());
                text.split('-').next().is_some_and(letters) && text.split('-').all(alike)
            }
            // A name may begin with a colon, as far as part 2 is concerned.
            Kind::Name => {
                text.split_once(':')
                    .map_or(text, |(front, _)| front)
                    .chars()
                    .next()
                    .map_or(text.starts_with(':'), |first| characters::is_name(first.encode_utf8(&mut [0; 4])))
                    && characters::are_of_names(text)
            }
            Kind::NcName => characters::is_name(text),
            Kind::Nmtoken => !text.is_empty() && characters::are_of_names(text),
            Kind::Boolean => matches!(text, "true" | "false" | "1" | "0"),
            Kind::Decimal => number::is_decimal(text),
            Kind::Integer => number::is_integer(text),
            Kind::Float => number::is_float(text),
            Kind::Duration => moment::duration(text).is_some(),
            Kind::HexBinary => hex_octets(text).is_some(),
            Kind::Base64Binary => base64_octets(text).is_some(),
            moment => moment.form().is_some_and(|form| moment::parse(form, text).is_some()),
        }
    }

    fn form(self) -> Option<Form> {
        Some(match self {
            Kind::DateTime => Form::DateTime,
            Kind::Time => Form::Time,
            Kind::Date => Form::Date,
            Kind::GYearMonth => Form::YearMonth,
            Kind::GYear => Form::Year,
            Kind::GMonthDay => Form::MonthDay,
            Kind::GDay => Form::Day,
            Kind::GMonth => Form::Month,
            _ => return None,
        })
    }

    /// The order of two values; `None` when one has a zone, the other none, and that decides.
    fn compare(self, one: &str, other: &str) -> Option<Ordering> {
        match self {
            Kind::Decimal | Kind::Integer => Some(number::compare(one, other)),
            Kind::Float => number::float(one)?.partial_cmp(&number::float(other)?),
            Kind::Duration => moment::compare_durations(one, other),
            moment => {
                let form = moment.form()?;
                moment::compare(&moment::parse(form, one)?, &moment::parse(form, other)?)
            }
        }
    }

    fn equal(self, one: &str, other: &str) -> bool {
        match self {
            Kind::Text | Kind::Language | Kind::Name | Kind::NcName | Kind::Nmtoken => one == other,
            Kind::Boolean => matches!(one, "true" | "1") == matches!(other, "true" | "1"),
            Kind::HexBinary => one.eq_ignore_ascii_case(other),
            Kind::Base64Binary => base64_octets(one) == base64_octets(other),
            kind => one == other || kind.compare(one, other) == Some(Ordering::Equal),
        }
    }

    /// Characters, or octets of binary values.
    fn length(self, text: &str) -> usize {
        match self {
            Kind::HexBinary => text.len() / 2,
            Kind::Base64Binary => base64_octets(text).map_or(0, |octets| octets.len()),
            _ => text.chars().count(),
        }
    }

    /// In words: English, Bulgarian.
    pub(crate) fn text(self) -> (&'static str, &'static str) {
        match self {
            Kind::Text => ("text", "текст"),
            Kind::Language => ("a code of a language such as bg", "код на език като bg"),
            Kind::Name | Kind::NcName => ("a name of XML", "име в XML"),
            Kind::Nmtoken => ("a word of the characters of names", "дума от знаците за имена"),
            Kind::Boolean => ("true, false, 1 or 0", "true, false, 1 или 0"),
            Kind::Decimal => ("a decimal number", "десетично число"),
            Kind::Integer => ("a whole number of the type's range", "цяло число от обхвата на типа"),
            Kind::Float => ("a floating-point number", "число с плаваща запетая"),
            Kind::Duration => ("a duration such as P1Y2M3DT4H", "продължителност като P1Y2M3DT4H"),
            Kind::DateTime => ("a moment such as 2026-11-22T08:30:00", "момент като 2026-11-22T08:30:00"),
            Kind::Time => ("a time of day such as 08:30:00", "час като 08:30:00"),
            Kind::Date => ("a date such as 2026-11-22", "дата като 2026-11-22"),
            Kind::GYearMonth => ("a month of a year such as 2026-11", "месец от година като 2026-11"),
            Kind::GYear => ("a year such as 2026", "година като 2026"),
            Kind::GMonthDay => ("a day of the year such as --11-22", "ден от годината като --11-22"),
            Kind::GDay => ("a day of the month such as ---22", "ден от месеца като ---22"),
            Kind::GMonth => ("a month such as --11", "месец като --11"),
            Kind::HexBinary => ("octets in hexadecimal digits", "октети в шестнадесетични цифри"),
            Kind::Base64Binary => ("octets in Base64", "октети в Base64"),
        }
    }
}

/// The facets of one type with their patterns, which are compiled when they are first needed.
pub struct Rules {
    facets: Facets,
    compiled: OnceLock<Compiled>,
}

/// The patterns of a type, of its members and its items; `None` for a pattern that is too large.
struct Compiled {
    patterns: Vec<Option<Regex>>,
    inner: Vec<Compiled>,
}

impl Rules {
    /// For a `static`.
    pub const fn new(facets: Facets) -> Rules {
        Rules { facets, compiled: OnceLock::new() }
    }

    /// Judges a text whose white space was dealt with.
    pub fn check(&self, text: &str) -> Result<(), Rule> {
        check(&self.facets, self.compiled.get_or_init(|| Compiled::of(&self.facets)), text)
    }
}

impl Compiled {
    fn of(facets: &Facets) -> Compiled {
        let compile = |pattern: &&str| {
            let whole = format!(r"\A(?:{pattern})\z");
            RegexBuilder::new(&whole).size_limit(32 << 20).nest_limit(2_000).build().ok()
        };
        Compiled {
            patterns: facets.patterns.iter().map(compile).collect(),
            inner: facets.members.iter().chain(facets.item).map(Compiled::of).collect(),
        }
    }
}

fn check(facets: &Facets, compiled: &Compiled, text: &str) -> Result<(), Rule> {
    let kind = facets.kind;
    if !kind.accepts(text) {
        return Err(Rule::Lexical(kind));
    }
    for pattern in &compiled.patterns {
        match pattern {
            Some(pattern) if pattern.is_match(text) => {}
            Some(_) => return Err(Rule::Pattern),
            None => return Err(Rule::PatternTooLarge),
        }
    }
    let mut length = None;
    if let Some(item) = facets.item {
        let mut count = 0;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            count += 1;
            if let Some(compiled) = compiled.inner.first() {
                check(item, compiled, word)?;
            }
        }
        length = Some(count);
    } else if !facets.members.is_empty() {
        let accepts = |(member, compiled): (&Facets, &Compiled)| {
            let white_space = member.white_space.unwrap_or(match member.kind {
                Kind::Text => WhiteSpace::Preserve,
                _ => WhiteSpace::Collapse,
            });
            check(member, compiled, &white_space.apply(text)).is_ok()
        };
        if !facets.members.iter().zip(&compiled.inner).any(accepts) {
            return Err(Rule::Union);
        }
    }
    if facets.length.or(facets.min_length).or(facets.max_length).is_some() {
        let length = length.unwrap_or_else(|| kind.length(text));
        match facets {
            Facets { length: Some(n), .. } if length != *n => return Err(Rule::Length(*n)),
            Facets { min_length: Some(n), .. } if length < *n => return Err(Rule::MinLength(*n)),
            Facets { max_length: Some(n), .. } if length > *n => return Err(Rule::MaxLength(*n)),
            _ => {}
        }
    }
    check_range(facets, text)?;
    if facets.enumeration.is_empty() || facets.enumeration.iter().any(|value| kind.equal(value, text)) {
        return Ok(());
    }
    Err(Rule::Enumeration(facets.enumeration.len()))
}

fn check_range(facets: &Facets, text: &str) -> Result<(), Rule> {
    let order = |bound: &'static str| facets.kind.compare(text, bound);
    match facets.min {
        Some(Bound::Inclusive(n)) if !order(n).is_some_and(Ordering::is_ge) => return Err(Rule::Least(n)),
        Some(Bound::Exclusive(n)) if order(n) != Some(Ordering::Greater) => return Err(Rule::Above(n)),
        _ => {}
    }
    match facets.max {
        Some(Bound::Inclusive(n)) if !order(n).is_some_and(Ordering::is_le) => return Err(Rule::Greatest(n)),
        Some(Bound::Exclusive(n)) if order(n) != Some(Ordering::Less) => return Err(Rule::Below(n)),
        _ => {}
    }
    if facets.total_digits.or(facets.fraction_digits).is_none() {
        return Ok(());
    }
    let (total, fraction) = number::digits(text);
    match facets {
        Facets { total_digits: Some(n), .. } if total > *n => Err(Rule::TotalDigits(*n)),
        Facets { fraction_digits: Some(n), .. } if fraction > *n => Err(Rule::FractionDigits(*n)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, Facets, Kind, Rules, WhiteSpace};
    use crate::Rule;

    fn verdict(facets: Facets, text: &str) -> Option<Rule> {
        Rules::new(facets).check(text).err()
    }

    #[test]
    fn a_pattern_is_anchored_at_both_ends() {
        let facets = Facets { patterns: &["[0-9]{3}|x"], ..Facets::NONE };
        assert_eq!(verdict(facets, "123"), None);
        assert_eq!(verdict(facets, "1234"), Some(Rule::Pattern));
        assert_eq!(verdict(facets, "xx"), Some(Rule::Pattern));
    }

    #[test]
    fn lengths_count_characters_octets_and_items() {
        let three = Facets { length: Some(3), ..Facets::NONE };
        assert_eq!(verdict(three, "Ямб"), None);
        assert_eq!(verdict(Facets { kind: Kind::HexBinary, ..three }, "0a0B0c"), None);
        assert_eq!(verdict(Facets { kind: Kind::Base64Binary, ..three }, "YWJj"), None);
        assert_eq!(verdict(Facets { item: Some(&Facets::NONE), ..three }, "a b"), Some(Rule::Length(3)));
    }

    #[test]
    fn ranges_compare_values_of_any_length() {
        let facets = Facets {
            kind: Kind::Decimal,
            min: Some(Bound::Inclusive("-0.5")),
            max: Some(Bound::Exclusive("79228162514264337593543950335")),
            ..Facets::NONE
        };
        assert_eq!(verdict(facets, "-00.50"), None);
        assert_eq!(verdict(facets, "79228162514264337593543950334.9"), None);
        assert_eq!(
            verdict(facets, "79228162514264337593543950335.0"),
            Some(Rule::Below("79228162514264337593543950335"))
        );
        assert_eq!(verdict(facets, "-0.51"), Some(Rule::Least("-0.5")));
    }

    #[test]
    fn digits_that_mean_nothing_do_not_count() {
        let facets = Facets { kind: Kind::Decimal, total_digits: Some(3), fraction_digits: Some(1), ..Facets::NONE };
        assert_eq!(verdict(facets, "0012.500"), None);
        assert_eq!(verdict(facets, "12.55"), Some(Rule::TotalDigits(3)));
        assert_eq!(verdict(facets, "1.55"), Some(Rule::FractionDigits(1)));
    }

    #[test]
    fn enumerations_of_numbers_compare_values() {
        let facets = Facets { kind: Kind::Integer, enumeration: &["1", "20"], ..Facets::NONE };
        assert_eq!(verdict(facets, "+020"), None);
        assert_eq!(verdict(facets, "2"), Some(Rule::Enumeration(2)));
    }

    #[test]
    fn a_union_takes_what_one_member_takes() {
        let members =
            &[Facets { kind: Kind::Date, ..Facets::NONE }, Facets { enumeration: &["неизвестна"], ..Facets::NONE }];
        let facets = Facets { members, ..Facets::NONE };
        assert_eq!(verdict(facets, " 2026-11-22+02:00 "), None);
        assert_eq!(verdict(facets, "неизвестна"), None);
        assert_eq!(verdict(facets, "2026-11-31"), Some(Rule::Union));
    }

    #[test]
    fn white_space_is_dealt_with_as_the_facet_says() {
        assert_eq!(WhiteSpace::Preserve.apply(" a\tb "), " a\tb ");
        assert_eq!(WhiteSpace::Replace.apply(" a\tb "), " a b ");
        assert_eq!(WhiteSpace::Collapse.apply(" a \n b "), "a b");
        // A no-break space is data.
        assert_eq!(WhiteSpace::Collapse.apply("\u{A0}a"), "\u{A0}a");
    }
}
