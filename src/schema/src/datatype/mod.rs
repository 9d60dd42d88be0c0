//! Simple types of XML Schema 1.0 (W3C XML Schema Part 2: Datatypes, second edition).
//!
//! [`Builtin::simple_type`] is where types come from; [`SimpleType::restrict`], [`SimpleType::list`] and
//! [`SimpleType::union`] make new ones under the schema component constraints; [`SimpleType::check`] and
//! [`SimpleType::validate`] judge literals. No error text ever holds a value of a document.

mod binary;
mod builtin;
mod decimal;
mod derive;
mod describe;
mod duration;
mod error;
mod facet;
mod facet_error;
mod float;
mod judge;
mod moment;
mod names;
mod parse;
mod pattern;
mod simple;
mod value;
mod white_space;

pub use builtin::Builtin;
pub use decimal::Decimal;
pub use duration::Duration;
pub use error::{ValueError, ValueRule};
pub use facet::{Facet, FacetKind, Scope};
pub use facet_error::{FacetError, FacetRule};
pub use moment::Moment;
pub(crate) use names::{is_language, is_ncname, is_uri, qname};
pub use pattern::{PatternError, PatternFault};
pub use simple::SimpleType;
pub use value::Value;
pub use white_space::WhiteSpace;

/// Whether a type holds one value, a list of values, or a value of one of several types (Part 2 §2.5.1).
#[derive(Copy, Clone, PartialEq, Eq, Debug, Hash)]
pub enum Variety {
    /// One value that has no parts.
    Atomic,
    /// Values separated by white space.
    List,
    /// A value of the first member type that accepts it.
    Union,
}

pub use kapia_language::Language;

/// The namespaces in scope where a literal stands, for `xs:QName` and `xs:NOTATION`.
pub trait Prefixes {
    /// The namespace of a prefix, `""` being the default namespace; `None` if it is not declared.
    fn resolve(&self, prefix: &str) -> Option<&str>;
}

/// No namespaces at all: only names without a prefix resolve, to no namespace.
impl Prefixes for () {
    fn resolve(&self, _: &str) -> Option<&str> {
        None
    }
}

#[cfg(test)]
mod tests;
