//! Reading, by any number of readers at one time.

use crate::seal::{PIECE, SEALED, Seal, TAG};
use bytes::{Buf as _, Bytes};
use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

/// Octets in memory or in a sealed file; cloning shares them.
#[derive(Clone)]
pub enum Octets {
    /// Few.
    Memory(Bytes),
    /// Many.
    File(Arc<File>),
}

/// A sealed temporary file.
pub struct File {
    pub(crate) file: std::fs::File,
    pub(crate) seal: Seal,
    pub(crate) length: u64,
}

impl Octets {
    /// How many octets there are.
    pub fn len(&self) -> u64 {
        match self {
            Octets::Memory(octets) => octets.len() as u64,
            Octets::File(file) => file.length,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reads them from the beginning, piece by piece.
    pub fn reader(&self) -> Reader {
        Reader { octets: self.clone(), next: 0, piece: Bytes::new() }
    }

    /// All of them in memory; the error is that of the disk, or that they are more than `limit`.
    pub fn to_bytes(&self, limit: usize) -> io::Result<Bytes> {
        let length = usize::try_from(self.len()).unwrap_or(usize::MAX);
        if length > limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "more octets than may be held in memory"));
        }
        match self {
            Octets::Memory(octets) => Ok(octets.clone()),
            Octets::File(_) => {
                let mut all = Vec::with_capacity(length);
                self.reader().read_to_end(&mut all)?;
                Ok(Bytes::from(all))
            }
        }
    }
}

impl Default for Octets {
    /// None.
    fn default() -> Octets {
        Octets::Memory(Bytes::new())
    }
}

impl From<Bytes> for Octets {
    fn from(octets: Bytes) -> Octets {
        Octets::Memory(octets)
    }
}

impl From<Vec<u8>> for Octets {
    fn from(octets: Vec<u8>) -> Octets {
        Octets::Memory(Bytes::from(octets))
    }
}

impl fmt::Debug for Octets {
    /// Shows how many there are, never what they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({})", self.len())
    }
}

/// Reads [`Octets`] in order; what it holds in memory is one piece.
pub struct Reader {
    octets: Octets,
    /// The number of the piece that comes next.
    next: u64,
    piece: Bytes,
}

impl Reader {
    /// The next octets, as many as come without copying; nothing at the end.
    pub fn piece(&mut self) -> io::Result<Option<Bytes>> {
        self.fill()?;
        Ok(Some(std::mem::take(&mut self.piece)).filter(|piece| !piece.is_empty()))
    }

    fn fill(&mut self) -> io::Result<()> {
        if !self.piece.is_empty() {
            return Ok(());
        }
        match &self.octets {
            Octets::Memory(octets) if self.next == 0 => {
                self.piece = octets.clone();
                self.next = 1;
            }
            Octets::Memory(_) => {}
            Octets::File(file) => {
                self.piece = file.piece(self.next)?;
                self.next += u64::from(!self.piece.is_empty());
            }
        }
        Ok(())
    }
}

impl Read for Reader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.fill()?;
        let count = out.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut out[..count]);
        Ok(count)
    }
}

impl File {
    fn piece(&self, number: u64) -> io::Result<Bytes> {
        let from = number.saturating_mul(PIECE as u64);
        let length = self.length.saturating_sub(from).min(PIECE as u64);
        if length == 0 {
            return Ok(Bytes::new());
        }
        let mut piece = vec![0; usize::try_from(length).unwrap_or(PIECE) + TAG];
        read_exact_at(&self.file, &mut piece, number.saturating_mul(SEALED as u64))?;
        self.seal.open(number, &mut piece)?;
        Ok(Bytes::from(piece))
    }
}

#[cfg(unix)]
fn read_exact_at(file: &std::fs::File, out: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &std::fs::File, mut out: &mut [u8], mut offset: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt as _;
    while !out.is_empty() {
        match file.seek_read(out, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                out = &mut out[count..];
                offset += count as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Spool;
    use std::io::Write as _;

    fn written(length: usize, threshold: usize) -> (Vec<u8>, Octets) {
        let all: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let mut spool = Spool::new(threshold, None);
        for piece in all.chunks(1777) {
            spool.write_all(piece).unwrap();
        }
        assert_eq!(spool.len(), length as u64);
        (all, spool.finish().unwrap())
    }

    #[test]
    fn what_is_written_is_read_whatever_its_length() {
        for length in [0, 1, 999, 1000, 1001, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 5] {
            for threshold in [1000, 2 * PIECE + 3] {
                let (all, octets) = written(length, threshold);
                assert_eq!(matches!(octets, Octets::File(_)), length > threshold, "{length} of {threshold}");
                assert_eq!(octets.len(), length as u64);
                assert_eq!(octets.to_bytes(usize::MAX).unwrap(), all);
                let mut pieces = Vec::new();
                let mut reader = octets.reader();
                while let Some(piece) = reader.piece().unwrap() {
                    pieces.extend_from_slice(&piece);
                }
                assert_eq!(pieces, all);
            }
        }
    }

    #[test]
    fn the_file_does_not_hold_what_was_written() {
        let mut spool = Spool::new(0, None);
        let said = "Иван Петров Димитров ".repeat(10_000);
        spool.write_all(said.as_bytes()).unwrap();
        let Octets::File(file) = spool.finish().unwrap() else { panic!("not in a file") };
        let mut raw = vec![0; file.file.metadata().unwrap().len() as usize];
        read_exact_at(&file.file, &mut raw, 0).unwrap();
        assert!(raw.len() > said.len());
        assert!(!raw.windows(8).any(|window| window == "Иван".as_bytes()));
    }

    #[test]
    fn a_file_that_was_changed_is_not_believed() {
        let (_, octets) = written(3 * PIECE, 0);
        let Octets::File(file) = &octets else { panic!("not in a file") };
        let mut changed = file.file.try_clone().unwrap();
        std::io::Seek::seek(&mut changed, std::io::SeekFrom::Start(SEALED as u64 + 7)).unwrap();
        changed.write_all(&[0xFF, 0x00]).unwrap();
        let mut reader = octets.reader();
        assert!(reader.piece().is_ok());
        assert_eq!(reader.piece().unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn too_many_for_memory_is_said() {
        let (_, octets) = written(5000, 1000);
        assert_eq!(octets.to_bytes(4999).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(octets.to_bytes(5000).unwrap().len(), 5000);
    }

    #[test]
    fn debug_shows_no_octets() {
        assert_eq!(format!("{:?}", Octets::from(b"EGN".to_vec())), "Octets(3)");
    }
}
