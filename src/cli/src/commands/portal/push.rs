//! `kapia portal push`, `import` and `template`: the side of whoever pushes. None of them needs a portal here.

use crate::command::runtime;
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::portal::PushSection;
use crate::session::Session;
use crate::text;
use clap::Args;
use kapia_portal::Contract;
use kapia_publish::{
    Draft, Ended, Endpoint, EndpointSettings, Iisda, Options, Password, Progress, Report, Sources, Way,
};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Args)]
pub(crate) struct Push {
    /// Files (.xml, .csv), or folders of them.
    #[arg(required = true, value_name = "FILE|FOLDER")]
    sources: Vec<PathBuf>,
    /// A [[portal.push]] of the configuration, by name: address, user and password stand there.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["url", "login", "password_file"])]
    target: Option<String>,
    /// Address of the service (SOAP 1.1), https.
    #[arg(long, value_name = "URL", required_unless_present_any = ["target", "dry_run"])]
    url: Option<String>,
    /// User name at the service.
    #[arg(long = "user", id = "login", value_name = "USER", required_unless_present_any = ["target", "dry_run"])]
    login: Option<String>,
    /// File with the password; - is standard input.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["target", "dry_run"])]
    password_file: Option<PathBuf>,
    /// Who may have issued the certificate of the service, PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Check everything and send nothing.
    #[arg(long)]
    dry_run: bool,
    /// Records in one message, 1 to 50.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u8).range(1..=50))]
    batch: u8,
    /// Use AddService and UpdateService only, for services that have no others.
    #[arg(long, conflicts_with = "batch")]
    one_by_one: bool,
    /// How often one message is sent at most.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    attempts: u32,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

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

impl Push {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let contract = contract()?;
        let mut sources = Sources::default();
        for path in &self.sources {
            let Sources { drafts, problems } = Sources::read(path, &contract);
            sources.drafts.extend(drafts);
            sources.problems.extend(problems);
        }
        for problem in &sources.problems {
            session.warn(text::push_problem(problem));
        }
        let endpoint = self.endpoint(session)?;
        let report = runtime()?.block_on(self.push(session, &endpoint, &contract, &sources.drafts));
        let counts = report.counts();
        if self.json {
            session.say_json(&report)?;
        } else {
            self.show(session, &report);
            session.tell(text::push_counts(&counts, report.messages));
        }
        let wanting = counts.rejected + sources.problems.len();
        Ok(match (counts.not_sent, wanting) {
            (0, 0) => Exit::Done,
            (0, _) => Exit::Refused,
            _ => Exit::Connection,
        })
    }

    async fn push(&self, session: &Session, endpoint: &Endpoint, contract: &Contract, drafts: &[Draft]) -> Report {
        let options = Options {
            way: if self.one_by_one { Way::OneByOne } else { Way::Batches(usize::from(self.batch)) },
            attempts: self.attempts,
            rehearse: self.dry_run,
            ..Options::default()
        };
        let mut progress = |progress: Progress| {
            if !self.json {
                session.warn(text::push_progress(&progress));
            }
        };
        kapia_publish::push(endpoint, contract, drafts, &options, &mut progress).await
    }

    fn endpoint(&self, session: &Session) -> Result<Endpoint, Failure> {
        if let Some(name) = &self.target {
            let config = session.config()?;
            return section(&config, name)?.endpoint();
        }
        if self.dry_run && self.url.is_none() {
            // Nobody is spoken to; what stands here is never used.
            return endpoint("https://localhost/", "-", "-", None);
        }
        let given = |value: &Option<String>| value.clone().unwrap_or_default();
        let password = match &self.password_file {
            Some(file) => password(file)?,
            None => String::new(),
        };
        let ca = self.ca.as_deref().map(input::read).transpose()?;
        endpoint(&given(&self.url), &given(&self.login), &password, ca)
    }

    fn show(&self, session: &Session, report: &Report) {
        for line in &report.records {
            let quiet = matches!(line.ended, Ended::Created | Ended::Updated | Ended::Unchanged | Ended::WouldBeSent);
            if quiet && line.told.is_empty() {
                continue;
            }
            session.tell(text::push_line(line));
            for told in &line.told {
                session.tell(text::push_told(told));
            }
        }
    }
}

impl Import {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let ca = self.ca.as_deref().map(input::read).transpose()?;
        let told = |error: kapia_publish::IisdaError| {
            Failure::connection(text::import_trouble(error), text::import_trouble_hint())
        };
        let iisda = Iisda::new(&self.url, ca, Duration::from_secs(120)).map_err(told)?;
        let taken = runtime()?.block_on(iisda.take(&self.eik)).map_err(told)?;
        std::fs::create_dir_all(&self.out)
            .map_err(|error| Failure::usage(text::unreadable(self.out.display(), error), text::unreadable_hint()))?;
        let mut kept = 0;
        for draft in &taken.drafts {
            let file = self.out.join(&draft.origin.file);
            if file.exists() && !self.replace {
                session.warn(text::import_there(file.display()));
                continue;
            }
            std::fs::write(&file, &draft.record)
                .map_err(|error| Failure::usage(text::unreadable(file.display(), error), text::unreadable_hint()))?;
            kept += 1;
        }
        let mut gaps: Vec<&str> = taken.gaps.iter().map(|(_, gap)| *gap).collect();
        gaps.sort_unstable();
        gaps.dedup();
        session.tell(text::import_taken(kept, taken.drafts.len(), self.out.display()));
        if !gaps.is_empty() {
            session.tell(text::import_gaps(gaps.join(", ")));
        }
        Ok(if kept == taken.drafts.len() { Exit::Done } else { Exit::Refused })
    }
}

/// Prints the first line of a table of records.
pub(super) fn template(session: &Session) -> Result<Exit, Failure> {
    session.say(&kapia_publish::template(&contract()?));
    Ok(Exit::Done)
}

/// The section of the configuration.
fn section<'c>(config: &'c Config, name: &str) -> Result<&'c PushSection, Failure> {
    let all = config.portal.iter().flat_map(|portal| &portal.push);
    let known: Vec<&str> = all.clone().map(|section| section.name.as_str()).collect();
    all.clone()
        .find(|section| section.name == name)
        .ok_or_else(|| Failure::usage(text::push_no_target(name), text::push_no_target_hint(known.join(", "))))
}

/// The password that a file holds, without the line end behind it.
pub(crate) fn password(file: &Path) -> Result<String, Failure> {
    let octets = input::read(file)?;
    let unusable = |_| Failure::usage(text::push_password(file.display()), text::push_password_hint());
    Ok(String::from_utf8(octets).map_err(unusable)?.trim_end_matches(['\r', '\n']).to_owned())
}

/// A service to push to.
pub(crate) fn endpoint(
    url: &str,
    user: &str,
    password: &str,
    authorities: Option<Vec<u8>>,
) -> Result<Endpoint, Failure> {
    let settings = EndpointSettings {
        url: url.to_owned(),
        user: user.to_owned(),
        password: Password::new(password.to_owned()),
        authorities,
        patience: Duration::from_secs(120),
    };
    Endpoint::new(&settings).map_err(|error| Failure::usage(text::push_settings(error), text::push_settings_hint()))
}

fn contract() -> Result<Contract, Failure> {
    Contract::load().map_err(|error| Failure::refused(text::portal_unusable(error), text::portal_unusable_hint()))
}
