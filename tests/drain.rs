//! Stopping and reloading: nobody who was being answered notices.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};
use support::*;

#[test]
fn sigterm_lets_calls_that_have_begun_be_answered_and_ends_without_an_error() {
    let mut gate = Gate::demo();
    let octets = Call::good().signed().post().octets();
    let half = octets.len() - 100;
    // Calls whose head has arrived and whose body has not ended.
    let mut begun: Vec<Connection> = (0..8).map(|_| gate.connect()).collect();
    begun.iter_mut().for_each(|connection| connection.send(&octets[..half]).unwrap());
    let mut resting = gate.connect();
    resting.send(&octets).unwrap();
    assert_eq!(resting.reply().unwrap().status, 200);
    std::thread::sleep(Duration::from_millis(300));

    gate.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    assert!(resting.is_closed_by_peer(), "a connection that rests is closed");
    for connection in &mut begun {
        connection.send(&octets[half..]).unwrap();
        let reply = connection.reply().unwrap();
        assert_eq!(reply.header("connection"), Some("close"));
        let read = Read::new(reply, Soap::V11);
        read.result(Entry::V2).assert_answer();
        verifies_in_rust(&read, Entry::V2, &gate.certs).unwrap();
    }
    let status = gate.wait();
    assert!(status.success(), "{status}: {}", gate.said());
    assert!(gate.tls(Some("consumer")).connect(gate.port).is_err(), "nobody listens any more");
    gate.kapia(&["journal", "verify"]);
}

#[test]
fn sigterm_under_load_loses_no_call_that_was_taken() {
    const CLIENTS: usize = 16;
    let mut gate = Gate::demo();
    let tls = gate.tls(Some("consumer"));
    let port = gate.port;
    let answered = AtomicUsize::new(0);
    let torn = AtomicUsize::new(0);
    let begin = Barrier::new(CLIENTS + 1);
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let (tls, answered, torn, begin) = (&tls, &answered, &torn, &begin);
            scope.spawn(move || {
                let octets = Call::good().post().octets();
                let mut connection = tls.connect(port).unwrap();
                begin.wait();
                // A client that is told that the connection closes sends nothing more on it.
                loop {
                    if connection.send(&octets).is_err() {
                        return;
                    }
                    match connection.reply() {
                        Ok(reply) => {
                            assert_eq!(reply.status, 200, "{}", reply.everything());
                            answered.fetch_add(1, SeqCst);
                            if reply.header("connection") == Some("close") {
                                return;
                            }
                        }
                        Err(_) => {
                            torn.fetch_add(1, SeqCst);
                            return;
                        }
                    }
                }
            });
        }
        begin.wait();
        std::thread::sleep(Duration::from_millis(300));
        gate.signal("TERM");
    });
    let status = gate.wait();
    assert!(status.success(), "{status}: {}", gate.said());
    let (answered, torn) = (answered.into_inner(), torn.into_inner());
    println!("{answered} calls answered, {torn} connections closed between calls");
    assert!(answered > CLIENTS);
    // What is written down as answered was answered; a call may be lost only before it was read.
    let reader = kapia_journal::Reader::open(gate.folder.join("journal.db")).unwrap();
    let rows = reader.page(&kapia_journal::Filter::default(), 0, usize::MAX).unwrap();
    let of_clients = rows.iter().filter(|row| !row.record.signed).count();
    assert_eq!(of_clients, answered, "a call was taken and its answer did not arrive");
}

#[test]
fn sighup_reads_packages_and_settings_anew_while_connections_stay() {
    let folder = tempfile::tempdir().unwrap();
    let packages = folder.path().join("packages");
    let package = packages.join("RegiX.GraoNBDAdapter");
    copy(&own_adapters().join("RegiX.GraoNBDAdapter"), &package);
    let settings = vec![("embedded = true", "embedded = true\nwatch = false".to_owned())];
    let gate = Gate::start(GateOptions { adapters: vec![packages.clone()], settings, ..GateOptions::default() });
    let mut connection = gate.connect();
    let octets = Call::good().post().octets();
    let mut ask = || {
        connection.send(&octets).unwrap();
        Read::new(connection.reply().unwrap(), Soap::V11)
    };
    assert!(ask().http.text().contains("<FirstName>Огнян</FirstName>"));

    let answer = package.join("XMLData/ValidPerson.7605239965.xml");
    let text = std::fs::read_to_string(&answer).unwrap();
    std::fs::write(&answer, text.replace("Огнян", "Огнемир")).unwrap();
    assert!(ask().http.text().contains("<FirstName>Огнян</FirstName>"), "a change is taken over by SIGHUP alone");
    gate.signal("HUP");
    until("the new answer", || ask().http.text().contains("<FirstName>Огнемир</FirstName>"));

    // What is broken is told, and the old state serves on.
    let manifest = package.join("adapter.toml");
    let good = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, good.replace("ValidPersonRequest.xsd", "Nothing.xsd")).unwrap();
    let before = gate.said().len();
    gate.signal("HUP");
    until("a word about the broken package", || gate.said()[before..].contains("Nothing.xsd"));
    assert!(ask().http.text().contains("<FirstName>Огнемир</FirstName>"));

    std::fs::write(&manifest, good).unwrap();
    let config = gate.folder.join("kapia.toml");
    let settings = std::fs::read_to_string(&config).unwrap();
    assert!(settings.contains("validation = \"strict\""));
    std::fs::write(&config, settings.replace("validation = \"strict\"", "validation = \"report\"")).unwrap();
    gate.signal("HUP");
    let wrong = Call { argument: Some(valid_person("1")), ..Call::good() };
    until("validation that only reports", || gate.call(&wrong).http.status == 200);
    gate.call(&Call { argument: Some("<x/>".into()), ..Call::good() }).fault();
}

#[test]
fn health_readiness_and_metrics_are_served_apart_from_calls() {
    let gate = Gate::demo();
    assert_eq!(gate.admin("/healthz").0, 200);
    assert_eq!(gate.admin("/readyz").0, 200);
    gate.call(&Call::good().signed());
    gate.call_as(&gate.tls(Some("stranger")), &Call::good());
    let (status, metrics) = gate.admin("/metrics");
    assert_eq!(status, 200);
    // The demo has made a signed call before.
    for line in [
        "kapia_calls_total{entry=\"v2\",outcome=\"answered\"} 2",
        "kapia_calls_total{entry=\"v2\",outcome=\"denied\"} 1",
        "kapia_answers_signed_total 2",
    ] {
        assert!(metrics.lines().any(|known| known == line), "{line} is missing in\n{metrics}");
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        let get = Post { method: "GET".into(), ..Post::to(path, "") };
        assert_eq!(gate.send(&get.octets()).status, 404, "{path} is served to consumers");
    }
}

#[test]
fn readiness_turns_false_before_the_listener_closes() {
    let mut gate = Gate::demo();
    let octets = Call::good().post().octets();
    let mut begun = gate.connect();
    begun.send(&octets[..octets.len() - 10]).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    gate.signal("TERM");
    until("readiness turns false", || gate.admin("/readyz").0 == 503);
    begun.send(&octets[octets.len() - 10..]).unwrap();
    assert_eq!(begun.reply().unwrap().status, 200);
    assert!(gate.wait().success());
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn own_adapters() -> std::path::PathBuf {
    std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/registers")
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
