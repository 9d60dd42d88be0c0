//! `kapia adapter host`.

use crate::command::runtime;
use crate::config::{Config, SignatureProfile, SignerSection};
use crate::failure::{Exit, Failure};
use crate::language::Language;
use crate::life::{self, Life, Renewed, keep_up};
use crate::parameters::RegistryParameters;
use crate::running::{LOOK_FOR_PARAMETERS, WATCH, in_folder, open_signer, with_parameters};
use crate::session::Session;
use crate::signals::{Hangup, asked_to_end};
use crate::{pages, summary};
use async_trait::async_trait;
use clap::Args;
use kapia_adapter::Catalogue;
use kapia_gateway::{HostIncoming, Hosting, HostingParts, Settings};
use kapia_journal::Journal;
use kapia_life::{Fleet, Next};
use kapia_registry::Registry;
use kapia_server::{AdminPage, Exchange, Handle, Head, Inbound, Outbound, Refusal, Server, ServerConfig};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Serves the packages of the configuration to a core.
#[derive(Debug, Args)]
pub(crate) struct Host {
    /// Where cores connect with TLS; may be repeated. By default 127.0.0.1:8445, unless --plain is given.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Vec<SocketAddr>,
    /// Where cores connect without TLS, as to the existing hosts; may be repeated. The network must protect it.
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "require_certificate")]
    plain: Vec<SocketAddr>,
    /// A further folder of adapter packages; may be repeated.
    #[arg(long, value_name = "FOLDER")]
    adapters: Vec<PathBuf>,
    /// How results are signed: as adapters have always signed, or with SHA-256 (default).
    #[arg(long, value_name = "legacy|default", default_value = "legacy")]
    signature: Signature,
    /// Serve only who shows a certificate of the client authorities of the configuration.
    #[arg(long)]
    require_certificate: bool,
    /// Where health, metrics and the state of adapters are served, without TLS, as [admin] does for a gateway.
    #[arg(long, value_name = "ADDRESS:PORT")]
    admin: Option<SocketAddr>,
    /// Let cores set parameters; the protocol itself does not say who they are.
    #[arg(long)]
    set_parameters: bool,
    /// The journal of what cores have asked for; by default host-journal.db beside the configuration.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
}

/// What a signature of a result looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Signature {
    Legacy,
    Default,
}

impl Host {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let config = session.config()?;
        runtime()?.block_on(async {
            let hangup = Hangup::listen();
            let journal = self.journal.clone().unwrap_or_else(|| config.file.with_file_name("host-journal.db"));
            let journal = Arc::new(Journal::open(in_folder(&journal)?)?);
            let registry = Arc::new(Registry::open(in_folder(&config.storage.registry)?)?);
            let _watch = Registry::watch(Arc::clone(&registry), WATCH)?;
            let life = Life::begin(&config, &self.adapters, with_parameters(&config, &registry))?;
            tell_remarks(&life, &life.catalogue());
            let parts = self.parts(&config, Arc::clone(&journal), &registry, life.catalogue())?;
            let hosting = Arc::new(Hosting::new(parts));
            let parameters = tokio::spawn(refresh_parameters(Arc::clone(&hosting), Arc::clone(&registry)));
            let exchange = Arc::new(HostExchange {
                hosting: Arc::clone(&hosting),
                fleet: Arc::clone(life.fleet()),
                require_certificate: self.require_certificate,
            });
            let server = Server::bind(self.server(&config), exchange).await?;
            let adapters = hosting.adapters();
            for adapter in &adapters {
                tracing::info!(path = format!("/{}/", adapter.name), contract = adapter.contract, "serving");
            }
            let shown =
                |addresses: &[SocketAddr]| addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let (host, plain) = (shown(server.addresses()), shown(&server.plain_addresses()));
            let admin = server.admin_address().map(|address| address.to_string()).unwrap_or_default();
            tracing::info!(adapters = adapters.len(), host, plain, admin, "host");
            let handle = server.handle();
            let reload = Reload { host: self, file: config.file.clone(), life, journal, registry, hosting, handle };
            let reloading = tokio::spawn(keep_up(reload, hangup));
            let served = server.serve(asked_to_end()).await;
            reloading.abort();
            parameters.abort();
            tracing::info!(requests = served.requests, "ended");
            Ok(Exit::Done)
        })
    }

    fn parts(
        &self,
        config: &Config,
        journal: Arc<Journal>,
        registry: &Arc<Registry>,
        catalogue: Catalogue,
    ) -> Result<HostingParts, Failure> {
        let profile = match self.signature {
            Signature::Legacy => SignatureProfile::Legacy,
            Signature::Default => SignatureProfile::Default,
        };
        let signer = config.signer.clone().map(|signer| open_signer(&SignerSection { profile, ..signer }));
        let mut settings = Settings {
            validation: config.gateway.validation,
            register_timeout: Duration::from_secs(config.gateway.register_timeout_seconds),
            language: config.gateway.language,
            ..Settings::default()
        };
        settings.limits.bytes = usize::try_from(config.server.limits.body_bytes).unwrap_or(usize::MAX);
        Ok(HostingParts {
            catalogue,
            signer: signer.transpose()?,
            journal: Some(journal),
            settings,
            settable: self.set_parameters,
            parameters: Some(RegistryParameters::of(config, Arc::clone(registry))),
        })
    }

    fn server(&self, config: &Config) -> ServerConfig {
        let mut listen = self.listen.clone();
        if listen.is_empty() && self.plain.is_empty() {
            listen.push(SocketAddr::from((Ipv4Addr::LOCALHOST, 8445)));
        }
        ServerConfig {
            listen,
            plain_listen: self.plain.clone(),
            admin_listen: self.admin,
            admin_beyond_loopback: config.admin.beyond_loopback,
            tls: config.tls.clone(),
            limits: config.server.limits.clone(),
            ..ServerConfig::default()
        }
    }
}

