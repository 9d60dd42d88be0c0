use std::path::PathBuf;

use super::*;
use crate::{Journal, Reader};

fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    (folder, path)
}

#[test]
fn a_journal_is_written_by_one_process_at_a_time() {
    let (_folder, path) = file();
    let first = Journal::open(&path).unwrap();
    assert_eq!(Journal::open(&path).err().unwrap().code(), "journal-in-use");
    drop(first);
    Journal::open(&path).unwrap();
}

#[test]
fn two_journals_never_have_the_same_name() {
    let (_one, one) = file();
    let (_two, two) = file();
    drop(Journal::open(&one).unwrap());
    drop(Journal::open(&two).unwrap());
    let (one, two) = (crate::verify(one, None).unwrap(), crate::verify(two, None).unwrap());
    assert_eq!(one.journal.len(), 32);
    assert_ne!(one.journal, two.journal);
    assert_ne!(one.head, two.head);
}

#[test]
fn a_file_of_something_else_is_refused_and_left_as_it_was() {
    let (_folder, path) = file();
    Connection::open(&path).unwrap().execute_batch("create table other (a)").unwrap();
    assert_eq!(Journal::open(&path).err().unwrap().code(), "journal-foreign");
    assert_eq!(Reader::open(&path).err().unwrap().code(), "journal-foreign");
    let (_folder, path) = file();
    let text = "this is a text file and no database, long enough to have a header of a hundred octets in front of it";
    std::fs::write(&path, text).unwrap();
    assert_eq!(Journal::open(&path).err().unwrap().code(), "journal-foreign");
    assert_eq!(Reader::open(&path).err().unwrap().code(), "journal-foreign");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_file_of_a_newer_version_is_refused_by_name() {
    let (_folder, path) = file();
    drop(Journal::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(Journal::open(&path).err().unwrap().code(), "journal-newer");
    assert_eq!(Reader::open(&path).err().unwrap().code(), "journal-newer");
}

#[test]
fn reading_a_journal_that_is_not_there_makes_none() {
    let (_folder, path) = file();
    assert_eq!(Reader::open(&path).err().unwrap().code(), "journal-file");
    assert!(!path.exists());
}

#[test]
fn nothing_is_appended_to_a_journal_whose_end_was_changed() {
    let (_folder, path) = file();
    drop(Journal::open(&path).unwrap());
    Connection::open(&path).unwrap().execute("update records set text = '{}'", []).unwrap();
    assert_eq!(Journal::open(&path).err().unwrap(), JournalError::Damaged { sequence: 0 });
}

#[test]
fn the_writer_waits_for_the_disk_at_every_commit() {
    let (_folder, path) = file();
    let connection = open(&path).unwrap();
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, String>(0));
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    assert_eq!(pragma("journal_mode").unwrap(), "wal");
    // 2 is FULL.
    assert_eq!(number("synchronous").unwrap(), 2);
}

#[cfg(unix)]
#[test]
fn a_new_journal_belongs_to_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = file();
    let _journal = Journal::open(&path).unwrap();
    for name in ["journal.db", "journal.db-wal", "journal.db-shm", "journal.db.lock"] {
        let mode = std::fs::metadata(path.with_file_name(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
