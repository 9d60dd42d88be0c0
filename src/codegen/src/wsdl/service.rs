//! Client and server of a WSDL (W3C NOTE-wsdl-20010315): document/literal with one element for each message.

use std::collections::HashMap;
use std::fmt::Write;

use kapia_xml::{Document, Element, Limits};

use crate::emit::layout::literal;
use crate::generator::DocumentType;
use crate::ident::{Names, snake};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const BINDINGS: [&str; 2] = ["http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/"];
/// The width of rustfmt.
const WIDTH: usize = 100;

/// An operation whose messages are document types of the module.
struct Operation {
    name: String,
    method: String,
    doc: String,
    action: String,
    /// The element of the request: namespace and local name.
    element: (String, String),
    request: String,
    response: String,
    fault: String,
}

/// The text of a module `service`; `None` if the WSDL has no operation of that form. Given are the document types of the
/// module around it.
pub(crate) fn module(wsdl: &Document, documents: &[DocumentType]) -> Option<String> {
    let root = wsdl.root();
    let port_type = root.child(WSDL, "portType")?;
    let name = port_type.attribute("", "name").unwrap_or_default().into_owned();
    let messages = Messages::of(root, documents);
    let actions = actions(root);
    let mut names = Names::default();
    let operations: Vec<Operation> = port_type
        .children()
        .filter(|child| child.is(WSDL, "operation"))
        .filter_map(|operation| messages.operation(operation, &actions, &mut names))
        .collect();
    if operations.is_empty() {
        return None;
    }
    Some(written(&name, &operations))
}

/// The message parts of a WSDL: element names, and the types that these have in the generated module.
struct Messages<'d> {
    parts: HashMap<String, (String, String)>,
    documents: &'d [DocumentType],
}

impl<'d> Messages<'d> {
    fn of(root: Element<'_>, documents: &'d [DocumentType]) -> Messages<'d> {
        let mut parts = HashMap::new();
        for message in root.children().filter(|child| child.is(WSDL, "message")) {
            let mut elements = message.children().filter_map(|part| {
                let element = part.attribute("", "element")?;
                let (prefix, local) = element.trim().split_once(':').unwrap_or(("", element.trim()));
                Some((part.resolve(prefix).unwrap_or_default().to_owned(), local.to_owned()))
            });
            // Further parts stand in headers.
            let last = elements.by_ref().last();
            if let (Some(name), Some(element)) = (message.attribute("", "name"), last) {
                parts.insert(name.into_owned(), element);
            }
        }
        Messages { parts, documents }
    }

    fn element(&self, input: Element<'_>) -> Option<&(String, String)> {
        let message = input.attribute("", "message")?;
        self.parts.get(message.trim().rsplit(':').next().unwrap_or_default())
    }

    fn type_of(&self, (namespace, local): &(String, String)) -> Option<String> {
        let root = if namespace.is_empty() { local.clone() } else { format!("{{{namespace}}}{local}") };
        let document = self.documents.iter().find(|document| document.root == root)?;
        document.path.rsplit("::").next().map(str::to_owned)
    }

    fn operation(
        &self,
        operation: Element<'_>,
        actions: &HashMap<String, String>,
        names: &mut Names,
    ) -> Option<Operation> {
        let name = operation.attribute("", "name")?.trim().to_owned();
        let element = self.element(operation.child(WSDL, "input")?)?.clone();
        let request = self.type_of(&element)?;
        let response = self.type_of(self.element(operation.child(WSDL, "output")?)?)?;
        // A fault that is not the first one of its operation is read as one without a known detail.
        let fault = operation.child(WSDL, "fault").and_then(|fault| self.type_of(self.element(fault)?));
        let doc = operation.child(WSDL, "documentation").map(|told| told.text().into_owned()).unwrap_or_default();
        let action = actions.get(&name).cloned().unwrap_or_default();
        let method = names.take(&snake(&name));
        let fault = fault.unwrap_or_else(|| "soap::NoDetail".to_owned());
        Some(Operation { name, method, doc, action, element, request, response, fault })
    }
}

/// The action of each operation, from its first binding that has one.
fn actions(root: Element<'_>) -> HashMap<String, String> {
    let mut actions = HashMap::new();
    for operation in root.children().filter(|child| child.is(WSDL, "binding")).flat_map(Element::children) {
        let Some(name) = operation.attribute("", "name").filter(|_| operation.is(WSDL, "operation")) else { continue };
        let bound = BINDINGS.iter().find_map(|soap| operation.child(soap, "operation"));
        if let Some(action) = bound.and_then(|bound| bound.attribute("", "soapAction")) {
            actions.entry(name.trim().to_owned()).or_insert_with(|| action.trim().to_owned());
        }
    }
    actions
}

