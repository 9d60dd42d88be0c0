//! The main site, and the sites of single administrations: names, templates and files of their own.

use crate::assets::{self, Asset};
use crate::config::{self, PagesConfig, PagesError, SiteConfig};
use crate::contrast;
use crate::engine::Engine;
use crate::frame::{Around, Contact};
use crate::reply::Ask;
use crate::specimen;
use crate::text::say;
use crate::view::service;
use arc_swap::ArcSwap;
use kapia_language::Language;
use kapia_records::{Eik, Environment};
use minijinja::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file of a site, and all its files together, in octets.
const LARGEST: u64 = 4 << 20;
const ALL: u64 = 32 << 20;
/// The largest template.
const LONGEST_TEMPLATE: u64 = 1 << 20;

/// What files of a site may be, by the end of their names.
const KINDS: [(&str, &str); 13] = [
    ("css", "text/css; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("ico", "image/x-icon"),
    ("woff2", "font/woff2"),
    ("pdf", "application/pdf"),
    ("txt", "text/plain; charset=utf-8"),
    ("webmanifest", "application/manifest+json"),
];

/// A site.
pub(crate) struct Site {
    /// Its host name; none for the main site, which has all other names.
    pub host: Option<String>,
    /// The administration whose site it is.
    pub supplier: Option<Eik>,
    /// The language of readers who prefer neither.
    pub language: Language,
    /// Whether search engines are to leave it alone.
    pub noindex: bool,
    titles: [Option<String>; 2],
    base: Option<String>,
    contact: Option<Contact>,
    folder: Option<PathBuf>,
    dress: ArcSwap<Dress>,
}

/// Templates and files, replaced together.
pub(crate) struct Dress {
    engine: Engine,
    files: BTreeMap<String, Asset>,
    problems: Vec<String>,
}

impl Site {
    /// The site with everything.
    pub fn main(config: &PagesConfig, environment: Environment) -> Result<Site, PagesError> {
        Ok(Site {
            host: None,
            supplier: None,
            language: config.language.into(),
            noindex: environment == Environment::Staging,
            titles: [None, None],
            base: config.base.as_deref().map(config::base).transpose()?,
            contact: config.contact.as_deref().and_then(contact),
            folder: None,
            dress: ArcSwap::from_pointee(Dress::of(None)),
        })
    }

    /// The site of one administration.
    pub fn of(config: &SiteConfig, pages: &PagesConfig, environment: Environment) -> Result<Site, PagesError> {
        let host = config::host_name(&config.host);
        if !config::sane_authority(&host) || host != config.host.to_ascii_lowercase() {
            return Err(PagesError::Host(config.host.clone()));
        }
        let supplier = Eik::parse(&config.supplier).map_err(|_| PagesError::Supplier(config.host.clone()))?;
        let base = config.base.as_deref().map(config::base).transpose()?;
        Ok(Site {
            base: Some(base.unwrap_or_else(|| format!("https://{host}"))),
            host: Some(host),
            supplier: Some(supplier),
            language: config.language.into(),
            noindex: environment == Environment::Staging,
            titles: [config.title_en.clone(), config.title_bg.clone()],
            contact: pages.contact.as_deref().and_then(contact),
            dress: ArcSwap::from_pointee(Dress::of(config.templates.as_deref())),
            folder: config.templates.clone(),
        })
    }

    /// Reads templates and files anew.
    pub fn reload(&self) {
        if self.folder.is_some() {
            self.dress.store(Arc::new(Dress::of(self.folder.as_deref())));
        }
    }

    /// What is wrong with its templates and files, in words for an operator.
    pub fn problems(&self) -> Vec<String> {
        let name = self.host.as_deref().unwrap_or_default();
        self.dress.load().problems.iter().map(|problem| format!("site {name}: {problem}")).collect()
    }

    /// Scheme and host for absolute addresses; none if nobody said one that can be believed.
    pub fn base(&self, ask: &Ask<'_>) -> Option<String> {
        let asked = || ask.host.filter(|host| config::sane_authority(host)).map(|host| format!("https://{host}"));
        self.base.clone().or_else(asked)
    }

    /// What the site is called, if it says so itself.
    pub fn title(&self, language: Language) -> Option<String> {
        let [english, bulgarian] = &self.titles;
        language.pick(english.as_ref().or(bulgarian.as_ref()), bulgarian.as_ref().or(english.as_ref())).cloned()
    }

    /// A file of the site.
    pub fn file<T>(&self, name: &str, read: impl FnOnce(&Asset) -> T) -> Option<T> {
        self.dress.load().files.get(name).map(read)
    }

    /// The site as templates see it.
    pub fn around(&self, language: Language, administration: Option<String>) -> Around {
        let dress = self.dress.load();
        let address = |name: &str| {
            dress.files.get(name).map(|file| format!("/site/{name}?v={}", file.tag.get(..12).unwrap_or_default()))
        };
        let logo = ["logo.svg", "logo.png", "logo.webp"].into_iter().find_map(address);
        let icon = address("icon.svg").unwrap_or_else(|| assets::address("mark.svg"));
        Around {
            title: self.title(language).or(administration).unwrap_or_else(|| say("site-name", language, &[])),
            home: format!("/{}", crate::record::code(language)),
            own_logo: logo.is_some(),
            logo: logo.unwrap_or_else(|| icon.clone()),
            icon,
            style: assets::address("style.css"),
            own_style: address("site.css"),
            contact: self.contact.clone(),
            supplier: self.supplier.as_ref().map(ToString::to_string),
        }
    }

    /// A page. If a template of the site fails with a real record, that of the program serves, and the log says so.
    pub fn render(&self, name: &str, context: &Value) -> Result<String, String> {
        let dress = self.dress.load();
        let broken = match dress.engine.render(name, context.clone()) {
            Ok(page) => return Ok(page),
            Err(broken) => broken,
        };
        let host = self.host.as_deref().unwrap_or_default();
        let line = broken.line.unwrap_or_default();
        tracing::error!(site = host, template = broken.name, line, reason = broken.reason, "a template failed");
        if self.folder.is_none() {
            return Err(broken.reason);
        }
        Engine::ours().render(name, context.clone()).map_err(|broken| broken.reason)
    }
}

impl Dress {
    fn of(folder: Option<&Path>) -> Dress {
        let Some(folder) = folder else {
            return Dress { engine: Engine::ours(), files: BTreeMap::new(), problems: Vec::new() };
        };
        let mut problems = Vec::new();
        let templates = templates(folder, &mut problems);
        let files = files(&folder.join("static"), &mut problems);
        let (engine, broken) = Engine::of_site(templates, &specimen::contexts());
        for broken in broken {
            let line = broken.line.map(|line| format!(":{line}")).unwrap_or_default();
            problems.push(format!(
                "{}{line}: {}; hint: the template of the program serves instead",
                broken.name, broken.reason
            ));
        }
        if let Some(css) = files.get("site.css").and_then(|file| std::str::from_utf8(&file.body).ok()) {
            let unreadable = contrast::unreadable(&[assets::STYLE, css]);
            problems.extend(
                unreadable
                    .into_iter()
                    .map(|pair| format!("static/site.css: {pair}; hint: some readers will not see it")),
            );
        }
        Dress { engine, files, problems }
    }
}

/// The templates that lie in the folder itself.
fn templates(folder: &Path, problems: &mut Vec<String>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, path) in entries(folder, problems) {
        if !name.ends_with(".html") || !is_plain_file(&path, &name, problems) {
            continue;
        }
        match read(&path, LONGEST_TEMPLATE)
            .and_then(|octets| String::from_utf8(octets).map_err(|_| "it is not UTF-8".to_owned()))
        {
            Ok(source) => {
                found.insert(name, source);
            }
            Err(reason) => problems.push(format!("{name}: {reason}")),
        }
    }
    found
}

