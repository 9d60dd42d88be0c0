//! One environment of the portal, as HTTP sees it.

use super::pace::Pace;
use super::{Asked, EnvironmentSettings, PortalSection};
use crate::failure::Failure;
use crate::running::in_folder;
use crate::text;
use kapia_pages::{Ask, Pages};
use kapia_pki::{Presented, Shown};
use kapia_portal::dictionaries::Dictionaries;
use kapia_portal::rules::Strictness;
use kapia_portal::{Call, Contract, DoorFault, EgovService, Options, Profile, Reply};
use kapia_records::{Caller, Counts, Denied, Doorkeeper, Knock, Records};
use kapia_server::{Inbound, Outbound, Refusal};
use kapia_soap::Version;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// What a client is asked for that shows no password (RFC 7617 §2.1).
const CHALLENGE: &str = "Basic realm=\"EgovService\", charset=\"UTF-8\"";

/// An environment that is served.
pub(crate) struct Site {
    settings: EnvironmentSettings,
    doorkeeper: Doorkeeper,
    service: EgovService,
    pages: Pages,
    pace: Pace,
    largest_mib: u64,
    heard: Mutex<Heard>,
}

/// What metrics tell besides the door.
#[derive(Default)]
struct Heard {
    answered: u64,
    faults: u64,
    paced: u64,
    counts: Counts,
}

impl Site {
    /// Opens the store and everything that stands on it.
    pub fn open(section: &PortalSection, settings: &EnvironmentSettings) -> Result<Site, Failure> {
        let records = Records::open(in_folder(&settings.records)?, settings.environment)?;
        let largest = section.largest_message_mib.clamp(1, 1024);
        let options = Options {
            workflow: settings.workflow,
            profile: profile(&section.profile)?,
            dictionaries: dictionaries(section)?,
            strictness: Strictness { https_only: section.https_only },
            largest_message: usize::try_from(largest << 20).unwrap_or(usize::MAX),
        };
        let service = EgovService::new(records.clone(), options).map_err(unusable)?;
        let (pages, facade) = (section.pages.clone(), section.facade.clone());
        let pages = Pages::new(records.clone(), pages, facade, &section.site)?;
        let site = Site {
            settings: settings.clone(),
            doorkeeper: Doorkeeper::new(records, section.passwords.rules())?,
            service,
            pages,
            pace: Pace::new(section.messages_per_minute),
            largest_mib: largest,
            heard: Mutex::default(),
        };
        site.tell_problems(site.pages.problems());
        Ok(site)
    }

    /// Its store.
    pub fn records(&self) -> &Records {
        self.doorkeeper.records()
    }

    /// What it is made of.
    pub fn settings(&self) -> &EnvironmentSettings {
        &self.settings
    }

