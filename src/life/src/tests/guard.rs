//! How calls are let through: places, time, further attempts, the breaker.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use kapia_adapter::{EmbeddedFiles, Health, Package};
use tokio::task::JoinHandle;

use super::*;
use crate::guard::Guard;
use crate::tally::{Ending, Tally};

const MS: Duration = Duration::from_millis(1);

struct Scene {
    clock: Arc<TestClock>,
    register: Arc<Register>,
    package: Arc<Package>,
    guard: Arc<Guard>,
}

type Asked = JoinHandle<Result<Answer, AdapterError>>;

impl Scene {
    fn new(tables: &str, of_look: &str) -> Scene {
        let (clock, register) = (TestClock::new(), Arc::new(Register::default()));
        let files = EmbeddedFiles::new("told", files("told", tables, of_look));
        let mut package = Package::read_with(&files, &backends(&register)).unwrap();
        let guard = Guard::around(&mut package, Arc::new(Tally::default()), Arc::clone(&clock) as Arc<dyn Clock>);
        Scene { clock, register, package: Arc::new(package), guard }
    }

    async fn begin(&self, name: &'static str) -> Asked {
        self.begin_until(name, None).await
    }

    async fn begin_until(&self, name: &'static str, patience: Option<Duration>) -> Asked {
        let (package, deadline) = (Arc::clone(&self.package), patience.map(|patience| self.clock.now() + patience));
        let asked = tokio::spawn(async move { ask(&package, name, deadline).await });
        settle().await;
        asked
    }

    async fn look(&self) -> Result<Answer, AdapterError> {
        ask(&self.package, LOOK, None).await
    }

    async fn advance(&self, time: Duration) {
        self.clock.advance(time);
        settle().await;
    }

    fn ended(&self, name: &str, ending: Ending) -> u64 {
        self.guard.tally().operation(name).calls(ending)
    }
}

fn code(asked: &Result<Answer, AdapterError>) -> &'static str {
    asked.as_ref().map_or_else(|error| error.code, |_| "answered")
}

// ---- places ----

#[tokio::test]
async fn as_many_calls_as_allowed_are_under_way_and_the_rest_wait_in_their_order() {
    let scene = Scene::new("[limits]\ncalls = 2\nqueue = 2", "");
    scene.register.always(Some(Deed::Wait));
    let mut asked = Vec::new();
    for _ in 0..4 {
        asked.push(scene.begin(LOOK).await);
    }
    assert_eq!(scene.register.asked(), 2);
    assert_eq!(scene.guard.under_way(), 4);
    assert_eq!(scene.guard.tally().operation(LOOK).queued.load(Ordering::SeqCst), 2);

    // A fifth one is told so at once.
    let refused = scene.look().await.unwrap_err();
    assert_eq!((refused.code, refused.retryable), ("adapter-queue-full", true));
    assert_eq!(&*refused.message.en, "the register is answering 2 calls and 2 more are waiting");
    assert!(refused.message.bg.contains("още 2 чакат"));

    while asked.iter().any(|asked| !asked.is_finished()) {
        scene.register.go_on.notify_one();
        settle().await;
    }
    assert_eq!((scene.register.asked(), scene.register.most.load(Ordering::SeqCst)), (4, 2));
    assert_eq!((scene.ended(LOOK, Ending::Data), scene.ended(LOOK, Ending::QueueFull)), (4, 1));
    assert_eq!(scene.guard.under_way(), 0);
}

