//! The population register: the sample package and its counterpart on a database, asked the same questions.

use std::path::{Path, PathBuf};

use kapia_adapter::{CallFacts, Package, Question};
use kapia_xml::{Document, Limits};
use tempfile::TempDir;

use super::{call, normal, read};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The tables, and what is in them.
pub fn script() -> String {
    std::fs::read_to_string(own().join("database/population.sql")).unwrap()
}

fn own() -> PathBuf {
    root().join("adapters/RegiX.GraoNBDAdapter")
}

/// The same register out of files.
fn sample() -> PathBuf {
    root().join("tests/registers/RegiX.GraoNBDAdapter")
}

/// The package with another `[backend]`.
pub fn package(backend: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&own(), folder.path());
    let manifest = std::fs::read_to_string(own().join("adapter.toml")).unwrap();
    let (before, after) = manifest.split_once("engine = \"sqlite\"\nscript = \"database/population.sql\"\n").unwrap();
    std::fs::write(folder.path().join("adapter.toml"), format!("{before}{backend}\n{after}")).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Both packages ask and answer by the same documents.
pub fn has_the_schemas_of_the_sample() {
    for folder in ["XMLSchemas", "XMLSamples", "XMLMetaData"] {
        for entry in std::fs::read_dir(sample().join(folder)).unwrap() {
            let name = entry.unwrap().file_name();
            let [own, sample] =
                [own(), sample()].map(|package| std::fs::read(package.join(folder).join(&name)).unwrap());
            assert!(own == sample, "{folder}/{} differs", name.display());
        }
    }
}

const PEOPLE: [&str; 9] = [
    "7605239965",
    "7909149958",
    "0442089937",
    "4803129981",
    "1547309942",
    "8101169992",
    "5210279970",
    "6712059906",
    // A valid number that nobody has.
    "9006069926",
];

/// Every question about everybody, with the answers of the sample package beside those of the database.
pub async fn answers_like_the_sample(backend: &str) {
    let folder = package(backend);
    let asked = read(folder.path()).unwrap_or_else(|error| panic!("{error}"));
    assert!(asked.refused.is_empty(), "{:#?}", asked.refused);
    let sample = read(&sample()).unwrap();
    let mut compared = 0;
    for operation in &sample.operations {
        for egn in PEOPLE {
            let expected = answer(&sample, operation.name.as_str(), egn).await;
            let found = answer(&asked, operation.name.as_str(), egn).await;
            assert_eq!(found, expected, "{} of {egn}", operation.name);
            compared += 1;
        }
    }
    assert_eq!(compared, 27);
}

async fn answer(package: &Package, operation: &str, egn: &str) -> Result<String, String> {
    let operation = package.operations.iter().find(|known| known.name.as_str() == operation).unwrap();
    let root = &operation.request.root;
    let source = format!(r#"<{0} xmlns="{1}"><EGN>{egn}</EGN></{0}>"#, root.local, root.namespace);
    let document = Document::read(source, &Limits::default()).unwrap();
    let call: CallFacts = call();
    let question = Question { operation, argument: document.root(), call: &call };
    match package.adapter.ask(question).await {
        Ok(answer) => {
            let report =
                operation.response.schema.validate(answer.document().root(), &kapia_schema::Options::default());
            assert!(report.is_valid(), "{:?}", report.violations);
            Ok(format!("{:?}\n{}", answer.outcome(), normal(answer.document())))
        }
        Err(error) => Err(super::both(&error.message)),
    }
}
