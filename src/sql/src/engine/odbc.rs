//! Any database behind an ODBC driver, on threads that may wait.
//!
//! A driver cannot be interrupted from outside: a call that gives up leaves its thread to the driver, whose own time limit
//! ends it where the driver keeps one.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use kapia_template::Value;
use odbc_api::parameter::{InputParameter, WithDataType};
use odbc_api::{
    Connection as Database, ConnectionOptions, Cursor, CursorRow, DataType, Error, IntoParameter, Nullable,
    ResultSetMetadata, Utf16String, environment, escape_attribute_value,
};

use super::{Connection, Engine};
use crate::bound::{Bound, Kind};
use crate::cells::{self, Place};
use crate::conversation::Out;
use crate::fault::Fault;
use crate::settings::{self, Settings};
use crate::statement::Statement;

pub(crate) struct Odbc {
    settings: settings::Odbc,
    login: u32,
}

impl Odbc {
    pub fn new(odbc: settings::Odbc, settings: &Settings) -> Odbc {
        let login = u32::try_from(settings.connect.as_secs()).unwrap_or(u32::MAX).max(1);
        Odbc { settings: odbc, login }
    }
}

#[async_trait]
impl Engine for Odbc {
    async fn connect(&self) -> Result<Box<dyn Connection>, Fault> {
        let odbc = self.settings.clone();
        let options = ConnectionOptions { login_timeout_sec: Some(self.login), packet_size: None };
        let database = waiting(move || {
            let mut text = odbc.connection.reveal().trim_end_matches(';').to_owned();
            if let Some(user) = &odbc.user {
                text.push_str(&format!(";UID={}", escape_attribute_value(user)));
            }
            if let Some(password) = &odbc.password {
                text.push_str(&format!(";PWD={}", escape_attribute_value(password.reveal())));
            }
            let environment = environment().map_err(|error| unreachable(&error))?;
            let database =
                environment.connect_with_connection_string(&text, options).map_err(|error| unreachable(&error))?;
            database.set_autocommit(false).map_err(|error| unreachable(&error))?;
            Ok(database)
        })
        .await?;
        Ok(Box::new(Session { database: Some(database), settings: self.settings.clone(), time: Duration::ZERO }))
    }
}

struct Session {
    /// Away while a thread works with it.
    database: Option<Database<'static>>,
    settings: settings::Odbc,
    time: Duration,
}

impl Session {
    async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Database<'static>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let database = self.database.take().ok_or_else(Fault::lost)?;
        let (database, done) = waiting(move || {
            let done = work(&database);
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
    async fn begin(&mut self, time: Duration) -> Result<(), Fault> {
        self.time = time;
        let Some(begin) = self.settings.begin.clone() else { return Ok(()) };
        self.work(move |database| {
            execute(database, &begin, &[], None).map(drop).map_err(|error| fault(database, &error))
        })
        .await
    }

    async fn run(&mut self, statement: &Arc<Statement>, values: Vec<Bound>, out: Out) -> Result<Out, Fault> {
        let (statement, time) = (Arc::clone(statement), self.time);
        self.work(move |database| run(database, &statement, &values, time, out)).await
    }

    async fn end(&mut self) -> Result<(), Fault> {
        self.work(|database| database.rollback().map_err(|error| fault(database, &error))).await
    }

    async fn probe(&mut self) -> Result<(), Fault> {
        let probe = self.settings.probe.clone();
        self.work(move |database| {
            let asked = execute(database, &probe, &[], Some(5)).map(drop);
            asked.and_then(|()| database.rollback()).map_err(|error| unreachable(&error))
        })
        .await
    }

    fn stop(&self) -> Option<Box<dyn FnOnce() + Send>> {
        None
    }
}

type Rows<'d> = odbc_api::CursorImpl<odbc_api::handles::StatementImpl<'d>>;

/// Runs a statement; a driver that knows no time limit runs it without one, since the gate keeps its own.
fn execute<'d>(
    database: &'d Database<'static>,
    text: &str,
    values: &[Box<dyn InputParameter>],
    seconds: Option<usize>,
) -> Result<Option<Rows<'d>>, Error> {
    match database.execute(text, values, seconds) {
        Err(Error::Diagnostics { record, .. })
            if seconds.is_some() && ["HYC00", "HY092"].contains(&record.state.as_str()) =>
        {
            database.execute(text, values, None)
        }
        ran => ran,
    }
}

