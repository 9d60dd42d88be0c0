//! Lists: the first page, services, search, administrations.

use super::{Administration, Failure, Here};
use crate::frame::{Feed, Frame};
use crate::highlight::Words;
use crate::query::{encoded, parameter};
use crate::reply::{ATOM, HTML, JSON, Page};
use crate::route::Place;
use crate::text::say;
use crate::view::given;
use crate::view::service::{Moment, shortened};
use kapia_language::Language;
use kapia_records::{Eik, Key, Record, Search, ServiceNumber, Since, SupplierStatus};
use minijinja::{Value, context};
use serde::Serialize;
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// A service in a list.
#[derive(Serialize, Clone)]
pub(crate) struct Row {
    pub href: String,
    pub name: Value,
    pub lang: Option<&'static str>,
    pub text: Value,
    pub text_lang: Option<&'static str>,
    pub number: String,
    pub administration: String,
    pub administration_lang: Option<String>,
    pub date: Option<Moment>,
}

/// The pages of a list.
#[derive(Serialize)]
pub(crate) struct Pager {
    pub number: u32,
    pub count: u32,
    pub previous: Option<String>,
    pub next: Option<String>,
    pub links: Vec<PageLink>,
}

#[derive(Serialize)]
pub(crate) struct PageLink {
    pub number: u32,
    pub href: String,
    pub current: bool,
    /// Whether pages before it are left out.
    pub gap: bool,
}

/// How many characters of a description a row shows.
const LEAD: usize = 200;
/// How many services and administrations the first page shows.
const FIRST: usize = 6;
/// How many changes are looked through for them.
const LOOKED_THROUGH: u32 = 60;

