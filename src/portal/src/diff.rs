//! What changed between two versions of a record, element by element.

use std::collections::BTreeMap;

use kapia_xml::Element;
use serde::Serialize;

/// One element that is different.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Difference {
    /// Where: `/Channel[1]/ChannelType/Code`, `/Name[@lang='en']`.
    pub path: String,
    /// What stood there; `None` when it was added.
    pub before: Option<String>,
    /// What stands there; `None` when it was removed.
    pub after: Option<String>,
}

/// The differences between two records in their neutral form, in the order of the newer one, removed elements last.
pub fn between(before: Element<'_>, after: Element<'_>) -> Vec<Difference> {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    flatten(before, "", &mut old);
    flatten(after, "", &mut new);
    let known: BTreeMap<&str, &str> = old.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut differences: Vec<Difference> = new
        .iter()
        .filter(|(path, text)| known.get(path.as_str()) != Some(&text.as_str()))
        .map(|(path, text)| Difference {
            path: path.clone(),
            before: known.get(path.as_str()).map(|text| (*text).to_owned()),
            after: Some(text.clone()),
        })
        .collect();
    let kept: BTreeMap<&str, ()> = new.iter().map(|(path, _)| (path.as_str(), ())).collect();
    let removed = old.iter().filter(|(path, _)| !kept.contains_key(path.as_str()));
    differences.extend(removed.map(|(path, text)| Difference {
        path: path.clone(),
        before: Some(text.clone()),
        after: None,
    }));
    differences
}

/// All values with their paths. Siblings of one name are told apart by their language, or else counted.
fn flatten(element: Element<'_>, path: &str, out: &mut Vec<(String, String)>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for child in element.children() {
        let index = counts.entry(child.local()).or_default();
        *index += 1;
        let step = match child.attribute("", "lang") {
            Some(language) => format!("{path}/{}[@lang='{language}']", child.local()),
            None if is_alone(element, child) => format!("{path}/{}", child.local()),
            None => format!("{path}/{}[{index}]", child.local()),
        };
        if child.is_leaf() {
            out.push((step, child.text().into_owned()));
        } else {
            flatten(child, &step, out);
        }
    }
}

/// Whether it is the only one of its name and cannot be one of several: then an index would only confuse.
fn is_alone(parent: Element<'_>, child: Element<'_>) -> bool {
    const SEVERAL: [&str; 18] = [
        "Keyword",
        "Category",
        "LifeEvent",
        "LegalBasis",
        "ApplicationMethod",
        "IdentificationMethod",
        "Channel",
        "ProcessTime",
        "Tax",
        "Method",
        "Stage",
        "Document",
        "Evidence",
        "Output",
        "ModelDocument",
        "RegulatoryDocument",
        "ServicingUnit",
        "Phone",
    ];
    !SEVERAL.contains(&child.local()) && parent.children().filter(|other| other.name() == child.name()).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapia_xml::{Document, Limits};

    fn differences(before: &str, after: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let read = |text: &str| Document::read(format!("<r>{text}</r>"), &Limits::default()).unwrap();
        let (before, after) = (read(before), read(after));
        between(before.root(), after.root()).into_iter().map(|d| (d.path, d.before, d.after)).collect()
    }

    #[test]
    fn what_was_added_changed_and_removed_is_told_by_path() {
        let before = "<Name lang='bg'>а</Name><Channel><C>1</C></Channel><Keyword>x</Keyword>";
        let after = "<Name lang='bg'>б</Name><Name lang='en'>b</Name><Channel><C>1</C></Channel>";
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            differences(before, after),
            [
                ("/Name[@lang='bg']".to_owned(), some("а"), some("б")),
                ("/Name[@lang='en']".to_owned(), None, some("b")),
                ("/Keyword[1]".to_owned(), some("x"), None),
            ]
        );
        assert!(differences(before, before).is_empty());
    }
}
