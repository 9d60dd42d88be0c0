//! Finding and reading every answer before the first question.

use std::collections::HashMap;
use std::time::Duration;

use kapia_xml::Document;

use super::key::KeyPath;
use super::settings::{Settings, Unknown, read_backend};
use super::{Answers, Choice, Reply};
use crate::adapter::Outcome;
use crate::backend::reading::{empty_root, find_data};
use crate::backend::{Plan, Planned};
use crate::failure::Failure;
use crate::files::PackageFiles;
use crate::names::FullName;
use crate::operation::{Attachment, Side};
use crate::package::{check_sample, read_sample};
use crate::problem::{Notice, Problem, RefusedOperation};
use crate::section::Located;
use crate::trouble::Trouble;

/// All operations of a package, prepared.
#[derive(Default)]
pub(super) struct Prepared {
    pub operations: HashMap<FullName, Answers>,
    pub refused: Vec<RefusedOperation>,
    pub notes: Vec<Notice>,
}

pub(super) fn open(plan: &Plan<'_>) -> Result<Prepared, Vec<Problem>> {
    let mut problems = Vec::new();
    let delay = read_backend(plan.settings, &mut problems);
    let settings: Vec<Settings> = plan
        .operations
        .iter()
        .map(|planned| {
            planned.settings.as_ref().map(|section| Settings::read(section, &mut problems)).unwrap_or_default()
        })
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut prepared = Prepared::default();
    for (planned, settings) in plan.operations.iter().zip(settings) {
        let name = planned.operation.name.clone();
        let mut preparing = Preparing {
            files: plan.files,
            response: &planned.operation.response,
            read: HashMap::new(),
            problems: Vec::new(),
            notes: Vec::new(),
        };
        let answers = preparing.answers(planned, settings, delay);
        let notes = preparing.notes.into_iter().map(|problem| Notice { operation: Some(name.clone()), problem });
        match answers {
            Some(answers) if preparing.problems.is_empty() => {
                prepared.notes.extend(notes);
                prepared.operations.insert(name, answers);
            }
            _ => prepared.refused.push(RefusedOperation { name, problems: preparing.problems }),
        }
    }
    Ok(prepared)
}

/// The preparation of one operation.
struct Preparing<'p> {
    files: &'p dyn PackageFiles,
    response: &'p Side,
    /// Answers that are read already: several keys may share a file.
    read: HashMap<String, Result<Document, Problem>>,
    problems: Vec<Problem>,
    notes: Vec<Problem>,
}

impl Preparing<'_> {
    fn answers(&mut self, planned: &Planned, settings: Settings, delay: Duration) -> Option<Answers> {
        let delay = settings.delay.unwrap_or(delay);
        let unknown = if settings.key.is_some() { settings.unknown } else { Unknown::Sample };
        let otherwise = match unknown {
            Unknown::Sample => self.sample(planned.line),
            Unknown::NoData => self.no_data(settings.no_data.as_ref(), planned.line),
            Unknown::Error => Some(failure(Failure::SampleUnknownKey { message: settings.error })),
        };
        let choice = settings.key.and_then(|key| self.choice(key, &planned.operation.request, settings.answers));
        Some(Answers { choice, otherwise: otherwise?, delay })
    }

    /// The answer of a package that chooses none: its `sample_response`, which the package reading has looked at already.
    fn sample(&mut self, line: u32) -> Option<Reply> {
        let Some(sample) = &self.response.sample else {
            self.problems.push(Problem::from(Trouble::SampleNone {}).at("adapter.toml", line));
            return None;
        };
        Some(match read_sample(self.response, sample) {
            Ok(document) => Reply::Document(document, Outcome::Data),
            Err(problem) => failure(Failure::SampleUnreadable {
                file: Some(sample.file.clone()),
                cause: problem.cause,
                hint: problem.hint,
            }),
        })
    }

    fn choice(
        &mut self,
        key: Located<KeyPath>,
        request: &Side,
        answers: Vec<(String, Located<String>)>,
    ) -> Option<Choice> {
        if let Err(problem) = key.value.check(&request.fields) {
            self.problems.push(problem.at("adapter.toml", key.line));
        }
        let replies =
            answers.into_iter().filter_map(|(value, file)| Some((value, self.file(&file, Outcome::Data)?))).collect();
        Some(Choice { key: key.value, replies })
    }

    fn no_data(&mut self, named: Option<&Located<String>>, line: u32) -> Option<Reply> {
        if let Some(named) = named {
            return self.file(named, Outcome::NoData);
        }
        Some(match empty_root(self.response) {
            Some(document) => Reply::Document(document, Outcome::NoData),
            None => {
                self.notes.push(Problem::from(Trouble::NoDataImpossible {}).at("adapter.toml", line));
                failure(Failure::SampleNoData {})
            }
        })
    }

    /// A file that the argument chooses: its name may hold what the argument holds, so the error of asking does not show it.
    fn file(&mut self, named: &Located<String>, outcome: Outcome) -> Option<Reply> {
        let attachment = match find_data(self.files, &named.value) {
            Ok(file) => Attachment { file: file.path, bytes: file.bytes },
            Err(problem) => {
                self.problems.push(problem.at("adapter.toml", named.line));
                return None;
            }
        };
        let known = self.read.get(&attachment.file).cloned();
        let read = known.unwrap_or_else(|| {
            let read = read_sample(self.response, &attachment);
            self.notes.extend(match &read {
                Ok(document) => check_sample(self.response, &attachment.file, document),
                Err(problem) => Some(problem.clone()),
            });
            self.read.insert(attachment.file.clone(), read.clone());
            read
        });
        Some(match read {
            Ok(document) => Reply::Document(document, outcome),
            Err(problem) => failure(Failure::SampleUnreadable { file: None, cause: problem.cause, hint: problem.hint }),
        })
    }
}

fn failure(failure: Failure) -> Reply {
    Reply::Failure(failure.into())
}
