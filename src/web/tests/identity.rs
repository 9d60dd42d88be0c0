//! How a service is told who asks: Basic, OAuth 2.0, signatures, client certificates.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use kapia_adapter::Health;
use kapia_pki::{ExampleAuthority, Names, Pair, provider, read_certificates, read_key};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use support::{Bench, Service, ask, both, failure, json, say, texts};
use time::OffsetDateTime;
use tokio_rustls::TlsAcceptor;

const KEY: &str = "<Key>a</Key>";
const FOUND: &str = "{\"name\":\"x\"}";

#[tokio::test]
async fn a_user_and_a_password_are_sent_from_a_file_and_never_told() {
    let service = Service::start(|asked| {
        let good = asked.header("authorization") == Some("Basic cmVnaXg60L/QsNGAOtC+0LvQsA==");
        if good { json(FOUND) } else { say(401, "text/plain", "") }
    })
    .await;
    let bench = Bench::rest(&format!(
        "base = \"{}\"\nauth = \"basic\"\nuser = \"regix\"\npassword_file = \"password\"",
        service.address
    ));
    std::fs::write(bench.folder.path().join("password"), "пар:ола\n").unwrap();
    ask(&bench.open(), "GetPerson", KEY).await.unwrap();
    std::fs::write(bench.folder.path().join("password"), "друга").unwrap();
    let error = failure(&bench.open(), "GetPerson", KEY).await;
    assert_eq!(error.code, "web-forbidden");
    assert!(!both(&error.message).contains("друга"));
    bench.change("adapter.toml", "password_file = \"password\"", "password_env = \"KAPIA_WEB_TEST_UNSET\"");
    assert_eq!(bench.wrong(), ["web-secret-unset"]);
    bench.change("adapter.toml", "password_env = \"KAPIA_WEB_TEST_UNSET\"", "password = \"x\"");
    assert_eq!(bench.open().notes.iter().map(|note| note.problem.code).collect::<Vec<_>>(), ["web-secret-clear"]);
}

/// A service with a server of tokens, each good for so many seconds; it forgets all tokens but the last.
async fn tokens(life: u64, revoked: usize) -> (Service, Arc<AtomicUsize>, Bench) {
    let given = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&given);
    let service = Service::start(move |asked| {
        if asked.target == "/token" {
            assert_eq!(asked.body, "grant_type=client_credentials&scope=people%3Aread");
            assert_eq!(asked.header("authorization"), Some("Basic cmVnaXg6YSUyMCUyNmI="));
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            return json(&format!(
                "{{\"access_token\":\"t{number}\",\"token_type\":\"bearer\",\"expires_in\":{life}}}"
            ));
        }
        let current = count.load(Ordering::SeqCst);
        let good = asked.header("authorization") == Some(&format!("Bearer t{current}")) && current > revoked;
        if good { json(FOUND) } else { say(401, "text/plain", "") }
    })
    .await;
    let bench = Bench::rest(&format!(
        "base = \"{0}\"\nauth = \"oauth2\"\ntoken_address = \"{0}/token\"\nclient_id = \"regix\"\nclient_secret_file = \"secret\"\nscope = \"people:read\"",
        service.address
    ));
    std::fs::write(bench.folder.path().join("secret"), "a &b").unwrap();
    (service, given, bench)
}

