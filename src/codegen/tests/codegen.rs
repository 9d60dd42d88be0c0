//! All operations of the corpus: generated, compiled without warnings, and every document read and written.
//!
//! The corpus is third-party data beside the repository, read in place; without it these tests fail. They run by name:
//! `cargo test -p kapia-codegen --test codegen` (docs/decisions/0009-tests-and-suites.md).
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use kapia_codegen::Generator;
use kapia_schema::{Folder, Options, SchemaSet};
use kapia_xml::{Document, Limits};
use serde_json::Value as Json;
use support::{Form, normal};

/// A document of the corpus: the type that reads it, and whether that type must.
struct Case {
    document: String,
    schema: PathBuf,
    file: PathBuf,
    verdict: String,
}

#[test]
fn every_valid_document_survives_and_every_invalid_one_is_refused() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let manifest = std::fs::read(corpus.join("manifest.json")).unwrap_or_else(|error| panic!("no corpus: {error}"));
    let manifest: Json = serde_json::from_slice(&manifest).unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/codegen");
    let documents = generate(&corpus, &workspace);
    let cases = cases(&manifest, &corpus, &documents);
    let operations = manifest["operations"].as_array().unwrap().len();

    let started = Instant::now();
    let runner = compile(&workspace, &documents);
    println!("{operations} operations: compiled without warnings in {:.0} s", started.elapsed().as_secs_f32());

    let answers = run(&runner, &workspace, &cases);
    let mut table: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut misses = Vec::new();
    for (case, answer) in cases.iter().zip(&answers) {
        let outcome = match answer.split_once(' ') {
            Some(("ok", written)) => {
                let before = std::fs::read(&case.file).unwrap();
                let after = std::fs::read(written).unwrap();
                match () {
                    () if normal(&before, Form::Strict) == normal(&after, Form::Strict) => "the same",
                    () if normal(&before, Form::Loose) == normal(&after, Form::Loose) => {
                        "the same but for blanks and xsi:type"
                    }
                    () => "changed",
                }
            }
            _ => "refused",
        };
        // What types cannot say, such as what `xsi:type` means in open content, the schema still does.
        let outcome = match (&*case.verdict, outcome) {
            ("invalid", "the same") if reports(case) => "kept, and reported by the schema",
            (_, outcome) => outcome,
        };
        *table.entry((&case.verdict, outcome)).or_default() += 1;
        let right = match &*case.verdict {
            "valid" => outcome.starts_with("the same"),
            _ => outcome == "refused" || outcome.starts_with("kept"),
        };
        if !right {
            misses.push(format!("{} {}: {outcome}: {answer}", case.verdict, case.file.display()));
        }
    }
    for ((verdict, outcome), count) in &table {
        println!("{count:5} {verdict} documents: {outcome}");
    }
    for miss in &misses {
        println!("{miss}");
    }
    assert!(misses.is_empty(), "{} of {} documents", misses.len(), cases.len());
    assert!(cases.len() > 1_500 && operations == 158, "the corpus is not whole: {} documents", cases.len());
}

/// Whether the schema engine finds something in a document.
fn reports(case: &Case) -> bool {
    let folder = Folder::new(case.schema.parent().unwrap());
    let set = SchemaSet::load(case.schema.file_name().unwrap().to_str().unwrap(), &folder).unwrap();
    let document = Document::read(std::fs::read(&case.file).unwrap(), &Limits::default()).unwrap();
    !set.validate(document.root(), &Options::default()).is_valid()
}

/// Generates all packages; the types by package, schema and root.
fn generate(corpus: &Path, workspace: &Path) -> BTreeMap<(String, String, String), String> {
    let _ = std::fs::remove_dir_all(workspace.join("src"));
    let mut generator = Generator::new().out(workspace.join("src/generated"));
    let mut packages: Vec<PathBuf> =
        std::fs::read_dir(corpus.join("adapters")).unwrap().map(|entry| entry.unwrap().path()).collect();
    packages.sort();
    for package in &packages {
        generator = generator.package(package);
    }
    generator.run().unwrap();
    generator.check().unwrap();
    assert!(rustfmt(&workspace.join("src/generated")), "rustfmt would lay the generated code out in another way");
    generator
        .document_types()
        .unwrap()
        .into_iter()
        .map(|found| ((found.package, found.schema, found.root), found.path))
        .collect()
}

