//! What of an environment a reload can replace: how it is found, what EgovService says, its pages, its pace.

use super::pace::Pace;
use super::site::{correlation, outbound, retry_after, seconds};
use super::{Asked, EnvironmentSettings, PasswordsSection, PortalSection};
use crate::failure::Failure;
use crate::text;
use kapia_pages::{Ask, Pages, SiteConfig};
use kapia_portal::dictionaries::Dictionaries;
use kapia_portal::rules::Strictness;
use kapia_portal::{Contract, DoorFault, EgovService, Options, Profile, Reply};
use kapia_records::{Denied, Records};
use kapia_server::{Inbound, Outbound, Refusal};
use kapia_soap::Version;
use std::path::Path;
use std::sync::Arc;

/// What a client is asked for that shows no password (RFC 7617 §2.1).
const CHALLENGE: &str = "Basic realm=\"EgovService\", charset=\"UTF-8\"";

/// An environment as a configuration wants it.
pub(crate) struct Served {
    pub(super) settings: EnvironmentSettings,
    pub(super) passwords: PasswordsSection,
    pub(super) service: EgovService,
    pub(super) pages: Pages,
    pub(super) pace: Arc<Pace>,
    largest_mib: u64,
}

impl Served {
    /// What a configuration makes of an environment; credentials keep their pace if it is the same as before.
    pub(super) fn of(
        records: &Records,
        section: &PortalSection,
        settings: &EnvironmentSettings,
        before: Option<&Served>,
    ) -> Result<Served, Failure> {
        let largest = section.largest_message_mib.clamp(1, 1024);
        let options = Options {
            workflow: settings.workflow,
            profile: profile(&section.profile)?,
            dictionaries: dictionaries(section)?,
            strictness: Strictness { https_only: section.https_only },
            largest_message: usize::try_from(largest << 20).unwrap_or(usize::MAX),
        };
        let service = EgovService::new(records.clone(), options).map_err(unusable)?;
        // The path of the environment is taken away before pages are asked; their links have it before them.
        let (pages, facade) = (section.pages.clone().below(&settings.path), section.facade.clone());
        let sites: Vec<SiteConfig> = section.site.iter().map(|site| site.clone().below(&settings.path)).collect();
        let pages = Pages::new(records.clone(), pages, facade, &sites)?;
        let pace = before.map(|before| &before.pace).filter(|pace| pace.is_of(section.messages_per_minute));
        Ok(Served {
            settings: settings.clone(),
            passwords: section.passwords,
            service,
            pages,
            pace: pace.map_or_else(|| Arc::new(Pace::new(section.messages_per_minute)), Arc::clone),
            largest_mib: largest,
        })
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

    /// What EgovService says of itself to somebody who only reads.
    pub(super) fn contract(&self, path: &str, inbound: &Inbound, asked: &Asked<'_>) -> Outbound {
        let EnvironmentSettings { public_base, path: own, environment, .. } = &self.settings;
        let base = match public_base {
            Some(base) => base.trim_end_matches('/').to_owned(),
            None => format!("{}{own}", asked.base),
        };
        match inbound.head.query.as_deref().and_then(|query| self.service.wsdl(query, &base)) {
            Some(reply) => outbound(reply, Vec::new()),
            None => crate::pages::portal(&format!("{own}{path}"), *environment),
        }
    }

    /// A page, if there is one.
    pub async fn page(&self, path: &str, inbound: &Inbound) -> Option<Outbound> {
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

    /// Why somebody is not let in, in the words of the service.
    pub(super) fn deny(
        &self,
        denied: Denied,
        version: Version,
        correlation: &str,
    ) -> (Reply, Vec<(&'static str, String)>) {
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
}

/// A profile by its name, or by the file that maps another WSDL.
pub(crate) fn profile(named: &Path) -> Result<Profile, Failure> {
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
