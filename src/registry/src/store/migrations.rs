//! Steps from an empty file to the newest tables: forward only, each file in one transaction.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::connection::Doing;
use super::sql::ddl;
use crate::error::RegistryError;

/// Marks a file as a registry of Kapia ("KapR").
const APPLICATION: i64 = 0x4b61_7052;

const STEPS: &[&str] = &[ddl::SUBJECTS_AND_RIGHTS, ddl::AUDIT, ddl::OPERATIONS_SEEN];

pub(super) fn run(connection: &mut Connection, path: &Path) -> Result<(), RegistryError> {
    let known = STEPS.len();
    if version(connection, path)? == known {
        return Ok(());
    }
    run_to(connection, path, known)
}

fn run_to(connection: &mut Connection, path: &Path, target: usize) -> Result<(), RegistryError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).doing("opening")?;
    // Asked again under the lock: another process may have done it meanwhile.
    let found = version(&transaction, path)?;
    for step in STEPS.iter().take(target).skip(found) {
        transaction.execute_batch(step).doing("opening")?;
    }
    if found < target {
        transaction.pragma_update(None, "application_id", APPLICATION).doing("opening")?;
        transaction.pragma_update(None, "user_version", target as i64).doing("opening")?;
    }
    transaction.commit().doing("opening")
}

fn version(connection: &Connection, path: &Path) -> Result<usize, RegistryError> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).doing("opening");
    let (application, found) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection.query_row(ddl::COUNT_TABLES, [], |row| row.get(0)).doing("opening")?;
    if application == 0 && found == 0 && tables == 0 {
        return Ok(0);
    }
    if application != APPLICATION {
        return Err(RegistryError::Foreign { path: path.to_owned() });
    }
    match usize::try_from(found) {
        Ok(version) if version <= STEPS.len() => Ok(version),
        _ => Err(RegistryError::Newer { path: path.to_owned(), found, known: STEPS.len() as i64 }),
    }
}

#[cfg(test)]
mod tests {
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
        for older in 1..STEPS.len() {
            let (_folder, path) = file();
            let mut connection = Connection::open(&path).unwrap();
            run_to(&mut connection, &path, older).unwrap();
            connection
                .execute_batch(
                    "insert into consumers (name, active, created) values ('Община Пример', 1, '2026-01-01T00:00:00.000000Z');
                     insert into operations (name, title, adapter, enabled) values ('A.B', '', '', 0);",
                )
                .unwrap();
            drop(connection);
            assert_eq!(user_version(&path), older as i64);
            let registry = crate::Registry::open(&path).unwrap();
            assert_eq!(user_version(&path), STEPS.len() as i64);
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

    #[test]
    fn two_openings_at_once_migrate_once() {
        let (_folder, path) = file();
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..8).map(|_| scope.spawn(|| crate::Registry::open(&path).map(|_| ()))).collect();
            for handle in handles {
                handle.join().unwrap().unwrap();
            }
        });
        assert_eq!(user_version(&path), STEPS.len() as i64);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_belongs_to_its_user_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, path) = file();
        drop(crate::Registry::open(&path).unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
