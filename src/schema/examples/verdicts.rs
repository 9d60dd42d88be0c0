//! Verdicts in bulk, for comparing validators: one job in a line of input, one answer in a line of output, both JSON.
//!
//! `{"schemas": ["a.xsd", …], "documents": ["x.xml", …]}` is answered by `{"schema": null, "documents": [null, "why not"]}`:
//! `null` is valid, a text is why not; documents of a schema that is refused get no verdict. A schema of no documents at all
//! knows the built-in types only.

use std::io::{BufRead as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use kapia_schema::{Folder, Memory, Options, SchemaSet};
use kapia_xml::{Document, Limits};
use serde_json::{Value as Json, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        writeln!(out, "{}", answer(&serde_json::from_str(&line?)?))?;
        out.flush()?;
    }
    Ok(())
}

fn answer(job: &Json) -> Json {
    let paths = |key: &str| -> Vec<&Path> {
        let list = job[key].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(Json::as_str).map(Path::new).collect()
    };
    let set = match guarded(|| load(&paths("schemas"))) {
        Ok(set) => set,
        Err(why) => return json!({ "schema": why, "documents": [] }),
    };
    let verdicts = paths("documents").into_iter().map(|path| guarded(|| validate(&set, path)).err());
    json!({ "schema": null, "documents": verdicts.collect::<Vec<_>>() })
}

fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("PANIC".to_owned()))
}

fn load(documents: &[&Path]) -> Result<SchemaSet, String> {
    let loaded = match documents.first() {
        None => {
            let nothing = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>";
            SchemaSet::load("nothing.xsd", &Memory::new().with("nothing.xsd", nothing))
        }
        Some(first) => {
            let names: Vec<String> = documents
                .iter()
                .map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned())
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            SchemaSet::load_all(&names, &Folder::new(first.parent().unwrap_or(Path::new("."))))
        }
    };
    loaded.map_err(|error| format!("{error} [{}]", error.code()))
}

fn validate(set: &SchemaSet, document: &Path) -> Result<(), String> {
    let octets = std::fs::read(document).map_err(|error| error.to_string())?;
    // The suite has a document with more attributes than a caller may send.
    let limits = Limits { attributes: 4_096, ..Limits::default() };
    let document = Document::read(octets, &limits).map_err(|error| format!("not well-formed: {error}"))?;
    let report = set.assess(document.root(), &Options::first());
    report.violations.first().map_or(Ok(()), |violation| Err(violation.to_string()))
}
