//! Database servers that are started for tests: in a folder of their own, on a free port, never as root.

use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable as _;
use tempfile::TempDir;

/// The password of the user `regix`, with what a careless way of writing it down would stumble over.
pub const PASSWORD: &str = "p' \\\"{};=ж";

/// A running server; it ends with this value.
pub struct Server {
    folder: TempDir,
    port: u16,
    child: Mutex<Child>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    PostgreSql,
    MariaDb,
}

static POSTGRESQL: Mutex<Weak<Server>> = Mutex::new(Weak::new());
static MARIADB: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// One server for all tests that run at the same time.
pub async fn postgresql() -> Arc<Server> {
    shared(&POSTGRESQL, Kind::PostgreSql).await
}

/// One server for all tests that run at the same time.
pub async fn mariadb() -> Arc<Server> {
    shared(&MARIADB, Kind::MariaDb).await
}

async fn shared(known: &'static Mutex<Weak<Server>>, kind: Kind) -> Arc<Server> {
    tokio::task::spawn_blocking(move || {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = known.upgrade() {
            return server;
        }
        let server = Arc::new(Server::start(kind));
        *known = Arc::downgrade(&server);
        server
    })
    .await
    .unwrap()
}

impl Server {
    /// One that a test may stop and start.
    pub async fn own_postgresql() -> Server {
        tokio::task::spawn_blocking(|| Server::start(Kind::PostgreSql)).await.unwrap()
    }

    /// One that a test may stop and start.
    pub async fn own_mariadb() -> Server {
        tokio::task::spawn_blocking(|| Server::start(Kind::MariaDb)).await.unwrap()
    }

