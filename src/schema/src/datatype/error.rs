//! Why a literal is not valid: rule, limits and counts, in two languages. The literal itself is never kept.

use std::sync::Arc;

use super::describe;
use super::{Builtin, FacetKind, Language, SimpleType, Variety};

/// A literal that is not valid in a type; holds no part of the literal, because it may be a personal identifier.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.message(Language::English))]
pub struct ValueError {
    /// The rule that is broken.
    pub rule: ValueRule,
    detail: Box<Detail>,
}

/// The rules a literal can break.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
#[non_exhaustive]
pub enum ValueRule {
    /// It is not written as values of the type are.
    Lexical,
    /// Not exactly so many characters, octets or items.
    Length,
    /// Too few characters, octets or items.
    MinLength,
    /// Too many characters, octets or items.
    MaxLength,
    /// No pattern of a step matches.
    Pattern,
    /// None of the allowed values.
    Enumeration,
    /// Below the least value.
    MinInclusive,
    /// Not above the bound.
    MinExclusive,
    /// Above the greatest value.
    MaxInclusive,
    /// Not below the bound.
    MaxExclusive,
    /// Too many digits.
    TotalDigits,
    /// Too many digits after the point.
    FractionDigits,
    /// No member type of the union accepts it.
    Union,
    /// An item of the list is not valid.
    Item,
    /// A qualified name with a prefix that is not declared.
    Prefix,
    /// A date or duration with more digits than are computed with.
    Limit,
    /// A pattern of the schema needs more memory than a matcher may take: a fault of the schema, not of the value.
    PatternTooLarge,
}

