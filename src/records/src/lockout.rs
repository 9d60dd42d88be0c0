//! Who failed too often: by name and network, and by network alone.
//!
//! Nobody is locked everywhere: whoever could do that from outside could silence a ministry (horizontal-systems §3.5). The state
//! lives in this process only; a restart forgets it, and each of several gates counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use crate::store::millis;

/// How many names and networks are remembered; what is beyond that is forgotten, harmless ones first.
const MOST: usize = 50_000;

/// How many failures are too many, and within how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) failures: usize,
    pub(crate) within: Duration,
}

/// Counts failures by something that is no secret and no name: a keyed hash.
pub(crate) struct Failures {
    limit: Limit,
    known: Mutex<HashMap<[u8; 16], Vec<i64>>>,
}

/// What one more failure means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Struck {
    /// How many there are within the time, this one included.
    pub(crate) failures: usize,
    /// Whether this one was one too many.
    pub(crate) closes: bool,
}

impl Failures {
    pub(crate) fn new(limit: Limit) -> Self {
        Self { limit, known: Mutex::default() }
    }

    /// How long nobody is heard, if there were too many.
    pub(crate) fn closed(&self, who: [u8; 16], now: OffsetDateTime) -> Option<Duration> {
        let now = millis(now);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = known.get_mut(&who)?;
        self.forget(failures, now);
        // While it is closed, none is added.
        let last = failures.last().filter(|_| failures.len() >= self.limit.failures)?;
        let rest = last + self.within() - now;
        // Who came before the last failure and is heard after it waits no longer than whoever came with it.
        u64::try_from(rest).ok().filter(|rest| *rest > 0).map(|rest| Duration::from_millis(rest).min(self.limit.within))
    }

    /// One more.
    pub(crate) fn strike(&self, who: [u8; 16], now: OffsetDateTime) -> Struck {
        let now = millis(now);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(&who) {
            self.make_room(&mut known, now);
        }
        let failures = known.entry(who).or_default();
        self.forget(failures, now);
        failures.push(now);
        Struck { failures: failures.len(), closes: failures.len() == self.limit.failures }
    }

    /// A success forgives what was before it.
    pub(crate) fn forgive(&self, who: [u8; 16]) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&who);
    }

    // Those who are closed stay closed for as long as was said, counted from the last failure.
    fn forget(&self, failures: &mut Vec<i64>, now: i64) {
        let within = self.within();
        let closed = failures.len() >= self.limit.failures && failures.last().is_some_and(|last| last + within > now);
        if !closed {
            failures.retain(|failure| failure + within > now && *failure <= now + within);
            if failures.len() >= self.limit.failures {
                failures.clear();
            }
        }
    }

    fn make_room(&self, known: &mut HashMap<[u8; 16], Vec<i64>>, now: i64) {
        let within = self.within();
        known.retain(|_, failures| failures.last().is_some_and(|last| last + within > now));
        if known.len() >= MOST {
            known.retain(|_, failures| failures.len() >= self.limit.failures);
        }
        if known.len() >= MOST {
            known.clear();
            tracing::warn!("too many failed log-ins to remember them all; counting begins anew");
        }
    }

    fn within(&self) -> i64 {
        i64::try_from(self.limit.within.as_millis()).unwrap_or(i64::MAX / 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { failures: 5, within: Duration::from_secs(900) };

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(1_000_000 + seconds)
    }

    #[test]
    fn the_fifth_failure_closes_for_a_quarter_of_an_hour() {
        let failures = Failures::new(LIMIT);
        for count in 1..=4 {
            assert_eq!(failures.strike([1; 16], at(count)), Struck { failures: count as usize, closes: false });
            assert_eq!(failures.closed([1; 16], at(count)), None);
        }
        assert!(failures.strike([1; 16], at(5)).closes);
        assert_eq!(failures.closed([1; 16], at(6)), Some(Duration::from_secs(899)));
        assert_eq!(
            failures.closed([1; 16], at(4)),
            Some(Duration::from_secs(900)),
            "the fourth is heard after the fifth"
        );
        assert_eq!(failures.closed([2; 16], at(6)), None, "nobody else is closed");
        assert_eq!(failures.closed([1; 16], at(904)), Some(Duration::from_secs(1)));
        assert_eq!(failures.closed([1; 16], at(905)), None);
        assert_eq!(failures.strike([1; 16], at(906)), Struck { failures: 1, closes: false });
    }

    #[test]
    fn failures_that_are_long_ago_do_not_count() {
        let failures = Failures::new(LIMIT);
        for count in 0..20 {
            assert!(!failures.strike([1; 16], at(count * 300)).closes, "{count}");
        }
    }

    #[test]
    fn a_success_forgives() {
        let failures = Failures::new(LIMIT);
        for second in 0..4 {
            failures.strike([1; 16], at(second));
        }
        failures.forgive([1; 16]);
        assert_eq!(failures.strike([1; 16], at(5)).failures, 1);
    }

    #[test]
    fn memory_is_bounded_and_who_is_closed_stays_closed() {
        let failures = Failures::new(LIMIT);
        for _ in 0..5 {
            failures.strike([255; 16], at(0));
        }
        for number in 0..(MOST as u64 + 100) {
            let mut who = [0; 16];
            who[..8].copy_from_slice(&number.to_be_bytes());
            failures.strike(who, at(1));
        }
        assert!(failures.known.lock().unwrap().len() <= MOST);
        assert!(failures.closed([255; 16], at(2)).is_some());
    }
}
