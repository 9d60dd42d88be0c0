//! The pages over a store with everything in it.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "support/golden.rs"]
mod golden;
#[path = "support/html.rs"]
#[allow(dead_code)]
mod html;
#[allow(dead_code)]
mod support;

use kapia_pages::{Ask, FacadeConfig, Page, Pages};
use support::{AGENCY, MINISTRY, MUNICIPALITY, ask, text};

async fn filled() -> (tempfile::TempDir, Pages) {
    let folder = tempfile::tempdir().unwrap();
    let pages = support::filled_pages(folder.path(), FacadeConfig::default(), &[]).await;
    (folder, pages)
}

async fn get(pages: &Pages, path: &str) -> Page {
    pages.answer(ask(path)).await.unwrap_or_else(|| panic!("{path} is not ours"))
}

async fn shown(pages: &Pages, path: &str) -> html::Element {
    let page = get(pages, path).await;
    html::read(text(&page)).unwrap_or_else(|error| panic!("{path}: {error}\n{}", text(&page)))
}

const EVERY_PAGE: [&str; 16] = [
    "",
    "/services",
    "/services?page=2",
    "/services?q=%D1%80%D0%B0%D0%B7%D1%80%D0%B5%D1%88%D0%B5%D0%BD%D0%B8%D0%B5",
    "/services?q=rocket",
    "/services?supplier=000696327&q=2001",
    "/services/2001",
    "/services/000695388/2835",
    "/services/000696327/2001",
    "/services/000695388/2835/versions",
    "/services/000695388/2835/versions/1",
    "/services/000695388/900",
    "/administrations",
    "/administrations/000696327",
    "/administrations/000695388",
    "/nowhere",
];

#[tokio::test]
async fn every_page_is_well_formed_and_made_for_everybody() {
    let (_folder, pages) = filled().await;
    for language in ["bg", "en"] {
        for path in EVERY_PAGE {
            let path = format!("/{language}{path}");
            let root = shown(&pages, &path).await;
            let claim = |holds: bool, what: &str| assert!(holds, "{path}: {what}");
            claim(root.one("html").get("lang") == Some(language), "the document has its language");
            claim(!root.one("title").text().is_empty(), "it has a title");
            claim(root.find("h1").len() == 1, "it has one h1");
            for landmark in ["header", "main", "footer"] {
                claim(root.find(landmark).len() == 1, "it has one of each landmark");
            }
            let body = root.one("body");
            let first = body.children().next().unwrap();
            claim(
                first.get("href") == Some("#content") && root.one("main").get("id") == Some("content"),
                "the first link skips to the content",
            );
            headings_do_not_skip(&root, &path);
            for nav in root.find("nav") {
                claim(nav.get("aria-label").or(nav.get("aria-labelledby")).is_some(), "navigations have names");
            }
            let ids: Vec<&str> = root.all().iter().filter_map(|element| element.get("id")).collect();
            let mut unique = ids.clone();
            unique.sort_unstable();
            unique.dedup();
            claim(unique.len() == ids.len(), "identifiers are unique");
            for element in root.all() {
                for (attribute, value) in &element.attributes {
                    let refers = ["aria-labelledby", "aria-describedby", "for"].contains(&attribute.as_str());
                    claim(!refers || ids.contains(&value.as_str()), "references lead somewhere");
                    claim(
                        !attribute.starts_with("on") && attribute != "style",
                        "nothing runs and nothing is styled in place",
                    );
                    claim(
                        attribute != "href" || !value.starts_with('#') || ids.contains(&&value[1..]),
                        "links within the page lead somewhere",
                    );
                }
            }
            for input in root.find("input").into_iter().filter(|input| input.get("type") != Some("hidden")) {
                let labelled = root
                    .find("label")
                    .iter()
                    .any(|label| label.get("for") == input.get("id") && !label.text().is_empty());
                claim(labelled, "fields have labels");
            }
            for image in root.find("img") {
                claim(image.get("alt").is_some(), "images have texts");
            }
            for link in root.find("a").iter().chain(&root.find("button")) {
                claim(
                    !link.text().is_empty() || link.get("aria-label").is_some(),
                    "links and buttons say what they do",
                );
            }
            for table in root.find("table").into_iter().filter(|table| table.find("thead").len() == 1) {
                claim(table.find("caption").len() == 1, "tables have captions");
                claim(table.find("th").iter().all(|head| head.get("scope").is_some()), "their headings say for what");
            }
            for list in root.find("ul").iter().chain(&root.find("ol")) {
                claim(list.children().all(|child| child.name == "li"), "lists have items only");
            }
            for script in root.find("script") {
                claim(script.get("type") == Some("application/ld+json"), "there are no scripts");
            }
        }
    }
}

