//! Records in a table: one line each; the names of the columns are paths of the contract.
//!
//! `Name` is the Bulgarian text and `Name@en` the English one; `LegalBasis[2]/ActName` is of the second legal basis, and
//! `LegalBasis/ActName` of the first. The order of the columns is free: elements are written in the order of the schema.
//! Empty cells are not written. Columns are divided by commas or by semicolons, whichever the first line has.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use csv::{ReaderBuilder, StringRecord, Trim};
use kapia_portal::Contract;
use kapia_portal::names::{Operation, Shape, TYPES};
use kapia_xml::Writer;

use super::{Draft, Origin, Problem, Sources};

const RECORD: &str = "ServiceRecord";
/// The most of one repeated element that a table may name.
const MOST: usize = 200;

pub(super) fn read(path: &Path, octets: Vec<u8>, contract: &Contract, sources: &mut Sources) {
    let nothing = Shape::default();
    let shape = contract.shape(Operation::AddService.name()).unwrap_or(&nothing);
    let octets = octets.strip_prefix(b"\xEF\xBB\xBF").map(<[u8]>::to_vec).unwrap_or(octets);
    let first_line = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| first_line.iter().filter(|octet| **octet == wanted).count();
    let delimiter = if count(b';') > count(b',') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).trim(Trim::All).from_reader(&octets[..]);
    let columns = match reader.headers() {
        Ok(headers) => columns(path, headers, shape, &mut sources.problems),
        Err(error) => return sources.problems.push(unreadable(path, &error)),
    };
    let Some(columns) = columns else { return };
    for row in reader.records() {
        match row {
            Ok(row) => {
                let line = row.position().map_or(1, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
                let mut root = Node::default();
                for (column, cell) in columns.iter().zip(row.iter()).filter(|(_, cell)| !cell.is_empty()) {
                    root.put(column, cell);
                }
                if root.children.is_empty() {
                    continue;
                }
                let mut writer = Writer::new();
                root.write(RECORD, RECORD, shape, &mut writer);
                let origin = Origin { file: path.to_owned(), line };
                sources.drafts.push(Draft { origin, record: Bytes::from(writer.into_bytes()) });
            }
            Err(error) => sources.problems.push(unreadable(path, &error)),
        }
    }
}

/// The first line of a table with a column for every element that is not repeated without end, the required ones first.
pub fn template(contract: &Contract) -> String {
    let nothing = Shape::default();
    let shape = contract.shape(Operation::AddService.name()).unwrap_or(&nothing);
    let mut columns = Vec::new();
    leaves(RECORD, true, shape, &mut columns);
    let (required, further): (Vec<_>, Vec<_>) = columns.into_iter().partition(|(_, required)| *required);
    let all: Vec<String> = required.into_iter().chain(further).map(|(path, _)| path).collect();
    format!("{}\n", all.join(","))
}

fn leaves(path: &str, required: bool, shape: &Shape, out: &mut Vec<(String, bool)>) {
    for (child, needed) in shape.children.get(path).into_iter().flatten() {
        let below = format!("{path}/{child}");
        let needed = required && *needed;
        if shape.children.contains_key(&below) {
            leaves(&below, needed, shape, out);
        } else if child != "PublicationStatus" {
            out.push((below.trim_start_matches("ServiceRecord/").to_owned(), needed));
        }
    }
}

/// A column: the steps to its element, and the language of its text.
struct Column {
    steps: Vec<(String, usize)>,
    language: Option<String>,
}

fn columns(path: &Path, headers: &StringRecord, shape: &Shape, problems: &mut Vec<Problem>) -> Option<Vec<Column>> {
    let before = problems.len();
    let mut columns = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (at, name) in headers.iter().enumerate() {
        match column(name, shape) {
            Some(column) => {
                let written = format!("{:?}{:?}", column.steps, column.language);
                if seen.insert(written, at).is_some() {
                    problems.push(Problem::new(path, 1, "table-column-twice").with("column", name));
                }
                columns.push(column);
            }
            None => {
                let known = known_columns(shape);
                let near =
                    kapia_language::near_names(name, known.iter().map(String::as_str)).first().map(ToString::to_string);
                let code = if near.is_some() { "table-column-near" } else { "table-column" };
                let problem = Problem::new(path, 1, code).with("column", name);
                problems.push(problem.with("near", near.unwrap_or_default()));
            }
        }
    }
    (problems.len() == before).then_some(columns)
}

fn known_columns(shape: &Shape) -> Vec<String> {
    let mut all = Vec::new();
    leaves(RECORD, true, shape, &mut all);
    all.into_iter().map(|(path, _)| path).collect()
}

fn column(name: &str, shape: &Shape) -> Option<Column> {
    let (path, language) = match name.split_once('@') {
        Some((path, language)) => (path, Some(language.trim().to_lowercase())),
        None => (name, None),
    };
    if language
        .as_ref()
        .is_some_and(|language| language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase()))
    {
        return None;
    }
    let mut steps = Vec::new();
    let mut at = RECORD.to_owned();
    for step in path.split('/') {
        let step = step.trim();
        let (local, index) = match step.split_once('[') {
            Some((local, index)) => (local, index.strip_suffix(']')?.parse().ok()?),
            None => (step, 1),
        };
        shape.children.get(&at)?.iter().find(|(child, _)| child == local)?;
        at = format!("{at}/{local}");
        if !(1..=MOST).contains(&index) || (index > 1 && !shape.repeatable.contains(&at)) {
            return None;
        }
        steps.push((local.to_owned(), index));
    }
    // What has children of its own is no place for a text.
    if shape.children.contains_key(&at) {
        return None;
    }
    Some(Column { steps, language })
}

/// An element that is being made.
#[derive(Default)]
struct Node {
    /// By name, number and language.
    children: BTreeMap<(String, usize, Option<String>), Node>,
    text: Option<String>,
}

impl Node {
    fn put(&mut self, column: &Column, text: &str) {
        let last = column.steps.len().saturating_sub(1);
        let mut at = self;
        for (depth, (local, index)) in column.steps.iter().enumerate() {
            let language = column.language.clone().filter(|_| depth == last);
            at = at.children.entry((local.clone(), *index, language)).or_default();
        }
        at.text = Some(text.to_owned());
    }

    fn write(&self, local: &str, path: &str, shape: &Shape, writer: &mut Writer) {
        self.write_as(local, path, None, shape, writer);
    }

    fn write_as(&self, local: &str, path: &str, language: Option<&str>, shape: &Shape, writer: &mut Writer) {
        let attributes: Vec<_> = language.iter().map(|language| ("", "", "lang", *language)).collect();
        writer.start("", TYPES, local, &[], &attributes);
        if let Some(text) = &self.text {
            writer.text(text);
        }
        for (child, _) in shape.children.get(path).into_iter().flatten() {
            let below = format!("{path}/{child}");
            for ((_, _, language), node) in self.children.iter().filter(|((name, ..), _)| name == child) {
                node.write_as(child, &below, language.as_deref(), shape, writer);
            }
        }
        writer.end();
    }
}

fn unreadable(path: &Path, error: &csv::Error) -> Problem {
    let line = error.position().map_or(1, |position| u32::try_from(position.line()).unwrap_or(u32::MAX));
    let code = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "table-encoding",
        csv::ErrorKind::UnequalLengths { .. } => "table-cells",
        _ => "table-unreadable",
    };
    Problem::new(path, line, code)
}
