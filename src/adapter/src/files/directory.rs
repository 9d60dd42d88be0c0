//! A package in a folder on disk.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{LARGEST_FILE, PackageFile, PackageFiles, PackagePath, choose, join};
use crate::problem::Problem;
use crate::trouble::Trouble;

/// The files below one folder on disk.
///
/// Links are followed as long as they stay below the folder (mounted configuration is made of such links); one that leaves it is refused.
/// Each folder is listed once: a changed package is read through a new value.
pub struct DirectoryFiles {
    label: String,
    root: PathBuf,
    listings: Mutex<HashMap<PathBuf, Arc<Vec<String>>>>,
}

impl DirectoryFiles {
    /// Opens the folder of one package.
    pub fn open(folder: &Path) -> Result<DirectoryFiles, Problem> {
        let missing = || Problem::from(Trouble::FolderMissing { path: folder.display().to_string() });
        let root = folder.canonicalize().map_err(|_| missing())?;
        if !root.is_dir() {
            return Err(missing());
        }
        let label = folder
            .file_name()
            .or_else(|| root.file_name())
            .map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned());
        Ok(DirectoryFiles { label, root, listings: Mutex::default() })
    }

    /// Whether the folder holds an `adapter.toml`; the error says why it cannot be listed.
    pub(crate) fn is_package(&self) -> Result<bool, Problem> {
        let names = self.list(&self.root).map_err(|error| unreadable(&self.label, &error))?;
        Ok(names.iter().any(|name| name.eq_ignore_ascii_case("adapter.toml")))
    }

    /// The real place of a path: every step matched, every link checked before anything behind it is looked at.
    fn locate(&self, path: &PackagePath) -> Result<(PathBuf, String), Problem> {
        let mut place = self.root.clone();
        let mut shown = String::new();
        for step in path.steps() {
            let names = match self.list(&place) {
                Ok(names) => names,
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => Arc::default(),
                Err(error) => return Err(unreadable(&shown, &error)),
            };
            let name = choose(step, &shown, &names)?;
            shown = join(&shown, name);
            place.push(name);
            if fs::symlink_metadata(&place).map_err(|error| unreadable(&shown, &error))?.is_symlink() {
                place = place.canonicalize().map_err(|error| unreadable(&shown, &error))?;
                if !place.starts_with(&self.root) {
                    return Err(Trouble::FileEscapes { path: shown }.into());
                }
            }
        }
        Ok((place, shown))
    }

    fn list(&self, folder: &Path) -> io::Result<Arc<Vec<String>>> {
        let mut listings = self.listings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = listings.get(folder) {
            return Ok(Arc::clone(known));
        }
        let mut names: Vec<String> = fs::read_dir(folder)?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        let names = Arc::new(names);
        listings.insert(folder.to_owned(), Arc::clone(&names));
        Ok(names)
    }
}

impl PackageFiles for DirectoryFiles {
    fn label(&self) -> &str {
        &self.label
    }

    fn read(&self, path: &PackagePath) -> Result<PackageFile, Problem> {
        let (place, shown) = self.locate(path)?;
        // Asked before opening: opening a pipe would wait for whoever writes to it.
        if !fs::metadata(&place).map_err(|error| unreadable(&shown, &error))?.is_file() {
            return Err(Trouble::FileNotPlain { path: shown }.into());
        }
        let mut bytes = Vec::new();
        fs::File::open(&place)
            .and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut bytes))
            .map_err(|error| unreadable(&shown, &error))?;
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(Trouble::FileTooLarge { path: shown, limit: LARGEST_FILE }.into());
        }
        Ok(PackageFile { path: shown, bytes: bytes.into() })
    }

    fn names(&self, folder: &PackagePath) -> Vec<String> {
        self.locate(folder)
            .ok()
            .and_then(|(place, _)| self.list(&place).ok())
            .map(|names| names.to_vec())
            .unwrap_or_default()
    }

    fn on_disk(&self, path: &PackagePath) -> Option<Result<PathBuf, Problem>> {
        Some(self.locate(path).map(|(place, _)| place))
    }

    fn keep(&self) -> Arc<dyn PackageFiles> {
        let listings = self.listings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Arc::new(DirectoryFiles { label: self.label.clone(), root: self.root.clone(), listings: Mutex::new(listings) })
    }
}

fn unreadable(path: &str, error: &io::Error) -> Problem {
    Trouble::FileUnreadable { path: path.to_owned(), error: error.kind().to_string() }.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Folder;

    fn package() -> (tempfile::TempDir, DirectoryFiles) {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("vehicles");
        fs::create_dir_all(folder.join("xmlschemas")).unwrap();
        fs::write(folder.join("xmlschemas/Vehicle.XSD"), "inside").unwrap();
        fs::write(outer.path().join("secret.xsd"), "outside").unwrap();
        let files = DirectoryFiles::open(&folder).unwrap();
        (outer, files)
    }

    fn read(files: &DirectoryFiles, name: &str) -> Result<PackageFile, Problem> {
        files.read(&PackagePath::below(Folder::Schemas, name)?)
    }

    #[test]
    fn files_and_folders_match_without_regard_to_case() {
        let (_outer, files) = package();
        assert_eq!(files.label(), "vehicles");
        let file = read(&files, "vehicle.xsd").unwrap();
        assert_eq!((file.path.as_str(), &*file.bytes), ("xmlschemas/Vehicle.XSD", &b"inside"[..]));
        assert_eq!(files.names(&Folder::Schemas.path()), ["Vehicle.XSD"]);
        assert!(files.names(&Folder::Data.path()).is_empty());
    }

    #[test]
    fn a_missing_file_names_the_near_ones() {
        let (_outer, files) = package();
        let problem = read(&files, "Vehicles.xsd").unwrap_err();
        assert_eq!(problem.code, "file-missing");
        assert_eq!(&*problem.hint.en, "did you mean Vehicle.XSD");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_package_is_refused_and_one_inside_is_followed() {
        let (outer, files) = package();
        let schemas = outer.path().join("vehicles/xmlschemas");
        std::os::unix::fs::symlink(outer.path().join("secret.xsd"), schemas.join("Out.xsd")).unwrap();
        std::os::unix::fs::symlink(outer.path(), schemas.join("up")).unwrap();
        std::os::unix::fs::symlink("Vehicle.XSD", schemas.join("In.xsd")).unwrap();
        assert_eq!(read(&files, "Out.xsd").unwrap_err().code, "file-escapes");
        assert_eq!(read(&files, "up/secret.xsd").unwrap_err().code, "file-escapes");
        assert_eq!(&*read(&files, "In.xsd").unwrap().bytes, b"inside");
    }

    #[cfg(unix)]
    #[test]
    fn two_files_that_differ_only_by_case_need_the_exact_name() {
        let (outer, files) = package();
        fs::write(outer.path().join("vehicles/xmlschemas/vehicle.xsd"), "other").unwrap();
        assert_eq!(read(&files, "VEHICLE.xsd").unwrap_err().code, "file-ambiguous");
        assert_eq!(&*read(&files, "vehicle.xsd").unwrap().bytes, b"other");
    }

    #[test]
    fn a_folder_is_not_a_file() {
        let (_outer, files) = package();
        assert_eq!(files.read(&Folder::Schemas.path()).unwrap_err().code, "file-not-plain");
    }
}
