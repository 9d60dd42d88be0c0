//! Addresses: what stands where, in which language.

use kapia_language::Language;
use kapia_records::{Eik, Key, ServiceNumber};

/// What an address means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// A page in a language.
    Page(Language, Place),
    /// A page in the language that the reader prefers.
    Any(Place),
    /// The same address without the slash at its end.
    WithoutSlash,
    /// An address below `/bg` or `/en` that is none.
    Missing(Language),
    /// All services of an administration, for programs.
    Catalogue(Eik),
    /// The map of the site, or the index of its parts.
    Sitemap(Option<u32>),
    /// What robots may read.
    Robots,
    /// A file of ours.
    Asset(String),
    /// A file of the site.
    SiteFile(String),
    /// The JSON of central systems; the rest of the path.
    Facade(String),
}

/// A page, whatever its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Home,
    Services,
    /// A service in all administrations.
    Providers(ServiceNumber),
    Service(Key),
    Versions(Key),
    Version(Key, u64),
    ServiceFragment(Key),
    Administrations,
    Administration(Eik),
    AdministrationFragment(Eik),
    Changes(Eik),
}

impl Route {
    /// The meaning of a path; none if it is not of pages.
    pub fn of(path: &str) -> Option<Route> {
        if !path.starts_with('/') || path.len() > 400 {
            return None;
        }
        let trimmed = path.trim_end_matches('/');
        let steps: Vec<&str> = path.split('/').skip(1).collect();
        let route = match steps.as_slice() {
            [""] => return Some(Route::Any(Place::Home)),
            ["sitemap.xml"] => Route::Sitemap(None),
            ["robots.txt"] => Route::Robots,
            ["favicon.ico"] => Route::Asset("mark.svg".to_owned()),
            ["assets", name] => Route::Asset((*name).to_owned()),
            ["site", ..] => Route::SiteFile(path.get("/site/".len()..)?.to_owned()),
            ["epdeau", ..] => Route::Facade(path.get("/epdeau/".len()..)?.to_owned()),
            ["administrations", eik, "services.json"] => Route::Catalogue(Eik::parse(eik).ok()?),
            [name] if name.starts_with("sitemap-") => {
                let number = name.strip_prefix("sitemap-")?.strip_suffix(".xml")?;
                Route::Sitemap(Some(number.parse().ok().filter(|number| (1..=10_000).contains(number))?))
            }
            [tag @ ("bg" | "en"), rest @ ..] => {
                let language = if *tag == "bg" { Language::Bulgarian } else { Language::English };
                match rest {
                    [.., ""] => Route::WithoutSlash,
                    rest => place(rest).map_or(Route::Missing(language), |place| Route::Page(language, place)),
                }
            }
            [.., ""] => {
                let steps: Vec<&str> = trimmed.split('/').skip(1).collect();
                return place(&steps).map(|_| Route::WithoutSlash);
            }
            rest => Route::Any(place(rest)?),
        };
        Some(route)
    }
}

fn place(steps: &[&str]) -> Option<Place> {
    let key = |eik: &str, number: &str| {
        Some(Key { supplier: Eik::parse(eik).ok()?, service: ServiceNumber::parse(number).ok()? })
    };
    Some(match steps {
        [] => Place::Home,
        ["services"] => Place::Services,
        ["services", number] => Place::Providers(ServiceNumber::parse(number).ok()?),
        ["services", eik, number] => Place::Service(key(eik, number)?),
        ["services", eik, number, "fragment"] => Place::ServiceFragment(key(eik, number)?),
        ["services", eik, number, "versions"] => Place::Versions(key(eik, number)?),
        ["services", eik, number, "versions", version] => Place::Version(key(eik, number)?, plain_number(version)?),
        ["administrations"] => Place::Administrations,
        ["administrations", eik] => Place::Administration(Eik::parse(eik).ok()?),
        ["administrations", eik, "fragment"] => Place::AdministrationFragment(Eik::parse(eik).ok()?),
        ["administrations", eik, "changes.atom"] => Place::Changes(Eik::parse(eik).ok()?),
        _ => return None,
    })
}

/// One number has one address.
fn plain_number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

