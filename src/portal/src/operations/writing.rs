//! Operations that change records: checked one by one, written in one transaction together with their answer.

use bytes::Bytes;
use kapia_records::{
    Answer, Applied, Batch, Change, Content, Key, Mode, Outcome as Did, PushNote, Refused, Registered, Status, Ticket,
    What,
};
use kapia_xml::Element;
use time::OffsetDateTime;

use super::{check_scope, key_in};
use crate::answers::{self, Row};
use crate::contract::Outcome;
use crate::fault::{Code, Detail, Fault};
use crate::names::{Operation, Shape};
use crate::opening::Opened;
use crate::rules::values::moment;
use crate::rules::{all, text};
use crate::service::{Call, EgovService, Failure, Kept, Workflow};
use crate::{facts, neutral, rules};

/// What one record of a request asks for.
pub(super) struct Item<'d> {
    key: Key,
    place: String,
    expected: Option<u64>,
    asks: Result<Asks<'d>, Fault>,
}

enum Asks<'d> {
    Save(Element<'d>),
    Deactivate { from: Option<OffsetDateTime>, why: Option<String> },
    Reactivate { why: Option<String> },
}

/// A record that was looked at: what to do, or why not.
struct Looked {
    key: Key,
    place: String,
    warnings: Vec<Fault>,
    change: Result<Change, Fault>,
    /// Version and status as they are when it is refused.
    current: (u64, Status),
}

pub(super) struct Plan<'d> {
    items: Vec<Item<'d>>,
    mode: Mode,
}