fn written(name: &str, operations: &[Operation]) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "\n/// Client and server of `{name}`.\npub mod service {{");
    let mut imported: Vec<&str> = operations
        .iter()
        .flat_map(|operation| [&*operation.request, &*operation.response, &*operation.fault])
        .collect();
    imported.retain(|name| !name.contains("::"));
    imported.sort_unstable();
    imported.dedup();
    let _ = writeln!(out, "    use kapia_types::soap;\n    use std::future::Future;\n");
    for name in imported {
        let _ = writeln!(out, "    use super::{name};");
    }
    client(name, operations, &mut out);
    server(name, operations, &mut out);
    out.push_str("}\n");
    out
}

fn client(name: &str, operations: &[Operation], out: &mut String) {
    let _ = write!(
        out,
        "
    /// Asks `{name}` through a transport.
    #[derive(Clone, Debug)]
    pub struct Client<T> {{
        transport: T,
        version: soap::Version,
        header: String,
    }}

    impl<T: soap::Transport> Client<T> {{
        /// A client in this version of SOAP.
        pub fn new(transport: T, version: soap::Version) -> Client<T> {{
            Client {{
                transport,
                version,
                header: String::new(),
            }}
        }}

        /// The same with a header block, a complete element, in every message.
        pub fn with_header(mut self, block: &str) -> Client<T> {{
            self.header.push_str(block);
            self
        }}
"
    );
    for operation in operations {
        out.push('\n');
        documentation(operation, 8, out);
        let Operation { method, request, response, fault, action, .. } = operation;
        let result = format!("Result<{response}, soap::CallError<{fault}>>");
        let one = format!("        pub async fn {method}(&self, request: &{request}) -> {result} {{");
        match one.chars().count() <= WIDTH {
            true => out.push_str(&one),
            false => {
                let _ = write!(
                    out,
                    "        pub async fn {method}(\n            &self,\n            request: &{request},\n        ) -> {result} {{"
                );
            }
        }
        let _ = write!(
            out,
            "\n            let (transport, header) = (&self.transport, &self.header);\n            \
             let action = {};\n            soap::call(transport, self.version, header, action, request).await\n        }}\n",
            literal(action)
        );
    }
    out.push_str("    }\n");
}

fn server(name: &str, operations: &[Operation], out: &mut String) {
    let _ = write!(out, "\n    /// Answers as `{name}`.\n    pub trait Server: Sync {{\n");
    for (at, operation) in operations.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        documentation(operation, 8, out);
        let Operation { method, request, response, fault, .. } = operation;
        let _ = write!(
            out,
            "        fn {method}(\n            &self,\n            request: {request},\n        ) -> impl Future<Output = \
             Result<{response}, soap::Fault<{fault}>>> + Send;\n"
        );
    }
    let _ = write!(
        out,
        "    }}

    /// Takes a message to the method that it asks for.
    pub async fn dispatch(server: &impl Server, message: &[u8]) -> soap::Answer {{
        let opened = match soap::open(message, &kapia_types::Limits::default()) {{
            Ok(opened) => opened,
            Err(error) => {{
                return soap::Answer::unreadable(soap::Version::V11, error.to_string());
            }}
        }};
        let (version, body) = (opened.version, &opened.body);
        match (body.namespace(), body.local()) {{
"
    );
    for operation in operations {
        let (namespace, local) = &operation.element;
        let _ = write!(
            out,
            "            ({}, {}) => match body.read() {{\n                Ok(request) => \
             soap::Answer::of(version, server.{}(request).await),\n                \
             Err(error) => soap::Answer::unreadable(version, error.to_string()),\n            }},\n",
            literal(namespace),
            literal(local),
            operation.method
        );
    }
    out.push_str(
        "            _ => soap::Answer::unreadable(version, \"no operation of this service\"),\n        }\n    }\n",
    );
}

fn documentation(operation: &Operation, indent: usize, out: &mut String) {
    let text = operation.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = if text.is_empty() { format!("`{}`.", operation.name) } else { text };
    let _ = writeln!(out, "{}/// {text}", " ".repeat(indent));
}

/// Reads a WSDL file; the schemas in it were read before, so that it can be read.
pub(crate) fn read(file: &std::path::Path) -> Option<Document> {
    Document::read(std::fs::read(file).ok()?, &Limits::default()).ok()
}
