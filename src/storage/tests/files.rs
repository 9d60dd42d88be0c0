//! Claims about files of tables that every store relies on.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use kapia_language::Language;
use kapia_storage::{StorageError, Store, Trouble, Words, create_private};
use rusqlite::{Connection, Transaction};

static STORE: Store = Store {
    codes: kapia_storage::codes!("larder"),
    words: Words {
        subject: ["the larder", "килерът"],
        object: ["the larder", "килера"],
        kind: ["a larder", "килер"],
        consequence: ["nobody eats until then", "дотогава никой не яде"],
        check: ["count the jars", "пребройте бурканите"],
    },
    application: 0x4b61_7054,
    steps: &["create table jars (id integer primary key)", "alter table jars add column label text"],
    patience: Duration::from_millis(50),
    settings: &[("foreign_keys", 1)],
};

static OLDER: Store = Store { steps: &["create table jars (id integer primary key)"], ..STORE };

fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("larder.db");
    (folder, path)
}

fn number(connection: &Connection, name: &str) -> i64 {
    connection.pragma_query_value(None, name, |row| row.get(0)).unwrap()
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
}

// Elsewhere files have no such bits.
#[cfg(not(unix))]
fn mode(path: &Path) -> u32 {
    if path.exists() { 0o600 } else { 0 }
}

#[test]
fn a_new_file_has_the_newest_tables_waits_for_the_disk_and_belongs_to_its_user_alone() {
    let (_folder, path) = file();
    let connection = STORE.open(&path).unwrap();
    connection.execute("insert into jars (label) values ('плодове')", []).unwrap();
    let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    // 2 is FULL.
    assert_eq!((journal.as_str(), number(&connection, "synchronous")), ("wal", 2));
    assert_eq!((number(&connection, "user_version"), number(&connection, "foreign_keys")), (2, 1));
    assert_eq!(number(&connection, "application_id"), STORE.application);
    for ending in ["", "-wal", "-shm"] {
        assert_eq!(mode(&path.with_file_name(format!("larder.db{ending}"))), 0o600, "{ending}");
    }
}

#[test]
fn an_older_file_is_brought_up_to_date_and_keeps_its_rows() {
    let (_folder, path) = file();
    OLDER.open(&path).unwrap().execute("insert into jars (id) values (7)", []).unwrap();
    let connection = STORE.open(&path).unwrap();
    let row: (i64, Option<String>) =
        connection.query_row("select id, label from jars", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!((row, number(&connection, "user_version")), ((7, None), 2));
}

#[test]
fn a_newer_file_is_refused_with_both_versions_and_left_as_it_was() {
    let (_folder, path) = file();
    drop(STORE.open(&path).unwrap());
    for error in [OLDER.open(&path).unwrap_err(), OLDER.open_to_read(&path).unwrap_err()] {
        assert_eq!(error.trouble(), &Trouble::Newer { path: path.clone(), found: 2, known: 1 });
        assert_eq!(error.code(), "larder-newer");
    }
    assert_eq!(number(&Connection::open(&path).unwrap(), "user_version"), 2);
}

#[test]
fn a_file_of_something_else_is_refused_and_left_as_it_was() {
    let (_folder, path) = file();
    Connection::open(&path).unwrap().execute_batch("create table other (a)").unwrap();
    let foreign = |error: StorageError| assert!(matches!(error.trouble(), Trouble::Foreign { .. }), "{error:?}");
    foreign(STORE.open(&path).unwrap_err());
    foreign(STORE.open_to_read(&path).unwrap_err());
    let (_folder, path) = file();
    let text = "this is a text file and no database, long enough to have a header of a hundred octets in front of it";
    std::fs::write(&path, text).unwrap();
    foreign(STORE.open(&path).unwrap_err());
    foreign(STORE.open_to_read(&path).unwrap_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn what_fills_a_new_file_is_done_once_and_together_with_its_tables() {
    let (_folder, path) = file();
    let fails = |transaction: &Transaction<'_>| -> Result<(), StorageError> {
        transaction.execute("insert into jars (id) values (1)", []).unwrap();
        Err(STORE.trouble(Trouble::Full))
    };
    assert_eq!(STORE.open_with(&path, fails).unwrap_err().code(), "larder-full");
    let fills = |transaction: &Transaction<'_>| -> Result<(), StorageError> {
        transaction.execute("insert into jars (id) values (2)", []).map(drop).map_err(|error| STORE.error(error))
    };
    drop(STORE.open_with(&path, fills).unwrap());
    let again = STORE.open_with(&path, fills).unwrap();
    let ids: (i64, i64) =
        again.query_row("select count(*), max(id) from jars", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(ids, (1, 2));
}

#[test]
fn many_that_open_a_new_file_at_once_make_its_tables_once() {
    let (_folder, path) = file();
    static PATIENT: Store = Store { patience: Duration::from_secs(10), ..STORE };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| PATIENT.open(&path).map(drop))).collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
    });
    assert_eq!(number(&Connection::open(&path).unwrap(), "user_version"), 2);
}

