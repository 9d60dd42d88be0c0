//! The verdicts on the corpus of real operations: schemas, samples, mock answers, and mutated requests.
//!
//! The corpus is third-party data beside the repository, read in place; without it these tests fail. They run by name:
//! `cargo test -p kapia-schema --test corpus` (docs/decisions/0009-tests-and-suites.md).
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use kapia_schema::{Folder, Options, SchemaSet};
use kapia_xml::{Document, Limits, QName, Windows};
use serde_json::Value as Json;

#[test]
fn every_document_of_the_corpus_gets_its_verdict() {
    let corpus = Corpus::open();
    let mut table = Table::default();
    let mut sets: HashMap<String, SchemaSet> = HashMap::new();
    for operation in corpus.list("operations") {
        for side in ["request", "response"] {
            let side = &operation[side];
            let xsd = text(&side["xsd"]);
            match corpus.load(xsd) {
                Ok(set) => {
                    table.count("schema", true);
                    let root = text(&side["root"]).trim_start_matches("{}");
                    assert!(set.roots().iter().any(|known| known.name.to_string() == root), "{xsd}: no root {root}");
                    sets.insert(xsd.to_owned(), set);
                }
                Err(error) => table.miss("schema", format!("{xsd}: {error}")),
            }
            if let (Some(sample), Some(set)) = (side["sample"].as_str(), sets.get(xsd)) {
                table.judge("sample", set, &corpus.folder.join(sample), text(&side["sample_verdict"]));
            }
        }
    }
    // A mock answer may stand with several operations of its adapter, but it answers the one that declares its root.
    for operation in corpus.list("operations") {
        for mock in operation["mocks"].as_array().unwrap() {
            let file = corpus.folder.join(text(&mock["file"]));
            let root = corpus.root_of(&file);
            let siblings = corpus.list("operations").filter(|other| other["adapter"] == operation["adapter"]);
            let xsds = [operation].into_iter().chain(siblings).map(|operation| text(&operation["response"]["xsd"]));
            let declares = |set: &SchemaSet| root.as_ref().is_some_and(|root| set.root(root.as_name()).is_some());
            let mut candidates: Vec<&SchemaSet> = xsds.filter_map(|xsd| sets.get(xsd)).collect();
            candidates.sort_by_key(|set| !declares(set));
            let Some(set) = candidates.first() else { continue };
            table.judge("mock", set, &file, text(&mock["verdict"]));
        }
    }
    let requests: HashMap<&str, &str> = corpus
        .list("operations")
        .map(|operation| (text(&operation["operation"]), text(&operation["request"]["xsd"])))
        .collect();
    for negative in corpus.list("negatives") {
        let Some(set) = sets.get(requests[text(&negative["operation"])]) else { continue };
        let kind = format!("mutated: {}", text(&negative["mutation"]));
        table.judge(&kind, set, &corpus.folder.join(text(&negative["file"])), text(&negative["verdict"]));
    }
    table.print();
    assert!(table.misses.is_empty(), "{} verdicts are wrong, see above", table.misses.len());
    assert!(table.total() > 1_500, "the corpus is not whole: only {} verdicts", table.total());
}

#[test]
fn every_violation_in_the_corpus_has_texts_and_a_place() {
    let corpus = Corpus::open();
    for negative in corpus.list("negatives").filter(|negative| negative["verdict"] == "invalid") {
        let operation =
            corpus.list("operations").find(|operation| operation["operation"] == negative["operation"]).unwrap();
        let set = corpus.load(text(&operation["request"]["xsd"])).unwrap();
        let octets = std::fs::read(corpus.folder.join(text(&negative["file"]))).unwrap();
        let document = Document::read(octets, &Limits::default()).unwrap();
        let report = set.validate(document.root(), &Options::default());
        for violation in &report.violations {
            let english = violation.message(kapia_schema::Language::English);
            let bulgarian = violation.message(kapia_schema::Language::Bulgarian);
            assert!(!english.is_empty() && english != bulgarian, "{violation}");
            assert!(bulgarian.chars().any(|c| ('а'..='я').contains(&c)), "{bulgarian}");
            assert!(violation.line > 0 && violation.column > 0 && violation.path.starts_with('/'), "{violation}");
        }
        let root = format!("/{}", document.root().local());
        assert!(report.violations.iter().all(|violation| violation.path.starts_with(&root)));
    }
}

struct Corpus {
    folder: PathBuf,
    manifest: Json,
}

impl Corpus {
    fn open() -> Corpus {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
        let octets = std::fs::read(folder.join("manifest.json"))
            .unwrap_or_else(|error| panic!("no corpus at {}: {error}", folder.display()));
        Corpus { manifest: serde_json::from_slice(&octets).unwrap(), folder }
    }

    fn list(&self, name: &str) -> impl Iterator<Item = &Json> {
        self.manifest[name].as_array().unwrap().iter()
    }

    fn root_of(&self, file: &Path) -> Option<QName> {
        let document = Document::read(std::fs::read(file).unwrap(), &Limits::default()).ok()?;
        Some(document.root().name().to_owned())
    }

    fn load(&self, xsd: &str) -> Result<SchemaSet, kapia_schema::SchemaError> {
        let path = self.folder.join(xsd);
        SchemaSet::load(path.file_name().unwrap().to_str().unwrap(), &Folder::new(path.parent().unwrap()))
    }
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap()
}

#[derive(Default)]
struct Table {
    counts: BTreeMap<String, (usize, usize)>,
    misses: Vec<String>,
}

impl Table {
    fn judge(&mut self, kind: &str, set: &SchemaSet, file: &Path, expected: &str) {
        let octets = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let limits = Limits::default();
        let by_windows =
            set.validate_windows(|| Windows::of_size(&octets[..], &limits, 300), &Options::default(), |_| ());
        let (verdict, why) = match Document::read(octets.clone(), &limits) {
            Err(error) => {
                assert_eq!(by_windows.unwrap_err().to_string(), error.to_string(), "{}", file.display());
                ("malformed", error.to_string())
            }
            Ok(document) => match set.validate(document.root(), &Options::default()) {
                report if format!("{report:?}") != format!("{:?}", by_windows.as_ref().unwrap()) => {
                    ("another by windows", format!("{:?}", by_windows.unwrap()))
                }
                report if report.is_valid() => ("valid", String::new()),
                report => (
                    "invalid",
                    report
                        .violations
                        .iter()
                        .map(|violation| format!("\n      {violation} {:?}", violation.expected))
                        .collect(),
                ),
            },
        };
        let kind = format!("{kind}, {expected}");
        if verdict == expected {
            self.count(&kind, true);
        } else {
            self.miss(&kind, format!("{}: {verdict}, not {expected}: {why}", file.display()));
        }
    }

    fn count(&mut self, kind: &str, right: bool) {
        let entry = self.counts.entry(kind.to_owned()).or_default();
        entry.0 += usize::from(right);
        entry.1 += 1;
    }

    fn miss(&mut self, kind: &str, what: String) {
        self.count(kind, false);
        self.misses.push(what);
    }

    fn total(&self) -> usize {
        self.counts.values().map(|count| count.1).sum()
    }

    fn print(&self) {
        for (kind, (right, all)) in &self.counts {
            println!("{right:>5} of {all:>5}  {kind}");
        }
        for miss in &self.misses {
            println!("  wrong: {miss}");
        }
    }
}
