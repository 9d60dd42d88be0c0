//! The Microsoft and NIST parts of the W3C XML Schema test suite as cases: one schema and what stands or falls with it.

use std::path::{Path, PathBuf};
use std::process::Command;

use kapia_xml::{Document, Element, Limits, XSI_NAMESPACE};

const XLINK: &str = "http://www.w3.org/1999/xlink";

/// A schema, and the documents that are validated against it.
pub struct Case {
    /// The test set: `Particles`, `NIST`.
    pub set: String,
    /// Documents of the schema, those that the instance names itself included; none: only what every processor knows.
    pub schemas: Vec<PathBuf>,
    /// The name of the schema test, and whether the schema must load.
    pub schema: Option<(String, bool)>,
    pub instances: Vec<Instance>,
}

pub struct Instance {
    pub name: String,
    pub path: PathBuf,
    pub valid: bool,
    /// It names a document of schemas for a namespace after something of that namespace, which XML Schema part 1 §4.3.2
    /// calls an error; a gate never follows such hints, the suite counts on them.
    pub late_hint: bool,
}

/// The folder of the suite, unpacked once below `target`.
#[allow(dead_code)] // an example is told where it is
pub fn unpacked(archive: &Path) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/suites/xsts");
    if !folder.join("msMeta").is_dir() || !folder.join("nistData").is_dir() {
        std::fs::create_dir_all(&folder).unwrap();
        let status = Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(&folder).status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "this test needs tar with xz, and the suite at {}",
            archive.display()
        );
    }
    folder
}

/// All cases below the folder of the unpacked suite, in order.
pub fn cases(folder: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for index in files(&folder.join("msMeta"), "xml") {
        microsoft(&index, &mut cases);
    }
    for schema in files(&folder.join("nistData"), "xsd") {
        cases.push(nist(schema));
    }
    cases
}

fn microsoft(index: &Path, cases: &mut Vec<Case>) {
    let set = stem(index).replace("_w3c", "");
    let document = read(index).unwrap_or_else(|| panic!("{} cannot be read", index.display()));
    let folder = index.parent().unwrap();
    for group in document.root().children().filter(|child| child.local() == "testGroup") {
        let mut schemas: Vec<PathBuf> = Vec::new();
        // Instances of a schema that is invalid in version 1.0 are there for 1.1.
        let mut usable = true;
        for test in group.children() {
            let name = test.attribute("", "name").unwrap_or_default().into_owned();
            let documents: Vec<PathBuf> = test
                .children()
                .filter(|child| matches!(child.local(), "schemaDocument" | "instanceDocument"))
                .filter_map(|child| child.attribute(XLINK, "href").map(|href| tidy(&folder.join(&*href))))
                .collect();
            match (test.local(), expected(test)) {
                ("schemaTest", expected) => {
                    usable = expected != Some(false);
                    schemas.clone_from(&documents);
                    if let Some(valid) = expected {
                        let schema = Some((name, valid));
                        cases.push(Case { set: set.clone(), schemas: documents, schema, instances: Vec::new() });
                    }
                }
                ("instanceTest", Some(valid)) if usable => {
                    let Some(path) = documents.into_iter().next() else { continue };
                    let (all, late_hint) = with_hints(&schemas, &path);
                    let instance = Instance { name, path, valid, late_hint };
                    match cases.last_mut() {
                        Some(last) if last.set == set && last.schemas == all && !all.is_empty() => {
                            last.instances.push(instance);
                        }
                        _ => {
                            cases.push(Case { set: set.clone(), schemas: all, schema: None, instances: vec![instance] })
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

fn nist(schema: PathBuf) -> Case {
    let name = stem(&schema);
    let rest = name.trim_start_matches("NISTSchema-SV-IV-").to_owned();
    let folder = schema.parent().unwrap().to_owned();
    let mut instances = Vec::new();
    for (verdict, valid) in [("IV", true), ("II", false)] {
        for number in 1.. {
            let name = format!("NISTXML-SV-{verdict}-{rest}-{number}");
            let path = folder.join(format!("{name}.xml"));
            if !path.exists() {
                break;
            }
            instances.push(Instance { name, path, valid, late_hint: false });
        }
    }
    Case { set: "NIST".to_owned(), schemas: vec![schema], schema: Some((name, true)), instances }
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

/// The schemas of the group and those that the instance names itself, and whether it names one too late.
fn with_hints(schemas: &[PathBuf], instance: &Path) -> (Vec<PathBuf>, bool) {
    let mut all = schemas.to_vec();
    let mut late = false;
    let Some(document) = read(instance) else { return (all, late) };
    let folder = instance.parent().unwrap_or(Path::new("."));
    let mut seen: Vec<String> = Vec::new();
    for event in document.root().events() {
        let kapia_xml::Event::Start(element) = event else { continue };
        let hint = |local| element.attribute(XSI_NAMESPACE, local).unwrap_or_default().into_owned();
        let (pairs, single) = (hint("schemaLocation"), hint("noNamespaceSchemaLocation"));
        let mut words = pairs.split_ascii_whitespace();
        let mut hints: Vec<(&str, &str)> = Vec::new();
        while let (Some(namespace), Some(location)) = (words.next(), words.next()) {
            hints.push((namespace, location));
        }
        hints.extend(single.split_ascii_whitespace().map(|location| ("", location)));
        for (namespace, location) in hints {
            let path = tidy(&folder.join(location));
            if path.is_file() && !all.iter().any(|known| known.file_name() == path.file_name()) {
                late |= seen.iter().any(|known| known == namespace);
                all.push(path);
            }
        }
        if !seen.iter().any(|known| known == element.namespace()) {
            seen.push(element.namespace().to_owned());
        }
    }
    (all, late)
}

/// Without `a/../`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir if tidy.file_name().is_some() => {
                tidy.pop();
            }
            part => tidy.push(part),
        }
    }
    tidy
}

fn read(path: &Path) -> Option<Document> {
    Document::read(std::fs::read(path).ok()?, &Limits { bytes: 64 << 20, ..Limits::default() }).ok()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
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
