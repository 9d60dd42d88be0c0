//! Each of the 26 codes is told by the service to somebody: a code that nobody can receive would be a promise.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use kapia_portal::fault::Code;
use kapia_portal::{DoorFault, EgovService, Options};
use kapia_records::{Eik, Environment, Key, Records, RegisterEntry, ServiceNumber};
use kapia_soap::Version;
use support::{Answer, OTHERS, OURS, Room, Sample, key};

fn number(number: u64) -> ServiceNumber {
    ServiceNumber::new(number).unwrap()
}

/// What a code was told with: whether it may be repeated, and both texts.
type Told = BTreeMap<String, (bool, String, String)>;

fn hear(told: &mut Told, answer: &Answer) {
    let (code, bg, en) = (answer.one("Code"), answer.one("MessageBg"), answer.one("MessageEn"));
    told.insert(code, (answer.one("Retryable") == "true", bg, en));
}

#[tokio::test]
async fn every_code_of_the_catalogue_is_told_to_somebody_in_both_languages() {
    let mut told = Told::new();
    let plain = Room::new().await;
    for (fault, code) in [
        (DoorFault::TooLarge { megabytes: 16 }, "EGS-1004"),
        (DoorFault::Suspended, "EGS-2002"),
        (DoorFault::Unauthorized, "EGS-2003"),
        (DoorFault::TooManyRequests { seconds: 30 }, "EGS-6001"),
    ] {
        let answer = Answer::of(&plain.service.refuse(fault, Version::V11, "K"));
        assert_eq!(answer.one("Code"), code);
        hear(&mut told, &answer);
    }
    hear(&mut told, &plain.post("<a", None).await);
    hear(&mut told, &plain.send("<Ring/>").await);
    rules(&plain, &mut told).await;
    states(&plain, &mut told).await;
    register(&mut told).await;
    request_ids(&plain, &mut told).await;
    hear(&mut told, &damaged().await);
    hear(&mut told, &queued().await);

    let heard: Vec<&str> = told.keys().map(String::as_str).collect();
    let all: Vec<&str> = Code::ALL.iter().map(|code| code.number()).collect();
    assert_eq!(heard, all);
    for (number, (retryable, bg, en)) in &told {
        let code = Code::of_number(number).unwrap();
        assert_eq!(*retryable, code.retryable(), "{number}");
        assert!(bg.chars().any(|letter| ('а'..='я').contains(&letter)), "{number}: {bg}");
        assert!(!en.chars().any(|letter| ('а'..='я').contains(&letter)), "{number}: {en}");
        for text in [bg, en] {
            assert!(text.ends_with('.') && !text.contains(['{', '}']), "{number}: {text}");
        }
    }
}

/// What breaks the schema or a rule.
async fn rules(room: &Room, told: &mut Told) {
    let sample = || Sample::new(1);
    let term = "<Channel><ChannelType><Code>0006-000077</Code></ChannelType>\
                <ProcessTime><TermType>normalService</TermType></ProcessTime></Channel>";
    for (body, code) in [
        ("<Ping><a/></Ping>".to_owned(), "EGS-1002"),
        (sample().of(OTHERS).add(), "EGS-2001"),
        (sample().with("Language", "<Language>xx</Language>").add(), "EGS-4001"),
        (sample().with("ProvisionBody", "").add(), "EGS-4002"),
        (sample().of("11122233").add(), "EGS-4003"),
        (sample().add().replace("</ServiceKey>", "</ServiceKey><ServiceOID>1.2.3</ServiceOID>"), "EGS-4004"),
        (sample().with("Channel", term).add(), "EGS-4005"),
        (sample().with("Description", "<Description>&lt;script/&gt;</Description>").add(), "EGS-4006"),
        (sample().with("ServiceURL", "<ServiceURL>javascript:x()</ServiceURL>").add(), "EGS-4007"),
    ] {
        let answer = room.send(&body).await;
        assert_eq!(answer.fault().0, code, "{}", answer.text);
        hear(told, &answer);
    }
}

/// What a record cannot become from where it is.
async fn states(room: &Room, told: &mut Told) {
    let wish = "<PublicationStatus>draft</PublicationStatus>";
    room.send(&Sample::new(10).add()).await;
    room.send(&Sample::new(11).with("PublicationStatus", wish).add()).await;
    let end = format!("<DeactivateService>{}<Reason>x</Reason></DeactivateService>", key(10, OURS));
    let jump = Sample::new(11).with("PublicationStatus", "<PublicationStatus>published</PublicationStatus>");
    for (body, code) in [
        (Sample::new(10).with("Keyword", "").add(), "EGS-3003"),
        (Sample::new(12).update(None), "EGS-3004"),
        (Sample::new(10).with("Keyword", "").update(Some(9)), "EGS-3005"),
        (jump.update(None), "EGS-3007"),
        (end, ""),
        (Sample::new(10).with("Keyword", "").update(None), "EGS-3006"),
    ] {
        let answer = room.send(&body).await;
        if !code.is_empty() {
            assert_eq!(answer.fault().0, code, "{}", answer.text);
            hear(told, &answer);
        }
    }
}

