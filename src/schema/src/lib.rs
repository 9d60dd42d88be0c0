//! XML Schema 1.0: loading schema sets, validation, and the tree of fields of a document type.
//!
//! [`SchemaSet::load`] reads the documents of a set through a [`SchemaSource`], builds the components of XML Schema
//! part 1 §2.2 once, and checks them. The set is immutable and shared by all threads. [`SchemaSet::validate`] walks a
//! parsed document; [`SchemaSet::fields`] shows the elements and attributes that a document type can hold.
//!
//! ```
//! use kapia_schema::{Language, Memory, Options, SchemaSet};
//! use kapia_xml::{Document, Limits, QName};
//!
//! let xsd = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
//!     <xs:element name="Order"><xs:complexType><xs:sequence>
//!         <xs:element name="Count" type="xs:positiveInteger" maxOccurs="3"/>
//!     </xs:sequence><xs:attribute name="id" use="required"/></xs:complexType></xs:element>
//! </xs:schema>"#;
//! let set = SchemaSet::load("order.xsd", &Memory::new().with("order.xsd", xsd))?;
//!
//! let document = Document::read("<Order id='7'><Count>3</Count><Count>none</Count></Order>", &Limits::default())?;
//! let report = set.validate(document.root(), &Options::default());
//! assert_eq!(report.violations[0].path, "/Order/Count[2]");
//! assert!(!report.violations[0].message(Language::Bulgarian).contains("none"));
//!
//! let fields = set.fields(&QName::new("", "Order")).ok_or("no such root")?;
//! let paths: Vec<String> = fields.walk(0).map(|field| field.path().to_owned()).collect();
//! assert_eq!(paths, ["@id", "Count"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod catalogue;
mod components;
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

pub use components::{
    AttributeView, DeclaredValue, ElementView, ParticleView, TermView, TypeKind, TypeView, WildcardNamespaces,
    WildcardView,
};
pub use datatype::{
    Builtin, FacetKind, Language, Prefixes, SimpleType, Value, ValueError, ValueRule, Variety, WhiteSpace,
};
pub use error::SchemaError;
pub use fields::{Field, FieldTree};
pub use set::{Root, SchemaDocument, SchemaSet};
pub use source::{Folder, Memory, SchemaSource, SourceError};
pub use validate::{Spot, Tag, Validator};
pub use violation::{Options, Report, Violation};
