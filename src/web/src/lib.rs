//! The kinds of backends `rest` and `soap`: registers behind HTTP services. What they are asked and what is answered stands
//! in templates; nothing of an argument reaches a service but in its place, nothing of a service's errors the consumer.
//!
//! # `adapter.toml`
//!
//! ```toml
//! [backend]
//! kind = "rest"
//! base = "https://register.example.bg/api/v2"
//! auth = "oauth2"                       # "none" (usual), "basic", "oauth2", "hmac"
//! # basic:   user = "…", password_env = "…" (or password_file, or password = "{{ parameter.… }}"; so all secrets)
//! # oauth2:  token_address = "https://…", client_id = "…", client_secret_env = "…", scope = "…", token_auth = "basic" ("body")
//! # hmac:    hmac_id = "…", hmac_key_env = "…", hmac_string = "{method}\n{target}\n{timestamp}\n{body_sha256}",
//! #          hmac_header = "Authorization", hmac_value = "HMAC-SHA256 {id}:{signature}", hmac_timestamp = "X-Timestamp"
//! certificate = "client.pem"            # optional, PEM, with its chain
//! key = "/etc/kapia/client-key.pem"
//! authorities = "ca.pem"                # optional, PEM; else the platform's
//! connect_timeout_ms = 5000
//! answer_timeout_ms = 60000             # a whole call; a caller that gives up earlier wins
//! answer_bytes = 26214400
//! health = "/health"                    # optional: what GET must answer with 2xx
//!
//! [operation.rest]
//! method = "POST"                       # usually GET, with a body POST
//! path = "/people/{{ request.EGN }}"    # each value percent-encoded
//! query.on = "{{ request.Date|date }}"  # vanishes with its value
//! headers.Accept-Language = "bg"
//! headers.X-Api-Key = "{{ parameter.api_key }}"   # of the package: [parameters.api_key]
//! body = "GetPerson.json"               # optional, in requests: a template, .json or .xml
//! answer = "json"                       # or "xml", "none"
//! template = "GetPerson.xml"            # in responses; else the name of the operation
//! status.404 = "no-data"                # "answer", "no-data", "error", "retry"; also classes: status.5xx
//! no_data_when = "answer.count == '0'"
//! no_data = "NoPerson.xml"              # optional, in XMLData or XMLSamples; else the empty root if the schema allows it
//! ```
//!
//! ```toml
//! [backend]
//! kind = "soap"                         # with the keys of above, but for base and health
//! wsdl = "upstream/People.wsdl"         # in the package
//! port = "PeopleSoap12"                 # optional: else the first over SOAP
//! address = "https://…"                 # optional: instead of the one in the WSDL
//! username = "regix"                    # WS-Security UsernameToken, with secret_env or secret_file
//! token = "digest"                      # or "text"
//!
//! [operation.soap]
//! operation = "GetPerson"               # in the WSDL; else the name of the operation
//! request = "GetPerson.xml"             # in requests: the element in the body; else the name of the operation
//! template = "GetPerson.xml"            # in responses
//! faults.NotFound = "no-data"           # code, subcode or element of the detail; local or "{namespace}local"
//! ```
//!
//! `docs/web.md` is the page for those who write such packages.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adapter;
mod auth;
mod backend;
mod fault;
mod hmac;
mod json;
mod reply;
mod rest;
mod settings;
mod soap;
mod text;
mod token;
mod trial;
mod woven;
mod wsdl;

pub use backend::{RestBackend, SoapBackend};
pub use trial::{AnswerForm, try_answer};
