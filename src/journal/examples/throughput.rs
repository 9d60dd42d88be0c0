//! How many records a journal takes in a second: one caller that waits for each, then many at once.
//!
//! `cargo run -p kapia-journal --example throughput -- FOLDER`; the folder should lie on the disk that is meant.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use kapia_journal::{EntryPoint, Journal, JournalError, Outcome, Record};
use time::OffsetDateTime;

const ALONE: usize = 500;
const CALLERS: usize = 128;
const EACH: usize = 200;
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder)?;
    for round in 1..=ROUNDS {
        let journal = Arc::new(Journal::open(folder.path().join(format!("{round}.db")))?);
        let begun = Instant::now();
        write(&journal, ALONE).await?;
        let alone = rate(ALONE, begun);
        let before = journal.state();
        let begun = Instant::now();
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let journal = Arc::clone(&journal);
                tokio::spawn(async move { write(&journal, EACH).await })
            })
            .collect();
        for caller in callers {
            caller.await??;
        }
        let together = rate(CALLERS * EACH, begun);
        let batches = journal.state().batches - before.batches;
        println!("{round}: one caller {alone}/s, {CALLERS} callers {together}/s in {batches} transactions");
    }
    Ok(())
}

async fn write(journal: &Journal, records: usize) -> Result<(), JournalError> {
    for _ in 0..records {
        let entry = EntryPoint { version: "v2".into(), soap: "1.1".into() };
        let mut record = Record::new(OffsetDateTime::now_utc(), entry);
        record.service_call_id = journal.next_call_id().await?;
        record.operation = "Kapia.Demo.IPersons.Find".to_owned();
        record.outcome = Outcome::Answered;
        journal.append(record).await?;
    }
    Ok(())
}

fn rate(records: usize, begun: Instant) -> u64 {
    (records as f64 / begun.elapsed().as_secs_f64()) as u64
}
