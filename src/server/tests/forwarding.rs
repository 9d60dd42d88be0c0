//! Proxies in front of the server: who may say who the client is, and what becomes of it when somebody else does.
#![allow(clippy::unwrap_used)]

mod harness;

use harness::{Running, WORLD, start};
use kapia_pki::{Pair, Shown, Unacceptable};
use kapia_server::{ForwardedIdentity, Listener, Peer, ProxyConfig, ServerConfig, ServerError, ServiceBusConfig};

/// The tests connect from here.
const HERE: &str = "127.0.0.1";

fn proxy(identity: ForwardedIdentity) -> ProxyConfig {
    ProxyConfig { addresses: vec![HERE.parse().unwrap()], identity, ..ProxyConfig::default() }
}

async fn behind(proxy: ProxyConfig) -> Running {
    start(|config| config.proxies = vec![proxy]).await
}

/// PEM in one line, as Apache writes it.
fn one_line(pair: &Pair) -> String {
    std::fs::read_to_string(&pair.certificate).unwrap().lines().collect::<Vec<_>>().join(" ")
}

fn hash(pair: &Pair) -> String {
    pair.read().unwrap().thumbprints.sha1.to_string()
}

/// What the exchange is told about a request with these headers, made with this certificate.
async fn peer(server: &Running, pair: Option<&Pair>, headers: &[(&str, &str)]) -> Peer {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let mut connection = server.connect(pair).await;
    let reply = connection.ask(format!("GET /x HTTP/1.1\r\nHost: h\r\n{headers}\r\n")).await;
    assert_eq!(reply.status, 200);
    server.stage.inbound.lock().unwrap().pop().unwrap().peer
}

async fn outcome(server: &Running, name: &str) -> u64 {
    server.metric(&format!("kapia_forwarded_identities_total{{outcome=\"{name}\"}}")).await
}

fn refused(peer: &Peer) -> Unacceptable {
    match &peer.shown {
        Shown::Refused(why, _) => *why,
        other => panic!("not refused: {other:?}"),
    }
}

// ---- who may say it ----

#[tokio::test]
async fn from_an_address_that_is_not_listed_the_headers_are_nothing_and_are_counted() {
    let certificate = one_line(&WORLD.ours.consumer);
    let digits = hash(&WORLD.ours.consumer);
    let elsewhere =
        ProxyConfig { addresses: vec!["10.0.0.0/8".parse().unwrap()], ..proxy(ForwardedIdentity::CertificateOrHash) };
    let server = start(|config| config.proxies = vec![elsewhere]).await;
    for (header, value) in [
        ("SSL_CLIENT_CERT", certificate.as_str()),
        ("ssl-client-cert", &certificate),
        ("cert_hash", &digits),
        ("Cert-Hash", &digits),
    ] {
        assert!(matches!(peer(&server, None, &[(header, value)]).await.shown, Shown::Nothing), "{header}");
        // And they take nothing away from who shows a certificate.
        let shown = peer(&server, Some(&WORLD.ours.stranger), &[(header, value)]).await.shown;
        let Shown::Connection(shown) = shown else { panic!("{shown:?}") };
        assert_eq!(shown.thumbprints, WORLD.ours.stranger.read().unwrap().thumbprints);
    }
    assert_eq!(outcome(&server, "ignored").await, 8);
    assert_eq!(outcome(&server, "certificate").await + outcome(&server, "hash").await, 0);
}

#[tokio::test]
async fn a_server_without_proxies_counts_such_headers_too() {
    let server = start(|_| {}).await;
    assert!(matches!(peer(&server, None, &[("cert_hash", "x")]).await.shown, Shown::Nothing));
    assert_eq!(outcome(&server, "ignored").await, 1);
}

