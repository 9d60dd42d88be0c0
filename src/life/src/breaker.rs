//! When a register that fails is left alone, and how it is taken back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kapia_adapter::BreakerRules;

/// Counts what became of calls and refuses them while the register does not work.
///
/// Closed, it lets everything through. Enough failures within the window open it; then it refuses until it has rested.
/// After that one call may try: if the register answers it closes, else it rests twice as long.
pub(crate) struct Breaker {
    rules: BreakerRules,
    /// What it is called in the log.
    name: String,
    born: Instant,
    state: Mutex<State>,
}

struct State {
    /// Grows whenever it opens or closes: what began before says nothing about what is now.
    generation: u64,
    phase: Phase,
}

enum Phase {
    Closed(Box<Window>),
    Open {
        until: Instant,
        rest: Duration,
    },
    /// One call tries.
    Trying {
        rest: Duration,
    },
}

/// What a breaker does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It lets calls through.
    Closed,
    /// It has rested: one call may try, or does.
    HalfOpen,
    /// It refuses for so long.
    Open(Duration),
}

/// What a call says about the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It works: it answered, be it with an error.
    Works,
    /// It does not.
    Fails,
    /// Nothing.
    Unknown,
}

/// A call that was let through; it must be told what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    generation: u64,
    /// Whether it is the one that tries.
    pub trial: bool,
}

impl Breaker {
    pub fn new(rules: BreakerRules, name: impl Into<String>, now: Instant) -> Breaker {
        let state = State { generation: 0, phase: Phase::Closed(Box::default()) };
        Breaker { rules, name: name.into(), born: now, state: Mutex::new(state) }
    }

    /// Whether a call would be refused now, and for how long; changes nothing.
    pub fn refuses(&self, now: Instant) -> Option<Duration> {
        match self.state().phase {
            Phase::Closed(_) => None,
            Phase::Open { until, .. } => Some(until.saturating_duration_since(now)).filter(|left| !left.is_zero()),
            Phase::Trying { .. } => Some(A_MOMENT),
        }
    }

    /// Lets a call through, or says for how long none is.
    pub fn enter(&self, now: Instant) -> Result<Pass, Duration> {
        let mut state = self.state();
        let generation = state.generation;
        match state.phase {
            Phase::Closed(_) => Ok(Pass { generation, trial: false }),
            Phase::Open { until, .. } if now < until => Err(until.saturating_duration_since(now)),
            Phase::Open { rest, .. } => {
                state.phase = Phase::Trying { rest };
                Ok(Pass { generation, trial: true })
            }
            Phase::Trying { .. } => Err(A_MOMENT),
        }
    }

    /// What became of a call.
    pub fn settle(&self, pass: Pass, verdict: Verdict, now: Instant) {
        let mut state = self.state();
        if pass.generation != state.generation {
            return;
        }
        let rest = match &mut state.phase {
            Phase::Closed(window) => {
                if verdict == Verdict::Unknown || self.rules.failures == 0 {
                    return;
                }
                let (good, bad) = window.count(self.slot(now), verdict == Verdict::Fails);
                let share = bad.saturating_mul(100) >= u64::from(self.rules.share_percent).saturating_mul(good + bad);
                if verdict == Verdict::Works || bad < u64::from(self.rules.failures) || !share {
                    return;
                }
                self.rules.rest
            }
            Phase::Trying { rest } => match verdict {
                Verdict::Works => {
                    state.phase = Phase::Closed(Box::default());
                    state.generation += 1;
                    tracing::info!(adapter = self.name, "the register answers again");
                    return;
                }
                Verdict::Fails => rest.saturating_mul(2).min(self.rules.longest_rest),
                Verdict::Unknown => {
                    // The next call tries.
                    state.phase = Phase::Open { until: now, rest: *rest };
                    return;
                }
            },
            Phase::Open { .. } => return,
        };
        state.phase = Phase::Open { until: now + rest, rest };
        state.generation += 1;
        tracing::warn!(adapter = self.name, seconds = rest.as_secs(), "the register fails and is left alone");
    }

    pub fn standing(&self, now: Instant) -> Standing {
        match self.state().phase {
            Phase::Closed(_) => Standing::Closed,
            Phase::Open { until, .. } if now < until => Standing::Open(until.saturating_duration_since(now)),
            Phase::Open { .. } | Phase::Trying { .. } => Standing::HalfOpen,
        }
    }

