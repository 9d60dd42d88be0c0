//! The life of adapters in a running gate: changed, broken, mended and removed under calls; a register that fails.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "hosts/mod.rs"]
mod hosts;
#[path = "life/scenery.rs"]
mod scenery;
mod support;

use hosts::Hosted;
use scenery::*;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use support::*;

/// A gate with packages in a folder of its own.
struct Scene {
    gate: Arc<Gate>,
    packages: tempfile::TempDir,
}

impl Scene {
    fn new(write: impl FnOnce(&std::path::Path)) -> Scene {
        let packages = tempfile::tempdir().unwrap();
        write(packages.path());
        let adapters = vec![packages.path().to_owned()];
        let gate = Gate::start(GateOptions { adapters, log: Some("info"), ..GateOptions::default() });
        Scene { gate: Arc::new(gate), packages }
    }

    fn package(&self, name: &str) -> PathBuf {
        self.packages.path().join(name)
    }

    fn ask(&self, package: &str) -> Read {
        self.gate.call(&call(package))
    }

    /// What `kapia adapter status` says of a package, as JSON.
    fn status(&self, package: &str) -> serde_json::Value {
        let said = self.gate.kapia(&["adapter", "status", package, "--json"]);
        serde_json::from_str::<serde_json::Value>(&said.stdout).unwrap()["adapters"][0].take()
    }
}

fn call(package: &str) -> Call {
    Call { operation: operation_of(package), argument: Some(ASK.to_owned()), ..Call::good() }
}

