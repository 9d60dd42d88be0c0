//! `kapia portal list`, `show`, `history`, `diff`, `publish` and what belongs to them.

use super::{Where, nothing, shown, table};
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::running::actor;
use crate::session::Session;
use crate::subject::moment;
use crate::text;
use clap::Args;
use kapia_portal::diff::{Difference, between};
use kapia_records::{
    Answer, Applied, Batch, Change, Eik, Filter, FormError, Key, Mode, Outcome, Page, Record, Records, Refused, Status,
    Summary, What,
};
use kapia_soap::Bilingual;
use kapia_xml::{Document, Limits};
use serde_json::json;
use time::OffsetDateTime;

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Of the supplier with this EIK.
    #[arg(long, value_name = "EIK")]
    supplier: Option<String>,
    /// In this status: draft, developed, validated, approved, published or inactive; may be repeated.
    #[arg(long = "status", value_name = "STATUS", value_parser = status)]
    statuses: Vec<Status>,
    /// Changed on this day or later, or from this moment on (RFC 3339); in the order of the changes.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// How many at most.
    #[arg(short = 'n', long = "lines", value_name = "NUMBER", default_value_t = 50)]
    count: u32,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The record: EIK/NUMBER.
    #[arg(value_name = "EIK/NUMBER", value_parser = key)]
    record: Key,
    /// This version instead of the newest.
    #[arg(long, value_name = "NUMBER")]
    version: Option<u64>,
    /// The record itself, as it is kept.
    #[arg(long)]
    raw: bool,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct History {
    /// The record: EIK/NUMBER.
    #[arg(value_name = "EIK/NUMBER", value_parser = key)]
    record: Key,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The record: EIK/NUMBER.
    #[arg(value_name = "EIK/NUMBER", value_parser = key)]
    record: Key,
    /// The older version; by default the one before the newer.
    from_version: Option<u64>,
    /// The newer version; by default the newest.
    to_version: Option<u64>,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// Records: EIK/NUMBER.
    #[arg(value_name = "EIK/NUMBER", value_parser = key, required = true)]
    records: Vec<Key>,
    /// Another status on the way: draft, developed, validated or approved.
    #[arg(long, value_name = "STATUS", value_parser = status, default_value = "published", hide_default_value = true)]
    status: Status,
    /// Why; stays in the history.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Deactivate {
    /// Records: EIK/NUMBER.
    #[arg(value_name = "EIK/NUMBER", value_parser = key, required = true)]
    records: Vec<Key>,
    /// First day on which the service is not provided, or moment (RFC 3339); by default now.
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Why; stays in the history.
    #[arg(long, value_name = "TEXT")]
    comment: String,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Reactivate {
    /// Records: EIK/NUMBER.
    #[arg(value_name = "EIK/NUMBER", value_parser = key, required = true)]
    records: Vec<Key>,
    /// Why; stays in the history.
    #[arg(long, value_name = "TEXT")]
    comment: String,
    #[command(flatten)]
    place: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// Words in Bulgarian or English, or numbers.
    #[arg(required = true)]
    words: Vec<String>,
    /// Of the supplier with this EIK.
    #[arg(long, value_name = "EIK")]
    supplier: Option<String>,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Where,
}

impl List {
    pub async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let records = self.place.records(config)?;
        let filter = Filter {
            supplier: supplier(self.supplier)?,
            statuses: self.statuses,
            modified_since: self.since.as_deref().map(|text| moment(text, false)).transpose()?,
        };
        let (mut found, mut page) = (Vec::new(), Page::first(self.count.clamp(1, 200)));
        let total = loop {
            let listed = records.list(filter.clone(), page).await?;
            found.extend(listed.items);
            if !listed.more || found.len() >= self.count as usize {
                break listed.total;
            }
            page.number += 1;
        };
        found.truncate(self.count as usize);
        tell(session, &found, total, self.json)
    }
}

impl Search {
    pub async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let records = self.place.records(config)?;
        let text = self.words.join(" ");
        let query = kapia_records::Search { text, supplier: supplier(self.supplier)?, page: Page::first(50) };
        let found = records.search(query).await?;
        tell(session, &found.items, found.total, self.json)
    }
}