    /// The tenth of a window in which a moment lies.
    fn slot(&self, now: Instant) -> u64 {
        let tenth = (self.rules.window.as_millis() / SLOTS as u128).max(1);
        u64::try_from(now.saturating_duration_since(self.born).as_millis() / tenth).unwrap_or(u64::MAX)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When another call tries already: its answer is on the way.
const A_MOMENT: Duration = Duration::from_secs(1);

const SLOTS: usize = 10;

/// Calls of the last ten slots of time.
#[derive(Default)]
struct Window([Slot; SLOTS]);

#[derive(Clone, Copy, Default)]
struct Slot {
    number: u64,
    good: u64,
    bad: u64,
}

impl Window {
    /// One call more; gives how many in the window were good and bad.
    fn count(&mut self, number: u64, failed: bool) -> (u64, u64) {
        let at = usize::try_from(number % SLOTS as u64).unwrap_or_default();
        if let Some(slot) = self.0.get_mut(at) {
            if slot.number != number {
                *slot = Slot { number, ..Slot::default() };
            }
            if failed { slot.bad += 1 } else { slot.good += 1 }
        }
        let within = self.0.iter().filter(|slot| slot.number + SLOTS as u64 > number);
        within.fold((0, 0), |(good, bad), slot| (good + slot.good, bad + slot.bad))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn breaker(born: Instant) -> Breaker {
        let rules = BreakerRules {
            failures: 3,
            share_percent: 50,
            window: 10 * SECOND,
            rest: 5 * SECOND,
            longest_rest: 15 * SECOND,
        };
        Breaker::new(rules, "vehicles", born)
    }

    fn call(breaker: &Breaker, verdict: Verdict, now: Instant) {
        let pass = breaker.enter(now).unwrap();
        breaker.settle(pass, verdict, now);
    }

    #[test]
    fn failures_within_the_window_open_it_and_a_good_trial_closes_it() {
        let t = Instant::now();
        let breaker = breaker(t);
        call(&breaker, Verdict::Fails, t);
        call(&breaker, Verdict::Fails, t);
        assert_eq!(breaker.standing(t), Standing::Closed);
        call(&breaker, Verdict::Fails, t);
        assert_eq!(breaker.standing(t), Standing::Open(5 * SECOND));
        assert_eq!(breaker.enter(t + 2 * SECOND), Err(3 * SECOND));
        assert_eq!(breaker.refuses(t + 2 * SECOND), Some(3 * SECOND));

        let later = t + 5 * SECOND;
        assert_eq!(breaker.standing(later), Standing::HalfOpen);
        let trial = breaker.enter(later).unwrap();
        assert!(trial.trial);
        assert!(breaker.enter(later).is_err(), "two calls try at once");
        breaker.settle(trial, Verdict::Works, later);
        assert_eq!(breaker.standing(later), Standing::Closed);
        // What failed before says nothing any more.
        call(&breaker, Verdict::Fails, later);
        assert_eq!(breaker.standing(later), Standing::Closed);
    }

    #[test]
    fn failures_that_are_long_past_or_few_among_many_do_not_open_it() {
        let t = Instant::now();
        let old = breaker(t);
        for second in [0, 6, 12, 18, 24] {
            call(&old, Verdict::Fails, t + second * SECOND);
        }
        assert_eq!(old.standing(t + 24 * SECOND), Standing::Closed);
        let few = breaker(t);
        for _ in 0..20 {
            call(&few, Verdict::Works, t);
        }
        for _ in 0..10 {
            call(&few, Verdict::Fails, t);
        }
        assert_eq!(few.standing(t), Standing::Closed);
    }

    #[test]
    fn failed_trials_rest_longer_and_longer_up_to_a_limit() {
        let mut now = Instant::now();
        let breaker = breaker(now);
        (0..3).for_each(|_| call(&breaker, Verdict::Fails, now));
        for rest in [5, 10, 15, 15] {
            assert_eq!(breaker.standing(now), Standing::Open(rest * SECOND));
            now += rest * SECOND;
            call(&breaker, Verdict::Fails, now);
        }
    }

    #[test]
    fn a_trial_that_says_nothing_leaves_the_next_call_to_try() {
        let t = Instant::now();
        let breaker = breaker(t);
        (0..3).for_each(|_| call(&breaker, Verdict::Fails, t));
        let later = t + 5 * SECOND;
        call(&breaker, Verdict::Unknown, later);
        assert!(breaker.enter(later).unwrap().trial);
    }

    #[test]
    fn calls_that_began_before_it_opened_do_not_close_it() {
        let t = Instant::now();
        let breaker = breaker(t);
        let slow = breaker.enter(t).unwrap();
        (0..3).for_each(|_| call(&breaker, Verdict::Fails, t));
        let later = t + 5 * SECOND;
        let trial = breaker.enter(later).unwrap();
        breaker.settle(slow, Verdict::Works, later);
        assert_eq!(breaker.standing(later), Standing::HalfOpen);
        breaker.settle(trial, Verdict::Works, later);
        assert_eq!(breaker.standing(later), Standing::Closed);
    }

    #[test]
    fn without_a_number_of_failures_it_never_opens() {
        let t = Instant::now();
        let breaker = Breaker::new(BreakerRules { failures: 0, ..BreakerRules::default() }, "vehicles", t);
        (0..1000).for_each(|_| call(&breaker, Verdict::Fails, t));
        assert_eq!(breaker.standing(t), Standing::Closed);
    }
}
