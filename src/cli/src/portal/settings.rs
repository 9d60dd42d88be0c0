//! `[portal]` of the configuration.

use super::served::profile;
use crate::commands::portal::push::{Place, password};
use crate::failure::Failure;
use crate::input;
use crate::text;
use kapia_pages::{FacadeConfig, PagesConfig, SiteConfig};
use kapia_portal::Workflow;
use kapia_publish::Endpoint;
use kapia_records::{Cost, Environment, Rules};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// `[portal]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PortalSection {
    /// What this part is; the other one stands in `[portal.staging]`.
    pub environment: Environment,
    /// The store of records and credentials.
    pub records: PathBuf,
    /// Addresses of its own; without them it is served where consumers connect.
    pub listen: Vec<SocketAddr>,
    /// Whether clients of these addresses are asked for a certificate.
    pub asks_for_certificate: bool,
    /// Names of the host; without them any.
    pub hosts: Vec<String>,
    /// What stands before its paths, such as `/portal`.
    pub path: String,
    /// The address that clients use, for the WSDL; without it, the one in the `Host` of the request.
    pub public_base: Option<String>,
    /// Whether what is pushed is public at once.
    pub workflow: Workflow,
    /// Whether addresses of services must be https.
    pub https_only: bool,
    /// The largest message, in MiB.
    pub largest_message_mib: u64,
    /// How many messages one credential may send in a minute.
    pub messages_per_minute: u32,
    /// `own`, `look-alike`, or a file that maps another WSDL.
    pub profile: PathBuf,
    /// Files with further code lists.
    pub dictionaries: Vec<PathBuf>,
    /// How passwords are checked.
    pub passwords: PasswordsSection,
    /// Public pages.
    pub pages: PagesConfig,
    /// What other central systems read.
    pub facade: FacadeConfig,
    /// Pages of administrations under their own names.
    pub site: Vec<SiteConfig>,
    /// Where changed records are pushed on, and what `kapia portal push --target` means.
    pub push: Vec<PushSection>,
    /// The environment for trying out; without it there is none.
    pub staging: Option<StagingSection>,
}

/// `[[portal.push]]`: an EgovService that hears of every change of what is public.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PushSection {
    /// Its name here.
    pub name: String,
    /// Address of its port, in the version of SOAP that the profile asks in (1.1 if it does not say), https.
    pub url: String,
    /// The names under which it listens: `own`, `look-alike`, or a file that maps another WSDL.
    #[serde(default = "own")]
    pub profile: PathBuf,
    /// How long it may take over one message.
    #[serde(default = "two_minutes")]
    pub timeout_seconds: u64,
    /// User name.
    pub user: String,
    /// File with the password.
    pub password_file: PathBuf,
    /// Who may have issued its certificate, PEM.
    pub ca: Option<PathBuf>,
    /// Which of our environments it hears of.
    #[serde(default = "production")]
    pub environment: Environment,
    /// Whether changes are pushed on as they come; without it only by `kapia portal push --target`.
    #[serde(default)]
    pub changes: bool,
    /// Whether it hears of what was there before it, too.
    #[serde(default)]
    pub backfill: bool,
}

fn production() -> Environment {
    Environment::Production
}

fn own() -> PathBuf {
    "own".into()
}

fn two_minutes() -> u64 {
    120
}

impl PushSection {
    /// The service, ready to be spoken to.
    pub fn endpoint(&self) -> Result<Endpoint, Failure> {
        let authorities = self.ca.as_deref().map(input::read).transpose()?;
        Place {
            url: &self.url,
            user: &self.user,
            password: password(&self.password_file)?,
            authorities,
            profile: profile(&self.profile)?,
            patience: Duration::from_secs(self.timeout_seconds.max(1)),
        }
        .endpoint()
    }
}

/// `[portal.staging]`; what does not stand here is as in `[portal]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StagingSection {
    /// Its store.
    pub records: PathBuf,
    /// Addresses of its own.
    pub listen: Vec<SocketAddr>,
    /// Names of the host.
    pub hosts: Vec<String>,
    /// What stands before its paths; `/staging` if it has neither addresses nor hosts of its own.
    pub path: Option<String>,
    /// The address that clients use.
    pub public_base: Option<String>,
    /// Whether what is pushed is public at once.
    pub workflow: Option<Workflow>,
}

/// `[portal.passwords]`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PasswordsSection {
    /// Memory of a hash, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// How many hashes are computed at the same time.
    pub at_a_time: usize,
    /// How long a right password is remembered; 0 computes its hash for every message.
    pub remember_seconds: u64,
}

/// What one environment is made of.
#[derive(Debug, Clone)]
pub(crate) struct EnvironmentSettings {
    /// Which.
    pub environment: Environment,
    /// Its store.
    pub records: PathBuf,
    /// Addresses of its own; without them it is served where consumers connect.
    pub listen: Vec<SocketAddr>,
    /// Whether clients of these addresses are asked for a certificate.
    pub asks_for_certificate: bool,
    /// Names of the host; without them any.
    pub hosts: Vec<String>,
    /// What stands before its paths: empty, or with a slash at the beginning and none at the end.
    pub path: String,
    /// The address that clients use.
    pub public_base: Option<String>,
    /// Whether what is pushed is public at once.
    pub workflow: Workflow,
}

