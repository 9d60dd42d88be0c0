//! The built program as a child process, in a folder of its own.

use super::http::{Connection, HttpReply, Tls};
use super::message::Call;
use super::reply::Read;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a gate may take until it serves; the corpus has many packages.
const STARTING: Duration = Duration::from_secs(180);
/// How long a gate may take to end.
const ENDING: Duration = Duration::from_secs(60);

/// The program that is tested.
pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_kapia")
}

/// What a gate is started with.
#[derive(Clone, Default)]
pub struct GateOptions {
    /// Folders of packages beside the four of our own.
    pub adapters: Vec<PathBuf>,
    /// Replacements in `kapia.toml` (what, with what), each of which must occur.
    pub settings: Vec<(&'static str, String)>,
    /// Runs `serve` on what a demo has made, instead of the demo itself.
    pub serve: bool,
    /// `KAPIA_LOG`.
    pub log: Option<&'static str>,
}

/// A running gate. It ends when it is dropped, and when this process ends in whatever way.
pub struct Gate {
    /// The port for consumers.
    pub port: u16,
    /// The folder of the example certificates.
    pub certs: PathBuf,
    /// The folder with configuration and databases.
    pub folder: PathBuf,
    options: GateOptions,
    home: tempfile::TempDir,
    child: Child,
    watchdog: Child,
    ended: Option<ExitStatus>,
    starts: usize,
}

/// What a command of the program said.
#[derive(Debug)]
pub struct Output {
    /// Exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Gate {
    /// A gate with our own packages.
    pub fn demo() -> Gate {
        Gate::start(GateOptions::default())
    }

    /// A gate that serves when this returns.
    pub fn start(options: GateOptions) -> Gate {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("gate");
        if options.serve || !options.settings.is_empty() {
            configure(&folder, &options);
        }
        let (child, watchdog) = spawn(home.path(), &folder, &options, 0);
        let certs = folder.join("certs");
        let mut gate = Gate { port: 0, certs, folder, options, home, child, watchdog, ended: None, starts: 0 };
        gate.wait_until_it_serves();
        gate
    }

    /// Starts the same gate once more, after it has ended.
    pub fn restart(&mut self) {
        assert!(self.ended.is_some(), "it still runs");
        self.starts += 1;
        (self.child, self.watchdog) = spawn(self.home.path(), &self.folder, &self.options, self.starts);
        self.ended = None;
        self.wait_until_it_serves();
    }

    /// How to connect as `consumer`, `stranger` or `expired`; `None` shows no certificate.
    pub fn tls(&self, who: Option<&str>) -> Tls {
        Tls::new(&self.certs, who.map(|who| (self.certs.as_path(), who)))
    }

    /// A connection as the consumer.
    pub fn connect(&self) -> Connection {
        self.tls(Some("consumer")).connect(self.port).unwrap()
    }

    /// Sends octets as the consumer on a new connection.
    pub fn send(&self, octets: &[u8]) -> HttpReply {
        let mut connection = self.connect();
        connection.send(octets).unwrap();
        connection.reply().unwrap()
    }

    /// Makes a call as the consumer.
    pub fn call(&self, call: &Call) -> Read {
        Read::new(self.send(&call.post().octets()), call.soap)
    }

    /// Makes a call as somebody else.
    pub fn call_as(&self, tls: &Tls, call: &Call) -> Read {
        let mut connection = tls.connect(self.port).unwrap();
        connection.send(&call.post().octets()).unwrap();
        Read::new(connection.reply().unwrap(), call.soap)
    }

