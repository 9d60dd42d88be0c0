//! What must hold on every database, in its own words.

use std::time::{Duration, Instant};

use kapia_adapter::{Fault, Health};

use super::{Bench, PLAIN, ask_until, both, code, failure, rows, told};

/// How a database says what the others say in other words.
pub struct Words {
    /// `[backend]`.
    pub backend: String,
    /// Numbers from 1 to the parameter `:n`, as column `v`.
    pub count: &'static str,
    /// A query that takes half a minute and gives a column `v`.
    pub slow: &'static str,
    /// A text with the character U+0001 in it, as column `v`, after a good row.
    pub hostile: &'static str,
    /// An expression that fails on data.
    pub bad_data: &'static str,
    /// A parameter as a text.
    pub text: &'static str,
    /// A query that looks harmless and writes into the table `street`.
    pub writes: Option<&'static str>,
}

/// The table that [`nothing_is_written`] looks after.
pub const TABLES: &str =
    "CREATE TABLE street (id INTEGER, name VARCHAR(100));\nINSERT INTO street VALUES (1, 'Извор');\n";

pub async fn hostile_arguments_stay_values(words: &Words) {
    let bench = Bench::new(&words.backend, &rows(words.text, "parameters.key = \"Key\""), PLAIN);
    let package = bench.open();
    for hostile in
        ["'; DROP TABLE street; --", "\" OR 1=1", ":key", "?", "$1", "a]]&gt;b", "\\", "\\'", "%_", "{{ x }}", "𐍈'ж"]
    {
        assert_eq!(told(&package, &format!("<Key>{hostile}</Key>")).await, [hostile.replace("&gt;", ">")]);
    }
    let large = "Ж".repeat(1 << 19);
    assert_eq!(told(&package, &format!("<Key>{large}</Key>")).await, [large]);
}

pub async fn characters_without_a_form_are_refused(words: &Words) {
    let bench = Bench::new(&words.backend, &rows(words.hostile, ""), PLAIN);
    let error = failure(&bench.open(), "").await;
    assert_eq!((error.code, error.retryable), ("sql-character", false));
    let text = both(&error.message);
    assert!(text.contains("rows") && text.contains("row 2") && text.contains("U+0001"), "{text}");
    assert!(!text.contains("Тайна"), "{text}");
}

pub async fn rows_have_a_cap(words: &Words) {
    let operation = rows(words.count, "parameters.n = { path = \"Number\", type = \"integer\" }");
    let bench = Bench::new(&format!("{}\nrow_cap = 1000\npool = 1", words.backend), &operation, PLAIN);
    let package = bench.open();
    assert_eq!(told(&package, "<Number>1000</Number>").await.len(), 1000);
    let error = failure(&package, "<Number>20000</Number>").await;
    assert_eq!((error.code, error.side), ("sql-row-cap", Fault::Register));
    // The connection goes on serving.
    assert_eq!(told(&package, "<Number>2</Number>").await, ["1", "2"]);
    assert_eq!(code(&package, "<Number>x</Number>").await, "sql-parameter");
}

pub async fn slow_queries_are_stopped(words: &Words) {
    let bench =
        Bench::new(&format!("{}\nstatement_timeout_ms = 400\npool = 1", words.backend), &rows(words.slow, ""), PLAIN);
    let package = bench.open();
    let began = Instant::now();
    let error = failure(&package, "").await;
    assert_eq!((error.code, error.retryable), ("sql-statement-timeout", true));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    let began = Instant::now();
    let error = ask_until(&package, "", Some(began + Duration::from_millis(150))).await.unwrap_err();
    assert_eq!((error.code, error.retryable), ("sql-deadline", true));
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    assert_eq!(package.adapter.health().await, Health::Up);
}

pub async fn refusals_are_told_by_their_kind(words: &Words) {
    let gone = Bench::new(&words.backend, &rows("SELECT v FROM no_such_table", ""), PLAIN);
    let error = failure(&gone.open(), "").await;
    assert_eq!((error.code, error.retryable, error.side), ("sql-refused", false, Fault::Register));
    if !words.bad_data.is_empty() {
        let bad = Bench::new(&words.backend, &rows(words.bad_data, "parameters.key = \"Key\""), PLAIN);
        let error = failure(&bad.open(), "<Key>7605239965x</Key>").await;
        assert_eq!((error.code, error.retryable), ("sql-data", false));
        assert!(!both(&error.message).contains("7605239965"));
    }
}

pub async fn nothing_is_written(words: &Words) {
    if let Some(writes) = words.writes {
        let bench = Bench::new(&words.backend, &rows(writes, ""), PLAIN);
        assert_eq!(code(&bench.open(), "").await, "sql-read-only");
    }
    let bench = Bench::new(&words.backend, &rows("SELECT name AS v FROM street", ""), PLAIN);
    assert_eq!(told(&bench.open(), "").await, ["Извор"]);
}

/// The values of one row of columns `v1`, `v2`…, each with the text that it must become; `—` is nothing at all.
pub async fn values_keep_all_that_they_are(backend: &str, values: &[(&str, &str)]) {
    let columns: Vec<String> = values.iter().enumerate().map(|(at, (sql, _))| format!("{sql} AS v{at}")).collect();
    let cells: String =
        (0..values.len()).map(|at| format!("<V>{{{{ row.v{at} is none }}}}|{{{{ row.v{at} }}}}</V>")).collect();
    let template = format!("<Told xmlns=\"urn:told\">{{% for row in rows %}}<Row>{cells}</Row>{{% endfor %}}</Told>");
    let bench = Bench::new(backend, &rows(&format!("SELECT {}", columns.join(", ")), ""), &template);
    let found = told(&bench.open(), "").await;
    for ((sql, expected), found) in values.iter().zip(found) {
        let expected = if *expected == "—" { "true|".to_owned() } else { format!("false|{expected}") };
        assert_eq!(found, expected, "{sql}");
    }
}
