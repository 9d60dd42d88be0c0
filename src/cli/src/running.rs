//! A gateway put together from a configuration: opened, served, reloaded, drained.

use crate::config::{Config, SignatureProfile, SignerSection};
use crate::courier::Callbacks;
use crate::exchange::GatewayExchange;
use crate::failure::Failure;
use crate::language::Language;
use crate::life::{Life, Renewed, keep_up};
use crate::packages::{Unusable, backends, operations_of};
use crate::parameters::RegistryParameters;
use crate::portal::{Portal, tell_that_none_is_begun};
use crate::signals::Hangup;
use crate::summary;
use crate::text;
use kapia_adapter::{Backends, Catalogue, Room};
use kapia_deferred::{Deferred, Policy, Retries, SealingKey};
use kapia_gateway::{Deferral, Gateway, Pace, Parts, Runner, Settings};
use kapia_journal::Journal;
use kapia_life::Next;
use kapia_registry::{Registry, Synced, Watch};
use kapia_saml::{Judge, Trust};
use kapia_server::{Exchange, Handle, Served, Server, ServerError};
use kapia_signature::{Algorithms, Certificate, Profile, Signer, SigningKey};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How often changes that other processes make to the rights are looked for.
pub(crate) const WATCH: Duration = Duration::from_millis(500);
/// How often values of parameters are looked for in what the watch has seen.
pub(crate) const LOOK_FOR_PARAMETERS: Duration = Duration::from_millis(100);

/// A gateway whose addresses are bound; it serves when [`Running::serve`] is called.
pub(crate) struct Running {
    server: Server,
    reload: Reload,
    hangup: Hangup,
    pace: Pace,
    /// Folders and packages that gave nothing.
    pub unusable: Unusable,
    /// What the registry learned from the packages.
    pub synced: Synced,
    _watch: Watch,
}

/// What a reload needs.
struct Reload {
    exchange: Arc<GatewayExchange>,
    life: Life,
    handle: Handle,
    file: PathBuf,
    further: Vec<PathBuf>,
}

impl Running {
    /// Opens databases, loads packages and certificates, binds addresses. `further` are folders of packages that do not
    /// stand in the configuration.
    pub async fn open(config: &Config, further: Vec<PathBuf>) -> Result<Running, Failure> {
        Ok(Running::try_open(config, further).await??)
    }

    /// The same for callers who can do something about a server that does not start, such as choosing another port.
    pub async fn try_open(config: &Config, further: Vec<PathBuf>) -> Result<Result<Running, ServerError>, Failure> {
        let hangup = Hangup::listen();
        let registry = Arc::new(Registry::open(in_folder(&config.storage.registry)?)?);
        let journal = Arc::new(Journal::open(in_folder(&config.storage.journal)?)?);
        let backends = with_parameters(config, &registry);
        let life = Life::begin(config, &further, backends)?;
        let (catalogue, unusable) = (life.catalogue(), life.unusable());
        let synced = registry.admin(actor()).sync_operations(&operations_of(&catalogue), "start")?;
        let signer = config.signer.as_ref().map(open_signer).transpose()?;
        let deferral = open_deferral(config)?;
        let watch = Registry::watch(Arc::clone(&registry), WATCH)?;
        let parts = Parts { catalogue, registry, journal, signer, deferral, settings: settings(config)? };
        let gateway = Arc::new(Gateway::new(parts));
        let fleet = Arc::clone(life.fleet());
        let portal = Portal::open(config)?.map(Arc::new);
        let exchange = Arc::new(GatewayExchange::new(gateway, fleet, config.server.public_base.clone(), portal));
        let server = match Server::bind(config.server(), Arc::clone(&exchange) as Arc<dyn Exchange>).await {
            Ok(server) => server,
            Err(error) => return Ok(Err(error)),
        };
        let reload = Reload { exchange, life, handle: server.handle(), file: config.file.clone(), further };
        let pace = Pace {
            executions: config.deferred.at_a_time,
            pushes: config.deferred.at_a_time,
            grace: Duration::from_secs(config.server.limits.drain_seconds),
        };
        Ok(Ok(Running { server, reload, hangup, pace, unusable, synced, _watch: watch }))
    }

    /// The bound public addresses.
    pub fn addresses(&self) -> &[SocketAddr] {
        self.server.addresses()
    }