fn cases(manifest: &Json, corpus: &Path, documents: &BTreeMap<(String, String, String), String>) -> Vec<Case> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let key = |operation: &Json, side: &str| {
        let xsd = text(&operation[side]["xsd"]);
        let schema = xsd.rsplit('/').next().unwrap_or_default().to_lowercase();
        (text(&operation["adapter"]), schema, text(&operation[side]["root"]).trim_start_matches("{}").to_owned())
    };
    let find = |key: &(String, String, String)| documents.get(key).cloned();
    let operations = manifest["operations"].as_array().unwrap();
    let mut cases = Vec::new();
    for operation in operations {
        for side in ["request", "response"] {
            let key = key(operation, side);
            let document = find(&key).unwrap_or_else(|| panic!("no type for {key:?}"));
            if let Some(sample) = operation[side]["sample"].as_str() {
                let verdict = text(&operation[side]["sample_verdict"]);
                let schema = corpus.join(text(&operation[side]["xsd"]));
                cases.push(Case { document, schema, file: corpus.join(sample), verdict });
            }
        }
        for mock in operation["mocks"].as_array().unwrap() {
            let file = corpus.join(text(&mock["file"]));
            let root = support::root(&file);
            // A mock answer may stand with several operations of its adapter, but it answers the one that declares its root.
            let siblings = operations.iter().filter(|other| other["adapter"] == operation["adapter"]);
            let answering = [operation].into_iter().chain(siblings).find_map(|operation| {
                let (adapter, schema, _) = key(operation, "response");
                Some((find(&(adapter, schema, root.clone()?))?, operation))
            });
            let (document, answering) =
                answering.or_else(|| Some((find(&key(operation, "response"))?, operation))).unwrap();
            let schema = corpus.join(text(&answering["response"]["xsd"]));
            cases.push(Case { document, schema, file, verdict: text(&mock["verdict"]) });
        }
    }
    for negative in manifest["negatives"].as_array().unwrap() {
        let operation = operations.iter().find(|operation| operation["operation"] == negative["operation"]).unwrap();
        let document = find(&key(operation, "request")).unwrap();
        let file = corpus.join(text(&negative["file"]));
        let schema = corpus.join(text(&operation["request"]["xsd"]));
        cases.push(Case { document, schema, file, verdict: text(&negative["verdict"]) });
    }
    cases
}

/// One workspace with all modules and one program that reads and writes.
fn compile(workspace: &Path, documents: &BTreeMap<(String, String, String), String>) -> PathBuf {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let manifest = format!(
        "[package]\nname = \"all\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         kapia-types = {{ path = {:?} }}\n\n[profile.dev]\ndebug = false\n",
        tree.join("src/types")
    );
    std::fs::create_dir_all(workspace.join("src")).unwrap();
    write_if_new(&workspace.join("Cargo.toml"), &manifest);
    std::fs::copy(tree.join("Cargo.lock"), workspace.join("Cargo.lock")).unwrap();
    let mut main = String::from(
        "//! All documents.\n#![deny(warnings, missing_docs)]\n\n/// All.\npub mod generated;\n\nfn main() {\n    \
         let mut lines = std::io::stdin().lines();\n    while let Some(Ok(line)) = lines.next() {\n        \
         let mut parts = line.split('\\t');\n        let (Some(name), Some(from), Some(to)) = (parts.next(), parts.next(), parts.next()) else { return };\n        \
         let xml = std::fs::read(from).expect(\"a document\");\n        let outcome = match name {\n",
    );
    let mut types: Vec<&String> = documents.values().collect();
    types.sort();
    types.dedup();
    for path in types {
        main.push_str(&format!(
            "            {path:?} => generated::{path}::from_xml(&xml).map(|document| document.to_xml()),\n"
        ));
    }
    main.push_str(
        "            _ => panic!(\"no such type: {name}\"),\n        };\n        match outcome {\n            \
         Ok(text) => {\n                std::fs::write(to, text).expect(\"a place to write\");\n                println!(\"ok {to}\");\n            }\n            \
         Err(error) => println!(\"refused {error}\"),\n        }\n    }\n}\n",
    );
    std::fs::write(workspace.join("src/main.rs"), main).unwrap();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet"])
        .current_dir(workspace)
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .status()
        .unwrap();
    assert!(status.success(), "the generated code does not compile");
    workspace.join("target/debug/all")
}

/// Whether rustfmt, with its default settings, finds nothing to do.
fn rustfmt(folder: &Path) -> bool {
    let settings = folder.join("rustfmt.toml");
    std::fs::write(&settings, "").unwrap();
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024", "--check", "--config-path"]).arg(&settings).arg(folder.join("mod.rs"));
    rustfmt.status().unwrap().success()
}

fn write_if_new(path: &Path, text: &str) {
    if std::fs::read_to_string(path).ok().as_deref() != Some(text) {
        std::fs::write(path, text).unwrap();
    }
}

fn run(runner: &Path, workspace: &Path, cases: &[Case]) -> Vec<String> {
    let written = workspace.join("written");
    std::fs::create_dir_all(&written).unwrap();
    let mut child = Command::new(runner).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = String::new();
    for (at, case) in cases.iter().enumerate() {
        let to = written.join(format!("{at}.xml"));
        lines.push_str(&format!("{}\t{}\t{}\n", case.document, case.file.display(), to.display()));
    }
    let feeder = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap().unwrap();
    assert!(output.status.success());
    let answers: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(answers.len(), cases.len());
    answers
}
