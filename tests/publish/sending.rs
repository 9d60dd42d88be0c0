//! Somebody who pushes, and what they push.

use crate::support::*;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A gate that tests share which leave it as it was for the others: each has its own numbers of services.
pub fn gate() -> &'static Gate {
    static GATE: OnceLock<Gate> = OnceLock::new();
    GATE.get_or_init(Gate::demo)
}

pub const EIK: &str = "123456786";
const RECORD: &str = include_str!("../../src/cli/demo/service.xml");

/// One record of the demo's administration.
pub fn record(number: u64, name: &str) -> String {
    let (begin, end) = (RECORD.find("<ServiceRecord>").unwrap(), RECORD.find("</ServiceRecord>").unwrap());
    let record = RECORD[begin..end + "</ServiceRecord>".len()]
        .replace("<ServiceNumber>1001<", &format!("<ServiceNumber>{number}<"))
        .replace("Издаване на удостоверение за постоянен адрес", name);
    record.replacen("<ServiceRecord>", "<ServiceRecord xmlns=\"urn:egov-gateway:portal:service-record:1\">", 1)
}

/// Where the demo's portal is, who may push there, and a folder for what is pushed.
pub struct Sender<'g> {
    pub gate: &'g Gate,
    pub folder: tempfile::TempDir,
    pub user: String,
}

impl<'g> Sender<'g> {
    pub fn new(gate: &'g Gate) -> Sender<'g> {
        let folder = tempfile::tempdir().unwrap();
        let netrc = std::fs::read_to_string(gate.folder.join("portal.netrc")).unwrap();
        let field = |name: &str| netrc.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        std::fs::write(folder.path().join("password"), format!("{}\n", field("password "))).unwrap();
        std::fs::create_dir(folder.path().join("records")).unwrap();
        Sender { gate, folder, user: field("login ") }
    }

    pub fn keep(&self, name: &str, content: &str) -> PathBuf {
        let file = self.folder.path().join("records").join(name);
        std::fs::write(&file, content).unwrap();
        file
    }

    pub fn push(&self, what: &Path, more: &[&str]) -> Output {
        self.push_to(self.gate.port, what, more)
    }

    /// Pushes to a service at some port of this machine, which shows a certificate of the authority of the gate.
    pub fn push_to(&self, port: u16, what: &Path, more: &[&str]) -> Output {
        self.push_at(port, &self.gate.certs.join("ca.pem"), what, more)
    }

    /// The same with a certificate of another authority.
    pub fn push_at(&self, port: u16, ca: &Path, what: &Path, more: &[&str]) -> Output {
        let arguments = self.arguments(port, ca, what, more);
        self.gate.kapia_says(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The arguments of such a push.
    pub fn arguments(&self, port: u16, ca: &Path, what: &Path, more: &[&str]) -> Vec<String> {
        let url = format!("https://localhost:{port}/services/EgovService");
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let password = self.folder.path().join("password");
        let place = ["--url".into(), url, "--user".into(), self.user.clone(), "--ca".into(), text(ca)];
        let secret = ["--password-file".into(), text(&password)];
        let mut arguments = vec!["portal".to_owned(), "push".into(), text(what)];
        arguments.extend(place.into_iter().chain(secret).chain(more.iter().map(ToString::to_string)));
        arguments
    }

    pub fn records(&self) -> PathBuf {
        self.folder.path().join("records")
    }
}

#[track_caller]
pub fn assert_ended(output: &Output, code: i32, said: &str) {
    assert!(output.code == Some(code) && output.stdout.contains(said), "{output:?}");
}

pub fn list(gate: &Gate) -> String {
    gate.kapia(&["portal", "list", "--supplier", EIK, "--lines", "5000"]).stdout
}

pub fn until(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(90), "{what}");
        std::thread::sleep(Duration::from_millis(300));
    }
}
