use bytes::Bytes;
use time::OffsetDateTime;

use super::*;
use crate::change::{Answer, Batch, Change, Content, Mode, What};
use crate::record::Facts;
use crate::status::Environment;

struct Store {
    _folder: tempfile::TempDir,
    records: Records,
}

fn store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    Store { _folder: folder, records }
}

fn eik() -> Eik {
    Eik::parse("123456786").unwrap()
}

fn key(number: u64) -> Key {
    Key::new(eik(), ServiceNumber::new(number).unwrap())
}

fn content(text: &str, status: Status) -> Content {
    let mut facts = Facts::named(format!("Услуга {text}"), OffsetDateTime::UNIX_EPOCH);
    facts.description_bg = format!("Описание на {text}. ").repeat(40);
    Content { octets: Bytes::from(format!("<ServiceRecord>{text}</ServiceRecord>")), facts, status }
}

impl Store {
    async fn does(&self, number: u64, what: What) {
        let changes = vec![Change { key: key(number), expected: None, why: None, what }];
        let at = OffsetDateTime::now_utc();
        let batch = Batch { by: "test".into(), at, mode: Mode::AllOrNothing, changes, ticket: None };
        self.records
            .apply(batch, |applied| {
                assert!(applied.iter().all(Result::is_ok), "{applied:?}");
                Answer::default()
            })
            .await
            .unwrap();
    }

    async fn steps(&self) -> Vec<(u64, u64, Action)> {
        let recent = self.records.recent(Some(eik()), 100).await.unwrap();
        recent.iter().map(|step| (step.key.service.get(), step.version, step.action)).collect()
    }

    async fn last_steps(&self) -> Vec<(u64, Action)> {
        let recent = self.records.recent_services(&eik(), 100).await.unwrap();
        recent.iter().map(|step| (step.key.service.get(), step.action)).collect()
    }
}

#[tokio::test]
async fn a_draft_is_no_change_that_the_public_could_see() {
    let store = store();
    store.does(1, What::Put(content("a", Status::Published))).await;
    store.does(2, What::Put(content("b", Status::Draft))).await;
    store.does(1, What::Put(content("c", Status::Draft))).await;
    store.does(1, What::Put(content("d", Status::Draft))).await;
    assert_eq!(store.steps().await, [(1, 1, Action::Created)]);
    assert_eq!(store.last_steps().await, [(1, Action::Created)]);
    let shown = store.records.list_published(None, Page::first(10)).await.unwrap();
    assert_eq!((shown.total, shown.items[0].version, shown.items[0].name_bg.as_str()), (1, 1, "Услуга a"));
    assert_eq!(store.records.published(&key(1)).await.unwrap().unwrap().facts.name_bg, "Услуга a");
}

#[tokio::test]
async fn what_ends_and_comes_back_under_a_draft_is_seen() {
    let store = store();
    store.does(1, What::Put(content("a", Status::Published))).await;
    store.does(1, What::Put(content("b", Status::Draft))).await;
    store.does(1, What::Deactivate { from: None }).await;
    assert_eq!(store.last_steps().await, [(1, Action::Deactivated)]);
    assert_eq!(store.records.published(&key(1)).await.unwrap(), None);
    let last = store.records.last_published(&key(1)).await.unwrap().unwrap();
    assert_eq!((last.version, last.facts.name_bg.as_str()), (1, "Услуга a"), "not the draft");
    store.does(1, What::Reactivate).await;
    assert_eq!(store.records.published(&key(1)).await.unwrap().unwrap().version, 1);
    assert_eq!(store.last_steps().await, [(1, Action::Reactivated)]);
    let end = OffsetDateTime::now_utc() + time::Duration::days(1);
    store.does(1, What::Deactivate { from: Some(end) }).await;
    assert_eq!(store.last_steps().await, [(1, Action::Ending)]);
}

#[tokio::test]
async fn what_ended_before_it_was_published_is_nobodys_business() {
    let store = store();
    store.does(1, What::Put(content("a", Status::Draft))).await;
    store.does(1, What::Deactivate { from: None }).await;
    assert_eq!(store.steps().await, []);
    assert_eq!(store.records.last_published(&key(1)).await.unwrap(), None);
    store.does(1, What::Reactivate).await;
    store.does(1, What::Put(content("b", Status::Published))).await;
    assert_eq!(store.steps().await, [(1, 4, Action::Updated)]);
}

#[tokio::test]
async fn a_service_that_changes_often_hides_no_other() {
    let store = store();
    store.does(1, What::Put(content("a", Status::Published))).await;
    for step in 0..20 {
        store.does(2, What::Put(content(&step.to_string(), Status::Published))).await;
    }
    assert_eq!(store.records.recent(Some(eik()), 10).await.unwrap().len(), 10);
    assert_eq!(store.last_steps().await, [(2, Action::Updated), (1, Action::Created)]);
    assert_eq!(store.records.recent_services(&eik(), 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn descriptions_are_those_that_the_public_sees_in_the_order_that_was_asked() {
    let store = store();
    store.does(1, What::Put(content("a", Status::Published))).await;
    store.does(2, What::Put(content("b", Status::Published))).await;
    store.does(2, What::Put(content("тайно", Status::Draft))).await;
    store.does(3, What::Put(content("в", Status::Draft))).await;
    let found = store.records.published_descriptions(&[key(2), key(3), key(4), key(1)]).await.unwrap();
    let found: Vec<Option<String>> = found.into_iter().map(|found| found.map(|found| found.bg)).collect();
    let whole = |text: &str| Some(content(text, Status::Published).facts.description_bg);
    assert_eq!(found, [whole("b"), None, None, whole("a")]);
    assert!(store.records.published_descriptions(&[]).await.unwrap().is_empty());
}