/// The files below a folder, by their paths; what is not a plain file of a known kind is named and left out.
fn files(folder: &Path, problems: &mut Vec<String>) -> BTreeMap<String, Asset> {
    let mut found = BTreeMap::new();
    let mut left = ALL;
    let mut folders = vec![(String::new(), folder.to_owned(), 0_u32)];
    while let Some((prefix, folder, depth)) = folders.pop() {
        if prefix.is_empty() && !folder.exists() {
            break;
        }
        for (name, path) in entries(&folder, problems) {
            let full = format!("{prefix}{name}");
            if !name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet))
                || name.starts_with('.')
            {
                problems.push(format!(
                    "static/{full}: left out; hint: names are of Latin letters, digits, dots and hyphens"
                ));
                continue;
            }
            if path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
                if depth < 4 {
                    folders.push((format!("{full}/"), path, depth + 1));
                }
                continue;
            }
            if !is_plain_file(&path, &format!("static/{full}"), problems) {
                continue;
            }
            let end = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            let Some((_, content_type)) = KINDS.iter().find(|(known, _)| *known == end) else {
                problems.push(format!("static/{full}: left out; hint: files of this kind are not served"));
                continue;
            };
            match read(&path, LARGEST.min(left)) {
                Ok(octets) => {
                    left -= octets.len() as u64;
                    found.insert(full, Asset::new(content_type, octets));
                }
                Err(reason) => problems.push(format!("static/{full}: {reason}")),
            }
        }
    }
    found
}

fn entries(folder: &Path, problems: &mut Vec<String>) -> Vec<(String, PathBuf)> {
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            let mut names: Vec<(String, PathBuf)> = entries
                .filter_map(Result::ok)
                .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
                .collect();
            names.sort();
            names
        }
        Err(error) => {
            problems.push(format!("the folder cannot be read: {}", error.kind()));
            Vec::new()
        }
    }
}

/// A link could lead out of the folder.
fn is_plain_file(path: &Path, name: &str, problems: &mut Vec<String>) -> bool {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_file() => true,
        Ok(metadata) if metadata.is_dir() => false,
        _ => {
            problems.push(format!("{name}: left out; hint: it is a link or no file"));
            false
        }
    }
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let size = path.metadata().map_err(|error| error.kind().to_string())?.len();
    if size > most {
        return Err(format!("left out, as it has {size} octets and {most} are admitted"));
    }
    std::fs::read(path).map_err(|error| format!("cannot be read: {}", error.kind()))
}

fn contact(text: &str) -> Option<Contact> {
    service::address(text).map(|href| Contact { href, text: text.trim_start_matches("mailto:").to_owned() })
}
