use time::OffsetDateTime;

use crate::store::STORE;
use crate::{EntryPoint, Journal, JournalError, Options, Record};
use kapia_storage::Trouble;

fn full() -> JournalError {
    STORE.trouble(Trouble::Full).into()
}

fn record() -> Record {
    let mut record = Record::new(OffsetDateTime::now_utc(), EntryPoint { version: "v2".into(), soap: "1.1".into() });
    record.context.law_reason = Some("чл. 1".repeat(100));
    record
}

#[tokio::test]
async fn a_full_disk_is_named_and_appends_recover_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&path).unwrap();
    journal.append(record()).await.unwrap();
    journal.limit_pages(1).await;
    let mut acknowledged = 1;
    let error = loop {
        match journal.append(record()).await {
            Ok(_) => acknowledged += 1,
            Err(error) => break error,
        }
        assert!(acknowledged < 1000, "the limit was never met");
    };
    assert_eq!(error, full());
    assert!(error.is_passing());
    assert_eq!(journal.append(record()).await, Err(full()));
    assert_eq!(journal.state().failing, Some(full()));
    assert_eq!(journal.state().head.sequence, acknowledged);

    journal.limit_pages(1_000_000).await;
    for _ in 0..3 {
        acknowledged += 1;
        assert_eq!(journal.append(record()).await.unwrap().sequence, acknowledged);
    }
    assert_eq!(journal.state().failing, None);
    assert_eq!(journal.state().failures, 2);
    journal.close();
    assert_eq!(crate::verify(&path, None).unwrap().records, acknowledged);
}

#[tokio::test]
async fn everyone_in_a_batch_that_fails_hears_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal =
        Journal::open_with(folder.path().join("journal.db"), Options { queue: 64, ..Options::default() }).unwrap();
    journal.limit_pages(1).await;
    // Far more than the free part of the last page can take, even if they come in several batches.
    let waiting: Vec<_> = (0..64).map(|_| journal.append(record())).collect();
    let mut refused = 0;
    let mut written = 0;
    for result in join_all(waiting).await {
        match result {
            Ok(_) => written += 1,
            Err(error) => {
                assert_eq!(error, full());
                refused += 1;
            }
        }
    }
    assert!(refused > 0);
    assert_eq!(written, journal.state().head.sequence);
}

#[tokio::test]
async fn call_numbers_that_cannot_be_reserved_are_not_handed_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    drop(Journal::open(&path).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute("update call_ids set reserved = $1", [i64::MAX - 3]).unwrap();
    drop(connection);
    let options = Options { block: 2, ..Options::default() };
    let journal = Journal::open_with(&path, options).unwrap();
    assert_eq!(journal.next_call_id().await, Ok(i64::MAX - 2));
    assert_eq!(journal.next_call_id().await, Ok(i64::MAX - 1));
    assert_eq!(journal.next_call_id().await, Err(JournalError::NoIdsLeft));
}

async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut pending {
            if output.is_none()
                && let std::task::Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *output = Some(ready);
            }
        }
        if pending.iter().all(|(_, output)| output.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    pending.into_iter().map(|(_, output)| output.unwrap()).collect()
}
