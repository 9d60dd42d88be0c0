//! The key with which secrets are sealed, and its file.

use std::fmt;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::file::create_private;
use crate::seal::SealError;

const TITLE: &str = "kapia sealing key 1";

/// 256 bits that never print.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// Reads the key from a file; makes file (mode 0600) and key if there is none. Of two processes that make it at the same
    /// time one wins and both have its key.
    ///
    /// # Errors
    /// The file cannot be made or read, is no key, or others than user and group can read it.
    pub fn load_or_create(path: impl AsRef<Path>) -> Result<Self, SealError> {
        let path = path.as_ref();
        match read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            found => return Self::parse(path, &found.map_err(|error| SealError::key_file(path, &error))?),
        }
        let key = Self::random()?;
        match key.write(path) {
            Ok(()) => Ok(key),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Self::parse(path, &read(path).map_err(|error| SealError::key_file(path, &error))?)
            }
            Err(error) => Err(SealError::key_file(path, &error)),
        }
    }

    /// Reads the key from a file that must be there.
    ///
    /// # Errors
    /// As [`SealingKey::load_or_create`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self, SealError> {
        let path = path.as_ref();
        Self::parse(path, &read(path).map_err(|error| SealError::key_file(path, &error))?)
    }

    /// A new one that is in no file.
    ///
    /// # Errors
    /// [`SealError::Sealing`] without randomness.
    pub fn random() -> Result<Self, SealError> {
        let mut octets = Zeroizing::new([0u8; 32]);
        aws_lc_rs::rand::fill(octets.as_mut_slice()).map_err(|_| SealError::Sealing)?;
        Ok(Self(octets))
    }

    pub(crate) fn octets(&self) -> &[u8; 32] {
        &self.0
    }

    fn parse(path: &Path, found: &Found) -> Result<Self, SealError> {
        // Group may read (a secret that an orchestrator mounts), nobody else may do anything.
        if found.mode & 0o037 != 0 {
            return Err(SealError::KeyExposed { path: path.to_owned(), mode: found.mode & 0o777 });
        }
        let malformed = || SealError::KeyMalformed { path: path.to_owned() };
        let mut lines = found.text.lines();
        if lines.next() != Some(TITLE) {
            return Err(malformed());
        }
        let octets = Zeroizing::new(STANDARD.decode(lines.next().unwrap_or_default().trim()).map_err(|_| malformed())?);
        let mut key = Zeroizing::new([0u8; 32]);
        if octets.len() != key.len() {
            return Err(malformed());
        }
        key.copy_from_slice(&octets);
        Ok(Self(key))
    }

    // Under another name first: whoever reads the name reads a whole key, and a link never replaces what is there.
    fn write(&self, path: &Path) -> std::io::Result<()> {
        let text = Zeroizing::new(format!("{TITLE}\n{}\n", STANDARD.encode(self.octets())));
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{:08x}.new", random_number()?));
        let draft = PathBuf::from(name);
        let written = create_private(&draft).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::hard_link(&draft, path)
        });
        // A draft that cannot be removed holds a key that is used, or one that nobody will use; neither is an error.
        let _ = fs::remove_file(&draft);
        written?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

fn random_number() -> std::io::Result<u32> {
    let mut octets = [0u8; 4];
    aws_lc_rs::rand::fill(&mut octets).map_err(|_| std::io::Error::other("no randomness"))?;
    Ok(u32::from_le_bytes(octets))
}

struct Found {
    text: Zeroizing<String>,
    mode: u32,
}

fn read(path: &Path) -> std::io::Result<Found> {
    let file = File::open(path)?;
    #[cfg(unix)]
    let mode = std::os::unix::fs::MetadataExt::mode(&file.metadata()?);
    #[cfg(not(unix))]
    let mode = 0o600;
    let mut text = Zeroizing::new(String::new());
    // A key file has 65 characters; what is longer is none.
    match file.take(4096).read_to_string(&mut text) {
        Err(error) if error.kind() == ErrorKind::InvalidData => text.clear(),
        other => drop(other?),
    }
    Ok(Found { text, mode })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_run_has_the_key_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let first = SealingKey::load_or_create(&path).unwrap();
        assert_eq!(first.octets(), SealingKey::load_or_create(&path).unwrap().octets());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a draft was left behind");
    }

    #[test]
    fn many_that_make_the_key_at_once_have_the_same_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let keys: Vec<SealingKey> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| SealingKey::load_or_create(&path).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let stored = SealingKey::load_or_create(&path).unwrap();
        assert!(keys.iter().all(|key| key.octets() == stored.octets()));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_belongs_to_its_user_alone_and_is_refused_when_it_does_not() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        SealingKey::load_or_create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for mode in [0o604, 0o620, 0o660, 0o644, 0o777] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = SealingKey::load_or_create(&path).unwrap_err();
            assert_eq!(error, SealError::KeyExposed { path: path.clone(), mode });
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        SealingKey::load_or_create(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_no_key_is_refused_and_left_as_it_was() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let short = format!("{TITLE}\n{}\n", STANDARD.encode([7u8; 31]));
        for text in [&b""[..], b"kapia sealing key 1", b"kapia sealing key 1\n\n", b"\xff\xfe", short.as_bytes()] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            assert_eq!(SealingKey::load_or_create(&path).unwrap_err().code(), "sealing-key-malformed");
            assert_eq!(fs::read(&path).unwrap(), text);
        }
        let nowhere = folder.path().join("no such folder").join("key");
        assert_eq!(SealingKey::load_or_create(nowhere).unwrap_err().code(), "sealing-key-file");
    }

    #[test]
    fn a_key_never_prints() {
        assert_eq!(format!("{:?}", SealingKey::random().unwrap()), "SealingKey(…)");
    }
}
