//! Every sample of the corpus of real operations becomes a file.
//!
//! The corpus is third-party data beside the repository, read in place; without it this test fails.
#![allow(clippy::unwrap_used)]

mod answers;

use std::path::Path;

use answers::{Answer, page};
use kapia_pdf::{Page, Part, Section, render};
use kapia_schema::{Folder, SchemaSet};
use kapia_xml::{Document, Limits};
use serde_json::Value as Json;

#[test]
fn every_sample_of_the_corpus_is_rendered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let manifest = std::fs::read(folder.join("manifest.json"))
        .unwrap_or_else(|error| panic!("no corpus at {}: {error}", folder.display()));
    let manifest: Json = serde_json::from_slice(&manifest).unwrap();
    let mut rendered = 0;
    for operation in manifest["operations"].as_array().unwrap() {
        let [request, response] = ["request", "response"].map(|side| sample(&folder, &operation[side]));
        let sections = [(Part::Request, &request), (Part::Response, &response)];
        let sections: Vec<Section<'_>> =
            sections.iter().filter_map(|(part, answer)| answer.as_ref().map(|answer| answer.section(*part))).collect();
        let name = operation["operation"].as_str().unwrap();
        rendered += sections.len();
        let file = render(&Page { title: name, operation: name, ..page(sections) })
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(file.starts_with(b"%PDF-1.7") && file.len() < 16 << 20, "{name}: {} octets", file.len());
    }
    assert!(rendered > 300, "the corpus is not whole: only {rendered} samples");
}

/// A sample that is well-formed, with the fields of its type if its schema can be loaded.
fn sample(folder: &Path, side: &Json) -> Option<Answer> {
    let document =
        Document::read(std::fs::read(folder.join(side["sample"].as_str()?)).ok()?, &Limits::default()).ok()?;
    let xsd = folder.join(side["xsd"].as_str()?);
    let set = SchemaSet::load(xsd.file_name()?.to_str()?, &Folder::new(xsd.parent()?)).ok();
    let fields = set.and_then(|set| set.fields(&document.root().name().to_owned()));
    Some(Answer { document, fields })
}
