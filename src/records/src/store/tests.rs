use rusqlite::Connection;

use super::*;
use crate::names::Eik;
use crate::reading::{list, list_published};
use crate::record::{Filter, Page};
use crate::status::Status;

fn file() -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let connection = open(&folder.path().join("records.db"), Environment::Production).unwrap();
    (folder, connection)
}

/// The lines of the plan of a statement, with as many nulls as it has parameters.
fn plan(connection: &Connection, statement: &str) -> Vec<String> {
    let mut explained = connection.prepare(&format!("explain query plan {statement}")).unwrap();
    let nulls = vec![rusqlite::types::Null; explained.parameter_count()];
    let lines = explained.query_map(rusqlite::params_from_iter(nulls), |row| row.get(3)).unwrap();
    lines.collect::<rusqlite::Result<_>>().unwrap()
}

/// What reads a whole table, or sorts.
fn slow(connection: &Connection, statement: &str) -> Vec<String> {
    let goes_through = |line: &String| {
        line.starts_with("SCAN") && !line.contains("VIRTUAL TABLE") && !line.contains("json_each")
            || line.contains("TEMP B-TREE")
    };
    plan(connection, statement).into_iter().filter(goes_through).collect()
}

#[test]
fn no_statement_that_answers_a_client_goes_through_a_table() {
    let (_folder, connection) = file();
    let statements = [
        sql::FIND.to_owned(),
        sql::RECORD.to_owned(),
        sql::PUBLISHED.to_owned(),
        sql::LAST_PUBLISHED.to_owned(),
        sql::PUBLISHED_BY_NUMBER.to_owned(),
        sql::history(),
        sql::changes_after(),
        sql::SEQUENCE_AT.to_owned(),
        sql::LAST_MOMENT.to_owned(),
        sql::recent(false),
        sql::IN_NAMES.to_owned(),
        sql::ANYWHERE.to_owned(),
        sql::SPELLED.to_owned(),
        sql::DESCRIPTIONS.to_owned(),
        sql::CANDIDATE.to_owned(),
        sql::REQUEST.to_owned(),
        sql::FORGET_REQUESTS.to_owned(),
        sql::LAST_PUSH.to_owned(),
        sql::supplier_by_eik(),
        sql::supplier_by_code(),
        sql::REGISTERED.to_owned(),
        sql::NEXT_PUSH.to_owned(),
        sql::PUSHED_CONTENT.to_owned(),
        sql::ONWARD.to_owned(),
        sql::HURRY_PUSHES.to_owned(),
        sql::waiting_pushes(),
        sql::ended_pushes(),
        sql::credential(),
        sql::PASSWORDS.to_owned(),
        sql::EVENTS.to_owned(),
        sql::ENDING.to_owned(),
    ];
    for statement in statements {
        let slow: Vec<String> = slow(&connection, &statement)
            .into_iter()
            // The walk down an index that ends at the limit, and the check that reads one row.
            .filter(|line| !(line.starts_with("SCAN v") && statement.contains("desc limit")))
            .collect();
        assert_eq!(slow, [""; 0], "{statement}");
    }
}

#[test]
fn the_search_for_slow_statements_finds_one() {
    let (_folder, connection) = file();
    assert_eq!(slow(&connection, "select * from records order by modified_by").len(), 2);
}

#[test]
fn a_list_reads_the_index_of_what_it_is_filtered_by() {
    let (_folder, connection) = file();
    let used = |condition: &str, order: &str| {
        let statement = format!("{}{condition}{order}?8{}?9{}", sql::SUMMARIES, sql::OFFSET, sql::OUTER_BY_KEY);
        plan(&connection, &statement).into_iter().find(|line| line.contains("INDEX records_")).unwrap_or_default()
    };
    assert!(used(" where supplier = ?1", sql::BY_KEY).contains("INDEX records_key (supplier=?)"));
    let supplier_and_status = used(" where supplier = ?1 and status in (?2)", sql::BY_KEY);
    assert!(supplier_and_status.contains("(status=? AND supplier=?)"), "{supplier_and_status}");
    assert!(used(" where status in (?1)", sql::BY_KEY).contains("records_status (status=?)"));
    assert!(used(" where modified_at >= ?1", sql::BY_MODIFIED).contains("records_modified (modified_at>?)"));
    let everything = used("", sql::BY_KEY);
    assert!(everything.contains("records_key"), "the index gives the order: {everything}");
}

#[test]
fn every_combination_of_filters_is_a_statement() {
    let (_folder, connection) = file();
    let eik = Eik::parse("123456786").unwrap();
    for bits in 0..8 {
        let filter = Filter {
            supplier: (bits & 1 > 0).then(|| eik.clone()),
            statuses: if bits & 2 > 0 { vec![Status::Draft, Status::Published] } else { Vec::new() },
            modified_since: (bits & 4 > 0).then_some(OffsetDateTime::UNIX_EPOCH),
        };
        assert_eq!(list(&connection, &filter, Page::first(10)).unwrap().total, 0);
    }
    assert_eq!(list_published(&connection, None, Page::first(10)).unwrap().total, 0);
    assert_eq!(list_published(&connection, Some(&eik), Page::first(10)).unwrap().total, 0);
}

#[test]
fn a_file_belongs_to_one_environment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    drop(open(&path, Environment::Staging).unwrap());
    let error = open(&path, Environment::Production).unwrap_err();
    assert_eq!(error.code(), "records-other-environment");
    assert!(error.message(kapia_language::Language::Bulgarian).contains("staging"));
    open(&path, Environment::Staging).unwrap();
}

#[test]
fn moments_are_kept_to_the_millisecond() {
    let now = OffsetDateTime::now_utc();
    assert!((now - moment(millis(now))).whole_milliseconds() == 0);
    assert_eq!(millis(moment(1_234_567_890_123)), 1_234_567_890_123);
}
