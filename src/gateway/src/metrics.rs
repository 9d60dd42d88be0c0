//! Counters of the gateway, in Prometheus text format 0.0.4; labels never hold personal data.

use kapia_deferred::Counts;
use kapia_journal::Outcome;
use kapia_regix::EntryPoint;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The stages of a call, in their order.
pub(crate) const STAGES: [&str; 12] = [
    "open",
    "identify",
    "permit",
    "check-argument",
    "accept",
    "fetch",
    "ask",
    "check-answer",
    "print",
    "write",
    "sign",
    "journal",
];

const TOKENS: [&str; 3] = ["accepted", "refused", "ignored"];

/// What became of a token about the consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenFate {
    Accepted,
    Refused,
    /// No issuer is configured.
    Ignored,
}

/// Counters since the start.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    calls: [[AtomicU64; Outcome::ALL.len()]; EntryPoint::ALL.len()],
    typed_calls: [AtomicU64; Outcome::ALL.len()],
    stages: [AtomicU64; STAGES.len()],
    not_calls: AtomicU64,
    argument_violations: AtomicU64,
    answer_violations: AtomicU64,
    tokens: [AtomicU64; TOKENS.len()],
    signed: AtomicU64,
    hidden: AtomicU64,
    executions: [AtomicU64; EXECUTIONS.len()],
    pushes: [AtomicU64; PUSHES.len()],
    deferred: Mutex<Option<Counts>>,
    /// By old name and successor: both are names of packages, so there are never many.
    superseded: Mutex<BTreeMap<(String, String), u64>>,
}

/// How an attempt to execute an accepted call ends.
const EXECUTIONS: [&str; 3] = ["answered", "failed", "again"];
/// How an attempt to push an answer ends.
const PUSHES: [&str; 3] = ["delivered", "given-up", "again"];

impl Metrics {
    pub fn call(&self, entry: EntryPoint, typed: bool, outcome: Outcome) {
        let outcome = Outcome::ALL.iter().position(|other| *other == outcome).unwrap_or_default();
        if typed {
            self.typed_calls[outcome].fetch_add(1, Ordering::Relaxed);
            return;
        }
        let entry = EntryPoint::ALL.iter().position(|other| *other == entry).unwrap_or_default();
        self.calls[entry][outcome].fetch_add(1, Ordering::Relaxed);
    }

    pub fn stage(&self, name: &str, took: Duration) {
        if let Some(stage) = STAGES.iter().position(|stage| *stage == name) {
            let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            self.stages[stage].fetch_add(micros, Ordering::Relaxed);
        }
    }

    pub fn not_a_call(&self) {
        self.not_calls.fetch_add(1, Ordering::Relaxed);
    }

