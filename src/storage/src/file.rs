//! Files that belong to one user, and locks that belong to one process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{StorageError, Trouble};
use crate::store::Store;

/// Proof that this process alone has a file open; given back when the process ends, however it ends.
#[derive(Debug)]
#[must_use = "the lock is given back when it is dropped"]
pub struct Lock(#[expect(dead_code, reason = "held, not used")] File);

impl Store {
    /// Makes sure that this process alone has the file open, by a lock on a file beside it.
    ///
    /// # Errors
    /// [`Trouble::InUse`], or [`Trouble::File`] if the file beside it cannot be made.
    pub fn lock(&'static self, path: &Path) -> Result<Lock, StorageError> {
        let file = private(&beside(path, ".lock"), OpenOptions::new().create(true).truncate(false))
            .map_err(|error| self.file_error(path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(self.trouble(Trouble::InUse { path: path.to_owned() })),
            Err(TryLockError::Error(error)) => Err(self.file_error(path, &error)),
        }
    }
}

/// Makes a file that its user alone can read and write (mode 0600), open for both.
///
/// # Errors
/// As the system says; [`io::ErrorKind::AlreadyExists`] if there is one.
pub fn create_private(path: &Path) -> io::Result<File> {
    private(path, OpenOptions::new().create_new(true))
}

/// The file of the same name with something behind it.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.read(true).write(true).open(path)
}
