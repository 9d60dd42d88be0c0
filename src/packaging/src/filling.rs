//! What a kind of backend needs beside the documents: its connection, how it is asked, and a first template of its answers,
//! made out of the examples and ready to be corrected.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use kapia_schema::{Builtin, Field, FieldTree, Memory, SchemaSet};
use kapia_xml::{Document, Element, Limits, XSI_NAMESPACE, escape_attribute};

use crate::draft::quoted;
use crate::error::PackagingError;
use crate::example::example;
use crate::surroundings::{self, name_of, snake};
use crate::wsdl;

/// The kind of backend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Answers with files.
    Sample,
    /// A database.
    Sql(Engine),
    /// A REST service.
    Rest,
    /// A SOAP service, described by this WSDL.
    Soap(PathBuf),
    /// A remote adapter host.
    Host,
}

/// The kind of database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// Made by a script in the package, so that it answers at once.
    Sqlite,
    /// A server.
    PostgreSql,
    /// A server; MariaDB too.
    MySql,
    /// Everything else.
    Odbc,
}

/// One operation, as far as its backend is concerned.
pub(crate) struct Asked<'a> {
    /// The last part of its name.
    pub short: &'a str,
    /// Its place among the operations.
    pub at: usize,
    /// The fields of its request.
    pub request: Option<&'a FieldTree>,
    /// The fields of its response.
    pub response: Option<&'a FieldTree>,
    /// The example of the request.
    pub question: &'a Document,
    /// The example of the response.
    pub answer: &'a Document,
}

/// What backends of one package add to it.
#[derive(Default)]
pub(crate) struct Filled {
    /// The lines of `[backend]`.
    pub backend: String,
    /// The tables of the operations, in their order.
    pub operations: Vec<String>,
    /// Files, by their paths in the package.
    pub files: BTreeMap<String, Bytes>,
    /// What only the author knows.
    pub fill_in: Vec<String>,
}

