//! A small invented package, and the changes that a test makes to it.
#![allow(dead_code)] // each test file uses its own part

use std::collections::BTreeMap;

use kapia_adapter::{
    AdapterError, Answer, CallFacts, EmbeddedFiles, FullName, Operation, Package, PackageError, Question,
};
use kapia_xml::{Document, Limits};

pub const GET_VEHICLE: &str = "Example.RegiX.VehicleAdapter.APIService.IVehicleAPI.GetVehicle";
pub const GET_OWNER: &str = "Example.RegiX.VehicleAdapter.APIService.IVehicleAPI.GetOwner";

pub const MANIFEST: &str = r#"name = "vehicles"
administration = "Агенция за примери"
register = "Регистър на превозните средства"

[backend]
kind = "sample"

[[operation]]
name = "Example.RegiX.VehicleAdapter.APIService.IVehicleAPI.GetVehicle"
description = "Справка за превозно средство"
request = "VehicleRequest.xsd"
request_root = "{urn:example:vehicle:request}VehicleRequest"
sample_request = "VehicleRequest.xml"
response = "VehicleResponse.xsd"
response_root = "{urn:example:vehicle:response}VehicleResponse"
sample_response = "VehicleResponse.xml"
metadata = "GetVehicle.xml"

[[operation]]
name = "Example.RegiX.VehicleAdapter.APIService.IVehicleAPI.GetOwner"
description = "Справка за собственик"
request = "VehicleRequest.xsd"
request_root = "{urn:example:vehicle:request}VehicleRequest"
response = "OwnerResponse.xsd"
response_root = "OwnerResponse"
sample_response = "OwnerResponse.xml"
"#;

const FILES: [(&str, &str); 8] = [
    (
        "XMLSchemas/VehicleRequest.xsd",
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:example:vehicle:request" xmlns:c="urn:example:common"
    targetNamespace="urn:example:vehicle:request" elementFormDefault="qualified">
  <xs:import namespace="urn:example:common" schemaLocation="Common.xsd"/>
  <xs:element name="VehicleRequest">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="Number" type="c:NumberType"/>
        <xs:element name="Owner" minOccurs="0">
          <xs:complexType>
            <xs:sequence><xs:element name="EGN" type="xs:string"/></xs:sequence>
            <xs:attribute name="kind" type="xs:string"/>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
</xs:schema>"#,
    ),
    (
        "XMLSchemas/Common.xsd",
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:common">
  <xs:simpleType name="NumberType"><xs:restriction base="xs:token"><xs:maxLength value="20"/></xs:restriction></xs:simpleType>
</xs:schema>"#,
    ),
    (
        "XMLSchemas/VehicleResponse.xsd",
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:vehicle:response" elementFormDefault="qualified">
  <xs:element name="VehicleResponse">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="Model" type="xs:string" minOccurs="0"><xs:annotation><xs:documentation>Модел</xs:documentation></xs:annotation></xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
</xs:schema>"#,
    ),
    (
        "XMLSchemas/OwnerResponse.xsd",
        r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
  <xs:element name="OwnerResponse">
    <xs:complexType><xs:sequence><xs:element name="Name" type="xs:string"/></xs:sequence></xs:complexType>
  </xs:element>
</xs:schema>"#,
    ),
    (
        "XMLSamples/VehicleRequest.xml",
        r#"<VehicleRequest xmlns="urn:example:vehicle:request"><Number>CB1234AB</Number></VehicleRequest>"#,
    ),
    (
        "XMLSamples/VehicleResponse.xml",
        r#"<VehicleResponse xmlns="urn:example:vehicle:response"><Model>Общ</Model></VehicleResponse>"#,
    ),
    ("XMLSamples/OwnerResponse.xml", "<OwnerResponse><Name>Мария Петрова</Name></OwnerResponse>"),
    ("XMLMetaData/GetVehicle.xml", "<AdapterOperation/>"),
];

/// The files of a package before it is read.
#[derive(Clone)]
pub struct Draft(BTreeMap<String, Vec<u8>>);

impl Draft {
    pub fn new() -> Draft {
        let files = FILES.into_iter().chain([("adapter.toml", MANIFEST)]);
        Draft(files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect())
    }

    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Draft {
        self.0.insert(path.to_owned(), content.into());
        self
    }

    pub fn without(mut self, path: &str) -> Draft {
        self.0.remove(path).unwrap();
        self
    }

    /// Replaces a part of a file that must be there.
    pub fn change(self, path: &str, from: &str, to: &str) -> Draft {
        let text = String::from_utf8(self.0[path].clone()).unwrap();
        assert!(text.contains(from), "{path} has no {from:?}");
        self.file(path, text.replacen(from, to, 1))
    }

    /// Adds a table to the first operation.
    pub fn settings(self, table: &str) -> Draft {
        self.change(
            "adapter.toml",
            "metadata = \"GetVehicle.xml\"\n",
            &format!("metadata = \"GetVehicle.xml\"\n{table}\n"),
        )
    }

    pub fn files(&self) -> EmbeddedFiles {
        EmbeddedFiles::new("vehicles", self.0.clone())
    }

    pub fn write_to(&self, folder: &std::path::Path) {
        for (path, bytes) in &self.0 {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    pub fn read(&self) -> Result<Package, PackageError> {
        Package::read(&self.files())
    }

    /// The codes and lines of the problems that refuse the package.
    pub fn refusal(&self) -> Vec<(&'static str, Option<u32>)> {
        self.read().unwrap_err().problems.iter().map(|problem| (problem.code, problem.line)).collect()
    }
}

pub fn operation<'p>(package: &'p Package, name: &str) -> &'p Operation {
    package.operations.iter().find(|operation| operation.name.as_str() == name).unwrap()
}

/// Asks for a vehicle with this number.
pub async fn ask_number(package: &Package, number: &str) -> Result<Answer, AdapterError> {
    let argument =
        format!(r#"<VehicleRequest xmlns="urn:example:vehicle:request"><Number>{number}</Number></VehicleRequest>"#);
    ask(package, GET_VEHICLE, &argument, &CallFacts::default()).await
}

pub async fn ask(package: &Package, name: &str, argument: &str, call: &CallFacts) -> Result<Answer, AdapterError> {
    let argument = Document::read(argument.to_owned(), &Limits::default()).unwrap();
    package.adapter.ask(Question { operation: operation(package, name), argument: argument.root(), call }).await
}

pub fn name(text: &str) -> FullName {
    text.parse().unwrap()
}
