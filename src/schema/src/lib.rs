//! XML Schema 1.0: loading schema sets, validation, and the tree of fields of a document type.
//!
//! [`SchemaSet::load`] reads the documents of a set through a [`SchemaSource`], builds the components of XML Schema
//! part 1 §2.2 once, and checks them. The set is immutable and shared by all threads. [`SchemaSet::validate`] walks a
//! parsed document; [`SchemaSet::fields`] shows the elements and attributes that a document type can hold.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod catalogue;
mod content;
pub mod datatype;
mod error;
mod fields;
mod load;
mod model;
mod names;
mod rule;
mod set;
mod source;
mod validate;
mod violation;

pub use datatype::{Builtin, FacetKind, Language, Prefixes, SimpleType, Value, ValueError, ValueRule, Variety, WhiteSpace};
pub use error::SchemaError;
pub use fields::{Field, FieldTree};
pub use set::{Root, SchemaSet};
pub use source::{Folder, Memory, SchemaSource, SourceError};
pub use validate::{Spot, Tag, Validator};
pub use violation::{Options, Report, Violation};