/// The version in an answer.
fn version(read: &Read) -> Option<String> {
    let text = read.http.text();
    let rest = text.split_once("<Version>")?.1;
    rest.split_once("</Version>").map(|(version, _)| version.to_owned())
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(40), "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Consumers that ask without a pause, each on one connection, until they are told to end.
struct Stream {
    told: Arc<Mutex<Vec<String>>>,
    end: Arc<AtomicBool>,
    consumers: Vec<JoinHandle<()>>,
}

impl Stream {
    fn begin(gate: &Arc<Gate>, package: &'static str) -> Stream {
        let (told, end) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let consumers = (0..4).map(|_| {
            let (gate, told, end) = (Arc::clone(gate), Arc::clone(&told), Arc::clone(&end));
            std::thread::spawn(move || {
                let octets = call(package).post().octets();
                let mut connection = gate.connect();
                while !end.load(Ordering::SeqCst) {
                    connection.send(&octets).unwrap();
                    let read = Read::new(connection.reply().unwrap(), Soap::V11);
                    let said = version(&read)
                        .unwrap_or_else(|| format!("no answer: {:?} {}", read.kapia_code(), read.http.status));
                    told.lock().unwrap().push(said);
                }
            })
        });
        let consumers = consumers.collect();
        Stream { told, end, consumers }
    }

    /// Waits until so many answers in a row are of this version.
    fn until_it_says(&self, version: &str) {
        until(version, || {
            let told = self.told.lock().unwrap();
            told.len() > 20 && told.iter().rev().take(20).all(|said| said == version)
        });
    }

    /// Everything that was answered.
    fn end(self) -> Vec<String> {
        self.end.store(true, Ordering::SeqCst);
        self.consumers.into_iter().for_each(|consumer| consumer.join().unwrap());
        Arc::try_unwrap(self.told).unwrap().into_inner().unwrap()
    }
}

/// The versions in the order in which they were first told; four consumers may overlap by one call each.
fn sequence(told: &[String]) -> Vec<&str> {
    let mut seen: Vec<&str> = Vec::new();
    for said in told {
        if !seen.contains(&said.as_str()) {
            seen.push(said);
        }
    }
    seen
}

#[test]
fn a_package_is_changed_broken_mended_and_removed_and_no_call_is_lost() {
    let scene = Scene::new(|folder| {
        write_sample(&folder.join("Moving"), "Moving", "one");
        write_sample(&folder.join("Resting"), "Resting", "still");
    });
    let resting = scene.status("Resting");
    let stream = Stream::begin(&scene.gate, "Moving");
    stream.until_it_says("one");
    let first = scene.status("Moving")["version"].clone();

    // Changed: nobody says a word to the gate.
    write_sample(&scene.package("Moving"), "Moving", "two");
    stream.until_it_says("two");
    let second = scene.status("Moving");
    assert_ne!(second["version"], first);

    // Broken: the reason is told in the log, in the metrics and to people, and the version before serves on.
    let manifest = scene.package("Moving").join("adapter.toml");
    let good = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, good.replace("r.xsd", "nothing.xsd")).unwrap();
    until("the refusal", || scene.status("Moving")["refused"]["code"] == "operation-lost");
    let told = scene.status("Moving");
    assert_eq!((&told["state"], &told["version"]), (&"serving".into(), &second["version"]));
    assert!(told["refused"]["told"]["en"].as_str().unwrap().contains("nothing.xsd"), "{told}");
    let shown = scene.gate.kapia(&["adapter", "status", "Moving"]).stdout;
    for part in ["Moving  serves (sample)", "is refused (operation-lost):", "nothing.xsd", "breaker closed", "data "] {
        assert!(shown.contains(part), "{part} is missing in\n{shown}");
    }
    let bulgarian = std::process::Command::new(program())
        .args(["--lang", "bg", "--config", scene.gate.folder.join("kapia.toml").to_str().unwrap()])
        .args(["adapter", "status", "Moving"])
        .output();
    let bulgarian = String::from_utf8(bulgarian.unwrap().stdout).unwrap();
    assert!(bulgarian.contains("е отказана (operation-lost):"), "{bulgarian}");
    let log = scene.gate.said();
    assert!(log.contains("a package is refused") && log.contains("nothing.xsd"), "{log}");
    let (_, metrics) = scene.gate.admin("/metrics");
    assert!(metrics.contains("\nkapia_adapter_versions_refused 1\n"), "{metrics}");
    stream.until_it_says("two");

    // Mended.
    write_sample(&scene.package("Moving"), "Moving", "three");
    stream.until_it_says("three");
    assert!(scene.status("Moving")["refused"].is_null());
    let told = stream.end();
    assert_eq!(sequence(&told), ["one", "two", "three"], "{} calls", told.len());
    assert!(told.len() > 100);

    // A new package is served; a consumer gets rights to it as to any other.
    write_sample(&scene.package("New"), "New", "first");
    until("the new package", || scene.gate.kapia(&["list"]).stdout.contains(&operation_of("New")));
    until("the new operation", || {
        scene.gate.kapia_says(&["operation", "enable", &operation_of("New")]).code == Some(0)
    });
    let consumers = scene.gate.kapia(&["consumer", "list"]).stdout;
    let consumer = consumers.lines().next().unwrap().trim().to_owned();
    let consumer = consumer.split("  ").next().unwrap();
    scene.gate.kapia(&["grant", "add", consumer, &operation_of("New"), "--all-fields"]);
    until("an answer of the new package", || version(&scene.ask("New")).as_deref() == Some("first"));

    // Removed: what was begun is answered, and then the operation is unknown.
    let stream = Stream::begin(&scene.gate, "Moving");
    stream.until_it_says("three");
    std::fs::remove_dir_all(scene.package("Moving")).unwrap();
    let gone = "no answer: Some(\"contract-unknown\") 500";
    stream.until_it_says(gone);
    assert_eq!(sequence(&stream.end()), ["three", gone]);
    until("nothing of it is left", || scene.gate.kapia_says(&["adapter", "status", "Moving"]).code == Some(2));

    // The package beside it has noticed nothing.
    let after = scene.status("Resting");
    assert_eq!((&after["since"], &after["version"]), (&resting["since"], &resting["version"]));
    assert_eq!(version(&scene.ask("Resting")).as_deref(), Some("still"));
}

