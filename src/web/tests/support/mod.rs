//! Services for tests, packages that ask them, and questions.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kapia_adapter::{
    AdapterError, Answer, Backends, CallFacts, DirectoryFiles, Message, Outcome, Package, PackageError, Question,
};
use kapia_web::{RestBackend, SoapBackend};
use kapia_xml::{Document, Event, Limits};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What a service was asked.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub method: String,
    pub target: String,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a service does.
pub enum Act {
    /// These octets, then the connection goes on or not as they say.
    Say(Vec<u8>),
    /// These octets, then the connection ends.
    BreakAfter(Vec<u8>),
    /// Nothing for so long.
    Wait(Duration),
    /// A body without an end.
    Endless(&'static str),
}

/// A whole answer.
pub fn say(status: u16, kind: &str, body: &str) -> Act {
    let head = format!("HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
    Act::Say([head.as_bytes(), body.as_bytes()].concat())
}

pub fn json(body: &str) -> Act {
    say(200, "application/json; charset=utf-8", body)
}

/// A service that lives as long as the test.
pub struct Service {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    connections: Arc<AtomicUsize>,
}

impl Service {
    pub async fn start(act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Service {
        Service::listen(None, act).await
    }

    pub async fn listen(tls: Option<TlsAcceptor>, act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://localhost:{}", listener.local_addr().unwrap().port());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (act, seen, count) = (Arc::new(act), Arc::clone(&asked), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (act, seen, tls) = (Arc::clone(&act), Arc::clone(&seen), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &*act, &seen).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &*act, &seen).await;
                            }
                        }
                    }
                });
            }
        });
        Service { address, asked, connections }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn last(&self) -> Asked {
        self.asked().pop().unwrap()
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    act: &(dyn Fn(&Asked) -> Act + Send + Sync),
    seen: &Mutex<Vec<Asked>>,
) {
    let mut held = Vec::new();
    while let Some(asked) = read(&mut stream, &mut held).await {
        seen.lock().unwrap().push(asked.clone());
        match act(&asked) {
            Act::Say(octets) => {
                if stream.write_all(&octets).await.is_err() {
                    return;
                }
                stream.flush().await.ok();
            }
            Act::BreakAfter(octets) => {
                stream.write_all(&octets).await.ok();
                stream.flush().await.ok();
                return;
            }
            Act::Wait(time) => tokio::time::sleep(time).await,
            Act::Endless(kind) => {
                let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n");
                stream.write_all(head.as_bytes()).await.ok();
                let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
                while stream.write_all(chunk.as_bytes()).await.is_ok() {}
                return;
            }
        }
    }
}

async fn read<S: AsyncRead + Unpin>(stream: &mut S, held: &mut Vec<u8>) -> Option<Asked> {
    let mut buffer = vec![0; 65536];
    loop {
        if let Some(end) = held.windows(4).position(|octets| octets == b"\r\n\r\n") {
            let head = String::from_utf8(held[..end].to_vec()).unwrap();
            let mut lines = head.split("\r\n");
            let mut first = lines.next().unwrap().split(' ');
            let headers: Vec<(String, String)> = lines
                .map(|line| line.split_once(':').unwrap())
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length: usize = length.map_or(0, |(_, length)| length.parse().unwrap());
            while held.len() < end + 4 + length {
                let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
                held.extend_from_slice(&buffer[..count]);
            }
            let body = String::from_utf8(held[end + 4..end + 4 + length].to_vec()).unwrap();
            held.drain(..end + 4 + length);
            let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
            return Some(Asked { method, target, headers, body });
        }
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        held.extend_from_slice(&buffer[..count]);
    }
}

/// One of the example packages in a folder of its own, with other lines in `[backend]`.
pub struct Bench {
    pub folder: TempDir,
}

impl Bench {
    pub fn rest(backend: &str) -> Bench {
        Bench::new("ServicesRest", "base = \"https://localhost/api/v1\"", backend)
    }

    pub fn soap(backend: &str) -> Bench {
        Bench::new("ServicesSoap", "address = \"https://localhost/People.asmx\"", backend)
    }

    fn new(package: &str, replaced: &str, backend: &str) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        copy(&root().join("tests/packages").join(package), folder.path());
        let bench = Bench { folder };
        bench.change("adapter.toml", replaced, backend);
        bench
    }

    pub fn change(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} does not hold {from}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    }

    pub fn read(&self) -> Result<Package, PackageError> {
        let backends = Backends::standard().with(Box::new(RestBackend)).with(Box::new(SoapBackend));
        Package::read_with(&DirectoryFiles::open(self.folder.path()).unwrap(), &backends)
    }

    pub fn open(&self) -> Package {
        let package = self.read().unwrap_or_else(|error| panic!("{error}"));
        assert!(package.refused.is_empty(), "{:#?}", package.refused);
        package
    }

    /// The codes of everything that is wrong with it, or with its operations.
    pub fn wrong(&self) -> Vec<&'static str> {
        match self.read() {
            Ok(package) => package.refused.iter().flat_map(|one| &one.problems).map(|problem| problem.code).collect(),
            Err(error) => error.problems.iter().map(|problem| problem.code).collect(),
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Asks an operation with these children of the request.
pub async fn ask(package: &Package, operation: &str, inside: &str) -> Result<Answer, AdapterError> {
    ask_until(package, operation, inside, None).await
}

pub async fn ask_until(
    package: &Package,
    operation: &str,
    inside: &str,
    deadline: Option<Instant>,
) -> Result<Answer, AdapterError> {
    let source = format!(r#"<PersonRequest xmlns="urn:example:services:PersonRequest">{inside}</PersonRequest>"#);
    let document = Document::read(source, &Limits::default()).unwrap();
    let call = CallFacts {
        service_call_id: 42,
        consumer_oid: Some("2.16.100.1.1".to_owned()),
        consumer_name: "Община Горна порта".to_owned(),
        deadline,
        ..CallFacts::default()
    };
    let operation = package.operations.iter().find(|known| known.name.operation() == operation).unwrap();
    package.adapter.ask(Question { operation, argument: document.root(), call: &call }).await
}

pub async fn failure(package: &Package, operation: &str, inside: &str) -> AdapterError {
    match ask(package, operation, inside).await {
        Ok(answer) => panic!("an answer instead of an error: {answer:?}"),
        Err(error) => error,
    }
}

/// Elements with their texts, in document order: `Name=Иван`.
pub fn texts(answer: &Answer) -> Vec<String> {
    let events = answer.document().root().events();
    let starts = events.filter_map(|event| match event {
        Event::Start(element) if element.children().next().is_none() => {
            let code = element.attribute("", "code").map(|code| format!("[{code}]")).unwrap_or_default();
            Some(format!("{}{code}={}", element.local(), element.text()))
        }
        _ => None,
    });
    starts.collect()
}

pub fn is_no_data(answer: &Answer) -> bool {
    answer.outcome() == Outcome::NoData
}

pub fn both(message: &Message) -> String {
    format!("{} | {}", message.en, message.bg)
}
