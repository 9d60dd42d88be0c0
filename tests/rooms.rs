//! The house keeps its walls: who knows what, read from the sources themselves (docs/architecture.md, "Rooms").
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which crates of ours a crate may depend on. A new crate gets its line here, and in docs/architecture.md.
const ROOMS: &[(&str, &[&str])] = &[
    ("language", &[]),
    ("xml", &[]),
    ("spool", &[]),
    ("schema", &["language", "xml"]),
    ("types", &[]),
    ("codegen", &["language", "xml", "schema"]),
    ("signature", &["language", "xml"]),
    ("saml", &["language", "xml", "signature"]),
    ("soap", &["xml"]),
    ("regix", &["xml", "soap"]),
    ("template", &["language", "xml", "schema"]),
    ("adapter", &["language", "xml", "schema", "template", "spool"]),
    ("life", &["language", "adapter"]),
    ("http", &[]),
    ("host", &["xml", "schema", "soap", "regix", "adapter", "http"]),
    ("acceptance", &["language", "xml", "schema", "regix", "adapter"]),
    ("packaging", &["language", "xml", "schema", "regix", "adapter"]),
    ("sql", &["language", "xml", "schema", "adapter", "template", "spool"]),
    ("web", &["language", "xml", "schema", "soap", "adapter", "template", "pki", "http"]),
    ("storage", &["language"]),
    ("registry", &["language", "pki", "storage"]),
    ("journal", &["language", "storage"]),
    ("deferred", &["language", "storage"]),
    ("records", &["language", "storage"]),
    ("pdf", &["language", "xml", "schema"]),
    ("portal", &["language", "xml", "schema", "types", "soap", "records"]),
    ("pages", &["language", "xml", "records"]),
    ("faces", &["language", "xml", "schema", "soap", "regix", "adapter"]),
    ("publish", &["language", "xml", "types", "schema", "soap", "http", "records", "portal"]),
    (
        "gateway",
        &[
            "faces",
            "language",
            "xml",
            "schema",
            "signature",
            "saml",
            "soap",
            "regix",
            "adapter",
            "registry",
            "journal",
            "deferred",
            "pdf",
            "pki",
            "spool",
        ],
    ),
    ("pki", &["language"]),
    ("server", &["pki", "spool"]),
    (
        "cli",
        &[
            "faces",
            "codegen",
            "language",
            "xml",
            "schema",
            "signature",
            "saml",
            "soap",
            "regix",
            "adapter",
            "life",
            "host",
            "sql",
            "web",
            "acceptance",
            "packaging",
            "registry",
            "journal",
            "deferred",
            "records",
            "portal",
            "pages",
            "pdf",
            "gateway",
            "pki",
            "server",
            "spool",
            "publish",
        ],
    ),
];

/// Who may speak SQL with tables of their own.
const STORES: [&str; 5] = ["storage", "registry", "journal", "deferred", "records"];

/// Who may speak SQL with tables of others: the backend whose packages are written in it.
const ASKS: [&str; 1] = ["sql"];

/// Who writes queries into new packages, for their authors to correct, and asks no database itself.
const WRITES: [&str; 1] = ["packaging"];

#[test]
fn every_crate_knows_only_the_rooms_below_it() {
    let rooms: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    for name in crates() {
        let allowed = rooms.get(name.as_str()).unwrap_or_else(|| panic!("the crate {name} has no line in ROOMS"));
        let used = dependencies(&name).into_iter().filter_map(|used| used.strip_prefix("kapia-").map(str::to_owned));
        for used in used {
            assert!(allowed.contains(&used.as_str()), "{name} must not know {used}");
        }
    }
}

#[test]
fn sql_stands_only_in_the_stores() {
    let speaks = |name: &str| STORES.contains(&name) || ASKS.contains(&name);
    for name in crates().into_iter().filter(|name| !speaks(name)) {
        let drivers = ["rusqlite", "tokio-postgres", "mysql_async", "odbc-api"];
        let linked = drivers.into_iter().any(|driver| dependencies(&name).contains(driver));
        assert!(!linked, "{name} links a database");
        for (file, line, text) in product_lines(&name).filter(|_| !WRITES.contains(&name.as_str())) {
            assert!(!speaks_sql(&text), "{}:{line} speaks SQL", file.display());
        }
    }
    // The search finds what is there.
    for name in ["registry", "journal"] {
        assert!(product_lines(name).any(|(_, _, text)| text.to_lowercase().contains("insert into ")));
    }
}

