//! How the adapters are, for people and programs; no value of a call is ever in it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use kapia_adapter::{Health, Message, PackageError};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::breaker::{Breaker, Standing};
use crate::fleet::Fleet;
use crate::guard::Guard;
use crate::slot::{Refusal, Slot};
use crate::tally::{BOUNDS, Ending, OperationTally};

/// All adapters at a moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// In the order in which they serve, and then those that drain.
    pub adapters: Vec<AdapterStatus>,
}

/// One package, or one version of it that drains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdapterStatus {
    /// The name of the package; that of its folder if it was never read.
    pub name: String,
    /// Its folder; `kapia:…` is inside the program.
    pub place: String,
    /// `serving`, `refused` (nothing serves) or `draining`.
    pub state: String,
    /// The kind of its backend.
    pub backend: String,
    /// The version that serves: the first octets of the SHA-256 of its files.
    pub version: String,
    /// Since when it serves, or drains.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// Calls under way, waiting ones included.
    pub under_way: usize,
    /// Calls that may be answered at the same time.
    pub calls: usize,
    /// Calls that may wait.
    pub queue: usize,
    /// Its breaker.
    pub breaker: BreakerStatus,
    /// What the register says now; only if it was asked.
    pub health: Option<HealthStatus>,
    /// A newer version that cannot be served, or the only one.
    pub refused: Option<Refused>,
    /// How often calls have failed, by code.
    pub failures: BTreeMap<String, u64>,
    /// Its operations.
    pub operations: Vec<OperationStatus>,
}

/// One operation, over all versions of its package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperationStatus {
    /// Its full name.
    pub name: String,
    /// Calls by how they ended; what never happened is left out.
    pub calls: BTreeMap<String, u64>,
    /// Calls under way, waiting ones included.
    pub under_way: usize,
    /// Calls that wait for their turn.
    pub queued: usize,
    /// Attempts beyond the first.
    pub retries: u64,
    /// Milliseconds that a call took on the average, if any reached the register.
    pub mean_ms: Option<f64>,
    /// Milliseconds within which 95 of 100 calls ended, by class; more than the last class is told as none.
    pub most_within_ms: Option<f64>,
    /// Its own breaker, if it has one.
    pub breaker: Option<BreakerStatus>,
    /// When a call went well last.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_success: Option<OffsetDateTime>,
    /// When a call failed last, and how.
    pub last_failure: Option<Failed>,
}

/// A failure: when, and its code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failed {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The code.
    pub code: String,
}

/// What a breaker does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BreakerStatus {
    /// `closed`, `half-open` or `open`.
    pub state: String,
    /// Seconds until a call may try, if it is open.
    pub again_in_seconds: Option<u64>,
}

/// What a register says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HealthStatus {
    /// `up`, `degraded` or `down`.
    pub state: String,
    /// Why, unless it is up.
    pub told: Option<Told>,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// English.
    pub en: String,
    /// Bulgarian.
    pub bg: String,
}

/// A version that cannot be served.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    /// When it was read.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The version.
    pub version: String,
    /// The code of the first problem.
    pub code: String,
    /// All problems, with their places and hints.
    pub told: Told,
}

/// So many registers are asked for a sign of life at the same time.
const AT_A_TIME: usize = 16;

impl Fleet {
    /// How the adapters are; asks no register.
    pub fn status(&self) -> Status {
        let mut adapters: Vec<AdapterStatus> = self.slots().iter().map(of_slot).collect();
        for (name, place, version, since, under_way) in self.draining() {
            let since = Some(since);
            adapters.push(AdapterStatus { since, under_way, version, ..nothing(name, place, "draining") });
        }
        Status { adapters }
    }

    /// The same, with what every register says now; they are asked at the same time.
    pub async fn status_with_health(&self) -> Status {
        let mut status = self.status();
        let places = Arc::new(Semaphore::new(AT_A_TIME));
        let mut asking = JoinSet::new();
        for (at, slot) in self.slots().into_iter().enumerate() {
            let (Some(living), places) = (slot.serving, Arc::clone(&places)) else { continue };
            asking.spawn(async move {
                let _place = places.acquire_owned().await;
                (at, kapia_adapter::Adapter::health(&*living.guard).await)
            });
        }
        while let Some(asked) = asking.join_next().await {
            let Ok((at, health)) = asked else { continue };
            if let Some(adapter) = status.adapters.get_mut(at) {
                adapter.health = Some(of_health(health));
            }
        }
        status
    }
}

