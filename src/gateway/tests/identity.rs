//! What identifies a caller, and what does not, whatever a listener passes on.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod world;

use bytes::Bytes;
use kapia_gateway::{Incoming, Outgoing, Settings};
use kapia_journal::{Identification, Outcome};
use kapia_pki::{ChainVerdict, Presented, Shown, Unacceptable};
use kapia_regix::{Address, EntryPoint};
use std::sync::Arc;
use std::time::Instant;
use time::OffsetDateTime;
use world::{OPERATION, World, world};

const CLIENT: &str = "192.0.2.7";

async fn call(world: &World, shown: Shown) -> (Outgoing, String) {
    let envelope = format!(
        "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><Execute xmlns='http://egov.bg/RegiX'><request>\
         <ServiceRequestData xmlns='http://egov.bg/RegiX/SignedData'><Operation>{OPERATION}</Operation>\
         <Argument><Q xmlns='urn:q'><EGN>9001011234</EGN></Q></Argument></ServiceRequestData></request></Execute></e:Body></e:Envelope>"
    );
    let incoming = Incoming {
        entry: EntryPoint::V2,
        face: None,
        address: Address::Basic,
        content_type: Some("text/xml".into()),
        soap_action: None,
        body: Bytes::from(envelope),
        shown,
        client_address: format!("X-Forwarded-For={CLIENT};proxy ip=10.0.0.5:1"),
        peer: Some(CLIENT.parse().unwrap()),
        received: OffsetDateTime::now_utc(),
        started: Instant::now(),
    };
    let outgoing = world.gateway.answer(incoming).await;
    let text = String::from_utf8(outgoing.body.to_bytes(usize::MAX).unwrap().to_vec()).unwrap();
    (outgoing, text)
}

#[tokio::test]
async fn every_way_that_identifies_is_written_down() {
    let world = world(Settings::default(), &["**"]);
    let known = &world.known;
    for (shown, by) in [
        (Shown::Connection(Arc::clone(known)), Identification::Tls),
        (Shown::Forwarded(Arc::clone(known)), Identification::ForwardedCertificate),
        (Shown::ForwardedHash(known.thumbprints.sha1), Identification::ForwardedHash),
    ] {
        let (outgoing, text) = call(&world, shown).await;
        assert_eq!(outgoing.code, None, "{text}");
        let record = world.last_record();
        assert_eq!((record.outcome, record.identified_by), (Outcome::Answered, Some(by)));
        assert_eq!(record.certificate.unwrap().sha256.0, known.thumbprints.sha256.0);
        assert_eq!(record.consumer.unwrap().name, "Consumer");
    }
    assert_eq!(world.asked(), 3);
}

#[tokio::test]
async fn a_forwarded_certificate_that_is_not_trusted_identifies_nobody_though_it_is_registered() {
    let world = world(Settings::default(), &["**"]);
    for verdict in [
        ChainVerdict::Expired,
        ChainVerdict::NotYetValid,
        ChainVerdict::Revoked,
        ChainVerdict::UnknownIssuer,
        ChainVerdict::WrongPurpose,
        ChainVerdict::Unusable("x".into()),
    ] {
        let mut presented = Presented::clone(&world.known);
        presented.chain = verdict;
        let (outgoing, text) = call(&world, Shown::Forwarded(Arc::new(presented))).await;
        assert!(outgoing.code.unwrap().starts_with("certificate-") && text.contains("Access denied!"), "{text}");
        assert_eq!(world.last_record().identified_by, Some(Identification::ForwardedCertificate));
    }
    assert_eq!(world.asked(), 0);
}

#[tokio::test]
async fn what_a_listener_refused_identifies_nobody_even_with_a_good_certificate() {
    let world = world(Settings::default(), &["**"]);
    for why in Unacceptable::ALL {
        let (outgoing, text) = call(&world, Shown::Refused(why, Some(Arc::clone(&world.known)))).await;
        assert_eq!(outgoing.code.as_deref(), Some(why.code()));
        assert!(text.contains("<Error>Access denied! ConsumerCertificate is not found.</Error>"), "{text}");
        let record = world.last_record();
        assert_eq!(record.error_code.as_deref(), Some(why.code()));
        assert_eq!((record.outcome, record.consumer, record.identified_by), (Outcome::Denied, None, None));
    }
    assert_eq!(world.asked(), 0);
}

#[tokio::test]
async fn a_service_bus_is_no_consumer_even_if_its_certificate_is_registered() {
    let world = world(Settings::default(), &["**"]);
    let (outgoing, _) = call(&world, Shown::ServiceBus(Arc::clone(&world.known))).await;
    assert_eq!(outgoing.code.as_deref(), Some("token-missing"));
    assert_eq!(world.asked(), 0);
}

#[tokio::test]
async fn a_thumbprint_that_nobody_has_identifies_nobody() {
    let world = world(Settings::default(), &["**"]);
    let (outgoing, _) = call(&world, Shown::ForwardedHash(world.stranger.thumbprints.sha1)).await;
    assert_eq!(outgoing.code.as_deref(), Some("denied-certificate-unknown"));
    assert_eq!(world.last_record().certificate, None);
}

#[tokio::test]
async fn the_adapter_is_told_the_address_that_is_vouched_for_and_the_journal_the_whole_line() {
    let world = world(Settings::default(), &["**"]);
    call(&world, Shown::Connection(Arc::clone(&world.known))).await;
    assert_eq!(*world.spy.client.lock().unwrap(), Some(CLIENT.parse().unwrap()));
    assert_eq!(world.last_record().client_address, format!("X-Forwarded-For={CLIENT};proxy ip=10.0.0.5:1"));
}