fn run(
    database: &Database<'static>,
    statement: &Statement,
    values: &[Bound],
    time: Duration,
    mut out: Out,
) -> Result<Out, Fault> {
    let told = |error: Error| fault(database, &error);
    let bound: Vec<Box<dyn InputParameter>> = statement
        .places
        .iter()
        .map(|at| bind(values.get(*at).unwrap_or(&Bound::Null), statement.kinds.get(*at).copied()))
        .collect();
    // Whole seconds, rounded up: the gate's own limit is the exact one.
    let seconds = usize::try_from(time.as_millis().div_ceil(1000)).unwrap_or(usize::MAX).max(1);
    let mut cursor = execute(database, &statement.text, &bound, Some(seconds))
        .map_err(told)?
        .ok_or_else(|| Fault::new("sql-refused").with("state", "00000"))?;
    let count = u16::try_from(cursor.num_result_cols().map_err(told)?).unwrap_or(0);
    let mut names: Vec<Box<str>> = Vec::new();
    let mut forms = Vec::new();
    for number in 1..=count {
        names.push(cursor.col_name(number).map_err(told)?.into());
        forms.push(form(cursor.col_data_type(number).map_err(told)?));
    }
    let columns = names.clone();
    if out.send_blocking(out.columns(names)?).is_err() {
        return Ok(out);
    }
    let query = Arc::clone(out.query());
    let mut wide = Vec::new();
    while let Some(mut row) = cursor.next_row().map_err(told)? {
        let mut cells = Vec::with_capacity(forms.len());
        let mut octets = 0;
        for ((number, form), column) in (1..=count).zip(&forms).zip(&columns) {
            let place = Place { query: &query, column, row: out.row() };
            let cell = form.read(&mut row, number, &mut wide, place, &told)?;
            octets += cells::weight(&cell);
            cells.push(cell);
        }
        if let Some(full) = out.push(cells, octets)?
            && out.send_blocking(full).is_err()
        {
            break;
        }
    }
    Ok(out)
}

/// Texts as UTF-16, the one form that every driver manager means the same by.
fn bind(value: &Bound, kind: Option<Kind>) -> Box<dyn InputParameter> {
    let wide = |text: &str| Utf16String::from_str(text).into_parameter();
    match value {
        Bound::Null => Box::new(None::<Utf16String>.into_parameter()),
        Bound::Integer(number) => Box::new(number.into_parameter()),
        Bound::Boolean(truth) => Box::new(i64::from(*truth).into_parameter()),
        Bound::Binary(octets) => Box::new(octets.clone().into_parameter()),
        Bound::Text(text) => {
            let data_type = match kind {
                Some(Kind::Date) => DataType::Date,
                Some(Kind::Time) => DataType::Time { precision: 6 },
                Some(Kind::Timestamp) => DataType::Timestamp { precision: 6 },
                Some(Kind::Decimal) => {
                    let digits = text.bytes().filter(u8::is_ascii_digit).count();
                    let scale = text.split_once('.').map_or(0, |(_, behind)| behind.len());
                    DataType::Decimal { precision: digits.max(1), scale: i16::try_from(scale).unwrap_or(i16::MAX) }
                }
                _ => return Box::new(wide(text)),
            };
            Box::new(WithDataType::new(text.clone().into_parameter(), data_type))
        }
    }
}

/// How a column is read.
#[derive(Clone, Copy)]
enum Form {
    Integer,
    Decimal,
    Double,
    Truth,
    Octets,
    Moment,
    Text,
}

fn form(kind: DataType) -> Form {
    match kind {
        DataType::Integer | DataType::SmallInt | DataType::TinyInt | DataType::BigInt => Form::Integer,
        DataType::Numeric { .. } | DataType::Decimal { .. } => Form::Decimal,
        DataType::Float { .. } | DataType::Real | DataType::Double => Form::Double,
        DataType::Bit => Form::Truth,
        DataType::Binary { .. } | DataType::Varbinary { .. } | DataType::LongVarbinary { .. } => Form::Octets,
        DataType::Timestamp { .. } => Form::Moment,
        _ => Form::Text,
    }
}

