//! The queue: who has a call, until when, and what happens when it fails.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use kapia_deferred::{Check, Completion, DeferredError, Obstacle, Outcome, Policy, Proof, Retry};
use support::{CONSUMER, DAY, Place, T0, answer, call, failure, policy, seconds};
use time::OffsetDateTime;

#[tokio::test]
async fn a_call_comes_out_of_the_queue_as_it_went_in() {
    let place = Place::new();
    let store = place.open();
    store.accept(call(1)).await.unwrap();
    let work = store.next_due(T0).await.unwrap().unwrap();
    let went_in = call(1);
    assert_eq!((work.ticket.call_id(), work.ticket.consumer_id()), (1, CONSUMER));
    assert_eq!((work.facts, work.argument, work.context), (went_in.facts, went_in.argument, went_in.context));
    assert_eq!((work.operation, work.thumbprint), (went_in.operation, went_in.thumbprint));
    assert_eq!((work.accepted_at, work.expires_at), (T0, T0 + DAY));
    assert_eq!((work.attempt, work.obstacle), (1, None));
}

#[tokio::test]
async fn the_oldest_call_comes_first_and_each_goes_to_one_only() {
    let place = Place::new();
    let store = place.open();
    for id in [5, 3, 4] {
        let mut call = call(id);
        call.accepted_at = T0 + seconds(id.unsigned_abs() % 4);
        store.accept(call).await.unwrap();
    }
    let now = T0 + seconds(10);
    let mut order = Vec::new();
    while let Some(work) = store.next_due(now).await.unwrap() {
        order.push(work.ticket.call_id());
    }
    assert_eq!(order, [4, 5, 3]);
}

#[tokio::test]
async fn nobody_waits_behind_all_the_calls_of_another() {
    let place = Place::new();
    let store = place.open();
    for id in 1..=20 {
        let mut new = call(id);
        // One consumer was first with most of them; two more came late with a few.
        new.consumer_id = if id <= 15 { 30 } else { 10 + id % 2 * 40 };
        new.accepted_at = T0 + seconds(id.unsigned_abs());
        store.accept(new).await.unwrap();
    }
    let mut order = Vec::new();
    while let Some(work) = store.next_due(T0 + seconds(30)).await.unwrap() {
        order.push((work.ticket.consumer_id(), work.ticket.call_id()));
    }
    let start = [(10, 16), (30, 1), (50, 17), (10, 18), (30, 2), (50, 19), (10, 20), (30, 3), (30, 4)];
    assert_eq!(order[..9], start);
    assert_eq!(order.len(), 20);
}

#[tokio::test]
async fn a_call_that_was_accepted_twice_is_there_once_and_the_last_code_counts() {
    let place = Place::new();
    let store = place.open();
    let first = store.accept(call(1)).await.unwrap();
    let second = store.accept(call(1)).await.unwrap();
    assert_eq!(store.counts(T0).await.unwrap().pending, 1);
    let check = |code: String| {
        let store = &store;
        async move { store.check(1, Proof::Code(&code), CONSUMER, T0).await.unwrap() }
    };
    assert_eq!(check(first.reveal().to_owned()).await, Check::WrongCode);
    assert_eq!(check(second.reveal().to_owned()).await, Check::Pending);
}

#[tokio::test]
async fn another_call_under_the_same_number_is_refused_whatever_differs() {
    let place = Place::new();
    let store = place.open();
    let code = store.accept(call(1)).await.unwrap();
    let changes: [fn(&mut kapia_deferred::NewCall); 4] = [
        |call| call.consumer_id += 1,
        |call| call.thumbprint = [1; 32],
        |call| call.operation.push('x'),
        |call| call.accepted_at += seconds(1),
    ];
    for change in changes {
        let mut other = call(1);
        change(&mut other);
        assert_eq!(store.accept(other).await, Err(DeferredError::Conflict { call_id: 1 }));
    }
    let work = store.next_due(T0).await.unwrap().unwrap();
    store.complete(work.ticket, answer(), T0).await.unwrap();
    assert_eq!(store.accept(call(1)).await, Err(DeferredError::Conflict { call_id: 1 }), "an answered call");
    assert!(matches!(store.check(1, Proof::Code(code.reveal()), CONSUMER, T0).await.unwrap(), Check::Ready(_)));
}