    /// The bound address of health and metrics.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.server.admin_address()
    }

    /// The portal, if there is one.
    pub fn portal(&self) -> Option<&Arc<Portal>> {
        self.reload.exchange.portal()
    }

    /// The base address for clients on this machine.
    pub fn local_url(&self) -> Option<String> {
        let address = self.addresses().first()?;
        let here = address.ip().is_unspecified() || address.ip().to_canonical().is_loopback();
        Some(if here { format!("https://localhost:{}", address.port()) } else { format!("https://{address}") })
    }

    /// The parts that serve now.
    pub fn parts(&self) -> Arc<Parts> {
        self.reload.exchange.gateway().parts()
    }

    /// Serves until `shutdown`, then drains. SIGHUP reads everything anew.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Served {
        let Running { server, reload, hangup, pace, _watch, .. } = self;
        let (stop, stopped) = oneshot::channel::<()>();
        let runner = Runner::of(reload.exchange.shared_gateway(), pace);
        let running = runner.map(|runner| tokio::spawn(runner.run(async { drop(stopped.await) })));
        let parameters = tokio::spawn(refresh_parameters(Arc::clone(&reload.exchange)));
        let house = reload.exchange.portal().map(|portal| tokio::spawn(Arc::clone(portal).keep_house()));
        let pushing = reload.exchange.portal().map(|portal| portal.push_on());
        let reloading = tokio::spawn(keep_up(reload, hangup));
        // Nothing new is begun on either side from the same moment on.
        let served = server.serve(async {
            shutdown.await;
            drop(stop);
        });
        let served = served.await;
        reloading.abort();
        if let Some(pushing) = pushing {
            pushing.stop().await;
        }
        parameters.abort();
        if let Some(house) = house {
            house.abort();
        }
        if let Some(Err(error)) = match running {
            Some(running) => Some(running.await),
            None => None,
        } {
            tracing::error!(%error, "the runner of asynchronous calls");
        }
        served
    }
}

/// The kinds of backends, with the values of parameters that stand in a registry.
pub(crate) fn with_parameters(config: &Config, registry: &Arc<Registry>) -> Backends {
    backends().with_parameters(RegistryParameters::of(config, Arc::clone(registry)))
}

/// Takes values of parameters over as soon as the watch of the registry has seen them.
async fn refresh_parameters(exchange: Arc<GatewayExchange>) {
    // Packages were read a while before they are served: what was set meanwhile is found by the first look.
    let mut known = None;
    loop {
        tokio::time::sleep(LOOK_FOR_PARAMETERS).await;
        let parts = exchange.gateway().parts();
        let now = Some((parts.registry.parameter_changes(), Arc::as_ptr(&parts).addr()));
        if now != known {
            known = now;
            // Opening backends takes a while and would hold up calls on this thread.
            let refreshed = tokio::task::spawn_blocking(move || kapia_gateway::refresh_parameters(&parts.catalogue));
            if let Err(error) = refreshed.await {
                tracing::error!(%error, "values of parameters were not taken over");
            }
        }
    }
}

impl Renewed for Reload {
    fn reload(&self) -> Result<usize, Failure> {
        let config = Config::read(&self.file)?;
        let before = self.exchange.gateway().parts();
        let next = self.life.anew(&config, &self.further)?;
        let catalogue = next.catalogue();
        let signer = config.signer.as_ref().map(open_signer).transpose()?;
        let deferral = before.deferral.as_ref().map(|before| renewed(before, &config)).transpose()?;
        let settings = settings(&config)?;
        let portal = self.exchange.portal();
        let renewal = portal.map(|portal| portal.prepare(&config)).transpose()?;
        let admin = before.registry.admin(actor());
        admin.sync_operations(&operations_of(&catalogue), "reload")?;
        if let Err(error) = self.handle.reload_with(&config.server()) {
            admin.sync_operations(&operations_of(&before.catalogue), "reload refused")?;
            return Err(error.into());
        }
        let operations = catalogue.len();
        self.exchange.gateway().replace(Parts {
            catalogue,
            registry: Arc::clone(&before.registry),
            journal: Arc::clone(&before.journal),
            signer,
            deferral,
            settings,
        });
        match portal.zip(renewal) {
            Some((portal, renewal)) => portal.take_over(renewal),
            None => tell_that_none_is_begun(&config),
        }
        self.exchange.set_public_base(config.server.public_base);
        self.take_over(next);
        for remark in summary::remarks(&self.exchange.gateway().parts().catalogue, &self.life.unusable(), Language::En)
        {
            tracing::warn!("{remark}");
        }
        Ok(operations)
    }

    fn look(&self) -> Result<(), Failure> {
        let Some(next) = self.life.look() else { return Ok(()) };
        if next.serves_others() {
            let before = self.exchange.gateway().parts();
            let catalogue = next.catalogue();
            before.registry.admin(actor()).sync_operations(&operations_of(&catalogue), "packages changed")?;
            self.exchange.gateway().replace(before.with_catalogue(catalogue));
        }
        self.take_over(next);
        Ok(())
    }
}

impl Reload {
    fn take_over(&self, next: Next) {
        let others = next.serves_others();
        self.life.commit(next);
        if others {
            // A value may have been set between the reading of a package and now.
            kapia_gateway::refresh_parameters(&self.exchange.gateway().parts().catalogue);
        }
    }
}

