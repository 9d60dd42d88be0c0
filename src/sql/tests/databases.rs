//! The backend on real servers: PostgreSQL and MariaDB, started here, killed in mid-call, slowed, filled, fed with
//! hostile values. Needs their programs; run by name.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use kapia_adapter::{Fault, Health, ParameterValue, Sensitive};
use mysql_async::prelude::Queryable as _;
use support::servers::{Server, mariadb, postgresql};
use support::suite::{self, TABLES, Words};
use support::{Bench, PLAIN, ask, ask_until, both, code, failure, population, rows, told};

fn postgresql_words(backend: String) -> Words {
    Words {
        backend,
        count: "SELECT v FROM generate_series(1, :n) AS v",
        slow: "SELECT pg_sleep(30)::text AS v",
        hostile: "SELECT 'gut' AS v UNION ALL SELECT 'Тайна' || chr(1)",
        bad_data: "SELECT (:key::text)::integer AS v",
        text: "SELECT :key::text AS v",
        writes: Some("WITH gone AS (DELETE FROM street RETURNING name) SELECT name AS v FROM gone"),
    }
}

fn mariadb_words(backend: String) -> Words {
    Words {
        backend,
        count: "WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < :n) SELECT v FROM n",
        slow: "SELECT SLEEP(30) AS v",
        hostile: "SELECT 'gut' AS v UNION ALL SELECT CONCAT('Тайна', CHAR(1 USING utf8mb4))",
        // MariaDB warns of bad data in a SELECT and goes on.
        bad_data: "",
        text: "SELECT :key AS v",
        writes: Some("SELECT naughty() AS v"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_population_register_on_postgresql_answers_like_the_sample() {
    let server = postgresql().await;
    population::answers_like_the_sample(&server.database("population", &population::script()).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_population_register_on_mariadb_answers_like_the_sample() {
    let server = mariadb().await;
    population::answers_like_the_sample(&server.database("population", &population::script()).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_keeps_the_promises_of_every_database() {
    let server = postgresql().await;
    let words = postgresql_words(server.database("promises", TABLES).await);
    suite::hostile_arguments_stay_values(&words).await;
    suite::characters_without_a_form_are_refused(&words).await;
    suite::rows_have_a_cap(&words).await;
    suite::slow_queries_are_stopped(&words).await;
    suite::refusals_are_told_by_their_kind(&words).await;
    suite::nothing_is_written(&words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_keeps_the_promises_of_every_database() {
    let server = mariadb().await;
    let naughty = "CREATE FUNCTION naughty() RETURNS INT BEGIN DELETE FROM street; RETURN 1; END;\n";
    let words = mariadb_words(server.database("promises", &format!("{TABLES}{naughty}")).await);
    suite::hostile_arguments_stay_values(&words).await;
    suite::characters_without_a_form_are_refused(&words).await;
    suite::rows_have_a_cap(&words).await;
    suite::slow_queries_are_stopped(&words).await;
    suite::refusals_are_told_by_their_kind(&words).await;
    suite::nothing_is_written(&words).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_postgresql_keep_all_that_they_are() {
    let server = postgresql().await;
    let backend =
        server.database("forms", "CREATE TYPE mood AS ENUM ('добро', 'лошо'); CREATE DOMAIN egn AS char(10);").await;
    suite::values_keep_all_that_they_are(
        &backend,
        &[
            ("12345678901234567890.1234567890::numeric", "12345678901234567890.1234567890"),
            ("(-0.00001)::numeric(10,5)", "-0.00001"),
            ("9223372036854775807::bigint", "9223372036854775807"),
            ("0.1::float8", "0.1"),
            ("0.1::float4", "0.1"),
            ("'-Infinity'::float8", "-INF"),
            ("1234.5::money", "1234.50"),
            ("true", "true"),
            ("NULL::text", "—"),
            ("'2020-02-29'::date", "2020-02-29"),
            ("'23:59:59.5'::time", "23:59:59.5"),
            ("'10:00:00+02'::timetz", "10:00:00+02:00"),
            ("'2020-01-02 03:04:05.000001'::timestamp", "2020-01-02T03:04:05.000001"),
            ("'2020-01-02 03:04:05+02'::timestamptz", "2020-01-02T01:04:05Z"),
            ("'1 year 3 days 04:05:06'::interval", "P1Y3DT4H5M6S"),
            ("'\\x00ff10'::bytea", "AP8Q"),
            ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            ("'{\"a\": [1, 2.50]}'::json", "{\"a\": [1, 2.50]}"),
            ("'{\"a\":1}'::jsonb", "{\"a\": 1}"),
            ("'добро'::mood", "добро"),
            ("'7605239965'::egn", "7605239965"),
            ("'<x>]]></x>'::text", "<x>]]></x>"),
        ],
    )
    .await;
    for (sql, expected, part) in [
        ("SELECT ARRAY[1, 2] AS v", "sql-type", "int4[]"),
        ("SELECT point(1, 2) AS v", "sql-type", "point"),
        ("SELECT 'infinity'::timestamptz AS v", "sql-value", "row 1"),
        ("SELECT '0044-03-15 BC'::date AS v", "sql-value", "row 1"),
    ] {
        let error = failure(&Bench::new(&backend, &rows(sql, ""), PLAIN).open(), "").await;
        assert_eq!(error.code, expected, "{sql}");
        assert!(both(&error.message).contains(part), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_mariadb_keep_all_that_they_are() {
    let server = mariadb().await;
    let backend = server.database("forms", "CREATE TABLE moment (t TIMESTAMP(6) NULL, d DATETIME(3), z DATE);\n\
        SET time_zone = '+02:00';\nINSERT INTO moment VALUES ('2020-01-02 03:04:05.000001', '2020-01-02 03:04:05.500', '2020-02-29');\n").await;
    suite::values_keep_all_that_they_are(
        &backend,
        &[
            ("CAST('12345678901234567890.1234567890' AS DECIMAL(40,10))", "12345678901234567890.1234567890"),
            ("CAST(18446744073709551615 AS UNSIGNED)", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("1e-1", "0.1"),
            ("NULL", "—"),
            ("DATE'2020-02-29'", "2020-02-29"),
            ("TIME'23:59:59'", "23:59:59"),
            ("TIMESTAMP'2020-01-02 03:04:05'", "2020-01-02T03:04:05"),
            ("x'00ff10'", "AP8Q"),
            ("b'101'", "BQ=="),
            ("'<x>]]></x>'", "<x>]]></x>"),
            ("'Ж𐍈'", "Ж𐍈"),
            ("JSON_OBJECT('a', 1)", "{\"a\": 1}"),
            ("1 = 1", "1"),
        ],
    )
    .await;
    let zoned = format!("{backend}\ntime_zone = \"+00:00\"");
    let template = r#"<Told xmlns="urn:told">{% for row in rows %}<Row><V>{{ row.t }}</V><V>{{ row.d }}</V><V>{{ row.z }}</V></Row>{% endfor %}</Told>"#;
    let moments = Bench::new(&zoned, &rows("SELECT t, d, z FROM moment", ""), template);
    assert_eq!(told(&moments.open(), "").await, ["2020-01-02T01:04:05.000001Z", "2020-01-02T03:04:05.5", "2020-02-29"]);
    let zero = Bench::new(&backend, &rows("SELECT CAST('0000-00-00' AS DATE) AS v", ""), PLAIN);
    assert!(["sql-value", "sql-template"].contains(&code(&zero.open(), "").await));
}

#[tokio::test(flavor = "multi_thread")]
async fn typed_parameters_reach_postgresql_as_what_they_are() {
    let server = postgresql().await;
    let backend = server
        .database(
            "typed",
            "CREATE TABLE t (k char(10), d date, n numeric); INSERT INTO t VALUES ('a', '2020-01-02', 1.10);",
        )
        .await;
    let operation = rows(
        "SELECT pg_typeof(:d) || ' ' || pg_typeof(:n) || ' ' || k AS v FROM t WHERE k = :k AND d = :d AND n = :n",
        "[operation.sql.query.parameters]\nk = \"Key\"\nd = { path = \"Period/From\", type = \"date\" }\nn = { path = \"Number\", type = \"decimal\" }",
    );
    let package = Bench::new(&backend, &operation, PLAIN).open();
    let asked = "<Key>a</Key><Number>1.1</Number><Period><From>2020-01-02</From></Period>";
    assert_eq!(told(&package, asked).await, ["date numeric a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_killed_in_mid_call_is_told_and_replaced() {
    let server = postgresql().await;
    let backend = server.database("killed", TABLES).await;
    let package = Bench::new(
        &format!("{backend}\npool = 1"),
        &rows("SELECT pg_sleep(:n)::text AS v", "parameters.n = { path = \"Number\", type = \"integer\" }"),
        PLAIN,
    )
    .open();
    assert!(told(&package, "<Number>0</Number>").await.is_empty());
    let admin = server.postgres_admin("killed").await;
    let killing = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        admin.batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kapia' AND datname = 'killed'").await.unwrap();
    };
    let (answer, ()) = tokio::join!(failure(&package, "<Number>20</Number>"), killing);
    assert_eq!((answer.code, answer.retryable), ("sql-lost", true));
    assert!(told(&package, "<Number>0</Number>").await.is_empty());

    let server = mariadb().await;
    let backend = server.database("killed", TABLES).await;
    let package = Bench::new(
        &format!("{backend}\npool = 1"),
        &rows("SELECT SLEEP(:n) AS v", "parameters.n = { path = \"Number\", type = \"integer\" }"),
        PLAIN,
    )
    .open();
    assert_eq!(told(&package, "<Number>0</Number>").await, ["0"]);
    let mut admin = server.maria_admin().await;
    let killing = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let ids: Vec<u64> = admin
            .query("SELECT id FROM information_schema.processlist WHERE db = 'killed' AND info LIKE 'SELECT SLEEP%'")
            .await
            .unwrap();
        assert_eq!(ids.len(), 1);
        admin.query_drop(format!("KILL CONNECTION {}", ids[0])).await.unwrap();
    };
    let (answer, ()) = tokio::join!(failure(&package, "<Number>20</Number>"), killing);
    assert_eq!((answer.code, answer.retryable), ("sql-lost", true));
    assert_eq!(told(&package, "<Number>0</Number>").await, ["0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_in_mid_call_is_told_and_found_again() {
    for (server, slow) in [
        (Server::own_postgresql().await, "SELECT pg_sleep(20)::text AS v"),
        (Server::own_mariadb().await, "SELECT SLEEP(20) AS v"),
    ] {
        let backend = server.database("dies", TABLES).await;
        let slow = Bench::new(&backend, &rows(slow, ""), PLAIN).open();
        let quick = Bench::new(&backend, &rows("SELECT name AS v FROM street", ""), PLAIN).open();
        assert_eq!(told(&quick, "").await, ["Извор"]);
        let began = Instant::now();
        let killing = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            server.kill();
        };
        let (error, ()) = tokio::join!(failure(&slow, ""), killing);
        assert_eq!((error.code, error.retryable), ("sql-lost", true));
        assert!(began.elapsed() < Duration::from_secs(10));
        let error = failure(&quick, "").await;
        assert_eq!((error.code, error.retryable), ("sql-unreachable", true));
        assert!(matches!(quick.adapter.health().await, Health::Down(_)));
        server.start_again();
        let until = Instant::now() + Duration::from_secs(20);
        while quick.adapter.health().await != Health::Up {
            assert!(Instant::now() < until, "the server is not found again");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(told(&quick, "").await, ["Извор"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_costs_no_more_than_the_deadline() {
    let server = postgresql().await;
    let backend = server.database("hangs", TABLES).await;
    let package = Bench::new(&format!("{backend}\npool = 1"), &rows("SELECT pg_backend_pid() AS v", ""), PLAIN).open();
    let pid = told(&package, "").await.remove(0);
    // The transaction of that answer ends on its own time.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let signal =
        |name: &str| assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
    signal("-STOP");
    let began = Instant::now();
    let error = ask_until(&package, "", Some(began + Duration::from_millis(500))).await.unwrap_err();
    signal("-CONT");
    assert_eq!((error.code, error.retryable), ("sql-deadline", true));
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    assert_ne!(told(&package, "").await, [pid]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_no_passing_trouble_and_can_be_set_right() {
    for server in [postgresql().await, mariadb().await] {
        let backend = server.database("login", TABLES).await;
        let (before, _) = backend.split_once("password_file").unwrap();
        let bench =
            Bench::new(&format!("{before}password = \"wrong\""), &rows("SELECT name AS v FROM street", ""), PLAIN);
        let package = bench.open();
        assert_eq!(package.notes[0].problem.code, "sql-password-clear");
        let error = failure(&package, "").await;
        assert_eq!((error.code, error.retryable, error.side), ("sql-login", false, Fault::Register));
        assert!(!both(&error.message).contains("wrong"));
        let parameters = package.adapter.parameters().await.unwrap();
        assert_eq!(parameters.last().unwrap().value, ParameterValue::Secret);
        package.adapter.set_parameter("Password", &Sensitive::new(support::servers::PASSWORD)).await.unwrap();
        assert_eq!(told(&package, "").await, ["Извор"]);
        let error = package.adapter.set_parameter("Port", &Sensitive::new("no port")).await.unwrap_err();
        assert_eq!(error.code, "parameter-value");
        assert_eq!(
            package.adapter.set_parameter("Colour", &Sensitive::new("x")).await.unwrap_err().code,
            "parameter-unknown"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_verified_by_chain_and_by_name() {
    for (server, encrypted) in [
        (postgresql().await, "SELECT ssl::text AS v FROM pg_stat_ssl WHERE pid = pg_backend_pid()"),
        (
            mariadb().await,
            "SELECT IF(variable_value = '', 'false', 'true') AS v FROM information_schema.session_status WHERE variable_name = 'SSL_CIPHER'",
        ),
    ] {
        let backend = server.database("encrypted", TABLES).await;
        let with = |further: &str| {
            Bench::new(&format!("{backend}\ntls = \"verify\"\n{further}"), &rows(encrypted, ""), PLAIN).open()
        };
        let authorities = format!("authorities = \"{}\"", server.certificate().display());
        assert_eq!(told(&with(&authorities), "").await, ["true"]);
        assert_eq!(told(&with(&format!("{authorities}\ntls_name = \"db.example\"")), "").await, ["true"]);
        assert_eq!(code(&with(&format!("{authorities}\ntls_name = \"other.example\"")), "").await, "sql-unreachable");
        assert_eq!(code(&with(""), "").await, "sql-unreachable");
        assert_eq!(told(&Bench::new(&backend, &rows(encrypted, ""), PLAIN).open(), "").await, ["false"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_serves_many_callers_with_few_sessions() {
    for (server, pid) in
        [(postgresql().await, "SELECT pg_backend_pid() AS v"), (mariadb().await, "SELECT CONNECTION_ID() AS v")]
    {
        let backend = server.database("pooled", TABLES).await;
        let package = std::sync::Arc::new(Bench::new(&format!("{backend}\npool = 3"), &rows(pid, ""), PLAIN).open());
        let asking = (0..30).map(|_| {
            let package = std::sync::Arc::clone(&package);
            tokio::spawn(async move { support::texts(&ask(&package, "").await.unwrap()).remove(0) })
        });
        let mut sessions = std::collections::BTreeSet::new();
        for asked in asking.collect::<Vec<_>>() {
            sessions.insert(asked.await.unwrap());
        }
        assert!((1..=3).contains(&sessions.len()), "{sessions:?}");
    }
}
