//! Why a document could not be read: rule, place, never a value.

use std::fmt;

use crate::ValueError;

/// The result of reading.
pub type Result<T> = std::result::Result<T, ReadError>;

/// Why a document could not be read: a code, the place, and what was expected there; never a value of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    fault: Fault,
    path: String,
    line: u32,
    column: u32,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not well-formed, or of a form that is never read; code, English, Bulgarian.
    Xml(&'static str, &'static str, &'static str),
    /// The document is larger than this in some way; code, English, Bulgarian.
    Limit(&'static str, &'static str, &'static str),
    Root(String),
    Missing(String),
    Unexpected {
        found: String,
        expected: String,
    },
    End {
        expected: String,
    },
    TooMany(String, u32),
    Twice(String),
    AttributeMissing(String),
    AttributeUnexpected(String),
    TextBetween,
    ElementInValue,
    NilNotAllowed,
    NilNotEmpty,
    TypeUnknown,
    Abstract,
    Value(ValueError),
}

impl ReadError {
    pub(crate) fn new(fault: Fault, path: String, line: u32, column: u32) -> ReadError {
        ReadError(Box::new(Inner { fault, path, line, column }))
    }

    /// The rule that is broken, such as `element-missing`, `value-pattern` or `xml-doctype`.
    pub fn code(&self) -> &'static str {
        match &self.0.fault {
            Fault::Xml(code, ..) | Fault::Limit(code, ..) => code,
            Fault::Root(_) => "element-root",
            Fault::Missing(_) => "element-missing",
            Fault::Unexpected { .. } | Fault::End { .. } => "element-unexpected",
            Fault::TooMany(..) => "element-too-many",
            Fault::Twice(_) => "element-twice",
            Fault::AttributeMissing(_) => "attribute-missing",
            Fault::AttributeUnexpected(_) => "attribute-unexpected",
            Fault::TextBetween => "text-unexpected",
            Fault::ElementInValue => "element-in-value",
            Fault::NilNotAllowed => "nil-not-allowed",
            Fault::NilNotEmpty => "nil-not-empty",
            Fault::TypeUnknown => "type-unknown",
            Fault::Abstract => "type-abstract",
            Fault::Value(error) => ReadError::of_value(error),
        }
    }

    /// Where: `/Root/Child[2]/@attribute`, local names of the schema; an index (from 1) where the element may repeat.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Line, from 1.
    pub fn line(&self) -> u32 {
        self.0.line
    }

    /// Column in characters, from 1.
    pub fn column(&self) -> u32 {
        self.0.column
    }

    /// The cause in English, without the place.
    pub fn english(&self) -> String {
        self.text(false)
    }

    /// The cause in Bulgarian, without the place.
    pub fn bulgarian(&self) -> String {
        self.text(true)
    }

    fn text(&self, bulgarian: bool) -> String {
        let pick = |en: String, bg: String| if bulgarian { bg } else { en };
        match &self.0.fault {
            Fault::Xml(_, en, bg) | Fault::Limit(_, en, bg) => pick((*en).to_owned(), (*bg).to_owned()),
            Fault::Root(name) => {
                pick(format!("the root element must be `{name}`"), format!("коренният елемент трябва да е `{name}`"))
            }
            Fault::Missing(name) => {
                pick(format!("the element `{name}` is missing"), format!("липсва елементът `{name}`"))
            }
            Fault::Unexpected { found, expected } if expected.is_empty() => pick(
                format!("the element `{found}` must not stand here, where nothing more is expected"),
                format!("елементът `{found}` не може да стои тук, където не се очаква нищо повече"),
            ),
            Fault::Unexpected { found, expected } => pick(
                format!("the element `{found}` must not stand here; expected: {expected}"),
                format!("елементът `{found}` не може да стои тук; очаква се: {expected}"),
            ),
            Fault::End { expected } => pick(
                format!("the content ends too early; expected: {expected}"),
                format!("съдържанието свършва твърде рано; очаква се: {expected}"),
            ),
            Fault::TooMany(name, most) => pick(
                format!("the element `{name}` may occur at most {most} times"),
                format!("елементът `{name}` може да се среща най-много {most} пъти"),
            ),
            Fault::Twice(name) => {
                pick(format!("the element `{name}` occurs twice"), format!("елементът `{name}` се среща два пъти"))
            }
            Fault::AttributeMissing(name) => {
                pick(format!("the attribute `{name}` is missing"), format!("липсва атрибутът `{name}`"))
            }
            Fault::AttributeUnexpected(name) => pick(
                format!("the attribute `{name}` must not stand here"),
                format!("атрибутът `{name}` не е разрешен тук"),
            ),
            Fault::TextBetween => pick(
                "text must not stand between the child elements".into(),
                "между дъщерните елементи не може да има текст".into(),
            ),
            Fault::ElementInValue => pick(
                "an element must not stand in a simple value".into(),
                "в проста стойност не може да има елемент".into(),
            ),
            Fault::NilNotAllowed => {
                pick("the element must not have xsi:nil".into(), "елементът не може да има xsi:nil".into())
            }
            Fault::NilNotEmpty => {
                pick("an element with xsi:nil must be empty".into(), "елемент с xsi:nil трябва да е празен".into())
            }
            Fault::TypeUnknown => pick(
                "xsi:type names no type that may stand here".into(),
                "xsi:type не посочва тип, който може да стои тук".into(),
            ),
            Fault::Abstract => pick(
                "the type is abstract: name a derived one in xsi:type".into(),
                "типът е абстрактен: посочете производен в xsi:type".into(),
            ),
            Fault::Value(error) => pick(error.english(), error.bulgarian()),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { path, line, column, .. } = &*self.0;
        write!(f, "{line}:{column}: {path}: {} [{}]", self.english(), self.code())
    }
}

impl std::error::Error for ReadError {}
