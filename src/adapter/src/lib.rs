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
//! [limits]                                 # optional; how much the register is asked at a time
//! calls = 64                               # at the same time
//! queue = 128                              # how many more may wait for their turn
//! queue_ms = 5000                          # how long one waits
//! timeout_ms = 20000                       # how long the register may take; without it, as long as the gate waits
//!
//! [retry]                                  # optional; for operations that say idempotent = true
//! attempts = 3                             # in all
//! pause_ms = 200                           # before the second attempt; doubles, and a random half of it is left out
//! longest_pause_ms = 2000
//! attempt_ms = 5000                        # how long one attempt may take; without it, as long as the call
//!
//! [breaker]                                # optional; when the register is left alone
//! failures = 10                            # so many passing failures within the window; 0: never
//! share_percent = 50                       # and at least this share of the calls
//! window_seconds = 30
//! rest_seconds = 10                        # before one call may try again; doubles while such trials fail
//! longest_rest_seconds = 120
//!
//! [parameters.service_password]            # optional: what can be set while the package serves
//! type = "text"                            # "text", "integer", "boolean", "duration", "url", "code"
//! secret = true                            # optional: sealed where it is kept, shown nowhere
//! description = { bg = "…", en = "…" }
//! [parameters.pool_size]
//! type = "integer"
//! min = 1                                  # optional, of integer and duration
//! max = 50
//! default = 8                              # optional, not of secrets; a value in its place: pool = "{{ parameter.pool_size }}"
//! description = { bg = "…", en = "…" }
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
//! idempotent = true                        # optional: a call may be made again, see [retry]
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
//! [operation.limits]                       # optional: its share of the calls of the package, and its timeout_ms
//! calls = 4
//! [operation.retry]                        # optional, only with idempotent = true
//! attempts = 2
//! [operation.breaker]                      # optional: a breaker of its own
//! failures = 5
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
mod coded;
mod declaration;
mod failure;
mod files;
mod long;
mod manifest;
mod message;
mod names;
mod operation;
mod package;
mod parameter;
mod parameters;
mod policy;
mod problem;
mod sample;
mod section;
mod succession;
mod successor;
mod trouble;

pub use adapter::{Adapter, Answer, CallFacts, Health, Outcome, Question, Sensitive};
pub use backend::reading::TextFile;
pub use backend::{Backend, Backends, Opened, Plan, Planned};
pub use catalogue::{Catalogue, Replaced, Served, UnknownName, Unserved};
pub use coded::Coded;
pub use declaration::{Declaration, Implied};
pub use failure::{AdapterError, Fault};
pub use files::{DirectoryFiles, EmbeddedFiles, Folder, LARGEST_FILE, PackageFile, PackageFiles, PackagePath};
pub use kapia_language::near_names;
pub use long::{LongAnswer, Room, Told, unreadable};
pub use message::Message;
pub use names::{FullName, NameError};
pub use operation::{Attachment, Operation, Side};
pub use package::{FoundPackage, Package, read_packages};
pub use parameter::kind::ParameterKind;
pub use parameter::{Parameter, ParameterValue, ParameterValues};
pub use parameters::{Author, Origin, ParameterChange, ParameterStanding, ParameterStore, Parameters};
pub use policy::{BreakerRules, CallLimits, OperationPolicy, Policy, RetryRules};
pub use problem::{Notice, PackageError, Problem, RefusedOperation};
pub use section::{Free, Keys, Located, SecretText, Section, names_parameter};
pub use succession::Succession;
pub use successor::Successor;
