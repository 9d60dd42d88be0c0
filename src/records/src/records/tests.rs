use bytes::Bytes;
use time::Duration;

use super::*;
use crate::caller::CredentialId;
use crate::change::{Answer, Applied, Batch, Change, Content, Done, Mode, Outcome, PushNote, Refused, What};
use crate::names::{Eik, Key, RequestId, ServiceNumber};
use crate::outbox::{Onward, Waiting};
use crate::record::{Action, Facts, Filter, Page, Since};
use crate::register::{RegisterEntry, Registered};
use crate::requests::Begun;
use crate::status::Status;
use crate::supplier::{Supplier, SupplierStatus};

struct Store {
    folder: tempfile::TempDir,
    records: Records,
}

fn store() -> Store {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path().join("records.db"), Environment::Production).unwrap();
    Store { folder, records }
}

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn eik() -> Eik {
    Eik::parse("123456786").unwrap()
}

fn key(number: u64) -> Key {
    Key::new(eik(), ServiceNumber::new(number).unwrap())
}

fn content(text: &str, status: Status) -> Content {
    let facts = Facts::named(format!("Услуга {text}"), OffsetDateTime::UNIX_EPOCH);
    Content { octets: Bytes::from(format!("<ServiceRecord>{text}</ServiceRecord>")), facts, status }
}

fn change(number: u64, what: What) -> Change {
    Change { key: key(number), expected: None, why: None, what }
}

impl Store {
    async fn batch(&self, mode: Mode, changes: Vec<Change>) -> Vec<Applied> {
        let (tell, told) = std::sync::mpsc::channel();
        let batch = Batch { by: "mop".into(), at: now(), mode, changes, ticket: None };
        let answer = move |applied: &[Applied]| {
            tell.send(applied.to_vec()).unwrap();
            Answer::default()
        };
        self.records.apply(batch, answer).await.unwrap();
        told.recv().unwrap()
    }

    async fn one(&self, change: Change) -> Applied {
        self.batch(Mode::AllOrNothing, vec![change]).await.remove(0)
    }

    async fn outcome(&self, number: u64, what: What) -> (Outcome, u64, Status) {
        let Done { outcome, version, status, .. } = self.one(change(number, what)).await.unwrap();
        (outcome, version, status)
    }
}

#[tokio::test]
async fn a_version_grows_with_every_change_and_with_nothing_else() {
    let store = store();
    let (add, put, update) = (What::Add, What::Put, What::Update);
    assert_eq!(store.one(change(1, update(content("a", Status::Draft)))).await, Err(Refused::NotFound));
    let created = store.outcome(1, add(content("a", Status::Published))).await;
    assert_eq!(created, (Outcome::Created, 1, Status::Published));
    assert_eq!(store.outcome(1, add(content("a", Status::Draft))).await, (Outcome::Unchanged, 1, Status::Published));
    let other = store.one(change(1, add(content("b", Status::Draft)))).await;
    assert_eq!(other, Err(Refused::Exists { current: 1 }));
    assert_eq!(store.outcome(1, update(content("b", Status::Draft))).await, (Outcome::Updated, 2, Status::Draft));
    assert_eq!(store.outcome(1, put(content("b", Status::Draft))).await, (Outcome::Unchanged, 2, Status::Draft));
    assert_eq!(store.outcome(2, put(content("b", Status::Draft))).await, (Outcome::Created, 1, Status::Draft));

    let newest = store.records.get(&key(1), None).await.unwrap().unwrap();
    assert_eq!((newest.version, newest.status, newest.published_version), (2, Status::Draft, Some(1)));
    assert_eq!(newest.octets, "<ServiceRecord>b</ServiceRecord>");
    let public = store.records.published(&key(1)).await.unwrap().unwrap();
    assert_eq!((public.version, public.status), (1, Status::Published), "a draft on top hides nothing");
    let first = store.records.get(&key(1), Some(1)).await.unwrap().unwrap();
    assert_eq!(first, public);
    assert_eq!(store.records.get(&key(1), Some(3)).await.unwrap(), None);
}

