//! `[backend]` of a package with the backend `sql`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use kapia_adapter::{Keys, Located, PackageFiles, PackagePath, Problem, Section, Sensitive};

use crate::fault::Fault;

/// `[backend]`, with its files read.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub source: Source,
    pub pool: usize,
    pub row_cap: u64,
    pub acquire: Duration,
    pub connect: Duration,
    pub statement: Duration,
    /// A whole call, if the caller does not give up earlier.
    pub answer: Duration,
}

/// The kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    PostgreSql,
    MySql,
    Odbc,
}

/// Where the database is.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Sqlite(Sqlite),
    Server(Dialect, Server),
    #[cfg_attr(not(feature = "odbc"), expect(dead_code, reason = "read, and then refused, without the feature"))]
    Odbc(Odbc),
}

/// A database without a server.
#[derive(Clone, Debug)]
pub(crate) enum Sqlite {
    /// One that lies there, and is opened for reading.
    File(PathBuf),
    /// One that statements of the package make, in memory.
    Script(Arc<str>),
}

/// A database server that is reached over a network or a local socket.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// A name, an address, or the absolute path of a socket (PostgreSQL: of its folder).
    pub host: String,
    pub port: u16,
    pub database: String,
    pub user: String,
    pub password: Option<Sensitive>,
    pub tls: Option<Tls>,
    /// An offset from UTC in which a MySQL session lives, such as `+00:00`.
    pub time_zone: Option<String>,
}

/// A verified TLS connection.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    /// The name that the certificate of the server must bear.
    pub name: String,
    /// PEM; the platform's if there are none.
    pub authorities: Option<Vec<u8>>,
}

/// A data source of the ODBC driver manager.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "odbc"), expect(dead_code, reason = "read, and then refused, without the feature"))]
pub(crate) struct Odbc {
    pub connection: Sensitive,
    pub user: Option<String>,
    pub password: Option<Sensitive>,
    /// What begins a transaction that only reads, where the database has such a statement.
    pub begin: Option<String>,
    /// A statement that every living database answers.
    pub probe: String,
}

impl Dialect {
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Sqlite => "sqlite",
            Dialect::PostgreSql => "postgresql",
            Dialect::MySql => "mysql",
            Dialect::Odbc => "odbc",
        }
    }
}

impl Source {
    pub fn dialect(&self) -> Dialect {
        match self {
            Source::Sqlite(_) => Dialect::Sqlite,
            Source::Server(dialect, _) => *dialect,
            Source::Odbc(_) => Dialect::Odbc,
        }
    }
}

impl Settings {
    /// Reads the table; `None` if something in it is wrong. What the author should look at goes into `notes`.
    pub fn read(
        section: &Section,
        files: &dyn PackageFiles,
        problems: &mut Vec<Problem>,
        notes: &mut Vec<Problem>,
    ) -> Option<Settings> {
        let before = problems.len();
        let mut keys = section.keys(problems);
        keys.text("kind");
        keys.required_text("engine");
        let dialect = keys.one_of(
            "engine",
            &[
                ("sqlite", Dialect::Sqlite),
                ("postgresql", Dialect::PostgreSql),
                ("mysql", Dialect::MySql),
                ("odbc", Dialect::Odbc),
            ],
        );
        let pool = keys.number("pool", 1..=200).map_or(8, |pool| pool.value);
        let row_cap = keys.number("row_cap", 1..=10_000_000).map_or(100_000, |cap| cap.value);
        let milliseconds = |keys: &mut Keys<'_, '_>, key, usual| {
            Duration::from_millis(keys.number(key, 10..=3_600_000).map_or(usual, |time| time.value))
        };
        let acquire = milliseconds(&mut keys, "acquire_timeout_ms", 5_000);
        let connect = milliseconds(&mut keys, "connect_timeout_ms", 5_000);
        let statement = milliseconds(&mut keys, "statement_timeout_ms", 30_000);
        let answer = milliseconds(&mut keys, "answer_timeout_ms", 60_000);
        let mut reading = Reading { keys, files, notes, line: section.line() };
        let source = match dialect.map(|dialect| dialect.value) {
            Some(Dialect::Sqlite) => reading.sqlite(),
            Some(dialect @ (Dialect::PostgreSql | Dialect::MySql)) => reading.server(dialect),
            Some(Dialect::Odbc) => reading.odbc(),
            None => None,
        };
        if let Some(dialect) = dialect {
            reading.refuse_the_rest(dialect.value);
        } else {
            // The other keys cannot be judged while the engine is not known.
            return None;
        }
        reading.keys.finish();
        (problems.len() == before).then_some(())?;
        Some(Settings {
            source: source?,
            pool: usize::try_from(pool).unwrap_or(8),
            row_cap,
            acquire,
            connect,
            statement,
            answer,
        })
    }
}

