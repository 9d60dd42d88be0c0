//! What is answered: a template filled from the answer of the service, or a document that says that there is nothing.

use std::sync::Arc;

use kapia_adapter::{Answer, Folder, Keys, Located, Message, Operation, Outcome, PackagePath, Plan, Planned, Problem};
use kapia_language::Language;
use kapia_schema::Options;
use kapia_template::{Bounds, Setting, Template, TemplateError, Value, Values};
use kapia_xml::{Document, Limits, Writer};

use crate::adapter::Judged;
use crate::fault::Fault;
use crate::woven::{Known, Woven, of_template};

/// The reply of an operation.
pub(crate) struct Reply {
    template: Template,
    no_data_when: Option<Woven>,
    no_data: Option<Document>,
}

/// What is answered.
pub(crate) enum Told {
    Written(Vec<u8>, Outcome),
    NoData(Document),
}

/// The keys of a reply, as they are written.
pub(crate) struct ReplyKeys {
    template: Option<Located<String>>,
    no_data: Option<Located<String>>,
    no_data_when: Option<Located<String>>,
}

impl ReplyKeys {
    pub fn read(keys: &mut Keys<'_, '_>) -> ReplyKeys {
        ReplyKeys {
            template: keys.text("template"),
            no_data: keys.text("no_data"),
            no_data_when: keys.text("no_data_when"),
        }
    }

    /// `may_have_none`: a status or a fault can mean that there is nothing.
    pub fn prepare(
        &self,
        planned: &Planned,
        plan: &Plan<'_>,
        may_have_none: bool,
        problems: &mut Vec<Problem>,
    ) -> Option<Reply> {
        let operation = &*planned.operation;
        let mut names = names(operation);
        names.extend([("answer", None), ("status", None)]);
        let known = Known { names: names.clone(), codes: Arc::clone(plan.codes) };
        let mut no_data_when = None;
        if let Some(written) = &self.no_data_when {
            match Woven::condition("no_data_when", &written.value, &known) {
                Ok(condition) => no_data_when = Some(condition),
                Err(error) => problems.push(expression_problem("no_data_when", written.line, &error)),
            }
        }
        let needed = may_have_none || self.no_data_when.is_some();
        let no_data = match &self.no_data {
            Some(named) if !needed => {
                problems.push(Fault::new("web-no-data-useless").at(named.line));
                None
            }
            named if needed => no_data_document(named.as_ref(), planned, plan, problems),
            _ => None,
        };
        let file = read_file(self.template.as_ref(), Folder::Responses.name(), planned, plan, problems)?;
        let setting =
            Setting { names, document: Some(operation.response.fields.clone()), codes: Arc::clone(plan.codes) };
        match Template::compile_with(&file.path, &file.text, &setting) {
            Ok(template) => Some(Reply { template, no_data_when, no_data }),
            Err(error) => {
                problems.push(template_problem(&error));
                None
            }
        }
    }
}

impl Reply {
    /// Writes the answer; takes as long as the template does.
    pub fn write(&self, values: Values, judged: Judged) -> Result<Told, Fault> {
        let nothing = || self.no_data.clone().map(Told::NoData).ok_or_else(Fault::internal);
        let Judged::Answer { value, status } = judged else { return nothing() };
        let values = values.with("answer", value).with("status", Value::from(status));
        if let Some(condition) = &self.no_data_when
            && condition.holds(&values)?
        {
            return nothing();
        }
        let rendered = self.template.render_to_vec(&values, &Bounds::default());
        let (octets, outcome) = rendered.map_err(|error| of_template(&error))?;
        let outcome = match outcome {
            kapia_template::Outcome::Data => Outcome::Data,
            kapia_template::Outcome::NoData => Outcome::NoData,
        };
        Ok(Told::Written(octets, outcome))
    }
}

/// What the templates of a request may use.
pub(crate) fn names(operation: &Operation) -> Vec<(&'static str, Option<kapia_schema::FieldTree>)> {
    vec![("request", Some(operation.request.fields.clone())), ("call", None)]
}

/// A text of the package.
pub(crate) struct TextFile {
    pub path: String,
    pub text: String,
}

/// A file below a folder of the package: the one that is named, or the one that is called like the operation.
pub(crate) fn read_file(
    named: Option<&Located<String>>,
    folder: &str,
    planned: &Planned,
    plan: &Plan<'_>,
    problems: &mut Vec<Problem>,
) -> Option<TextFile> {
    let (name, line) = match named {
        Some(named) => (named.value.clone(), named.line),
        None => (format!("{}.xml", planned.operation.name.operation()), planned.line),
    };
    let read = PackagePath::parse(&format!("{folder}/{name}")).and_then(|path| plan.files.read(&path));
    let read = read.map_err(|problem| problems.push(problem.at("adapter.toml", line))).ok()?;
    match String::from_utf8(read.bytes.to_vec()) {
        Ok(text) => Some(TextFile { path: read.path, text }),
        Err(_) => {
            problems.push(Problem::from(Fault::new("web-encoding")).at(read.path, None));
            None
        }
    }
}

pub(crate) fn template_problem(error: &TemplateError) -> Problem {
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

/// What is wrong with an expression that stands in `adapter.toml` itself.
pub(crate) fn expression_problem(key: &str, line: u32, error: &TemplateError) -> Problem {
    let fault = Fault::new("web-expression")
        .with("key", key)
        .with_both("cause", Language::ALL.map(|language| error.message(language)))
        .with_both("advice", Language::ALL.map(|language| error.hint(language)));
    fault.at(line)
}

/// A document of `XMLData` or else `XMLSamples`, or the response root without content, if the schema allows it.
fn no_data_document(
    named: Option<&Located<String>>,
    planned: &Planned,
    plan: &Plan<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Document> {
    let operation = &*planned.operation;
    let Some(named) = named else {
        let empty = empty_root(operation);
        if empty.is_none() {
            problems.push(Fault::new("web-no-data-impossible").at(planned.line));
        }
        return empty;
    };
    let read = |folder| PackagePath::below(folder, &named.value).and_then(|path| plan.files.read(&path));
    let file = read(Folder::Data).or_else(|problem| match problem.code {
        "file-missing" => read(Folder::Samples).map_err(|_| problem),
        _ => Err(problem),
    });
    let file = file.map_err(|problem| problems.push(problem.at("adapter.toml", named.line))).ok()?;
    let document = Document::read(file.bytes.clone(), &Limits::default());
    let good = document.ok().filter(|document| {
        Answer::of(document.clone(), Outcome::NoData, operation).is_ok()
            && operation.response.schema.validate(document.root(), &Options::first()).is_valid()
    });
    if good.is_none() {
        problems.push(Problem::from(Fault::new("web-no-data-invalid")).at(&file.path, None));
    }
    good
}

fn empty_root(operation: &Operation) -> Option<Document> {
    let mut writer = Writer::new();
    let root = &operation.response.root;
    writer.leaf("", &root.namespace, &root.local, "");
    let document = Document::read(writer.into_bytes(), &Limits::default()).ok()?;
    operation.response.schema.validate(document.root(), &Options::first()).is_valid().then_some(document)
}
