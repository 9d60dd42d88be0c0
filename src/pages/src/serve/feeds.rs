//! What programs read: changes as Atom, all services as JSON, the map of the site.

use super::{Failure, Here};
use crate::dates;
use crate::pages::Pages;
use crate::record::code;
use crate::reply::{ATOM, Ask, JSON, PLAIN, Page, XML};
use crate::route::Place;
use crate::site::Site;
use crate::text::say;
use crate::view::service::shortened;
use kapia_language::Language;
use kapia_records::{Eik, Facts, Key, Record, RecordsError, Version};
use kapia_xml::Writer;
use serde_json::json;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// The namespace of Atom (RFC 4287 §2).
const ATOM_NAMESPACE: &str = "http://www.w3.org/2005/Atom";
/// The namespace of site maps (sitemaps.org).
const SITEMAP: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
const XHTML: &str = "http://www.w3.org/1999/xhtml";
/// Entries in a feed.
const ENTRIES: u32 = 100;
/// Services in one part of the map; each is two addresses, and 50 000 are allowed.
const IN_PART: u32 = 10_000;
/// The largest page of a list.
const PAGE: u32 = 200;

impl Here<'_> {
    /// The newest changes of an administration's services as an Atom feed (RFC 4287).
    pub(super) async fn changes(&self, eik: &Eik) -> Result<Page, Failure> {
        let changes = self.pages.records.recent_services(eik, ENTRIES).await?;
        let known = self.known(eik).await?;
        if changes.is_empty() && known.is_none() {
            return Err(Failure::Missing);
        }
        let entries = self.entries(changes).await?;
        let administration = self.named(eik).await?;
        let base = self.site.base(self.ask).unwrap_or_default();
        let own = format!("{base}{}", self.address(&Place::Changes(eik.clone())));
        let updated = entries.first().map_or(OffsetDateTime::UNIX_EPOCH, |entry| entry.change.at);
        let title = say("services-of", self.language, &[("name", &administration.title)]);

        let mut out = Writer::new();
        let lang = [("xml", kapia_xml::XML_NAMESPACE, "lang", code(self.language))];
        out.start("", ATOM_NAMESPACE, "feed", &[("", ATOM_NAMESPACE)], &lang);
        leaf(&mut out, "id", &own);
        leaf(&mut out, "title", &title);
        leaf(&mut out, "updated", &dates::rfc3339(updated));
        link(&mut out, "self", &own, Some("application/atom+xml"));
        link(&mut out, "alternate", &format!("{base}{}", administration.href), Some("text/html"));
        out.start("", ATOM_NAMESPACE, "author", &[], &[]);
        leaf(&mut out, "name", &administration.title);
        out.end();
        for entry in &entries {
            self.entry(&mut out, &base, entry);
        }
        out.end();
        let mut body = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec();
        body.extend(out.into_bytes());
        Ok(Page::new(200, ATOM, body).kept(300).modified(Some(updated)).shared())
    }

    /// The changes with what the public sees of their services, or saw last.
    async fn entries(&self, changes: Vec<Version>) -> Result<Vec<Entry>, Failure> {
        let records = &self.pages.records;
        let shown = self.published_of(changes.iter().map(|change| change.key.clone())).await?;
        let mut shown: BTreeMap<Key, Record> = shown.into_iter().map(|record| (record.key.clone(), record)).collect();
        let mut entries = Vec::with_capacity(changes.len());
        for change in changes {
            let (facts, ended) = match shown.remove(&change.key) {
                Some(record) => (Some(record.facts), false),
                None => (records.last_published(&change.key).await?.map(|record| record.facts), true),
            };
            if let Some(facts) = facts {
                entries.push(Entry { change, facts, ended });
            }
        }
        Ok(entries)
    }

    fn entry(&self, out: &mut Writer, base: &str, entry: &Entry) {
        let Entry { change, facts, ended } = entry;
        let address = format!("{base}{}", self.address(&Place::Service(change.key.clone())));
        let (description, _) =
            super::rows::in_language(self.language, Some(&facts.description_bg), facts.description_en.as_deref());
        let (name, _) = super::rows::in_language(self.language, Some(&facts.name_bg), facts.name_en.as_deref());
        out.start("", ATOM_NAMESPACE, "entry", &[], &[]);
        leaf(out, "id", &format!("{address}#v{}", change.version));
        leaf(out, "title", name);
        leaf(out, "updated", &dates::rfc3339(change.at));
        link(out, "alternate", &address, Some("text/html"));
        let status = if *ended { "inactive" } else { "published" };
        out.start("", ATOM_NAMESPACE, "category", &[], &[("", "", "term", status)]);
        out.end();
        let text = if *ended { say("gone-title", self.language, &[]) } else { shortened(description, 500) };
        leaf(out, "summary", &text);
        out.end();
    }
}

