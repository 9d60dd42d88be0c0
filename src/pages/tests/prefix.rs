//! Pages under a path: a proxy takes it away before it asks, and every address that a page gives has it.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "support/html.rs"]
#[allow(dead_code)]
mod html;
#[allow(dead_code)]
mod support;

use kapia_pages::{FacadeConfig, Page, Pages, PagesConfig, SiteConfig};
use kapia_records::{Environment, Records};
use std::collections::{BTreeMap, BTreeSet};
use support::{MUNICIPALITY, ask, text};

const HOST: &str = "https://services.example.bg";
const PREFIX: &str = "/public/portal";
const SITE: &str = "www.gorna-porta.example.bg";

async fn under_a_prefix() -> (tempfile::TempDir, Pages) {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    support::fill(&records).await;
    let files = folder.path().join("site");
    std::fs::create_dir_all(files.join("static")).unwrap();
    std::fs::write(files.join("static/site.css"), ":root { --band: #402060; }").unwrap();
    std::fs::write(files.join("static/logo.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    let site = format!("host = {SITE:?}\nsupplier = {MUNICIPALITY:?}\ntemplates = {files:?}\nprefix = \"/uslugi/\"");
    let site: SiteConfig = toml::from_str(&site).unwrap();
    let config: PagesConfig = toml::from_str(&format!("base = {HOST:?}\nprefix = \"/public\"")).unwrap();
    let facade = FacadeConfig { open: true, ..FacadeConfig::default() };
    let pages = Pages::new(records, config.below("/portal"), facade, &[site]).unwrap();
    assert_eq!(pages.problems(), []);
    (folder, pages)
}

/// What a proxy does.
async fn through_proxy(pages: &Pages, host: &str, prefix: &str, address: &str) -> Page {
    let below = address.strip_prefix(prefix).unwrap_or_else(|| panic!("{address} is not below {prefix}"));
    let below = if below.is_empty() { "/" } else { below };
    let page = pages.answer(kapia_pages::Ask { host: Some(host), ..ask(below) }).await;
    page.unwrap_or_else(|| panic!("{address} is not ours"))
}

/// The addresses of ours that an answer gives, without the host.
fn addresses(page: &Page, base: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let ours = |address: &str| match address.strip_prefix(base) {
        Some(path) => Some(path.to_owned()),
        None => address.starts_with('/').then(|| address.to_owned()),
    };
    found.extend(page.header("location").and_then(ours));
    let body = text(page);
    if page.content_type.starts_with("text/html") && !body.is_empty() {
        for element in html::read(body).unwrap().all() {
            for attribute in ["href", "src", "action", "content"] {
                found.extend(element.get(attribute).and_then(ours));
            }
        }
    }
    // Feeds, maps, catalogues and JSON-LD name addresses with their host.
    for (at, _) in body.match_indices(base) {
        let rest = &body[at + base.len()..];
        let end = rest.find(['"', '<', '&', ' ', '\n', '#', '\\']).unwrap_or(rest.len());
        found.insert(rest[..end].to_owned());
    }
    found
        .into_iter()
        .map(|address| address.split('#').next().unwrap().to_owned())
        .filter(|address| !address.is_empty())
        .collect()
}

/// Follows every address from one on; how each was answered.
async fn walked(pages: &Pages, host: &str, prefix: &str, base: &str) -> BTreeMap<String, u16> {
    let mut seen = BTreeMap::new();
    let mut open: Vec<String> =
        ["", "/", "/robots.txt", "/services/000696327/2000", "/bg/"].map(|path| format!("{prefix}{path}")).into();
    while let Some(address) = open.pop() {
        if seen.contains_key(&address) {
            continue;
        }
        let page = through_proxy(pages, host, prefix, &address).await;
        seen.insert(address.clone(), page.status);
        for name in page.headers.iter().map(|(name, _)| name.to_ascii_lowercase()) {
            assert!(name != "set-cookie", "{address}: pages keep nothing at their readers");
        }
        for found in addresses(&page, base) {
            assert!(found == prefix || found.starts_with(&format!("{prefix}/")), "{address} leads to {found}");
            open.push(found);
        }
    }
    seen
}

#[tokio::test]
async fn every_address_has_the_prefix_and_leads_somewhere() {
    let (_folder, pages) = under_a_prefix().await;
    let seen = walked(&pages, "services.example.bg", PREFIX, HOST).await;
    for (address, status) in &seen {
        let ended = *status == 410 && address.ends_with("/services/000695388/900");
        assert!(ended || matches!(status, 200 | 302 | 308), "{address}: {status}");
    }
    for path in [
        "/bg",
        "/en",
        "/bg/services?page=3",
        "/bg/services/000695388/2835",
        "/bg/services/000695388/2835/versions/1",
        "/sitemap.xml",
        "/bg/administrations/000696327/changes.atom",
        "/administrations/000696327/services.json",
        "/bg/administrations/000696327/fragment",
        "/services/2001",
    ] {
        assert!(seen.contains_key(&format!("{PREFIX}{path}")), "{path} was not reached");
    }
    assert!(seen.keys().any(|address| address.contains("/assets/style.css?v=")));
    assert!(seen.len() > 250, "{}", seen.len());
}

#[tokio::test]
async fn a_site_has_a_prefix_of_its_own() {
    let (_folder, pages) = under_a_prefix().await;
    let seen = walked(&pages, SITE, "/uslugi", &format!("https://{SITE}")).await;
    for (address, status) in &seen {
        assert!(matches!(status, 200 | 302 | 308), "{address}: {status}");
    }
    for part in ["/uslugi/site/site.css?v=", "/uslugi/site/logo.svg?v=", "/uslugi/bg/services/000696327/2047"] {
        assert!(seen.keys().any(|address| address.starts_with(part)), "{part}");
    }
}

#[tokio::test]
async fn what_has_the_prefix_for_machines_is_told_to_them() {
    let (_folder, pages) = under_a_prefix().await;
    let get = async |path: &str| through_proxy(&pages, "services.example.bg", PREFIX, &format!("{PREFIX}{path}")).await;
    let page = get("/bg/services/000695388/2835").await;
    let canonical = format!("<link rel=\"canonical\" href=\"{HOST}{PREFIX}/bg/services/000695388/2835\">");
    assert!(
        text(&page).contains(&canonical)
            && text(&page).contains(&format!("hreflang=\"x-default\" href=\"{HOST}{PREFIX}/services/"))
    );
    let robots = get("/robots.txt").await;
    for line in ["Disallow: /public/portal/epdeau/", "Sitemap: https://services.example.bg/public/portal/sitemap.xml"] {
        assert!(text(&robots).lines().any(|known| known == line), "{}", text(&robots));
    }
    let feed = get("/bg/administrations/000695388/changes.atom").await;
    assert!(text(&feed).contains(&format!("<id>{HOST}{PREFIX}/bg/administrations/000695388/changes.atom</id>")));
    let slash = get("/bg/services/?q=1").await;
    assert_eq!((slash.status, slash.header("location")), (308, Some("/public/portal/bg/services?q=1")));
    // The façade has no addresses of ours in it.
    assert_eq!(get("/epdeau/provider/suppliers?format=json").await.status, 200);
}
