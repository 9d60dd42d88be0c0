//! `kapia portal`.

mod drafts;
pub(crate) mod push;
mod records;
mod supplier;
mod user;

use crate::command::runtime;
use crate::config::Config;
use crate::failure::{Exit, Failure};
use crate::portal::{EnvironmentSettings, settings_of};
use crate::running::in_folder;
use crate::session::Session;
use crate::text;
use clap::{Args, Subcommand};
use kapia_records::{Environment, Records};
use time::OffsetDateTime;
use time::macros::format_description;

/// Descriptions of services: who may push them, and what was pushed.
#[derive(Debug, Subcommand)]
pub(crate) enum Portal {
    /// Who may push: one credential for each administration and environment.
    #[command(subcommand)]
    User(user::User),
    /// Administrations that provide services.
    #[command(subcommand)]
    Supplier(supplier::SupplierCommand),
    /// Show records, newest versions.
    List(records::List),
    /// Show one record.
    Show(records::Show),
    /// Show every version of a record: what, who, when and why.
    History(records::History),
    /// Show what changed between two versions of a record.
    Diff(records::Diff),
    /// Publish records, or set another status on the way there.
    Publish(records::Publish),
    /// Say that services are not provided any more.
    Deactivate(records::Deactivate),
    /// Say that services are provided again.
    Reactivate(records::Reactivate),
    /// Search what the public sees.
    Search(records::Search),
    /// Push records to an EgovService.
    Push(push::Push),
    /// Take records from the administrative register.
    Import(drafts::Import),
    /// Print the first line of a table of records, or make a folder to begin with.
    Template(drafts::Template),
}

/// Which environment is meant.
#[derive(Debug, Args)]
pub(crate) struct Where {
    /// Environment; by default that of [portal] itself.
    #[arg(long, value_name = "production|staging", value_parser = environment, hide_possible_values = true)]
    environment: Option<Environment>,
}

impl Portal {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let command = match self {
            Portal::Push(push) => return push.run(session),
            Portal::Import(import) => return import.run(session),
            Portal::Template(template) => return template.run(session),
            command => command,
        };
        let config = session.config()?;
        runtime()?.block_on(async {
            match command {
                Portal::User(user) => user.run(session, &config).await,
                Portal::Supplier(supplier) => supplier.run(session, &config).await,
                Portal::List(list) => list.run(session, &config).await,
                Portal::Show(show) => show.run(session, &config).await,
                Portal::History(history) => history.run(session, &config).await,
                Portal::Diff(diff) => diff.run(session, &config).await,
                Portal::Publish(publish) => publish.run(session, &config).await,
                Portal::Deactivate(deactivate) => deactivate.run(session, &config).await,
                Portal::Reactivate(reactivate) => reactivate.run(session, &config).await,
                Portal::Search(search) => search.run(session, &config).await,
                Portal::Push(_) | Portal::Import(_) | Portal::Template(_) => Ok(Exit::Done),
            }
        })
    }
}

impl Where {
    /// The settings of the environment.
    pub fn settings(&self, config: &Config) -> Result<EnvironmentSettings, Failure> {
        let usual = config.portal.as_ref().map_or(Environment::Production, |portal| portal.environment);
        settings_of(config, self.environment.unwrap_or(usual))
    }

    /// The store of the environment; it is made if it is missing, so that users can be added before the first start.
    pub fn records(&self, config: &Config) -> Result<Records, Failure> {
        let settings = self.settings(config)?;
        Ok(Records::open(in_folder(&settings.records)?, settings.environment)?)
    }
}

fn environment(text: &str) -> Result<Environment, String> {
    text.parse().map_err(|error: kapia_records::FormError| error.to_string())
}

/// A moment as people read it.
fn shown(moment: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");
    moment.to_offset(time::UtcOffset::UTC).format(format).unwrap_or_default()
}

/// Columns with two spaces between them; the last one is as long as it is.
fn table(session: &Session, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            out.push_str(&if column == 0 { session.paint.bold(cell) } else { cell.clone() });
            if column + 1 < row.len() {
                let gap = widths.get(column).copied().unwrap_or(0).saturating_sub(cell.chars().count());
                out.push_str(&" ".repeat(gap + 2));
            }
        }
        out.push('\n');
    }
    out
}

/// Nothing fits.
fn nothing(session: &Session) -> Exit {
    session.tell(text::portal_nothing());
    Exit::Done
}
