//! Parameters of adapters on a running gate: set, sealed, masked, kept, taken back.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "hosts/mod.rs"]
mod hosts;
mod support;

use hosts::{Hosted, copy};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::*;

const ADAPTER: &str = "Tuned";
const FIRST: &str = "first-secret-7f1c";
const SECOND: &str = "second-secret-93ab";
/// What the operator is promised, and a moment for this machine.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn a_secret_set_on_a_running_gate_is_used_and_outlives_a_kill() {
    let mut scene = Scene::start();
    let unset = scene.ask();
    assert_eq!(unset.http.header("kapia-code"), Some("parameter-unset"), "{}", unset.http.everything());
    assert!(scene.upstream.seen().is_empty(), "nobody was asked without the secret");

    scene.set("api_key", FIRST, "new key of the register");
    scene.until_the_register_is_told(FIRST);
    scene.gate.kill();
    scene.gate.restart();
    scene.ask().result(Entry::V2).assert_answer();
    assert_eq!(scene.upstream.seen().last().unwrap().key, FIRST);

    scene.set("api_key", SECOND, "rotation");
    scene.until_the_register_is_told(SECOND);
    assert_eq!(scene.kept_somewhere(FIRST), Vec::<PathBuf>::new());
    assert_eq!(scene.kept_somewhere(SECOND), Vec::<PathBuf>::new());
    assert!(!scene.kept_somewhere("new key of the register").is_empty(), "the search finds what is there");
    assert!(!scene.gate.said().contains(FIRST) && !scene.gate.said().contains(SECOND));
}

#[test]
fn the_history_tells_who_when_and_why_and_never_what_a_secret_was() {
    let scene = Scene::start();
    scene.set("api_key", FIRST, "first");
    scene.set("api_key", SECOND, "second");
    let told = scene.gate.kapia(&["adapter", "parameter", "history", ADAPTER, "api_key", "--json"]).stdout;
    let history: serde_json::Value = serde_json::from_str(&told).unwrap();
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "kapia".to_owned());
    for (at, version, why) in [(0, 2, "second"), (1, 1, "first")] {
        assert_eq!(history[at]["version"], version);
        assert_eq!(history[at]["comment"], why);
        assert_eq!(history[at]["actor"], user.as_str());
        assert_eq!(history[at]["value"], "********");
        assert!(history[at]["at"].as_str().unwrap().starts_with("20"));
    }
    let list = scene.gate.kapia(&["adapter", "parameter", "list", ADAPTER]).stdout;
    assert!(list.contains("api_key = ********") && list.contains("version 2"), "{list}");
    assert!(list.contains("path_prefix = units"), "{list}");
    let json = scene.gate.kapia(&["adapter", "parameter", "list", "--json"]).stdout;
    for shown in [&told, &list, &json] {
        assert!(!shown.contains(FIRST) && !shown.contains(SECOND), "{shown}");
    }
}

#[test]
fn a_value_of_the_wrong_type_is_refused_with_the_rule_and_without_the_value() {
    let scene = Scene::start();
    scene.set("api_key", FIRST, "");
    for (name, value, rule) in [
        (
            "answer_time",
            "soon-enough",
            "a time span such as 1500ms, 30s, 5m, 2h or 7d, at least 100ms, at most 60000ms",
        ),
        ("answer_time", "61s", "a time span such as 1500ms, 30s, 5m, 2h or 7d, at least 100ms, at most 60000ms"),
        ("service_url", "ftp://elsewhere", "an http:// or https:// address without a user, a password or a fragment"),
        ("path_prefix", "people", "one of: units, things"),
    ] {
        let said = scene.gate.kapia_says(&["adapter", "parameter", "set", ADAPTER, name, value]);
        assert_eq!(said.code, Some(2), "{}", said.stderr);
        assert!(said.stderr.contains(rule), "{}", said.stderr);
        assert!(!said.stderr.contains(value), "{}", said.stderr);
    }
    let said = scene.gate.kapia_says(&["adapter", "parameter", "set", ADAPTER, "api_key", "typed-secret"]);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("api_key is a secret") && !said.stderr.contains("typed-secret"), "{}", said.stderr);
    let said = scene.gate.kapia_says(&["adapter", "parameter", "set", ADAPTER, "api_kye", "x"]);
    assert!(said.stderr.contains("did you mean api_key"), "{}", said.stderr);
    let said = scene.gate.kapia_says(&["adapter", "parameter", "list", "Tunned"]);
    assert!(said.stderr.contains("did you mean Tuned"), "{}", said.stderr);
    scene.until_the_register_is_told(FIRST);
}

