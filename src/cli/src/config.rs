//! `kapia.toml`: what a gateway is made of.

use crate::failure::Failure;
use crate::portal::{Portal, PortalSection};
use crate::text;
use kapia_adapter::{Room, near_names};
use kapia_gateway::{TextLanguage, Validation};
use kapia_server::{Limits, OutboundConfig, ProxyConfig, ServerConfig, ServiceBusConfig, TlsConfig};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The whole file; every path is relative to the folder of the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// Where consumers connect.
    pub server: ServerSection,
    /// Certificates of the transport.
    pub tls: TlsConfig,
    /// Proxies in front of the gateway that are believed; one `[[proxy]]` for each kind.
    pub proxy: Vec<ProxyConfig>,
    /// The listener of the service bus; without it there is none.
    pub service_bus: Option<ServiceBusConfig>,
    /// Whose tokens are believed; without it no token is.
    pub sts: Option<StsSection>,
    /// Health and metrics.
    pub admin: AdminSection,
    /// How calls are treated.
    pub gateway: GatewaySection,
    /// What signs answers; without it no answer is signed.
    pub signer: Option<SignerSection>,
    /// Calls that are answered later.
    pub deferred: DeferredSection,
    /// How answers are pushed to consumers; without it they are only fetched.
    pub callbacks: Option<OutboundConfig>,
    /// The databases.
    pub storage: StorageSection,
    /// The adapter packages.
    pub adapters: AdaptersSection,
    /// What `kapia call` is by default.
    pub client: ClientSection,
    /// Descriptions of services: EgovService and pages; without it there is no portal.
    pub portal: Option<PortalSection>,
    /// The file itself.
    #[serde(skip)]
    pub file: PathBuf,
}

/// `[server]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServerSection {
    /// Addresses with port.
    pub listen: Vec<SocketAddr>,
    /// The address that consumers use, for the WSDL; without it, the one in the `Host` of the request.
    pub public_base: Option<String>,
    /// What a peer may take.
    pub limits: Limits,
}

/// `[admin]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AdminSection {
    /// Address with port.
    pub listen: Option<SocketAddr>,
    /// Allows an address that other machines can reach.
    pub beyond_loopback: bool,
}

/// `[gateway]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct GatewaySection {
    /// `strict` or `report`.
    pub validation: Validation,
    /// How long a register may take.
    pub register_timeout_seconds: u64,
    /// Octets of an answer that stay in memory; longer ones go into a sealed temporary file.
    pub answer_memory_bytes: usize,
    /// Octets of the longest answer of a register that is taken.
    pub longest_answer_bytes: usize,
    /// Language of texts that have room for one only.
    pub language: TextLanguage,
}

/// `[signer]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignerSection {
    /// PEM: the certificate, with its chain if wanted.
    pub certificate: PathBuf,
    /// PEM: the private key.
    pub key: PathBuf,
    /// How signatures look.
    #[serde(default)]
    pub profile: SignatureProfile,
}

/// The two kinds of signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SignatureProfile {
    /// SHA-256 and exclusive canonical form.
    #[default]
    Default,
    /// As RegiX signs.
    Legacy,
}

/// `[sts]`: the service that issues tokens about consumers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StsSection {
    /// PEM: its signing certificates, not those of an authority.
    pub certificates: Vec<PathBuf>,
    /// What `Issuer` of a token must say, one of these; empty for anything.
    #[serde(default)]
    pub issuers: Vec<String>,
    /// For whom a token must be meant, one of these; empty for anybody.
    #[serde(default)]
    pub audiences: Vec<String>,
    /// How far its clock and ours may differ.
    #[serde(default = "StsSection::clock_skew")]
    pub clock_skew_seconds: u32,
    /// Whether signatures with SHA-1 are admitted.
    #[serde(default)]
    pub admit_sha1: bool,
}

/// `[deferred]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeferredSection {
    /// Whether asynchronous calls are accepted at all.
    pub accepted: bool,
    /// How long a call may wait for its answer.
    pub answer_within_hours: u64,
    /// How long an answer waits to be fetched.
    pub keep_answers_hours: u64,
    /// How long a register may take for one of these calls.
    pub register_timeout_seconds: u64,
    /// How many unanswered calls one consumer may have.
    pub pending_per_consumer: u32,
    /// How many are executed at the same time, and how many answers are pushed.
    pub at_a_time: usize,
    /// The pause before a call is executed again whose register could not answer; it doubles each time.
    pub retry_execution_seconds: u64,
    /// The pause before an answer is pushed again; it doubles each time, up to an hour.
    pub retry_callback_seconds: u64,
}

