//! The names of the contract: namespaces, operations, and the schema that checks messages (horizontal-systems §3.1, §3.2).

use std::collections::{BTreeMap, BTreeSet};

use kapia_schema::{Memory, SchemaError, SchemaSet};
use kapia_xml::{Document, Limits, QName};

/// Namespace of the types and elements of messages, and of the neutral form in which records are kept.
pub const TYPES: &str = "urn:egov-gateway:portal:service-record:1";
/// Namespace of the WSDL.
pub const SERVICE: &str = "urn:egov-gateway:portal:EgovService:1";
/// Path of the SOAP 1.1 port.
pub const PATH: &str = "/services/EgovService";
/// Path of the SOAP 1.2 port.
pub const PATH_SOAP12: &str = "/services/EgovService/soap12";
/// Version of the contract, as `Ping` tells it.
pub const CONTRACT_VERSION: &str = "1.0";

/// The WSDL of our own contract, with [`kapia_soap::wsdl::BASE`] in place of the public address.
pub const WSDL: &str = include_str!("../../../wsdl/EgovService.wsdl");

/// The twelve operations.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Operation {
    /// Adds a record.
    AddService,
    /// Replaces a record.
    UpdateService,
    /// Adds or replaces up to 50 records.
    SaveServices,
    /// Makes a record inactive.
    DeactivateService,
    /// Makes an inactive record what it was before.
    ReactivateService,
    /// Reads a record.
    GetService,
    /// Reads the state of records.
    GetServiceStatus,
    /// Lists records.
    ListServices,
    /// Reads a supplier.
    GetSupplier,
    /// Lists suppliers.
    ListSuppliers,
    /// Reads a code list.
    GetNomenclature,
    /// Tells that the service works.
    Ping,
}

impl Operation {
    /// All operations, in the order of the contract.
    pub const ALL: [Operation; 12] = [
        Operation::AddService,
        Operation::UpdateService,
        Operation::SaveServices,
        Operation::DeactivateService,
        Operation::ReactivateService,
        Operation::GetService,
        Operation::GetServiceStatus,
        Operation::ListServices,
        Operation::GetSupplier,
        Operation::ListSuppliers,
        Operation::GetNomenclature,
        Operation::Ping,
    ];

    /// The name of the operation and of the element of its request.
    pub fn name(self) -> &'static str {
        match self {
            Operation::AddService => "AddService",
            Operation::UpdateService => "UpdateService",
            Operation::SaveServices => "SaveServices",
            Operation::DeactivateService => "DeactivateService",
            Operation::ReactivateService => "ReactivateService",
            Operation::GetService => "GetService",
            Operation::GetServiceStatus => "GetServiceStatus",
            Operation::ListServices => "ListServices",
            Operation::GetSupplier => "GetSupplier",
            Operation::ListSuppliers => "ListSuppliers",
            Operation::GetNomenclature => "GetNomenclature",
            Operation::Ping => "Ping",
        }
    }

    /// The operation of this name.
    pub fn of_name(name: &str) -> Option<Operation> {
        Operation::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// The SOAPAction in our own contract.
    pub fn action(self) -> String {
        format!("{SERVICE}/IEgovService/{}", self.name())
    }

    /// Whether it may change records, so that a request identifier makes repeating it safe.
    pub fn writes(self) -> bool {
        matches!(
            self,
            Operation::AddService
                | Operation::UpdateService
                | Operation::SaveServices
                | Operation::DeactivateService
                | Operation::ReactivateService
        )
    }
}

/// The schema of messages and what the rules need to know of its structure.
pub struct Contract {
    /// Checks messages.
    pub schema: SchemaSet,
    /// The text of the schema, for `?xsd=0`.
    pub text: String,
    shapes: BTreeMap<String, Shape>,
}

/// What may stand below one element of the contract; paths without indices, `ServiceRecord/Channel`.
#[derive(Default, Debug)]
pub struct Shape {
    /// Elements of which one parent may hold several.
    pub repeatable: BTreeSet<String>,
    /// For each element, by its path (the root's is empty), its children in order, and whether each is required.
    pub children: BTreeMap<String, Vec<(String, bool)>>,
}