#[tokio::test]
async fn of_two_who_change_the_same_version_one_wins() {
    let store = store();
    store.outcome(1, What::Add(content("a", Status::Published))).await;
    let update = |text: &str| Change { expected: Some(1), ..change(1, What::Update(content(text, Status::Published))) };
    let (one, two) = tokio::join!(store.one(update("b")), store.one(update("c")));
    let won = [&one, &two].into_iter().filter(|applied| applied.is_ok()).count();
    let lost = [one, two].into_iter().filter(|applied| *applied == Err(Refused::Conflict { expected: 1, current: 2 }));
    assert_eq!((won, lost.count()), (1, 1));
    let must_be_new = Change { expected: Some(0), ..change(1, What::Put(content("d", Status::Draft))) };
    assert_eq!(store.one(must_be_new).await, Err(Refused::Conflict { expected: 0, current: 2 }));
}

#[tokio::test]
async fn one_refused_change_undoes_all_or_nothing_by_the_mode() {
    let store = store();
    store.outcome(2, What::Add(content("a", Status::Draft))).await;
    let changes = || {
        vec![
            change(1, What::Add(content("a", Status::Draft))),
            change(2, What::Add(content("b", Status::Draft))),
            change(3, What::Add(content("a", Status::Draft))),
        ]
    };
    let undone = store.batch(Mode::AllOrNothing, changes()).await;
    let exists = Err(Refused::Exists { current: 1 });
    assert_eq!(undone, [Err(Refused::Undone), exists, Err(Refused::Undone)]);
    assert_eq!(store.records.get(&key(1), None).await.unwrap(), None);

    let kept = store.batch(Mode::BestEffort, changes()).await;
    assert!(kept[0].is_ok() && kept[1] == exists && kept[2].is_ok());
    assert_eq!(store.records.list(Filter::default(), Page::first(10)).await.unwrap().total, 3);
}

#[tokio::test]
async fn the_way_to_the_public_is_kept_and_history_says_who_and_why() {
    let store = store();
    store.outcome(1, What::Add(content("a", Status::Draft))).await;
    let to_public = store.one(change(1, What::SetStatus(Status::Published))).await;
    assert_eq!(to_public, Err(Refused::Transition { from: Status::Draft, to: Status::Published }));
    store.outcome(1, What::SetStatus(Status::Validated)).await;
    assert_eq!(store.records.published(&key(1)).await.unwrap(), None);
    let why = Some("проверено".to_owned());
    store.one(Change { why: why.clone(), ..change(1, What::SetStatus(Status::Published)) }).await.unwrap();
    assert_eq!(store.records.published(&key(1)).await.unwrap().unwrap().version, 3);

    let history = store.records.history(&key(1)).await.unwrap();
    let steps: Vec<(u64, Action, Status)> =
        history.iter().map(|step| (step.version, step.action, step.status)).collect();
    assert_eq!(
        steps,
        [
            (3, Action::StatusChanged, Status::Published),
            (2, Action::StatusChanged, Status::Validated),
            (1, Action::Created, Status::Draft),
        ]
    );
    assert_eq!((history[0].by.as_str(), &history[0].why), ("mop", &why));
    assert_eq!(history[0].digest, history[2].digest, "a status changes no octet");
}

#[tokio::test]
async fn a_service_that_ended_is_gone_for_the_public_and_comes_back_as_it_was() {
    let store = store();
    store.outcome(1, What::Add(content("a", Status::Published))).await;
    let end = || What::Deactivate { from: None };
    assert_eq!(store.outcome(1, end()).await, (Outcome::Deactivated, 2, Status::Inactive));
    assert_eq!(store.outcome(1, end()).await, (Outcome::Unchanged, 2, Status::Inactive));
    assert_eq!(store.records.published(&key(1)).await.unwrap(), None);
    assert!(store.records.published_by_number(ServiceNumber::new(1).unwrap()).await.unwrap().is_empty());
    for what in [What::Update(content("b", Status::Draft)), What::Add(content("a", Status::Draft))] {
        assert_eq!(store.one(change(1, what)).await, Err(Refused::Inactive));
    }
    assert_eq!(store.outcome(1, What::Reactivate).await, (Outcome::Reactivated, 3, Status::Published));
    assert_eq!(store.outcome(1, What::Reactivate).await, (Outcome::Unchanged, 3, Status::Published));
    assert_eq!(store.records.published(&key(1)).await.unwrap().unwrap().version, 1);
    let recent = store.records.recent(Some(eik()), 10).await.unwrap();
    assert_eq!(
        recent.iter().map(|step| step.action).collect::<Vec<_>>(),
        [Action::Reactivated, Action::Deactivated, Action::Created]
    );
    assert_eq!(store.records.published_counts().await.unwrap().into_iter().collect::<Vec<_>>(), [(eik(), 1)]);
}

