//! The journal: what was answered is written down, whatever happens to the process, and nothing personal with it.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use kapia_journal::{Entry as Row, Filter, Outcome, Reader, Sha256};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};
use support::*;

/// Consumers at one time, and what each of them asks.
const CLIENTS: usize = 100;
const CALLS_OF_EACH: usize = 10;
/// The kill comes after so many answers.
const ANSWERS_BEFORE_THE_KILL: usize = 300;

/// A record that stands in the journal for an answer: its number and the digest of its octets.
type Answered = (i64, Sha256);

#[test]
fn every_answered_call_is_in_the_journal_after_a_kill_in_the_middle_of_a_thousand() {
    let mut gate = Gate::demo();
    let mut all: Vec<Answered> = Vec::new();
    let mut refused = 0;
    for round in 0..2 {
        let (answered, denied) = kill_in_the_middle(&mut gate);
        let highest = all.iter().map(|(number, _)| *number).max().unwrap_or(0);
        assert!(answered.iter().all(|(number, _)| *number > highest), "a number of a dead process came back");
        all.extend(answered);
        refused += denied;

        gate.kapia(&["journal", "verify"]);
        let rows = rows(&gate);
        let by_number: HashMap<i64, &Row> = rows
            .iter()
            .filter(|row| row.record.service_call_id > 0)
            .map(|row| (row.record.service_call_id, row))
            .collect();
        for (number, digest) in &all {
            let row =
                by_number.get(number).unwrap_or_else(|| panic!("call {number} was answered and is not written down"));
            assert_eq!(row.record.outcome, Outcome::Answered);
            assert_eq!(row.record.answer.sha256.as_ref(), Some(digest), "another answer is written down for {number}");
        }
        let denied_rows = rows.iter().filter(|row| row.record.outcome == Outcome::Denied).count();
        assert!(denied_rows >= refused, "{refused} refusals were told, {denied_rows} are written down");
        println!(
            "round {round}: {} calls answered and {refused} refused before the kill; {} records, chain verified",
            all.len(),
            rows.len()
        );
        gate.restart();
    }
    let numbers: HashSet<i64> = all.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers.len(), all.len(), "a number was given twice");
    let next = gate.call(&Call::good()).result(Entry::V2).call_id;
    assert!(numbers.iter().all(|number| *number < next), "{next} is not above the numbers of the dead processes");
    gate.kapia(&["journal", "verify"]);
}

