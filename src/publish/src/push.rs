//! Pushing: checked here, sent in batches, again where that helps, until each record has an outcome.

use std::collections::HashMap;
use std::time::Duration;

use kapia_portal::fault::{Code, Detail};
use kapia_portal::names::TYPES;
use kapia_portal::{Contract, Operation, examine_record};
use kapia_xml::{Document, Element, Limits, Writer};

use crate::endpoint::{Endpoint, request_id};
use crate::report::{Ended, Line, Progress, Report, Told};
use crate::source::Draft;
use crate::trouble::Trouble;

/// How to push.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the service is asked with, as far as it has it: without `SaveServices` it is asked record by record.
    pub way: Way,
    /// How often one message is sent at most.
    pub attempts: u32,
    /// How long to wait before the second attempt; it doubles.
    pub pause: Duration,
    /// The longest wait; if the service wants a longer one, it is given up.
    pub longest_pause: Duration,
    /// Nothing is sent.
    pub rehearse: bool,
    /// Code lists and rules of the service, as far as they are known here.
    pub rules: kapia_portal::Options,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            way: Way::Batches(MOST),
            attempts: 5,
            pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(120),
            rehearse: false,
            rules: kapia_portal::Options::default(),
        }
    }
}

/// The operations that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `SaveServices` with so many records, 1 to 50.
    Batches(usize),
    /// `AddService`, and `UpdateService` for what is there already: for services that have only these two.
    OneByOne,
}

/// The most records of a batch (horizontal-systems §3.2).
const MOST: usize = 50;
/// Octets of the records of a batch; the service takes more, but not every proxy does.
const BATCH_OCTETS: usize = 4 << 20;

/// Pushes records; the report has a line for each of them. `progress` hears how far it has come.
pub async fn push(
    endpoint: &Endpoint,
    contract: &Contract,
    drafts: &[Draft],
    options: &Options,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Report {
    let way = match options.way {
        Way::Batches(_) if !endpoint.offers(Operation::SaveServices) => Way::OneByOne,
        way => way,
    };
    let mut pushing = Pushing {
        endpoint,
        options,
        way,
        progress,
        lines: Vec::with_capacity(drafts.len()),
        seen: HashMap::new(),
        sendable: Vec::new(),
        messages: 0,
        stopped: None,
    };
    for draft in drafts {
        pushing.check(contract, draft);
    }
    if !options.rehearse {
        pushing.send().await;
    }
    Report { records: pushing.lines, messages: pushing.messages }
}

struct Pushing<'p> {
    endpoint: &'p Endpoint,
    options: &'p Options,
    way: Way,
    progress: &'p mut (dyn FnMut(Progress) + Send),
    lines: Vec<Line>,
    /// From keys to the first place in `lines`.
    seen: HashMap<String, usize>,
    /// Place in `lines`, and the octets to send.
    sendable: Vec<(usize, bytes::Bytes)>,
    messages: u32,
    /// What makes every further message pointless.
    stopped: Option<Trouble>,
}

