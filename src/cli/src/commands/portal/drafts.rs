//! `kapia portal import` and `template`: where records come from before they are pushed. Neither needs a portal here.

use super::push::contract;
use crate::command::runtime;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::session::Session;
use crate::text;
use clap::Args;
use kapia_publish::{Iisda, IisdaError};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// EIK of the administration.
    eik: String,
    /// Folder for the records; it is made if it is missing.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Address of the services API of the administrative register (SOAP 1.1).
    #[arg(long, value_name = "URL")]
    url: String,
    /// Who may have issued its certificate, PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Replace files that are there.
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Template {
    /// A record as XML with every element, in place of a table.
    #[arg(long, conflicts_with = "out")]
    xml: bool,
    /// A folder to begin with: records.csv with the columns, and record.xml.example; it is made if it is missing.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Import {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let ca = self.ca.as_deref().map(input::read).transpose()?;
        let iisda = Iisda::new(&self.url, ca, Duration::from_secs(120)).map_err(untaken)?;
        let taken = runtime()?.block_on(iisda.take(&self.eik)).map_err(untaken)?;
        make(&self.out)?;
        let mut kept = 0;
        for draft in &taken.drafts {
            let file = self.out.join(&draft.origin.file);
            if file.exists() && !self.replace {
                session.warn(text::import_there(file.display()));
                continue;
            }
            write(&file, &draft.record)?;
            kept += 1;
        }
        let mut gaps: Vec<&str> = taken.gaps.iter().map(|(_, gap)| *gap).collect();
        gaps.sort_unstable();
        gaps.dedup();
        session.tell(text::import_taken(kept, taken.drafts.len(), self.out.display()));
        if !gaps.is_empty() {
            session.tell(text::import_gaps(gaps.join(", ")));
        }
        for (path, times) in &taken.skipped {
            session.tell(text::import_skipped(path, times));
        }
        Ok(if kept == taken.drafts.len() { Exit::Done } else { Exit::Refused })
    }
}

impl Template {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let contract = contract()?;
        let Some(folder) = &self.out else {
            let text = if self.xml { kapia_publish::example(&contract) } else { kapia_publish::template(&contract) };
            session.say(&text);
            return Ok(Exit::Done);
        };
        make(folder)?;
        let mut left = 0;
        for (name, content) in [
            ("records.csv", kapia_publish::template(&contract)),
            ("record.xml.example", kapia_publish::example(&contract)),
        ] {
            let file = folder.join(name);
            if file.exists() {
                session.warn(text::template_there(file.display()));
                left += 1;
            } else {
                write(&file, content.as_bytes())?;
            }
        }
        if left == 0 {
            session.tell(text::template_made(folder.display()));
        }
        Ok(if left == 0 { Exit::Done } else { Exit::Refused })
    }
}

fn untaken(error: IisdaError) -> Failure {
    let (cause, hint) = text::import_failed(&error);
    Failure::connection(cause, hint)
}

fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::usage(text::unreadable(folder.display(), error), text::unreadable_hint()))
}

fn write(file: &Path, octets: &[u8]) -> Result<(), Failure> {
    std::fs::write(file, octets)
        .map_err(|error| Failure::usage(text::unreadable(file.display(), error), text::unreadable_hint()))
}
