//! `kapia list`.

use crate::failure::{Exit, Failure};
use crate::session::Session;
use crate::text;
use clap::Args;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Shows the operations, grouped by administration and register.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line {
    name: String,
    title: String,
    administration: Option<String>,
    register: Option<String>,
    adapter: String,
    enabled: bool,
    served: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    successor: Option<Successor>,
}

/// What has taken the place of an old name.
#[derive(Serialize)]
struct Successor {
    name: String,
    since: Option<String>,
    until: Option<String>,
}

impl List {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let lines = lines(session)?;
        if self.json {
            session.say_json(&lines)?;
            return Ok(Exit::Done);
        }
        let count = lines.len();
        let mut groups: BTreeMap<(String, String), Vec<Line>> = BTreeMap::new();
        for line in lines {
            let administration = line.administration.clone().unwrap_or_else(|| session.pick(text::no_administration()));
            let register = line.register.clone().unwrap_or_else(|| line.adapter.clone());
            groups.entry((administration, register)).or_default().push(line);
        }
        let mut out = String::new();
        for ((administration, register), lines) in groups {
            out.push_str(&format!("{}\n  {register}\n", session.paint.bold(&administration)));
            for line in lines {
                let note = match (line.served, line.enabled) {
                    (false, _) => session.paint.red(&format!("  [{}]", session.pick(text::not_served()))),
                    (_, false) => session.paint.red(&format!("  [{}]", session.pick(text::disabled()))),
                    _ => String::new(),
                };
                out.push_str(&format!("    {}{note}\n", line.name));
                if let Some(old_name) = &line.successor {
                    let told = session.pick(text::old_name(&old_name.name, old_name.until.as_deref()));
                    out.push_str(&format!("      {}\n", session.paint.red(&told)));
                }
                if !line.title.is_empty() {
                    out.push_str(&format!("      {}\n", session.paint.dim(&line.title)));
                }
            }
        }
        out.push_str(&session.pick(text::list_count(count)));
        out.push('\n');
        session.say(&out);
        Ok(Exit::Done)
    }
}

/// What the packages offer, with what the registry says about it; what only the registry knows is not served.
fn lines(session: &Session) -> Result<Vec<Line>, Failure> {
    let config = session.config()?;
    let loaded = session.packages(&config)?;
    // Before the first start there is no registry, and nothing is switched off.
    let known = match config.storage.registry.is_file() {
        true => session.registry(&config)?.operations()?,
        false => Vec::new(),
    };
    let mut enabled: HashMap<&str, bool> =
        known.iter().map(|operation| (operation.name.as_str(), operation.enabled)).collect();
    let mut lines: Vec<Line> = Vec::new();
    for served in loaded.catalogue.operations() {
        let name = served.operation.name.as_str();
        lines.push(Line {
            name: name.to_owned(),
            title: served.operation.description.clone(),
            administration: served.package.administration.clone(),
            register: served.package.register.clone(),
            adapter: served.package.name.clone(),
            enabled: enabled.remove(name).unwrap_or(true),
            served: true,
            successor: served.operation.successor.as_ref().map(|succession| Successor {
                name: succession.successor.to_string(),
                since: succession.since.map(|since| since.to_string()),
                until: succession.until.map(|until| until.to_string()),
            }),
        });
    }
    lines.extend(known.iter().filter(|operation| enabled.contains_key(operation.name.as_str())).map(|operation| {
        Line {
            name: operation.name.to_string(),
            title: operation.title.clone(),
            administration: None,
            register: None,
            adapter: operation.adapter.clone(),
            enabled: operation.enabled,
            served: false,
            successor: None,
        }
    }));
    Ok(lines)
}
