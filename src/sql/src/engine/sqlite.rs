//! SQLite: a file, or what a script of the package has made in memory; opened for reading, on threads that may wait.

mod made;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection as Database, ErrorCode, InterruptHandle, OpenFlags, ToSql};

use self::made::Made;
use super::{Connection, Engine};
use crate::bound::Bound;
use crate::cells::{self, Place};
use crate::conversation::Out;
use crate::fault::Fault;
use crate::settings;
use crate::statement::Statement;

pub(crate) enum Sqlite {
    File(PathBuf),
    Made(Arc<Made>),
}

impl Sqlite {
    pub fn new(source: &settings::Sqlite) -> Sqlite {
        match source {
            settings::Sqlite::File(file) => Sqlite::File(file.clone()),
            settings::Sqlite::Script(statements) => Sqlite::Made(Arc::new(Made::new(Arc::clone(statements)))),
        }
    }
}

#[async_trait]
impl Engine for Sqlite {
    async fn connect(&self) -> Result<Box<dyn Connection>, Fault> {
        let database = match self {
            Sqlite::File(file) => {
                let file = file.clone();
                waiting(move || {
                    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                    let opened = Database::open_with_flags(file, flags).and_then(for_reading);
                    opened.map_err(|error| unreachable(&error))
                })
                .await?
            }
            Sqlite::Made(made) => {
                let made = Arc::clone(made);
                waiting(move || made.open()).await?
            }
        };
        let interrupt = Arc::new(database.get_interrupt_handle());
        Ok(Box::new(Session { database: Some(database), interrupt }))
    }
}

struct Session {
    /// Away while a thread works with it.
    database: Option<Database>,
    interrupt: Arc<InterruptHandle>,
}

impl Drop for Session {
    /// Whoever goes away in the middle of a query takes the query with them.
    fn drop(&mut self) {
        if self.database.is_none() {
            self.interrupt.interrupt();
        }
    }
}

fn for_reading(database: Database) -> rusqlite::Result<Database> {
    database.busy_timeout(Duration::from_secs(1))?;
    database.pragma_update(None, "query_only", true)?;
    database.pragma_update(None, "trusted_schema", false)?;
    Ok(database)
}

impl Session {
    async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Database) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let mut database = self.database.take().ok_or_else(Fault::lost)?;
        let (database, done) = waiting(move || {
            let done = work(&mut database);
            Ok((database, done))
        })
        .await?;
        self.database = Some(database);
        done
    }
}

async fn waiting<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(Fault::internal()))
}

#[async_trait]
impl Connection for Session {
    async fn begin(&mut self, _: Duration) -> Result<(), Fault> {
        self.work(|database| database.execute_batch("BEGIN").map_err(|error| unreachable(&error))).await
    }

    async fn run(&mut self, statement: &Arc<Statement>, values: Vec<Bound>, out: Out) -> Result<Out, Fault> {
        let statement = Arc::clone(statement);
        self.work(move |database| run(database, &statement, &values, out)).await
    }

    async fn end(&mut self) -> Result<(), Fault> {
        self.work(|database| database.execute_batch("ROLLBACK").map_err(|error| fault(&error))).await
    }

    async fn probe(&mut self) -> Result<(), Fault> {
        self.work(|database| {
            let asked = database.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()));
            asked.map_err(|error| unreachable(&error))
        })
        .await
    }

    fn stop(&self) -> Option<Box<dyn FnOnce() + Send>> {
        let interrupt = Arc::clone(&self.interrupt);
        Some(Box::new(move || interrupt.interrupt()))
    }
}

fn run(database: &Database, statement: &Statement, values: &[Bound], mut out: Out) -> Result<Out, Fault> {
    let mut prepared = database.prepare_cached(&statement.text).map_err(|error| fault(&error))?;
    if !prepared.readonly() {
        return Err(Fault::new("sql-read-only"));
    }
    for (at, value) in values.iter().enumerate() {
        prepared.raw_bind_parameter(at + 1, value).map_err(|error| fault(&error))?;
    }
    let names: Vec<Box<str>> = prepared.column_names().map(Into::into).collect();
    let columns = names.clone();
    if out.send_blocking(out.columns(names)?).is_err() {
        return Ok(out);
    }
    let query = Arc::clone(out.query());
    let mut rows = prepared.raw_query();
    while let Some(row) = rows.next().map_err(|error| fault(&error))? {
        let mut cells = Vec::with_capacity(columns.len());
        let mut octets = 0;
        for (at, column) in columns.iter().enumerate() {
            let place = Place { query: &query, column, row: out.row() };
            let cell = match row.get_ref(at).map_err(|error| fault(&error))? {
                ValueRef::Null => kapia_template::Value::from(()),
                ValueRef::Integer(number) => kapia_template::Value::from(number),
                ValueRef::Real(number) => cells::double(number),
                ValueRef::Text(text) => place.utf8(text)?,
                ValueRef::Blob(blob) => cells::octets(blob),
            };
            octets += cells::weight(&cell);
            cells.push(cell);
        }
        if let Some(full) = out.push(cells, octets)?
            && out.send_blocking(full).is_err()
        {
            break;
        }
    }
    drop(rows);
    drop(prepared);
    Ok(out)
}

impl ToSql for Bound {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Bound::Null => ValueRef::Null,
            Bound::Text(text) => ValueRef::Text(text.as_bytes()),
            Bound::Integer(number) => ValueRef::Integer(*number),
            Bound::Boolean(truth) => ValueRef::Integer(i64::from(*truth)),
            Bound::Binary(octets) => ValueRef::Blob(octets),
        }))
    }
}

fn unreachable(error: &rusqlite::Error) -> Fault {
    Fault::new("sql-unreachable").passing().broken().told_operator(told(error))
}

/// The texts of SQLite name tables and columns, never values; those of other errors stay away.
fn told(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(code, text) => {
            format!("SQLite {}: {}", code.extended_code, text.as_deref().unwrap_or_default())
        }
        rusqlite::Error::SqlInputError { error, msg, offset, .. } => {
            format!("SQLite {}: {msg} (at {offset})", error.extended_code)
        }
        _ => String::new(),
    }
}

fn fault(error: &rusqlite::Error) -> Fault {
    let state = error.sqlite_error().map_or(0, |code| code.extended_code).to_string();
    let fault = match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => Fault::new("sql-statement-timeout").passing(),
        Some(ErrorCode::ReadOnly) => Fault::new("sql-read-only"),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OutOfMemory) => {
            Fault::new("sql-passing").with("state", state).passing()
        }
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::NotADatabase
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::SystemIoFailure
            | ErrorCode::PermissionDenied,
        ) => Fault::new("sql-unreachable").passing().broken(),
        Some(ErrorCode::TypeMismatch | ErrorCode::TooBig) => Fault::new("sql-data").with("state", state),
        _ => Fault::new("sql-refused").with("state", state),
    };
    fault.told_operator(told(error))
}