impl EgovService {
    /// What a request asks for, without looking into the store. Who may do none of it is told at once, and nothing is kept.
    pub(super) fn plan<'d>(&self, opened: &'d Opened, call: &Call) -> Result<Plan<'d>, Failure> {
        let request = opened.request();
        let expected = text(request, "ExpectedVersion").and_then(|version| version.parse::<u64>().ok());
        let why = text(request, "Reason");
        let mode = match text(request, "Mode").as_deref() {
            Some("BestEffort") => Mode::BestEffort,
            _ => Mode::AllOrNothing,
        };
        let mut items: Vec<Item<'d>> = Vec::new();
        match opened.operation {
            Operation::DeactivateService => {
                let from = text(request, "EffectiveFrom")
                    .map(|text| moment(&text).ok_or_else(|| Fault::new(Code::SchemaViolation).at("/EffectiveFrom")));
                let asks = Asks::Deactivate { from: from.transpose()?, why };
                items.push(Item { key: key_in(request)?, place: String::new(), expected, asks: Ok(asks) });
            }
            Operation::ReactivateService => {
                let asks = Asks::Reactivate { why };
                items.push(Item { key: key_in(request)?, place: String::new(), expected, asks: Ok(asks) });
            }
            operation => {
                for (index, record) in all(request, "ServiceRecord").enumerate() {
                    let place = match operation {
                        Operation::SaveServices => format!("/ServiceRecord[{}]", index + 1),
                        _ => "/ServiceRecord".to_owned(),
                    };
                    let broken = opened.verdict.records.iter().find(|(broken, _)| *broken == index);
                    let asks = broken.map_or(Ok(Asks::Save(record)), |(_, fault)| Err(fault.clone()));
                    items.push(Item { key: key_in(record)?, place, expected, asks });
                }
            }
        }
        for item in &mut items {
            let Err(fault) = check_scope(call, &item.key.supplier) else { continue };
            let fault = fault.at(format!("{}/ServiceKey/SupplierEIK", item.place));
            if mode == Mode::AllOrNothing {
                return Err(fault.into());
            }
            item.asks = Err(fault);
        }
        Ok(Plan { items, mode })
    }

    /// Does what was planned; gives the octets that are kept for the identifier of the request.
    pub(super) async fn carry_out(
        &self,
        plan: Plan<'_>,
        opened: &Opened,
        call: &Call,
        ticket: Option<Ticket>,
    ) -> Result<Bytes, Failure> {
        let mut looked = Vec::with_capacity(plan.items.len());
        for item in plan.items {
            let mut seen = self.look_at(item, opened).await?;
            if plan.mode == Mode::BestEffort
                && let Some(record) = self.inner.records.get(&seen.key, None).await?
            {
                seen.current = (record.version, record.status);
            }
            looked.push(seen);
        }
        let told = Told {
            operation: opened.operation,
            mode: plan.mode,
            request: opened.request_id.as_ref().map_or_else(new_identifier, |id| id.as_str().to_owned()),
            correlation: call.correlation.clone(),
            now: call.now,
            places: opened.places.clone(),
        };
        let records = &self.inner.records;
        let refused = looked.iter().any(|looked| looked.change.is_err());
        if refused && plan.mode == Mode::AllOrNothing {
            let answer = told.refusal(&looked);
            let octets = answer.octets.clone();
            match ticket {
                Some(ticket) => return Ok(records.finish(ticket, call.caller.name(), answer, call.now).await?),
                None => records.note(call.caller.name(), answer.notes, call.now).await?,
            }
            return Ok(octets);
        }
        let changes = looked.iter().filter_map(|looked| looked.change.as_ref().ok().cloned()).collect();
        let batch = Batch { by: call.caller.name().to_owned(), at: call.now, mode: plan.mode, changes, ticket };
        Ok(records.apply(batch, move |applied| told.answer(&looked, applied)).await?)
    }

    async fn look_at(&self, item: Item<'_>, opened: &Opened) -> Result<Looked, Failure> {
        let Item { key, place, expected, asks } = item;
        let mut warnings = Vec::new();
        let change = match asks {
            Err(fault) => Err(fault),
            Ok(Asks::Deactivate { from, why }) => {
                Ok(Change { key: key.clone(), expected, why, what: What::Deactivate { from } })
            }
            Ok(Asks::Reactivate { why }) => Ok(Change { key: key.clone(), expected, why, what: What::Reactivate }),
            Ok(Asks::Save(record)) => {
                let nothing = Shape::default();
                let shape = self.inner.contract.shape(opened.operation.name()).unwrap_or(&nothing);
                let options = &self.inner.options;
                let found = rules::check(record, opened.request(), shape, &options.dictionaries, options.strictness);
                warnings = found.warnings;
                match found.faults.into_iter().next() {
                    Some(fault) => Err(fault),
                    None => match self.check_register(&key, &place).await? {
                        Some(fault) => Err(fault),
                        None => self.save(record, &key, &place, expected, opened.operation).await?,
                    },
                }
            }
        };
        Ok(Looked { key, place, warnings, change, current: (0, Status::Draft) })
    }

    /// What the administrative register says, as far as it was imported.
    async fn check_register(&self, key: &Key, place: &str) -> Result<Option<Fault>, Failure> {
        Ok(match self.inner.records.registered(key.service).await? {
            Registered::Unknown => Some(
                Fault::new(Code::ServiceNotRegistered)
                    .with("number", key.service)
                    .at(format!("{place}/ServiceKey/ServiceNumber")),
            ),
            Registered::Known { providers, .. } if !providers.is_empty() && !providers.contains(&key.supplier) => Some(
                Fault::new(Code::NotTheSupplier)
                    .with("eik", &key.supplier)
                    .at(format!("{place}/ServiceKey/SupplierEIK")),
            ),
            _ => None,
        })
    }

    /// The change that stores a record with the status that it shall have.
    async fn save(
        &self,
        record: Element<'_>,
        key: &Key,
        place: &str,
        expected: Option<u64>,
        operation: Operation,
    ) -> Result<Result<Change, Fault>, Failure> {
        let wished = text(record, "PublicationStatus").and_then(|status| status.parse::<Status>().ok());
        let octets = neutral::canonical(record);
        let mut expected = expected;
        if let Some(wished) = wished {
            let current = self.inner.records.get(key, None).await?;
            let denied = |from: Status| {
                Fault::new(Code::TransitionDenied)
                    .with("from", from.as_str())
                    .with("to", wished.as_str())
                    .at(format!("{place}/PublicationStatus"))
            };
            let same = current.as_ref().filter(|current| current.octets == octets);
            if !self.may_be_set(wished) && same.is_none_or(|same| same.status != wished) {
                return Ok(Err(denied(current.as_ref().map_or(Status::Draft, |current| current.status))));
            }
            if let Some(same) = same.filter(|same| same.status != wished && operation != Operation::AddService) {
                // Nobody may change it between this look and the change.
                expected = expected.or(Some(same.version));
                let what = What::SetStatus(wished);
                return Ok(Ok(Change { key: key.clone(), expected, why: None, what }));
            }
        }
        let content = match self.content(octets, wished) {
            Ok(content) => content,
            Err(fault) => return Ok(Err(fault)),
        };
        let what = match operation {
            Operation::AddService => What::Add(content),
            Operation::UpdateService => What::Update(content),
            _ => What::Put(content),
        };
        Ok(Ok(Change { key: key.clone(), expected, why: None, what }))
    }

    /// Whether a sender may wish a status: under review the later ones are for people.
    fn may_be_set(&self, wished: Status) -> bool {
        match self.inner.options.workflow {
            Workflow::Direct => wished != Status::Inactive,
            Workflow::Review => matches!(wished, Status::Draft | Status::Developed),
        }
    }

    fn content(&self, octets: Bytes, wished: Option<Status>) -> Result<Content, Fault> {
        let document = neutral::read(&octets).map_err(|_| Fault::new(Code::Internal))?;
        let nothing = Shape::default();
        let shape = self.inner.contract.shape(Operation::AddService.name()).unwrap_or(&nothing);
        let facts = facts::of(document.root(), shape, &self.inner.options.dictionaries);
        let usual = match self.inner.options.workflow {
            Workflow::Direct => Status::Published,
            Workflow::Review => Status::Draft,
        };
        Ok(Content { octets, facts, status: wished.unwrap_or(usual) })
    }
}

/// What is told about a request that was carried out.
struct Told {
    operation: Operation,
    mode: Mode,
    request: String,
    correlation: String,
    now: OffsetDateTime,
    places: crate::profile::Places,
}