#[tokio::test]
async fn a_proxy_that_is_believed_in_addresses_only_says_nothing_of_identity() {
    let server = behind(proxy(ForwardedIdentity::None)).await;
    let header = one_line(&WORLD.ours.consumer);
    let peer = peer(&server, None, &[("SSL_CLIENT_CERT", &header), ("X-Forwarded-For", "192.0.2.1")]).await;
    assert!(matches!(peer.shown, Shown::Nothing));
    assert_eq!(peer.client.to_string(), "192.0.2.1");
    assert_eq!(outcome(&server, "ignored").await, 1);
}

#[tokio::test]
async fn a_proxy_that_must_show_a_certificate_is_known_by_that_one_alone() {
    let named = ProxyConfig {
        certificates: vec![WORLD.ours.signer.certificate.clone()],
        ..proxy(ForwardedIdentity::Certificate)
    };
    let server = behind(named).await;
    let header = one_line(&WORLD.ours.consumer);
    let headers = [("SSL_CLIENT_CERT", header.as_str()), ("X-Forwarded-For", "192.0.2.1")];

    let through = peer(&server, Some(&WORLD.ours.signer), &headers).await;
    assert!(matches!(through.shown, Shown::Forwarded(_)));
    assert_eq!(through.client.to_string(), "192.0.2.1");

    for other in [None, Some(&WORLD.ours.stranger), Some(&WORLD.ours.expired), Some(&WORLD.foreign.signer)] {
        let spoofed = peer(&server, other, &headers).await;
        assert!(matches!(spoofed.shown, Shown::Nothing | Shown::Connection(_)), "{:?}", spoofed.shown);
        assert_eq!(spoofed.client.to_string(), HERE);
    }
}

#[tokio::test]
async fn a_proxys_certificate_that_is_over_makes_no_proxy() {
    let named = ProxyConfig {
        certificates: vec![WORLD.ours.expired.certificate.clone()],
        ..proxy(ForwardedIdentity::Certificate)
    };
    let server = behind(named).await;
    let header = one_line(&WORLD.ours.consumer);
    let shown = peer(&server, Some(&WORLD.ours.expired), &[("SSL_CLIENT_CERT", &header)]).await.shown;
    assert!(matches!(shown, Shown::Connection(_)), "{shown:?}");
}

#[tokio::test]
async fn a_client_whose_tls_is_passed_through_cannot_speak_as_the_proxy() {
    // The address is listed without a certificate, and the connection shows one: it is the client's own.
    let server = behind(proxy(ForwardedIdentity::Certificate)).await;
    let header = one_line(&WORLD.ours.consumer);
    let shown = peer(&server, Some(&WORLD.ours.stranger), &[("SSL_CLIENT_CERT", &header)]).await.shown;
    let Shown::Connection(shown) = shown else { panic!("{shown:?}") };
    assert_eq!(shown.thumbprints, WORLD.ours.stranger.read().unwrap().thumbprints);
    assert_eq!(outcome(&server, "ignored").await, 1);
}

#[tokio::test]
async fn the_certificate_of_the_proxy_is_never_that_of_its_client() {
    let named = ProxyConfig {
        certificates: vec![WORLD.ours.consumer.certificate.clone()],
        ..proxy(ForwardedIdentity::Certificate)
    };
    let server = behind(named).await;
    for headers in [&[][..], &[("SSL_CLIENT_CERT", "")], &[("SSL_CLIENT_CERT", "(null)"), ("cert_hash", "")]] {
        let shown = peer(&server, Some(&WORLD.ours.consumer), headers).await.shown;
        assert!(matches!(shown, Shown::Nothing), "{shown:?}");
    }
    assert_eq!(outcome(&server, "nothing").await, 3);
}

// ---- what is said ----

#[tokio::test]
async fn a_forwarded_certificate_is_judged_as_one_of_the_connection() {
    let server = behind(proxy(ForwardedIdentity::Certificate)).await;
    for (pair, verdict) in [
        (&WORLD.ours.consumer, "trusted"),
        (&WORLD.ours.expired, "expired"),
        (&WORLD.foreign.consumer, "unknown-issuer"),
        (&WORLD.ours.ca, "wrong-purpose"),
    ] {
        let shown = peer(&server, None, &[("SSL_CLIENT_CERT", &one_line(pair))]).await.shown;
        let Shown::Forwarded(shown) = shown else { panic!("{shown:?}") };
        assert_eq!(shown.chain.code(), verdict);
        assert_eq!(shown.thumbprints, pair.read().unwrap().thumbprints);
    }
    assert_eq!(outcome(&server, "certificate").await, 4);
}

