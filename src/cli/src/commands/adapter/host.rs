//! `kapia adapter host`.

use crate::command::runtime;
use crate::config::{Config, SignatureProfile, SignerSection};
use crate::failure::{Exit, Failure};
use crate::language::Language;
use crate::packages::Loaded;
use crate::running::{in_folder, open_signer};
use crate::session::Session;
use crate::signals::{Hangup, asked_to_end};
use crate::{pages, summary};
use async_trait::async_trait;
use clap::Args;
use kapia_gateway::{HostIncoming, Hosting, HostingParts, Settings};
use kapia_journal::Journal;
use kapia_server::{Exchange, Handle, Head, Inbound, Outbound, Refusal, Server, ServerConfig};
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
            let hosting = Arc::new(Hosting::new(self.parts(&config, Arc::clone(&journal))?));
            let exchange =
                Arc::new(HostExchange { hosting: Arc::clone(&hosting), require_certificate: self.require_certificate });
            let server = Server::bind(self.server(&config), exchange).await?;
            let adapters = hosting.adapters();
            for adapter in &adapters {
                tracing::info!(path = format!("/{}/", adapter.name), contract = adapter.contract, "serving");
            }
            let shown =
                |addresses: &[SocketAddr]| addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let (host, plain) = (shown(server.addresses()), shown(&server.plain_addresses()));
            tracing::info!(adapters = adapters.len(), host, plain, "host");
            let handle = server.handle();
            let reload = Reload { host: self, file: config.file.clone(), journal, hosting, handle };
            let reloading = tokio::spawn(reload.when_asked(hangup));
            let served = server.serve(asked_to_end()).await;
            reloading.abort();
            tracing::info!(requests = served.requests, "ended");
            Ok(Exit::Done)
        })
    }

    fn parts(&self, config: &Config, journal: Arc<Journal>) -> Result<HostingParts, Failure> {
        let Loaded { catalogue, unusable } = Loaded::read(config, &self.adapters)?;
        for remark in summary::remarks(&catalogue, &unusable, Language::En) {
            tracing::warn!("{remark}");
        }
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
            admin_listen: None,
            tls: config.tls.clone(),
            limits: config.server.limits.clone(),
            ..ServerConfig::default()
        }
    }
}

/// What a reload needs.
struct Reload {
    host: Host,
    file: PathBuf,
    journal: Arc<Journal>,
    hosting: Arc<Hosting>,
    handle: Handle,
}

impl Reload {
    async fn when_asked(self, mut hangup: Hangup) {
        let reload = Arc::new(self);
        loop {
            hangup.next().await;
            let reload = Arc::clone(&reload);
            // Reading packages takes a while and would hold up calls on this thread.
            match tokio::task::spawn_blocking(move || reload.now()).await {
                Ok(Ok(())) => tracing::info!("reloaded"),
                Ok(Err(failure)) => {
                    let told = failure.told(Language::En, false);
                    tracing::error!("not reloaded, the state before goes on serving: {}", told.trim_end());
                }
                Err(error) => tracing::error!(%error, "not reloaded, the state before goes on serving"),
            }
        }
    }

    /// Everything that can fail comes before the first thing that is replaced.
    fn now(&self) -> Result<(), Failure> {
        let config = Config::read(&self.file)?;
        let parts = self.host.parts(&config, Arc::clone(&self.journal))?;
        self.handle.reload_with(&self.host.server(&config))?;
        self.hosting.replace(parts);
        Ok(())
    }
}

/// The host as the server sees it.
struct HostExchange {
    hosting: Arc<Hosting>,
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
        Outbound { status: said.status, content_type: said.content_type, body: said.body, headers: Vec::new() }
    }

    fn refuse(&self, refusal: Refusal, head: &Head) -> Outbound {
        pages::refused(refusal, head)
    }

    fn ready(&self) -> Result<(), String> {
        self.hosting.ready()
    }

    fn metrics(&self, out: &mut String) {
        self.hosting.metrics(out);
    }
}
