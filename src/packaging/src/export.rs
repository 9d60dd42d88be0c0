//! The catalogue of a package: its schemas and samples in one archive.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use bytes::Bytes;
use kapia_adapter::{Folder, Package, PackageFiles, PackagePath};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::error::PackagingError;

/// An archive for the catalogue.
pub struct Exported {
    /// The archive: the same octets for the same package, whenever and wherever it is made.
    pub octets: Vec<u8>,
    /// The paths in it, sorted.
    pub files: Vec<String>,
}

/// Puts what the catalogue shows into an archive: schemas with all that they refer to, samples and forms. What answers
/// the operations, settings and secrets stay behind.
pub fn export(package: &Package, files: &dyn PackageFiles) -> Result<Exported, PackagingError> {
    let unreadable =
        |cause: &dyn std::fmt::Display| PackagingError::new("package-unreadable", &[("cause", &cause.to_string())]);
    let mut content: BTreeMap<String, Bytes> = BTreeMap::new();
    for operation in &package.operations {
        for side in [&operation.request, &operation.response] {
            for name in side.schema.files() {
                let path = PackagePath::below(Folder::Schemas, name).map_err(|problem| unreadable(&problem.cause))?;
                let path = if name.contains('/') && files.read(&path).is_err() {
                    PackagePath::parse(name).map_err(|problem| unreadable(&problem.cause))?
                } else {
                    path
                };
                let file = files.read(&path).map_err(|problem| unreadable(&problem.cause))?;
                content.insert(file.path, file.bytes);
            }
            content.extend(side.sample.iter().map(|sample| (sample.file.clone(), sample.bytes.clone())));
        }
        content.extend(operation.metadata.iter().map(|form| (form.file.clone(), form.bytes.clone())));
    }
    // The earliest moment that the format can say, and no rights of the machine on which it was made.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in &content {
        writer.start_file(path.as_str(), options).map_err(|error| unreadable(&error))?;
        writer.write_all(bytes).map_err(|error| unreadable(&error))?;
    }
    let octets = writer.finish().map_err(|error| unreadable(&error))?.into_inner();
    Ok(Exported { octets, files: content.into_keys().collect() })
}
