//! Every verdict on a chain, and who may be identified by it.
#![allow(clippy::unwrap_used)]

use std::sync::{Arc, LazyLock};

use kapia_pki::{ChainVerdict, DeferringVerifier, ExampleAuthority, Names, Pair, Presented, TrustAnchors};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::ClientCertVerifier as _;
use time::{Duration, OffsetDateTime};

struct World {
    _folders: [tempfile::TempDir; 3],
    ours: ExampleAuthority,
    theirs: ExampleAuthority,
    /// Another key under the name of our authority.
    impostor: ExampleAuthority,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let folders = [0; 3].map(|_| tempfile::tempdir().unwrap());
    let make = |folder: &tempfile::TempDir, host: &str| {
        let names = Names { host: host.to_owned(), ..Names::default() };
        ExampleAuthority::create(folder.path(), &names, now()).unwrap()
    };
    World {
        ours: make(&folders[0], "ours.example"),
        theirs: make(&folders[1], "theirs.example"),
        impostor: make(&folders[2], "ours.example"),
        _folders: folders,
    }
});

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

fn der(pair: &Pair) -> CertificateDer<'static> {
    pair.read().unwrap().der
}

fn trust(revoked: &[&Pair]) -> TrustAnchors {
    let lists = if revoked.is_empty() { vec![] } else { vec![WORLD.ours.revoke(revoked, now()).unwrap()] };
    TrustAnchors::from_der(vec![der(&WORLD.ours.ca)], lists).unwrap()
}

fn present(trust: &TrustAnchors, pair: &Pair) -> Presented {
    trust.present(&[der(pair)], now()).unwrap()
}

#[test]
fn a_certificate_of_our_authority_is_trusted() {
    let shown = present(&trust(&[]), &WORLD.ours.consumer);
    assert_eq!(shown.chain, ChainVerdict::Trusted);
    assert_eq!(shown.trusted(), Some(&shown.thumbprints));
    assert_eq!(shown.subject, "CN=consumer.example,ST=OID:2.16.100.1.1.999.1.1,C=BG");
    assert_eq!(shown.oid.as_deref(), Some("2.16.100.1.1.999.1.1"));
}

#[test]
fn the_thumbprint_is_the_digest_that_openssl_shows() {
    let shown = present(&trust(&[]), &WORLD.ours.consumer);
    let digest = |name: &str| {
        let out = std::process::Command::new("openssl")
            .args(["x509", "-noout", "-fingerprint", name, "-in"])
            .arg(&WORLD.ours.consumer.certificate)
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap().trim().rsplit_once('=').unwrap().1.to_owned()
    };
    assert_eq!(digest("-sha1").parse(), Ok(shown.thumbprints.sha1));
    assert_eq!(digest("-sha256").parse(), Ok(shown.thumbprints.sha256));
}

#[test]
fn every_other_verdict_identifies_nobody() {
    let World { ours, theirs, impostor, .. } = &*WORLD;
    let revoking = trust(&[&ours.consumer]);
    let plain = trust(&[]);
    let cases = [
        (present(&plain, &ours.expired), ChainVerdict::Expired),
        (present(&plain, &theirs.consumer), ChainVerdict::UnknownIssuer),
        (present(&plain, &theirs.expired), ChainVerdict::UnknownIssuer),
        (present(&plain, &impostor.consumer), ChainVerdict::UnknownIssuer),
        (present(&plain, &ours.ca), ChainVerdict::WrongPurpose),
        (present(&revoking, &ours.consumer), ChainVerdict::Revoked),
        (plain.present(&[der(&ours.consumer)], now() - Duration::days(2)).unwrap(), ChainVerdict::NotYetValid),
    ];
    for (shown, verdict) in cases {
        assert_eq!(shown.chain, verdict);
        assert_eq!(shown.trusted(), None);
    }
    let junk = plain.present(&[CertificateDer::from(vec![0x30, 0])], now()).unwrap();
    assert!(matches!(junk.chain, ChainVerdict::Unusable(_)));
    assert_eq!(junk.trusted(), None);
    assert!(plain.present(&[], now()).is_none());
}

#[test]
fn a_revocation_list_revokes_only_whom_it_names() {
    let revoking = trust(&[&WORLD.ours.consumer]);
    assert_eq!(present(&revoking, &WORLD.ours.stranger).chain, ChainVerdict::Trusted);
    assert!(revoking.stale_after().unwrap() > now() + Duration::days(29));
    // A late list goes on revoking.
    let later = revoking.present(&[der(&WORLD.ours.consumer)], now() + Duration::days(60)).unwrap();
    assert_eq!(later.chain, ChainVerdict::Revoked);
}

#[test]
fn a_revocation_list_of_another_authority_revokes_nobody_of_ours() {
    let list = WORLD.theirs.revoke(&[&WORLD.theirs.consumer], now()).unwrap();
    let trust = TrustAnchors::from_der(vec![der(&WORLD.ours.ca), der(&WORLD.theirs.ca)], vec![list]).unwrap();
    assert_eq!(present(&trust, &WORLD.ours.consumer).chain, ChainVerdict::Trusted);
}

#[test]
fn all_accepted_authorities_are_hinted_and_two_of_one_name_only_once() {
    let World { ours, theirs, impostor, .. } = &*WORLD;
    let trust = TrustAnchors::from_der(vec![der(&ours.ca), der(&theirs.ca), der(&impostor.ca)], vec![]).unwrap();
    assert_eq!(trust.hints().len(), 2);
    for pair in [&ours.consumer, &theirs.consumer, &impostor.consumer] {
        assert_eq!(present(&trust, pair).chain, ChainVerdict::Trusted);
    }
}