/// Takes values of parameters over as soon as the watch of the registry has seen them.
async fn refresh_parameters(hosting: Arc<Hosting>, registry: Arc<Registry>) {
    let mut known = None;
    loop {
        tokio::time::sleep(LOOK_FOR_PARAMETERS).await;
        let now = Some(registry.parameter_changes());
        if now != known {
            known = now;
            let hosting = Arc::clone(&hosting);
            if let Err(error) = tokio::task::spawn_blocking(move || hosting.refresh_parameters()).await {
                tracing::error!(%error, "values of parameters were not taken over");
            }
        }
    }
}

/// What a reload needs.
struct Reload {
    host: Host,
    file: PathBuf,
    life: Life,
    journal: Arc<Journal>,
    registry: Arc<Registry>,
    hosting: Arc<Hosting>,
    handle: Handle,
}

impl Renewed for Reload {
    fn reload(&self) -> Result<usize, Failure> {
        let config = Config::read(&self.file)?;
        let next = self.life.anew(&config, &self.host.adapters)?;
        let catalogue = next.catalogue();
        let operations = catalogue.len();
        let parts = self.host.parts(&config, Arc::clone(&self.journal), &self.registry, catalogue)?;
        self.handle.reload_with(&self.host.server(&config))?;
        self.hosting.replace(parts);
        self.hosting.refresh_parameters();
        self.take_over(next);
        tell_remarks(&self.life, &self.life.catalogue());
        Ok(operations)
    }

    fn look(&self) -> Result<(), Failure> {
        let Some(next) = self.life.look() else { return Ok(()) };
        if next.serves_others() {
            self.hosting.replace_catalogue(next.catalogue());
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
            self.hosting.refresh_parameters();
        }
    }
}

fn tell_remarks(life: &Life, catalogue: &Catalogue) {
    for remark in summary::remarks(catalogue, &life.unusable(), Language::En) {
        tracing::warn!("{remark}");
    }
}

/// The host as the server sees it.
struct HostExchange {
    hosting: Arc<Hosting>,
    fleet: Arc<Fleet>,
    require_certificate: bool,
}

#[async_trait]
impl Exchange for HostExchange {
    async fn exchange(&self, inbound: Inbound) -> Outbound {
        let Inbound { head, body, peer, received, .. } = inbound;
        let trusted = peer.shown.certificate().is_some_and(|presented| presented.trusted().is_some());
        if self.require_certificate && !trusted {
            return pages::certificate_wanted();
        }
        let incoming = HostIncoming {
            method: head.method.as_str().to_owned(),
            path: head.path,
            query: head.query,
            content_type: head.content_type,
            body,
            client_address: peer.address.to_string(),
            received,
        };
        let said = self.hosting.answer(incoming).await;
        Outbound { status: said.status, content_type: said.content_type, body: said.body.into(), headers: Vec::new() }
    }

    fn refuse(&self, refusal: Refusal, head: &Head) -> Outbound {
        pages::refused(refusal, head)
    }

    fn ready(&self) -> Result<(), String> {
        self.hosting.ready()
    }

    fn metrics(&self, out: &mut String) {
        self.hosting.metrics(out);
        self.fleet.metrics(out);
    }

    async fn admin(&self, path: &str, query: Option<&str>) -> Option<AdminPage> {
        life::page(&self.fleet, path, query).await
    }
}
