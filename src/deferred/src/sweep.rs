//! Expiry.

use rusqlite::Connection;
use time::OffsetDateTime;

use crate::call::millis;
use crate::deferred::Deferred;
use crate::error::DeferredError;
use crate::store::sql;

/// How many rows go into one transaction, so that nobody waits for a sweep.
const STEP: usize = 256;

/// What a sweep has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Calls that ended unanswered or unfetched; what was stored of them is wiped.
    pub expired: u64,
    /// Empty rows that were removed.
    pub removed: u64,
}

impl Deferred {
    /// Ends what has expired and wipes its payloads, also from the database's log; to be called now and then. Until then an
    /// expired call is answered as expired all the same.
    ///
    /// # Errors
    /// The disk refuses; what was swept stays swept.
    pub async fn sweep(&self, now: OffsetDateTime) -> Result<Swept, DeferredError> {
        let now = millis(now);
        let tombstone = i64::try_from(self.policy.tombstone.as_millis()).unwrap_or(i64::MAX);
        let old = now.saturating_sub(tombstone);
        let mut swept = Swept::default();
        loop {
            let step = self.writing.run(move |connection| sweep(connection, now, old)).await?;
            swept.expired += step.expired;
            swept.removed += step.removed;
            if step.expired.max(step.removed) < STEP as u64 {
                break;
            }
        }
        // Busy is no error: a checkpoint that could not finish is finished by a later one.
        self.reading.run(|connection| Ok(connection.query_row(sql::CHECKPOINT, [], |_| Ok(()))?)).await?;
        Ok(swept)
    }
}

fn sweep(connection: &Connection, now: i64, old: i64) -> Result<Swept, DeferredError> {
    let step = STEP as i64;
    // Empty rows first: what expires now is to be seen as expired for a while.
    let removed = connection.prepare_cached(sql::REMOVE_EXPIRED)?.execute((old, step))?
        + connection.prepare_cached(sql::REMOVE_ACKNOWLEDGED)?.execute((now, step))?;
    let ended: Vec<i64> =
        connection.prepare_cached(sql::EXPIRED)?.query_map((now, step), |row| row.get(0))?.collect::<Result<_, _>>()?;
    for call_id in &ended {
        connection.prepare_cached(sql::EXPIRE)?.execute([call_id])?;
        connection.prepare_cached(sql::WIPE_PAYLOADS)?.execute([call_id])?;
    }
    Ok(Swept { expired: ended.len() as u64, removed: removed as u64 })
}