#[test]
fn reading_makes_no_file_and_writes_none() {
    let (_folder, path) = file();
    assert_eq!(STORE.open_to_read(&path).unwrap_err().code(), "larder-file");
    assert!(!path.exists());
    drop(STORE.open(&path).unwrap());
    let reader = STORE.open_to_read(&path).unwrap();
    let error = STORE.error(reader.execute("insert into jars (id) values (1)", []).unwrap_err());
    assert_eq!((error.code(), error.is_passing()), ("larder-io", true));
}

#[test]
fn a_locked_file_is_open_in_one_place_at_a_time() {
    let (_folder, path) = file();
    let lock = STORE.lock(&path).unwrap();
    assert_eq!(STORE.lock(&path).unwrap_err().trouble(), &Trouble::InUse { path: path.clone() });
    assert_eq!(mode(&path.with_file_name("larder.db.lock")), 0o600);
    drop(lock);
    drop(STORE.lock(&path).unwrap());
    let nowhere = path.with_file_name("no such folder").join("larder.db");
    assert_eq!(STORE.lock(&nowhere).unwrap_err().code(), "larder-file");
    assert_eq!(STORE.open(&nowhere).unwrap_err().code(), "larder-file");
}

#[test]
fn a_private_file_is_made_once() {
    let (_folder, path) = file();
    drop(create_private(&path).unwrap());
    assert_eq!(mode(&path), 0o600);
    assert_eq!(create_private(&path).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
}

#[test]
fn what_the_database_says_is_told_apart_by_what_one_can_do_about_it() {
    let (_folder, path) = file();
    let holder = STORE.open(&path).unwrap();
    holder.execute_batch("begin immediate").unwrap();
    let other = STORE.open(&path).unwrap();
    let busy = STORE.error(other.execute("insert into jars (id) values (1)", []).unwrap_err());
    assert_eq!((busy.code(), busy.is_passing()), ("larder-busy", true));
    holder.execute_batch("rollback").unwrap();

    other.pragma_update_and_check(None, "max_page_count", 1, |_| Ok(())).unwrap();
    let many = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 1000)
        insert into jars (label) select printf('%.500c', 'x') from n";
    let full = STORE.error(other.execute(many, []).unwrap_err());
    assert_eq!((full.trouble(), full.is_passing()), (&Trouble::Full, true));

    let refused = STORE.error(other.execute("insert into jars (nothing) values (1)", []).unwrap_err());
    assert_eq!((refused.code(), refused.is_passing()), ("larder-storage", false));
}

#[test]
fn every_trouble_is_told_in_both_languages_with_the_words_of_its_store() {
    let path = PathBuf::from("x.db");
    for trouble in [
        Trouble::InUse { path: path.clone() },
        Trouble::Foreign { path: path.clone() },
        Trouble::Newer { path: path.clone(), found: 3, known: 2 },
        Trouble::File { path, cause: "cause".into() },
        Trouble::Full,
        Trouble::Io { cause: "cause".into() },
        Trouble::Busy,
        Trouble::Refused { cause: "cause".into() },
    ] {
        let error = STORE.trouble(trouble);
        let [english, bulgarian] = Language::ALL.map(|language| [error.message(language), error.hint(language)]);
        assert!(english[0].contains("larder") && bulgarian[0].contains("килер"), "{english:?} {bulgarian:?}");
        for text in english.iter().chain(&bulgarian) {
            assert!(!text.is_empty() && !text.contains(['{', '}']) && !text.contains("  "), "{text}");
        }
        assert_eq!(error.to_string(), english[0]);
        assert!(error.code().starts_with("larder-"));
    }
    let full = STORE.trouble(Trouble::Full);
    assert!(full.hint(Language::English).ends_with("nobody eats until then"));
    assert_eq!(STORE.trouble(Trouble::Refused { cause: "x".into() }).hint(Language::Bulgarian), "пребройте бурканите");
}
