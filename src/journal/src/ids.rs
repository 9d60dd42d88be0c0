//! Call numbers: handed out from memory, reserved on the disk a block ahead.

use std::sync::atomic::{AtomicI64, Ordering};

/// Numbers that are reserved and not yet handed out: from `next` up to, not including, `limit`.
pub(crate) struct CallIds {
    next: AtomicI64,
    limit: AtomicI64,
}

/// A number, and whether the next block should be reserved now.
pub(crate) struct Taken {
    pub id: i64,
    pub low: bool,
}

impl CallIds {
    /// Nothing to hand out until [`CallIds::extend`]; the first number will be `first`.
    pub(crate) fn starting_at(first: i64) -> Self {
        Self { next: AtomicI64::new(first), limit: AtomicI64::new(first) }
    }

    /// The next number, or nothing if the block is used up.
    pub(crate) fn take(&self, low_water: i64) -> Option<Taken> {
        let limit = self.limit.load(Ordering::Acquire);
        let id = self
            .next
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |next| (next < limit).then(|| next + 1))
            .ok()?;
        // Exactly one caller sees the mark, so that one reservation is asked for.
        Some(Taken { id, low: limit - id == low_water })
    }

    /// Numbers below `limit` are reserved on the disk from now on.
    pub(crate) fn extend(&self, limit: i64) {
        self.limit.fetch_max(limit, Ordering::AcqRel);
    }
}
