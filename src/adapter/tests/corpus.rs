//! Sixty packages of third parties are served as they are.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::LazyLock;

use kapia_adapter::{AdapterError, Backends, CallFacts, Catalogue, Question, Served, read_packages};
use kapia_xml::{Document, Limits};

/// The packages; without them these tests fail.
static CORPUS: LazyLock<Catalogue> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/adapters");
    assert!(folder.is_dir(), "the corpus of adapter packages is not beside the source tree");
    let found = read_packages(&folder, &Backends::standard()).unwrap();
    let packages = found.into_iter().map(|found| found.package.unwrap_or_else(|error| panic!("{error}")));
    Catalogue::build(packages.collect())
});

#[test]
fn every_package_loads_and_every_operation_is_served() {
    let catalogue = &*CORPUS;
    let refused: Vec<String> =
        catalogue.refused().map(|refused| format!("{}: {}", refused.name, refused.problems[0])).collect();
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(catalogue.packages().len(), 60);
    assert_eq!(catalogue.len(), 158);
    assert!(catalogue.replaced().is_empty());
}

#[tokio::test]
async fn every_operation_answers_but_for_three_whose_answer_is_in_another_encoding() {
    let catalogue = &*CORPUS;
    let mut unreadable: Vec<(&str, AdapterError)> = Vec::new();
    for served in catalogue.operations() {
        let operation = &served.operation;
        match ask_sample(served).await {
            Ok(root) => assert_eq!(root, operation.response.root.to_string()),
            Err(error) => unreadable.push((operation.name.operation(), error)),
        }
    }
    let names: Vec<&str> = unreadable.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["GetEntityInfo", "GetPersonInfo", "PropertySearch"]);
    assert!(
        unreadable.iter().all(|(_, error)| error.code == "sample-unreadable" && error.hint.en.contains("windows-1251"))
    );
}

/// Asks with the sample request; the root of the answer.
async fn ask_sample(served: &Served) -> Result<String, AdapterError> {
    let operation = &served.operation;
    let argument =
        Document::read(operation.request.sample.as_ref().unwrap().bytes.clone(), &Limits::default()).unwrap();
    let question = Question { operation, argument: argument.root(), call: &CallFacts::default() };
    served.adapter().ask(question).await.map(|answer| answer.document().root().name().to_string())
}

#[test]
fn the_three_answers_in_another_encoding_are_the_only_notices() {
    let catalogue = &*CORPUS;
    let notes: Vec<String> =
        catalogue.packages().iter().flat_map(|package| &package.notes).map(ToString::to_string).collect();
    assert_eq!(notes.len(), 3, "{notes:#?}");
    assert!(notes.iter().all(|note| note.contains("the sample is not UTF-8")), "{notes:#?}");
}