#[test]
fn the_statements_of_a_store_stand_in_one_file() {
    for name in STORES {
        let speaking: BTreeSet<PathBuf> =
            product_lines(name).filter(|(_, _, text)| speaks_sql(text)).map(|(file, ..)| file).collect();
        assert!(speaking.len() == 1 && speaking.iter().all(|file| file.ends_with("sql.rs")), "{name}: {speaking:?}");
    }
}

fn speaks_sql(text: &str) -> bool {
    let text = text.to_lowercase();
    let says = |words: &str| text.contains(words);
    let told_to_a_person = says("integrity_check");
    let sql = ["insert into ", "delete from ", "create table ", "savepoint ", "pragma "].into_iter().any(says)
        || (says("select ") && says(" from ") && text.contains('"'));
    sql && !told_to_a_person
}

#[test]
fn wire_names_of_regix_stand_only_in_regix() {
    const NAMES: [&str; 8] = [
        "egov.bg/RegiX",
        "tempuri.org",
        "IRegiXEntryPoint",
        "\"ServiceRequestData\"",
        "\"IsReady\"",
        "\"HasError\"",
        "\"ReturnAccessMatrix\"",
        "\"EmployeeEGN\"",
    ];
    // What `kapia call` verifies is named where it is verified.
    let elsewhere = ["cli/src/verdict.rs"];
    for name in crates().into_iter().filter(|name| name != "regix") {
        for (file, line, text) in product_lines(&name) {
            if elsewhere.iter().any(|known| file.ends_with(known)) {
                continue;
            }
            for wire in NAMES {
                assert!(!text.contains(wire), "{}:{line} knows the wire name {wire}", file.display());
            }
        }
    }
    for wire in NAMES {
        assert!(product_lines("regix").any(|(_, _, text)| text.contains(wire)), "{wire} does not stand in regix");
    }
}

#[test]
fn only_the_server_opens_listening_sockets() {
    for name in crates().into_iter().filter(|name| name != "server") {
        for (file, line, text) in product_lines(&name) {
            for word in ["TcpListener", "UdpSocket", "UnixListener", "TcpSocket"] {
                assert!(!text.contains(word), "{}:{line} opens a socket", file.display());
            }
        }
    }
    assert!(product_lines("server").any(|(_, _, text)| text.contains("TcpListener")));
}

#[test]
fn unsafe_code_is_forbidden_in_every_crate_and_every_test() {
    for name in crates() {
        let roots = ["lib.rs", "main.rs"].map(|file| source().join(&name).join("src").join(file));
        let root = roots.iter().find(|root| root.is_file()).unwrap_or_else(|| panic!("{name} has no root"));
        let text = std::fs::read_to_string(root).unwrap();
        assert!(text.contains("#![forbid(unsafe_code)]"), "{} does not forbid unsafe code", root.display());
    }
    for file in
        files(&root().join("tests"), "rs").into_iter().filter(|file| file.parent() == Some(&root().join("tests")))
    {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("#![forbid(unsafe_code)]"), "{} does not forbid unsafe code", file.display());
    }
}

#[test]
fn every_dependency_is_one_of_the_workspace_and_stands_in_the_decision_with_a_reason() {
    let manifest: toml::Table = std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let ours = manifest["workspace"]["dependencies"].as_table().unwrap();
    let decision = std::fs::read_to_string(root().join("docs/decisions/0002-dependencies.md")).unwrap();
    for name in ours.keys().filter(|name| !name.starts_with("kapia-")) {
        let row = decision.lines().find(|line| line.starts_with(&format!("| {name} |")));
        let row = row.unwrap_or_else(|| panic!("{name} does not stand in docs/decisions/0002-dependencies.md"));
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert!(cells.len() >= 7 && cells[2..6].iter().all(|cell| !cell.is_empty()), "{row}");
    }
    for name in crates() {
        for used in all_dependencies(&name) {
            assert!(ours.contains_key(&used), "{name} uses {used}, which is not in the workspace manifest");
        }
    }
}