impl Pushing<'_> {
    fn check(&mut self, contract: &Contract, draft: &Draft) {
        let mut line = Line {
            origin: draft.origin.clone(),
            key: key_of(&draft.record),
            ended: Ended::NotSent,
            version: None,
            told: Vec::new(),
        };
        let before = *self.seen.entry(line.key.clone()).or_insert(self.lines.len());
        let twice = self.lines.get(before).filter(|_| line.key != NO_KEY);
        match examine_record(contract, &self.options.rules, &draft.record) {
            Err(fault) => {
                line.ended = Ended::Rejected;
                line.told.push(Told::fault(&fault));
            }
            Ok(examined) if !examined.faults.is_empty() => {
                line.ended = Ended::Rejected;
                line.told.extend(examined.faults.iter().map(Told::fault));
            }
            Ok(_) if twice.is_some() => {
                line.ended = Ended::Rejected;
                let other = twice.map(|other| other.origin.to_string()).unwrap_or_default();
                line.told.push(crate::text::told("push-twice", &[("other", other)]));
            }
            Ok(examined) => {
                line.told.extend(examined.warnings.iter().map(Told::fault));
                let fitted = self.endpoint.fitted(&examined.octets);
                if !fitted.left_out.is_empty() {
                    line.told.push(Told::left_out(fitted.left_out));
                }
                if fitted.violations.is_empty() {
                    line.ended = if self.options.rehearse { Ended::WouldBeSent } else { Ended::NotSent };
                    self.sendable.push((self.lines.len(), examined.octets));
                } else {
                    line.ended = Ended::Rejected;
                    line.told.extend(fitted.violations.into_iter().map(Told::violation));
                }
            }
        }
        self.lines.push(line);
    }

    async fn send(&mut self) {
        let sendable = std::mem::take(&mut self.sendable);
        let all = self.lines.len();
        let mut done = all - sendable.len();
        if self.way != self.options.way {
            (self.progress)(Progress::OneByOne);
        }
        (self.progress)(Progress::Ended { done, all });
        for batch in self.batches(&sendable) {
            match self.stopped.clone() {
                Some(trouble) => self.failed(batch, &trouble),
                None => match self.way {
                    Way::Batches(_) => self.save(batch).await,
                    Way::OneByOne => self.add(batch).await,
                },
            }
            done += batch.len();
            (self.progress)(Progress::Ended { done, all });
        }
    }

    fn batches<'s>(&self, sendable: &'s [(usize, bytes::Bytes)]) -> Vec<&'s [(usize, bytes::Bytes)]> {
        let most = match self.way {
            Way::Batches(most) => most.clamp(1, MOST),
            Way::OneByOne => 1,
        };
        let mut batches = Vec::new();
        let mut rest = sendable;
        while !rest.is_empty() {
            let mut octets = 0;
            let fits = |(_, record): &&(usize, bytes::Bytes)| {
                octets += record.len();
                octets <= BATCH_OCTETS
            };
            let count = rest.iter().take(most).take_while(fits).count().max(1);
            let (batch, others) = rest.split_at(count);
            batches.push(batch);
            rest = others;
        }
        batches
    }

    async fn save(&mut self, batch: &[(usize, bytes::Bytes)]) {
        let mut content = Vec::new();
        batch.iter().for_each(|(_, record)| content.extend_from_slice(record));
        let mut mode = Writer::new();
        mode.leaf("", TYPES, "Mode", "BestEffort");
        content.extend_from_slice(mode.bytes());
        match self.ask(Operation::SaveServices, &content).await {
            Ok(answer) => {
                let results: Vec<Element<'_>> =
                    answer.root().children().filter(|child| child.is(TYPES, "OperationResult")).collect();
                for (at, (place, _)) in batch.iter().enumerate() {
                    match results.get(at) {
                        Some(result) => self.ended(*place, *result),
                        None if results.is_empty() && self.endpoint.answers_without_outcome() => {
                            self.carried_out(*place, Operation::SaveServices);
                        }
                        None => self.failed(&batch[at..=at], &Trouble::OtherAnswer),
                    }
                }
            }
            // One record may be to blame for all: alone, each hears its own fault.
            Err(trouble) if batch.len() > 1 && trouble.is_about_the_message() && !trouble.passes() => {
                for (at, _) in batch.iter().enumerate() {
                    Box::pin(self.save(&batch[at..=at])).await;
                }
            }
            Err(trouble) => self.failed(batch, &trouble),
        }
    }

    async fn add(&mut self, batch: &[(usize, bytes::Bytes)]) {
        for (at, (place, record)) in batch.iter().enumerate() {
            match self.add_or_update(record).await {
                Ok((operation, answer)) => match answer.root().child(TYPES, "OperationResult") {
                    Some(result) => self.ended(*place, result),
                    None if self.endpoint.answers_without_outcome() => self.carried_out(*place, operation),
                    None => self.failed(&batch[at..=at], &Trouble::OtherAnswer),
                },
                Err(trouble) => self.failed(&batch[at..=at], &trouble),
            }
        }
    }

    /// Adds a record, or updates it where it is there already, with what the service has of the two.
    async fn add_or_update(&mut self, record: &[u8]) -> Result<(Operation, Document), Trouble> {
        let (add, update) = (Operation::AddService, Operation::UpdateService);
        if !self.endpoint.offers(add) && self.endpoint.offers(update) {
            return Ok((update, self.ask(update, record).await?));
        }
        match self.ask(add, record).await {
            Err(first) if may_exist(&first) && self.endpoint.offers(update) => match self.ask(update, record).await {
                Ok(answer) => Ok((update, answer)),
                Err(second) => Err(plainer(first, second)),
            },
            said => Ok((add, said?)),
        }
    }

    /// One message, as often as it helps and is allowed; its name stays the same.
    async fn ask(&mut self, operation: Operation, content: &[u8]) -> Result<Document, Trouble> {
        let id = request_id();
        let mut attempt = 1;
        loop {
            self.messages += 1;
            let trouble = match self.endpoint.ask(operation, content, &id).await {
                Ok(answer) => return Ok(answer),
                Err(trouble) => trouble,
            };
            let wanted = match &trouble {
                Trouble::ComeAgain(Some(after)) => *after,
                _ => pause(self.options, attempt),
            };
            if !trouble.passes() || attempt >= self.options.attempts || wanted > self.options.longest_pause {
                if trouble.stops() {
                    self.stopped = Some(trouble.clone());
                }
                return Err(trouble);
            }
            attempt += 1;
            (self.progress)(Progress::Again { trouble, seconds: wanted.as_secs(), attempt });
            tokio::time::sleep(wanted).await;
        }
    }

    fn ended(&mut self, place: usize, result: Element<'_>) {
        let text = |name: &str| result.child(TYPES, name).map(|child| child.text().into_owned()).unwrap_or_default();
        let Some(line) = self.lines.get_mut(place) else { return };
        line.ended = match text("Result").as_str() {
            "CREATED" => Ended::Created,
            "UPDATED" | "REACTIVATED" => Ended::Updated,
            "UNCHANGED" => Ended::Unchanged,
            _ => Ended::Rejected,
        };
        line.version = text("Version").parse().ok().filter(|_| line.ended != Ended::Rejected);
        // The service says again what was found here.
        line.told.retain(Told::is_of_the_way);
        let told = result.children().filter(|child| child.is(TYPES, "Fault") || child.is(TYPES, "Warning"));
        line.told.extend(told.map(|child| Told::detail(Detail::of(child))));
    }

    /// The service has said yes, and not to what.
    fn carried_out(&mut self, place: usize, operation: Operation) {
        let Some(line) = self.lines.get_mut(place) else { return };
        line.ended = if operation == Operation::AddService { Ended::Created } else { Ended::Updated };
        line.told.retain(Told::is_of_the_way);
    }

    fn failed(&mut self, batch: &[(usize, bytes::Bytes)], trouble: &Trouble) {
        for (place, _) in batch {
            if let Some(line) = self.lines.get_mut(*place) {
                let refused = trouble.is_about_the_message() && !trouble.passes();
                line.ended = if refused { Ended::Rejected } else { Ended::NotSent };
                line.told.push(Told::trouble(trouble));
            }
        }
    }
}

