//! The way of a question: arguments bound, a connection taken, rows pulled by the template, an answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kapia_adapter::{Adapter, AdapterError, Answer, CallFacts, FullName, Health, Outcome, Question, Room, Told};
use kapia_language::Language;
use kapia_spool::Spool;
use kapia_template::{Bounds, TemplateError, Value, Values, element};
use kapia_xml::{Document, Element, ElementId, Limits};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout_at;

use crate::conversation::{Command, Conversation};
use crate::fault::Fault;
use crate::operation::{NoRows, Prepared};
use crate::pool::{Lease, Pool};
use crate::query::Query;
use crate::rows::{Inputs, Rows};

/// The operations of one package, and the pool of its database.
pub(crate) struct SqlAdapter {
    pub package: String,
    pub pool: Arc<Pool>,
    pub operations: HashMap<FullName, Arc<Prepared>>,
    pub statement: Duration,
    pub answer: Duration,
    pub row_cap: u64,
}

#[async_trait]
impl Adapter for SqlAdapter {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        // What fits into a message fits into memory here.
        let longest = Limits::default().bytes;
        let room = Room { memory: longest, longest, folder: None };
        self.ask_at_length(question, &room).await?.into_answer(question.operation)
    }

    async fn ask_at_length(&self, question: Question<'_>, room: &Room) -> Result<Told, AdapterError> {
        let operation = question.operation;
        let said =
            self.answer(question, room).await.map_err(|fault| self.log(&operation.name, question.call, fault))?;
        match said {
            Said::Written(spool, outcome) => Told::of(spool, outcome, operation, room),
            Said::NoData(document) => Answer::of(document, Outcome::NoData, operation).map(Told::Answer),
        }
    }

    async fn health(&self) -> Health {
        match self.pool.probe(Instant::now() + PATIENCE).await {
            Ok(()) => Health::Up,
            Err(fault) => Health::Down(fault.message()),
        }
    }
}

/// How long a sign of life may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is answered.
enum Said {
    Written(Spool, Outcome),
    NoData(Document),
}

impl SqlAdapter {
    async fn answer(&self, question: Question<'_>, room: &Room) -> Result<Said, Fault> {
        let prepared = self.operations.get(&question.operation.name).ok_or_else(|| Fault::new("sql-elsewhere"))?;
        let limit = Instant::now() + self.answer;
        let until = question.call.deadline.map_or(limit, |deadline| deadline.min(limit));
        let inputs = Arc::new(inputs(prepared, question.argument, question.call)?);

        let left = until.saturating_duration_since(Instant::now());
        let lease = self.pool.begin(until, self.statement.min(left)).await?;
        let (conversation, commands) = Conversation::new(self.row_cap);
        let talk = Abort(Some(tokio::spawn(talk(lease, commands, self.statement, until))));
        let writing = Writing {
            prepared: Arc::clone(prepared),
            argument: question.argument.document().clone(),
            root: question.argument.id(),
            request: question.operation.request.fields.clone(),
            call: call_value(question.call),
            conversation,
            inputs,
            room: room.clone(),
        };
        let written = tokio::task::spawn_blocking(move || writing.write());
        // The task that owns the connection keeps the time; this is for a template that never comes to an end.
        match timeout_at((until + GRACE).into(), written).await {
            Ok(Ok(told)) => {
                // The transaction ends while the answer is on its way.
                talk.let_go();
                told
            }
            Ok(Err(_)) => Err(Fault::internal()),
            Err(_) => Err(Fault::deadline()),
        }
    }

    fn log(&self, operation: &FullName, call: &CallFacts, fault: Fault) -> AdapterError {
        let database = fault.for_operator.clone().unwrap_or_default();
        tracing::warn!(
            package = %self.package,
            %operation,
            call = call.service_call_id,
            code = fault.code,
            database,
            "{}",
            fault.message()
        );
        fault.into()
    }
}

/// Beyond the deadline: what a connection needs to notice it.
const GRACE: Duration = Duration::from_millis(250);

/// What the argument and the call give to every query.
fn inputs(prepared: &Prepared, argument: Element<'_>, call: &CallFacts) -> Result<Inputs, Fault> {
    fn gather(query: &Query, argument: Element<'_>, call: &CallFacts, inputs: &mut Inputs) -> Result<(), Fault> {
        let given = query.parameters.iter().map(|parameter| parameter.given(argument, call));
        let given = given.collect::<Result<Vec<_>, _>>().map_err(|fault| fault.in_query(&query.name))?;
        if inputs.len() <= query.index {
            inputs.resize_with(query.index + 1, Vec::new);
        }
        if let Some(place) = inputs.get_mut(query.index) {
            *place = given;
        }
        query.children.iter().try_for_each(|child| gather(child, argument, call, inputs))
    }
    let mut inputs = Inputs::new();
    prepared.queries.iter().try_for_each(|query| gather(query, argument, call, &mut inputs))?;
    Ok(inputs)
}

