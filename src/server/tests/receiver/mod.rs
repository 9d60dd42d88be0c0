//! A receiver of callbacks that behaves as it is told to.
#![allow(dead_code)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use kapia_pki::Pair;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::harness::{BOTH, PATIENCE, WORLD};

/// What the receiver does with a request.
#[derive(Clone)]
pub struct Conduct {
    /// What it sends once it has the whole request; then it closes.
    pub reply: Vec<u8>,
    /// The pause after each octet of its answer, if it is not zero.
    pub pause: Duration,
    /// Never answers.
    pub silent: bool,
    /// Accepts the connection and says nothing.
    pub no_handshake: bool,
    /// Speaks HTTP without TLS.
    pub plain: bool,
    pub certificate_required: bool,
    pub versions: &'static [&'static SupportedProtocolVersion],
    /// The certificate that it shows.
    pub pair: &'static Pair,
}

impl Conduct {
    pub fn reply(status: &str, head: &str, body: &[u8]) -> Self {
        let mut reply = format!("HTTP/1.1 {status}\r\n{}\r\n\r\n", head.trim_end()).into_bytes();
        reply.extend_from_slice(body);
        Self {
            reply,
            pause: Duration::ZERO,
            silent: false,
            no_handshake: false,
            plain: false,
            certificate_required: false,
            versions: BOTH,
            pair: &WORLD.ours.server,
        }
    }

    pub fn done() -> Self {
        Self::reply("200 OK", "Content-Length: 0", b"")
    }
}

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub head: String,
    pub body: Bytes,
    /// DER of the certificate that the sender showed.
    pub certificate: Option<Vec<u8>>,
}

#[derive(Default)]
struct Book {
    seen: Mutex<Vec<Seen>>,
    connections: std::sync::atomic::AtomicUsize,
}

pub struct Receiver {
    port: u16,
    book: Arc<Book>,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub async fn start(conduct: Conduct) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let book = Arc::new(Book::default());
        let kept = book.clone();
        let acceptor = TlsAcceptor::from(Arc::new(tls(&conduct)));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                kept.connections.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                tokio::spawn(receive(stream, conduct.clone(), acceptor.clone(), kept.clone()));
            }
        });
        Self { port, book, task }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.book.seen.lock().unwrap().clone()
    }

    pub fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1);
        seen.into_iter().next().unwrap()
    }

    pub fn connections(&self) -> usize {
        self.book.connections.load(std::sync::atomic::Ordering::SeqCst)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn tls(conduct: &Conduct) -> ServerConfig {
    let mut roots = RootCertStore::empty();
    for authority in kapia_pki::read_certificates(&WORLD.ours.ca.certificate).unwrap() {
        roots.add(authority).unwrap();
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), kapia_pki::provider());
    let verifier = if conduct.certificate_required { verifier } else { verifier.allow_unauthenticated() };
    ServerConfig::builder_with_provider(kapia_pki::provider())
        .with_protocol_versions(conduct.versions)
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            kapia_pki::read_certificates(&conduct.pair.certificate).unwrap(),
            kapia_pki::read_key(&conduct.pair.key).unwrap(),
        )
        .unwrap()
}

async fn receive(stream: TcpStream, conduct: Conduct, acceptor: TlsAcceptor, book: Arc<Book>) {
    if conduct.no_handshake {
        tokio::time::sleep(PATIENCE).await;
        return;
    }
    if conduct.plain {
        return exchange(stream, None, &conduct, &book).await;
    }
    let Ok(stream) = acceptor.accept(stream).await else { return };
    let certificate = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    let certificate = certificate.map(|first| first.to_vec());
    exchange(stream, certificate, &conduct, &book).await;
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    certificate: Option<Vec<u8>>,
    conduct: &Conduct,
    book: &Book,
) {
    let mut octets = Vec::new();
    let (head, length) = loop {
        match stream.read_buf(&mut octets).await {
            Ok(1..) => {}
            _ => return,
        }
        let Some(end) = octets.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(octets[..end + 4].to_vec()).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
        octets.drain(..end + 4);
        break (head, length);
    };
    while octets.len() < length {
        if stream.read_buf(&mut octets).await.unwrap() == 0 {
            return;
        }
    }
    book.seen.lock().unwrap().push(Seen { head, body: octets.into(), certificate });
    if conduct.silent {
        tokio::time::sleep(PATIENCE).await;
        return;
    }
    // The sender may have left by now: that is what some tests are about.
    if conduct.pause.is_zero() {
        let _ = stream.write_all(&conduct.reply).await;
    } else {
        for octet in &conduct.reply {
            if stream.write_all(&[*octet]).await.is_err() || stream.flush().await.is_err() {
                return;
            }
            tokio::time::sleep(conduct.pause).await;
        }
    }
    let _ = stream.shutdown().await;
}
