//! Agreement with the Microsoft and NIST parts of the W3C XML Schema test suite.
//!
//! `cargo run -p kapia-schema --example xsts -- FOLDER [--list] [FILTER]`, where FOLDER holds `msMeta`, `msData`, `nistData`;
//! `--list` prints every disagreement with our reason, FILTER keeps tests whose name contains it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kapia_schema::{Folder, Options, SchemaSet};
use kapia_xml::{Document, Element, Limits};

const XLINK: &str = "http://www.w3.org/1999/xlink";

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let list = words.iter().any(|word| word == "--list");
    words.retain(|word| word != "--list");
    let Some(folder) = words.first() else {
        eprintln!("usage: xsts FOLDER [--list] [FILTER]");
        return ExitCode::FAILURE;
    };
    let mut suite = Suite { list, filter: words.get(1).cloned(), counts: BTreeMap::new(), panics: 0 };
    for file in files(&Path::new(folder).join("msMeta"), "xml") {
        suite.microsoft(&file);
    }
    suite.nist(&Path::new(folder).join("nistData"));
    suite.print();
    if suite.panics == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Suite {
    list: bool,
    filter: Option<String>,
    /// Right and all, by test set and kind.
    counts: BTreeMap<(String, &'static str), (usize, usize)>,
    panics: usize,
}

/// What we found: valid, or why not.
type Verdict = Result<(), String>;

impl Suite {
    fn microsoft(&mut self, file: &Path) {
        let set = file.file_stem().unwrap_or_default().to_string_lossy().replace("_w3c", "");
        let Ok(octets) = std::fs::read(file) else { return };
        let document = match Document::read(octets, &Limits { bytes: 64 << 20, ..Limits::default() }) {
            Ok(document) => document,
            Err(error) => {
                eprintln!("{}: {error}", file.display());
                return;
            }
        };
        let folder = file.parent().unwrap_or(Path::new("."));
        for group in document.root().children().filter(|child| child.local() == "testGroup") {
            let mut schemas: Vec<PathBuf> = Vec::new();
            // Instances of a schema that is invalid in version 1.0 are there for 1.1.
            let mut usable = true;
            for test in group.children() {
                let name = test.attribute("", "name").unwrap_or_default().into_owned();
                if self.filter.as_ref().is_some_and(|filter| !name.contains(filter.as_str())) {
                    continue;
                }
                let documents: Vec<PathBuf> = test
                    .children()
                    .filter(|child| matches!(child.local(), "schemaDocument" | "instanceDocument"))
                    .filter_map(|child| child.attribute(XLINK, "href").map(|href| folder.join(&*href)))
                    .collect();
                let verdict = match test.local() {
                    "schemaTest" => {
                        usable = expected(test) != Some(false);
                        schemas.clone_from(&documents);
                        self.guarded(&name, || load(&documents).map(|_| ()))
                    }
                    "instanceTest" if !usable => continue,
                    "instanceTest" => match documents.first() {
                        Some(instance) => self.guarded(&name, || {
                            let set =
                                load(&with_hints(&schemas, instance)).map_err(|why| format!("no schema: {why}"))?;
                            validate(&set, instance)
                        }),
                        None => continue,
                    },
                    _ => continue,
                };
                let Some(expected) = expected(test) else { continue };
                let kind = if test.local() == "schemaTest" { "schema" } else { "instance" };
                self.judge(&set, kind, &name, expected, verdict);
            }
        }
    }

    fn nist(&mut self, folder: &Path) {
        for schema in files(folder, "xsd") {
            let stem = schema.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if self.filter.as_ref().is_some_and(|filter| !stem.contains(filter.as_str())) {
                continue;
            }
            let set = self.guarded(&stem, || load(std::slice::from_ref(&schema)));
            self.judge("NIST", "schema", &stem, true, set.as_ref().map(|_| ()).map_err(String::clone));
            let rest = stem.trim_start_matches("NISTSchema-SV-IV-");
            let parent = schema.parent().unwrap_or(Path::new("."));
            for (verdict, valid) in [("IV", true), ("II", false)] {
                for number in 1.. {
                    let name = format!("NISTXML-SV-{verdict}-{rest}-{number}");
                    let instance = parent.join(format!("{name}.xml"));
                    if !instance.exists() {
                        break;
                    }
                    let found = match &set {
                        Ok(set) => self.guarded(&name, || validate(set, &instance)),
                        Err(why) => Err(format!("no schema: {why}")),
                    };
                    self.judge("NIST", "instance", &name, valid, found);
                }
            }
        }
    }

    fn guarded<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            self.panics += 1;
            eprintln!("PANIC in {name}");
            Err("panic".to_owned())
        })
    }

    fn judge(&mut self, set: &str, kind: &'static str, name: &str, expected: bool, found: Verdict) {
        let right = found.is_ok() == expected;
        let count = self.counts.entry((set.to_owned(), kind)).or_default();
        count.0 += usize::from(right);
        count.1 += 1;
        if !right && self.list {
            match found {
                Ok(()) => println!("{set} {kind} {name}: accepted"),
                Err(why) => println!("{set} {kind} {name}: refused: {why}"),
            }
        }
    }

    fn print(&self) {
        let mut total = (0, 0);
        for ((set, kind), (right, all)) in &self.counts {
            println!("{right:>6} of {all:>6}  {:>6.2} %  {set} {kind}", percent(*right, *all));
            total = (total.0 + right, total.1 + all);
        }
        println!("{:>6} of {:>6}  {:>6.2} %  all; {} panics", total.0, total.1, percent(total.0, total.1), self.panics);
    }
}

