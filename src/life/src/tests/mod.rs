//! A clock that a test moves, and a register that does what a test says.

mod fleet;
mod guard;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kapia_adapter::{
    Adapter, AdapterError, Answer, Backend, Backends, CallFacts, Fault, Health, Message, Opened, Outcome, Package,
    Plan, Problem, Question,
};
use kapia_xml::{Document, Limits};
use time::OffsetDateTime;
use tokio::sync::Notify;

use crate::clock::Clock;

/// Stands still until a test moves it.
pub struct TestClock {
    began: Instant,
    state: Arc<Mutex<(Duration, Vec<Waker>)>>,
}

impl TestClock {
    pub fn new() -> Arc<TestClock> {
        Arc::new(TestClock { began: Instant::now(), state: Arc::default() })
    }

    pub fn advance(&self, time: Duration) {
        let wakers = {
            let mut state = self.state.lock().unwrap();
            state.0 += time;
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        self.began + self.state.lock().unwrap().0
    }

    fn wall(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + self.state.lock().unwrap().0
    }

    fn sleep_until(&self, moment: Instant) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(Sleep { until: moment.saturating_duration_since(self.began), state: Arc::clone(&self.state) })
    }

    fn chance(&self) -> f64 {
        1.0
    }
}

struct Sleep {
    until: Duration,
    state: Arc<Mutex<(Duration, Vec<Waker>)>>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.lock().unwrap();
        if state.0 >= self.until {
            return Poll::Ready(());
        }
        state.1.push(context.waker().clone());
        Poll::Pending
    }
}

/// What a register does with a question.
#[derive(Clone, Debug)]
pub enum Deed {
    Answer,
    Fail(AdapterError),
    /// Waits until it is told to go on, and then answers.
    Wait,
    /// Never answers.
    Hang,
}

/// A register that does what it is told, and answers when it is told nothing.
#[derive(Default)]
pub struct Register {
    pub deeds: Mutex<VecDeque<Deed>>,
    pub always: Mutex<Option<Deed>>,
    pub asked: AtomicUsize,
    pub at_once: AtomicUsize,
    pub most: AtomicUsize,
    pub go_on: Notify,
    pub opened: AtomicUsize,
    pub closed: AtomicUsize,
}

impl Register {
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub fn always(&self, deed: Option<Deed>) {
        *self.always.lock().unwrap() = deed;
    }

    pub fn next(&self, deeds: impl IntoIterator<Item = Deed>) {
        self.deeds.lock().unwrap().extend(deeds);
    }
}

pub struct RegisterBackend(pub Arc<Register>);

/// One opened connection to the register.
struct Connection(Arc<Register>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.closed.fetch_add(1, Ordering::SeqCst);
    }
}

impl Backend for RegisterBackend {
    fn kind(&self) -> &'static str {
        "told"
    }

    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut keys = plan.settings.keys(&mut problems);
        keys.text("kind");
        keys.text("note");
        keys.finish();
        if !problems.is_empty() {
            return Err(problems);
        }
        self.0.opened.fetch_add(1, Ordering::SeqCst);
        Ok(Opened { adapter: Arc::new(Connection(Arc::clone(&self.0))), refused: Vec::new(), notes: Vec::new() })
    }
}

#[async_trait]
impl Adapter for Connection {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        let now = self.0.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most.fetch_max(now, Ordering::SeqCst);
        let _gone = Gone(&self.0.at_once);
        let told = self.0.deeds.lock().unwrap().pop_front();
        let deed = told.or_else(|| self.0.always.lock().unwrap().clone()).unwrap_or(Deed::Answer);
        match deed {
            Deed::Answer => {}
            Deed::Fail(error) => return Err(error),
            Deed::Wait => self.0.go_on.notified().await,
            Deed::Hang => std::future::pending().await,
        }
        Answer::read("<R/>", Outcome::Data, question.operation, &Limits::default())
    }

    async fn health(&self) -> Health {
        Health::Up
    }
}

struct Gone<'c>(&'c AtomicUsize);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

pub const LOOK: &str = "Example.APIService.IToldAPI.Look";
pub const OTHER: &str = "Example.APIService.IToldAPI.Other";

/// A package with two operations; tables of the package, and of the first operation.
pub fn files(name: &str, tables: &str, of_look: &str) -> Vec<(String, String)> {
    let operation = |name: &str, more: &str| {
        format!(
            "[[operation]]\nname = \"{name}\"\nrequest = \"q.xsd\"\nrequest_root = \"Q\"\nresponse = \"r.xsd\"\n\
             response_root = \"R\"\n{more}\n"
        )
    };
    let manifest = format!(
        "name = \"{name}\"\n[backend]\nkind = \"told\"\n{tables}\n{}{}",
        operation(LOOK, of_look),
        operation(OTHER, "")
    );
    let schema = |root: &str| {
        format!("<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><xs:element name=\"{root}\"/></xs:schema>")
    };
    [("adapter.toml", manifest), ("XMLSchemas/q.xsd", schema("Q")), ("XMLSchemas/r.xsd", schema("R"))]
        .map(|(path, content)| (path.to_owned(), content))
        .into()
}

pub fn backends(register: &Arc<Register>) -> Backends {
    Backends::standard().with(Box::new(RegisterBackend(Arc::clone(register))))
}

/// Asks an operation; `deadline` as the caller has it.
pub async fn ask(package: &Package, name: &str, deadline: Option<Instant>) -> Result<Answer, AdapterError> {
    let operation = package.operations.iter().find(|operation| operation.name.as_str() == name).unwrap();
    let argument = Document::read("<Q/>", &Limits::default()).unwrap();
    let call = CallFacts { deadline, ..CallFacts::default() };
    package.adapter.ask(Question { operation, argument: argument.root(), call: &call }).await
}

/// Lets every task run until it waits for something.
pub async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

pub fn error(code: &'static str, retryable: bool) -> AdapterError {
    AdapterError {
        side: Fault::Register,
        code,
        retryable,
        message: Message::new("it failed", "отказа"),
        hint: Message::new("", ""),
    }
}