/// Everything that the kind needs, for all operations of a package.
pub(crate) fn fill(kind: &Kind, operations: &[Asked<'_>]) -> Result<Filled, PackagingError> {
    let mut filled = Filled::default();
    match kind {
        Kind::Sample => filled.backend = "kind = \"sample\"".to_owned(),
        Kind::Host => {
            filled.backend = "kind = \"host\"\n# address = \"http://HOST/…Adapter/\"".to_owned();
            filled.fill_in.push("[backend] address = \"http://HOST/…Adapter/\"".to_owned());
        }
        Kind::Sql(engine) => sql(*engine, operations, &mut filled),
        Kind::Rest => rest(operations, &mut filled),
        Kind::Soap(file) => soap(file, operations, &mut filled)?,
    }
    Ok(filled)
}

// ---- sql ----

fn sql(engine: Engine, operations: &[Asked<'_>], filled: &mut Filled) {
    let (connection, missing) = match engine {
        Engine::Sqlite => ("engine = \"sqlite\"\nscript = \"database/register.sql\"", "script, or file"),
        Engine::PostgreSql => (
            "engine = \"postgresql\"\nhost = \"localhost\"\ndatabase = \"register\"\nuser = \"regix\"\n# password_env = \"REGISTER_PASSWORD\"",
            "host, database, user, password_env",
        ),
        Engine::MySql => (
            "engine = \"mysql\"\nhost = \"localhost\"\ndatabase = \"register\"\nuser = \"regix\"\n# password_env = \"REGISTER_PASSWORD\"",
            "host, database, user, password_env",
        ),
        Engine::Odbc => (
            "engine = \"odbc\"\nconnection = \"Driver={Oracle 19 ODBC driver};DBQ=//localhost:1521/REGISTER\"\nuser = \"REGIX\"\n# password_env = \"REGISTER_PASSWORD\"\nbegin = \"SET TRANSACTION READ ONLY\"\nprobe = \"SELECT 1 FROM DUAL\"",
            "connection, user, password_env, begin, probe",
        ),
    };
    filled.backend = format!("kind = \"sql\"\n{connection}");
    filled.fill_in.push(format!("[backend] {missing}"));
    let mut script =
        "-- A table for each operation with what the example answers, so that the package can be tried.\n".to_owned();
    for operation in operations {
        let short = operation.short;
        let table = snake(short.strip_prefix("Get").filter(|rest| !rest.is_empty()).unwrap_or(short));
        let (template, values) = surroundings::template(operation.answer, "record");
        filled.files.insert(format!("responses/{short}.xml"), template.into());
        let conditions = required(operation);
        let columns: Vec<&str> = values.iter().map(|(column, _)| column.as_str()).collect();
        let mut query = format!("SELECT {} FROM {table}", columns.join(", "));
        for (number, (column, _, _)) in conditions.iter().enumerate() {
            query.push_str(if number == 0 { " WHERE " } else { " AND " });
            query.push_str(&format!("{column} = :{column}"));
        }
        let mut settings = format!("[[operation.sql.query]]\nname = \"record\"\nsql = {}\n", quoted(&query));
        for (column, path, _) in &conditions {
            settings.push_str(&format!("parameters.{column} = {}\n", quoted(path)));
        }
        filled.operations.push(settings);
        filled.fill_in.push(format!("{short}: sql (FROM {table}), responses/{short}.xml"));

        let mut row: Vec<(String, String)> = conditions.into_iter().map(|(column, _, value)| (column, value)).collect();
        for (column, value) in values {
            if !row.iter().any(|(known, _)| *known == column) {
                row.push((column, value));
            }
        }
        let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
        let values: Vec<String> = row.iter().map(|(_, value)| format!("'{}'", value.replace('\'', "''"))).collect();
        script.push_str(&format!(
            "\nCREATE TABLE {table} ({});\nINSERT INTO {table} ({}) VALUES ({});\n",
            names.iter().map(|name| format!("{name} VARCHAR(200)")).collect::<Vec<_>>().join(", "),
            names.join(", "),
            values.join(", ")
        ));
    }
    if engine == Engine::Sqlite {
        filled.files.insert("database/register.sql".to_owned(), script.into());
    }
}

/// The values that every request has: column, path, and what the example says.
fn required(operation: &Asked<'_>) -> Vec<(String, String, String)> {
    let mut found: Vec<(String, String, String)> = Vec::new();
    for field in simple_fields(operation.request).filter(Field::is_required) {
        let path = field.path().to_owned();
        let column = snake(last_step(&path));
        if !found.iter().any(|(known, ..)| *known == column) {
            let value = value_at(operation.question.root(), &path);
            found.push((column, path, value));
        }
    }
    found
}

fn simple_fields(request: Option<&FieldTree>) -> impl Iterator<Item = Field> + use<> {
    let fields: Vec<Field> = request.into_iter().flat_map(|fields| fields.walk(0)).collect();
    fields.into_iter().filter(|field| field.simple_type().is_some() && field.max_occurs() == Some(1))
}

fn last_step(path: &str) -> &str {
    path.rsplit(['/', '@', '}']).next().unwrap_or(path)
}

fn value_at(root: Element<'_>, path: &str) -> String {
    let mut at = root;
    for step in path.split('/') {
        if let Some(attribute) = step.strip_prefix('@') {
            return at.attribute("", attribute).unwrap_or_default().into_owned();
        }
        let local = step.rsplit('}').next().unwrap_or(step);
        match at.children().find(|child| child.local() == local) {
            Some(child) => at = child,
            None => return String::new(),
        }
    }
    at.text().into_owned()
}

// ---- rest ----

fn rest(operations: &[Asked<'_>], filled: &mut Filled) {
    filled.backend = "kind = \"rest\"\nbase = \"http://localhost:8080/api\"\n# auth = \"oauth2\"\n# token_address = \"https://…\"\n# client_id = \"regix\"\n# client_secret_env = \"REGISTER_SECRET\"".to_owned();
    filled.fill_in.push("[backend] base, auth".to_owned());
    for operation in operations {
        let short = operation.short;
        let mut path = format!("/{}", snake(short.strip_prefix("Get").unwrap_or(short)).replace('_', "-"));
        let mut queries = String::new();
        for field in simple_fields(operation.request) {
            let value = format!("{{{{ {} }}}}", path_of("request", field.path(), Style::Xml));
            if field.is_required() && !path.contains("{{") {
                path.push_str(&format!("/{value}"));
            } else {
                let name = Style::Json.name(last_step(field.path()));
                queries.push_str(&format!("query.{name} = {}\n", quoted(&value)));
            }
        }
        filled
            .operations
            .push(format!("[operation.rest]\npath = {}\n{queries}# status.404 = \"no-data\"\n", quoted(&path)));
        let template = answer(operation.answer, operation.response, Style::Json);
        filled.files.insert(format!("responses/{short}.xml"), template.into());
        filled.fill_in.push(format!("{short}: [operation.rest] path, responses/{short}.xml"));
    }
}

// ---- soap ----

fn soap(file: &Path, operations: &[Asked<'_>], filled: &mut Filled) -> Result<(), PackagingError> {
    let shown = file.display().to_string();
    let unusable = |cause: &str| PackagingError::new("wsdl-unusable", &[("file", &shown), ("cause", cause)]);
    let octets = std::fs::read(file).map(Bytes::from).map_err(|error| unusable(&error.kind().to_string()))?;
    let described = wsdl::read(octets.clone()).map_err(|cause| unusable(&cause))?;
    let name = file.file_name().map_or_else(|| "service.wsdl".to_owned(), |name| name.to_string_lossy().into_owned());
    filled.backend = format!(
        "kind = \"soap\"\nwsdl = {}\n# address = \"https://…\"\n# username = \"regix\"\n# secret_env = \"REGISTER_SECRET\"",
        quoted(&format!("upstream/{name}"))
    );
    filled.files.insert(format!("upstream/{name}"), octets);
    filled.fill_in.push("[backend] address, username, secret_env".to_owned());
    let memory = described.schemas.iter().fold(Memory::new(), |memory, (name, bytes)| memory.with(name, bytes.clone()));
    for operation in operations {
        let short = operation.short;
        let named = described.operations.iter().find(|known| known.name == short);
        let Some(upstream) = named.or_else(|| described.operations.get(operation.at)).or(described.operations.last())
        else {
            return Err(unusable("it has no operation"));
        };
        let set = described.schemas.iter().find_map(|(name, _)| {
            let set = SchemaSet::load(name, &memory).ok()?;
            set.roots().iter().any(|root| root.name == upstream.request).then_some(set)
        });
        let fields = set.as_ref().and_then(|set| set.fields(&upstream.request));
        let (Some(set), Some(fields)) = (&set, &fields) else {
            return Err(unusable(&format!("no schema in it declares {}", upstream.request)));
        };
        let written = example(set, fields).map_err(|cause| unusable(&cause))?;
        let example = Document::read(written, &Limits::default()).map_err(|error| unusable(&error.to_string()))?;
        filled.files.insert(format!("requests/{short}.xml"), question(&example, operation.request).into());
        let template = answer(operation.answer, operation.response, Style::Xml);
        filled.files.insert(format!("responses/{short}.xml"), template.into());
        filled.operations.push(format!(
            "[operation.soap]\noperation = {}\n# faults.NotFound = \"no-data\"\n",
            quoted(&upstream.name)
        ));
        filled.fill_in.push(format!("{short}: requests/{short}.xml, responses/{short}.xml"));
    }
    Ok(())
}

/// What the service is asked: its own example, with the values of our request where the names are the same.
fn question(example: &Document, request: Option<&FieldTree>) -> Vec<u8> {
    let fields: Vec<Field> = simple_fields(request).collect();
    let value = |element: Element<'_>| {
        let wanted = snake(element.local());
        let found = fields.iter().find(|field| snake(last_step(field.path())) == wanted);
        found.map_or_else(
            || element.text().into_owned(),
            |field| format!("{{{{ {} }}}}", path_of("request", field.path(), Style::Xml)),
        )
    };
    surroundings::written(example.root(), &value)
}

// ---- answers ----

/// How names are written in what is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// As JSON usually is: `birthDate`.
    Json,
    /// As in our documents.
    Xml,
}

impl Style {
    fn name(self, local: &str) -> String {
        if self == Style::Xml {
            return local.to_owned();
        }
        let mut out = String::new();
        for (at, word) in snake(local).split('_').filter(|word| !word.is_empty()).enumerate() {
            let mut letters = word.chars();
            match letters.next() {
                Some(first) if at > 0 => out.extend(first.to_uppercase().chain(letters)),
                Some(first) => out.extend(std::iter::once(first).chain(letters)),
                None => {}
            }
        }
        out
    }

    fn step(self, local: &str) -> String {
        let name = self.name(local);
        let plain =
            name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_numeric());
        if plain { format!(".{name}") } else { format!("['{name}']") }
    }

    fn attribute(self, local: &str) -> String {
        if self == Style::Json { self.step(local) } else { format!("['@{local}']") }
    }
}

/// A path such as `Person/@id` as an expression.
fn path_of(base: &str, path: &str, style: Style) -> String {
    let mut out = base.to_owned();
    for step in path.split('/').filter(|step| !step.is_empty()) {
        match step.strip_prefix('@') {
            Some(attribute) => out.push_str(&style.attribute(attribute.rsplit('}').next().unwrap_or(attribute))),
            None => out.push_str(&style.step(step.rsplit('}').next().unwrap_or(step))),
        }
    }
    out
}

/// The example of an answer as a template over `answer`: a loop for whatever may occur several times.
fn answer(document: &Document, fields: Option<&FieldTree>, style: Style) -> String {
    let mut writing = Writing { style, out: String::new(), names: Vec::new() };
    let root = fields.map(FieldTree::root);
    writing.element(document.root(), root.as_ref(), "answer", 0);
    writing.out
}

struct Writing {
    style: Style,
    out: String,
    /// The names of the loops that are open.
    names: Vec<String>,
}

impl Writing {
    fn element(&mut self, element: Element<'_>, field: Option<&Field>, base: &str, depth: usize) {
        let indent = "  ".repeat(depth);
        let name = name_of(element);
        self.out.push_str(&format!("{indent}<{name}"));
        for (prefix, namespace) in element.declarations() {
            let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
            self.attribute(&name, namespace);
        }
        for attribute in element.attributes() {
            let prefix = if attribute.prefix().is_empty() { String::new() } else { format!("{}:", attribute.prefix()) };
            let name = format!("{prefix}{}", attribute.local());
            if attribute.namespace() == XSI_NAMESPACE {
                self.attribute(&name, &attribute.value());
            } else {
                let value = self.style.attribute(attribute.local());
                self.out.push_str(&format!(" {name}=\"{{{{ {base}{value} }}}}\""));
            }
        }
        self.out.push('>');
        if element.children().next().is_some() {
            self.out.push('\n');
            self.children(element, field, base, depth + 1);
            self.out.push_str(&indent);
        } else if field.is_none_or(|field| field.simple_type().is_some()) {
            let beside = self.style == Style::Json && element.attributes().next().is_some();
            let value = if beside { ".value" } else { "" };
            let convert = field.and_then(Field::simple_type).map_or("", |simple| conversion(simple.builtin_ancestor()));
            self.out.push_str(&format!("{{{{ {base}{value}{convert} }}}}"));
        }
        self.out.push_str(&format!("</{name}>\n"));
    }

    fn children(&mut self, element: Element<'_>, field: Option<&Field>, base: &str, depth: usize) {
        let indent = "  ".repeat(depth);
        let children: Vec<Element<'_>> = element.children().collect();
        for (at, child) in children.iter().enumerate() {
            let alike = |other: &&Element<'_>| other.name() == child.name();
            if children.iter().take(at).any(|other| alike(&other)) {
                continue;
            }
            let known = field.and_then(|field| {
                let children = field.children();
                children.into_iter().find(|known| !known.is_attribute() && known.name().as_name() == child.name())
            });
            let repeats = known.as_ref().is_some_and(|known| known.max_occurs() != Some(1))
                || children.iter().filter(alike).count() > 1;
            let place = format!("{base}{}", self.style.step(child.local()));
            if !repeats {
                self.element(*child, known.as_ref(), &place, depth);
                continue;
            }
            let name = self.loop_name(child.local());
            self.out.push_str(&format!("{indent}{{% for {name} in {place} %}}\n"));
            self.names.push(name.clone());
            self.element(*child, known.as_ref(), &name, depth);
            self.names.pop();
            self.out.push_str(&format!("{indent}{{% endfor %}}\n"));
        }
    }

    fn loop_name(&self, local: &str) -> String {
        let mut name = snake(local);
        // Words of templates, and values that are there already.
        let taken = [
            "answer", "request", "call", "status", "loop", "for", "in", "if", "not", "is", "and", "or", "none", "true",
            "false",
        ];
        while taken.contains(&name.as_str()) || self.names.contains(&name) || name.starts_with(|c: char| c.is_numeric())
        {
            name.insert_str(0, "one_");
        }
        name
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let mut escaped = Vec::new();
        escape_attribute(value, &mut escaped);
        self.out.push_str(&format!(" {name}=\"{}\"", String::from_utf8_lossy(&escaped)));
    }
}

/// What makes a value of a service one of the type.
fn conversion(builtin: Builtin) -> &'static str {
    match builtin.name() {
        "date" => "|date",
        "dateTime" => "|date_time",
        "boolean" => "|boolean",
        "decimal" => "|decimal",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_becomes_a_template_with_loops_and_the_names_of_json() {
        let text = "<A xmlns=\"urn:a\"><BirthDate>x</BirthDate><Person id=\"1\"><EGN>1</EGN></Person><Person/></A>";
        let document = Document::read(text, &Limits::default()).unwrap();
        let json = answer(&document, None, Style::Json);
        assert!(json.contains("<BirthDate>{{ answer.birthDate }}</BirthDate>"), "{json}");
        assert!(json.contains("{% for person in answer.person %}\n  <Person id=\"{{ person.id }}\">"), "{json}");
        assert!(json.contains("<EGN>{{ person.egn }}</EGN>") && json.matches("<Person").count() == 1, "{json}");
        let xml = answer(&document, None, Style::Xml);
        assert!(xml.contains("{{ answer.BirthDate }}") && xml.contains("{{ person['@id'] }}"), "{xml}");
    }
}
