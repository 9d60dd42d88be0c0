//! A package that is part of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;

use super::{PackageFile, PackageFiles, PackagePath, choose, join};
use crate::problem::Problem;
use crate::trouble::Trouble;

/// The files of one package, held in memory.
pub struct EmbeddedFiles {
    label: String,
    files: BTreeMap<String, Bytes>,
}

impl EmbeddedFiles {
    /// A package from its files: paths below the package folder with `/` between the steps, and contents.
    pub fn new<P: Into<String>, B: Into<Bytes>>(
        label: impl Into<String>,
        files: impl IntoIterator<Item = (P, B)>,
    ) -> EmbeddedFiles {
        EmbeddedFiles {
            label: label.into(),
            files: files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect(),
        }
    }

    /// All packages of a tree whose first step is the name of the package folder, in the order of their names.
    pub fn packages<P: Into<String>, B: Into<Bytes>>(tree: impl IntoIterator<Item = (P, B)>) -> Vec<EmbeddedFiles> {
        let mut packages: BTreeMap<String, BTreeMap<String, Bytes>> = BTreeMap::new();
        for (path, bytes) in tree {
            if let Some((label, below)) = path.into().split_once('/') {
                packages.entry(label.to_owned()).or_default().insert(below.to_owned(), bytes.into());
            }
        }
        packages
            .into_iter()
            .filter(|(_, files)| files.keys().any(|path| path.eq_ignore_ascii_case("adapter.toml")))
            .map(|(label, files)| EmbeddedFiles { label, files })
            .collect()
    }

    /// All files: path and content, in the order of their paths.
    pub fn contents(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, content)| (path.as_str(), content.as_ref()))
    }

    fn locate(&self, path: &PackagePath) -> Result<String, Problem> {
        path.steps().try_fold(String::new(), |shown, step| {
            choose(step, &shown, &self.list(&shown)).map(|name| join(&shown, name))
        })
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let names: BTreeSet<&str> = self
            .files
            .keys()
            .filter_map(|path| {
                if folder.is_empty() { Some(path.as_str()) } else { path.strip_prefix(folder)?.strip_prefix('/') }
            })
            .filter_map(|below| below.split('/').next())
            .collect();
        names.into_iter().map(str::to_owned).collect()
    }
}

impl PackageFiles for EmbeddedFiles {
    fn label(&self) -> &str {
        &self.label
    }

    fn read(&self, path: &PackagePath) -> Result<PackageFile, Problem> {
        let shown = self.locate(path)?;
        match self.files.get(&shown) {
            Some(bytes) => Ok(PackageFile { bytes: bytes.clone(), path: shown }),
            None => Err(Trouble::FileNotPlain { path: shown }.into()),
        }
    }

    fn names(&self, folder: &PackagePath) -> Vec<String> {
        self.locate(folder).map(|shown| self.list(&shown)).unwrap_or_default()
    }

    fn keep(&self) -> Arc<dyn PackageFiles> {
        Arc::new(EmbeddedFiles { label: self.label.clone(), files: self.files.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Folder;

    const TREE: [(&str, &[u8]); 5] = [
        ("alpha/adapter.toml", b"a"),
        ("alpha/XMLSchemas/Person.xsd", b"person"),
        ("alpha/XMLSchemas/common/Types.xsd", b"types"),
        ("beta/Adapter.toml", b"b"),
        ("readme.d/notes.txt", b"not a package"),
    ];

    #[test]
    fn a_tree_falls_apart_into_its_packages() {
        let packages = EmbeddedFiles::packages(TREE);
        assert_eq!(packages.iter().map(EmbeddedFiles::label).collect::<Vec<_>>(), ["alpha", "beta"]);
    }

    #[test]
    fn files_are_found_as_on_disk() {
        let packages = EmbeddedFiles::packages(TREE);
        let alpha = &packages[0];
        assert_eq!(alpha.names(&Folder::Schemas.path()), ["Person.xsd", "common"]);
        let types = alpha.read(&PackagePath::below(Folder::Schemas, "COMMON/types.XSD").unwrap()).unwrap();
        assert_eq!((types.path.as_str(), &*types.bytes), ("XMLSchemas/common/Types.xsd", &b"types"[..]));
        assert_eq!(alpha.read(&Folder::Schemas.path()).unwrap_err().code, "file-not-plain");
        assert_eq!(
            &*alpha.read(&PackagePath::below(Folder::Schemas, "Persons.xsd").unwrap()).unwrap_err().hint.en,
            "did you mean Person.xsd"
        );
    }
}
