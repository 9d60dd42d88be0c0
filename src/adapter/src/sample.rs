//! The backend `sample`: answers with files of the package.

mod key;
mod prepare;
mod settings;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kapia_xml::{Document, Element};

use crate::adapter::{Adapter, Answer, Health, Outcome, Question};
use crate::backend::{Backend, Opened, Plan};
use crate::failure::{AdapterError, Failure};
use crate::message::Message;
use crate::names::FullName;
use crate::problem::Problem;
use key::KeyPath;

/// The kind `sample`.
pub(crate) struct SampleBackend;

impl Backend for SampleBackend {
    fn kind(&self) -> &'static str {
        "sample"
    }

    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        prepare::open(plan).map(|prepared| Opened {
            adapter: Arc::new(SampleAdapter { operations: prepared.operations }),
            refused: prepared.refused,
            notes: prepared.notes,
        })
    }
}

/// The prepared answers of a package.
struct SampleAdapter {
    operations: HashMap<FullName, Answers>,
}

/// The prepared answers of one operation.
struct Answers {
    choice: Option<Choice>,
    otherwise: Reply,
    delay: Duration,
}

/// Answers that depend on a value of the argument, its white space collapsed.
struct Choice {
    key: KeyPath,
    replies: HashMap<String, Reply>,
}

/// What is answered.
enum Reply {
    Document(Document, Outcome),
    Failure(AdapterError),
}

impl Answers {
    fn reply_to(&self, argument: Element<'_>) -> &Reply {
        let chosen = self.choice.as_ref().and_then(|choice| choice.replies.get(&choice.key.value_in(argument)?));
        chosen.unwrap_or(&self.otherwise)
    }

    fn replies(&self) -> impl Iterator<Item = &Reply> {
        self.choice.iter().flat_map(|choice| choice.replies.values()).chain([&self.otherwise])
    }
}

#[async_trait]
impl Adapter for SampleAdapter {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        let operation = question.operation;
        let elsewhere = || Failure::OperationElsewhere { operation: operation.name.to_string() };
        let answers = self.operations.get(&operation.name).ok_or_else(elsewhere)?;
        wait(answers.delay, question.call.deadline).await?;
        match answers.reply_to(question.argument) {
            Reply::Document(document, outcome) => Answer::of(document.clone(), *outcome, operation),
            Reply::Failure(error) => Err(error.clone()),
        }
    }

    async fn health(&self) -> Health {
        let broken = |reply: &Reply| matches!(reply, Reply::Failure(error) if error.code == "sample-unreadable");
        match self.operations.values().flat_map(Answers::replies).filter(|reply| broken(reply)).count() {
            0 => Health::Up,
            count => Health::Degraded(Message::new(
                format!("sample answers that cannot be read: {count}"),
                format!("примерни отговори, които не могат да се прочетат: {count}"),
            )),
        }
    }
}

/// Waits as long as the package wants, but not longer than the caller does.
async fn wait(delay: Duration, deadline: Option<Instant>) -> Result<(), AdapterError> {
    if delay.is_zero() {
        return Ok(());
    }
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    match left {
        Some(left) if left < delay => {
            tokio::time::sleep(left).await;
            Err(Failure::Deadline {}.into())
        }
        _ => {
            tokio::time::sleep(delay).await;
            Ok(())
        }
    }
}