impl Told {
    /// Nothing was written, because a record is refused.
    fn refusal(&self, looked: &[Looked]) -> Answer {
        let mut faults = looked.iter().filter_map(|looked| looked.change.as_ref().err());
        let Some(mut first) = faults.next().cloned() else { return Answer::default() };
        for other in faults.filter(|other| other.code == first.code).flat_map(|other| other.fields.clone()).take(50) {
            if !first.fields.contains(&other) {
                first.fields.push(other);
            }
        }
        let notes =
            looked.iter().map(|looked| note(&looked.key, Outcome::Rejected, looked.change.as_ref().err())).collect();
        Answer { octets: kept(&Kept::Fault(self.detail(&first))), notes }
    }

    /// What became of the changes; runs inside the transaction.
    fn answer(&self, looked: &[Looked], applied: &[Applied]) -> Answer {
        let mut applied = applied.iter();
        let mut outcomes = Vec::with_capacity(looked.len());
        let mut notes = Vec::with_capacity(looked.len());
        let mut whole: Option<Fault> = None;
        for looked in looked {
            let result = match &looked.change {
                Err(fault) => Err(Some(fault.clone())),
                Ok(change) => match applied.next() {
                    Some(Ok(done)) => Ok(*done),
                    Some(Err(refused)) => Err(fault_of(*refused, looked, change)),
                    None => Err(Some(Fault::new(Code::Internal))),
                },
            };
            match result {
                Ok(done) => {
                    notes.push(note(&looked.key, name_of(done.outcome), None));
                    outcomes.push(Row {
                        key: looked.key.clone(),
                        result: name_of(done.outcome),
                        version: done.version,
                        status: done.status,
                        at: done.at,
                        warnings: looked.warnings.iter().map(|w| self.places.translated(w.clone())).collect(),
                        fault: None,
                    });
                }
                Err(fault) => {
                    notes.push(note(&looked.key, Outcome::Rejected, fault.as_ref()));
                    outcomes.push(Row {
                        key: looked.key.clone(),
                        result: Outcome::Rejected,
                        version: looked.current.0,
                        status: looked.current.1,
                        at: self.now,
                        warnings: Vec::new(),
                        fault: fault.as_ref().map(|fault| self.detail(fault)),
                    });
                    whole = whole.or(fault);
                }
            }
        }
        let octets = match whole {
            Some(fault) if self.mode == Mode::AllOrNothing => kept(&Kept::Fault(self.detail(&fault))),
            _ => match answers::written(self.operation, &self.request, &outcomes) {
                Ok(element) => kept(&Kept::Answer(element)),
                Err(fault) => kept(&Kept::Fault(self.detail(&fault))),
            },
        };
        Answer { octets, notes }
    }

    fn detail(&self, fault: &Fault) -> Detail {
        self.places.translated(fault.clone()).detail(&self.correlation)
    }
}

/// The fault of a change that the store refuses; none for one that was only undone with the others.
fn fault_of(refused: Refused, looked: &Looked, change: &Change) -> Option<Fault> {
    let fault = match refused {
        Refused::Undone => return None,
        Refused::Exists { .. } => Fault::new(Code::AlreadyExists),
        Refused::NotFound => Fault::new(Code::ServiceNotFound),
        Refused::Conflict { expected, current } => {
            Fault::new(Code::VersionConflict).with("expected", expected).with("current", current)
        }
        Refused::Inactive => Fault::new(Code::ServiceInactive),
        Refused::Transition { from, to } => {
            let fault = Fault::new(Code::TransitionDenied).with("from", from.as_str()).with("to", to.as_str());
            return Some(fault.at(format!("{}/PublicationStatus", looked.place)));
        }
    };
    debug_assert_eq!(change.key, looked.key);
    Some(fault.at(format!("{}/ServiceKey", looked.place)))
}

fn name_of(did: Did) -> Outcome {
    match did {
        Did::Created => Outcome::Created,
        Did::Updated | Did::StatusChanged => Outcome::Updated,
        Did::Unchanged => Outcome::Unchanged,
        Did::Deactivated => Outcome::Deactivated,
        Did::Reactivated => Outcome::Reactivated,
    }
}

fn note(key: &Key, result: Outcome, fault: Option<&Fault>) -> PushNote {
    PushNote {
        key: key.clone(),
        result: result.as_str().to_owned(),
        fault: fault.map(|fault| fault.code.number().to_owned()),
    }
}

fn kept(kept: &Kept) -> Bytes {
    // Strings and booleans always become JSON.
    Bytes::from(serde_json::to_vec(kept).unwrap_or_default())
}

/// An identifier for a request that came without one: a random UUID (RFC 9562 §5.4).
fn new_identifier() -> String {
    let mut octets = [0_u8; 16];
    // Without randomness the identifier is only less useful; it protects nothing.
    let _ = aws_lc_rs::rand::fill(&mut octets);
    octets[6] = octets[6] & 0x0f | 0x40;
    octets[8] = octets[8] & 0x3f | 0x80;
    let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32))
}