/// Whether a record that could not be added may be there already: the service says so (horizontal-systems §3.4), or it
/// refuses with a fault of which nobody knows what it means.
pub(crate) fn may_exist(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Fault(fault) => match Code::of_number(&fault.code) {
            Some(code) => code == Code::AlreadyExists,
            None => !fault.retryable,
        },
        Trouble::OtherFault { passes, .. } => !passes,
        _ => false,
    }
}

/// Of the troubles of adding and of updating the one that tells more: where the first one was not understood, updating was
/// only tried.
pub(crate) fn plainer(adding: Trouble, updating: Trouble) -> Trouble {
    let understood = matches!(&adding, Trouble::Fault(fault) if Code::of_number(&fault.code).is_some());
    if understood || !updating.is_about_the_message() { updating } else { adding }
}

const NO_KEY: &str = "?/?";

/// Before the attempt after this one.
fn pause(options: &Options, attempt: u32) -> Duration {
    options.pause.saturating_mul(2_u32.saturating_pow(attempt - 1)).min(options.longest_pause)
}

fn key_of(record: &[u8]) -> String {
    let Ok(document) = Document::read(record.to_vec(), &Limits::default()) else { return NO_KEY.to_owned() };
    let key = document.root().child(TYPES, "ServiceKey");
    let text = |name: &str| {
        let child = key.and_then(|key| key.child(TYPES, name));
        child.map(|child| child.text().trim().to_owned()).filter(|text| !text.is_empty()).unwrap_or_else(|| "?".into())
    };
    format!("{}/{}", text("SupplierEIK"), text("ServiceNumber"))
}
