//! The packages while they serve: read at the start, looked after from then on.

use crate::config::Config;
use crate::failure::Failure;
use crate::language::Language;
use crate::packages::{Unusable, embedded};
use crate::signals::Hangup;
use kapia_adapter::{Backends, Catalogue, Problem};
use kapia_life::{Change, Fleet, Look, Next, Sources, SystemClock};
use kapia_server::AdminPage;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// How often packages are looked at. What has changed is read when two looks have seen the same.
const LOOKS: Duration = Duration::from_secs(1);

/// The packages of a running gate or host.
pub(crate) struct Life {
    fleet: Arc<Fleet>,
    watch: AtomicBool,
    /// Why the last look could not be had, told once.
    blind: Mutex<Option<Problem>>,
}

impl Life {
    /// Reads the packages of a configuration, and then those of `further` folders.
    pub fn begin(config: &Config, further: &[PathBuf], backends: Backends) -> Result<Life, Failure> {
        let fleet = Fleet::open(sources(config, further), backends, Arc::new(SystemClock))?;
        Ok(Life { fleet: Arc::new(fleet), watch: AtomicBool::new(config.adapters.watch), blind: Mutex::default() })
    }

    /// The packages themselves.
    pub fn fleet(&self) -> &Arc<Fleet> {
        &self.fleet
    }

    /// The operations that can be served.
    pub fn catalogue(&self) -> Catalogue {
        self.fleet.catalogue()
    }

    /// Folders and packages that gave nothing.
    pub fn unusable(&self) -> Unusable {
        Unusable { packages: self.fleet.refused(), empty: self.fleet.empty_folders() }
    }

    /// Prepares what a configuration says now; nothing is in force before [`Life::commit`].
    pub fn anew(&self, config: &Config, further: &[PathBuf]) -> Result<Next, Failure> {
        let next = self.fleet.look(Look::Anew(sources(config, further)))?;
        self.watch.store(config.adapters.watch, Ordering::Relaxed);
        Ok(next)
    }

    /// Prepares what has changed by itself, if it is watched; and lets go of what has ended.
    pub fn look(&self) -> Option<Next> {
        self.fleet.sweep();
        if !self.watch.load(Ordering::Relaxed) {
            return None;
        }
        let looked = self.fleet.look(Look::Watching);
        let mut blind = self.blind.lock().unwrap_or_else(PoisonError::into_inner);
        match looked {
            Ok(next) => {
                *blind = None;
                Some(next)
            }
            Err(problem) => {
                if blind.as_ref() != Some(&problem) {
                    tracing::error!(code = problem.code, "packages are not watched: {}", problem.cause);
                }
                *blind = Some(problem);
                None
            }
        }
    }

    /// Puts into force what was prepared, and tells what has changed.
    pub fn commit(&self, next: Next) {
        next.changes.iter().for_each(tell);
        self.fleet.commit(next);
    }
}

/// The pages of the admin listener about adapters: `/adapters`, and with the query `health` what every register says now.
pub(crate) async fn page(fleet: &Fleet, path: &str, query: Option<&str>) -> Option<AdminPage> {
    if path != "/adapters" {
        return None;
    }
    let asks = query.is_some_and(|query| query.split('&').any(|part| part == "health"));
    let status = if asks { fleet.status_with_health().await } else { fleet.status() };
    let body = serde_json::to_string(&status).ok()?;
    Some(AdminPage { content_type: "application/json", body })
}

/// Something that serves packages and can take others over.
pub(crate) trait Renewed: Send + Sync + 'static {
    /// Reads everything anew; gives the number of operations. Everything that can fail comes before the first thing that
    /// is replaced.
    fn reload(&self) -> Result<usize, Failure>;

    /// Takes over what has changed by itself.
    fn look(&self) -> Result<(), Failure>;
}

/// Reloads when the operating system asks for it, and looks now and then; for as long as it is not aborted.
pub(crate) async fn keep_up(renewed: impl Renewed, mut hangup: Hangup) {
    let renewed = Arc::new(renewed);
    let mut looks = interval(LOOKS);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let asked = tokio::select! {
            biased;
            () = hangup.next() => true,
            _ = looks.tick() => false,
        };
        let renewed = Arc::clone(&renewed);
        // Reading packages takes a while and would hold up calls on this thread.
        let done = tokio::task::spawn_blocking(move || match asked {
            true => renewed.reload().map(Some),
            false => renewed.look().map(|()| None),
        });
        match done.await {
            Ok(Ok(Some(operations))) => tracing::info!(operations, "reloaded"),
            Ok(Ok(None)) => {}
            Ok(Err(failure)) => {
                let told = failure.told(Language::En, false);
                tracing::error!("not reloaded, the state before goes on serving: {}", told.trim_end());
            }
            Err(error) => tracing::error!(%error, "not reloaded, the state before goes on serving"),
        }
    }
}

fn sources(config: &Config, further: &[PathBuf]) -> Sources {
    let embedded = if config.adapters.embedded { embedded() } else { Vec::new() };
    let folders = config.adapters.folders.iter().chain(further).cloned().collect();
    Sources { embedded: Arc::new(embedded), folders }
}

fn tell(change: &Change) {
    match change {
        Change::Appeared { name, version } => tracing::info!(adapter = name, version, "a package serves"),
        Change::Replaced { name, version } => tracing::info!(adapter = name, version, "a new version serves"),
        Change::Mended { name } => tracing::info!(adapter = name, "the version that serves has come back"),
        Change::Removed { name } => tracing::info!(adapter = name, "a package has gone"),
        Change::Refused { place, serves_on, error } => {
            let code = error.problems.first().map_or("", |problem| problem.code);
            let told = error.to_string().replace('\n', "; ");
            tracing::error!(place, code, serves_on, "a package is refused: {told}");
        }
    }
}
