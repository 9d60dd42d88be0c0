//! An operation that can be served: its schemas are loaded and its roots are known.

use std::fmt;

use bytes::Bytes;
use kapia_schema::{FieldTree, SchemaSet};
use kapia_xml::QName;

use crate::names::FullName;
use crate::succession::Succession;

/// One operation of a package.
pub struct Operation {
    /// Its full name.
    pub name: FullName,
    /// What it does, as its package says it (mostly in Bulgarian); may be empty.
    pub description: String,
    /// What has taken its place, if it is an old name.
    pub successor: Option<Succession>,
    /// Whether it answers later, however it is asked (regix-contract §10).
    pub asynchronous: bool,
    /// The request document.
    pub request: Side,
    /// The response document.
    pub response: Side,
    /// The description of the input form (adapter-standard §12), unread.
    pub metadata: Option<Attachment>,
}

/// One of the two documents of an operation.
pub struct Side {
    /// The schemas of this side alone, cheap to clone: several versions of one namespace live side by side in a package.
    pub schema: SchemaSet,
    /// The main schema file, such as `XMLSchemas/PersonRequest.xsd`.
    pub schema_file: String,
    /// The root element.
    pub root: QName,
    /// Elements and attributes of the document type.
    pub fields: FieldTree,
    /// An example of the document, unread.
    pub sample: Option<Attachment>,
}

/// A file of the package with its content.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its path below the package folder, as it is written there.
    pub file: String,
    /// Its content.
    pub bytes: Bytes,
}

impl fmt::Debug for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Operation({}: {} -> {})", self.name, self.request.root, self.response.root)
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Attachment({}, {} octets)", self.file, self.bytes.len())
    }
}