#[test]
fn a_value_can_be_taken_back_to_an_earlier_one_and_to_that_of_the_package() {
    let scene = Scene::start();
    scene.set("api_key", FIRST, "");
    scene.set("api_key", SECOND, "");
    scene.until_the_register_is_told(SECOND);
    scene.gate.kapia(&["adapter", "parameter", "rollback", ADAPTER, "api_key", "1", "--comment", "too early"]);
    scene.until_the_register_is_told(FIRST);
    let said = scene.gate.kapia_says(&["adapter", "parameter", "rollback", ADAPTER, "api_key", "9"]);
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("api_key has no version 9"), "{}", said.stderr);

    scene.gate.kapia(&["adapter", "parameter", "set", ADAPTER, "path_prefix", "things"]);
    scene.until(|seen| seen.target.starts_with("/things/"));
    scene.gate.kapia(&["adapter", "parameter", "unset", ADAPTER, "path_prefix"]);
    scene.until(|seen| seen.target.starts_with("/units/"));
}

#[test]
fn a_secret_comes_from_standard_input_or_a_file_without_the_line_end() {
    let scene = Scene::start();
    let mut child = Command::new(program())
        .args(["--lang", "en", "--config"])
        .arg(scene.gate.folder.join("kapia.toml"))
        .args(["adapter", "parameter", "set", ADAPTER, "api_key", "--value-file", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{SECOND}\n").as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    scene.until_the_register_is_told(SECOND);
}

#[test]
fn what_a_core_sets_over_the_host_protocol_is_kept_with_where_it_came_from() {
    let scene = Scene::start();
    let config = scene.gate.folder.join("kapia.toml");
    let folder = scene.packages.path().to_str().unwrap().to_owned();
    let start = || Hosted::plain(&config, &scene.gate.certs, &["--set-parameters", "--adapters", &folder]);
    let host = start();
    for (key, value) in [("api_key", FIRST), ("RegisterTimeoutSeconds", "7")] {
        let reply = post(host.port, &format!("/TunedAdapter/SetParameter?key={key}&value={value}"));
        assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    }
    let wrong = post(host.port, "/TunedAdapter/SetParameter?key=answer_time&value=soon-enough");
    assert!(!wrong.starts_with("HTTP/1.1 200") && !wrong.contains("soon-enough"), "{wrong}");
    // The gate beside it reads the same database.
    scene.until_the_register_is_told(FIRST);
    let history = scene.gate.kapia(&["adapter", "parameter", "history", ADAPTER, "api_key"]).stdout;
    assert!(history.contains("host protocol, 127.0.0.1"), "{history}");
    let own = scene.gate.kapia(&["adapter", "parameter", "list", "@host"]).stdout;
    assert!(own.contains("RegisterTimeoutSeconds = 7"), "{own}");
    drop(host);

    let host = start();
    let listed = get(host.port, "/TunedAdapter/GetParameters");
    assert!(listed.contains("********") && !listed.contains(FIRST), "{listed}");
    assert!(listed.contains("<CurrentValue>7</CurrentValue>"), "{listed}");
    scene.gate.kapia(&["adapter", "parameter", "set", "@host", "RegisterTimeoutSeconds", "9"]);
    let deadline = Instant::now() + SOON;
    while !get(host.port, "/TunedAdapter/GetParameters").contains("<CurrentValue>9</CurrentValue>") {
        assert!(Instant::now() < deadline, "the host does not take the value over");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!host.log().contains(FIRST));
}

#[test]
fn a_gate_without_its_key_refuses_the_package_and_says_which_file_is_missing() {
    let mut scene = Scene::start();
    scene.set("api_key", FIRST, "");
    scene.until_the_register_is_told(FIRST);
    scene.gate.kill();
    std::fs::rename(scene.gate.folder.join("parameters.key"), scene.gate.folder.join("away.key")).unwrap();
    scene.gate.restart();
    assert!(scene.gate.said().contains("parameters.key"), "{}", scene.gate.said());
    scene.gate.kill();
    std::fs::rename(scene.gate.folder.join("away.key"), scene.gate.folder.join("parameters.key")).unwrap();
    scene.gate.restart();
    scene.ask().result(Entry::V2).assert_answer();
}

/// A gate with a package whose register wants a key.
struct Scene {
    gate: Gate,
    packages: tempfile::TempDir,
    upstream: Upstream,
}

impl Scene {
    fn start() -> Scene {
        let upstream = Upstream::start();
        let packages = tempfile::tempdir().unwrap();
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/packages/ServicesRest");
        let folder = packages.path().join(ADAPTER);
        copy(&samples, &folder);
        std::fs::write(folder.join("adapter.toml"), manifest(upstream.port)).unwrap();
        let adapters = vec![packages.path().to_owned()];
        let gate = Gate::start(GateOptions { adapters, ..GateOptions::default() });
        Scene { gate, packages, upstream }
    }

    fn ask(&self) -> Read {
        let argument = r#"<PersonRequest xmlns="urn:example:services:PersonRequest"><Key>17</Key></PersonRequest>"#;
        let operation = "Example.Tuned.APIService.ITunedAPI.GetPerson".to_owned();
        self.gate.call(&Call { operation, argument: Some(argument.to_owned()), ..Call::good() })
    }

    fn set(&self, name: &str, value: &str, why: &str) {
        let file = self.packages.path().join("value");
        std::fs::write(&file, format!("{value}\r\n")).unwrap();
        let file_name = file.to_str().unwrap();
        let said = self.gate.kapia(&[
            "adapter",
            "parameter",
            "set",
            ADAPTER,
            name,
            "--value-file",
            file_name,
            "--comment",
            why,
        ]);
        assert!(!said.stdout.contains(value) && !said.stderr.contains(value));
        std::fs::remove_file(file).unwrap();
    }

    fn until_the_register_is_told(&self, key: &str) {
        self.until(|seen| seen.key == key);
    }

    /// Asks until the register sees what is expected.
    fn until(&self, expected: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + SOON;
        loop {
            let read = self.ask();
            if self.upstream.seen().last().is_some_and(&expected) {
                read.result(Entry::V2).assert_answer();
                return;
            }
            assert!(Instant::now() < deadline, "not taken over; the last answer: {}", read.http.everything());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The files of the gate that hold a text.
    fn kept_somewhere(&self, text: &str) -> Vec<PathBuf> {
        let files = std::fs::read_dir(&self.gate.folder).unwrap().map(|entry| entry.unwrap().path());
        let holds = |file: &PathBuf| {
            let octets = std::fs::read(file).unwrap_or_default();
            octets.windows(text.len()).any(|window| window == text.as_bytes())
        };
        files.filter(|file| file.is_file() && holds(file)).collect()
    }
}

fn manifest(port: u16) -> String {
    let operation = "name = \"Example.Tuned.APIService.ITunedAPI.GetPerson\"
request = \"PersonRequest.xsd\"
request_root = \"{urn:example:services:PersonRequest}PersonRequest\"
response = \"PersonResponse.xsd\"
response_root = \"{urn:example:services:PersonResponse}PersonResponse\"";
    format!(
        r#"name = "{ADAPTER}"

[backend]
kind = "rest"
base = "{{{{ parameter.service_url }}}}"
answer_timeout_ms = "{{{{ parameter.answer_time }}}}"

[parameters.service_url]
type = "url"
default = "http://127.0.0.1:{port}"
description = {{ en = "where the register is", bg = "къде е регистърът" }}

[parameters.api_key]
type = "text"
secret = true
description = {{ en = "key of the register", bg = "ключ за регистъра" }}

[parameters.answer_time]
type = "duration"
min = "100ms"
max = "60s"
default = "10s"
description = {{ en = "how long it may take", bg = "колко време може да отнеме" }}

[parameters.path_prefix]
type = "code"
values = ["units", "things"]
default = "units"
description = {{ en = "what is asked for", bg = "какво се пита" }}

[[operation]]
{operation}

[operation.rest]
path = "/{{{{ parameter.path_prefix }}}}/{{{{ request.Key }}}}"
headers.X-Api-Key = "{{{{ parameter.api_key }}}}"
template = "Person.xml"
"#
    )
}

/// A request that the register has seen.
#[derive(Clone, Debug)]
struct Seen {
    target: String,
    key: String,
}

/// A register behind HTTP.
struct Upstream {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Upstream {
    fn start() -> Upstream {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let noted = Arc::clone(&noted);
                std::thread::spawn(move || {
                    // Whoever hangs up is not asked again.
                    let _ = serve(socket, &noted);
                });
            }
        });
        Upstream { port, seen }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(socket: TcpStream, seen: &Mutex<Vec<Seen>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(socket.try_clone()?);
    let mut socket = socket;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut key = String::new();
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let Some((name, value)) = header.split_once(':') else { break };
            if name.eq_ignore_ascii_case("x-api-key") {
                key = value.trim().to_owned();
            }
        }
        seen.lock().unwrap().push(Seen { target, key });
        let body = r#"{"name": "Извор", "items": []}"#;
        write!(
            socket,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
    }
}

fn post(port: u16, target: &str) -> String {
    exchange(
        port,
        &format!(
            "POST {target} HTTP/1.1\r\nHost: h\r\nContent-Type: application/xml\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ),
    )
}

fn get(port: u16, target: &str) -> String {
    exchange(port, &format!("GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
}

fn exchange(port: u16, request: &str) -> String {
    let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    socket.read_to_string(&mut reply).unwrap();
    reply
}
