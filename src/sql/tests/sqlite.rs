//! The backend on SQLite: what packages may ask, and what becomes of rows.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use kapia_adapter::{Fault, Health};
use support::{Bench, PLAIN, ask, ask_until, both, code, failure, is_no_data, population, rows, told};

const BACKEND: &str = "engine = \"sqlite\"\nfile = \"register.sqlite\"";

const TABLES: &str =
    "CREATE TABLE street (id INTEGER, name TEXT); CREATE TABLE house (street INTEGER, number TEXT, owner TEXT);
    INSERT INTO street VALUES (1, 'Извор'), (2, 'Пещера'), (3, 'Без къщи');
    INSERT INTO house VALUES (1, '1А', 'Ана'), (1, '2', NULL), (2, '7', 'Боян');";

fn bench(backend: &str, operation: &str, template: &str) -> Bench {
    let bench = Bench::new(&format!("{BACKEND}\n{backend}"), operation, template);
    let database = rusqlite::Connection::open(bench.folder.path().join("register.sqlite")).unwrap();
    database.execute_batch(TABLES).unwrap();
    bench
}

#[tokio::test]
async fn the_population_register_on_sqlite_answers_like_the_sample() {
    population::has_the_schemas_of_the_sample();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("population.sqlite");
    let database = rusqlite::Connection::open(&file).unwrap();
    database.execute_batch(&population::script()).unwrap();
    population::answers_like_the_sample("engine = \"sqlite\"\nscript = \"database/population.sql\"").await;
    population::answers_like_the_sample(&format!("engine = \"sqlite\"\nfile = \"{}\"", file.display())).await;
}

#[tokio::test]
async fn whatever_an_argument_holds_is_a_value_and_never_a_part_of_the_query() {
    let bench = bench("", &rows("SELECT :key AS v", "parameters.key = \"Key\""), PLAIN);
    let package = bench.open();
    for hostile in ["'; DROP TABLE street; --", "\" OR 1=1", ":key", "?1", "a]]&gt;b", "\\", "%_", "{{ x }}", "Ж'ж"] {
        let plain = hostile.replace("&gt;", ">");
        assert_eq!(told(&package, &format!("<Key>{hostile}</Key>")).await, [plain]);
    }
    let large = "Ж".repeat(1 << 19);
    assert_eq!(told(&package, &format!("<Key>{large}</Key>")).await, [large]);
}

#[tokio::test]
async fn nothing_is_rounded() {
    let sql = "SELECT '12345678901234567890.12' AS v UNION ALL SELECT 9007199254740993 UNION ALL SELECT 0.1 UNION ALL \
               SELECT x'00ff10' UNION ALL SELECT 1e300 UNION ALL SELECT ' a ' UNION ALL SELECT -9223372036854775808";
    let bench = bench("", &rows(sql, ""), PLAIN);
    let found = told(&bench.open(), "").await;
    assert_eq!(
        found,
        ["12345678901234567890.12", "9007199254740993", "0.1", "AP8Q", "1E300", " a ", "-9223372036854775808"]
    );
}

#[tokio::test]
async fn a_text_that_no_document_can_hold_is_refused_by_query_column_and_row() {
    for (sql, expected, character) in [
        ("SELECT 'good' AS v UNION ALL SELECT 'Тайна' || char(0) || 'x'", "sql-character", "U+0000"),
        ("SELECT 'good' AS v UNION ALL SELECT 'Тайна' || char(27)", "sql-character", "U+001B"),
        ("SELECT 'good' AS v UNION ALL SELECT CAST(x'd2e0e9ede0' AS TEXT)", "sql-encoding", "UTF-8"),
    ] {
        let bench = bench("", &rows(sql, ""), PLAIN);
        let error = failure(&bench.open(), "").await;
        assert_eq!(error.code, expected);
        assert!(!error.retryable);
        let text = both(&error.message);
        assert!(
            text.contains("rows") && text.contains(" v") && text.contains("row 2") && text.contains(character),
            "{text}"
        );
        assert!(!text.contains("Тайна"), "{text}");
    }
}

#[tokio::test]
async fn one_answer_reads_no_more_rows_than_its_cap() {
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i AS v FROM n LIMIT :n";
    let operation = rows(sql, "parameters.n = { path = \"Number\", type = \"integer\" }");
    let bench = bench("row_cap = 1000", &operation, PLAIN);
    let package = bench.open();
    assert_eq!(told(&package, "<Number>1000</Number>").await.len(), 1000);
    let error = failure(&package, "<Number>1001</Number>").await;
    assert_eq!(error.code, "sql-row-cap");
    assert!(both(&error.message).contains("1000"), "{error}");
    // The connection goes on serving.
    assert_eq!(told(&package, "<Number>2</Number>").await, ["1", "2"]);
}