#[tokio::test]
async fn one_token_serves_many_calls() {
    let (_service, given, bench) = tokens(3600, 0).await;
    let package = Arc::new(bench.open());
    let calls = (0..16).map(|_| {
        let package = Arc::clone(&package);
        tokio::spawn(async move { ask(&package, "GetPerson", KEY).await.map(|answer| texts(&answer)) })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap(), ["Name=x"]);
    }
    assert_eq!(given.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends() {
    let (_service, given, bench) = tokens(2, 0).await;
    let package = bench.open();
    ask(&package, "GetPerson", KEY).await.unwrap();
    ask(&package, "GetPerson", KEY).await.unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 1);
    tokio::time::sleep(Duration::from_millis(1900)).await;
    ask(&package, "GetPerson", KEY).await.unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let (_service, given, bench) = tokens(3600, 1).await;
    ask(&bench.open(), "GetPerson", KEY).await.unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 2);
    let (_service, given, bench) = tokens(3600, 99).await;
    assert_eq!(failure(&bench.open(), "GetPerson", KEY).await.code, "web-forbidden");
    assert_eq!(given.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_server_of_tokens_that_gives_none_is_told_by_its_kind() {
    for (status, body, code, retryable) in [
        (401, "{\"error\":\"Тайна\"}", "web-token-refused", false),
        (503, "", "web-token-refused", true),
        (200, "<html>", "web-token-answer", false),
        (200, "{\"access_token\":\"x\",\"token_type\":\"mac\"}", "web-token-answer", false),
        (200, "{\"access_token\":\"a\\nb\",\"token_type\":\"Bearer\"}", "web-token-answer", false),
    ] {
        let service = Service::start(move |_| say(status, "application/json", body)).await;
        let bench = Bench::rest(&format!(
            "base = \"{0}\"\nauth = \"oauth2\"\ntoken_address = \"{0}/token\"\nclient_id = \"regix\"\nclient_secret = \"s\"",
            service.address
        ));
        let error = failure(&bench.open(), "GetPerson", KEY).await;
        assert_eq!((error.code, error.retryable), (code, retryable));
        assert!(!both(&error.message).contains("Тайна"));
    }
}

#[tokio::test]
async fn a_request_bears_a_signature_over_itself() {
    let service = Service::start(|_| json(FOUND)).await;
    let bench = Bench::rest(&format!(
        "base = \"{}/api\"\nauth = \"hmac\"\nhmac_id = \"me\"\nhmac_key_file = \"key\"\nhmac_header = \"X-Signature\"",
        service.address
    ));
    std::fs::write(bench.folder.path().join("key"), "Jefe").unwrap();
    ask(&bench.open(), "FindPerson", KEY).await.unwrap();
    let asked = service.last();
    let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, asked.body.as_bytes());
    let text = format!("POST\n/api/search\n{}\n{}", asked.header("x-timestamp").unwrap(), hex(hash.as_ref()));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"Jefe");
    let signature = asked.header("x-signature").unwrap().strip_prefix("HMAC-SHA256 me:").unwrap();
    let signature = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, signature).unwrap();
    aws_lc_rs::hmac::verify(&key, text.as_bytes(), &signature).unwrap();
}

fn acceptor(ca: &Pair, server: &Pair) -> TlsAcceptor {
    let mut roots = RootCertStore::empty();
    for certificate in read_certificates(&ca.certificate).unwrap() {
        roots.add(certificate).unwrap();
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build().unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(read_certificates(&server.certificate).unwrap(), read_key(&server.key).unwrap())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

#[tokio::test]
async fn a_certificate_is_shown_and_the_one_of_the_service_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let now = OffsetDateTime::now_utc();
    let ours = ExampleAuthority::create(&path("ours"), &Names::default(), now).unwrap();
    let others = ExampleAuthority::create(&path("others"), &Names::default(), now).unwrap();
    let service = Service::listen(Some(acceptor(&ours.ca, &ours.server)), |_| json(FOUND)).await;
    let show = |path: &Path| path.display().to_string();
    let backend = |authorities: &Pair, consumer: Option<&Pair>| {
        let identity = consumer
            .map(|pair| format!("certificate = \"{}\"\nkey = \"{}\"", show(&pair.certificate), show(&pair.key)));
        format!(
            "base = \"{}\"\nauthorities = \"{}\"\n{}",
            service.address,
            show(&authorities.certificate),
            identity.unwrap_or_default()
        )
    };
    let package = Bench::rest(&backend(&ours.ca, Some(&ours.consumer))).open();
    assert_eq!(texts(&ask(&package, "GetPerson", KEY).await.unwrap()), ["Name=x"]);
    assert_eq!(package.adapter.health().await, Health::Up);
    for (authorities, consumer) in
        [(&others.ca, Some(&ours.consumer)), (&ours.ca, None), (&ours.ca, Some(&others.consumer))]
    {
        let package = Bench::rest(&backend(authorities, consumer)).open();
        let error = failure(&package, "GetPerson", KEY).await;
        assert!(matches!(error.code, "web-unreachable" | "web-broken-off"), "{}", error.code);
        assert!(matches!(package.adapter.health().await, Health::Down(_)));
    }
    assert_eq!(service.asked().len(), 2);
    let bench =
        Bench::rest(&backend(&ours.ca, Some(&Pair { key: ours.ca.certificate.clone(), ..ours.consumer.clone() })));
    assert_eq!(bench.wrong(), ["web-identity"]);
}