impl EnvironmentSettings {
    /// These settings in place of those that serve: store and addresses stay what they are, since they were opened at the start.
    /// The second one names those of them that were to be something else.
    pub fn in_place_of(self, before: &EnvironmentSettings) -> (EnvironmentSettings, Vec<&'static str>) {
        let changed = [
            ("records", self.records != before.records),
            ("listen", self.listen != before.listen),
            ("asks_for_certificate", self.asks_for_certificate != before.asks_for_certificate),
        ];
        let kept = EnvironmentSettings {
            records: before.records.clone(),
            listen: before.listen.clone(),
            asks_for_certificate: before.asks_for_certificate,
            ..self
        };
        (kept, changed.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect())
    }
}

impl Default for PortalSection {
    fn default() -> Self {
        PortalSection {
            environment: Environment::Production,
            records: "records.db".into(),
            listen: Vec::new(),
            asks_for_certificate: false,
            hosts: Vec::new(),
            path: String::new(),
            public_base: None,
            workflow: Workflow::default(),
            https_only: false,
            largest_message_mib: 16,
            messages_per_minute: 1200,
            profile: "own".into(),
            dictionaries: Vec::new(),
            passwords: PasswordsSection::default(),
            pages: PagesConfig::default(),
            facade: FacadeConfig::default(),
            site: Vec::new(),
            push: Vec::new(),
            staging: None,
        }
    }
}

impl Default for StagingSection {
    fn default() -> Self {
        StagingSection {
            records: "records-staging.db".into(),
            listen: Vec::new(),
            hosts: Vec::new(),
            path: None,
            public_base: None,
            workflow: None,
        }
    }
}

impl Default for PasswordsSection {
    fn default() -> Self {
        let (Cost { memory_kib, passes, lanes }, rules) = (Cost::default(), Rules::default());
        let remember_seconds = rules.remember.as_secs();
        PasswordsSection { memory_kib, passes, lanes, at_a_time: rules.at_a_time, remember_seconds }
    }
}

impl PasswordsSection {
    /// What a new hash costs.
    pub fn cost(&self) -> Cost {
        Cost { memory_kib: self.memory_kib, passes: self.passes, lanes: self.lanes }
    }

    /// How strict the door is.
    pub fn rules(&self) -> Rules {
        let remember = Duration::from_secs(self.remember_seconds);
        Rules { cost: self.cost(), at_a_time: self.at_a_time, remember, ..Rules::default() }
    }
}

impl PortalSection {
    /// The environments, production first.
    pub fn environments(&self) -> Result<Vec<EnvironmentSettings>, Failure> {
        let own = EnvironmentSettings {
            environment: self.environment,
            records: self.records.clone(),
            listen: self.listen.clone(),
            asks_for_certificate: self.asks_for_certificate,
            hosts: self.hosts.clone(),
            path: prefix(&self.path)?,
            public_base: self.public_base.clone(),
            workflow: self.workflow,
        };
        let Some(staging) = &self.staging else { return Ok(vec![own]) };
        if self.environment == Environment::Staging {
            return Err(Failure::usage(text::staging_twice(), text::staging_twice_hint()));
        }
        let elsewhere = !staging.listen.is_empty() || !staging.hosts.is_empty();
        let path = staging.path.as_deref().unwrap_or(if elsewhere { "" } else { "/staging" });
        let other = EnvironmentSettings {
            environment: Environment::Staging,
            records: staging.records.clone(),
            listen: staging.listen.clone(),
            hosts: staging.hosts.clone(),
            path: prefix(path)?,
            public_base: staging.public_base.clone(),
            workflow: staging.workflow.unwrap_or(self.workflow),
            ..own.clone()
        };
        let same_place = own.listen.is_empty() && other.listen.is_empty();
        if own.records == other.records || same_place && own.hosts == other.hosts && own.path == other.path {
            return Err(Failure::usage(text::staging_same(), text::staging_same_hint()));
        }
        Ok(vec![own, other])
    }

    /// The paths in it, to be made relative to the file.
    pub fn paths(&mut self) -> Vec<&mut PathBuf> {
        let mut paths = vec![&mut self.records];
        paths.extend(self.dictionaries.iter_mut());
        paths.extend(self.staging.iter_mut().map(|staging| &mut staging.records));
        let mut profiles = vec![&mut self.profile];
        for push in &mut self.push {
            paths.extend(std::iter::once(&mut push.password_file).chain(&mut push.ca));
            profiles.push(&mut push.profile);
        }
        // Those that are built in are no files.
        let files = profiles.into_iter().filter(|profile| !matches!(profile.to_str(), Some("own" | "look-alike")));
        paths.extend(files);
        paths
    }

    /// Makes the folders of sites relative to a folder.
    pub fn resolve_sites(&mut self, folder: &Path) {
        self.site.iter_mut().for_each(|site| site.resolve(folder));
    }
}

fn prefix(path: &str) -> Result<String, Failure> {
    let path = path.trim_end_matches('/');
    let plain = path.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"/-_.".contains(&octet));
    if plain && (path.is_empty() || path.starts_with('/')) {
        Ok(path.to_owned())
    } else {
        Err(Failure::usage(text::portal_path(), text::portal_path_hint()))
    }
}
