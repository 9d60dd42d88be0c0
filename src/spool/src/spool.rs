//! Writing: into memory at first, and into a file from a certain length on.

use crate::octets::{File, Octets};
use crate::seal::{PIECE, Seal};
use bytes::Bytes;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// A writer whose memory has a bound, however much is written.
///
/// Errors are those of the disk: there is no room, the folder cannot be written.
pub struct Spool {
    threshold: usize,
    folder: Option<PathBuf>,
    /// All there is while there is no file, then what does not fill a piece yet.
    held: Vec<u8>,
    file: Option<Filling>,
}

struct Filling {
    file: std::fs::File,
    seal: Seal,
    pieces: u64,
    length: u64,
}

impl Spool {
    /// A writer that keeps up to `threshold` octets in memory, and more in a file in `folder` (without one, in the
    /// folder for temporary files of the system).
    pub fn new(threshold: usize, folder: Option<PathBuf>) -> Spool {
        Spool { threshold, folder, held: Vec::new(), file: None }
    }

    /// Octets written so far.
    pub fn len(&self) -> u64 {
        self.file.as_ref().map_or(0, |filling| filling.length) + self.held.len() as u64
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was written, to be read any number of times.
    pub fn finish(mut self) -> io::Result<Octets> {
        match self.file.take() {
            None => Ok(Octets::Memory(Bytes::from(self.held))),
            Some(mut filling) => {
                filling.write(std::mem::take(&mut self.held))?;
                let Filling { file, seal, length, .. } = filling;
                Ok(Octets::File(Arc::new(File { file, seal, length })))
            }
        }
    }

    fn open(&self) -> io::Result<Filling> {
        let file = match &self.folder {
            Some(folder) => tempfile::tempfile_in(folder),
            None => tempfile::tempfile(),
        }?;
        Ok(Filling { file, seal: Seal::new()?, pieces: 0, length: 0 })
    }
}

impl Write for Spool {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.file.is_none() && self.held.len() + octets.len() > self.threshold {
            self.file = Some(self.open()?);
        }
        let Some(filling) = &mut self.file else {
            self.held.extend_from_slice(octets);
            return Ok(octets.len());
        };
        // What was held in memory before there was a file is cut into pieces too.
        while self.held.len() >= PIECE {
            let rest = self.held.split_off(PIECE);
            filling.write(std::mem::replace(&mut self.held, rest))?;
        }
        let room = PIECE - self.held.len();
        let taken = octets.get(..room).unwrap_or(octets);
        self.held.extend_from_slice(taken);
        if self.held.len() == PIECE {
            filling.write(std::mem::take(&mut self.held))?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Filling {
    fn write(&mut self, mut piece: Vec<u8>) -> io::Result<()> {
        if piece.is_empty() {
            return Ok(());
        }
        self.length += piece.len() as u64;
        self.seal.close(self.pieces, &mut piece)?;
        self.pieces += 1;
        self.file.write_all(&piece)
    }
}
