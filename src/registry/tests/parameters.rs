//! Values of parameters: sealed, kept with their history, seen by others at once.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use kapia_registry::{NewValue, Registry, Sealer, SealingKey, StoredValue};

const SECRET: &str = "correct horse battery staple";

fn opened() -> (tempfile::TempDir, Registry, Sealer) {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::open(folder.path().join("registry.db")).unwrap();
    (folder, registry, Sealer::new(&SealingKey::random().unwrap()).unwrap())
}

fn octets(folder: &tempfile::TempDir) -> Vec<u8> {
    let files = std::fs::read_dir(folder.path()).unwrap();
    files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

fn contains(octets: &[u8], text: &str) -> bool {
    octets.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn every_value_stays_in_the_history_with_who_when_and_why() {
    let (_folder, registry, sealer) = opened();
    let (anna, boris) = (registry.admin("anna"), registry.admin("boris"));
    assert_eq!(anna.set_parameter("people", "Url", NewValue::Plain("https://a"), "first").unwrap(), 1);
    assert_eq!(boris.set_parameter("people", "Url", NewValue::Plain("https://b"), "second").unwrap(), 2);
    assert_eq!(anna.set_parameter("people", "Url", NewValue::Unset, "").unwrap(), 3);
    assert_eq!(anna.set_parameter("cars", "Url", NewValue::Plain("https://c"), "").unwrap(), 1);

    let history = registry.parameter_history("people", "Url").unwrap();
    let told: Vec<(i64, &str, &str)> =
        history.iter().map(|one| (one.version, one.actor.as_str(), one.comment.as_str())).collect();
    assert_eq!(told, [(3, "anna", ""), (2, "boris", "second"), (1, "anna", "first")]);
    assert!(history.windows(2).all(|pair| pair[0].at >= pair[1].at));
    assert_eq!(history[0].value, StoredValue::Unset);
    assert_eq!(history[1].open(&sealer).unwrap().unwrap().as_str(), "https://b");
    let now = registry.parameters("people");
    assert_eq!((now.len(), now[0].version), (1, 3));
    assert!(registry.parameters("nobody").is_empty());
    let audit = registry.audit(10).unwrap();
    assert_eq!((audit[1].action.as_str(), audit[1].actor.as_str()), ("unset-parameter", "anna"));
    assert!(audit.iter().all(|row| !format!("{row:?}").contains("https://")));
}

#[test]
fn a_secret_is_in_no_file_and_in_no_output() {
    let (folder, registry, sealer) = opened();
    registry.admin("anna").set_parameter("people", "Password", NewValue::Secret(SECRET, &sealer), "why").unwrap();
    let stored = &registry.parameters("people")[0];
    assert_eq!(stored.open(&sealer).unwrap().unwrap().as_str(), SECRET);
    assert!(!format!("{stored:?}").contains(SECRET));
    assert!(!contains(&octets(&folder), SECRET));
    registry.admin("anna").set_parameter("people", "Url", NewValue::Plain("found by the same search"), "").unwrap();
    assert!(contains(&octets(&folder), "found by the same search"));
}

#[test]
fn a_secret_opens_with_its_key_and_at_its_place_only() {
    let (_folder, registry, sealer) = opened();
    let admin = registry.admin("anna");
    for value in [SECRET, "another"] {
        admin.set_parameter("people", "Password", NewValue::Secret(value, &sealer), "").unwrap();
    }
    let history = registry.parameter_history("people", "Password").unwrap();
    let other = Sealer::new(&SealingKey::random().unwrap()).unwrap();
    assert_eq!(history[0].open(&other).unwrap_err().code(), "registry-sealed-elsewhere");
    for (adapter, name, version) in [("cars", "Password", 2), ("people", "Other", 2), ("people", "Password", 1)] {
        let mut moved = history[0].clone();
        (moved.adapter, moved.name, moved.version) = (adapter.into(), name.into(), version);
        assert_eq!(moved.open(&sealer).unwrap_err().code(), "registry-sealed-elsewhere");
    }
}

#[test]
fn what_another_process_sets_is_seen_after_a_look() {
    let (folder, registry, sealer) = opened();
    let other = Registry::open(folder.path().join("registry.db")).unwrap();
    let before = registry.parameter_changes();
    other.admin("anna").set_parameter("people", "Password", NewValue::Secret(SECRET, &sealer), "").unwrap();
    assert_eq!(registry.parameter_changes(), before);
    assert!(registry.refresh_if_changed().unwrap());
    assert!(registry.parameter_changes() > before);
    assert_eq!(registry.parameters("people")[0].open(&sealer).unwrap().unwrap().as_str(), SECRET);
}