fn headings_do_not_skip(root: &html::Element, path: &str) {
    let mut before = 0;
    for heading in root.all() {
        let Some(level) = heading.name.strip_prefix('h').and_then(|level| level.parse::<u32>().ok()) else { continue };
        assert!(level <= before + 1, "{path}: h{level} after h{before}: {}", heading.text());
        assert!(!heading.text().is_empty(), "{path}: an empty heading");
        before = level;
    }
}

#[tokio::test]
async fn the_page_of_a_service_is_what_it_was() {
    let (_folder, pages) = filled().await;
    for language in ["bg", "en"] {
        let page = get(&pages, &format!("/{language}/services/000695388/2835")).await;
        // Digests in addresses of files change with the files.
        let lines =
            text(&page).lines().map(|line| line.split_once("?v=").map_or(line, |(before, _)| before).trim_end());
        let found: String = lines.filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
        golden::same(&format!("service.{language}.html"), &found);
    }
}

#[tokio::test]
async fn bulgarian_words_on_an_english_page_say_that_they_are_bulgarian() {
    let (_folder, pages) = filled().await;
    for path in [
        "/en/services/000695388/2835",
        "/en/services/000696327/2001",
        "/en/services",
        "/en",
        "/en/administrations/000696327",
    ] {
        let root = shown(&pages, path).await;
        fn check(element: &html::Element, bulgarian: bool, path: &str) {
            let bulgarian = element.get("lang").map_or(bulgarian, |lang| lang == "bg");
            for child in &element.children {
                match child {
                    html::Node::Element(child) if child.name != "script" && child.name != "title" => {
                        check(child, bulgarian, path)
                    }
                    html::Node::Text(text) => {
                        let cyrillic = text.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c));
                        assert!(bulgarian || !cyrillic, "{path}: {text:?} in <{}> has no language", element.name);
                    }
                    html::Node::Element(_) => {}
                }
            }
        }
        check(root.one("body"), false, path);
    }
}

#[tokio::test]
async fn a_service_says_what_it_costs_and_how_long_it_takes() {
    let (_folder, pages) = filled().await;
    let page = shown(&pages, "/bg/services/000695388/2835").await.text();
    for said in [
        "Издаване на удостоверение за вписване в регистъра на пазителите на порти",
        "от 8,00 € (15,65 лв.)",
        "от 1 работен ден",
        "10,23 € 20,00 лв.",
        "Експресна услуга",
        "от 1 януари 2099 г.",
        "Ниво на осигуреност Значително",
        "гр. София, п. к. 1000, ул. „Портата“ № 1",
        "чл. 12, ал. 3, т. 1, буква „б“",
        "BG80 BNBG 9661 1020 3456 78",
        "Министърът на портите",
        "В сила от 15 януари 2024 г.",
        "Последна промяна 20 ноември 2026 г.",
    ] {
        let page = page.replace('\u{a0}', " ");
        assert!(page.contains(said), "{said}\n{page}");
    }
    let english = shown(&pages, "/en/services/000695388/2835").await.text().replace('\u{a0}', " ");
    for said in [
        "Certificate of entry in the register of gatekeepers",
        "from €8.00 (BGN 15.65)",
        "5 working days",
        "Gates Agency",
        "In force since 15 January 2024",
    ] {
        assert!(english.contains(said), "{said}\n{english}");
    }
}

#[tokio::test]
async fn nothing_is_shown_that_was_not_published() {
    let (_folder, pages) = filled().await;
    assert_eq!(get(&pages, "/bg/services/000695388/901").await.status, 404);
    for path in [
        "/bg/services?q=%D1%82%D0%B0%D0%B9%D0%BD%D0%B0",
        "/bg/administrations/000695388",
        "/sitemap.xml",
        "/administrations/000695388/services.json",
        "/bg/administrations/000695388/changes.atom",
        "/bg/administrations/000695388/fragment",
    ] {
        let page = get(&pages, path).await;
        assert!(!text(&page).contains("чернова") && !text(&page).contains("/901"), "{path}");
    }
}

