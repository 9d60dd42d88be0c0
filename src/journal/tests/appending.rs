//! Claims about writing: order, batches, numbers, what readers see meanwhile.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use kapia_journal::{EntryPoint, Filter, Head, Journal, Options, Outcome, Reader, Record, Sealed, verify};
use time::OffsetDateTime;

fn record(operation: &str) -> Record {
    let mut record = Record::new(OffsetDateTime::now_utc(), EntryPoint { version: "v2".into(), soap: "1.1".into() });
    record.operation = operation.to_owned();
    record.outcome = Outcome::Answered;
    record
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn appends_of_many_tasks_keep_one_chain_and_each_task_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Arc::new(Journal::open(&path).unwrap());
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let journal = Arc::clone(&journal);
            tokio::spawn(async move {
                let mut mine = Vec::new();
                for at in 0..40 {
                    mine.push(journal.append(record(&format!("T.{task}.{at}"))).await.unwrap());
                }
                mine
            })
        })
        .collect();
    let mut all: Vec<Sealed> = Vec::new();
    for task in tasks {
        let mine = task.await.unwrap();
        assert!(mine.windows(2).all(|pair| pair[0].sequence < pair[1].sequence));
        all.extend(mine);
    }
    let state = journal.state();
    assert_eq!((state.records, state.failures), (64 * 40, 0));
    assert!(state.batches < state.records / 4, "{} records took {} transactions", state.records, state.batches);
    drop(journal);

    all.sort_by_key(|sealed| sealed.sequence);
    assert!(all.iter().zip(1..).all(|(sealed, sequence)| sealed.sequence == sequence));
    let verified = verify(&path, all.last().copied().map(Head::from).as_ref()).unwrap();
    assert_eq!((verified.records, verified.first), (64 * 40, Some(1)));
    let stored = Reader::open(&path).unwrap().page(&Filter::default(), 0, usize::MAX).unwrap();
    assert!(stored.iter().zip(&all).all(|(entry, sealed)| entry.hash == sealed.hash));
}

#[tokio::test]
async fn an_acknowledged_record_is_visible_to_other_connections_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&path).unwrap();
    let reader = Reader::open(&path).unwrap();
    for at in 0..20 {
        let sealed = journal.append(record(&format!("A.{at}"))).await.unwrap();
        let last = reader.tail(&Filter::default(), 1).unwrap().remove(0);
        assert_eq!((last.sequence, last.hash), (sealed.sequence, sealed.hash));
        assert_eq!(last.record.operation, format!("A.{at}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_verifies_while_it_is_being_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Arc::new(Journal::open(&path).unwrap());
    let writing = {
        let journal = Arc::clone(&journal);
        tokio::spawn(async move {
            for at in 0..300 {
                journal.append(record(&format!("A.{at}"))).await.unwrap();
            }
        })
    };
    let mut seen = 0;
    while !writing.is_finished() {
        let path = path.clone();
        let verified = tokio::task::spawn_blocking(move || verify(path, None)).await.unwrap().unwrap();
        assert!(verified.records >= seen);
        seen = verified.records;
    }
    writing.await.unwrap();
    assert_eq!(verify(&path, None).unwrap().records, 300);
}

#[tokio::test]
async fn an_append_whose_caller_went_away_is_written_and_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&path).unwrap();
    for _ in 0..50 {
        // Polled once: queued, and dropped before the answer.
        let _ = tokio::time::timeout(Duration::ZERO, journal.append(record("Gone.Away"))).await;
    }
    let last = journal.append(record("Still.Here")).await.unwrap();
    journal.close();
    assert_eq!(verify(&path, None).unwrap().head, last.into());
}

#[tokio::test]
async fn a_full_queue_makes_callers_wait_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let options = Options { queue: 2, batch: 1, ..Options::default() };
    let journal = Arc::new(Journal::open_with(&path, options).unwrap());
    let tasks: Vec<_> = (0..100)
        .map(|at| {
            let journal = Arc::clone(&journal);
            tokio::spawn(async move { journal.append(record(&format!("A.{at}"))).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(journal.state().batches, 100);
    drop(journal);
    assert_eq!(verify(&path, None).unwrap().records, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn call_numbers_are_positive_and_never_handed_out_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut seen = HashSet::new();
    let mut highest = 0;
    for _ in 0..5 {
        let options = Options { block: 16, ..Options::default() };
        let journal = Arc::new(Journal::open_with(&path, options).unwrap());
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let journal = Arc::clone(&journal);
                tokio::spawn(async move {
                    let mut mine = Vec::new();
                    for _ in 0..100 {
                        mine.push(journal.next_call_id().await.unwrap());
                    }
                    mine
                })
            })
            .collect();
        let before = highest;
        for task in tasks {
            let mine = task.await.unwrap();
            assert!(mine.windows(2).all(|pair| pair[0] < pair[1]));
            for id in mine {
                assert!(id > before, "{id} was reserved by an earlier process");
                assert!(seen.insert(id), "{id} was handed out twice");
                highest = highest.max(id);
            }
        }
    }
    assert_eq!(seen.len(), 5 * 8 * 100);
    assert!(seen.iter().all(|id| *id > 0));
}

#[tokio::test]
async fn numbers_without_a_restart_have_no_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { block: 8, ..Options::default() };
    let journal = Journal::open_with(folder.path().join("journal.db"), options).unwrap();
    for expected in 1..=100 {
        assert_eq!(journal.next_call_id().await, Ok(expected));
    }
}
