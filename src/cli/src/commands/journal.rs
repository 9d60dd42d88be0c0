//! `kapia journal`.

use crate::failure::{Exit, Failure};
use crate::operations;
use crate::session::Session;
use crate::subject::moment;
use crate::text;
use clap::{Args, Subcommand};
use kapia_journal::{Entry, Filter, Head, Identification, Outcome, Reader, VerifyError, follow, verify};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;
use time::macros::format_description;

/// How often new records are looked for.
const LOOK: Duration = Duration::from_millis(500);

/// The journal of calls.
#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// Show the last records.
    Tail(Tail),
    /// Prove that the journal is what was written.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(crate) struct Tail {
    /// How many records.
    #[arg(short = 'n', long = "lines", value_name = "NUMBER", default_value_t = 10)]
    count: usize,
    /// Go on with every record that is written.
    #[arg(short, long)]
    follow: bool,
    /// As JSON, one record per line.
    #[arg(long)]
    json: bool,
    /// Only this consumer.
    #[arg(long, value_name = "NAME")]
    consumer: Option<String>,
    /// Only this operation: its name, or its last part.
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Only this call.
    #[arg(long, value_name = "NUMBER")]
    call: Option<i64>,
    /// Only calls that ended so: answered, no-data, denied, fault, …
    #[arg(long, value_name = "OUTCOME")]
    outcome: Option<Outcome>,
    /// From this day or moment on.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Up to this day or moment.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A head that was kept elsewhere, as an earlier verification told it: the journal must still contain it.
    #[arg(long, value_name = "NUMBER:HASH")]
    head: Option<String>,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

impl Journal {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let config = session.config()?;
        let file = &config.storage.journal;
        if !file.is_file() {
            return Err(Failure::usage(text::no_journal(file.display()), text::no_registry_hint()));
        }
        match self {
            Journal::Tail(tail) => {
                // A name that the registry does not know may still stand in the journal.
                let registry = session.registry(&config).ok();
                let full = |asked: &String| {
                    let known = registry.as_ref().and_then(|registry| operations::find_known(registry, asked).ok());
                    known.map_or_else(|| asked.clone(), |name| name.to_string())
                };
                let operation = tail.operation.as_ref().map(full);
                tail.run(session, file, operation)
            }
            Journal::Verify(verify) => verify.run(session, file),
        }
    }
}

impl Tail {
    fn run(self, session: &Session, file: &Path, operation: Option<String>) -> Result<Exit, Failure> {
        let filter = Filter {
            consumer: self.consumer.clone(),
            operation,
            service_call_id: self.call,
            outcome: self.outcome,
            since: self.since.as_deref().map(|text| moment(text, false)).transpose()?,
            until: self.until.as_deref().map(|text| moment(text, true)).transpose()?,
        };
        let reader = Reader::open(file)?;
        let head = reader.head()?.sequence;
        let entries = reader.tail(&filter, self.count)?;
        if entries.is_empty() && !self.follow {
            session.tell(text::journal_empty());
        }
        let last = entries.last().map_or(head, |entry| entry.sequence.max(head));
        entries.iter().try_for_each(|entry| self.say(session, entry))?;
        if self.follow {
            let mut failed = None;
            follow(file, &filter, Some(last), LOOK, |entry| match self.say(session, &entry) {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            })?;
            if let Some(failure) = failed {
                return Err(failure);
            }
        }
        Ok(Exit::Done)
    }

    fn say(&self, session: &Session, entry: &Entry) -> Result<(), Failure> {
        if self.json {
            let line = serde_json::to_string(entry)
                .map_err(|error| Failure::refused(text::no_json(error), text::tell_operator()))?;
            session.say(&(line + "\n"));
        } else {
            session.say(&line(session, entry));
        }
        Ok(())
    }
}

/// One record on one line: when, how, who, what, how long.
fn line(session: &Session, entry: &Entry) -> String {
    let record = &entry.record;
    let form = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    let when = record.received.format(form).unwrap_or_default();
    let good = matches!(record.outcome, Outcome::Answered | Outcome::NoData | Outcome::Pending);
    let outcome = format!("{:<16}", record.outcome.as_str());
    let outcome = if good { session.paint.green(&outcome) } else { session.paint.red(&outcome) };
    let consumer = match (&record.consumer, &record.certificate) {
        (Some(consumer), _) => consumer.name.clone(),
        (None, Some(certificate)) => {
            format!("SHA-1 {}…", certificate.sha1.to_string().chars().take(12).collect::<String>())
        }
        (None, None) => session.pick(text::nobody()),
    };
    let operation = record.operation.rsplit('.').next().unwrap_or_default();
    let took: u64 = record.stages.iter().map(|stage| stage.1).sum();
    let mut notes = vec![format!("{} ms", took / 1000)];
    if record.signed {
        notes.push(session.pick(text::signed_word()));
    }
    if record.hidden_fields > 0 {
        notes.push(session.pick(text::hidden_count(record.hidden_fields)));
    }
    notes.extend(record.identified_by.filter(|by| *by != Identification::Tls).map(|by| by.as_str().to_owned()));
    notes.extend(record.error_code.as_deref().map(str::to_owned));
    notes.extend(record.warnings.iter().map(|warning| warning.code.clone().into_owned()));
    let notes = session.paint.dim(&notes.join(", "));
    format!("{:>6}  {when}  {outcome}  {consumer}  {operation}  {notes}\n", entry.sequence)
}

impl Verify {
    fn run(self, session: &Session, file: &Path) -> Result<Exit, Failure> {
        let head = self.head.as_deref().map(str::parse::<Head>).transpose()?;
        match verify(file, head.as_ref()) {
            Ok(verified) if self.json => session.say_json(&verified)?,
            Ok(verified) => {
                let whole = session.pick(text::journal_whole(verified.records));
                session.say(&format!("{}\n", session.paint.green(&whole)));
                session.tell(text::journal_head(verified.head));
            }
            Err(VerifyError::Broken(broken)) => return Err(broken.into()),
            Err(VerifyError::Journal(error)) => return Err(error.into()),
        }
        Ok(Exit::Done)
    }
}
