//! Why a type cannot be made: the schema component constraints of Part 2 §4.3, in words.

use super::{FacetKind, Language, PatternError, ValueError};

/// A simple type that a schema defines against the rules.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}", self.message(Language::English))]
pub struct FacetError {
    /// The rule that is broken.
    pub rule: FacetRule,
    /// The facet that breaks it; `None` where the type itself does.
    pub facet: Option<FacetKind>,
    other: Option<FacetKind>,
    pattern: Option<PatternError>,
    value: Option<ValueError>,
}

/// The rules for making types.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum FacetRule {
    /// `anySimpleType` cannot be restricted.
    Base,
    /// The item type of a list is a list, or has one among its members, or is `anySimpleType`.
    Item,
    /// The base type cannot have the facet.
    NotApplicable,
    /// The facet stands twice in one step.
    Repeated,
    /// The facet's own value is malformed.
    Value,
    /// The pattern is no regular expression of XML Schema.
    Pattern,
    /// The facet's value is not a value of the base type.
    NotInBase,
    /// The facet allows what the base type forbids.
    Wider,
    /// The base type fixes the facet to another value.
    Fixed,
    /// Two facets contradict or exclude each other.
    Conflict,
    /// More steps of derivation, or more members of unions, than are worked with.
    TooDeep,
}

impl FacetError {
    /// The name of the broken constraint in the Recommendation, such as `maxLength-valid-restriction`.
    pub fn code(&self) -> String {
        let facet = self.facet.map_or("", FacetKind::name);
        match self.rule {
            FacetRule::Base | FacetRule::Item => "cos-st-restricts".to_owned(),
            FacetRule::TooDeep => "type-too-deep".to_owned(),
            FacetRule::NotApplicable => "cos-applicable-facets".to_owned(),
            FacetRule::Repeated => "src-single-facet-value".to_owned(),
            FacetRule::Value | FacetRule::Pattern => format!("{facet}-value"),
            FacetRule::NotInBase | FacetRule::Wider | FacetRule::Fixed => format!("{facet}-valid-restriction"),
            FacetRule::Conflict => format!("{facet}-{}", self.other.map_or("", FacetKind::name)),
        }
    }

    /// What is wrong, in words.
    pub fn message(&self, language: Language) -> String {
        let facet = self.facet.map_or("", FacetKind::name);
        let other = self.other.map_or("", FacetKind::name);
        let (en, bg) = match self.rule {
            FacetRule::TooDeep => (
                "the type has more than 500 steps of derivation or 10000 members".to_owned(),
                "типът има повече от 500 стъпки на извеждане или 10000 члена".to_owned(),
            ),
            FacetRule::Base => {
                ("anySimpleType cannot be restricted".to_owned(), "anySimpleType не може да се ограничава".to_owned())
            }
            FacetRule::Item => (
                "the items of a list cannot be lists".to_owned(),
                "елементите на списък не могат да бъдат списъци".to_owned(),
            ),
            FacetRule::NotApplicable => (
                format!("the base type cannot have the facet {facet}"),
                format!("основният тип не допуска ограничение {facet}"),
            ),
            FacetRule::Repeated => {
                (format!("the facet {facet} is given twice"), format!("ограничението {facet} е дадено два пъти"))
            }
            FacetRule::Value => (
                format!("the value of the facet {facet} is malformed"),
                format!("стойността на ограничението {facet} е неправилна"),
            ),
            FacetRule::Pattern => {
                let fault = |language| self.pattern.map_or("", |pattern| pattern.fault.text(language));
                let place = self.pattern.map_or(0, |pattern| pattern.character);
                (
                    format!(
                        "the pattern is no regular expression of XML Schema: {} at character {place}",
                        fault(Language::English)
                    ),
                    format!(
                        "шаблонът не е регулярен израз на XML Schema: {} (знак {place})",
                        fault(Language::Bulgarian)
                    ),
                )
            }
            FacetRule::NotInBase => {
                let why = |language| self.value.as_ref().map_or_else(String::new, |error| error.message(language));
                (
                    format!(
                        "the facet {facet} has a value that the base type does not have: {}",
                        why(Language::English)
                    ),
                    format!(
                        "ограничението {facet} има стойност, която основният тип няма: {}",
                        why(Language::Bulgarian)
                    ),
                )
            }
            FacetRule::Wider => (
                format!("the facet {facet} allows what the base type forbids"),
                format!("ограничението {facet} допуска забранено от основния тип"),
            ),
            FacetRule::Fixed => (
                format!("the base type fixes the facet {facet} to another value"),
                format!("основният тип закрепва ограничението {facet} на друга стойност"),
            ),
            FacetRule::Conflict => (
                format!("the facets {facet} and {other} contradict each other"),
                format!("ограниченията {facet} и {other} си противоречат"),
            ),
        };
        language.pick(en, bg)
    }

    pub(super) fn new(rule: FacetRule, facet: FacetKind) -> FacetError {
        FacetError { facet: Some(facet), ..FacetError::of_type(rule) }
    }

    pub(super) fn of_type(rule: FacetRule) -> FacetError {
        FacetError { rule, facet: None, other: None, pattern: None, value: None }
    }

    pub(super) fn between(facet: FacetKind, other: FacetKind) -> FacetError {
        FacetError { other: Some(other), ..FacetError::new(FacetRule::Conflict, facet) }
    }

    pub(super) fn pattern(error: PatternError) -> FacetError {
        FacetError { pattern: Some(error), ..FacetError::new(FacetRule::Pattern, FacetKind::Pattern) }
    }

    pub(super) fn not_in_base(facet: FacetKind, error: ValueError) -> FacetError {
        FacetError { value: Some(error), ..FacetError::new(FacetRule::NotInBase, facet) }
    }
}
