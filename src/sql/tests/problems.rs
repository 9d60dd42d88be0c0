//! What is wrong with a package is told when it is loaded, by line and key, in both languages.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_adapter::Problem;
use support::{Bench, PLAIN, both, rows};

const SERVER: &str = "engine = \"postgresql\"\nhost = \"localhost\"\ndatabase = \"d\"\nuser = \"u\"";
const GOOD: &str = "SELECT 1 AS v";

/// The problems of a package or of its operation; the database is never asked.
fn problems(backend: &str, operation: &str, template: &str) -> Vec<Problem> {
    let bench = Bench::new(backend, operation, template);
    bench.write("queries/bad.sql", "SELECT 'open");
    bench.write("broken.pem", "no certificate");
    match bench.read() {
        Ok(package) => package.refused.into_iter().flat_map(|refused| refused.problems).collect(),
        Err(error) => error.problems,
    }
}

fn only(backend: &str, operation: &str, template: &str) -> Problem {
    let found = problems(backend, operation, template);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(!both(&found[0].cause).contains("{") && !found[0].hint.bg.is_empty(), "{found:#?}");
    found.into_iter().next().unwrap()
}

#[test]
fn settings_of_the_backend_are_judged_by_line() {
    for (backend, code, line) in [
        ("host = \"h\"", "manifest-key-missing", 2),
        ("engine = \"oracle\"", "manifest-value", 4),
        ("engine = \"sqlite\"", "sql-key-needed", 2),
        ("engine = \"sqlite\"\nfile = \"none.sqlite\"", "file-missing", 5),
        ("engine = \"sqlite\"\nfile = \"../other.sqlite\"", "file-path-outside", 5),
        ("engine = \"sqlite\"\nfile = \"/no/such.sqlite\"", "sql-file-unreadable", 5),
        ("engine = \"sqlite\"\nfile = \"adapter.toml\"\nhost = \"h\"", "sql-key-useless", 6),
        ("engine = \"mysql\"\nhost = \"h\"\nuser = \"u\"", "sql-key-needed", 2),
        ("engine = \"sqlite\"\nscript = \"none.sql\"", "file-missing", 5),
        ("engine = \"sqlite\"\nfile = \"adapter.toml\"\nscript = \"adapter.toml\"", "sql-file-and-script", 5),
        (&format!("{SERVER}\nscript = \"adapter.toml\""), "sql-key-useless", 8),
        (&format!("{SERVER}\nport = 0"), "manifest-value", 8),
        (&format!("{SERVER}\npool = 0"), "manifest-value", 8),
        (&format!("{SERVER}\nrow_cap = \"many\""), "manifest-type", 8),
        (&format!("{SERVER}\nstatement_timeout_ms = 1"), "manifest-value", 8),
        (&format!("{SERVER}\ntls = \"perhaps\""), "manifest-value", 8),
        (&format!("{SERVER}\nauthorities = \"broken.pem\""), "sql-authorities", 8),
        (&format!("{SERVER}\npassword_env = \"KAPIA_TEST_NO_SUCH_VARIABLE\""), "sql-password-unset", 8),
        (&format!("{SERVER}\npassword_file = \"/no/such\""), "sql-file-unreadable", 8),
        (&format!("{SERVER}\npassword = \"a\"\npassword_env = \"HOME\""), "sql-password-several", 9),
        (&format!("{SERVER}\ntime_zone = \"+00:00\""), "sql-key-useless", 8),
        (&format!("{}\ntime_zone = \"EET\"", SERVER.replace("postgresql", "mysql")), "sql-time-zone", 8),
        (&format!("{SERVER}\ncolour = \"blue\""), "manifest-key-unknown", 8),
    ] {
        let problem = only(backend, &rows(GOOD, ""), PLAIN);
        assert_eq!((problem.code, problem.line), (code, Some(line)), "{backend}: {problem}");
        assert_eq!(problem.file.as_deref(), Some("adapter.toml"));
    }
}

#[cfg(not(feature = "odbc"))]
#[test]
fn odbc_says_that_it_is_not_there() {
    let problem = only("engine = \"odbc\"\nconnection = \"DSN=x\"", &rows(GOOD, ""), PLAIN);
    assert_eq!(problem.code, "sql-odbc-absent");
}

