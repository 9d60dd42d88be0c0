//! A server with an example authority, and a client that can misbehave on purpose.
#![allow(dead_code)]

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use kapia_pki::{ExampleAuthority, Names, Pair};
use kapia_server::{Exchange, Handle, Head, Inbound, Outbound, Refusal, Served, Server, ServerConfig};
use kapia_spool::Octets;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub const BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12, &rustls::version::TLS13];
/// Longer than anything a test waits for on purpose.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct World {
    folders: [tempfile::TempDir; 2],
    pub ours: ExampleAuthority,
    pub foreign: ExampleAuthority,
}

pub static WORLD: LazyLock<World> = LazyLock::new(|| {
    let folders = [0; 2].map(|_| tempfile::tempdir().unwrap());
    let make = |folder: &tempfile::TempDir, host: &str| {
        let names = Names { host: host.to_owned(), ..Names::default() };
        ExampleAuthority::create(folder.path(), &names, OffsetDateTime::now_utc()).unwrap()
    };
    let (ours, foreign) = (make(&folders[0], "ours.example"), make(&folders[1], "foreign.example"));
    World { ours, foreign, folders }
});

/// What the exchange of the tests has seen and does.
#[derive(Default)]
pub struct Stage {
    pub begun: AtomicU64,
    pub ended: AtomicU64,
    pub refused: Mutex<Vec<Refusal>>,
    pub inbound: Mutex<Vec<Inbound>>,
    pub release: Notify,
    pub unready: Mutex<Option<String>>,
}

#[async_trait]
impl Exchange for Stage {
    async fn exchange(&self, inbound: Inbound) -> Outbound {
        self.begun.fetch_add(1, SeqCst);
        let verdict = inbound.peer.shown.certificate().map_or("none", |shown| shown.chain.code());
        let text = format!(
            "{verdict} {} {} {} {}",
            inbound.head.method,
            inbound.head.path,
            inbound.head.query.as_deref().unwrap_or("-"),
            inbound.body.len()
        );
        match inbound.head.path.as_str() {
            "/panic" => panic!("a secret 8001010000 in a panic"),
            "/hold" => self.release.notified().await,
            _ => {}
        }
        let body = match inbound.head.path.as_str() {
            "/large" => Octets::from(vec![b'x'; 32 * 1024 * 1024]),
            "/file" => filed(&inbound.body),
            "/echo" => inbound.body.clone().into(),
            _ => text.into_bytes().into(),
        };
        self.inbound.lock().unwrap().push(inbound);
        self.ended.fetch_add(1, SeqCst);
        Outbound {
            status: 200,
            content_type: "text/plain; charset=utf-8",
            body,
            headers: vec![
                ("X-Test", "yes".to_owned()),
                ("Content-Length", "3".to_owned()),
                ("X-Bad", "a\r\nSet-Cookie: b".to_owned()),
            ],
        }
    }

    fn refuse(&self, refusal: Refusal, head: &Head) -> Outbound {
        self.refused.lock().unwrap().push(refusal);
        assert_ne!(head.path, "/panic/refuse", "a secret in a refusal");
        Outbound {
            status: refusal.status(),
            content_type: "text/plain; charset=utf-8",
            body: Bytes::from(format!("refused: {}", refusal.code())).into(),
            headers: Vec::new(),
        }
    }

    fn ready(&self) -> Result<(), String> {
        self.unready.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    fn metrics(&self, out: &mut String) {
        out.push_str("test_exchange 1\n");
    }
}

pub struct Running {
    pub address: SocketAddr,
    pub admin: SocketAddr,
    pub further: Vec<SocketAddr>,
    pub handle: Handle,
    pub stage: Arc<Stage>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Served>,
}

pub fn config() -> ServerConfig {
    let mut config = ServerConfig {
        listen: vec![(Ipv4Addr::LOCALHOST, 0).into()],
        admin_listen: Some((Ipv4Addr::LOCALHOST, 0).into()),
        ..ServerConfig::default()
    };
    config.tls.certificate = WORLD.ours.server.certificate.clone();
    config.tls.key = WORLD.ours.server.key.clone();
    config.tls.client_authorities = vec![WORLD.ours.ca.certificate.clone()];
    config
}

pub async fn start(change: impl FnOnce(&mut ServerConfig)) -> Running {
    let mut config = config();
    change(&mut config);
    let stage = Arc::new(Stage::default());
    let server = Server::bind(config, stage.clone()).await.unwrap();
    let (stop, stopped) = oneshot::channel();
    Running {
        address: server.addresses()[0],
        admin: server.admin_address().unwrap(),
        further: server.further_addresses(0),
        handle: server.handle(),
        stage,
        stop,
        served: tokio::spawn(server.serve(async {
            let _ = stopped.await;
        })),
    }
}

/// A hundred thousand repetitions, in a file.
fn filed(octets: &[u8]) -> Octets {
    let mut spool = kapia_spool::Spool::new(1024, None);
    for _ in 0..100_000 {
        std::io::Write::write_all(&mut spool, octets).unwrap();
    }
    spool.finish().unwrap()
}

impl Running {
    /// Begins the drain and gives back what ends with it.
    pub fn drain(self) -> JoinHandle<Served> {
        self.stop.send(()).unwrap();
        self.served
    }

