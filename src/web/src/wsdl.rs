//! What is needed of a WSDL 1.1: the address, and of each operation its action and the element of its request.

use std::collections::BTreeMap;

use kapia_soap::Version;
use kapia_xml::{Document, Element, QName};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
/// The bindings to SOAP 1.1 (WSDL 1.1 §3) and 1.2 (W3C member submission wsdl11soap12).
const BINDINGS: [(&str, Version); 2] = [
    ("http://schemas.xmlsoap.org/wsdl/soap/", Version::V11),
    ("http://schemas.xmlsoap.org/wsdl/soap12/", Version::V12),
];

/// One port of a service.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contract {
    pub version: Version,
    pub address: String,
    pub operations: BTreeMap<String, Described>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Described {
    pub action: String,
    /// The element in the body; `None` where the contract does not name it as one.
    pub element: Option<QName>,
}

/// The ports over SOAP that there are, if the wanted one is not among them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoPort(pub Vec<String>);

/// Reads the port of this name, or else the first over SOAP.
pub(crate) fn read(document: &Document, port: Option<&str>) -> Result<Contract, NoPort> {
    let root = document.root();
    if !root.is(WSDL, "definitions") {
        return Err(NoPort(Vec::new()));
    }
    let services = root.children().filter(|child| child.is(WSDL, "service"));
    let ports: Vec<(String, Element<'_>, Version, String)> = services
        .flat_map(Element::children)
        .filter(|child| child.is(WSDL, "port"))
        .filter_map(|port| {
            let (namespace, version) =
                BINDINGS.into_iter().find(|(namespace, _)| port.child(namespace, "address").is_some())?;
            let address = port.child(namespace, "address")?.attribute("", "location")?.into_owned();
            Some((port.attribute("", "name")?.into_owned(), port, version, address))
        })
        .collect();
    let none = || NoPort(ports.iter().map(|(name, ..)| name.clone()).collect());
    let found = ports.iter().find(|(name, ..)| port.is_none_or(|wanted| wanted == name));
    let (_, element, version, address) = found.ok_or_else(none)?;
    let binding = named(root, "binding", &local(*element, "binding").unwrap_or_default()).ok_or_else(none)?;
    Ok(Contract { version: *version, address: address.clone(), operations: operations(root, binding, *version) })
}

fn operations(root: Element<'_>, binding: Element<'_>, version: Version) -> BTreeMap<String, Described> {
    let soap = BINDINGS.into_iter().find(|(_, known)| *known == version).map_or("", |(namespace, _)| namespace);
    let is_rpc = |element: Option<Element<'_>>| {
        element.and_then(|element| element.attribute("", "style")).map(|style| style == "rpc")
    };
    let whole = is_rpc(binding.child(soap, "binding")).unwrap_or(false);
    let kind = local(binding, "type").and_then(|name| named(root, "portType", &name));
    let described = |operation: Element<'_>| {
        let name = operation.attribute("", "name")?.into_owned();
        let own = operation.child(soap, "operation");
        let action = own.and_then(|own| own.attribute("", "soapAction")).unwrap_or_default().into_owned();
        let element = if is_rpc(own).unwrap_or(whole) {
            let body = operation.child(WSDL, "input").and_then(|input| input.child(soap, "body"));
            let namespace = body.and_then(|body| body.attribute("", "namespace")).unwrap_or_default();
            format!("{{{namespace}}}{name}").parse().ok()
        } else {
            kind.and_then(|kind| input_element(root, kind, &name))
        };
        Some((name, Described { action, element }))
    };
    binding.children().filter(|child| child.is(WSDL, "operation")).filter_map(described).collect()
}

fn input_element(root: Element<'_>, kind: Element<'_>, operation: &str) -> Option<QName> {
    let operation = kind
        .children()
        .find(|child| child.is(WSDL, "operation") && child.attribute("", "name").as_deref() == Some(operation))?;
    let message = named(root, "message", &local(operation.child(WSDL, "input")?, "message")?)?;
    let mut parts = message.children().filter(|child| child.is(WSDL, "part"));
    let part = parts.find(|part| part.attribute("", "element").is_some())?;
    let written = part.attribute("", "element")?;
    let (prefix, local) = written.trim().split_once(':').unwrap_or(("", written.trim()));
    format!("{{{}}}{local}", part.resolve(prefix)?).parse().ok()
}

fn named<'d>(root: Element<'d>, kind: &str, name: &str) -> Option<Element<'d>> {
    root.children().find(|child| child.is(WSDL, kind) && child.attribute("", "name").as_deref() == Some(name))
}

/// The local part of a qualified name in an attribute.
fn local(element: Element<'_>, attribute: &str) -> Option<String> {
    let written = element.attribute("", attribute)?;
    Some(written.trim().rsplit(':').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_xml::Limits;

    fn contract(style: &str, body: &str, part: &str) -> Result<Contract, NoPort> {
        let source = format!(
            r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:t" targetNamespace="urn:t">
            <message name="In"><part name="p" {part}/></message>
            <portType name="P"><operation name="Get"><input message="t:In"/></operation></portType>
            <binding name="B" type="t:P"><s:binding style="{style}"/>
              <operation name="Get"><s:operation soapAction="act"/><input><s:body use="literal" {body}/></input></operation></binding>
            <service name="S">
              <port name="Http" binding="t:B"><h:address xmlns:h="http://schemas.xmlsoap.org/wsdl/http/" location="http://x/h"/></port>
              <port name="Soap" binding="t:B"><s:address location="http://x/s"/></port></service></definitions>"#
        );
        read(&Document::read(source, &Limits::default()).unwrap(), None)
    }

    #[test]
    fn the_element_in_the_body_follows_from_the_style() {
        for (style, body, part, expected) in [
            ("document", "", "element=\"t:Ask\"", Some("{urn:t}Ask")),
            ("rpc", "namespace=\"urn:r\"", "type=\"t:Ask\"", Some("{urn:r}Get")),
            ("document", "", "type=\"t:Ask\"", None),
        ] {
            let found = contract(style, body, part).unwrap();
            assert_eq!((found.version, &*found.address), (Version::V11, "http://x/s"));
            let get = &found.operations["Get"];
            assert_eq!((&*get.action, get.element.as_ref().map(ToString::to_string).as_deref()), ("act", expected));
        }
    }

    #[test]
    fn what_is_no_contract_has_no_port() {
        let other = Document::read("<x/>", &Limits::default()).unwrap();
        assert_eq!(read(&other, None), Err(NoPort(Vec::new())));
    }
}
