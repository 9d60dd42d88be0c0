//! Somebody else's server at `https://localhost`, which does what a test tells it: answers, pages, silence.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);
const TYPES: &str = "urn:egov-gateway:portal:service-record:1";

/// The server; it takes one message after the other, and after its script it answers nothing any more.
pub struct Elsewhere {
    pub port: u16,
    /// Who has issued its certificate, PEM.
    pub ca: PathBuf,
    heard: mpsc::Receiver<Heard>,
    _folder: tempfile::TempDir,
}

/// What was sent.
#[derive(Debug)]
pub struct Heard {
    pub head: String,
    pub body: String,
}

/// What is said to one message.
#[derive(Clone)]
pub enum Say {
    /// A whole response.
    Octets(String),
    /// Nothing, and the connection stays.
    Nothing,
    /// Nothing, and the connection is closed.
    CutOff,
}

impl Say {
    /// A response with this status and content.
    pub fn http(status: &str, headers: &str, body: &str) -> Say {
        Say::Octets(format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ))
    }

    /// A page for people.
    pub fn page(status: &str, body: &str) -> Say {
        Say::http(status, "Content-Type: text/html; charset=utf-8\r\n", body)
    }

    /// A SOAP 1.1 message.
    pub fn soap(status: &str, body: &str) -> Say {
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{body}</s:Body></s:Envelope>"
        );
        Say::http(status, "Content-Type: text/xml; charset=utf-8\r\n", &envelope)
    }

    /// The answer to adding, or to updating, in our contract.
    pub fn result(result: &str, version: u32) -> Say {
        let operation = if result == "CREATED" { "AddService" } else { "UpdateService" };
        Say::soap(
            "200 OK",
            &format!(
                "<{operation}Response xmlns=\"{TYPES}\"><OperationResult><Result>{result}</Result><Version>{version}</Version>\
                 </OperationResult></{operation}Response>"
            ),
        )
    }

    /// A fault with the detail of our contract.
    pub fn fault(code: &str, message: &str, retryable: bool) -> Say {
        Say::soap(
            "500 Internal Server Error",
            &format!(
                "<s:Fault><faultcode>s:Client</faultcode><faultstring>{message}</faultstring><detail><EgovServiceFault \
                 xmlns=\"{TYPES}\"><Code>{code}</Code><MessageBg>{message}</MessageBg><MessageEn></MessageEn><CorrelationId>1\
                 </CorrelationId><Retryable>{retryable}</Retryable></EgovServiceFault></detail></s:Fault>"
            ),
        )
    }
}

impl Elsewhere {
    pub fn start(script: Vec<Say>) -> Elsewhere {
        Elsewhere::named("localhost", script)
    }

    /// The same with a certificate for this name.
    pub fn named(name: &str, script: Vec<Say>) -> Elsewhere {
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca.pem");
        let (config, authority) = config(name);
        std::fs::write(&ca, authority).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (send, heard) = mpsc::channel();
        let script = Arc::new(Mutex::new(VecDeque::from(script)));
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                let (config, script, send) = (Arc::clone(&config), Arc::clone(&script), send.clone());
                std::thread::spawn(move || serve(socket.unwrap(), config, &script, &send));
            }
        });
        Elsewhere { port, ca, heard, _folder: folder }
    }

    pub fn url(&self) -> String {
        format!("https://localhost:{}/services/EgovService", self.port)
    }

    /// The next message.
    pub fn next(&self) -> Heard {
        self.heard.recv_timeout(PATIENCE).expect("nothing is sent")
    }

    /// Whether nothing more comes for some seconds.
    pub fn is_silent(&self) -> bool {
        self.heard.recv_timeout(Duration::from_secs(4)).is_err()
    }

    /// What has come so far.
    pub fn all(&self) -> Vec<Heard> {
        self.heard.try_iter().collect()
    }
}

impl Heard {
    /// The identifier of the request.
    pub fn request_id(&self) -> &str {
        let from = self.body.find("<RequestId>").unwrap() + "<RequestId>".len();
        &self.body[from..from + 36]
    }
}

fn serve(
    socket: TcpStream,
    config: Arc<ServerConfig>,
    script: &Mutex<VecDeque<Say>>,
    send: &mpsc::Sender<Heard>,
) -> Option<()> {
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut stream = StreamOwned::new(ServerConnection::new(config).ok()?, socket);
    let mut octets = Vec::new();
    let mut buffer = [0; 8192];
    let heard = loop {
        let read = stream.read(&mut buffer).ok()?;
        octets.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&octets);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())?;
            if body.len() >= length {
                break Heard { head: head.to_owned(), body: body.to_owned() };
            }
        }
        if read == 0 {
            return None;
        }
    };
    let say = script.lock().unwrap().pop_front().unwrap_or(Say::Nothing);
    send.send(heard).ok()?;
    match say {
        Say::Octets(octets) => stream.write_all(octets.as_bytes()).ok()?,
        Say::Nothing => std::thread::sleep(PATIENCE),
        Say::CutOff => return None,
    }
    stream.conn.send_close_notify();
    stream.flush().ok()
}

/// A certificate for this name, and the authority that has issued it, PEM.
fn config(name: &str) -> (Arc<ServerConfig>, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let config = ServerConfig::builder_with_provider(kapia_pki::provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())))
        .unwrap();
    (Arc::new(config), root.pem())
}
