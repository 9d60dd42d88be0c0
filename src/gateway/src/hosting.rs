//! The packages as an adapter host: behind the core of another gateway, by the protocol of adapter-standard §3 and §4.
//!
//! The way of a call is that of the gateway with two differences: who may see what is not decided here but handed over
//! in the message, as a matrix; and the answer is signed as adapters sign. What no line of the matrix opens never leaves.

mod adapters;
mod answer;
mod execute;
mod functions;
mod rights;
mod tuning;

use crate::filter::FilterPlan;
use crate::parameters::refresh_parameters;
use crate::settings::Settings;
use adapters::Adapters;
use answer::Said;
use arc_swap::ArcSwap;
use bytes::Bytes;
use kapia_adapter::{Catalogue, ParameterStore};
use kapia_journal::Journal;
use kapia_signature::Signer;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use time::OffsetDateTime;
use tuning::Tuning;
pub use tuning::{HOST, host_parameters};

/// What a host is made of.
pub struct HostingParts {
    /// The operations that are served.
    pub catalogue: Catalogue,
    /// What signs results; without one a call that wants a signature is an error.
    pub signer: Option<Arc<Signer>>,
    /// Where calls are written down; the core has a journal of its own.
    pub journal: Option<Arc<Journal>>,
    /// How it behaves.
    pub settings: Settings,
    /// Whether a core may set parameters: the protocol does not say who it is.
    pub settable: bool,
    /// Where the values of the host's own parameters stand; without it they last until it ends.
    pub parameters: Option<Arc<dyn ParameterStore>>,
}

/// An adapter host: one request of a core in, one answer out.
pub struct Hosting {
    state: ArcSwap<State>,
    tuning: Tuning,
    plans: Mutex<HashMap<PlanKey, Arc<FilterPlan>>>,
    counts: Mutex<BTreeMap<(String, &'static str), u64>>,
    started: Instant,
}

/// The parts that serve now, and where they are found.
struct State {
    parts: HostingParts,
    adapters: Adapters,
}

/// An operation and the digest of a matrix as it was written.
type PlanKey = (String, [u8; 32]);

/// More plans than this mean that matrices change all the time: the store starts anew.
const PLANS: usize = 1000;

/// A request of a core.
#[derive(Clone, Debug)]
pub struct HostIncoming {
    /// `GET` or `POST`; anything else is refused.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// The query.
    pub query: Option<String>,
    /// `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// The body.
    pub body: Bytes,
    /// Where it came from.
    pub client_address: String,
    /// When it arrived.
    pub received: OffsetDateTime,
}

/// An answer to a core.
#[derive(Clone, Debug)]
pub struct HostOutgoing {
    /// HTTP status.
    pub status: u16,
    /// The media type; empty for none.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
}

/// One adapter as a core sees it, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedAdapter {
    /// The step of the path, which is the name of the adapter's class.
    pub name: String,
    /// The contract of its operations.
    pub contract: String,
    /// How many operations it has.
    pub operations: usize,
}

impl Hosting {
    /// A host of these parts.
    pub fn new(parts: HostingParts) -> Hosting {
        let tuning = Tuning::new(&parts.settings, parts.parameters.as_deref());
        Hosting {
            state: ArcSwap::from_pointee(State::new(parts)),
            tuning,
            plans: Mutex::default(),
            counts: Mutex::default(),
            started: Instant::now(),
        }
    }

    /// Replaces the parts; calls that are under way end with the old ones.
    pub fn replace(&self, parts: HostingParts) {
        self.state.store(Arc::new(State::new(parts)));
        self.plans.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Takes over the values of parameters that somebody else has set since.
    pub fn refresh_parameters(&self) {
        let state = self.state.load_full();
        if let Some(store) = &state.parts.parameters {
            self.tuning.refresh(&**store);
        }
        refresh_parameters(&state.parts.catalogue);
    }

    /// Replaces the operations; calls that are under way end with the old ones.
    pub fn replace_catalogue(&self, catalogue: Catalogue) {
        let before = self.state.load();
        let parts = &before.parts;
        self.replace(HostingParts {
            catalogue,
            signer: parts.signer.clone(),
            journal: parts.journal.clone(),
            settings: parts.settings.clone(),
            settable: parts.settable,
            parameters: parts.parameters.clone(),
        });
    }

    /// The adapters that are served, in the order of their names.
    pub fn adapters(&self) -> Vec<HostedAdapter> {
        self.state.load().adapters.list()
    }

    /// Whether calls can be written down; the error is for operators.
    pub fn ready(&self) -> Result<(), String> {
        let state = self.state.load();
        match state.parts.journal.as_ref().and_then(|journal| journal.state().failing) {
            Some(error) => Err(format!("the journal cannot be written: {}", error.code())),
            None => Ok(()),
        }
    }

    /// Answers one request.
    pub async fn answer(&self, incoming: HostIncoming) -> HostOutgoing {
        let state = self.state.load_full();
        answer::answer(self, &state, incoming).await.outgoing()
    }

    /// Appends the metrics of the host in Prometheus text format.
    pub fn metrics(&self, out: &mut String) {
        out.push_str("# HELP kapia_host_calls_total Operations that cores have asked for, by adapter and outcome.\n");
        out.push_str("# TYPE kapia_host_calls_total counter\n");
        for ((adapter, outcome), count) in self.counts.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            out.push_str(&format!("kapia_host_calls_total{{adapter=\"{adapter}\",outcome=\"{outcome}\"}} {count}\n"));
        }
    }

    fn count(&self, adapter: &str, outcome: &'static str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((adapter.to_owned(), outcome)).or_default() += 1;
    }

    /// The plan of this key, or the one that `make` makes.
    fn plan(&self, key: PlanKey, make: impl FnOnce() -> FilterPlan) -> Arc<FilterPlan> {
        let known = self.plans.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let plan = Arc::new(make());
            let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
            if plans.len() >= PLANS {
                plans.clear();
            }
            plans.insert(key, Arc::clone(&plan));
            plan
        })
    }
}

impl State {
    fn new(parts: HostingParts) -> State {
        let adapters = Adapters::of(&parts.catalogue);
        State { parts, adapters }
    }
}

impl Said {
    fn outgoing(self) -> HostOutgoing {
        HostOutgoing { status: self.status, content_type: self.content_type, body: Bytes::from(self.body) }
    }
}
