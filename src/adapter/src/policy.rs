//! How calls are let through to a register: `[limits]`, `[retry]` and `[breaker]` of a package and of its operations.

use std::collections::HashMap;
use std::time::Duration;

use crate::names::FullName;
use crate::problem::Problem;
use crate::section::{Keys, Section};
use crate::trouble::Trouble;

/// What a package says about the way of calls to its register; whoever serves the package keeps to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// For all operations together.
    pub limits: CallLimits,
    /// For operations that have no rules of their own.
    pub retry: RetryRules,
    /// For operations that have no rules of their own, together.
    pub breaker: BreakerRules,
    /// What operations say for themselves; one that says nothing is not in it.
    pub operations: HashMap<FullName, OperationPolicy>,
}

/// How much a register is asked at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// Calls at the same time.
    pub calls: usize,
    /// Calls that may wait for their turn.
    pub queue: usize,
    /// How long one of them waits at most.
    pub queue_wait: Duration,
    /// How long the register may take for a call, from its turn on; never longer than whoever asks waits.
    pub timeout: Option<Duration>,
}

/// When a call that failed in passing is made again; only idempotent operations are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryRules {
    /// Attempts in all.
    pub attempts: u32,
    /// The pause before the second attempt; it doubles, and a random half of it is left out.
    pub pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// How long one attempt may take.
    pub attempt: Option<Duration>,
}

/// When a register that fails is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerRules {
    /// So many passing failures within the window open it; 0: it never opens.
    pub failures: u32,
    /// And at least so many of a hundred calls must have failed.
    pub share_percent: u32,
    /// How far back it looks.
    pub window: Duration,
    /// How long it refuses before a call may try again; doubles while trials fail.
    pub rest: Duration,
    /// The longest rest.
    pub longest_rest: Duration,
}

/// What one operation says for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationPolicy {
    /// Whether a call may be made again: the register does nothing but read.
    pub idempotent: bool,
    /// Its share of the calls of the package.
    pub limits: Option<CallLimits>,
    /// How long the register may take for it.
    pub timeout: Option<Duration>,
    /// Its rules for calls that failed in passing.
    pub retry: Option<RetryRules>,
    /// A breaker of its own.
    pub breaker: Option<BreakerRules>,
}

impl Default for CallLimits {
    fn default() -> Self {
        CallLimits { calls: 64, queue: 128, queue_wait: Duration::from_secs(5), timeout: None }
    }
}

impl Default for RetryRules {
    fn default() -> Self {
        let milliseconds = Duration::from_millis;
        RetryRules { attempts: 3, pause: milliseconds(200), longest_pause: milliseconds(2000), attempt: None }
    }
}

impl Default for BreakerRules {
    fn default() -> Self {
        BreakerRules {
            failures: 10,
            share_percent: 50,
            window: Duration::from_secs(30),
            rest: Duration::from_secs(10),
            longest_rest: Duration::from_secs(120),
        }
    }
}

impl Policy {
    /// The rules of an operation for calls that failed in passing; `None` if they are never made again.
    pub fn retry_of(&self, operation: &FullName) -> Option<RetryRules> {
        let own = self.operations.get(operation).filter(|own| own.idempotent)?;
        Some(own.retry.unwrap_or(self.retry)).filter(|rules| rules.attempts > 1)
    }

    /// How long the register may take for an operation, if the package says it.
    pub fn timeout_of(&self, operation: &FullName) -> Option<Duration> {
        self.operations.get(operation).and_then(|own| own.timeout).or(self.limits.timeout)
    }
}

/// The tables of a package, as they stand beside `[backend]`.
pub(crate) struct Tables<'s> {
    limits: Option<&'s Section>,
    retry: Option<&'s Section>,
    breaker: Option<&'s Section>,
}

