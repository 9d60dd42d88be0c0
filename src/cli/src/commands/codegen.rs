//! `kapia codegen`.

use crate::failure::{Exit, Failure};
use crate::session::Session;
use crate::text;
use clap::{Args, ValueEnum};
use kapia_codegen::Generator;
use std::path::PathBuf;

/// Writes Rust types for schemas, WSDL files and adapter packages; see docs/codegen.md.
#[derive(Debug, Args)]
pub(crate) struct Codegen {
    /// WSDL file: the types of the schemas in it, a client and a server; may be repeated.
    #[arg(long, value_name = "FILE")]
    wsdl: Vec<PathBuf>,
    /// Schema, or folder: every schema in it that no other one there includes or imports; may be repeated.
    #[arg(long, value_name = "FILE|FOLDER")]
    xsd: Vec<PathBuf>,
    /// Folder of an adapter package: a module for each schema, a type for each operation; may be repeated.
    #[arg(long, value_name = "FOLDER")]
    package: Vec<PathBuf>,
    /// Folder for the result, whose mod.rs declares the rest. Only files that were generated are replaced.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// The types of WSDL files alone, without client and server.
    #[arg(long)]
    no_services: bool,
    /// Structs for yaserde in place of those for kapia-types: types alone.
    #[arg(long, value_name = "yaserde", hide_possible_values = true)]
    derive: Option<Derive>,
    /// Only check that the folder holds what would be written; exit code 2 if it does not.
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Derive {
    Yaserde,
}

impl Codegen {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let yaserde = matches!(self.derive, Some(Derive::Yaserde));
        let mut generator = Generator::new().out(&self.out).yaserde(yaserde).services(!self.no_services);
        generator = self.wsdl.iter().fold(generator, Generator::wsdl);
        generator = self.xsd.iter().fold(generator, Generator::xsd);
        generator = self.package.iter().fold(generator, Generator::package);
        if self.check {
            generator.check()?;
            session.tell(text::generated_nothing());
            return Ok(Exit::Done);
        }
        let written = generator.run()?;
        if written.is_empty() {
            session.tell(text::generated_nothing());
        }
        for file in written {
            session.tell(text::generated_file(file.display()));
        }
        Ok(Exit::Done)
    }
}
