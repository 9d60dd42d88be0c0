//! Claims about lanes: tasks share a transaction and nothing else.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use kapia_storage::{Lane, Lost, StorageError, Store, Trouble, Words};
use rusqlite::Connection;

static STORE: Store = Store {
    codes: kapia_storage::codes!("cellar"),
    words: Words {
        subject: ["the cellar", "мазето"],
        object: ["the cellar", "мазето"],
        kind: ["a cellar", "мазе"],
        consequence: ["nobody drinks until then", "дотогава никой не пие"],
        check: ["count the bottles", "пребройте бутилките"],
    },
    application: 0x4b61_7043,
    steps: &["create table bottles (id integer primary key, label blob not null)"],
    patience: Duration::from_millis(50),
    settings: &[],
};

#[derive(Debug, Clone, PartialEq, Eq)]
enum CellarError {
    Storage(StorageError),
    Broken,
    Lost(Lost),
}

impl From<StorageError> for CellarError {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<rusqlite::Error> for CellarError {
    fn from(error: rusqlite::Error) -> Self {
        STORE.error(error).into()
    }
}

impl From<Lost> for CellarError {
    fn from(lost: Lost) -> Self {
        Self::Lost(lost)
    }
}

struct Cellar {
    folder: tempfile::TempDir,
    writing: Arc<Lane<CellarError>>,
    reading: Lane<CellarError>,
}

impl Cellar {
    fn new() -> Cellar {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cellar.db");
        let writing = Lane::writing(&STORE, &path, "writer", STORE.open(&path).unwrap()).unwrap();
        let reading = Lane::reading(&STORE, &path, "reader", STORE.open_to_read(&path).unwrap()).unwrap();
        Cellar { folder, writing: Arc::new(writing), reading }
    }

    async fn put(&self, id: i64, octets: usize) -> Result<(), CellarError> {
        self.writing.run(move |connection| put(connection, id, octets)).await
    }

    async fn bottles(&self) -> Vec<i64> {
        let ask = |connection: &Connection| {
            let mut statement = connection.prepare("select id from bottles order by id")?;
            let bottles = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            Ok(bottles)
        };
        self.reading.run(ask).await.unwrap()
    }

    async fn limit_pages(&self, pages: u32) {
        let limit = move |connection: &Connection| {
            Ok(connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?)
        };
        self.writing.run(limit).await.unwrap();
    }

