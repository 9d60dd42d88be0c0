//! Real proxies in front of the gate, unmodified, configured as the operator's book says: nginx, HAProxy and Apache end the
//! clients' TLS and forward their certificates; what a client writes itself under the names of these headers never arrives.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_journal::{Entry as Row, Filter, Identification, Reader};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};
use support::*;

const NOT_FOUND: &str = "Access denied! ConsumerCertificate is not found.";

/// The proxies show the signer's certificate.
static GATE: LazyLock<Gate> = LazyLock::new(|| {
    let section = r#"[[proxy]]
addresses = ["127.0.0.1"]
certificates = ["certs/signer.pem"]
identity = "certificate"

[gateway]"#;
    Gate::start(GateOptions {
        serve: true,
        settings: vec![("[gateway]", section.to_owned())],
        ..GateOptions::default()
    })
});

#[test]
fn nginx_forwards_who_the_client_is() {
    let config = r#"
user root;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {}
http {
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certs}/server.pem;
        ssl_certificate_key {certs}/server-key.pem;
        ssl_verify_client optional_no_ca;
        location / {
            proxy_pass https://127.0.0.1:{gate};
            proxy_http_version 1.1;
            proxy_set_header Host localhost;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header SSL_CLIENT_CERT $ssl_client_escaped_cert;
            proxy_set_header SSL-CLIENT-CERT "";
            proxy_set_header cert_hash "";
            proxy_set_header cert-hash "";
            proxy_ssl_certificate {certs}/signer.pem;
            proxy_ssl_certificate_key {certs}/signer-key.pem;
            proxy_ssl_trusted_certificate {certs}/ca.pem;
            proxy_ssl_verify on;
            proxy_ssl_name localhost;
        }
    }
}
"#;
    stands_before_the_gate("nginx", Expired::Http400, config, |file| {
        let mut nginx = Command::new("nginx");
        nginx.arg("-c").arg(file).arg("-p").arg(file.parent().unwrap());
        nginx
    });
}

#[test]
fn haproxy_forwards_who_the_client_is() {
    // A certificate needs more room for headers than HAProxy keeps by default beside a body.
    let config = r#"
global
    tune.bufsize 32768
    tune.maxrewrite 8192
defaults
    mode http
    timeout connect 10s
    timeout client 60s
    timeout server 60s
frontend clients
    bind 127.0.0.1:{port} ssl crt {folder}/server.pem ca-file {certs}/ca.pem verify optional ca-ignore-err all crt-ignore-err all
    option forwardfor
    http-request del-header SSL_CLIENT_CERT
    http-request del-header SSL-CLIENT-CERT
    http-request del-header cert_hash
    http-request del-header cert-hash
    http-request set-header SSL_CLIENT_CERT %[ssl_c_der,base64]
    default_backend gate
backend gate
    server gate 127.0.0.1:{gate} ssl crt {folder}/signer.pem ca-file {certs}/ca.pem verify required verifyhost localhost
"#;
    stands_before_the_gate("haproxy", Expired::Forwarded, config, |file| {
        let mut haproxy = Command::new("haproxy");
        haproxy.arg("-db").arg("-f").arg(file);
        haproxy
    });
}

#[test]
fn apache_forwards_who_the_client_is() {
    let config = r#"
ServerRoot {folder}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
ServerName localhost
User www-data
Group www-data
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
Listen 127.0.0.1:{port}
SSLEngine on
SSLCertificateFile {certs}/server.pem
SSLCertificateKeyFile {certs}/server-key.pem
SSLVerifyClient optional_no_ca
SSLOptions +ExportCertData
RequestHeader unset SSL_CLIENT_CERT
RequestHeader unset SSL-CLIENT-CERT
RequestHeader unset cert_hash
RequestHeader unset cert-hash
RequestHeader set SSL_CLIENT_CERT "%{SSL_CLIENT_CERT}s"
SSLProxyEngine on
SSLProxyMachineCertificateFile {folder}/signer.pem
SSLProxyCACertificateFile {certs}/ca.pem
SSLProxyVerify require
ProxyPass / https://localhost:{gate}/
"#;
    stands_before_the_gate("apache2", Expired::InHandshake, config, |file| {
        let mut apache = Command::new("apache2");
        apache.arg("-DFOREGROUND").arg("-f").arg(file);
        apache
    });
}

/// What becomes of a certificate that is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Expired {
    /// The gate says it in words.
    Forwarded,
    /// The proxy answers itself.
    Http400,
    /// The proxy ends the handshake.
    InHandshake,
}

