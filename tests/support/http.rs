//! HTTP/1.1 over mutual TLS, written by hand so that a test decides about every octet.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Longer than anything that a test waits for on purpose.
const PATIENCE: Duration = Duration::from_secs(60);

/// How to connect: whom to trust, and which certificate to show.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ClientConfig>,
}

impl Tls {
    /// Trusts the authority in `certs/ca.pem`; shows `name.pem` of `shown`, if given.
    pub fn new(certs: &Path, shown: Option<(&Path, &str)>) -> Tls {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(certs.join("ca.pem")).unwrap()).unwrap();
        let builder = ClientConfig::builder_with_provider(kapia_pki::provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match shown {
            None => builder.with_no_client_auth(),
            Some((folder, name)) => {
                let chain = CertificateDer::pem_file_iter(folder.join(format!("{name}.pem"))).unwrap();
                let key = PrivateKeyDer::from_pem_file(folder.join(format!("{name}-key.pem"))).unwrap();
                builder.with_client_auth_cert(chain.map(Result::unwrap).collect(), key).unwrap()
            }
        };
        Tls { config: Arc::new(config) }
    }

    /// The same with one version of TLS alone.
    pub fn only(certs: &Path, name: &str, version: &'static rustls::SupportedProtocolVersion) -> Tls {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(certs.join("ca.pem")).unwrap()).unwrap();
        let chain = CertificateDer::pem_file_iter(certs.join(format!("{name}.pem"))).unwrap();
        let key = PrivateKeyDer::from_pem_file(certs.join(format!("{name}-key.pem"))).unwrap();
        let config = ClientConfig::builder_with_provider(kapia_pki::provider())
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(chain.map(Result::unwrap).collect(), key)
            .unwrap();
        Tls { config: Arc::new(config) }
    }

    /// The same, offering application protocols.
    pub fn offering(&self, protocols: &[&[u8]]) -> Tls {
        let mut config = ClientConfig::clone(&self.config);
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Tls { config: Arc::new(config) }
    }

    /// A new connection.
    pub fn connect(&self, port: u16) -> std::io::Result<Connection> {
        self.over(TcpStream::connect((Ipv4Addr::LOCALHOST, port))?)
    }

    /// A new connection from another address of this machine, as every one of 127.0.0.0/8 is.
    pub fn connect_from(&self, source: Ipv4Addr, port: u16) -> std::io::Result<Connection> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let socket = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4()?;
            socket.bind((source, 0).into())?;
            socket.connect((Ipv4Addr::LOCALHOST, port).into()).await?.into_std()
        })?;
        socket.set_nonblocking(false)?;
        self.over(socket)
    }

    fn over(&self, socket: TcpStream) -> std::io::Result<Connection> {
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        socket.set_nodelay(true)?;
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::clone(&self.config), name).unwrap();
        Ok(Connection { stream: StreamOwned::new(connection, socket), buffer: Vec::new() })
    }
}

/// An open connection.
pub struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    /// Octets that arrived and were not read yet.
    buffer: Vec<u8>,
}

/// One reply.
#[derive(Clone, Debug)]
pub struct HttpReply {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body without its framing.
    pub body: Vec<u8>,
}

impl Connection {
    /// Writes octets as they are.
    pub fn send(&mut self, octets: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(octets)?;
        self.stream.flush()
    }

    /// The application protocol that was agreed on.
    pub fn application_protocol(&self) -> Option<Vec<u8>> {
        self.stream.conn.alpn_protocol().map(<[u8]>::to_vec)
    }

    /// The version of TLS that was agreed on.
    pub fn version(&self) -> Option<rustls::ProtocolVersion> {
        self.stream.conn.protocol_version()
    }