#[tokio::test]
async fn what_has_ended_is_gone_and_says_why() {
    let (_folder, pages) = filled().await;
    let page = get(&pages, "/bg/services/000695388/900").await;
    assert_eq!(page.status, 410);
    let shown = text(&page).replace('\u{a0}', " ");
    for said in ["Регистрация на подвижни мостове", "30 юни 2026 г.", "Отменена с изменението на Закона за портите."]
    {
        assert!(shown.contains(said), "{said}");
    }
    assert!(text(&page).contains("<meta name=\"robots\" content=\"noindex\">"));
}

#[tokio::test]
async fn earlier_versions_can_be_read_and_say_that_they_are_earlier() {
    let (_folder, pages) = filled().await;
    let versions = shown(&pages, "/bg/services/000695388/2835/versions").await;
    let hrefs: Vec<&str> = versions.one("table").find("a").iter().filter_map(|link| link.get("href")).collect();
    assert_eq!(hrefs, ["/bg/services/000695388/2835", "/bg/services/000695388/2835/versions/1"]);
    let old = get(&pages, hrefs[1]).await;
    assert!(
        text(&old).contains("вече не е в сила") && text(&old).contains("noindex") && !text(&old).contains("canonical")
    );
    let current = get(&pages, "/bg/services/000695388/2835/versions/2").await;
    assert_eq!((current.status, current.header("location")), (302, Some("/bg/services/000695388/2835")));
    for missing in [
        "/bg/services/000695388/2835/versions/3",
        "/bg/services/000695388/901/versions/1",
        "/bg/services/000695388/900/versions/1",
    ] {
        assert_eq!(get(&pages, missing).await.status, 404, "{missing}");
    }
}

#[tokio::test]
async fn a_search_marks_what_it_found_and_helps_when_it_finds_nothing() {
    let (_folder, pages) = filled().await;
    // разрешение
    let found = shown(&pages, "/bg/services?q=%D1%80%D0%B0%D0%B7%D1%80%D0%B5%D1%88%D0%B5%D0%BD%D0%B8%D0%B5").await;
    assert!(found.find("mark").iter().any(|mark| mark.text() == "разрешение"));
    assert!(found.text().contains("Намерени са 13 услуги"), "{}", found.text());
    assert_eq!(found.find("input")[0].get("value"), Some("разрешение"));
    let nothing = shown(&pages, "/en/services?q=%22%3E%3Cscript%3Erocket").await;
    assert!(nothing.text().contains("Nothing was found for “\"><script>rocket”"), "{}", nothing.text());
    let number = shown(&pages, "/bg/services?q=2835").await;
    assert_eq!(number.find("h2")[0].find("a")[0].get("href"), Some("/bg/services/000695388/2835"));
    let within =
        shown(&pages, "/bg/services?q=%D1%80%D0%B0%D0%B7%D1%80%D0%B5%D1%88%D0%B5%D0%BD%D0%B8%D0%B5&supplier=000695114")
            .await;
    assert!(within.text().contains("Намерена е 1 услуга"), "{}", within.text());
}

#[tokio::test]
async fn lists_go_on_over_pages_and_end() {
    let (_folder, pages) = filled().await;
    let mut seen = std::collections::BTreeSet::new();
    for number in 1..=3 {
        let page = shown(&pages, &format!("/bg/services?page={number}")).await;
        let results = page.find("ol").into_iter().find(|list| list.get("class") == Some("results")).unwrap();
        seen.extend(results.find("a").iter().filter_map(|link| link.get("href").map(str::to_owned)));
    }
    assert_eq!(seen.len(), 50);
    assert_eq!(get(&pages, "/bg/services?page=4").await.status, 404);
    for wrong in ["0", "-1", "x", "99999999999"] {
        assert_eq!(get(&pages, &format!("/bg/services?page={wrong}")).await.status, 400, "{wrong}");
    }
    assert_eq!(get(&pages, "/bg/services?supplier=12").await.status, 400);
}

#[tokio::test]
async fn one_number_in_several_administrations_is_a_choice() {
    let (_folder, pages) = filled().await;
    let page = shown(&pages, "/bg/services/2001").await;
    let hrefs: Vec<&str> = page.one("main").find("a").iter().filter_map(|link| link.get("href")).collect();
    assert_eq!(hrefs, [format!("/bg/services/{MINISTRY}/2001"), format!("/bg/services/{MUNICIPALITY}/2001")]);
    let only = get(&pages, "/bg/services/2835").await;
    assert_eq!((only.status, only.header("location")), (302, Some(format!("/bg/services/{AGENCY}/2835").as_str())));
    assert_eq!(get(&pages, "/bg/services/77").await.status, 404);
}