impl ValueRule {
    /// The name of the validation rule in the Recommendation where it has one.
    pub fn code(self) -> &'static str {
        match self {
            Self::Lexical | Self::Item => "cvc-datatype-valid.1.2.1",
            Self::Union => "cvc-datatype-valid.1.2.3",
            Self::Length => "cvc-length-valid",
            Self::MinLength => "cvc-minLength-valid",
            Self::MaxLength => "cvc-maxLength-valid",
            Self::Pattern => "cvc-pattern-valid",
            Self::Enumeration => "cvc-enumeration-valid",
            Self::MinInclusive => "cvc-minInclusive-valid",
            Self::MinExclusive => "cvc-minExclusive-valid",
            Self::MaxInclusive => "cvc-maxInclusive-valid",
            Self::MaxExclusive => "cvc-maxExclusive-valid",
            Self::TotalDigits => "cvc-totalDigits-valid",
            Self::FractionDigits => "cvc-fractionDigits-valid",
            Self::Prefix => "cvc-prefix-undeclared",
            Self::Limit => "cvc-value-limit",
            Self::PatternTooLarge => "cvc-pattern-too-large",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Detail {
    /// The name of a type of a schema; `None` for built-in types and types defined in place.
    name: Option<Box<str>>,
    builtin: Builtin,
    variety: Variety,
    limit: String,
    actual: usize,
    unit: Unit,
    expected: Option<Arc<[String]>>,
    position: Option<usize>,
    inner: Option<ValueError>,
}

/// What is counted.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Unit {
    Characters,
    Octets,
    Items,
    Digits,
}

impl Unit {
    /// A count with its unit, in words.
    pub(super) fn count(self, count: impl ToString, language: Language) -> String {
        let count = count.to_string();
        let one = count == "1";
        let word = match (self, language, one) {
            (Unit::Characters, Language::English, true) => "character",
            (Unit::Characters, Language::English, false) => "characters",
            (Unit::Characters, Language::Bulgarian, true) => "знак",
            (Unit::Characters, Language::Bulgarian, false) => "знака",
            (Unit::Octets, Language::English, true) => "octet",
            (Unit::Octets, Language::English, false) => "octets",
            (Unit::Octets, Language::Bulgarian, true) => "байт",
            (Unit::Octets, Language::Bulgarian, false) => "байта",
            (Unit::Items, Language::English, true) => "item",
            (Unit::Items, Language::English, false) => "items",
            (Unit::Items, Language::Bulgarian, true) => "елемент",
            (Unit::Items, Language::Bulgarian, false) => "елемента",
            (Unit::Digits, Language::English, true) => "digit",
            (Unit::Digits, Language::English, false) => "digits",
            (Unit::Digits, Language::Bulgarian, true) => "цифра",
            (Unit::Digits, Language::Bulgarian, false) => "цифри",
        };
        format!("{count} {word}")
    }
}

impl ValueError {
    /// What is wrong, in words: type, rule, limit and count.
    pub fn message(&self, language: Language) -> String {
        let detail = &*self.detail;
        let label = detail.label();
        let limit = &detail.limit;
        let count = |count: &dyn ToString| detail.unit.count(count.to_string(), language);
        let (actual, allowed) = (count(&detail.actual), count(limit));
        let inner = detail.inner.as_ref().map_or_else(String::new, |inner| inner.message(language));
        let position = detail.position.unwrap_or_default();
        let (en, bg) = match self.rule {
            ValueRule::Lexical if detail.actual == 0 => {
                (format!("an empty value is no {label}"), format!("празна стойност не е {label}"))
            }
            ValueRule::Lexical => {
                (format!("the value ({actual}) is no {label}"), format!("стойността ({actual}) не е {label}"))
            }
            ValueRule::Length => (
                format!("the value has {actual}; {label} has exactly {limit}"),
                format!("стойността има {actual}; {label} има точно {limit}"),
            ),
            ValueRule::MinLength => (
                format!("the value has {actual}; {label} has at least {limit}"),
                format!("стойността има {actual}; {label} има поне {limit}"),
            ),
            ValueRule::MaxLength => (
                format!("the value has {actual}; {label} has at most {limit}"),
                format!("стойността има {actual}; {label} има най-много {limit}"),
            ),
            ValueRule::Pattern => (
                format!("the value ({actual}) does not match the pattern of {label}"),
                format!("стойността ({actual}) не отговаря на шаблона на {label}"),
            ),
            ValueRule::Enumeration => (
                format!("the value ({actual}) is not among the values of {label}"),
                format!("стойността ({actual}) не е сред разрешените на {label}"),
            ),
            ValueRule::MinInclusive => (
                format!("the value is below {limit}, the least of {label}"),
                format!("стойността е под {limit}, най-малката на {label}"),
            ),
            ValueRule::MinExclusive => (
                format!("the value is not above {limit}, as {label} must be"),
                format!("стойността не е над {limit}, както трябва за {label}"),
            ),
            ValueRule::MaxInclusive => (
                format!("the value is above {limit}, the greatest of {label}"),
                format!("стойността е над {limit}, най-голямата на {label}"),
            ),
            ValueRule::MaxExclusive => (
                format!("the value is not below {limit}, as {label} must be"),
                format!("стойността не е под {limit}, както трябва за {label}"),
            ),
            ValueRule::TotalDigits => (
                format!("the value has {actual}; {label} has at most {allowed}"),
                format!("стойността има {actual}; {label} има най-много {allowed}"),
            ),
            ValueRule::FractionDigits => (
                format!("the value has {actual} after the point; {label} has at most {limit}"),
                format!("стойността има {actual} след точката; {label} има най-много {limit}"),
            ),
            ValueRule::Union => (
                format!("no member type of {label} accepts the value: {inner}"),
                format!("никой от типовете в {label} не приема стойността: {inner}"),
            ),
            ValueRule::Item => (
                format!("item {position} of the list {label} is not valid: {inner}"),
                format!("елемент {position} от списъка {label} е неправилен: {inner}"),
            ),
            ValueRule::Prefix => {
                (format!("the prefix of a {label} is not declared"), format!("префиксът на {label} не е деклариран"))
            }
            ValueRule::Limit => (
                format!("the value of {label} ({actual}) has more digits than are computed with"),
                format!("стойността на {label} ({actual}) има повече цифри, отколкото се обработват"),
            ),
            ValueRule::PatternTooLarge => (
                format!("a pattern of {label} is too large to be matched"),
                format!("шаблон на {label} е твърде голям, за да се провери"),
            ),
        };
        language.pick(en, bg)
    }

    /// What to do about it, in words.
    pub fn hint(&self, language: Language) -> String {
        let detail = &*self.detail;
        let expected = detail.expected.as_deref().unwrap_or_default();
        let list = || expected.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(" | ");
        let more = if expected.len() > SHOWN { " | …" } else { "" };
        match self.rule {
            ValueRule::Lexical => describe::form(detail.builtin, language).to_owned(),
            ValueRule::Enumeration => {
                language.pick(format!("use one of: {}{more}", list()), format!("използвайте една от: {}{more}", list()))
            }
            ValueRule::Pattern => {
                language.pick(format!("the pattern is {}{more}", list()), format!("шаблонът е {}{more}", list()))
            }
            ValueRule::Length | ValueRule::MinLength | ValueRule::MaxLength => language
                .pick(
                    "leading and trailing spaces count, too, where the type keeps them",
                    "броят се и интервалите в началото и в края, ако типът ги пази",
                )
                .to_owned(),
            ValueRule::Union | ValueRule::Item => {
                detail.inner.as_ref().map_or_else(String::new, |inner| inner.hint(language))
            }
            ValueRule::Prefix => language
                .pick(
                    "declare the prefix with xmlns:prefix=\"…\" on the element or above it",
                    "декларирайте префикса с xmlns:префикс=\"…\" в елемента или над него",
                )
                .to_owned(),
            ValueRule::PatternTooLarge => {
                language.pick("shorten the pattern in the schema", "съкратете шаблона в схемата").to_owned()
            }
            ValueRule::Limit => language
                .pick("use at most 18 digits in each part", "използвайте най-много 18 цифри във всяка част")
                .to_owned(),
            _ => {
                let expected = self.expected().join(", ");
                language.pick(format!("the schema asks for {expected}"), format!("схемата иска {expected}"))
            }
        }
    }

