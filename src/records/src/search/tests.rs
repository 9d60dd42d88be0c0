use proptest::prelude::*;
use time::OffsetDateTime;

use super::*;
use crate::change::{Answer, Batch, Change, Content, Mode, What};
use crate::names::ServiceNumber;
use crate::status::{Environment, Status};

struct Store {
    _folder: tempfile::TempDir,
    records: Records,
}

fn store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    Store { _folder: folder, records }
}

impl Store {
    async fn put(&self, supplier: &str, number: u64, status: Status, fill: impl FnOnce(&mut Facts)) {
        let mut facts = Facts::named("Услуга", OffsetDateTime::UNIX_EPOCH);
        fill(&mut facts);
        let octets = serde_json::to_vec(&facts).unwrap().into();
        let key = Key::new(Eik::parse(supplier).unwrap(), ServiceNumber::new(number).unwrap());
        let what = What::Put(Content { octets, facts, status });
        let changes = vec![Change { key, expected: None, why: None, what }];
        let batch =
            Batch { by: "test".into(), at: OffsetDateTime::now_utc(), mode: Mode::AllOrNothing, changes, ticket: None };
        self.records
            .apply(batch, |applied| {
                assert!(applied.iter().all(Result::is_ok), "{applied:?}");
                Answer::default()
            })
            .await
            .unwrap();
    }

    async fn numbers(&self, text: &str) -> Vec<u64> {
        self.found(text, None).await.items.iter().map(|found| found.key.service.get()).collect()
    }

    async fn found(&self, text: &str, supplier: Option<&str>) -> Found {
        let supplier = supplier.map(|eik| Eik::parse(eik).unwrap());
        self.records.search(Search { text: text.into(), supplier, page: Page::first(20) }).await.unwrap()
    }
}

const ONE: &str = "123456786";
const TWO: &str = "000000017";

#[tokio::test]
async fn case_forms_and_beginnings_of_words_are_found_in_both_languages() {
    let store = store();
    store
        .put(ONE, 2001, Status::Published, |facts| {
            facts.name_bg = "Издаване на удостоверение за постоянен адрес".into();
            facts.name_en = Some("Certificate of permanent address".into());
            facts.description_bg = "Издава се от общината.".into();
        })
        .await;
    let asked =
        ["УДОСТОВЕРЕНИЯТА", "издаването постоянен", "адреси", "удост", "certificates", "PERM addr", "община", "2001"];
    for asked in asked {
        assert_eq!(store.numbers(asked).await, [2001], "{asked}");
    }
    for asked in ["", " .!", "удостоверение за нещо", "строеж"] {
        assert!(store.numbers(asked).await.is_empty(), "{asked}");
    }
}

#[tokio::test]
async fn a_name_is_a_better_hit_than_a_description_and_a_whole_word_than_a_part() {
    let store = store();
    store.put(ONE, 1, Status::Published, |facts| facts.description_bg = "паркиране".into()).await;
    store
        .put(ONE, 2, Status::Published, |facts| facts.name_bg = "Зона за паркирането на хора с увреждания".into())
        .await;
    store.put(ONE, 3, Status::Published, |facts| facts.name_bg = "Паркиране".into()).await;
    assert_eq!(store.numbers("паркиране").await, [3, 2, 1]);
}

#[tokio::test]
async fn only_what_the_public_sees_is_found() {
    let store = store();
    store.put(ONE, 1, Status::Draft, |facts| facts.name_bg = "Разрешение".into()).await;
    assert!(store.numbers("разрешение").await.is_empty());
    store.put(ONE, 1, Status::Published, |facts| facts.name_bg = "Разрешение за строеж".into()).await;
    assert_eq!(store.numbers("разрешение").await, [1]);
    store.put(ONE, 1, Status::Draft, |facts| facts.name_bg = "Позволение за строеж".into()).await;
    assert_eq!(store.numbers("разрешение").await, [1], "the draft hides nothing");
    assert!(store.numbers("позволение").await.is_empty(), "and shows nothing");
    store.put(ONE, 1, Status::Published, |facts| facts.name_bg = "Позволение за строеж!".into()).await;
    assert!(store.numbers("разрешение").await.is_empty());
    assert_eq!(store.numbers("позволение").await, [1]);
}

#[tokio::test]
async fn a_supplier_is_searched_alone_and_pages_do_not_overlap() {
    let store = store();
    for number in 1..=30 {
        let supplier = if number % 3 == 0 { TWO } else { ONE };
        store.put(supplier, number, Status::Published, |facts| facts.name_bg = format!("Справка {number}")).await;
    }
    assert_eq!(store.found("справка", Some(TWO)).await.total, 10);
    let first = store.found("справка", None).await;
    assert_eq!((first.items.len(), first.total, first.capped, first.more), (20, 30, false, true));
    let page = Page { number: 2, size: 20 };
    let second = store.records.search(Search { text: "справка".into(), supplier: None, page }).await.unwrap();
    assert_eq!((second.items.len(), second.more), (10, false));
    assert!(second.items.iter().all(|summary| !first.items.contains(summary)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_is_a_wrong_question(text in "\\PC{0,40}", other in "[\"*(){}:^+~\u{300}\u{301}\u{306}а-я AND OR NOT NEAR-]{0,30}") {
        static STORE: std::sync::OnceLock<(tokio::runtime::Runtime, Store)> = std::sync::OnceLock::new();
        let (runtime, store) = STORE.get_or_init(|| {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let store = store();
            runtime.block_on(store.put(ONE, 1, Status::Published, |facts| facts.name_bg = "а б в NOT near".into()));
            (runtime, store)
        });
        for text in [&text, &other] {
            runtime.block_on(store.found(text, None));
        }
    }
}
