//! Large answers through the whole gate: a register in a database, validation, rights, signature, journal. What the process
//! takes does not grow with the length of the answer (docs/decisions/0024-answers-at-length.md).
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

#[path = "hosts/mod.rs"]
mod hosts;
mod support;

use std::path::{Path, PathBuf};
use support::*;
use tempfile::TempDir;

const GET_UNITS: &str = "Kapia.RegiX.AddressUnitsAdapter.APIService.IAddressUnitsAPI.GetUnits";
/// How many units lie under each of the codes 01, 02 and 03.
const SIZES: [usize; 3] = [10_000, 50_000, 150_000];
/// What one answer may take, in kB; held in memory, the longest one would take some seventy thousand.
const MOST: u64 = 12 * 1024;
/// Many answers at once are of 50 000 units.
const MANY: usize = 4;

/// The classification with other units in it.
fn package() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../adapters/Kapia.AddressUnits");
    let package = folder.path().join("Kapia.AddressUnits");
    hosts::copy(&from, &package);
    let mut script =
        "CREATE TABLE unit (code VARCHAR(10) PRIMARY KEY, parent VARCHAR(10), level SMALLINT, name VARCHAR(100));\n"
            .to_owned();
    for (at, size) in SIZES.iter().enumerate() {
        script.push_str(&format!(
            "INSERT INTO unit (code, parent, level, name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
             WHERE i < {size}) SELECT printf('{:02}%06d', i), NULL, 4, 'ул. „Бреза“' FROM n;\n",
            at + 1
        ));
    }
    std::fs::write(package.join("database/units.sql"), script).unwrap();
    let manifest = std::fs::read_to_string(package.join("adapter.toml")).unwrap();
    let manifest = manifest.replace("[backend]\n", "[backend]\nrow_cap = 300000\n");
    std::fs::write(package.join("adapter.toml"), manifest).unwrap();
    folder
}

fn units(under: &str) -> Call {
    let argument =
        format!("<UnitsRequest xmlns=\"urn:kapia:address-units:request\"><Under>{under}</Under></UnitsRequest>");
    Call { operation: GET_UNITS.into(), argument: Some(argument), ..Call::good() }.signed()
}

/// A gate that has answered a small question, so that threads, pools and caches are there.
fn warm(packages: &TempDir) -> Gate {
    let adapters: Vec<PathBuf> = vec![packages.path().to_owned()];
    let gate = Gate::start(GateOptions { adapters, ..GateOptions::default() });
    gate.call(&units("01000001")).result(Entry::V2).assert_answer();
    gate
}

/// Octets of one answer, and by how many kB the process grew at most.
struct Measured {
    octets: usize,
    grown: u64,
}

fn measure(packages: &TempDir, call: &Call, at_once: usize) -> Measured {
    let gate = warm(packages);
    let before = gate.begin_measuring();
    let octets = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..at_once)
            .map(|_| {
                scope.spawn(|| {
                    let reply = gate.send(&call.post().octets());
                    assert_eq!(reply.status, 200, "{}", &reply.text()[..reply.body.len().min(2000)]);
                    assert!(!reply.text().contains("<HasError>true"), "an error");
                    reply.body.len()
                })
            })
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).max().unwrap()
    });
    Measured { octets, grown: gate.peak_memory() - before }
}

#[test]
fn memory_does_not_grow_with_the_length_of_an_answer() {
    let packages = package();
    for (at, size) in SIZES.iter().enumerate() {
        let Measured { octets, grown } = measure(&packages, &units(&format!("{:02}", at + 1)), 1);
        println!("{size} units: an answer of {} kB took {grown} kB", octets / 1024);
        assert!(grown < MOST, "{size} units took {grown} kB");
    }
    let Measured { octets, grown } = measure(&packages, &units("02"), MANY);
    println!("{MANY} answers of {} kB at once took {grown} kB", octets / 1024);
    assert!(grown < MANY as u64 * MOST, "{grown} kB");
}
