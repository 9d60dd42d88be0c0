//! Schemas, samples, transformations and data: that they are there, can be read, and follow their schemas.

use kapia_adapter::{Attachment, Folder, Message, Operation, Package, PackageFiles, PackagePath, Side};
use kapia_language::Language;
use kapia_schema::{Options, Violation};
use kapia_xml::{Document, Limits, XmlError, XmlErrorKind};

use crate::check::{self, Check};
use crate::examine::below;
use crate::listed::{Entry, Listed};
use crate::record::Record;
use crate::report::{Finding, Level};
use crate::text::{finding, finding_in_both};
use crate::unused::Found;
use crate::watched::Watched;

/// So many violations of one document are told one by one.
const TOLD: usize = 5;

/// Checks 7, 8, 10 and 11: schemas and samples are there and hold something.
pub(crate) fn schemas_and_samples_are_named(listed: &Listed, files: &Watched, record: &mut Record) {
    for entry in &listed.operations {
        let named = [
            (check::REQUEST_SCHEMA, Folder::Schemas, "request", &entry.request),
            (check::RESPONSE_SCHEMA, Folder::Schemas, "response", &entry.response),
            (check::REQUEST_SAMPLE, Folder::Samples, "sample_request", &entry.sample_request),
            (check::RESPONSE_SAMPLE, Folder::Samples, "sample_response", &entry.sample_response),
        ];
        for (check, folder, key, file) in named {
            record.look(check);
            if let Some(found) = absent(check, folder, key, file.as_ref(), entry, files) {
                record.find(found.of_operation(&entry.name));
            }
        }
    }
}

fn absent(
    check: &'static Check,
    folder: Folder,
    key: &str,
    file: Option<&(String, u32)>,
    entry: &Entry,
    files: &Watched,
) -> Option<Finding> {
    let Some((named, line)) = file else {
        return Some(finding(check, "not-named", &[("key", key)]).at("adapter.toml", entry.line));
    };
    match below(folder, named).and_then(|path| files.peek(&path.to_string())) {
        Ok(file) if file.bytes.iter().all(u8::is_ascii_whitespace) => {
            Some(finding(check, "file-empty", &[]).at(file.path, None))
        }
        Ok(_) => None,
        Err(problem) => Some(Finding::of(check, problem).at("adapter.toml", *line)),
    }
}

/// Checks 14 and 15: a sample follows its schema; the document, if it does.
pub(crate) fn sample(operation: &Operation, request: bool, record: &mut Record) -> Option<Document> {
    let (check, side) = match request {
        true => (check::REQUEST_SAMPLE_VALID, &operation.request),
        false => (check::RESPONSE_SAMPLE_VALID, &operation.response),
    };
    let sample = side.sample.as_ref()?;
    record.look(check);
    match valid(check, side, sample) {
        Ok(document) => Some(document),
        Err(found) => {
            found.into_iter().for_each(|finding| record.find(finding.of_operation(operation.name.as_str())));
            None
        }
    }
}

fn valid(check: &'static Check, side: &Side, sample: &Attachment) -> Result<Document, Vec<Finding>> {
    let document = Document::read(sample.bytes.clone(), &Limits::default())
        .map_err(|error| vec![unreadable(check, &error).at(&sample.file, error.line())])?;
    let root = document.root();
    if root.name() != side.root.as_name() {
        let values = [("found", root.name().to_string()), ("expected", side.root.to_string())];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        return Err(vec![finding(check, "document-root", &values).at(&sample.file, root.line())]);
    }
    let report = side.schema.validate(root, &Options::default());
    if report.is_valid() {
        return Ok(document);
    }
    Err(report.violations.iter().take(TOLD).map(|violation| broken(check, violation, &sample.file)).collect())
}

fn unreadable(check: &'static Check, error: &XmlError) -> Finding {
    let detail = Message::new(error.kind().to_string(), error.message_bg());
    let code = if is_encoding(error) { "document-encoding" } else { "document-malformed" };
    finding_in_both(check, code, &[("detail", detail)])
}

fn is_encoding(error: &XmlError) -> bool {
    matches!(error.kind(), XmlErrorKind::NotUtf8) || error.code().contains("encoding") || error.code().contains("utf")
}

pub(crate) fn broken(check: &'static Check, violation: &Violation, file: &str) -> Finding {
    let detail = Message::new(violation.message(Language::English), violation.message(Language::Bulgarian));
    let hints = (violation.hint(Language::English), violation.hint(Language::Bulgarian));
    let advice = match hints.0.is_empty() {
        true => Message::new("correct the file", "поправете файла"),
        false => Message::new(hints.0, hints.1),
    };
    let path = Message::new(violation.path.as_str(), violation.path.as_str());
    let mut told = finding_in_both(check, "document-invalid", &[("path", path), ("detail", detail)]);
    told.code = violation.code.to_owned();
    told.hint = advice;
    told.at(file, violation.line)
}

