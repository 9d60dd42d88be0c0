//! Pages in a language: who finds what is asked, and what is said when it is not there.

pub(crate) mod feeds;
mod fragments;
pub(crate) mod lists;
pub(crate) mod rows;
pub(crate) mod service;

use crate::frame::{Crumb, Frame};
use crate::pages::Pages;
use crate::record::code;
use crate::reply::{Ask, HTML, Page};
use crate::route::Place;
use crate::site::Site;
use crate::text::say;
use crate::together;
use crate::view::given;
use crate::view::service as view;
use kapia_language::Language;
use kapia_records::{Eik, RecordsError, Supplier, SupplierStatus};
use minijinja::{Value, context};
use serde::Serialize;

/// How long, in seconds, a page may be shown without asking again.
const FRESH: u32 = 60;

/// A request for a page, and everything that it is answered from.
pub(crate) struct Here<'a> {
    pub pages: &'a Pages,
    pub site: &'a Site,
    pub ask: &'a Ask<'a>,
    pub language: Language,
}

/// Why there is no page.
pub(crate) enum Failure {
    /// There is nothing at this address.
    Missing,
    /// A value in the query makes no sense.
    Bad,
    /// The store or a template failed; the log has the reason.
    Broken,
}

impl From<RecordsError> for Failure {
    fn from(error: RecordsError) -> Failure {
        tracing::error!(code = error.code(), %error, "records cannot be read for a page");
        Failure::Broken
    }
}

/// An administration as pages name it.
#[derive(Serialize, Clone)]
pub(crate) struct Administration {
    pub eik: String,
    pub title: String,
    pub lang: Option<String>,
    pub href: String,
    pub contacts: Option<String>,
    pub url: Option<String>,
    pub url_host: Option<String>,
    pub oid: Option<String>,
    pub services: u64,
}