#[tokio::test]
async fn nothing_is_ever_written() {
    let operation = rows("WITH x AS (SELECT 1) DELETE FROM street RETURNING name AS v", "");
    let bench = bench("", &operation, PLAIN);
    assert_eq!(code(&bench.open(), "").await, "sql-read-only");
    let database = rusqlite::Connection::open(bench.folder.path().join("register.sqlite")).unwrap();
    assert_eq!(database.query_row("SELECT count(*) FROM street", [], |row| row.get::<_, i64>(0)).unwrap(), 3);
}

const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS v FROM n";

#[tokio::test]
async fn a_query_that_takes_too_long_is_stopped_and_the_register_goes_on() {
    let operation = rows(
        &format!("SELECT v FROM ({ENDLESS}) WHERE :n = 'slow' UNION ALL SELECT 'quick'"),
        "parameters.n = \"Number\"",
    );
    let bench = bench("statement_timeout_ms = 200\npool = 1", &operation, PLAIN);
    let package = bench.open();
    let began = Instant::now();
    let error = failure(&package, "<Number>slow</Number>").await;
    assert_eq!((error.code, error.retryable), ("sql-statement-timeout", true));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(told(&package, "<Number>x</Number>").await, ["quick"]);
}

#[tokio::test]
async fn the_deadline_of_the_caller_wins() {
    let bench = bench("", &rows(ENDLESS, ""), PLAIN);
    let began = Instant::now();
    let error = ask_until(&bench.open(), "", Some(began + Duration::from_millis(300))).await.unwrap_err();
    assert_eq!((error.code, error.retryable), ("sql-deadline", true));
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_its_query_with_it() {
    let operation = rows(
        &format!("SELECT v FROM ({ENDLESS}) WHERE :n = 'slow' UNION ALL SELECT 'quick'"),
        "parameters.n = \"Number\"",
    );
    let bench = bench("pool = 1\nacquire_timeout_ms = 2000", &operation, PLAIN);
    let package = bench.open();
    let gone = tokio::time::timeout(Duration::from_millis(300), ask(&package, "<Number>slow</Number>")).await;
    assert!(gone.is_err());
    assert_eq!(told(&package, "<Number>x</Number>").await, ["quick"]);
    // The end of this test waits for every thread: an endless query would never let it end.
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_no_free_connection_is_told_so() {
    let operation = rows(ENDLESS, "");
    let bench = bench("statement_timeout_ms = 1500\npool = 1\nacquire_timeout_ms = 100", &operation, PLAIN);
    let package = std::sync::Arc::new(bench.open());
    let first = tokio::spawn({
        let package = std::sync::Arc::clone(&package);
        async move { ask(&package, "").await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let error = failure(&package, "").await;
    assert_eq!((error.code, error.retryable), ("sql-busy", true));
    assert_eq!(first.await.unwrap().unwrap_err().code, "sql-statement-timeout");
}

const NESTED: &str = r#"<Told xmlns="urn:told">{% for street in rows %}<Row><V>{{ street.name }}</V>
    {% for house in street.houses %}<Row><V>{{ house.number }}</V><V>{{ house.owner }}</V></Row>{% endfor %}</Row>{% endfor %}</Told>"#;

#[tokio::test]
async fn a_query_below_another_is_asked_for_each_row() {
    let operation = rows("SELECT id, name FROM street ORDER BY id", "")
        + "[[operation.sql.query]]\nname = \"houses\"\nparent = \"rows\"\n\
         sql = \"SELECT number, owner FROM house WHERE street = :street ORDER BY number\"\n\
         parameters.street = { column = \"ID\", type = \"integer\" }\n";
    let bench = bench("", &operation, NESTED);
    assert_eq!(told(&bench.open(), "").await, ["Извор", "1А", "Ана", "2", "Пещера", "7", "Боян", "Без къщи"]);
}

#[tokio::test]
async fn rows_with_one_key_become_one_element() {
    let sql = "SELECT s.id, s.name, h.number, h.owner FROM street s LEFT JOIN house h ON h.street = s.id ORDER BY s.id, h.number";
    let group = "group = { by = \"id\", rows = \"houses\", present = \"number\" }";
    let grouped = bench("", &rows(sql, group), NESTED);
    assert_eq!(told(&grouped.open(), "").await, ["Извор", "1А", "Ана", "2", "Пещера", "7", "Боян", "Без къщи"]);
    let unordered = sql.replace("ORDER BY s.id, h.number", "ORDER BY h.number = '2', s.id");
    let error = failure(&bench("", &rows(&unordered, group), NESTED).open(), "").await;
    assert_eq!(error.code, "sql-group-order");
    assert!(error.hint.en.contains("ORDER BY id"));
}

#[tokio::test]
async fn two_queries_may_be_open_at_once_and_see_one_state() {
    let operation = rows("SELECT name AS v FROM street ORDER BY id", "")
        + "[[operation.sql.query]]\nname = \"others\"\nsql = \"SELECT number AS v FROM house ORDER BY number\"\n";
    let template = r#"<Told xmlns="urn:told">{% for row in rows %}<Row><V>{{ row.v }}</V>
        {% if loop.first %}{% for other in others %}<Row><V>{{ other.v }}</V></Row>{% endfor %}{% endif %}</Row>{% endfor %}</Told>"#;
    let bench = bench("", &operation, template);
    assert_eq!(told(&bench.open(), "").await, ["Извор", "1А", "2", "7", "Пещера", "Без къщи"]);
}

#[tokio::test]
async fn rows_can_be_gone_through_once() {
    let template = r#"<Told xmlns="urn:told">{% for row in rows %}<Row><V>{{ row.v }}</V></Row>{% endfor %}
        {% for row in rows %}<Row><V>{{ row.v }}</V></Row>{% endfor %}</Told>"#;
    let bench = bench("", &rows("SELECT name AS v FROM street", ""), template);
    assert_eq!(code(&bench.open(), "").await, "sql-rows-spent");
}

#[tokio::test]
async fn no_rows_mean_what_the_package_says() {
    let query = rows("SELECT name AS v FROM street WHERE name = :key", "parameters.key = \"Key\"");
    let asked = "<Key>Няма такава</Key>";
    let silent = bench("", &query, PLAIN);
    let answer = ask(&silent.open(), asked).await.unwrap();
    assert!(!is_no_data(&answer) && answer.document().source().contains("<Told"));

    let template = r#"<Told xmlns="urn:told">{% if rows %}{% for row in rows %}<Row><V>{{ row.v }}</V></Row>{% endfor %}{% else %}{% do no_data() %}{% endif %}</Told>"#;
    let branching = bench("", &query, template);
    assert!(is_no_data(&ask(&branching.open(), asked).await.unwrap()));
    assert_eq!(told(&branching.open(), "<Key>Извор</Key>").await, ["Извор"]);

    let empty = bench("", &format!("no_rows = \"no-data\"\n{query}"), PLAIN);
    let answer = ask(&empty.open(), asked).await.unwrap();
    assert!(is_no_data(&answer));

    let document = bench("", &format!("no_rows = \"no-data\"\nno_data = \"None.xml\"\n{query}"), PLAIN);
    document.write("XMLData/None.xml", r#"<Told xmlns="urn:told"><Row><V>няма</V></Row></Told>"#);
    let answer = ask(&document.open(), asked).await.unwrap();
    assert!(is_no_data(&answer));
    assert_eq!(support::texts(&answer), ["няма"]);

    let error =
        bench("", &format!("no_rows = \"error\"\nerror = {{ en = \"nobody\", bg = \"никой\" }}\n{query}"), PLAIN);
    let error = failure(&error.open(), asked).await;
    assert_eq!((error.code, both(&error.message).as_str()), ("sql-no-rows", "nobody | никой"));
}

#[tokio::test]
async fn parameters_come_from_the_argument_and_the_call_in_their_types() {
    let sql = "SELECT typeof(:number) || '|' || :number || '|' || :from || '|' || :kind || '|' || :oid || '|' || :id || '|' || :egn AS v";
    let parameters = "[operation.sql.query.parameters]\nnumber = { path = \"Number\", type = \"integer\" }\n\
         from = { path = \"Period/From\", type = \"date\", convert = \"without_zone\" }\nkind = \"Period/@kind\"\n\
         oid = { call = \"consumer_oid\" }\nid = { call = \"call_id\", type = \"integer\" }\negn = { call = \"employee_egn\" }";
    let bench = bench("", &rows(sql, parameters), PLAIN);
    let package = bench.open();
    let argument = "<Number> 7 </Number><Period kind=\"k\"><From>2020-01-02+02:00</From></Period>";
    assert_eq!(told(&package, argument).await, ["integer|7|2020-01-02|k|2.16.100.1.1|42|7605239965"]);
    let error = failure(&package, "<Number>1 OR 1=1</Number>").await;
    assert_eq!((error.code, error.side), ("sql-parameter", Fault::Client));
    assert!(both(&error.message).contains("integer") && !both(&error.message).contains("OR"));
}

#[tokio::test]
async fn what_is_not_in_the_argument_is_null_and_several_values_need_a_separator() {
    let optional = bench("", &rows("SELECT :key IS NULL AS v", "parameters.key = \"Key\""), PLAIN);
    let package = optional.open();
    assert_eq!(told(&package, "").await, ["1"]);
    assert_eq!(told(&package, "<Key>a</Key>").await, ["0"]);
    assert_eq!(code(&package, "<Key>a</Key><Key>b</Key>").await, "sql-parameter-several");
    let joined = bench("", &rows("SELECT :key AS v", "parameters.key = { path = \"Key\", join = \",\" }"), PLAIN);
    assert_eq!(told(&joined.open(), "<Key>a</Key><Key>b</Key>").await, ["a,b"]);
}

#[tokio::test]
async fn what_the_database_refuses_is_told_by_its_state() {
    let gone = bench("", &rows("SELECT v FROM no_such_table", ""), PLAIN);
    let error = failure(&gone.open(), "").await;
    assert_eq!((error.code, error.retryable, error.side), ("sql-refused", false, Fault::Register));
    let twice = bench("", &rows("SELECT 1 AS v, 2 AS v", ""), PLAIN);
    assert_eq!(code(&twice.open(), "").await, "sql-column-twice");
    let unknown = bench("", &rows("SELECT 1 AS w", ""), PLAIN);
    let error = failure(&unknown.open(), "").await;
    assert_eq!(error.code, "sql-template");
    assert!(both(&error.message).contains("responses/Get.xml"), "{error}");
}

#[tokio::test]
async fn health_is_that_of_the_database() {
    let bench = bench("", &rows("SELECT 1 AS v", ""), PLAIN);
    let package = bench.open();
    assert_eq!(package.adapter.health().await, Health::Up);
    std::fs::write(bench.folder.path().join("register.sqlite"), vec![7_u8; 8192]).unwrap();
    let package = bench.open();
    assert!(matches!(package.adapter.health().await, Health::Down(_)));
    let error = failure(&package, "").await;
    assert_eq!((error.code, error.retryable), ("sql-unreachable", true));
}

fn scripted(script: &str, operation: &str) -> Bench {
    let bench = Bench::new("engine = \"sqlite\"\nscript = \"register.sql\"\npool = 3", operation, PLAIN);
    bench.write("register.sql", script);
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_of_the_package_makes_one_database_for_all_connections() {
    let script = "-- Two tables.\nCREATE TABLE t (v TEXT);\nINSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL \
                  SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n;\nUPDATE t SET v = 'Ж;''' || v || '''';\n";
    let bench = scripted(script, &rows("SELECT count(*) || min(v) AS v FROM t", ""));
    let package = bench.open();
    let (one, two, three) = tokio::join!(told(&package, ""), told(&package, ""), told(&package, ""));
    assert_eq!((one.as_slice(), &two, &three), (&["1000Ж;'1'".to_owned()][..], &one, &one));
    assert_eq!(package.adapter.health().await, Health::Up);
    // Another reading of the same package has a database of its own.
    bench.write("register.sql", "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('нов')");
    let renewed = bench.open();
    assert_eq!(told(&renewed, "").await, ["1нов"]);
    assert_eq!(told(&package, "").await, one);
}

#[tokio::test]
async fn a_script_reaches_no_other_file_and_fails_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.sqlite");
    for (script, expected) in [
        (format!("ATTACH '{}' AS other; CREATE TABLE other.t (v TEXT)", other.display()), "sql-script-statement"),
        (format!("CREATE TABLE t (v TEXT); COMMIT; VACUUM INTO '{}'", other.display()), "sql-script-statement"),
        (format!("CREATE TABLE t (v TEXT); VACUUM INTO '{}'", other.display()), "sql-script"),
        ("CREATE TABLE t (v TEXT); SELECT 1".to_owned(), "sql-script-statement"),
        ("CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('Тайна', 1)".to_owned(), "sql-script"),
    ] {
        let error = failure(&scripted(&script, &rows("SELECT v FROM t", "")).open(), "").await;
        assert_eq!((error.code, error.retryable), (expected, false), "{script}");
        assert!(!error.to_string().contains("Тайна"));
        assert!(!other.exists(), "{script}");
    }
}

#[tokio::test]
async fn what_a_script_has_made_is_not_changed_by_queries() {
    let package = scripted("CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a')", &rows("SELECT v FROM t", "")).open();
    assert_eq!(told(&package, "").await, ["a"]);
    let writing = "WITH x AS (SELECT 1) INSERT INTO t SELECT 'b' FROM x RETURNING v";
    let error = failure(&scripted("CREATE TABLE t (v TEXT)", &rows(writing, "")).open(), "").await;
    assert_eq!(error.code, "sql-read-only");
}
