//! `[operation.sql]`: what an operation asks, and what it answers with.

use std::sync::Arc;

use kapia_adapter::{
    Answer, Folder, Keys, Located, Message, Operation, Outcome, PackagePath, Plan, Planned, Problem, Section,
};
use kapia_language::Language;
use kapia_schema::Options;
use kapia_template::{Setting, Template, TemplateError};
use kapia_xml::{Document, Limits, Writer};

use crate::fault::Fault;
use crate::query::{Query, Reading};
use crate::settings::Dialect;

/// An operation that is ready to be asked.
pub(crate) struct Prepared {
    pub queries: Vec<Arc<Query>>,
    pub template: Template,
    /// The file of the template.
    pub file: String,
    pub no_rows: NoRows,
    /// The query whose rows decide, by its place among [`Prepared::queries`].
    pub decisive: usize,
}

/// What is answered when the decisive query gives no rows.
pub(crate) enum NoRows {
    /// Whatever the template makes of it.
    Template,
    /// A document that says so.
    NoData(Document),
    /// An error, with a text of the package's own or a general one.
    Error(Option<Message>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Template,
    NoData,
    Error,
}

impl Prepared {
    /// Reads everything that an operation needs; all problems of it at once.
    pub fn read(planned: &Planned, plan: &Plan<'_>, dialect: Dialect) -> Result<Prepared, Vec<Problem>> {
        let mut problems = Vec::new();
        let prepared = read(planned, plan, dialect, &mut problems);
        prepared.filter(|_| problems.is_empty()).ok_or(problems)
    }
}

fn read(planned: &Planned, plan: &Plan<'_>, dialect: Dialect, problems: &mut Vec<Problem>) -> Option<Prepared> {
    let Some(section) = &planned.settings else {
        problems.push(Problem::from(Fault::new("sql-table-missing")).at("adapter.toml", planned.line));
        return None;
    };
    let operation = &*planned.operation;
    let mut keys = section.keys(problems);
    let queries = keys.sections("query");
    if queries.is_empty() {
        keys.problem(section.line(), Fault::new("sql-query-none"));
    }
    let template = keys.text("template");
    let no_rows = keys
        .one_of("no_rows", &[("template", Choice::Template), ("no-data", Choice::NoData), ("error", Choice::Error)]);
    let choice = no_rows.map_or(Choice::Template, |no_rows| no_rows.value);
    let decisive = keys.text("decisive");
    let no_data = keys.text("no_data");
    let error = keys.section("error");
    if let Some(named) = no_data.as_ref().filter(|_| choice != Choice::NoData) {
        useless(&mut keys, named.line, "no_data", "no-data");
    }
    if let Some(table) = error.filter(|_| choice != Choice::Error) {
        useless(&mut keys, table.line(), "error", "error");
    }
    keys.finish();

    let reading = Reading { files: plan.files, dialect, request: &operation.request.fields };
    let queries = reading.queries(queries, problems);
    let decisive = match decisive {
        Some(named) => queries.iter().position(|query| *query.name == *named.value).or_else(|| {
            let unknown = Fault::new("sql-query-unknown").with("name", &*named.value);
            let unknown = unknown.known(&named.value, queries.iter().map(|query| &*query.name));
            problems.push(Problem::from(unknown).at("adapter.toml", named.line));
            None
        }),
        None => Some(0),
    };
    let no_rows = match choice {
        Choice::Template => Some(NoRows::Template),
        Choice::Error => Some(NoRows::Error(error.and_then(|table| read_error(table, problems)))),
        Choice::NoData => {
            no_data_document(no_data.as_ref(), section.line(), planned, plan, problems).map(NoRows::NoData)
        }
    };
    if !problems.is_empty() {
        return None;
    }
    let (template, file) = read_template(template.as_ref(), planned, plan, &queries, problems)?;
    Some(Prepared { queries, template, file, no_rows: no_rows?, decisive: decisive? })
}

fn useless(keys: &mut Keys<'_, '_>, line: u32, key: &'static str, needs: &'static str) {
    keys.problem(line, Fault::new("sql-no-data-useless").with("key", key).with("needs", needs));
}

fn read_error(section: &Section, problems: &mut Vec<Problem>) -> Option<Message> {
    let mut keys = section.keys(problems);
    let en = keys.required_text("en");
    let bg = keys.required_text("bg");
    keys.finish();
    Some(Message::new(en?.value, bg?.value))
}

/// The template of an operation: the one that it names, or the one that is called like it.
fn read_template(
    named: Option<&Located<String>>,
    planned: &Planned,
    plan: &Plan<'_>,
    queries: &[Arc<Query>],
    problems: &mut Vec<Problem>,
) -> Option<(Template, String)> {
    let operation = &*planned.operation;
    let (name, line) = match named {
        Some(named) => (named.value.clone(), named.line),
        None => (format!("{}.xml", operation.name.operation()), planned.line),
    };
    let read = PackagePath::below(Folder::Responses, &name).and_then(|path| plan.files.read(&path));
    let read = read.map_err(|problem| problems.push(problem.at("adapter.toml", line))).ok()?;
    let Ok(source) = std::str::from_utf8(&read.bytes) else {
        problems.push(Problem::from(Fault::new("sql-query-encoding")).at(read.path, None));
        return None;
    };
    let mut names = vec![("request", Some(operation.request.fields.clone())), ("call", None)];
    names.extend(queries.iter().map(|query| (&*query.name, None)));
    let setting = Setting { names, document: Some(operation.response.fields.clone()), codes: Arc::clone(plan.codes) };
    match Template::compile_with(&read.path, source, &setting) {
        Ok(template) => Some((template, read.path)),
        Err(error) => {
            problems.push(template_problem(&error));
            None
        }
    }
}

fn template_problem(error: &TemplateError) -> Problem {
    let both = |text: fn(&TemplateError, Language) -> String| {
        Message::new(text(error, Language::English), text(error, Language::Bulgarian))
    };
    Problem {
        code: error.code(),
        file: Some(error.template().to_owned()),
        line: Some(error.line()),
        cause: both(TemplateError::message),
        hint: both(TemplateError::hint),
    }
}

/// A document of `XMLData` or else `XMLSamples`, or the response root without content, if the schema allows it.
fn no_data_document(
    named: Option<&Located<String>>,
    line: u32,
    planned: &Planned,
    plan: &Plan<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Document> {
    let operation = &*planned.operation;
    let Some(named) = named else {
        let empty = empty_root(operation);
        if empty.is_none() {
            problems.push(Problem::from(Fault::new("sql-no-data-impossible")).at("adapter.toml", line));
        }
        return empty;
    };
    let read = |folder| PackagePath::below(folder, &named.value).and_then(|path| plan.files.read(&path));
    let file =
        read(Folder::Data)
            .or_else(|problem| {
                if problem.code == "file-missing" { read(Folder::Samples).map_err(|_| problem) } else { Err(problem) }
            })
            .map_err(|problem| problems.push(problem.at("adapter.toml", named.line)))
            .ok()?;
    let mut invalid = |line: Option<u32>, cause: [String; 2]| {
        problems.push(Problem::from(Fault::new("sql-no-data-invalid").with_both("cause", cause)).at(&file.path, line));
        None
    };
    let document = match Document::read(file.bytes.clone(), &Limits::default()) {
        Ok(document) => document,
        Err(error) => return invalid(Some(error.line()), [error.to_string(), error.message_bg().to_string()]),
    };
    if Answer::of(document.clone(), Outcome::NoData, operation).is_err() {
        let root = document.root().name().to_string();
        return invalid(Some(document.root().line()), [root.clone(), root]);
    }
    let report = operation.response.schema.validate(document.root(), &Options::first());
    match report.violations.first() {
        None => Some(document),
        Some(violation) => invalid(
            Some(violation.line),
            [Language::English, Language::Bulgarian].map(|language| violation.message(language).to_string()),
        ),
    }
}

fn empty_root(operation: &Operation) -> Option<Document> {
    let mut writer = Writer::new();
    let root = &operation.response.root;
    writer.leaf("", &root.namespace, &root.local, "");
    let document = Document::read(writer.into_bytes(), &Limits::default()).ok()?;
    operation.response.schema.validate(document.root(), &Options::first()).is_valid().then_some(document)
}
