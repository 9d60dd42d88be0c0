//! The kind of backend `sql`: a register in a database. Queries with named parameters, bound and never spliced, whose rows
//! a template makes into the answer.
//!
//! # `adapter.toml`
//!
//! ```toml
//! [backend]
//! kind = "sql"
//! engine = "postgresql"               # "sqlite", "postgresql", "mysql" (MariaDB too), "odbc"
//! host = "db.example.bg"              # or a socket: "/run/postgresql"
//! port = 5432
//! database = "population"
//! user = "regix"
//! password_env = "POPULATION_PASSWORD"   # or password_file, or password = "{{ parameter.… }}"; in clear it is warned about
//! tls = "verify"                      # or "off", usual for this machine alone
//! tls_name = "db.internal"            # optional: the name in the server's certificate, if it is not `host`
//! authorities = "ca.pem"              # optional, PEM; else the platform's
//! pool = 8                            # connections at most
//! row_cap = 100000                    # rows that one answer may read, of all its queries together
//! connect_timeout_ms = 5000
//! acquire_timeout_ms = 5000           # waiting for one of the connections
//! statement_timeout_ms = 30000        # one query; kept by the server and by the gate
//! answer_timeout_ms = 60000           # one answer; a caller that gives up earlier wins
//! # sqlite:  file = "population.sqlite", or script = "population.sql" that makes it in memory
//! # mysql:   time_zone = "+00:00"
//! # odbc:    connection = "Driver={…};Server=…", begin = "SET TRANSACTION READ ONLY", probe = "SELECT 1 FROM DUAL"
//!
//! [operation.sql]
//! template = "PersonDataSearch.xml"   # in responses; else the name of the operation
//! no_rows = "no-data"                 # "template" (usual), "no-data" or "error", when `decisive` gives no rows
//! decisive = "person"                 # else the first query
//! no_data = "PersonDataNoData.xml"    # optional, in XMLData or XMLSamples; else the empty root if the schema allows it
//! error = { bg = "…", en = "…" }      # optional, only with "error"
//!
//! [[operation.sql.query]]
//! name = "person"                     # what the template calls it
//! sql = "SELECT … WHERE egn = :egn AND born >= :from"   # or file = "person.sql" in queries
//! parameters.egn = "EGN"              # below the root of the request
//! parameters.from = { path = "Period/From", type = "date", convert = "without_zone" }
//! parameters.who = { call = "consumer_oid" }
//! parameters.most = { parameter = "max_rows", type = "integer" }   # of the package: [parameters.max_rows]
//!
//! [[operation.sql.query]]
//! name = "documents"                  # row.documents of each person
//! parent = "person"
//! sql = "SELECT … WHERE person_id = :id"
//! parameters.id = { column = "id", type = "integer" }
//!
//! [[operation.sql.query]]
//! name = "streets"                    # one query, one element per group
//! sql = "SELECT … ORDER BY street_id"
//! group = { by = "street_id", rows = "houses", present = "house_id" }
//! ```
//!
//! `docs/sql.md` is the page for those who write such packages.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adapter;
mod backend;
mod bound;
mod cells;
mod conversation;
mod engine;
mod fault;
mod implied;
mod operation;
mod parameter;
mod path;
mod pool;
mod query;
mod rows;
mod settings;
mod statement;
mod text;
mod tls;

pub use backend::SqlBackend;
