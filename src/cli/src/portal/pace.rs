//! How many messages a credential may send.

use kapia_records::CredentialId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A minute's messages may come at once; then as many as flow in again.
pub(crate) struct Pace {
    per_minute: f64,
    known: Mutex<HashMap<CredentialId, (f64, Instant)>>,
}

impl Pace {
    /// So many messages in a minute; at least one.
    pub fn new(per_minute: u32) -> Pace {
        Pace { per_minute: f64::from(per_minute.max(1)), known: Mutex::default() }
    }

    /// Whether it is the pace of so many messages in a minute.
    pub fn is_of(&self, per_minute: u32) -> bool {
        self.per_minute == f64::from(per_minute.max(1))
    }

    /// Takes one message, or says how long to wait for it.
    ///
    /// There is one entry for each credential, so their number is that of the credentials.
    pub fn take(&self, who: CredentialId, now: Instant) -> Result<(), Duration> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, since) = known.entry(who).or_insert((self.per_minute, now));
        let flown = now.saturating_duration_since(*since).as_secs_f64() * self.per_minute / 60.0;
        (*left, *since) = ((*left + flown).min(self.per_minute), now);
        if *left >= 1.0 {
            *left -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - *left) * 60.0 / self.per_minute))
    }
}
