//! What happens to an accepted call between acceptance and answer, seen by an adapter that spies.
#![allow(clippy::unwrap_used)]

mod world;

use kapia_adapter::{AdapterError, Fault, Message};
use kapia_gateway::{Pace, Runner, Settings, Undelivered};
use kapia_journal::{Step, tail};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use world::*;

const LATER: &str = "<RequestProcessing>Asynchronous</RequestProcessing><Argument><Q xmlns='urn:q'><EGN>8001010008</EGN></Q></Argument>";

#[tokio::test]
async fn the_register_is_asked_only_after_the_call_was_accepted() {
    let world = world(Settings::default(), &["**"]);
    let (id, code) = accept(&world, "").await;
    assert_eq!(world.asked(), 0);
    let runner = Running::start(&world);
    let text = fetched(&world, id, &code).await;
    assert!(text.contains("<Name>Тайна</Name>") && text.contains("<EGN>8001010008</EGN>"), "{text}");
    assert_eq!(world.asked(), 1);
    runner.stop().await;
}

#[tokio::test]
async fn a_right_that_is_taken_back_before_the_execution_keeps_the_register_from_being_asked() {
    let world = world(Settings::default(), &["**"]);
    let (id, code) = accept(&world, "").await;
    let holder = kapia_registry::SubjectName::Consumer("Consumer".parse().unwrap());
    world.registry.admin("test").revoke(&holder, &OPERATION.parse().unwrap(), "").unwrap();
    world.registry.refresh_if_changed().unwrap();
    let runner = Running::start(&world);
    let text = fetched_with(&world, id, &code, "<HasError>true</HasError>").await;
    assert!(text.contains("<Error>Access denied!</Error>"), "{text}");
    assert_eq!(world.asked(), 0);
    runner.stop().await;
}

#[tokio::test]
async fn what_a_consumer_may_not_see_is_not_even_stored() {
    let world = world(Settings::default(), &["Age"]);
    let (id, code) = accept(&world, "").await;
    let runner = Running::start(&world);
    let text = fetched(&world, id, &code).await;
    assert!(text.contains("<Age>7</Age>") && !text.contains("Тайна"), "{text}");
    // The right comes after the execution: the field was left out then.
    let holder = kapia_registry::SubjectName::Consumer("Consumer".parse().unwrap());
    let everything = ["**".parse().unwrap()];
    world.registry.admin("test").grant_fields(&holder, &OPERATION.parse().unwrap(), &everything, "").unwrap();
    world.registry.refresh_if_changed().unwrap();
    assert!(!fetched(&world, id, &code).await.contains("Тайна"));
    runner.stop().await;
}

#[tokio::test]
async fn a_passing_error_is_tried_again_and_a_lasting_one_is_the_answer() {
    let world = world(Settings::default(), &["**"]);
    *world.spy.errors.lock().unwrap() = vec![error(true), error(true)];
    let (id, code) = accept(&world, "").await;
    let runner = Running::start(&world);
    assert!(fetched(&world, id, &code).await.contains("Тайна"));
    assert_eq!(world.asked(), 3);
    *world.spy.errors.lock().unwrap() = vec![error(false)];
    let (id, code) = accept(&world, "").await;
    let text = fetched(&world, id, &code).await;
    assert!(text.contains("<HasError>true</HasError><Error>the register is closed; hint: wait</Error>"), "{text}");
    assert_eq!(world.asked(), 4);
    runner.stop().await;
}

#[tokio::test]
async fn attempts_end_and_the_last_error_is_the_answer() {
    let world = world(Settings::default(), &["**"]);
    *world.spy.errors.lock().unwrap() = vec![error(true); 10];
    let (id, code) = accept(&world, "").await;
    let runner = Running::start(&world);
    let text = fetched(&world, id, &code).await;
    assert!(text.contains("<Error>the register is closed; hint: wait</Error>"), "{text}");
    assert_eq!(world.asked(), 3);
    runner.stop().await;
}

#[tokio::test]
async fn an_answer_that_breaks_its_schema_is_withheld_from_a_later_answer_too() {
    let world = world(Settings::default(), &["**"]);
    *world.spy.answer.lock().unwrap() = "<R xmlns='urn:r'><Name>Тайна</Name><Name>Тайна</Name></R>".into();
    let (id, code) = accept(&world, "").await;
    let runner = Running::start(&world);
    let text = fetched(&world, id, &code).await;
    assert!(text.contains("<HasError>true</HasError>") && !text.contains("Тайна"), "{text}");
    runner.stop().await;
}

