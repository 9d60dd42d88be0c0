//! The kind of backend: how its table in `adapter.toml` is read, and how a question is answered.

use std::sync::Arc;

use async_trait::async_trait;
use kapia_adapter::{
    Adapter, AdapterError, Answer, Backend, Fault, Health, Message, Opened, Outcome, PackagePath, Plan, Problem,
    Question,
};
use kapia_xml::{Limits, Writer};

use crate::calendar::{Calendar, day_of};

/// `[backend] kind = "deadlines"`, with `holidays`: a file of the package.
pub struct DeadlinesBackend;

impl Backend for DeadlinesBackend {
    fn kind(&self) -> &'static str {
        "deadlines"
    }

    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut keys = plan.settings.keys(&mut problems);
        keys.text("kind");
        let named = keys.required_text("holidays");
        // Keys that nobody has asked for are typing errors.
        keys.finish();
        let calendar = named.and_then(|named| {
            let read = PackagePath::parse(&named.value).and_then(|path| plan.files.read(&path));
            let file = read.map_err(|problem| problems.push(problem.at("adapter.toml", named.line))).ok()?;
            let text = String::from_utf8_lossy(&file.bytes);
            Calendar::read(&text).map_err(|line| problems.push(not_a_day().at(file.path.clone(), line))).ok()
        });
        match calendar {
            Some(calendar) if problems.is_empty() => {
                Ok(Opened { adapter: Arc::new(DeadlinesAdapter(calendar)), refused: Vec::new(), notes: Vec::new() })
            }
            _ => Err(problems),
        }
    }
}

/// What is wrong with a package is said by code, place, cause and hint, in both languages.
fn not_a_day() -> Problem {
    Problem {
        code: "deadlines-holiday",
        file: None,
        line: None,
        cause: Message::new("a line does not begin with a day", "ред не започва с дата"),
        hint: Message::new("write it as 2026-12-24", "напишете я като 2026-12-24"),
    }
}

/// One package of this kind, ready to serve.
struct DeadlinesAdapter(Calendar);

#[async_trait]
impl Adapter for DeadlinesAdapter {
    /// The argument has been validated against the request schema; the answer will be against that of the response. What
    /// the consumer may not see is hidden afterwards, and the signature and the journal are the gate's too.
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        let root = &question.operation.response.root;
        let namespace = question.argument.namespace();
        let text = |local| question.argument.child(namespace, local).map(|child| child.text().trim().to_owned());
        let from = text("From").as_deref().and_then(day_of).ok_or_else(zoned)?;
        let days = text("Days").and_then(|days| days.parse().ok()).unwrap_or_default();
        let (deadline, skipped) = self.0.deadline(from, days).ok_or_else(beyond)?;

        let mut out = Writer::new();
        out.start("", &root.namespace, &root.local, &[("", &root.namespace)], &[]);
        out.leaf("", &root.namespace, "Deadline", &deadline.to_string());
        for day in skipped {
            out.leaf("", &root.namespace, "Holiday", &day.to_string());
        }
        out.end();
        Answer::read(out.into_bytes(), Outcome::Data, question.operation, &Limits::default())
    }

    async fn health(&self) -> Health {
        Health::Up
    }
}

/// An `xs:date` may have a zone, and may be before the year 0; errors never show the value.
fn zoned() -> AdapterError {
    AdapterError {
        side: Fault::Client,
        code: "deadlines-day",
        retryable: false,
        message: Message::new("From is not a plain day", "From не е обикновена дата"),
        hint: Message::new("write it as 2026-12-21, without a zone", "напишете я като 2026-12-21, без часова зона"),
    }
}

fn beyond() -> AdapterError {
    AdapterError {
        side: Fault::Client,
        code: "deadlines-beyond",
        retryable: false,
        message: Message::new("the term ends beyond the calendar", "срокът изтича извън календара"),
        hint: Message::new("ask for a nearer day", "поискайте по-близък ден"),
    }
}
