//! Results: whose they are, what shows it, and how they end.
#![allow(clippy::unwrap_used)]

mod support;

use kapia_deferred::{Acknowledged, Check, Deferred, Proof, VerificationCode};
use support::{CONSUMER, DAY, Place, STRANGER, T0, answer, call, policy, seconds};

async fn answered(store: &Deferred, call_id: i64) -> VerificationCode {
    let code = store.accept(call(call_id)).await.unwrap();
    let work = store.next_due(T0).await.unwrap().unwrap();
    store.complete(work.ticket, answer(), T0 + seconds(5)).await.unwrap();
    code
}

#[tokio::test]
async fn the_consumer_that_asked_fetches_its_answer_as_often_as_it_likes() {
    let place = Place::new();
    let store = place.open();
    let code = answered(&store, 1).await;
    for _ in 0..3 {
        let check = store.check(1, Proof::Code(code.reveal()), CONSUMER, T0 + seconds(6)).await.unwrap();
        let Check::Ready(found) = check else { panic!("{check:?}") };
        assert_eq!((found.outcome, found.facts, found.context), (answer(), call(1).facts, call(1).context));
        assert_eq!((found.call_id, found.consumer_id, found.thumbprint), (1, CONSUMER, [9; 32]));
        assert_eq!((found.accepted_at, found.completed_at), (T0, T0 + seconds(5)));
    }
}

#[tokio::test]
async fn a_stranger_gets_nothing_with_or_without_the_right_code() {
    let place = Place::new();
    let store = place.open();
    let ready = answered(&store, 1).await;
    let pending = store.accept(call(2)).await.unwrap();
    for (id, code) in [(1, &ready), (2, &pending)] {
        for proof in [Proof::Code(code.reveal()), Proof::Code("wrong"), Proof::Ownership] {
            assert_eq!(store.check(id, proof, STRANGER, T0).await.unwrap(), Check::NotYours);
            assert_eq!(store.acknowledge(id, proof, STRANGER, T0).await.unwrap(), Acknowledged::NotYours);
            assert_eq!(store.check(id, proof, STRANGER, T0 + 5 * DAY).await.unwrap(), Check::NotYours, "late");
        }
    }
    assert!(matches!(store.check(1, Proof::Code(ready.reveal()), CONSUMER, T0).await.unwrap(), Check::Ready(_)));
}

#[tokio::test]
async fn a_wrong_code_shows_nothing_and_changes_nothing() {
    let place = Place::new();
    let store = place.open();
    let code = answered(&store, 1).await;
    let other = store.accept(call(2)).await.unwrap();
    let cut = &code.reveal()[..code.reveal().len() - 1];
    let changed = format!("{cut}!");
    for wrong in ["", "1.", cut, &changed, other.reveal(), "1.AAAA"] {
        assert_eq!(store.check(1, Proof::Code(wrong), CONSUMER, T0).await.unwrap(), Check::WrongCode);
        let acknowledged = store.acknowledge(1, Proof::Code(wrong), CONSUMER, T0).await.unwrap();
        assert_eq!(acknowledged, Acknowledged::WrongCode);
    }
    assert!(matches!(store.check(1, Proof::Code(code.reveal()), CONSUMER, T0).await.unwrap(), Check::Ready(_)));
}

#[tokio::test]
async fn the_old_entry_point_may_ask_without_a_code_for_what_is_its_own() {
    let place = Place::new();
    let store = place.open();
    store.accept(call(1)).await.unwrap();
    assert_eq!(store.check(1, Proof::Ownership, CONSUMER, T0).await.unwrap(), Check::Pending);
    answered_now(&store).await;
    assert!(matches!(store.check(1, Proof::Ownership, CONSUMER, T0).await.unwrap(), Check::Ready(_)));
}

async fn answered_now(store: &Deferred) {
    let work = store.next_due(T0).await.unwrap().unwrap();
    store.complete(work.ticket, answer(), T0).await.unwrap();
}

#[tokio::test]
async fn nobody_knows_a_call_that_never_was() {
    let place = Place::new();
    let store = place.open();
    for id in [0, 1, -1, i64::MIN, i64::MAX] {
        assert_eq!(store.check(id, Proof::Ownership, CONSUMER, T0).await.unwrap(), Check::Unknown);
        assert_eq!(store.check(id, Proof::Code("1.x"), CONSUMER, T0).await.unwrap(), Check::Unknown);
        assert_eq!(store.acknowledge(id, Proof::Ownership, CONSUMER, T0).await.unwrap(), Acknowledged::Unknown);
    }
}

#[tokio::test]
async fn an_acknowledged_answer_is_gone_and_a_second_acknowledgement_is_harmless() {
    let place = Place::new();
    let store = place.open();
    let code = answered(&store, 1).await;
    let proof = Proof::Code(code.reveal());
    assert_eq!(store.acknowledge(1, proof, CONSUMER, T0).await.unwrap(), Acknowledged::Done);
    assert_eq!(store.acknowledge(1, proof, CONSUMER, T0).await.unwrap(), Acknowledged::Already);
    assert_eq!(store.check(1, proof, CONSUMER, T0).await.unwrap(), Check::Acknowledged);
    let rows: i64 = rusqlite::Connection::open(place.file())
        .unwrap()
        .query_row("select count(*) from payloads", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 0);
    assert_eq!(store.counts(T0).await.unwrap().acknowledged, 1);
    // Its empty row goes with its expiry.
    store.sweep(T0 + 3 * DAY).await.unwrap();
    assert_eq!(store.acknowledge(1, proof, CONSUMER, T0 + 3 * DAY).await.unwrap(), Acknowledged::Unknown);
}

