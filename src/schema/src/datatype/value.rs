//! Values and their equality (Part 2 §2.2, §4.2), with the borrowed form that checking works on.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::decimal::{Decimal, Digits};
use super::duration::Duration;
use super::moment::Moment;
use super::parse::Flaw;
use super::{Builtin, Prefixes, binary, float, names};

/// A value of a simple type: equal exactly if the values are equal in the value space of Part 2.
///
/// Values of different primitive types are never equal, so a value serves as a key of identity constraints as it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Value {
    /// A value of `xs:string` or a type derived from it, and of `xs:anySimpleType`.
    String(Box<str>),
    /// A value of `xs:boolean`.
    Boolean(bool),
    /// A value of `xs:decimal` or a type derived from it.
    Decimal(Decimal),
    /// A value of `xs:float`.
    Float(f32),
    /// A value of `xs:double`.
    Double(f64),
    /// A value of `xs:duration`.
    Duration(Duration),
    /// A value of one of the eight date and time types.
    Moment(Moment),
    /// The octets of an `xs:hexBinary`.
    HexBinary(Box<[u8]>),
    /// The octets of an `xs:base64Binary`.
    Base64Binary(Box<[u8]>),
    /// A value of `xs:anyURI`, as written.
    AnyUri(Box<str>),
    /// An expanded name.
    QName {
        /// The namespace, empty for none.
        namespace: Box<str>,
        /// The local part.
        local: Box<str>,
    },
    /// The expanded name of a notation.
    Notation {
        /// The namespace, empty for none.
        namespace: Box<str>,
        /// The local part.
        local: Box<str>,
    },
    /// The items of a list; never equal to an item alone.
    List(Box<[Value]>),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::String(a), Self::String(b)) | (Self::AnyUri(a), Self::AnyUri(b)) => a == b,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Decimal(a), Self::Decimal(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => float::key((*a).into()) == float::key((*b).into()),
            (Self::Double(a), Self::Double(b)) => float::key(*a) == float::key(*b),
            (Self::Duration(a), Self::Duration(b)) => a == b,
            (Self::Moment(a), Self::Moment(b)) => a == b,
            (Self::HexBinary(a), Self::HexBinary(b)) | (Self::Base64Binary(a), Self::Base64Binary(b)) => a == b,
            (Self::QName { namespace: a, local: x }, Self::QName { namespace: b, local: y })
            | (Self::Notation { namespace: a, local: x }, Self::Notation { namespace: b, local: y }) => {
                x == y && a == b
            }
            (Self::List(a), Self::List(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::String(text) | Self::AnyUri(text) => text.hash(state),
            Self::Boolean(value) => value.hash(state),
            Self::Decimal(value) => value.hash(state),
            Self::Float(value) => float::key((*value).into()).hash(state),
            Self::Double(value) => float::key(*value).hash(state),
            Self::Duration(value) => value.hash(state),
            Self::Moment(value) => value.hash(state),
            Self::HexBinary(octets) | Self::Base64Binary(octets) => octets.hash(state),
            Self::QName { namespace, local } | Self::Notation { namespace, local } => (namespace, local).hash(state),
            Self::List(items) => items.hash(state),
        }
    }
}

impl Value {
    /// The order of the value space, `None` where there is none between the two.
    pub(super) fn compare(&self, other: &Value) -> Option<Ordering> {
        match self {
            Self::Decimal(value) => Atom::Decimal(value.digits()).compare(other),
            Self::Float(value) => Atom::Float(*value).compare(other),
            Self::Double(value) => Atom::Double(*value).compare(other),
            Self::Duration(value) => Atom::Duration(*value).compare(other),
            Self::Moment(value) => Atom::Moment(*value).compare(other),
            _ => None,
        }
    }
}