#[tokio::test]
async fn a_reload_revokes_a_forwarded_certificate_too() {
    let server = behind(proxy(ForwardedIdentity::Certificate)).await;
    let header = one_line(&WORLD.ours.consumer);
    let verdict = async || match peer(&server, None, &[("SSL_CLIENT_CERT", &header)]).await.shown {
        Shown::Forwarded(shown) => shown.chain.code(),
        other => panic!("{other:?}"),
    };
    assert_eq!(verdict().await, "trusted");
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("revoked.pem");
    let now = time::OffsetDateTime::now_utc();
    WORLD.ours.write_revocation_list(&list, &[&WORLD.ours.consumer], now).unwrap();
    let mut config = ServerConfig { proxies: vec![proxy(ForwardedIdentity::Certificate)], ..harness::config() };
    config.tls.revocation_lists = vec![list];
    server.handle.reload_with(&config).unwrap();
    assert_eq!(verdict().await, "revoked");
    // A reload takes a proxy away as well.
    server.handle.reload_with(&harness::config()).unwrap();
    assert!(matches!(peer(&server, None, &[("SSL_CLIENT_CERT", &header)]).await.shown, Shown::Nothing));
}

#[tokio::test]
async fn a_thumbprint_beside_the_certificate_must_be_its_own() {
    let server = behind(proxy(ForwardedIdentity::Certificate)).await;
    let header = one_line(&WORLD.ours.consumer);
    let right = hash(&WORLD.ours.consumer).to_uppercase();
    let shown = peer(&server, None, &[("SSL_CLIENT_CERT", &header), ("cert_hash", &right)]).await.shown;
    assert!(matches!(shown, Shown::Forwarded(_)));
    let wrong = hash(&WORLD.ours.stranger);
    let both = peer(&server, None, &[("SSL_CLIENT_CERT", &header), ("cert_hash", &wrong)]).await;
    assert_eq!(refused(&both), Unacceptable::Disagree);
}

#[tokio::test]
async fn a_thumbprint_alone_counts_only_where_the_operator_allows_it() {
    let digits = hash(&WORLD.ours.consumer);
    let server = behind(proxy(ForwardedIdentity::Certificate)).await;
    assert_eq!(refused(&peer(&server, None, &[("cert_hash", &digits)]).await), Unacceptable::HashAlone);

    let server = behind(proxy(ForwardedIdentity::CertificateOrHash)).await;
    let colons: Vec<&str> = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
    for form in [digits.clone(), digits.to_uppercase(), colons.join(":"), colons.join(" "), colons.join("-")] {
        let shown = peer(&server, None, &[("cert_hash", &form)]).await.shown;
        let Shown::ForwardedHash(told) = shown else { panic!("{shown:?}") };
        assert_eq!(told.to_string(), digits);
    }
    assert_eq!(outcome(&server, "hash").await, 5);
}

#[tokio::test]
async fn what_is_no_certificate_or_no_thumbprint_is_refused_by_name() {
    let server = behind(proxy(ForwardedIdentity::CertificateOrHash)).await;
    let twice = [one_line(&WORLD.ours.consumer), one_line(&WORLD.ours.stranger)].join(" ");
    for broken in ["x", "-----BEGIN CERTIFICATE-----", "MAA=", "%zz", &twice] {
        let peer = peer(&server, None, &[("SSL_CLIENT_CERT", broken)]).await;
        assert_eq!(refused(&peer), Unacceptable::Certificate, "{broken}");
    }
    for broken in ["x", "a999", &"0".repeat(64), &"g".repeat(40)] {
        assert_eq!(refused(&peer(&server, None, &[("cert_hash", broken)]).await), Unacceptable::Hash, "{broken}");
    }
    assert_eq!(outcome(&server, "refused").await, 9);
}

