//! Pushing changes on, while the portal serves.

use super::{PortalSection, Site};
use crate::failure::Failure;
use crate::text;
use kapia_publish::{Endpoint, Pace, push_changes};
use kapia_records::Records;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A service that hears of changes.
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
        let site = sites.iter().find(|site| site.settings().environment == push.environment);
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
    jobs: Vec<JoinHandle<()>>,
}

impl super::Portal {
    /// Begins to push changes on.
    pub fn push_on(&self) -> Pushing {
        let (stop, stopped) = watch::channel(false);
        let jobs = self.targets.iter().map(|target| {
            let job = Target {
                name: target.name.clone(),
                endpoint: target.endpoint.clone(),
                records: target.records.clone(),
                backfill: target.backfill,
            };
            tokio::spawn(job.run(stopped.clone()))
        });
        Pushing { jobs: jobs.collect(), stop }
    }
}

impl Pushing {
    /// Stops, and waits for what is on its way.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for job in self.jobs {
            drop(job.await);
        }
    }
}

impl Target {
    async fn run(self, mut stopped: watch::Receiver<bool>) {
        loop {
            let begun = match self.records.add_target(&self.name, self.backfill).await {
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