impl<'s> Tables<'s> {
    pub fn of(keys: &mut Keys<'s, '_>) -> Tables<'s> {
        Tables { limits: keys.section("limits"), retry: keys.section("retry"), breaker: keys.section("breaker") }
    }

    /// The policy of the package, without its operations.
    pub fn read(&self, problems: &mut Vec<Problem>) -> Policy {
        let usual = Policy::default();
        Policy {
            limits: self.limits.map_or(usual.limits, |table| limits(table, &usual.limits, problems)),
            retry: self.retry.map_or(usual.retry, |table| retry(table, usual.retry, problems)),
            breaker: self.breaker.map_or(usual.breaker, |table| breaker(table, usual.breaker, problems)),
            operations: HashMap::new(),
        }
    }

    /// What an operation says for itself; keys that it leaves out are those of the package.
    pub fn read_operation(&self, idempotent: bool, package: &Policy, problems: &mut Vec<Problem>) -> OperationPolicy {
        if let (Some(table), false) = (self.retry, idempotent) {
            let trouble = Trouble::KeyUseless { section: "[[operation]]".into(), key: "retry", needs: "idempotent" };
            problems.push(Problem::from(trouble).at("adapter.toml", table.line()));
        }
        let own = self.limits.map(|table| (table.has("calls"), limits(table, &package.limits, problems)));
        if let (Some((false, _)), Some(table)) = (own, self.limits) {
            for key in ["queue", "queue_ms"].into_iter().filter(|key| table.has(key)) {
                let trouble = Trouble::KeyUseless { section: "[limits]".into(), key, needs: "calls" };
                problems.push(Problem::from(trouble).at("adapter.toml", table.line()));
            }
        }
        OperationPolicy {
            idempotent,
            limits: own.filter(|(lane, _)| *lane).map(|(_, limits)| limits),
            timeout: own.and_then(|(_, limits)| limits.timeout),
            retry: self.retry.map(|table| retry(table, package.retry, problems)),
            breaker: self.breaker.map(|table| breaker(table, package.breaker, problems)),
        }
    }

    /// The first of the tables that is there, with its name.
    pub fn any(&self) -> Option<(&'static str, u32)> {
        let named = [("limits", self.limits), ("retry", self.retry), ("breaker", self.breaker)];
        named.into_iter().find_map(|(name, table)| Some((name, table?.line())))
    }
}

const LONGEST_MS: u64 = 3_600_000;

fn limits(table: &Section, usual: &CallLimits, problems: &mut Vec<Problem>) -> CallLimits {
    let mut keys = table.keys(problems);
    let limits = CallLimits {
        calls: size(&mut keys, "calls", 1..=10_000).unwrap_or(usual.calls),
        queue: size(&mut keys, "queue", 0..=100_000).unwrap_or(usual.queue),
        queue_wait: milliseconds(&mut keys, "queue_ms", 1).unwrap_or(usual.queue_wait),
        timeout: milliseconds(&mut keys, "timeout_ms", 10).or(usual.timeout),
    };
    keys.finish();
    limits
}

fn retry(table: &Section, usual: RetryRules, problems: &mut Vec<Problem>) -> RetryRules {
    let mut keys = table.keys(problems);
    let pause = milliseconds(&mut keys, "pause_ms", 1).unwrap_or(usual.pause);
    let rules = RetryRules {
        attempts: number(&mut keys, "attempts", 1..=10).unwrap_or(usual.attempts),
        pause,
        longest_pause: milliseconds(&mut keys, "longest_pause_ms", 1).unwrap_or(usual.longest_pause).max(pause),
        attempt: milliseconds(&mut keys, "attempt_ms", 10).or(usual.attempt),
    };
    keys.finish();
    rules
}

fn breaker(table: &Section, usual: BreakerRules, problems: &mut Vec<Problem>) -> BreakerRules {
    let mut keys = table.keys(problems);
    let rest = seconds(&mut keys, "rest_seconds").unwrap_or(usual.rest);
    let rules = BreakerRules {
        failures: number(&mut keys, "failures", 0..=100_000).unwrap_or(usual.failures),
        share_percent: number(&mut keys, "share_percent", 1..=100).unwrap_or(usual.share_percent),
        window: seconds(&mut keys, "window_seconds").unwrap_or(usual.window),
        rest,
        longest_rest: seconds(&mut keys, "longest_rest_seconds").unwrap_or(usual.longest_rest).max(rest),
    };
    keys.finish();
    rules
}

fn size(keys: &mut Keys<'_, '_>, key: &'static str, allowed: std::ops::RangeInclusive<u64>) -> Option<usize> {
    usize::try_from(keys.number(key, allowed)?.value).ok()
}

fn number(keys: &mut Keys<'_, '_>, key: &'static str, allowed: std::ops::RangeInclusive<u64>) -> Option<u32> {
    u32::try_from(keys.number(key, allowed)?.value).ok()
}

fn milliseconds(keys: &mut Keys<'_, '_>, key: &'static str, least: u64) -> Option<Duration> {
    Some(Duration::from_millis(keys.number(key, least..=LONGEST_MS)?.value))
}

fn seconds(keys: &mut Keys<'_, '_>, key: &'static str) -> Option<Duration> {
    Some(Duration::from_secs(keys.number(key, 1..=3600)?.value))
}