/// `[storage]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StorageSection {
    /// Consumers and rights.
    pub registry: PathBuf,
    /// Calls.
    pub journal: PathBuf,
    /// Calls that are answered later.
    pub deferred: PathBuf,
    /// The key that seals what waits there; made when it is missing.
    pub deferred_key: PathBuf,
    /// The key that seals the secret parameters of adapters; made when it is missing.
    pub parameters_key: PathBuf,
    /// The folder for temporary files, in which long answers lie sealed; without it, that of the system.
    pub temporary: Option<PathBuf>,
}

/// `[adapters]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AdaptersSection {
    /// Whether the example packages inside the program are served.
    pub embedded: bool,
    /// Folders of packages; where two have an operation of one name, the later one serves it.
    pub folders: Vec<PathBuf>,
    /// Whether a package is read anew when its files change; without it only at SIGHUP.
    pub watch: bool,
}

/// `[client]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ClientSection {
    /// Base address of the gateway.
    pub url: Option<String>,
    /// PEM: the transport certificate.
    pub certificate: Option<PathBuf>,
    /// PEM: its key.
    pub key: Option<PathBuf>,
    /// PEM: the authority of the gateway's certificate.
    pub ca: Option<PathBuf>,
}

impl Default for ServerSection {
    fn default() -> Self {
        let server = ServerConfig::default();
        ServerSection { listen: server.listen, public_base: None, limits: server.limits }
    }
}

impl Default for AdminSection {
    fn default() -> Self {
        AdminSection { listen: ServerConfig::default().admin_listen, beyond_loopback: false }
    }
}

impl Default for GatewaySection {
    fn default() -> Self {
        GatewaySection {
            validation: Validation::default(),
            register_timeout_seconds: 60,
            answer_memory_bytes: Room::default().memory,
            longest_answer_bytes: Room::default().longest,
            language: TextLanguage::default(),
        }
    }
}

impl StsSection {
    fn clock_skew() -> u32 {
        60
    }
}

impl Default for DeferredSection {
    fn default() -> Self {
        DeferredSection {
            accepted: true,
            answer_within_hours: 72,
            keep_answers_hours: 168,
            register_timeout_seconds: 600,
            pending_per_consumer: 10_000,
            at_a_time: 16,
            retry_execution_seconds: 5,
            retry_callback_seconds: 30,
        }
    }
}

impl Default for StorageSection {
    fn default() -> Self {
        StorageSection {
            registry: "registry.db".into(),
            journal: "journal.db".into(),
            deferred: "deferred.db".into(),
            deferred_key: "deferred.key".into(),
            parameters_key: "parameters.key".into(),
            temporary: None,
        }
    }
}

impl Default for AdaptersSection {
    fn default() -> Self {
        AdaptersSection { embedded: false, folders: Vec::new(), watch: true }
    }
}

impl Config {
    /// The file that the command means: `--config`, `$KAPIA_CONFIG`, `./kapia.toml`, `./kapia-demo/kapia.toml`.
    pub fn locate(option: Option<&Path>) -> Result<PathBuf, Failure> {
        if let Some(file) = option {
            return Ok(file.to_owned());
        }
        if let Some(file) = std::env::var_os("KAPIA_CONFIG").filter(|file| !file.is_empty()) {
            return Ok(file.into());
        }
        let usual = ["kapia.toml", "kapia-demo/kapia.toml"].map(PathBuf::from);
        let found = usual.into_iter().find(|file| file.is_file());
        found.ok_or_else(|| Failure::usage(text::no_config(), text::no_config_hint()))
    }

    /// Reads a file.
    pub fn read(file: &Path) -> Result<Config, Failure> {
        let shown = file.display().to_string();
        let written = std::fs::read_to_string(file)
            .map_err(|error| Failure::usage(text::unreadable(&shown, error), text::unreadable_hint()))?;
        let mut config = Config::parse(&written, &shown)?;
        config.file = file.to_owned();
        let folder = file.parent().unwrap_or(Path::new(""));
        config.paths().into_iter().for_each(|path| *path = folder.join(&path));
        config.portal.iter_mut().for_each(|portal| portal.resolve_sites(folder));
        Ok(config)
    }

    /// What the server needs to know.
    pub fn server(&self) -> ServerConfig {
        ServerConfig {
            listen: self.server.listen.clone(),
            admin_listen: self.admin.listen,
            admin_beyond_loopback: self.admin.beyond_loopback,
            // Consumers never come without TLS.
            plain_listen: Vec::new(),
            tls: self.tls.clone(),
            proxies: self.proxy.clone(),
            service_bus: self.service_bus.clone(),
            further: Portal::listeners(self),
            limits: self.server.limits.clone(),
        }
    }

