//! The Microsoft and NIST parts of the W3C XML Schema test suite, as XML Schema 1.0 second edition sees them.
//!
//! The suite is third-party data beside the repository and is unpacked where the test runs. The test prints the share of
//! verdicts that agree, and fails when one disagrees that `conformance/disagreements.txt` does not give a reason for, or
//! when one agrees that it does: `cargo test -p kapia-schema --test conformance -- --nocapture`.
#![allow(clippy::unwrap_used)]

#[path = "conformance/suite.rs"]
mod suite;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kapia_schema::{Folder, Memory, Options, SchemaSet};
use kapia_xml::{Document, Limits, Windows};

#[test]
fn the_w3c_suite_agrees_but_for_reasons() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = suite::unpacked(&here.join("../../../shared/xsts/xsts-ms-nist.tar.xz"));
    let mut table = Table { counts: BTreeMap::new(), found: BTreeMap::new() };
    for case in suite::cases(&folder) {
        let set = load(&case.schemas);
        if let Some((name, valid)) = &case.schema {
            table.judge(&case.set, "schema", name, *valid, set.as_ref().map(|_| ()).map_err(String::clone));
        }
        for instance in &case.instances {
            let found = match &set {
                _ if instance.late_hint => Err("names a schema too late".to_owned()),
                Ok(set) => validate(set, &instance.path),
                // A schema that must load and does not gives no verdict on the instance, which is wrong either way.
                Err(_) if case.schema.is_some() && !instance.valid => Ok(()),
                Err(why) => Err(format!("no schema: {why}")),
            };
            table.judge(&case.set, "instance", &instance.name, instance.valid, found);
        }
    }
    table.print();
    let reasons = reasons();
    let unexplained: Vec<_> = table.found.keys().filter(|name| !reasons.contains_key(*name)).collect();
    assert!(unexplained.is_empty(), "these disagree without a reason: {unexplained:?}");
    let mended: Vec<_> = reasons.keys().filter(|name| !table.found.contains_key(*name)).collect();
    assert!(mended.is_empty(), "these agree now, so that their reasons must go: {mended:?}");
    let all: usize = table.counts.values().map(|count| count.1).sum();
    assert!(all > 37_000, "the suite is not whole: {all} verdicts");
}

#[derive(Default)]
struct Table {
    /// Right and all, by test set and kind.
    counts: BTreeMap<(String, &'static str), (usize, usize)>,
    /// What disagrees, and what we say.
    found: BTreeMap<String, String>,
}

impl Table {
    fn judge(&mut self, set: &str, kind: &'static str, name: &str, expected: bool, found: Result<(), String>) {
        let right = found.is_ok() == expected;
        let count = self.counts.entry((set.to_owned(), kind)).or_default();
        count.0 += usize::from(right);
        count.1 += 1;
        if !right {
            let said = found.err().unwrap_or_else(|| "accepted".to_owned());
            self.found.insert(format!("{kind} {name}"), said);
        }
    }

    fn print(&self) {
        for ((set, kind), (right, all)) in &self.counts {
            println!("{right:>6} of {all:>6}  {:>6.2} %  {set} {kind}", percent(*right, *all));
        }
        for wanted in ["schema", "instance"] {
            let counts = self.counts.iter().filter(|((_, kind), _)| *kind == wanted);
            let (right, all) = counts.fold((0, 0), |sum, (_, count)| (sum.0 + count.0, sum.1 + count.1));
            println!("{right:>6} of {all:>6}  {:>6.2} %  all {wanted} verdicts", percent(right, all));
        }
        let reasons = reasons();
        println!("disagreements:");
        for (name, said) in &self.found {
            println!("  {name}: {}", reasons.get(name).map_or(said, |reason| reason));
        }
    }
}

fn percent(right: usize, all: usize) -> f64 {
    100.0 * right as f64 / all.max(1) as f64
}

/// `kind name: reason`; a line that begins with `#` or is empty says nothing.
fn reasons() -> BTreeMap<String, String> {
    let lines = include_str!("conformance/disagreements.txt").lines();
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no reason in {line:?}")))
        .map(|(name, reason)| (name.to_owned(), reason.to_owned()))
        .collect()
}

fn load(documents: &[PathBuf]) -> Result<SchemaSet, String> {
    let loaded = match documents.first() {
        None => {
            let nothing = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>";
            SchemaSet::load("nothing.xsd", &Memory::new().with("nothing.xsd", nothing))
        }
        Some(first) => {
            let names: Vec<&str> = documents.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
            SchemaSet::load_all(&names, &Folder::new(first.parent().unwrap()))
        }
    };
    loaded.map_err(|error| format!("{error} [{}]", error.code()))
}

fn validate(set: &SchemaSet, instance: &Path) -> Result<(), String> {
    let octets = std::fs::read(instance).map_err(|error| error.to_string())?;
    // One document of the suite has more attributes than a caller may send.
    let limits = Limits { attributes: 4_096, ..Limits::default() };
    let document = Document::read(octets.clone(), &limits).map_err(|error| format!("not well-formed: {error}"))?;
    let whole = set.validate(document.root(), &Options::default());
    let windows =
        set.validate_windows(|| Windows::of_size(&octets[..], &limits, 100), &Options::default(), |_| ()).unwrap();
    assert_eq!(format!("{windows:?}"), format!("{whole:?}"), "{}", instance.display());
    let report = set.assess(document.root(), &Options::first());
    report.violations.first().map_or(Ok(()), |violation| Err(violation.to_string()))
}
