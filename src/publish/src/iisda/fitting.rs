//! Fitting an answer to the generated types: what is not known of the register's contract must not break the import.
//!
//! The types read exactly what the schema says. A register that has grown since its facts were written down sends more, or
//! in another order, or in another namespace of its own: what the schema knows is put into its place, and the rest is
//! skipped and told.

use std::collections::BTreeMap;
use std::sync::Arc;

use kapia_schema::{Field, Memory, SchemaSet, SimpleType};
use kapia_xml::{Document, Element, Limits, Node, QName, Writer, escape_attribute, escape_text};

const WSDL: &str = include_str!("../../../../wsdl/iisda/AdmServicesService.wsdl");
const SCHEMAS: [(&str, &str); 2] = [
    ("AdmServices.xsd", include_str!("../../../../wsdl/iisda/AdmServices.xsd")),
    ("AdmServicesCommon.xsd", include_str!("../../../../wsdl/iisda/AdmServicesCommon.xsd")),
];
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What was skipped: path without indices, below the answer, and how often.
pub(super) type Skipped = BTreeMap<String, usize>;

/// The schemas of the register's contract, by the roots of answers.
pub(super) struct Fitting(Vec<Place>);

/// An element that the schema knows.
struct Place {
    name: QName,
    attributes: BTreeMap<String, Option<Arc<SimpleType>>>,
    children: Vec<Place>,
    value: Option<Arc<SimpleType>>,
    /// Markup: elements of any name.
    open: bool,
    many: bool,
}

impl Fitting {
    /// Reads the contract in the program; `None` would be a fault of the program.
    pub fn load() -> Option<Fitting> {
        let wsdl = Document::read(WSDL, &Limits::default()).ok()?;
        let text = kapia_soap::wsdl::schemas(&wsdl).into_iter().next()?;
        let files = SCHEMAS.iter().fold(Memory::new(), |files, (name, text)| files.with(name, *text));
        let set = SchemaSet::load("service.xsd", &files.with("service.xsd", text)).ok()?;
        let roots = set.roots().into_iter().filter_map(|root| Some(place(&set.fields(&root.name)?.root())));
        Some(Fitting(roots.collect()))
    }

    /// The element as the schema has it; `None` if it is no root of the contract.
    pub fn fit(&self, element: Element<'_>, skipped: &mut Skipped) -> Option<Vec<u8>> {
        let place = self.0.iter().find(|place| *place.name.local == *element.local())?;
        let mut writer = Writer::with_capacity(element.span().len());
        write(element, place, "", skipped, &mut writer);
        Some(writer.into_bytes())
    }
}

fn place(field: &Field) -> Place {
    let (mut attributes, mut children) = (BTreeMap::new(), Vec::new());
    for child in field.children() {
        if child.is_attribute() {
            attributes.insert(child.local().to_owned(), child.simple_type());
        } else {
            children.push(place(&child));
        }
    }
    Place {
        name: field.name(),
        attributes,
        children,
        value: field.simple_type(),
        open: field.has_open_content(),
        many: field.max_occurs() != Some(1),
    }
}

fn write(element: Element<'_>, place: &Place, path: &str, skipped: &mut Skipped, writer: &mut Writer) {
    let mut attributes: Vec<(String, String)> = Vec::new();
    for attribute in element.attributes().filter(|attribute| attribute.namespace() != XSI) {
        let value = attribute.value();
        match place.attributes.get(attribute.local()) {
            Some(kind) if attribute.namespace().is_empty() && fits(&value, kind.as_ref()) => {
                attributes.push((attribute.local().to_owned(), value.into_owned()));
            }
            _ => skip(&format!("{path}/@{}", attribute.local()), skipped),
        }
    }
    let attributes: Vec<(&str, &str, &str, &str)> =
        attributes.iter().map(|(local, value)| ("", "", local.as_str(), value.as_str())).collect();
    writer.start("", &place.name.namespace, &place.name.local, &[], &attributes);
    if place.open {
        writer.text(&markup(element));
    } else if place.value.is_some() {
        writer.text(&element.text());
    } else {
        for child in element.children().filter(|child| !place.knows(child.local())) {
            skip(&format!("{path}/{}", child.local()), skipped);
        }
        for known in &place.children {
            let path = format!("{path}/{}", known.name.local);
            let mut written = 0;
            for child in element.children().filter(|child| *child.local() == *known.name.local && !is_nil(*child)) {
                let value = known.value.as_ref();
                if (written > 0 && !known.many) || (value.is_some() && !fits(&child.text(), value)) {
                    skip(&path, skipped);
                } else {
                    write(child, known, &path, skipped, writer);
                    written += 1;
                }
            }
        }
    }
    writer.end();
}

impl Place {
    fn knows(&self, local: &str) -> bool {
        self.children.iter().any(|child| *child.name.local == *local)
    }
}

