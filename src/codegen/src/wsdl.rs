//! The schemas inside a WSDL file.

pub(crate) mod service;

use std::path::Path;

use kapia_schema::{Memory, SchemaSet, SchemaSource, SourceError};
use kapia_xml::{Document, Element, Limits};

use crate::error::WsdlFault;
use crate::{Error, Result};

const XSD: &str = "http://www.w3.org/2001/XMLSchema";
const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";

/// Loads the schemas of `types` as one set; what they include lies beside the WSDL file.
pub(crate) fn schemas(file: &Path, document: &Document, beside: &dyn SchemaSource) -> Result<SchemaSet> {
    let wrong = |cause| Error::Wsdl { path: file.to_owned(), cause };
    let Some(types) = document.root().child(WSDL, "types") else {
        return Err(wrong(WsdlFault::NoTypes));
    };
    let mut inline = Memory::new();
    let mut names = Vec::new();
    // How many lines stand before each schema.
    let mut before = Vec::new();
    for (at, schema) in types.children().filter(|child| child.is(XSD, "schema")).enumerate() {
        let name = format!("{}#{}.xsd", file.file_name().unwrap_or_default().to_string_lossy(), at + 1);
        inline = inline.with(&name, alone(schema));
        names.push(name);
        before.push(schema.line().saturating_sub(1));
    }
    if names.is_empty() {
        return Err(wrong(WsdlFault::NoSchema));
    }
    let source = Beside { inline, beside };
    let mains: Vec<&str> = names.iter().map(String::as_str).collect();
    SchemaSet::load_all(&mains, &source).map_err(|cause| {
        let inside = names.iter().position(|name| name == cause.file()).and_then(|at| before.get(at));
        let (path, line) = match inside {
            Some(before) => (file.to_owned(), cause.line() + before),
            None => (file.with_file_name(cause.file()), cause.line()),
        };
        Error::Schema { path, line, cause: Box::new(cause) }
    })
}

/// Reads a WSDL file.
pub(crate) fn document(file: &Path, octets: bytes::Bytes) -> Result<Document> {
    Document::read(octets, &Limits::default()).map_err(|error| {
        let place = error.position();
        let bulgarian = format!("ред {}, колона {}: {}", place.line, place.column, error.message_bg());
        Error::Wsdl { path: file.to_owned(), cause: WsdlFault::NotXml { english: error.to_string(), bulgarian } }
    })
}

struct Beside<'s> {
    inline: Memory,
    beside: &'s dyn SchemaSource,
}

impl SchemaSource for Beside<'_> {
    fn open(&self, location: &str) -> std::result::Result<(String, bytes::Bytes), SourceError> {
        self.inline.open(location).or_else(|_| self.beside.open(location))
    }
}

/// The text of a schema with the declarations that stand around it, so that it can be read on its own.
fn alone(schema: Element<'_>) -> String {
    let text = schema.document().source().get(schema.span()).unwrap_or_default();
    let end = text.find([' ', '\t', '\r', '\n', '>', '/']).unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    let own: Vec<&str> = schema.declarations().map(|(prefix, _)| prefix).collect();
    let mut out = head.to_owned();
    for (prefix, namespace) in schema.in_scope().into_iter().filter(|(prefix, _)| !own.contains(prefix)) {
        let mut value = Vec::new();
        kapia_xml::escape_attribute(namespace, &mut value);
        let value = String::from_utf8_lossy(&value);
        match prefix {
            "" if namespace.is_empty() => {}
            "" => out.push_str(&format!(" xmlns=\"{value}\"")),
            prefix => out.push_str(&format!(" xmlns:{prefix}=\"{value}\"")),
        }
    }
    out.push_str(rest);
    out
}
