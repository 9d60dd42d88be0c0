//! How long, how often, how many.

use std::time::Duration;

use time::OffsetDateTime;

/// What an operator can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How long a claimed call stays claimed if nothing more is heard of it; longer than the slowest register.
    pub lease: Duration,
    /// How execution is tried again.
    pub work: Retries,
    /// How long a claimed callback stays claimed; longer than the slowest delivery.
    pub callback_lease: Duration,
    /// How delivery is tried again.
    pub callback: Retries,
    /// How long an answer waits at least, from its completion.
    pub result_ttl: Duration,
    /// How long an answer can still be fetched after its callback was delivered.
    pub keep_delivered: Duration,
    /// How long the empty row of an expired call stays, so that the question for it is answered with "expired".
    pub tombstone: Duration,
    /// How many unanswered calls one consumer may have.
    pub pending_per_consumer: u32,
}

impl Default for Policy {
    fn default() -> Self {
        let (minute, hour, day) = (Duration::from_secs(60), Duration::from_secs(3600), Duration::from_secs(86_400));
        Self {
            lease: 10 * minute,
            work: Retries { first: Duration::from_secs(5), cap: 10 * minute, attempts: 8 },
            callback_lease: 5 * minute,
            callback: Retries { first: Duration::from_secs(30), cap: hour, attempts: 48 },
            result_ttl: 7 * day,
            keep_delivered: day,
            tombstone: 30 * day,
            pending_per_consumer: 10_000,
        }
    }
}

/// Exponential back-off: the n-th pause is `first` · 2ⁿ⁻¹, at most `cap`, of which a random part of up to one half is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// The pause after the first failure.
    pub first: Duration,
    /// The longest pause.
    pub cap: Duration,
    /// How often is tried in all; 0 is read as 1.
    pub attempts: u32,
}

/// What follows a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It is tried again then, at the earliest.
    At(OffsetDateTime),
    /// It was the last attempt.
    GivenUp,
    /// Somebody else has the claim by now, or the matter has ended: nothing was changed.
    Superseded,
}

impl Retries {
    /// The pause after attempt number `attempt` (from 1) failed; different each time, so that what failed together does not
    /// come back together.
    pub fn pause(&self, attempt: u32) -> Duration {
        let doubled = self.first.saturating_mul(1u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
        let longest = doubled.min(self.cap);
        longest.mul_f64(1.0 - 0.5 * random_part())
    }

    pub(crate) fn last(&self) -> u32 {
        self.attempts.max(1)
    }
}

/// Between 0 and 1.
fn random_part() -> f64 {
    let mut octets = [0u8; 4];
    // Without randomness the pause is merely not spread.
    let _ = aws_lc_rs::rand::fill(&mut octets);
    f64::from(u32::from_le_bytes(octets)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_cap_and_lose_at_most_one_half() {
        let retries = Retries { first: Duration::from_secs(10), cap: Duration::from_secs(65), attempts: 9 };
        for (attempt, seconds) in [(1, 10), (2, 20), (3, 40), (4, 65), (5, 65), (33, 65), (u32::MAX, 65)] {
            for _ in 0..200 {
                let pause = retries.pause(attempt);
                assert!(pause <= Duration::from_secs(seconds), "{attempt}: {pause:?}");
                assert!(pause * 2 >= Duration::from_secs(seconds), "{attempt}: {pause:?}");
            }
        }
    }

    #[test]
    fn what_failed_together_does_not_come_back_together() {
        let retries = Policy::default().callback;
        let pauses: std::collections::HashSet<Duration> = (0..100).map(|_| retries.pause(3)).collect();
        assert!(pauses.len() > 90, "{}", pauses.len());
    }
}
