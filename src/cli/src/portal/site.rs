//! One environment of the portal: its store, its passwords, its counters, and what of it a reload can replace.

use super::served::Served;
use super::{Asked, EnvironmentSettings, PortalSection};
use crate::failure::Failure;
use crate::language::Language;
use crate::running::in_folder;
use crate::text;
use arc_swap::ArcSwap;
use kapia_pages::SiteProblem;
use kapia_pki::{Presented, Shown};
use kapia_portal::{Call, DoorFault, EgovService, Reply};
use kapia_records::{Caller, Counts, Denied, Doorkeeper, Environment, Knock, Records};
use kapia_server::{Inbound, Outbound};
use kapia_soap::Version;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use time::OffsetDateTime;

/// An environment that is served.
pub(crate) struct Site {
    environment: Environment,
    doorkeeper: Doorkeeper,
    served: ArcSwap<Served>,
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
        let served = Served::of(&records, section, settings, None)?;
        let site = Site {
            environment: settings.environment,
            doorkeeper: Doorkeeper::new(records, section.passwords.rules())?,
            served: ArcSwap::from_pointee(served),
            heard: Mutex::default(),
        };
        Ok(site)
    }

    /// What it is made of now.
    pub fn served(&self) -> Arc<Served> {
        self.served.load_full()
    }

    /// Whether it is served at addresses of its own; they are bound at the start.
    pub fn has_addresses(&self) -> bool {
        !self.served.load().settings.listen.is_empty()
    }

    /// Which environment it is.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// Its store.
    pub fn records(&self) -> &Records {
        self.doorkeeper.records()
    }

    /// What a configuration makes of it now, with its store and its addresses as they are; nothing is in force before
    /// [`Site::take_over`]. The second one names what has to wait for a restart.
    pub fn prepare(
        &self,
        section: &PortalSection,
        settings: &EnvironmentSettings,
    ) -> Result<(Served, Vec<&'static str>), Failure> {
        let before = self.served();
        let (settings, waiting) = settings.clone().in_place_of(&before.settings);
        section.passwords.cost().check()?;
        Ok((Served::of(self.records(), section, &settings, Some(&before))?, waiting))
    }

    /// Puts into force what was prepared; messages that have begun are answered as before.
    pub fn take_over(&self, served: Served) {
        let rules = served.passwords.rules();
        if let Err(error) = self.doorkeeper.renew(rules.cost, rules.at_a_time, rules.remember) {
            tracing::error!(code = error.code(), %error, "passwords are checked as before");
        }
        self.served.store(Arc::new(served));
        self.tell_problems();
    }

    /// What EgovService says to a request, if the path is one of its own.
    pub async fn service(&self, served: &Served, path: &str, inbound: &Inbound, asked: &Asked<'_>) -> Option<Outbound> {
        let version = EgovService::port(path)?;
        if asked.reads {
            return Some(served.contract(path, inbound, asked));
        }
        let correlation = correlation();
        let (reply, headers) = match self.admit(inbound).await {
            Ok(caller) => self.answer(served, version, caller, inbound, &correlation).await,
            Err(denied) => served.deny(denied, version, &correlation),
        };
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if reply.status == 200 {
            heard.answered += 1;
        } else {
            heard.faults += 1;
        }
        Some(outbound(reply, headers))
    }

    /// Ends what is over, forgets what is old, counts what there is.
    pub async fn sweep(&self, now: OffsetDateTime) {
        let records = self.doorkeeper.records();
        let swept = records.sweep(now).await;
        let counted = records.counts().await;
        match (swept, counted) {
            (Ok(ended), Ok(counts)) => {
                if ended > 0 {
                    tracing::info!(ended, environment = %self.environment, "services reached their end");
                }
                self.heard.lock().unwrap_or_else(PoisonError::into_inner).counts = counts;
            }
            (Err(error), _) | (_, Err(error)) => {
                tracing::error!(code = error.code(), %error, "the store of records cannot be tidied");
            }
        }
    }

    /// Its lines of metrics.
    pub fn metrics(&self, out: &mut String) {
        let environment = self.environment;
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
        served: &Served,
        version: Version,
        caller: Caller,
        inbound: &Inbound,
        correlation: &str,
    ) -> (Reply, Vec<(&'static str, String)>) {
        if let Err(wait) = served.pace.take(caller.id(), Instant::now()) {
            self.heard.lock().unwrap_or_else(PoisonError::into_inner).paced += 1;
            let seconds = seconds(wait);
            let reply = served.service.refuse(DoorFault::TooManyRequests { seconds }, version, correlation);
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
        let reply = served.service.answer(call).await;
        let (status, environment) = (reply.status, self.environment);
        tracing::info!(correlation, credential, %environment, status, "EgovService answered");
        (reply, Vec::new())
    }

    /// What is wrong with templates and files of its pages, in words for whoever starts it.
    pub fn remarks(&self, language: Language) -> Vec<String> {
        let word = language.pick(text::hint_word());
        let told = |problem: SiteProblem| {
            let language = language.named();
            format!("{}; {word}: {}", problem.message(language), problem.hint(language))
        };
        self.served().pages.problems().into_iter().map(told).collect()
    }

    fn tell_problems(&self) {
        for problem in self.served().pages.problems() {
            tracing::warn!(environment = %self.environment, code = problem.code(), "{problem}");
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

pub(super) fn outbound(reply: Reply, headers: Vec<(&'static str, String)>) -> Outbound {
    Outbound { status: reply.status, content_type: reply.content_type, body: reply.body.into(), headers }
}

pub(super) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

pub(super) fn retry_after(seconds: u64) -> Vec<(&'static str, String)> {
    vec![("Retry-After", seconds.to_string())]
}

/// 26 characters by which an answer is found in the log: the moment, and what nobody can guess ahead.
pub(super) fn correlation() -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let moment = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    let random = || std::hash::RandomState::new().build_hasher().finish();
    let number = (moment.cast_unsigned() << 80) | ((u128::from(random()) << 64 | u128::from(random())) >> 48);
    let letter = |place: u32| char::from(LETTERS[(number >> (place * 5) & 31) as usize]);
    (0..26).rev().map(letter).collect()
}
