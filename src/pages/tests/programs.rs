//! What programs read: the JSON of central systems, feeds, catalogues, maps.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "support/golden.rs"]
mod golden;
#[allow(dead_code)]
mod support;

use kapia_pages::{Ask, FacadeConfig, Page, Pages};
use support::{ask, text};

/// The digest of the token `portal-reader`.
const TOKEN: &str = "sha256:8f4dac1fe4b2e69e7b1e4b7eb43e8a4f0e2e0a8a10a39a0ad7a0cf9b8b3b6d52";

async fn filled(facade: FacadeConfig) -> (tempfile::TempDir, Pages) {
    let folder = tempfile::tempdir().unwrap();
    let pages = support::filled_pages(folder.path(), facade, &[]).await;
    (folder, pages)
}

async fn open() -> (tempfile::TempDir, Pages) {
    filled(FacadeConfig { open: true, ..FacadeConfig::default() }).await
}

async fn get(pages: &Pages, path: &str) -> Page {
    pages.answer(ask(path)).await.unwrap()
}

async fn json(pages: &Pages, path: &str) -> serde_json::Value {
    let page = get(pages, path).await;
    assert_eq!((page.status, page.content_type), (200, "application/json; charset=utf-8"), "{path}: {}", text(&page));
    serde_json::from_slice(&page.body).unwrap()
}

#[tokio::test]
async fn central_systems_find_the_shapes_that_they_know() {
    let (_folder, pages) = open().await;
    for (path, name) in [
        ("/epdeau/provider/suppliers?format=json", "suppliers.json"),
        ("/epdeau/provider/get-supplier?format=json&code=814", "get-supplier.json"),
        ("/epdeau/provider/service?format=json&supplierEIK=000695388", "service.json"),
        ("/epdeau/provider/get-service?format=json&number=2835", "get-service.json"),
    ] {
        golden::same(name, text(&get(&pages, path).await));
    }
    let shared = json(&pages, "/epdeau/provider/get-service?format=json&number=2001").await;
    assert_eq!(shared["services"]["service"].as_array().unwrap().len(), 2);
    let many = json(&pages, "/epdeau/provider/service?format=json&supplierEIK=000696327").await;
    assert_eq!(many["services"]["service"].as_array().unwrap().len(), 48);
}