    /// The path below this site's, if host and path are its own; it begins with a slash.
    pub fn below<'p>(&self, path: &'p str, host: Option<&str>) -> Option<&'p str> {
        let EnvironmentSettings { hosts, path: own, .. } = &self.settings;
        let named = |host: &str| hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
        if !hosts.is_empty() && !host.is_some_and(named) {
            return None;
        }
        let before = path.get(..own.len()).filter(|before| before.eq_ignore_ascii_case(own))?;
        match &path[before.len()..] {
            "" => Some("/"),
            below => below.starts_with('/').then_some(below),
        }
    }

    /// Whether it is named by its host, and how long its path is: the more precise one answers.
    pub fn precision(&self) -> (bool, usize) {
        (!self.settings.hosts.is_empty(), self.settings.path.len())
    }

    /// What EgovService says to a request, if the path is one of its own.
    pub async fn service(&self, path: &str, inbound: &Inbound, asked: &Asked<'_>) -> Option<Outbound> {
        let version = EgovService::port(path)?;
        let head = &inbound.head;
        if asked.reads {
            let base = match &self.settings.public_base {
                Some(base) => base.trim_end_matches('/').to_owned(),
                None => format!("{}{}", asked.base, self.settings.path),
            };
            if let Some(reply) = head.query.as_deref().and_then(|query| self.service.wsdl(query, &base)) {
                return Some(outbound(reply, Vec::new()));
            }
            return Some(crate::pages::portal(&format!("{}{path}", self.settings.path), self.settings.environment));
        }
        let correlation = correlation();
        let (reply, headers) = match self.admit(inbound).await {
            Ok(caller) => self.answer(version, caller, inbound, &correlation).await,
            Err(denied) => self.deny(denied, version, &correlation),
        };
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if reply.status == 200 {
            heard.answered += 1;
        } else {
            heard.faults += 1;
        }
        Some(outbound(reply, headers))
    }

    /// A page, if there is one.
    pub async fn page(&self, path: &str, inbound: &Inbound) -> Option<Outbound> {
        // Links of pages begin at the root; the façade has none.
        if !self.settings.path.is_empty() && !path.to_ascii_lowercase().starts_with("/epdeau/") {
            return None;
        }
        let head = &inbound.head;
        let header = |name| head.header(name);
        let (language, tag, authorization) =
            (header("accept-language"), header("if-none-match"), header("authorization"));
        let ask = Ask {
            method: head.method.as_str(),
            host: head.authority.as_deref().or(head.host.as_deref()),
            path,
            query: head.query.as_deref(),
            accept_language: language.as_deref(),
            if_none_match: tag.as_deref(),
            authorization: authorization.as_deref(),
            now: inbound.received,
        };
        let page = self.pages.answer(ask).await?;
        Some(Outbound {
            status: page.status,
            content_type: page.content_type,
            body: page.body.into(),
            headers: page.headers,
        })
    }

    /// What a client hears whose message was not read to its end, if the path is one of the service.
    pub fn refuse(&self, refusal: Refusal, path: &str) -> Option<Outbound> {
        let version = EgovService::port(path)?;
        let fault = match refusal {
            Refusal::BodyTooLarge { limit } => {
                DoorFault::TooLarge { megabytes: self.largest_mib.min((limit >> 20).max(1)) }
            }
            Refusal::Overloaded | Refusal::Internal => DoorFault::Unavailable,
            _ => return None,
        };
        Some(outbound(self.service.refuse(fault, version, &correlation()), Vec::new()))
    }

    /// Ends what is over, forgets what is old, counts what there is.
    pub async fn sweep(&self, now: OffsetDateTime) {
        let records = self.doorkeeper.records();
        let swept = records.sweep(now).await;
        let counted = records.counts().await;
        match (swept, counted) {
            (Ok(ended), Ok(counts)) => {
                if ended > 0 {
                    tracing::info!(ended, environment = %self.settings.environment, "services reached their end");
                }
                self.heard.lock().unwrap_or_else(PoisonError::into_inner).counts = counts;
            }
            (Err(error), _) | (_, Err(error)) => {
                tracing::error!(code = error.code(), %error, "the store of records cannot be tidied");
            }
        }
    }

    /// Reads the templates of sites anew.
    pub fn reload(&self) {
        self.tell_problems(self.pages.reload());
    }

    /// Its lines of metrics.
    pub fn metrics(&self, out: &mut String) {
        let environment = self.settings.environment;
        let tally = self.doorkeeper.tally();
        for (outcome, count) in [
            ("admitted", tally.admitted),
            ("failed", tally.failed),
            ("locked-out", tally.locked_out),
            ("turned-away", tally.turned_away),
            ("too-many", tally.too_many),
            ("suspended", tally.suspended),
            ("busy", tally.busy),
        ] {
            let labels = format!("environment=\"{environment}\",outcome=\"{outcome}\"");
            let _ = writeln!(out, "kapia_portal_logins_total{{{labels}}} {count}");
        }
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        for (outcome, count) in [("answered", heard.answered), ("fault", heard.faults), ("paced", heard.paced)] {
            let labels = format!("environment=\"{environment}\",outcome=\"{outcome}\"");
            let _ = writeln!(out, "kapia_portal_messages_total{{{labels}}} {count}");
        }
        for (status, count) in &heard.counts.records {
            let _ = writeln!(out, "kapia_portal_records{{environment=\"{environment}\",status=\"{status}\"}} {count}");
        }
        let waiting = heard.counts.pushes_waiting;
        let _ = writeln!(out, "kapia_portal_pushes_waiting{{environment=\"{environment}\"}} {waiting}");
    }

    async fn admit(&self, inbound: &Inbound) -> Result<Caller, Denied> {
        let authorization = inbound.head.header("authorization");
        let certificate = match &inbound.peer.shown {
            Shown::Connection(shown) | Shown::Forwarded(shown) => Some(shown),
            _ => None,
        };
        let in_force = |shown: &&Arc<Presented>| (shown.not_before..=shown.not_after).contains(&inbound.received);
        self.doorkeeper
            .admit(Knock {
                authorization: authorization.as_deref(),
                address: inbound.peer.client,
                // A pinned certificate needs no issuer; its key was proved in the handshake, or a proxy answers for it.
                certificate: certificate.filter(in_force).map(|shown| shown.thumbprints.sha256.0),
                now: inbound.received,
            })
            .await
    }

    async fn answer(
        &self,
        version: Version,
        caller: Caller,
        inbound: &Inbound,
        correlation: &str,
    ) -> (Reply, Vec<(&'static str, String)>) {
        if let Err(wait) = self.pace.take(caller.id(), Instant::now()) {
            self.heard.lock().unwrap_or_else(PoisonError::into_inner).paced += 1;
            let seconds = seconds(wait);
            let reply = self.service.refuse(DoorFault::TooManyRequests { seconds }, version, correlation);
            return (reply, retry_after(seconds));
        }
        let credential = caller.name().to_owned();
        let call = Call {
            version,
            content_type: inbound.head.content_type.clone(),
            soap_action: inbound.head.soap_action.clone(),
            body: inbound.body.clone(),
            caller,
            now: inbound.received,
            correlation: correlation.to_owned(),
        };
        let reply = self.service.answer(call).await;
        let (status, environment) = (reply.status, self.settings.environment);
        tracing::info!(correlation, credential, %environment, status, "EgovService answered");
        (reply, Vec::new())
    }

    fn deny(&self, denied: Denied, version: Version, correlation: &str) -> (Reply, Vec<(&'static str, String)>) {
        let (fault, headers) = match denied {
            Denied::Unauthorized { retry_after: wait } => {
                let mut headers = vec![("WWW-Authenticate", CHALLENGE.to_owned())];
                headers.extend(wait.map(seconds).map(retry_after).into_iter().flatten());
                (DoorFault::Unauthorized, headers)
            }
            Denied::TooMany { retry_after: wait } => {
                let seconds = seconds(wait);
                (DoorFault::TooManyRequests { seconds }, retry_after(seconds))
            }
            Denied::Suspended(caller) => {
                tracing::info!(correlation, credential = caller.name(), "a suspended credential was used");
                (DoorFault::Suspended, Vec::new())
            }
            Denied::Busy => (DoorFault::Unavailable, retry_after(5)),
            Denied::Unavailable(error) => {
                tracing::error!(correlation, code = error.code(), %error, "credentials cannot be read");
                (DoorFault::Unavailable, Vec::new())
            }
        };
        (self.service.refuse(fault, version, correlation), headers)
    }

    fn tell_problems(&self, problems: Vec<String>) {
        for problem in problems {
            tracing::warn!(environment = %self.settings.environment, "{problem}");
        }
    }
}

/// What the metrics are.
pub(super) fn describe_metrics(out: &mut String) {
    for (name, kind, help) in [
        ("kapia_portal_logins_total", "counter", "Passwords at EgovService, by what became of them."),
        ("kapia_portal_messages_total", "counter", "Messages to EgovService, by how they were answered."),
        ("kapia_portal_records", "gauge", "Records, by the status of their newest version."),
        ("kapia_portal_pushes_waiting", "gauge", "Changes that wait to be pushed on."),
    ] {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }
}

fn outbound(reply: Reply, headers: Vec<(&'static str, String)>) -> Outbound {
    Outbound { status: reply.status, content_type: reply.content_type, body: reply.body.into(), headers }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

fn retry_after(seconds: u64) -> Vec<(&'static str, String)> {
    vec![("Retry-After", seconds.to_string())]
}

/// 26 characters by which an answer is found in the log: the moment, and what nobody can guess ahead.
fn correlation() -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let moment = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    let random = || std::hash::RandomState::new().build_hasher().finish();
    let number = (moment.cast_unsigned() << 80) | ((u128::from(random()) << 64 | u128::from(random())) >> 48);
    let letter = |place: u32| char::from(LETTERS[(number >> (place * 5) & 31) as usize]);
    (0..26).rev().map(letter).collect()
}

fn profile(named: &Path) -> Result<Profile, Failure> {
    match named.to_str() {
        Some("own") => return Ok(Profile::own()),
        Some("look-alike") => return Ok(Profile::look_alike()),
        _ => {}
    }
    let written = read(named)?;
    let wsdl = Profile::wsdl_of(&written).map(|wsdl| read(&named.with_file_name(wsdl))).transpose()?;
    let contract = Contract::load().map_err(unusable)?;
    Profile::read(&written, wsdl, &contract).map_err(unusable)
}

fn dictionaries(section: &PortalSection) -> Result<Dictionaries, Failure> {
    section
        .dictionaries
        .iter()
        .try_fold(Dictionaries::builtin(), |known, file| known.with_table(&read(file)?).map_err(unusable))
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file)
        .map_err(|error| Failure::usage(text::unreadable(file.display(), error), text::unreadable_hint()))
}

fn unusable(error: impl std::fmt::Display) -> Failure {
    Failure::usage(text::portal_unusable(error), text::portal_unusable_hint())
}
