//! The functions beside `Execute`: what an adapter says of itself, its health, its parameters.

use super::State;
use super::adapters::Hosted;
use super::answer::{Failed, Heard, Said};
use kapia_adapter::{Adapter, AdapterError, Author, Health, Message, Parameter, ParameterValue, Sensitive, Served};
use kapia_regix::host::{Asked, Function, HealthFunction, Parameter as Written, Value};
use serde_json::{Map, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What stands in the place of a secret; setting a secret to it leaves it as it is.
const MASK: &str = "********";

/// The base functions of health, with the names that they have always had (adapter-standard §7).
const HEALTH: [(&str, &str); 4] = [
    ("GetAdapterVersion", "Проверява версията на инсталирания адаптер"),
    ("CheckRegisterConnection", "Проверява връзката на адаптера със Source-a си"),
    ("GetHostMachineInfo", "Дава информация за машината на която е host-нат адаптера"),
    ("GetAdapterUptime", "Дава информация за Adapter Uptime"),
];

pub(super) async fn answer(heard: &Heard<'_>, asked: Asked) -> Result<Value, Failed> {
    let text = |text: String| Ok(Value::Text(Some(text)));
    match asked {
        Asked::Ping(octets) => Ok(Value::Octets(octets)),
        Asked::CheckHealthFunction(key) => text(health_function(heard, &key).await?),
        Asked::SetParameters(parameters) => set(heard, &parameters).await.map(|()| Value::Nothing),
        Asked::Ask(function) => match function {
            Function::GetAdapterVersion => text(version()),
            Function::GetHostMachineInfo => text(String::new()),
            Function::CheckRegisterConnection => text(connection(heard).await),
            Function::GetAdapterUptime => Ok(Value::Number(seconds(heard.hosting.started.elapsed()))),
            Function::GetSystemUptime => Ok(Value::Number(system_uptime(heard))),
            Function::GetAdapterServiceInterface => text(heard.adapter.interface()),
            Function::GetAdapterServiceType => text(heard.adapter.class_name()),
            Function::GetAdapterServiceName => text(heard.adapter.class.clone()),
            Function::GetPublicKeyString => text(public_key(heard)?),
            Function::GetHealthCheckFunctions => Ok(Value::HealthFunctions(health_functions())),
            Function::GetParameters => Ok(Value::Parameters(parameters(heard).await?)),
            _ => Err(Failed::new("function-unknown", "there is no such function", "няма такава функция")),
        },
        Asked::Execute(_) | Asked::CheckResult(_) | Asked::AcknowledgeResultReceived(_) => {
            Err(Failed::new("function-unknown", "there is no such function", "няма такава функция"))
        }
    }
}

/// Four numbers, as assemblies have them.
fn version() -> String {
    format!("{}.0", env!("CARGO_PKG_VERSION"))
}

fn health_functions() -> Vec<HealthFunction> {
    HEALTH
        .iter()
        .map(|(key, name)| HealthFunction {
            name: (*name).to_owned(),
            description: (*name).to_owned(),
            key: (*key).to_owned(),
        })
        .collect()
}

async fn health_function(heard: &Heard<'_>, key: &str) -> Result<String, Failed> {
    match key.trim() {
        "GetAdapterVersion" => Ok(version()),
        "CheckRegisterConnection" => Ok(connection(heard).await),
        "GetHostMachineInfo" => Ok(String::new()),
        "GetAdapterUptime" => Ok(uptime(heard.hosting.started.elapsed())),
        _ => {
            let known: Vec<&str> = HEALTH.iter().map(|(key, _)| *key).collect();
            let known = known.join(", ");
            Err(Failed::new(
                "health-unknown",
                format!("there is no health function of this key; there are: {known}"),
                format!("няма проверка с този ключ; има: {known}"),
            ))
        }
    }
}

/// In the words that monitoring knows (adapter-standard §9, §16 row 4).
async fn connection(heard: &Heard<'_>) -> String {
    match worst(heard.adapter.backends()).await {
        Health::Up => "Connection is OK!".to_owned(),
        Health::Degraded(message) | Health::Down(message) => {
            let told = heard.state.parts.settings.language.of(&message.en, &message.bg);
            format!("Connection Error: {told}")
        }
    }
}

/// The worst that the registers behind an adapter say.
async fn worst(backends: Vec<&dyn Adapter>) -> Health {
    let mut worst = Health::Up;
    for backend in backends {
        match (backend.health().await, &worst) {
            (Health::Up, _) | (Health::Degraded(_), Health::Degraded(_) | Health::Down(_)) => {}
            (other, _) => worst = other,
        }
        if matches!(worst, Health::Down(_)) {
            break;
        }
    }
    worst
}

/// `1 days, 2 hours, 3 minutes, 4 seconds; TimeSpanValue:1.02:03:04;` (adapter-standard §7).
fn uptime(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    let (days, hours, minutes, seconds) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let before = if days > 0 { format!("{days}.") } else { String::new() };
    format!(
        "{days} days, {hours} hours, {minutes} minutes, {seconds} seconds; TimeSpanValue:{before}{hours:02}:{minutes:02}:{seconds:02};"
    )
}

fn seconds(elapsed: Duration) -> u32 {
    u32::try_from(elapsed.as_secs()).unwrap_or(u32::MAX)
}

/// How long the machine runs, where it says so; else how long the host does.
fn system_uptime(heard: &Heard<'_>) -> u32 {
    let said = std::fs::read_to_string("/proc/uptime").ok();
    let whole = said.as_deref().and_then(|said| said.split('.').next()?.parse().ok());
    whole.unwrap_or_else(|| seconds(heard.hosting.started.elapsed()))
}

/// The public key in hexadecimal digits, as .NET prints it.
fn public_key(heard: &Heard<'_>) -> Result<String, Failed> {
    let signer = heard.state.parts.signer.as_ref().ok_or_else(|| {
        Failed::new("no-signer", "this host has no key to sign results with", "този хост няма ключ за подписване")
    })?;
    let octets = signer.key().certificate().public_key().octets();
    Ok(octets.iter().map(|octet| format!("{octet:02X}")).collect())
}

async fn parameters(heard: &Heard<'_>) -> Result<Vec<Written>, Failed> {
    let written = |parameter: Parameter| Written {
        description: Some(parameter.description),
        key: parameter.key,
        value: Some(match parameter.value {
            ParameterValue::Shown(value) => value,
            ParameterValue::Secret => MASK.to_owned(),
        }),
    };
    let mut listed: Vec<Written> = Vec::new();
    for backend in heard.adapter.backends() {
        let own = backend.parameters().await.map_err(|error| of_adapter(&error))?;
        for parameter in own.into_iter().map(written) {
            // The host's own keys, and what an earlier register has, come first.
            if !listed.iter().any(|known| known.key == parameter.key) {
                listed.push(parameter);
            }
        }
    }
    let own = heard.hosting.tuning.parameters().into_iter().map(written);
    listed.retain(|parameter| heard.hosting.tuning.parameters().iter().all(|own| own.key != parameter.key));
    listed.extend(own);
    Ok(listed)
}

/// Sets parameters one after the other; the first that cannot be set ends it.
async fn set(heard: &Heard<'_>, parameters: &[Written]) -> Result<(), Failed> {
    if !heard.state.parts.settable {
        return Err(Failed::new(
            "parameters-read-only",
            "parameters cannot be set here: the protocol does not say who sets them; start the host with --set-parameters to allow it",
            "тук параметри не могат да се задават: протоколът не казва кой ги задава; пуснете хоста с --set-parameters, за да ги разрешите",
        ));
    }
    for parameter in parameters {
        let value = parameter.value.as_deref().unwrap_or_default();
        set_one(heard, &parameter.key, value).await.map_err(|error| of_adapter(&error))?;
        tracing::info!(adapter = heard.adapter.class, key = parameter.key, "a parameter was set");
    }
    Ok(())
}

/// The parameter of the host, else of a package, which keep it; else of a register that keeps it by itself.
async fn set_one(heard: &Heard<'_>, key: &str, value: &str) -> Result<(), AdapterError> {
    // The protocol does not say who sets: what is known is where it came from.
    let author = Author { who: format!("host protocol, {}", heard.incoming.client_address), why: String::new() };
    let store = heard.state.parts.parameters.as_deref();
    if let Some(set) = heard.hosting.tuning.set(key, value, &author, store) {
        return set;
    }
    for parameters in heard.adapter.parameters() {
        let Ok(declared) = parameters.find(key) else { continue };
        if declared.secret && value == MASK {
            return Ok(());
        }
        let (parameters, key, value) = (Arc::clone(parameters), key.to_owned(), Sensitive::new(value));
        // Opening a backend and writing to the disk take a while.
        let set = tokio::task::spawn_blocking(move || parameters.set(&key, Some(&value), &author));
        return set.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    }
    for backend in heard.adapter.backends() {
        let own = backend.parameters().await?;
        if let Some(known) = own.iter().find(|known| known.key == key) {
            if known.value == ParameterValue::Secret && value == MASK {
                return Ok(());
            }
            return backend.set_parameter(key, &Sensitive::new(value)).await;
        }
    }
    Err(Parameter::unknown(key))
}

/// The error for a value that breaks the rule of its parameter.
pub(super) fn wrong_value(key: &str, rule: &Message) -> AdapterError {
    AdapterError {
        side: kapia_adapter::Fault::Client,
        code: "parameter-value",
        retryable: false,
        message: Message::new(format!("{key} is {}", rule.en), format!("{key} е {}", rule.bg)),
        hint: Message::new("correct the value", "поправете стойността"),
    }
}

fn of_adapter(error: &AdapterError) -> Failed {
    Failed::new(error.code, &*error.message.en, &*error.message.bg)
}

/// So many adapters are asked for their state at the same time.
const AT_A_TIME: usize = 16;

/// The state of every adapter and how long it took, in their order; they are asked at the same time.
async fn healths(state: &State) -> Vec<(&Hosted, Health, Duration)> {
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    let mut asking = JoinSet::new();
    for (at, adapter) in state.adapters.iter().enumerate() {
        let registers: Vec<Served> = adapter.registers().into_iter().cloned().collect();
        let places = Arc::clone(&places);
        asking.spawn(async move {
            let _place = places.acquire_owned().await;
            let asked = Instant::now();
            let health = worst(registers.iter().map(Served::adapter).collect()).await;
            (at, health, asked.elapsed())
        });
    }
    let mut told: Vec<_> = asking.join_all().await;
    told.sort_by_key(|(at, ..)| *at);
    state.adapters.iter().zip(told).map(|(adapter, (_, health, took))| (adapter, health, took)).collect()
}

/// `/hc-details`: the state of every adapter, in the form of HealthChecks UI; 503 when one cannot be asked.
pub(super) async fn health_details(state: &State) -> Said {
    let began = Instant::now();
    let mut entries = Map::new();
    let mut overall = "Healthy";
    for (adapter, health, took) in healths(state).await {
        let (status, message) = match health {
            Health::Up => ("Healthy", None),
            Health::Degraded(message) => ("Degraded", Some(message)),
            Health::Down(message) => ("Unhealthy", Some(message)),
        };
        if status == "Unhealthy" || overall == "Healthy" {
            overall = status;
        }
        let mut entry = json!({ "data": {}, "duration": span(took), "status": status });
        if let Some(message) = message {
            entry["description"] = json!(state.parts.settings.language.of(&message.en, &message.bg));
        }
        entries.insert(adapter.class.clone(), entry);
    }
    let body = json!({ "status": overall, "totalDuration": span(began.elapsed()), "entries": entries });
    let status = if overall == "Unhealthy" { 503 } else { 200 };
    Said { status, content_type: "application/json", body: body.to_string().into_bytes() }
}

/// A time as .NET writes it.
fn span(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    let ticks = elapsed.subsec_nanos() / 100;
    format!("{:02}:{:02}:{:02}.{ticks:07}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uptime_has_the_words_that_monitoring_reads() {
        let text = uptime(Duration::from_secs(86_400 + 2 * 3600 + 3 * 60 + 4));
        assert_eq!(text, "1 days, 2 hours, 3 minutes, 4 seconds; TimeSpanValue:1.02:03:04;");
        assert_eq!(uptime(Duration::from_secs(5)), "0 days, 0 hours, 0 minutes, 5 seconds; TimeSpanValue:00:00:05;");
    }
}
