//! What happens to a call between its acceptance and its answer: it is executed, and the answer is pushed.

mod execution;
mod push;

use crate::deferral::Deferral;
use crate::gateway::Gateway;
use kapia_deferred::{Deferred, DeferredError};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

/// Executes accepted calls and pushes their answers, until it is stopped.
pub struct Runner {
    gateway: Arc<Gateway>,
    deferral: Deferral,
    pace: Pace,
}

/// How much a runner does at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Calls that are executed at the same time.
    pub executions: usize,
    /// Answers that are pushed at the same time.
    pub pushes: usize,
    /// How long what is under way may take after the stop; what has not ended then is given back.
    pub grace: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Pace { executions: 16, pushes: 16, grace: Duration::from_secs(20) }
    }
}

/// After an error of the store, so that a full disk is not asked all the time.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the numbers of the metrics are taken anew.
const COUNT: Duration = Duration::from_secs(2);
/// How often what has expired is wiped.
const SWEEP: Duration = Duration::from_secs(60);

impl Runner {
    /// A runner of the calls that this gateway accepts; `None` if it accepts none.
    pub fn of(gateway: Arc<Gateway>, pace: Pace) -> Option<Runner> {
        let deferral = gateway.parts().deferral.clone()?;
        Some(Runner { gateway, deferral, pace })
    }

    /// Runs until `stop`; then takes nothing new, lets what is under way end within the grace, and gives the rest back.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(Stage::Running);
        let lanes = async {
            let (executions, pushes) = (self.pace.executions, self.pace.pushes);
            tokio::join!(
                self.lane::<execution::Execution>(executions, stopped.clone()),
                self.lane::<push::Push>(pushes, stopped.clone()),
                self.housekeeping(stopped.clone()),
            );
        };
        tokio::pin!(lanes, stop);
        tokio::select! {
            () = &mut lanes => return,
            () = &mut stop => {}
        }
        let _ = stopping.send(Stage::Ending);
        if timeout(self.pace.grace, &mut lanes).await.is_err() {
            let _ = stopping.send(Stage::Ended);
            lanes.await;
        }
    }

    /// One kind of work, so many at a time.
    async fn lane<W: Work>(&self, at_a_time: usize, mut stage: watch::Receiver<Stage>) {
        let places = Arc::new(Semaphore::new(at_a_time.max(1)));
        let mut running = JoinSet::new();
        let store = &self.deferral.store;
        loop {
            while running.try_join_next().is_some() {}
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await;
                W::wait(store).await?;
                Ok::<_, DeferredError>((place, W::claim(store).await?))
            };
            let next = tokio::select! {
                () = reach(&mut stage, Stage::Ending) => break,
                next = next => next,
            };
            match next {
                Ok((Ok(place), Some(work))) => {
                    let (gateway, deferral, stage) = (Arc::clone(&self.gateway), self.deferral.clone(), stage.clone());
                    running.spawn(async move {
                        run_or_give_back(work, &gateway, &deferral, stage).await;
                        drop(place);
                    });
                }
                Ok((Err(_), _)) => break,
                Ok((_, None)) => {}
                Err(error) => {
                    tracing::error!(code = error.code(), %error, "the store of asynchronous calls");
                    sleep(PAUSE).await;
                }
            }
        }
        while running.join_next().await.is_some() {}
    }

    async fn housekeeping(&self, mut stage: watch::Receiver<Stage>) {
        let (mut count, mut sweep) = (interval(COUNT), interval(SWEEP));
        count.set_missed_tick_behavior(MissedTickBehavior::Delay);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                () = reach(&mut stage, Stage::Ending) => return,
                _ = count.tick() => self.count().await,
                _ = sweep.tick() => self.deferral.store.sweep(OffsetDateTime::now_utc()).await.map(|swept| {
                    if swept.expired > 0 {
                        tracing::info!(expired = swept.expired, "asynchronous calls have expired");
                    }
                }),
            };
            if let Err(error) = done {
                tracing::error!(code = error.code(), %error, "the store of asynchronous calls");
            }
        }
    }

    async fn count(&self) -> Result<(), DeferredError> {
        let counts = self.deferral.store.counts(OffsetDateTime::now_utc()).await?;
        self.gateway.metrics.deferred(counts);
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Stage {
    Running,
    Ending,
    Ended,
}

/// Waits until this stage or a later one; a runner that is gone has ended.
async fn reach(stage: &mut watch::Receiver<Stage>, wanted: Stage) {
    let _ = stage.wait_for(|stage| *stage >= wanted).await;
}

/// Something that is claimed from the store and done.
trait Work: Send + Sized + 'static {
    fn wait(store: &Deferred) -> impl Future<Output = Result<(), DeferredError>> + Send;
    fn claim(store: &Deferred) -> impl Future<Output = Result<Option<Self>, DeferredError>> + Send;
    fn run(&self, gateway: &Gateway, deferral: &Deferral) -> impl Future<Output = Result<(), DeferredError>> + Send;
    fn give_back(&self, store: &Deferred) -> impl Future<Output = Result<bool, DeferredError>> + Send;
}

async fn run_or_give_back<W: Work>(work: W, gateway: &Gateway, deferral: &Deferral, mut stage: watch::Receiver<Stage>) {
    let done = tokio::select! {
        done = work.run(gateway, deferral) => done,
        () = reach(&mut stage, Stage::Ended) => work.give_back(&deferral.store).await.map(drop),
    };
    // The claim ends by itself, and then it is done again.
    if let Err(error) = done {
        tracing::error!(code = error.code(), %error, "the store of asynchronous calls");
    }
}
