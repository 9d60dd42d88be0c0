//! What is answered: a template filled from the answer of the service, or a document that says that there is nothing.

use std::sync::Arc;

use kapia_adapter::{Folder, Keys, Located, Operation, Outcome, Plan, Planned, Problem};
use kapia_language::Language;
use kapia_template::{Bounds, Setting, Template, TemplateError, Value, Values};
use kapia_xml::Document;

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
            named if needed => {
                let document = plan.no_data(named.as_ref(), planned, planned.line);
                document.map_err(|problem| problems.push(problem)).ok()
            }
            _ => None,
        };
        let file = plan.text_file(Folder::Responses.name(), self.template.as_ref(), planned);
        let file = file.map_err(|problem| problems.push(problem)).ok()?;
        let setting =
            Setting { names, document: Some(operation.response.fields.clone()), codes: Arc::clone(plan.codes) };
        match Template::compile_with(&file.path, &file.text, &setting) {
            Ok(template) => Some(Reply { template, no_data_when, no_data }),
            Err(error) => {
                problems.push(Problem::of_template(&error));
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

/// The same for what a service is asked, where parameters of the package may stand, secret ones too.
pub(crate) fn names_of_request(operation: &Operation) -> Vec<(&'static str, Option<kapia_schema::FieldTree>)> {
    let mut names = names(operation);
    names.push(("parameter", None));
    names
}

/// What is wrong with an expression that stands in `adapter.toml` itself.
pub(crate) fn expression_problem(key: &str, line: u32, error: &TemplateError) -> Problem {
    let fault = Fault::new("web-expression")
        .with("key", key)
        .with_both("cause", Language::ALL.map(|language| error.message(language)))
        .with_both("advice", Language::ALL.map(|language| error.hint(language)));
    fault.at(line)
}
