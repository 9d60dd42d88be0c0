//! Client and server of a WSDL (W3C NOTE-wsdl-20010315): document/literal with one element for each body.
//!
//! Every operation that a binding of SOAP offers is rendered, or generation stops with its name: an operation that is left out in
//! silence would be missed only by who calls it.

mod read;
mod written;

use std::path::Path;

use kapia_xml::Document;

use crate::generator::DocumentType;
use crate::ident::{Names, snake, upper_camel};
use crate::{Error, Result};

/// Names that the module of a service uses itself.
const OWN: &[&str] = &[
    "Client",
    "Server",
    "Future",
    "Result",
    "Option",
    "Ok",
    "Err",
    "Self",
    "String",
    "Default",
    "Clone",
    "Debug",
    "PartialEq",
    "Send",
    "Sync",
    "T",
];
/// Names that its methods do not get.
const METHODS: &[&str] = &["new", "with_header", "understands", "clone", "fmt"];

/// A port type, ready to be written.
struct Service {
    name: String,
    module: String,
    operations: Vec<Operation>,
    /// Details of faults and header blocks of which there are several, or that come together.
    sets: Vec<Set>,
}

struct Operation {
    method: String,
    doc: String,
    action: String,
    request: String,
    answer: String,
    /// The type of the detail of its faults.
    fault: String,
    /// The types of its header blocks, for the request and for the answer.
    headers: [Option<String>; 2],
}

/// An enum of details, or a struct of header blocks.
struct Set {
    name: String,
    doc: String,
    is_faults: bool,
    /// Name of the variant or field, and type.
    members: Vec<(String, String)>,
}

/// The text of a module for each port type; empty if there is none. Given are the document types of the module around it.
pub(crate) fn modules(file: &Path, wsdl: &Document, documents: &[DocumentType]) -> Result<String> {
    let failed =
        |(operation, line, what): read::Failed| Error::Service { path: file.to_owned(), operation, line, what };
    let port_types = read::port_types(wsdl.root(), documents).map_err(failed)?;
    let mut names = Names::without(&["types"]);
    let alone = port_types.len() == 1;
    let mut out = String::new();
    for port_type in port_types {
        let module = if alone { "service".to_owned() } else { format!("{}_service", snake(&port_type.name)) };
        let module = names.take(module.trim_start_matches("r#"));
        out.push_str(&written::module(&Service::of(port_type, module)));
    }
    Ok(out)
}

impl Service {
    fn of(port_type: read::PortType, module: String) -> Service {
        let mut taken: Vec<&str> = OWN.to_vec();
        taken.extend(port_type.operations.iter().flat_map(read::Operation::types));
        let mut sets = Sets { names: Names::without(&taken), service: upper_camel(&port_type.name), all: Vec::new() };
        let mut methods = Names::without(METHODS);
        let mut operations = Vec::new();
        for operation in &port_type.operations {
            let fault = match operation.faults.as_slice() {
                [] => "soap::NoDetail".to_owned(),
                [only] => local(only),
                several => sets.take(several, true, &operation.name, port_type.uses(several) > 1),
            };
            let headers = operation.headers.each_ref().map(|blocks| {
                let is_shared = port_type.uses(blocks) > 1;
                (!blocks.is_empty()).then(|| sets.take(blocks, false, &operation.name, is_shared))
            });
            operations.push(Operation {
                method: methods.take(&snake(&operation.name)),
                doc: operation.doc.clone(),
                action: operation.action.clone(),
                request: local(&operation.request),
                answer: local(&operation.answer),
                fault,
                headers,
            });
        }
        Service { name: port_type.name, module, operations, sets: sets.all.into_iter().map(|(.., set)| set).collect() }
    }
}

struct Sets {
    names: Names,
    service: String,
    /// By the types in it and what they are.
    all: Vec<(Vec<String>, bool, Set)>,
}

impl Sets {
    /// The name of the set of these types.
    fn take(&mut self, types: &[String], is_faults: bool, operation: &str, is_shared: bool) -> String {
        let known = self.all.iter().find(|(known, faults, _)| known == types && *faults == is_faults);
        if let Some((.., set)) = known {
            return set.name.clone();
        }
        let (end, what) = if is_faults { ("Fault", "Details of faults") } else { ("Headers", "Header blocks") };
        let wanted = match (is_shared, is_faults) {
            (true, true) => format!("{}Fault", self.service),
            (true, false) => "Headers".to_owned(),
            (false, _) => format!("{}{end}", upper_camel(operation)),
        };
        let name = self.names.take(&wanted);
        let doc = match is_shared {
            true => format!("{what} that operations declare."),
            false => format!("{what} that `{operation}` declares."),
        };
        let mut members = Names::default();
        let member = |name: &String| {
            let member = if is_faults { name.clone() } else { snake(name) };
            (members.take(&member), local(name))
        };
        let members = types.iter().map(member).collect();
        self.all.push((types.to_vec(), is_faults, Set { name: name.clone(), doc, is_faults, members }));
        name
    }
}

/// The name of a type as it is written in the module: by its path, if the module has something else of that name.
fn local(name: &str) -> String {
    if OWN.contains(&name) { format!("super::{name}") } else { name.to_owned() }
}
