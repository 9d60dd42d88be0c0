//! Reading XML within limits, names, spans, and canonical writing.
//!
//! The reader is strict: XML 1.0 (fifth edition) with Namespaces in XML 1.0, without DTD. One pass checks
//! well-formedness, resolves names and yields a flat *tape* of tokens with spans into the source, from which the
//! later stages (validation, rights filter, canonical form) read without copying strings and without parsing again.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod canonical;
mod characters;
mod error;
mod escape;
mod limits;
mod names;
mod reader;
mod scope;
mod tape;
mod windows;
mod writer;

pub use error::{Position, XmlError, XmlErrorKind};
pub use escape::{escape_attribute, escape_text};
pub use limits::Limits;
pub use names::{Name, ParseQNameError, QName};
pub use tape::{Attribute, Document, Element, ElementId, Event, Node, Text, ValuePrefixes};
pub use windows::{Window, WindowError, Windows};
pub use writer::{CopyPolicy, Copying, Keep, KeepAll, Writer};

/// The namespace bound to the prefix `xml` by definition (Namespaces in XML 1.0 §3).
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace bound to the prefix `xmlns` by definition (Namespaces in XML 1.0 §3).
pub const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";
/// The namespace of `xsi:type`, `xsi:nil` and `xsi:schemaLocation` (XML Schema part 1 §2.6).
pub const XSI_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema-instance";
