//! The files of a package while it is read: what beside them it depends on.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kapia_adapter::{PackageFile, PackageFiles, PackagePath, Problem};

/// Passes everything on, and remembers what must be watched in another way than the other files.
pub(crate) struct Watched<'f> {
    files: &'f dyn PackageFiles,
    beside: Mutex<Beside>,
}

/// What a package depends on beside the files in its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Beside {
    /// Files that are used in place, such as databases: they change while they serve, and that is no new version.
    pub data: BTreeSet<PathBuf>,
    /// Files elsewhere, such as certificates.
    pub outside: BTreeSet<PathBuf>,
}

impl<'f> Watched<'f> {
    pub fn new(files: &'f dyn PackageFiles) -> Watched<'f> {
        Watched { files, beside: Mutex::default() }
    }

    pub fn beside(self) -> Beside {
        self.beside.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PackageFiles for Watched<'_> {
    fn label(&self) -> &str {
        self.files.label()
    }

    fn read(&self, path: &PackagePath) -> Result<PackageFile, Problem> {
        self.files.read(path)
    }

    fn names(&self, folder: &PackagePath) -> Vec<String> {
        self.files.names(folder)
    }

    fn on_disk(&self, path: &PackagePath) -> Option<Result<PathBuf, Problem>> {
        let found = self.files.on_disk(path);
        if let Some(Ok(path)) = &found {
            self.beside.lock().unwrap_or_else(PoisonError::into_inner).data.insert(path.clone());
        }
        found
    }

    fn outside(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).outside.insert(path.to_owned());
        self.files.outside(path)
    }

    fn keep(&self) -> Arc<dyn PackageFiles> {
        self.files.keep()
    }
}
