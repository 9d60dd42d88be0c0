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
use kapia_records::{Eik, Filter, Key, RecordsError, Status, Summary};
use kapia_xml::Writer;
use serde_json::json;
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
        let changed = newest(self.pages, eik).await?;
        let known = self.known(eik).await?;
        if changed.is_empty() && known.is_none() {
            return Err(Failure::Missing);
        }
        let administration = self.named(eik).await?;
        let base = self.site.base(self.ask).unwrap_or_default();
        let own = format!("{base}{}", Place::Changes(eik.clone()).address(self.language));
        let updated = changed.first().map_or(OffsetDateTime::UNIX_EPOCH, |summary| summary.modified_at);
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
        for summary in &changed {
            self.entry(&mut out, &base, summary).await?;
        }
        out.end();
        let mut body = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec();
        body.extend(out.into_bytes());
        Ok(Page::new(200, ATOM, body).kept(300).modified(Some(updated)).shared())
    }

    async fn entry(&self, out: &mut Writer, base: &str, summary: &Summary) -> Result<(), Failure> {
        let address = format!("{base}{}", Place::Service(summary.key.clone()).address(self.language));
        let ended = summary.status == Status::Inactive;
        let record = self.pages.records.get(&summary.key, Some(summary.version)).await?;
        let facts = record.map(|record| record.facts);
        let (description, _) = super::lists::in_language(
            self.language,
            facts.as_ref().map(|facts| &facts.description_bg),
            facts.as_ref().and_then(|facts| facts.description_en.as_ref()),
        );
        let (name, _) = super::lists::in_language(self.language, Some(&summary.name_bg), summary.name_en.as_ref());
        out.start("", ATOM_NAMESPACE, "entry", &[], &[]);
        leaf(out, "id", &format!("{address}#v{}", summary.version));
        leaf(out, "title", &name);
        leaf(out, "updated", &dates::rfc3339(summary.modified_at));
        link(out, "alternate", &address, Some("text/html"));
        let status = if ended { "inactive" } else { "published" };
        out.start("", ATOM_NAMESPACE, "category", &[], &[("", "", "term", status)]);
        out.end();
        let text = if ended { say("gone-title", self.language, &[]) } else { shortened(&description, 500) };
        leaf(out, "summary", &text);
        out.end();
        Ok(())
    }
}

/// The services that changed last, published or ended, newest first.
async fn newest(pages: &Pages, eik: &Eik) -> Result<Vec<Summary>, RecordsError> {
    let filter = Filter {
        supplier: Some(eik.clone()),
        statuses: vec![Status::Published, Status::Inactive],
        modified_since: Some(OffsetDateTime::UNIX_EPOCH),
    };
    // The list has the oldest first: its last two pages hold the newest.
    let total = pages.records.list(filter.clone(), kapia_records::Page { number: 1, size: 1 }).await?.total;
    let last = u32::try_from(total.div_ceil(u64::from(ENTRIES))).unwrap_or(u32::MAX).max(1);
    let mut newest = Vec::new();
    for number in [last.saturating_sub(1), last] {
        if number > 0 {
            newest
                .extend(pages.records.list(filter.clone(), kapia_records::Page { number, size: ENTRIES }).await?.items);
        }
    }
    newest.reverse();
    newest.truncate(ENTRIES as usize);
    let mut seen = Vec::new();
    for summary in newest {
        // What ended without ever having been published is nobody's business.
        if summary.status == Status::Published || was_published(pages, &summary.key).await? {
            seen.push(summary);
        }
    }
    Ok(seen)
}

async fn was_published(pages: &Pages, key: &Key) -> Result<bool, RecordsError> {
    Ok(pages.records.history(key).await?.iter().any(|version| version.status == Status::Published))
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
            json!({
                "number": summary.key.service.get(),
                "version": summary.version,
                "name": { "bg": summary.name_bg, "en": summary.name_en },
                "oid": summary.oid,
                "modified": dates::rfc3339(summary.modified_at),
                "url": {
                    "bg": format!("{base}{}", place.address(Language::Bulgarian)),
                    "en": format!("{base}{}", place.address(Language::English)),
                },
            })
        })
        .collect();
    let address = format!("{base}/administrations/{eik}/services.json");
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
        None if parts > 1 => return Ok(Some(index(&base, parts))),
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
        let [bg, en] =
            [Language::Bulgarian, Language::English].map(|language| format!("{base}{}", place.address(language)));
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
        return Page::new(200, PLAIN, "User-agent: *\nDisallow: /\n").kept(3600);
    }
    let map = site.base(ask).map(|base| format!("Sitemap: {base}/sitemap.xml\n")).unwrap_or_default();
    let body = format!("User-agent: *\nDisallow: /epdeau/\nDisallow: /*?q=\nDisallow: /*&q=\n{map}");
    Page::new(200, PLAIN, body).kept(3600)
}