/// An atomic value that borrows from its literal.
#[derive(Copy, Clone)]
pub(super) enum Atom<'a> {
    Text(&'a str),
    Uri(&'a str),
    Boolean(bool),
    Decimal(Digits<'a>),
    Float(f32),
    Double(f64),
    Duration(Duration),
    Moment(Moment),
    Hex { literal: &'a str, octets: usize },
    Base64 { literal: &'a str, octets: usize },
    QName { namespace: &'a str, local: &'a str },
    Notation { namespace: &'a str, local: &'a str },
}

impl<'a> Atom<'a> {
    /// The value of a literal after white space processing, in the lexical space of a built-in type, without its facets.
    pub(super) fn parse(builtin: Builtin, literal: &'a str, prefixes: &'a dyn Prefixes) -> Result<Atom<'a>, Flaw> {
        use Builtin as B;
        let text = |good: bool| if good { Some(Atom::Text(literal)) } else { None };
        let atom = match builtin {
            B::AnySimpleType | B::String | B::NormalizedString | B::Token => Some(Atom::Text(literal)),
            B::Language => text(names::is_language(literal)),
            B::Name => text(names::is_name(literal)),
            B::NcName | B::Id | B::Idref | B::Entity => text(names::is_ncname(literal)),
            B::Nmtoken => text(names::is_nmtoken(literal)),
            B::AnyUri => names::is_uri(literal).then_some(Atom::Uri(literal)),
            B::Boolean => match literal {
                "true" | "1" => Some(Atom::Boolean(true)),
                "false" | "0" => Some(Atom::Boolean(false)),
                _ => None,
            },
            B::Decimal => Digits::parse(literal).map(Atom::Decimal),
            B::Float => float::parse(literal).map(Atom::Float),
            B::Double => float::parse(literal).map(Atom::Double),
            B::Duration => Some(Atom::Duration(Duration::parse(literal)?)),
            B::DateTime | B::Time | B::Date | B::GYearMonth | B::GYear | B::GMonthDay | B::GDay | B::GMonth => {
                Some(Atom::Moment(Moment::parse(builtin, literal)?))
            }
            B::HexBinary => binary::hex_length(literal).map(|octets| Atom::Hex { literal, octets }),
            B::Base64Binary => binary::base64_length(literal).map(|octets| Atom::Base64 { literal, octets }),
            B::QName | B::Notation => {
                let (prefix, local) = names::qname(literal).ok_or(Flaw::Lexical)?;
                let namespace = match prefixes.resolve(prefix) {
                    Some(namespace) => namespace,
                    None if prefix.is_empty() => "",
                    None => return Err(Flaw::Prefix),
                };
                Some(if builtin == B::QName {
                    Atom::QName { namespace, local }
                } else {
                    Atom::Notation { namespace, local }
                })
            }
            // Lists are split before; all that is left is derived from integer.
            B::Idrefs | B::Entities | B::Nmtokens => None,
            _ => Digits::parse_integer(literal).map(Atom::Decimal),
        };
        atom.ok_or(Flaw::Lexical)
    }

    /// What the length facets count: characters or octets; `None` where they say nothing (Part 2 §4.3.1.3).
    pub(super) fn length(self) -> Option<usize> {
        match self {
            Atom::Text(text) | Atom::Uri(text) => Some(text.chars().count()),
            Atom::Hex { octets, .. } | Atom::Base64 { octets, .. } => Some(octets),
            _ => None,
        }
    }

    pub(super) fn compare(self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Atom::Decimal(a), Value::Decimal(b)) => Some(a.compare(b.digits())),
            (Atom::Float(a), Value::Float(b)) => float::compare(a.into(), (*b).into()),
            (Atom::Double(a), Value::Double(b)) => float::compare(a, *b),
            (Atom::Duration(a), Value::Duration(b)) => a.compare(b),
            (Atom::Moment(a), Value::Moment(b)) => a.compare(b),
            _ => None,
        }
    }

    pub(super) fn equals(self, other: &Value) -> bool {
        match (self, other) {
            (Atom::Text(a), Value::String(b)) | (Atom::Uri(a), Value::AnyUri(b)) => a == &**b,
            (Atom::Boolean(a), Value::Boolean(b)) => a == *b,
            (Atom::Decimal(a), Value::Decimal(b)) => a == b.digits(),
            (Atom::Float(a), Value::Float(b)) => float::key(a.into()) == float::key((*b).into()),
            (Atom::Double(a), Value::Double(b)) => float::key(a) == float::key(*b),
            (Atom::Duration(a), Value::Duration(b)) => a == *b,
            (Atom::Moment(a), Value::Moment(b)) => a == *b,
            (Atom::Hex { literal, octets }, Value::HexBinary(b)) => {
                octets == b.len() && binary::hex_octets(literal).eq(b.iter().copied())
            }
            (Atom::Base64 { literal, octets }, Value::Base64Binary(b)) => {
                octets == b.len() && binary::base64_octets(literal).eq(b.iter().copied())
            }
            (Atom::QName { namespace: a, local: x }, Value::QName { namespace: b, local: y })
            | (Atom::Notation { namespace: a, local: x }, Value::Notation { namespace: b, local: y }) => {
                x == &**y && a == &**b
            }
            _ => false,
        }
    }

    pub(super) fn to_value(self) -> Value {
        match self {
            Atom::Text(text) => Value::String(text.into()),
            Atom::Uri(text) => Value::AnyUri(text.into()),
            Atom::Boolean(value) => Value::Boolean(value),
            Atom::Decimal(digits) => Value::Decimal(digits.to_decimal()),
            Atom::Float(value) => Value::Float(value),
            Atom::Double(value) => Value::Double(value),
            Atom::Duration(value) => Value::Duration(value),
            Atom::Moment(value) => Value::Moment(value),
            Atom::Hex { literal, .. } => Value::HexBinary(binary::hex_octets(literal).collect()),
            Atom::Base64 { literal, .. } => Value::Base64Binary(binary::base64_octets(literal).collect()),
            Atom::QName { namespace, local } => Value::QName { namespace: namespace.into(), local: local.into() },
            Atom::Notation { namespace, local } => Value::Notation { namespace: namespace.into(), local: local.into() },
        }
    }
}
