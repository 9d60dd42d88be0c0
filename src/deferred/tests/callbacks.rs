//! Callbacks: again and again with growing pauses, over restarts, until delivered or given up.
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use kapia_deferred::{Acknowledged, Check, Completion, Deferred, Proof, Retry};
use support::{CONSUMER, DAY, Place, T0, answer, call, policy, seconds};
use time::OffsetDateTime;

const URL: &str = "https://consumer.example/callback?case=8001010008";

async fn answered(store: &Deferred, call_id: i64) {
    let mut new = call(call_id);
    new.callback_url = Some(URL.to_owned());
    store.accept(new).await.unwrap();
    let work = store.next_due(T0).await.unwrap().unwrap();
    let completion = store.complete(work.ticket, answer(), T0).await.unwrap();
    assert_eq!(completion, Completion::Stored { callback: true });
}

async fn ready(store: &Deferred, now: OffsetDateTime) -> bool {
    matches!(store.check(1, Proof::Ownership, CONSUMER, now).await.unwrap(), Check::Ready(_))
}

#[tokio::test]
async fn an_answer_is_delivered_where_the_call_said() {
    let place = Place::new();
    let store = place.open();
    let mut pending = call(2);
    (pending.callback_url, pending.accepted_at) = (Some(URL.to_owned()), T0 + seconds(1));
    store.accept(pending).await.unwrap();
    assert_eq!(store.next_callback(T0 + seconds(1)).await.unwrap(), None, "there is nothing to deliver yet");
    answered(&store, 1).await;
    let callback = store.next_callback(T0).await.unwrap().unwrap();
    assert_eq!((callback.url.as_str(), callback.attempt), (URL, 1));
    assert_eq!((callback.ticket.call_id(), callback.answered.outcome.clone()), (1, answer()));
    assert_eq!(store.next_callback(T0).await.unwrap(), None, "it is claimed");
    assert!(store.callback_done(callback.ticket, T0).await.unwrap());
    assert!(!store.callback_done(callback.ticket, T0).await.unwrap());
    assert_eq!(store.next_callback(T0 + DAY / 2).await.unwrap(), None);
    let counts = store.counts(T0).await.unwrap();
    assert_eq!((counts.callbacks_waiting, counts.callbacks_delivered), (0, 1));
}

