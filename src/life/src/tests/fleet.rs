//! Packages that come, change, break, mend and go.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::*;
use crate::fleet::{Change, Fleet, Look, Sources};

struct Scene {
    folder: tempfile::TempDir,
    register: Arc<Register>,
    clock: Arc<TestClock>,
    fleet: Fleet,
}

const LOST: &str = "the schema of an operation is broken";

impl Scene {
    /// A folder with the packages `first` and `second`.
    fn new() -> Scene {
        let folder = tempfile::tempdir().unwrap();
        for name in ["first", "second"] {
            write(&folder.path().join(name), name, "");
        }
        let (register, clock) = (Arc::new(Register::default()), TestClock::new());
        let fleet = Fleet::open(sources(folder.path()), backends(&register), Arc::clone(&clock) as Arc<dyn Clock>);
        Scene { fleet: fleet.unwrap(), folder, register, clock }
    }

    fn package(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// One look of the watch.
    fn watch(&self) -> Vec<String> {
        let next = self.fleet.look(Look::Watching).unwrap();
        let told = next.changes.iter().map(brief).collect();
        self.fleet.commit(next);
        told
    }

    fn reload(&self) -> Vec<String> {
        let next = self.fleet.look(Look::Anew(sources(self.folder.path()))).unwrap();
        let told = next.changes.iter().map(brief).collect();
        self.fleet.commit(next);
        told
    }

    fn serving(&self) -> Vec<String> {
        self.fleet.catalogue().packages().iter().map(|package| package.name.clone()).collect()
    }

    fn opened(&self) -> usize {
        self.register.opened.load(Ordering::SeqCst)
    }

    fn closed(&self) -> usize {
        self.register.closed.load(Ordering::SeqCst)
    }
}

fn sources(folder: &Path) -> Sources {
    Sources { folders: vec![folder.to_owned()], ..Sources::default() }
}

fn brief(change: &Change) -> String {
    match change {
        Change::Appeared { name, .. } => format!("appeared {name}"),
        Change::Replaced { name, .. } => format!("replaced {name}"),
        Change::Mended { name } => format!("mended {name}"),
        Change::Removed { name } => format!("removed {name}"),
        Change::Refused { serves_on, error, .. } => {
            format!("refused {} {serves_on}", error.problems[0].code)
        }
    }
}

/// Writes a package; the note makes it differ.
fn write(folder: &Path, name: &str, note: &str) {
    fs::create_dir_all(folder.join("XMLSchemas")).unwrap();
    let table = if note.is_empty() { String::new() } else { format!("note = \"{note}\"\n") };
    // Two packages have no operation in common.
    for (path, content) in files(name, &table, "") {
        fs::write(folder.join(path), content.replace("IToldAPI", &format!("I{name}API"))).unwrap();
    }
}

#[test]
fn a_changed_package_is_read_when_it_rests_and_the_others_keep_their_instances() {
    let scene = Scene::new();
    let before = scene.fleet.catalogue();
    assert_eq!((scene.opened(), scene.watch()), (2, vec![]));

    write(&scene.package("first"), "first", "new");
    assert_eq!(scene.watch(), [""; 0], "it may still be written to");
    write(&scene.package("first"), "first", "newer");
    assert_eq!(scene.watch(), [""; 0], "it has changed once more");
    assert_eq!(scene.watch(), ["replaced first"]);
    assert_eq!(scene.watch(), [""; 0]);
    let after = scene.fleet.catalogue();
    assert!(!Arc::ptr_eq(&before.packages()[0], &after.packages()[0]));
    assert!(Arc::ptr_eq(&before.packages()[1], &after.packages()[1]));
    assert_eq!(scene.opened(), 3);
}

#[test]
fn a_package_that_was_only_touched_keeps_its_instance() {
    let scene = Scene::new();
    let manifest = fs::File::options().append(true).open(scene.package("first").join("adapter.toml")).unwrap();
    manifest.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    for _ in 0..4 {
        assert_eq!(scene.watch(), [""; 0]);
    }
    assert_eq!((scene.reload(), scene.opened()), (vec![], 2));
}

#[test]
fn a_broken_version_is_refused_once_with_its_reason_and_the_one_before_serves_on() {
    let scene = Scene::new();
    let manifest = scene.package("first").join("adapter.toml");
    let good = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, good.replace("kind = \"told\"", "kind = \"tolt\"")).unwrap();
    assert_eq!((scene.watch(), scene.watch()), (vec![], vec!["refused backend-unknown true".to_owned()]));
    assert_eq!((scene.watch(), scene.serving()), (vec![], vec!["first".to_owned(), "second".to_owned()]));