#[tokio::test]
async fn an_end_that_is_to_come_comes_at_its_moment() {
    let store = store();
    store.outcome(1, What::Add(content("a", Status::Published))).await;
    let end = now() + Duration::hours(1);
    let later = || What::Deactivate { from: Some(end) };
    assert_eq!(store.outcome(1, later()).await, (Outcome::Deactivated, 2, Status::Published));
    assert_eq!(store.outcome(1, later()).await.0, Outcome::Unchanged);
    assert_eq!(store.records.sweep(now()).await.unwrap(), 0);
    assert!(store.records.published(&key(1)).await.unwrap().is_some());
    assert_eq!(store.records.sweep(end + Duration::seconds(1)).await.unwrap(), 1);
    assert_eq!(store.records.published(&key(1)).await.unwrap(), None);
    assert_eq!(store.records.history(&key(1)).await.unwrap()[0].by, "calendar");

    store.outcome(2, What::Add(content("a", Status::Published))).await;
    store.outcome(2, later()).await;
    assert_eq!(store.outcome(2, What::Reactivate).await, (Outcome::Reactivated, 3, Status::Published));
    assert_eq!(store.records.sweep(end + Duration::seconds(1)).await.unwrap(), 0, "nobody ends what was called back");
}

#[tokio::test]
async fn the_same_request_receives_the_same_answer_and_is_done_once() {
    let store = store();
    let (credential, id) = (CredentialId(1), RequestId::parse("6f1c2c1e").unwrap());
    let Begun::Fresh(ticket) = store.records.begin(credential, &id, [1; 32]).await.unwrap() else { panic!() };
    assert!(matches!(store.records.begin(credential, &id, [1; 32]).await.unwrap(), Begun::InFlight));
    assert!(matches!(store.records.begin(credential, &id, [2; 32]).await.unwrap(), Begun::OtherContent));
    assert!(matches!(store.records.begin(CredentialId(2), &id, [2; 32]).await.unwrap(), Begun::Fresh(_)));
    let add = || vec![change(1, What::Add(content("a", Status::Draft)))];
    let batch = |ticket, changes| Batch { by: "mop".into(), at: now(), mode: Mode::AllOrNothing, changes, ticket };
    let note = PushNote { key: key(1), result: "CREATED".into(), fault: None };
    let answer = move |_: &[Applied]| Answer { octets: Bytes::from_static(b"created"), notes: vec![note] };
    let first = store.records.apply(batch(Some(ticket), add()), answer).await.unwrap();
    assert_eq!(first, "created");

    let again = store.records.begin(credential, &id, [1; 32]).await.unwrap();
    assert!(matches!(again, Begun::Answered(octets) if octets == "created"));
    assert!(matches!(store.records.begin(credential, &id, [2; 32]).await.unwrap(), Begun::OtherContent));
    let state = store.records.request(credential, &id).await.unwrap().unwrap();
    assert_eq!(state.keys, [key(1)]);
    let last = store.records.last_push(&key(1)).await.unwrap().unwrap();
    assert_eq!((last.by.as_str(), last.result.as_str()), ("mop", "CREATED"));

    store.records.sweep(now() + Duration::days(29)).await.unwrap();
    assert!(matches!(store.records.begin(credential, &id, [1; 32]).await.unwrap(), Begun::Answered(_)));
    store.records.sweep(now() + Duration::days(31)).await.unwrap();
    assert!(matches!(store.records.begin(credential, &id, [1; 32]).await.unwrap(), Begun::Fresh(_)));
}

