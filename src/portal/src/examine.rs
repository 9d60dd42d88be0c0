//! Looking at messages and records without a store: for whoever pushes, before anything is sent.

use bytes::Bytes;
use kapia_soap::Version;
use kapia_xml::{Document, Element, Limits};

use crate::fault::{Code, Fault};
use crate::names::{Contract, Operation, Shape, TYPES};
use crate::opening::{self, Message, Opened};
use crate::rules::{self, Found};
use crate::service::Options;
use crate::wire::Wire;
use crate::{facts, neutral, validation};

/// What was found in one record.
#[derive(Debug)]
pub struct Examined {
    /// Why it would not be accepted.
    pub faults: Vec<Fault>,
    /// With what it would be accepted.
    pub warnings: Vec<Fault>,
    /// Its neutral form.
    pub octets: Bytes,
    /// What lists and pages would show.
    pub facts: kapia_records::Facts,
}

/// Opens a message and checks its records, as the service does before it looks into its store.
pub fn examine(contract: &Contract, options: &Options, message: &Message<'_>) -> Result<Vec<Examined>, Fault> {
    let mut wire = Wire::new(message.spoken());
    let opened = opening::open(message, &options.profile, contract, options.largest_message, &mut wire)?;
    Ok(records_of(contract, options, &opened))
}

/// Checks one `ServiceRecord` in our names; paths begin with `/ServiceRecord`.
pub fn examine_record(contract: &Contract, options: &Options, record: &[u8]) -> Result<Examined, Fault> {
    let limits = Limits { bytes: options.largest_message, depth: 64, ..Limits::default() };
    let document = Document::read(record.to_vec(), &limits).map_err(|_| Fault::new(Code::MalformedXml))?;
    let root = document.root();
    if !root.is(TYPES, "ServiceRecord") {
        return Err(Fault::new(Code::SchemaViolation).at("/"));
    }
    // The record is a type and no element of the schema: it is checked within the request that adds it.
    let mut writer = kapia_xml::Writer::with_capacity(record.len() + 128);
    writer.start("", TYPES, Operation::AddService.name(), &[], &[]);
    writer.copy(root, &mut kapia_xml::KeepAll);
    writer.end();
    let document = Document::read(writer.into_bytes(), &limits).map_err(|_| Fault::new(Code::MalformedXml))?;
    let request = document.root();
    if let Some(fault) = validation::check(contract, request, false).whole {
        return Err(fault);
    }
    let found = rules::one(request, "ServiceRecord").map(|record| one(contract, options, record, request));
    found.ok_or_else(|| Fault::new(Code::FieldMissing).at("/ServiceRecord"))
}

fn records_of(contract: &Contract, options: &Options, opened: &Opened) -> Vec<Examined> {
    let request = opened.request();
    rules::all(request, "ServiceRecord")
        .enumerate()
        .map(|(index, record)| match opened.verdict.records.iter().find(|(broken, _)| *broken == index) {
            Some((_, fault)) => Examined {
                faults: vec![fault.clone()],
                warnings: Vec::new(),
                octets: Bytes::new(),
                facts: facts::of(record, &Shape::default(), &options.dictionaries),
            },
            None => one(contract, options, record, request),
        })
        .collect()
}

fn one(contract: &Contract, options: &Options, record: Element<'_>, request: Element<'_>) -> Examined {
    let nothing = Shape::default();
    let shape = contract.shape(request.local()).unwrap_or(&nothing);
    let Found { faults, warnings } = rules::check(record, request, shape, &options.dictionaries, options.strictness);
    let octets = neutral::canonical(record);
    let added = contract.shape(Operation::AddService.name()).unwrap_or(&nothing);
    let facts = match neutral::read(&octets) {
        Ok(document) => facts::of(document.root(), added, &options.dictionaries),
        Err(_) => facts::of(record, added, &options.dictionaries),
    };
    Examined { faults, warnings, octets, facts }
}

/// A message at the SOAP 1.1 port, for tests and tools.
impl<'m> Message<'m> {
    /// The message that these octets are.
    pub fn of(body: impl Into<Bytes>) -> Message<'m> {
        Message { version: Version::V11, content_type: None, soap_action: None, body: body.into() }
    }
}