#[tokio::test]
async fn whoever_waits_too_long_is_told_and_asks_nothing() {
    let scene = Scene::new("[limits]\ncalls = 1\nqueue_ms = 500", "");
    scene.register.always(Some(Deed::Wait));
    let first = scene.begin(LOOK).await;
    let second = scene.begin(LOOK).await;
    let hurried = scene.begin_until(LOOK, Some(100 * MS)).await;
    scene.advance(100 * MS).await;
    assert_eq!(code(&hurried.await.unwrap()), "adapter-queue-wait");
    assert!(!second.is_finished());
    scene.advance(400 * MS).await;
    assert_eq!(code(&second.await.unwrap()), "adapter-queue-wait");
    scene.register.go_on.notify_one();
    first.await.unwrap().unwrap();
    assert_eq!(scene.register.asked(), 1);
    // Their places in the queue are free again.
    assert_eq!(scene.guard.tally().operation(LOOK).queued.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_operation_with_a_share_of_its_own_leaves_room_for_the_others() {
    let scene = Scene::new("[limits]\ncalls = 3", "[operation.limits]\ncalls = 1\nqueue = 0");
    scene.register.always(Some(Deed::Wait));
    let looks = scene.begin(LOOK).await;
    assert_eq!(scene.look().await.unwrap_err().code, "adapter-queue-full");
    let others = [scene.begin(OTHER).await, scene.begin(OTHER).await];
    assert_eq!(scene.register.asked(), 3);
    for _ in 0..3 {
        scene.register.go_on.notify_one();
        settle().await;
    }
    assert!(looks.is_finished() && others.iter().all(JoinHandle::is_finished));
}

#[tokio::test]
async fn a_call_that_is_given_up_frees_its_place() {
    let scene = Scene::new("[limits]\ncalls = 1\nqueue = 0", "");
    scene.register.next([Deed::Hang]);
    let hanging = scene.begin(LOOK).await;
    hanging.abort();
    settle().await;
    scene.look().await.unwrap();
    assert_eq!((scene.ended(LOOK, Ending::CutShort), scene.ended(LOOK, Ending::Data)), (1, 1));
}

// ---- time ----

#[tokio::test]
async fn a_register_that_takes_longer_than_its_package_allows_is_not_waited_for() {
    let scene = Scene::new("[limits]\ntimeout_ms = 2000", "[operation.limits]\ntimeout_ms = 300");
    scene.register.always(Some(Deed::Hang));
    let (look, other) = (scene.begin(LOOK).await, scene.begin(OTHER).await);
    scene.advance(300 * MS).await;
    let refused = look.await.unwrap().unwrap_err();
    assert_eq!((refused.code, refused.retryable), ("adapter-timeout", true));
    assert_eq!(&*refused.message.en, "the register did not answer within 300 ms");
    assert!(!other.is_finished());
    scene.advance(1700 * MS).await;
    assert_eq!(code(&other.await.unwrap()), "adapter-timeout");
    assert_eq!((scene.ended(LOOK, Ending::Timeout), scene.ended(OTHER, Ending::Timeout)), (1, 1));
}

#[tokio::test]
async fn the_time_of_the_package_never_outlasts_that_of_the_caller() {
    let scene = Scene::new("[limits]\ntimeout_ms = 2000\n[breaker]\nfailures = 1", "");
    scene.register.always(Some(Deed::Hang));
    let asked = scene.begin_until(LOOK, Some(100 * MS)).await;
    scene.advance(2000 * MS).await;
    // The caller keeps his own time; what he drops late is a failure of the register.
    assert!(!asked.is_finished());
    asked.abort();
    settle().await;
    assert_eq!(scene.ended(LOOK, Ending::Timeout), 1);
    assert_eq!(scene.look().await.unwrap_err().code, "adapter-breaker-open");
}

// ---- further attempts ----

#[tokio::test]
async fn only_what_is_declared_idempotent_is_asked_again() {
    let scene = Scene::new("[retry]\nattempts = 3", "idempotent = true");
    scene.register.always(Some(Deed::Fail(error("gone", true))));
    assert_eq!(code(&ask(&scene.package, OTHER, None).await), "gone");
    assert_eq!(scene.register.asked(), 1);

    let look = scene.begin(LOOK).await;
    assert_eq!(scene.register.asked(), 2);
    // The pauses double.
    scene.advance(199 * MS).await;
    assert_eq!(scene.register.asked(), 2);
    scene.advance(MS).await;
    assert_eq!(scene.register.asked(), 3);
    scene.advance(399 * MS).await;
    assert_eq!(scene.register.asked(), 3);
    scene.advance(MS).await;
    assert_eq!(scene.register.asked(), 4);
    assert_eq!(code(&look.await.unwrap()), "gone");
    assert_eq!(scene.guard.tally().operation(LOOK).retries.load(Ordering::SeqCst), 2);
    // For the consumer it was one call.
    assert_eq!(scene.ended(LOOK, Ending::RegisterError), 1);
}

#[tokio::test]
async fn an_attempt_that_succeeds_is_the_answer_and_an_error_that_stays_is_not_repeated() {
    let scene = Scene::new("", "idempotent = true");
    scene.register.next([Deed::Fail(error("gone", true)), Deed::Answer]);
    let look = scene.begin(LOOK).await;
    scene.advance(200 * MS).await;
    assert_eq!(code(&look.await.unwrap()), "answered");

    scene.register.next([Deed::Fail(error("no-such-table", false))]);
    assert_eq!(code(&scene.look().await), "no-such-table");
    assert_eq!(scene.register.asked(), 3);
}

#[tokio::test]
async fn no_attempt_begins_that_could_not_end_within_the_time_of_the_call() {
    let scene = Scene::new("", "idempotent = true");
    scene.register.always(Some(Deed::Fail(error("gone", true))));
    let look = scene.begin_until(LOOK, Some(150 * MS)).await;
    assert_eq!(code(&look.await.unwrap()), "gone");
    assert_eq!(scene.register.asked(), 1);
}

#[tokio::test]
async fn an_attempt_that_hangs_leaves_time_for_the_next() {
    let scene = Scene::new("[retry]\nattempt_ms = 100", "idempotent = true");
    scene.register.next([Deed::Hang]);
    let look = scene.begin_until(LOOK, Some(1000 * MS)).await;
    scene.advance(100 * MS).await;
    scene.advance(200 * MS).await;
    assert_eq!(code(&look.await.unwrap()), "answered");
    assert_eq!(scene.register.asked(), 2);
}

// ---- the breaker ----

const BREAKER: &str = "[breaker]\nfailures = 3\nrest_seconds = 5";

#[tokio::test]
async fn a_register_that_fails_is_left_alone_and_taken_back_by_one_call() {
    let scene = Scene::new(BREAKER, "");
    scene.register.always(Some(Deed::Fail(error("gone", true))));
    for _ in 0..3 {
        assert_eq!(code(&scene.look().await), "gone");
    }
    let refused = scene.look().await.unwrap_err();
    assert_eq!((refused.code, refused.retryable), ("adapter-breaker-open", true));
    assert_eq!((&*refused.hint.en, &*refused.hint.bg), ("try again in 5 seconds", "опитайте отново след 5 секунди"));
    assert_eq!(code(&ask(&scene.package, OTHER, None).await), "adapter-breaker-open");
    assert_eq!(scene.register.asked(), 3);

    scene.advance(5000 * MS).await;
    scene.register.always(None);
    scene.register.next([Deed::Wait]);
    let trial = scene.begin(LOOK).await;
    assert_eq!(code(&scene.look().await), "adapter-breaker-open");
    scene.register.go_on.notify_one();
    assert_eq!(code(&trial.await.unwrap()), "answered");
    assert_eq!(code(&scene.look().await), "answered");
    assert_eq!(scene.ended(LOOK, Ending::BreakerOpen), 2);
}

#[tokio::test]
async fn errors_of_the_consumer_and_errors_that_stay_do_not_open_it() {
    let scene = Scene::new(BREAKER, "");
    for deed in [error("no-rows", false), AdapterError { side: Fault::Client, ..error("value", true) }] {
        scene.register.always(Some(Deed::Fail(deed.clone())));
        for _ in 0..10 {
            assert_eq!(code(&scene.look().await), deed.code);
        }
    }
    assert_eq!(scene.register.asked(), 20);
    scene.register.always(None);
    assert_eq!(code(&scene.look().await), "answered");
}

#[tokio::test]
async fn an_operation_with_a_breaker_of_its_own_fails_alone() {
    let scene = Scene::new(BREAKER, "[operation.breaker]\nfailures = 1");
    scene.register.next([Deed::Fail(error("gone", true))]);
    assert_eq!(code(&scene.look().await), "gone");
    assert_eq!(code(&scene.look().await), "adapter-breaker-open");
    assert_eq!(code(&ask(&scene.package, OTHER, None).await), "answered");
}

#[tokio::test]
async fn a_register_that_hangs_opens_it_and_those_that_wait_are_refused_too() {
    let scene = Scene::new("[limits]\ncalls = 1\ntimeout_ms = 100\n[breaker]\nfailures = 1", "");
    scene.register.always(Some(Deed::Hang));
    let first = scene.begin(LOOK).await;
    let waiting = scene.begin(LOOK).await;
    scene.advance(100 * MS).await;
    assert_eq!(code(&first.await.unwrap()), "adapter-timeout");
    assert_eq!(code(&waiting.await.unwrap()), "adapter-breaker-open");
    assert_eq!(scene.register.asked(), 1);
}

#[tokio::test]
async fn a_trial_is_not_repeated() {
    let scene = Scene::new("[breaker]\nfailures = 1\nrest_seconds = 5", "idempotent = true");
    scene.register.always(Some(Deed::Fail(error("gone", true))));
    // The second attempt meets the breaker; the consumer is told what went wrong.
    let look = scene.begin(LOOK).await;
    scene.advance(200 * MS).await;
    assert_eq!(code(&look.await.unwrap()), "gone");
    assert_eq!(scene.register.asked(), 1);
    scene.advance(5000 * MS).await;
    assert_eq!(code(&scene.look().await), "gone");
    assert_eq!(scene.register.asked(), 2);
}

// ---- what passes through ----

#[tokio::test]
async fn health_and_parameters_are_those_of_the_adapter() {
    let scene = Scene::new("", "");
    assert_eq!(scene.package.adapter.health().await, Health::Up);
    assert_eq!(scene.package.adapter.parameters().await.unwrap(), []);
    let value = kapia_adapter::Sensitive::new("x");
    assert_eq!(scene.package.adapter.set_parameter("Colour", &value).await.unwrap_err().code, "parameter-unknown");
}

#[tokio::test]
async fn an_instance_that_was_let_go_says_so() {
    let scene = Scene::new("", "");
    scene.guard.close();
    assert_eq!(scene.register.closed.load(Ordering::SeqCst), 1);
    let refused = scene.look().await.unwrap_err();
    assert_eq!((refused.code, refused.retryable), ("adapter-closed", true));
}

#[test]
fn tables_are_read_with_the_defaults_of_the_package_behind_those_of_the_operation() {
    let (register, tables) = (Arc::new(Register::default()), "[limits]\ncalls = 5\nqueue = 7\n[retry]\nattempts = 4");
    let of_look = "idempotent = true\n[operation.limits]\ncalls = 2\n[operation.retry]\npause_ms = 50";
    let read = |tables: &str, of_look: &str| {
        Package::read_with(&EmbeddedFiles::new("told", files("told", tables, of_look)), &backends(&register))
    };
    let policy = read(tables, of_look).unwrap().policy;
    let look = &policy.operations[LOOK];
    assert_eq!(look.limits.map(|limits| (limits.calls, limits.queue)), Some((2, 7)));
    let retry = policy.retry_of(&LOOK.parse().unwrap()).unwrap();
    assert_eq!((retry.attempts, retry.pause), (4, 50 * MS));
    assert_eq!(policy.retry_of(&OTHER.parse().unwrap()), None);

    for (tables, of_look, code) in [
        ("[limits]\ncalls = 0", "", "manifest-value"),
        ("[limits]\nspeed = 1", "", "manifest-key-unknown"),
        ("[breaker]\nshare_percent = 101", "", "manifest-value"),
        ("", "idempotent = \"yes\"", "manifest-type"),
        ("", "[operation.retry]\nattempts = 2", "manifest-key-useless"),
        ("", "[operation.limits]\nqueue = 2", "manifest-key-useless"),
    ] {
        let problems = read(tables, of_look).unwrap_err().problems;
        assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), [code], "{tables}{of_look}");
        assert!(problems[0].line.is_some());
    }
}
