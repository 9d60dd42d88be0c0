//! The table of attacks says nothing that is not so: every test in it exists, every code in it is one that is given.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Rows of the tables: their cells.
fn rows() -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs/attacks.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with('|') && !line.starts_with("|---"));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>())
        .filter(|cells| cells[0] != "attack")
        .collect()
}

/// What stands between back quotes in a cell.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn every_test_in_the_table_exists() {
    let rows = rows();
    assert!(rows.len() > 50, "{} rows", rows.len());
    for row in rows {
        let [attack, _, _, tests] = &row[..] else { panic!("a row has four cells: {row:?}") };
        let mut named = 0;
        for test in quoted(tests) {
            let (file, function) = test.split_once("::").unwrap_or_else(|| panic!("{attack}: {test} is no file::test"));
            let path = root().join(file);
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{attack}: {file}: {error}"));
            let listed = file.ends_with("families.rs");
            let declared = if listed { format!("fn {function}(n: usize)") } else { format!("fn {function}()") };
            let (before, _) = text.split_once(&declared).unwrap_or_else(|| panic!("{attack}: there is no {test}"));
            let attributes = before.lines().rev().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
            let marked = match listed {
                true => text.contains(&format!("\n    {function}(")),
                false => ["#[test]", "#[tokio::test]"].iter().any(|mark| attributes.contains(mark)),
            };
            assert!(marked, "{attack}: {test} is not a test");
            named += 1;
        }
        assert!(named > 0, "{attack} has no test");
    }
}

#[test]
fn every_code_in_the_table_is_given_by_the_program() {
    let mut product = Vec::new();
    sources(&root().join("src"), &mut product);
    for row in rows() {
        let mut named = 0;
        for code in quoted(&row[1]) {
            let spelled = format!("\"{code}\"");
            let given = product
                .iter()
                .filter(|(path, _)| !path.components().any(|part| part.as_os_str() == "tests"))
                .any(|(_, text)| text.contains(&spelled));
            assert!(given, "{}: nothing gives {code}", row[0]);
            named += 1;
        }
        assert!(named > 0 || row[1].starts_with("none"), "{} has no name", row[0]);
    }
}
