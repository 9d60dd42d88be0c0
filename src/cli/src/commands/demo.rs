//! `kapia demo`.

mod environment;
mod portal;

use crate::client::Target;
use crate::command::runtime;
use crate::commands::call::{known_signer, tell_reply};
use crate::failure::{Exit, Failure};
use crate::running::{Running, serving};
use crate::session::Session;
use crate::signals::asked_to_end;
use crate::state::State;
use crate::summary;
use crate::text;
use clap::Args;
use environment::{Environment, OPERATION};
use kapia_gateway::Parts;
use kapia_regix::EntryPoint;
use kapia_regix::consumer::Request;
use kapia_server::ServerError;
use kapia_soap::Version;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::oneshot;

/// A complete test environment: certificates, configuration, databases, registers, a consumer.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where everything is made; what is there is kept.
    #[arg(long, value_name = "DIR", default_value = "kapia-demo")]
    dir: PathBuf,
    /// Port for consumers; 0 takes a free one. By default that of the configuration, 8443 in a new one.
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// A folder of adapter packages, served besides the example packages; a later folder serves what an earlier one has too.
    #[arg(long, value_name = "FOLDER")]
    adapters: Vec<PathBuf>,
    /// End after the first call.
    #[arg(long)]
    once: bool,
}

/// How long the first call may take.
const PATIENCE: Duration = Duration::from_secs(20);

impl Demo {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let environment = Environment::prepare(&self.dir, self.port, &self.adapters)?;
        runtime()?.block_on(self.serve(session, environment))
    }

    async fn serve(&self, session: &Session, environment: Environment) -> Result<Exit, Failure> {
        let running = open(&environment).await?;
        let registered = environment.register(&running.parts().registry, &running.synced)?;
        let parts = running.parts();
        let url = running.local_url().unwrap_or_default();
        environment.write_examples(&parts.catalogue, &url)?;
        let pusher = match running.portal().and_then(|portal| portal.sites().first()) {
            Some(site) => Some(environment.open_portal(site).await?),
            None => None,
        };
        let admin = running.admin_address();
        State { url: url.clone(), admin, folders: environment.folders.clone() }.write(&environment.config.file);
        self.greet(session, &environment, &running, &url, registered);
        if let Some(pusher) = &pusher {
            session.say(&pusher.greeting(session, &url));
        }

        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(running.serve(async {
            let _ = stopped.await;
        }));
        let called = self.call(session, &environment, &parts, &url).await;
        drop(parts);
        if let (Ok(_), false) = (&called, self.once) {
            session.say(&environment.next_steps(session, &url, pusher.is_some()));
            asked_to_end().await;
        }
        let _ = stop.send(());
        let ended = serving.await;
        State::forget(&environment.config.file);
        if let Err(error) = ended {
            return Err(Failure::refused(text::no_runtime(error), text::tell_operator()));
        }
        called
    }

    /// One signed call as the consumer, over mutual TLS, verified with nothing but the signer's certificate.
    async fn call(
        &self,
        session: &Session,
        environment: &Environment,
        parts: &Parts,
        url: &str,
    ) -> Result<Exit, Failure> {
        let served = crate::operations::find(&parts.catalogue, OPERATION)?;
        let target = Target {
            url: url.to_owned(),
            identity: Some((environment.certificate("consumer"), environment.certificate("consumer-key"))),
            ca: Some(environment.certificate("ca")),
        };
        let (entry, version) = (EntryPoint::V2, Version::V11);
        let argument = environment.argument(&served.operation)?;
        let to = target.address(entry, version);
        let request = Request {
            entry,
            version,
            operation: served.operation.name.as_str(),
            argument: &argument,
            sign: true,
            later: false,
            law_reason: "kapia demo",
            to: &to,
        };
        session.say(&format!("\n{}\n", session.paint.bold(&session.pick(text::demo_call(&served.operation.name)))));
        let heard = target.call(entry, version, (request.action(), request.envelope()), PATIENCE).await?;
        tell_reply(session, &heard, &served.operation.response.fields, known_signer(&environment.config)?)
    }

    fn greet(&self, session: &Session, environment: &Environment, running: &Running, url: &str, consumer: bool) {
        let parts = running.parts();
        let (packages, operations) = serving(&parts.catalogue);
        let mut lines = vec![
            (text::demo_folder(), environment.shown_made(session)),
            (text::demo_packages(), session.pick(text::demo_packages_count(packages, operations))),
        ];
        let consumer = if consumer { text::demo_consumer_new() } else { text::demo_consumer_kept() };
        lines.push((text::demo_consumer(), session.pick(consumer)));
        lines.push((text::demo_address(), url.to_owned()));
        if let Some(admin) = running.admin_address() {
            lines.push((text::demo_admin(), format!("http://{admin}/readyz  /metrics")));
        }
        let mut out = String::new();
        for (label, value) in lines {
            let label = session.pick(label);
            let gap = " ".repeat(14_usize.saturating_sub(label.chars().count()));
            out.push_str(&format!("{}{gap}{value}\n", session.paint.dim(&label)));
        }
        for remark in summary::remarks(&parts.catalogue, &running.unusable, session.language) {
            out.push_str(&format!("  ! {remark}\n"));
        }
        session.say(&out);
    }
}

/// Opens the gateway; the address of health and metrics gives way if it is taken, that of consumers does not.
async fn open(environment: &Environment) -> Result<Running, Failure> {
    let folders = environment.folders.clone();
    let mut config = environment.config.clone();
    let admin = config.admin.listen;
    let free = |error: &ServerError| matches!(error, ServerError::Bind { address, .. } if Some(*address) == admin);
    match Running::try_open(&config, folders.clone()).await? {
        Ok(running) => Ok(running),
        Err(error) if free(&error) => {
            config.admin.listen = admin.map(|admin| (admin.ip(), 0).into());
            Running::try_open(&config, folders).await?.map_err(taken)
        }
        Err(error) => Err(taken(error)),
    }
}

fn taken(error: ServerError) -> Failure {
    match &error {
        ServerError::Bind { address, cause } if cause.kind() == std::io::ErrorKind::AddrInUse => {
            Failure::usage(text::port_taken(address), text::port_taken_hint())
        }
        _ => error.into(),
    }
}
