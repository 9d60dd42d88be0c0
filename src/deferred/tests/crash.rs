//! A process that is killed loses nothing that it accepted, and what it had claimed is free again.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use kapia_deferred::{Check, Counts, Deferred, Outcome, Policy, Proof, SealingKey};
use support::{CONSUMER, DAY, Place, T0, call, policy};

const FILE: &str = "KAPIA_TEST_DEFERRED";
const FIRST: &str = "KAPIA_TEST_DEFERRED_FIRST";

fn generous() -> Policy {
    Policy {
        pending_per_consumer: u32::MAX,
        work: kapia_deferred::Retries { attempts: 100, ..policy().work },
        ..policy()
    }
}

fn say(line: &str) {
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
}

// Not a claim by itself: the process that the claims below kill. Without the variable there is nothing for it to do.
#[test]
fn child_that_accepts_and_executes_until_it_is_killed() {
    let Some(file) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let first: i64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let key = SealingKey::load_or_create(file.with_file_name("deferred.key")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Arc::new(Deferred::open_with(file, &key, generous()).unwrap());
        let accepting = (0..4).map(|lane| tokio::spawn(accept_forever(Arc::clone(&store), first + lane)));
        let executing = (0..2).map(|_| tokio::spawn(execute_forever(Arc::clone(&store))));
        for task in accepting.chain(executing).collect::<Vec<_>>() {
            task.await.unwrap();
        }
    });
}

async fn accept_forever(store: Arc<Deferred>, mut id: i64) {
    loop {
        let code = store.accept(call(id)).await.unwrap();
        say(&format!("accepted {id} {}", code.reveal()));
        id += 4;
    }
}

async fn execute_forever(store: Arc<Deferred>) {
    loop {
        let Some(work) = store.next_due(T0).await.unwrap() else {
            tokio::task::yield_now().await;
            continue;
        };
        assert_eq!(work.obstacle, None);
        let id = work.ticket.call_id();
        // Every fifth is never finished by this process: it dies with the claim in its hands.
        if id % 5 != 0 {
            store.complete(work.ticket, Outcome::Answer(id.to_string().into_bytes()), T0).await.unwrap();
            say(&format!("completed {id} -"));
        }
    }
}

fn child(place: &Place, first: i64) -> (Child, impl Iterator<Item = (String, i64, String)> + use<>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_accepts_and_executes_until_it_is_killed", "--nocapture"])
        .env(FILE, place.file())
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let events = lines.filter_map(|line| {
        // Lines of two threads never mix: each is one write to a pipe.
        let mut parts = line.split(' ');
        let (what, id, code) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
        matches!(what, "accepted" | "completed").then(|| (what.to_owned(), id, code.to_owned()))
    });
    (child, events)
}

#[test]
fn a_kill_between_accept_and_complete_loses_nothing_and_gives_the_claims_back() {
    let place = Place::new();
    place.key();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (mut accepted, mut completed) = (Vec::new(), Vec::new());
    for (first, lines) in [(1, 5), (10_001, 60), (20_001, 250)] {
        let (mut child, mut events) = child(&place, first);
        let mut seen: Vec<_> = events.by_ref().take(lines).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before it died counts too; the last line may be torn.
        seen.extend(events);
        for (what, id, code) in seen {
            if what == "accepted" {
                accepted.push((id, code));
            } else {
                completed.push(id);
            }
        }
        runtime.block_on(async {
            let store = place.open_with(generous());
            for (id, code) in accepted.iter().filter(|(_, code)| code.len() > 80) {
                let check = store.check(*id, Proof::Code(code), CONSUMER, T0).await.unwrap();
                if completed.contains(id) {
                    let Check::Ready(answered) = check else { panic!("{id}: {check:?}") };
                    assert_eq!(answered.outcome, Outcome::Answer(id.to_string().into_bytes()));
                } else {
                    assert!(matches!(check, Check::Pending | Check::Ready(_)), "{id}: {check:?}");
                }
            }
            assert_eq!(store.counts(T0).await.unwrap().running, 0, "claims of a dead process are held");
        });
    }
    // Everything that is left is due at once, whatever lease the dead had.
    runtime.block_on(async {
        let store = place.open_with(generous());
        let mut left = Vec::new();
        while let Some(work) = store.next_due(T0).await.unwrap() {
            left.push(work.ticket.call_id());
        }
        let unfinished = accepted.iter().map(|(id, _)| *id).filter(|id| id % 5 == 0);
        assert!(unfinished.clone().count() > 0);
        for id in unfinished {
            assert!(left.contains(&id), "{id} was lost");
        }
        assert!(left.iter().all(|id| !completed.contains(id)), "a completed call came back");
    });
}

#[test]
fn a_second_process_may_count_but_not_open() {
    let place = Place::new();
    let key = place.key();
    let (mut child, mut events) = child(&place, 1);
    // The child has the store open: it has accepted.
    events.find(|(what, ..)| what == "accepted").unwrap();
    assert_eq!(Deferred::open(place.file(), &key).err().unwrap().code(), "deferred-in-use");
    let counts = Counts::of_file(place.file(), T0 + DAY).unwrap();
    assert!(counts.pending + counts.ready > 0);
    child.kill().unwrap();
    child.wait().unwrap();
    Deferred::open(place.file(), &key).unwrap();
}
