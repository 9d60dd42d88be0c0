use std::collections::HashMap;
use std::sync::Arc;

use kapia_adapter::{Backend, Notice, Opened, Plan, Planned, Problem, RefusedOperation, Sensitive};
use kapia_http::Client;
use kapia_template::Value;
use kapia_xml::{Document, Limits};
use reqwest::Url;

use crate::adapter::{Prepared, Probe, WebAdapter};
use crate::fault::Fault;
use crate::rest::RestCall;
use crate::settings::{Reading, Settings, address};
use crate::soap::{SoapCall, Upstream, UserToken};
use crate::wsdl;

/// The kind `rest`.
#[derive(Clone, Copy, Debug, Default)]
pub struct RestBackend;

/// The kind `soap`.
#[derive(Clone, Copy, Debug, Default)]
pub struct SoapBackend;

impl Backend for RestBackend {
    fn kind(&self) -> &'static str {
        "rest"
    }

    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        let opened = open(plan, |reading| {
            let base = reading.keys.required_text("base");
            let health = reading.keys.text("health");
            let base = base.and_then(|written| {
                let url = reading.address("base", &written)?;
                if url.query().is_some() {
                    reading.keys.problem(written.line, Fault::new("web-address").with("key", "base"));
                    return None;
                }
                Some(url)
            })?;
            let strict = health.is_some();
            let url = match health {
                None => Some(base.clone()),
                Some(path) => {
                    let url = address(&format!("{}{}", base.as_str().trim_end_matches('/'), path.value));
                    let url = url.filter(|url| path.value.starts_with('/') && url.origin() == base.origin());
                    if url.is_none() {
                        reading.keys.problem(path.line, Fault::new("web-path"));
                    }
                    url
                }
            };
            Some((base, Probe { url: url?, strict }))
        })?;
        opened.serve(plan, RestCall::prepare)
    }
}

impl Backend for SoapBackend {
    fn kind(&self) -> &'static str {
        "soap"
    }

    fn open(&self, plan: &Plan<'_>) -> Result<Opened, Vec<Problem>> {
        let opened = open(plan, |reading| {
            let upstream = upstream(reading)?;
            let probe = Probe { url: upstream.address.clone(), strict: false };
            Some((upstream, probe))
        })?;
        opened.serve(plan, SoapCall::prepare)
    }
}

/// A package whose `[backend]` is read; `S` is what its kind knows of the service.
struct Ready<S> {
    service: S,
    probe: Probe,
    settings: Settings,
    client: Client,
    notes: Vec<Problem>,
}

fn open<S>(
    plan: &Plan<'_>,
    own: impl FnOnce(&mut Reading<'_, '_, '_>) -> Option<(S, Probe)>,
) -> Result<Ready<S>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut notes = Vec::new();
    let line = plan.settings.line();
    let mut keys = plan.settings.keys(&mut problems);
    keys.text("kind");
    let mut reading = Reading { keys, files: plan.files, notes: &mut notes, line };
    let settings = reading.settings();
    let service = own(&mut reading);
    // Keys behind a mistake were not asked for; they would be called unknown.
    if settings.is_some() && service.is_some() {
        reading.keys.finish();
    }
    let (Some(settings), Some((service, probe)), true) = (settings, service, problems.is_empty()) else {
        return Err(problems);
    };
    let client = Client::new(&settings.http).map_err(|_| vec![Fault::new("web-identity").at(line)])?;
    Ok(Ready { service, probe, settings, client, notes })
}

impl<S> Ready<S> {
    fn serve(
        self,
        plan: &Plan<'_>,
        prepare: impl Fn(&Planned, &Plan<'_>, &S) -> Result<Prepared, Vec<Problem>>,
    ) -> Result<Opened, Vec<Problem>> {
        let mut operations = HashMap::new();
        let mut refused = Vec::new();
        for planned in plan.operations {
            let name = planned.operation.name.clone();
            match prepare(planned, plan, &self.service) {
                Ok(prepared) => {
                    operations.insert(name, Arc::new(prepared));
                }
                Err(problems) => refused.push(RefusedOperation { name, problems }),
            }
        }
        let limits = Limits { bytes: self.settings.http.answer_bytes, ..Limits::default() };
        let adapter = WebAdapter {
            package: plan.files.label().to_owned(),
            parameters: Value::from_pairs(
                plan.parameters.iter().map(|(name, value)| (name, Value::from(value.reveal()))),
            ),
            client: self.client,
            auth: self.settings.auth,
            answer: self.settings.answer,
            limits,
            probe: self.probe,
            operations,
        };
        let notes = self.notes.into_iter().map(|problem| Notice { operation: None, problem }).collect();
        Ok(Opened { adapter: Arc::new(adapter), refused, notes })
    }
}

fn upstream(reading: &mut Reading<'_, '_, '_>) -> Option<Upstream> {
    let named = reading.keys.required_text("wsdl");
    let port = reading.keys.text("port");
    let given = reading.keys.text("address");
    let name = reading.keys.text("username");
    let secret = reading.secret(["secret", "secret_file", "secret_env"]);
    let token = reading.keys.one_of("token", &[("text", false), ("digest", true)]);
    let token = user_token(reading, name.map(|name| name.value), secret?, token.map(|token| token.value))?;

    let named = named?;
    let octets = reading.file("wsdl", &named)?;
    let Ok(document) = Document::read(octets, &Limits::default()) else {
        reading.keys.problem(named.line, Fault::new("web-wsdl"));
        return None;
    };
    let contract = match wsdl::read(&document, port.as_ref().map(|port| port.value.as_str())) {
        Ok(contract) => contract,
        Err(wsdl::NoPort(there)) => {
            let line = port.map_or(named.line, |port| port.line);
            let known = if there.is_empty() { "—".to_owned() } else { there.join(", ") };
            reading.keys.problem(line, Fault::new("web-wsdl-port").with("known", known));
            return None;
        }
    };
    let written = given.unwrap_or(kapia_adapter::Located { value: contract.address.clone(), line: named.line });
    let address: Url = reading.address("address", &written)?;
    Some(Upstream { contract, address, token })
}

fn user_token(
    reading: &mut Reading<'_, '_, '_>,
    name: Option<String>,
    secret: Option<Sensitive>,
    is_digest: Option<bool>,
) -> Option<Option<Arc<UserToken>>> {
    match (name, secret) {
        (Some(name), Some(secret)) => {
            Some(Some(Arc::new(UserToken { name, secret, is_digest: is_digest.unwrap_or(true) })))
        }
        (None, None) if is_digest.is_none() => Some(None),
        _ => {
            reading.keys.problem(reading.line, Fault::new("web-user-token"));
            None
        }
    }
}
