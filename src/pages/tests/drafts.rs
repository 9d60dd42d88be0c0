//! While a draft is in work, and when a service ends meanwhile: the public sees what was published, and nothing else.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
mod support;

use kapia_pages::{Ask, FacadeConfig, Pages};
use kapia_records::{Change, Content, Environment, Records, Status, What};
use support::{AGENCY, Draft, NOW, ask, text};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

struct Portal {
    _folder: tempfile::TempDir,
    records: Records,
    pages: Pages,
}

/// One service that is published.
async fn portal() -> Portal {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    support::put_supplier(&records, AGENCY, "814", "Агенция по портите", Some("Gates Agency")).await;
    let facade = FacadeConfig { open: true, ..FacadeConfig::default() };
    let pages = Pages::new(records.clone(), Default::default(), facade, &[]).unwrap();
    let portal = Portal { _folder: folder, records, pages };
    portal.does(datetime!(2026-10-01 08:00 UTC), What::Put(content("Явна услуга", Status::Published))).await;
    portal
}

fn content(name: &str, status: Status) -> Content {
    let draft = Draft {
        number: 7,
        supplier: AGENCY,
        name_bg: name.to_owned(),
        name_en: None,
        description: format!("<p>Описание на {name}.</p>"),
        online: false,
        fee: None,
        days: 5,
        more: String::new(),
    };
    Content { status, ..draft.content() }
}

impl Portal {
    async fn does(&self, at: OffsetDateTime, what: What) {
        self.does_because(at, None, what).await;
    }

    async fn does_because(&self, at: OffsetDateTime, why: Option<&str>, what: What) {
        let why = why.map(str::to_owned);
        support::apply(&self.records, at, vec![Change { key: support::key(AGENCY, 7), expected: None, why, what }])
            .await;
    }

    async fn read(&self, path: &str) -> (u16, String) {
        self.read_at(NOW, path).await
    }

    async fn read_at(&self, now: OffsetDateTime, path: &str) -> (u16, String) {
        let page = self.pages.answer(Ask { now, ..ask(path) }).await.unwrap();
        (page.status, text(&page).replace('\u{a0}', " "))
    }
}

/// Everything in which the service stands as long as it is public, and what there names it.
const WITH_IT: [(&str, &str); 14] = [
    ("/bg", "Явна услуга"),
    ("/bg/services", "Явна услуга"),
    // явна
    ("/bg/services?q=%D1%8F%D0%B2%D0%BD%D0%B0", "<mark>Явна</mark> услуга"),
    ("/bg/services/000695388/7", "<h1>Явна услуга</h1>"),
    ("/en/services/000695388/7", "<h1 lang=\"bg\">Явна услуга</h1>"),
    ("/bg/services/000695388/7/fragment", "Явна услуга"),
    ("/bg/services/000695388/7/versions", "Явна услуга"),
    ("/bg/administrations/000695388", "Явна услуга"),
    ("/bg/administrations/000695388/fragment", "Явна услуга"),
    ("/bg/administrations/000695388/changes.atom", "<title>Явна услуга</title>"),
    ("/administrations/000695388/services.json", "Явна услуга"),
    ("/sitemap.xml", "/bg/services/000695388/7</loc>"),
    ("/epdeau/provider/service?supplierEIK=000695388", "\"arId\": \"7\""),
    ("/epdeau/provider/get-service?number=7", "\"serviceName\": \"Явна услуга\""),
];