    pub async fn stop(self) -> Served {
        timeout(PATIENCE, self.drain()).await.unwrap().unwrap()
    }

    pub async fn connect(&self, pair: Option<&Pair>) -> Conn {
        connect(self.address, &client(pair, BOTH)).await.unwrap()
    }

    pub async fn admin(&self, path: &str) -> Reply {
        let stream = TcpStream::connect(self.admin).await.unwrap();
        let mut conn = Conn { stream, buffer: Vec::new() };
        conn.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).await;
        conn.reply().await.unwrap()
    }

    pub async fn metric(&self, line: &str) -> u64 {
        let page = self.admin("/metrics").await.body;
        let found = page.lines().find_map(|each| each.strip_prefix(line)?.strip_prefix(' '));
        found.unwrap_or_else(|| panic!("no {line} in\n{page}")).parse().unwrap()
    }
}

pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

pub fn client(pair: Option<&Pair>, versions: &[&'static SupportedProtocolVersion]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&WORLD.ours.ca.certificate).unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(kapia_pki::provider())
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match pair {
        None => builder.with_no_client_auth(),
        Some(pair) => {
            let chain = CertificateDer::pem_file_iter(&pair.certificate).unwrap();
            let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
            let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

pub async fn connect(address: SocketAddr, config: &Arc<ClientConfig>) -> std::io::Result<Conn> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(config.clone()).connect(name, stream).await?;
    Ok(Conn { stream, buffer: Vec::new() })
}

/// One connection that sends exactly what it is told to send.
pub struct Conn<S = TlsStream<TcpStream>> {
    pub stream: S,
    buffer: Vec<u8>,
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Lower-case names and values, one per line, as `name: value`.
    pub headers: String,
    pub body: String,
}

impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin> Conn<S> {
    pub async fn send(&mut self, octets: impl AsRef<[u8]>) {
        self.try_send(octets).await.unwrap();
    }

    pub async fn try_send(&mut self, octets: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.write_all(octets.as_ref()).await?;
        self.stream.flush().await
    }

    /// The next reply; an error text if the connection ends first.
    pub async fn reply(&mut self) -> Result<Reply, String> {
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                let rest = self.buffer.split_off(end + 4);
                let head = std::mem::replace(&mut self.buffer, rest);
                break String::from_utf8(head).unwrap();
            }
            self.more().await?;
        };
        let (line, headers) = head.split_once("\r\n").unwrap();
        let status: u16 = line.split(' ').nth(1).unwrap().parse().unwrap();
        let headers = headers.to_lowercase();
        assert!(!headers.contains("transfer-encoding"), "{headers}");
        let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        while self.buffer.len() < length {
            self.more().await?;
        }
        let rest = self.buffer.split_off(length);
        let body = String::from_utf8(std::mem::replace(&mut self.buffer, rest)).unwrap();
        Ok(Reply { status, headers, body })
    }

    async fn more(&mut self) -> Result<(), String> {
        let mut octets = [0; 16 * 1024];
        match timeout(PATIENCE, self.stream.read(&mut octets)).await {
            Err(_) => Err("nothing came".to_owned()),
            Ok(Err(error)) => Err(format!("broken: {error}")),
            Ok(Ok(0)) => Err("closed".to_owned()),
            Ok(Ok(count)) => {
                self.buffer.extend_from_slice(&octets[..count]);
                Ok(())
            }
        }
    }

    pub async fn ask(&mut self, octets: impl AsRef<[u8]>) -> Reply {
        self.send(octets).await;
        self.reply().await.unwrap()
    }

    /// The server has closed, and properly.
    pub async fn assert_closed(&mut self) {
        assert_eq!(self.reply().await.map(|reply| reply.status), Err("closed".to_owned()));
    }

    /// Nothing comes and nothing ends for a while.
    pub async fn assert_silent(&mut self, millis: u64) {
        let mut octet = [0];
        let read = self.stream.read(&mut octet);
        assert!(timeout(Duration::from_millis(millis), read).await.is_err());
    }
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

impl Conn<TcpStream> {
    /// Without TLS.
    pub async fn plain(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap(), buffer: Vec::new() }
    }

    /// The connection ends, however that may be, after a TLS alert at most.
    pub async fn assert_gone(&mut self) {
        let mut sink = Vec::new();
        let _ = timeout(PATIENCE, self.stream.read_to_end(&mut sink)).await.unwrap();
        assert!(!sink.starts_with(b"HTTP"));
    }
}
