//! The run-time of code that `kapia-codegen` writes: XML Schema values that keep their text, and reading and writing.
//!
//! Generated modules begin with `use kapia_types as xsd;` and need this crate alone. A document type has `from_xml` and
//! `to_xml`; what stands between the two survives, down to leading zeros, time zones and outer blanks of strings.
//!
//! What is not kept, because it means nothing: prefixes, comments, processing instructions, blanks between child elements
//! and around values whose type collapses them, `xsi:schemaLocation`, `xsi:nil="false"`, an `xsi:type` that names the declared type,
//! and the order of the children of an `xs:all`.
//!
//! ```
//! use kapia_types as xsd;
//!
//! const NS: &str = "urn:example";
//!
//! /// Сметка.
//! #[derive(Clone, Debug, PartialEq)]
//! pub struct Bill {
//!     /// Сума.
//!     pub amount: xsd::Decimal,
//!     /// Бележки.
//!     pub note: Vec<String>,
//! }
//!
//! impl xsd::Content for Bill {
//!     const TYPE: xsd::TypeName = xsd::TypeName::Named(NS, "Bill");
//!     fn read(r: &mut xsd::Reader<'_>) -> xsd::Result<Self> {
//!         Ok(Self { amount: r.required(NS, "Amount")?, note: r.many(NS, "Note", 0, 3)? })
//!     }
//!     fn write(&self, w: &mut xsd::Writer) {
//!         w.required(NS, "Amount", &self.amount);
//!         w.many(NS, "Note", &self.note);
//!     }
//! }
//! xsd::document! { Bill, NS, "Bill", qualified }
//!
//! let xml = r#"<Bill xmlns="urn:example"><Amount>0012.50</Amount><Note> две  думи </Note></Bill>"#;
//! assert_eq!(Bill::from_xml(xml)?.to_xml(), xml);
//!
//! let error = Bill::from_xml(r#"<Bill xmlns="urn:example"><Amount>много</Amount></Bill>"#).unwrap_err();
//! assert_eq!((error.code(), error.path(), error.line()), ("value-lexical", "/Bill/Amount", 1));
//! # Ok::<(), xsd::ReadError>(())
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod characters;
mod content;
mod error;
mod facets;
mod limits;
mod macros;
mod raw;
mod reader;
pub mod soap;
mod value;
mod writer;

pub use content::{Content, Document, First, Group, Nillable, Operation, TypeName};
pub use error::{ReadError, Result};
pub use facets::{Bound, Facets, Kind, Rules, WhiteSpace};
pub use limits::Limits;
pub use raw::{Attribute, RawContent, RawElement};
pub use reader::Reader;
pub use value::binary::{Base64Binary, HexBinary};
pub use value::moment::{Date, DateTime, Duration, GDay, GMonth, GMonthDay, GYear, GYearMonth, Time};
pub use value::number::{
    Boolean, Decimal, Integer, NegativeInteger, NonNegativeInteger, NonPositiveInteger, Number, PositiveInteger,
};
pub use value::text::{Language, Name, NcName, Nmtoken};
pub use value::{Rule, Value, ValueError};
pub use writer::Writer;

/// "Any number of times", as a maximum.
pub const UNBOUNDED: u32 = u32::MAX;

/// The namespace of `xsi:type` and `xsi:nil`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The namespace of the built-in types.
pub const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// What the macros need by path.
#[doc(hidden)]
pub mod expansion {
    pub use crate::value::parse_value;
}
