//! `kapia adapter parameter`.

use crate::command::runtime;
use crate::failure::{Exit, Failure};
use crate::input;
use crate::packages::{Loaded, backends};
use crate::parameters::RegistryParameters;
use crate::running::{actor, in_folder};
use crate::session::Session;
use crate::text;
use clap::{Args, Subcommand};
use kapia_adapter::{
    Author, Declaration, Origin, ParameterChange, ParameterStanding, ParameterStore, Parameters, Sensitive, near_names,
};
use kapia_gateway::{HOST, host_parameters};
use kapia_registry::{Registry, StoredParameter, StoredValue};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use time::OffsetDateTime;
use time::macros::format_description;

/// What stands in the place of a secret.
const MASK: &str = "********";

/// What can be set of adapters while they serve.
#[derive(Debug, Subcommand)]
pub(crate) enum Parameter {
    /// Show parameters with their values; secrets are masked.
    List(List),
    /// Set a parameter; a running gate takes it over within a second.
    Set(Set),
    /// Take away what was set: the package's own value counts again.
    Unset(Unset),
    /// Show every value that a parameter had, who set it, when and why.
    History(History),
    /// Set a parameter to a value that it had before.
    Rollback(Rollback),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Name of the adapter package; @host for the parameters of `kapia adapter host`. Without it, all.
    adapter: Option<String>,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Set {
    /// Name of the adapter package.
    adapter: String,
    /// Name of the parameter.
    parameter: String,
    /// The value; not of a secret, which others could read from the command line.
    #[arg(conflicts_with = "value_file")]
    value: Option<String>,
    /// The value from a file, without the line end behind it; - for standard input.
    #[arg(long, value_name = "FILE")]
    value_file: Option<PathBuf>,
    /// Why; stays in the history.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Args)]
pub(crate) struct Unset {
    /// Name of the adapter package.
    adapter: String,
    /// Name of the parameter.
    parameter: String,
    /// Why; stays in the history.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

#[derive(Debug, Args)]
pub(crate) struct History {
    /// Name of the adapter package.
    adapter: String,
    /// Name of the parameter.
    parameter: String,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// Name of the adapter package.
    adapter: String,
    /// Name of the parameter.
    parameter: String,
    /// The version to go back to, as the history shows it.
    version: i64,
    /// Why; stays in the history.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    comment: String,
}

impl Parameter {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        // Backends open what they need a runtime for.
        let runtime = runtime()?;
        let _entered = runtime.enter();
        let room = Room::open(session)?;
        match self {
            Parameter::List(list) => list.run(session, &room)?,
            Parameter::Set(set) => set.run(session, &room)?,
            Parameter::Unset(unset) => {
                let declared = room.find(&unset.adapter, &unset.parameter)?;
                room.set(&unset.adapter, &declared, None, unset.comment)?;
                session.tell(text::parameter_unset(&unset.adapter, &declared.name));
            }
            Parameter::History(history) => history.run(session, &room)?,
            Parameter::Rollback(rollback) => rollback.run(session, &room)?,
        }
        Ok(Exit::Done)
    }
}

/// The packages of the configuration, and where the values of their parameters stand.
struct Room {
    registry: Arc<Registry>,
    store: Arc<RegistryParameters>,
    packages: Vec<(String, Option<Arc<Parameters>>)>,
    /// Packages that cannot be opened with the values that are set: what their parameters are is known all the same.
    closed: Vec<(String, Option<Arc<Parameters>>)>,
}

impl Room {
    fn open(session: &Session) -> Result<Room, Failure> {
        let config = session.config()?;
        let registry = Arc::new(Registry::open(in_folder(&config.storage.registry)?)?);
        let store = RegistryParameters::of(&config, Arc::clone(&registry));
        let with_values = backends().with_parameters(Arc::clone(&store) as Arc<dyn ParameterStore>);
        let further = session.further(&config);
        let names = |loaded: &Loaded| {
            let packages = loaded.catalogue.packages().iter();
            packages.map(|package| (package.name.clone(), package.parameters.clone())).collect::<Vec<_>>()
        };
        let loaded = Loaded::read_with(&config, &further, &with_values)?;
        let packages = names(&loaded);
        let mut closed = Vec::new();
        if !loaded.unusable.packages.is_empty() {
            closed = names(&Loaded::read(&config, &further)?);
            closed.retain(|(name, _)| packages.iter().all(|(known, _)| known != name));
        }
        Ok(Room { registry, store, packages, closed })
    }

    fn all(&self) -> impl Iterator<Item = &(String, Option<Arc<Parameters>>)> {
        self.packages.iter().chain(&self.closed)
    }

    fn parameters(&self, adapter: &str) -> Result<Option<&Arc<Parameters>>, Failure> {
        // Of two packages of one name the later one serves.
        let found = self.all().filter(|(name, _)| name == adapter).last();
        match found {
            Some((_, parameters)) => Ok(parameters.as_ref()),
            None => {
                let near = near_names(adapter, self.all().map(|(name, _)| name.as_str()));
                let hint = if near.is_empty() { text::see_list() } else { text::did_you_mean(near.join(", ")) };
                Err(Failure::usage(text::no_adapter(adapter), hint))
            }
        }
    }

    fn find(&self, adapter: &str, name: &str) -> Result<Declaration, Failure> {
        let host = host_parameters();
        let unknown = |known: Vec<&str>| {
            let near = near_names(name, known.iter().copied());
            let hint = match (known.is_empty(), near.is_empty()) {
                (true, _) => text::no_parameters(adapter),
                (false, true) => text::one_of(known.join(", ")),
                (false, false) => text::did_you_mean(near.join(", ")),
            };
            Failure::usage(text::no_parameter(adapter, name), hint)
        };
        if adapter == HOST {
            let found = host.iter().find(|declared| declared.name == name).cloned();
            return found.ok_or_else(|| unknown(host.iter().map(|declared| declared.name.as_str()).collect()));
        }
        let Some(parameters) = self.parameters(adapter)? else { return Err(unknown(Vec::new())) };
        let standings = parameters.standings();
        let found = standings.iter().find(|standing| standing.declaration.name == name);
        let known = || standings.iter().map(|standing| standing.declaration.name.as_str()).collect();
        found.map(|standing| standing.declaration.clone()).ok_or_else(|| unknown(known()))
    }

    /// Sets it, if the adapter can be opened with the value.
    fn set(
        &self,
        adapter: &str,
        declared: &Declaration,
        value: Option<&Sensitive>,
        why: String,
    ) -> Result<(), Failure> {
        let author = Author { who: actor(), why };
        let opened = self.packages.iter().rfind(|(name, _)| name == adapter);
        if let Some((_, Some(parameters))) = opened {
            return Ok(parameters.set(&declared.name, value, &author)?);
        }
        let value = match value.map(|value| declared.kind.check(value.reveal())) {
            Some(Ok(value)) => Some(Sensitive::new(value)),
            Some(Err(rule)) => {
                let cause = text::parameter_wrong(&declared.name, declared.kind.name());
                return Err(Failure::usage(cause, kapia_soap::Bilingual::new(rule.en, rule.bg)));
            }
            None => None,
        };
        let change =
            ParameterChange { name: &declared.name, value: value.as_ref(), secret: declared.secret, author: &author };
        Ok(self.store.put(adapter, &change)?)
    }

    /// The newest change of a parameter, if there was any.
    fn newest(&self, adapter: &str, name: &str) -> Option<StoredParameter> {
        self.registry.parameters(adapter).iter().find(|stored| stored.name == name).cloned()
    }
}

/// A parameter as JSON.
#[derive(Serialize)]
struct Line {
    adapter: String,
    name: String,
    r#type: &'static str,
    secret: bool,
    rule: String,
    description: String,
    /// `set`, `package` or `none`.
    origin: &'static str,
    value: Option<String>,
    change: Option<Change>,
}

/// A value and who set it, as JSON.
#[derive(Serialize)]
struct Change {
    version: i64,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    actor: String,
    comment: String,
    /// Whether the package's own value counts since then.
    unset: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

impl List {
    fn run(self, session: &Session, room: &Room) -> Result<(), Failure> {
        let lines = match self.adapter.as_deref() {
            Some(HOST) => host_lines(session, room),
            Some(adapter) => {
                room.parameters(adapter)?.map(|one| lines(session, room, adapter, one)).unwrap_or_default()
            }
            None => {
                let all = room.all().filter_map(|(name, parameters)| Some((name, parameters.as_ref()?)));
                all.flat_map(|(name, parameters)| lines(session, room, name, parameters)).collect()
            }
        };
        if self.json {
            return session.say_json(&lines);
        }
        if lines.is_empty() {
            session.tell(text::no_parameters_at_all());
        }
        let mut adapter = "";
        for line in &lines {
            if line.adapter != adapter {
                session.say(&format!("{}\n", session.paint.bold(&line.adapter)));
                adapter = &line.adapter;
            }
            session.say(&line.told(session));
        }
        Ok(())
    }
}

fn lines(session: &Session, room: &Room, adapter: &str, parameters: &Parameters) -> Vec<Line> {
    let line = |standing: ParameterStanding<'_>| {
        let declared = standing.declaration;
        let masked = || (standing.origin != Origin::Nowhere).then(|| MASK.to_owned());
        let value = if declared.secret { masked() } else { standing.shown.clone() };
        of(session, room, adapter, declared, standing.origin, value)
    };
    parameters.standings().into_iter().map(line).collect()
}

fn host_lines(session: &Session, room: &Room) -> Vec<Line> {
    let declared = host_parameters();
    let line = |declared: &Declaration| {
        let value = match room.newest(HOST, &declared.name).map(|stored| stored.value) {
            Some(StoredValue::Plain(text)) => Some(text),
            _ => None,
        };
        let origin = if value.is_some() { Origin::Set } else { Origin::Package };
        of(session, room, HOST, declared, origin, value)
    };
    declared.iter().map(line).collect()
}

fn of(
    session: &Session,
    room: &Room,
    adapter: &str,
    declared: &Declaration,
    origin: Origin,
    value: Option<String>,
) -> Line {
    let pick = |message: &kapia_adapter::Message| {
        session.pick(kapia_soap::Bilingual::new(message.en.as_ref(), message.bg.as_ref()))
    };
    Line {
        adapter: adapter.to_owned(),
        name: declared.name.clone(),
        r#type: declared.kind.name(),
        secret: declared.secret,
        rule: pick(&declared.kind.rule()),
        description: pick(&declared.about),
        origin: match origin {
            Origin::Set => "set",
            Origin::Package => "package",
            Origin::Nowhere => "none",
        },
        value,
        change: room.newest(adapter, &declared.name).map(|stored| Change::of(&stored, None)),
    }
}

impl Line {
    fn told(&self, session: &Session) -> String {
        let paint = session.paint;
        let value = match (&self.value, self.origin) {
            (Some(value), _) => value.clone(),
            (None, "none") => paint.red(&session.pick(text::parameter_none())),
            _ => session.pick(text::parameter_of_settings()),
        };
        let mut told = format!("  {} = {value}\n    {}\n", self.name, paint.dim(&self.description));
        told.push_str(&format!("    {}\n", paint.dim(&format!("{}: {}", self.r#type, self.rule))));
        if let Some(change) = &self.change {
            told.push_str(&format!("    {}\n", paint.dim(&change.told(session))));
        }
        told
    }
}

impl Change {
    fn of(stored: &StoredParameter, value: Option<String>) -> Change {
        Change {
            version: stored.version,
            at: stored.at,
            actor: stored.actor.clone(),
            comment: stored.comment.clone(),
            unset: stored.value == StoredValue::Unset,
            value,
        }
    }

    fn told(&self, session: &Session) -> String {
        let form = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
        let at = self.at.format(form).unwrap_or_default();
        let mut told = session.pick(text::parameter_change(self.version, at, &self.actor));
        if !self.comment.is_empty() {
            told.push_str(&format!(": {}", self.comment));
        }
        told
    }
}

impl Set {
    fn run(self, session: &Session, room: &Room) -> Result<(), Failure> {
        let declared = room.find(&self.adapter, &self.parameter)?;
        let value = match (self.value, &self.value_file) {
            (Some(_), _) if declared.secret => {
                return Err(Failure::usage(
                    text::parameter_secret_argument(&declared.name),
                    text::parameter_secret_argument_hint(),
                ));
            }
            (Some(value), _) => value,
            (None, Some(file)) => match String::from_utf8(input::read(file)?) {
                Ok(text) => text.trim_end_matches(['\r', '\n']).to_owned(),
                Err(_) => return Err(Failure::usage(text::parameter_not_text(), text::parameter_not_text_hint())),
            },
            (None, None) => {
                return Err(Failure::usage(text::parameter_no_value(), text::parameter_secret_argument_hint()));
            }
        };
        room.set(&self.adapter, &declared, Some(&Sensitive::new(value)), self.comment)?;
        let version = room.newest(&self.adapter, &declared.name).map_or(1, |stored| stored.version);
        session.tell(text::parameter_set(&self.adapter, &declared.name, version));
        Ok(())
    }
}

impl History {
    fn run(self, session: &Session, room: &Room) -> Result<(), Failure> {
        let declared = room.find(&self.adapter, &self.parameter)?;
        let history = room.registry.parameter_history(&self.adapter, &declared.name)?;
        let shown = |stored: &StoredParameter| match &stored.value {
            StoredValue::Unset => None,
            StoredValue::Plain(text) if !declared.secret => Some(text.clone()),
            StoredValue::Plain(_) | StoredValue::Sealed(_) => Some(MASK.to_owned()),
        };
        let changes: Vec<Change> = history.iter().map(|stored| Change::of(stored, shown(stored))).collect();
        if self.json {
            return session.say_json(&changes);
        }
        if changes.is_empty() {
            session.tell(text::parameter_never_set(&declared.name));
        }
        for change in &changes {
            let value = change.value.clone().unwrap_or_else(|| session.pick(text::parameter_of_package()));
            session.say(&format!("{}\n  {value}\n", change.told(session)));
        }
        Ok(())
    }
}

impl Rollback {
    fn run(self, session: &Session, room: &Room) -> Result<(), Failure> {
        let declared = room.find(&self.adapter, &self.parameter)?;
        let history = room.registry.parameter_history(&self.adapter, &declared.name)?;
        let Some(wanted) = history.iter().find(|stored| stored.version == self.version) else {
            let known: Vec<String> = history.iter().map(|stored| stored.version.to_string()).collect();
            return Err(Failure::usage(
                text::parameter_no_version(&declared.name, self.version),
                text::one_of(known.join(", ")),
            ));
        };
        let value = match &wanted.value {
            StoredValue::Unset => None,
            StoredValue::Plain(text) => Some(Sensitive::new(text.as_str())),
            StoredValue::Sealed(_) => {
                let opened = wanted.open(&room.store.opener()?)?;
                opened.map(|text| Sensitive::new(text.as_str()))
            }
        };
        let why = if self.comment.is_empty() { format!("rollback to {}", self.version) } else { self.comment };
        room.set(&self.adapter, &declared, value.as_ref(), why)?;
        session.tell(text::parameter_rolled_back(&self.adapter, &declared.name, self.version));
        Ok(())
    }
}