#[test]
fn a_call_of_every_kind_leaves_a_record_that_says_who_asked_what_and_why() {
    let gate = Gate::demo();
    let before = rows(&gate).len();
    let good = Call::good();
    let kinds = [
        (good.clone(), Outcome::Answered, None),
        (Call { sign: true, ..Call::of(Entry::V1, Soap::V12) }, Outcome::Answered, None),
        (Call { argument: Some(valid_person(NOBODY)), ..good.clone() }, Outcome::NoData, None),
        (Call { argument: None, ..good.clone() }, Outcome::Fault, Some("argument-missing")),
        (Call { argument: Some("<x/>".into()), ..good.clone() }, Outcome::InvalidArgument, Some("argument-root")),
        (
            Call { argument: Some(valid_person("1")), ..good.clone() },
            Outcome::InvalidArgument,
            Some("argument-invalid"),
        ),
        (Call::to("RelationsSearch", relations(NOBODY)), Outcome::AdapterError, Some("register-error")),
        (Call { operation: "A.B.C".into(), ..good.clone() }, Outcome::Fault, Some("contract-unknown")),
    ];
    let mut replies = Vec::new();
    for (call, ..) in &kinds {
        replies.push(gate.call(call));
    }
    let stranger = gate.call_as(&gate.tls(Some("stranger")), &good);

    let rows = rows(&gate).split_off(before);
    assert_eq!(rows.len(), kinds.len() + 1);
    for (((call, outcome, code), reply), row) in kinds.iter().zip(&replies).zip(&rows) {
        let record = &row.record;
        assert_eq!(record.outcome, *outcome, "{record:?}");
        if *outcome != Outcome::AdapterError {
            assert_eq!(record.error_code.as_deref(), *code);
        }
        assert!(record.error_code.is_some() == !matches!(outcome, Outcome::Answered | Outcome::NoData));
        assert_eq!(record.operation, call.operation);
        assert_eq!(record.context.law_reason.as_deref(), Some("чл. 1 от пример"));
        assert_eq!(record.context.service_uri.as_deref(), Some("17-2026"));
        assert_eq!(record.request.sha256, Some(Sha256::of(call.envelope().as_bytes())));
        assert_eq!(record.request.size, call.envelope().len() as u64);
        assert_eq!(record.answer.sha256, Some(Sha256::of(&reply.http.body)));
        assert_eq!(record.answer.size, reply.http.body.len() as u64);
        assert!(record.client_address.starts_with("127.0.0.1:"), "{}", record.client_address);
        assert!(record.certificate.is_some() && !record.stages.is_empty());
        assert_eq!(record.signed, call.sign && *outcome == Outcome::Answered);
        assert_eq!(record.entry.version, if call.entry == Entry::V1 { "v1" } else { "v2" });
        assert_eq!(record.entry.soap, if call.soap == Soap::V11 { "1.1" } else { "1.2" });
        if !matches!(record.error_code.as_deref(), Some("contract-unknown")) {
            assert_eq!(record.consumer.as_ref().map(|consumer| consumer.name.as_str()), Some("demo"));
        }
    }
    let denied = &rows.last().unwrap().record;
    assert_eq!(denied.outcome, Outcome::Denied);
    assert_eq!(denied.error_code.as_deref(), Some("denied-certificate-unknown"));
    assert_eq!((denied.service_call_id, denied.consumer.is_none()), (0, true));
    assert_eq!(denied.answer.sha256, Some(Sha256::of(&stranger.http.body)));

    let told = gate.kapia(&["journal", "tail", "-n", "20", "--json"]).stdout;
    assert_eq!(told.lines().count(), rows.len() + before);
    told.lines().for_each(|line| drop(serde_json::from_str::<serde_json::Value>(line).unwrap()));
}

#[test]
fn the_files_hold_no_argument_no_answer_and_no_personal_number() {
    let mut gate = Gate::demo();
    let (argument, employee, citizen) = (egn(450_611_992), egn(460_712_993), egn(470_813_994));
    let calls = [
        Call { argument: Some(valid_person(OGNYAN)), ..Call::good() },
        Call { argument: Some(valid_person(&argument)), ..Call::good() }.signed(),
        Call { argument: Some(valid_person(&format!("{argument}0"))), ..Call::good() },
        Call { argument: Some(format!("<a{argument}/>")), ..Call::good() },
        Call { operation: argument.clone(), ..Call::good() },
        Call { operation: format!("ЕГН {argument}"), ..Call::good() },
        Call { operation: format!("TechnoLogica.RegiX.{argument}"), ..Call::good() },
    ];
    for call in calls {
        for (entry, soap) in [(Entry::V2, Soap::V11), (Entry::V1, Soap::V12)] {
            let call = Call {
                entry,
                soap,
                action: entry.action().into(),
                employee_egn: Some(employee.clone()),
                citizen_egn: Some(citizen.clone()),
                ..call.clone()
            };
            gate.call(&call);
        }
    }
    let secrets = [OGNYAN, &argument, &employee, &citizen, "Огнян", "Светлинов", "1976-05-23"];
    assert_files_hold_none(&gate.folder, &secrets);
    gate.kill();
    assert_files_hold_none(&gate.folder, &secrets);
    // The search finds what is there.
    assert!(databases(&gate.folder).iter().any(|(_, octets)| holds(octets, "чл. 1 от пример")));
}

