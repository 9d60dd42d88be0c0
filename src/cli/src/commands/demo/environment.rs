//! The folder of a demo: certificates, configuration, a registered consumer, files to try things with.

use crate::argument::Argument;
use crate::commands::consumer::new_certificate;
use crate::config::Config;
use crate::failure::Failure;
use crate::running::actor;
use crate::session::Session;
use crate::subject::read_certificate;
use crate::text;
use kapia_adapter::{Catalogue, Operation};
use kapia_pki::{ExampleAuthority, Names};
use kapia_registry::{
    ConsumerName, FieldPattern, NewConsumer, Oid, OperationName, Period, Registry, SubjectName, Synced,
};
use kapia_regix::EntryPoint;
use kapia_regix::consumer::Request;
use kapia_soap::Version;
use kapia_xml::{Document, Limits};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

/// The operation of the first call.
pub(super) const OPERATION: &str = "ValidPersonSearch";
/// The name of the demo consumer.
const CONSUMER: &str = "demo";
/// What the audit of the registry says about it.
const COMMENT: &str = "kapia demo";
/// The port of a new configuration.
const PORT: u16 = 8443;
const CONFIG: &str = include_str!("../../../demo/kapia.toml");
const CLIENT: &str = include_str!("../../../demo/client.py");

/// A folder in which everything is ready to start.
pub(super) struct Environment {
    pub(super) folder: PathBuf,
    /// The configuration, with what the command line changes.
    pub config: Config,
    /// Folders of packages from the command line that the configuration does not name.
    pub folders: Vec<PathBuf>,
    /// How many certificates were made now.
    made: usize,
}

impl Environment {
    /// Makes what is missing.
    pub fn prepare(folder: &Path, port: Option<u16>, adapters: &[PathBuf]) -> Result<Environment, Failure> {
        let adapters = adapters.iter().map(|folder| absolute(folder)).collect::<Result<Vec<_>, _>>()?;
        let authority = ExampleAuthority::create(folder, &Names::default(), OffsetDateTime::now_utc())?;
        let file = folder.join("kapia.toml");
        if !file.exists() {
            write(&file, &new_config(port.filter(|port| *port != 0).unwrap_or(PORT), &adapters))?;
        }
        let mut config = Config::read(&file)?;
        if let Some(port) = port {
            let ip = config.server.listen.first().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), SocketAddr::ip);
            config.server.listen = vec![(ip, port).into()];
            config.admin.listen = config.admin.listen.map(|admin| (admin.ip(), beside(port)).into());
        }
        let known = |folder: &&PathBuf| config.adapters.folders.iter().any(|known| same(known, folder));
        let folders = adapters.iter().filter(|folder| !known(folder)).cloned().collect();
        Ok(Environment { folder: folder.to_owned(), config, folders, made: authority.made.len() })
    }

    /// A file of the folder `certs`, by its name without `.pem`.
    pub fn certificate(&self, name: &str) -> PathBuf {
        self.folder.join("certs").join(format!("{name}.pem"))
    }

    /// Registers the consumer if its certificate is not registered, and allows it what was not known before; whether it
    /// was registered now. Rights that a person has changed since then stay changed.
    pub fn register(&self, registry: &Registry, synced: &Synced) -> Result<bool, Failure> {
        let file = self.certificate("consumer");
        let own = read_certificate(&file)?.thumbprints;
        let admin = registry.admin(actor());
        let name = ConsumerName::parse(CONSUMER)?;
        let registered = registry.consumers()?.into_iter().find(|consumer| consumer.name == name);
        let with_this = registered
            .as_ref()
            .is_some_and(|consumer| consumer.certificates.iter().any(|certificate| certificate.sha256 == own.sha256));
        if with_this {
            if synced.added.is_empty() {
                return Ok(false);
            }
            if has_everything(registry, &name, &synced.added)? {
                admin.grant_everything(&name, COMMENT)?;
                return Ok(false);
            }
            let holder = SubjectName::Consumer(name);
            for operation in &synced.added {
                admin.grant(&holder, operation, Period::ALWAYS, COMMENT)?;
                admin.grant_fields(&holder, operation, &[FieldPattern::everything()], COMMENT)?;
            }
            return Ok(false);
        }
        if registered.is_none() {
            let oid = Some(Oid::parse(&Names::default().oid)?);
            let administration = Some("Примерна администрация".to_owned());
            let consumer = NewConsumer { name: name.clone(), oid, administration, period: Period::ALWAYS };
            admin.add_consumer(&consumer, COMMENT)?;
        }
        admin.add_certificate(&name, &new_certificate(&file)?, COMMENT)?;
        admin.grant_everything(&name, COMMENT)?;
        Ok(true)
    }

    /// The argument of the first call: the sample request.
    pub fn argument(&self, operation: &Operation) -> Result<String, Failure> {
        let unusable = || Failure::refused(text::no_sample(&operation.name), text::no_sample_hint());
        let sample = operation.request.sample.as_ref().ok_or_else(unusable)?;
        let document = Document::read(sample.bytes.clone(), &Limits::default()).map_err(|_| unusable())?;
        Ok(Argument::of(&document).write())
    }

    /// Files that the next steps use: a request for curl, a client for Python.
    pub fn write_examples(&self, catalogue: &Catalogue, url: &str) -> Result<(), Failure> {
        let operation = &crate::operations::find(catalogue, OPERATION)?.operation;
        let request = Request {
            entry: EntryPoint::V2,
            version: Version::V11,
            operation: operation.name.as_str(),
            argument: &self.argument(operation)?,
            sign: true,
            later: false,
            law_reason: "curl",
            to: url,
        };
        for (name, content) in [("request.xml", request.envelope()), ("client.py", CLIENT.to_owned())] {
            let file = self.folder.join(name);
            if !file.exists() {
                write(&file, &content)?;
            }
        }
        Ok(())
    }

    /// The folder, and what of it is new.
    pub fn shown_made(&self, session: &Session) -> String {
        let folder = self.folder.display();
        session.pick(match self.made {
            0 => text::demo_made_none(folder),
            made => text::demo_made(folder, made),
        })
    }

    /// What can be typed in another terminal.
    pub fn next_steps(&self, session: &Session, url: &str, portal: bool) -> String {
        let program = std::env::args().next().unwrap_or_else(|| "kapia".to_owned());
        // The commands find the folder of that name by themselves.
        let found = Config::locate(None).is_ok_and(|file| same(&file, &self.config.file));
        let kapia = match found {
            true => program,
            false => format!("{program} --config {}", quoted(&self.config.file)),
        };
        let certificate = |name| quoted(&self.certificate(name));
        let (ca, consumer, key) = (certificate("ca"), certificate("consumer"), certificate("consumer-key"));
        let (stranger, stranger_key) = (certificate("stranger"), certificate("stranger-key"));
        let (request, client) = (quoted(&self.folder.join("request.xml")), quoted(&self.folder.join("client.py")));
        let mut out = format!("\n{}\n", session.paint.bold(&session.pick(text::next_title())));
        let portal = if portal { self.portal_steps(&kapia, &ca, url) } else { Vec::new() };
        for (why, command) in [
            (text::next_describe(), format!("{kapia} describe {OPERATION}")),
            (text::next_call(), format!("{kapia} call {OPERATION} --set EGN=7909149958 --sign --explain")),
            (
                text::next_curl(),
                format!(
                    "curl --cacert {ca} --cert {consumer} --key {key} -H 'Content-Type: text/xml; charset=utf-8' \
                     --data-binary @{request} {url}{}",
                    Request::path(EntryPoint::V2, Version::V11)
                ),
            ),
            (text::next_zeep(), format!("python3 {client} {url}")),
            (text::next_stranger(), format!("{kapia} call {OPERATION} --cert {stranger} --key {stranger_key}")),
            (text::next_revoke(), format!("{kapia} grant revoke {CONSUMER} {OPERATION}")),
            (text::next_grant(), format!("{kapia} grant add {CONSUMER} {OPERATION} --field FirstName")),
            (text::next_journal(), format!("{kapia} journal tail && {kapia} journal verify")),
        ]
        .into_iter()
        .chain(portal)
        {
            out.push_str(&format!("  {}\n    {command}\n", session.paint.dim(&format!("# {}", session.pick(why)))));
        }
        out.push_str(&format!("\n{}\n", session.pick(text::next_end())));
        out
    }
}