#[tokio::test]
async fn nobody_waits_behind_a_receiver_with_many_callbacks() {
    let place = Place::new();
    let store = place.open();
    for id in 1..=6 {
        let mut new = call(id);
        new.callback_url = Some(URL.to_owned());
        new.consumer_id = if id <= 5 { 1 } else { 2 };
        store.accept(new).await.unwrap();
        let work = store.next_due(T0).await.unwrap().unwrap();
        store.complete(work.ticket, answer(), T0).await.unwrap();
    }
    let mut order = Vec::new();
    while let Some(callback) = store.next_callback(T0).await.unwrap() {
        order.push(callback.ticket.call_id());
    }
    assert_eq!(order, [1, 6, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_delivered_answer_can_be_fetched_for_a_while_and_is_then_gone() {
    let place = Place::new();
    let store = place.open();
    answered(&store, 1).await;
    let callback = store.next_callback(T0).await.unwrap().unwrap();
    store.callback_done(callback.ticket, T0).await.unwrap();
    let until = T0 + policy().keep_delivered;
    assert!(ready(&store, until - seconds(1)).await);
    assert_eq!(store.check(1, Proof::Ownership, CONSUMER, until).await.unwrap(), Check::Expired);
}

#[tokio::test]
async fn failures_come_back_with_growing_pauses_survive_a_restart_and_end() {
    let place = Place::new();
    let mut store = place.open();
    answered(&store, 1).await;
    let mut now = T0;
    for (attempt, longest) in [(1, 10), (2, 20)] {
        let callback = store.next_callback(now).await.unwrap().unwrap();
        assert_eq!(callback.attempt, attempt);
        let retry = store.callback_failed(callback.ticket, "outbound-timeout", None, now).await.unwrap();
        let Retry::At(again) = retry else { panic!("{retry:?}") };
        assert!(again - now >= seconds(longest) / 2 && again - now <= seconds(longest), "{}", again - now);
        drop(store);
        store = place.open();
        assert_eq!(store.next_callback(again - Duration::from_millis(1)).await.unwrap(), None);
        assert!(ready(&store, now).await, "the answer can be fetched all the while");
        now = again;
    }
    let callback = store.next_callback(now).await.unwrap().unwrap();
    assert_eq!((callback.attempt, callback.url.as_str()), (3, URL));
    let retry = store.callback_failed(callback.ticket, "outbound-timeout", None, now).await.unwrap();
    assert_eq!(retry, Retry::GivenUp);
    assert_eq!(store.next_callback(now + DAY / 2).await.unwrap(), None);
    assert!(ready(&store, now).await, "what could not be delivered can be fetched");
    let counts = store.counts(now).await.unwrap();
    assert_eq!((counts.callbacks_waiting, counts.callbacks_given_up), (0, 1));
}

#[tokio::test]
async fn a_consumer_that_asks_for_time_gets_it() {
    let place = Place::new();
    let store = place.open();
    answered(&store, 1).await;
    let callback = store.next_callback(T0).await.unwrap().unwrap();
    let later = T0 + seconds(7200);
    let retry = store.callback_failed(callback.ticket, "status-503", Some(later), T0).await.unwrap();
    assert_eq!(retry, Retry::At(later));
    assert_eq!(store.next_callback(later - seconds(1)).await.unwrap(), None);
    assert!(store.next_callback(later).await.unwrap().is_some());
}

#[tokio::test]
async fn what_no_retry_can_mend_is_given_up_at_once_and_can_be_fetched() {
    let place = Place::new();
    let store = place.open();
    answered(&store, 1).await;
    let callback = store.next_callback(T0).await.unwrap().unwrap();
    assert!(store.callback_given_up(callback.ticket, "outbound-host-not-allowed").await.unwrap());
    assert!(!store.callback_given_up(callback.ticket, "outbound-host-not-allowed").await.unwrap());
    assert_eq!(store.next_callback(T0 + DAY / 2).await.unwrap(), None);
    assert!(ready(&store, T0).await);
}

#[tokio::test]
async fn a_lease_that_ends_lets_another_deliver_and_a_late_success_still_counts() {
    let place = Place::new();
    let store = place.open();
    answered(&store, 1).await;
    let first = store.next_callback(T0).await.unwrap().unwrap();
    assert_eq!(store.next_callback(T0 + seconds(29)).await.unwrap(), None);
    let second = store.next_callback(T0 + seconds(30)).await.unwrap().unwrap();
    assert_eq!(second.attempt, 2);
    let late = store.callback_failed(first.ticket, "outbound-timeout", None, T0 + seconds(31)).await.unwrap();
    assert_eq!(late, Retry::Superseded);
    assert!(store.callback_done(first.ticket, T0 + seconds(31)).await.unwrap());
    let beaten = store.callback_failed(second.ticket, "outbound-timeout", None, T0 + seconds(32)).await.unwrap();
    assert_eq!(beaten, Retry::Superseded);
}

#[tokio::test]
async fn a_claim_that_is_given_back_does_not_count_as_an_attempt() {
    let place = Place::new();
    let store = place.open();
    answered(&store, 1).await;
    for _ in 0..10 {
        let callback = store.next_callback(T0).await.unwrap().unwrap();
        assert_eq!(callback.attempt, 1);
        assert!(store.give_callback_back(callback.ticket, T0).await.unwrap());
    }
}

#[tokio::test]
async fn nothing_is_delivered_after_the_acknowledgement_or_the_expiry() {
    let place = Place::new();
    let store = place.open();
    answered(&store, 1).await;
    let done = store.acknowledge(1, Proof::Ownership, CONSUMER, T0).await.unwrap();
    assert_eq!(done, Acknowledged::Done);
    assert_eq!(store.next_callback(T0).await.unwrap(), None);
    answered(&store, 2).await;
    let late = T0 + policy().result_ttl;
    assert_eq!(store.next_callback(late).await.unwrap(), None);
    store.sweep(late).await.unwrap();
    assert_eq!(store.counts(late).await.unwrap().callbacks_waiting, 0);
}

#[tokio::test]
async fn a_damaged_callback_does_not_stand_in_the_way_of_the_next() {
    let place = Place::new();
    let store = place.open();
    answered(&store, 1).await;
    answered(&store, 2).await;
    let file = rusqlite::Connection::open(place.file()).unwrap();
    file.execute_batch("update payloads set sealed = zeroblob(60) where call_id = 1").unwrap();
    assert_eq!(store.next_callback(T0).await.unwrap().unwrap().ticket.call_id(), 2);
    assert_eq!(store.counts(T0).await.unwrap().callbacks_given_up, 1);
}

#[tokio::test]
async fn the_reason_of_a_failure_is_kept_without_content() {
    let place = Place::new();
    let store = place.open();
    answered(&store, 1).await;
    let callback = store.next_callback(T0).await.unwrap().unwrap();
    store.callback_failed(callback.ticket, "timeout at https://Host/Път?", None, T0).await.unwrap();
    let file = rusqlite::Connection::open(place.file()).unwrap();
    let reason: String = file.query_row("select callback_reason from calls", [], |row| row.get(0)).unwrap();
    assert_eq!(reason, "timeoutathttpsost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_hears_of_an_answer_to_deliver() {
    let place = Place::new();
    let store = std::sync::Arc::new(place.open());
    let waiting = {
        let store = std::sync::Arc::clone(&store);
        tokio::spawn(async move { store.wait_for_callback().await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished());
    let now = OffsetDateTime::now_utc();
    let mut new = call(1);
    (new.accepted_at, new.expires_at, new.callback_url) = (now, now + DAY, Some(URL.to_owned()));
    store.accept(new).await.unwrap();
    let work = store.next_due(now).await.unwrap().unwrap();
    store.complete(work.ticket, answer(), now).await.unwrap();
    tokio::time::timeout(seconds(5), waiting).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn the_address_is_wiped_when_the_callback_ends_however_it_ends() {
    let place = Place::new();
    let store = place.open();
    let file = rusqlite::Connection::open(place.file()).unwrap();
    let addresses =
        || file.query_row("select count(*) from payloads where kind = 4", [], |row| row.get::<_, i64>(0)).unwrap();
    for (id, delivered) in [(1, true), (2, false)] {
        answered(&store, id).await;
        let callback = store.next_callback(T0).await.unwrap().unwrap();
        assert_eq!(addresses(), 1);
        if delivered {
            store.callback_done(callback.ticket, T0).await.unwrap();
        } else {
            store.callback_given_up(callback.ticket, "outbound-host-not-allowed").await.unwrap();
        }
        assert_eq!(addresses(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_hears_of_a_failure_that_became_the_answer() {
    let place = Place::new();
    let one = kapia_deferred::Retries { attempts: 1, ..policy().work };
    let store = std::sync::Arc::new(place.open_with(kapia_deferred::Policy { work: one, ..policy() }));
    let now = OffsetDateTime::now_utc();
    let mut new = call(1);
    (new.accepted_at, new.expires_at, new.callback_url) = (now, now + DAY, Some(URL.to_owned()));
    store.accept(new).await.unwrap();
    let work = store.next_due(now).await.unwrap().unwrap();
    let waiting = {
        let store = std::sync::Arc::clone(&store);
        tokio::spawn(async move { store.wait_for_callback().await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished());
    let retry = store.fail_retryable(work.ticket, support::failure(), now).await.unwrap();
    assert_eq!(retry, Retry::GivenUp);
    tokio::time::timeout(seconds(5), waiting).await.unwrap().unwrap().unwrap();
    assert_eq!(store.next_callback(now).await.unwrap().unwrap().answered.outcome, support::failure());
}