    /// Whether nothing arrives for a while; what has arrived stays for the next reply.
    pub fn is_silent_for(&mut self, time: Duration) -> bool {
        self.stream.sock.set_read_timeout(Some(time)).unwrap();
        let read = self.read_more();
        self.stream.sock.set_read_timeout(Some(PATIENCE)).unwrap();
        self.buffer.is_empty()
            && matches!(read, Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }

    /// Writes as much as the peer takes: a peer that refuses early may close before it has read everything.
    pub fn send_what_is_taken(&mut self, octets: &[u8]) {
        for piece in octets.chunks(64 * 1024) {
            if self.send(piece).is_err() {
                return;
            }
        }
    }

    /// The next reply, interim or final.
    pub fn reply(&mut self) -> std::io::Result<HttpReply> {
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
                break String::from_utf8(head).unwrap();
            }
            self.read_more()?;
        };
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut reply = HttpReply { status, headers, body: Vec::new() };
        if let Some(length) = reply.header("content-length") {
            let length = length.parse().unwrap();
            while self.buffer.len() < length {
                self.read_more()?;
            }
            reply.body = self.buffer.drain(..length).collect();
        } else if reply.header("transfer-encoding").is_some() {
            reply.body = self.chunks()?;
        }
        Ok(reply)
    }

    /// Whether the peer ends the connection now, without a further octet.
    pub fn is_closed_by_peer(&mut self) -> bool {
        let mut octet = [0];
        self.buffer.is_empty()
            && match self.stream.read(&mut octet) {
                Ok(read) => read == 0,
                Err(error) => error.kind() == ErrorKind::ConnectionReset || error.kind() == ErrorKind::UnexpectedEof,
            }
    }

    /// Ends the sending half without a word, as a client that dies.
    pub fn abandon(self) {
        let _ = self.stream.sock.shutdown(Shutdown::Both);
    }

    fn chunks(&mut self) -> std::io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                if let Some(end) = self.buffer.windows(2).position(|window| window == b"\r\n") {
                    break String::from_utf8(self.buffer.drain(..end + 2).collect()).unwrap();
                }
                self.read_more()?;
            };
            let size = usize::from_str_radix(line.trim(), 16).unwrap();
            while self.buffer.len() < size + 2 {
                self.read_more()?;
            }
            body.extend(self.buffer.drain(..size));
            self.buffer.drain(..2);
            if size == 0 {
                return Ok(body);
            }
        }
    }

    fn read_more(&mut self) -> std::io::Result<()> {
        let mut piece = [0; 16 * 1024];
        match self.stream.read(&mut piece)? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            read => {
                self.buffer.extend_from_slice(&piece[..read]);
                Ok(())
            }
        }
    }
}

impl HttpReply {
    /// The first value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Status, headers and body: everything that a client could log.
    pub fn everything(&self) -> String {
        let mut all = format!("{}\n", self.status);
        for (name, value) in &self.headers {
            all.push_str(&format!("{name}: {value}\n"));
        }
        all.push_str(&String::from_utf8_lossy(&self.body));
        all
    }
}

/// A request with a body, as octets.
#[derive(Clone, Debug)]
pub struct Post {
    /// `POST`, unless a test wants another.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers in the order and case in which they are sent; `Host` and `Content-Length` are added.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Post {
    /// Without headers.
    pub fn to(target: &str, body: impl Into<Vec<u8>>) -> Post {
        Post { method: "POST".into(), target: target.into(), headers: Vec::new(), body: body.into() }
    }

    /// One more header.
    pub fn with(mut self, name: &str, value: &str) -> Post {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// At another path.
    pub fn at(self, target: &str) -> Post {
        Post { target: target.into(), ..self }
    }

    /// Request line and headers.
    pub fn head(&self) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: localhost\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let framed = self.headers.iter().any(|(name, _)| {
            name.eq_ignore_ascii_case("transfer-encoding") || name.eq_ignore_ascii_case("content-length")
        });
        let bodiless = self.body.is_empty() && self.method == "GET";
        if !framed && !bodiless {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        head
    }

    /// Everything, with the length of the body told before it.
    pub fn octets(&self) -> Vec<u8> {
        let mut octets = self.head().into_bytes();
        octets.extend_from_slice(&self.body);
        octets
    }

    /// Everything, with the body in chunks of `size`.
    pub fn chunked(mut self, size: usize) -> Vec<u8> {
        self.headers.push(("Transfer-Encoding".into(), "chunked".into()));
        let mut octets = self.head().into_bytes();
        for chunk in self.body.chunks(size) {
            octets.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            octets.extend_from_slice(chunk);
            octets.extend_from_slice(b"\r\n");
        }
        octets.extend_from_slice(b"0\r\n\r\n");
        octets
    }
}
