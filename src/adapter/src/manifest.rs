//! `adapter.toml`: what a package says about itself.

use kapia_xml::QName;

use crate::backend::{Backend, Backends};
use crate::names::FullName;
use crate::problem::Problem;
use crate::section::{Keys, Located, Section};
use crate::trouble::Trouble;

/// The content of an `adapter.toml` whose form is right; the files that it names are not looked at yet.
pub(crate) struct Manifest<'b> {
    pub name: String,
    pub administration: Option<String>,
    pub register: Option<String>,
    pub backend: &'b dyn Backend,
    pub settings: Section,
    pub operations: Vec<Entry>,
}

/// One `[[operation]]`.
pub(crate) struct Entry {
    pub line: u32,
    pub name: FullName,
    pub description: String,
    pub request: SideEntry,
    pub response: SideEntry,
    pub metadata: Option<Located<String>>,
    /// The table that bears the name of the backend's kind.
    pub settings: Option<Section>,
}

/// The keys of one side of an operation.
pub(crate) struct SideEntry {
    pub schema: Located<String>,
    pub root: Located<QName>,
    pub sample: Option<Located<String>>,
}

impl<'b> Manifest<'b> {
    /// Reads the file; all problems of it at once.
    pub fn parse(bytes: &[u8], backends: &'b Backends) -> Result<Manifest<'b>, Vec<Problem>> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = line_after(bytes, error.valid_up_to());
            vec![Problem::from(Trouble::ManifestNotUtf8 { line }).at("adapter.toml", line)]
        })?;
        let document = Section::parse(text)?;
        let mut problems = Vec::new();
        let manifest = read(&document, backends, &mut problems);
        problems.sort_by_key(|problem| problem.line);
        manifest.filter(|_| problems.is_empty()).ok_or(problems)
    }
}

fn read<'b>(document: &Section, backends: &'b Backends, problems: &mut Vec<Problem>) -> Option<Manifest<'b>> {
    let mut keys = document.keys(problems);
    let name = keys.required_text("name").and_then(|name| package_name(&mut keys, name));
    let administration = keys.description("administration");
    let register = keys.description("register");
    let settings = keys.required_section("backend");
    let entries = keys.sections("operation");
    if entries.is_empty() {
        keys.problem(document.line(), Trouble::NoOperations {});
    }
    keys.finish();

    let backend = settings.and_then(|settings| backend(settings, backends, problems));
    let mut operations: Vec<Entry> = Vec::with_capacity(entries.len());
    for section in entries {
        if let Some(entry) = operation(section, backend.map(Backend::kind), problems) {
            match operations.iter().find(|other| other.name == entry.name) {
                Some(first) => {
                    let twice = Trouble::OperationTwice { name: entry.name.to_string(), first: first.line };
                    problems.push(Problem::from(twice).at("adapter.toml", entry.line));
                }
                None => operations.push(entry),
            }
        }
    }
    Some(Manifest { name: name?, administration, register, backend: backend?, settings: settings?.clone(), operations })
}

/// Only `kind` is read here: the other keys of the table belong to the backend.
fn backend<'b>(settings: &Section, backends: &'b Backends, problems: &mut Vec<Problem>) -> Option<&'b dyn Backend> {
    let mut keys = settings.keys(problems);
    let kind = keys.required_text("kind")?;
    let found = backends.find(&kind.value);
    if found.is_none() {
        keys.problem(
            kind.line,
            Trouble::BackendUnknown { kind: kind.value, known: backends.kinds().collect::<Vec<_>>().join(", ") },
        );
    }
    found
}

fn operation(section: &Section, kind: Option<&'static str>, problems: &mut Vec<Problem>) -> Option<Entry> {
    let mut keys = section.keys(problems);
    let name = keys.required_text("name").and_then(|name| operation_name(&mut keys, &name));
    let description = keys.description("description").unwrap_or_default();
    let request = side(&mut keys, "request", "request_root", "sample_request");
    let response = side(&mut keys, "response", "response_root", "sample_response");
    let metadata = keys.text("metadata");
    let settings = kind.and_then(|kind| keys.section(kind)).cloned();
    if kind.is_some() {
        keys.finish();
    }
    Some(Entry {
        line: section.line(),
        name: name?,
        description,
        request: request?,
        response: response?,
        metadata,
        settings,
    })
}

fn side(keys: &mut Keys<'_, '_>, schema: &'static str, root: &'static str, sample: &'static str) -> Option<SideEntry> {
    let schema = keys.required_text(schema);
    let written = keys.required_text(root);
    let sample = keys.text(sample);
    let written = written?;
    match written.value.parse::<QName>() {
        Ok(value) => Some(SideEntry { schema: schema?, root: Located { value, line: written.line }, sample }),
        Err(_) => {
            keys.problem(written.line, Trouble::RootShape { key: root });
            None
        }
    }
}

fn package_name(keys: &mut Keys<'_, '_>, name: Located<String>) -> Option<String> {
    let fits = name.value.chars().count() <= 128
        && name.value.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if !fits {
        keys.problem(name.line, Trouble::PackageName {});
    }
    fits.then_some(name.value)
}

fn operation_name(keys: &mut Keys<'_, '_>, name: &Located<String>) -> Option<FullName> {
    name.value.parse().map_err(|error| keys.problem(name.line, Trouble::OperationName { error })).ok()
}

fn line_after(bytes: &[u8], offset: usize) -> u32 {
    let lines = bytes.iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
    u32::try_from(lines).unwrap_or(u32::MAX)
}
