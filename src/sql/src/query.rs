//! `[[operation.sql.query]]`: a query, its parameters, and how its rows hang together.

use std::sync::Arc;

use kapia_adapter::{Keys, Located, PackageFiles, PackagePath, ParameterValues, Problem, Section};
use kapia_schema::FieldTree;

use crate::fault::Fault;
use crate::parameter::Parameter;
use crate::settings::Dialect;
use crate::statement::{Scanned, Statement};

pub(crate) struct Query {
    pub name: Arc<str>,
    /// Its place among all queries of the operation.
    pub index: usize,
    pub statement: Arc<Statement>,
    /// In the order of [`Statement::kinds`].
    pub parameters: Vec<Parameter>,
    pub group: Option<Group>,
    /// Queries that are asked for each of its rows (or groups).
    pub children: Vec<Arc<Query>>,
}

/// Rows that follow each other with one value in a column make one group.
pub(crate) struct Group {
    /// The column.
    pub by: String,
    /// What the rows of a group are called in it.
    pub rows: String,
    /// A row in which this column is NULL is none of the group.
    pub present: Option<String>,
}

/// Reading the queries of one operation.
pub(crate) struct Reading<'r> {
    pub files: &'r dyn PackageFiles,
    pub dialect: Dialect,
    /// The type of the argument.
    pub request: &'r FieldTree,
    /// Of the package.
    pub parameters: &'r ParameterValues,
}

struct Draft {
    query: Query,
    parent: Option<usize>,
}

impl Reading<'_> {
    /// All queries without a parent, in the order of the file, with the others below them.
    pub fn queries(&self, sections: &[Section], problems: &mut Vec<Problem>) -> Vec<Arc<Query>> {
        let mut drafts: Vec<Draft> = Vec::new();
        for section in sections {
            if let Some(draft) = self.query(section, &drafts, problems) {
                drafts.push(draft);
            }
        }
        let mut top = Vec::new();
        // A parent stands above its children, so that going backwards finishes the children first.
        while let Some(Draft { mut query, parent }) = drafts.pop() {
            query.children.reverse();
            match parent.and_then(|parent| drafts.get_mut(parent)) {
                Some(parent) => parent.query.children.push(Arc::new(query)),
                None => top.push(Arc::new(query)),
            }
        }
        top.reverse();
        top
    }

    fn query(&self, section: &Section, drafts: &[Draft], problems: &mut Vec<Problem>) -> Option<Draft> {
        let mut keys = section.keys(problems);
        let name = keys.required_text("name").and_then(|name| query_name(&mut keys, name, drafts));
        let shown = name.as_deref().unwrap_or("…").to_owned();
        let text = self.text(&shown, section.line(), &mut keys);
        let parent = match keys.text("parent") {
            Some(named) => Some(find_parent(&named, drafts, &mut keys)?),
            None => None,
        };
        let group = keys.section("group");
        let parameters = keys.section("parameters");
        keys.finish();
        let group = match group {
            Some(section) => Some(read_group(section, problems)?),
            None => None,
        };
        let name: Arc<str> = name?.into();
        let (text, line, file) = text?;
        let place = |fault: Fault| match &file {
            Some(file) => Problem::from(fault).at(file, None),
            None => Problem::from(fault).at("adapter.toml", line),
        };
        let scanned = match Scanned::read(&name, &text, self.dialect) {
            Ok(scanned) => scanned,
            Err(fault) => {
                problems.push(place(fault));
                return None;
            }
        };
        let mut named = self.parameters(parameters, &name, parent.is_some(), problems)?;
        let mut ordered = Vec::with_capacity(scanned.names.len());
        for wanted in &scanned.names {
            match named.iter().position(|(parameter, _)| parameter.name == *wanted) {
                Some(at) => ordered.push(named.remove(at).0),
                None => {
                    let there: Vec<&str> = named.iter().map(|(parameter, _)| parameter.name.as_str()).collect();
                    let unbound = Fault::new("sql-parameter-unbound").with("query", &*name).with("parameter", wanted);
                    problems.push(place(unbound.known(wanted, there)));
                }
            }
        }
        for (unused, line) in &named {
            let fault = Fault::new("sql-parameter-unused").with("query", &*name).with("parameter", &*unused.name);
            problems.push(Problem::from(fault).at("adapter.toml", *line));
        }
        if ordered.len() != scanned.names.len() {
            return None;
        }
        let kinds = ordered.iter().map(|parameter| parameter.kind).collect();
        let statement = Arc::new(scanned.statement(&name, kinds, self.dialect));
        let query = Query { name, index: drafts.len(), statement, parameters: ordered, group, children: Vec::new() };
        Some(Draft { query, parent })
    }

    /// The text of the query, the line at which it is given, and the file, if it stands in one.
    fn text(&self, query: &str, line: u32, keys: &mut Keys<'_, '_>) -> Option<(String, u32, Option<String>)> {
        let sql = keys.written_text("sql");
        if let Some(sql) = sql.as_ref().filter(|sql| kapia_adapter::names_parameter(&sql.value)) {
            keys.problem(sql.line, Fault::new("sql-parameter-spliced").with("query", query));
            return None;
        }
        let file = keys.text("file");
        match (sql, file) {
            (Some(sql), None) => Some((sql.value, sql.line, None)),
            (None, Some(file)) => {
                let read =
                    PackagePath::parse(&format!("queries/{}", file.value)).and_then(|path| self.files.read(&path));
                let read = match read {
                    Ok(read) => read,
                    Err(problem) => {
                        keys.problem(file.line, problem);
                        return None;
                    }
                };
                let octets = read.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&read.bytes);
                match std::str::from_utf8(octets) {
                    Ok(text) => Some((text.to_owned(), file.line, Some(read.path))),
                    Err(_) => {
                        keys.problem(file.line, Fault::new("sql-query-encoding"));
                        None
                    }
                }
            }
            _ => {
                keys.problem(line, Fault::new("sql-query-text").with("query", query));
                None
            }
        }
    }

    fn parameters(
        &self,
        section: Option<&Section>,
        query: &str,
        has_parent: bool,
        problems: &mut Vec<Problem>,
    ) -> Option<Vec<(Parameter, u32)>> {
        let Some(section) = section else { return Some(Vec::new()) };
        let before = problems.len();
        let entries = section.keys(problems).free_entries();
        let mut found = Vec::with_capacity(entries.len());
        for (name, written) in entries {
            let Some(parameter) = Parameter::read(name, written, self, problems) else { continue };
            if parameter.is_of_parent() && !has_parent {
                let fault = Fault::new("sql-parameter-column").with("parameter", name).with("query", query);
                problems.push(Problem::from(fault).at("adapter.toml", written.line));
            }
            found.push((parameter, written.line));
        }
        (problems.len() == before).then_some(found)
    }
}

