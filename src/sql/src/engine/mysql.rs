//! MySQL and MariaDB, over their own protocol.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kapia_template::Value;
use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable;
use mysql_async::{Column, Conn, Error, Opts, OptsBuilder, Params, SslOpts};

use super::{Connection, Engine, milliseconds};
use crate::bound::Bound;
use crate::cells::{self, Place, fraction};
use crate::conversation::Out;
use crate::fault::Fault;
use crate::settings::Server;
use crate::statement::Statement;

pub(crate) struct MySql {
    options: Opts,
    time_zone: Option<String>,
}

impl MySql {
    pub fn new(server: &Server) -> MySql {
        let tls = server.tls.as_ref().map(|tls| {
            let roots = crate::tls::roots(tls.authorities.as_deref());
            let roots = roots.into_iter().map(|root| root.to_vec().into());
            SslOpts::default()
                .with_root_certs(roots.collect())
                .with_disable_built_in_roots(true)
                .with_danger_tls_hostname_override(Some(tls.name.clone()))
        });
        let options = OptsBuilder::default()
            .user(Some(&server.user))
            .pass(server.password.as_ref().map(|password| password.reveal().to_owned()))
            .db_name(Some(&server.database))
            .prefer_socket(Some(false))
            .tcp_keepalive(Some(Duration::from_secs(30)))
            .ssl_opts(tls);
        let options = match server.host.starts_with('/') {
            true => options.socket(Some(&server.host)),
            false => options.ip_or_hostname(&server.host).tcp_port(server.port),
        };
        MySql { options: options.into(), time_zone: server.time_zone.clone() }
    }
}

#[async_trait]
impl Engine for MySql {
    async fn connect(&self) -> Result<Box<dyn Connection>, Fault> {
        let mut connection = Conn::new(self.options.clone()).await.map_err(|error| unreachable(&error))?;
        let version: Option<String> =
            connection.query_first("SELECT VERSION()").await.map_err(|error| unreachable(&error))?;
        let is_mariadb = version.unwrap_or_default().contains("MariaDB");
        let zone = self.time_zone.as_ref().map(|zone| format!("SET SESSION time_zone = '{zone}'"));
        let reading = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY".to_owned();
        for statement in [reading].into_iter().chain(zone) {
            connection.query_drop(statement).await.map_err(|error| unreachable(&error))?;
        }
        Ok(Box::new(Session {
            connection,
            options: self.options.clone(),
            is_mariadb,
            time_zone: self.time_zone.clone(),
        }))
    }
}

struct Session {
    connection: Conn,
    options: Opts,
    is_mariadb: bool,
    time_zone: Option<String>,
}

#[async_trait]
impl Connection for Session {
    async fn begin(&mut self, time: Duration) -> Result<(), Fault> {
        let limit = match self.is_mariadb {
            true => format!("SET SESSION max_statement_time = {:.3}", time.as_secs_f64().max(0.001)),
            false => format!("SET SESSION max_execution_time = {}", milliseconds(time)),
        };
        for statement in [limit.as_str(), "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"] {
            self.connection.query_drop(statement).await.map_err(|error| fault(&error))?;
        }
        Ok(())
    }

    async fn run(&mut self, statement: &Arc<Statement>, values: Vec<Bound>, mut out: Out) -> Result<Out, Fault> {
        let values = statement.places.iter().map(|at| values.get(*at).map_or(mysql_async::Value::NULL, bind)).collect();
        let result = self.connection.exec_iter(statement.text.as_str(), Params::Positional(values)).await;
        let mut result = result.map_err(|error| fault(&error))?;
        let columns: Arc<[Column]> = result.columns().unwrap_or_default();
        let names: Vec<Box<str>> = columns.iter().map(|column| column.name_str().into()).collect();
        let query = Arc::clone(out.query());
        for (column, name) in columns.iter().zip(&names) {
            if matches!(column.column_type(), ColumnType::MYSQL_TYPE_GEOMETRY | ColumnType::MYSQL_TYPE_VECTOR) {
                let kind = format!("{:?}", column.column_type()).trim_start_matches("MYSQL_TYPE_").to_lowercase();
                return Err(Fault::new("sql-type").with("query", &*query).with("column", &**name).with("type", kind));
            }
        }
        let told = out.columns(names.clone())?;
        if out.send(told).await.is_err() {
            return Ok(out);
        }
        while let Some(row) = result.next().await.map_err(|error| fault(&error))? {
            let mut cells = Vec::with_capacity(names.len());
            let mut octets = 0;
            for ((value, column), name) in row.unwrap().into_iter().zip(columns.iter()).zip(&names) {
                let place = Place { query: &query, column: name, row: out.row() };
                let cell = cell(value, column, self.time_zone.as_deref(), place)?;
                octets += cells::weight(&cell);
                cells.push(cell);
            }
            if let Some(full) = out.push(cells, octets)?
                && out.send(full).await.is_err()
            {
                return Ok(out);
            }
        }
        result.drop_result().await.map_err(|error| fault(&error))?;
        Ok(out)
    }

    async fn end(&mut self) -> Result<(), Fault> {
        self.connection.query_drop("ROLLBACK").await.map_err(|error| fault(&error))
    }

