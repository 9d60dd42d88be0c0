//! The files of a package: named by a path below its folder, matched without regard to case, never anything outside.

mod directory;
mod embedded;
mod path;

use bytes::Bytes;

pub use directory::DirectoryFiles;
pub use embedded::EmbeddedFiles;
pub use path::{Folder, PackagePath};

use crate::advice::Advice;
use crate::problem::Problem;
use crate::trouble::Trouble;

/// Where the files of one package lie.
///
/// File and folder names match exactly or, where none does, without regard to case; two that match that way are a named error.
pub trait PackageFiles: Send + Sync {
    /// What the package is called as long as its manifest is not read: the name of its folder.
    fn label(&self) -> &str;

    /// One file, at most [`LARGEST_FILE`] bytes; the error says which names there are instead.
    fn read(&self, path: &PackagePath) -> Result<PackageFile, Problem>;

    /// Names of what lies in a folder, sorted; empty if there is no such folder.
    fn names(&self, folder: &PackagePath) -> Vec<String>;

    /// Where a file lies on disk, for files that are not read whole, such as databases; `None` if the package lies elsewhere.
    fn on_disk(&self, _path: &PackagePath) -> Option<Result<std::path::PathBuf, Problem>> {
        None
    }

    /// A file outside of the package that it names by an absolute path, such as a certificate.
    fn outside(&self, path: &std::path::Path) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    /// The same files for as long as they are needed: a backend is opened again when its parameters change.
    fn keep(&self) -> std::sync::Arc<dyn PackageFiles>;
}

/// Larger files of a package are refused, in bytes (64 MiB).
pub const LARGEST_FILE: u64 = 64 << 20;

/// A file of a package as it was found.
#[derive(Clone, Debug)]
pub struct PackageFile {
    /// Its path below the package folder, as it is written there, such as `XMLSchemas/Person.xsd`.
    pub path: String,
    /// Its content.
    pub bytes: Bytes,
}

/// The one of `names` that `wanted` means.
fn choose<'n>(wanted: &str, folder: &str, names: &'n [String]) -> Result<&'n str, Problem> {
    if let Some(exact) = names.iter().find(|name| *name == wanted) {
        return Ok(exact);
    }
    let folded = wanted.to_lowercase();
    let alike: Vec<&String> = names.iter().filter(|name| name.to_lowercase() == folded).collect();
    let path = join(folder, wanted);
    match alike.as_slice() {
        [one] => Ok(one),
        [] => {
            Err(Trouble::FileMissing { path, advice: Advice::about(wanted, names.iter().map(String::as_str)) }.into())
        }
        many => Err(Trouble::FileAmbiguous {
            path,
            candidates: many.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", "),
        }
        .into()),
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
