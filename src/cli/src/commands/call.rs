//! `kapia call`.

mod explain;
mod later;
mod told;

use self::later::Line;
use crate::argument::{self, Setting};
use crate::client::Target;
use crate::command::runtime;
use crate::config::{Config, SignatureProfile};
use crate::failure::{Exit, Failure};
use crate::operations;
use crate::session::Session;
use crate::state::State;
use crate::text;
use crate::verdict::KnownSigner;
use clap::Args;
use kapia_regix::EntryPoint;
use kapia_regix::consumer::Request;
use kapia_signature::{Algorithms, Certificate};
use kapia_soap::Version;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Calls an operation as a consumer does: SOAP over mutual TLS.
#[derive(Debug, Args)]
pub(crate) struct Call {
    /// Name of the operation, or its last part.
    operation: String,
    /// Sets a field of the sample request: a path below its root, such as Person/Names[2]/@lang.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<Setting>,
    /// The argument from a file instead of the sample request; - is standard input.
    #[arg(long, value_name = "FILE|-")]
    argument: Option<PathBuf>,
    /// Ask for a signed answer, and verify it.
    #[arg(long)]
    sign: bool,
    /// Ask for the answer later, fetch it when it is there, and acknowledge it.
    #[arg(long)]
    later: bool,
    /// Show the steps of the access decision, the verdict on the argument, and the fields that are hidden.
    #[arg(long)]
    explain: bool,
    /// Print the reply as it came.
    #[arg(long, conflicts_with = "explain")]
    raw: bool,
    /// Through the first entry point instead of the second.
    #[arg(long)]
    v1: bool,
    /// With SOAP 1.2 and WS-Addressing instead of SOAP 1.1.
    #[arg(long)]
    soap12: bool,
    /// Base address of the gateway.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Transport certificate, PEM.
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// Its private key, PEM.
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// Call without a transport certificate.
    #[arg(long, conflicts_with_all = ["cert", "key"])]
    no_cert: bool,
    /// Authority of the gateway's certificate, PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Legal ground of the call.
    #[arg(long, value_name = "TEXT", default_value = "kapia call")]
    law_reason: String,
    /// How long to wait.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

impl Call {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let config = session.config()?;
        let catalogue = session.packages(&config)?.catalogue;
        let served = operations::find(&catalogue, &self.operation)?;
        let operation = &served.operation;
        let argument = argument::request(&operation.request, self.argument.as_deref(), &self.set)?;
        let target = self.target(&config)?;
        let entry = if self.v1 { EntryPoint::V1 } else { EntryPoint::V2 };
        let version = if self.soap12 { Version::V12 } else { Version::V11 };
        let to = target.address(entry, version);
        let request = Request {
            entry,
            version,
            operation: operation.name.as_str(),
            argument: &argument,
            sign: self.sign,
            later: self.later,
            law_reason: &self.law_reason,
            to: &to,
        };
        if self.explain {
            explain::before(session, &config, &target, operation, &argument);
        }
        let message = (request.action(), request.envelope());
        let until = Instant::now() + Duration::from_secs(self.timeout);
        let line = Line { target: &target, entry, version, to: &to, until };
        let heard = runtime()?.block_on(async {
            let heard = line.send(message).await?;
            line.fetch(session, heard).await
        })?;
        if self.raw {
            session.write(&heard.body);
            return Ok(told::exit(&heard));
        }
        let signer = self.sign.then(|| known_signer(&config)).transpose()?.flatten();
        let exit = told::reply(session, &heard, &operation.response.fields, signer)?;
        if self.explain {
            explain::after(session, &heard);
        }
        Ok(exit)
    }

    fn target(&self, config: &Config) -> Result<Target, Failure> {
        let client = &config.client;
        let started = || State::read(&config.file).map(|state| state.url);
        let listening = || {
            let port = config.server.listen.first().map(|address| address.port());
            port.map(|port| format!("https://localhost:{port}"))
        };
        let url = self.url.clone().or_else(|| client.url.clone()).or_else(started).or_else(listening);
        let url = url.ok_or_else(|| Failure::usage(text::no_url(), text::url_hint()))?;
        let identity = match (&self.cert, &self.key) {
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            _ if self.no_cert => None,
            _ => client.certificate.clone().zip(client.key.clone()),
        };
        Ok(Target { url, identity, ca: self.ca.clone().or_else(|| client.ca.clone()) })
    }
}

/// By what the gateway's signatures are known, if its configuration is on this machine.
pub(crate) fn known_signer(config: &Config) -> Result<Option<KnownSigner>, Failure> {
    let Some(section) = &config.signer else { return Ok(None) };
    let algorithms = match section.profile {
        SignatureProfile::Default => Algorithms::MODERN,
        SignatureProfile::Legacy => Algorithms::WITH_LEGACY_SHA1,
    };
    Ok(Some(KnownSigner { certificate: read_signer(&section.certificate)?, algorithms }))
}

/// The first certificate of a PEM file.
pub(crate) fn read_signer(file: &Path) -> Result<Certificate, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::usage(text::unreadable(file.display(), error), text::unreadable_hint())
    };
    let pem = std::fs::read_to_string(file).map_err(|error| unreadable(&error))?;
    let certificates = Certificate::from_pem(&pem)?;
    certificates
        .into_iter()
        .next()
        .ok_or_else(|| Failure::usage(text::no_certificate(file.display()), text::unreadable_hint()))
}

pub(crate) use told::reply as tell_reply;