#[tokio::test]
async fn two_copies_of_a_header_are_refused_even_if_they_are_equal() {
    let server = behind(proxy(ForwardedIdentity::CertificateOrHash)).await;
    let (certificate, digits) = (one_line(&WORLD.ours.consumer), hash(&WORLD.ours.consumer));
    for (name, value) in [("SSL_CLIENT_CERT", &certificate), ("cert_hash", &digits)] {
        for other in [value.as_str(), ""] {
            let twice = peer(&server, None, &[(name, value), (name, other)]).await;
            assert_eq!(refused(&twice), Unacceptable::Repeated, "{name}");
            let twice = peer(&server, None, &[(name, value), (&name.to_uppercase(), other)]).await;
            assert_eq!(refused(&twice), Unacceptable::Repeated, "{name}");
        }
    }
}

#[tokio::test]
async fn a_lookalike_with_hyphens_is_refused_beside_the_header_and_alone() {
    let server = behind(proxy(ForwardedIdentity::CertificateOrHash)).await;
    let (certificate, digits) = (one_line(&WORLD.ours.consumer), hash(&WORLD.ours.consumer));
    let stranger = one_line(&WORLD.ours.stranger);
    for smuggled in ["SSL-CLIENT-CERT", "ssl-client_cert", "Ssl_Client-Cert"] {
        for headers in [
            &[(smuggled, certificate.as_str())][..],
            &[("SSL_CLIENT_CERT", &stranger), (smuggled, &certificate)],
            &[(smuggled, &certificate), ("SSL_CLIENT_CERT", &stranger)],
            &[("SSL_CLIENT_CERT", ""), (smuggled, &certificate)],
        ] {
            assert_eq!(refused(&peer(&server, None, headers).await), Unacceptable::Lookalike, "{smuggled}");
        }
    }
    assert_eq!(refused(&peer(&server, None, &[("cert-hash", &digits)]).await), Unacceptable::Lookalike);
}

#[tokio::test]
async fn the_headers_may_have_other_names() {
    let named = ProxyConfig {
        certificate_header: "X-Client-Cert".to_owned(),
        hash_header: "X-Client-Hash".to_owned(),
        ..proxy(ForwardedIdentity::Certificate)
    };
    let server = behind(named).await;
    let certificate = one_line(&WORLD.ours.consumer);
    let shown = peer(&server, None, &[("x-client-cert", &certificate)]).await.shown;
    assert!(matches!(shown, Shown::Forwarded(_)));
    let shown = peer(&server, None, &[("SSL_CLIENT_CERT", &certificate)]).await.shown;
    assert!(matches!(shown, Shown::Nothing), "{shown:?}");
}

// ---- where the client is ----

