//! `kapia adapter status`.

use crate::command::runtime;
use crate::failure::{Exit, Failure};
use crate::session::Session;
use crate::state::State;
use crate::text;
use clap::Args;
use kapia_adapter::near_names;
use kapia_life::{AdapterStatus, BreakerStatus, OperationStatus, Status as Told, Told as Text};
use std::net::SocketAddr;
use std::time::Duration;
use time::OffsetDateTime;

/// What a running gate or host says of its adapters.
#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Name of a package; without it all are shown.
    #[arg(value_name = "NAME")]
    adapter: Option<String>,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
    /// Ask every register now whether it can be asked.
    #[arg(long)]
    health: bool,
    /// Address of health and metrics; by default that of the gateway of the configuration.
    #[arg(long, value_name = "ADDRESS:PORT")]
    admin: Option<SocketAddr>,
}

/// How long the gate may take; a register that is asked may take ten seconds.
const PATIENCE: Duration = Duration::from_secs(30);

impl Status {
    pub fn run(self, session: &Session) -> Result<Exit, Failure> {
        let admin = self.address(session)?;
        let mut told = runtime()?.block_on(self.ask(admin))?;
        if let Some(name) = &self.adapter {
            let names: Vec<String> = told.adapters.iter().map(|adapter| adapter.name.clone()).collect();
            told.adapters.retain(|adapter| adapter.name.eq_ignore_ascii_case(name));
            if told.adapters.is_empty() {
                let near = near_names(name, names.iter().map(String::as_str));
                let hint =
                    if near.is_empty() { text::adapter_unknown_hint() } else { text::did_you_mean(near.join(", ")) };
                return Err(Failure::usage(text::adapter_unknown(name), hint));
            }
        }
        if self.json {
            session.say_json(&told)?;
        } else {
            let shown: Vec<String> = told.adapters.iter().map(|adapter| shown(session, adapter)).collect();
            session.say(&shown.join("\n"));
        }
        Ok(Exit::Done)
    }

    /// Where the gate says how it is; the one that serves now knows its port.
    fn address(&self, session: &Session) -> Result<SocketAddr, Failure> {
        if let Some(admin) = self.admin {
            return Ok(admin);
        }
        let config = session.config()?;
        let running = State::read(&config.file).and_then(|state| state.admin);
        let configured = config.admin.listen.filter(|address| address.port() != 0);
        running.or(configured).ok_or_else(|| Failure::usage(text::no_admin(), text::no_admin_hint()))
    }

    async fn ask(&self, admin: SocketAddr) -> Result<Told, Failure> {
        let url = format!("http://{admin}/adapters{}", if self.health { "?health" } else { "" });
        let unreachable =
            |error: reqwest::Error| Failure::connection(text::unreachable(admin, error), text::no_admin_hint());
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().map_err(unreachable)?;
        let reply = client.get(url).send().await.and_then(reqwest::Response::error_for_status).map_err(unreachable)?;
        let body = reply.bytes().await.map_err(unreachable)?;
        serde_json::from_slice(&body)
            .map_err(|error| Failure::connection(text::unreachable(admin, error), text::no_admin_hint()))
    }
}

fn shown(session: &Session, adapter: &AdapterStatus) -> String {
    let (paint, pick) = (session.paint, |text| session.pick(text));
    let state = match adapter.state.as_str() {
        "serving" => paint.green(&pick(text::adapter_serving(&adapter.backend))),
        "draining" => paint.dim(&pick(text::adapter_draining())),
        _ => paint.red(&pick(text::adapter_refused())),
    };
    let mut lines = vec![format!("{}  {state}", paint.bold(&adapter.name))];
    let since = adapter.since.map(moment).unwrap_or_default();
    if adapter.state == "refused" {
        lines.push(format!("  {}", paint.dim(&adapter.place)));
    } else {
        lines.push(format!("  {}", paint.dim(&pick(text::adapter_version(&adapter.version, since, &adapter.place)))));
    }
    if adapter.state == "serving" {
        lines.push(format!("  {}", pick(text::adapter_under_way(adapter.under_way, adapter.calls))));
        lines.push(format!("  {}", breaker(session, &adapter.breaker)));
    } else if adapter.state == "draining" {
        lines.push(format!("  {}", pick(text::adapter_last_calls(adapter.under_way))));
    }
    if let Some(health) = &adapter.health {
        let why = health.told.as_ref().map(|told| format!(": {}", said(session, told))).unwrap_or_default();
        let told = match health.state.as_str() {
            "up" => paint.green(&pick(text::register_up())),
            "degraded" => paint.red(&format!("{}{why}", pick(text::register_degraded()))),
            _ => paint.red(&format!("{}{why}", pick(text::register_down()))),
        };
        lines.push(format!("  {told}"));
    }
    if let Some(refused) = &adapter.refused {
        lines.push(format!(
            "  {}",
            paint.red(&pick(text::version_refused(&refused.version, moment(refused.at), &refused.code)))
        ));
        lines.extend(said(session, &refused.told).lines().map(|line| format!("    {line}")));
    }
    for operation in &adapter.operations {
        lines.push(of_operation(session, operation));
    }
    lines.join("\n") + "\n"
}

fn of_operation(session: &Session, operation: &OperationStatus) -> String {
    let pick = |text| session.pick(text);
    let name = operation.name.rsplit('.').next().unwrap_or_default();
    let mut told: Vec<String> = operation.calls.iter().map(|(ending, count)| format!("{ending} {count}")).collect();
    if told.is_empty() {
        told.push(pick(text::no_calls()));
    }
    if let Some(mean) = operation.mean_ms {
        told.push(pick(text::mean_time(mean)));
    }
    if let Some(within) = operation.most_within_ms {
        told.push(pick(text::most_within(within)));
    }
    if operation.retries > 0 {
        told.push(pick(text::further_attempts(operation.retries)));
    }
    if operation.queued > 0 {
        told.push(pick(text::calls_waiting(operation.queued)));
    }
    let mut line = format!("  {}: {}", session.paint.bold(name), told.join(", "));
    if let Some(own) = &operation.breaker {
        line.push_str(&format!("\n    {}", breaker(session, own)));
    }
    if let Some(at) = operation.last_success {
        line.push_str(&format!("\n    {}", session.paint.dim(&pick(text::last_success(moment(at))))));
    }
    if let Some(failed) = &operation.last_failure {
        line.push_str(&format!(
            "\n    {}",
            session.paint.red(&pick(text::last_failure(moment(failed.at), &failed.code)))
        ));
    }
    line
}

fn breaker(session: &Session, breaker: &BreakerStatus) -> String {
    match (breaker.state.as_str(), breaker.again_in_seconds) {
        ("closed", _) => session.pick(text::breaker_closed()),
        ("open", Some(seconds)) => session.paint.red(&session.pick(text::breaker_open(seconds))),
        _ => session.paint.red(&session.pick(text::breaker_half_open())),
    }
}

fn said<'t>(session: &Session, told: &'t Text) -> &'t str {
    match session.language {
        crate::language::Language::En => &told.en,
        crate::language::Language::Bg => &told.bg,
    }
}

/// A moment to the second, in UTC.
fn moment(at: OffsetDateTime) -> String {
    let form = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second]Z");
    at.to_offset(time::UtcOffset::UTC).format(form).unwrap_or_default()
}
