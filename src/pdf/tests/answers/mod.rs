//! Answers of our own packages, and answers made for a test.
#![allow(clippy::unwrap_used, dead_code)]

use std::path::PathBuf;

use super::{Page, Part, Section};
use kapia_schema::{FieldTree, Folder, Memory, SchemaSet};
use kapia_xml::{Document, Limits};
use time::macros::datetime;

/// One document with the fields of its type.
pub struct Answer {
    pub document: Document,
    pub fields: Option<FieldTree>,
}

impl Answer {
    /// A document whose type no schema tells.
    pub fn bare(xml: &str) -> Answer {
        Answer { document: Document::read(xml.to_owned(), &limits()).unwrap(), fields: None }
    }

    /// A document and the schema of its type.
    pub fn typed(xml: &str, xsd: &str) -> Answer {
        let document = Document::read(xml.to_owned(), &limits()).unwrap();
        let set = SchemaSet::load("a.xsd", &Memory::new().with("a.xsd", xsd.to_owned())).unwrap();
        let fields = set.fields(&document.root().name().to_owned());
        assert!(fields.is_some(), "the schema does not declare the root");
        Answer { document, fields }
    }

    /// A sample of one of our packages.
    pub fn sample(package: &str, sample: &str, schema: &str) -> Answer {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../adapters").join(package);
        let xml = std::fs::read(folder.join("XMLSamples").join(sample)).unwrap();
        let document = Document::read(xml, &limits()).unwrap();
        let set = SchemaSet::load(schema, &Folder::new(folder.join("XMLSchemas"))).unwrap();
        let fields = set.fields(&document.root().name().to_owned());
        assert!(fields.is_some(), "the schema does not declare the root");
        Answer { document, fields }
    }

    pub fn section(&self, part: Part) -> Section<'_> {
        Section { part, root: self.document.root(), fields: self.fields.as_ref() }
    }
}

fn limits() -> Limits {
    Limits { depth: 1000, ..Limits::default() }
}

/// A page about these sections as a call of an invented municipality.
pub fn page<'a>(sections: Vec<Section<'a>>) -> Page<'a> {
    Page {
        title: "Връща пълния запис на човек от регистъра на населението",
        operation: "TechnoLogica.RegiX.GraoNBDAdapter.APIService.INBDAPI.PersonDataSearch",
        administration: "Министерство на регионалното развитие и благоустройството",
        register: "Регистър на населението (Национална база данни „Население“)",
        sections,
        executed: datetime!(2026-11-22 09:05:07 +02:00),
        service_call_id: 1_000_042,
        consumer: "Община Каменен праг",
        legal_reason: Some("чл. 106, ал. 1, т. 2 от Закона за гражданската регистрация"),
        hidden_fields: false,
    }
}

/// The request and the response of `PersonDataSearch`.
pub fn person() -> [Answer; 2] {
    let package = "RegiX.GraoNBDAdapter";
    [
        Answer::sample(package, "PersonDataSearchRequest.xml", "PersonDataRequest.xsd"),
        Answer::sample(package, "PersonDataSearchResponse.xml", "PersonDataResponse.xsd"),
    ]
}

/// The request and the response of `GetActualState`.
pub fn company() -> [Answer; 2] {
    let package = "RegiX.AVTRAdapter";
    [
        Answer::sample(package, "GetActualStateRequest.xml", "ActualStateRequest.xsd"),
        Answer::sample(package, "GetActualStateResponse.xml", "ActualStateResponse.xsd"),
    ]
}

pub fn person_page(answers: &[Answer; 2]) -> Page<'_> {
    page(vec![answers[0].section(Part::Request), answers[1].section(Part::Response)])
}

pub fn company_page(answers: &[Answer; 2]) -> Page<'_> {
    Page {
        title: "Връща актуалното състояние на търговец по ЕИК",
        operation: "TechnoLogica.RegiX.AVTRAdapter.APIService.ITRAPI.GetActualState",
        administration: "Агенция по вписванията",
        register: "Търговски регистър и регистър на юридическите лица с нестопанска цел",
        hidden_fields: true,
        ..page(vec![answers[0].section(Part::Request), answers[1].section(Part::Response)])
    }
}
