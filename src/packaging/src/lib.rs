//! Making adapter packages out of what providers have, and catalogues out of packages.
//!
//! * [`Source`] is a folder of the existing layout or a `.nupkg` (adapter-standard §11); [`import`] makes a [`Draft`] of it,
//!   or says with [`Lack`]s what the source does not tell.
//! * [`scaffold`] makes a [`Draft`] out of schemas, samples or a WSDL.
//! * [`export`] writes the schemas and samples of a package into an archive that is the same octet for octet every time.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod archive;
mod draft;
mod error;
mod example;
mod export;
mod filling;
mod import;
mod infer;
mod matching;
mod mock;
mod scaffold;
mod source;
mod surroundings;
mod text;
mod wsdl;

pub use draft::{Draft, DraftOperation};
pub use error::PackagingError;
pub use export::{Exported, export};
pub use filling::{Engine, Kind};
pub use import::{Import, Imported, Lack, Wishes, import};
pub use scaffold::{Scaffolded, Seed, scaffold};
pub use source::Source;
