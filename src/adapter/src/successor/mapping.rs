//! One step from an old name to its successor: the argument there, the answer back, each held against its schema.

use std::sync::Arc;

use async_trait::async_trait;
use kapia_language::Language;
use kapia_schema::Options;
use kapia_template::{Bounds, Outcome as Rendered, Setting, Template, TemplateError, Values, element};
use kapia_xml::{Document, Element, Limits};

use crate::adapter::{Adapter, Answer, Health, Outcome, Question};
use crate::failure::{AdapterError, Failure};
use crate::message::Message;
use crate::operation::{Attachment, Operation, Side};
use crate::problem::Problem;
use crate::succession::Succession;
use crate::trouble::Trouble;

/// Answers questions about an old name with what the successor says.
pub(super) struct Mapping {
    successor: Arc<Operation>,
    target: Arc<dyn Adapter>,
    request: Option<Arc<Template>>,
    response: Option<Arc<Template>>,
}

impl Mapping {
    /// Compiles the templates against the schemas of both ends; documents without a template must have one root.
    pub fn of(
        old: &Operation,
        succession: &Succession,
        successor: Arc<Operation>,
        target: Arc<dyn Adapter>,
    ) -> Result<Mapping, Vec<Problem>> {
        let mut problems = Vec::new();
        let asked = ("request", Some(old.request.fields.clone()));
        let told = ("response", Some(successor.response.fields.clone()));
        let mut side = |template: Option<&Attachment>, key: &'static str, names: Vec<_>, from: &Side, to: &Side| {
            if let Some(template) = template {
                let setting =
                    Setting { names, document: Some(to.fields.clone()), codes: Arc::clone(&succession.codes) };
                let compiled = compile_file(template, &setting);
                return compiled.map(Arc::new).map_err(|problem| problems.push(problem)).ok();
            }
            if from.root != to.root {
                let (from, to) = (from.root.to_string(), to.root.to_string());
                let trouble = Trouble::SuccessorMapping { key, from, to };
                problems.push(Problem::from(trouble).at("adapter.toml", succession.line));
            }
            None
        };
        let names = vec![asked.clone()];
        let request = side(succession.request.as_ref(), "request", names, &old.request, &successor.request);
        let names = vec![asked, told];
        let response = side(succession.response.as_ref(), "response", names, &successor.response, &old.response);
        match problems.is_empty() {
            true => Ok(Mapping { successor, target, request, response }),
            false => Err(problems),
        }
    }

    async fn argument(&self, question: &Question<'_>) -> Result<Option<Document>, AdapterError> {
        let Some(template) = &self.request else { return Ok(None) };
        let values = Values::new().with("request", value_of(question.argument, &question.operation.request));
        let (octets, _) = render(template, values).await.map_err(|error| failed(&error, true))?;
        let document = Document::read(octets, &Limits::default())
            .map_err(|error| Failure::SuccessorRequestInvalid { path: String::new(), rule: error.code() })?;
        Ok(Some(document))
    }

    async fn answer(&self, question: &Question<'_>, answer: Answer) -> Result<Answer, AdapterError> {
        let old = question.operation;
        let outcome = answer.outcome();
        let Some(template) = &self.response else { return Answer::of(answer.into_document(), outcome, old) };
        let root = answer.document().root();
        check(root, &self.successor.response).map_err(|(path, rule)| Failure::SuccessorAnswerInvalid { path, rule })?;
        let values = Values::new()
            .with("request", value_of(question.argument, &old.request))
            .with("response", value_of(root, &self.successor.response));
        let (octets, rendered) = render(template, values).await.map_err(|error| failed(&error, false))?;
        let outcome = if rendered == Rendered::NoData { Outcome::NoData } else { outcome };
        Answer::read(octets, outcome, old, &Limits::default())
    }
}

#[async_trait]
impl Adapter for Mapping {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        let mapped = self.argument(&question).await?;
        let argument = mapped.as_ref().map_or(question.argument, Document::root);
        check(argument, &self.successor.request)
            .map_err(|(path, rule)| Failure::SuccessorRequestInvalid { path, rule })?;
        let further = Question { operation: &self.successor, argument, call: question.call };
        let answer = self.target.ask(further).await?;
        self.answer(&question, answer).await
    }

    async fn health(&self) -> Health {
        self.target.health().await
    }
}

/// Compiles a template file of a package.
pub(crate) fn compile_file(template: &Attachment, setting: &Setting<'_>) -> Result<Template, Problem> {
    let source = std::str::from_utf8(&template.bytes).map_err(|error| {
        let before = template.bytes.iter().take(error.valid_up_to()).filter(|octet| **octet == b'\n').count();
        let line = u32::try_from(before + 1).unwrap_or(u32::MAX);
        Problem::from(Trouble::TemplateEncoding { line }).at(&template.file, line)
    })?;
    Template::compile_with(&template.file, source, setting).map_err(|error| {
        let detail = both(|language| error.message(language));
        let advice = both(|language| error.hint(language));
        Problem::from(Trouble::TemplateBroken { detail, advice }).at(&template.file, error.line())
    })
}

fn both(text: impl Fn(Language) -> String) -> Message {
    Message::new(text(Language::English), text(Language::Bulgarian))
}

fn value_of(root: Element<'_>, side: &Side) -> kapia_template::Value {
    element(root.document(), root.id(), Some(&side.fields))
}

/// Path and rule of the first violation.
fn check(root: Element<'_>, side: &Side) -> Result<(), (String, &'static str)> {
    let report = side.schema.validate(root, &Options::first());
    match report.violations.first() {
        Some(first) => Err((first.path.clone(), first.code)),
        None => Ok(()),
    }
}

/// Renders away from the threads that serve other calls: a large answer takes its time.
async fn render(template: &Arc<Template>, values: Values) -> Result<(Vec<u8>, Rendered), TemplateError> {
    let template = Arc::clone(template);
    let rendering = tokio::task::spawn_blocking(move || template.render_to_vec(&values, &Bounds::default()));
    match rendering.await {
        Ok(rendered) => rendered,
        Err(ended) => std::panic::resume_unwind(ended.into_panic()),
    }
}

fn failed(error: &TemplateError, request: bool) -> AdapterError {
    let cause = both(|language| format!("{}:{}: {}", error.template(), error.line(), error.message(language)));
    let hint = both(|language| error.hint(language));
    Failure::SuccessorTemplate { request, cause, hint }.into()
}
