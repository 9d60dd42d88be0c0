//! The corpus of real operations: third-party material that tests read where it lies.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The corpus, with its adjudicated verdicts.
pub struct Corpus {
    folder: PathBuf,
    manifest: Value,
}

/// An operation of the corpus.
pub struct CorpusOperation<'c> {
    pub name: &'c str,
    pub request: String,
    /// `None` when the sample answer cannot be read by anybody.
    pub response: Option<String>,
}

/// A mutated request.
pub struct Negative<'c> {
    pub file: &'c str,
    pub operation: &'c str,
    pub mutation: &'c str,
    pub valid: bool,
    pub request: String,
}

impl Corpus {
    /// Opens it; it must be there.
    pub fn open() -> Corpus {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
        let file = folder.join("manifest.json");
        let text = std::fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("the corpus is missing ({}): {error}", file.display()));
        Corpus { manifest: serde_json::from_str(&text).unwrap(), folder }
    }

    /// The folder of the packages.
    pub fn adapters(&self) -> PathBuf {
        self.folder.join("adapters")
    }

    /// The package of each operation.
    pub fn packages(&self) -> BTreeMap<&str, &str> {
        fn text<'c>(entry: &'c Value, key: &str) -> &'c str {
            entry[key].as_str().unwrap()
        }
        let entries = self.manifest["operations"].as_array().unwrap();
        entries.iter().map(|entry| (text(entry, "operation"), text(entry, "adapter"))).collect()
    }

    /// All operations.
    pub fn operations(&self) -> Vec<CorpusOperation<'_>> {
        let operation = |entry: &'_ Value| {
            let side = |side: &str| {
                let side = &entry[side];
                let valid = match side["sample_verdict"].as_str().unwrap() {
                    "valid" => true,
                    "malformed" => false,
                    other => panic!("a verdict that this test does not know: {other}"),
                };
                valid.then(|| self.document(side["sample"].as_str().unwrap()))
            };
            (side("request"), side("response"))
        };
        let entries = self.manifest["operations"].as_array().unwrap();
        entries
            .iter()
            .map(|entry| {
                let (request, response) = operation(entry);
                let name = entry["operation"].as_str().unwrap();
                CorpusOperation { name, request: request.expect("every sample request is valid"), response }
            })
            .collect()
    }

    /// All mutated requests.
    pub fn negatives(&self) -> Vec<Negative<'_>> {
        let text = |entry: &'_ Value, key: &str| entry[key].as_str().unwrap().to_owned();
        let entries = self.manifest["negatives"].as_array().unwrap();
        entries
            .iter()
            .map(|entry| Negative {
                file: entry["file"].as_str().unwrap(),
                operation: entry["operation"].as_str().unwrap(),
                mutation: entry["mutation"].as_str().unwrap(),
                valid: match text(entry, "verdict").as_str() {
                    "valid" => true,
                    "invalid" => false,
                    other => panic!("a verdict that this test does not know: {other}"),
                },
                request: self.document(entry["file"].as_str().unwrap()),
            })
            .collect()
    }

    /// A document without byte order mark and XML declaration, so that it can stand in an envelope.
    fn document(&self, file: &str) -> String {
        let text = std::fs::read_to_string(self.folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let text = text.trim_start_matches('\u{feff}').trim_start();
        match text.strip_prefix("<?xml ") {
            Some(rest) => rest[rest.find("?>").unwrap() + 2..].trim_start().to_owned(),
            None => text.to_owned(),
        }
    }
}