    /// What the schema asks for: the allowed values, the patterns, the limit, or the name of the type.
    pub fn expected(&self) -> Vec<String> {
        let detail = &*self.detail;
        let limit = |sign: &str| vec![format!("{sign} {}", detail.limit)];
        match self.rule {
            ValueRule::Enumeration | ValueRule::Pattern => detail.expected.as_deref().unwrap_or_default().to_vec(),
            ValueRule::Length => limit("="),
            ValueRule::MinLength | ValueRule::MinInclusive => limit("≥"),
            ValueRule::MaxLength | ValueRule::MaxInclusive | ValueRule::TotalDigits | ValueRule::FractionDigits => {
                limit("≤")
            }
            ValueRule::MinExclusive => limit(">"),
            ValueRule::MaxExclusive => limit("<"),
            ValueRule::Union | ValueRule::Item => detail.inner.as_ref().map_or_else(Vec::new, ValueError::expected),
            _ => vec![detail.label()],
        }
    }

    /// The error of the item of a list or of the nearest member of a union.
    pub fn inner(&self) -> Option<&ValueError> {
        self.detail.inner.as_ref()
    }

    /// The number of the item of a list, from 1.
    pub fn position(&self) -> Option<usize> {
        self.detail.position
    }

    pub(super) fn expecting(mut self, expected: Vec<String>) -> ValueError {
        self.detail.expected = Some(expected.into());
        self
    }
}

/// How many allowed values a hint lists.
const SHOWN: usize = 12;

impl Detail {
    fn label(&self) -> String {
        let kind = match self.variety {
            Variety::List if self.builtin == Builtin::AnySimpleType => "xs:list".to_owned(),
            Variety::Union => "xs:union".to_owned(),
            _ => format!("xs:{}", self.builtin.name()),
        };
        match &self.name {
            Some(name) => format!("{name} ({kind})"),
            None => kind,
        }
    }
}

impl SimpleType {
    pub(super) fn error(&self, rule: ValueRule, literal: &str) -> ValueError {
        let own = self.name.as_deref().filter(|&name| name != self.builtin.name());
        let allowed = self.facets.enumeration.as_ref().filter(|_| rule == ValueRule::Enumeration);
        let kind = match rule {
            ValueRule::Length => Some(FacetKind::Length),
            ValueRule::MinLength => Some(FacetKind::MinLength),
            ValueRule::MaxLength => Some(FacetKind::MaxLength),
            ValueRule::MinInclusive => Some(FacetKind::MinInclusive),
            ValueRule::MinExclusive => Some(FacetKind::MinExclusive),
            ValueRule::MaxInclusive => Some(FacetKind::MaxInclusive),
            ValueRule::MaxExclusive => Some(FacetKind::MaxExclusive),
            ValueRule::TotalDigits => Some(FacetKind::TotalDigits),
            ValueRule::FractionDigits => Some(FacetKind::FractionDigits),
            _ => None,
        };
        ValueError {
            rule,
            detail: Box::new(Detail {
                name: own.map(Into::into),
                builtin: self.builtin,
                variety: self.variety,
                limit: kind.and_then(|kind| self.facet(kind)).unwrap_or_default(),
                actual: literal.chars().count(),
                unit: Unit::Characters,
                expected: allowed.map(|enumeration| Arc::clone(&enumeration.literals)),
                position: None,
                inner: None,
            }),
        }
    }

    pub(super) fn counted_error(&self, rule: ValueRule, actual: usize, unit: Unit) -> ValueError {
        let mut error = self.error(rule, "");
        error.detail.actual = actual;
        error.detail.unit = unit;
        error
    }

    pub(super) fn within(&self, rule: ValueRule, position: Option<usize>, inner: ValueError) -> ValueError {
        let mut error = self.error(rule, "");
        error.detail.position = position;
        error.detail.inner = Some(inner);
        error
    }
}