#[tokio::test]
async fn what_is_not_answered_yet_cannot_be_acknowledged_away() {
    let place = Place::new();
    let store = place.open();
    let code = store.accept(call(1)).await.unwrap();
    let proof = Proof::Code(code.reveal());
    assert_eq!(store.acknowledge(1, proof, CONSUMER, T0).await.unwrap(), Acknowledged::Pending);
    assert!(store.next_due(T0).await.unwrap().is_some());
}

#[tokio::test]
async fn an_answer_waits_its_time_from_its_completion_and_not_longer() {
    let place = Place::new();
    let store = place.open();
    let code = store.accept(call(1)).await.unwrap();
    let proof = Proof::Code(code.reveal());
    let completed = T0 + DAY - seconds(1);
    let work = store.next_due(completed).await.unwrap().unwrap();
    store.complete(work.ticket, answer(), completed).await.unwrap();
    let until = completed + policy().result_ttl;
    let last = until - std::time::Duration::from_millis(1);
    assert!(matches!(store.check(1, proof, CONSUMER, last).await.unwrap(), Check::Ready(_)));
    assert_eq!(store.sweep(last).await.unwrap().expired, 0);
    // Expired is expired, whether or not somebody has swept.
    assert_eq!(store.check(1, proof, CONSUMER, until).await.unwrap(), Check::Expired);
    assert_eq!(store.sweep(until).await.unwrap().expired, 1);
    assert_eq!(store.check(1, proof, CONSUMER, until).await.unwrap(), Check::Expired);
    assert_eq!(store.acknowledge(1, proof, CONSUMER, until).await.unwrap(), Acknowledged::Expired);
    assert_eq!(store.sweep(until + policy().tombstone - seconds(1)).await.unwrap().removed, 0);
    assert_eq!(store.sweep(until + policy().tombstone).await.unwrap().removed, 1);
    assert_eq!(store.check(1, proof, CONSUMER, until).await.unwrap(), Check::Unknown);
}

#[tokio::test]
async fn a_sweep_ends_thousands_in_small_steps() {
    let place = Place::new();
    let store = place.open_with(kapia_deferred::Policy { pending_per_consumer: u32::MAX, ..policy() });
    for id in 1..=1000 {
        store.accept(call(id)).await.unwrap();
    }
    let swept = store.sweep(T0 + DAY).await.unwrap();
    assert_eq!((swept.expired, swept.removed), (1000, 0));
    assert_eq!(store.sweep(T0 + DAY).await.unwrap().expired, 0);
    assert_eq!(store.sweep(T0 + DAY + policy().tombstone).await.unwrap().removed, 1000);
}

#[tokio::test]
async fn a_changed_file_is_noticed_and_not_answered_from() {
    let place = Place::new();
    let store = place.open();
    let code = answered(&store, 1).await;
    store.accept(call(2)).await.unwrap();
    let file = rusqlite::Connection::open(place.file()).unwrap();
    // The answer of one call put under another; the call given to somebody else.
    for change in
        ["update calls set consumer = 8 where call_id = 1", "delete from payloads where call_id = 1 and kind = 5"]
    {
        file.execute_batch(&format!("begin; {change};")).unwrap();
        file.execute_batch("commit").unwrap();
        let consumer = if change.starts_with("update") { STRANGER } else { CONSUMER };
        let error = store.check(1, Proof::Code(code.reveal()), consumer, T0).await.unwrap_err();
        assert_eq!(error.code(), "deferred-damaged");
        file.execute_batch("update calls set consumer = 7 where call_id = 1").unwrap();
    }
    file.execute_batch("update payloads set sealed = zeroblob(60) where call_id = 2 and kind = 2").unwrap();
    let work = store.next_due(T0).await.unwrap().unwrap();
    assert_eq!(work.obstacle, Some(kapia_deferred::Obstacle::Damaged));
    assert!(work.argument.is_empty());
}

#[tokio::test]
async fn counts_say_how_much_waits_and_since_when() {
    let place = Place::new();
    let store = place.open();
    answered(&store, 1).await;
    store.accept(call(2)).await.unwrap();
    store.accept(call(3)).await.unwrap();
    store.next_due(T0).await.unwrap().unwrap();
    let counts = store.counts(T0 + seconds(30)).await.unwrap();
    assert_eq!((counts.pending, counts.running, counts.ready), (2, 1, 1));
    assert_eq!((counts.oldest_pending, counts.oldest_ready), (Some(seconds(30)), Some(seconds(25))));
    assert_eq!(counts.oldest_callback, None);
    // Another process counts the same while this one has it open.
    assert_eq!(kapia_deferred::Counts::of_file(place.file(), T0 + seconds(30)).unwrap(), counts);
}
