//! What the kinds of databases have in common.

pub(crate) mod mysql;
#[cfg(feature = "odbc")]
pub(crate) mod odbc;
pub(crate) mod postgresql;
pub(crate) mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::bound::Bound;
use crate::conversation::Out;
use crate::fault::Fault;
use crate::settings::{Dialect, Settings, Source};
use crate::statement::Statement;

/// Where connections come from.
#[async_trait]
pub(crate) trait Engine: Send + Sync {
    /// A new session that only reads.
    async fn connect(&self) -> Result<Box<dyn Connection>, Fault>;
}

/// One session; what is dropped in the middle of something is of no use any more.
#[async_trait]
pub(crate) trait Connection: Send {
    /// Begins a transaction that only reads and sees one state of the register; each of its statements may take `time`.
    async fn begin(&mut self, time: Duration) -> Result<(), Fault>;

    /// Runs one query; ends early without an error if nobody wants its rows any more.
    async fn run(&mut self, statement: &Arc<Statement>, values: Vec<Bound>, out: Out) -> Result<Out, Fault>;

    /// Ends the transaction; after an error the connection is of no use any more.
    async fn end(&mut self) -> Result<(), Fault>;

    /// Asks the database for a sign of life, outside of a transaction.
    async fn probe(&mut self) -> Result<(), Fault>;

    /// What stops a statement from outside while it runs: the connection is given up then.
    fn stop(&self) -> Option<Box<dyn FnOnce() + Send>>;
}

/// The engine that a package names.
pub(crate) fn engine(settings: &Settings) -> Result<Arc<dyn Engine>, Fault> {
    Ok(match &settings.source {
        Source::Sqlite(source) => Arc::new(sqlite::Sqlite::new(source)),
        Source::Server(Dialect::MySql, server) => Arc::new(mysql::MySql::new(server)),
        Source::Server(_, server) => Arc::new(postgresql::PostgreSql::new(server, settings)?),
        #[cfg(feature = "odbc")]
        Source::Odbc(odbc) => Arc::new(odbc::Odbc::new(odbc.clone(), settings)),
        #[cfg(not(feature = "odbc"))]
        Source::Odbc(_) => return Err(Fault::new("sql-odbc-absent")),
    })
}

/// Whole milliseconds for a server, at least one: zero would mean "no limit".
pub(crate) fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