    let status = scene.fleet.status();
    let refused = status.adapters[0].refused.as_ref().unwrap();
    assert_eq!((refused.code.as_str(), status.adapters[0].state.as_str()), ("backend-unknown", "serving"));
    assert_ne!(refused.version, status.adapters[0].version);
    assert!(refused.told.en.contains("adapter.toml:3: there is no backend of kind `tolt`"), "{}", refused.told.en);
    assert!(refused.told.bg.contains("няма доставчик на отговори от вид `tolt`"));
    let mut metrics = String::new();
    scene.fleet.metrics(&mut metrics);
    assert!(metrics.contains("kapia_adapter_versions_refused 1\n"), "{metrics}");
    let line = "kapia_adapter_version_refused{adapter=\"first\",code=\"backend-unknown\"} 1\n";
    assert!(metrics.contains(line), "{metrics}");
    assert!(metrics.contains("kapia_adapter_reloads_total{outcome=\"refused\"} 1\n"));

    // The version that serves comes back: nothing needs to be opened for it.
    fs::write(&manifest, good).unwrap();
    assert_eq!((scene.watch(), scene.watch()), (vec![], vec!["mended first".to_owned()]));
    assert_eq!(scene.opened(), 2);
    assert!(scene.fleet.status().adapters[0].refused.is_none());
}

#[test]
fn a_version_that_loses_an_operation_by_mistake_is_refused() {
    let scene = Scene::new();
    fs::write(scene.package("first").join("XMLSchemas/r.xsd"), LOST).unwrap();
    assert_eq!(scene.reload(), ["refused operation-lost true"]);
    assert_eq!(scene.fleet.catalogue().len(), 4);
    // What it gives up in its manifest is its own affair.
    let manifest = scene.package("second").join("adapter.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.rsplit_once("[[operation]]").unwrap().0).unwrap();
    assert_eq!(scene.reload(), ["replaced second"]);
    assert_eq!(scene.fleet.catalogue().len(), 3);
}

#[test]
fn packages_appear_and_go() {
    let scene = Scene::new();
    write(&scene.package("third"), "third", "");
    assert_eq!((scene.watch(), scene.watch()), (vec![], vec!["appeared third".to_owned()]));
    assert_eq!(scene.serving(), ["first", "second", "third"]);

    fs::remove_dir_all(scene.package("second")).unwrap();
    assert_eq!((scene.watch(), scene.watch()), (vec![], vec![]), "it may be on its way back");
    assert_eq!(scene.watch(), ["removed second"]);
    assert_eq!(scene.serving(), ["first", "third"]);
    assert_eq!(scene.closed(), 1);
}

#[test]
fn a_package_that_is_exchanged_while_it_is_watched_is_never_gone() {
    let scene = Scene::new();
    fs::remove_dir_all(scene.package("first")).unwrap();
    assert_eq!((scene.watch(), scene.serving().len()), (vec![], 2));
    write(&scene.package("first"), "first", "new");
    assert_eq!((scene.watch(), scene.watch()), (vec![], vec!["replaced first".to_owned()]));
    assert_eq!(scene.serving(), ["first", "second"]);
}

#[test]
fn a_folder_that_loses_everything_at_once_serves_on_until_a_reload() {
    let scene = Scene::new();
    let (there, elsewhere) = (scene.folder.path(), tempfile::tempdir().unwrap());
    for name in ["first", "second"] {
        fs::rename(there.join(name), elsewhere.path().join(name)).unwrap();
    }
    for _ in 0..6 {
        assert_eq!(scene.watch(), [""; 0]);
    }
    assert_eq!(scene.serving().len(), 2);
    assert_eq!(scene.reload(), ["removed first", "removed second"]);
    assert!(scene.fleet.catalogue().is_empty());
    assert_eq!(scene.fleet.empty_folders(), [there.to_owned()]);
}

#[test]
fn a_folder_that_cannot_be_listed_changes_nothing() {
    let scene = Scene::new();
    let elsewhere = scene.folder.path().with_extension("away");
    fs::rename(scene.folder.path(), &elsewhere).unwrap();
    assert_eq!(scene.fleet.look(Look::Watching).unwrap_err().code, "folder-missing");
    let anew = scene.fleet.look(Look::Anew(sources(scene.folder.path())));
    assert_eq!(anew.unwrap_err().code, "folder-missing");
    assert_eq!(scene.serving().len(), 2);
    fs::rename(&elsewhere, scene.folder.path()).unwrap();
    assert_eq!(scene.watch(), [""; 0]);
}

#[tokio::test]
async fn calls_under_way_end_with_the_version_that_they_began_with_and_then_it_is_let_go() {
    let scene = Scene::new();
    scene.register.next([Deed::Wait]);
    let catalogue = scene.fleet.catalogue();
    let operation = LOOK.replace("IToldAPI", "IfirstAPI");
    let package = Arc::clone(&catalogue.packages()[0]);
    let asked = tokio::spawn(async move { ask(&package, &operation, None).await.map(drop) });
    drop(catalogue);
    settle().await;

    write(&scene.package("first"), "first", "new");
    assert_eq!(scene.reload(), ["replaced first"]);
    scene.fleet.sweep();
    let status = scene.fleet.status();
    let draining = status.adapters.iter().find(|adapter| adapter.state == "draining").unwrap();
    assert_eq!((draining.name.as_str(), draining.under_way), ("first", 1));
    assert_eq!(scene.closed(), 0);

    scene.register.go_on.notify_one();
    asked.await.unwrap().unwrap();
    settle().await;
    assert_eq!(scene.closed(), 1);
    scene.fleet.sweep();
    assert!(scene.fleet.status().adapters.iter().all(|adapter| adapter.state == "serving"));
    // The counters of the adapter go on.
    let look = &scene.fleet.status().adapters[0].operations[0];
    assert_eq!(look.calls["data"], 1);
}

#[test]
fn a_version_that_somebody_holds_for_another_adapter_is_let_go_when_nobody_comes_any_more() {
    let scene = Scene::new();
    let held = scene.fleet.catalogue();
    write(&scene.package("first"), "first", "new");
    scene.reload();
    scene.fleet.sweep();
    assert_eq!(scene.closed(), 0, "a call may be between finding the operation and asking it");
    scene.clock.advance(Duration::from_secs(61));
    scene.fleet.sweep();
    assert_eq!(scene.closed(), 1);
    assert_eq!(held.len(), 4);
}

#[test]
fn a_refused_package_is_tried_again_when_a_reload_is_asked_for() {
    let scene = Scene::new();
    let manifest = scene.package("second").join("adapter.toml");
    let good = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, "name = ").unwrap();
    assert_eq!(scene.reload(), ["refused manifest-syntax true"]);
    assert_eq!(scene.reload(), [""; 0], "told once");
    fs::write(&manifest, good).unwrap();
    assert_eq!(scene.reload(), ["mended second"]);
}

