//! Clients at the same time: of two that change one version one wins, and a request is answered once.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::sync::mpsc;

use kapia_records::{Answer as Stored, Applied, Batch, Mode, Records, Since};
use support::{Answer, OURS, Room, Sample, key, save};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const ID: &str = "b3b0c2b6-6a8b-4a06-9d9c-2c2d1f0f5a11";

/// Keeps the store from writing until the sender is dropped.
async fn held(records: &Records) -> mpsc::Sender<()> {
    let (go, may_go) = mpsc::channel::<()>();
    let (tell, told) = tokio::sync::oneshot::channel();
    let batch =
        Batch { by: "test".to_owned(), at: support::NOW, mode: Mode::BestEffort, changes: Vec::new(), ticket: None };
    let records = records.clone();
    let wait = move |_: &[Applied]| {
        tell.send(()).unwrap();
        let _ = may_go.recv();
        Stored::default()
    };
    tokio::spawn(async move { records.apply(batch, wait).await });
    told.await.unwrap();
    go
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_being_answered_is_told_so_and_can_be_asked_again() {
    let room = Arc::new(Room::new().await);
    let go = held(&room.records).await;
    let first = tokio::spawn({
        let room = Arc::clone(&room);
        async move { room.send_as(ID, &Sample::new(1).add()).await }
    });
    while room.records.waiting() == 0 {
        tokio::task::yield_now().await;
    }
    let second = room.send_as(ID, &Sample::new(1).add()).await;
    assert_eq!((second.status, second.one("Code").as_str()), (500, "EGS-5002"));
    assert_eq!((second.one("faultcode").as_str(), second.one("Retryable").as_str()), ("s:Server", "true"));
    assert_eq!(second.one("MessageBg"), "Заявката още се обработва.");
    let other = room.send_as(ID, &Sample::new(2).add()).await;
    assert_eq!(other.fault().0, "EGS-5001", "nobody has to wait to hear that the id is taken");
    drop(go);
    let first = first.await.unwrap();
    assert_eq!(first.one("Result"), "CREATED");
    assert_eq!(room.send_as(ID, &Sample::new(1).add()).await.text, first.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_clients_that_change_one_version_at_the_same_moment_one_wins_and_the_others_hear_the_version_of_now() {
    const CLIENTS: usize = 8;
    let room = Arc::new(Room::new().await);
    room.send(&Sample::new(7).add()).await;
    for version in 1..=10_u64 {
        // All of them have been looked at before any of them is written.
        let go = held(&room.records).await;
        let barrier = Arc::new(Barrier::new(CLIENTS));
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let (room, barrier) = (Arc::clone(&room), Arc::clone(&barrier));
            clients.spawn(async move {
                let keyword = format!("<Keyword>{version} {client}</Keyword>");
                let update = Sample::new(7).with("Keyword", &keyword).update(Some(version));
                barrier.wait().await;
                (format!("{version} {client}"), room.send(&update).await)
            });
        }
        while room.records.waiting() < CLIENTS {
            tokio::task::yield_now().await;
        }
        drop(go);
        let answers: Vec<(String, Answer)> = clients.join_all().await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(_, answer)| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, CLIENTS - 1));
        assert_eq!(won[0].1.one("Version"), (version + 1).to_string());
        for (_, answer) in lost {
            assert_eq!(answer.fault(), ("EGS-3005".to_owned(), vec!["/ServiceRecord/ServiceKey".to_owned()]));
            let told = format!("Version conflict (expected {version}, current {}).", version + 1);
            assert_eq!(answer.one("MessageEn"), told);
        }
        let kept = room.send(&format!("<GetService>{}</GetService>", key(7, OURS))).await;
        assert_eq!(kept.one("Keyword"), won[0].0, "what is kept is what the winner sent");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_sent_many_times_at_once_is_done_once() {
    let room = Arc::new(Room::new().await);
    let mut clients = JoinSet::new();
    for _ in 0..20 {
        let room = Arc::clone(&room);
        clients.spawn(async move {
            let batch: Vec<Sample> = (1..=5).map(Sample::new).collect();
            loop {
                let answer = room.send_as(ID, &save(&batch, "AllOrNothing")).await;
                if answer.status == 200 {
                    return answer.text;
                }
                assert_eq!(answer.fault().0, "EGS-5002");
                tokio::task::yield_now().await;
            }
        });
    }
    let answers = clients.join_all().await;
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.matches("CREATED").count() == 5));
    let all = room.records.changes(Since::Sequence(0), 1000).await.unwrap();
    assert_eq!(all.len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_that_overlap_at_the_same_moment_are_kept_whole_or_not_at_all() {
    const ROUNDS: u64 = 6;
    let room = Arc::new(Room::new().await);
    for round in 0..ROUNDS {
        let base = round * 100;
        // Both have the records 50 to 59, each with a word of its own.
        let batch = |from: u64, word: &str| -> Vec<Sample> {
            let keyword = format!("<Keyword>{word}</Keyword>");
            (from..from + 20).map(|number| Sample::new(base + number).with("Keyword", &keyword)).collect()
        };
        let go = held(&room.records).await;
        let saved = |samples: Vec<Sample>| {
            let room = Arc::clone(&room);
            tokio::spawn(async move { room.send(&save(&samples, "AllOrNothing")).await })
        };
        let (one, two) = (saved(batch(40, "първа")), saved(batch(50, "втора")));
        while room.records.waiting() < 2 {
            tokio::task::yield_now().await;
        }
        drop(go);
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        assert_eq!([one.status, two.status], [200, 200]);
        let word = async |number: u64| {
            room.send(&format!("<GetService>{}</GetService>", key(base + number, OURS))).await.one("Keyword")
        };
        let mut shared = Vec::new();
        for number in 50..60 {
            shared.push(word(number).await);
        }
        assert!(shared.iter().all(|word| *word == shared[0]), "one of the two wrote all of them last: {shared:?}");
    }
}
