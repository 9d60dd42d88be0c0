//! What an import reads: the files of the existing layout, out of a folder or an archive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use bytes::Bytes;
use kapia_adapter::Folder;

use crate::archive;
use crate::error::PackagingError;

const DEEPEST: usize = 12;
const FILES: usize = 20_000;
const LARGEST: u64 = 64 << 20;

/// The folders of the existing layout (adapter-standard §11), all that an import looks at.
const FOLDERS: [Folder; 4] = [Folder::Schemas, Folder::Samples, Folder::MetaData, Folder::Data];

/// The files of an adapter of the existing layout.
#[derive(Debug, Default)]
pub struct Source {
    /// What the source is called: its folder, or its file without the ending.
    pub(crate) label: String,
    /// The adapters whose folders were found, such as `RegiX.VehicleAdapter`.
    pub(crate) assemblies: BTreeSet<String>,
    /// By the folder they lie in; the key is the path below it.
    files: BTreeMap<&'static str, BTreeMap<String, (Option<String>, Bytes)>>,
}

impl Source {
    /// Reads a folder, or a `.nupkg` or `.zip` file.
    pub fn read(path: &Path) -> Result<Source, PackagingError> {
        let shown = path.display().to_string();
        let unreadable = |cause: &dyn std::fmt::Display| {
            PackagingError::new("source-unreadable", &[("path", &shown), ("cause", &cause.to_string())])
        };
        let kind = fs::metadata(path).map_err(|error| unreadable(&error.kind()))?;
        let mut source = Source { label: label(path), ..Source::default() };
        if kind.is_dir() {
            let mut files = Vec::new();
            walk(path, "", 0, &mut files)?;
            for (name, bytes) in files {
                source.add(&name, bytes)?;
            }
        } else {
            if kind.len() > LARGEST {
                return Err(PackagingError::new("source-too-large", &[("limit", "64 MiB")]));
            }
            let octets = fs::read(path).map_err(|error| unreadable(&error.kind()))?;
            for (name, bytes) in archive::read(&octets, |name| place(name).is_some())? {
                source.add(&name, bytes)?;
            }
        }
        if source.names(Folder::Schemas).next().is_none() {
            return Err(PackagingError::new("source-empty", &[("path", &shown)]));
        }
        Ok(source)
    }

