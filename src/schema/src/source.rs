//! Where schema documents come from: a folder or memory, never the network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bytes::Bytes;

/// Opens schema documents by location, relative to the folder of the main document, with `/` between the parts.
///
/// The first part of the answer is the canonical name of the file: two locations that mean the same file must get the
/// same one, or the file is loaded twice and its declarations collide.
pub trait SchemaSource {
    /// Opens one document; the location never names a scheme such as `http:`.
    fn open(&self, location: &str) -> Result<(String, Bytes), SourceError>;
}

/// Why a schema document could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such file.
    #[error("no file `{0}`")]
    Missing(String),
    /// The location points outside the folder.
    #[error("`{0}` points outside the folder of the schemas")]
    Outside(String),
    /// The file exists but cannot be read.
    #[error("`{name}` cannot be read: {cause}")]
    Unreadable {
        /// The file.
        name: String,
        /// What the system said.
        cause: std::io::Error,
    },
}

/// Schema documents of one folder and the folders below it, found without regard to case (the adapter standard's hosts
/// run on file systems that ignore it).
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A source that reads from this folder only.
    pub fn new(root: impl Into<PathBuf>) -> Folder {
        Folder { root: root.into() }
    }

    fn find(&self, location: &str) -> Result<(String, PathBuf), SourceError> {
        let mut path = self.root.clone();
        let mut name = String::new();
        for part in location.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".") {
            if part == ".." || part.contains(':') {
                return Err(SourceError::Outside(location.to_owned()));
            }
            let entry = entry_in(&path, part).ok_or_else(|| SourceError::Missing(location.to_owned()))?;
            path.push(&entry);
            if !name.is_empty() {
                name.push('/');
            }
            name.push_str(&entry);
        }
        Ok((name, path))
    }
}

/// The entry of a folder with this name: the exact one if there is one, else the first that differs only in case.
fn entry_in(folder: &Path, part: &str) -> Option<String> {
    if folder.join(part).exists() {
        return Some(part.to_owned());
    }
    let wanted = part.to_lowercase();
    let mut matches: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.to_lowercase() == wanted)
        .collect();
    matches.sort();
    matches.into_iter().next()
}

impl SchemaSource for Folder {
    fn open(&self, location: &str) -> Result<(String, Bytes), SourceError> {
        let (name, path) = self.find(location)?;
        match std::fs::read(&path) {
            Ok(bytes) => Ok((name, Bytes::from(bytes))),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Err(SourceError::Missing(name)),
            Err(cause) => Err(SourceError::Unreadable { name, cause }),
        }
    }
}

/// Schema documents held in memory, found without regard to case.
#[derive(Default, Clone)]
pub struct Memory {
    files: BTreeMap<String, (String, Bytes)>,
}

impl Memory {
    /// An empty source.
    pub fn new() -> Memory {
        Memory::default()
    }

    /// Adds a document; its name may contain `/`.
    pub fn with(mut self, name: &str, text: impl Into<Bytes>) -> Memory {
        self.files.insert(name.to_lowercase(), (name.to_owned(), text.into()));
        self
    }
}

impl SchemaSource for Memory {
    fn open(&self, location: &str) -> Result<(String, Bytes), SourceError> {
        self.files.get(&location.to_lowercase()).cloned().ok_or_else(|| SourceError::Missing(location.to_owned()))
    }
}
