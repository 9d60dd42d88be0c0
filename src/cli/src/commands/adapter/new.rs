//! `kapia adapter new`.

use super::import::{refuse_taken, write};
use crate::failure::{Exit, Failure};
use crate::session::Session;
use crate::text;
use clap::{Args, ValueEnum};
use kapia_packaging::{Engine, Kind, Seed, scaffold};
use std::path::PathBuf;

/// What a package is made out of.
#[derive(Debug, Args)]
pub(crate) struct New {
    /// Name of the package, such as Company.RegiX.VehicleAdapter.
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    from: From,
    /// Kind of backend.
    #[arg(long, value_name = "sample|sql|rest|soap|host", hide_possible_values = true, default_value = "sample")]
    backend: Backend,
    /// Kind of database, with --backend sql; sqlite is made by a script in the package and answers at once.
    #[arg(
        long,
        value_name = "sqlite|postgresql|mysql|odbc",
        hide_possible_values = true,
        default_value = "postgresql"
    )]
    engine: Database,
    /// WSDL of the service behind the register, with --backend soap; by default that of --from-wsdl.
    #[arg(long, value_name = "FILE")]
    wsdl: Option<PathBuf>,
    /// Folder for the package, new or empty; by default its name.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Name of an operation, whole or its last part; one for each pair, in their order.
    #[arg(long = "operation", value_name = "OPERATION")]
    operations: Vec<String>,
    /// A root in a schema that declares several elements; may be repeated.
    #[arg(long = "root", value_name = "NAME")]
    roots: Vec<String>,
}

/// One of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct From {
    /// Pairs of schemas: of a request and of its response.
    #[arg(long, value_name = "REQUEST RESPONSE", num_args = 2..)]
    from_xsd: Vec<PathBuf>,
    /// Pairs of examples: of a request and of its response; schemas are made out of them.
    #[arg(long, value_name = "REQUEST RESPONSE", num_args = 2..)]
    from_samples: Vec<PathBuf>,
    /// A WSDL 1.1 with its schemas in it.
    #[arg(long, value_name = "FILE")]
    from_wsdl: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Backend {
    Sample,
    Sql,
    Rest,
    Soap,
    Host,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    #[value(name = "postgresql")]
    PostgreSql,
    #[value(name = "mysql")]
    MySql,
    Odbc,
}

impl New {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let out = self.out.clone().unwrap_or_else(|| PathBuf::from(&self.name));
        refuse_taken(&out)?;
        let seed = match &self.from.from_wsdl {
            Some(file) => Seed::Wsdl(file.clone()),
            None if self.from.from_xsd.is_empty() => Seed::Samples(pairs(&self.from.from_samples)?),
            None => Seed::Schemas(pairs(&self.from.from_xsd)?),
        };
        let kind = match self.backend {
            Backend::Sample => Kind::Sample,
            Backend::Sql => Kind::Sql(match self.engine {
                Database::Sqlite => Engine::Sqlite,
                Database::PostgreSql => Engine::PostgreSql,
                Database::MySql => Engine::MySql,
                Database::Odbc => Engine::Odbc,
            }),
            Backend::Rest => Kind::Rest,
            Backend::Soap => match self.wsdl.or(self.from.from_wsdl) {
                Some(file) => Kind::Soap(file),
                None => return Err(Failure::usage(text::soap_without_wsdl(), text::soap_without_wsdl_hint())),
            },
            Backend::Host => Kind::Host,
        };
        let scaffolded = scaffold(&self.name, &self.operations, &self.roots, &seed, &kind)?;
        write(session, &scaffolded.draft, &out)?;
        if !scaffolded.fill_in.is_empty() {
            session.tell(text::fill_in());
            for line in &scaffolded.fill_in {
                session.say(&format!("  {line}\n"));
            }
        }
        session.tell(text::package_next(out.display()));
        Ok(Exit::Done)
    }
}

/// A request and its response, as often as there are two.
fn pairs(files: &[PathBuf]) -> Result<Vec<(PathBuf, PathBuf)>, Failure> {
    if files.len() % 2 == 1 {
        return Err(Failure::usage(text::odd_files(files.len()), text::odd_files_hint()));
    }
    let pair = |two: &[PathBuf]| match two {
        [request, response] => Some((request.clone(), response.clone())),
        _ => None,
    };
    Ok(files.chunks(2).filter_map(pair).collect())
}
