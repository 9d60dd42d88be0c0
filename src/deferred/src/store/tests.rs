use std::path::PathBuf;

use super::*;
use crate::{Counts, Deferred, SealingKey};

fn file() -> (tempfile::TempDir, PathBuf, SealingKey) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deferred.db");
    (folder, path, SealingKey::random().unwrap())
}

fn refused(path: &Path, key: &SealingKey) -> &'static str {
    Deferred::open(path, key).err().unwrap().code()
}

#[test]
fn a_store_is_open_in_one_place_at_a_time() {
    let (_folder, path, key) = file();
    let first = Deferred::open(&path, &key).unwrap();
    assert_eq!(refused(&path, &key), "deferred-in-use");
    drop(first);
    Deferred::open(&path, &key).unwrap();
}

#[test]
fn another_key_is_refused_by_name_and_the_right_one_still_opens() {
    let (_folder, path, key) = file();
    drop(Deferred::open(&path, &key).unwrap());
    assert_eq!(refused(&path, &SealingKey::random().unwrap()), "deferred-wrong-key");
    Deferred::open(&path, &key).unwrap();
}

#[test]
fn a_file_of_something_else_is_refused_and_left_as_it_was() {
    let (_folder, path, key) = file();
    Connection::open(&path).unwrap().execute_batch("create table other (a)").unwrap();
    assert_eq!(refused(&path, &key), "deferred-foreign");
    assert_eq!(Counts::of_file(&path, time::OffsetDateTime::UNIX_EPOCH).unwrap_err().code(), "deferred-foreign");
    let (_folder, path, key) = file();
    let text = "this is a text file and no database, long enough to have a header of a hundred octets in front of it";
    std::fs::write(&path, text).unwrap();
    assert_eq!(refused(&path, &key), "deferred-foreign");
    assert_eq!(Counts::of_file(&path, time::OffsetDateTime::UNIX_EPOCH).unwrap_err().code(), "deferred-foreign");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_file_of_a_newer_version_is_refused_by_name() {
    let (_folder, path, key) = file();
    drop(Deferred::open(&path, &key).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(refused(&path, &key), "deferred-newer");
}

#[test]
fn counting_a_store_that_is_not_there_makes_none() {
    let (_folder, path, _) = file();
    assert_eq!(Counts::of_file(&path, time::OffsetDateTime::UNIX_EPOCH).unwrap_err().code(), "deferred-file");
    assert!(!path.exists());
}

#[test]
fn the_writer_waits_for_the_disk_and_overwrites_what_it_deletes() {
    let (_folder, path, key) = file();
    let connection = open(&path, &Sealer::new(&key).unwrap()).unwrap();
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    // 2 is FULL.
    assert_eq!((mode.as_str(), number("synchronous"), number("secure_delete")), ("wal", 2, 1));
}

#[test]
fn no_question_that_is_asked_often_reads_the_whole_table() {
    let (_folder, path, key) = file();
    let connection = open(&path, &Sealer::new(&key).unwrap()).unwrap();
    for statement in [
        sql::CLAIM_WORK,
        sql::NEXT_WORK,
        sql::CLAIM_CALLBACK,
        sql::NEXT_CALLBACK,
        sql::PENDING_OF,
        sql::FIND,
        sql::PAYLOAD,
        sql::EXPIRED,
        sql::REMOVE_EXPIRED,
        sql::RELEASE_WORK,
        sql::RELEASE_CALLBACKS,
    ] {
        let mut plan = connection.prepare(&format!("explain query plan {statement}")).unwrap();
        let values = vec![rusqlite::types::Value::Integer(1); plan.parameter_count()];
        let steps = plan.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3)).unwrap();
        for step in steps.map(Result::unwrap) {
            let fine = step.contains("USING") || !step.starts_with("SCAN calls");
            assert!(fine && !step.contains("TEMP B-TREE"), "{statement}: {step}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_new_store_belongs_to_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path, key) = file();
    let _store = Deferred::open(&path, &key).unwrap();
    for name in ["deferred.db", "deferred.db-wal", "deferred.db-shm", "deferred.db.lock"] {
        let mode = std::fs::metadata(path.with_file_name(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
