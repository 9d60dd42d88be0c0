//! Adapter hosts as child processes, in Python and our own, and packages whose backend they are.
#![allow(dead_code)] // every test file uses a part of it

use crate::support::watchdog;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running host; it ends when this is dropped, and when this process ends in whatever way.
pub struct Host {
    pub port: u16,
    child: Child,
}

impl Host {
    /// Serves the documents of our packages.
    pub fn start() -> Host {
        Host::with(&[])
    }

    /// The same with TLS, for clients with a certificate of an authority.
    pub fn tls(certificate: &Path, key: &Path, authority: &Path) -> Host {
        let file = |path: &Path| path.to_str().unwrap().to_owned();
        Host::with(&["--tls".to_owned(), file(certificate), file(key), file(authority)])
    }

    fn with(arguments: &[String]) -> Host {
        let mut child = Command::new("python3")
            .arg(here().join("hosts/host.py"))
            .arg(here().join("../adapters"))
            .arg(here().join("registers"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is missing: install the package python3");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Host { port: line.trim().parse().expect("the host says its port"), child }
    }

    /// Ends the host at once, connections and all.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What a call has sent to it: every request with its `headers`, `path`, `body` and `connection`.
    pub fn seen(&self, call_id: i64) -> Vec<serde_json::Value> {
        serde_json::from_str(&self.get(&format!("/seen/{call_id}"))).unwrap()
    }

    /// What it remembers: `acknowledged` calls and `parameters`.
    pub fn state(&self) -> serde_json::Value {
        serde_json::from_str(&self.get("/state")).unwrap()
    }

    fn get(&self, path: &str) -> String {
        let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        write!(socket, "GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").unwrap();
        let mut reply = String::new();
        socket.read_to_string(&mut reply).unwrap();
        reply.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One of our packages, with a host in the place of its samples.
pub fn package(into: &Path, name: &str, backend: &str) {
    let from = samples(name);
    copy(&from, &into.join(name));
    let manifest = std::fs::read_to_string(from.join("adapter.toml")).unwrap();
    let manifest =
        manifest.replace("[backend]\nkind = \"sample\"\n", &format!("[backend]\nkind = \"host\"\n{backend}\n"));
    let mut kept = String::new();
    let mut in_sample = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_sample = line.starts_with("[operation.sample");
        }
        if !in_sample {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    std::fs::write(into.join(name).join("adapter.toml"), kept).unwrap();
}

/// One of our packages that answers out of files.
fn samples(name: &str) -> PathBuf {
    let of_tests = here().join("registers").join(name);
    if of_tests.exists() { of_tests } else { here().join("../adapters").join(name) }
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").canonicalize().unwrap()
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// `kapia adapter host` as a child process, and the core in Python that drives it.
pub struct Hosted {
    pub port: u16,
    is_plain: bool,
    pub folder: tempfile::TempDir,
    certs: PathBuf,
    child: Child,
    watchdog: Child,
}

impl Hosted {
    /// Serves the packages of a configuration, with TLS.
    pub fn start(config: &Path, certs: &Path, arguments: &[&str]) -> Hosted {
        Hosted::serving(config, certs, "--listen", "host", arguments)
    }

    /// The same without TLS.
    pub fn plain(config: &Path, certs: &Path, arguments: &[&str]) -> Hosted {
        Hosted::serving(config, certs, "--plain", "plain", arguments)
    }

    fn serving(config: &Path, certs: &Path, option: &str, field: &str, arguments: &[&str]) -> Hosted {
        let folder = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_kapia"))
            .args(["--lang", "en", "--config"])
            .arg(config)
            .args(["adapter", "host", option, "127.0.0.1:0", "--journal"])
            .arg(folder.path().join("journal.db"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let began = std::time::Instant::now();
        let before = format!(" {field}=\"127.0.0.1:");
        let port = loop {
            let said = std::fs::read_to_string(folder.path().join("log")).unwrap();
            if let Some((_, after)) = said.split_once(&before) {
                let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
                break digits.parse().unwrap();
            }
            assert!(child.try_wait().unwrap().is_none(), "the host ended:\n{said}");
            assert!(began.elapsed().as_secs() < 60, "the host does not come up:\n{said}");
            std::thread::sleep(std::time::Duration::from_millis(10));
        };
        let watchdog = watchdog(&child, folder.path());
        Hosted { port, is_plain: field == "plain", folder, certs: certs.to_owned(), child, watchdog }
    }

    /// Lets the core make one of its checks.
    pub fn check(&self, check: &str, arguments: &[&str]) {
        let said = Command::new("python3")
            .arg(here().join("hosts/core.py"))
            .arg(check)
            .arg(format!("{}://localhost:{}", if self.is_plain { "http" } else { "https" }, self.port))
            .arg(if self.is_plain { PathBuf::from("-") } else { self.certs.join("ca.pem") })
            .args(arguments)
            .output()
            .expect("python3 is missing: install the package python3");
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        assert!(said.status.success(), "{check}:\n{}\n{}", text(&said.stderr), self.log());
        assert_eq!(text(&said.stdout).trim(), format!("ok {check}"));
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until the process ends, and whether it ended well.
    pub fn wait(&mut self) -> bool {
        self.child.wait().unwrap().success()
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.watchdog.kill();
        let _ = self.watchdog.wait();
    }
}