#[test]
fn an_old_version_answers_the_calls_that_it_has_begun() {
    let scene = Scene::new(|folder| {
        let manifest =
            manifest("Slow", "[backend]\nkind = \"sample\"\ndelay_ms = 6000", "sample_response = \"told.xml\"");
        write(&folder.join("Slow"), &manifest, &[told("old")]);
    });
    let gate = Arc::clone(&scene.gate);
    let begun = std::thread::spawn(move || version(&gate.call(&call("Slow"))));
    until("a call under way", || scene.status("Slow")["under_way"] == 1);
    let old = scene.status("Slow")["version"].clone();
    write_sample(&scene.package("Slow"), "Slow", "new");
    until("the new version", || scene.status("Slow")["version"] != old);
    assert_eq!(version(&scene.ask("Slow")).as_deref(), Some("new"));
    let told: serde_json::Value = serde_json::from_str(&scene.gate.admin("/adapters").1).unwrap();
    let draining = |told: &serde_json::Value| {
        told["adapters"].as_array().unwrap().iter().filter(|adapter| adapter["state"] == "draining").count()
    };
    assert_eq!((draining(&told), begun.is_finished()), (1, false), "{told}");
    assert_eq!(begun.join().unwrap().as_deref(), Some("old"));
    until("the end of the old version", || {
        draining(&serde_json::from_str(&scene.gate.admin("/adapters").1).unwrap()) == 0
    });
    until("a word about it", || scene.gate.said().contains("drained"));
}

#[test]
fn without_the_watch_packages_change_by_sighup_alone() {
    let packages = tempfile::tempdir().unwrap();
    write_sample(&packages.path().join("Moving"), "Moving", "one");
    let adapters = vec![packages.path().to_owned()];
    let settings = vec![("embedded = true", "embedded = true\nwatch = false".to_owned())];
    let gate = Gate::start(GateOptions { adapters, settings, ..GateOptions::default() });
    let ask = || version(&gate.call(&call("Moving")));
    assert_eq!(ask().as_deref(), Some("one"));
    write_sample(&packages.path().join("Moving"), "Moving", "two");
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(ask().as_deref(), Some("one"));
    gate.signal("HUP");
    until("the new version", || ask().as_deref() == Some("two"));
}

const GUARDED: &str = "[limits]\ncalls = 2\nqueue = 1\n[retry]\nattempts = 2\npause_ms = 20\n\
                       [breaker]\nfailures = 4\nwindow_seconds = 5\nrest_seconds = 2";

#[test]
fn a_register_that_fails_is_left_alone_and_one_that_is_busy_says_so() {
    let upstream = Upstream::start();
    let scene = Scene::new(|folder| {
        write_rest(&folder.join("Guarded"), "Guarded", &upstream, GUARDED, "idempotent = true");
    });
    let code = |read: &Read| read.kapia_code().map(str::to_owned);
    assert_eq!(version(&scene.ask("Guarded")).as_deref(), Some("7"));

    // A failure that passes is nobody's business.
    upstream.mood_for(Mood::Status(503), 1);
    assert_eq!(version(&scene.ask("Guarded")).as_deref(), Some("7"));
    assert_eq!(scene.status("Guarded")["operations"][0]["retries"], 1);

    // Two calls are asked, one waits, the next one is told.
    upstream.mood(Mood::Holding);
    let begin = || {
        let gate = Arc::clone(&scene.gate);
        std::thread::spawn(move || version(&gate.call(&call("Guarded"))))
    };
    let begun = [begin(), begin(), begin()];
    until("a full queue", || {
        let told = scene.status("Guarded");
        (told["under_way"] == 3) && (told["operations"][0]["queued"] == 1)
    });
    let full = scene.ask("Guarded");
    assert_eq!(code(&full).as_deref(), Some("adapter-queue-full"), "{}", full.http.everything());
    assert!(full.http.text().contains("the register is answering 2 calls and 1 more are waiting"));
    upstream.mood(Mood::Good);
    for begun in begun {
        assert_eq!(begun.join().unwrap().as_deref(), Some("7"));
    }

    // Four failures open the breaker: two calls of two attempts.
    std::thread::sleep(Duration::from_secs(6)); // the good calls leave the window
    upstream.mood(Mood::Status(503));
    assert_eq!(code(&scene.ask("Guarded")).as_deref(), Some("web-unavailable"));
    assert_eq!(code(&scene.ask("Guarded")).as_deref(), Some("web-unavailable"));
    let asked = upstream.asked();
    let open = scene.ask("Guarded");
    assert_eq!(code(&open).as_deref(), Some("adapter-breaker-open"));
    assert!(open.http.header("kapia-hint").unwrap().starts_with("try again in "), "{}", open.http.everything());
    assert_eq!(upstream.asked(), asked);
    let told = scene.status("Guarded");
    assert_eq!(told["breaker"]["state"], "open", "{told}");
    assert_eq!(told["operations"][0]["last_failure"]["code"], "adapter-breaker-open");
    assert!(scene.gate.kapia(&["adapter", "status", "Guarded"]).stdout.contains("breaker open"));
    let (_, metrics) = scene.gate.admin("/metrics");
    for line in [
        "kapia_adapter_breaker{adapter=\"Guarded\"} 2",
        &format!(
            "kapia_adapter_calls_total{{adapter=\"Guarded\",operation=\"{}\",outcome=\"queue-full\"}} 1",
            operation_of("Guarded")
        ),
        "kapia_adapter_failures_total{adapter=\"Guarded\",code=\"adapter-queue-full\"} 1",
    ] {
        assert!(metrics.lines().any(|known| known == line), "{line} is missing in\n{metrics}");
    }
    assert!(!metrics.contains("web-unavailable\"} 0"));

    // A call that is answered later waits for the register; the next call takes it back.
    let gate = Arc::clone(&scene.gate);
    let later = std::thread::spawn(move || {
        gate.kapia(&["call", &operation_of("Guarded"), "--later", "--timeout", "60"]).stdout
    });
    std::thread::sleep(Duration::from_millis(500));
    upstream.mood(Mood::Good);
    let later = later.join().unwrap();
    assert!(later.contains("Version: 7"), "{later}");
    assert_eq!(version(&scene.ask("Guarded")).as_deref(), Some("7"));
    assert_eq!(scene.status("Guarded")["breaker"]["state"], "closed");

    // The register itself can be asked how it is.
    let said = scene.gate.kapia(&["adapter", "status", "Guarded", "--health"]).stdout;
    assert!(said.contains("the register can be asked"), "{said}");
}

