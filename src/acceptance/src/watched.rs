//! The files of a package, watched: what nobody reads is of no use.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use kapia_adapter::{DirectoryFiles, PackageFile, PackageFiles, PackagePath, Problem};

/// The files of a folder, and which of them were read.
pub(crate) struct Watched {
    files: DirectoryFiles,
    read: Mutex<BTreeSet<String>>,
}

impl Watched {
    pub fn new(files: DirectoryFiles) -> Watched {
        Watched { files, read: Mutex::default() }
    }

    /// The paths that were read, as they are written in the folder.
    pub fn read_paths(&self) -> BTreeSet<String> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads a file without counting that as a use of it.
    pub fn peek(&self, path: &str) -> Result<PackageFile, Problem> {
        self.files.read(&PackagePath::parse(path)?)
    }

    fn note(&self, path: String) {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(path);
    }
}

impl PackageFiles for Watched {
    fn label(&self) -> &str {
        self.files.label()
    }

    fn read(&self, path: &PackagePath) -> Result<PackageFile, Problem> {
        let file = self.files.read(path)?;
        self.note(file.path.clone());
        Ok(file)
    }

    fn names(&self, folder: &PackagePath) -> Vec<String> {
        self.files.names(folder)
    }

    fn on_disk(&self, path: &PackagePath) -> Option<Result<PathBuf, Problem>> {
        let place = self.files.on_disk(path)?;
        if place.is_ok() {
            self.note(path.to_string());
        }
        Some(place)
    }

    fn keep(&self) -> Arc<dyn PackageFiles> {
        self.files.keep()
    }
}