#[test]
fn what_was_counted_of_a_package_goes_with_it() {
    let scene = Scene::new();
    let told = |scene: &Scene| {
        let mut metrics = String::new();
        scene.fleet.metrics(&mut metrics);
        metrics.contains("adapter=\"second\"")
    };
    assert!(told(&scene));
    fs::remove_dir_all(scene.package("second")).unwrap();
    assert_eq!(scene.reload(), ["removed second"]);
    scene.fleet.sweep();
    assert!(!told(&scene));
}

#[tokio::test]
async fn the_metrics_are_well_formed_and_each_series_stands_once() {
    let scene = Scene::new();
    let catalogue = scene.fleet.catalogue();
    let operation = LOOK.replace("IToldAPI", "IfirstAPI");
    scene.register.next([Deed::Answer, Deed::Fail(error("gone", true))]);
    ask(&catalogue.packages()[0], &operation, None).await.unwrap();
    ask(&catalogue.packages()[0], &operation, None).await.unwrap_err();
    let mut metrics = String::new();
    scene.fleet.metrics(&mut metrics);
    let mut seen = std::collections::BTreeSet::new();
    let mut named = String::new();
    for line in metrics.lines() {
        if let Some(head) = line.strip_prefix("# TYPE ") {
            named = head.split(' ').next().unwrap().to_owned();
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(series.starts_with(&named), "{line} stands under {named}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
        assert!(seen.insert(series.to_owned()), "{series} stands twice");
    }
    let labels = format!("adapter=\"first\",operation=\"{operation}\"");
    for line in [
        format!("kapia_adapter_calls_total{{{labels},outcome=\"data\"}} 1"),
        format!("kapia_adapter_calls_total{{{labels},outcome=\"register-error\"}} 1"),
        format!("kapia_adapter_call_seconds_count{{{labels}}} 2"),
        format!("kapia_adapter_call_seconds_bucket{{{labels},le=\"+Inf\"}} 2"),
        format!("kapia_adapter_last_failure_seconds{{{labels},code=\"gone\"}} 0"),
        "kapia_adapter_failures_total{adapter=\"first\",code=\"gone\"} 1".to_owned(),
        "kapia_adapter_breaker{adapter=\"second\"} 0".to_owned(),
    ] {
        assert!(metrics.lines().any(|known| known == line), "{line} is missing in\n{metrics}");
    }
}
