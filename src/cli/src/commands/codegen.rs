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
    /// WSDL file: the types of the schemas in it; may be repeated.
    #[arg(long, value_name = "FILE")]
    wsdl: Vec<PathBuf>,
    /// Schema, or folder of schemas; may be repeated.
    #[arg(long, value_name = "FILE|FOLDER")]
    xsd: Vec<PathBuf>,
    /// Folder of an adapter package; may be repeated.
    #[arg(long, value_name = "FOLDER")]
    package: Vec<PathBuf>,
    /// Folder for the result.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Structs for yaserde in place of those for kapia-types.
    #[arg(long, value_name = "yaserde")]
    derive: Option<Derive>,
    /// Only check that the folder holds what would be written.
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Derive {
    Yaserde,
}

impl Codegen {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let mut generator = Generator::new().out(&self.out).yaserde(matches!(self.derive, Some(Derive::Yaserde)));
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