    async fn probe(&mut self) -> Result<(), Fault> {
        self.connection.query_drop("SELECT 1").await.map_err(|error| unreachable(&error))
    }

    fn stop(&self) -> Option<Box<dyn FnOnce() + Send>> {
        let (options, id) = (self.options.clone(), self.connection.id());
        Some(Box::new(move || {
            tokio::spawn(async move {
                let killing = async {
                    let mut connection = Conn::new(options).await?;
                    connection.query_drop(format!("KILL QUERY {id}")).await?;
                    connection.disconnect().await
                };
                tokio::time::timeout(Duration::from_secs(2), killing).await.ok()
            });
        }))
    }
}

fn bind(value: &Bound) -> mysql_async::Value {
    match value {
        Bound::Null => mysql_async::Value::NULL,
        Bound::Text(text) => mysql_async::Value::Bytes(text.clone().into_bytes()),
        Bound::Integer(number) => mysql_async::Value::Int(*number),
        Bound::Boolean(truth) => mysql_async::Value::Int(i64::from(*truth)),
        Bound::Binary(octets) => mysql_async::Value::Bytes(octets.clone()),
    }
}

/// The character set of columns that hold octets rather than text.
const BINARY: u16 = 63;

fn cell(value: mysql_async::Value, column: &Column, zone: Option<&str>, place: Place<'_>) -> Result<Value, Fault> {
    use mysql_async::Value as Wire;
    Ok(match value {
        Wire::NULL => Value::from(()),
        Wire::Int(number) => Value::from(number),
        Wire::UInt(number) => Value::from(number),
        Wire::Float(number) => cells::single(number),
        Wire::Double(number) => cells::double(number),
        Wire::Date(year, month, day, hour, minute, second, microseconds) => {
            if year == 0 || month == 0 || day == 0 {
                return Err(place.refuse(["a date with a zero in it", "дата с нула в нея"]));
            }
            let date = format!("{year:04}-{month:02}-{day:02}");
            match column.column_type() {
                ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => Value::from(date),
                kind => {
                    // A TIMESTAMP is a moment, shown in the zone of the session; a DATETIME knows no zone.
                    let is_moment =
                        matches!(kind, ColumnType::MYSQL_TYPE_TIMESTAMP | ColumnType::MYSQL_TYPE_TIMESTAMP2);
                    let zone = match zone.filter(|_| is_moment) {
                        Some("+00:00" | "-00:00") => "Z",
                        Some(zone) => zone,
                        None => "",
                    };
                    let rest = fraction(microseconds);
                    Value::from(format!("{date}T{hour:02}:{minute:02}:{second:02}{rest}{zone}"))
                }
            }
        }
        Wire::Time(negative, days, hours, minutes, seconds, microseconds) => {
            if negative || days > 0 {
                return Err(place.refuse(["a time outside of a day", "час извън денонощието"]));
            }
            Value::from(format!("{hours:02}:{minutes:02}:{seconds:02}{}", fraction(microseconds)))
        }
        Wire::Bytes(octets) => match column.column_type() {
            ColumnType::MYSQL_TYPE_BIT => {
                let number = octets.iter().fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
                Value::from(number)
            }
            ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL | ColumnType::MYSQL_TYPE_JSON => {
                place.utf8(&octets)?
            }
            _ if column.character_set() == BINARY => cells::octets(&octets),
            _ => place.utf8(&octets)?,
        },
    })
}

/// No session came about.
fn unreachable(error: &Error) -> Fault {
    match error {
        // 1044 and 1045: access denied; 1049: unknown database; 1130: this host may not connect; 1698: no password way.
        Error::Server(told) if matches!(told.code, 1044 | 1045 | 1049 | 1130 | 1698) => {
            Fault::new("sql-login").broken().told_operator(format!("MySQL {}", told.code))
        }
        Error::Server(told) => {
            Fault::new("sql-unreachable").passing().broken().told_operator(format!("MySQL {}", told.code))
        }
        // What is said of sockets and TLS is no value.
        Error::Io(error) => Fault::new("sql-unreachable").passing().broken().told_operator(error.to_string()),
        _ => Fault::new("sql-unreachable").passing().broken().told_operator("the greeting of the server failed"),
    }
}

/// What the server says about a query. Its texts about data hold values; those about syntax and rights do not.
fn fault(error: &Error) -> Fault {
    let Error::Server(told) = error else { return Fault::lost().told_operator("the connection ended") };
    let state = format!("{}/{}", told.state, told.code);
    let fault = match told.code {
        // MariaDB: max_statement_time; MySQL: max_execution_time; both: KILL QUERY.
        1969 | 3024 | 1317 => Fault::new("sql-statement-timeout").passing(),
        1053 | 1077..=1079 | 1927 | 3169 | 4031 => Fault::lost(),
        1792 | 1290 | 1836 => Fault::new("sql-read-only"),
        1040 | 1041 | 1203 | 1205 | 1206 | 1213 | 1226 => Fault::new("sql-passing").with("state", &*state).passing(),
        _ if told.state.starts_with("22") => Fault::new("sql-data").with("state", &*state),
        _ => Fault::new("sql-refused").with("state", &*state),
    };
    match told.state.starts_with("42") {
        true => fault.told_operator(format!("MySQL {state}: {}", told.message)),
        false => fault.told_operator(format!("MySQL {state}")),
    }
}
