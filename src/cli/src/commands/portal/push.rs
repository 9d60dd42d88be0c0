//! `kapia portal push`: the side of whoever pushes. It needs no portal here.

use crate::command::runtime;
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::portal::{PushSection, profile};
use crate::session::Session;
use crate::text;
use clap::Args;
use kapia_portal::{Contract, Profile};
use kapia_publish::{
    Counts, Draft, Ended, Endpoint, EndpointSettings, Line, Options, Password, Problem, Progress, Report, Sources,
    Told, Way,
};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Below the options.
const AFTER: &str = "Exit code: 0 all are there, or would be sent; 1 something was rejected; 2 the command or the configuration \
                     is wrong; 3 something was not sent, push again. A push that was cut short is simply repeated: what was \
                     taken stays as it is.";

#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub(crate) struct Push {
    /// Files (.xml, .csv), or folders of them.
    #[arg(required = true, value_name = "FILE|FOLDER")]
    sources: Vec<PathBuf>,
    /// A [[portal.push]] of the configuration, by name: address, user, password and profile stand there.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["url", "login", "password_file", "ca", "profile", "timeout"])]
    target: Option<String>,
    /// Address of the service, https.
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
    /// The names under which the service listens: own, look-alike, or a file that maps another WSDL.
    #[arg(long, value_name = "own|look-alike|FILE", default_value = "own", hide_default_value = true)]
    profile: PathBuf,
    /// Check everything and send nothing.
    #[arg(long)]
    dry_run: bool,
    /// Records in one message, 1 to 50.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u8).range(1..=50))]
    batch: u8,
    /// Record by record with AddService and UpdateService, also where the service takes batches.
    #[arg(long, conflicts_with = "batch")]
    one_by_one: bool,
    /// How often one message is sent at most.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    attempts: u32,
    /// How long the service may take over one message.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// The whole report as JSON, for programs, and no progress.
    #[arg(long)]
    json: bool,
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
        for problem in sources.problems.iter().filter(|_| !self.json) {
            session.warn(text::push_problem(problem));
        }
        let endpoint = self.endpoint(session)?;
        let report = runtime()?.block_on(self.push(session, &endpoint, &contract, &sources.drafts));
        let counts = report.counts();
        if self.json {
            session.say_json(&Whole::of(self.dry_run, &report, &sources.problems))?;
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
                eprintln!("{}", session.pick(text::push_progress(&progress)));
            }
        };
        kapia_publish::push(endpoint, contract, drafts, &options, &mut progress).await
    }

    fn endpoint(&self, session: &Session) -> Result<Endpoint, Failure> {
        if let Some(name) = &self.target {
            let config = session.config()?;
            return section(&config, name)?.endpoint();
        }
        // Nobody is spoken to in a rehearsal, and what then stands in place of an address is never used.
        let given = |value: &Option<String>, none: &str| value.clone().unwrap_or_else(|| none.to_owned());
        let (url, user) = (given(&self.url, "https://localhost/"), given(&self.login, "-"));
        Place {
            url: &url,
            user: &user,
            password: self.password_file.as_deref().map(password).transpose()?.unwrap_or_default(),
            authorities: self.ca.as_deref().map(input::read).transpose()?,
            profile: profile(&self.profile)?,
            patience: Duration::from_secs(self.timeout),
        }
        .endpoint()
    }

    fn show(&self, session: &Session, report: &Report) {
        // What the service has no place for is the same for many records.
        let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
        for line in &report.records {
            let (of_all, told): (Vec<&Told>, Vec<&Told>) = line.told.iter().partition(|told| told.is_of_the_way());
            for path in of_all.iter().flat_map(|told| &told.fields) {
                *left_out.entry(path).or_default() += 1;
            }
            let quiet = matches!(line.ended, Ended::Created | Ended::Updated | Ended::Unchanged | Ended::WouldBeSent);
            if quiet && told.is_empty() {
                continue;
            }
            session.tell(text::push_line(line));
            for told in told {
                session.tell(text::push_told(told));
            }
        }
        for (path, records) in left_out {
            session.tell(text::push_left_out(path, records));
        }
    }
}

/// The report for programs.
#[derive(Serialize)]
struct Whole<'r> {
    /// Nothing was sent.
    dry_run: bool,
    counts: Counts,
    messages: u32,
    /// Files and lines that gave no record.
    problems: Vec<Lacking>,
    records: &'r [Line],
}

#[derive(Serialize)]
struct Lacking {
    origin: String,
    #[serde(flatten)]
    told: Told,
}

impl<'r> Whole<'r> {
    fn of(dry_run: bool, report: &'r Report, problems: &[Problem]) -> Whole<'r> {
        let lacking = |problem: &Problem| Lacking { origin: problem.origin.to_string(), told: problem.told() };
        Whole {
            dry_run,
            counts: report.counts(),
            messages: report.messages,
            problems: problems.iter().map(lacking).collect(),
            records: &report.records,
        }
    }
}

/// A service to push to.
pub(crate) struct Place<'p> {
    /// Its address.
    pub url: &'p str,
    /// Who pushes.
    pub user: &'p str,
    /// With which password.
    pub password: String,
    /// PEM: who may have issued its certificate.
    pub authorities: Option<Vec<u8>>,
    /// The names under which it listens.
    pub profile: Profile,
    /// How long one message may take.
    pub patience: Duration,
}

impl Place<'_> {
    /// The service, ready to be spoken to.
    pub fn endpoint(self) -> Result<Endpoint, Failure> {
        let settings = EndpointSettings {
            url: self.url.to_owned(),
            user: self.user.to_owned(),
            password: Password::new(self.password),
            authorities: self.authorities,
            patience: self.patience,
            profile: self.profile,
        };
        Endpoint::new(&settings)
            .map_err(|error| Failure::usage(text::push_settings(error), text::push_settings_hint(error)))
    }
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

/// Our contract.
pub(super) fn contract() -> Result<Contract, Failure> {
    Contract::load().map_err(|error| Failure::refused(text::portal_unusable(error), text::portal_unusable_hint()))
}
