//! So many calls at a time, and so many waiting for their turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use kapia_adapter::CallLimits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::clock::Clock;
use crate::tally::{OperationTally, Under};

/// A place for each call that may be under way; whoever waits is served in the order of coming.
pub(crate) struct Lane {
    pub limits: CallLimits,
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// As many as may wait do already.
    Queue,
    /// No turn came in time.
    Wait,
    /// The caller gives up before a turn can come.
    Deadline,
}

impl Lane {
    pub fn new(limits: CallLimits) -> Lane {
        Lane { limits, places: Arc::new(Semaphore::new(limits.calls)), waiting: AtomicUsize::new(0) }
    }

    /// A place, at once or after a while; it is free again when the permit is dropped.
    pub async fn enter(
        &self,
        deadline: Option<Instant>,
        clock: &dyn Clock,
        tally: &OperationTally,
    ) -> Result<OwnedSemaphorePermit, Full> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= self.limits.queue {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(Full::Queue);
        }
        let _waiting = Waiting(&self.waiting);
        let _queued = Under::new(&tally.queued);
        let patience = clock.now() + self.limits.queue_wait;
        let until = deadline.map_or(patience, |deadline| deadline.min(patience));
        tokio::select! {
            biased;
            place = Arc::clone(&self.places).acquire_owned() => place.map_err(|_| Full::Wait),
            () = clock.sleep_until(until) => Err(if until < patience { Full::Deadline } else { Full::Wait }),
        }
    }
}

struct Waiting<'w>(&'w AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
