//! Claims about reading: filters, pages, following.
#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use kapia_journal::{Consumer, EntryPoint, Filter, Journal, Outcome, Reader, Record, follow, tail};
use time::OffsetDateTime;
use time::macros::datetime;

const START: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

// Rows 1..=30: consumer A or B by parity, every third denied, one second apart.
fn record(at: i64) -> Record {
    let entry = EntryPoint { version: "v2".into(), soap: "1.1".into() };
    let mut record = Record::new(START + Duration::from_secs(at as u64), entry);
    record.outcome = if at % 3 == 0 { Outcome::Denied } else { Outcome::Answered };
    record.service_call_id = if at % 3 == 0 { 0 } else { at };
    record.operation = format!("Kapia.Demo.I.Op{}", at % 5);
    record.consumer = Some(Consumer { id: at % 2, name: ["A", "B"][(at % 2) as usize].to_owned(), oid: None });
    record
}

async fn journal() -> (tempfile::TempDir, PathBuf, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&path).unwrap();
    for at in 1..=30 {
        journal.append(record(at)).await.unwrap();
    }
    (folder, path, journal)
}

fn numbers(entries: &[kapia_journal::Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.sequence).collect()
}

#[tokio::test]
async fn the_tail_is_the_last_records_oldest_first() {
    let (_folder, path, _journal) = journal().await;
    assert_eq!(numbers(&tail(&path, 3).unwrap()), [28, 29, 30]);
    assert_eq!(tail(&path, 1000).unwrap().len(), 30);
    assert_eq!(tail(&path, 0).unwrap().len(), 0);
}

#[tokio::test]
async fn every_filter_agrees_with_a_search_by_hand() {
    let (_folder, path, _journal) = journal().await;
    let reader = Reader::open(&path).unwrap();
    let by_hand = |fits: &dyn Fn(&Record) -> bool| -> Vec<u64> {
        (1..=30).filter(|at| fits(&record(*at))).map(|at| at as u64).collect()
    };
    let name = |record: &Record| record.consumer.clone().unwrap().name;
    let (since, until) = (START + Duration::from_secs(10), START + Duration::from_secs(20));
    type Claim<'c> = (Filter, &'c dyn Fn(&Record) -> bool);
    let claims: [Claim<'_>; 7] = [
        (Filter { consumer: Some("A".into()), ..Filter::default() }, &|record| name(record) == "A"),
        (Filter { consumer: Some("C".into()), ..Filter::default() }, &|_| false),
        (Filter { operation: Some("Kapia.Demo.I.Op2".into()), ..Filter::default() }, &|record| {
            record.operation.ends_with('2')
        }),
        (Filter { outcome: Some(Outcome::Denied), ..Filter::default() }, &|record| record.outcome == Outcome::Denied),
        (Filter { service_call_id: Some(8), ..Filter::default() }, &|record| record.service_call_id == 8),
        (Filter { since: Some(since), until: Some(until), ..Filter::default() }, &|record| {
            (since..=until).contains(&record.received)
        }),
        (
            Filter {
                consumer: Some("B".into()),
                outcome: Some(Outcome::Answered),
                since: Some(since),
                ..Filter::default()
            },
            &|record| name(record) == "B" && record.outcome == Outcome::Answered && record.received >= since,
        ),
    ];
    for (filter, fits) in claims {
        let expected = by_hand(fits);
        assert_eq!(numbers(&reader.page(&filter, 0, 1000).unwrap()), expected, "{filter:?}");
        assert_eq!(numbers(&reader.tail(&filter, 1000).unwrap()), expected, "{filter:?}");
        let last: Vec<u64> = expected.iter().copied().skip(expected.len().saturating_sub(2)).collect();
        assert_eq!(numbers(&reader.tail(&filter, 2).unwrap()), last, "{filter:?}");
    }
}

#[tokio::test]
async fn pages_join_without_gap_or_repetition() {
    let (_folder, path, _journal) = journal().await;
    let reader = Reader::open(&path).unwrap();
    let filter = Filter { outcome: Some(Outcome::Answered), ..Filter::default() };
    let mut joined = Vec::new();
    loop {
        let page = reader.page(&filter, joined.last().copied().unwrap_or(0), 7).unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 7);
        joined.extend(numbers(&page));
    }
    assert_eq!(joined, numbers(&reader.page(&filter, 0, 1000).unwrap()));
}

#[tokio::test]
async fn a_search_goes_on_past_one_look_at_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&path).unwrap();
    let mut first = record(1);
    first.outcome = Outcome::Fault;
    journal.append(first).await.unwrap();
    let rest: Vec<_> = (0..2100).map(|_| Box::pin(journal.append(record(1)))).collect();
    for append in rest {
        append.await.unwrap();
    }
    let fault = Filter { outcome: Some(Outcome::Fault), ..Filter::default() };
    let reader = Reader::open(&path).unwrap();
    assert_eq!(numbers(&reader.tail(&fault, 5).unwrap()), [1]);
    let answered = Filter { outcome: Some(Outcome::Answered), ..Filter::default() };
    assert_eq!(reader.page(&answered, 0, usize::MAX).unwrap().len(), 2100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn following_hands_over_what_comes_in_and_nothing_twice() {
    let (_folder, path, journal) = journal().await;
    let (tell, told) = std::sync::mpsc::channel();
    let filter = Filter { consumer: Some("A".into()), ..Filter::default() };
    let following = tokio::task::spawn_blocking(move || {
        follow(path, &filter, Some(28), Duration::from_millis(5), |entry| {
            tell.send(entry.sequence).unwrap();
            if entry.sequence >= 40 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    for at in 31..=40 {
        journal.append(record(at)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    following.await.unwrap().unwrap();
    assert_eq!(told.iter().collect::<Vec<_>>(), [30, 32, 34, 36, 38, 40]);
}