    /// Keeps the writer busy until the sender is dropped: what comes meanwhile is one batch.
    async fn hold(&self) -> mpsc::Sender<()> {
        let (go, may_go) = mpsc::channel::<()>();
        let held = Arc::new(AtomicBool::new(false));
        let (lane, seen) = (Arc::clone(&self.writing), Arc::clone(&held));
        tokio::spawn(async move {
            let wait = move |_: &Connection| {
                seen.store(true, Ordering::SeqCst);
                let _ = may_go.recv();
                Ok(())
            };
            lane.run(wait).await
        });
        while !held.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        go
    }
}

fn put(connection: &Connection, id: i64, octets: usize) -> Result<(), CellarError> {
    connection.execute("insert into bottles (id, label) values (?1, zeroblob(?2))", (id, octets as i64))?;
    Ok(())
}

#[tokio::test]
async fn a_task_that_fails_or_panics_is_undone_and_takes_nobody_of_its_transaction_with_it() {
    let cellar = Cellar::new();
    let go = cellar.hold().await;
    let failing = cellar.writing.run(|connection| {
        put(connection, 2, 1)?;
        Err::<(), _>(CellarError::Broken)
    });
    let panicking = cellar.writing.run(|connection| {
        put(connection, 3, 1)?;
        if connection.is_autocommit() {
            return Ok(());
        }
        panic!("in the middle of a transaction")
    });
    let release = async {
        while cellar.writing.waiting() < 5 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(go);
    };
    let (first, failed, panicked, twice, last, ()) =
        tokio::join!(cellar.put(1, 1), failing, panicking, cellar.put(1, 1), cellar.put(4, 1), release);
    assert_eq!((first, failed, last), (Ok(()), Err(CellarError::Broken), Ok(())));
    assert_eq!(panicked, Err(CellarError::Lost(Lost::Panicked)));
    assert!(matches!(twice, Err(CellarError::Storage(_))), "{twice:?}");
    assert_eq!(cellar.bottles().await, [1, 4]);
}

#[tokio::test]
async fn what_waits_together_becomes_durable_together() {
    let cellar = Cellar::new();
    let go = cellar.hold().await;
    let tasks: Vec<_> = (1..=50)
        .map(|id| {
            let lane = Arc::clone(&cellar.writing);
            tokio::spawn(async move { lane.run(move |connection| put(connection, id, 1)).await })
        })
        .collect();
    while cellar.writing.waiting() < 50 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let frames = || std::fs::metadata(cellar.folder.path().join("cellar.db-wal")).map_or(0, |log| log.len());
    let before = frames();
    drop(go);
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    assert_eq!(cellar.bottles().await.len(), 50);
    // One transaction writes a page once, fifty write it fifty times.
    assert!(frames() - before < 10 * 4096, "{} octets of log for one transaction", frames() - before);
}

#[tokio::test]
async fn nobody_is_told_of_success_whose_work_a_full_disk_undid() {
    let cellar = Cellar::new();
    cellar.put(1, 10).await.unwrap();
    cellar.limit_pages(40).await;
    let go = cellar.hold().await;
    let tasks: Vec<_> = (2..=61)
        .map(|id| {
            let lane = Arc::clone(&cellar.writing);
            // Small and large ones, so that some fit after others did not.
            let octets = if id % 3 == 0 { 30_000 } else { 10 };
            tokio::spawn(async move { (id, lane.run(move |connection| put(connection, id, octets)).await) })
        })
        .collect();
    while cellar.writing.waiting() < 60 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(go);
    let (mut kept, mut refused) = (vec![1], 0);
    for task in tasks {
        match task.await.unwrap() {
            (id, Ok(())) => kept.push(id),
            (_, Err(error)) => {
                assert_eq!(error, STORE.trouble(Trouble::Full).into());
                refused += 1;
            }
        }
    }
    kept.sort_unstable();
    assert!(refused > 0 && kept.len() > 1, "{refused} refused, {} kept", kept.len());
    assert_eq!(cellar.bottles().await, kept);
    cellar.limit_pages(1_000_000).await;
    assert_eq!(cellar.put(100, 30_000).await, Ok(()));
}

#[tokio::test]
async fn while_another_process_keeps_the_file_locked_everybody_is_told_so_and_nothing_is_done() {
    let cellar = Cellar::new();
    let other = Connection::open(cellar.folder.path().join("cellar.db")).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let (one, two) = tokio::join!(cellar.put(1, 1), cellar.put(2, 1));
    let busy: Result<(), CellarError> = Err(STORE.trouble(Trouble::Busy).into());
    assert_eq!((one, two), (busy.clone(), busy));
    other.execute_batch("rollback").unwrap();
    assert_eq!(cellar.put(1, 1).await, Ok(()));
    assert_eq!(cellar.bottles().await, [1]);
}

#[tokio::test]
async fn what_nobody_waits_for_any_more_is_done_nevertheless() {
    let cellar = Cellar::new();
    let go = cellar.hold().await;
    let mut abandoned = Box::pin(cellar.put(1, 1));
    assert!(tokio::time::timeout(Duration::from_millis(20), &mut abandoned).await.is_err());
    drop(abandoned);
    drop(go);
    let Cellar { folder, writing, reading } = cellar;
    drop((writing, reading));
    // The task that held the lane has its share of it until it is done.
    let count = || {
        let connection = STORE.open_to_read(&folder.path().join("cellar.db")).unwrap();
        connection.query_row("select count(*) from bottles", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    for _ in 0..500 {
        if count() == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the task was not done");
}

#[tokio::test]
async fn a_reader_sees_what_is_durable_and_survives_a_panic() {
    let cellar = Cellar::new();
    let panicked = cellar.reading.run(|connection| {
        if connection.is_autocommit() {
            panic!("while reading");
        }
        Ok(())
    });
    assert_eq!(panicked.await, Err(CellarError::Lost(Lost::Panicked)));
    let go = cellar.hold().await;
    assert_eq!(cellar.bottles().await, [0_i64; 0], "readers wait for nobody");
    drop(go);
    cellar.put(1, 1).await.unwrap();
    assert_eq!(cellar.bottles().await, [1]);
    let written = cellar.reading.run(|connection| put(connection, 2, 1)).await;
    assert!(matches!(written, Err(CellarError::Storage(_))), "a reader writes nothing");
}
