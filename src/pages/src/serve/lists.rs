//! Lists: the first page, services, search, administrations.

use super::{Administration, Failure, Here};
use crate::frame::{Feed, Frame};
use crate::highlight::Words;
use crate::query::{encoded, parameter};
use crate::reply::{ATOM, HTML, JSON, Page};
use crate::route::Place;
use crate::text::say;
use crate::view::given;
use crate::view::service::Moment;
use kapia_records::{Eik, Key, Record, Search, ServiceNumber, SupplierStatus};
use minijinja::{Value, context};
use serde::Serialize;

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

/// How many services and administrations the first page shows.
const FIRST: usize = 6;
/// How many changes are looked through for them.
const LOOKED_THROUGH: u32 = 60;

impl Here<'_> {
    pub(super) async fn home(&self) -> Result<Page, Failure> {
        let services = self.pages.records.list_published(None, kapia_records::Page::first(1)).await?.total;
        let (list, administrations) = self.listed_administrations(1, FIRST as u32).await?;
        let changed = self.recent().await?;
        let mut recent = self.rows_of_records(&changed).await?;
        for (row, record) in recent.iter_mut().zip(&changed) {
            row.date = Some(Moment::day(record.modified_at, self.language));
            row.text = Value::from("");
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
        let mut keys: Vec<Key> = Vec::new();
        let mut recent = Vec::new();
        for change in self.pages.records.recent(None, LOOKED_THROUGH).await? {
            if recent.len() >= FIRST {
                break;
            }
            if keys.contains(&change.key) {
                continue;
            }
            recent.extend(self.pages.records.published(&change.key).await?);
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
        let rows = self.rows(&items, words.as_ref()).await?;

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
        let path = self.address(&Place::Services);
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
            [only] => Ok(Page::elsewhere(302, self.address(&Place::Service(only.key.clone())))),
            several => {
                let rows = self.rows_of_records(several).await?;
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
        let path = self.address(&Place::Administrations);
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
        let rows = self.rows(&listed.items, None).await?;
        let place = if own_site { Place::Home } else { Place::Administration(eik.clone()) };
        let list = context! {
            items => given(&rows),
            total => listed.total,
            pages => given(pager(&self.address(&place), &[], number, listed.total, size)),
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
        let fragment = self.address(&Place::AdministrationFragment(eik.clone()));
        vec![
            Feed {
                title: say("feed-changes"),
                href: self.address(&Place::Changes(eik.clone())),
                content_type: type_of(ATOM),
            },
            Feed {
                title: say("feed-catalogue"),
                href: self.site.below(&format!("/administrations/{eik}/services.json")),
                content_type: type_of(JSON),
            },
            Feed { title: say("feed-embed"), href: fragment, content_type: type_of(HTML) },
        ]
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