impl Form {
    fn read(
        self,
        row: &mut CursorRow<'_>,
        number: u16,
        wide: &mut Vec<u16>,
        place: Place<'_>,
        told: &impl Fn(Error) -> Fault,
    ) -> Result<Value, Fault> {
        match self {
            Form::Octets => {
                let mut octets = Vec::new();
                let there = row.get_binary(number, &mut octets).map_err(told)?;
                return Ok(if there { cells::octets(&octets) } else { Value::from(()) });
            }
            Form::Double => {
                let mut number_read = Nullable::<f64>::null();
                row.get_data(number, &mut number_read).map_err(told)?;
                return Ok(number_read.into_opt().map_or_else(|| Value::from(()), cells::double));
            }
            _ => {}
        }
        wide.clear();
        if !row.get_wide_text(number, wide).map_err(told)? {
            return Ok(Value::from(()));
        }
        let text = String::from_utf16(wide).map_err(|_| place.damaged())?;
        Ok(match self {
            Form::Integer => match text.trim().parse::<i64>() {
                Ok(number) => Value::from(number),
                Err(_) => place.text(text.trim())?,
            },
            Form::Decimal => place.text(&decimal(text.trim()))?,
            Form::Truth => match text.trim() {
                "1" | "t" | "true" => Value::from(true),
                "0" | "f" | "false" => Value::from(false),
                _ => return Err(place.damaged()),
            },
            Form::Moment => place.text(&moment(text.trim()))?,
            _ => place.text(&text)?,
        })
    }
}

/// Oracle writes `.5`; xs:decimal could bear it, but people cannot.
fn decimal(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    if digits.starts_with('.') { format!("{sign}0{digits}") } else { text.to_owned() }
}

/// `yyyy-mm-dd hh:mm:ss.ffffff` as xs:dateTime, without zeros at the end of the fraction.
fn moment(text: &str) -> String {
    let text = text.replacen(' ', "T", 1);
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte.is_ascii_digit()) => {
            let fraction = fraction.trim_end_matches('0');
            if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
        }
        _ => text,
    }
}

fn state(error: &Error) -> String {
    match error {
        Error::Diagnostics { record, .. } => record.state.as_str().to_owned(),
        _ => "HY000".to_owned(),
    }
}

/// No session came about. What a driver says may hold the connection string, so that its state alone is told.
fn unreachable(error: &Error) -> Fault {
    let state = state(error);
    let fault = match state.starts_with("28") {
        true => Fault::new("sql-login"),
        false => Fault::new("sql-unreachable").passing(),
    };
    fault.broken().told_operator(format!("ODBC {state}"))
}

/// What a driver says about a query; its texts may hold values, but for those about syntax and names.
fn fault(database: &Database<'static>, error: &Error) -> Fault {
    let state = state(error);
    if state.starts_with("08") || state.starts_with("57P") || database.is_dead().unwrap_or(false) {
        return Fault::lost().told_operator(format!("ODBC {state}"));
    }
    let fault = match state.get(..2).unwrap_or_default() {
        _ if ["HYT00", "HYT01", "57014", "HY008"].contains(&&*state) => Fault::new("sql-statement-timeout").passing(),
        _ if state == "25006" => Fault::new("sql-read-only"),
        "40" | "53" | "55" => Fault::new("sql-passing").with("state", &*state).passing(),
        "22" | "21" => Fault::new("sql-data").with("state", &*state),
        _ => Fault::new("sql-refused").with("state", &*state),
    };
    match error {
        Error::Diagnostics { record, .. } if state.starts_with("42") => {
            fault.told_operator(format!("ODBC {state}: {}", String::from_utf8_lossy(&record.message)))
        }
        _ => fault.told_operator(format!("ODBC {state}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_drivers_become_those_of_documents() {
        assert_eq!((decimal(".5"), decimal("-.5"), decimal("1.50")), ("0.5".into(), "-0.5".into(), "1.50".into()));
        assert_eq!(moment("2020-01-02 03:04:05.500000"), "2020-01-02T03:04:05.5");
        assert_eq!(moment("2020-01-02 03:04:05.000"), "2020-01-02T03:04:05");
    }
}
