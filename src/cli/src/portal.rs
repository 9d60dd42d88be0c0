//! The portal: EgovService and pages over the store of records, on the public listener or on listeners of its own.
//!
//! One [`Site`] for each environment, with a store, passwords and paces of its own.

mod pace;
mod pushing;
mod renewal;
mod served;
mod settings;
mod site;

pub(crate) use renewal::tell_that_none_is_begun;
pub(crate) use settings::{EnvironmentSettings, PasswordsSection, PortalSection, PushSection};
pub(crate) use site::Site;

use self::served::Served;
pub(crate) use self::served::profile;
use crate::config::Config;
use crate::failure::Failure;
use crate::language::Language;
use crate::text;
use kapia_records::Environment;
use kapia_server::{FurtherListener, Head, Inbound, Listener, Outbound, Refusal};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio::sync::watch;

/// How often what is over is ended and forgotten.
const SWEEPS: Duration = Duration::from_secs(60);

/// What of the portal is served.
pub(crate) struct Portal {
    sites: Vec<Arc<Site>>,
    targets: watch::Sender<Arc<Vec<pushing::Target>>>,
}

impl Portal {
    /// Opens the stores of a configuration; nothing if it has no portal.
    pub fn open(config: &Config) -> Result<Option<Portal>, Failure> {
        let Some(section) = &config.portal else { return Ok(None) };
        let settings = section.environments()?;
        let sites = settings.iter().map(|settings| Site::open(section, settings).map(Arc::new));
        let sites: Vec<Arc<Site>> = sites.collect::<Result<_, _>>()?;
        let targets = pushing::targets(section, &sites)?;
        Ok(Some(Portal { sites, targets: watch::Sender::new(Arc::new(targets)) }))
    }

    /// The listeners that the server shall have for it.
    pub fn listeners(config: &Config) -> Vec<FurtherListener> {
        let settings = config.portal.iter().filter_map(|section| section.environments().ok()).flatten();
        let own = settings.filter(|settings| !settings.listen.is_empty());
        own.map(|settings| FurtherListener {
            listen: settings.listen,
            asks_for_certificate: settings.asks_for_certificate,
        })
        .collect()
    }

    /// The sites, production first.
    pub fn sites(&self) -> &[Arc<Site>] {
        &self.sites
    }

    /// What is wrong with templates and files of pages, in words for whoever starts the program; both environments have the same.
    pub fn remarks(&self, language: Language) -> Vec<String> {
        self.sites.first().map(|site| site.remarks(language)).unwrap_or_default()
    }

    /// What EgovService says, if the address is one of its own.
    pub async fn service(&self, inbound: &Inbound, asked: &Asked<'_>) -> Option<Outbound> {
        let (site, served, path) = self.site(inbound.peer.listener, asked.host, &inbound.head.path)?;
        site.service(&served, path, inbound, asked).await
    }

    /// A page, if there is one at the address; to be asked when nobody else has the address.
    pub async fn page(&self, inbound: &Inbound, asked: &Asked<'_>) -> Option<Outbound> {
        let (_, served, path) = self.site(inbound.peer.listener, asked.host, &inbound.head.path)?;
        served.page(path, inbound).await
    }

    /// What a client of EgovService hears whose message the server does not read to its end.
    pub fn refuse(&self, refusal: Refusal, head: &Head) -> Option<Outbound> {
        let host = host_of(head);
        // The head does not say at which listener it came in; the words are the same at all of them.
        self.sites.iter().map(|site| site.served()).find_map(|site| site.refuse(refusal, site.below(&head.path, host)?))
    }

    /// Metrics in the text format of Prometheus.
    pub fn metrics(&self, out: &mut String) {
        site::describe_metrics(out);
        self.sites.iter().for_each(|site| site.metrics(out));
    }

    /// Ends what is over and forgets what is old, until it is dropped.
    pub async fn keep_house(self: Arc<Self>) {
        loop {
            for site in &self.sites {
                site.sweep(OffsetDateTime::now_utc()).await;
            }
            tokio::time::sleep(SWEEPS).await;
        }
    }

    /// The site at an address, and the path below its own: a host or a path that is named goes before one that is not.
    fn site<'p>(&self, listener: Listener, host: Option<&str>, path: &'p str) -> Option<(&Site, Arc<Served>, &'p str)> {
        let elsewhere = |site: &&Arc<Site>| site.has_addresses();
        let candidates: Vec<&Arc<Site>> = match listener {
            Listener::Public => self.sites.iter().filter(|site| !elsewhere(site)).collect(),
            Listener::Further(place) => self.sites.iter().filter(elsewhere).nth(place).into_iter().collect(),
            Listener::ServiceBus | Listener::Plain => return None,
        };
        let found = candidates.into_iter().filter_map(|site| {
            let served = site.served();
            let below = served.below(path, host)?;
            Some((&**site, served, below))
        });
        found.max_by_key(|(_, served, _)| served.precision())
    }
}

/// What was asked, as far as routes need it.
pub(crate) struct Asked<'a> {
    /// The host of the request, without its port.
    pub host: Option<&'a str>,
    /// Whether it only reads.
    pub reads: bool,
    /// Scheme and host as the client wrote them.
    pub base: &'a str,
}

/// The host of a request, without its port.
pub(crate) fn host_of(head: &Head) -> Option<&str> {
    let host = head.authority.as_deref().or(head.host.as_deref())?;
    let without = match host.rsplit_once(':') {
        Some((before, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => before,
        _ => host,
    };
    Some(without)
}

/// The settings of one environment of a configuration.
pub(crate) fn settings_of(config: &Config, environment: Environment) -> Result<EnvironmentSettings, Failure> {
    let none = || Failure::usage(text::no_portal(), text::no_portal_hint());
    let all = config.portal.as_ref().ok_or_else(none)?.environments()?;
    let known: Vec<&str> = all.iter().map(|settings| settings.environment.as_str()).collect();
    let known = known.join(", ");
    all.into_iter()
        .find(|settings| settings.environment == environment)
        .ok_or_else(|| Failure::usage(text::no_environment(environment), text::no_environment_hint(known)))
}

#[cfg(test)]
mod tests;
