use std::sync::Arc;
use std::time::Duration;

use kapia_storage::Trouble;
use time::OffsetDateTime;

use crate::store::STORE;
use crate::{Check, Completion, Deferred, DeferredError, NewCall, Outcome, Policy, Proof, SealingKey};

fn full() -> DeferredError {
    STORE.trouble(Trouble::Full).into()
}

fn call(call_id: i64, octets: usize) -> NewCall {
    let now = OffsetDateTime::now_utc();
    NewCall {
        call_id,
        consumer_id: 1,
        thumbprint: [1; 32],
        operation: "TechnoLogica.Op".to_owned(),
        facts: Vec::new(),
        argument: vec![b'x'; octets],
        context: Vec::new(),
        callback_url: None,
        accepted_at: now,
        expires_at: now + Duration::from_secs(3600),
    }
}

fn store() -> (tempfile::TempDir, Deferred) {
    let folder = tempfile::tempdir().unwrap();
    let key = SealingKey::random().unwrap();
    let policy = Policy { pending_per_consumer: 100_000, ..Policy::default() };
    let store = Deferred::open_with(folder.path().join("deferred.db"), &key, policy).unwrap();
    (folder, store)
}

#[tokio::test]
async fn a_full_disk_is_named_what_was_accepted_stays_and_it_recovers() {
    let (_folder, store) = store();
    let now = OffsetDateTime::now_utc();
    store.limit_pages(1).await;
    let mut codes = Vec::new();
    let error = loop {
        let id = codes.len() as i64 + 1;
        match store.accept(call(id, 20_000)).await {
            Ok(code) => codes.push((id, code)),
            Err(error) => break error,
        }
        assert!(codes.len() < 1000, "the limit was never met");
    };
    assert_eq!(error, full());
    assert!(error.is_passing());
    let refused = codes.len() as i64 + 1;
    let code = store.check(refused, Proof::Ownership, 1, now).await.unwrap();
    assert_eq!(code, Check::Unknown, "what was refused is not there");

    store.limit_pages(1_000_000).await;
    store.accept(call(refused, 20_000)).await.unwrap();
    for (id, code) in codes {
        assert_eq!(store.check(id, Proof::Code(code.reveal()), 1, now).await.unwrap(), Check::Pending);
    }
}

#[tokio::test]
async fn an_answer_that_the_disk_had_no_room_for_can_be_offered_again() {
    let (_folder, store) = store();
    let now = OffsetDateTime::now_utc();
    store.accept(call(1, 10)).await.unwrap();
    let work = store.next_due(now).await.unwrap().unwrap();
    store.limit_pages(1).await;
    let answer = || Outcome::Answer(vec![b'y'; 3_000_000]);
    assert_eq!(store.complete(work.ticket, answer(), now).await, Err(full()));
    assert_eq!(store.check(1, Proof::Ownership, 1, now).await.unwrap(), Check::Pending);
    store.limit_pages(1_000_000).await;
    assert_eq!(store.complete(work.ticket, answer(), now).await, Ok(Completion::Stored { callback: false }));
    assert!(matches!(store.check(1, Proof::Ownership, 1, now).await.unwrap(), Check::Ready(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_was_told_of_success_in_a_batch_that_met_a_full_disk_is_in_the_file() {
    let (_folder, store) = store();
    let store = Arc::new(store);
    store.limit_pages(120).await;
    let tasks: Vec<_> = (1..=200)
        .map(|id| {
            let store = Arc::clone(&store);
            // Small and large ones, so that some fit after others did not.
            tokio::spawn(async move { (id, store.accept(call(id, if id % 3 == 0 { 60_000 } else { 10 })).await) })
        })
        .collect();
    let (mut accepted, mut refused) = (0, 0);
    for task in tasks {
        let (id, result) = task.await.unwrap();
        let found = store.check(id, Proof::Ownership, 1, OffsetDateTime::now_utc()).await.unwrap();
        match result {
            Ok(_) => {
                accepted += 1;
                assert_eq!(found, Check::Pending, "{id}");
            }
            Err(error) => {
                refused += 1;
                assert_eq!((error, found), (full(), Check::Unknown), "{id}");
            }
        }
    }
    assert!(refused > 0 && accepted > 0, "{accepted} accepted, {refused} refused");
}

#[tokio::test]
async fn one_that_fails_takes_nobody_of_its_batch_with_it() {
    let (_folder, store) = store();
    let store = Arc::new(store);
    store.accept(call(5, 10)).await.unwrap();
    let mut other = call(5, 10);
    other.consumer_id = 2;
    let (first, conflict, last) =
        tokio::join!(store.accept(call(1, 10)), store.accept(other), store.accept(call(2, 10)));
    assert_eq!(conflict, Err(DeferredError::Conflict { call_id: 5 }));
    assert!(first.is_ok() && last.is_ok());
    assert_eq!(store.counts(OffsetDateTime::now_utc()).await.unwrap().pending, 3);
}

#[tokio::test]
async fn what_a_failed_task_had_written_is_undone_and_nothing_else() {
    let (_folder, store) = store();
    store.accept(call(1, 10)).await.unwrap();
    store.accept(call(2, 10)).await.unwrap();
    let delete = |call_id: i64, result: Result<(), DeferredError>| {
        store.writing.run(move |connection| {
            assert_eq!(connection.execute("delete from calls where call_id = ?1", [call_id])?, 1);
            result
        })
    };
    let (kept, done) = tokio::join!(delete(1, Err(DeferredError::Closed)), delete(2, Ok(())));
    assert_eq!((kept, done), (Err(DeferredError::Closed), Ok(())));
    let now = OffsetDateTime::now_utc();
    assert_eq!(store.check(1, Proof::Ownership, 1, now).await.unwrap(), Check::Pending);
    assert_eq!(store.check(2, Proof::Ownership, 1, now).await.unwrap(), Check::Unknown);
}
