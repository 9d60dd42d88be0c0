//! The program in `examples/backend-in-rust`: built as its author would build it, apart from our workspace, and used as its
//! README says. Building takes minutes; run by name.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn example() -> PathBuf {
    root().join("examples/backend-in-rust")
}

/// The built program. What is built already for our own workspace serves here too: the same versions, the same folder.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    std::fs::copy(root().join("Cargo.lock"), example().join("Cargo.lock")).unwrap();
    let built = Path::new(env!("CARGO_BIN_EXE_kapia")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--target-dir"])
        .arg(built.parent().unwrap())
        .current_dir(example())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", told(&output));
    built.join("deadlines")
});

fn deadlines(arguments: &[&str]) -> Output {
    let mut command = Command::new(&*PROGRAM);
    command.args(["--lang", "en"]).args(arguments).current_dir(example()).env_remove("KAPIA_CONFIG");
    command.output().unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_package_of_a_new_kind_is_green_and_answers() {
    let checked = deadlines(&["adapter", "check", "adapters"]);
    assert!(checked.status.success(), "{}", told(&checked));
    assert!(told(&checked).contains("(deadlines, operations: 1)"), "{}", told(&checked));
    let ran = deadlines(&["adapter", "run", "adapters/Kapia.Deadlines", "GetDeadline", "--set", "Days=3"]);
    assert!(ran.status.success() && told(&ran).contains("Deadline: 2026-12-29"), "{}", told(&ran));
}

#[test]
fn a_mistake_in_its_settings_is_told_by_line_as_with_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("package");
    let copied = Command::new("cp").arg("-r").arg(example().join("adapters/Kapia.Deadlines")).arg(&package).status();
    assert!(copied.unwrap().success());
    std::fs::write(package.join("holidays.txt"), "2026-12-24\nКоледа\n").unwrap();
    let checked = deadlines(&["adapter", "check", package.to_str().unwrap()]);
    let said = told(&checked);
    assert!(
        !checked.status.success() && said.contains("holidays.txt:2") && said.contains("deadlines-holiday"),
        "{said}"
    );
}

#[test]
fn a_gate_serves_it_beside_the_other_registers() {
    let folder = tempfile::tempdir().unwrap();
    let (gate, log) = (folder.path().join("gate"), folder.path().join("log"));
    let serving = Command::new(&*PROGRAM)
        .args(["--lang", "en", "demo", "--port", "0", "--adapters", "adapters", "--dir"])
        .arg(&gate)
        .current_dir(example())
        .stdout(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut serving = Serving(serving);
    let began = Instant::now();
    while !std::fs::read_to_string(&log).unwrap().contains("signature valid") {
        assert!(serving.0.try_wait().unwrap().is_none() && began.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(50));
    }
    let config = gate.join("kapia.toml");
    for (operation, expected) in [("GetDeadline", "2026-12-31"), ("ValidPersonSearch", "Огнян")] {
        let called = deadlines(&["--config", config.to_str().unwrap(), "call", operation, "--sign"]);
        assert!(called.status.success() && told(&called).contains(expected), "{}", told(&called));
    }
}

/// A program that ends with this.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn kapia_itself_does_not_know_the_kind() {
    let package = example().join("adapters/Kapia.Deadlines");
    let checked = Command::new(env!("CARGO_BIN_EXE_kapia"))
        .args(["--lang", "en", "adapter", "check"])
        .arg(package)
        .output()
        .unwrap();
    assert!(!checked.status.success() && told(&checked).contains("deadlines"), "{}", told(&checked));
}