#[tokio::test]
async fn an_address_without_a_language_leads_to_the_one_that_the_reader_prefers() {
    let (_folder, pages) = filled().await;
    let neutral = |accept| Ask { accept_language: accept, ..ask("/services/000695388/2835?x=1") };
    for (accept, language) in [(None, "bg"), (Some("en-US,en;q=0.9"), "en"), (Some("bg"), "bg"), (Some("de"), "bg")] {
        let page = pages.answer(neutral(accept)).await.unwrap();
        assert_eq!(page.status, 302);
        assert_eq!(page.header("location").unwrap(), format!("/{language}/services/000695388/2835?x=1"));
        assert_eq!(page.header("vary"), Some("Accept-Language"));
    }
    let slash = get(&pages, "/bg/").await;
    assert_eq!((slash.status, slash.header("location")), (308, Some("/bg")));
    // An address must not lead to another host.
    assert_eq!(pages.answer(ask("//evil.example/bg/")).await, None);
}

#[tokio::test]
async fn search_engines_learn_of_both_languages_and_of_the_service() {
    let (_folder, pages) = filled().await;
    let page = shown(&pages, "/bg/services/000695388/2835").await;
    let links: Vec<(Option<&str>, Option<&str>)> = page
        .find("link")
        .iter()
        .filter(|link| link.get("rel") == Some("alternate"))
        .map(|link| (link.get("hreflang"), link.get("href")))
        .collect();
    let base = "https://services.example.bg";
    assert_eq!(
        links,
        [
            (Some("bg"), Some(format!("{base}/bg/services/000695388/2835").as_str())),
            (Some("en"), Some(format!("{base}/en/services/000695388/2835").as_str())),
            (Some("x-default"), Some(format!("{base}/services/000695388/2835").as_str())),
        ]
    );
    let script = page.one("script");
    let html::Node::Text(data) = &script.children[0] else { panic!() };
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["@type"], "GovernmentService");
    assert_eq!(data["provider"]["identifier"], AGENCY);
    assert_eq!(data["offers"][0]["price"], "10.23");
    assert_eq!(data["availableChannel"][0]["serviceUrl"], "https://e-services.example.bg/gatekeepers/certificate");
}

#[tokio::test]
async fn a_page_that_the_browser_holds_is_not_sent_again_until_it_changes() {
    let (folder, pages) = filled().await;
    let path = "/bg/services/000695388/2835";
    let first = get(&pages, path).await;
    let tag = first.header("etag").unwrap().to_owned();
    assert_eq!(first.header("last-modified"), Some("Fri, 20 Nov 2026 14:30:00 GMT"));
    let again = || Ask { if_none_match: Some(&tag), ..ask(path) };
    assert_eq!(pages.answer(again()).await.unwrap().status, 304);
    let records =
        kapia_records::Records::open(folder.path().join("records.db"), kapia_records::Environment::Production).unwrap();
    let mut changed = support::specimen();
    changed.octets = support::SPECIMEN.replace("Охрана", "Отбрана").into();
    support::apply(&records, time::macros::datetime!(2026-11-21 08:00 UTC), vec![support::put(AGENCY, 2835, changed)])
        .await;
    assert_eq!(pages.answer(again()).await.unwrap().status, 200);
}

#[tokio::test]
async fn pages_can_only_be_read() {
    let (_folder, pages) = filled().await;
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let page = pages.answer(Ask { method, ..ask("/bg") }).await.unwrap();
        assert_eq!((page.status, page.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    assert_eq!(pages.answer(Ask { method: "HEAD", ..ask("/bg") }).await.unwrap().status, 200);
    assert_eq!(pages.answer(ask("/RegiXEntryPointV2.svc")).await, None);
}

#[tokio::test]
async fn files_with_a_digest_in_their_address_are_kept_for_ever() {
    let (_folder, pages) = filled().await;
    let page = shown(&pages, "/bg").await;
    let style = page.find("link").into_iter().find(|link| link.get("rel") == Some("stylesheet")).unwrap();
    let file = get(&pages, style.get("href").unwrap()).await;
    assert_eq!((file.status, file.content_type), (200, "text/css; charset=utf-8"));
    assert!(file.header("cache-control").unwrap().contains("immutable"));
    let without = get(&pages, "/assets/style.css?v=old").await;
    assert!(!without.header("cache-control").unwrap().contains("immutable"));
    for missing in ["/assets/../Cargo.toml", "/assets/x.css", "/site/logo.svg", "/assets/%2e%2e"] {
        assert!(pages.answer(ask(missing)).await.is_none_or(|page| page.status == 404), "{missing}");
    }
}