fn of_slot(slot: &Slot) -> AdapterStatus {
    let place = slot.place.to_string();
    let refused = slot.refused.as_ref().map(of_refusal);
    let Some(living) = &slot.serving else {
        let name = slot.refused.as_ref().map_or_else(|| place.clone(), |refusal| refusal.error.package.clone());
        return AdapterStatus { refused, ..nothing(name, place, "refused") };
    };
    let (guard, package) = (&living.guard, &living.package);
    let (breaker, own) = guard.breakers();
    let own: BTreeMap<&str, BreakerStatus> =
        own.map(|(name, breaker)| (name.as_str(), of_breaker(breaker, guard.now()))).collect();
    let operations = package.operations.iter().filter(|operation| operation.successor.is_none());
    let operations = operations.map(|operation| {
        let name = operation.name.as_str();
        OperationStatus { breaker: own.get(name).cloned(), ..of_operation(name, &guard.tally().operation(name)) }
    });
    AdapterStatus {
        backend: package.backend.to_owned(),
        version: living.fingerprint.map(|version| version.to_string()).unwrap_or_default(),
        since: Some(living.loaded),
        under_way: guard.under_way(),
        calls: guard.policy().limits.calls,
        queue: guard.policy().limits.queue,
        breaker: of_breaker(breaker, guard.now()),
        refused,
        failures: guard.tally().codes().into_iter().map(|(code, count)| (code.to_owned(), count)).collect(),
        operations: operations.collect(),
        ..nothing(package.name.clone(), place, "serving")
    }
}

fn nothing(name: String, place: String, state: &str) -> AdapterStatus {
    AdapterStatus {
        name,
        place,
        state: state.to_owned(),
        backend: String::new(),
        version: String::new(),
        since: None,
        under_way: 0,
        calls: 0,
        queue: 0,
        breaker: BreakerStatus { state: "closed".to_owned(), again_in_seconds: None },
        health: None,
        refused: None,
        failures: BTreeMap::new(),
        operations: Vec::new(),
    }
}

fn of_operation(name: &str, tally: &OperationTally) -> OperationStatus {
    let load = |counter: &std::sync::atomic::AtomicUsize| counter.load(std::sync::atomic::Ordering::Relaxed);
    let last = *tally.last();
    let durations = tally.durations();
    let asked: u64 = durations.iter().sum();
    let calls = Ending::ALL.into_iter().map(|ending| (ending.name().to_owned(), tally.calls(ending)));
    OperationStatus {
        name: name.to_owned(),
        calls: calls.filter(|(_, count)| *count > 0).collect(),
        under_way: load(&tally.in_flight),
        queued: load(&tally.queued),
        retries: tally.retries.load(std::sync::atomic::Ordering::Relaxed),
        mean_ms: (asked > 0).then(|| (tally.seconds() * 1e6 / asked as f64).round() / 1e3),
        most_within_ms: most_within(&durations),
        breaker: None,
        last_success: last.success,
        last_failure: last.failure.map(|(at, code)| Failed { at, code: code.to_owned() }),
    }
}

/// The upper bound of the class in which the 95th of 100 calls ends.
fn most_within(durations: &[u64]) -> Option<f64> {
    let all: u64 = durations.iter().sum();
    let mut counted = 0;
    let class = durations.iter().position(|count| {
        counted += count;
        all > 0 && counted * 100 >= all * 95
    });
    BOUNDS.get(class?).map(|seconds| seconds * 1000.0)
}

fn of_breaker(breaker: &Breaker, now: Instant) -> BreakerStatus {
    let (state, left) = match breaker.standing(now) {
        Standing::Closed => ("closed", None),
        Standing::HalfOpen => ("half-open", None),
        Standing::Open(left) => ("open", Some(left.as_secs() + u64::from(left.subsec_nanos() > 0))),
    };
    BreakerStatus { state: state.to_owned(), again_in_seconds: left }
}

fn of_health(health: Health) -> HealthStatus {
    let (state, told) = match health {
        Health::Up => ("up", None),
        Health::Degraded(message) => ("degraded", Some(told(&message))),
        Health::Down(message) => ("down", Some(told(&message))),
    };
    HealthStatus { state: state.to_owned(), told }
}

fn told(message: &Message) -> Told {
    Told { en: message.en.to_string(), bg: message.bg.to_string() }
}

fn of_refusal(refusal: &Refusal) -> Refused {
    let error: &PackageError = &refusal.error;
    Refused {
        at: refusal.at,
        version: refusal.fingerprint.map(|version| version.to_string()).unwrap_or_default(),
        code: error.problems.first().map_or("package-unreadable", |problem| problem.code).to_owned(),
        told: Told { en: error.to_string(), bg: error.bulgarian() },
    }
}

/// What a breaker is in the metrics: 0 closed, 1 half-open, 2 open.
pub(crate) fn breaker_number(guard: &Guard) -> u8 {
    let now = guard.now();
    let number = |breaker: &Breaker| match breaker.standing(now) {
        Standing::Closed => 0,
        Standing::HalfOpen => 1,
        Standing::Open(_) => 2,
    };
    let (breaker, own) = guard.breakers();
    own.map(|(_, breaker)| number(breaker)).fold(number(breaker), u8::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_the_slowest_twentieth_is_told() {
        let mut durations = vec![0; BOUNDS.len() + 1];
        assert_eq!(most_within(&durations), None);
        durations[0] = 95;
        durations[4] = 5;
        assert_eq!(most_within(&durations), Some(5.0));
        durations[4] = 6;
        assert_eq!(most_within(&durations), Some(100.0));
        durations[BOUNDS.len()] = 1000;
        assert_eq!(most_within(&durations), None);
    }
}
