//! The order of the stages and what never happens, seen by an adapter that spies.
#![allow(clippy::unwrap_used)]

mod world;

use kapia_gateway::{Settings, Validation};
use kapia_pki::{ChainVerdict, Presented};
use kapia_registry::{Period, SubjectName};
use std::sync::Arc;
use std::time::Duration;
use world::*;

const GOOD: &str = "<Q xmlns='urn:q'><EGN>8001010008</EGN></Q>";
const WRONG: &str = "<Q xmlns='urn:q'><EGN>secret-value</EGN></Q>";

#[tokio::test]
async fn nobody_without_a_right_reaches_the_register_or_has_an_argument_judged() {
    let world = world(Settings::default(), &["**"]);
    for argument in [GOOD, WRONG, "", "<Other/>"] {
        for certificate in [None, Some(&world.stranger)] {
            let (outgoing, text) = world.call(certificate, argument).await;
            assert_eq!(outgoing.status, 200);
            assert!(text.contains("<Error>Access denied! ConsumerCertificate is not found.</Error>"), "{text}");
        }
    }
    let admin = world.registry.admin("test");
    let holder = SubjectName::Consumer("Consumer".parse().unwrap());
    admin.deny(&holder, &OPERATION.parse().unwrap(), Period::ALWAYS, "").unwrap();
    world.registry.refresh_if_changed().unwrap();
    let (_, text) = world.call(Some(&world.known), WRONG).await;
    assert!(text.contains("<Error>Access denied!</Error>"), "{text}");
    assert_eq!(world.asked(), 0);
    assert_eq!(world.last_record().outcome, kapia_journal::Outcome::Denied);
    assert_eq!(world.last_record().service_call_id, 0);
}

#[tokio::test]
async fn an_untrusted_chain_identifies_nobody_though_its_certificate_is_registered() {
    let world = world(Settings::default(), &["**"]);
    for (verdict, text) in [
        (ChainVerdict::Expired, "ConsumerCertificate is not active"),
        (ChainVerdict::Revoked, "ConsumerCertificate is not active"),
        (ChainVerdict::UnknownIssuer, "ConsumerCertificate is not found."),
        (ChainVerdict::Unusable("x".into()), "ConsumerCertificate is not found."),
    ] {
        let mut presented = Presented::clone(&world.known);
        presented.chain = verdict;
        let (outgoing, answer) = world.call(Some(&Arc::new(presented)), GOOD).await;
        assert!(answer.contains(text), "{answer}");
        assert!(outgoing.hint.is_some());
    }
    assert_eq!(world.asked(), 0);
}

#[tokio::test]
async fn a_wrong_argument_is_told_with_its_place_and_never_with_its_value() {
    let world = world(Settings::default(), &["**"]);
    let (outgoing, text) = world.call(Some(&world.known), WRONG).await;
    assert_eq!((outgoing.status, outgoing.code), (500, Some("argument-invalid".into())));
    assert!(text.contains("<Path>/Q/EGN</Path>") && text.contains("xml:lang=\"bg\""), "{text}");
    assert!(!text.contains("secret-value"));
    assert_eq!(world.asked(), 0);
    let record = world.last_record();
    assert_eq!(record.request.validation.unwrap().first.unwrap().path, "/Q/EGN");
}

#[tokio::test]
async fn an_answer_that_breaks_its_schema_is_withheld_or_reported() {
    for (validation, status) in [(Validation::Strict, false), (Validation::Report, true)] {
        let world = world(Settings { validation, ..Settings::default() }, &["**"]);
        *world.spy.answer.lock().unwrap() = "<R xmlns='urn:r'><Age>many</Age><Name>n</Name></R>".into();
        let (outgoing, text) = world.call(Some(&world.known), GOOD).await;
        assert_eq!(outgoing.status, 200);
        assert_eq!(text.contains("many"), status, "{text}");
        assert_eq!(text.contains("<HasError>true</HasError>"), !status);
        let record = world.last_record();
        assert!(record.answer.validation.unwrap().violations > 0);
        assert_eq!(record.outcome == kapia_journal::Outcome::InvalidAnswer, !status);
    }
}

#[tokio::test]
async fn a_hidden_field_never_leaves_and_the_matrix_of_rights_decides() {
    let world = world(Settings::default(), &["Age"]);
    let (_, text) = world.call(Some(&world.known), GOOD).await;
    assert!(text.contains("<R xmlns=\"urn:r\"><Age>7</Age></R>"), "{text}");
    assert!(!text.contains("Тайна"));
    assert_eq!(world.last_record().hidden_fields, 1);
}

#[tokio::test]
async fn a_register_that_is_too_slow_is_an_error_of_the_register() {
    let settings = Settings { register_timeout: Duration::from_millis(50), ..Settings::default() };
    let world = world(settings, &["**"]);
    *world.spy.delay.lock().unwrap() = Duration::from_secs(30);
    let (outgoing, text) = world.call(Some(&world.known), GOOD).await;
    assert_eq!(outgoing.code.as_deref(), Some("register-timeout"));
    assert!(text.contains("<IsReady>true</IsReady>") && text.contains("<HasError>true</HasError>"), "{text}");
}

#[tokio::test]
async fn no_answer_leaves_when_its_record_cannot_be_written() {
    let world = world(Settings::default(), &["**"]);
    let (_, text) = world.call(Some(&world.known), GOOD).await;
    assert!(text.contains("Тайна"));
    // Another process locks the journal out of existence: the table is gone.
    let connection = rusqlite::Connection::open(&world.journal).unwrap();
    let tables: Vec<String> = connection
        .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for table in tables {
        connection.execute_batch(&format!("alter table \"{table}\" rename to \"gone_{table}\"")).unwrap();
    }
    let (outgoing, text) = world.call(Some(&world.known), GOOD).await;
    assert_eq!(outgoing.status, 500, "{text}");
    assert_eq!(outgoing.code.as_deref(), Some("journal-unavailable"));
    assert!(!text.contains("Тайна"));
}

#[tokio::test]
async fn records_hold_digests_and_never_content() {
    let world = world(Settings::default(), &["**"]);
    let (outgoing, _) = world.call(Some(&world.known), GOOD).await;
    let record = world.last_record();
    assert_eq!(record.answer.sha256, Some(kapia_journal::Sha256::of(&outgoing.body.to_bytes(usize::MAX).unwrap())));
    assert!(record.service_call_id > 0);
    let stages: Vec<&str> = record.stages.iter().map(|stage| stage.0.as_ref()).collect();
    assert_eq!(stages, ["open", "identify", "permit", "check-argument", "ask", "check-answer", "write"]);
    let file = std::fs::read(&world.journal).unwrap();
    let wal = std::fs::read(world.journal.with_extension("db-wal")).unwrap_or_default();
    for secret in ["8001010008", "9001011234", "Тайна"] {
        for octets in [&file, &wal] {
            assert!(!octets.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
        }
    }
}
