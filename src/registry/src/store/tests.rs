use std::path::Path;

use kapia_storage::Store;
use rusqlite::Connection;

use super::*;

fn file() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("registry.db");
    (folder, path)
}

fn user_version(path: &Path) -> i64 {
    let connection = Connection::open(path).unwrap();
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[test]
fn a_file_of_every_older_version_is_brought_up_to_date_and_keeps_its_rows() {
    for older in 1..STORE.steps.len() {
        let (_folder, path) = file();
        let known_then: &Store = Box::leak(Box::new(Store { steps: &STORE.steps[..older], ..STORE }));
        let connection = known_then.open(&path).unwrap();
        connection
            .execute_batch(
                "insert into consumers (name, active, created) values ('Община Пример', 1, '2026-01-01T00:00:00.000000Z');
                 insert into operations (name, title, adapter, enabled) values ('A.B', '', '', 0);",
            )
            .unwrap();
        drop(connection);
        assert_eq!(user_version(&path), older as i64);
        let registry = crate::Registry::open(&path).unwrap();
        assert_eq!(user_version(&path), STORE.steps.len() as i64);
        assert_eq!(registry.consumers().unwrap()[0].name.as_str(), "Община Пример");
        let operations = registry.operations().unwrap();
        assert_eq!((operations[0].name.as_str(), operations[0].enabled), ("A.B", false));
    }
}

#[test]
fn a_file_of_a_newer_version_is_refused_by_name() {
    let (_folder, path) = file();
    drop(crate::Registry::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = crate::Registry::open(&path).err().unwrap();
    assert_eq!(error.code(), "registry-newer");
}

#[test]
fn a_file_of_something_else_is_refused_and_left_as_it_was() {
    let (_folder, path) = file();
    Connection::open(&path).unwrap().execute_batch("create table other (a)").unwrap();
    assert_eq!(crate::Registry::open(&path).err().unwrap().code(), "registry-foreign");
    let (_folder, path) = file();
    std::fs::write(
        &path,
        "this is a text file and not a database, long enough to have a header of a hundred octets in front",
    )
    .unwrap();
    assert_eq!(crate::Registry::open(&path).err().unwrap().code(), "registry-foreign");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("this is a text"));
}

#[cfg(unix)]
#[test]
fn a_new_file_belongs_to_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = file();
    drop(crate::Registry::open(&path).unwrap());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