#[tokio::test]
async fn two_processes_answer_a_request_once() {
    let store = store();
    let other = Records::open(store.records.path(), Environment::Production).unwrap();
    let (credential, id) = (CredentialId(1), RequestId::parse("6f1c2c1e").unwrap());
    let mut answers = Vec::new();
    let mut tickets = Vec::new();
    for (records, digest) in [(&store.records, 1), (&other, 1)] {
        let Begun::Fresh(ticket) = records.begin(credential, &id, [digest; 32]).await.unwrap() else { panic!() };
        tickets.push((records, ticket));
    }
    for (place, (records, ticket)) in tickets.into_iter().enumerate() {
        let changes = vec![change(1, What::Put(content("a", Status::Draft)))];
        let batch = Batch { by: "mop".into(), at: now(), mode: Mode::AllOrNothing, changes, ticket: Some(ticket) };
        let answer = move |_: &[Applied]| Answer { octets: Bytes::from(format!("answer {place}")), notes: Vec::new() };
        answers.push(records.apply(batch, answer).await.unwrap());
    }
    assert_eq!(answers, ["answer 0", "answer 0"]);
}

#[tokio::test]
async fn what_was_not_answered_leaves_no_trace_and_is_asked_again() {
    let store = store();
    let (credential, id) = (CredentialId(1), RequestId::parse("6f1c2c1e").unwrap());
    let ask = || store.records.begin(credential, &id, [1; 32]);
    let Begun::Fresh(ticket) = ask().await.unwrap() else { panic!() };
    drop(ticket);
    let Begun::Fresh(ticket) = ask().await.unwrap() else { panic!() };
    let changes = vec![change(1, What::Add(content("a", Status::Draft)))];
    let batch = Batch { by: "mop".into(), at: now(), mode: Mode::AllOrNothing, changes, ticket: Some(ticket) };
    let error = store.records.apply(batch, |_| panic!("an answer that cannot be written")).await.unwrap_err();
    assert_eq!(error, RecordsError::Panicked);
    assert_eq!(store.records.get(&key(1), None).await.unwrap(), None, "no change without its answer");
    let Begun::Fresh(ticket) = ask().await.unwrap() else { panic!() };
    let fault = Answer { octets: Bytes::from_static(b"fault"), notes: Vec::new() };
    store.records.finish(ticket, "mop", fault, now()).await.unwrap();
    assert!(matches!(ask().await.unwrap(), Begun::Answered(octets) if octets == "fault"));
}

#[tokio::test]
async fn lists_are_filtered_paged_and_in_order() {
    let store = store();
    for number in 1..=25 {
        let status = if number % 2 == 0 { Status::Published } else { Status::Draft };
        store.outcome(number, What::Add(content("a", status))).await;
    }
    let middle = store.records.history(&key(20)).await.unwrap()[0].at;
    let numbers = |filter: Filter, page: Page| {
        let records = store.records.clone();
        async move {
            let listed = records.list(filter, page).await.unwrap();
            (listed.items.iter().map(|item| item.key.service.get()).collect::<Vec<_>>(), listed.total, listed.more)
        }
    };
    let page = Page { number: 3, size: 10 };
    assert_eq!(numbers(Filter::default(), page).await, ((21..=25).collect(), 25, false));
    let published = Filter { statuses: vec![Status::Published], supplier: Some(eik()), ..Filter::default() };
    assert_eq!(numbers(published.clone(), Page::first(3)).await, (vec![2, 4, 6], 12, true));
    let since = Filter { modified_since: Some(middle), statuses: vec![Status::Published, Status::Draft], ..published };
    let (since, _, _) = numbers(since, Page::first(200)).await;
    assert!(since.contains(&20) && since.ends_with(&[23, 24, 25]) && since.len() <= 8, "{since:?}");
    let other = Filter { supplier: Some(Eik::parse("000000017").unwrap()), ..Filter::default() };
    assert_eq!(numbers(other, Page::first(3)).await, (vec![], 0, false));
    let public = store.records.list_published(Some(eik()), Page { number: 2, size: 10 }).await.unwrap();
    assert_eq!((public.items.len(), public.total, public.more), (2, 12, false));
}

