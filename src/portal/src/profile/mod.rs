//! Under which names the service is spoken to: ours, or those of another WSDL, as data.
//!
//! What is kept is always the neutral form, so another WSDL is another mapping and never a migration (horizontal-systems
//! §1.4, §3.1). A profile is TOML:
//!
//! ```toml
//! name = "official"
//! wsdl = "official.wsdl"                      # served for ?wsdl, relative to the profile; without it none is served
//! soap = "1.1"                                # in which version it is asked; it is answered in both
//! addressing = false                          # whether it wants WS-Addressing headers
//! fault = "Problem"                           # the element of the detail; EgovServiceFault
//! header = "Context"                          # the header block; without it, it is asked without one
//! unsaid = ["Keyword"]                        # ours for which it has no place
//! [namespaces]
//! service = "urn:example:EgovService"         # of the WSDL
//! types = "urn:example:types"                 # of the elements
//! [namespaces.inside]                         # of what stands in an element of theirs
//! Service = "urn:example:data"
//! [operation.AddService]                      # only operations that are named here are offered
//! action = "urn:example:EgovService/Add"
//! request = "Add"
//! response = "AddResult"
//! [elements]                                  # their name, or parent/name = our name, or wrapper/name
//! Service = "ServiceRecord"
//! number = "ServiceKey/ServiceNumber"
//! [wrappers]                                  # theirs that is none of ours = what of ours stands in it
//! "Service/channels" = ["Channel"]
//! [order]                                     # of the children of an element of theirs
//! Service = ["title", "number", "channels"]
//! [values.SecurityLevel]                      # our element, or "parent/element": their value = ours
//! "Ниско" = "Low"
//! [defaults]                                  # path of ours = value, when it did not come
//! "ServiceRecord/HasCivilPurpose" = "true"
//! ```
//!
//! One file serves both directions: who listens under a profile turns messages of it into ours and answers back, and who
//! pushes turns ours into those of the profile and reads its answers ([`Profile::ask`], [`Profile::hear`]). Where the WSDL
//! holds its schemas, they say order, namespaces and what has a place at all; `[order]` and `unsaid` are for where they
//! are not known.

mod asking;
mod inward;
mod mapping;
mod node;
mod outward;
mod schema;

use std::collections::BTreeMap;

use kapia_soap::Version;
use kapia_xml::{Document, Element, Limits};
use serde::Deserialize;

use crate::fault::{Detail, Fault};
use crate::names::{Contract, Operation, SERVICE, TYPES, WSDL};
pub use asking::{Asked, Unheard};
use mapping::{Mapping, Tables};
pub(crate) use node::Places;
use schema::TheirSchema;

/// The names under which the service is offered.
#[derive(Clone, Debug)]
pub struct Profile {
    name: String,
    types: String,
    operations: Vec<Offered>,
    fault: String,
    header: String,
    /// Whether it is asked with the header block.
    says_header: bool,
    soap: Version,
    addressing: bool,
    mapping: Option<Mapping>,
    wsdl: Option<String>,
}

/// Something in a message that the schema of the other contract does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where, in the names of the other contract.
    pub path: String,
    /// Why, in English; never a value.
    pub en: String,
    /// The same in Bulgarian.
    pub bg: String,
}

/// How a record fares under a profile before it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fitted {
    /// Paths of ours for which the other contract has no place.
    pub left_out: Vec<String>,
    /// What the other contract's schema says against the rest.
    pub violations: Vec<Violation>,
}

#[derive(Clone, Debug)]
struct Offered {
    operation: Operation,
    action: String,
    request: String,
    response: String,
}

