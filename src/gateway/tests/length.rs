//! Answers that are too long for memory are what they would be if they were short.
#![allow(clippy::unwrap_used)]

mod world;

use kapia_adapter::Room;
use kapia_gateway::{Settings, Validation};
use kapia_journal::{Outcome, Sha256};
use kapia_signature::{Profile, Signer, SigningKey};
use kapia_spool::Octets;
use std::fmt::Write as _;
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock};
use time::OffsetDateTime;
use world::*;

const ARGUMENT: &str = "<Argument><Q xmlns='urn:q'><EGN>8001010008</EGN></Q></Argument>";
const PROCESSED: &str = "<SignResult>true</SignResult><ReturnAccessMatrix>true</ReturnAccessMatrix>";

/// The key that signs, and its certificate.
static KEY: LazyLock<[String; 2]> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let made =
        kapia_pki::ExampleAuthority::create(folder.path(), &kapia_pki::Names::default(), OffsetDateTime::now_utc());
    let pair = made.unwrap().signer;
    [pair.key, pair.certificate].map(|file| std::fs::read_to_string(file).unwrap())
});

fn settings(memory: usize) -> Settings {
    Settings { room: Room { memory, ..Room::default() }, ..Settings::default() }
}

fn long_answer() -> String {
    let mut answer = "<r:R xmlns:r='urn:r' xmlns:other='urn:other'>\n".to_owned();
    write!(answer, "<r:Name>{}</r:Name><r:Age> 7</r:Age></r:R>", "Тайна &amp; other:name ".repeat(20_000)).unwrap();
    answer
}

/// The world with a signer; what it answers is long.
fn world_of(settings: Settings, fields: &[&str], profile: Profile) -> World {
    let key = SigningKey::from_pem(&KEY[0], &KEY[1]).unwrap();
    let world = world_with(settings, fields, Some(Arc::new(Signer::new(key, profile).unwrap())));
    *world.spy.answer.lock().unwrap() = long_answer();
    world.spy.long.store(true, Ordering::SeqCst);
    world
}

/// Without what two calls of one thing never share.
fn comparable(text: &str, call_id: i64) -> String {
    let text = text.replace(&format!("<ServiceCallID>{call_id}<"), "<ServiceCallID>n<");
    match (text.find("<ds:SignatureValue"), text.find("<ds:KeyInfo")) {
        // Of the legacy profile the time is signed too.
        (Some(from), Some(to)) => format!("{}{}", &text[..from], &text[to..]).replace(&format!("-{call_id}"), "-n"),
        _ => text,
    }
}

#[tokio::test]
async fn a_long_answer_is_told_filtered_signed_and_written_down_like_a_short_one() {
    for fields in [&["**"][..], &["Age"], &["Name"]] {
        let world = world_of(settings(1000), fields, Profile::Default);
        let fields = format!("{ARGUMENT}{PROCESSED}");
        let (outgoing, long) = world.execute(Some(&world.known), &fields).await;
        assert_eq!((outgoing.status, outgoing.code), (200, None), "{long}");
        let of_long = world.last_record();
        world.spy.long.store(false, Ordering::SeqCst);
        let (in_memory, short) = world.execute(Some(&world.known), &fields).await;
        let of_short = world.last_record();
        assert!(matches!(in_memory.body, Octets::Memory(_)));
        assert_eq!(matches!(outgoing.body, Octets::File(_)), long.len() > 1000);
        assert_eq!(comparable(&long, of_long.service_call_id), comparable(&short, of_short.service_call_id));
        assert_eq!(of_long.answer.sha256, Some(Sha256::of(long.as_bytes())));
        assert_eq!(of_long.answer.size, long.len() as u64);
        assert_eq!(of_long.signed_digest, of_short.signed_digest);
        assert_eq!((of_long.signed, of_long.hidden_fields), (true, of_short.hidden_fields));
        assert_eq!(of_long.outcome, Outcome::Answered);
        let stages =
            |record: &kapia_journal::Record| record.stages.iter().map(|stage| stage.0.to_string()).collect::<Vec<_>>();
        assert_eq!(stages(&of_long), stages(&of_short));
    }
}