#[tokio::test]
async fn the_feed_has_every_change_once_in_order() {
    let store = store();
    let begin = now() - Duration::seconds(1);
    for number in [1, 2, 1, 3] {
        store.one(change(number, What::Put(content(&format!("{:?}", now()), Status::Draft)))).await.unwrap();
    }
    let all = store.records.changes(Since::Sequence(0), 100).await.unwrap();
    assert_eq!(all.iter().map(|change| change.key.service.get()).collect::<Vec<_>>(), [1, 2, 1, 3]);
    assert!(all.windows(2).all(|pair| pair[0].sequence < pair[1].sequence && pair[0].at <= pair[1].at));
    assert_eq!(store.records.changes(Since::Sequence(all[1].sequence), 100).await.unwrap(), all[2..]);
    assert_eq!(store.records.changes(Since::Moment(begin), 2).await.unwrap(), all[..2]);
    assert!(store.records.changes(Since::Moment(now() + Duration::hours(1)), 2).await.unwrap().is_empty());
    assert_eq!(store.records.last_sequence().await.unwrap(), all[3].sequence);
}

#[tokio::test]
async fn pushes_of_a_record_keep_their_order_and_do_not_hold_up_others() {
    let store = store();
    store.outcome(7, What::Add(content("old", Status::Draft))).await;
    store.records.add_target("mid", true).await.unwrap();
    for (number, text) in [(1, "a"), (1, "b"), (2, "c")] {
        store.outcome(number, What::Put(content(text, Status::Draft))).await;
    }
    let lease = std::time::Duration::from_secs(60);
    let next = |at| store.records.next_push("mid", at, lease);
    let taken = |push: &crate::Push| (push.key.service.get(), push.version, push.attempt);
    let old = next(now()).await.unwrap().unwrap();
    let first = next(now()).await.unwrap().unwrap();
    let other = next(now()).await.unwrap().unwrap();
    assert_eq!([taken(&old), taken(&first), taken(&other)], [(7, 1, 1), (1, 1, 1), (2, 1, 1)]);
    assert_eq!(next(now()).await.unwrap(), None, "the second version waits for the first");

    let retry_at = now() + Duration::minutes(5);
    store.records.push_retry(first.id, retry_at, "503").await.unwrap();
    assert_eq!(next(now() + Duration::seconds(30)).await.unwrap(), None);
    store.records.hurry("mid", now()).await.unwrap();
    assert!(
        matches!(store.records.pushes("mid", 1).await.unwrap()[..], [crate::PushState { state: Waiting::Until(due), .. }] if due <= now())
    );
    let again = next(retry_at + Duration::seconds(1)).await.unwrap().unwrap();
    // The leases of the other two are over by then, but the record that is first in the queue comes first.
    assert!([(7, 1, 2), (1, 1, 2)].contains(&taken(&again)));
    store.records.push_done(old.id, "UPDATED").await.unwrap();
    store.records.push_given_up(first.id, "EGS-4003").await.unwrap();
    store.records.push_done(other.id, "CREATED").await.unwrap();
    let second = next(now()).await.unwrap().unwrap();
    assert_eq!((taken(&second), second.octets.as_ref()), ((1, 2, 1), b"<ServiceRecord>b</ServiceRecord>".as_slice()));
    let states: Vec<Waiting> =
        store.records.pushes("mid", 10).await.unwrap().into_iter().map(|push| push.state).collect();
    assert!(matches!(states[..], [Waiting::Until(_), Waiting::GivenUp, Waiting::Done, Waiting::Done]), "{states:?}");
    assert_eq!(store.records.next_push("unheard", now(), lease).await.unwrap_err().code(), "records-no-target");
}