/// Whether the consumer still has every right to every operation but the new ones.
fn has_everything(registry: &Registry, name: &ConsumerName, added: &[OperationName]) -> Result<bool, Failure> {
    let rights = registry.rights(name)?;
    let known = registry.operations()?.into_iter().map(|operation| operation.name);
    let mut known = known.filter(|operation| !added.contains(operation));
    let everything = FieldPattern::everything();
    let untouched = rights.grants.iter().all(|grant| grant.allowed) && rights.fields.iter().all(|field| field.allowed);
    Ok(untouched
        && known.all(|operation| {
            rights.grants.iter().any(|grant| grant.operation == operation)
                && rights.fields.iter().any(|field| field.operation == operation && field.pattern == everything)
        }))
}

fn new_config(port: u16, adapters: &[PathBuf]) -> String {
    let folders: Vec<String> =
        adapters.iter().map(|folder| toml::Value::String(folder.display().to_string()).to_string()).collect();
    CONFIG
        .replace("{port}", &port.to_string())
        .replace("{admin_port}", &beside(port).to_string())
        .replace("{folders}", &folders.join(", "))
}

/// The port for health and metrics.
fn beside(port: u16) -> u16 {
    if port == 0 { 0 } else { port.checked_add(1).unwrap_or(0) }
}

/// The path from the root, so that commands in other folders find it.
fn absolute(folder: &Path) -> Result<PathBuf, Failure> {
    folder
        .canonicalize()
        .map_err(|error| Failure::usage(text::no_folder(folder.display(), error), text::no_folder_hint()))
}

fn same(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

pub(super) fn write(file: &Path, content: &str) -> Result<(), Failure> {
    std::fs::write(file, content)
        .map_err(|error| Failure::usage(text::unwritable(file.display(), error), text::unwritable_hint()))
}

/// A path that a shell reads as one word.
pub(super) fn quoted(path: &Path) -> String {
    let shown = path.display().to_string();
    let plain = shown.chars().all(|c| c.is_alphanumeric() || "/._-+=:,@".contains(c));
    if plain { shown } else { format!("'{}'", shown.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_configuration_is_a_configuration() {
        let written = new_config(8443, &["/srv/a \"b\"".into()]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kapia.toml");
        std::fs::write(&file, written).unwrap();
        let config = Config::read(&file).unwrap();
        assert_eq!(config.server.listen, ["127.0.0.1:8443".parse().unwrap()]);
        assert_eq!(config.admin.listen, Some("127.0.0.1:8444".parse().unwrap()));
        assert_eq!(config.adapters.folders, [PathBuf::from("/srv/a \"b\"")]);
        assert!(config.adapters.embedded && config.signer.is_some());
    }

    #[test]
    fn a_path_with_a_space_is_one_word_in_a_shell() {
        assert_eq!(quoted(Path::new("a/b.pem")), "a/b.pem");
        assert_eq!(quoted(Path::new("a b/it's")), r"'a b/it'\''s'");
    }
}