/// `call` as templates see it.
fn call_value(call: &CallFacts) -> Value {
    Value::from_pairs([
        ("call_id", Value::from(call.service_call_id)),
        ("consumer_name", Value::from(call.consumer_name.as_str())),
        ("consumer_oid", Value::from(call.consumer_oid.as_deref())),
    ])
}

/// The task that owns the connection while a template asks.
async fn talk(mut lease: Lease, mut commands: UnboundedReceiver<Command>, statement: Duration, until: Instant) {
    while let Some(Command { statement: asked, values, out }) = commands.recv().await {
        let failing = out.failing();
        let query = Arc::clone(out.query());
        let limit = until.min(Instant::now() + statement + GRACE);
        let ran = timeout_at(limit.into(), async {
            let mut out = lease.connection.run(&asked, values, out).await?;
            out.end().await;
            Ok::<(), Fault>(())
        });
        let fault = match ran.await {
            Ok(Ok(())) => continue,
            Ok(Err(fault)) => fault,
            Err(_) => {
                if let Some(stop) = lease.connection.stop() {
                    stop();
                }
                Fault::new("sql-statement-timeout").passing().broken()
            }
        };
        let keeps = fault.keeps_connection;
        let fault = match fault.code {
            // The caller's time was shorter than the package's.
            "sql-statement-timeout" if until <= Instant::now() + GRACE => Fault::deadline(),
            "sql-statement-timeout" => fault.with("time", statement.as_millis().to_string()),
            _ => fault,
        };
        failing.fail(fault.in_query(&query)).await;
        if !keeps {
            return;
        }
    }
    lease.give_back().await;
}

/// A task that ends with the call, unless it is let go.
struct Abort(Option<tokio::task::JoinHandle<()>>);

impl Abort {
    fn let_go(mut self) {
        self.0.take();
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

/// Everything that the thread of the template needs.
struct Writing {
    prepared: Arc<Prepared>,
    argument: Document,
    root: ElementId,
    request: kapia_schema::FieldTree,
    call: Value,
    conversation: Arc<Conversation>,
    inputs: Arc<Inputs>,
    room: Room,
}

impl Writing {
    fn write(self) -> Result<Said, Fault> {
        let prepared = &*self.prepared;
        let request = element(&self.argument, self.root, Some(&self.request));
        let mut values = Values::new().with("request", request).with("call", self.call);
        let mut decisive = None;
        for (at, query) in prepared.queries.iter().enumerate() {
            let rows = Rows::new(query, &self.conversation, &self.inputs);
            if at == prepared.decisive {
                decisive = Some(Arc::clone(&rows));
            }
            values = values.with(query.name.to_string(), Value::from_dyn_object(rows));
        }
        if let (Some(rows), false) = (&decisive, matches!(prepared.no_rows, NoRows::Template))
            && !rows.any()?
        {
            return match &prepared.no_rows {
                NoRows::NoData(document) => Ok(Said::NoData(document.clone())),
                NoRows::Error(Some(message)) => Err(Fault::own(message.clone())),
                _ => Err(Fault::new("sql-no-rows")),
            };
        }
        drop(decisive);
        let mut spool = self.room.spool();
        let bounds = Bounds { octets: self.room.longest as u64, ..Bounds::default() };
        let rendered = prepared.template.render(&values, &bounds, &mut spool);
        if let Some(fault) = self.conversation.fault() {
            return Err(fault);
        }
        let outcome = rendered.map_err(|error| template_fault(&prepared.file, &error))?;
        let outcome = match outcome {
            kapia_template::Outcome::Data => Outcome::Data,
            kapia_template::Outcome::NoData => Outcome::NoData,
        };
        Ok(Said::Written(spool, outcome))
    }
}

fn template_fault(file: &str, error: &TemplateError) -> Fault {
    Fault::new("sql-template")
        .with("file", file)
        .with("line", error.line().to_string())
        .with_both("cause", Language::ALL.map(|language| error.message(language)))
        .with_both("advice", Language::ALL.map(|language| error.hint(language)))
}