#[tokio::test]
async fn a_consumer_may_have_so_many_unanswered_calls_and_no_more() {
    let place = Place::new();
    let store = place.open_with(Policy { pending_per_consumer: 2, ..policy() });
    store.accept(call(1)).await.unwrap();
    store.accept(call(2)).await.unwrap();
    assert_eq!(store.accept(call(3)).await, Err(DeferredError::TooMany { allowed: 2 }));
    store.accept(call(2)).await.unwrap();
    let mut other = call(4);
    other.consumer_id += 1;
    store.accept(other).await.unwrap();
    let work = store.next_due(T0).await.unwrap().unwrap();
    store.complete(work.ticket, answer(), T0).await.unwrap();
    store.accept(call(3)).await.unwrap();
}

#[tokio::test]
async fn a_lease_that_ends_gives_the_call_to_the_next_and_a_live_one_does_not() {
    let place = Place::new();
    let store = place.open();
    store.accept(call(1)).await.unwrap();
    let first = store.next_due(T0).await.unwrap().unwrap();
    assert_eq!(store.next_due(T0 + seconds(59)).await.unwrap(), None);
    assert!(store.extend(first.ticket, T0 + seconds(59)).await.unwrap());
    assert_eq!(store.next_due(T0 + seconds(60)).await.unwrap(), None);
    let second = store.next_due(T0 + seconds(119)).await.unwrap().unwrap();
    assert_eq!(second.attempt, 2);
    // The first holds nothing any more…
    assert!(!store.extend(first.ticket, T0 + seconds(120)).await.unwrap());
    assert!(!store.give_back(first.ticket, T0 + seconds(120)).await.unwrap());
    let retry = store.fail_retryable(first.ticket, failure(), T0 + seconds(120)).await.unwrap();
    assert_eq!(retry, Retry::Superseded);
    // …but an answer is an answer.
    let late = store.complete(first.ticket, answer(), T0 + seconds(121)).await.unwrap();
    assert_eq!(late, Completion::Stored { callback: false });
    let again = store.complete(second.ticket, failure(), T0 + seconds(122)).await.unwrap();
    assert_eq!(again, Completion::Already);
    let Check::Ready(answered) = store.check(1, Proof::Ownership, CONSUMER, T0 + seconds(123)).await.unwrap() else {
        panic!("not ready")
    };
    assert_eq!(answered.outcome, answer());
}

#[tokio::test]
async fn a_claim_that_is_given_back_does_not_count_as_an_attempt() {
    let place = Place::new();
    let store = place.open();
    store.accept(call(1)).await.unwrap();
    for _ in 0..10 {
        let work = store.next_due(T0).await.unwrap().unwrap();
        assert_eq!(work.attempt, 1);
        assert!(store.give_back(work.ticket, T0).await.unwrap());
    }
}

#[tokio::test]
async fn attempts_come_with_growing_pauses_until_the_last_becomes_the_answer() {
    let place = Place::new();
    let store = place.open();
    store.accept(call(1)).await.unwrap();
    let mut now = T0;
    for longest in [10, 20] {
        let work = store.next_due(now).await.unwrap().unwrap();
        let Retry::At(again) = store.fail_retryable(work.ticket, failure(), now).await.unwrap() else {
            panic!("given up too early")
        };
        assert!(again - now >= seconds(longest) / 2 && again - now <= seconds(longest), "{}", again - now);
        assert_eq!(store.next_due(again - Duration::from_millis(1)).await.unwrap(), None);
        assert_eq!(store.check(1, Proof::Ownership, CONSUMER, now).await.unwrap(), Check::Pending);
        now = again;
    }
    let work = store.next_due(now).await.unwrap().unwrap();
    assert_eq!((work.attempt, work.obstacle), (3, None));
    assert_eq!(store.fail_retryable(work.ticket, failure(), now).await.unwrap(), Retry::GivenUp);
    let Check::Ready(answered) = store.check(1, Proof::Ownership, CONSUMER, now).await.unwrap() else {
        panic!("not ready")
    };
    assert_eq!(answered.outcome, failure());
    assert_eq!(store.next_due(now + DAY / 2).await.unwrap(), None);
}

