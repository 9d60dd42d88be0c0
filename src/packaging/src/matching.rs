//! Which schema describes which document: by the elements that it declares, by names, and by trying.

use std::collections::BTreeMap;

use bytes::Bytes;
use kapia_adapter::Folder;
use kapia_schema::{Memory, Options, SchemaSet};
use kapia_xml::{Document, Limits, Name, QName};

use crate::source::Source;

const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// The schemas of a source.
pub(crate) struct Schemas {
    memory: Memory,
    /// The global elements that each file declares itself.
    declared: BTreeMap<String, Vec<QName>>,
}

impl Schemas {
    pub fn of(source: &Source) -> Schemas {
        let mut memory = Memory::new();
        let mut declared = BTreeMap::new();
        for name in source.names(Folder::Schemas).filter(|name| name.to_lowercase().ends_with(".xsd")) {
            let Some((name, bytes)) = source.find(Folder::Schemas, name) else { continue };
            memory = memory.with(name, bytes.clone());
            declared.insert(name.to_owned(), elements(bytes));
        }
        Schemas { memory, declared }
    }

    /// The file as it is written.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.declared.keys().map(String::as_str).find(|known| known.eq_ignore_ascii_case(name))
    }

    /// The roots that a file declares itself.
    pub fn roots(&self, file: &str) -> &[QName] {
        self.declared.get(file).map_or(&[], Vec::as_slice)
    }

    /// All files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.declared.keys().map(String::as_str)
    }

    /// The schemas of a file, if they can be used.
    pub fn load(&self, file: &str) -> Option<SchemaSet> {
        SchemaSet::load(file, &self.memory).ok()
    }

    /// The files that describe a root, the most likely first: the one with the usual name, then those that its sample is
    /// valid against, then those named alike.
    pub fn describing(&self, root: Name<'_>, usual: &str, stem: &str, sample: Option<&Document>) -> Vec<&str> {
        let declares = |file: &&str| self.roots(file).iter().any(|known| known.as_name() == root);
        let mut found: Vec<&str> = self.files().filter(declares).collect();
        if found.is_empty() {
            // An element may be declared in a document that is included.
            let includes = |file: &&str| self.load(file).is_some_and(|set| set.root(root).is_some());
            found = self.files().filter(includes).collect();
        }
        if found.len() < 2 {
            return found;
        }
        let valid = |file: &str| {
            let fits = |document: &Document| {
                let set = self.load(file)?;
                Some(set.validate(document.root(), &Options::first()).is_valid())
            };
            sample.and_then(fits).unwrap_or(false)
        };
        found.sort_by_cached_key(|file| {
            let exact = file.eq_ignore_ascii_case(usual);
            let version = version(file.trim_end_matches(".xsd")) == version(stem);
            (!exact, !valid(file), !version, std::cmp::Reverse(shared(file, stem)), file.len(), file.to_owned())
        });
        found
    }
}

/// How many letters two names share at their beginnings, without the verbs that operations begin with.
fn shared(file: &str, stem: &str) -> usize {
    let plain = |name: &str| name.to_lowercase().trim_start_matches("get").replace(['_', '-'], "");
    plain(file).chars().zip(plain(stem).chars()).take_while(|(a, b)| a == b).count()
}

/// The version at the end of a name: `V2` of `GetThingV2`.
fn version(name: &str) -> Option<String> {
    let digits = name.chars().rev().take_while(char::is_ascii_digit).count();
    let before = name.get(..name.len() - digits)?;
    (digits > 0 && before.ends_with(['V', 'v'])).then(|| name.get(name.len() - digits..).unwrap_or_default().to_owned())
}

fn elements(bytes: &Bytes) -> Vec<QName> {
    let Ok(document) = Document::read(bytes.clone(), &Limits::default()) else { return Vec::new() };
    let root = document.root();
    if !root.is(XSD, "schema") {
        return Vec::new();
    }
    let namespace = root.attribute("", "targetNamespace").unwrap_or_default();
    let elements = root.children().filter(|child| child.is(XSD, "element"));
    elements.filter_map(|element| Some(QName::new(&*namespace, &*element.attribute("", "name")?))).collect()
}
