//! What an operator says about the pages, in `kapia.toml`.

use crate::text::ERRORS;
use kapia_language::Language;
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};

/// `[portal.pages]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PagesConfig {
    /// Whether pages are served at all.
    pub enabled: bool,
    /// Scheme and host for absolute addresses; without it those of the request.
    pub base: Option<String>,
    /// The path before all addresses that a proxy takes away before it asks, such as `/portal`; empty if there is none.
    pub prefix: String,
    /// The language of readers whose browser prefers neither.
    pub language: PageLanguage,
    /// Services on one page of a list, 1 to 100.
    pub page_size: u32,
    /// A mail or web address for the foot of every page.
    pub contact: Option<String>,
}

impl Default for PagesConfig {
    fn default() -> PagesConfig {
        PagesConfig {
            enabled: true,
            base: None,
            prefix: String::new(),
            language: PageLanguage::Bg,
            page_size: 20,
            contact: None,
        }
    }
}

impl PagesConfig {
    /// The same below a path, which whoever asks takes away too.
    pub fn below(mut self, path: &str) -> PagesConfig {
        self.prefix = joined(&self.prefix, path);
        self
    }
}

/// `[portal.facade]`: the JSON that other central systems read (horizontal-systems §1.1).
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FacadeConfig {
    /// Whether it is served at all.
    pub enabled: bool,
    /// Whether everybody may read it; otherwise only holders of a token.
    pub open: bool,
    /// SHA-256 digests of bearer tokens, `sha256:` and 64 hexadecimal digits.
    pub tokens: Vec<String>,
}

impl Default for FacadeConfig {
    fn default() -> FacadeConfig {
        FacadeConfig { enabled: true, open: false, tokens: Vec::new() }
    }
}

/// `[[portal.site]]`: the pages of one administration under a host name of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteConfig {
    /// The host name, without a port.
    pub host: String,
    /// The EIK of the administration.
    pub supplier: String,
    /// The folder of its templates, with a folder `static` for its files.
    #[serde(default)]
    pub templates: Option<PathBuf>,
    /// Scheme and host for absolute addresses; `https://` and the host name without it.
    #[serde(default)]
    pub base: Option<String>,
    /// The path before all addresses that a proxy takes away before it asks; without it that of all pages.
    #[serde(default)]
    pub prefix: Option<String>,
    /// What the site is called; the administration's title without it.
    #[serde(default)]
    pub title_bg: Option<String>,
    /// The same in English.
    #[serde(default)]
    pub title_en: Option<String>,
    /// The language of readers whose browser prefers neither.
    #[serde(default)]
    pub language: PageLanguage,
}

impl SiteConfig {
    /// Makes a relative folder one below `folder`.
    pub fn resolve(&mut self, folder: &Path) {
        if let Some(templates) = &mut self.templates {
            *templates = folder.join(&*templates);
        }
    }

    /// The same below a path, which whoever asks takes away too.
    pub fn below(mut self, path: &str) -> SiteConfig {
        self.prefix = self.prefix.map(|prefix| joined(&prefix, path));
        self
    }
}

/// `bg` or `en`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageLanguage {
    /// Bulgarian.
    #[default]
    Bg,
    /// English.
    En,
}

impl From<PageLanguage> for Language {
    fn from(language: PageLanguage) -> Language {
        match language {
            PageLanguage::Bg => Language::Bulgarian,
            PageLanguage::En => Language::English,
        }
    }
}

/// Configuration that cannot be meant.
#[derive(Debug, PartialEq, Eq)]
pub enum PagesError {
    /// A host name of a site.
    Host(String),
    /// Two sites with one name.
    HostTwice(String),
    /// An EIK of the site with this host.
    Supplier(String),
    /// An address for absolute links.
    Base(String),
    /// A path before all addresses.
    Prefix(String),
    /// A token of the façade by its place in the list; the wrong value is not repeated, it may be the token itself.
    Token(usize),
}

impl PagesError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Host(_) => "site-host",
            Self::HostTwice(_) => "site-host-twice",
            Self::Supplier(_) => "site-supplier",
            Self::Base(_) => "pages-base",
            Self::Prefix(_) => "pages-prefix",
            Self::Token(_) => "facade-token",
        }
    }

    /// The cause.
    pub fn message(&self, language: Language) -> String {
        ERRORS.message(self.code(), language, &[("value", &self.value())])
    }

    /// What to do.
    pub fn hint(&self, language: Language) -> String {
        ERRORS.hint(self.code(), language, &[])
    }

    fn value(&self) -> String {
        match self {
            Self::Host(value)
            | Self::HostTwice(value)
            | Self::Supplier(value)
            | Self::Base(value)
            | Self::Prefix(value) => value.clone(),
            Self::Token(place) => place.to_string(),
        }
    }
}

impl fmt::Display for PagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; hint: {}", self.message(Language::English), self.hint(Language::English))
    }
}

impl std::error::Error for PagesError {}

/// A base without a slash at its end, if it is one.
pub(crate) fn base(text: &str) -> Result<String, PagesError> {
    let trimmed = text.trim_end_matches('/');
    let rest = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    match rest {
        Some(authority) if sane_authority(authority) => Ok(trimmed.to_owned()),
        _ => Err(PagesError::Base(text.to_owned())),
    }
}

/// A path before all addresses without a slash at its end, if it is one: empty, or names of letters, digits, `-`, `.`, `_`, `~`.
pub(crate) fn prefix(text: &str) -> Result<String, PagesError> {
    let trimmed = text.trim_end_matches('/');
    let plain = |name: &str| {
        !matches!(name, "" | "." | "..")
            && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._~".contains(&octet))
    };
    let sane = trimmed.is_empty() || trimmed.strip_prefix('/').is_some_and(|names| names.split('/').all(plain));
    if sane && trimmed.len() <= 200 { Ok(trimmed.to_owned()) } else { Err(PagesError::Prefix(text.to_owned())) }
}

fn joined(prefix: &str, path: &str) -> String {
    format!("{}{path}", prefix.trim_end_matches('/'))
}

/// Whether it is host and perhaps port, of the characters that these have.
pub(crate) fn sane_authority(authority: &str) -> bool {
    (1..=255).contains(&authority.len())
        && authority.bytes().all(|octet| octet.is_ascii_alphanumeric() || b".-:[]".contains(&octet))
}

/// A host name in the form in which it is compared: lower case, without port and final dot.
pub(crate) fn host_name(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => name,
        _ => host,
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}
