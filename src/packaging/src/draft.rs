//! A package that is not written yet.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bytes::Bytes;

use crate::error::PackagingError;

/// Everything that goes into the folder of a package.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// `name`.
    pub name: String,
    /// The administration that keeps the register.
    pub administration: Option<String>,
    /// The register.
    pub register: Option<String>,
    /// The lines of `[backend]`, `kind` included.
    pub backend: String,
    /// The operations, in their order.
    pub operations: Vec<DraftOperation>,
    /// The files, by their paths below the folder.
    pub files: BTreeMap<String, Bytes>,
}

/// One operation of a [`Draft`].
#[derive(Clone, Debug, Default)]
pub struct DraftOperation {
    /// The full name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// The schema of the request, in `XMLSchemas`.
    pub request: String,
    /// Its root, `{namespace}local`.
    pub request_root: String,
    /// The sample request, in `XMLSamples`.
    pub sample_request: Option<String>,
    /// The schema of the response, in `XMLSchemas`.
    pub response: String,
    /// Its root.
    pub response_root: String,
    /// The sample response, in `XMLSamples`.
    pub sample_response: Option<String>,
    /// The form, in `XMLMetaData`.
    pub metadata: Option<String>,
    /// The path of the value that chooses an answer, and the answers: value and file in `XMLData`.
    pub answers: Option<(String, BTreeMap<String, String>)>,
    /// Further lines below the operation, such as `[operation.sql]`.
    pub settings: String,
}

impl Draft {
    /// The text of `adapter.toml`.
    pub fn manifest(&self) -> String {
        let mut out = String::new();
        line(&mut out, "name", Some(&self.name));
        line(&mut out, "administration", self.administration.as_ref());
        line(&mut out, "register", self.register.as_ref());
        out.push_str(&format!("\n[backend]\n{}\n", self.backend.trim_end()));
        for operation in &self.operations {
            out.push_str("\n[[operation]]\n");
            for (key, value) in [
                ("name", Some(&operation.name)),
                ("description", operation.description.as_ref()),
                ("request", Some(&operation.request)),
                ("request_root", Some(&operation.request_root)),
                ("sample_request", operation.sample_request.as_ref()),
                ("response", Some(&operation.response)),
                ("response_root", Some(&operation.response_root)),
                ("sample_response", operation.sample_response.as_ref()),
                ("metadata", operation.metadata.as_ref()),
            ] {
                line(&mut out, key, value);
            }
            if let Some((key, answers)) = &operation.answers {
                out.push_str("\n[operation.sample]\n");
                line(&mut out, "key", Some(key));
                out.push_str("\n[operation.sample.answers]\n");
                for (value, file) in answers {
                    out.push_str(&format!("{} = {}\n", quoted(value), quoted(file)));
                }
            }
            if !operation.settings.is_empty() {
                out.push_str(&format!("\n{}\n", operation.settings.trim_end()));
            }
        }
        out
    }

    /// Writes the package into a folder that is new or empty; how many files were written.
    pub fn write(&self, folder: &Path) -> Result<usize, PackagingError> {
        let mut all: Vec<(&str, &[u8])> = self.files.iter().map(|(path, bytes)| (path.as_str(), &**bytes)).collect();
        let manifest = self.manifest();
        all.push(("adapter.toml", manifest.as_bytes()));
        for (path, bytes) in &all {
            let target = folder.join(path);
            let written = target.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&target, bytes));
            written.map_err(|error| {
                let values = [("path", target.display().to_string()), ("cause", error.kind().to_string())];
                PackagingError::new(
                    "target-unwritable",
                    &values.each_ref().map(|(name, value)| (*name, value.as_str())),
                )
            })?;
        }
        Ok(all.len())
    }
}

fn line(out: &mut String, key: &str, value: Option<&String>) {
    if let Some(value) = value {
        out.push_str(&format!("{key} = {}\n", quoted(value)));
    }
}

/// A TOML basic string (TOML 1.0 "String").
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_survives_the_manifest() {
        for text in ["plain", "a \"b\" \\c", "line\nbreak\ttab", "Справка\u{7}"] {
            let written: toml::Table = format!("key = {}", quoted(text)).parse().unwrap();
            assert_eq!(written["key"].as_str(), Some(text));
        }
    }
}