#[tokio::test]
async fn a_call_that_ends_its_process_every_time_is_not_executed_for_ever() {
    let place = Place::new();
    let accepted = place.open();
    accepted.accept(call(1)).await.unwrap();
    drop(accepted);
    for attempt in 1..=3 {
        let store = place.open();
        let work = store.next_due(T0).await.unwrap().unwrap();
        assert_eq!((work.attempt, work.obstacle), (attempt, None));
    }
    let store = place.open();
    let work = store.next_due(T0).await.unwrap().unwrap();
    assert_eq!(work.obstacle, Some(Obstacle::Spent));
    store.complete(work.ticket, failure(), T0).await.unwrap();
    assert_eq!(store.next_due(T0 + DAY / 2).await.unwrap(), None);
}

#[tokio::test]
async fn an_outcome_for_a_call_that_has_ended_changes_nothing() {
    let place = Place::new();
    let store = place.open();
    store.accept(call(1)).await.unwrap();
    let work = store.next_due(T0).await.unwrap().unwrap();
    let late = T0 + DAY;
    assert_eq!(store.complete(work.ticket, answer(), late).await.unwrap(), Completion::Gone);
    assert_eq!(store.check(1, Proof::Ownership, CONSUMER, late).await.unwrap(), Check::Expired);
    store.sweep(late).await.unwrap();
    assert_eq!(store.complete(work.ticket, answer(), late).await.unwrap(), Completion::Gone);
    assert_eq!(store.fail_retryable(work.ticket, failure(), late).await.unwrap(), Retry::Superseded);
    assert_eq!(store.next_due(late).await.unwrap(), None, "an expired call is not executed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_hears_of_a_new_call_and_of_a_pause_that_ends() {
    let place = Place::new();
    let store = Arc::new(place.open_with(Policy {
        work: kapia_deferred::Retries { first: Duration::from_millis(400), ..policy().work },
        ..policy()
    }));
    let waiting = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.wait_for_work().await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished(), "nothing is due");
    let mut new = call(1);
    new.accepted_at = OffsetDateTime::now_utc();
    new.expires_at = new.accepted_at + DAY;
    store.accept(new).await.unwrap();
    tokio::time::timeout(seconds(5), waiting).await.unwrap().unwrap().unwrap();

    let work = store.next_due(OffsetDateTime::now_utc()).await.unwrap().unwrap();
    store.fail_retryable(work.ticket, failure(), OffsetDateTime::now_utc()).await.unwrap();
    let since = Instant::now();
    tokio::time::timeout(seconds(5), store.wait_for_work()).await.unwrap().unwrap();
    assert!(since.elapsed() >= Duration::from_millis(150), "it waited for the pause");
    assert_eq!(store.next_due(OffsetDateTime::now_utc()).await.unwrap().unwrap().attempt, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_runners_share_the_queue_and_no_call_is_lost_or_done_twice() {
    let place = Place::new();
    let store = Arc::new(place.open_with(Policy { pending_per_consumer: 1000, ..policy() }));
    let done = Arc::new(std::sync::Mutex::new(Vec::new()));
    let runners: Vec<_> = (0..8)
        .map(|_| {
            let (store, done) = (Arc::clone(&store), Arc::clone(&done));
            tokio::spawn(async move {
                loop {
                    store.wait_for_work().await.unwrap();
                    while let Some(work) = store.next_due(OffsetDateTime::now_utc()).await.unwrap() {
                        done.lock().unwrap().push(work.ticket.call_id());
                        let outcome = Outcome::Answer(work.argument);
                        store.complete(work.ticket, outcome, OffsetDateTime::now_utc()).await.unwrap();
                    }
                }
            })
        })
        .collect();
    for id in 1..=100 {
        let mut new = call(id);
        new.accepted_at = OffsetDateTime::now_utc();
        new.expires_at = new.accepted_at + DAY;
        store.accept(new).await.unwrap();
    }
    let deadline = Instant::now() + seconds(30);
    while store.counts(OffsetDateTime::now_utc()).await.unwrap().ready < 100 {
        assert!(Instant::now() < deadline, "calls were left behind");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    runners.iter().for_each(tokio::task::JoinHandle::abort);
    let mut done = done.lock().unwrap().clone();
    done.sort_unstable();
    assert_eq!(done, (1..=100).collect::<Vec<i64>>());
}
