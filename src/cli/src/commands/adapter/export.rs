//! `kapia adapter export`.

use crate::failure::{Exit, Failure};
use crate::packages::backends;
use crate::session::Session;
use crate::text;
use clap::Args;
use kapia_adapter::{DirectoryFiles, Package};
use kapia_packaging::export;
use std::path::PathBuf;

/// A package and the archive that is made of it.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Folder of the package.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The archive.
    #[arg(long, value_name = "FILE.zip")]
    out: PathBuf,
}

impl Export {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let files = DirectoryFiles::open(&self.folder)?;
        let package = Package::read_with(&files, &backends())?;
        let exported = export(&package, &files)?;
        std::fs::write(&self.out, &exported.octets)
            .map_err(|error| Failure::usage(text::unwritable(self.out.display(), error), text::unwritable_hint()))?;
        session.tell(text::exported(self.out.display(), exported.files.len(), exported.octets.len()));
        Ok(Exit::Done)
    }
}