impl Here<'_> {
    pub(super) async fn home(&self) -> Result<Page, Failure> {
        let services = self.pages.records.list_published(None, kapia_records::Page::first(1)).await?.total;
        let (list, administrations) = self.listed_administrations(1, FIRST as u32).await?;
        let mut recent = Vec::new();
        for record in self.recent().await? {
            let mut row = self.row(&record, None, None).await?;
            row.date = Some(Moment::day(record.modified_at, self.language));
            row.text = Value::from("");
            recent.push(row);
        }
        let home = context! {
            services,
            administrations,
            list => given(&list),
            recent => given(&recent),
        };
        let title = self.site.title(self.language).unwrap_or_else(|| say("site-name", self.language, &[]));
        let mut frame = Frame::of(self.site, self.ask, &Place::Home, "", self.language, title);
        frame.description = say("home-lead", self.language, &[]);
        self.html(200, "home.html", frame, context! { home }).await
    }

    /// What changed last and is still public, newest first.
    async fn recent(&self) -> Result<Vec<Record>, Failure> {
        let last = self.pages.records.last_sequence().await?;
        let since = Since::Sequence(last.saturating_sub(u64::from(LOOKED_THROUGH)));
        let changes = self.pages.records.changes(since, LOOKED_THROUGH).await?;
        let mut keys: Vec<Key> = Vec::new();
        let mut recent = Vec::new();
        for change in changes.into_iter().rev() {
            if recent.len() >= FIRST || keys.contains(&change.key) {
                continue;
            }
            if let Some(record) = self.pages.records.published(&change.key).await? {
                recent.push(record);
            }
            keys.push(change.key);
        }
        Ok(recent)
    }

    /// All services, or those that were searched for.
    pub(super) async fn services(&self) -> Result<Page, Failure> {
        let query = parameter(self.ask.query, "q");
        let asked = match parameter(self.ask.query, "supplier") {
            Some(eik) => Some(Eik::parse(&eik).map_err(|_| Failure::Bad)?),
            None => None,
        };
        let supplier = self.site.supplier.clone().or(asked);
        let number = self.page_number()?;
        let size = self.size();
        let page = kapia_records::Page { number, size };
        let (items, total, capped) = match &query {
            Some(text) => {
                let search = Search { text: text.clone(), supplier: supplier.clone(), page };
                let found = self.pages.records.search(search).await?;
                (found.items, found.total, found.capped)
            }
            None => {
                let listed = self.pages.records.list_published(supplier.clone(), page).await?;
                (listed.items, listed.total, false)
            }
        };
        if items.is_empty() && number > 1 {
            return Err(Failure::Missing);
        }
        let words = query.as_deref().map(Words::of);
        let rows = self.rows(items.into_iter().map(|summary| summary.key), words.as_ref()).await?;

        // The site of one administration needs not say whose services these are.
        let within = if self.site.supplier.is_none() { supplier.as_ref() } else { None };
        let within = match within {
            Some(eik) => Some(self.named(eik).await?),
            None => None,
        };
        let mut kept = Vec::new();
        if let Some(query) = &query {
            kept.push(format!("q={}", encoded(query)));
        }
        if let Some(administration) = &within {
            kept.push(format!("supplier={}", administration.eik));
        }
        let path = Place::Services.address(self.language);
        let everywhere = match &query {
            Some(query) => format!("{path}?q={}", encoded(query)),
            None => path.clone(),
        };
        let list = context! {
            query => query.clone().unwrap_or_default(),
            items => given(&rows),
            total,
            capped,
            pages => given(pager(&path, &kept, number, total, size)),
            supplier => within.as_ref().map(|administration| administration.eik.clone()),
            supplier_title => within.as_ref().map(|administration| administration.title.clone()),
            supplier_lang => within.as_ref().and_then(|administration| administration.lang.clone()),
            supplier_href => within.as_ref().map(|administration| administration.href.clone()),
            with_administration => self.site.supplier.is_none() && within.is_none(),
            everywhere,
        };
        let title = match &query {
            Some(query) => say("search-results", self.language, &[("query", query)]),
            None => say("all-services", self.language, &[]),
        };
        let suffix = address_query(&kept, number);
        let mut frame = Frame::of(self.site, self.ask, &Place::Services, &suffix, self.language, title);
        frame.description = say("services-lead", self.language, &[]);
        frame.crumbs = self.crumbs(Vec::new());
        if query.is_some() {
            frame = frame.unlisted();
        }
        self.html(200, "services.html", frame, context! { list }).await
    }

    /// A service number in all administrations that provide it.
    pub(super) async fn providers(&self, number: ServiceNumber) -> Result<Page, Failure> {
        let mut records = self.pages.records.published_by_number(number).await?;
        if let Some(own) = &self.site.supplier {
            records.retain(|record| record.key.supplier == *own);
        }
        match records.as_slice() {
            [] => Err(Failure::Missing),
            [only] => Ok(Page::elsewhere(302, Place::Service(only.key.clone()).address(self.language))),
            several => {
                let mut rows = Vec::new();
                for record in several {
                    rows.push(self.row(record, None, None).await?);
                }
                let title = say("providers-title", self.language, &[("number", &number.to_string())]);
                let mut frame = Frame::of(self.site, self.ask, &Place::Providers(number), "", self.language, title);
                frame.crumbs = self.crumbs(Vec::new());
                let list = context! { items => given(&rows) };
                self.html(200, "providers.html", frame, context! { list }).await
            }
        }
    }

    pub(super) async fn administrations(&self) -> Result<Page, Failure> {
        let (number, size) = (self.page_number()?, 50);
        let (items, total) = self.listed_administrations(number, size).await?;
        if items.is_empty() && number > 1 {
            return Err(Failure::Missing);
        }
        let path = Place::Administrations.address(self.language);
        let list = context! {
            items => given(&items),
            total,
            pages => given(pager(&path, &[], number, total, size)),
        };
        let title = say("administrations-title", self.language, &[]);
        let suffix = address_query(&[], number);
        let mut frame = Frame::of(self.site, self.ask, &Place::Administrations, &suffix, self.language, title);
        frame.description = say("administrations-lead", self.language, &[]);
        frame.crumbs = self.crumbs(Vec::new());
        self.html(200, "administrations.html", frame, context! { list }).await
    }

    async fn listed_administrations(&self, number: u32, size: u32) -> Result<(Vec<Administration>, u64), Failure> {
        let visible = vec![SupplierStatus::Published, SupplierStatus::Active];
        let listed = self.pages.records.suppliers(visible, kapia_records::Page { number, size }).await?;
        let mut items = Vec::new();
        for supplier in &listed.items {
            let mut administration = self.described(supplier);
            administration.services = self.services_of(&supplier.eik).await?;
            items.push(administration);
        }
        Ok((items, listed.total))
    }

    async fn services_of(&self, eik: &Eik) -> Result<u64, Failure> {
        Ok(self.pages.records.list_published(Some(eik.clone()), kapia_records::Page::first(1)).await?.total)
    }

    /// An administration with its services; the first page on its own site.
    pub(super) async fn administration(&self, eik: Eik) -> Result<Page, Failure> {
        let (number, size) = (self.page_number()?, self.size());
        let listed = self.pages.records.list_published(Some(eik.clone()), kapia_records::Page { number, size }).await?;
        let known = self.known(&eik).await?;
        let own_site = self.site.supplier.is_some();
        if (known.is_none() && listed.total == 0 && !own_site) || (listed.items.is_empty() && number > 1) {
            return Err(Failure::Missing);
        }
        let administration = self.named(&eik).await?;
        let rows = self.rows(listed.items.into_iter().map(|summary| summary.key), None).await?;
        let place = if own_site { Place::Home } else { Place::Administration(eik.clone()) };
        let list = context! {
            items => given(&rows),
            total => listed.total,
            pages => given(pager(&place.address(self.language), &[], number, listed.total, size)),
        };
        let title = administration.title.clone();
        let suffix = address_query(&[], number);
        let mut frame = Frame::of(self.site, self.ask, &place, &suffix, self.language, title);
        frame.description = say("services-of", self.language, &[("name", &administration.title)]);
        if !own_site {
            frame.crumbs = self.below(&administration);
            frame.crumbs.pop();
        }
        frame.feeds = self.feeds_of(&eik);
        if let Some(supplier) = &known {
            frame.data = Some(crate::linked::administration(supplier, frame.canonical.as_deref()));
        }
        let body = context! { list, administration => given(&administration) };
        self.html(200, "administration.html", frame, body).await
    }

    /// What programs can read of an administration.
    pub(super) fn feeds_of(&self, eik: &Eik) -> Vec<Feed> {
        let say = |key: &str| say(key, self.language, &[]);
        let type_of = |content_type: &'static str| content_type.split(';').next().unwrap_or(content_type);
        let fragment = Place::AdministrationFragment(eik.clone()).address(self.language);
        vec![
            Feed {
                title: say("feed-changes"),
                href: Place::Changes(eik.clone()).address(self.language),
                content_type: type_of(ATOM),
            },
            Feed {
                title: say("feed-catalogue"),
                href: format!("/administrations/{eik}/services.json"),
                content_type: type_of(JSON),
            },
            Feed { title: say("feed-embed"), href: fragment, content_type: type_of(HTML) },
        ]
    }

    /// Rows of services, with the administrations that they need.
    pub(super) async fn rows(
        &self,
        keys: impl Iterator<Item = Key>,
        words: Option<&Words>,
    ) -> Result<Vec<Row>, Failure> {
        let mut administrations: BTreeMap<Eik, Administration> = BTreeMap::new();
        let mut rows = Vec::new();
        for record in self.published_of(keys).await? {
            let key = record.key.clone();
            if !administrations.contains_key(&key.supplier) {
                let administration = self.named(&key.supplier).await?;
                administrations.insert(key.supplier.clone(), administration);
            }
            rows.push(self.row(&record, words, administrations.get(&key.supplier)).await?);
        }
        Ok(rows)
    }

    /// The records of a list, in its order, asked for at the same time; without those that have gone since it was made.
    async fn published_of(&self, keys: impl Iterator<Item = Key>) -> Result<Vec<Record>, Failure> {
        let mut asked = JoinSet::new();
        for (place, key) in keys.enumerate() {
            let records = self.pages.records.clone();
            asked.spawn(async move { (place, records.published(&key).await) });
        }
        let mut found = BTreeMap::new();
        while let Some(told) = asked.join_next().await {
            let (place, record) = told.map_err(|_| Failure::Broken)?;
            found.insert(place, record?);
        }
        Ok(found.into_values().flatten().collect())
    }

    async fn row(
        &self,
        record: &Record,
        words: Option<&Words>,
        administration: Option<&Administration>,
    ) -> Result<Row, Failure> {
        let administration = match administration {
            Some(administration) => administration.clone(),
            None => self.named(&record.key.supplier).await?,
        };
        let (name, lang) = in_language(self.language, Some(&record.facts.name_bg), record.facts.name_en.as_ref());
        let (text, text_lang) =
            in_language(self.language, Some(&record.facts.description_bg), record.facts.description_en.as_ref());
        let (name, text) = match words {
            Some(words) => (words.marked(&name), words.marked(&words.window(&text))),
            None => {
                let (mut safe_name, mut safe_text) = (String::new(), String::new());
                crate::xhtml::escape(&name, &mut safe_name);
                crate::xhtml::escape(&shortened(&text, LEAD), &mut safe_text);
                (safe_name, safe_text)
            }
        };
        Ok(Row {
            href: Place::Service(record.key.clone()).address(self.language),
            name: Value::from_safe_string(name),
            lang,
            text: if text.is_empty() { Value::from("") } else { Value::from_safe_string(text) },
            text_lang,
            number: record.key.service.to_string(),
            administration: administration.title,
            administration_lang: administration.lang,
            date: None,
        })
    }

    pub(super) fn page_number(&self) -> Result<u32, Failure> {
        match parameter(self.ask.query, "page") {
            None => Ok(1),
            Some(text) => text.parse().ok().filter(|number| (1..=100_000).contains(number)).ok_or(Failure::Bad),
        }
    }

    fn size(&self) -> u32 {
        self.pages.config.page_size.clamp(1, 100)
    }
}

