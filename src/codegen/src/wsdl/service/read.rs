//! What a WSDL says about operations: messages, port types, bindings.

use std::collections::HashMap;

use kapia_xml::Element;

use crate::ServiceFault;
use crate::generator::DocumentType;

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const SOAP: [&str; 2] = ["http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/"];

/// The operation, its line, and what is wrong with it.
pub(super) type Failed = (String, u32, ServiceFault);

pub(super) struct PortType {
    pub(super) name: String,
    pub(super) operations: Vec<Operation>,
}

/// An operation; types are those of the generated module.
pub(super) struct Operation {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) action: String,
    pub(super) request: String,
    pub(super) answer: String,
    pub(super) faults: Vec<String>,
    /// Header blocks of the request and of the answer.
    pub(super) headers: [Vec<String>; 2],
}

impl PortType {
    /// How many operations have these details, or these header blocks on one side.
    pub(super) fn uses(&self, types: &[String]) -> usize {
        let has =
            |operation: &&Operation| operation.faults == types || operation.headers.iter().any(|known| known == types);
        self.operations.iter().filter(has).count()
    }
}

impl Operation {
    /// All types that it names.
    pub(super) fn types(&self) -> impl Iterator<Item = &str> {
        let further = self.faults.iter().chain(self.headers.iter().flatten());
        [&self.request, &self.answer].into_iter().chain(further).map(String::as_str)
    }
}

/// The port types that a binding of SOAP offers; all of them, if the file has no binding.
pub(super) fn port_types(root: Element<'_>, documents: &[DocumentType]) -> Result<Vec<PortType>, Failed> {
    let contract = Contract { root, parts: parts(root), documents };
    let bindings: Vec<Element<'_>> = root.children().filter(|child| child.is(WSDL, "binding")).collect();
    let mut port_types = Vec::new();
    for port_type in root.children().filter(|child| child.is(WSDL, "portType")) {
        let name = named(port_type, "name");
        let offering: Vec<Binding<'_>> = bindings
            .iter()
            .filter(|binding| local(&named(**binding, "type")) == name)
            .filter_map(|binding| Binding::of(*binding))
            .collect();
        if offering.is_empty() && !bindings.is_empty() {
            continue;
        }
        let mut operations: Vec<Operation> = Vec::new();
        let mut requests: HashMap<String, String> = HashMap::new();
        for element in port_type.children().filter(|child| child.is(WSDL, "operation")) {
            let name = named(element, "name");
            let failed = |what| (name.clone(), element.line(), what);
            let operation = contract.operation(element, &name, &offering).map_err(failed)?;
            if let Some(other) = requests.insert(operation.request.clone(), name.clone()) {
                return Err(failed(ServiceFault::SameRequest(other)));
            }
            operations.push(operation);
        }
        if !operations.is_empty() {
            port_types.push(PortType { name, operations });
        }
    }
    Ok(port_types)
}

/// A part of a message: its name and, if it is one, the element that it is.
struct Part {
    name: String,
    /// `{namespace}local`, or `local`.
    element: Option<String>,
}

struct Binding<'d> {
    element: Element<'d>,
    soap: &'static str,
    style: String,
}

impl<'d> Binding<'d> {
    fn of(element: Element<'d>) -> Option<Binding<'d>> {
        let (soap, bound) = SOAP.into_iter().find_map(|soap| Some((soap, element.child(soap, "binding")?)))?;
        Some(Binding { element, soap, style: named(bound, "style") })
    }

    fn operation(&self, name: &str) -> Option<Element<'d>> {
        let mut operations = self.element.children().filter(|child| child.is(WSDL, "operation"));
        operations.find(|operation| named(*operation, "name") == name)
    }
}

struct Contract<'d> {
    root: Element<'d>,
    /// By the local name of the message.
    parts: HashMap<String, Vec<Part>>,
    documents: &'d [DocumentType],
}

