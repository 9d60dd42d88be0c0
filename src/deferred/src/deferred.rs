//! The store as the gateway sees it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kapia_storage::{Lane, Lock, SealingKey};
use rusqlite::Connection;
use time::OffsetDateTime;
use tokio::sync::Notify;

use crate::call::millis;
use crate::error::DeferredError;
use crate::policy::Policy;
use crate::seal::{Kind, Owner, Sealer};
use crate::store::{self, STORE};

/// The longest wait without a look at the file and the clock, so that a clock that was set does no harm.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// One open store; share it in an `Arc`. Dropping it writes what still waits to be written; it blocks until then.
pub struct Deferred {
    path: PathBuf,
    pub(crate) policy: Policy,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) writing: Lane<DeferredError>,
    pub(crate) reading: Lane<DeferredError>,
    pub(crate) work: Notify,
    pub(crate) callbacks: Notify,
    pub(crate) work_turn: Turn,
    pub(crate) callback_turn: Turn,
    // Dropped last: others may open the file when all is written.
    _lock: Lock,
}

impl Deferred {
    /// Opens the store, makes it if it is missing, gives back what a process that is no more had claimed.
    ///
    /// # Errors
    /// [`DeferredError::Storage`] if another process has it open or something is wrong with the file, or
    /// [`DeferredError::WrongKey`].
    pub fn open(path: impl AsRef<Path>, key: &SealingKey) -> Result<Self, DeferredError> {
        Self::open_with(path, key, Policy::default())
    }

    /// The same with another policy.
    ///
    /// # Errors
    /// As [`Deferred::open`].
    pub fn open_with(path: impl AsRef<Path>, key: &SealingKey, policy: Policy) -> Result<Self, DeferredError> {
        let path = path.as_ref().to_owned();
        let sealer = Sealer::new(key)?;
        let lock = STORE.lock(&path)?;
        let writer = store::open(&path, &sealer)?;
        let released = store::release_claims(&writer)?;
        if released > 0 {
            tracing::info!(released, "deferred calls that a process had claimed before its end are free again");
        }
        let reader = store::open(&path, &sealer)?;
        Ok(Self {
            writing: Lane::writing(&STORE, &path, "kapia-deferred", writer)?,
            reading: Lane::reading(&STORE, &path, "kapia-deferred-reader", reader)?,
            path,
            policy,
            sealer: Arc::new(sealer),
            work: Notify::new(),
            callbacks: Notify::new(),
            work_turn: Turn::default(),
            callback_turn: Turn::default(),
            _lock: lock,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The policy it was opened with.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Writes what still waits to be written and closes the file; blocks until it is done, as dropping does.
    pub fn close(self) {}

    /// Opens what was sealed; nothing sealed is nothing found.
    pub(crate) fn unseal(&self, kind: Kind, owner: Owner, sealed: Option<Vec<u8>>) -> Result<Vec<u8>, DeferredError> {
        sealed
            .and_then(|sealed| self.sealer.open(kind, owner, sealed))
            .ok_or(DeferredError::Damaged { call_id: owner.call_id })
    }

    /// Waits until `next` finds something that is due, looking again whenever `news` comes.
    pub(crate) async fn wait(&self, news: &Notify, next: &'static str) -> Result<(), DeferredError> {
        loop {
            let mut told = std::pin::pin!(news.notified());
            // From here on no news is missed, though nobody awaits it yet.
            told.as_mut().enable();
            let now = millis(OffsetDateTime::now_utc());
            let due = self.reading.run(move |connection| due_at(connection, next, now)).await?;
            let pause = match due {
                Some(due) if due <= now => return Ok(()),
                Some(due) => Duration::from_millis(due.abs_diff(now)).min(LONGEST_WAIT),
                None => LONGEST_WAIT,
            };
            let _ = tokio::time::timeout(pause, told).await;
        }
    }

    #[cfg(test)]
    pub(crate) async fn limit_pages(&self, pages: u32) {
        let limit = move |connection: &Connection| {
            Ok(connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?)
        };
        self.writing.run(limit).await.unwrap();
    }
}

/// The consumer that was served last; the next one after it is served next.
#[derive(Clone, Default)]
pub(crate) struct Turn(Arc<AtomicI64>);

impl Turn {
    /// What `claim` finds for the consumers after the last one, or else from the first one on.
    pub(crate) fn next<T>(
        &self,
        mut claim: impl FnMut(i64) -> rusqlite::Result<Option<(Owner, T)>>,
    ) -> rusqlite::Result<Option<(Owner, T)>> {
        let claimed = match claim(self.0.load(Ordering::Relaxed))? {
            Some(claimed) => Some(claimed),
            None => claim(i64::MIN)?,
        };
        if let Some((owner, _)) = &claimed {
            self.0.store(owner.consumer, Ordering::Relaxed);
        }
        Ok(claimed)
    }
}

fn due_at(connection: &Connection, statement: &str, now: i64) -> Result<Option<i64>, DeferredError> {
    use rusqlite::OptionalExtension as _;
    Ok(connection.prepare_cached(statement)?.query_row([now], |row| row.get(0)).optional()?)
}

#[cfg(test)]
mod tests;