#[tokio::test]
async fn a_push_is_written_down_before_it_leaves_and_is_repeated_until_it_is_received() {
    let world = world(Settings::default(), &["**"]);
    let refused = Undelivered { code: "x".into(), hint: Default::default(), passing: true, not_before: None };
    *world.notebook.refusals.lock().unwrap() = vec![refused];
    let runner = Running::start(&world);
    let (id, _) = accept(&world, "<CallbackURL>https://a.example/</CallbackURL>").await;
    for _ in 0..500 {
        if world.notebook.carried.lock().unwrap().len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    runner.stop().await;
    let carried = world.notebook.carried.lock().unwrap().clone();
    assert_eq!(carried.len(), 2);
    assert!(carried.iter().all(|(address, _)| address == "https://a.example/"));
    let rows = tail(&world.journal, 100).unwrap();
    for (_, message) in &carried {
        let digest = kapia_journal::Sha256::of(message.as_bytes());
        let written = rows.iter().map(|row| &row.record).any(|record| {
            record.step == Step::Callback
                && record.service_call_id == id
                && record.answer.sha256.as_ref() == Some(&digest)
        });
        assert!(written, "a push is not in the journal");
    }
}

#[tokio::test]
async fn a_stop_gives_back_what_has_not_ended() {
    let world = world(Settings::default(), &["**"]);
    *world.spy.delay.lock().unwrap() = Duration::from_secs(600);
    let (id, code) = accept(&world, "").await;
    let runner = Running::start_with(&world, Pace { grace: Duration::from_millis(50), ..Pace::default() });
    while world.asked() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    runner.stop().await;
    *world.spy.delay.lock().unwrap() = Duration::ZERO;
    let runner = Running::start(&world);
    assert!(fetched(&world, id, &code).await.contains("Тайна"));
    runner.stop().await;
}

/// A runner in the background.
struct Running {
    stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<()>,
}

impl Running {
    fn start(world: &World) -> Running {
        Running::start_with(world, Pace::default())
    }

    fn start_with(world: &World, pace: Pace) -> Running {
        let (stop, stopped) = oneshot::channel::<()>();
        let runner = Runner::of(Arc::clone(&world.gateway), pace).unwrap();
        Running { stop, ended: tokio::spawn(runner.run(async { drop(stopped.await) })) }
    }

    async fn stop(self) {
        drop(self.stop);
        tokio::time::timeout(Duration::from_secs(20), self.ended).await.unwrap().unwrap();
    }
}

async fn accept(world: &World, fields: &str) -> (i64, String) {
    let (outgoing, text) = world.execute(Some(&world.known), &format!("{LATER}{fields}")).await;
    assert_eq!(outgoing.code, None, "{text}");
    let value = |name: &str| {
        let inside = text.split(&format!("<{name}>")).nth(1).unwrap();
        inside.split('<').next().unwrap().to_owned()
    };
    (value("ServiceCallID").parse().unwrap(), value("VerificationCode"))
}

async fn fetched(world: &World, id: i64, code: &str) -> String {
    fetched_with(world, id, code, "<IsReady>true</IsReady>").await
}

async fn fetched_with(world: &World, id: i64, code: &str, expected: &str) -> String {
    let method = format!(
        "<CheckResult xmlns='http://egov.bg/RegiX'><argument><ServiceCheckResultArgument xmlns='http://egov.bg/RegiX/SignedData'>\
         <ServiceCallID>{id}</ServiceCallID><VerificationCode>{code}</VerificationCode>\
         </ServiceCheckResultArgument></argument></CheckResult>"
    );
    for _ in 0..1000 {
        let (_, text) = world.ask(Some(&world.known), &method).await;
        if text.contains(expected) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the answer does not come");
}

fn error(retryable: bool) -> AdapterError {
    AdapterError {
        side: Fault::Register,
        code: "closed",
        retryable,
        message: Message::new("the register is closed", "регистърът е затворен"),
        hint: Message::new("wait", "почакайте"),
    }
}