/// What every proxy must give.
fn stands_before_the_gate(name: &str, expired: Expired, config: &str, command: impl Fn(&Path) -> Command) {
    // One proxy at a time looks at the last record of the journal.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let proxy = Proxy::start(name, config, command);
    let certificate = std::fs::read_to_string(GATE.certs.join("consumer.pem")).unwrap().replace('\n', " ");
    let der = kapia_pki::read_certificates(&GATE.certs.join("consumer.pem")).unwrap().remove(0);
    let hash = kapia_pki::Thumbprints::of(&der).sha1.to_string();

    // The consumer behind the proxy is the consumer, small message or large.
    let large = Call { context: Some(format!("<Remark>{}</Remark>", "x".repeat(300_000))), ..Call::good() };
    for call in [Call::good(), Call::of(Entry::V1, Soap::V12), Call::good().signed(), large] {
        proxy.call(Some("consumer"), &call, &[]).result(call.entry).assert_answer();
        let record = last_row().record;
        assert_eq!(record.identified_by, Some(Identification::ForwardedCertificate), "{name}");
        assert_eq!(record.certificate.unwrap().sha1.to_string(), hash, "{name}");
        assert!(record.client_address.starts_with("X-Forwarded-For=127.0.0.1;proxy ip=127.0.0.1:"), "{name}");
    }
    // Without a certificate there is nobody.
    let nobody = proxy.call(None, &Call::good(), &[]);
    refused(&nobody, "denied-no-certificate", name);
    let stranger = proxy.call(Some("stranger"), &Call::good(), &[]);
    refused(&stranger, "denied-certificate-unknown", name);

    // Nothing that a client writes itself arrives, in whatever spelling.
    for header in [
        "SSL_CLIENT_CERT",
        "ssl_client_cert",
        "SSL-CLIENT-CERT",
        "Ssl-Client-Cert",
        "cert_hash",
        "cert-hash",
        "CERT-HASH",
    ] {
        let value = if header.to_lowercase().starts_with("cert") { &hash } else { &certificate };
        refused(&proxy.call(None, &Call::good(), &[(header, value)]), "denied-no-certificate", name);
        refused(&proxy.call(Some("stranger"), &Call::good(), &[(header, value)]), "denied-certificate-unknown", name);
        proxy.call(Some("consumer"), &Call::good(), &[(header, "x")]).result(Entry::V2).assert_answer();
    }
    // Nor can a client take the proxy's header away to become somebody else: it becomes nobody, or stays who it is.
    let hidden = proxy.call(Some("stranger"), &Call::good(), &[("Connection", "close, SSL_CLIENT_CERT")]);
    hidden.result(Entry::V2).assert_refused(NOT_FOUND);

    // Whatever becomes of a certificate that is over, it identifies nobody.
    let became = match proxy.try_send(Some("expired"), &Call::good(), &[]) {
        Err(_) => Expired::InHandshake,
        Ok(reply) if reply.status == 400 => Expired::Http400,
        Ok(reply) => {
            assert_eq!(Read::new(reply, Soap::V11).kapia_code(), Some("certificate-expired"), "{name}");
            Expired::Forwarded
        }
    };
    assert_eq!(became, expired, "{name}");
    // Of a foreign authority.
    let folder = tempfile::tempdir().unwrap();
    let now = time::OffsetDateTime::now_utc();
    kapia_pki::ExampleAuthority::create(folder.path(), &kapia_pki::Names::default(), now).unwrap();
    let foreign = Tls::new(&GATE.certs, Some((&folder.path().join("certs"), "consumer")));
    let mut connection = foreign.connect(proxy.port).unwrap();
    connection.send(&Call::good().post().octets()).unwrap();
    let foreign = Read::new(connection.reply().unwrap(), Soap::V11);
    refused(&foreign, "certificate-issuer-unknown", name);
}

/// A running proxy; it ends when it is dropped.
struct Proxy {
    port: u16,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Proxy {
    fn start(name: &str, config: &str, command: impl Fn(&Path) -> Command) -> Proxy {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        for pair in ["server", "signer"] {
            let read = |file: String| std::fs::read_to_string(GATE.certs.join(file)).unwrap();
            let both = read(format!("{pair}.pem")) + &read(format!("{pair}-key.pem"));
            std::fs::write(folder.path().join(format!("{pair}.pem")), both).unwrap();
        }
        let config = config
            .replace("{folder}", folder.path().to_str().unwrap())
            .replace("{certs}", GATE.certs.to_str().unwrap())
            .replace("{port}", &port.to_string())
            .replace("{gate}", &GATE.port.to_string());
        let file = folder.path().join("proxy.conf");
        std::fs::write(&file, config).unwrap();
        let mut command = command(&file);
        // Where distributions put servers.
        let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        command.env("PATH", path).stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name} is missing, install it: {error}"));
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = child.try_wait().unwrap() {
                let said = std::fs::read_to_string(folder.path().join("error.log")).unwrap_or_default();
                panic!("{name} ended with {status}\n{said}");
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{name} does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
        Proxy { port, child, _folder: folder }
    }

    fn try_send(&self, who: Option<&str>, call: &Call, headers: &[(&str, &str)]) -> std::io::Result<HttpReply> {
        let post = headers.iter().fold(call.post(), |post, (name, value)| post.with(name, value));
        let mut connection = GATE.tls(who).connect(self.port)?;
        connection.send(&post.octets())?;
        connection.reply()
    }

    fn call(&self, who: Option<&str>, call: &Call, headers: &[(&str, &str)]) -> Read {
        Read::new(self.try_send(who, call, headers).unwrap(), call.soap)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Asked, and not killed, so that its workers end with it.
        let _ = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        let began = Instant::now();
        while self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if began.elapsed() > Duration::from_secs(10) {
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn refused(read: &Read, code: &str, proxy: &str) {
    read.result(Entry::V2).assert_refused(NOT_FOUND);
    assert_eq!(read.kapia_code(), Some(code), "{proxy}");
}

fn last_row() -> Row {
    let reader = Reader::open(GATE.folder.join("journal.db")).unwrap();
    reader.page(&Filter::default(), 0, usize::MAX).unwrap().pop().unwrap()
}