mod hierarchy {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

    struct Chain {
        root: CertificateDer<'static>,
        sub: CertificateDer<'static>,
        client: CertificateDer<'static>,
        server_only: CertificateDer<'static>,
    }

    fn chain() -> Chain {
        let params = |name: &str, ca: bool| {
            let mut params = CertificateParams::default();
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(DnType::CommonName, name);
            if ca {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            }
            params
        };
        let keys: Vec<KeyPair> = (0..3).map(|_| KeyPair::generate().unwrap()).collect();
        let root_params = params("корен / root", true);
        let root = root_params.self_signed(&keys[0]).unwrap();
        let root_issuer = Issuer::from_params(&root_params, &keys[0]);
        let sub_params = params("sub", true);
        let sub = sub_params.signed_by(&keys[1], &root_issuer).unwrap();
        let sub_issuer = Issuer::from_params(&sub_params, &keys[1]);
        let client = params("client", false).signed_by(&keys[2], &sub_issuer).unwrap();
        let mut server = params("server", false);
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let server = server.signed_by(&keys[2], &sub_issuer).unwrap();
        Chain {
            root: root.der().clone(),
            sub: sub.der().clone(),
            client: client.der().clone(),
            server_only: server.der().clone(),
        }
    }

    #[test]
    fn a_client_that_sends_only_its_own_certificate_is_completed_by_the_known_sub_authority() {
        let chain = chain();
        let both = TrustAnchors::from_der(vec![chain.root.clone(), chain.sub.clone()], vec![]).unwrap();
        assert_eq!(both.verdict(std::slice::from_ref(&chain.client), now()), ChainVerdict::Trusted);
        assert_eq!(both.hints().len(), 2);

        let root_only = TrustAnchors::from_der(vec![chain.root.clone()], vec![]).unwrap();
        assert_eq!(root_only.verdict(std::slice::from_ref(&chain.client), now()), ChainVerdict::UnknownIssuer);
        assert_eq!(root_only.verdict(&[chain.client.clone(), chain.sub.clone()], now()), ChainVerdict::Trusted);

        let sub_only = TrustAnchors::from_der(vec![chain.sub], vec![]).unwrap();
        assert_eq!(sub_only.verdict(&[chain.client], now()), ChainVerdict::Trusted);
    }

    #[test]
    fn a_certificate_for_servers_only_has_the_wrong_purpose() {
        let chain = chain();
        let trust = TrustAnchors::from_der(vec![chain.root, chain.sub], vec![]).unwrap();
        assert_eq!(trust.verdict(&[chain.server_only], now()), ChainVerdict::WrongPurpose);
    }

    #[test]
    fn a_consumer_certificate_is_not_accepted_as_an_authority() {
        let chain = chain();
        let error = TrustAnchors::from_der(vec![chain.client], vec![]).unwrap_err();
        assert_eq!(error.problem().code(), "pki-not-an-authority");
        let error = TrustAnchors::from_der(vec![], vec![]).unwrap_err();
        assert_eq!(error.problem().code(), "pki-no-authority");
    }
}

#[test]
fn the_deferring_verifier_asks_demands_nothing_and_lets_any_chain_through() {
    let verifier = DeferringVerifier::new(Arc::new(trust(&[])), false);
    assert!(verifier.offer_client_auth());
    assert!(!verifier.client_auth_mandatory());
    assert_eq!(verifier.root_hint_subjects().len(), 1);
    for pair in [&WORLD.ours.expired, &WORLD.theirs.consumer] {
        verifier.verify_client_cert(&der(pair), &[], UnixTime::now()).unwrap();
    }
}

#[test]
fn the_strict_verifier_ends_the_handshake_of_every_untrusted_chain() {
    let verifier = DeferringVerifier::new(Arc::new(trust(&[&WORLD.ours.stranger])), true);
    assert!(!verifier.client_auth_mandatory());
    verifier.verify_client_cert(&der(&WORLD.ours.consumer), &[], UnixTime::now()).unwrap();
    for pair in [&WORLD.ours.expired, &WORLD.theirs.consumer, &WORLD.ours.stranger, &WORLD.ours.ca] {
        verifier.verify_client_cert(&der(pair), &[], UnixTime::now()).unwrap_err();
    }
}

#[test]
fn pem_files_of_authorities_and_lists_are_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("revoked.pem");
    WORLD.ours.write_revocation_list(&path, &[&WORLD.ours.consumer], now()).unwrap();
    let trust = TrustAnchors::load(&[&WORLD.ours.ca.certificate], &[&path]).unwrap();
    assert_eq!(present(&trust, &WORLD.ours.consumer).chain, ChainVerdict::Revoked);

    let wrong = TrustAnchors::load(&[&WORLD.ours.consumer.certificate], &[]).unwrap_err();
    assert_eq!(wrong.problem().code(), "pki-not-an-authority");
    assert!(wrong.place().ends_with("consumer.pem"));
    let wrong = TrustAnchors::load(&[&WORLD.ours.ca.certificate], &[&WORLD.ours.ca.certificate]).unwrap_err();
    assert_eq!(wrong.problem().code(), "pki-no-revocation-list");
}