    fn parse(written: &str, file: &str) -> Result<Config, Failure> {
        toml::from_str(written).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start).min(written.len());
            let line = written.as_bytes()[..offset].iter().filter(|octet| **octet == b'\n').count() + 1;
            let message = error.message().trim_end_matches('.').replace('\n', ", ");
            // The hint names what is known; once is enough.
            let cause = message.split(", expected one of").next().unwrap_or_default();
            Failure::usage(text::config_line(file, line, cause), hint_for(&message))
        })
    }

    fn paths(&mut self) -> Vec<&mut PathBuf> {
        let Config { tls, proxy, service_bus, sts, signer, callbacks, storage, adapters, client, portal, .. } = self;
        let mut paths = vec![&mut tls.certificate, &mut tls.key, &mut storage.registry, &mut storage.journal];
        paths.extend([&mut storage.deferred, &mut storage.deferred_key, &mut storage.parameters_key]);
        paths.extend(storage.temporary.iter_mut());
        if let Some(callbacks) = callbacks {
            paths.extend(callbacks.authorities.iter_mut());
            paths.extend([&mut callbacks.certificate, &mut callbacks.key].into_iter().flatten());
        }
        paths.extend(proxy.iter_mut().flat_map(|proxy| proxy.certificates.iter_mut()));
        paths.extend(service_bus.iter_mut().flat_map(|bus| bus.certificates.iter_mut()));
        paths.extend(sts.iter_mut().flat_map(|sts| sts.certificates.iter_mut()));
        paths.extend(tls.client_authorities.iter_mut());
        paths.extend(tls.revocation_lists.iter_mut());
        paths.extend(signer.iter_mut().flat_map(|signer| [&mut signer.certificate, &mut signer.key]));
        paths.extend(adapters.folders.iter_mut());
        paths.extend(portal.iter_mut().flat_map(PortalSection::paths));
        paths.extend([&mut client.certificate, &mut client.key, &mut client.ca].into_iter().flatten());
        paths
    }
}

/// For an unknown key the known one that looks like it; serde names all that are known.
fn hint_for(message: &str) -> kapia_soap::Bilingual {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((wanted, known)) if message.starts_with("unknown") => {
            match near_names(wanted, known.iter().copied()).first() {
                Some(near) => text::did_you_mean(near),
                None => text::config_keys_hint(known.join(", ")),
            }
        }
        _ => text::config_form_hint(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn told(written: &str) -> String {
        Config::parse(written, "kapia.toml").unwrap_err().told(Language::En, false)
    }

    #[test]
    fn a_mistake_is_told_with_its_line_and_the_key_that_was_meant() {
        let told = told("[server]\nlisten = [\"127.0.0.1:8443\"]\n\n[gateway]\nvalidaton = \"strict\"\n");
        assert!(told.starts_with("error: kapia.toml:5: unknown field `validaton`"), "{told}");
        assert!(told.ends_with("hint: did you mean validation\n"), "{told}");
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_told_with_its_line() {
        let told = told("[gateway]\nregister_timeout_seconds = \"long\"\n");
        assert!(told.starts_with("error: kapia.toml:2: invalid type"), "{told}");
    }

    #[test]
    fn every_file_in_the_operators_book_is_read() {
        let book = include_str!("../../../docs/operators.md");
        let files: Vec<&str> =
            book.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
        assert!(files.len() >= 3);
        for file in files {
            Config::parse(file, "operators.md")
                .unwrap_or_else(|failure| panic!("{}", failure.told(Language::En, false)));
        }
    }

    #[test]
    fn the_files_of_proxies_bus_and_issuer_are_relative_to_the_file_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kapia.toml");
        let written = "[[proxy]]\naddresses = [\"10.0.0.0/8\"]\ncertificates = [\"p.pem\"]\n[sts]\ncertificates = [\"s.pem\"]\n\
                       [service_bus]\nlisten = [\"127.0.0.1:0\"]\ncertificates = [\"b.pem\"]\n";
        std::fs::write(&file, written).unwrap();
        let config = Config::read(&file).unwrap();
        assert_eq!(config.server().proxies[0].certificates, [folder.path().join("p.pem")]);
        assert_eq!(config.server().service_bus.unwrap().certificates, [folder.path().join("b.pem")]);
        assert_eq!(config.sts.unwrap().certificates, [folder.path().join("s.pem")]);
    }

    #[test]
    fn a_network_that_means_everybody_is_told_with_its_line() {
        let told = told("[[proxy]]\naddresses = [\"0.0.0.0/0\"]\n");
        assert!(told.starts_with("error: kapia.toml:2: a network of every address trusts everybody"), "{told}");
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kapia.toml");
        std::fs::write(&file, "[storage]\nregistry = \"data/r.db\"\n[adapters]\nfolders = [\"/srv/a\", \"b\"]\n")
            .unwrap();
        let config = Config::read(&file).unwrap();
        assert_eq!(config.storage.registry, folder.path().join("data/r.db"));
        assert_eq!(config.tls.certificate, folder.path().join("certs/server.pem"));
        assert_eq!(config.adapters.folders, [PathBuf::from("/srv/a"), folder.path().join("b")]);
    }
}
