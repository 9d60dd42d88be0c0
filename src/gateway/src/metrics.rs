//! Counters of the gateway, in Prometheus text format 0.0.4; labels never hold personal data.

use kapia_journal::Outcome;
use kapia_regix::EntryPoint;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The stages of a call, in their order.
pub(crate) const STAGES: [&str; 10] =
    ["open", "identify", "permit", "check-argument", "ask", "check-answer", "print", "write", "sign", "journal"];

/// Counters since the start.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    calls: [[AtomicU64; Outcome::ALL.len()]; EntryPoint::ALL.len()],
    stages: [AtomicU64; STAGES.len()],
    not_calls: AtomicU64,
    argument_violations: AtomicU64,
    answer_violations: AtomicU64,
    signed: AtomicU64,
    hidden: AtomicU64,
}

impl Metrics {
    pub fn call(&self, entry: EntryPoint, outcome: Outcome) {
        let outcome = Outcome::ALL.iter().position(|other| *other == outcome).unwrap_or_default();
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

    pub fn signed(&self) {
        self.signed.fetch_add(1, Ordering::Relaxed);
    }

    pub fn hidden(&self, count: u64) {
        self.hidden.fetch_add(count, Ordering::Relaxed);
    }

    pub fn write(&self, out: &mut String) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        head(out, "kapia_calls_total", "Calls by entry point and outcome.");
        for (entry, outcomes) in EntryPoint::ALL.iter().zip(&self.calls) {
            let entry = entry.name();
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
    }
}

fn head(out: &mut String, name: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter");
}