#[tokio::test]
async fn a_draft_hides_nothing_and_shows_nothing() {
    let portal = portal().await;
    let mut before = Vec::new();
    for (path, named) in WITH_IT {
        let (status, page) = portal.read(path).await;
        assert!(status == 200 && page.contains(named), "{path}: {status} {page}");
        before.push(page);
    }
    portal.does(datetime!(2026-11-01 08:00 UTC), What::Put(content("Тайна чернова", Status::Draft))).await;
    portal.does(datetime!(2026-11-02 08:00 UTC), What::SetStatus(Status::Validated)).await;
    for ((path, _), before) in WITH_IT.into_iter().zip(before) {
        assert_eq!(portal.read(path).await, (200, before), "{path}: not a letter changes");
    }
    // тайна
    let (_, found) = portal.read("/bg/services?q=%D1%82%D0%B0%D0%B9%D0%BD%D0%B0").await;
    assert!(!found.contains("class=\"results\"") && !found.contains("чернова"), "{found}");
    for version in [2, 3] {
        assert_eq!(portal.read(&format!("/bg/services/000695388/7/versions/{version}")).await.0, 404);
    }
    portal.does(datetime!(2026-11-03 08:00 UTC), What::SetStatus(Status::Published)).await;
    for (path, _) in WITH_IT.into_iter().filter(|(_, named)| named.contains("Явна услуга")) {
        let (status, page) = portal.read(path).await;
        assert!(status == 200 && page.contains("Тайна чернова") && !page.contains("Явна услуга"), "{path}: {page}");
    }
}

#[tokio::test]
async fn what_ends_while_a_draft_is_in_work_is_gone_under_its_public_name() {
    let portal = portal().await;
    portal.does(datetime!(2026-11-01 08:00 UTC), What::Put(content("Тайна чернова", Status::Draft))).await;
    let end = What::Deactivate { from: None };
    portal.does_because(datetime!(2026-11-02 08:00 UTC), Some("Законът е отменен."), end).await;
    let (status, page) = portal.read("/bg/services/000695388/7").await;
    assert_eq!(status, 410);
    assert!(
        page.contains("„Явна услуга“") && page.contains("2 ноември 2026 г.") && page.contains("Законът е отменен."),
        "{page}"
    );
    let (_, feed) = portal.read("/bg/administrations/000695388/changes.atom").await;
    assert!(feed.contains("<title>Явна услуга</title>") && feed.contains("term=\"inactive\""), "{feed}");
    assert!(feed.contains("<updated>2026-11-02T08:00:00Z</updated>"), "{feed}");
    for (path, named) in WITH_IT {
        let (status, page) = portal.read(path).await;
        assert!(!page.contains("Тайна") && !page.contains("чернова"), "{path}");
        let still_named = ["/7", "/changes.atom"].iter().any(|end| path.ends_with(end));
        assert!(status != 200 || still_named || !page.contains(named), "{path}");
    }
    portal.does(datetime!(2026-11-03 08:00 UTC), What::Reactivate).await;
    for (path, named) in WITH_IT {
        let (status, page) = portal.read(path).await;
        assert!(status == 200 && page.contains(named) && !page.contains("Тайна"), "{path}: {status} {page}");
    }
}

#[tokio::test]
async fn an_announced_end_stands_on_the_page_whatever_is_in_work_and_keeps_its_reason() {
    let portal = portal().await;
    let end = datetime!(2026-12-31 22:00 UTC);
    let announced = What::Deactivate { from: Some(end) };
    portal.does_because(datetime!(2026-11-10 08:00 UTC), Some("Заменя се с нова услуга."), announced).await;
    portal.does(datetime!(2026-11-11 08:00 UTC), What::Put(content("Тайна чернова", Status::Draft))).await;
    let (status, page) = portal.read("/bg/services/000695388/7").await;
    assert!(status == 200 && page.contains("Услугата се предоставя до 1 януари 2027 г."), "{page}");
    // The calendar comes late, and knows no reason.
    let late = end + Duration::days(3);
    assert_eq!(portal.records.sweep(late).await.unwrap(), 1);
    let (status, page) = portal.read_at(late, "/bg/services/000695388/7").await;
    assert_eq!(status, 410);
    for said in ["„Явна услуга“", "1 януари 2027 г.", "Заменя се с нова услуга."]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("Тайна"));
}
