//! PostgreSQL, over its own protocol.

mod cells;
mod tls;

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::BytesMut;
use futures_core::Stream as _;
use tokio_postgres::config::SslMode;
use tokio_postgres::types::{Format, IsNull, ToSql, Type};
use tokio_postgres::{CancelToken, Client, Config, Error, NoTls, SimpleQueryMessage};

use super::{Connection, Engine, milliseconds};
use crate::bound::{Bound, Kind};
use crate::cells::Place;
use crate::conversation::Out;
use crate::fault::Fault;
use crate::settings::{Server, Settings};
use crate::statement::Statement;
use cells::Cells;
use tls::Encrypting;

pub(crate) struct PostgreSql {
    config: Config,
    tls: Option<Encrypting>,
    statement: Duration,
}

impl PostgreSql {
    pub fn new(server: &Server, settings: &Settings) -> Result<PostgreSql, Fault> {
        let mut config = Config::new();
        config
            .host(&server.host)
            .port(server.port)
            .dbname(&server.database)
            .user(&server.user)
            .application_name("kapia")
            .connect_timeout(settings.connect)
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(settings.statement + settings.connect)
            .ssl_mode(if server.tls.is_some() { SslMode::Require } else { SslMode::Disable });
        if let Some(password) = &server.password {
            config.password(password.reveal());
        }
        let tls = server.tls.as_ref().map(Encrypting::new).transpose()?;
        Ok(PostgreSql { config, tls, statement: settings.statement })
    }
}

#[async_trait]
impl Engine for PostgreSql {
    async fn connect(&self) -> Result<Box<dyn Connection>, Fault> {
        let client = match &self.tls {
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await.map_err(unreachable)?;
                // It ends with the client; what goes wrong is told to whoever asks next.
                tokio::spawn(async move { connection.await.ok() });
                client
            }
            None => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(unreachable)?;
                tokio::spawn(async move { connection.await.ok() });
                client
            }
        };
        let session = format!(
            "SET default_transaction_read_only = on; SET statement_timeout = {}; SET standard_conforming_strings = on; \
             SET client_encoding = 'UTF8'; SELECT scale((1::numeric)::money::numeric)",
            milliseconds(self.statement)
        );
        let told = client.simple_query(&session).await.map_err(unreachable)?;
        let money = told.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
            _ => None,
        });
        Ok(Box::new(Session {
            cancel: client.cancel_token(),
            client,
            tls: self.tls.clone(),
            money: money.unwrap_or(2),
            prepared: HashMap::new(),
        }))
    }
}

struct Session {
    client: Client,
    cancel: CancelToken,
    tls: Option<Encrypting>,
    /// Digits behind the point of type money, which the server's locale decides.
    money: u32,
    /// By the text of the query.
    prepared: HashMap<String, tokio_postgres::Statement>,
}

impl Session {
    async fn prepare(&mut self, statement: &Statement) -> Result<tokio_postgres::Statement, Fault> {
        if let Some(known) = self.prepared.get(&statement.text) {
            return Ok(known.clone());
        }
        let types: Vec<Type> = statement.kinds.iter().map(|kind| declared(*kind)).collect();
        let prepared = self.client.prepare_typed(&statement.text, &types).await.map_err(fault)?;
        self.prepared.insert(statement.text.clone(), prepared.clone());
        Ok(prepared)
    }
}

/// A text takes the type of what it is compared with, so that indexes on any type of text are used.
fn declared(kind: Kind) -> Type {
    match kind {
        Kind::Text | Kind::Timestamp => Type::UNKNOWN,
        Kind::Integer => Type::INT8,
        Kind::Decimal => Type::NUMERIC,
        Kind::Boolean => Type::BOOL,
        Kind::Date => Type::DATE,
        Kind::Time => Type::TIME,
        Kind::Uuid => Type::UUID,
        Kind::Binary => Type::BYTEA,
    }
}