fn fits(value: &str, kind: Option<&Arc<SimpleType>>) -> bool {
    kind.is_none_or(|kind| kind.check(value, &()).is_ok())
}

fn is_nil(element: Element<'_>) -> bool {
    element.attribute(XSI, "nil").is_some_and(|nil| matches!(nil.trim(), "true" | "1"))
}

fn skip(path: &str, skipped: &mut Skipped) {
    *skipped.entry(path.trim_start_matches('/').to_owned()).or_default() += 1;
}

/// What stands in an element as a text of XHTML without namespaces: the API escapes it, or has it as elements.
fn markup(element: Element<'_>) -> String {
    let mut out = Vec::new();
    if element.is_leaf() {
        return element.text().trim().to_owned();
    }
    element.nodes().for_each(|node| write_markup(&node, &mut out));
    String::from_utf8(out).unwrap_or_default().trim().to_owned()
}

fn write_markup(node: &Node<'_>, out: &mut Vec<u8>) {
    match node {
        Node::Text(text) => escape_text(&text.value(), out),
        Node::Element(element) => {
            let name = element.local().to_ascii_lowercase();
            out.extend_from_slice(format!("<{name}").as_bytes());
            for attribute in element.attributes().filter(|attribute| attribute.namespace().is_empty()) {
                out.extend_from_slice(format!(" {}=\"", attribute.local().to_ascii_lowercase()).as_bytes());
                escape_attribute(&attribute.value(), out);
                out.push(b'"');
            }
            out.push(b'>');
            element.nodes().for_each(|node| write_markup(&node, out));
            out.extend_from_slice(format!("</{name}>").as_bytes());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(xml: &str) -> (String, Skipped) {
        let document = Document::read(xml.to_owned(), &Limits::default()).unwrap();
        let mut skipped = Skipped::new();
        let octets = Fitting::load().unwrap().fit(document.root(), &mut skipped).unwrap();
        (String::from_utf8(octets).unwrap(), skipped)
    }

    #[test]
    fn what_the_schema_does_not_know_is_skipped_and_told_and_the_rest_is_put_into_its_place() {
        let (fitted, skipped) = fitted(
            r#"<SearchAdmServicesResponse xmlns="urn:elsewhere"><SearchAdmServicesResult Count="2"><AdmServiceBatchDataType>
            <AdmServiceBatchInfo ServiceID="9" ServiceProvisionLevel="Tomorrow" Colour="red"><New><X/></New><OperationTerm>1 г.</OperationTerm>
            <GrantTerm>7 дни</GrantTerm><GrantTerm>8 дни</GrantTerm><ServiceApplicationMethods><Method>ByPigeon</Method>
            <Method>ApplicationAtDesk</Method></ServiceApplicationMethods></AdmServiceBatchInfo><AdmServiceData ServiceNumber="5"/>
            </AdmServiceBatchDataType><AdmServiceBatchDataType xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>
            </SearchAdmServicesResult></SearchAdmServicesResponse>"#,
        );
        let type_ = "SearchAdmServicesResult/AdmServiceBatchDataType/AdmServiceBatchInfo";
        let expected = [
            "SearchAdmServicesResult/@Count".to_owned(),
            format!("{type_}/@Colour"),
            format!("{type_}/@ServiceProvisionLevel"),
            format!("{type_}/GrantTerm"),
            format!("{type_}/New"),
            format!("{type_}/ServiceApplicationMethods/Method"),
        ];
        assert_eq!(skipped.keys().cloned().collect::<Vec<_>>(), expected);
        assert!(fitted.contains("<GrantTerm>7 дни</GrantTerm><OperationTerm>1 г.</OperationTerm>"), "{fitted}");
        assert!(fitted.find("AdmServiceData ").unwrap() < fitted.find("AdmServiceBatchInfo ").unwrap(), "{fitted}");
        let read = super::super::client::SearchAdmServicesResponse::from_xml(&fitted).unwrap();
        assert_eq!(read.search_adm_services_result.unwrap().adm_service_batch_data_type.len(), 1);
    }

    #[test]
    fn markup_is_a_text_however_it_comes() {
        let read = |content: &str| {
            let xml = format!("<a xmlns:h='http://www.w3.org/1999/xhtml'>{content}</a>");
            markup(Document::read(xml, &Limits::default()).unwrap().root())
        };
        assert_eq!(read("&lt;p&gt;Пред съда&lt;/p&gt;"), "<p>Пред съда</p>");
        assert_eq!(
            read("\n<h:p title='a&lt;b' h:x='y'>Пред <h:B>съда</h:B> &amp; др.</h:p>\n"),
            "<p title=\"a&lt;b\">Пред <b>съда</b> &amp; др.</p>"
        );
    }
}