/// The place of a query above.
fn find_parent(named: &Located<String>, drafts: &[Draft], keys: &mut Keys<'_, '_>) -> Option<usize> {
    let found = drafts.iter().position(|draft| *draft.query.name == *named.value);
    if found.is_none() {
        let there = drafts.iter().map(|draft| &*draft.query.name);
        let unknown = Fault::new("sql-query-unknown").with("name", &*named.value);
        keys.problem(named.line, unknown.known(&named.value, there));
    }
    found
}

fn query_name(keys: &mut Keys<'_, '_>, name: Located<String>, drafts: &[Draft]) -> Option<String> {
    let word = name.value.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.value.len() <= 60
        && !["request", "call", "loop", "true", "false", "none"].contains(&&*name.value);
    if !word {
        let shown: String = name.value.chars().take(60).collect();
        keys.problem(name.line, Fault::new("sql-query-name").with("name", shown));
        return None;
    }
    if drafts.iter().any(|draft| *draft.query.name == *name.value) {
        keys.problem(name.line, Fault::new("sql-query-twice").with("name", name.value));
        return None;
    }
    Some(name.value)
}

fn read_group(section: &Section, problems: &mut Vec<Problem>) -> Option<Group> {
    let mut keys = section.keys(problems);
    let by = keys.required_text("by");
    let rows = keys.required_text("rows");
    let present = keys.text("present").map(|present| present.value);
    keys.finish();
    Some(Group { by: by?.value, rows: rows?.value, present })
}