#[async_trait]
impl Connection for Session {
    async fn begin(&mut self, time: Duration) -> Result<(), Fault> {
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {}",
            milliseconds(time)
        );
        self.client.batch_execute(&begin).await.map_err(fault)
    }

    async fn run(&mut self, statement: &Arc<Statement>, values: Vec<Bound>, mut out: Out) -> Result<Out, Fault> {
        let prepared = self.prepare(statement).await?;
        let names: Vec<Box<str>> = prepared.columns().iter().map(|column| column.name().into()).collect();
        let query = Arc::clone(out.query());
        let cells = Cells::new(prepared.columns(), self.money, &query)?;
        let columns = names.clone();
        let told = out.columns(names)?;
        let rows = self.client.query_raw(&prepared, values.iter()).await.map_err(fault)?;
        if out.send(told).await.is_err() {
            return Ok(out);
        }
        let mut rows = pin!(rows);
        while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
            let row = row.map_err(fault)?;
            let number = out.row();
            let (values, octets) = cells.of(&row, |at| Place {
                query: &query,
                column: columns.get(at).map_or("", AsRef::as_ref),
                row: number,
            })?;
            if let Some(full) = out.push(values, octets)?
                && out.send(full).await.is_err()
            {
                break;
            }
        }
        Ok(out)
    }

    async fn end(&mut self) -> Result<(), Fault> {
        self.client.batch_execute("ROLLBACK").await.map_err(fault)
    }

    async fn probe(&mut self) -> Result<(), Fault> {
        self.client.batch_execute("SELECT 1").await.map_err(unreachable)
    }

    fn stop(&self) -> Option<Box<dyn FnOnce() + Send>> {
        let (cancel, tls) = (self.cancel.clone(), self.tls.clone());
        Some(Box::new(move || {
            tokio::spawn(async move {
                let cancelling = async {
                    match tls {
                        Some(tls) => cancel.cancel_query(tls).await,
                        None => cancel.cancel_query(NoTls).await,
                    }
                };
                tokio::time::timeout(Duration::from_secs(2), cancelling).await.ok()
            });
        }))
    }
}

/// Texts on the wire: the server reads them as the type that it expects, and says if it cannot.
impl ToSql for Bound {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Bound::Null => return Ok(IsNull::Yes),
            Bound::Text(text) => out.extend_from_slice(text.as_bytes()),
            Bound::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Bound::Boolean(truth) => out.extend_from_slice(if *truth { b"t" } else { b"f" }),
            Bound::Binary(octets) => {
                out.extend_from_slice(b"\\x");
                octets.iter().for_each(|octet| out.extend_from_slice(format!("{octet:02x}").as_bytes()));
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    tokio_postgres::types::to_sql_checked!();
}

/// No session came about.
fn unreachable(error: Error) -> Fault {
    let told = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
    match error.code().map(|code| code.code().to_owned()) {
        Some(state) if state.starts_with("28") || state == "3D000" => {
            Fault::new("sql-login").broken().told_operator(format!("PostgreSQL {state}"))
        }
        // A server that starts, stops or is full will do better later; nothing that it says here is a value.
        Some(state) => {
            Fault::new("sql-unreachable").passing().broken().told_operator(format!("PostgreSQL {state}: {told}"))
        }
        None => Fault::new("sql-unreachable").passing().broken().told_operator(told),
    }
}

/// What the server says about a query. Its texts about data hold values; those about syntax and rights do not.
fn fault(error: Error) -> Fault {
    let Some(told) = error.as_db_error() else {
        return Fault::lost().told_operator("the connection ended");
    };
    let state = told.code().code();
    let fault = match state.get(..2).unwrap_or_default() {
        _ if state == "57014" => Fault::new("sql-statement-timeout").passing(),
        "57" | "08" => Fault::lost(),
        _ if state == "25006" => Fault::new("sql-read-only"),
        "40" | "53" | "55" => Fault::new("sql-passing").with("state", state).passing(),
        "22" | "21" => Fault::new("sql-data").with("state", state),
        _ => Fault::new("sql-refused").with("state", state),
    };
    match state.starts_with("42") {
        true => fault.told_operator(format!("PostgreSQL {state}: {}", told.message())),
        false => fault.told_operator(format!("PostgreSQL {state}")),
    }
}
