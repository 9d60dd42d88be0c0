//! `kapia adapter …`: what a provider does with adapter packages.

mod check;
mod export;
mod host;
mod import;
mod new;
mod parameter;
mod run;
mod status;

use crate::failure::{Exit, Failure};
use crate::session::Session;
use clap::Subcommand;

/// What there is to do with adapter packages.
#[derive(Debug, Subcommand)]
pub(crate) enum Adapter {
    /// Serve the packages as an adapter host of the existing standard, behind the core of another gateway.
    Host(host::Host),
    /// Make a package out of schemas, examples or a WSDL.
    New(new::New),
    /// Check packages: all acceptance checks, with places and hints.
    Check(check::Check),
    /// Make a package out of an adapter of the existing layout: a folder or a .nupkg file.
    Import(import::Import),
    /// Put the schemas and samples of a package into an archive for the catalogue.
    Export(export::Export),
    /// Show and set what adapters let be changed while they serve.
    #[command(subcommand)]
    Parameter(parameter::Parameter),
    /// Ask one operation of a package, without a gateway.
    Run(run::Run),
    /// Show how the adapters of a running gateway or host are: versions, calls, failures, breakers.
    Status(status::Status),
}

impl Adapter {
    /// Whether it serves until it is stopped, and so logs what happens.
    pub fn serves(&self) -> bool {
        matches!(self, Adapter::Host(_))
    }

    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self {
            Adapter::Host(host) => host.run(session),
            Adapter::New(new) => new.run(session),
            Adapter::Check(check) => check.run(session),
            Adapter::Import(import) => import.run(session),
            Adapter::Export(export) => export.run(session),
            Adapter::Parameter(parameter) => parameter.run(session),
            Adapter::Run(run) => run.run(session),
            Adapter::Status(status) => status.run(session),
        }
    }
}
