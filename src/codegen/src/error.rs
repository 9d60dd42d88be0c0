//! Why nothing could be generated.

use std::path::PathBuf;

use kapia_schema::SchemaError;

/// Why nothing could be generated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("`{}` cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file cannot be written.
    #[error("`{}` cannot be written: {cause}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A schema is not a schema.
    #[error("`{}`: {cause}", path.display())]
    Schema {
        /// The file that was to be read.
        path: PathBuf,
        /// What is wrong.
        cause: Box<SchemaError>,
    },
    /// A WSDL file is not XML, or holds no schema.
    #[error("`{}`: {cause}", path.display())]
    Wsdl {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// An `adapter.toml` does not say what is needed.
    #[error("`{}`: {cause}", path.display())]
    Package {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// The schema holds something for which there is no Rust.
    #[error("{place}: {what}")]
    Unsupported {
        /// The type or element.
        place: String,
        /// What it holds.
        what: &'static str,
    },
    /// There is nothing to generate from.
    #[error("there is nothing to generate from: name a WSDL file, a schema, a folder of schemas or an adapter package")]
    Nothing,
    /// One module was asked for, and the input makes several.
    #[error("the input makes {0} modules; name a folder for them")]
    Several(usize),
    /// No folder was named.
    #[error("no folder for the result is named")]
    NoFolder,
    /// What lies in the folder is not what would be generated.
    #[error("not up to date: {}", .0.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    Stale(Vec<PathBuf>),
}

/// The result of generating.
pub type Result<T> = std::result::Result<T, Error>;
