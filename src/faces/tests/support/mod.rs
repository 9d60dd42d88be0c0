//! What the tests of faces share.
#![allow(dead_code)] // every test file uses a part of it

use kapia_adapter::{DirectoryFiles, Package};
use kapia_faces::Face;
use kapia_schema::{Memory, Options, SchemaSet};
use kapia_xml::{Document, Limits};
use std::path::Path;

const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// The face of a package in a folder.
pub fn face_of(folder: &Path) -> Face {
    let package = Package::read(&DirectoryFiles::open(folder).unwrap()).unwrap();
    Face::new(&package.name, package.register.as_deref().unwrap_or_default(), package.operations.iter().cloned())
}

/// The schemas that stand in a WSDL, as one set.
pub fn schemas_of(wsdl: &str) -> SchemaSet {
    let document = Document::read(wsdl.as_bytes().to_vec(), &Limits::default()).unwrap();
    let types = document.root().child("http://schemas.xmlsoap.org/wsdl/", "types").unwrap();
    let mut source = Memory::new();
    let mut names = Vec::new();
    for (number, schema) in types.children().enumerate() {
        assert!(schema.is(XSD, "schema"));
        let name = format!("{number}.xsd");
        source = source.with(&name, document.source()[schema.span()].as_bytes().to_vec());
        names.push(name);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    SchemaSet::load_all(&names, &source).unwrap_or_else(|error| panic!("{error:?}\n{wsdl}"))
}

/// What a document breaks.
pub fn violations(schemas: &SchemaSet, document: &str) -> Vec<String> {
    let document = Document::read(document.as_bytes().to_vec(), &Limits::default()).unwrap();
    let report = schemas.validate(document.root(), &Options::default());
    report.violations.iter().map(|violation| format!("{} at {}", violation.code, violation.path)).collect()
}

/// A document without byte order mark and declaration.
pub fn bare(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    match text.strip_prefix("<?xml ") {
        Some(rest) => rest[rest.find("?>").unwrap() + 2..].trim_start(),
        None => text,
    }
}

pub fn request(face: &Face, operation: &str, argument: &str) -> String {
    let namespace = &face.namespace;
    format!(
        "<t:{operation}Request xmlns:t=\"{namespace}\"><t:Argument>{argument}</t:Argument>\
         <t:CallContext><t:LawReason>1</t:LawReason></t:CallContext></t:{operation}Request>"
    )
}

pub fn response(face: &Face, operation: &str, argument: &str, answer: &str) -> String {
    let namespace = &face.namespace;
    format!(
        "<t:{operation}Response xmlns:t=\"{namespace}\"><t:Data id=\"data\">\
         <t:Request id=\"request\">{argument}</t:Request><t:Response id=\"response\">{answer}</t:Response>\
         <t:Matrix xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:nil=\"true\"/></t:Data>\
         <t:ServiceCallID>7</t:ServiceCallID></t:{operation}Response>"
    )
}