    /// The paths in a folder, sorted.
    pub(crate) fn names(&self, folder: Folder) -> impl Iterator<Item = &str> {
        self.files.get(folder.name()).into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// A file by its path in a folder, without regard to case: the path as it is written, and the content.
    pub(crate) fn find(&self, folder: Folder, name: &str) -> Option<(&str, &Bytes)> {
        let files = self.files.get(folder.name())?;
        let exact = files.get_key_value(name);
        let wanted = name.to_lowercase();
        let found = exact.or_else(|| files.iter().find(|(known, _)| known.to_lowercase() == wanted));
        found.map(|(name, (_, bytes))| (name.as_str(), bytes))
    }

    /// Leaves out what belongs to another adapter.
    pub(crate) fn keep(&mut self, assembly: &str) {
        for files in self.files.values_mut() {
            files.retain(|_, (owner, _)| owner.as_deref().is_none_or(|owner| owner.eq_ignore_ascii_case(assembly)));
        }
        self.assemblies.retain(|known| known.eq_ignore_ascii_case(assembly));
    }

    fn add(&mut self, path: &str, bytes: Bytes) -> Result<(), PackagingError> {
        let Some((folder, rest)) = place(path) else { return Ok(()) };
        let (owner, name) = owner(rest);
        if let Some(owner) = &owner {
            self.assemblies.insert(owner.clone());
        }
        let files = self.files.entry(folder.name()).or_default();
        match files.get(&name) {
            // Packages list a file once for each target; the same file twice is one file.
            Some((_, known)) if *known == bytes => Ok(()),
            Some((known, _)) if *known == owner => {
                Err(PackagingError::new("source-twice", &[("path", &format!("{}/{name}", folder.name()))]))
            }
            Some(_) => Ok(()),
            None => {
                files.insert(name, (owner, bytes));
                Ok(())
            }
        }
    }
}

/// The folder of the layout that a path lies in, and the rest of the path; what is built or hidden is passed over.
fn place(path: &str) -> Option<(Folder, &str)> {
    let steps: Vec<&str> = path.split('/').collect();
    let passed = |step: &&str| step.starts_with('.') || matches!(step.to_lowercase().as_str(), "bin" | "obj");
    if steps.iter().any(passed) {
        return None;
    }
    let (at, folder) =
        steps.iter().enumerate().rev().skip(1).find_map(|(at, step)| {
            Some((at, *FOLDERS.iter().find(|folder| folder.name().eq_ignore_ascii_case(step))?))
        })?;
    let offset: usize = steps.iter().take(at + 1).map(|step| step.len() + 1).sum();
    let rest = path.get(offset..)?;
    let name = rest.to_lowercase();
    [".xml", ".xsd", ".xslt"].iter().any(|ending| name.ends_with(ending)).then_some((folder, rest))
}

/// The adapter whose own folder a path begins with; the folder of its mock is the adapter's too.
fn owner(rest: &str) -> (Option<String>, String) {
    match rest.split_once('/') {
        Some((first, name)) if !first.eq_ignore_ascii_case("Transformations") && first.contains("Adapter") => {
            let owner = first.strip_suffix(".Mock").or_else(|| first.strip_suffix(".mock")).unwrap_or(first);
            (Some(owner.to_owned()), name.to_owned())
        }
        _ => (None, rest.to_owned()),
    }
}

/// The name of a package file without version and ending: `RegiX.VehicleAdapter.1.2.0.nupkg`.
fn label(path: &Path) -> String {
    let canonical = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = canonical.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    if canonical.is_dir() {
        return name;
    }
    let stem = name.trim_end_matches(".nupkg").trim_end_matches(".zip").to_owned();
    let mut steps: Vec<&str> = stem.split('.').collect();
    while steps.len() > 1 && steps.last().is_some_and(|step| step.chars().next().is_some_and(|c| c.is_ascii_digit())) {
        steps.pop();
    }
    steps.join(".")
}

fn walk(folder: &Path, path: &str, depth: usize, files: &mut Vec<(String, Bytes)>) -> Result<(), PackagingError> {
    let too_large = |limit: &str| PackagingError::new("source-too-large", &[("limit", limit)]);
    if depth > DEEPEST {
        return Ok(());
    }
    let mut entries: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        // Links are not followed: a folder that somebody sent may point anywhere.
        if kind.is_dir() {
            walk(&entry.path(), &path, depth + 1, files)?;
        } else if kind.is_file() && place(&path).is_some() {
            if files.len() >= FILES {
                return Err(too_large("20000 files"));
            }
            if entry.metadata().is_ok_and(|metadata| metadata.len() > LARGEST) {
                return Err(too_large("64 MiB"));
            }
            let bytes = fs::read(entry.path()).map_err(|error| {
                PackagingError::new("source-unreadable", &[("path", &path), ("cause", &error.kind().to_string())])
            })?;
            files.push((path, bytes.into()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_wherever_their_folder_lies() {
        let placed = |path| place(path).map(|(folder, rest)| (folder.name(), rest));
        assert_eq!(placed("XMLSchemas/A.xsd"), Some(("XMLSchemas", "A.xsd")));
        assert_eq!(
            placed("contentFiles/any/any/XMLSchemas/RegiX.XAdapter/A.xsd"),
            Some(("XMLSchemas", "RegiX.XAdapter/A.xsd"))
        );
        assert_eq!(placed("RegiX.XAdapter/bin/Debug/XMLSchemas/A.xsd"), None);
        assert_eq!(placed("XMLSchemas/A.cs"), None);
        assert_eq!(placed("lib/A.xsd"), None);
        assert_eq!(owner("RegiX.XAdapter.Mock/A.xml"), (Some("RegiX.XAdapter".into()), "A.xml".into()));
        assert_eq!(owner("Transformations/A.xslt"), (None, "Transformations/A.xslt".into()));
    }

    #[test]
    fn a_package_file_is_called_without_its_version() {
        assert_eq!(label(Path::new("/x/RegiX.VehicleAdapter.1.2.0-beta.nupkg")), "RegiX.VehicleAdapter");
    }
}
