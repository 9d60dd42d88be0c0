//! All operations of the corpus: generated, compiled without warnings, and every document read and written; and the project of
//! docs/codegen.md.
//!
//! The corpus is third-party data beside the repository, read in place; without it these tests fail. They run by name:
//! `cargo test -p kapia-codegen --test codegen` (docs/decisions/0009-tests-and-suites.md).
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use kapia_codegen::Generator;
use kapia_schema::{Folder, Options, SchemaSet};
use kapia_xml::{Document, Limits};
use serde_json::Value as Json;
use support::program::{Kept, Program};

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
    let program = Program::compile(&workspace, documents.values());
    println!("{operations} operations: compiled without warnings in {:.0} s", started.elapsed().as_secs_f32());

    let answers = program.run(cases.iter().map(|case| (&*case.document, &*case.file)));
    let mut table: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut misses = Vec::new();
    for (case, (kept, answer)) in cases.iter().zip(&answers) {
        let outcome = match kept {
            Kept::Same => "the same",
            Kept::Nearly => "the same but for blanks and xsi:type",
            Kept::Changed => "changed",
            Kept::Refused => "refused",
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

/// The project of docs/codegen.md, outside of our workspace, built and run to the letter.
#[test]
fn the_project_of_the_guide_is_built_and_says_what_the_guide_says() {
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let guide = std::fs::read_to_string(tree.join("docs/codegen.md")).unwrap();
    let target = tree.join("target/codegen");
    let project = target.join("outside");
    let _ = std::fs::remove_dir_all(&project);
    let mut blocks: BTreeMap<&str, String> = BTreeMap::new();
    for block in guide.split("\n```").skip(1).step_by(2) {
        let (info, text) = block.split_once('\n').unwrap();
        if let Some((_, name)) = info.split_once(' ') {
            blocks.insert(name, format!("{text}\n"));
        }
    }
    let (output, generated) = (blocks.remove("output").unwrap(), blocks.remove("generated").unwrap());
    assert_eq!(blocks.len(), 5, "{:?}", blocks.keys());
    for (name, text) in blocks {
        let path = project.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text.replace("../kapia/", &format!("{}/", tree.display()))).unwrap();
    }
    std::fs::write(project.join("Cargo.toml"), {
        let manifest = std::fs::read_to_string(project.join("Cargo.toml")).unwrap();
        // Below our tree it must say that it is no part of it.
        format!("{manifest}\n[workspace]\n")
    })
    .unwrap();
    std::fs::copy(tree.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let module = Generator::new().xsd(project.join("schemas")).module().unwrap();
    assert!(module.ends_with(&generated), "{module}");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let ran = Command::new(cargo)
        .args(["run", "--quiet"])
        .current_dir(&project)
        .env("CARGO_TARGET_DIR", target.join("target"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && !told.contains("warning"), "{told}");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), output);
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

/// Clients and servers are laid out as rustfmt does it, too.
#[test]
fn rustfmt_finds_nothing_to_do_in_clients_and_servers() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let services = ["wsdl/EgovService.wsdl", "src/codegen/tests/golden/faults.wsdl", "tests/golden/face-Archive.wsdl"];
    let generator = services
        .iter()
        .fold(Generator::new().services(true), |generator, file| generator.wsdl(here.join("../..").join(file)));
    generator.out(folder.path()).run().unwrap();
    assert!(rustfmt(folder.path()), "rustfmt would lay the generated code out in another way");
}

/// Whether rustfmt, with its default settings, finds nothing to do.
fn rustfmt(folder: &Path) -> bool {
    let settings = folder.join("rustfmt.toml");
    std::fs::write(&settings, "").unwrap();
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024", "--check", "--config-path"]).arg(&settings).arg(folder.join("mod.rs"));
    rustfmt.status().unwrap().success()
}
