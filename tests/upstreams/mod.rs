//! The services behind the worked registers, served by the tests: REST with tokens, SOAP with a user token. How they behave
//! a test says; what they were sent they remember.
#![allow(dead_code)] // every test file uses a part of it

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What no reply, log or journal may ever show.
pub const SECRET: &str = "ТАЙНА-8101169992";
/// What the packages are told to show the services.
pub const PASSWORD: &str = "п\"аrola&<";

/// How the services behave.
#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    /// They answer.
    Good,
    /// They answer after a while.
    Slow(Duration),
    /// The connection ends in the middle of the answer.
    Cut,
    /// The connection ends before anything is answered.
    Dead,
    /// A status with a page that holds the secret.
    Status(u16),
    /// This body with this content type.
    Body(&'static str, Vec<u8>),
    /// A fault of SOAP with this element in its detail, or none, and the secret in its text.
    Fault(&'static str),
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub line: String,
    pub head: Vec<String>,
    pub body: String,
}

/// The running services; connections end with the listener when this is dropped.
pub struct Upstream {
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    mode: Mutex<Mode>,
    asked: Mutex<Vec<Asked>>,
    open: Mutex<Vec<TcpStream>>,
    ended: Mutex<bool>,
}

impl Upstream {
    /// Listens on a free port.
    pub fn start() -> Upstream {
        Upstream::at(0)
    }

    /// Listens on this port.
    pub fn at(port: u16) -> Upstream {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            mode: Mutex::new(Mode::Good),
            asked: Mutex::default(),
            open: Mutex::default(),
            ended: Mutex::new(false),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                if *serving.ended.lock().unwrap() {
                    return;
                }
                let socket = socket.unwrap();
                serving.open.lock().unwrap().push(socket.try_clone().unwrap());
                let serving = Arc::clone(&serving);
                std::thread::spawn(move || serving.serve(&socket));
            }
        });
        Upstream { port, shared }
    }

    /// From now on.
    pub fn behave(&self, mode: Mode) {
        *self.shared.mode.lock().unwrap() = mode;
    }

    /// What was asked since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.shared.asked.lock().unwrap())
    }

    /// Ends as a machine whose plug is pulled: no new connections, and the old ones are gone.
    pub fn kill(&self) {
        *self.shared.ended.lock().unwrap() = true;
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        for socket in self.shared.open.lock().unwrap().drain(..) {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Shared {
    /// One connection: requests one after the other.
    fn serve(&self, socket: &TcpStream) {
        let mut reader = BufReader::new(socket.try_clone().unwrap());
        while let Some(asked) = read(&mut reader) {
            self.asked.lock().unwrap().push(asked.clone());
            let mode = self.mode.lock().unwrap().clone();
            // The server of tokens and the sign of life are never in the way.
            let apart = asked.line.starts_with("POST /token ") || asked.line.starts_with("GET /api/v1/health ");
            let (status, kind, body) = if apart { good(&asked) } else { self.behaving(&mode, &asked) };
            let mode = if apart { Mode::Good } else { mode };
            if mode == Mode::Dead {
                break;
            }
            let head = format!("HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
            let sent = if mode == Mode::Cut { &body[..body.len() / 2] } else { &body[..] };
            let mut socket = socket;
            if socket.write_all(head.as_bytes()).and_then(|()| socket.write_all(sent)).is_err() || mode == Mode::Cut {
                break;
            }
        }
        let _ = socket.shutdown(Shutdown::Both);
    }

    fn behaving(&self, mode: &Mode, asked: &Asked) -> (u16, &'static str, Vec<u8>) {
        match mode {
            Mode::Good | Mode::Cut | Mode::Dead => good(asked),
            Mode::Slow(time) => {
                std::thread::sleep(*time);
                good(asked)
            }
            Mode::Status(status) => (*status, "text/html", format!("<html>{SECRET}</html>").into_bytes()),
            Mode::Body(kind, body) => (200, kind, body.clone()),
            Mode::Fault(detail) => (500, "text/xml; charset=utf-8", fault(detail)),
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut head = Vec::new();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim_end().to_owned();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head.push(header);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { line: line.trim_end().to_owned(), head, body: String::from_utf8(body).ok()? })
}

/// What the services know: one vehicle, and the permits of one man.
fn good(asked: &Asked) -> (u16, &'static str, Vec<u8>) {
    let json = |status, text: &str| (status, "application/json", text.as_bytes().to_vec());
    let path = asked.line.split(' ').nth(1).unwrap_or_default();
    let bearer = asked.head.iter().any(|header| header.eq_ignore_ascii_case("Authorization: Bearer token-1"));
    // "КП0042ХХ", encoded.
    let known = "/api/v1/vehicles/%D0%9A%D0%9F0042%D0%A5%D0%A5/inspections";
    if path == "/token" {
        return json(200, r#"{"access_token":"token-1","token_type":"Bearer","expires_in":3600}"#);
    }
    if path == "/api/v1/health" {
        return json(200, "{}");
    }
    if path == "/Permits.svc" {
        let permit = concat!(
            "<permit number=\"Р-000017\"><kind>годишен</kind><from>2026-01-05T00:00:00</from>",
            "<to>2027-01-04T23:59:59</to><fee>25</fee></permit>"
        );
        return match () {
            () if !asked.body.contains("PasswordDigest") => (500, "text/xml; charset=utf-8", fault("<Stranger/>")),
            () if asked.body.contains(">7605239965<") => (200, "text/xml; charset=utf-8", envelope(permit)),
            () => (500, "text/xml; charset=utf-8", fault("<HolderUnknown xmlns=\"urn:example:fishing:permits\"/>")),
        };
    }
    match path.split('?').next() {
        _ if !bearer => json(401, "{}"),
        Some(path) if path == known => json(200, VEHICLE),
        _ => json(404, "{}"),
    }
}

/// The JSON of the one vehicle.
pub const VEHICLE: &str = r#"{
  "vehicle": { "plate": "КП0042ХХ", "make": " Капийски   Автомобил " },
  "inspections": [
    { "date": "2025-03-11T10:15:00", "validUntil": "2026-03-11", "outcome": "passed", "mileage": 120345, "remarks": [] },
    { "date": "2024-03-08", "validUntil": null, "outcome": "failed", "mileage": 101200,
      "remarks": ["Износени накладки", "Счупен <десен> фар & \"стоп\" ]]>"] }
  ]
}"#;

/// An answer of the SOAP service with this in its body.
pub fn envelope(inside: &str) -> Vec<u8> {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><FindPermitsResponse \
         xmlns=\"urn:example:fishing:permits\">{inside}</FindPermitsResponse></s:Body></s:Envelope>"
    )
    .into_bytes()
}

fn fault(detail: &str) -> Vec<u8> {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>s:Client</faultcode>\
         <faultstring>{SECRET}</faultstring><detail>{detail}</detail></s:Fault></s:Body></s:Envelope>"
    )
    .into_bytes()
}

/// A worked register that stands behind a server, with the addresses and secrets of the tests in the place of its own.
pub fn behind(into: &Path, name: &str, port: u16, backend: &str) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../adapters/behind-servers").join(name);
    let folder = into.join(name);
    copy(&from, &folder);
    std::fs::write(folder.join("secret"), PASSWORD).unwrap();
    let file = folder.join("adapter.toml");
    let mut manifest = std::fs::read_to_string(&file).unwrap();
    for host in ["inspections", "fishing", "monuments"] {
        manifest = manifest.replace(&format!("https://{host}.example.bg/"), &format!("http://127.0.0.1:{port}/"));
    }
    for (key, variable) in [("client_secret", "VEHICLE_INSPECTIONS_SECRET"), ("secret", "FISHING_PERMITS_PASSWORD")] {
        manifest = manifest.replace(&format!("{key}_env = \"{variable}\""), &format!("{key}_file = \"secret\""));
    }
    assert!(!manifest.contains("_env = "), "{manifest}");
    // A register that fails again and again would be left alone after a while, which is a matter of other tests.
    let backend = format!("[breaker]\nfailures = 0\n\n[backend]\n{backend}\n");
    std::fs::write(&file, manifest.replace("[backend]\n", &backend)).unwrap();
    folder
}

/// A folder with everything in it.
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
