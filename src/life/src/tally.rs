//! What is counted of an adapter and of its operations; no value of a call is ever in it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use kapia_adapter::{AdapterError, Fault, Outcome, Told};
use time::OffsetDateTime;

/// How a call of an adapter ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// With data.
    Data,
    /// With the answer that there is none.
    NoData,
    /// With an error that the consumer can mend.
    ClientError,
    /// With an error of the register or of its package.
    RegisterError,
    /// With an error of the gate.
    GateError,
    /// Time was over.
    Timeout,
    /// There was no place, and no turn.
    QueueFull,
    /// The breaker refused it.
    BreakerOpen,
    /// Whoever asked went away.
    CutShort,
}

impl Ending {
    pub const ALL: [Ending; 9] = [
        Ending::Data,
        Ending::NoData,
        Ending::ClientError,
        Ending::RegisterError,
        Ending::GateError,
        Ending::Timeout,
        Ending::QueueFull,
        Ending::BreakerOpen,
        Ending::CutShort,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Ending::Data => "data",
            Ending::NoData => "no-data",
            Ending::ClientError => "client-error",
            Ending::RegisterError => "register-error",
            Ending::GateError => "gate-error",
            Ending::Timeout => "timeout",
            Ending::QueueFull => "queue-full",
            Ending::BreakerOpen => "breaker-open",
            Ending::CutShort => "cut-short",
        }
    }

    pub fn of(asked: &Result<Told, AdapterError>) -> Ending {
        match asked {
            Ok(answer) if answer.outcome() == Outcome::NoData => Ending::NoData,
            Ok(_) => Ending::Data,
            Err(error) => match (error.code, error.side) {
                ("adapter-queue-full" | "adapter-queue-wait", _) => Ending::QueueFull,
                ("adapter-breaker-open", _) => Ending::BreakerOpen,
                (code, _) if code.ends_with("-deadline") || code.ends_with("-timeout") => Ending::Timeout,
                (_, Fault::Client) => Ending::ClientError,
                (_, Fault::Register) => Ending::RegisterError,
                (_, Fault::Gateway) => Ending::GateError,
            },
        }
    }

    /// Whether the register was asked at all.
    pub fn was_asked(self) -> bool {
        !matches!(self, Ending::QueueFull | Ending::BreakerOpen)
    }
}

/// Upper bounds of the classes of durations, in seconds; the last class has none.
pub(crate) const BOUNDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// More codes than this are counted together.
const CODES: usize = 64;

/// Everything that is counted of one adapter, over all versions of its package.
#[derive(Default)]
pub(crate) struct Tally {
    operations: RwLock<BTreeMap<String, Arc<OperationTally>>>,
    codes: Mutex<BTreeMap<&'static str, u64>>,
}

/// Everything that is counted of one operation.
#[derive(Default)]
pub(crate) struct OperationTally {
    calls: [AtomicU64; Ending::ALL.len()],
    durations: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
    pub in_flight: AtomicUsize,
    pub queued: AtomicUsize,
    pub retries: AtomicU64,
    last: Mutex<Last>,
}

/// The last call that went well, and the last that did not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Last {
    pub success: Option<OffsetDateTime>,
    pub failure: Option<(OffsetDateTime, &'static str)>,
}

impl Tally {
    /// The counters of an operation; only operations of packages come here, so there are never many.
    pub fn operation(&self, name: &str) -> Arc<OperationTally> {
        if let Some(known) = self.operations.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Arc::clone(known);
        }
        let mut operations = self.operations.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(operations.entry(name.to_owned()).or_default())
    }

    pub fn operations(&self) -> Vec<(String, Arc<OperationTally>)> {
        let operations = self.operations.read().unwrap_or_else(PoisonError::into_inner);
        operations.iter().map(|(name, tally)| (name.clone(), Arc::clone(tally))).collect()
    }

    /// Forgets operations that no version of the package has any more.
    pub fn keep(&self, has: impl Fn(&str) -> bool) {
        self.operations
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|name, tally| has(name) || tally.in_flight.load(Ordering::Relaxed) > 0);
    }

    pub fn failed(&self, code: &'static str) {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let code = if codes.len() < CODES || codes.contains_key(code) { code } else { "other" };
        *codes.entry(code).or_default() += 1;
    }

    pub fn codes(&self) -> BTreeMap<&'static str, u64> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl OperationTally {
    pub fn ended(&self, ending: Ending, took: Duration, code: Option<&'static str>, at: OffsetDateTime) {
        if let Some(counter) = self.calls.get(ending as usize) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        if ending.was_asked() {
            let seconds = took.as_secs_f64();
            let class = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
            if let Some(counter) = self.durations.get(class) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
            let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            self.micros.fetch_add(micros, Ordering::Relaxed);
        }
        let mut last = self.last();
        match (ending, code) {
            (Ending::Data | Ending::NoData, _) => last.success = Some(at),
            (Ending::CutShort, _) => {}
            (_, code) => last.failure = Some((at, code.unwrap_or("adapter-timeout"))),
        }
    }

    pub fn calls(&self, ending: Ending) -> u64 {
        self.calls.get(ending as usize).map_or(0, |counter| counter.load(Ordering::Relaxed))
    }

    /// Calls by class of duration, each class alone.
    pub fn durations(&self) -> Vec<u64> {
        self.durations.iter().map(|counter| counter.load(Ordering::Relaxed)).collect()
    }

    pub fn seconds(&self) -> f64 {
        Duration::from_micros(self.micros.load(Ordering::Relaxed)).as_secs_f64()
    }

    pub fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One more as long as it lives.
pub(crate) struct Under<'c>(&'c AtomicUsize);

impl<'c> Under<'c> {
    pub fn new(counter: &'c AtomicUsize) -> Under<'c> {
        counter.fetch_add(1, Ordering::SeqCst);
        Under(counter)
    }
}

impl Drop for Under<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_is_counted_in_its_own_place() {
        let tally = OperationTally::default();
        for (at, ending) in Ending::ALL.into_iter().enumerate() {
            assert_eq!(ending as usize, at);
            tally.ended(ending, Duration::from_millis(7), Some("code"), OffsetDateTime::UNIX_EPOCH);
        }
        assert!(Ending::ALL.iter().all(|ending| tally.calls(*ending) == 1));
        // Refused calls took no time of the register.
        assert_eq!(tally.durations().iter().sum::<u64>(), 7);
        assert_eq!(tally.durations()[1], 7);
    }

    #[test]
    fn there_are_never_more_codes_than_can_be_shown() {
        let tally = Tally::default();
        let codes: Vec<&'static str> = (0..200).map(|number| &*format!("code-{number}").leak()).collect();
        codes.iter().for_each(|code| tally.failed(code));
        let counted = tally.codes();
        assert_eq!(counted.len(), CODES + 1);
        assert_eq!(counted["other"], 200 - CODES as u64);
    }
}