/// Why a profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// It is no TOML of the expected form.
    #[error("the profile cannot be read: {0}")]
    Malformed(#[from] toml::de::Error),
    /// It names an operation that does not exist.
    #[error("the profile names the operation {0}, which the contract does not have")]
    UnknownOperation(String),
    /// It offers nothing.
    #[error("the profile offers no operation; add a table such as [operation.AddService]")]
    Empty,
    /// Two operations have one request element.
    #[error("the profile gives the request element {0} to two operations")]
    Ambiguous(String),
    /// A name is no name of XML.
    #[error("the profile has the name {0}, which is no name of an XML element")]
    Name(String),
    /// It maps to something that our contract does not have.
    #[error("the profile maps to {0}, which the contract does not have")]
    Target(String),
    /// Its WSDL is not well-formed.
    #[error("the WSDL of the profile is not well-formed: {0}")]
    Wsdl(#[from] kapia_xml::XmlError),
    /// It names a version of SOAP that there is not.
    #[error("the profile asks in SOAP {0}; there are 1.1 and 1.2")]
    Soap(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    /// Read by whoever reads the file: a text is given to [`Profile::read`].
    #[serde(default)]
    #[allow(dead_code)]
    wsdl: Option<String>,
    namespaces: Namespaces,
    operation: BTreeMap<String, WrittenOperation>,
    #[serde(default)]
    fault: Option<String>,
    #[serde(default)]
    header: Option<String>,
    #[serde(default)]
    soap: Option<String>,
    #[serde(default)]
    addressing: bool,
    #[serde(default)]
    elements: BTreeMap<String, String>,
    #[serde(default)]
    wrappers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    order: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    unsaid: Vec<String>,
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    defaults: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Namespaces {
    #[serde(rename = "service")]
    _service: String,
    types: String,
    #[serde(default)]
    inside: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOperation {
    action: String,
    request: Option<String>,
    response: Option<String>,
}

impl Profile {
    /// Our own contract, all twelve operations.
    pub fn own() -> Profile {
        Profile::with_operations("own", &Operation::ALL)
    }

    /// Only what is publicly known of the central portal: adding and updating (horizontal-systems §3.2).
    pub fn look_alike() -> Profile {
        Profile::with_operations("look-alike", &[Operation::AddService, Operation::UpdateService])
    }

    /// The file of the WSDL that a profile names, relative to it.
    pub fn wsdl_of(text: &str) -> Option<String> {
        toml::from_str::<Written>(text).ok()?.wsdl
    }

    /// A profile from its text, and its WSDL, in which `{{base}}` stands for the public address.
    pub fn read(text: &str, wsdl: Option<String>, contract: &Contract) -> Result<Profile, ProfileError> {
        let written: Written = toml::from_str(text)?;
        let document = wsdl.clone().map(|wsdl| Document::read(wsdl, &Limits::default())).transpose()?;
        let schema = document.as_ref().and_then(TheirSchema::of);
        let soap = match written.soap.as_deref() {
            None | Some("1.1") => Version::V11,
            Some("1.2") => Version::V12,
            Some(other) => return Err(ProfileError::Soap(other.to_owned())),
        };
        let mut operations: Vec<Offered> = Vec::new();
        for (name, names) in written.operation {
            let operation = Operation::of_name(&name).ok_or(ProfileError::UnknownOperation(name))?;
            let request = names.request.unwrap_or_else(|| operation.name().to_owned());
            let response = names.response.unwrap_or_else(|| format!("{request}Response"));
            if operations.iter().any(|other| other.request == request) {
                return Err(ProfileError::Ambiguous(request));
            }
            operations.push(Offered { operation, action: names.action, request, response });
        }
        if operations.is_empty() {
            return Err(ProfileError::Empty);
        }
        let fault = written.fault.unwrap_or_else(|| "EgovServiceFault".to_owned());
        let says_header = written.header.is_some();
        let header = written.header.unwrap_or_else(|| "RequestContext".to_owned());
        for name in operations.iter().flat_map(|offered| [&offered.request, &offered.response]).chain([&fault, &header])
        {
            mapping::check_name(name)?;
        }
        let types = written.namespaces.types;
        let mut inside = schema.as_ref().map(|schema| schema.inside.clone()).unwrap_or_default();
        inside.extend(written.namespaces.inside);
        let tables = Tables {
            types: types.clone(),
            inside,
            elements: written.elements,
            wrappers: written.wrappers,
            order: written.order,
            values: written.values,
            defaults: written.defaults,
            unsaid: written.unsaid,
        };
        let mapping = Some(Mapping::new(tables, schema, contract)?);
        let (name, addressing) = (written.name, written.addressing);
        Ok(Profile { name, types, operations, fault, header, says_header, soap, addressing, mapping, wsdl })
    }

    fn with_operations(name: &str, operations: &[Operation]) -> Profile {
        let offered = |operation: &Operation| Offered {
            operation: *operation,
            action: operation.action(),
            request: operation.name().to_owned(),
            response: format!("{}Response", operation.name()),
        };
        Profile {
            name: name.to_owned(),
            types: TYPES.to_owned(),
            operations: operations.iter().map(offered).collect(),
            fault: "EgovServiceFault".to_owned(),
            header: "RequestContext".to_owned(),
            says_header: true,
            soap: Version::V11,
            addressing: false,
            mapping: None,
            wsdl: wsdl_with(operations),
        }
    }

    /// What the profile is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The WSDL with the public address in it, if the profile has one.
    pub fn wsdl(&self, base: &str) -> Option<String> {
        self.wsdl.as_deref().map(|wsdl| kapia_soap::wsdl::addressed(wsdl, base))
    }

    /// Whether messages are in the names of our contract.
    pub fn is_own(&self) -> bool {
        self.mapping.is_none()
    }

    /// The operation of a body element.
    pub(crate) fn operation(&self, namespace: &str, local: &str) -> Option<Operation> {
        let found = self.operations.iter().find(|offered| offered.request == local && namespace == self.types)?;
        Some(found.operation)
    }

    pub(crate) fn action(&self, operation: Operation) -> String {
        self.offered(operation).map(|offered| offered.action.clone()).unwrap_or_default()
    }

    /// Namespace and name of the header block.
    pub(crate) fn header(&self) -> (&str, &str) {
        (&self.types, &self.header)
    }

    pub(crate) fn types(&self) -> &str {
        &self.types
    }

    /// The request in our names, with the way back for paths; `None` when it is in our names already.
    pub(crate) fn inbound(
        &self,
        request: Element<'_>,
        operation: Operation,
        contract: &Contract,
    ) -> Option<(Vec<u8>, Places)> {
        let mapping = self.mapping.as_ref()?;
        Some(mapping.inbound(request, operation.name(), contract))
    }

    pub(crate) fn inbound_header(&self, block: Element<'_>, contract: &Contract) -> Option<Vec<u8>> {
        let mapping = self.mapping.as_ref()?;
        Some(mapping.inbound(block, "RequestContext", contract).0)
    }

    /// The element of an answer in the names of the profile.
    pub(crate) fn outbound(&self, operation: Operation, element: Vec<u8>, contract: &Contract) -> Vec<u8> {
        let (Some(mapping), Some(offered)) = (&self.mapping, self.offered(operation)) else { return element };
        mapping.outbound(&element, &offered.response, contract).map_or(element, |turned| turned.octets)
    }

    /// The element of a fault in the names of the profile.
    pub(crate) fn fault_element(&self, detail: &Detail, contract: &Contract) -> Vec<u8> {
        let element = crate::answers::fault_element(detail);
        let Some(mapping) = &self.mapping else { return element };
        mapping.outbound(&element, &self.fault, contract).map_or(element, |turned| turned.octets)
    }

    fn offered(&self, operation: Operation) -> Option<&Offered> {
        self.operations.iter().find(|offered| offered.operation == operation)
    }
}

impl Places {
    /// A fault whose paths are those of the message as it was sent.
    pub(crate) fn translated(&self, mut fault: Fault) -> Fault {
        for field in &mut fault.fields {
            *field = self.of(field);
        }
        fault
    }
}

/// Our WSDL with these operations only.
fn wsdl_with(operations: &[Operation]) -> Option<String> {
    let document = Document::read(WSDL, &Limits::default()).ok()?;
    let is_left_out = |element: &Element<'_>| {
        let name = element.attribute("", "name").unwrap_or_default();
        let name = match element.local() {
            "operation" => name.as_ref(),
            "message" => name.strip_suffix("In").or_else(|| name.strip_suffix("Out")).unwrap_or_default(),
            _ => return false,
        };
        Operation::of_name(name).is_some_and(|operation| !operations.contains(&operation))
    };
    let root = document.root();
    let parts = root.children().filter(|part| matches!(part.local(), "portType" | "binding"));
    let mut cuts: Vec<_> = root.children().chain(parts.flat_map(Element::children)).filter(is_left_out).collect();
    cuts.sort_by_key(|element| element.span().start);
    let mut out = String::with_capacity(WSDL.len());
    let mut from = 0;
    for cut in cuts {
        out.push_str(WSDL.get(from..cut.span().start)?.trim_end_matches([' ', '\n']));
        from = cut.span().end;
    }
    out.push_str(WSDL.get(from..)?);
    debug_assert!(out.contains(SERVICE));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_look_alike_offers_two_operations_and_its_wsdl_says_so() {
        let profile = Profile::look_alike();
        assert_eq!(profile.operation(TYPES, "AddService"), Some(Operation::AddService));
        assert_eq!(profile.operation(TYPES, "Ping"), None);
        let wsdl = profile.wsdl("https://gate.example.bg/").unwrap();
        Document::read(wsdl.clone(), &Limits::default()).unwrap();
        assert!(wsdl.contains("IEgovService/UpdateService") && !wsdl.contains("IEgovService/Ping"));
        assert!(!wsdl.contains("message name=\"PingIn\"") && wsdl.contains("message name=\"AddServiceIn\""));
        assert!(wsdl.contains("location=\"https://gate.example.bg/services/EgovService\""));
        assert_eq!(Profile::own().wsdl("{{base}}").unwrap(), WSDL);
    }

    #[test]
    fn a_profile_that_cannot_be_meant_is_refused_with_its_cause() {
        let contract = Contract::load().unwrap();
        let head = "name='x'\nnamespaces={service='urn:s',types='urn:t'}\n";
        for (text, expected) in [
            ("", "no operation"),
            ("[operation.Delete]\naction='a'", "Delete"),
            (
                "[operation.AddService]\naction='a'\nrequest='A'\n[operation.UpdateService]\naction='b'\nrequest='A'",
                "two",
            ),
            ("[operation.AddService]\naction='a'\nrequest='A b'", "A b"),
            ("[operation.AddService]\naction='a'\n[elements]\nx='Nothing'", "Nothing"),
            ("[operation.AddService]\naction='a'\n[wrappers]\nx=['Nothing']", "Nothing"),
            ("[operation.AddService]\naction='a'\n[colour]\nx='y'", "colour"),
        ] {
            let text = format!("{head}{}{text}", if text.is_empty() { "[operation]\n" } else { "" });
            let error = Profile::read(&text, None, &contract).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