#[test]
fn a_register_that_does_not_answer_is_given_up_in_the_time_of_its_package() {
    let upstream = Upstream::start();
    let scene = Scene::new(|folder| {
        let tables = "[limits]\ntimeout_ms = 300\n[breaker]\nfailures = 2\nrest_seconds = 1";
        write_rest(&folder.join("Hanging"), "Hanging", &upstream, tables, "");
    });
    upstream.mood(Mood::Holding);
    let began = Instant::now();
    for _ in 0..2 {
        let read = scene.ask("Hanging");
        let code = read.kapia_code().unwrap_or_default();
        assert!(code == "adapter-timeout" || code == "web-deadline", "{}", read.http.everything());
    }
    assert!(began.elapsed() < Duration::from_secs(20), "the gate waits for a minute");
    assert_eq!(scene.ask("Hanging").kapia_code(), Some("adapter-breaker-open"));
    assert_eq!(scene.status("Hanging")["operations"][0]["calls"]["timeout"], 2);
    upstream.mood(Mood::Good);
    until("the register is taken back", || version(&scene.ask("Hanging")).as_deref() == Some("7"));
}

#[test]
fn a_host_keeps_to_the_same_rules_and_takes_changes_over_too() {
    let of_host = tempfile::tempdir().unwrap();
    write_sample(&of_host.path().join("Moving"), "Moving", "one");
    let base = Gate::demo();
    let folder = of_host.path().to_str().unwrap();
    let options = ["--signature", "default", "--adapters", folder, "--admin", "127.0.0.1:0"];
    let host = Hosted::plain(&base.folder.join("kapia.toml"), &base.certs, &options);
    let scene = Scene::new(|packages| {
        let backend = format!("[backend]\nkind = \"host\"\naddress = \"http://127.0.0.1:{}/MovingAdapter\"", host.port);
        write(&packages.join("Moving"), &manifest("Moving", &backend, ""), &[]);
    });
    let stream = Stream::begin(&scene.gate, "Moving");
    stream.until_it_says("one");
    write_sample(&of_host.path().join("Moving"), "Moving", "two");
    stream.until_it_says("two");
    let told = stream.end();
    assert_eq!(sequence(&told), ["one", "two"]);

    // What the host says of itself.
    let log = host.log();
    let admin = log.split("admin=\"").nth(1).unwrap().split('"').next().unwrap();
    let said = scene.gate.kapia(&["adapter", "status", "Moving", "--json", "--admin", admin]).stdout;
    let status: serde_json::Value = serde_json::from_str(&said).unwrap();
    let answered = status["adapters"][0]["operations"][0]["calls"]["data"].as_u64().unwrap();
    assert!(answered >= told.len() as u64, "{answered} of {}", told.len());
}
