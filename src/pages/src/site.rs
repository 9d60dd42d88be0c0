//! The main site, and the sites of single administrations: names, templates and files of their own.

use crate::assets::{self, Asset};
use crate::config::{self, PagesConfig, PagesError, SiteConfig};
use crate::contrast;
use crate::engine::{Broken, Engine};
use crate::frame::{Around, Contact};
use crate::problem::{SiteProblem, Trouble};
use crate::reply::Ask;
use crate::route::Place;
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
    /// The path before all its addresses; empty, or with a slash at the beginning and none at the end.
    prefix: String,
    contact: Option<Contact>,
    folder: Option<PathBuf>,
    dress: ArcSwap<Dress>,
}

/// Templates and files, replaced together.
pub(crate) struct Dress {
    engine: Engine,
    files: BTreeMap<String, Asset>,
    problems: Vec<Problem>,
}

/// What is wrong, and where; a folder has no name.
struct Problem {
    file: String,
    line: Option<usize>,
    trouble: Trouble,
}

impl Problem {
    fn of(file: impl Into<String>, trouble: Trouble) -> Problem {
        Problem { file: file.into(), line: None, trouble }
    }
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
            prefix: config::prefix(&config.prefix)?,
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
            prefix: config::prefix(config.prefix.as_deref().unwrap_or(&pages.prefix))?,
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

    /// What is wrong with its templates and files.
    pub fn problems(&self) -> Vec<SiteProblem> {
        let host = self.host.as_deref().unwrap_or_default();
        let told = |problem: &Problem| SiteProblem::new(host, &problem.file, problem.line, problem.trouble.clone());
        self.dress.load().problems.iter().map(told).collect()
    }

    /// Scheme and host, before which absolute addresses stand; none if nobody said one that can be believed.
    pub fn base(&self, ask: &Ask<'_>) -> Option<String> {
        let asked = || ask.host.filter(|host| config::sane_authority(host)).map(|host| format!("https://{host}"));
        self.base.clone().or_else(asked)
    }

    /// The address of a page, from the root of the host on.
    pub fn address(&self, place: &Place, language: Language) -> String {
        self.below(&place.address(language))
    }

    /// The same of a path of ours.
    pub fn below(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
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
            let path = |file: &Asset| format!("/site/{name}?v={}", file.tag.get(..12).unwrap_or_default());
            dress.files.get(name).map(|file| self.below(&path(file)))
        };
        let logo = ["logo.svg", "logo.png", "logo.webp"].into_iter().find_map(address);
        let icon = address("icon.svg").unwrap_or_else(|| self.below(&assets::address("mark.svg")));
        Around {
            title: self.title(language).or(administration).unwrap_or_else(|| say("site-name", language, &[])),
            home: self.address(&Place::Home, language),
            root: self.prefix.clone(),
            own_logo: logo.is_some(),
            logo: logo.unwrap_or_else(|| icon.clone()),
            icon,
            style: self.below(&assets::address("style.css")),
            own_style: address("site.css"),
            contact: self.contact.clone(),
            supplier: self.supplier.as_ref().map(ToString::to_string),
        }
    }

    /// A page. If a template of the site fails with a real record, that of the program serves; none if that fails too. The log
    /// says so.
    pub fn render(&self, name: &str, context: &Value) -> Option<String> {
        let dress = self.dress.load();
        let tell = |Broken { name, line, trouble }| {
            let told = SiteProblem::new(self.host.as_deref().unwrap_or_default(), &name, line, trouble);
            tracing::error!(code = told.code(), "{told}");
        };
        let page = dress.engine.render(name, context.clone()).map_err(tell).ok();
        match &self.folder {
            Some(_) => page.or_else(|| Engine::ours().render(name, context.clone()).map_err(tell).ok()),
            None => page,
        }
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
        problems.extend(broken.into_iter().map(|Broken { name, line, trouble }| Problem { file: name, line, trouble }));
        if let Some(css) = files.get("site.css").and_then(|file| std::str::from_utf8(&file.body).ok()) {
            let faint = contrast::unreadable(&[assets::STYLE, css]).into_iter().map(Trouble::Contrast);
            problems.extend(faint.map(|trouble| Problem::of("static/site.css", trouble)));
        }
        Dress { engine, files, problems }
    }
}

/// The templates that lie in the folder itself.
fn templates(folder: &Path, problems: &mut Vec<Problem>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, path) in entries(folder, "", problems) {
        if !name.ends_with(".html") || !is_plain_file(&path, &name, problems) {
            continue;
        }
        let source = read(&path, LONGEST_TEMPLATE);
        match source.and_then(|octets| String::from_utf8(octets).map_err(|_| Trouble::Encoding)) {
            Ok(source) => {
                found.insert(name, source);
            }
            Err(trouble) => problems.push(Problem::of(name, trouble)),
        }
    }
    found
}

/// The files below a folder, by their paths; what is not a plain file of a known kind is named and left out.
fn files(folder: &Path, problems: &mut Vec<Problem>) -> BTreeMap<String, Asset> {
    let mut found = BTreeMap::new();
    let mut left = ALL;
    let mut folders = vec![(String::new(), folder.to_owned(), 0_u32)];
    while let Some((prefix, folder, depth)) = folders.pop() {
        if prefix.is_empty() && !folder.exists() {
            break;
        }
        for (name, path) in entries(&folder, format!("static/{prefix}").trim_end_matches('/'), problems) {
            let full = format!("{prefix}{name}");
            if !name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet))
                || name.starts_with('.')
            {
                problems.push(Problem::of(format!("static/{full}"), Trouble::Name));
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
                problems.push(Problem::of(format!("static/{full}"), Trouble::Kind));
                continue;
            };
            match read(&path, LARGEST.min(left)) {
                Ok(octets) => {
                    left -= octets.len() as u64;
                    found.insert(full, Asset::new(content_type, octets));
                }
                Err(trouble) => problems.push(Problem::of(format!("static/{full}"), trouble)),
            }
        }
    }
    found
}

fn entries(folder: &Path, shown: &str, problems: &mut Vec<Problem>) -> Vec<(String, PathBuf)> {
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
            problems.push(Problem::of(shown, Trouble::Folder(error.kind())));
            Vec::new()
        }
    }
}

/// A link could lead out of the folder.
fn is_plain_file(path: &Path, name: &str, problems: &mut Vec<Problem>) -> bool {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_file() => true,
        Ok(metadata) if metadata.is_dir() => false,
        _ => {
            problems.push(Problem::of(name, Trouble::Link));
            false
        }
    }
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, Trouble> {
    let unreadable = |error: std::io::Error| Trouble::Unreadable(error.kind());
    let octets = path.metadata().map_err(unreadable)?.len();
    if octets > most { Err(Trouble::Large { octets, most }) } else { std::fs::read(path).map_err(unreadable) }
}

fn contact(text: &str) -> Option<Contact> {
    service::address(text).map(|href| Contact { href, text: text.trim_start_matches("mailto:").to_owned() })
}
