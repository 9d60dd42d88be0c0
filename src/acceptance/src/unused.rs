//! Files that nothing uses.

use std::fs;
use std::path::Path;

use crate::check;
use crate::record::Record;
use crate::report::Level;
use crate::text::finding;
use crate::watched::Watched;

/// Folders deeper than this, and files beyond this many, are not looked at.
const DEEPEST: usize = 8;
const MOST: usize = 20_000;

/// A file below the folder of a package.
pub(crate) struct Found {
    /// Its path, `/` between the parts.
    pub path: String,
}

impl Found {
    /// Whether it is an XML document by its name.
    pub fn is_document(&self) -> bool {
        let name = self.path.to_lowercase();
        [".xml", ".xsd", ".xslt"].iter().any(|ending| name.ends_with(ending)) && !self.is_template()
    }

    /// Whether it lies in this folder of the package.
    pub fn is_below(&self, folder: &str) -> bool {
        self.path.split_once('/').is_some_and(|(first, _)| first.eq_ignore_ascii_case(folder))
    }

    /// Templates are no documents until they are filled in.
    fn is_template(&self) -> bool {
        ["responses", "successors", "requests", "queries"].iter().any(|folder| self.is_below(folder))
    }
}

/// All plain files below a folder, sorted; names that begin with a dot are passed over, links are not followed.
pub(crate) fn files_below(folder: &Path) -> Vec<Found> {
    let mut found = Vec::new();
    walk(folder, "", 0, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walk(folder: &Path, path: &str, depth: usize, found: &mut Vec<Found>) {
    if depth > DEEPEST {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        if name.starts_with('.') || found.len() >= MOST {
            continue;
        }
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        if kind.is_dir() {
            walk(&entry.path(), &path, depth + 1, found);
        } else if kind.is_file() {
            found.push(Found { path });
        }
    }
}

pub(crate) fn look(on_disk: &[Found], files: &Watched, record: &mut Record) {
    let used: Vec<String> = files.read_paths().iter().map(|path| path.to_lowercase()).collect();
    for found in on_disk {
        record.look(check::UNUSED);
        if used.contains(&found.path.to_lowercase()) {
            continue;
        }
        // Test data and pages for people may lie beside the package; a schema that nobody reads is a mistake.
        let grave = ["XMLSchemas", "XMLMetaData", "responses", "successors", "queries"]
            .iter()
            .any(|folder| found.is_below(folder));
        let level = if grave { Level::Warning } else { Level::Note };
        record.find(finding(check::UNUSED, "file-unused", &[]).at(&found.path, None).level(level));
    }
}
