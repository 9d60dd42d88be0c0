//! The backend behind ODBC, with Debian's drivers for PostgreSQL and SQLite. Needs their packages; run by name.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_adapter::Health;
use support::servers::{Server, postgresql};
use support::suite::{self, TABLES, Words};
use support::{Bench, PLAIN, both, code, failure, population, rows, told};

fn through_postgresql(server: &Server, database: &str) -> String {
    format!(
        "engine = \"odbc\"\nconnection = \"Driver={{PostgreSQL Unicode}};Server=127.0.0.1;Port={};Database={database};BoolsAsChar=0;MaxLongVarcharSize=10000000;TextAsLongVarchar=1;UnknownsAsLongVarchar=0\"\n\
         user = \"regix\"\npassword_file = \"{}\"\nbegin = \"SET TRANSACTION READ ONLY\"",
        server.port(),
        server.password_file().display()
    )
}

fn through_sqlite(file: &std::path::Path) -> String {
    format!(
        "engine = \"odbc\"\nconnection = \"Driver={{SQLite3}};Database={};NoTXN=0\"\nbegin = \"PRAGMA query_only = ON\"",
        file.display()
    )
}

fn sqlite(statements: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("register.sqlite");
    rusqlite::Connection::open(&file).unwrap().execute_batch(statements).unwrap();
    (folder, through_sqlite(&file))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_population_register_behind_the_driver_of_postgresql_answers_like_the_sample() {
    let server = postgresql().await;
    server.database("population", &population::script()).await;
    population::answers_like_the_sample(&through_postgresql(&server, "population")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_population_register_behind_the_driver_of_sqlite_answers_like_the_sample() {
    let (_folder, backend) = sqlite(&population::script());
    population::answers_like_the_sample(&backend).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_behind_odbc_keeps_the_promises_of_every_database() {
    let server = postgresql().await;
    server.database("promises", TABLES).await;
    let words = Words {
        backend: through_postgresql(&server, "promises"),
        count: "SELECT v FROM generate_series(1, :n) AS v",
        slow: "SELECT CAST(pg_sleep(30) AS text) AS v",
        hostile: "SELECT 'gut' AS v UNION ALL SELECT 'Тайна' || chr(1)",
        bad_data: "SELECT CAST(CAST(:key AS text) AS integer) AS v",
        text: "SELECT CAST(:key AS text) AS v",
        writes: Some("WITH gone AS (DELETE FROM street RETURNING name) SELECT name AS v FROM gone"),
    };
    suite::hostile_arguments_stay_values(&words).await;
    suite::characters_without_a_form_are_refused(&words).await;
    suite::rows_have_a_cap(&words).await;
    suite::slow_queries_are_stopped(&words).await;
    suite::refusals_are_told_by_their_kind(&words).await;
    suite::nothing_is_written(&words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_behind_odbc_keep_all_that_they_are() {
    let server = postgresql().await;
    server.database("forms", "").await;
    suite::values_keep_all_that_they_are(
        &through_postgresql(&server, "forms"),
        &[
            ("12345678901234567890.1234567890::numeric(40,10)", "12345678901234567890.1234567890"),
            ("9223372036854775807::bigint", "9223372036854775807"),
            ("0.1::float8", "0.1"),
            ("NULL::text", "—"),
            ("'2020-02-29'::date", "2020-02-29"),
            ("'23:59:59'::time", "23:59:59"),
            ("'2020-01-02 03:04:05.5'::timestamp", "2020-01-02T03:04:05.5"),
            ("'\\x00ff10'::bytea", "AP8Q"),
            // As this driver writes them.
            ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"),
            ("'Ж𐍈<x>]]></x>'::text", "Ж𐍈<x>]]></x>"),
        ],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_dies_or_is_not_there_is_told() {
    let server = Server::own_postgresql().await;
    server.database("dies", TABLES).await;
    let bench = Bench::new(&through_postgresql(&server, "dies"), &rows("SELECT name AS v FROM street", ""), PLAIN);
    let package = bench.open();
    assert_eq!(told(&package, "").await, ["Извор"]);
    assert_eq!(package.adapter.health().await, Health::Up);
    server.kill();
    let error = failure(&package, "").await;
    assert_eq!((error.code, error.retryable), ("sql-unreachable", true));
    server.start_again();
    drop(server.postgres_admin("dies").await);
    assert_eq!(told(&package, "").await, ["Извор"]);
    let absent = "engine = \"odbc\"\nconnection = \"Driver={No Such Driver};Server=x\"\nbegin = \"BEGIN\"";
    let package = Bench::new(absent, &rows("SELECT 1 AS v", ""), PLAIN).open();
    assert_eq!(code(&package, "").await, "sql-unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_behind_odbc_writes_nothing_and_says_what_it_refuses() {
    let (_folder, backend) = sqlite(TABLES);
    let package = Bench::new(
        &backend,
        &rows("SELECT name AS v FROM street WHERE name = :key", "parameters.key = \"Key\""),
        PLAIN,
    )
    .open();
    assert_eq!(told(&package, "<Key>Извор</Key>").await, ["Извор"]);
    assert!(told(&package, "<Key>' OR 1=1 --</Key>").await.is_empty());
    let writing =
        Bench::new(&backend, &rows("WITH x AS (SELECT 1) DELETE FROM street RETURNING name AS v", ""), PLAIN).open();
    let error = failure(&writing, "").await;
    assert!(["sql-refused", "sql-read-only"].contains(&error.code), "{}", both(&error.message));
    assert_eq!(told(&package, "<Key>Извор</Key>").await, ["Извор"]);
}
