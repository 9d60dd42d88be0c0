//! The example authority: what it writes, and that it keeps what is there.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use kapia_pki::{ExampleAuthority, Language, Names, Problem, ServerIdentity};
use time::{Duration, OffsetDateTime};
use x509_parser::prelude::{FromDer, X509Certificate};

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

#[test]
fn every_certificate_has_the_transport_profile() {
    let folder = tempfile::tempdir().unwrap();
    let made = ExampleAuthority::create(folder.path(), &Names::default(), now()).unwrap();
    for pair in [&made.server, &made.consumer, &made.stranger, &made.expired, &made.signer] {
        let shown = pair.read().unwrap();
        let (_, certificate) = X509Certificate::from_der(&shown.der).unwrap();
        assert!(shown.subject.ends_with(",C=BG"), "{}", shown.subject);
        assert!(shown.oid.as_deref().unwrap().starts_with("2.16.100.1.1."));
        assert_eq!(shown.not_after - shown.not_before, Duration::days(1195));
        let usage = certificate.key_usage().unwrap().unwrap().value;
        assert!(usage.key_agreement() && usage.key_encipherment() && usage.digital_signature());
        let purposes = certificate.extended_key_usage().unwrap().unwrap().value;
        assert!(purposes.server_auth && purposes.client_auth);
        assert!(!certificate.basic_constraints().unwrap().unwrap().value.ca);
        let bits = match certificate.public_key().parsed().unwrap() {
            x509_parser::public_key::PublicKey::RSA(key) => key.key_size(),
            other => panic!("not RSA: {other:?}"),
        };
        assert_eq!(bits, 2048);
    }
    assert!(made.expired.read().unwrap().not_after < now() - Duration::hours(23));
    assert!(made.ca.read().unwrap().subject.contains("EXAMPLE"));
}

#[test]
fn keys_are_pkcs8_and_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let made = ExampleAuthority::create(folder.path(), &Names::default(), now()).unwrap();
    assert_eq!(made.made.len(), 6);
    for pair in [&made.ca, &made.server, &made.consumer, &made.stranger, &made.expired, &made.signer] {
        assert_eq!(fs::metadata(&pair.key).unwrap().permissions().mode() & 0o777, 0o600);
        let key = fs::read_to_string(&pair.key).unwrap();
        assert!(key.starts_with("-----BEGIN PRIVATE KEY-----"));
    }
}

#[test]
fn what_exists_is_kept_and_only_what_is_missing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let first = ExampleAuthority::create(folder.path(), &Names::default(), now()).unwrap();
    let before = fs::read(&first.server.certificate).unwrap();
    fs::remove_file(&first.consumer.certificate).unwrap();

    let half = ExampleAuthority::create(folder.path(), &Names::default(), now()).unwrap_err();
    assert!(matches!(half.problem(), Problem::HalfPair(_)), "{half}");

    fs::remove_file(&first.consumer.key).unwrap();
    let second = ExampleAuthority::create(folder.path(), &Names::default(), now()).unwrap();
    assert_eq!(second.made, std::slice::from_ref(&first.consumer.certificate));
    assert_eq!(fs::read(&second.server.certificate).unwrap(), before);
    assert_eq!(second.consumer.read().unwrap().issuer, first.ca.read().unwrap().subject);
}

#[test]
fn a_foreign_root_is_never_used_to_issue() {
    let (ours, foreign) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir(ours.path().join("certs")).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = params.self_signed(&key).unwrap();
    fs::write(ours.path().join("certs/ca.pem"), root.pem()).unwrap();
    fs::write(ours.path().join("certs/ca-key.pem"), key.serialize_pem()).unwrap();
    let error = ExampleAuthority::create(ours.path(), &Names::default(), now()).unwrap_err();
    assert!(matches!(error.problem(), Problem::ForeignAuthority), "{error}");
    assert!(!ours.path().join("certs/server.pem").exists());
    drop(foreign);
}

#[test]
fn the_server_certificate_names_its_hosts_and_matches_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let names = Names { host: "kapia.example.bg".to_owned(), ..Names::default() };
    let made = ExampleAuthority::create(folder.path(), &names, now()).unwrap();
    let server = ServerIdentity::load(&made.server.certificate, &made.server.key).unwrap();
    assert_eq!(server.host_names(), ["kapia.example.bg", "localhost", "127.0.0.1", "::1"]);
    assert_eq!(server.check(now()).unwrap(), kapia_pki::Condition::Good);

    let late = server.check(now() + Duration::days(1190)).unwrap();
    assert!(matches!(late, kapia_pki::Condition::EndsSoon(4)), "{late:?}");
    let over = server.check(now() + Duration::days(1196)).unwrap_err();
    assert!(matches!(over.problem(), Problem::Expired(_)));
    let end = made.server.read().unwrap().not_after;
    assert!(over.to_string().contains(&format!("over since: {} ", end.date())), "{over}");
    assert!(over.to_string().contains(" UTC (hint: "), "{over}");
    let early = server.check(now() - Duration::days(1)).unwrap_err();
    assert!(matches!(early.problem(), Problem::NotYetValid(_)));
}

#[test]
fn a_server_pair_that_cannot_serve_is_refused_with_place_and_hint() {
    let folder = tempfile::tempdir().unwrap();
    let made = ExampleAuthority::create(folder.path(), &Names::default(), now()).unwrap();
    let problem = |certificate: &std::path::Path, key: &std::path::Path| {
        let error = ServerIdentity::load(certificate, key).unwrap_err();
        for language in [Language::English, Language::Bulgarian] {
            assert!(error.message(language).contains(error.place()));
            assert!(!error.hint(language).is_empty());
        }
        error.problem().code()
    };
    let server = &made.server;
    assert_eq!(problem(&server.certificate, &made.consumer.key), "pki-key-mismatch");
    assert_eq!(problem(&made.ca.certificate, &server.key), "pki-authority-as-server");
    assert_eq!(problem(&server.key, &server.key), "pki-no-certificate");
    assert_eq!(problem(&server.certificate, &server.certificate), "pki-no-key");
    assert_eq!(problem(&folder.path().join("none.pem"), &server.key), "pki-unreadable");

    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let locked =
        file("locked.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n");
    assert_eq!(problem(&server.certificate, &locked), "pki-encrypted-key");
    let junk = file("junk.pem", "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n");
    assert_eq!(problem(&junk, &server.key), "pki-broken-certificate");
    let cut = file("cut.pem", "-----BEGIN CERTIFICATE-----\nMAMCAQA=\n");
    assert_eq!(problem(&cut, &server.key), "pki-broken-pem");
    // The signer names no host, which only a server has to do.
    let signer = ServerIdentity::load(&made.signer.certificate, &made.signer.key).unwrap();
    assert_eq!(signer.check(now()).unwrap_err().problem().code(), "pki-no-host-name");
}

#[test]
fn a_host_name_that_cannot_stand_in_a_certificate_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let names = Names { host: "капия.бг".to_owned(), ..Names::default() };
    let error = ExampleAuthority::create(folder.path(), &names, now()).unwrap_err();
    assert!(matches!(error.problem(), Problem::BadHostName), "{error}");
}