    fn start(kind: Kind) -> Server {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        give(folder.path());
        write(folder.path(), "password", PASSWORD);
        let certified = rcgen::generate_simple_self_signed(["db.example".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        write(folder.path(), "cert.pem", &certified.cert.pem());
        write(folder.path(), "key.pem", &certified.signing_key.serialize_pem());
        let data = folder.path().join("data");
        match kind {
            Kind::PostgreSql => run(program("initdb", "/usr/lib/postgresql")
                .arg("-D")
                .arg(&data)
                .args(["-U", "regix", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "--pwfile"])
                .arg(folder.path().join("password"))),
            Kind::MariaDb => run(program("mariadb-install-db", "/usr")
                .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
                .arg(format!("--datadir={}", data.display()))
                // Two that install at one time must not share temporary tables.
                .env("TMPDIR", folder.path())),
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Mutex::new(launch(kind, folder.path(), port));
        let server = Server { folder, port, child, kind };
        server.wait();
        server
    }

    fn wait(&self) {
        let until = Instant::now() + Duration::from_secs(30);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < until, "the server does not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Ends it as a power cut would.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        drop(child);
        let until = Instant::now() + Duration::from_secs(10);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
            assert!(Instant::now() < until, "the server lives on");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn start_again(&self) {
        *self.child.lock().unwrap() = launch(self.kind, self.folder.path(), self.port);
        self.wait();
    }

    /// A database of its own for a test, filled by statements; what belongs into `[backend]`.
    pub async fn database(&self, name: &str, statements: &str) -> String {
        match self.kind {
            Kind::PostgreSql => {
                let admin = self.postgres_admin("postgres").await;
                admin.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
                self.postgres_admin(name).await.batch_execute(statements).await.unwrap();
            }
            Kind::MariaDb => {
                let mut admin = self.maria_admin().await;
                let user = format!(
                    "CREATE USER IF NOT EXISTS regix IDENTIFIED BY '{}'",
                    PASSWORD.replace('\\', "\\\\").replace('\'', "''")
                );
                for statement in [
                    &*user,
                    "GRANT ALL ON *.* TO regix",
                    &format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
                    &format!("USE {name}"),
                ] {
                    admin.query_drop(statement).await.unwrap();
                }
                for statement in statements.split(";\n").filter(|statement| !statement.trim().is_empty()) {
                    admin.query_drop(statement).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
                }
            }
        }
        self.backend(name)
    }

    /// What belongs into `[backend]`, without TLS.
    pub fn backend(&self, name: &str) -> String {
        let engine = if self.kind == Kind::PostgreSql { "postgresql" } else { "mysql" };
        format!(
            "engine = \"{engine}\"\nhost = \"127.0.0.1\"\nport = {}\ndatabase = \"{name}\"\nuser = \"regix\"\npassword_file = \"{}\"",
            self.port,
            self.folder.path().join("password").display()
        )
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn password_file(&self) -> PathBuf {
        self.folder.path().join("password")
    }

    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    pub async fn postgres_admin(&self, database: &str) -> tokio_postgres::Client {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(self.port).user("regix").password(PASSWORD).dbname(database);
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            match config.connect(tokio_postgres::NoTls).await {
                Ok((client, connection)) => {
                    tokio::spawn(connection);
                    return client;
                }
                // The server listens before it is ready.
                Err(_) if Instant::now() < until => tokio::time::sleep(Duration::from_millis(50)).await,
                Err(error) => panic!("{error}: {}", self.log()),
            }
        }
    }

    pub async fn maria_admin(&self) -> mysql_async::Conn {
        let socket = self.folder.path().join("socket").display().to_string();
        let options = mysql_async::OptsBuilder::default().user(Some("root")).socket(Some(socket));
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            match mysql_async::Conn::new(options.clone()).await {
                Ok(connection) => return connection,
                Err(_) if Instant::now() < until => tokio::time::sleep(Duration::from_millis(50)).await,
                Err(error) => panic!("{error}: {}", self.log()),
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        child.kill().ok();
        child.wait().ok();
    }
}

fn launch(kind: Kind, folder: &Path, port: u16) -> Child {
    let data = folder.join("data");
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let file = |name: &str| folder.join(name).display().to_string();
    let mut command = match kind {
        Kind::PostgreSql => {
            let mut command = program("postgres", "/usr/lib/postgresql");
            command.arg("-D").arg(&data).arg("-k").arg(folder).arg("-p").arg(port.to_string());
            for setting in [
                "listen_addresses=127.0.0.1".to_owned(),
                "fsync=off".to_owned(),
                "max_connections=60".to_owned(),
                "ssl=on".to_owned(),
                format!("ssl_cert_file={}", file("cert.pem")),
                format!("ssl_key_file={}", file("key.pem")),
            ] {
                command.arg("-c").arg(setting);
            }
            command
        }
        Kind::MariaDb => {
            let mut command = program("mariadbd", "/usr/sbin");
            command.args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin"]).args(
                [
                    format!("--datadir={}", data.display()),
                    format!("--port={port}"),
                    format!("--socket={}", file("socket")),
                    format!("--pid-file={}", file("pid")),
                    format!("--ssl-cert={}", file("cert.pem")),
                    format!("--ssl-key={}", file("key.pem")),
                    "--innodb-flush-log-at-trx-commit=2".to_owned(),
                    "--max-allowed-packet=64M".to_owned(),
                ],
            );
            command
        }
    };
    command.stdout(Stdio::from(log.try_clone().unwrap())).stderr(Stdio::from(log)).spawn().unwrap()
}

/// A program on the path, or below a folder of the distribution.
fn program(name: &str, below: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    let found = on_path.or_else(|| find(Path::new(below), name, 3));
    let mut command = Command::new(found.unwrap_or_else(|| panic!("{name} is not installed")));
    command.stdin(Stdio::null()).current_dir("/");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn find(folder: &Path, name: &str, depth: usize) -> Option<PathBuf> {
    let entries: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    let here = entries.iter().find(|path| path.is_file() && path.file_name().is_some_and(|found| found == name));
    here.cloned().or_else(|| {
        if depth == 0 {
            None
        } else {
            entries.iter().filter(|path| path.is_dir()).find_map(|path| find(path, name, depth - 1))
        }
    })
}

fn run(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(
        done.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}

const NOBODY: u32 = 65534;

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn give(path: &Path) {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    give(&path);
}