#[tokio::test]
async fn the_signature_of_a_long_answer_verifies_in_both_profiles() {
    for profile in [Profile::Default, Profile::Legacy] {
        let world = world_of(settings(1000), &["**"], profile);
        let (_, long) = world.execute(Some(&world.known), &format!("{ARGUMENT}{PROCESSED}")).await;
        let parts = world.gateway.parts();
        let certificate = parts.signer.as_ref().unwrap().key().certificate().clone();
        let (data, signature) = (part(&long, "<Data", "</Data>"), part(&long, "<ds:Signature ", "</ds:Signature>"));
        let alone = format!(
            "<x xmlns='http://egov.bg/RegiX/SignedData' xmlns:xsd='http://www.w3.org/2001/XMLSchema' \
             xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>{data}{signature}</x>"
        );
        let document = kapia_xml::Document::read(alone.into_bytes(), &kapia_xml::Limits::default()).unwrap();
        let algorithms = match profile {
            Profile::Default => kapia_signature::Algorithms::MODERN,
            Profile::Legacy => kapia_signature::Algorithms::WITH_LEGACY_SHA1,
        };
        let verifier = kapia_signature::Verifier::new([certificate], algorithms);
        let policy = kapia_signature::Policy::new(kapia_signature::Placement::SiblingBefore);
        verifier.verify(&document, &policy).unwrap();
    }
}

fn part<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    &text[text.find(from).unwrap()..text.rfind(to).unwrap() + to.len()]
}

#[tokio::test]
async fn a_long_answer_that_breaks_its_schema_or_is_no_document_never_leaves() {
    let secret = "Тайна".repeat(1000);
    let cases = [
        (format!("<R xmlns='urn:r'><Name>{secret}</Name><Age>many</Age></R>"), "answer-invalid"),
        (format!("<R xmlns='urn:r'><Name>{secret}</Name><Age>7</Age>"), "answer-unreadable"),
        (format!("<R xmlns='urn:r'><Name>{secret}</Name></R><R/>"), "answer-unreadable"),
        (format!("<Other><Name>{secret}</Name></Other>"), "answer-root"),
    ];
    for (answer, code) in cases {
        let world = world_of(settings(1000), &["**"], Profile::Default);
        *world.spy.answer.lock().unwrap() = answer;
        let (outgoing, text) = world.execute(Some(&world.known), ARGUMENT).await;
        assert_eq!(outgoing.code.as_deref(), Some(code));
        assert!(text.contains("<HasError>true</HasError>") && !text.contains("Тайна"), "{text}");
    }
    let reported = Settings { validation: Validation::Report, ..settings(1000) };
    let world = world_of(reported, &["**"], Profile::Default);
    *world.spy.answer.lock().unwrap() = format!("<R xmlns='urn:r'><Age>many</Age><Name>{secret}</Name></R>");
    let (_, text) = world.execute(Some(&world.known), ARGUMENT).await;
    assert!(text.contains("Тайна"));
    assert!(world.last_record().answer.validation.unwrap().violations > 0);
}

#[tokio::test]
async fn a_long_answer_has_an_end_and_a_disk_that_is_full_is_told() {
    let room = Room { memory: 1000, longest: 5000, folder: None };
    let world = world_of(Settings { room, ..Settings::default() }, &["**"], Profile::Default);
    let (outgoing, text) = world.execute(Some(&world.known), ARGUMENT).await;
    assert_eq!(outgoing.code.as_deref(), Some("answer-unreadable"), "{text}");
    assert!(text.contains("xml-too-large"), "{text}");

    let gone = tempfile::tempdir().unwrap().path().join("gone");
    let room = Room { folder: Some(gone), memory: 1000, ..Room::default() };
    let world = world_of(Settings { room, ..Settings::default() }, &["**"], Profile::Default);
    let (outgoing, text) = world.execute(Some(&world.known), ARGUMENT).await;
    assert_eq!(outgoing.code.as_deref(), Some("answer-no-room"));
    assert!(text.contains("<HasError>true</HasError>") && !text.contains("Тайна"), "{text}");
    assert!(!text.contains("gone"), "a path of the machine");
}