impl Contract<'_> {
    fn operation(&self, element: Element<'_>, name: &str, offering: &[Binding<'_>]) -> Result<Operation, ServiceFault> {
        let bound = offering.iter().find_map(|binding| Some((binding, binding.operation(name)?)));
        if let Some((binding, bound)) = bound {
            check_style(binding, bound)?;
        }
        let action = offering.iter().find_map(|binding| {
            let action = named(binding.operation(name)?.child(binding.soap, "operation")?, "soapAction");
            (!action.is_empty()).then_some(action)
        });
        let (Some(input), Some(output)) = (element.child(WSDL, "input"), element.child(WSDL, "output")) else {
            return Err(ServiceFault::OneWay);
        };
        let side = |end| bound.and_then(|(binding, bound)| Some((binding.soap, bound.child(WSDL, end)?)));
        let (request, before) = self.message(input, side("input"))?;
        let (answer, behind) = self.message(output, side("output"))?;
        let mut faults: Vec<String> = Vec::new();
        for fault in element.children().filter(|child| child.is(WSDL, "fault")) {
            let (detail, _) = self.message(fault, None)?;
            if !faults.contains(&detail) {
                faults.push(detail);
            }
        }
        let doc = element.child(WSDL, "documentation").map(|told| told.text().into_owned()).unwrap_or_default();
        let doc = match doc.split_whitespace().collect::<Vec<_>>().join(" ") {
            none if none.is_empty() => format!("`{name}`."),
            told => told,
        };
        let action = action.unwrap_or_default();
        Ok(Operation { name: name.to_owned(), doc, action, request, answer, faults, headers: [before, behind] })
    }

    /// The types of the body and of the header blocks of a message, whose binding is given.
    fn message(
        &self,
        message: Element<'_>,
        bound: Option<(&'static str, Element<'_>)>,
    ) -> Result<(String, Vec<String>), ServiceFault> {
        let message = named(message, "message");
        let parts = self.parts_of(&message)?;
        let (mut headers, mut in_header, mut in_body) = (Vec::new(), Vec::new(), None);
        if let Some((soap, bound)) = bound {
            for header in bound.children().filter(|child| child.is(soap, "header")) {
                let (of, part) = (named(header, "message"), named(header, "part"));
                if local(&of) == local(&message) {
                    in_header.push(part.clone());
                }
                let found = self.parts_of(&of)?.iter().find(|known| known.name == part);
                let found = found.ok_or_else(|| ServiceFault::NoPart { message: of.clone(), part: part.clone() })?;
                let block = self.type_of(found, &of)?;
                if !headers.contains(&block) {
                    headers.push(block);
                }
            }
            let body = bound.child(soap, "body").and_then(|body| body.attribute("", "parts"));
            in_body = body.map(|parts| parts.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        }
        let is_body = |part: &&Part| match &in_body {
            Some(names) => names.contains(&part.name),
            None => !in_header.contains(&part.name),
        };
        let mut body = parts.iter().filter(is_body);
        match (body.next(), body.next()) {
            (Some(only), None) => Ok((self.type_of(only, &message)?, headers)),
            _ => Err(ServiceFault::Parts(message)),
        }
    }

    fn parts_of(&self, message: &str) -> Result<&[Part], ServiceFault> {
        let parts = self.parts.get(local(message)).map(Vec::as_slice);
        parts.ok_or_else(|| match self.root.child(WSDL, "import") {
            Some(_) => ServiceFault::Imported(message.to_owned()),
            None => ServiceFault::NoMessage(message.to_owned()),
        })
    }

    fn type_of(&self, part: &Part, message: &str) -> Result<String, ServiceFault> {
        let element = part.element.as_ref().ok_or_else(|| ServiceFault::NoElement(message.to_owned()))?;
        let document = self.documents.iter().find(|document| document.root == *element);
        let name = document.and_then(|document| document.path.rsplit("::").next());
        name.map(str::to_owned).ok_or_else(|| ServiceFault::Undeclared(element.clone()))
    }
}

fn parts(root: Element<'_>) -> HashMap<String, Vec<Part>> {
    let part = |part: Element<'_>| {
        let element = part.attribute("", "element").map(|element| {
            let (prefix, local) = element.trim().split_once(':').unwrap_or(("", element.trim()));
            match part.resolve(prefix).unwrap_or_default() {
                "" => local.to_owned(),
                namespace => format!("{{{namespace}}}{local}"),
            }
        });
        Part { name: named(part, "name"), element }
    };
    let messages = root.children().filter(|child| child.is(WSDL, "message"));
    let parts = |message: Element<'_>| message.children().filter(|child| child.is(WSDL, "part")).map(part).collect();
    messages.map(|message| (named(message, "name"), parts(message))).collect()
}

/// Document style and literal use, which is what is left if nothing is said (§3.3, §3.5).
fn check_style(binding: &Binding<'_>, bound: Element<'_>) -> Result<(), ServiceFault> {
    let own = bound.child(binding.soap, "operation").map(|operation| named(operation, "style"));
    let style = own.filter(|style| !style.is_empty()).unwrap_or_else(|| binding.style.clone());
    if style == "rpc" {
        return Err(ServiceFault::Rpc);
    }
    let messages = bound.children().filter(|child| ["input", "output", "fault"].contains(&child.local()));
    let is_encoded = |used: Element<'_>| used.namespace() == binding.soap && named(used, "use") == "encoded";
    if messages.flat_map(Element::children).any(is_encoded) { Err(ServiceFault::Encoded) } else { Ok(()) }
}

fn named(element: Element<'_>, attribute: &str) -> String {
    element.attribute("", attribute).map(|value| value.trim().to_owned()).unwrap_or_default()
}

/// A qualified name without its prefix: names of messages, port types and bindings are those of the one file.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or_default()
}
