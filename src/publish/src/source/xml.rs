//! Records in XML: one as the root, or many anywhere below it, such as in a `SaveServices` request.

use std::path::Path;

use bytes::Bytes;
use kapia_portal::Contract;
use kapia_portal::names::TYPES;
use kapia_xml::{Document, Element, Event, KeepAll, Limits, Writer};

use super::{Draft, Origin, Problem, Sources};

pub(super) fn read(path: &Path, octets: Vec<u8>, _contract: &Contract, sources: &mut Sources) {
    let limits = Limits { bytes: 1 << 30, tokens: 50_000_000, ..Limits::default() };
    let document = match Document::read(octets, &limits) {
        Ok(document) => document,
        Err(error) => {
            let problem = Problem::new(path, error.line(), "source-xml").with("cause", error.code());
            sources.problems.push(problem);
            return;
        }
    };
    for event in document.root().events() {
        if let Event::Start(element) = event
            && element.is(TYPES, "ServiceRecord")
        {
            let origin = Origin { file: path.to_owned(), line: element.line() };
            sources.drafts.push(Draft { origin, record: alone(element) });
        }
    }
}

/// The element as a document of its own.
fn alone(element: Element<'_>) -> Bytes {
    let mut writer = Writer::with_capacity(element.span().len() + 128);
    writer.copy(element, &mut KeepAll);
    Bytes::from(writer.into_bytes())
}
