//! Hostile input costs what its size costs: instructions counted by valgrind at a size and at four times that size.
//!
//! Time on a shared machine says nothing; the number of instructions hardly changes from run to run. Four times the
//! input may take four times the instructions, and a little more where something is sorted: [`MOST`]. With quadratic
//! work it would take sixteen times.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "counts/families.rs"]
mod families;
// The follower of message framing is nobody's public interface, but it reads what anybody sends.
#[allow(dead_code)]
#[path = "../src/server/src/framing.rs"]
mod framing;

use families::{FAMILIES, Family};
use std::process::{Command, ExitCode, Stdio};

/// The most that four times the input may cost, as a multiple.
const MOST: f64 = 5.4;
/// The function between whose call and return instructions are counted, as valgrind knows it.
const MARKS: &str = "counts::between_the_marks";
/// The argument that makes this program run the families instead of counting them.
const MEASURE: &str = "--measure";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|argument| argument == MEASURE) {
        for size in [1, 4] {
            FAMILIES.iter().for_each(|family| between_the_marks((family.prepare)(family.size * size)));
        }
        return ExitCode::SUCCESS;
    }
    // As a test harness does: a name picks families, options of a harness mean nothing here.
    if arguments.iter().any(|argument| argument == "--list") {
        FAMILIES.iter().for_each(|family| println!("{}: test", family.name));
        return ExitCode::SUCCESS;
    }
    report(&counted())
}

/// What is counted, and nothing else; see [`MARKS`].
#[inline(never)]
fn between_the_marks(run: Box<dyn FnOnce()>) {
    run();
    std::hint::black_box(());
}

/// Instructions of every family at its size, and then of every family at four times its size.
fn counted() -> Vec<u64> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("counts");
    let said = Command::new("valgrind")
        .args(["--tool=callgrind", &format!("--toggle-collect={MARKS}"), &format!("--dump-after={MARKS}")])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe().unwrap())
        .arg(MEASURE)
        .stdin(Stdio::null())
        .output()
        .expect("valgrind is missing: install the package valgrind");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let dump = |number: usize| {
        let file = format!("{}.{number}", out.display());
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("no count {number}: {error}"));
        let totals = text.lines().find_map(|line| line.strip_prefix("totals: ")).expect("valgrind tells totals");
        totals.trim().parse().unwrap()
    };
    (1..=FAMILIES.len() * 2).map(dump).collect()
}

fn report(counts: &[u64]) -> ExitCode {
    let (once, fourfold) = counts.split_at(FAMILIES.len());
    let mut failed = 0;
    println!("\n{:<58} {:>9} {:>14} {:>15} {:>6}", "family", "size", "instructions", "at four times", "times");
    for ((family, once), fourfold) in FAMILIES.iter().zip(once).zip(fourfold) {
        let times = *fourfold as f64 / *once as f64;
        // A family that did nothing would always be cheap.
        let did_something = *once > 5_000;
        let fits = times < MOST && did_something;
        failed += usize::from(!fits);
        let verdict = if fits { "" } else { "  TOO MUCH" };
        let Family { name, size, .. } = family;
        println!("{name:<58} {size:>9} {once:>14} {fourfold:>15} {times:>6.2}{verdict}");
    }
    println!(
        "\n{} families, {failed} cost more than in proportion (the most is {MOST} for four times the size)",
        FAMILIES.len()
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