/// What the administrative register does not know.
async fn register(told: &mut Told) {
    let room = Room::new().await;
    let entry =
        RegisterEntry { service: number(2), name: "x".to_owned(), providers: vec![Eik::parse(OTHERS).unwrap()] };
    room.records.put_register(vec![entry]).await.unwrap();
    for (service, code) in [(1, "EGS-3001"), (2, "EGS-3002")] {
        let answer = room.send(&Sample::new(service).add()).await;
        assert_eq!(answer.fault().0, code);
        hear(told, &answer);
    }
}

/// What an identifier of a request was used for.
async fn request_ids(room: &Room, told: &mut Told) {
    let id = "b3b0c2b6-6a8b-4a06-9d9c-2c2d1f0f5a11";
    room.send_as(id, &Sample::new(20).add()).await;
    let other = room.send_as(id, &Sample::new(21).add()).await;
    assert_eq!(other.fault().0, "EGS-5001");
    hear(told, &other);

    // One that was begun and is not answered yet.
    let id = "b3b0c2b6-6a8b-4a06-9d9c-2c2d1f0f5a12";
    let begun = kapia_records::RequestId::parse(id).unwrap();
    let message = support::envelope(room.version, Some(id), &Sample::new(22).add());
    let begins = room.records.begin(room.caller.id(), &begun, digest(&message)).await.unwrap();
    let kapia_records::Begun::Fresh(ticket) = begins else { panic!("{begins:?}") };
    let in_flight = room.post(&message, None).await;
    assert_eq!(in_flight.fault().0, "EGS-5002");
    hear(told, &in_flight);
    drop(ticket);
    assert_eq!(room.post(&message, None).await.one("Result"), "CREATED");
}

/// SHA-256 of the canonical octets of what the body holds.
fn digest(message: &str) -> [u8; 32] {
    use kapia_xml::canonical::{Method, canonicalize};
    let document = kapia_xml::Document::read(message.to_owned(), &kapia_xml::Limits::default()).unwrap();
    let body = document.root().children().last().unwrap().children().next().unwrap();
    let mut octets = Vec::new();
    canonicalize(body, Method::Exclusive, &[], None, &mut octets);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &octets);
    digest.as_ref().try_into().unwrap()
}

/// A record that is not what was written: it is not handed out, and the fault tells nothing but its number.
async fn damaged() -> Answer {
    let room = Room::new().await;
    room.send(&Sample::new(1).with("Keyword", "<Keyword>zdrave</Keyword>").add()).await;
    let Room { folder, records, service, caller, now, version } = room;
    drop((records, service));
    let file = folder.path().join("portal.db");
    assert!(replaced(&file, b"zdrave", b"zdravi") > 0, "the word stands nowhere in the file");
    let records = Records::open(&file, Environment::Staging).unwrap();
    let service = EgovService::new(records.clone(), Options::default()).unwrap();
    let room = Room { folder, records, service, caller, now, version };
    let answer = room.send(&format!("<GetService>{}</GetService>", key(1, OURS))).await;
    assert_eq!(answer.fault(), ("EGS-9001".to_owned(), Vec::new()));
    assert!(answer.one("MessageEn").contains(&answer.one("CorrelationId")));
    assert!(!answer.text.contains("zdrav"));
    answer
}

fn replaced(file: &Path, what: &[u8], with: &[u8]) -> usize {
    let mut octets = std::fs::read(file).unwrap();
    let places: Vec<usize> =
        octets.windows(what.len()).enumerate().filter(|(_, window)| *window == what).map(|(place, _)| place).collect();
    for place in &places {
        octets[*place..place + with.len()].copy_from_slice(with);
    }
    std::fs::write(file, octets).unwrap();
    places.len()
}

/// A change that the next portal does not take now.
async fn queued() -> Answer {
    let room = Room::new().await;
    room.records.add_target("central", false).await.unwrap();
    room.send(&Sample::new(1).add()).await;
    let status = async || room.send(&format!("<GetServiceStatus>{}</GetServiceStatus>", key(1, OURS))).await;
    let waiting = status().await;
    assert_eq!((waiting.one("LastPushResult").as_str(), waiting.all("LastFault").len()), ("QUEUED", 0));
    let next = async || {
        let lease = Duration::from_secs(60);
        room.records.next_push("central", time::OffsetDateTime::now_utc() + lease * 2, lease).await.unwrap().unwrap()
    };
    let push = next().await;
    assert_eq!(push.key, Key::new(Eik::parse(OURS).unwrap(), number(1)));
    room.records.push_retry(push.id, time::OffsetDateTime::UNIX_EPOCH, "push-unreachable").await.unwrap();
    let failing = status().await;
    assert_eq!((failing.one("LastPushResult").as_str(), failing.one("Code").as_str()), ("FAILED", "EGS-9002"));
    assert_eq!(failing.one("MessageBg"), "Порталът временно не приема данни; записът е на опашка.");

    let push = next().await;
    room.records.push_given_up(push.id, "EGS-4001").await.unwrap();
    let refused = status().await;
    assert_eq!((refused.one("LastPushResult").as_str(), refused.one("Code").as_str()), ("REJECTED", "EGS-4001"));
    room.send(&Sample::new(1).with("Keyword", "").update(None)).await;
    let push = next().await;
    room.records.push_done(push.id, "UPDATED").await.unwrap();
    let taken = status().await;
    assert_eq!((taken.one("LastPushResult").as_str(), taken.all("LastFault").len()), ("ACCEPTED", 0));
    failing
}
