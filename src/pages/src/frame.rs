//! What stands around every page: title, menu, languages, the way to it.

use crate::record::code;
use crate::reply::Ask;
use crate::route::Place;
use crate::site::Site;
use crate::text::say;
use kapia_language::Language;
use minijinja::Value;
use serde::Serialize;

/// The frame of a page; `page` in templates.
#[derive(Serialize)]
pub(crate) struct Frame {
    pub title: String,
    pub description: String,
    pub noindex: bool,
    pub canonical: Option<String>,
    pub alternates: Vec<Alternate>,
    pub languages: Vec<Other>,
    pub menu: Vec<Item>,
    pub crumbs: Vec<Crumb>,
    pub feeds: Vec<Feed>,
    /// JSON-LD, ready to stand in a script element.
    pub data: Option<Value>,
}

#[derive(Serialize)]
pub(crate) struct Alternate {
    pub tag: &'static str,
    pub href: String,
}

#[derive(Serialize)]
pub(crate) struct Other {
    pub tag: &'static str,
    pub name: &'static str,
    pub href: String,
    pub current: bool,
}

#[derive(Serialize)]
pub(crate) struct Item {
    pub href: String,
    pub text: String,
    /// `page` for the page itself, `true` for one below it.
    pub current: Option<&'static str>,
}

#[derive(Serialize)]
pub(crate) struct Crumb {
    pub href: String,
    pub text: String,
    pub lang: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Feed {
    pub title: String,
    pub href: String,
    #[serde(rename = "type")]
    pub content_type: &'static str,
}

/// The site; `site` in templates.
#[derive(Serialize)]
pub(crate) struct Around {
    pub title: String,
    pub home: String,
    /// What stands before all paths of ours: nothing, or such as `/portal`.
    pub root: String,
    pub logo: String,
    pub own_logo: bool,
    pub icon: String,
    pub style: String,
    pub own_style: Option<String>,
    pub contact: Option<Contact>,
    /// The EIK, on the site of one administration.
    pub supplier: Option<String>,
}

#[derive(Serialize, Clone)]
pub(crate) struct Contact {
    pub href: String,
    pub text: String,
}

impl Frame {
    /// The frame of a place; `query` is what belongs to its address.
    pub fn of(site: &Site, ask: &Ask<'_>, place: &Place, query: &str, language: Language, title: String) -> Frame {
        let base = site.base(ask);
        let address = |language: Language| format!("{}{query}", site.address(place, language));
        let languages = [(Language::Bulgarian, "Български"), (Language::English, "English")]
            .map(|(other, name)| Other { tag: code(other), name, href: address(other), current: other == language });
        let mut alternates: Vec<Alternate> = Vec::new();
        if let Some(base) = &base {
            alternates.extend(
                languages.iter().map(|other| Alternate { tag: other.tag, href: format!("{base}{}", other.href) }),
            );
            let neutral = if *place == Place::Home { "/".to_owned() } else { place.path() };
            let neutral = site.below(&neutral);
            alternates.push(Alternate { tag: "x-default", href: format!("{base}{neutral}{query}") });
        }
        Frame {
            title,
            description: String::new(),
            noindex: site.noindex,
            canonical: base.map(|base| format!("{base}{}", address(language))),
            alternates,
            languages: languages.into(),
            menu: menu(site, place, language),
            crumbs: Vec::new(),
            feeds: Vec::new(),
            data: None,
        }
    }

    /// A page that search engines leave alone.
    pub fn unlisted(mut self) -> Frame {
        self.noindex = true;
        self.canonical = None;
        self.alternates.clear();
        self
    }
}

fn menu(site: &Site, place: &Place, language: Language) -> Vec<Item> {
    let services = matches!(place, Place::Service(_) | Place::Providers(_) | Place::Versions(_) | Place::Version(..));
    let administrations = matches!(place, Place::Administration(_));
    let item = |to: Place, key: &str, below: bool| Item {
        href: site.address(&to, language),
        text: say(key, language, &[]),
        current: if to == *place { Some("page") } else { below.then_some("true") },
    };
    let mut menu = vec![item(Place::Services, "services-title", services)];
    if site.supplier.is_none() {
        menu.push(item(Place::Administrations, "administrations-title", administrations));
    }
    menu
}
