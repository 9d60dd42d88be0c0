//! Every kind of tampering is found, and at the right row.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use kapia_journal::{
    Broken, Consumer, Damage, EntryPoint, Head, Journal, Language, Outcome, Reader, Record, Sha256, VerifyError, verify,
};
use rusqlite::Connection;
use time::OffsetDateTime;

const ROWS: u64 = 20;

struct Case {
    _folder: tempfile::TempDir,
    path: PathBuf,
    head: Head,
}

async fn journal() -> Case {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let journal = Journal::open(&path).unwrap();
    for at in 1..=ROWS {
        let entry = EntryPoint { version: "v1".into(), soap: "1.2".into() };
        let mut record = Record::new(OffsetDateTime::now_utc(), entry);
        record.service_call_id = journal.next_call_id().await.unwrap();
        record.outcome = Outcome::Answered;
        record.operation = format!("Kapia.Demo.IPersons.Find{at}");
        record.consumer = Some(Consumer { id: 1, name: "Община Пример".to_owned(), oid: None });
        record.context.remark = Some(format!("marker-{at:04}"));
        journal.append(record).await.unwrap();
    }
    let head = journal.state().head;
    journal.close();
    assert_eq!(verify(&path, Some(&head)).unwrap().records, ROWS);
    Case { _folder: folder, path, head }
}

impl Case {
    fn change(&self, sql: &str) -> &Self {
        Connection::open(&self.path).unwrap().execute_batch(sql).unwrap();
        self
    }

    fn broken(&self, expected: Option<&Head>) -> Broken {
        match verify(&self.path, expected) {
            Err(VerifyError::Broken(broken)) => broken,
            other => panic!("not found broken: {other:?}"),
        }
    }

    fn finds(&self, what: Damage, sequence: u64) {
        let broken = self.broken(None);
        assert_eq!((broken.what, broken.sequence), (what, sequence), "{broken}");
        for language in Language::ALL {
            assert!(broken.message(language).contains(&sequence.to_string()));
            assert!(!broken.hint(language).is_empty());
        }
    }
}

// The way the documentation describes it, written a second time.
fn seal(sequence: u64, previous: &[u8], text: &str) -> Sha256 {
    let mut octets = b"kapia journal record v1\0".to_vec();
    for part in [&sequence.to_be_bytes()[..], previous, text.as_bytes()] {
        octets.extend((part.len() as u64).to_be_bytes());
        octets.extend(part);
    }
    Sha256::of(&octets)
}

fn chain_anew(path: &Path, from: i64) {
    let connection = Connection::open(path).unwrap();
    let mut previous: Vec<u8> =
        connection.query_row("select hash from records where sequence = $1", [from - 1], |row| row.get(0)).unwrap();
    let last: i64 = connection.query_row("select max(sequence) from records", [], |row| row.get(0)).unwrap();
    for sequence in from..=last {
        let text: String =
            connection.query_row("select text from records where sequence = $1", [sequence], |row| row.get(0)).unwrap();
        let hash = seal(sequence as u64, &previous, &text);
        connection
            .execute("update records set previous = $1, hash = $2 where sequence = $3", (&previous, hash.0, sequence))
            .unwrap();
        previous = hash.0.to_vec();
    }
}

#[tokio::test]
async fn a_changed_text_is_found() {
    for sequence in [1, 7, ROWS] {
        let case = journal().await;
        case.change(&format!(
            "update records set text = replace(text, 'answered', 'no-data') where sequence = {sequence}"
        ));
        case.finds(Damage::Text, sequence);
    }
}