impl Show {
    pub async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let records = self.place.records(config)?;
        let record = existing(&records, &self.record, self.version).await?;
        if self.raw {
            session.write(&record.octets);
            session.say("\n");
            return Ok(Exit::Done);
        }
        let last = records.last_push(&self.record).await?;
        if self.json {
            session.say_json(&json!({
                "key": record.key,
                "version": record.version,
                "status": record.status,
                "publishedVersion": record.published_version,
                "modifiedAt": shown(record.modified_at),
                "modifiedBy": record.modified_by,
                "lastPush": last,
                "facts": record.facts,
            }))?;
            return Ok(Exit::Done);
        }
        let facts = &record.facts;
        let public = record.published_version.map(|version| version.to_string()).unwrap_or_default();
        let push = last.map(|last| {
            [shown(last.at), last.by, last.result, last.fault.unwrap_or_default()].join(" ").trim_end().to_owned()
        });
        let level =
            session.language.pick(Bilingual::new(facts.security_level.as_str(), facts.security_level.bulgarian()));
        let rows = [
            (text::portal_word_record(), record.key.to_string()),
            (text::portal_word_name(), facts.name_bg.clone()),
            (text::portal_word_name_en(), facts.name_en.clone().unwrap_or_default()),
            (text::portal_word_status(), session.pick(text::portal_status(record.status))),
            (text::portal_word_version(), record.version.to_string()),
            (text::portal_word_public(), public),
            (text::portal_word_changed(), format!("{} {}", shown(record.modified_at), record.modified_by)),
            (text::portal_word_push(), push.unwrap_or_default()),
            (text::portal_word_level(), level),
            (text::portal_word_section(), facts.section.clone().unwrap_or_default()),
            (text::portal_word_valid(), shown(facts.valid_from)),
        ];
        let rows = rows.into_iter().filter(|(_, value)| !value.is_empty());
        let rows: Vec<Vec<String>> = rows.map(|(label, value)| vec![session.pick(label), value]).collect();
        session.say(&table(session, &rows));
        Ok(Exit::Done)
    }
}

impl History {
    pub async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let records = self.place.records(config)?;
        let history = records.history(&self.record).await?;
        if history.is_empty() {
            return Err(missing(&self.record, None));
        }
        if self.json {
            session.say_json(&history)?;
            return Ok(Exit::Done);
        }
        let rows: Vec<Vec<String>> = history
            .into_iter()
            .map(|step| {
                let from = step.effective_from.map(|from| session.pick(text::portal_effective(shown(from))));
                let why: Vec<String> = from.into_iter().chain(step.why).collect();
                vec![
                    step.version.to_string(),
                    shown(step.at),
                    session.pick(text::portal_action(step.action)),
                    session.pick(text::portal_status(step.status)),
                    step.by,
                    why.join("; "),
                ]
            })
            .collect();
        session.say(&table(session, &rows));
        Ok(Exit::Done)
    }
}

impl Diff {
    pub async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let records = self.place.records(config)?;
        let after = existing(&records, &self.record, self.to_version).await?;
        let before = self.from_version.unwrap_or(after.version.saturating_sub(1).max(1));
        let before = existing(&records, &self.record, Some(before)).await?;
        let (old, new) = (document(&before)?, document(&after)?);
        let differences = between(old.root(), new.root());
        if self.json {
            let versions = [before.version, after.version];
            session.say_json(
                &json!({"versions": versions, "statuses": [before.status, after.status], "changes": differences}),
            )?;
            return Ok(Exit::Done);
        }
        session.tell(text::portal_diff(before.version, after.version));
        if before.status != after.status {
            let statuses = [before.status, after.status].map(|status| session.pick(text::portal_status(status)));
            session.say(&format!("  {}\n", statuses.join(" → ")));
        }
        if differences.is_empty() {
            session.tell(text::portal_diff_none());
        }
        for Difference { path, before, after } in &differences {
            session.say(&format!("{}\n", session.paint.bold(path)));
            for (sign, text) in [("-", before), ("+", after)] {
                let Some(text) = text else { continue };
                let line = format!("  {sign} {text}");
                let painted = if sign == "-" { session.paint.red(&line) } else { session.paint.green(&line) };
                session.say(&format!("{painted}\n"));
            }
        }
        Ok(Exit::Done)
    }
}

impl Publish {
    pub async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let records = self.place.records(config)?;
        let mut changes = Vec::new();
        for key in &self.records {
            let record = existing(&records, key, None).await?;
            // Whoever publishes says with it that the record is right.
            let found_right =
                self.status == Status::Published && matches!(record.status, Status::Draft | Status::Developed);
            let steps = found_right.then_some(Status::Validated).into_iter().chain([self.status]);
            changes.extend(steps.map(|status| change(key, self.comment.clone(), What::SetStatus(status))));
        }
        perform(session, &records, changes).await
    }
}

