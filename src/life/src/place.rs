//! Where packages lie, and how it is noticed that one has changed: by names, sizes and times, then by content.

use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use aws_lc_rs::digest;
use kapia_adapter::{DirectoryFiles, LARGEST_FILE, Problem};

use crate::watched::Beside;

/// Where a package comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The program itself, by the name of the folder in it.
    Embedded(String),
    /// A folder.
    Folder {
        /// That of the package.
        folder: PathBuf,
        /// The configured folder in which it was found.
        origin: PathBuf,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Embedded(name) => write!(out, "kapia:{name}"),
            Place::Folder { folder, .. } => write!(out, "{}", folder.display()),
        }
    }
}

/// The packages of a configured folder in the order of their names; a folder that holds a manifest itself is one package.
pub(crate) fn places(origin: &Path) -> Result<Vec<Place>, Problem> {
    // For its words about a folder that is not there.
    DirectoryFiles::open(origin)?;
    let place = |folder: PathBuf| Place::Folder { folder, origin: origin.to_owned() };
    if is_package(origin) {
        return Ok(vec![place(origin.to_owned())]);
    }
    let entries = fs::read_dir(origin).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| entry.path())
        .filter(|folder| is_package(folder))
        .collect();
    folders.sort();
    Ok(folders.into_iter().map(place).collect())
}

fn is_package(folder: &Path) -> bool {
    fs::read_dir(folder)
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().eq_ignore_ascii_case("adapter.toml")))
}

/// What a look at a package folder sees without reading its files: equal as long as nobody has touched anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(u64);

/// The first octets of the SHA-256 of everything in a package: its version, for people and for comparing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 8]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(out, "{octet:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self}")
    }
}

/// The files of a package as they are found, in the order of their paths.
pub(crate) struct Walk(Vec<Seen>);

#[derive(Hash)]
struct Seen {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
    inode: u64,
}

/// Deeper folders, and more files, belong to something that is no package.
const DEEPEST: usize = 8;
const MOST: usize = 20_000;

impl Walk {
    pub fn of(folder: &Path) -> Walk {
        let mut found = Vec::new();
        descend(&folder.canonicalize().unwrap_or_else(|_| folder.to_owned()), DEEPEST, &mut found);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Walk(found)
    }

    /// Of data only that it is there, and that it is the same file.
    pub fn stamp(&self, beside: &Beside) -> Stamp {
        let mut hasher = DefaultHasher::new();
        for seen in &self.0 {
            match kind(&seen.path, beside) {
                Kind::File => seen.hash(&mut hasher),
                Kind::Data => (&seen.path, seen.inode).hash(&mut hasher),
                Kind::BesideData => {}
            }
        }
        for path in &beside.outside {
            see(path.clone()).hash(&mut hasher);
        }
        Stamp(hasher.finish())
    }

    pub fn fingerprint(&self, beside: &Beside) -> Fingerprint {
        let mut context = digest::Context::new(&digest::SHA256);
        let files = self.0.iter().filter(|seen| matches!(kind(&seen.path, beside), Kind::File));
        let files = files.map(|seen| (seen.path.as_path(), seen.length));
        for (path, length) in files.chain(beside.outside.iter().map(|path| (path.as_path(), 0))) {
            let name = path.as_os_str().as_encoded_bytes();
            context.update(&(name.len() as u64).to_be_bytes());
            context.update(name);
            let mut content = Vec::new();
            // What cannot be read has no content; that it cannot is told when the package is read.
            let read = fs::File::open(path).and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut content));
            context.update(&(read.map_or(length, |octets| octets as u64)).to_be_bytes());
            context.update(&content);
        }
        for path in &beside.data {
            context.update(path.as_os_str().as_encoded_bytes());
            context.update(&see(path.clone()).map_or(0, |seen| seen.inode).to_be_bytes());
        }
        let mut first = [0; 8];
        first.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
        Fingerprint(first)
    }
}