#[tokio::test]
async fn code_values_are_the_texts_that_central_systems_compare_with() {
    use kapia_records::{Environment, Records, SecurityLevel};
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    let levels = [
        (SecurityLevel::Low, "Ниско"),
        (SecurityLevel::Substantial, "Значително"),
        (SecurityLevel::High, "Високо"),
        (SecurityLevel::None, "-- Не изисква --"),
    ];
    for (number, (level, _)) in (1..).zip(levels) {
        let mut content = support::specimen();
        content.facts.security_level = level;
        content.facts.internal = u64::is_multiple_of(number, 2);
        support::apply(&records, support::NOW, vec![support::put(support::AGENCY, number, content)]).await;
    }
    let facade = FacadeConfig { open: true, ..FacadeConfig::default() };
    let pages = Pages::new(records, Default::default(), facade, &[]).unwrap();
    for (number, (_, expected)) in (1..).zip(levels) {
        let found = json(&pages, &format!("/epdeau/provider/get-service?format=json&number={number}")).await;
        let service = &found["services"]["service"][0];
        assert_eq!(service["securityLevel"], expected);
        assert_eq!(service["isInternalAdminService"], if u64::is_multiple_of(number, 2) { "Да" } else { "Не" });
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_offered_is_refused_with_a_reason() {
    let (_folder, pages) = open().await;
    for (path, status, code) in [
        ("/epdeau/UserProfileService/GetEGOVUserContactData?identifier=x", 404, "profiles-not-kept"),
        ("/epdeau/provider/get-supplier?format=json&code=999", 404, "no-such-supplier"),
        ("/epdeau/provider/get-supplier?format=json", 400, "parameter-wanted"),
        ("/epdeau/provider/service?supplierEIK=12", 400, "parameter-wanted"),
        ("/epdeau/provider/service?supplierEIK=999999999", 404, "no-such-supplier"),
        ("/epdeau/provider/get-service?number=900", 404, "no-such-service"),
        ("/epdeau/provider/get-service?number=901", 404, "no-such-service"),
        ("/epdeau/provider/suppliers?format=xml", 400, "json-only"),
        ("/epdeau/provider/other", 404, "no-such-address"),
    ] {
        let page = get(&pages, path).await;
        let body: serde_json::Value = serde_json::from_slice(&page.body).unwrap();
        assert_eq!((page.status, body["error"]["code"].as_str()), (status, Some(code)), "{path}");
        assert!(!body["error"]["bg"].as_str().unwrap().is_ascii(), "{path}");
    }
}

#[tokio::test]
async fn without_a_known_token_nothing_is_read() {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"portal-reader");
    let known: String = digest.as_ref().iter().map(|octet| format!("{octet:02x}")).collect();
    let tokens = vec![TOKEN.to_owned(), format!("sha256:{known}")];
    let (_folder, pages) = filled(FacadeConfig { tokens, ..FacadeConfig::default() }).await;
    let path = "/epdeau/provider/suppliers?format=json";
    for wrong in [None, Some("Bearer wrong"), Some("Basic cG9ydGFsLXJlYWRlcg==")] {
        let page = pages.answer(Ask { authorization: wrong, ..ask(path) }).await.unwrap();
        assert_eq!((page.status, page.header("www-authenticate")), (401, Some("Bearer realm=\"epdeau\"")), "{wrong:?}");
        assert!(!text(&page).contains("814"));
    }
    let page = pages.answer(Ask { authorization: Some("Bearer portal-reader"), ..ask(path) }).await.unwrap();
    assert_eq!((page.status, page.header("cache-control")), (200, Some("private, no-cache")));
    assert_eq!(page.header("vary"), Some("Authorization"));
}

#[tokio::test]
async fn the_feed_of_changes_is_atom_with_the_newest_first() {
    let (_folder, pages) = open().await;
    let page = get(&pages, "/bg/administrations/000695388/changes.atom").await;
    golden::same("changes.atom", text(&page));
    let feed = roxmltree::Document::parse(text(&page)).unwrap();
    let atom = |name| move |node: &roxmltree::Node| node.has_tag_name(("http://www.w3.org/2005/Atom", name));
    let entries: Vec<_> = feed.descendants().filter(atom("entry")).collect();
    let updated: Vec<&str> =
        entries.iter().map(|entry| entry.children().find(atom("updated")).unwrap().text().unwrap()).collect();
    assert_eq!(updated, ["2026-11-20T14:30:00Z", "2026-06-30T12:00:00Z"]);
    assert_eq!(page.header("access-control-allow-origin"), Some("*"));
    let english = get(&pages, "/en/administrations/000696327/changes.atom").await;
    let feed = roxmltree::Document::parse(text(&english)).unwrap();
    assert_eq!(feed.descendants().filter(atom("entry")).count(), 48);
    assert_eq!(get(&pages, "/bg/administrations/999999999/changes.atom").await.status, 404);
}

#[tokio::test]
async fn the_catalogue_of_an_administration_has_all_its_services() {
    let (_folder, pages) = open().await;
    golden::same("services.json", text(&get(&pages, "/administrations/000695388/services.json").await));
    let many = json(&pages, "/administrations/000696327/services.json").await;
    assert_eq!((many["total"].as_u64(), many["services"].as_array().unwrap().len()), (Some(48), 48));
    assert_eq!(get(&pages, "/administrations/999999999/services.json").await.status, 404);
    assert_eq!(get(&pages, "/administrations/000696327/services.json?page=x").await.status, 400);
}

#[tokio::test]
async fn the_map_names_every_page_in_both_languages() {
    let (_folder, pages) = open().await;
    let page = get(&pages, "/sitemap.xml").await;
    let map = roxmltree::Document::parse(text(&page)).unwrap();
    let locations: Vec<&str> =
        map.descendants().filter(|node| node.tag_name().name() == "loc").filter_map(|node| node.text()).collect();
    assert_eq!(locations.len(), 2 * (3 + 50));
    for address in &locations {
        let path = address.strip_prefix("https://services.example.bg").unwrap();
        assert_eq!(get(&pages, path).await.status, 200, "{path}");
    }
    assert_eq!(get(&pages, "/sitemap-2.xml").await.status, 404);
    assert!(text(&get(&pages, "/robots.txt").await).contains("Sitemap: https://services.example.bg/sitemap.xml"));
}

#[tokio::test]
async fn trials_are_kept_out_of_search_engines() {
    use kapia_records::{Environment, Records};
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Staging).unwrap();
    support::fill(&records).await;
    let pages = Pages::new(records, Default::default(), FacadeConfig::default(), &[]).unwrap();
    assert!(text(&get(&pages, "/robots.txt").await).contains("Disallow: /\n"));
    let page = get(&pages, "/bg/services/000695388/2835").await;
    assert_eq!(page.header("x-robots-tag"), Some("noindex, nofollow"));
}

#[tokio::test]
async fn a_fragment_can_stand_in_pages_of_others() {
    let (_folder, pages) = open().await;
    let page = get(&pages, "/bg/services/000695388/2835/fragment").await;
    golden::same("fragment.html", text(&page));
    assert_eq!(page.header("access-control-allow-origin"), Some("*"));
    assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors *"));
    let of_all = get(&pages, "/en/administrations/000696327/fragment").await;
    assert_eq!(text(&of_all).matches("https://services.example.bg/en/services/000696327/").count(), 48);
}
