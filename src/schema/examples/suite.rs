//! Prints the cases of the unpacked W3C XML Schema test suite, one JSON object in a line, for other validators to judge:
//! `cargo run -p kapia-schema --example suite -- FOLDER`.
#![allow(clippy::unwrap_used)]

#[path = "../tests/conformance/suite.rs"]
mod suite;

use std::path::Path;

use serde_json::json;

fn main() {
    let folder = std::env::args().nth(1).expect("usage: suite FOLDER");
    for case in suite::cases(Path::new(&folder)) {
        let instances: Vec<_> = case
            .instances
            .iter()
            .map(|one| json!({ "name": one.name, "path": one.path, "valid": one.valid, "late_hint": one.late_hint }))
            .collect();
        let schema = case.schema.as_ref().map(|(name, valid)| json!({ "name": name, "valid": valid }));
        println!("{}", json!({ "set": case.set, "schemas": case.schemas, "schema": schema, "instances": instances }));
    }
}
