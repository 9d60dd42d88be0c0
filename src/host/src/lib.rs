//! The kind of backend `host`: an adapter host of the existing standard answers the operations of a package, unmodified
//! (adapter-standard §3 and §4).
//!
//! # `adapter.toml`
//!
//! ```toml
//! [backend]
//! kind = "host"
//! address = "http://10.1.2.3/NBDAdapter/"   # of the adapter; several stand with blanks between, the first that can be reached is asked
//! protocol = "http"                         # "http" (the .NET Core host, default) or "wcf" (IIS, ….svc)
//! soap = "1.1"                              # with "wcf" only: "1.1" (default) or "1.2" with addressing
//! certificate = "client.pem"                # optional, PEM: what the host is shown, with its chain
//! key = "/etc/kapia/client-key.pem"         # its key; paths are absolute or lead into the package
//! authorities = "ca.pem"                    # optional, PEM: who may have issued the host's certificate; else the platform's
//! connect_seconds = 10                      # reaching an address and greeting it
//! answer_seconds = 60                       # a whole call, asynchronous ones included; a caller that gives up earlier wins
//! answer_bytes = 26214400                   # the largest answer that is read
//! poll_ms = 1000                            # how often the result of an asynchronous operation is asked for
//!
//! [operation.host]                          # optional
//! operation = "…"                           # what the host calls the operation; else its full name
//! properties = "Item.Name Persons.Person"   # .NET properties that are not named as their elements
//! ```
//!
//! The host is handed a matrix that lets everything through, and asked for an unsigned result: the gate filters and
//! signs what it passes on. Whatever a host says of its errors is not passed on: it may hold personal data.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod backend;
mod connection;
mod matrix;
mod remote;
mod settings;
mod trouble;

pub use backend::HostBackend;
pub use matrix::full_access;