#[test]
fn what_its_author_should_look_at_is_a_notice() {
    for (further, codes) in [
        ("host = \"localhost\"", &[][..]),
        ("host = \"localhost\"\npassword = \"a\"", &["sql-password-clear"]),
        ("host = \"db.example\"", &[]),
        ("host = \"db.example\"\ntls = \"off\"", &["sql-tls-off"]),
    ] {
        let backend = format!("engine = \"mysql\"\ndatabase = \"d\"\nuser = \"u\"\n{further}");
        let package = Bench::new(&backend, &rows(GOOD, ""), PLAIN).open();
        let found: Vec<&str> = package.notes.iter().map(|note| note.problem.code).collect();
        assert_eq!(found, codes, "{further}");
    }
}

#[test]
fn queries_are_judged_before_the_database_sees_them() {
    let query = |further: &str| format!("[[operation.sql.query]]\nname = \"rows\"\n{further}\n");
    for (operation, code, hint) in [
        ("", "sql-query-none", ""),
        (&*query(""), "sql-query-text", "queries"),
        (&query("sql = 'SELECT 1 AS v'\nfile = 'bad.sql'"), "sql-query-text", ""),
        (&query("file = 'none.sql'"), "file-missing", "bad.sql"),
        (&query("file = 'bad.sql'"), "sql-statement-open", ""),
        (&rows("DELETE FROM t", ""), "sql-statement-kind", "SELECT"),
        (&rows("SELECT 1; SELECT 2", ""), "sql-statement-several", ""),
        (&rows("SELECT $1", ""), "sql-statement-positional", ":name"),
        (&rows("SELECT :egn AS v", ""), "sql-parameter-unbound", "egn"),
        (&rows("SELECT :egm AS v", "parameters.egn = 'Key'"), "sql-parameter-unbound", "egn"),
        (&rows(GOOD, "parameters.egn = 'Key'"), "sql-parameter-unused", ":egn"),
        (&rows("SELECT :a AS v", "parameters.a = 'Kye'"), "sql-path-unknown", "Key"),
        (&rows("SELECT :a AS v", "parameters.a = 'Period'"), "sql-path-no-value", ""),
        (&rows("SELECT :a AS v", "parameters.a = 'Period//From'"), "sql-path-shape", "Person/EGN"),
        (&rows("SELECT :a AS v", "parameters.a = { path = 'Key', call = 'call_id' }"), "sql-parameter-source", ""),
        (&rows("SELECT :a AS v", "parameters.a = { column = 'id' }"), "sql-parameter-column", "parent"),
        (&rows("SELECT :a AS v", "parameters.a = { path = 'Key', type = 'number' }"), "manifest-value", "integer"),
        (&rows("SELECT :a AS v", "parameters.a = { path = 'Key', convert = 'dat' }"), "sql-convert-broken", "date"),
        (&rows("SELECT :a AS v", "parameters.a = 7"), "manifest-type", "table"),
        (&rows(GOOD, "parent = 'above'"), "sql-query-unknown", ""),
        (&rows(GOOD, "group = { by = 'id' }"), "manifest-key-missing", "rows"),
        (&rows(GOOD, "").replace("\"rows\"", "\"request\""), "sql-query-name", ""),
        (&format!("{0}{0}", rows(GOOD, "")), "sql-query-twice", ""),
        (&format!("decisive = 'row'\n{}", rows(GOOD, "")), "sql-query-unknown", "rows"),
        (&format!("no_data = 'a.xml'\n{}", rows(GOOD, "")), "sql-no-data-useless", ""),
        (&format!("no_rows = 'no-data'\nno_data = 'a.xml'\n{}", rows(GOOD, "")), "file-missing", ""),
        (&format!("template = 'Got.xml'\n{}", rows(GOOD, "")), "file-missing", "Get.xml"),
    ] {
        let found = problems(SERVER, operation, PLAIN);
        // A query that is refused takes with it what is said about its name.
        assert_eq!(found[0].code, code, "{operation}: {found:#?}");
        assert!(both(&found[0].hint).contains(hint), "{}", found[0]);
        assert!(found[0].file.is_some(), "{}", found[0]);
    }
}

#[test]
fn templates_are_held_against_the_schema_and_the_queries() {
    for (template, code, line) in [
        ("<Told xmlns=\"urn:told\">\n{% for row in people %}{% endfor %}</Told>", "template-name-unknown", 2),
        ("<Told xmlns=\"urn:told\">\n{{ request.Kye }}</Told>", "template-path-unknown", 2),
        ("<Told xmlns=\"urn:told\">\n\n{{ call|dat }}</Told>", "template-function-unknown", 3),
    ] {
        let problem = only(SERVER, &rows(GOOD, ""), template);
        assert_eq!((problem.code, problem.line), (code, Some(line)), "{problem}");
        assert_eq!(problem.file.as_deref(), Some("responses/Get.xml"));
    }
}