/// Which keys mean something for which engine.
const KEYS: [(&str, &[Dialect]); 16] = [
    ("script", &[Dialect::Sqlite]),
    ("file", &[Dialect::Sqlite]),
    ("host", &[Dialect::PostgreSql, Dialect::MySql]),
    ("port", &[Dialect::PostgreSql, Dialect::MySql]),
    ("database", &[Dialect::PostgreSql, Dialect::MySql]),
    ("tls", &[Dialect::PostgreSql, Dialect::MySql]),
    ("tls_name", &[Dialect::PostgreSql, Dialect::MySql]),
    ("authorities", &[Dialect::PostgreSql, Dialect::MySql]),
    ("time_zone", &[Dialect::MySql]),
    ("connection", &[Dialect::Odbc]),
    ("begin", &[Dialect::Odbc]),
    ("probe", &[Dialect::Odbc]),
    ("user", &[Dialect::PostgreSql, Dialect::MySql, Dialect::Odbc]),
    ("password", &[Dialect::PostgreSql, Dialect::MySql, Dialect::Odbc]),
    ("password_file", &[Dialect::PostgreSql, Dialect::MySql, Dialect::Odbc]),
    ("password_env", &[Dialect::PostgreSql, Dialect::MySql, Dialect::Odbc]),
];

struct Reading<'r, 's, 'p> {
    keys: Keys<'s, 'p>,
    files: &'r dyn PackageFiles,
    notes: &'r mut Vec<Problem>,
    line: u32,
}