/// The version of a package that is part of the program.
pub(crate) fn fingerprint_of<'f>(files: impl Iterator<Item = (&'f str, &'f [u8])>) -> Fingerprint {
    let mut context = digest::Context::new(&digest::SHA256);
    for (path, content) in files {
        for part in [path.as_bytes(), content] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
    }
    let mut first = [0; 8];
    first.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    Fingerprint(first)
}

enum Kind {
    File,
    Data,
    /// What a database writes beside itself.
    BesideData,
}

fn kind(path: &Path, beside: &Beside) -> Kind {
    if beside.data.is_empty() {
        return Kind::File;
    }
    // A link to data inside the package is that data.
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let real = if is_link { path.canonicalize().ok() } else { None };
    let path = real.as_deref().unwrap_or(path);
    for data in &beside.data {
        if path == data {
            return Kind::Data;
        }
        let named = path.file_name().zip(data.file_name()).is_some_and(|(name, data)| {
            name.as_encoded_bytes().strip_prefix(data.as_encoded_bytes()).is_some_and(|rest| rest.starts_with(b"-"))
        });
        if named && path.parent() == data.parent() {
            return Kind::BesideData;
        }
    }
    Kind::File
}

fn descend(folder: &Path, left: usize, found: &mut Vec<Seen>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if found.len() >= MOST || entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                if left > 0 {
                    descend(&path, left - 1, found);
                }
            }
            _ => found.extend(see(path)),
        }
    }
}

fn see(path: PathBuf) -> Option<Seen> {
    let metadata = fs::metadata(&path).ok();
    let length = metadata.as_ref().map_or(0, fs::Metadata::len);
    let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
    let inode = metadata.as_ref().map_or(0, inode);
    Some(Seen { path, length, modified, inode })
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_metadata: &fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_written_is_no_new_version_and_one_that_is_replaced_is() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (data, manifest) = (root.join("people.db"), root.join("adapter.toml"));
        fs::write(&data, "1").unwrap();
        fs::write(&manifest, "name").unwrap();
        let beside = Beside { data: [data.clone()].into(), ..Beside::default() };
        let look = || (Walk::of(folder.path()).stamp(&beside), Walk::of(folder.path()).fingerprint(&beside));
        let before = look();
        fs::write(&data, "22").unwrap();
        fs::write(root.join("people.db-wal"), "x").unwrap();
        fs::write(root.join(".swap"), "x").unwrap();
        assert!(look() == before);
        fs::write(root.join("other.db"), "333").unwrap();
        fs::rename(root.join("other.db"), &data).unwrap();
        assert!(look().0 != before.0 && look().1 != before.1);
    }

    #[test]
    fn a_touched_file_has_another_stamp_and_the_same_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("adapter.toml");
        fs::write(&file, "name").unwrap();
        let beside = Beside::default();
        let (stamp, fingerprint) =
            (Walk::of(folder.path()).stamp(&beside), Walk::of(folder.path()).fingerprint(&beside));
        fs::remove_file(&file).unwrap();
        fs::write(&file, "name").unwrap();
        let touched = fs::File::options().write(true).open(&file).unwrap();
        touched.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let walk = Walk::of(folder.path());
        assert!(walk.stamp(&beside) != stamp);
        assert_eq!(walk.fingerprint(&beside), fingerprint);
        fs::write(&file, "nome").unwrap();
        assert_ne!(Walk::of(folder.path()).fingerprint(&beside), fingerprint);
    }

    #[test]
    fn a_file_elsewhere_that_the_package_uses_belongs_to_its_version() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = elsewhere.path().join("key.pem");
        fs::write(&key, "old").unwrap();
        let beside = Beside { outside: [key.clone()].into(), ..Beside::default() };
        let look = || (Walk::of(folder.path()).stamp(&beside), Walk::of(folder.path()).fingerprint(&beside));
        let before = look();
        fs::write(&key, "longer").unwrap();
        assert!(look().0 != before.0 && look().1 != before.1);
    }
}
