//! A large answer is written while its rows come: what is in memory is the answer, and never its rows beside it.
//! Alone in its process, since it looks at the memory of the process.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_xml::{Document, Limits};
use support::{Bench, ask, rows};

const ROWS: usize = 60_000;

#[tokio::test]
async fn sixty_thousand_rows_of_a_classification_never_stand_beside_their_answer() {
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :n) \
               SELECT printf('%040d', i) AS a, printf('%040d', i) AS b, printf('%040d', i) AS c, printf('%040d', i) AS d FROM n";
    let template = r#"<Told xmlns="urn:told">{% for row in rows %}<Row><V>{{ row.a }}</V><V>{{ row.b }}</V><V>{{ row.c }}</V><V>{{ row.d }}</V></Row>{% endfor %}</Told>"#;
    let operation = rows(sql, "parameters.n = { path = \"Number\", type = \"integer\" }");
    let bench = Bench::new(BACKEND, &operation, template);
    make_register(&bench);
    let package = bench.open();
    let asked = format!("<Number>{ROWS}</Number>");
    // Threads, the engine and the pool are there before it counts.
    drop(ask(&package, "<Number>10</Number>").await.unwrap());

    let start = begin();
    let answer = ask(&package, &asked).await.unwrap();
    let asking = peak() - start;
    let source = answer.document().source().to_owned();
    drop(answer);
    assert_eq!(source.matches("<Row>").count(), ROWS);

    // What the answer takes by itself: its octets, grown like any vector, and its reading.
    let start = begin();
    let mut octets: Vec<u8> = Vec::new();
    source.as_bytes().chunks(64).for_each(|part| octets.extend_from_slice(part));
    let document = Document::read(octets, &Limits::default()).unwrap();
    let answering = peak() - start;
    drop(document);

    // The measure is one that can be failed: a second query in the middle of the first makes the gate hold the rest.
    let other = "[[operation.sql.query]]\nname = \"others\"\nsql = \"SELECT 1 AS v\"\n";
    let opening = "{% if loop.first %}{% for other in others %}{% endfor %}{% endif %}<Row>";
    let holding = Bench::new(BACKEND, &format!("{operation}{other}"), &template.replace("<Row>", opening));
    make_register(&holding);
    let holding = holding.open();
    drop(ask(&holding, "<Number>10</Number>").await.unwrap());
    let start = begin();
    drop(ask(&holding, &asked).await.unwrap());
    let held = peak() - start;

    println!(
        "{ROWS} rows, an answer of {} kB: asking took {asking} kB at most, the finished answer alone takes {answering} kB; \
         with its rows held it takes {held} kB",
        source.len() / 1024
    );
    assert!(asking < answering + 8 * 1024, "asking took {asking} kB, the answer {answering} kB");
    assert!(held > asking + 8 * 1024, "held rows took {held} kB, streamed ones {asking} kB");
}

const BACKEND: &str = "engine = \"sqlite\"\nfile = \"register.sqlite\"";

fn make_register(bench: &Bench) {
    let database = rusqlite::Connection::open(bench.folder.path().join("register.sqlite")).unwrap();
    database.execute_batch("CREATE TABLE t (a)").unwrap();
}

/// Forgets the highest mark so far, and gives the memory of now, in kB.
fn begin() -> u64 {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    status("VmRSS:")
}

/// The most memory that the process has had since [`begin`], in kB.
fn peak() -> u64 {
    status("VmHWM:")
}

fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
