//! Operations and schemas out of a WSDL 1.1 whose messages are documents (WSDL 1.1 §2 and §3).

use bytes::Bytes;
use kapia_xml::{Document, Element, Limits, QName, canonical};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// What a WSDL describes.
pub(crate) struct Described {
    pub operations: Vec<Exchanged>,
    /// File name and content of each schema in it.
    pub schemas: Vec<(String, Bytes)>,
}

/// One operation: its name and the elements of its messages.
pub(crate) struct Exchanged {
    pub name: String,
    pub request: QName,
    pub response: QName,
}

/// Reads a WSDL; the error says in a few words what it lacks.
pub(crate) fn read(octets: Bytes) -> Result<Described, String> {
    let document = Document::read(octets, &Limits::default()).map_err(|error| error.to_string())?;
    let root = document.root();
    if !root.is(WSDL, "definitions") {
        return Err("its root is not definitions of WSDL 1.1".to_owned());
    }
    let schemas: Vec<Element<'_>> = root
        .children()
        .filter(|child| child.is(WSDL, "types"))
        .flat_map(Element::children)
        .filter(|child| child.is(XSD, "schema"))
        .collect();
    if schemas.is_empty() {
        return Err("it holds no schema".to_owned());
    }
    let schemas = with_files(&schemas);
    let mut operations = Vec::new();
    for kind in root.children().filter(|child| child.is(WSDL, "portType")) {
        for operation in kind.children().filter(|child| child.is(WSDL, "operation")) {
            let name = operation.attribute("", "name").unwrap_or_default().into_owned();
            let message = |side: &str| element_of(root, operation.child(WSDL, side)?);
            let (Some(request), Some(response)) = (message("input"), message("output")) else {
                return Err(format!("the messages of {name} are not one element each"));
            };
            // One interface is often offered over several bindings, each with a port type of its own.
            if !operations.iter().any(|known: &Exchanged| known.name == name) {
                operations.push(Exchanged { name, request, response });
            }
        }
    }
    if operations.is_empty() {
        return Err("it describes no operation".to_owned());
    }
    Ok(Described { operations, schemas })
}

/// The element that the only part of a message is.
fn element_of(root: Element<'_>, side: Element<'_>) -> Option<QName> {
    let message = side.attribute("", "message")?;
    let local = message.rsplit(':').next()?;
    let is_it = |child: &Element<'_>| {
        child.is(WSDL, "message") && child.attribute("", "name").is_some_and(|name| name == local)
    };
    let message = root.children().find(is_it)?;
    let mut parts = message.children().filter(|child| child.is(WSDL, "part"));
    let (part, None) = (parts.next()?, parts.next()) else { return None };
    let element = part.attribute("", "element")?;
    let (prefix, local) = element.split_once(':').unwrap_or(("", &element));
    Some(QName::new(part.resolve(prefix)?, local))
}

/// Each schema as a document of its own; an import that names no place gets the file of its namespace.
fn with_files(schemas: &[Element<'_>]) -> Vec<(String, Bytes)> {
    let named: Vec<(String, String)> = schemas
        .iter()
        .enumerate()
        .map(|(at, schema)| {
            let namespace = schema.attribute("", "targetNamespace").unwrap_or_default().into_owned();
            let last = namespace.trim_end_matches('/').rsplit(['/', ':']).next().unwrap_or_default();
            let plain: String = last.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
            let plain = if plain.is_empty() { "Schema".to_owned() } else { plain };
            (namespace, format!("{plain}{}.xsd", at + 1))
        })
        .collect();
    schemas
        .iter()
        .zip(&named)
        .map(|(schema, (_, file))| {
            let mut octets = Vec::new();
            canonical::canonicalize(*schema, canonical::Method::Inclusive, &[], None, &mut octets);
            let mut text = String::from_utf8(octets).unwrap_or_default();
            for (namespace, other) in &named {
                let mut escaped = Vec::new();
                kapia_xml::escape_attribute(namespace, &mut escaped);
                let escaped = String::from_utf8(escaped).unwrap_or_default();
                // In canonical form an import without a place has one attribute, so this is all there can be.
                let place = format!("import namespace=\"{escaped}\" schemaLocation=\"{other}\">");
                text = text.replace(&format!("import namespace=\"{escaped}\">"), &place);
            }
            (file.clone(), Bytes::from(text))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_schema::{Memory, SchemaSet};

    const SERVICE: &str = r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:a="urn:a" xmlns:m="urn:m"
        xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:m"><types>
      <xs:schema targetNamespace="urn:a" xmlns:b="urn:b"><xs:import namespace="urn:b"/>
        <xs:element name="Ask" type="b:Key"/><xs:element name="Told" type="xs:string"/></xs:schema>
      <xs:schema targetNamespace="urn:b"><xs:simpleType name="Key"><xs:restriction base="xs:string"/></xs:simpleType></xs:schema>
      </types><message name="In"><part name="p" element="a:Ask"/></message><message name="Out"><part name="p" element="a:Told"/></message>
      <portType name="P"><operation name="Find"><input message="m:In"/><output message="m:Out"/></operation></portType></definitions>"#;

    #[test]
    fn schemas_that_import_each_other_become_files_that_do() {
        let described = read(Bytes::from_static(SERVICE.as_bytes())).unwrap();
        let operation = &described.operations[0];
        assert_eq!((operation.name.as_str(), operation.request.to_string().as_str()), ("Find", "{urn:a}Ask"));
        let memory =
            described.schemas.iter().fold(Memory::new(), |memory, (name, bytes)| memory.with(name, bytes.clone()));
        let set = SchemaSet::load("a1.xsd", &memory).unwrap();
        assert!(set.fields(&operation.request).is_some());
        assert_eq!(set.files(), ["a1.xsd", "b2.xsd"]);
    }

    #[test]
    fn what_is_no_wsdl_says_so() {
        assert!(read(Bytes::from_static(b"<a/>")).is_err());
        let empty = r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>"#;
        assert_eq!(read(Bytes::from_static(empty.as_bytes())).err().as_deref(), Some("it holds no schema"));
    }
}