impl Place {
    /// The path below the language, with its slash; empty for the first page.
    pub fn path(&self) -> String {
        let service = |key: &Key| format!("/services/{}/{}", key.supplier, key.service);
        match self {
            Place::Home => String::new(),
            Place::Services => "/services".to_owned(),
            Place::Providers(number) => format!("/services/{number}"),
            Place::Service(key) => service(key),
            Place::Versions(key) => format!("{}/versions", service(key)),
            Place::Version(key, version) => format!("{}/versions/{version}", service(key)),
            Place::ServiceFragment(key) => format!("{}/fragment", service(key)),
            Place::Administrations => "/administrations".to_owned(),
            Place::Administration(eik) => format!("/administrations/{eik}"),
            Place::AdministrationFragment(eik) => format!("/administrations/{eik}/fragment"),
            Place::Changes(eik) => format!("/administrations/{eik}/changes.atom"),
        }
    }

    /// The address in a language.
    pub fn address(&self, language: Language) -> String {
        format!("/{}{}", crate::record::code(language), self.path())
    }

    /// The administration that it is about, if it is about one.
    pub fn supplier(&self) -> Option<&Eik> {
        match self {
            Place::Home | Place::Services | Place::Providers(_) | Place::Administrations => None,
            Place::Service(key) | Place::Versions(key) | Place::Version(key, _) | Place::ServiceFragment(key) => {
                Some(&key.supplier)
            }
            Place::Administration(eik) | Place::AdministrationFragment(eik) | Place::Changes(eik) => Some(eik),
        }
    }
}

/// The language that a browser asks for, of those that there are (RFC 9110 §12.5.4); `fallback` if it names neither.
pub(crate) fn preferred(accept: Option<&str>, fallback: Language) -> Language {
    let mut best: Option<(Language, f32)> = None;
    for range in accept.unwrap_or_default().split(',') {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        let language = match tag.split('-').next() {
            Some("bg") => Language::Bulgarian,
            Some("en") => Language::English,
            _ => continue,
        };
        if weight > best.map_or(0.0, |(_, weight)| weight) {
            best = Some((language, weight));
        }
    }
    best.map_or(fallback, |(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_found_at_its_address() {
        let eik = || Eik::parse("000695388").unwrap();
        let key = || Key { supplier: eik(), service: ServiceNumber::parse("2835").unwrap() };
        let places = [
            Place::Home,
            Place::Services,
            Place::Providers(ServiceNumber::parse("2835").unwrap()),
            Place::Service(key()),
            Place::Versions(key()),
            Place::Version(key(), 3),
            Place::ServiceFragment(key()),
            Place::Administrations,
            Place::Administration(eik()),
            Place::AdministrationFragment(eik()),
            Place::Changes(eik()),
        ];
        for place in places {
            for language in Language::ALL {
                assert_eq!(Route::of(&place.address(language)), Some(Route::Page(language, place.clone())));
            }
            let neutral = if place == Place::Home { "/".to_owned() } else { place.path() };
            assert_eq!(Route::of(&neutral), Some(Route::Any(place)));
        }
    }

    #[test]
    fn what_is_not_ours_is_left_to_others() {
        for path in [
            "/services/EgovService",
            "/RegiXEntryPoint.svc",
            "/services/EgovService/soap12",
            "x",
            "/services/1/2/3",
            "/sitemap-0.xml",
        ] {
            assert_eq!(Route::of(path), None, "{path}");
        }
        assert_eq!(Route::of("/bg/nowhere"), Some(Route::Missing(Language::Bulgarian)));
        assert_eq!(Route::of("/en/services/000695388/0012"), Some(Route::Missing(Language::English)));
    }

    #[test]
    fn one_page_has_one_address() {
        for path in ["/bg/", "/services/", "/en/services/000695388/2835/"] {
            assert_eq!(Route::of(path), Some(Route::WithoutSlash), "{path}");
        }
    }

    #[test]
    fn the_browser_chooses_the_language() {
        let of = |accept| preferred(accept, Language::Bulgarian);
        assert_eq!(of(Some("en-GB,en;q=0.9,bg;q=0.8")), Language::English);
        assert_eq!(of(Some("de, en;q=0.2, bg;q=0.7")), Language::Bulgarian);
        assert_eq!(of(Some("en;q=0, fr")), Language::Bulgarian);
        assert_eq!(of(None), Language::Bulgarian);
        assert_eq!(preferred(Some("*"), Language::English), Language::English);
    }
}