#[tokio::test]
async fn a_changed_text_with_a_new_hash_is_found_at_the_next_row() {
    let case = journal().await;
    case.change("update records set text = replace(text, 'answered', 'no-data') where sequence = 7");
    let connection = Connection::open(&case.path).unwrap();
    let (previous, text): (Vec<u8>, String) = connection
        .query_row("select previous, text from records where sequence = 7", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    connection.execute("update records set hash = $1 where sequence = 7", [seal(7, &previous, &text).0]).unwrap();
    drop(connection);
    case.finds(Damage::Previous, 8);
}

#[tokio::test]
async fn a_changed_hash_is_found_and_told_from_a_changed_text() {
    let case = journal().await;
    case.change("update records set hash = zeroblob(32) where sequence = 7");
    case.finds(Damage::Hash, 7);
}

#[tokio::test]
async fn a_changed_hash_of_the_last_row_is_found() {
    let case = journal().await;
    case.change("update records set hash = zeroblob(32) where sequence = 20");
    case.finds(Damage::Text, 20);
}

#[tokio::test]
async fn a_changed_previous_hash_is_found() {
    let case = journal().await;
    case.change("update records set previous = zeroblob(32) where sequence = 7");
    case.finds(Damage::Previous, 7);
}

#[tokio::test]
async fn removed_rows_are_found() {
    let case = journal().await;
    case.change("delete from records where sequence = 7");
    case.finds(Damage::Gap, 7);
    case.change("delete from records where sequence between 1 and 3");
    case.finds(Damage::Gap, 1);
    case.change("delete from records where sequence = 0");
    case.finds(Damage::Genesis, 0);
    case.change("delete from records");
    case.finds(Damage::Genesis, 0);
}

#[tokio::test]
async fn removed_rows_whose_followers_moved_up_are_found() {
    let case = journal().await;
    case.change(
        "delete from records where sequence = 7; update records set sequence = sequence - 1 where sequence > 7",
    );
    case.finds(Damage::Previous, 7);
}

#[tokio::test]
async fn exchanged_rows_are_found() {
    let case = journal().await;
    case.change(
        "update records set sequence = 99 where sequence = 7;
         update records set sequence = 7 where sequence = 8;
         update records set sequence = 8 where sequence = 99;",
    );
    case.finds(Damage::Previous, 7);
}

#[tokio::test]
async fn inserted_rows_are_found() {
    let copy = |to: i64| {
        format!(
            "insert into records select {to}, service_call_id, time, consumer, operation, text, previous, hash
             from records where sequence = 7"
        )
    };
    let case = journal().await;
    case.change(&copy(21));
    case.finds(Damage::Previous, 21);
    let case = journal().await;
    case.change(&copy(-5));
    case.finds(Damage::Extra, 0);
    let case = journal().await;
    // Upwards one by one, because a number is held by one row at a time.
    let up: String =
        (8..=ROWS).rev().map(|at| format!("update records set sequence = {at} + 1 where sequence = {at};")).collect();
    case.change(&up).change(&copy(8));
    case.finds(Damage::Previous, 8);
}

#[tokio::test]
async fn a_column_that_would_hide_a_row_from_a_search_is_found() {
    for change in
        ["consumer = 'Друга'", "consumer = null", "operation = 'X.Y'", "time = '2020'", "service_call_id = 999"]
    {
        let case = journal().await;
        case.change(&format!("update records set {change} where sequence = 7"));
        case.finds(Damage::Column, 7);
    }
}

#[tokio::test]
async fn a_cut_tail_is_found_by_a_head_that_was_kept_elsewhere() {
    let case = journal().await;
    case.change("delete from records where sequence > 17");
    assert_eq!(verify(&case.path, None).unwrap().head.sequence, 17);
    let broken = case.broken(Some(&case.head));
    assert_eq!((broken.what, broken.sequence), (Damage::Truncated, 20));
}

#[tokio::test]
async fn a_chain_computed_anew_is_found_by_a_head_that_was_kept_elsewhere() {
    let case = journal().await;
    case.change("update records set text = replace(text, 'marker-0007', 'marker-9999') where sequence = 7");
    chain_anew(&case.path, 7);
    assert_eq!(verify(&case.path, None).unwrap().records, ROWS);
    let broken = case.broken(Some(&case.head));
    assert_eq!((broken.what, broken.sequence), (Damage::Head, 20));
}

#[tokio::test]
async fn an_older_head_is_still_good_for_a_longer_journal() {
    let case = journal().await;
    let old = Reader::open(&case.path).unwrap().page(&Default::default(), 9, 1).unwrap().remove(0);
    let old = Head { sequence: old.sequence, hash: old.hash };
    assert_eq!(old.sequence, 10);
    assert_eq!(verify(&case.path, Some(&old)).unwrap().head, case.head);
    let name = Head { sequence: 0, ..old };
    assert_eq!(case.broken(Some(&name)).sequence, 0);
}

#[tokio::test]
async fn rows_of_another_journal_do_not_fit() {
    let (case, other) = (journal().await, journal().await);
    let attach = format!("attach '{}' as other;", other.path.display());
    case.change(&format!(
        "{attach} delete from records where sequence > 7; insert into records select * from other.records where sequence > 7;"
    ));
    case.finds(Damage::Previous, 8);
    let case = journal().await;
    case.change(&format!(
        "{attach} delete from records where sequence = 0; insert into records select * from other.records where sequence = 0;"
    ));
    case.finds(Damage::Previous, 1);
}

#[tokio::test]
async fn values_of_another_type_are_found_at_their_row() {
    let case = journal().await;
    case.change("update records set text = x'00ff' where sequence = 7");
    case.finds(Damage::Unreadable, 7);
    let case = journal().await;
    case.change("update records set hash = x'00' where sequence = 7");
    case.finds(Damage::Unreadable, 7);
}

#[tokio::test]
async fn one_flipped_bit_in_the_file_is_found() {
    let case = journal().await;
    let mut octets = std::fs::read(&case.path).unwrap();
    let marker = b"marker-0013";
    let at = octets.windows(marker.len()).position(|window| window == marker).unwrap();
    octets[at + marker.len() - 1] ^= 1;
    std::fs::write(&case.path, octets).unwrap();
    case.finds(Damage::Text, 13);
}

#[tokio::test]
async fn a_torn_file_is_never_called_verified() {
    let case = journal().await;
    let octets = std::fs::read(&case.path).unwrap();
    for keep in [octets.len() / 2, octets.len() - 4096] {
        std::fs::write(&case.path, &octets[..keep]).unwrap();
        assert!(verify(&case.path, Some(&case.head)).is_err());
    }
}
