//! What survives a crash.

use crate::speaking::*;
use crate::support::*;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

#[test]
fn a_crash_loses_nothing_that_was_answered_and_asking_again_does_nothing_twice() {
    let mut gate = Gate::start(GateOptions { serve: true, ..GateOptions::default() });
    let user = User::demo(&gate);
    let body = |number: u64| {
        let id = format!("00000000-0000-4000-8000-{number:012}");
        envelope(Some(&id), &add(number, &format!("Услуга {number}")))
    };
    let answered: Mutex<Vec<u64>> = Mutex::default();
    std::thread::scope(|scope| {
        for client in 0..4u64 {
            let (tls, port, user, answered) = (gate.tls(None), gate.port, user.clone(), &answered);
            scope.spawn(move || {
                for place in 0..10_000 {
                    let number = client * 10_000 + place + 1;
                    let Ok(mut connection) = tls.connect(port) else { return };
                    if connection.send(&posted(SERVICE, Some(&user), &body(number))).is_err() {
                        return;
                    }
                    let Ok(reply) = connection.reply() else { return };
                    // Two requests a minute are not what this test is about.
                    if reply.status == 429 {
                        return;
                    }
                    assert_result(&reply, "CREATED");
                    answered.lock().unwrap().push(number);
                }
            });
        }
        let began = Instant::now();
        while answered.lock().unwrap().len() < 100 && began.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(2));
        }
        gate.kill();
    });
    gate.restart();
    let answered = answered.into_inner().unwrap();
    assert!(answered.len() > 20, "only {} were answered before the crash", answered.len());
    let list = gate.kapia(&["portal", "list", "--json", "--lines", "100000"]).stdout;
    let stored: serde_json::Value = serde_json::from_str(&list).unwrap();
    let stored: Vec<u64> =
        stored["records"].as_array().unwrap().iter().map(|record| record["key"]["service"].as_u64().unwrap()).collect();
    let lost: Vec<&u64> = answered.iter().filter(|number| !stored.contains(number)).collect();
    assert!(lost.is_empty(), "answered, and lost: {lost:?}");
    // Whoever heard nothing asks again with the same id: the record was made once, by whichever of the two.
    for client in 0..4u64 {
        let last = answered.iter().filter(|number| (**number - 1) / 10_000 == client).max().copied();
        let next = last.unwrap_or(client * 10_000) + 1;
        let reply = post(&gate, SERVICE, Some(&user), &body(next));
        assert_result(&reply, "CREATED");
        assert_eq!(value(&reply, "Version").as_deref(), Some("1"));
    }
}

/// A thousand records in twenty requests of fifty, some of them wrong; and what each request has to be answered.
struct Batches {
    mode: &'static str,
}

const BATCHES: u64 = 20;
const RECORDS: u64 = 50;

impl Batches {
    /// Whether a record breaks a rule: in `BestEffort` the last of every other batch, else one of every seventh batch.
    fn wrong(&self, batch: u64, place: u64) -> bool {
        match self.mode {
            "BestEffort" => batch % 2 == 1 && place == RECORDS - 1,
            _ => batch % 7 == 6 && place == 20,
        }
    }

    /// How many records of a batch are kept when it is answered.
    fn kept(&self, batch: u64) -> u64 {
        match (0..RECORDS).filter(|place| self.wrong(batch, *place)).count() {
            0 => RECORDS,
            _ if self.mode == "BestEffort" => RECORDS - 1,
            _ => 0,
        }
    }

    fn message(&self, user: &User, batch: u64) -> Vec<u8> {
        let one = |place| {
            let record = record(batch * RECORDS + place + 1, &format!("Услуга {place} от пакет {batch}"));
            match self.wrong(batch, place) {
                true => record.replacen("<Code>0006-0000", "<Code>0006-9999", 1),
                false => record,
            }
        };
        let records: String = (0..RECORDS).map(one).collect();
        let body = element("SaveServices", &format!("{records}<Mode>{}</Mode>", self.mode));
        let id = format!("00000000-0000-4000-9000-{batch:012}");
        posted(SERVICE, Some(user), &envelope(Some(&id), &body))
    }

    fn assert_answer(&self, batch: u64, answer: &str) {
        let (created, rejected) = (answer.matches(">CREATED<").count(), answer.matches(">REJECTED<").count());
        if self.kept(batch) == 0 {
            assert!(answer.contains("EGS-4001") && answer.contains("Fault>") && created == 0, "{batch}: {answer}");
        } else {
            let expected = (self.kept(batch) as usize, (RECORDS - self.kept(batch)) as usize);
            assert_eq!((created, rejected), expected, "{batch}: {answer}");
        }
    }

