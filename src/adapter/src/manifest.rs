//! `adapter.toml`: what a package says about itself.

use std::sync::Arc;

use kapia_template::CodeLists;
use kapia_xml::QName;
use time::Date;

use crate::advice::Advice;
use crate::backend::{Backend, Backends};
use crate::declaration::Declaration;
use crate::names::FullName;
use crate::policy::{OperationPolicy, Policy, Tables};
use crate::problem::Problem;
use crate::section::{Keys, Located, Section};
use crate::trouble::Trouble;

/// The content of an `adapter.toml` whose form is right; the files that it names are not looked at yet.
pub(crate) struct Manifest<'b> {
    pub name: String,
    pub administration: Option<String>,
    pub register: Option<String>,
    /// `None` if all operations are old names.
    pub backend: Option<(&'b Arc<dyn Backend>, Section)>,
    /// `[parameters.NAME]`.
    pub parameters: Vec<Declaration>,
    pub codes: CodeLists,
    pub policy: Policy,
    pub operations: Vec<Entry>,
}

/// One `[[operation]]`.
pub(crate) struct Entry {
    pub line: u32,
    pub name: FullName,
    pub description: String,
    pub asynchronous: bool,
    pub request: SideEntry,
    pub response: SideEntry,
    pub metadata: Option<Located<String>>,
    /// The table that bears the name of the backend's kind.
    pub settings: Option<Section>,
    /// What has taken its place, if it is an old name.
    pub successor: Option<SuccessorEntry>,
}

/// `[operation.successor]`.
pub(crate) struct SuccessorEntry {
    pub line: u32,
    pub name: FullName,
    pub request: Option<Located<String>>,
    pub response: Option<Located<String>>,
    pub since: Option<Date>,
    pub until: Option<Date>,
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
    let entries = keys.sections("operation");
    let only_old_names = !entries.is_empty() && entries.iter().all(|entry| entry.has("successor"));
    let settings = if only_old_names { keys.section("backend") } else { keys.required_section("backend") };
    let codes = keys.section("codes");
    let parameters = keys.section("parameters");
    let tables = Tables::of(&mut keys);
    if entries.is_empty() {
        keys.problem(document.line(), Trouble::NoOperations {});
    }
    keys.finish();

    let backend = settings.and_then(|settings| backend(settings, backends, problems));
    let mut policy = tables.read(problems);
    let mut operations: Vec<Entry> = Vec::with_capacity(entries.len());
    for section in entries {
        if let Some(entry) = operation(section, backend.map(|backend| backend.kind()), &mut policy, problems) {
            match operations.iter().find(|other| other.name == entry.name) {
                Some(first) => {
                    let twice = Trouble::OperationTwice { name: entry.name.to_string(), first: first.line };
                    problems.push(Problem::from(twice).at("adapter.toml", entry.line));
                }
                None => operations.push(entry),
            }
        }
    }
    let backend = match (backend, settings) {
        (Some(backend), Some(settings)) => Some((backend, settings.clone())),
        (None, None) if only_old_names => None,
        _ => return None,
    };
    let codes = codes.map(|codes| code_lists(codes, problems)).unwrap_or_default();
    let parameters = parameters.map(|table| Declaration::read_all(table, &codes, problems)).unwrap_or_default();
    let settings = operations.iter().filter_map(|entry| entry.settings.as_ref());
    check_references(backend.iter().map(|(_, settings)| settings).chain(settings), &parameters, problems);
    Some(Manifest { name: name?, administration, register, backend, parameters, codes, policy, operations })
}

/// A name of a parameter that there is not is a mistake wherever it stands.
fn check_references<'s>(
    tables: impl Iterator<Item = &'s Section>,
    parameters: &[Declaration],
    problems: &mut Vec<Problem>,
) {
    for reference in tables.flat_map(Section::references) {
        if parameters.iter().all(|declared| declared.name != reference.name) {
            let advice = Advice::about(reference.name, parameters.iter().map(|declared| declared.name.as_str()));
            let trouble = Trouble::ParameterUnknown { name: reference.name.to_owned(), advice };
            problems.push(Problem::from(trouble).at("adapter.toml", reference.line));
        }
    }
}

/// `[codes.NAME]`: tables for the function `code` of templates.
fn code_lists(section: &Section, problems: &mut Vec<Problem>) -> CodeLists {
    let mut lists = CodeLists::new();
    let tables = section.keys(problems).free_sections();
    for (name, table) in tables {
        let entries = table.keys(problems).free_texts();
        lists.insert(name, entries.into_iter().map(|(code, text)| (code.to_owned(), text.value.to_owned())).collect());
    }
    lists
}

/// Only `kind` is read here: the other keys of the table belong to the backend.
fn backend<'b>(
    settings: &Section,
    backends: &'b Backends,
    problems: &mut Vec<Problem>,
) -> Option<&'b Arc<dyn Backend>> {
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

fn operation(
    section: &Section,
    kind: Option<&'static str>,
    policy: &mut Policy,
    problems: &mut Vec<Problem>,
) -> Option<Entry> {
    let mut keys = section.keys(problems);
    let name = keys.required_text("name").and_then(|name| operation_name(&mut keys, &name));
    let description = keys.description("description").unwrap_or_default();
    let asynchronous = keys.one_of("mode", &[("synchronous", false), ("asynchronous", true)]);
    let request = side(&mut keys, "request", "request_root", "sample_request");
    let response = side(&mut keys, "response", "response_root", "sample_response");
    let metadata = keys.text("metadata");
    let idempotent = keys.flag("idempotent").is_some_and(|flag| flag.value);
    let tables = Tables::of(&mut keys);
    let settings = kind.and_then(|kind| keys.section(kind)).cloned();
    let succeeded = keys.section("successor");
    if let (Some(kind), Some(settings), Some(_)) = (kind, &settings, succeeded) {
        keys.problem(settings.line(), Trouble::SuccessorBackend { kind });
    }
    if let (Some(_), Some((kind, line))) = (succeeded, tables.any()) {
        keys.problem(line, Trouble::SuccessorBackend { kind });
    }
    if kind.is_some() || section.has("successor") {
        keys.finish();
    }
    let successor = succeeded.map(|section| successor(section, problems));
    let own = tables.read_operation(idempotent, policy, problems);
    if let Some(name) = name.as_ref().filter(|_| own != OperationPolicy::default()) {
        policy.operations.insert(name.clone(), own);
    }
    Some(Entry {
        line: section.line(),
        name: name?,
        description,
        asynchronous: asynchronous.is_some_and(|mode| mode.value),
        request: request?,
        response: response?,
        metadata,
        settings,
        successor: match successor {
            Some(successor) => Some(successor?),
            None => None,
        },
    })
}

fn successor(section: &Section, problems: &mut Vec<Problem>) -> Option<SuccessorEntry> {
    let mut keys = section.keys(problems);
    let name = keys.required_text("name").and_then(|name| operation_name(&mut keys, &name));
    let request = keys.text("request");
    let response = keys.text("response");
    let since = keys.date("since").map(|date| date.value);
    let until = keys.date("until");
    if let (Some(since), Some(until)) = (since, until)
        && until.value < since
    {
        keys.problem(until.line, Trouble::SuccessorDates {});
    }
    keys.finish();
    Some(SuccessorEntry {
        line: section.line(),
        name: name?,
        request,
        response,
        since,
        until: until.map(|date| date.value),
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
