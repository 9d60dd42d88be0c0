//! Serving a WSDL with the address under which it was asked for; the schemas that stand in one.

use kapia_xml::canonical::{Method, canonicalize};
use kapia_xml::{Document, Element};

/// The placeholder of the WSDL files that stands for the public base address, such as `https://gate.example.bg:8443`.
pub const BASE: &str = "{{base}}";

/// The WSDL text with every placeholder replaced by the base address (no slash at its end), escaped for an attribute.
pub fn addressed(template: &str, base: &str) -> String {
    let mut escaped = Vec::with_capacity(base.len());
    kapia_xml::escape_attribute(base.trim_end_matches('/'), &mut escaped);
    template.replace(BASE, &String::from_utf8_lossy(&escaped))
}

/// The schemas in the `types` of a WSDL (W3C NOTE-wsdl-20010315 §2.2), in their order, each a document of its own with the
/// namespaces that are declared around it.
pub fn schemas(wsdl: &Document) -> Vec<Vec<u8>> {
    let types = wsdl.root().children().filter(|child| child.local() == "types");
    let schemas = types.flat_map(Element::children).filter(|child| child.local() == "schema");
    let alone = schemas.map(|schema| {
        let prefixes: Vec<&str> = schema.in_scope().iter().map(|(prefix, _)| *prefix).collect();
        let mut text = Vec::new();
        // References to types name prefixes in values, which a canonical form does not see by itself.
        canonicalize(schema, Method::Exclusive, &prefixes, None, &mut text);
        text
    });
    alone.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_schema_that_is_taken_out_keeps_the_prefixes_around_it() {
        let wsdl = "<w:definitions xmlns:w='urn:w' xmlns:t='urn:t'><w:types><x:schema xmlns:x='urn:x'><x:element type='t:A'/></x:schema>\
                    <x:schema xmlns:x='urn:x'/></w:types></w:definitions>";
        let document = kapia_xml::Document::read(wsdl, &kapia_xml::Limits::default()).unwrap();
        let schemas = super::schemas(&document);
        let first = String::from_utf8(schemas[0].clone()).unwrap();
        assert!(schemas.len() == 2 && first.contains("xmlns:t=\"urn:t\"") && first.contains("type=\"t:A\""), "{first}");
    }

    #[test]
    fn a_hostile_host_name_cannot_leave_the_attribute() {
        let served = super::addressed("<a location=\"{{base}}/x\"/>", "https://h\"><b/");
        assert_eq!(served, "<a location=\"https://h&quot;>&lt;b/x\"/>");
    }
}
