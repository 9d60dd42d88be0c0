//! The command line: what there is, and how it is read.

use crate::commands::{
    adapter, call, codegen, consumer, demo, describe, grant, journal, list, operation, portal, serve, verify,
};
use crate::failure::{Exit, Failure};
use crate::language::Language;
use crate::paint::{self, Paint};
use crate::session::Session;
use crate::text::help;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Капия / Kapia: a gateway that answers RegiX consumers.
#[derive(Debug, Parser)]
#[command(name = "kapia", version, disable_help_subcommand = true, max_term_width = 110)]
struct Cli {
    /// Language of everything a person reads; by default that of the locale.
    #[arg(long, global = true, value_name = "bg|en", hide_possible_values = true)]
    lang: Option<Language>,
    /// Configuration; by default $KAPIA_CONFIG, ./kapia.toml or ./kapia-demo/kapia.toml.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a complete test environment in a folder, start it, and make one signed call.
    Demo(demo::Demo),
    /// Serve until SIGTERM; SIGHUP reads certificates and packages anew.
    Serve(serve::Serve),
    /// Show the operations.
    List(list::List),
    /// Show the fields of an operation, with types, descriptions and rights.
    Describe(describe::Describe),
    /// Call an operation as a consumer.
    Call(call::Call),
    /// Consumers, their certificates, and their roles.
    #[command(subcommand)]
    Consumer(consumer::Consumer),
    /// Rights to operations and to fields of answers.
    #[command(subcommand)]
    Grant(grant::Grant),
    /// Switch operations on and off.
    #[command(subcommand)]
    Operation(operation::Operation),
    /// Adapter packages, for their providers.
    #[command(subcommand)]
    Adapter(adapter::Adapter),
    /// The journal of calls.
    #[command(subcommand)]
    Journal(journal::Journal),
    /// Descriptions of services: who may push them, and what was pushed.
    #[command(subcommand)]
    Portal(portal::Portal),
    /// Write Rust types for schemas, WSDL files and adapter packages.
    Codegen(codegen::Codegen),
    /// Say what a trusted key has signed in a message or document.
    Verify(verify::Verify),
}

/// Reads the command line, does what it says, and tells how it went.
pub(crate) fn run() -> ExitCode {
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    let language = Language::of(arguments, |name| std::env::var(name).ok());
    let matches = help::in_language(Cli::command(), language).try_get_matches();
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return help::refuse(&error, language),
    };
    let session = Session { language, paint: Paint::of_stdout(), config: cli.config };
    let exit = perform(&session, cli.command).unwrap_or_else(|failure| {
        eprint!("{}", failure.told(language, paint::stderr()));
        failure.exit
    });
    ExitCode::from(exit as u8)
}

fn perform(session: &Session, command: Command) -> Result<Exit, Failure> {
    // Those that serve log what happens; the others speak to the person who typed them.
    let serves = match &command {
        Command::Serve(_) => true,
        Command::Adapter(adapter) => adapter.serves(),
        _ => false,
    };
    start_log(if serves { "info" } else { "warn" });
    match command {
        Command::Demo(demo) => demo.run(session),
        Command::Serve(serve) => serve.run(session),
        Command::List(list) => list.run(session),
        Command::Describe(describe) => describe.run(session),
        Command::Call(call) => call.run(session),
        Command::Consumer(consumer) => consumer.run(session),
        Command::Grant(grant) => grant.run(session),
        Command::Operation(operation) => operation.run(session),
        Command::Adapter(adapter) => adapter.run(session),
        Command::Journal(journal) => journal.run(session),
        Command::Portal(portal) => portal.run(session),
        Command::Codegen(codegen) => codegen.run(session),
        Command::Verify(verify) => verify.run(session),
    }
}

/// The log goes to standard error, at the level of `KAPIA_LOG`.
fn start_log(usual: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("KAPIA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(paint::stderr())
        .with_target(false)
        .init();
}

/// A runtime for commands that speak over the network.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::refused(crate::text::no_runtime(error), crate::text::tell_operator()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent_in_both_languages() {
        for language in [Language::En, Language::Bg] {
            help::in_language(Cli::command(), language).debug_assert();
        }
    }

    #[test]
    fn every_command_and_option_has_a_bulgarian_text() {
        assert_eq!(help::missing(&Cli::command()), Vec::<String>::new());
    }
}