fn percent(right: usize, all: usize) -> f64 {
    100.0 * right as f64 / all.max(1) as f64
}

/// The verdict for XML Schema 1.0; `None` where the suite gives none.
fn expected(test: Element<'_>) -> Option<bool> {
    let mut verdict = None;
    for expected in test.children().filter(|child| child.local() == "expected") {
        let version = expected.attribute("", "version");
        if version.as_deref().is_some_and(|version| version != "1.0" && version != "Unicode_6.0.0") {
            continue;
        }
        verdict = match expected.attribute("", "validity").as_deref() {
            Some("valid") => Some(true),
            Some("invalid") => Some(false),
            _ => None,
        };
    }
    verdict
}

fn load(documents: &[PathBuf]) -> Result<SchemaSet, String> {
    let Some(first) = documents.first() else { return Err("no document".to_owned()) };
    let folder = first.parent().unwrap_or(Path::new("."));
    let names: Vec<String> =
        documents.iter().map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    SchemaSet::load_all(&names, &Folder::new(folder)).map_err(|error| format!("{error} [{}]", error.code()))
}

/// The schemas of the group and those that the instance names itself: a gateway never follows such hints, the suite counts on them.
fn with_hints(schemas: &[PathBuf], instance: &Path) -> Vec<PathBuf> {
    let mut all = schemas.to_vec();
    let Some(document) =
        std::fs::read(instance).ok().and_then(|octets| Document::read(octets, &Limits::default()).ok())
    else {
        return all;
    };
    let folder = instance.parent().unwrap_or(Path::new("."));
    for element in [document.root()].into_iter().chain(document.root().children()) {
        let pairs = element.attribute(kapia_xml::XSI_NAMESPACE, "schemaLocation").unwrap_or_default().into_owned();
        let single =
            element.attribute(kapia_xml::XSI_NAMESPACE, "noNamespaceSchemaLocation").unwrap_or_default().into_owned();
        for location in pairs.split_ascii_whitespace().skip(1).step_by(2).chain(single.split_ascii_whitespace()) {
            let path = folder.join(location);
            if path.is_file() && !all.iter().any(|known| known.file_name() == path.file_name()) {
                all.push(path);
            }
        }
    }
    all
}

fn validate(set: &SchemaSet, instance: &Path) -> Verdict {
    let octets = std::fs::read(instance).map_err(|error| error.to_string())?;
    let document = Document::read(octets, &Limits::default()).map_err(|error| format!("not well-formed: {error}"))?;
    let report = set.validate(document.root(), &Options::first());
    report.violations.first().map_or(Ok(()), |violation| Err(violation.to_string()))
}

/// All files with this extension in and below a folder, in order.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|known| known == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