/// Checks 12 and 13: transformations are of no use to Kapia, but what is there should be what it says it is.
pub(crate) fn transformations(operation: &Operation, files: &Watched, record: &mut Record) {
    let name = operation.name.operation();
    let wanted = [
        (check::REQUEST_TRANSFORMATION, format!("{name}Request.xslt")),
        (check::RESPONSE_TRANSFORMATION, format!("{name}Response.xslt")),
    ];
    for (check, file) in wanted {
        let Ok(path) = PackagePath::below(Folder::Schemas, &format!("Transformations/{file}")) else { continue };
        let Ok(read) = files.read(&path) else { continue };
        record.look(check);
        let stylesheet = Document::read(read.bytes, &Limits::default()).is_ok_and(|document| {
            let root = document.root();
            root.namespace() == "http://www.w3.org/1999/XSL/Transform"
                && ["stylesheet", "transform"].contains(&root.local())
        });
        if !stylesheet {
            let told = finding(check, "transformation-unusable", &[]).at(read.path, None);
            record.find(told.of_operation(operation.name.as_str()));
        }
    }
}

/// The documents of the package are UTF-8.
pub(crate) fn encodings(on_disk: &[Found], files: &Watched, record: &mut Record) {
    let used = files.read_paths();
    for found in on_disk.iter().filter(|found| found.is_document()) {
        record.look(check::ENCODING);
        let Ok(file) = files.peek(&found.path) else { continue };
        let level = if used.contains(&found.path) { Level::Error } else { Level::Warning };
        if file.bytes.starts_with(b"\xef\xbb\xbf") {
            record.find(finding(check::ENCODING, "byte-order-mark", &[]).at(&found.path, None).level(Level::Note));
        }
        if let Err(error) = Document::read(file.bytes, &Limits::default())
            && is_encoding(&error)
        {
            record.find(unreadable(check::ENCODING, &error).at(&found.path, error.line()).level(level));
        }
    }
}

/// The documents in `XMLData` are answers of operations of the package; those that a key chooses must be right.
pub(crate) fn data(on_disk: &[Found], package: Option<&Package>, files: &Watched, record: &mut Record) {
    let Some(package) = package else { return };
    let used = files.read_paths();
    let samples: Vec<&str> = package
        .operations
        .iter()
        .filter_map(|operation| Some(operation.response.sample.as_ref()?.file.as_str()))
        .collect();
    for found in on_disk.iter().filter(|found| found.is_document()) {
        let data = found.is_below("XMLData");
        let answers = data || (used.contains(&found.path) && found.is_below("XMLSamples"));
        let looked_at_already = samples.contains(&found.path.as_str())
            || package
                .operations
                .iter()
                .any(|operation| operation.request.sample.as_ref().is_some_and(|sample| sample.file == found.path));
        if !answers || looked_at_already {
            continue;
        }
        record.look(check::DATA_VALID);
        let level = if used.contains(&found.path) { Level::Error } else { Level::Warning };
        let Ok(file) = files.peek(&found.path) else { continue };
        for finding in judge_data(&Attachment { file: file.path, bytes: file.bytes }, package) {
            record.find(finding.level(level));
        }
    }
}

fn judge_data(file: &Attachment, package: &Package) -> Vec<Finding> {
    let document = match Document::read(file.bytes.clone(), &Limits::default()) {
        Ok(document) => document,
        Err(error) => return vec![unreadable(check::DATA_VALID, &error).at(&file.file, error.line())],
    };
    let root = document.root().name();
    let sides = package.operations.iter().map(|operation| &operation.response);
    let fitting: Vec<&Side> = sides.filter(|side| side.root.as_name() == root).collect();
    if fitting.is_empty() {
        let told = finding(check::DATA_VALID, "data-root-unknown", &[("found", &root.to_string())]);
        return vec![told.at(&file.file, document.root().line())];
    }
    let mut least: Option<Vec<Finding>> = None;
    for side in fitting {
        let report = side.schema.validate(document.root(), &Options::default());
        if report.is_valid() {
            return Vec::new();
        }
        let found: Vec<Finding> = report
            .violations
            .iter()
            .take(TOLD)
            .map(|violation| broken(check::DATA_VALID, violation, &file.file))
            .collect();
        if least.as_ref().is_none_or(|known| found.len() < known.len()) {
            least = Some(found);
        }
    }
    least.unwrap_or_default()
}
