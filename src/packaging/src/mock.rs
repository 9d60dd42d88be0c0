//! Mock data as answers: files that are named after the value that asks for them (adapter-standard §13).

use std::collections::BTreeMap;

use kapia_adapter::{Folder, Message};
use kapia_regix::form::FormField;
use kapia_schema::{Options, SchemaSet};
use kapia_xml::{Document, Limits, QName};

use crate::source::Source;
use crate::text::message;

/// An operation as far as its answers need it.
pub(crate) struct Asked<'a> {
    pub operation: &'a str,
    pub response_root: &'a QName,
    pub response: &'a SchemaSet,
    /// Names under which its mock data may stand, such as `PersonDataResponse`.
    pub stems: Vec<String>,
    pub key: String,
}

/// The place of the value that identifies whom the request is about: the first field of the form that says so, or its only field.
pub(crate) fn key(fields: &[FormField]) -> Option<String> {
    let mut leaves = Vec::new();
    collect(fields, "", 0, &mut leaves);
    let identifying: Vec<&(String, u8)> = leaves.iter().filter(|(_, identifies)| *identifies > 0).collect();
    match (identifying.as_slice(), leaves.as_slice()) {
        ([(path, _), ..], _) => Some(path.clone()),
        (_, [(path, _)]) => Some(path.clone()),
        _ => None,
    }
}

fn collect(fields: &[FormField], above: &str, depth: usize, leaves: &mut Vec<(String, u8)>) {
    for field in fields.iter().filter(|field| field.is_element && depth < 9) {
        let path = if above.is_empty() { field.name.clone() } else { format!("{above}/{}", field.name) };
        if field.fields.is_empty() {
            leaves.push((path, field.identifies));
        } else {
            collect(&field.fields, &path, depth + 1, leaves);
        }
    }
}

/// The answers among the data of a source: value and file. What is not valid is remarked and answers nothing.
pub(crate) fn answers(source: &Source, asked: &Asked<'_>, remarks: &mut Vec<Message>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for name in source.names(Folder::Data) {
        let Some((stem, value)) = split(name) else { continue };
        if !asked.stems.iter().any(|known| known.eq_ignore_ascii_case(stem)) {
            continue;
        }
        let Some((name, bytes)) = source.find(Folder::Data, name) else { continue };
        let valid = Document::read(bytes.clone(), &Limits::default()).is_ok_and(|document| {
            document.root().name() == asked.response_root.as_name()
                && asked.response.validate(document.root(), &Options::first()).is_valid()
        });
        if valid {
            found.insert(value.to_owned(), name.to_owned());
        } else {
            let values = [("file", name), ("operation", asked.operation)];
            remarks.push(message("remark-answer-invalid", &values));
        }
    }
    found
}

/// `PersonDataResponse8810216541.xml` is `PersonDataResponse` and the number; only whole identifiers count (9 to 13 digits).
fn split(name: &str) -> Option<(&str, &str)> {
    let stem = name.strip_suffix(".xml").or_else(|| name.strip_suffix(".XML"))?;
    let at = stem.rfind(|c: char| !c.is_ascii_digit())? + stem.chars().rev().find(|c| !c.is_ascii_digit())?.len_utf8();
    let (before, digits) = stem.split_at_checked(at)?;
    let before = before.trim_end_matches(['_', '-', '.']);
    // Two numbers in one name are two conditions: one key cannot tell them.
    let single = !before.chars().any(|c| c.is_ascii_digit()) || !before.ends_with(|c: char| c.is_ascii_digit());
    (single && (9..=13).contains(&digits.len()) && !before.is_empty()).then_some((before, digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_an_identifier_at_its_end_is_an_answer() {
        assert_eq!(split("PersonDataResponse8810216541.xml"), Some(("PersonDataResponse", "8810216541")));
        assert_eq!(split("Person_999001012.xml"), Some(("Person", "999001012")));
        assert_eq!(split("PersonDataResponse3.xml"), None);
        assert_eq!(split("V3_0042096485_17311651.xml"), None);
        assert_eq!(split("0042096485_1731165111.xml"), None);
    }
}
