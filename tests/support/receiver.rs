//! The consumer's end of a callback: a small HTTPS server that writes down what it is sent.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

/// A server at `https://localhost:PORT`; whoever sends must show a certificate of the gate's authority.
pub struct Receiver {
    /// Its port.
    pub port: u16,
    delivered: mpsc::Receiver<Delivery>,
    answers: Arc<Mutex<VecDeque<String>>>,
}

/// What was sent.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The request line and the headers, names in lower case.
    pub head: Vec<String>,
    /// The body.
    pub body: String,
    /// DER of the certificate that was shown.
    pub certificate: Vec<u8>,
}

impl Receiver {
    /// Answers with these statuses in turn, and then with 200.
    pub fn start(certs: &Path, statuses: &[&str]) -> Receiver {
        Receiver::start_at(certs, statuses, 0)
    }

    /// The same at a port that was known before.
    pub fn start_at(certs: &Path, statuses: &[&str], port: u16) -> Receiver {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = Arc::new(config(certs));
        let (send, delivered) = mpsc::channel();
        let answers = Arc::new(Mutex::new(statuses.iter().map(|status| (*status).to_owned()).collect::<VecDeque<_>>()));
        let statuses = Arc::clone(&answers);
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let status = || statuses.lock().unwrap().pop_front().unwrap_or_else(|| "200 OK".into());
                // A sender that goes away in the middle is a matter of the test.
                if let Some(delivery) = receive(socket.unwrap(), &config, status)
                    && send.send(delivery).is_err()
                {
                    return;
                }
            }
        });
        Receiver { port, delivered, answers }
    }

    /// The address of a path here.
    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// The next delivery.
    pub fn next(&self) -> Delivery {
        self.delivered.recv_timeout(PATIENCE).expect("nothing is delivered")
    }

    /// Whether nothing is delivered for so long.
    pub fn is_silent_for(&self, time: Duration) -> bool {
        self.delivered.recv_timeout(time).is_err()
    }

    /// How many of the statuses were not used yet.
    pub fn statuses_left(&self) -> usize {
        self.answers.lock().unwrap().len()
    }
}

impl Delivery {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

fn config(certs: &Path) -> ServerConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certs.join("ca.pem")).unwrap()).unwrap();
    let provider = kapia_pki::provider();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let chain = CertificateDer::pem_file_iter(certs.join("server.pem")).unwrap().map(Result::unwrap).collect();
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(certs.join("server-key.pem")).unwrap())
        .unwrap()
}

fn receive(socket: TcpStream, config: &Arc<ServerConfig>, status: impl FnOnce() -> String) -> Option<Delivery> {
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(config)).ok()?, socket);
    let mut octets = Vec::new();
    let mut buffer = [0; 8192];
    let (head, body) = loop {
        let read = stream.read(&mut buffer).ok()?;
        octets.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&octets);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head: Vec<String> = head.lines().map(lower_name).collect();
            let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())?;
            if body.len() >= length {
                break (head, body.to_owned());
            }
        }
        if read == 0 {
            return None;
        }
    };
    let certificate = stream.conn.peer_certificates()?.first()?.to_vec();
    let status = status();
    stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").as_bytes()).ok()?;
    stream.conn.send_close_notify();
    stream.flush().ok()?;
    Some(Delivery { head, body, certificate })
}

fn lower_name(line: &str) -> String {
    match line.split_once(": ") {
        Some((name, value)) => format!("{}: {value}", name.to_ascii_lowercase()),
        None => line.to_owned(),
    }
}
