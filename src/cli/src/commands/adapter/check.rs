//! `kapia adapter check`.

use crate::command::runtime;
use crate::failure::{Exit, Failure};
use crate::packages::backends;
use crate::session::Session;
use crate::text;
use clap::Args;
use kapia_acceptance::{CHECKS, Filter, Finding, Level, Outcome, Report, Setting, examine};
use kapia_gateway::FilterPlan;
use kapia_registry::{FieldPattern, FieldRights};
use kapia_schema::FieldTree;
use kapia_xml::{Document, Writer};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Packages and how closely to look.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folder of a package, or one that holds such folders.
    #[arg(value_name = "FOLDER", required = true)]
    folders: Vec<PathBuf>,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
    /// Leave backends in peace that need a network.
    #[arg(long)]
    offline: bool,
    /// Warnings are red too.
    #[arg(long)]
    strict: bool,
    /// Show notes too.
    #[arg(long)]
    notes: bool,
    /// How long to wait for one answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u64,
}

impl Check {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let mut folders = Vec::new();
        for folder in &self.folders {
            if !folder.is_dir() {
                return Err(Failure::usage(text::no_packages(folder.display()), text::no_packages_hint()));
            }
            folders.extend(packages_in(folder));
        }
        let setting = Setting {
            backends: &backends(),
            filter: &Gate,
            offline: self.offline,
            patience: Duration::from_secs(self.wait.max(1)),
        };
        let reports = runtime()?.block_on(examine(&folders, &setting));
        if self.json {
            session.say_json(&reports)?;
        } else {
            self.tell(session, &reports);
        }
        let green = reports.iter().all(|report| self.is_green(report));
        Ok(if green { Exit::Done } else { Exit::Refused })
    }

    fn is_green(&self, report: &Report) -> bool {
        report.is_green() && !(self.strict && report.count(Level::Warning) > 0)
    }

    fn tell(&self, session: &Session, reports: &[Report]) {
        let (paint, language) = (session.paint, session.language.named());
        for report in reports {
            let backend = match report.backend.as_str() {
                "" => session.pick(text::checked_nothing()),
                kind => kind.to_owned(),
            };
            let name = session.pick(text::checked_package(&report.package, backend, report.operations.len()));
            let counts = text::checked_counts(
                report.count(Level::Error),
                report.count(Level::Warning),
                report.count(Level::Note),
            );
            let mark = if self.is_green(report) { paint.green("✓") } else { paint.red("✗") };
            session.say(&format!("{mark} {}  {}\n", paint.bold(&name), paint.dim(&session.pick(counts))));
            if reports.len() == 1 {
                self.tell_checks(session, report);
            }
            let shown = report.findings.iter().filter(|finding| self.notes || finding.level > Level::Note);
            for finding in shown {
                session.say(&told(session, finding, language));
            }
        }
        let hidden: usize = reports.iter().map(|report| report.count(Level::Note)).sum();
        if hidden > 0 && !self.notes {
            session.tell(text::notes_hidden(hidden));
        }
        if reports.len() > 1 {
            let green = reports.iter().filter(|report| self.is_green(report)).count();
            session.tell(text::checked_all(reports.len(), green, reports.len() - green));
        }
    }

    fn tell_checks(&self, session: &Session, report: &Report) {
        let paint = session.paint;
        for (check, result) in CHECKS.iter().zip(&report.checks) {
            let mark = match result.outcome {
                Outcome::Passed => paint.green("✓"),
                Outcome::Warned => "!".to_owned(),
                Outcome::Failed => paint.red("✗"),
                Outcome::Skipped => paint.dim("–"),
            };
            let number = result.standard.map_or_else(String::new, |number| number.to_string());
            let claim = session.language.named().of(check.claim);
            session.say(&format!("  {mark} {number:>2} {:<24} {}\n", check.code, paint.dim(claim)));
        }
    }
}

fn told(session: &Session, finding: &Finding, language: kapia_language::Language) -> String {
    let paint = session.paint;
    let level = match finding.level {
        Level::Error => paint.red(&session.pick(text::level_error())),
        Level::Warning => session.pick(text::level_warning()),
        Level::Note => paint.dim(&session.pick(text::level_note())),
    };
    let operation = finding.operation.as_deref().and_then(|name| name.rsplit('.').next());
    let operation = operation.map(|name| format!("{name}: ")).unwrap_or_default();
    let (place, cause) = (paint.bold(&finding.place()), finding.cause(language));
    let mut out = format!("  {level} [{}] {place}{operation}{cause} ({})\n", finding.check, finding.code);
    let hint = finding.hint(language);
    if !hint.is_empty() {
        out.push_str(&format!("      {}: {hint}\n", session.pick(text::hint_word())));
    }
    out
}

/// The folder itself, if it is a package or holds none; else the packages directly below it, by name.
fn packages_in(folder: &Path) -> Vec<PathBuf> {
    let is_package = |folder: &Path| {
        std::fs::read_dir(folder)
            .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().eq_ignore_ascii_case("adapter.toml")))
    };
    if is_package(folder) {
        return vec![folder.to_owned()];
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut below: Vec<PathBuf> = entries
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| entry.path())
        .filter(|path| is_package(path))
        .collect();
    below.sort();
    if below.is_empty() { vec![folder.to_owned()] } else { below }
}

/// The filter that the gateway itself uses.
struct Gate;

impl Filter for Gate {
    fn without(&self, answer: &Document, fields: &FieldTree, hidden: &str) -> Option<Vec<u8>> {
        let denied = FieldPattern::parse(hidden).ok()?;
        let rights = FieldRights::from_patterns([FieldPattern::everything()], [denied]);
        let plan = FilterPlan::new(fields, &rights);
        let mut out = Writer::with_capacity(answer.source().len());
        out.copy(answer.root(), &mut plan.start());
        Some(out.into_bytes())
    }
}