    /// A page of the admin listener: status and body.
    pub fn admin(&self, path: &str) -> (u16, String) {
        let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.admin_port())).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        socket.read_to_string(&mut reply).unwrap();
        let status = reply.split(' ').nth(1).unwrap().parse().unwrap();
        let body = reply.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        (status, body)
    }

    /// A command of the program on the configuration of this gate, which must succeed.
    pub fn kapia(&self, arguments: &[&str]) -> Output {
        let output = self.kapia_says(arguments);
        assert_eq!(output.code, Some(0), "kapia {}\n{}{}", arguments.join(" "), output.stdout, output.stderr);
        output
    }

    /// A command of the program on the configuration of this gate.
    pub fn kapia_says(&self, arguments: &[&str]) -> Output {
        let output = Command::new(program())
            .args(["--lang", "en", "--config"])
            .arg(self.folder.join("kapia.toml"))
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
        Output { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Everything that the gate has written to standard output and standard error, over all its starts.
    pub fn said(&self) -> String {
        let logs =
            (0..=self.starts).flat_map(|start| ["out", "err"].map(|stream| log(self.home.path(), stream, start)));
        logs.map(|path| read(&path)).collect()
    }

    /// Forgets the highest mark of memory so far, and gives the resident memory of now, in kB.
    pub fn begin_measuring(&self) -> u64 {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").unwrap();
        self.memory("VmRSS:")
    }

    /// The most resident memory that the process has had since [`Gate::begin_measuring`], in kB.
    pub fn peak_memory(&self) -> u64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Kills the process: nothing in it runs any more.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.wait();
    }

    /// Sends a signal by its name, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until the process ends.
    pub fn wait(&mut self) -> ExitStatus {
        if let Some(status) = self.ended {
            return status;
        }
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < ENDING, "the gate does not end:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        };
        self.ended = Some(status);
        let _ = self.watchdog.kill();
        let _ = self.watchdog.wait();
        status
    }

    fn wait_until_it_serves(&mut self) {
        let began = Instant::now();
        let path = log(self.home.path(), "out", self.starts);
        loop {
            let said = read(&path);
            // Of the demo the signed call is awaited too, so that the journal rests when a test begins.
            let port = match self.options.serve {
                true => port_in(&self.log_of_last_start(), "public=\"127.0.0.1:"),
                false => port_in(&said, "https://localhost:").filter(|_| said.contains("signature valid")),
            };
            if let Some(port) = port {
                self.port = port;
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the gate ended with {status}:\n{}", self.said());
            }
            assert!(began.elapsed() < STARTING, "the gate does not come up:\n{}", self.said());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn admin_port(&self) -> u16 {
        let (said, before) = match self.options.serve {
            true => (self.log_of_last_start(), "admin=\"127.0.0.1:"),
            false => (read(&log(self.home.path(), "out", self.starts)), "http://127.0.0.1:"),
        };
        port_in(&said, before).unwrap_or_else(|| panic!("no address for health and metrics in\n{said}"))
    }

    fn log_of_last_start(&self) -> String {
        read(&log(self.home.path(), "err", self.starts))
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if self.ended.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
            let _ = self.watchdog.kill();
            let _ = self.watchdog.wait();
        }
    }
}

/// A shell that outlives this process by a moment: when the pipe that this process holds closes, it ends the child and
/// removes its folder. What lies in a static is never dropped.
pub fn watchdog(child: &Child, folder: &Path) -> Child {
    Command::new("sh")
        .args(["-c", "cat >/dev/null; kill -9 \"$1\" 2>/dev/null; rm -rf -- \"$2\"", "sh"])
        .arg(child.id().to_string())
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The child and its watchdog.
fn spawn(home: &Path, folder: &Path, options: &GateOptions, start: usize) -> (Child, Child) {
    let mut command = Command::new(program());
    command.args(["--lang", "en"]);
    if options.serve {
        command.arg("serve").arg("--config").arg(folder.join("kapia.toml"));
    } else {
        command.args(["demo", "--port", "0", "--dir"]).arg(folder);
        options.adapters.iter().for_each(|folder| {
            command.arg("--adapters").arg(folder);
        });
    }
    if let Some(log) = options.log {
        command.env("KAPIA_LOG", log);
    }
    let child = command
        .stdin(Stdio::null())
        .stdout(File::create(log(home, "out", start)).unwrap())
        .stderr(File::create(log(home, "err", start)).unwrap())
        .spawn()
        .unwrap();
    let watchdog = watchdog(&child, home);
    (child, watchdog)
}

/// Lets the demo make its folder, and then changes the configuration.
fn configure(folder: &Path, options: &GateOptions) {
    let mut command = Command::new(program());
    command.args(["--lang", "en", "demo", "--once", "--port", "0", "--dir"]).arg(folder);
    let made = command.stdin(Stdio::null()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let file = folder.join("kapia.toml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    let ports = [("127.0.0.1:8443", "127.0.0.1:0".to_owned()), ("127.0.0.1:8444", "127.0.0.1:0".to_owned())];
    for (what, with) in ports.iter().chain(&options.settings) {
        assert!(text.contains(what), "{what} does not stand in\n{text}");
        text = text.replacen(what, with, 1);
    }
    std::fs::write(&file, text).unwrap();
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

fn log(home: &Path, stream: &str, start: usize) -> PathBuf {
    home.join(format!("{stream}.{start}.log"))
}

fn port_in(text: &str, before: &str) -> Option<u16> {
    let rest = &text[text.find(before)? + before.len()..];
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    // A number that is not followed by anything yet may still grow.
    (digits.len() < rest.len()).then(|| digits.parse().ok())?
}
