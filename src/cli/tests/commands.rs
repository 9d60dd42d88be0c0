//! The built command, from the outside: what it says, what it changes, how it ends.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// A demo that was started once and ended; its folder is made anew by every run of the tests.
fn demo() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("commands");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let demo = kapia(&folder, &["demo", "--once", "--port", "0", "--dir", "."]);
        assert!(demo.status.success(), "{}", said(&demo));
        assert!(said(&demo).contains("signature valid: rsa-sha256"), "{}", said(&demo));
        folder
    })
}

fn kapia(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kapia"));
    command.args(arguments).current_dir(folder).env_remove("KAPIA_CONFIG").env("LC_ALL", "C.UTF-8");
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a command in the folder of the demo.
fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output = kapia(demo(), arguments);
    (output.status.code(), said(&output))
}

#[test]
fn without_a_configuration_the_hint_is_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let output = kapia(folder.path(), &["list"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).starts_with("error: there is no configuration here\nhint: run `kapia demo` first"));
    let output = kapia(folder.path(), &["list", "--lang", "bg"]);
    assert!(said(&output).starts_with("грешка: тук няма конфигурация\nсъвет: първо изпълнете `kapia demo`"));
}

#[test]
fn a_mistake_in_the_configuration_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kapia.toml"), "[server]\n\n[gatway]\n").unwrap();
    let output = kapia(folder.path(), &["list"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(said(&output), "error: kapia.toml:3: unknown field `gatway`\nhint: did you mean gateway\n");
}

#[test]
fn help_and_mistakes_speak_bulgarian_when_asked() {
    let (code, told) = run(&["--lang", "bg", "grant", "add", "--help"]);
    assert_eq!(code, Some(0));
    assert!(told.contains("Употреба: kapia grant add") && told.contains("Позволява операция"), "{told}");
    assert!(!told.contains("Print"), "{told}");
    let (code, told) = run(&["--lang=bg", "frobnicate"]);
    assert_eq!(code, Some(2));
    assert!(told.starts_with("грешка: непозната команда frobnicate"), "{told}");
}

#[test]
fn a_second_demo_keeps_what_the_first_one_made() {
    let folder = tempfile::tempdir().unwrap();
    let start = || kapia(folder.path(), &["demo", "--once", "--port", "0"]);
    assert!(start().status.success());
    let kept = |name: &str| std::fs::read(folder.path().join("kapia-demo").join(name)).unwrap();
    let names = ["certs/ca.pem", "certs/consumer-key.pem", "certs/stranger.pem", "certs/signer.pem", "kapia.toml"];
    let before = names.map(kept);
    let second = start();
    assert!(second.status.success(), "{}", said(&second));
    assert_eq!(before, names.map(kept));
    let journal = kapia(folder.path(), &["journal", "verify"]);
    assert!(said(&journal).contains("2 calls, the chain is whole"), "{}", said(&journal));
}

#[test]
fn a_granted_field_opens_its_ancestors_and_is_gone_after_revoke() {
    let name = "Район";
    assert_eq!(run(&["consumer", "add", name, "--oid", "2.16.100.1.1.9"]).0, Some(0));
    let (code, told) = run(&["grant", "add", name, "GetActualState", "--field", "Seat/Address/Country"]);
    assert_eq!(code, Some(0), "{told}");
    let (_, shown) = run(&["grant", "show", name]);
    for pattern in ["+ Seat\n", "+ Seat/Address\n", "+ Seat/Address/Country\n"] {
        assert!(shown.contains(pattern), "{shown}");
    }
    let (code, told) = run(&["grant", "add", name, "GetActualState", "--field", "Seat/Adress"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("Seat has no Adress") && told.contains("did you mean Address"), "{told}");
    assert_eq!(run(&["grant", "revoke", name, "GetActualState"]).0, Some(0));
    assert!(run(&["grant", "show", name]).1.contains("no rights"));
}

#[test]
fn a_grant_that_opens_no_field_is_warned_about() {
    assert_eq!(run(&["consumer", "add", "Скритост"]).0, Some(0));
    let (code, told) = run(&["grant", "add", "Скритост", "GetEmploymentContracts"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("warning: no field is opened"), "{told}");
}

#[test]
fn the_rights_of_the_caller_stand_beside_the_fields() {
    let (code, told) = run(&["describe", "ValidPersonSearch"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("✓ FirstName"), "{told}");
    assert_eq!(run(&["consumer", "add", "Без права", "--certificate", "certs/stranger.pem"]).0, Some(0));
    let (_, told) = run(&["describe", "ValidPersonSearch", "--consumer", "Без права"]);
    assert!(told.contains("✗ FirstName"), "{told}");
    let (code, told) = run(&["describe", "ValidPersonSerch"]);
    assert_eq!((code, told.contains("did you mean ValidPersonSearch")), (Some(2), true), "{told}");
}

#[test]
fn callback_hosts_are_shown_until_they_are_taken_away() {
    let name = "Известяване";
    assert_eq!(run(&["consumer", "add", name]).0, Some(0));
    let callback = |action, host| run(&["consumer", "callback", action, name, host]);
    let shown = |host| run(&["consumer", "show", name]).1.contains(host);
    assert_eq!(callback("add", "Hooks.example.bg:8443").0, Some(0));
    assert!(shown("answers may be pushed to hooks.example.bg:8443"));
    assert!(run(&["consumer", "list"]).1.contains("callback hosts: 1"));
    let (code, told) = callback("add", "https://hooks.example.bg/answers");
    assert_eq!(code, Some(2));
    assert!(told.starts_with("error: the callback host is not a host name\nhint: write the name alone"), "{told}");
    assert_eq!(callback("remove", "hooks.example.bg:8443").0, Some(0));
    assert!(!shown("hooks.example.bg"));
    let (code, told) = callback("remove", "hooks.example.bg:8443");
    assert_eq!(code, Some(2));
    assert!(told.contains("hint: see `kapia consumer show`"), "{told}");
}

#[test]
fn nobody_who_serves_is_a_code_of_its_own() {
    let (code, told) = run(&["call", "ValidPersonSearch", "--url", "https://localhost:1"]);
    assert_eq!(code, Some(3), "{told}");
    assert!(told.contains("hint: start the gateway"), "{told}");
    assert_eq!(run(&["call", "ValidPersonSearch", "--set", "EGN"]).0, Some(2));
}

#[test]
fn a_list_for_programs_is_json() {
    let output = kapia(demo(), &["list", "--json"]);
    let lines: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(lines.len(), 9);
    assert!(lines.iter().all(|line| line["served"] == true && line["adapter"].is_string()));
}
