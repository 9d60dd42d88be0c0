//! The rules that a text can break.

use crate::facets::Kind;

/// A rule of a simple type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The text does not have the form of the type.
    Lexical(Kind),
    /// The text does not match the pattern.
    Pattern,
    /// The pattern of the type is too large to be compiled.
    PatternTooLarge,
    /// Not exactly so many characters, octets or items.
    Length(usize),
    /// Fewer than so many characters, octets or items.
    MinLength(usize),
    /// More than so many characters, octets or items.
    MaxLength(usize),
    /// Below this least value.
    Least(&'static str),
    /// Not above this value.
    Above(&'static str),
    /// Over this greatest value.
    Greatest(&'static str),
    /// Not below this value.
    Below(&'static str),
    /// More digits than this.
    TotalDigits(usize),
    /// More digits after the point than this.
    FractionDigits(usize),
    /// Not one of the allowed values, which are so many.
    Enumeration(usize),
    /// None of the types of the union accepts it.
    Union,
}

impl Rule {
    /// A short name for programs, such as `pattern` or `max-length`.
    pub fn code(&self) -> &'static str {
        // The part after "value-".
        self.read_code().get(6..).unwrap_or_default()
    }

    pub(crate) fn read_code(&self) -> &'static str {
        match self {
            Rule::Lexical(_) => "value-lexical",
            Rule::Pattern => "value-pattern",
            Rule::PatternTooLarge => "value-pattern-too-large",
            Rule::Length(_) => "value-length",
            Rule::MinLength(_) => "value-min-length",
            Rule::MaxLength(_) => "value-max-length",
            Rule::Least(_) => "value-min-inclusive",
            Rule::Above(_) => "value-min-exclusive",
            Rule::Greatest(_) => "value-max-inclusive",
            Rule::Below(_) => "value-max-exclusive",
            Rule::TotalDigits(_) => "value-total-digits",
            Rule::FractionDigits(_) => "value-fraction-digits",
            Rule::Enumeration(_) => "value-enumeration",
            Rule::Union => "value-union",
        }
    }

    /// The rule in English.
    pub fn english(&self) -> String {
        match self {
            Rule::Lexical(kind) => format!("the text is not {}", kind.text().0),
            Rule::Pattern => "the text does not match the pattern".into(),
            Rule::PatternTooLarge => "the pattern of the type is too large to be checked".into(),
            Rule::Length(n) => format!("the length must be {n}"),
            Rule::MinLength(n) => format!("the length must be at least {n}"),
            Rule::MaxLength(n) => format!("the length must be at most {n}"),
            Rule::Least(n) => format!("the value must be at least {n}"),
            Rule::Above(n) => format!("the value must be above {n}"),
            Rule::Greatest(n) => format!("the value must be at most {n}"),
            Rule::Below(n) => format!("the value must be below {n}"),
            Rule::TotalDigits(n) => format!("the number may have at most {n} digits"),
            Rule::FractionDigits(n) => format!("the number may have at most {n} digits after the point"),
            Rule::Enumeration(n) => format!("the value is none of the {n} allowed ones"),
            Rule::Union => "the value is of none of the types of the union".into(),
        }
    }

    /// The rule in Bulgarian.
    pub fn bulgarian(&self) -> String {
        match self {
            Rule::Lexical(kind) => format!("текстът не е {}", kind.text().1),
            Rule::Pattern => "текстът не отговаря на шаблона".into(),
            Rule::PatternTooLarge => "шаблонът на типа е твърде голям, за да се провери".into(),
            Rule::Length(n) => format!("дължината трябва да е {n}"),
            Rule::MinLength(n) => format!("дължината трябва да е поне {n}"),
            Rule::MaxLength(n) => format!("дължината трябва да е най-много {n}"),
            Rule::Least(n) => format!("стойността трябва да е поне {n}"),
            Rule::Above(n) => format!("стойността трябва да е над {n}"),
            Rule::Greatest(n) => format!("стойността трябва да е най-много {n}"),
            Rule::Below(n) => format!("стойността трябва да е под {n}"),
            Rule::TotalDigits(n) => format!("числото може да има най-много {n} цифри"),
            Rule::FractionDigits(n) => format!("числото може да има най-много {n} цифри след знака"),
            Rule::Enumeration(n) => format!("стойността не е никоя от разрешените {n}"),
            Rule::Union => "стойността не е от никой от типовете на обединението".into(),
        }
    }
}
