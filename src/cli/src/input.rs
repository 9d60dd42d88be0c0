//! What a command reads: a file, or standard input.

use crate::failure::Failure;
use crate::text;
use std::io::Read as _;
use std::path::Path;

/// The octets of a file; `-` is standard input.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let read = match file.as_os_str() == "-" {
        true => {
            let mut octets = Vec::new();
            std::io::stdin().read_to_end(&mut octets).map(|_| octets)
        }
        false => std::fs::read(file),
    };
    read.map_err(|error| Failure::usage(text::unreadable(file.display(), error), text::unreadable_hint()))
}