#[tokio::test]
async fn a_record_knows_how_far_it_is_on_its_way() {
    let store = store();
    let onward = async |number| store.records.onward(&key(number)).await.unwrap();
    store.outcome(1, What::Add(content("a", Status::Published))).await;
    assert_eq!(onward(1).await, Onward::Nothing, "nobody hears of it");
    for target in ["one", "two"] {
        store.records.add_target(target, true).await.unwrap();
    }
    assert_eq!((onward(1).await, onward(2).await), (Onward::Waiting, Onward::Nothing));
    let next = async |target: &str| {
        let lease = std::time::Duration::from_secs(60);
        store.records.next_push(target, now() + Duration::hours(1), lease).await.unwrap().unwrap().id
    };
    let one = next("one").await;
    store.records.push_retry(one, now(), "push-unreachable").await.unwrap();
    assert_eq!(onward(1).await, Onward::Failing);
    let two = next("two").await;
    store.records.push_given_up(two, "EGS-4003").await.unwrap();
    assert_eq!(onward(1).await, Onward::Failing, "the other one is still tried");
    store.records.push_done(one, "CREATED").await.unwrap();
    assert_eq!(onward(1).await, Onward::Refused { told: "EGS-4003".into() });
    store.outcome(1, What::Put(content("b", Status::Published))).await;
    assert_eq!(onward(1).await, Onward::Waiting);
    for target in ["one", "two"] {
        let push = next(target).await;
        store.records.push_done(push, "UPDATED").await.unwrap();
    }
    assert_eq!(onward(1).await, Onward::Nothing, "what was refused is past");
}

#[tokio::test]
async fn suppliers_and_the_register_are_kept() {
    let store = store();
    let supplier = Supplier {
        eik: eik(),
        code: "101".into(),
        title_bg: "Община Пример".into(),
        title_en: Some("Primer Municipality".into()),
        oid: None,
        url: Some("https://primer.example".into()),
        logo: None,
        contacts: Some("пл. Пример 1".into()),
        kind: None,
        automated: true,
        status: SupplierStatus::Published,
    };
    store.records.put_supplier(supplier.clone(), "mop").await.unwrap();
    assert_eq!(store.records.supplier(&eik()).await.unwrap(), Some(supplier.clone()));
    assert_eq!(store.records.supplier_by_code("101").await.unwrap(), Some(supplier.clone()));
    let other = Supplier { eik: Eik::parse("000000017").unwrap(), ..supplier.clone() };
    assert_eq!(store.records.put_supplier(other, "mop").await.unwrap_err().code(), "records-supplier-code");
    let shown = store.records.suppliers(vec![SupplierStatus::Published], Page::first(10)).await.unwrap();
    assert_eq!((shown.items, shown.total), (vec![supplier], 1));
    assert_eq!(store.records.suppliers(vec![SupplierStatus::Draft], Page::first(10)).await.unwrap().total, 0);
    assert_eq!(store.records.suppliers(Vec::new(), Page::first(10)).await.unwrap().total, 1);

    let number = |number| ServiceNumber::new(number).unwrap();
    assert_eq!(store.records.registered(number(1)).await.unwrap(), Registered::NoRegister);
    let entry = RegisterEntry { service: number(1), name: "Услуга".into(), providers: vec![eik()] };
    store.records.put_register(vec![entry]).await.unwrap();
    let known = Registered::Known { name: "Услуга".into(), providers: vec![eik()] };
    assert_eq!(store.records.registered(number(1)).await.unwrap(), known);
    assert_eq!(store.records.registered(number(2)).await.unwrap(), Registered::Unknown);
    assert_eq!(store.records.counts().await.unwrap().suppliers, 1);
}

#[tokio::test]
async fn octets_that_somebody_changed_in_the_file_are_not_handed_out() {
    let store = store();
    store.outcome(1, What::Add(content("a", Status::Draft))).await;
    let changed = rusqlite::Connection::open(store.folder.path().join("records.db")).unwrap();
    changed.execute("update contents set octets = x'00'", []).unwrap();
    assert_eq!(store.records.get(&key(1), None).await.unwrap_err().code(), "records-damaged");
}