impl Here<'_> {
    /// The page of a place; whatever goes wrong is a page too.
    pub async fn page(&self, place: Place) -> Page {
        let foreign = match (&self.site.supplier, place.supplier()) {
            (Some(own), Some(asked)) => own != asked,
            (Some(_), None) => place == Place::Administrations,
            (None, _) => false,
        };
        if foreign {
            return self.missing().await;
        }
        let found = match &place {
            Place::Home => match self.site.supplier.clone() {
                Some(own) => self.administration(own).await,
                None => self.home().await,
            },
            Place::Services => self.services().await,
            Place::Providers(number) => self.providers(*number).await,
            Place::Service(key) => self.service(key).await,
            Place::Versions(key) => self.versions(key).await,
            Place::Version(key, version) => self.version(key, *version).await,
            Place::ServiceFragment(key) => self.service_fragment(key).await,
            Place::Administrations => self.administrations().await,
            Place::Administration(eik) => self.administration(eik.clone()).await,
            Place::AdministrationFragment(eik) => self.administration_fragment(eik).await,
            Place::Changes(eik) => self.changes(eik).await,
        };
        match found {
            Ok(page) => page,
            Err(Failure::Missing) => self.missing().await,
            Err(Failure::Bad) => self.told(400, "bad-title", "bad-text").await,
            Err(Failure::Broken) => self.told(503, "failed-title", "failed-text").await.with("Retry-After", "120"),
        }
    }

    /// The page that says that there is none.
    pub async fn missing(&self) -> Page {
        self.told(404, "missing-title", "missing-text").await
    }

    async fn told(&self, status: u16, title: &str, text: &str) -> Page {
        let title = say(title, self.language, &[]);
        let frame = Frame::of(self.site, self.ask, &Place::Home, "", self.language, title).unlisted();
        let missing = context! { text => say(text, self.language, &[]) };
        let body = context! { missing };
        match self.html(status, "missing.html", frame, body).await {
            Ok(page) => page,
            Err(_) => Page::new(status, HTML, format!("<!doctype html><title>{status}</title>{status}")),
        }
    }

    /// A page from a template.
    async fn html(&self, status: u16, template: &str, frame: Frame, body: Value) -> Result<Page, Failure> {
        let own = match &self.site.supplier {
            Some(eik) if self.site.title(self.language).is_none() => {
                self.known(eik).await.ok().flatten().map(|supplier| self.title(&supplier).0)
            }
            _ => None,
        };
        let site = self.site.around(self.language, own);
        let context = surroundings(self.language, &site, &frame, body);
        let html = self.site.render(template, &context).ok_or(Failure::Broken)?;
        let page = Page::new(status, HTML, html).with("Content-Language", code(self.language));
        Ok(if status == 200 { page.kept(FRESH) } else { page })
    }

    /// The supplier, unless it is not there or not yet public.
    async fn known(&self, eik: &Eik) -> Result<Option<Supplier>, RecordsError> {
        let found = self.pages.records.supplier(eik).await?;
        Ok(found.filter(|supplier| supplier.status != SupplierStatus::Draft))
    }

    /// The address of a page in the language of this one.
    fn address(&self, place: &Place) -> String {
        self.site.address(place, self.language)
    }

    fn title(&self, supplier: &Supplier) -> (String, Option<String>) {
        match (self.language, &supplier.title_en) {
            (Language::English, Some(title)) => (title.clone(), None),
            (Language::English, None) => (supplier.title_bg.clone(), Some("bg".to_owned())),
            (Language::Bulgarian, _) => (supplier.title_bg.clone(), None),
        }
    }

    /// The administration as pages name it; one that nobody entered is called by its EIK.
    async fn named(&self, eik: &Eik) -> Result<Administration, Failure> {
        Ok(match self.known(eik).await? {
            Some(supplier) => self.described(&supplier),
            None => Administration {
                title: format!("{} {eik}", say("eik", self.language, &[])),
                lang: None,
                href: self.address(&Place::Administration(eik.clone())),
                eik: eik.to_string(),
                contacts: None,
                url: None,
                url_host: None,
                oid: None,
                services: 0,
            },
        })
    }

    fn described(&self, supplier: &Supplier) -> Administration {
        let (title, lang) = self.title(supplier);
        let url = supplier.url.as_deref().and_then(view::web);
        let home = self.site.supplier.as_ref() == Some(&supplier.eik);
        let place = if home { Place::Home } else { Place::Administration(supplier.eik.clone()) };
        Administration {
            eik: supplier.eik.to_string(),
            title,
            lang,
            href: self.address(&place),
            contacts: supplier.contacts.as_deref().filter(|contacts| !contacts.trim().is_empty()).map(together::kept),
            url_host: url.as_deref().and_then(view::host).map(str::to_owned),
            url,
            oid: supplier.oid.clone(),
            services: 0,
        }
    }

    /// The way to a page: the first page, then what is given.
    fn crumbs(&self, between: Vec<Crumb>) -> Vec<Crumb> {
        let home = Crumb { href: self.address(&Place::Home), text: say("home", self.language, &[]), lang: None };
        std::iter::once(home).chain(between).collect()
    }

    fn crumb(&self, administration: &Administration) -> Crumb {
        Crumb {
            href: administration.href.clone(),
            text: administration.title.clone(),
            lang: administration.lang.clone(),
        }
    }

    /// The way to what belongs to an administration.
    fn below(&self, administration: &Administration) -> Vec<Crumb> {
        if self.site.supplier.is_some() {
            return self.crumbs(Vec::new());
        }
        let all = Crumb {
            href: self.address(&Place::Administrations),
            text: say("administrations-title", self.language, &[]),
            lang: None,
        };
        self.crumbs(vec![all, self.crumb(administration)])
    }
}

/// Everything that a template sees.
pub(crate) fn surroundings(language: Language, site: impl Serialize, frame: &Frame, body: Value) -> Value {
    let foreign = Value::from_safe_string(language.pick(" lang=\"bg\"", "").to_owned());
    context! {
        lang => code(language),
        foreign,
        site => given(site),
        page => given(frame),
        ..body
    }
}
