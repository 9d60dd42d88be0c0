//! Pushing changes on, while the portal serves.

use super::{PortalSection, Site};
use crate::failure::Failure;
use crate::text;
use kapia_publish::{Endpoint, Pace, push_changes};
use kapia_records::{Records, RecordsError};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A service that hears of changes.
#[derive(Clone)]
pub(super) struct Target {
    name: String,
    endpoint: Endpoint,
    records: Records,
    backfill: bool,
}

/// How long to wait after a trouble with our own store.
const REST: Duration = Duration::from_secs(10);

/// The targets of a configuration.
pub(super) fn targets(section: &PortalSection, sites: &[Arc<Site>]) -> Result<Vec<Target>, Failure> {
    let mut targets = Vec::new();
    for push in section.push.iter().filter(|push| push.changes) {
        let site = sites.iter().find(|site| site.environment() == push.environment);
        let missing = || Failure::usage(text::no_environment(push.environment), text::push_environment_hint());
        targets.push(Target {
            name: push.name.clone(),
            endpoint: push.endpoint()?,
            records: site.ok_or_else(missing)?.records().clone(),
            backfill: push.backfill,
        });
    }
    Ok(targets)
}

/// Pushes on until it is stopped; what is on its way then is ended.
pub(crate) struct Pushing {
    stop: watch::Sender<bool>,
    job: JoinHandle<()>,
}

impl super::Portal {
    /// Begins to push changes on.
    pub fn push_on(&self) -> Pushing {
        let (stop, stopped) = watch::channel(false);
        Pushing { stop, job: tokio::spawn(follow(self.targets.subscribe(), stopped)) }
    }
}

impl Pushing {
    /// Stops, and waits for what is on its way.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        drop(self.job.await);
    }
}

/// A job for each target of now; when others take their place, what is on its way is ended before they begin.
async fn follow(mut targets: watch::Receiver<Arc<Vec<Target>>>, mut stopped: watch::Receiver<bool>) {
    loop {
        let now = Arc::clone(&targets.borrow_and_update());
        let (stop, stopping) = watch::channel(false);
        let jobs: Vec<_> = now.iter().map(|target| tokio::spawn(target.clone().run(stopping.clone()))).collect();
        let ends = tokio::select! {
            _ = stopped.wait_for(|stop| *stop) => true,
            changed = targets.changed() => changed.is_err(),
        };
        let _ = stop.send(true);
        for job in jobs {
            drop(job.await);
        }
        if ends {
            return;
        }
    }
}

impl Target {
    /// After a start or a reload what waited for a better moment is tried at once.
    async fn begin(&self) -> Result<(), RecordsError> {
        self.records.add_target(&self.name, self.backfill).await?;
        self.records.hurry(&self.name, OffsetDateTime::now_utc()).await
    }

    async fn run(self, mut stopped: watch::Receiver<bool>) {
        loop {
            let begun = match self.begin().await {
                Ok(()) => {
                    let mut stop = stopped.clone();
                    let stop = async move { drop(stop.wait_for(|stop| *stop).await) };
                    push_changes(&self.records, &self.name, &self.endpoint, Pace::default(), stop).await
                }
                Err(error) => Err(error),
            };
            match begun {
                Ok(()) => return,
                Err(error) => tracing::error!(target = self.name, %error, "changes cannot be pushed on now"),
            }
            tokio::select! {
                _ = stopped.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(REST) => {}
            }
        }
    }
}
