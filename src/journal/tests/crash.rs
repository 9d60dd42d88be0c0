//! A process that is killed in the middle of its appends loses nothing that it acknowledged.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use kapia_journal::{EntryPoint, Filter, Head, Journal, Options, Outcome, Reader, Record, verify};
use time::OffsetDateTime;

const FILE: &str = "KAPIA_TEST_JOURNAL";

// Not a claim by itself: the process that the claim below kills. Without the variable there is nothing for it to do.
#[test]
fn child_that_appends_until_it_is_killed() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let options = Options { block: 32, ..Options::default() };
        let journal = Arc::new(Journal::open_with(path, options).unwrap());
        let tasks: Vec<_> = (0..16).map(|_| tokio::spawn(append_forever(Arc::clone(&journal)))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

async fn append_forever(journal: Arc<Journal>) {
    loop {
        let id = journal.next_call_id().await.unwrap();
        let entry = EntryPoint { version: "v2".into(), soap: "1.1".into() };
        let mut record = Record::new(OffsetDateTime::now_utc(), entry);
        record.service_call_id = id;
        record.outcome = Outcome::Answered;
        record.context.remark = Some("x".repeat(300));
        let sealed = journal.append(record).await.unwrap();
        let line = format!("ack {id} {}\n", Head::from(sealed));
        std::io::stdout().write_all(line.as_bytes()).unwrap();
    }
}

fn acknowledged_before_the_kill(path: &Path, lines: usize) -> Vec<(i64, Head)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_appends_until_it_is_killed", "--nocapture"])
        .env(FILE, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let read = |line: String| {
        let mut parts = line.strip_prefix("ack ")?.split(' ');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    let mut acknowledged: Vec<(i64, Head)> = output.by_ref().filter_map(read).take(lines).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died counts too; the last line may be torn.
    acknowledged.extend(output.filter_map(read));
    acknowledged
}

#[test]
fn a_kill_in_the_middle_loses_nothing_acknowledged_and_repeats_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut all: Vec<(i64, Head)> = Vec::new();
    for lines in [1, 50, 300, 777] {
        let before = all.iter().map(|(id, _)| *id).max().unwrap_or(0);
        let acknowledged = acknowledged_before_the_kill(&path, lines);
        assert!(acknowledged.len() >= lines);
        assert!(acknowledged.iter().all(|(id, _)| *id > before), "a number of a dead process came back");
        all.extend(acknowledged);

        let last = all.iter().map(|(_, head)| *head).max_by_key(|head| head.sequence).unwrap();
        let verified = verify(&path, Some(&last)).unwrap();
        assert!(verified.records >= all.len() as u64);
        let stored = Reader::open(&path).unwrap().page(&Filter::default(), 0, usize::MAX).unwrap();
        for (id, head) in &all {
            let entry = &stored[head.sequence as usize - 1];
            assert_eq!((entry.record.service_call_id, entry.hash), (*id, head.hash));
        }
        let mut ids: Vec<i64> = stored.iter().map(|entry| entry.record.service_call_id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "a number was used twice");
    }
}