/// A service in the feed: its last change that the public could see, and what it sees of it or saw last.
struct Entry {
    change: Version,
    facts: Facts,
    ended: bool,
}

fn leaf(out: &mut Writer, name: &str, text: &str) {
    out.leaf("", ATOM_NAMESPACE, name, &printable(text));
}

fn link(out: &mut Writer, relation: &str, address: &str, content_type: Option<&str>) {
    let mut attributes = vec![("", "", "href", address), ("", "", "rel", relation)];
    attributes.extend(content_type.map(|content_type| ("", "", "type", content_type)));
    out.start("", ATOM_NAMESPACE, "link", &[], &attributes);
    out.end();
}

/// Without characters that no XML document can hold.
fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || c.is_whitespace())
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

/// All services of an administration, a page of them, for programs.
pub(crate) async fn catalogue(pages: &Pages, site: &Site, ask: &Ask<'_>, eik: Eik) -> Page {
    if site.supplier.as_ref().is_some_and(|own| *own != eik) {
        return refused(404, "no-such-supplier");
    }
    let here = Here { pages, site, ask, language: Language::Bulgarian };
    let Ok(number) = here.page_number() else { return refused(400, "bad-text") };
    match catalogue_of(&here, &eik, number).await {
        Ok(Some(value)) => Page::new(200, JSON, text_of(&value)).kept(300).shared(),
        Ok(None) => refused(404, "no-such-supplier"),
        Err(_) => refused(503, "failed-text"),
    }
}

async fn catalogue_of(here: &Here<'_>, eik: &Eik, number: u32) -> Result<Option<serde_json::Value>, Failure> {
    let page = kapia_records::Page { number, size: PAGE };
    let listed = here.pages.records.list_published(Some(eik.clone()), page).await?;
    let known = here.known(eik).await?;
    if (known.is_none() && listed.total == 0) || (listed.items.is_empty() && number > 1) {
        return Ok(None);
    }
    let base = here.site.base(here.ask).unwrap_or_default();
    let services: Vec<serde_json::Value> = listed
        .items
        .iter()
        .map(|summary| {
            let place = Place::Service(summary.key.clone());
            let url = |language| format!("{base}{}", here.site.address(&place, language));
            json!({
                "number": summary.key.service.get(),
                "version": summary.version,
                "name": { "bg": summary.name_bg, "en": summary.name_en },
                "oid": summary.oid,
                "modified": dates::rfc3339(summary.modified_at),
                "url": { "bg": url(Language::Bulgarian), "en": url(Language::English) },
            })
        })
        .collect();
    let address = format!("{base}{}", here.site.below(&format!("/administrations/{eik}/services.json")));
    Ok(Some(json!({
        "administration": {
            "eik": eik.to_string(),
            "code": known.as_ref().map(|supplier| supplier.code.clone()),
            "title": {
                "bg": known.as_ref().map(|supplier| supplier.title_bg.clone()),
                "en": known.as_ref().and_then(|supplier| supplier.title_en.clone()),
            },
        },
        "total": listed.total,
        "services": services,
        "next": listed.more.then(|| format!("{address}?page={}", number + 1)),
    })))
}