impl Deactivate {
    pub async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let from = self.from.as_deref().map(|text| moment(text, false)).transpose()?;
        let one = |key: &Key| change(key, Some(self.comment.clone()), What::Deactivate { from });
        let changes = self.records.iter().map(one).collect();
        perform(session, &self.place.records(config)?, changes).await
    }
}

impl Reactivate {
    pub async fn run(self, session: &Session, config: &Config) -> Result<Exit, Failure> {
        let one = |key: &Key| change(key, Some(self.comment.clone()), What::Reactivate);
        let changes = self.records.iter().map(one).collect();
        perform(session, &self.place.records(config)?, changes).await
    }
}

fn change(key: &Key, why: Option<String>, what: What) -> Change {
    Change { key: key.clone(), expected: None, why, what }
}

/// All or nothing, told record by record.
async fn perform(session: &Session, records: &Records, changes: Vec<Change>) -> Result<Exit, Failure> {
    let keys: Vec<Key> = changes.iter().map(|change| change.key.clone()).collect();
    let (tell, told) = std::sync::mpsc::channel();
    let at = OffsetDateTime::now_utc();
    let batch = Batch { by: actor(), at, mode: Mode::AllOrNothing, changes, ticket: None };
    let answer = move |applied: &[Applied]| {
        let _ = tell.send(applied.to_vec());
        Answer::default()
    };
    records.apply(batch, answer).await?;
    let applied = told.try_recv().unwrap_or_default();
    for (key, applied) in keys.iter().zip(&applied) {
        if let Err(refused) = applied
            && *refused != Refused::Undone
        {
            return Err(failure(key, *refused));
        }
    }
    for (key, done) in keys.iter().zip(applied.into_iter().flatten()) {
        session.tell(match done.outcome {
            Outcome::Unchanged => text::portal_unchanged(key, done.status),
            _ => text::portal_now(key, done.status, done.version),
        });
    }
    Ok(Exit::Done)
}

fn failure(key: &Key, refused: Refused) -> Failure {
    match refused {
        Refused::NotFound => missing(key, None),
        Refused::Inactive => Failure::refused(text::portal_inactive(key), text::portal_inactive_hint()),
        Refused::Transition { from: Status::Inactive, .. } => {
            Failure::refused(text::portal_inactive(key), text::portal_inactive_hint())
        }
        Refused::Transition { from, to } => {
            Failure::refused(text::portal_transition(key, from, to), text::portal_transition_hint())
        }
        Refused::Conflict { .. } | Refused::Exists { .. } | Refused::Undone => {
            Failure::refused(text::portal_conflict(key), text::try_later())
        }
    }
}

async fn existing(records: &Records, key: &Key, version: Option<u64>) -> Result<Record, Failure> {
    records.get(key, version).await?.ok_or_else(|| missing(key, version))
}

fn missing(key: &Key, version: Option<u64>) -> Failure {
    match version {
        None => Failure::refused(text::portal_no_record(key), text::portal_no_record_hint()),
        Some(version) => Failure::refused(text::portal_no_version(key, version), text::portal_no_version_hint(key)),
    }
}

fn document(record: &Record) -> Result<Document, Failure> {
    Document::read(record.octets.clone(), &Limits::default())
        .map_err(|_| Failure::refused(text::portal_no_xml(&record.key), text::tell_operator()))
}

fn tell(session: &Session, found: &[Summary], total: u64, json: bool) -> Result<Exit, Failure> {
    if json {
        session.say_json(&json!({"total": total, "records": found}))?;
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        return Ok(nothing(session));
    }
    let row = |summary: &Summary| {
        let english = summary.name_en.as_ref().unwrap_or(&summary.name_bg);
        let name = session.language.pick(Bilingual::new(english, &summary.name_bg));
        let (status, changed) = (session.pick(text::portal_status(summary.status)), shown(summary.modified_at));
        vec![summary.key.to_string(), format!("v{}", summary.version), status, changed, name]
    };
    session.say(&table(session, &found.iter().map(row).collect::<Vec<_>>()));
    if (found.len() as u64) < total {
        session.tell(text::portal_more(found.len(), total));
    }
    Ok(Exit::Done)
}

fn supplier(eik: Option<String>) -> Result<Option<Eik>, FormError> {
    eik.as_deref().map(Eik::parse).transpose()
}

fn key(text: &str) -> Result<Key, String> {
    text.parse().map_err(|error: FormError| error.to_string())
}

fn status(text: &str) -> Result<Status, String> {
    text.parse().map_err(|error: FormError| error.to_string())
}
