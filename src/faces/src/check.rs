//! A last look at a WSDL before anybody gets it: its schemas load as one set, and declare what its messages hold.

use crate::Face;
use crate::components::XSD;
use crate::face::steps;
use kapia_language::Language;
use kapia_schema::{Memory, SchemaError, SchemaSet};
use kapia_xml::{Document, Limits, Name, XmlError};
use std::fmt;

/// Why a package has no WSDL: its schemas say something that cannot be said in one contract.
#[derive(Debug)]
pub struct Unwritten {
    package: String,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Xml(XmlError),
    Schema(SchemaError),
    /// The element of a message that no schema declares.
    Message(String),
}

impl Unwritten {
    /// Cause and place, in a language.
    pub fn message(&self, language: Language) -> String {
        let package = &self.package;
        let cause = match &self.cause {
            Cause::Xml(error) => language.pick(error.to_string(), error.message_bg()),
            Cause::Schema(error) => error.message(language),
            Cause::Message(name) => language.pick(
                format!("no schema declares the element `{name}`"),
                format!("никоя схема не описва елемента `{name}`"),
            ),
        };
        language.pick(
            format!("the schemas of the package `{package}` do not fit into one WSDL: {cause}"),
            format!("схемите на пакета `{package}` не се събират в един WSDL: {cause}"),
        )
    }

    /// What to do about it, in a language.
    pub fn hint(&self, language: Language) -> &'static str {
        language.pick(
            "ask through RegiXEntryPointV2, which takes every document; the provider of the package can change its schemas",
            "питайте през RegiXEntryPointV2, която приема всеки документ; доставчикът на пакета може да промени схемите му",
        )
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Unwritten {}

/// Whether a WSDL may be handed out.
pub(crate) fn check(face: &Face, wsdl: &str) -> Result<(), Unwritten> {
    let unwritten = |cause| Unwritten { package: face.package.clone(), cause };
    let document = Document::read(wsdl.to_owned(), &Limits::default()).map_err(|error| unwritten(Cause::Xml(error)))?;
    let mut source = Memory::new();
    let mut names = Vec::new();
    let types = document.root().children().find(|child| child.local() == "types");
    for schema in types.into_iter().flat_map(|types| types.children()).filter(|child| child.is(XSD, "schema")) {
        let name = schema.attribute("", "targetNamespace").unwrap_or_default().into_owned();
        let name = format!("{}.xsd", names.len() + 1) + &name.replace(['/', ':'], "_");
        source = source.with(&name, document.source().get(schema.span()).unwrap_or_default().to_owned());
        names.push(name);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let schemas = SchemaSet::load_all(&names, &source).map_err(|error| unwritten(Cause::Schema(error)))?;
    for operation in &face.operations {
        for step in steps(&operation.operation) {
            for end in ["Request", "Response"] {
                let local = format!("{}{end}", step.name(&operation.name));
                if schemas.root(Name { namespace: &face.namespace, local: &local }).is_none() {
                    return Err(unwritten(Cause::Message(local)));
                }
            }
        }
    }
    Ok(())
}