/// The text for a reader, and its language if it is not the reader's.
pub(super) fn in_language(
    language: Language,
    bg: Option<&String>,
    en: Option<&String>,
) -> (String, Option<&'static str>) {
    match (language, bg, en.filter(|text| !text.trim().is_empty())) {
        (Language::English, _, Some(en)) => (en.clone(), None),
        (Language::English, Some(bg), None) => (bg.clone(), (!bg.is_empty()).then_some("bg")),
        (_, Some(bg), _) => (bg.clone(), None),
        (_, None, _) => (String::new(), None),
    }
}

/// What belongs to the address of a page of a list.
fn address_query(kept: &[String], number: u32) -> String {
    let mut parts = kept.to_vec();
    if number > 1 {
        parts.push(format!("page={number}"));
    }
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// The pages of a list: the first, the last, and those around the one that is shown.
pub(crate) fn pager(path: &str, kept: &[String], number: u32, total: u64, size: u32) -> Pager {
    let count = u32::try_from(total.div_ceil(u64::from(size.max(1)))).unwrap_or(u32::MAX);
    let href = |number: u32| format!("{path}{}", address_query(kept, number));
    let near = number.saturating_sub(2)..=number.saturating_add(2);
    let mut shown: Vec<u32> = near.filter(|page| (1..=count).contains(page)).collect();
    shown.extend([1, count].into_iter().filter(|page| *page >= 1));
    shown.sort_unstable();
    shown.dedup();
    let mut before = 0;
    let links = shown.into_iter().map(|page| {
        let gap = page > before + 1;
        before = page;
        PageLink { number: page, href: href(page), current: page == number, gap }
    });
    Pager {
        links: links.collect(),
        number,
        count,
        previous: (number > 1).then(|| href(number - 1)),
        next: (number < count).then(|| href(number + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pager_shows_the_ends_and_the_neighbours() {
        let pager = pager("/bg/services", &["q=x".to_owned()], 6, 200, 20);
        let shown: Vec<(u32, bool)> = pager.links.iter().map(|link| (link.number, link.gap)).collect();
        assert_eq!(shown, [(1, false), (4, true), (5, false), (6, false), (7, false), (8, false), (10, true)]);
        assert_eq!(pager.links[0].href, "/bg/services?q=x");
        assert_eq!(pager.next.as_deref(), Some("/bg/services?q=x&page=7"));
    }

    #[test]
    fn the_first_and_the_last_page_lead_nowhere_else() {
        let only = pager("/p", &[], 1, 3, 20);
        assert_eq!((only.count, only.previous, only.next), (1, None, None));
        let last = pager("/p", &[], 2, 40, 20);
        assert_eq!((last.previous.as_deref(), last.next), (Some("/p"), None));
    }
}