/// Why the contract in the program cannot be used: a fault of the program.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// The WSDL holds no schema.
    #[error("the WSDL of EgovService holds no schema")]
    NoSchema,
    /// The WSDL is not well-formed.
    #[error("the WSDL of EgovService is not well-formed: {0}")]
    Malformed(#[from] kapia_xml::XmlError),
    /// The schema is wrong.
    #[error("the schema of EgovService is wrong: {0}")]
    Schema(#[from] SchemaError),
}

impl Contract {
    /// Reads the contract out of the WSDL.
    pub fn load() -> Result<Contract, ContractError> {
        let document = Document::read(WSDL, &Limits::default())?;
        let schema = document
            .root()
            .children()
            .find(|child| child.local() == "types")
            .and_then(|types| types.children().next())
            .ok_or(ContractError::NoSchema)?;
        let mut text = br#"<?xml version="1.0" encoding="UTF-8"?>"#.to_vec();
        kapia_xml::canonical::canonicalize(schema, kapia_xml::canonical::Method::Exclusive, &["t"], None, &mut text);
        let text = String::from_utf8(text).map_err(|_| ContractError::NoSchema)?;
        let schema = SchemaSet::load("egov.xsd", &Memory::new().with("egov.xsd", text.clone()))?;
        let shapes = schema
            .roots()
            .into_iter()
            .filter_map(|root| Some((root.name.local.to_string(), Shape::of(&schema, &root.name)?)))
            .collect();
        Ok(Contract { schema, text, shapes })
    }

    /// The structure below a root element.
    pub fn shape(&self, root: &str) -> Option<&Shape> {
        self.shapes.get(root)
    }
}

impl Shape {
    pub(crate) fn of(schema: &SchemaSet, root: &QName) -> Option<Shape> {
        let tree = schema.fields(root)?;
        let mut shape = Shape::default();
        for field in tree.walk(0).filter(|field| !field.is_attribute()) {
            let path = field.path();
            let (parent, local) = path.rsplit_once('/').unwrap_or(("", path));
            shape.children.entry(parent.to_owned()).or_default().push((local.to_owned(), field.is_required()));
            if field.max_occurs() != Some(1) {
                shape.repeatable.insert(path.to_owned());
            }
        }
        Some(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_request_an_answer_and_both_bindings() {
        let contract = Contract::load().unwrap();
        for operation in Operation::ALL {
            assert_eq!(Operation::of_name(operation.name()), Some(operation));
            for root in [operation.name().to_owned(), format!("{}Response", operation.name())] {
                assert!(contract.schema.root(QName::new(TYPES, root.as_str()).as_name()).is_some(), "{root}");
            }
            let action = format!("soapAction=\"{}\"", operation.action());
            assert_eq!(WSDL.matches(&action).count(), 2, "{action}");
        }
        for path in [PATH, PATH_SOAP12] {
            assert_eq!(WSDL.matches(&format!("location=\"{{{{base}}}}{path}\"")).count(), 1);
        }
        assert_eq!(WSDL.matches(kapia_soap::wsdl::BASE).count(), 2);
    }

    #[test]
    fn the_record_has_the_order_and_the_counts_of_the_table() {
        let contract = Contract::load().unwrap();
        let shape = contract.shape("AddService").unwrap();
        let children = &shape.children["ServiceRecord"];
        let names: Vec<&str> = children.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names.join(" "),
            "ServiceKey BatchIdentificationNumber IisdaServiceId ServiceOID Name ShortName Description Keyword Section \
             Subsection Category LifeEvent IsInternalAdminService IsRegime RegimeName BusinessActivityName IsFromEU \
             HasCivilPurpose HasBusinessPurpose LegalBasis ProvisionBody ControlBody AppealBody OrderAndAppealTerms \
             Limitations GrantTermText ValidityTermText ProvisionLevel SecurityLevel ApplicationMethod \
             IdentificationMethod ServiceURL SuggestionsAddress PublicRegister Channel Payment Stage Evidence Output \
             ModelDocument RegulatoryDocument ServicingUnit FormCode Language PublicationStatus ValidFrom ValidTo"
        );
        let required: Vec<&str> =
            children.iter().filter(|(_, required)| *required).map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            required,
            [
                "ServiceKey",
                "Name",
                "IsInternalAdminService",
                "HasCivilPurpose",
                "HasBusinessPurpose",
                "LegalBasis",
                "ProvisionBody",
                "ProvisionLevel",
                "SecurityLevel",
                "ApplicationMethod",
                "Channel",
                "ValidFrom"
            ]
        );
        assert!(shape.repeatable.contains("ServiceRecord/Channel/ProcessTime/Tax"));
        assert!(contract.shape("SaveServices").unwrap().repeatable.contains("ServiceRecord"));
    }
}