impl Reading<'_, '_, '_> {
    fn refuse_the_rest(&mut self, dialect: Dialect) {
        for (key, meant) in KEYS {
            if !meant.contains(&dialect)
                && let Some(line) = self.keys.line_of(key)
            {
                let useless = Fault::new("sql-key-useless").with("key", key).with("engine", dialect.name());
                self.keys.problem(line, useless);
            }
        }
    }

    fn needed(&mut self, key: &'static str, dialect: Dialect) -> Option<Located<String>> {
        let written = self.keys.text(key);
        if written.is_none() && self.keys.line_of(key).is_none() {
            let needed = Fault::new("sql-key-needed").with("key", key).with("engine", dialect.name());
            self.keys.problem(self.line, needed);
        }
        written
    }

    fn sqlite(&mut self) -> Option<Source> {
        if let Some(named) = self.keys.text("script") {
            return self.script(&named);
        }
        let named = self.needed("file", Dialect::Sqlite)?;
        let path = Path::new(&named.value);
        if path.is_absolute() {
            if let Err(error) = std::fs::File::open(path) {
                self.keys.problem(named.line, unreadable("file", &error));
                return None;
            }
            return Some(Source::Sqlite(Sqlite::File(path.to_owned())));
        }
        let found = PackagePath::parse(&named.value).and_then(|path| match self.files.on_disk(&path) {
            Some(found) => found,
            None => Err(Fault::new("sql-database-embedded").into()),
        });
        match found {
            Ok(file) => Some(Source::Sqlite(Sqlite::File(file))),
            Err(problem) => {
                self.keys.problem(named.line, problem);
                None
            }
        }
    }

    fn script(&mut self, named: &Located<String>) -> Option<Source> {
        if let Some(line) = self.keys.line_of("file") {
            self.keys.problem(line, Fault::new("sql-file-and-script"));
            return None;
        }
        let octets = self.read("script", named)?;
        match String::from_utf8(octets) {
            Ok(statements) => Some(Source::Sqlite(Sqlite::Script(statements.into()))),
            Err(_) => {
                self.keys.problem(named.line, Fault::new("sql-script-encoding"));
                None
            }
        }
    }

    fn server(&mut self, dialect: Dialect) -> Option<Source> {
        let usual = if dialect == Dialect::PostgreSql { 5432 } else { 3306 };
        let host = self.needed("host", dialect);
        let port = self.keys.number("port", 1..=65535).map_or(usual, |port| port.value);
        let database = self.needed("database", dialect);
        let user = self.needed("user", dialect);
        let password = self.password();
        let tls = self.keys.one_of("tls", &[("verify", true), ("off", false)]);
        let tls_name = self.keys.text("tls_name");
        let authorities = self.keys.text("authorities");
        let time_zone = if dialect == Dialect::MySql { self.keys.text("time_zone") } else { None };
        if let Some(zone) = time_zone.as_ref().filter(|zone| !is_offset(&zone.value)) {
            self.keys.problem(zone.line, Fault::new("sql-time-zone"));
        }
        let host = host?;
        let near = is_near(&host.value);
        let wanted = tls.map_or(!near, |tls| tls.value);
        if !wanted && !near {
            let line = tls.map_or(host.line, |tls| tls.line);
            self.notes.push(Problem::from(Fault::new("sql-tls-off")).at("adapter.toml", line));
        }
        let authorities = match authorities {
            Some(named) => Some(self.authorities(&named)?),
            None => None,
        };
        let name = tls_name.map_or_else(|| host.value.clone(), |name| name.value);
        Some(Source::Server(
            dialect,
            Server {
                host: host.value,
                port: u16::try_from(port).unwrap_or(usual as u16),
                database: database?.value,
                user: user?.value,
                password: password?,
                tls: wanted.then_some(Tls { name, authorities }),
                time_zone: time_zone.map(|zone| zone.value),
            },
        ))
    }

    fn odbc(&mut self) -> Option<Source> {
        let connection = self.keys.secret("connection");
        if connection.is_none() {
            self.needed("connection", Dialect::Odbc);
        }
        let user = self.keys.text("user").map(|user| user.value);
        let password = self.password();
        let begin = self.keys.text("begin").map(|begin| begin.value);
        let probe = self.keys.text("probe").map_or_else(|| "SELECT 1".to_owned(), |probe| probe.value);
        let connection = connection?;
        if begin.is_none() {
            self.notes.push(Problem::from(Fault::new("sql-odbc-writes")).at("adapter.toml", connection.line));
        }
        let lower = connection.value.reveal().to_lowercase();
        if connection.in_clear && (lower.contains("pwd=") || lower.contains("password=")) {
            self.notes.push(Problem::from(Fault::new("sql-password-clear")).at("adapter.toml", connection.line));
        }
        if cfg!(not(feature = "odbc")) {
            self.keys.problem(self.line, Fault::new("sql-odbc-absent"));
            return None;
        }
        Some(Source::Odbc(Odbc { connection: connection.value, user, password: password?, begin, probe }))
    }

    /// The password, if any; `None` outside if it is given wrongly.
    fn password(&mut self) -> Option<Option<Sensitive>> {
        let clear = self.keys.secret("password");
        let file = self.keys.text("password_file");
        let variable = self.keys.text("password_env");
        let elsewhere = [&file, &variable].into_iter().flatten().map(|given| given.line);
        let lines: Vec<u32> = clear.iter().map(|given| given.line).chain(elsewhere).collect();
        if let [_, second, ..] = lines.as_slice() {
            self.keys.problem(*second, Fault::new("sql-password-several"));
            return None;
        }
        if let Some(clear) = clear {
            if clear.in_clear {
                self.notes.push(Problem::from(Fault::new("sql-password-clear")).at("adapter.toml", clear.line));
            }
            return Some(Some(clear.value));
        }
        if let Some(named) = file {
            let octets = self.read("password_file", &named)?;
            let text = String::from_utf8_lossy(&octets);
            return Some(Some(Sensitive::new(text.trim_end_matches(['\r', '\n']))));
        }
        let Some(named) = variable else { return Some(None) };
        match std::env::var(&named.value) {
            Ok(text) => Some(Some(Sensitive::new(text))),
            Err(_) => {
                self.keys.problem(named.line, Fault::new("sql-password-unset").with("name", named.value));
                None
            }
        }
    }

    fn authorities(&mut self, named: &Located<String>) -> Option<Vec<u8>> {
        let octets = self.read("authorities", named)?;
        if crate::tls::certificates(&octets).is_none_or(|found| found.is_empty()) {
            self.keys.problem(named.line, Fault::new("sql-authorities"));
            return None;
        }
        Some(octets)
    }

    /// A file by its absolute path, or one of the package.
    fn read(&mut self, key: &'static str, named: &Located<String>) -> Option<Vec<u8>> {
        let path = Path::new(&named.value);
        let read = if path.is_absolute() {
            self.files.outside(path).map_err(|error| unreadable(key, &error).into())
        } else {
            PackagePath::parse(&named.value).and_then(|path| self.files.read(&path)).map(|file| file.bytes.to_vec())
        };
        read.map_err(|problem: Problem| self.keys.problem(named.line, problem)).ok()
    }
}

fn unreadable(key: &str, error: &std::io::Error) -> Fault {
    Fault::new("sql-file-unreadable").with("key", key).with("cause", error.kind().to_string())
}

/// Whether what is sent there stays on this machine.
fn is_near(host: &str) -> bool {
    host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_offset(zone: &str) -> bool {
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    zone.strip_prefix(['+', '-'])
        .and_then(|rest| rest.split_once(':'))
        .is_some_and(|(hours, minutes)| digits(hours) && digits(minutes) && hours <= "14" && minutes <= "59")
}