#[test]
fn nothing_prints_but_the_command_line() {
    for name in crates().into_iter().filter(|name| name != "cli") {
        for (file, line, text) in product_lines(&name) {
            for word in ["println!", "print!(", "dbg!", "stdout()", "stderr()"] {
                assert!(!text.contains(word), "{}:{line} prints: use tracing", file.display());
            }
        }
    }
    // A whole request, answer or document has no place in a log line.
    for name in crates() {
        for (file, line, text) in product_lines(&name) {
            let logs = ["trace!(", "debug!(", "info!(", "warn!(", "error!("].iter().any(|word| text.contains(word));
            let content = ["body", "envelope", "argument", "document", "request", "inbound", "incoming"];
            let told = content.iter().any(|word| {
                [format!("?{word}"), format!("%{word}"), format!("{{{word}"), format!("{{{word}:?")]
                    .iter()
                    .any(|form| text.contains(form))
            });
            assert!(!(logs && told), "{}:{line} logs content: {text}", file.display());
        }
    }
}

#[test]
fn no_room_is_a_lumber_room() {
    for name in crates() {
        for file in files(&source().join(&name).join("src"), "rs") {
            for word in ["util", "utils", "common", "helper", "helpers", "misc", "manager"] {
                let named = file.file_stem().unwrap() == word || file.parent().unwrap().file_name().unwrap() == word;
                assert!(!named, "{} says nothing about what is in it", file.display());
            }
        }
    }
}

#[test]
fn third_party_material_is_read_by_the_conformance_tests_alone() {
    let me = Path::new(file!()).file_name().unwrap();
    let mut readers = BTreeSet::new();
    for folder in ["src", "tests", "adapters", "docs", "wsdl", ".ci"] {
        for file in all_files(&root().join(folder)) {
            let Ok(text) = std::fs::read_to_string(&file) else { continue };
            if file.file_name() != Some(me) && text.contains("../shared/") {
                readers.insert(file);
            }
        }
    }
    assert!(!readers.is_empty());
    for reader in readers {
        let in_support = reader.starts_with(root().join("tests/support"));
        let named = reader.file_stem().unwrap().to_str().unwrap().to_owned();
        let manifest = reader.ancestors().map(|folder| folder.join("Cargo.toml")).find(|file| file.is_file()).unwrap();
        let manifest = std::fs::read_to_string(manifest).unwrap();
        let target = manifest.split("[[test]]").find(|target| target.contains(&format!("name = \"{named}\"")));
        let guarded = target.is_some_and(|target| target.contains("test = false"));
        assert!(guarded || in_support, "{} reads third-party material in the plain suite", reader.display());
    }
}

// ---- reading the sources ----

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn source() -> PathBuf {
    root().join("src")
}

/// The members of the workspace, by their folders.
fn crates() -> Vec<String> {
    let manifest: toml::Table = std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap();
    members.iter().map(|member| member.as_str().unwrap().strip_prefix("src/").unwrap().to_owned()).collect()
}

/// What a crate is built with.
fn dependencies(name: &str) -> BTreeSet<String> {
    tables(name, &["dependencies"])
}

/// What a crate is built or tested with.
fn all_dependencies(name: &str) -> BTreeSet<String> {
    tables(name, &["dependencies", "dev-dependencies", "build-dependencies"])
}

fn tables(name: &str, tables: &[&str]) -> BTreeSet<String> {
    let file = source().join(name).join("Cargo.toml");
    let manifest: toml::Table = std::fs::read_to_string(file).unwrap().parse().unwrap();
    let tables = tables.iter().filter_map(|table| manifest.get(*table)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

/// The lines of a crate that run: no comments, no test modules.
fn product_lines(name: &str) -> impl Iterator<Item = (PathBuf, usize, String)> {
    let test_file = |file: &PathBuf| {
        let named =
            |name: &str| file.file_stem().unwrap() == name || file.parent().unwrap().file_name().unwrap() == name;
        named("tests")
    };
    files(&source().join(name).join("src"), "rs").into_iter().filter(move |file| !test_file(file)).flat_map(|file| {
        let text = std::fs::read_to_string(&file).unwrap();
        let product = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
        let lines: Vec<(usize, String)> =
            product.lines().enumerate().map(|(number, line)| (number + 1, without_comment(line))).collect();
        lines.into_iter().map(move |(number, line)| (file.clone(), number, line))
    })
}

fn without_comment(line: &str) -> String {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") { String::new() } else { line.to_owned() }
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    all_files(folder).into_iter().filter(|file| file.extension().is_some_and(|known| known == extension)).collect()
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(all_files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}
