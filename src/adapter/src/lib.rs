//! The adapter standard: package format, the Adapter trait, and backends.
//!
//! A package is a folder (or a tree inside the program) with an `adapter.toml`: [`Package::read`] reads it through
//! [`PackageFiles`], loads the schemas of every operation and opens its backend, which answers as an [`Adapter`].
//! A [`Catalogue`] puts packages together and finds operations by their full names.
//!
//! # `adapter.toml`
//!
//! ```toml
//! name = "vehicles"                        # letters, digits, dots, hyphens, underscores
//! administration = "…"                     # optional
//! register = "…"                           # optional
//!
//! [backend]
//! kind = "sample"
//! delay_ms = 0                             # optional; what an operation says wins
//!
//! [[operation]]
//! name = "Company.RegiX.VehicleAdapter.APIService.IVehicleAPI.GetVehicle"
//! description = "…"                        # optional
//! request = "VehicleRequest.xsd"           # in XMLSchemas
//! request_root = "{namespace}VehicleRequest"
//! sample_request = "VehicleRequest.xml"    # optional, in XMLSamples
//! response = "VehicleResponse.xsd"
//! response_root = "{namespace}VehicleResponse"
//! sample_response = "VehicleResponse.xml"  # in XMLSamples; what is answered unless a key chooses something else
//! metadata = "GetVehicle.xml"              # optional, in XMLMetaData
//!
//! [operation.sample]                       # optional
//! key = "Owner/EGN"                        # below the request root: local names or {namespace}local, at last perhaps @attribute
//! unknown = "no-data"                      # "sample" (default), "no-data" or "error": what a value gets that is not among the answers
//! no_data = "NoVehicle.xml"                # optional, only with "no-data", in XMLData or XMLSamples; else the empty root if the schema allows it
//! error = { bg = "…", en = "…" }           # optional, only with "error"
//! delay_ms = 0                             # optional, at most 600000
//!
//! [operation.sample.answers]               # value (white space collapsed) = file in XMLData, or else in XMLSamples
//! "8001010008" = "RedVehicle.xml"
//!
//! [operation.successor]                    # optional: this is an old name, and this operation has taken its place
//! name = "Company.RegiX.NewAdapter.APIService.INewAPI.GetVehicle"
//! request = "GetVehicle.request.xml"       # optional template, in successors; without it the roots must be the same
//! response = "GetVehicle.response.xml"     # optional template, in successors
//! since = "2025-06-01"                     # optional: the first day of the successor
//! until = "2031-12-31"                     # optional: the last day of the old name
//!
//! [codes.sex]                              # optional: a table for the function `code` of templates
//! "1" = "Мъж"
//! ```
//!
//! Keys that are not in this list are mistakes. Every file that is named must be there.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adapter;
mod advice;
mod backend;
mod catalogue;
mod failure;
mod files;
mod manifest;
mod message;
mod names;
mod operation;
mod package;
mod parameter;
mod problem;
mod sample;
mod section;
mod succession;
mod successor;
mod trouble;

pub use adapter::{Adapter, Answer, CallFacts, Health, Outcome, Question, Sensitive};
pub use backend::{Backend, Backends, Opened, Plan, Planned};
pub use catalogue::{Catalogue, Replaced, Served, UnknownName, Unserved};
pub use failure::{AdapterError, Fault};
pub use files::{DirectoryFiles, EmbeddedFiles, Folder, LARGEST_FILE, PackageFile, PackageFiles, PackagePath};
pub use kapia_language::near_names;
pub use message::Message;
pub use names::{FullName, NameError};
pub use operation::{Attachment, Operation, Side};
pub use package::{FoundPackage, Package, read_packages};
pub use parameter::{Parameter, ParameterValue};
pub use problem::{Notice, PackageError, Problem, RefusedOperation};
pub use section::{Free, Keys, Located, Section};
pub use succession::Succession;
pub use successor::Successor;
