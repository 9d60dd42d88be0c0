//! Records in XML: one as the root, or many anywhere below it, such as in a `SaveServices` request.

use std::path::Path;

use bytes::Bytes;
use kapia_portal::Contract;
use kapia_portal::names::{Operation, Shape, TYPES};
use kapia_xml::{Document, Element, Event, KeepAll, Limits, Writer};

use super::{Draft, Origin, Problem, Sources};

const RECORD: &str = "ServiceRecord";

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

/// A record with every element of the contract once, the required ones marked, as text to fill in.
pub fn example(contract: &Contract) -> String {
    let nothing = Shape::default();
    let shape = contract.shape(Operation::AddService.name()).unwrap_or(&nothing);
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!-- Задължителното е отбелязано; останалото се попълва или се маха. / What is required is marked; fill in the rest, \
         or remove it. -->\n",
    );
    element(RECORD, &format!("<{RECORD} xmlns=\"{TYPES}\">"), RECORD, shape, 0, &mut out);
    out
}

fn element(local: &str, tag: &str, path: &str, shape: &Shape, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let Some(children) = shape.children.get(path) else {
        out.push_str(&format!("{indent}{tag}</{local}>"));
        return;
    };
    out.push_str(&format!("{indent}{tag}\n"));
    for (child, required) in children.iter().filter(|(child, _)| child != "PublicationStatus") {
        let below = format!("{path}/{child}");
        let lang = if ["Name", "ShortName", "Description"].contains(&child.as_str()) && depth == 0 {
            " lang=\"bg\""
        } else {
            ""
        };
        element(child, &format!("<{child}{lang}>"), &below, shape, depth + 1, out);
        let marks = [
            (*required, "задължително / required"),
            (shape.repeatable.contains(&below), "може да се повтаря / may be repeated"),
        ];
        let marks: Vec<&str> = marks.into_iter().filter(|(is, _)| *is).map(|(_, mark)| mark).collect();
        let mark = if marks.is_empty() { String::new() } else { format!(" <!-- {} -->", marks.join("; ")) };
        out.push_str(&format!("{mark}\n"));
    }
    out.push_str(&format!("{indent}</{local}>"));
    if depth == 0 {
        out.push('\n');
    }
}