pub(crate) fn open_signer(section: &SignerSection) -> Result<Arc<Signer>, Failure> {
    let read = |file: &Path| {
        std::fs::read_to_string(file)
            .map_err(|error| Failure::usage(text::unreadable(file.display(), error), text::unreadable_hint()))
    };
    let key = SigningKey::from_pem(&read(&section.key)?, &read(&section.certificate)?)?;
    let profile = match section.profile {
        SignatureProfile::Default => Profile::Default,
        SignatureProfile::Legacy => Profile::Legacy,
    };
    Ok(Arc::new(Signer::new(key, profile)?))
}

/// Where asynchronous calls wait, unless none are accepted.
fn open_deferral(config: &Config) -> Result<Option<Deferral>, Failure> {
    let section = &config.deferred;
    if !section.accepted {
        return Ok(None);
    }
    let key = SealingKey::load_or_create(in_folder(&config.storage.deferred_key)?)?;
    let register_timeout = Duration::from_secs(section.register_timeout_seconds);
    let usual = Policy::default();
    let first = Duration::from_secs;
    let policy = Policy {
        work: Retries { first: first(section.retry_execution_seconds), ..usual.work },
        callback: Retries { first: first(section.retry_callback_seconds), ..usual.callback },
        // A claim must outlast the slowest register, or the register would be asked twice.
        lease: register_timeout + usual.lease,
        result_ttl: hours(section.keep_answers_hours),
        pending_per_consumer: section.pending_per_consumer,
        ..usual
    };
    let store = Arc::new(Deferred::open_with(in_folder(&config.storage.deferred)?, &key, policy)?);
    let courier = Arc::new(Callbacks::open(config)?);
    Ok(Some(Deferral { store, courier, answer_within: hours(section.answer_within_hours), register_timeout }))
}

/// The same store with the settings and certificates of now.
fn renewed(before: &Deferral, config: &Config) -> Result<Deferral, Failure> {
    Ok(Deferral {
        store: Arc::clone(&before.store),
        courier: Arc::new(Callbacks::open(config)?),
        answer_within: hours(config.deferred.answer_within_hours),
        // Belongs to the claims of the open store.
        register_timeout: before.register_timeout,
    })
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours.saturating_mul(3600))
}

/// Who judges tokens about consumers, if an issuer is configured; the service bus needs one.
fn tokens(config: &Config) -> Result<Option<Arc<Judge>>, Failure> {
    let Some(section) = &config.sts else {
        return match config.service_bus {
            Some(_) => Err(Failure::usage(text::service_bus_without_sts(), text::service_bus_without_sts_hint())),
            None => Ok(None),
        };
    };
    let mut signers = Vec::new();
    for file in &section.certificates {
        let written = std::fs::read_to_string(file)
            .map_err(|error| Failure::usage(text::unreadable(file.display(), error), text::unreadable_hint()))?;
        signers.extend(Certificate::from_pem(&written)?);
    }
    if signers.is_empty() {
        return Err(Failure::usage(text::sts_without_certificate(), text::sts_without_certificate_hint()));
    }
    let trust = Trust {
        signers,
        issuers: section.issuers.clone(),
        audiences: section.audiences.clone(),
        clock_skew: time::Duration::seconds(section.clock_skew_seconds.into()),
        algorithms: if section.admit_sha1 { Algorithms::WITH_LEGACY_SHA1 } else { Algorithms::MODERN },
    };
    Ok(Some(Arc::new(Judge::new(trust))))
}

fn settings(config: &Config) -> Result<Settings, Failure> {
    let section = &config.gateway;
    let mut settings = Settings {
        validation: section.validation,
        register_timeout: Duration::from_secs(section.register_timeout_seconds),
        room: Room {
            memory: section.answer_memory_bytes,
            folder: config.storage.temporary.clone(),
            longest: section.longest_answer_bytes,
        },
        language: section.language,
        tokens: tokens(config)?,
        ..Settings::default()
    };
    settings.limits.bytes = usize::try_from(config.server.limits.body_bytes).unwrap_or(usize::MAX);
    Ok(settings)
}

/// Who changes the registry: the user at the operating system.
pub(crate) fn actor() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "kapia".to_owned())
}

/// The path, after its folder has been made.
pub(crate) fn in_folder(file: &Path) -> Result<&Path, Failure> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| Failure::usage(text::unwritable(folder.display(), error), text::unwritable_hint()))?;
    }
    Ok(file)
}

/// The packages that serve, and how many operations each of them serves.
pub(crate) fn serving(catalogue: &Catalogue) -> (usize, usize) {
    let packages: BTreeSet<&str> = catalogue.operations().map(|served| served.package.name.as_str()).collect();
    (packages.len(), catalogue.len())
}
