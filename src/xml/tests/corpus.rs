//! The canonical form of every real document against an independent canonicaliser, `xmllint --exc-c14n`.
#![allow(clippy::unwrap_used)]

use kapia_xml::canonical::{Method, canonicalize};
use kapia_xml::{Document, Limits};
use std::path::{Path, PathBuf};
use std::process::Command;

fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "xml" || extension == "xsd") {
            found.push(path);
        }
    }
}

#[test]
fn the_canonical_form_of_every_corpus_document_is_that_of_xmllint() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let mut found = Vec::new();
    documents(&corpus, &mut found);
    found.sort();
    let (mut same, mut commented, mut refused, mut foreign) = (0, 0, 0, 0);
    for path in &found {
        let octets = std::fs::read(path).unwrap();
        let Ok(document) = Document::read(octets.clone(), &Limits::default()) else {
            // What we refuse must be what the oracle refuses too.
            let oracle = Command::new("xmllint").args(["--nonet", "--noout"]).arg(path).output().unwrap();
            assert!(!oracle.status.success(), "{} is refused by us only", path.display());
            refused += 1;
            continue;
        };
        // The oracle prints comments, which the form without comments leaves out.
        if octets.windows(4).any(|window| window == b"<!--") {
            commented += 1;
            continue;
        }
        let oracle = Command::new("xmllint").args(["--nonet", "--exc-c14n"]).arg(path).output();
        let oracle = oracle.expect("xmllint runs: install the package libxml2-utils");
        if !oracle.status.success() {
            // The oracle canonicalises no document with a namespace name that is not an ASCII URI; real ones have one.
            let reason = String::from_utf8_lossy(&oracle.stderr).into_owned();
            assert!(
                reason.contains("parsing namespace uri"),
                "{} is refused by the oracle only: {reason}",
                path.display()
            );
            foreign += 1;
            continue;
        }
        let mut ours = Vec::new();
        canonicalize(document.root(), Method::Exclusive, &[], None, &mut ours);
        let theirs = String::from_utf8(oracle.stdout).unwrap();
        let theirs = theirs.trim_end_matches('\n');
        // Instructions beside the root are not part of the subtree.
        let root = theirs.find("<").map_or(theirs, |at| &theirs[at..]);
        assert_eq!(String::from_utf8(ours).unwrap(), root, "{}", path.display());
        same += 1;
    }
    println!(
        "canonical form: {same} same as xmllint, {commented} with comments left out, {refused} refused by both, \
         {foreign} beyond xmllint"
    );
    assert!(same > 1_500, "the corpus is complete");
}
