//! A register that a test slows, breaks and mends, and packages that are written while a gate serves them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// What the register does with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Answers.
    Good,
    /// Answers with this status.
    Status(u16),
    /// Holds every question until the mood changes.
    Holding,
}

/// A register behind a REST service.
pub struct Upstream {
    pub port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    mood: Mutex<(Option<Mood>, usize)>,
    changed: Condvar,
    asked: AtomicUsize,
}

impl Upstream {
    pub fn start() -> Upstream {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let of_threads = Arc::clone(&shared);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let shared = Arc::clone(&of_threads);
                std::thread::spawn(move || shared.serve(&socket));
            }
        });
        Upstream { port, shared }
    }

    /// From now on.
    pub fn mood(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = (Some(mood), usize::MAX);
        self.shared.changed.notify_all();
    }

    /// For so many questions; after that it is good again.
    pub fn mood_for(&self, mood: Mood, questions: usize) {
        *self.shared.mood.lock().unwrap() = (Some(mood), questions);
        self.shared.changed.notify_all();
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn serve(&self, socket: &TcpStream) {
        let mut reader = BufReader::new(socket);
        let mut writer = socket;
        loop {
            let mut length = 0;
            let mut first = String::new();
            if !matches!(reader.read_line(&mut first), Ok(octets) if octets > 0) {
                return;
            }
            loop {
                let mut line = String::new();
                if !matches!(reader.read_line(&mut line), Ok(octets) if octets > 0) {
                    return;
                }
                if line.trim().is_empty() {
                    break;
                }
                if let Some((name, value)) = line.split_once(':')
                    && name.eq_ignore_ascii_case("content-length")
                {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() {
                return;
            }
            // A sign of life is no question.
            let status = if first.contains("/versions/") { self.judge() } else { 200 };
            let body = "{\"version\":\"7\"}";
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            if writer.write_all(format!("{head}{body}").as_bytes()).is_err() {
                return;
            }
        }
    }

    fn judge(&self) -> u16 {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut mood = self.mood.lock().unwrap();
        loop {
            let now = match mood.1 {
                0 => Mood::Good,
                _ => mood.0.unwrap_or(Mood::Good),
            };
            match now {
                Mood::Good => return 200,
                Mood::Status(status) => {
                    mood.1 = mood.1.saturating_sub(usize::from(mood.1 != usize::MAX));
                    return status;
                }
                Mood::Holding => mood = self.changed.wait_timeout(mood, Duration::from_secs(60)).unwrap().0,
            }
        }
    }
}

const REQUEST: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:life:q" elementFormDefault="qualified">
<xs:element name="Ask"><xs:complexType><xs:sequence><xs:element name="Key" type="xs:string"/></xs:sequence></xs:complexType></xs:element></xs:schema>"#;
const RESPONSE: &str = r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:life:r" elementFormDefault="qualified">
<xs:element name="Told"><xs:complexType><xs:sequence><xs:element name="Version" type="xs:string"/></xs:sequence></xs:complexType></xs:element></xs:schema>"#;

/// The argument of every operation here.
pub const ASK: &str = "<Ask xmlns=\"urn:example:life:q\"><Key>1</Key></Ask>";

/// The operation of a package.
pub fn operation_of(package: &str) -> String {
    format!("Example.RegiX.{package}Adapter.APIService.I{package}API.Ask")
}

/// What a manifest says of the operation; `tables` follow it.
pub fn manifest(package: &str, backend: &str, operation: &str) -> String {
    let name = operation_of(package);
    format!(
        "name = \"{package}\"\n{backend}\n[[operation]]\nname = \"{name}\"\nrequest = \"q.xsd\"\n\
         request_root = \"{{urn:example:life:q}}Ask\"\nsample_request = \"q.xml\"\nresponse = \"r.xsd\"\n\
         response_root = \"{{urn:example:life:r}}Told\"\n{operation}\n"
    )
}

/// Writes a package without its manifest, and then the manifest.
pub fn write(folder: &Path, manifest: &str, further: &[(&str, String)]) {
    let files = [
        ("XMLSchemas/q.xsd", REQUEST.to_owned()),
        ("XMLSchemas/r.xsd", RESPONSE.to_owned()),
        ("XMLSamples/q.xml", ASK.to_owned()),
    ];
    for (path, content) in files.iter().chain(further).chain(&[("adapter.toml", manifest.to_owned())]) {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// A package that answers out of a file, after a while: calls are always under way.
pub fn write_sample(folder: &Path, package: &str, version: &str) {
    let manifest = manifest(package, "[backend]\nkind = \"sample\"\ndelay_ms = 30", "sample_response = \"told.xml\"");
    write(folder, &manifest, &[told(version)]);
}

/// The answer of that package.
pub fn told(version: &str) -> (&'static str, String) {
    ("XMLSamples/told.xml", format!("<Told xmlns=\"urn:example:life:r\"><Version>{version}</Version></Told>"))
}

/// A package in front of the register of a test.
pub fn write_rest(folder: &Path, package: &str, upstream: &Upstream, tables: &str, operation: &str) {
    let port = upstream.port;
    let backend = format!("[backend]\nkind = \"rest\"\nbase = \"http://127.0.0.1:{port}/api\"\n{tables}");
    let operation =
        format!("{operation}\n[operation.rest]\npath = \"/versions/{{{{ request.Key }}}}\"\ntemplate = \"Told.xml\"");
    let template = "<Told xmlns=\"urn:example:life:r\"><Version>{{ answer.version }}</Version></Told>";
    write(folder, &manifest(package, &backend, &operation), &[("responses/Told.xml", template.to_owned())]);
}