#[tokio::test]
async fn the_clients_address_is_what_configured_proxies_vouch_for_and_no_more() {
    let chained = ProxyConfig {
        addresses: [HERE, "10.0.0.0/8"].map(|network| network.parse().unwrap()).to_vec(),
        ..ProxyConfig::default()
    };
    let server = behind(chained).await;
    for (forwarded, client) in [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1, 10.1.1.1", "192.0.2.1"),
        // Written by the client itself before the first proxy appended its address.
        ("127.0.0.1, 10.9.9.9, 203.0.113.7, 192.0.2.1, 10.1.1.1", "192.0.2.1"),
        ("203.0.113.7, unknown, 10.1.1.1", "10.1.1.1"),
    ] {
        assert_eq!(peer(&server, None, &[("X-Forwarded-For", forwarded)]).await.client.to_string(), client);
    }
    // Two lines are one list.
    let two = [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-For", "192.0.2.1")];
    assert_eq!(peer(&server, None, &two).await.client.to_string(), "192.0.2.1");
    assert_eq!(peer(&server, None, &[]).await.client.to_string(), HERE);
    // Nobody here is a proxy who shows a certificate that no entry names.
    let own = peer(&server, Some(&WORLD.ours.consumer), &[("X-Forwarded-For", "192.0.2.1")]).await;
    assert_eq!(own.client.to_string(), HERE);
}

// ---- the service bus ----

#[tokio::test]
async fn the_listener_of_the_service_bus_knows_the_service_bus_alone() {
    let mut config = harness::config();
    config.proxies = vec![proxy(ForwardedIdentity::CertificateOrHash)];
    config.service_bus = Some(ServiceBusConfig {
        listen: vec!["127.0.0.1:0".parse().unwrap()],
        certificates: vec![WORLD.ours.signer.certificate.clone(), WORLD.ours.expired.certificate.clone()],
    });
    let stage = std::sync::Arc::new(harness::Stage::default());
    let server = kapia_server::Server::bind(config, stage.clone()).await.unwrap();
    let [public, bus] = [server.addresses()[0], server.service_bus_addresses()[0]];
    let serving = tokio::spawn(server.serve(std::future::pending()));
    let ask = async |address, pair: Option<&Pair>, headers: &str| {
        let config = harness::client(pair, harness::BOTH);
        let mut connection = harness::connect(address, &config).await.unwrap();
        connection.ask(format!("GET /x HTTP/1.1\r\nHost: h\r\n{headers}\r\n")).await;
        stage.inbound.lock().unwrap().pop().unwrap().peer
    };
    let the_bus = ask(bus, Some(&WORLD.ours.signer), "X-Forwarded-For: 192.0.2.1\r\n").await;
    assert!(matches!(the_bus.shown, Shown::ServiceBus(_)));
    assert_eq!((the_bus.listener, the_bus.client.to_string().as_str()), (Listener::ServiceBus, HERE));

    let header = format!("SSL_CLIENT_CERT: {}\r\n", one_line(&WORLD.ours.consumer));
    for other in [None, Some(&WORLD.ours.consumer), Some(&WORLD.ours.expired), Some(&WORLD.foreign.signer)] {
        for headers in ["", &header] {
            assert_eq!(refused(&ask(bus, other, headers).await), Unacceptable::NotTheServiceBus);
        }
    }
    // At the public address the same certificate is one as any other.
    let elsewhere = ask(public, Some(&WORLD.ours.signer), "").await;
    assert!(matches!(elsewhere.shown, Shown::Connection(_)));
    assert_eq!(elsewhere.listener, Listener::Public);
    serving.abort();
}

// ---- the configuration ----

#[tokio::test]
async fn a_proxy_or_a_service_bus_that_makes_no_sense_stops_the_start() {
    let bound = async |change: fn(&mut ServerConfig)| {
        let mut config = harness::config();
        change(&mut config);
        kapia_server::Server::bind(config, std::sync::Arc::new(harness::Stage::default())).await.err().unwrap()
    };
    let error = bound(|config| config.proxies = vec![ProxyConfig::default()]).await;
    assert!(matches!(error, ServerError::Proxy("no address")), "{error}");
    let error = bound(|config| {
        config.proxies =
            vec![ProxyConfig { hash_header: "ssl-client-cert".to_owned(), ..proxy(ForwardedIdentity::Certificate) }];
    });
    assert!(matches!(error.await, ServerError::Proxy(_)));
    let error = bound(|config| {
        config.proxies =
            vec![ProxyConfig { certificate_header: "a b".to_owned(), ..proxy(ForwardedIdentity::Certificate) }];
    });
    assert!(matches!(error.await, ServerError::Proxy(_)));
    let error = bound(|config| {
        config.proxies =
            vec![ProxyConfig { certificates: vec!["missing.pem".into()], ..proxy(ForwardedIdentity::Certificate) }];
    });
    assert!(matches!(error.await, ServerError::Certificates(_)));
    let error = bound(|config| {
        config.service_bus = Some(ServiceBusConfig { listen: Vec::new(), certificates: Vec::new() });
    });
    assert!(matches!(error.await, ServerError::ServiceBus));
}
