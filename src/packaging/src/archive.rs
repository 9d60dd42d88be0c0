//! Reading archives that nobody vouches for.

use std::io::{Cursor, Read as _};

use bytes::Bytes;
use zip::ZipArchive;

use crate::error::PackagingError;

/// More entries are not looked at.
const ENTRIES: usize = 10_000;
/// All that is unpacked, in octets.
const ALL: u64 = 256 << 20;
/// One file unpacked, in octets.
const ONE: u64 = 64 << 20;
/// An archive of documents shrinks them to a twentieth; one that claims more than this is no archive of documents.
const RATIO: u64 = 400;

/// The files of an archive for which `wanted` says yes, by their paths: plain, below the archive, within limits.
pub(crate) fn read(octets: &[u8], wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, Bytes)>, PackagingError> {
    let broken =
        |error: &dyn std::fmt::Display| PackagingError::new("archive-broken", &[("cause", &error.to_string())]);
    let mut archive = ZipArchive::new(Cursor::new(octets)).map_err(|error| broken(&error))?;
    if archive.len() > ENTRIES {
        return Err(PackagingError::new("source-too-large", &[("limit", &format!("{ENTRIES} files"))]));
    }
    let mut files = Vec::new();
    let mut left = ALL;
    for index in 0..archive.len() {
        let number = (index + 1).to_string();
        let refuse = |code| PackagingError::new(code, &[("number", number.as_str())]);
        let mut entry = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(text) if text.to_lowercase().contains("password") => {
                refuse("archive-encrypted")
            }
            error => broken(&error),
        })?;
        // Every entry is judged, also those that are of no use: an archive that tries is not trusted at all.
        let path = entry.name().ok().and_then(|name| plain_path(&name)).ok_or_else(|| refuse("archive-path"))?;
        if entry.is_symlink() || entry.unix_mode().is_some_and(|mode| mode & 0o170_000 == 0o120_000) {
            return Err(refuse("archive-link"));
        }
        if entry.encrypted() {
            return Err(refuse("archive-encrypted"));
        }
        if entry.is_dir() || !wanted(&path) {
            continue;
        }
        let bomb = |limit: u64| PackagingError::new("archive-bomb", &[("limit", &format!("{} MiB", limit >> 20))]);
        // The sizes that an entry states are its own words: what counts is how much comes out.
        let most = ONE.min(left).min(entry.compressed_size().saturating_mul(RATIO).max(1 << 20));
        let mut content = Vec::new();
        entry.by_ref().take(most + 1).read_to_end(&mut content).map_err(|error| broken(&error))?;
        let size = content.len() as u64;
        if size > most {
            return Err(bomb(most));
        }
        left -= size;
        files.push((path, Bytes::from(content)));
    }
    Ok(files)
}

/// The path of an entry, if it stays below the archive and every reader understands it alike.
fn plain_path(name: &str) -> Option<String> {
    let name = decoded(name)?;
    let steps: Vec<&str> = name.trim_end_matches('/').split('/').collect();
    let plain = |step: &&str| !step.is_empty() && *step != "." && *step != "..";
    let harmless = !name.contains(['\\', ':']) && !name.chars().any(char::is_control);
    (harmless && steps.iter().all(plain)).then(|| steps.join("/"))
}

/// Names in packages of NuGet are parts of addresses: letters beyond ASCII stand as `%D0%90`.
fn decoded(name: &str) -> Option<String> {
    if !name.contains('%') {
        return Some(name.to_owned());
    }
    let mut out = Vec::with_capacity(name.len());
    let mut octets = name.bytes();
    while let Some(octet) = octets.next() {
        if octet != b'%' {
            out.push(octet);
            continue;
        }
        let digit = |octet: Option<u8>| char::from(octet?).to_digit(16);
        let (high, low) = (digit(octets.next())?, digit(octets.next())?);
        out.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn code(octets: &[u8]) -> &'static str {
        read(octets, |_| true).unwrap_err().code()
    }

    #[test]
    fn plain_files_are_read_and_their_names_decoded() {
        let octets = archive(&[("a/b.xsd", b"x"), ("a/%D0%90.xml", b"y"), ("other.dll", b"z")]);
        let files = read(&octets, |path| path.starts_with("a/")).unwrap();
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a/b.xsd", "a/А.xml"]);
    }

    #[test]
    fn an_entry_that_leads_out_of_the_archive_refuses_it_all() {
        for name in ["../a.xsd", "a/../../b", "/etc/passwd", "C:/a.xsd", "a\\..\\b", "a/%2e%2e/%2e%2e/b", "a//b"] {
            assert_eq!(code(&archive(&[("good.xsd", b"x"), (name, b"x")])), "archive-path", "{name}");
        }
    }

    #[test]
    fn a_link_refuses_the_archive() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.add_symlink("XMLSchemas/a.xsd", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        assert_eq!(code(&writer.finish().unwrap().into_inner()), "archive-link");
    }

    #[test]
    fn a_bomb_is_stopped_while_it_grows() {
        let zeros = vec![0_u8; 80 << 20];
        assert_eq!(code(&archive(&[("XMLSchemas/a.xsd", &zeros)])), "archive-bomb");
    }

    #[test]
    fn something_that_is_no_archive_says_so() {
        assert_eq!(code(b"not a zip"), "archive-broken");
        let whole = archive(&[("a.xsd", b"content content content")]);
        assert_eq!(code(&whole[..whole.len() / 2]), "archive-broken");
    }
}