/// JSON with a line end, for people with a terminal.
pub(crate) fn text_of(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// A refusal for a program: what and why, in both languages.
pub(crate) fn refused(status: u16, key: &str) -> Page {
    let [english, bulgarian] = [Language::English, Language::Bulgarian].map(|language| say(key, language, &[]));
    Page::new(status, JSON, text_of(&json!({ "error": { "code": key, "en": english, "bg": bulgarian } })))
}

/// The map of the site (sitemaps.org): one document, or an index of parts when there is too much for one.
pub(crate) async fn sitemap(pages: &Pages, site: &Site, ask: &Ask<'_>, part: Option<u32>) -> Page {
    match sitemap_of(pages, site, ask, part).await {
        Ok(Some(body)) => Page::new(200, XML, body).kept(3600),
        Ok(None) => Page::new(404, PLAIN, "няма такава част\nno such part\n"),
        Err(error) => {
            tracing::error!(code = error.code(), %error, "records cannot be read for the map of the site");
            Page::new(503, PLAIN, "").with("Retry-After", "120")
        }
    }
}

async fn sitemap_of(
    pages: &Pages,
    site: &Site,
    ask: &Ask<'_>,
    part: Option<u32>,
) -> Result<Option<String>, RecordsError> {
    let base = site.base(ask).unwrap_or_default();
    let supplier = site.supplier.clone();
    let total = pages.records.list_published(supplier.clone(), kapia_records::Page::first(1)).await?.total;
    let parts = u32::try_from(total.div_ceil(u64::from(IN_PART))).unwrap_or(u32::MAX).max(1);
    let number = match part {
        None if parts > 1 => return Ok(Some(index(&format!("{base}{}", site.below("")), parts))),
        Some(number) if number > parts => return Ok(None),
        part => part.unwrap_or(1),
    };
    let mut places: Vec<(Place, Option<OffsetDateTime>)> = Vec::new();
    if number == 1 {
        places.push((Place::Home, None));
        places.push((Place::Services, None));
        if supplier.is_none() {
            places.push((Place::Administrations, None));
        }
    }
    let in_part = IN_PART / PAGE;
    for page in (number - 1) * in_part..number * in_part {
        let page = kapia_records::Page { number: page + 1, size: PAGE };
        let listed = pages.records.list_published(supplier.clone(), page).await?;
        places.extend(
            listed.items.iter().map(|summary| (Place::Service(summary.key.clone()), Some(summary.modified_at))),
        );
        if !listed.more {
            break;
        }
    }
    let mut out =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"{SITEMAP}\" xmlns:x=\"{XHTML}\">\n");
    for (place, modified) in places {
        // Addresses are of digits and Latin letters, so nothing in them needs escaping.
        let [bg, en] = [Language::Bulgarian, Language::English]
            .map(|language| format!("{base}{}", site.address(&place, language)));
        let others = format!(
            "<x:link rel=\"alternate\" hreflang=\"bg\" href=\"{bg}\"/><x:link rel=\"alternate\" hreflang=\"en\" href=\"{en}\"/>"
        );
        let modified = modified.map(|at| format!("<lastmod>{}</lastmod>", dates::rfc3339(at))).unwrap_or_default();
        for address in [&bg, &en] {
            out.push_str(&format!("<url><loc>{address}</loc>{modified}{others}</url>\n"));
        }
    }
    out.push_str("</urlset>\n");
    Ok(Some(out))
}

fn index(base: &str, parts: u32) -> String {
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex xmlns=\"{SITEMAP}\">\n");
    for part in 1..=parts {
        out.push_str(&format!("<sitemap><loc>{base}/sitemap-{part}.xml</loc></sitemap>\n"));
    }
    out.push_str("</sitemapindex>\n");
    out
}

/// What robots may read: the pages, but not lists of search results; nothing where data is only for trials.
pub(crate) fn robots(site: &Site, ask: &Ask<'_>) -> Page {
    if site.noindex {
        let body = format!("User-agent: *\nDisallow: {}/\n", site.below(""));
        return Page::new(200, PLAIN, body).kept(3600);
    }
    let root = site.below("");
    let map = site.base(ask).map(|base| format!("Sitemap: {base}{root}/sitemap.xml\n")).unwrap_or_default();
    let body = format!("User-agent: *\nDisallow: {root}/epdeau/\nDisallow: {root}/*?q=\nDisallow: {root}/*&q=\n{map}");
    Page::new(200, PLAIN, body).kept(3600)
}
