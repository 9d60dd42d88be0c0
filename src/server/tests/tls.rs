//! TLS: who gets through, with which verdict, and what a reload changes.
#![allow(clippy::unwrap_used)]

mod harness;

use std::sync::Arc;

use harness::{BOTH, Conn, WORLD, client, connect, start};
use kapia_pki::Pair;
use rustls::HandshakeKind;
use rustls::version::{TLS12, TLS13};

const GET: &str = "GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n";

async fn verdict(conn: &mut Conn) -> String {
    let reply = conn.ask(GET).await;
    assert_eq!(reply.status, 200);
    reply.body.split(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_kind_of_certificate_reaches_the_exchange_with_its_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let revoked = folder.path().join("revoked.pem");
    let now = time::OffsetDateTime::now_utc();
    WORLD.ours.write_revocation_list(&revoked, &[&WORLD.ours.signer], now).unwrap();
    let server = start(|config| config.tls.revocation_lists = vec![revoked]).await;
    let cases: [(Option<&Pair>, &str); 7] = [
        (None, "none"),
        (Some(&WORLD.ours.consumer), "trusted"),
        (Some(&WORLD.ours.stranger), "trusted"),
        (Some(&WORLD.ours.expired), "expired"),
        (Some(&WORLD.ours.signer), "revoked"),
        (Some(&WORLD.ours.ca), "wrong-purpose"),
        (Some(&WORLD.foreign.consumer), "unknown-issuer"),
    ];
    for versions in [&[&TLS12], &[&TLS13]] {
        for (pair, expected) in cases {
            let mut conn = connect(server.address, &client(pair, versions)).await.unwrap();
            assert_eq!(verdict(&mut conn).await, expected, "{versions:?}");
        }
    }
    assert_eq!(server.metric("kapia_tls_handshakes_total{certificate=\"expired\"}").await, 2);
    assert_eq!(server.metric("kapia_tls_handshakes_total{certificate=\"none\"}").await, 2);
    server.stop().await;
}

#[tokio::test]
async fn the_exchange_sees_thumbprint_and_subject_of_the_certificate() {
    let server = start(|_| {}).await;
    let mut conn = server.connect(Some(&WORLD.ours.consumer)).await;
    assert_eq!(verdict(&mut conn).await, "trusted");
    let inbound = server.stage.inbound.lock().unwrap().pop().unwrap();
    let shown = inbound.peer.shown.certificate().unwrap();
    assert_eq!(shown.thumbprints, WORLD.ours.consumer.read().unwrap().thumbprints);
    assert!(shown.subject.starts_with("CN=consumer.example"));
    assert!(inbound.peer.address.ip().is_loopback());
}

#[tokio::test]
async fn the_private_key_must_be_proven_even_though_the_chain_may_be_anything() {
    let server = start(|_| {}).await;
    // Another man's certificate with one's own key.
    #[derive(Debug)]
    struct Thief(Arc<rustls::sign::CertifiedKey>);
    impl rustls::client::ResolvesClientCert for Thief {
        fn resolve(&self, _: &[&[u8]], _: &[rustls::SignatureScheme]) -> Option<Arc<rustls::sign::CertifiedKey>> {
            Some(self.0.clone())
        }
        fn has_certs(&self) -> bool {
            true
        }
    }
    let own_key = kapia_pki::read_key(&WORLD.ours.stranger.key).unwrap();
    let key = kapia_pki::provider().key_provider.load_private_key(own_key).unwrap();
    let stolen = kapia_pki::read_certificates(&WORLD.ours.consumer.certificate).unwrap();
    for versions in [&[&TLS12], &[&TLS13]] {
        let mut config = rustls::ClientConfig::clone(&client(None, versions));
        config.client_auth_cert_resolver =
            Arc::new(Thief(Arc::new(rustls::sign::CertifiedKey::new(stolen.clone(), key.clone()))));
        // In TLS 1.3 the client learns of the failure only when it reads.
        match connect(server.address, &Arc::new(config)).await {
            Err(_) => {}
            Ok(mut conn) => {
                let _ = conn.try_send(GET).await;
                let error = conn.reply().await.unwrap_err();
                assert!(error.contains("broken"), "{error}");
            }
        }
    }
    assert_eq!(server.stage.begun.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_strict_server_refuses_untrusted_chains_in_the_handshake() {
    let server = start(|config| config.tls.strict_handshake = true).await;
    for pair in [&WORLD.ours.expired, &WORLD.foreign.consumer] {
        let refused = connect(server.address, &client(Some(pair), &[&TLS12])).await;
        assert!(refused.is_err());
    }
    assert_eq!(verdict(&mut server.connect(None).await).await, "none");
    assert_eq!(verdict(&mut server.connect(Some(&WORLD.ours.consumer)).await).await, "trusted");
    assert_eq!(server.metric("kapia_tls_handshakes_failed_total{reason=\"client-certificate\"}").await, 2);
}

#[tokio::test]
async fn a_resumed_session_is_judged_again() {
    let server = start(|_| {}).await;
    for versions in [&[&TLS12], &[&TLS13]] {
        let config = client(Some(&WORLD.ours.consumer), versions);
        let mut first = connect(server.address, &config).await.unwrap();
        assert_eq!(verdict(&mut first).await, "trusted");
        drop(first);
        let mut second = connect(server.address, &config).await.unwrap();
        assert_eq!(second.stream.get_ref().1.handshake_kind(), Some(HandshakeKind::Resumed));
        assert_eq!(verdict(&mut second).await, "trusted");
        let shown = server.stage.inbound.lock().unwrap().pop().unwrap().peer.shown.certificate().cloned().unwrap();
        assert_eq!(shown.thumbprints, WORLD.ours.consumer.read().unwrap().thumbprints);
    }
    // A resumed session of a certificate that was never trusted stays untrusted.
    let config = client(Some(&WORLD.ours.expired), &[&TLS13]);
    for resumed in [false, true] {
        let mut conn = connect(server.address, &config).await.unwrap();
        assert_eq!(verdict(&mut conn).await, "expired");
        let kind = conn.stream.get_ref().1.handshake_kind();
        assert_eq!(kind == Some(HandshakeKind::Resumed), resumed);
    }
    assert_eq!(server.metric("kapia_tls_resumed_total").await, 3);
}

#[tokio::test]
async fn a_reload_revokes_on_open_connections_and_ends_all_sessions() {
    let server = start(|_| {}).await;
    for versions in [&[&TLS12], &[&TLS13]] {
        let config = client(Some(&WORLD.ours.consumer), versions);
        let mut open = connect(server.address, &config).await.unwrap();
        assert_eq!(verdict(&mut open).await, "trusted");

        let mut changed = harness::config();
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("revoked.pem");
        let now = time::OffsetDateTime::now_utc();
        WORLD.ours.write_revocation_list(&list, &[&WORLD.ours.consumer], now).unwrap();
        changed.tls.revocation_lists = vec![list];
        server.handle.reload_with(&changed).unwrap();

        assert_eq!(verdict(&mut open).await, "revoked");
        let mut fresh = connect(server.address, &config).await.unwrap();
        assert_ne!(fresh.stream.get_ref().1.handshake_kind(), Some(HandshakeKind::Resumed));
        assert_eq!(verdict(&mut fresh).await, "revoked");

        server.handle.reload().unwrap();
        assert_eq!(verdict(&mut open).await, "trusted");
    }
}

#[tokio::test]
async fn a_reload_swaps_the_server_certificate_and_drops_no_connection() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("server.pem"), folder.path().join("key.pem"));
    let put = |pair: &Pair| {
        std::fs::copy(&pair.certificate, &certificate).unwrap();
        std::fs::copy(&pair.key, &key).unwrap();
    };
    put(&WORLD.ours.server);
    let server = start(|config| {
        config.tls.certificate = certificate.clone();
        config.tls.key = key.clone();
    })
    .await;
    let shown = |conn: &Conn| conn.stream.get_ref().1.peer_certificates().unwrap()[0].to_vec();
    let mut old = server.connect(None).await;
    assert_eq!(verdict(&mut old).await, "none");

    // A second server certificate of the same authority, made by removing the first.
    let second = tempfile::tempdir().unwrap();
    let certs = second.path().join("certs");
    std::fs::create_dir(&certs).unwrap();
    for name in ["ca.pem", "ca-key.pem"] {
        std::fs::copy(WORLD.ours.ca.certificate.with_file_name(name), certs.join(name)).unwrap();
    }
    let names = kapia_pki::Names { host: "second.example".to_owned(), ..Default::default() };
    let made = kapia_pki::ExampleAuthority::create(second.path(), &names, time::OffsetDateTime::now_utc()).unwrap();
    put(&made.server);
    server.handle.reload().unwrap();

    assert_eq!(verdict(&mut old).await, "none");
    let mut new = server.connect(None).await;
    assert_eq!(verdict(&mut new).await, "none");
    assert_eq!(shown(&old), WORLD.ours.server.read().unwrap().der.to_vec());
    assert_eq!(shown(&new), made.server.read().unwrap().der.to_vec());

    // A reload that cannot work changes nothing.
    std::fs::copy(&WORLD.ours.consumer.key, &key).unwrap();
    let error = server.handle.reload().unwrap_err();
    assert!(error.to_string().contains("belongs to another certificate"), "{error}");
    assert_eq!(verdict(&mut server.connect(None).await).await, "none");
    assert_eq!(server.metric("kapia_tls_reloads_total{outcome=\"failed\"}").await, 1);
}

#[tokio::test]
async fn http_2_is_not_offered() {
    let server = start(|_| {}).await;
    let mut config = rustls::ClientConfig::clone(&client(None, BOTH));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let conn = connect(server.address, &Arc::new(config.clone())).await.unwrap();
    assert_eq!(conn.stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    // Old clients send no ALPN at all.
    config.alpn_protocols.clear();
    let mut conn = connect(server.address, &Arc::new(config)).await.unwrap();
    assert_eq!(verdict(&mut conn).await, "none");
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_given_up() {
    let server = start(|config| config.limits.handshake_seconds = 1).await;
    let mut silent = Conn::plain(server.address).await;
    silent.assert_gone().await;
    let mut plain = Conn::plain(server.address).await;
    plain.send(GET).await;
    plain.assert_gone().await;
    assert_eq!(server.metric("kapia_tls_handshakes_failed_total{reason=\"timeout\"}").await, 1);
    assert_eq!(server.metric("kapia_tls_handshakes_failed_total{reason=\"not-tls\"}").await, 1);
}

#[tokio::test]
async fn a_server_certificate_that_cannot_serve_stops_the_start() {
    let mut config = harness::config();
    config.tls.certificate = WORLD.ours.expired.certificate.clone();
    config.tls.key = WORLD.ours.expired.key.clone();
    let stage = Arc::new(harness::Stage::default());
    let error = kapia_server::Server::bind(config, stage).await.err().unwrap();
    assert!(error.to_string().contains("is over since"), "{error}");
    assert!(error.to_string().contains("hint:"), "{error}");
}

#[tokio::test]
async fn a_further_listener_asks_for_a_certificate_only_if_it_is_told_to() {
    use kapia_server::{FurtherListener, Listener};
    for (asks_for_certificate, expected) in [(false, "none"), (true, "trusted")] {
        let listen = vec![(std::net::Ipv4Addr::LOCALHOST, 0).into()];
        let server = start(|config| config.further = vec![FurtherListener { listen, asks_for_certificate }]).await;
        for versions in [&[&TLS12], &[&TLS13]] {
            let config = client(Some(&WORLD.ours.consumer), versions);
            let mut conn = connect(server.further[0], &config).await.unwrap();
            assert_eq!(verdict(&mut conn).await, expected);
            let inbound = server.stage.inbound.lock().unwrap().pop().unwrap();
            assert_eq!(inbound.peer.listener, Listener::Further(0));
            // What was agreed with one listener is worth nothing at another.
            let mut other = connect(server.address, &config).await.unwrap();
            assert_eq!(verdict(&mut other).await, "trusted");
        }
        server.stop().await;
    }
}
