//! Rust types from XML schemas, WSDL files and adapter packages.
//!
//! [`Generator`] is for a `build.rs`; `kapia codegen` is the same for the command line. The generated code needs the crate
//! `kapia-types` alone. How it looks and what survives reading and writing: docs/codegen.md.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), kapia_codegen::Error> {
//!     println!("cargo::rerun-if-changed=schemas");
//!     let out = std::env::var("OUT_DIR").unwrap_or_default();
//!     kapia_codegen::Generator::new().xsd("schemas").out(out).run()?;
//!     Ok(())
//! }
//! ```
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod emit;
mod error;
mod generator;
mod ident;
mod package;
mod plan;
mod wsdl;

pub(crate) use emit::layout::literal;
pub use error::{Error, Result, ServiceFault, Unsupported, WsdlFault};
pub use generator::{DocumentType, Generator};
