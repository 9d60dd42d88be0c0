//! Schemas of the W3C XML Schema test suite, which holds far more than any register does: code is generated from every
//! schema of the suite; the code of a part of them is compiled without warnings, and reads and writes their documents.
//!
//! The suite is third-party data beside the repository: `cargo test -p kapia-codegen --test suite -- --nocapture`
//! (docs/decisions/0009-tests-and-suites.md).
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[allow(dead_code)] // a part of it is used here
#[path = "../../schema/tests/conformance/suite.rs"]
mod cases;
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kapia_codegen::{Error, Generator, Unsupported};
use kapia_language::Language;
use kapia_schema::{Folder, Options, SchemaSet};
use kapia_xml::{Document, Limits};
use support::program::{Kept, Program};

/// One schema of so many is compiled.
const COMPILED: usize = 29;

/// A document: the type that reads it, its schema, and what the suite says of it.
struct Job {
    document: String,
    schema: PathBuf,
    file: PathBuf,
    valid: bool,
}

#[test]
fn every_schema_has_code_that_compiles_and_keeps_its_documents() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let suite = cases::unpacked(&here.join("../../../shared/xsts/xsts-ms-nist.tar.xz"));
    let folder = here.join("../../target/codegen/suite");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("src/generated")).unwrap();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut modules, mut types, mut jobs) = (String::new(), Vec::new(), Vec::new());
    for (at, case) in cases::cases(&suite).into_iter().enumerate() {
        let ([schema], false) = (&case.schemas[..], matches!(case.schema, Some((_, false)))) else { continue };
        let generator = Generator::new().xsd(schema);
        let text = match generator.module() {
            Ok(text) => text,
            // Documents of the suite that the schema engine disagrees about have a reason there (docs/schema.md).
            Err(Error::Schema { .. }) => {
                *counts.entry("no schema").or_default() += 1;
                continue;
            }
            Err(Error::Unsupported { what: Unsupported::QualifiedName, .. }) => {
                *counts.entry("with names as values").or_default() += 1;
                continue;
            }
            Err(error) => panic!("{}: {}", schema.display(), error.message(Language::English)),
        };
        *counts.entry("generated").or_default() += 1;
        if at % COMPILED != 0 {
            continue;
        }
        std::fs::write(folder.join(format!("src/generated/c{at}.rs")), text).unwrap();
        modules.push_str(&format!("/// {}.\npub mod c{at};\n", case.set));
        let documents: BTreeMap<String, String> = generator
            .document_types()
            .unwrap()
            .into_iter()
            .map(|found| (found.root, format!("c{at}::{}", found.path.rsplit("::").next().unwrap())))
            .collect();
        for instance in case.instances {
            let document = support::root(&instance.path).and_then(|root| documents.get(&root));
            if let Some(document) = document {
                let (schema, document) = (schema.clone(), document.clone());
                jobs.push(Job { document, schema, file: instance.path, valid: instance.valid });
            }
        }
        types.extend(documents.into_values());
    }
    println!("schemas: {counts:?}");
    let expected = [("generated", 10_366), ("no schema", 11), ("with names as values", 27)];
    assert!(counts.iter().map(|(kind, count)| (*kind, *count)).eq(expected), "expected: {expected:?}");
    std::fs::write(folder.join("src/generated/mod.rs"), modules).unwrap();

    let program = Program::compile(&folder, types.iter());
    let outcomes = program.run(jobs.iter().map(|job| (&*job.document, &*job.file)));
    let mut table: BTreeMap<(bool, String), usize> = BTreeMap::new();
    let mut misses = Vec::new();
    for (job, (kept, said)) in jobs.iter().zip(outcomes) {
        *table.entry((job.valid, format!("{kept:?}"))).or_default() += 1;
        let right = match (job.valid, kept) {
            (true, Kept::Same | Kept::Nearly) | (false, Kept::Refused) => true,
            // What types cannot say, the schema still does.
            (false, _) => !is_valid(job),
            (true, Kept::Changed | Kept::Refused) => is_known(job) || !is_valid(job),
        };
        if !right {
            misses.push(format!("{} {kept:?} {said}", job.file.display()));
        }
    }
    println!("documents, by whether they are valid: {table:?}");
    for (name, why) in KNOWN {
        println!("{name}: {why}");
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
    assert!(jobs.len() > 400, "{} documents", jobs.len());
}

/// Documents that code of types treats otherwise on purpose (docs/codegen.md), and why.
const KNOWN: &[(&str, &str)] =
    &[("elemQ019", "an empty element gets the fixed value"), ("idL098", "attributes beside xsi:nil are refused")];

fn is_known(job: &Job) -> bool {
    KNOWN.iter().any(|(name, _)| job.file.file_stem().is_some_and(|stem| stem == *name))
}

/// What the schema engine says.
fn is_valid(job: &Job) -> bool {
    let folder = Folder::new(job.schema.parent().unwrap());
    let set = SchemaSet::load(job.schema.file_name().unwrap().to_str().unwrap(), &folder).unwrap();
    let document = Document::read(std::fs::read(&job.file).unwrap(), &Limits::default()).unwrap();
    set.validate(document.root(), &Options::default()).is_valid()
}
