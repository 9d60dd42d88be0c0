//! The way of a question: written down, signed for, sent, judged, and its answer put into the words of the package.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kapia_adapter::{Adapter, AdapterError, Answer, FullName, Health, Outcome, Question};
use kapia_http::{Client, Head, Read};
use kapia_template::{Value, Values, element};
use kapia_xml::Limits;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, Request, Url};
use tokio::time::timeout_at;

use crate::auth::Auth;
use crate::fault::Fault;
use crate::reply::{Reply, Told};
use crate::rest::RestCall;
use crate::soap::SoapCall;

/// The operations of one package, and the connections to its service.
pub(crate) struct WebAdapter {
    pub package: String,
    /// The parameters of the package by their names, for templates of requests.
    pub parameters: Value,
    pub client: Client,
    pub auth: Auth,
    pub answer: Duration,
    pub limits: Limits,
    pub probe: Probe,
    pub operations: HashMap<FullName, Arc<Prepared>>,
}

/// An operation that is ready to be asked.
pub(crate) struct Prepared {
    pub service: Service,
    pub reply: Reply,
}

pub(crate) enum Service {
    Rest(Box<RestCall>),
    Soap(Box<SoapCall>),
}

/// What shows that a service lives.
pub(crate) struct Probe {
    pub url: Url,
    /// Whether it must answer with 2xx; else any answer of its own is good.
    pub strict: bool,
}

/// What an answer turned out to be.
pub(crate) enum Judged {
    Answer { value: Value, status: u16 },
    NoData,
}

/// What a status or a fault of a service means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Answer,
    NoData,
    Error,
    Retry,
}

/// How long a sign of life may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a template may take beyond the deadline until its thread is left alone.
const GRACE: Duration = Duration::from_millis(250);

#[async_trait]
impl Adapter for WebAdapter {
    async fn ask(&self, question: Question<'_>) -> Result<Answer, AdapterError> {
        let operation = question.operation;
        let told = self.told(&question).await.inspect_err(|fault| {
            let (package, name, call) = (&*self.package, &operation.name, question.call.service_call_id);
            tracing::warn!(package, operation = %name, call, code = fault.code, "{}", fault.message());
        })?;
        match told {
            Told::Written(octets, outcome) => Answer::read(octets, outcome, operation, &Limits::default()),
            Told::NoData(document) => Answer::of(document, Outcome::NoData, operation),
        }
    }

    async fn health(&self) -> Health {
        match self.lives(Instant::now() + PATIENCE).await {
            Ok(()) => Health::Up,
            Err(fault) => Health::Down(fault.message()),
        }
    }
}

impl WebAdapter {
    async fn told(&self, question: &Question<'_>) -> Result<Told, Fault> {
        let prepared = self.operations.get(&question.operation.name).ok_or_else(Fault::internal)?;
        let limit = Instant::now() + self.answer;
        let until = question.call.deadline.map_or(limit, |deadline| deadline.min(limit));
        let argument = question.argument;
        let fields = &question.operation.request.fields;
        let call = Value::from_pairs([
            ("call_id", Value::from(question.call.service_call_id)),
            ("consumer_name", Value::from(question.call.consumer_name.as_str())),
            ("consumer_oid", Value::from(question.call.consumer_oid.as_deref())),
            ("employee_egn", Value::from(question.call.employee_egn.as_ref().map(|egn| egn.reveal()))),
            ("citizen_egn", Value::from(question.call.citizen_egn.as_ref().map(|egn| egn.reveal()))),
        ]);
        let values =
            Values::new().with("request", element(argument.document(), argument.id(), Some(fields))).with("call", call);

        let (asking, given) = (Arc::clone(prepared), values.clone().with("parameter", self.parameters.clone()));
        let request = writing(until, move || asking.service.request(&given)).await?;
        let answer = self.send(request, until, |head| prepared.service.reading(head)).await?;
        let (answering, limits) = (Arc::clone(prepared), self.limits.clone());
        writing(until, move || answering.reply.write(values, answering.service.judge(&answer, &limits)?)).await
    }

    /// Sends a request; one that was refused together with its token goes out once more with a new one.
    async fn send(
        &self,
        mut request: Request,
        until: Instant,
        reading: impl Fn(&Head) -> Read,
    ) -> Result<kapia_http::Answer, Fault> {
        let again = request.try_clone();
        self.auth.apply(&mut request, &self.client, until).await?;
        let shown = request.headers().get(AUTHORIZATION).cloned();
        let answer = self.client.send(request, until, &reading).await?;
        match again {
            Some(mut again) if answer.head.status == 401 && self.auth.refused(shown.as_ref()).await => {
                self.auth.apply(&mut again, &self.client, until).await?;
                Ok(self.client.send(again, until, &reading).await?)
            }
            _ => Ok(answer),
        }
    }

    async fn lives(&self, until: Instant) -> Result<(), Fault> {
        let request = Request::new(Method::GET, self.probe.url.clone());
        let status = self.send(request, until, |_| Read::Nothing).await?.head.status;
        match status {
            200..=299 => Ok(()),
            502..=504 => Err(of_status(status)),
            _ if self.probe.strict => Err(of_status(status)),
            _ => Ok(()),
        }
    }
}

/// Reads and writes on a thread of its own, since a large answer or a long template takes a while. The deadline is for a
/// template that never comes to an end; its bounds end it later.
async fn writing<T: Send + 'static>(
    until: Instant,
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match timeout_at((until + GRACE).into(), tokio::task::spawn_blocking(work)).await {
        Ok(Ok(done)) => done,
        Ok(Err(_)) => Err(Fault::internal()),
        Err(_) => Err(Fault::new("web-deadline").passing()),
    }
}

impl Service {
    fn request(&self, values: &Values) -> Result<Request, Fault> {
        match self {
            Service::Rest(call) => call.request(values),
            Service::Soap(call) => call.request(values),
        }
    }

    fn reading(&self, head: &Head) -> Read {
        match self {
            Service::Rest(call) => call.reading(head),
            Service::Soap(call) => call.reading(head),
        }
    }

    fn judge(&self, answer: &kapia_http::Answer, limits: &Limits) -> Result<Judged, Fault> {
        match self {
            Service::Rest(call) => call.judge(answer, limits),
            Service::Soap(call) => call.judge(answer, limits),
        }
    }
}

/// A status that is no answer.
pub(crate) fn of_status(status: u16) -> Fault {
    let told = |code| Fault::new(code).with("status", status.to_string());
    match status {
        300..=399 => Fault::new("web-redirect"),
        401 | 403 | 407 => told("web-forbidden"),
        408 | 429 | 500..=599 => told("web-unavailable").passing(),
        _ => told("web-status"),
    }
}