    pub fn violations(&self, argument: bool, count: usize) {
        let counter = if argument { &self.argument_violations } else { &self.answer_violations };
        counter.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub fn token(&self, fate: TokenFate) {
        self.tokens[fate as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// A call by an old name of an operation.
    pub fn superseded(&self, operation: &str, successor: &str) {
        let mut counts = self.superseded.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((operation.to_owned(), successor.to_owned())).or_default() += 1;
    }

    pub fn signed(&self) {
        self.signed.fetch_add(1, Ordering::Relaxed);
    }

    pub fn hidden(&self, count: u64) {
        self.hidden.fetch_add(count, Ordering::Relaxed);
    }

    /// One of [`EXECUTIONS`].
    pub fn execution(&self, ended: &str) {
        count(&EXECUTIONS, &self.executions, ended);
    }

    /// One of [`PUSHES`].
    pub fn push(&self, ended: &str) {
        count(&PUSHES, &self.pushes, ended);
    }

    /// What is in the store of asynchronous calls.
    pub fn deferred(&self, counts: Counts) {
        *self.deferred.lock().unwrap_or_else(PoisonError::into_inner) = Some(counts);
    }

    pub fn write(&self, out: &mut String) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        head(out, "kapia_calls_total", "Calls by entry point and outcome.");
        let entries = EntryPoint::ALL.iter().map(|entry| entry.name()).zip(&self.calls);
        for (entry, outcomes) in entries.chain([("typed", &self.typed_calls)]) {
            for (outcome, count) in Outcome::ALL.iter().zip(outcomes) {
                let name = outcome.as_str();
                let _ = writeln!(out, "kapia_calls_total{{entry=\"{entry}\",outcome=\"{name}\"}} {}", read(count));
            }
        }
        head(out, "kapia_stage_seconds_total", "Time spent in each stage of all calls.");
        for (stage, micros) in STAGES.iter().zip(&self.stages) {
            let seconds = Duration::from_micros(read(micros)).as_secs_f64();
            let _ = writeln!(out, "kapia_stage_seconds_total{{stage=\"{stage}\"}} {seconds}");
        }
        head(out, "kapia_tokens_total", "Tokens about consumers, by what became of them.");
        for (fate, count) in TOKENS.iter().zip(&self.tokens) {
            let _ = writeln!(out, "kapia_tokens_total{{outcome=\"{fate}\"}} {}", read(count));
        }
        for (name, help, counter) in [
            ("kapia_messages_not_calls_total", "Messages that could not be read as a call.", &self.not_calls),
            ("kapia_argument_violations_total", "Schema violations found in arguments.", &self.argument_violations),
            (
                "kapia_answer_violations_total",
                "Schema violations found in answers of registers.",
                &self.answer_violations,
            ),
            ("kapia_answers_signed_total", "Answers that were signed.", &self.signed),
            ("kapia_fields_hidden_total", "Elements and attributes that the rights filter left out.", &self.hidden),
        ] {
            head(out, name, help);
            let _ = writeln!(out, "{name} {}", read(counter));
        }
        let superseded = self.superseded.lock().unwrap_or_else(PoisonError::into_inner);
        if !superseded.is_empty() {
            head(out, "kapia_successor_calls_total", "Calls by an old name of an operation.");
            for ((operation, successor), count) in superseded.iter() {
                let labels = format!("operation=\"{}\",successor=\"{}\"", label(operation), label(successor));
                let _ = writeln!(out, "kapia_successor_calls_total{{{labels}}} {count}");
            }
        }
        drop(superseded);
        if let Some(counts) = *self.deferred.lock().unwrap_or_else(PoisonError::into_inner) {
            self.write_deferred(out, &counts);
        }
    }

    fn write_deferred(&self, out: &mut String, counts: &Counts) {
        for (name, help, labels, counters) in [
            (
                "kapia_deferred_executions_total",
                "Attempts to execute accepted calls by how they ended.",
                &EXECUTIONS,
                &self.executions,
            ),
            (
                "kapia_deferred_pushes_total",
                "Attempts to push answers to consumers by how they ended.",
                &PUSHES,
                &self.pushes,
            ),
        ] {
            head(out, name, help);
            for (label, counter) in labels.iter().zip(counters) {
                let _ = writeln!(out, "{name}{{ended=\"{label}\"}} {}", counter.load(Ordering::Relaxed));
            }
        }
        gauge(out, "kapia_deferred_calls", "Asynchronous calls in the store by state.");
        for (state, count) in [
            ("pending", counts.pending),
            ("running", counts.running),
            ("ready", counts.ready),
            ("acknowledged", counts.acknowledged),
            ("expired", counts.expired),
        ] {
            let _ = writeln!(out, "kapia_deferred_calls{{state=\"{state}\"}} {count}");
        }
        gauge(out, "kapia_deferred_callbacks", "Callbacks in the store by state.");
        for (state, count) in [
            ("waiting", counts.callbacks_waiting),
            ("delivered", counts.callbacks_delivered),
            ("given-up", counts.callbacks_given_up),
        ] {
            let _ = writeln!(out, "kapia_deferred_callbacks{{state=\"{state}\"}} {count}");
        }
        gauge(out, "kapia_deferred_oldest_seconds", "Since when the oldest one of each kind waits.");
        for (kind, since) in
            [("call", counts.oldest_pending), ("answer", counts.oldest_ready), ("callback", counts.oldest_callback)]
        {
            let seconds = since.unwrap_or_default().as_secs_f64();
            let _ = writeln!(out, "kapia_deferred_oldest_seconds{{kind=\"{kind}\"}} {seconds}");
        }
    }
}

fn count(labels: &[&str], counters: &[AtomicU64], label: &str) {
    if let Some(counter) = labels.iter().position(|other| *other == label).and_then(|place| counters.get(place)) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

fn gauge(out: &mut String, name: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
}

/// A text as the value of a label.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn head(out: &mut String, name: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter");
}
