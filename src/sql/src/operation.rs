//! `[operation.sql]`: what an operation asks, and what it answers with.

use std::sync::Arc;

use kapia_adapter::{Folder, Keys, Located, Message, Plan, Planned, Problem, TextFile};
use kapia_template::{Setting, Template};
use kapia_xml::Document;

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

    let request = &operation.request.fields;
    let reading = Reading { files: plan.files, dialect, request, parameters: plan.parameters };
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
        Choice::Error => Some(NoRows::Error(error.and_then(|table| table.message(problems)))),
        Choice::NoData => {
            let document = plan.no_data(no_data.as_ref(), planned, section.line());
            document.map_err(|problem| problems.push(problem)).ok().map(NoRows::NoData)
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

/// The template of an operation: the one that it names, or the one that is called like it.
fn read_template(
    named: Option<&Located<String>>,
    planned: &Planned,
    plan: &Plan<'_>,
    queries: &[Arc<Query>],
    problems: &mut Vec<Problem>,
) -> Option<(Template, String)> {
    let operation = &*planned.operation;
    let read = plan.text_file(Folder::Responses.name(), named, planned);
    let TextFile { path, text } = read.map_err(|problem| problems.push(problem)).ok()?;
    let mut names = vec![("request", Some(operation.request.fields.clone())), ("call", None)];
    names.extend(queries.iter().map(|query| (&*query.name, None)));
    let setting = Setting { names, document: Some(operation.response.fields.clone()), codes: Arc::clone(plan.codes) };
    match Template::compile_with(&path, &text, &setting) {
        Ok(template) => Some((template, path)),
        Err(error) => {
            problems.push(Problem::of_template(&error));
            None
        }
    }
}