#[test]
fn a_changed_record_is_found() {
    let mut gate = Gate::demo();
    for _ in 0..5 {
        gate.call(&Call::good());
    }
    gate.signal("TERM");
    assert!(gate.wait().success());
    gate.kapia(&["journal", "verify"]);
    let file = gate.folder.join("journal.db");
    let mut octets = std::fs::read(&file).unwrap();
    let law = "чл. 1 от пример".as_bytes();
    // Everywhere, because a page of the database may hold what was moved to another.
    let places: Vec<usize> = (0..octets.len() - law.len()).filter(|at| octets[*at..].starts_with(law)).collect();
    assert!(places.len() >= 5);
    places.iter().for_each(|at| octets[at + law.len() - 1] ^= 1);
    std::fs::write(&file, octets).unwrap();
    let verified = gate.kapia_says(&["journal", "verify"]);
    assert_ne!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
}

/// Lets a hundred consumers ask at once and kills the gate in the middle; what they were answered, and how many
/// refusals a stranger among them was told.
fn kill_in_the_middle(gate: &mut Gate) -> (Vec<Answered>, usize) {
    let (consumer, stranger) = (gate.tls(Some("consumer")), gate.tls(Some("stranger")));
    let begin = Barrier::new(CLIENTS + 1);
    let count = AtomicUsize::new(0);
    let denied = AtomicUsize::new(0);
    let answered = Mutex::new(Vec::new());
    let port = gate.port;
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (begin, count, denied, answered) = (&begin, &count, &denied, &answered);
            let is_stranger = client % 10 == 9;
            let tls = if is_stranger { &stranger } else { &consumer };
            scope.spawn(move || {
                let octets = Call { sign: client % 5 == 0, ..Call::good() }.post().octets();
                let mut connection = tls.connect(port).unwrap();
                begin.wait();
                for _ in 0..CALLS_OF_EACH {
                    let Ok(reply) = connection.send(&octets).and_then(|()| connection.reply()) else { return };
                    let digest = Sha256::of(&reply.body);
                    let result = Read::new(reply, Soap::V11).result(Entry::V2);
                    if is_stranger {
                        result.assert_refused("Access denied! ConsumerCertificate is not found.");
                        denied.fetch_add(1, SeqCst);
                    } else {
                        result.assert_answer();
                        answered.lock().unwrap().push((result.call_id, digest));
                    }
                    count.fetch_add(1, SeqCst);
                }
            });
        }
        begin.wait();
        let began = Instant::now();
        while count.load(SeqCst) < ANSWERS_BEFORE_THE_KILL && began.elapsed() < Duration::from_secs(120) {
            std::thread::sleep(Duration::from_millis(1));
        }
        gate.kill();
    });
    let count = count.into_inner();
    assert!(count >= ANSWERS_BEFORE_THE_KILL, "only {count} answers came");
    assert!(count < CLIENTS * CALLS_OF_EACH, "the kill came too late to be in the middle");
    (answered.into_inner().unwrap(), denied.into_inner())
}

fn rows(gate: &Gate) -> Vec<Row> {
    Reader::open(gate.folder.join("journal.db")).unwrap().page(&Filter::default(), 0, usize::MAX).unwrap()
}

fn assert_files_hold_none(folder: &Path, secrets: &[&str]) {
    let databases = databases(folder);
    assert!(databases.len() >= 2, "{:?}", databases.iter().map(|(file, _)| file).collect::<Vec<_>>());
    for (file, octets) in &databases {
        for secret in secrets {
            let at = octets.windows(secret.len()).position(|window| window == secret.as_bytes());
            if let Some(at) = at {
                let around = &octets[at.saturating_sub(60)..(at + 60).min(octets.len())];
                panic!("{} holds one of the secrets: …{}…", file.display(), String::from_utf8_lossy(around));
            }
        }
    }
}

/// The databases with whatever lies beside them, such as write-ahead logs.
fn databases(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.file_name().unwrap().to_string_lossy().contains(".db"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

fn holds(octets: &[u8], text: &str) -> bool {
    octets.windows(text.len()).any(|window| window == text.as_bytes())
}