    /// How many records of each batch are in the store, all of them in their first version.
    fn stored(&self, gate: &Gate) -> Vec<u64> {
        let list = gate.kapia(&["portal", "list", "--json", "--lines", "100000"]).stdout;
        let list: serde_json::Value = serde_json::from_str(&list).unwrap();
        let mut stored = vec![0; BATCHES as usize];
        for record in list["records"].as_array().unwrap() {
            assert_eq!(record["version"], 1, "{record}");
            let number = record["key"]["service"].as_u64().unwrap() - 1;
            stored[(number / RECORDS) as usize] += 1;
        }
        stored
    }

    /// Sends what has no answer yet on several connections at once, and kills the gate when so many more have one.
    fn interrupted(&self, gate: &mut Gate, user: &User, answers: &Mutex<BTreeMap<u64, String>>, after: usize) {
        let unanswered: Vec<u64> = (0..BATCHES).filter(|batch| !answers.lock().unwrap().contains_key(batch)).collect();
        let target = answers.lock().unwrap().len() + after;
        let next = Mutex::new(unanswered.into_iter());
        std::thread::scope(|scope| {
            for _ in 0..3 {
                let (tls, port, next) = (gate.tls(None), gate.port, &next);
                scope.spawn(move || {
                    while let Some(batch) = { next.lock().unwrap().next() } {
                        let sent = tls.connect(port).and_then(|mut connection| {
                            connection.send(&self.message(user, batch))?;
                            connection.reply()
                        });
                        let Ok(reply) = sent else { return };
                        answers.lock().unwrap().insert(batch, text(&reply));
                    }
                });
            }
            let began = Instant::now();
            while answers.lock().unwrap().len() < target && began.elapsed() < Duration::from_secs(60) {
                std::thread::sleep(Duration::from_millis(2));
            }
            gate.kill();
        });
    }
}

/// The gate is killed again and again in the middle of the batches; in the end everything is there once.
fn thousand_records_through_crashes(mode: &'static str) {
    let batches = Batches { mode };
    let mut gate = Gate::start(GateOptions { serve: true, ..GateOptions::default() });
    let user = User::demo(&gate);
    let answers = Mutex::default();
    for after in [2, 4, 5] {
        batches.interrupted(&mut gate, &user, &answers, after);
        gate.restart();
        let stored = batches.stored(&gate);
        for (batch, stored) in (0..).zip(stored) {
            let whole = batches.kept(batch);
            assert!([0, whole].contains(&stored), "{mode}: {stored} of the records of batch {batch} are there");
            let answered = answers.lock().unwrap().get(&batch).cloned();
            if let Some(answer) = answered {
                batches.assert_answer(batch, &answer);
                assert_eq!(stored, whole, "{mode}: batch {batch} was answered, and is not there");
            }
        }
    }
    let answers = answers.into_inner().unwrap();
    let interrupted = BATCHES as usize - answers.len();
    assert!(interrupted > 0, "the gate was killed too late");
    println!("{mode}: {} batches answered through three crashes, {interrupted} asked again", answers.len());
    let ask = |batch| {
        let mut connection = gate.tls(None).connect(gate.port).unwrap();
        connection.send(&batches.message(&user, batch)).unwrap();
        text(&connection.reply().unwrap())
    };
    let once_more: Vec<String> = (0..BATCHES).map(ask).collect();
    for (batch, answer) in (0..).zip(&once_more) {
        batches.assert_answer(batch, answer);
        if let Some(before) = answers.get(&batch) {
            assert_eq!(answer, before, "{mode}: the same request has the same answer after a crash");
        }
    }
    let last: Vec<String> = (0..BATCHES).map(ask).collect();
    assert_eq!(last, once_more);
    let expected: Vec<u64> = (0..BATCHES).map(|batch| batches.kept(batch)).collect();
    assert_eq!(batches.stored(&gate), expected);
}

#[test]
fn of_a_thousand_records_in_batches_of_all_or_nothing_a_crash_leaves_whole_batches_only() {
    thousand_records_through_crashes("AllOrNothing");
}

#[test]
fn of_a_thousand_records_in_batches_of_best_effort_a_crash_leaves_whole_answers_only() {
    thousand_records_through_crashes("BestEffort");
}
